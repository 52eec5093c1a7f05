"""How likely it is that nobody comes: from what is known before a visit begins, and from nothing else. Pure.

A `Model` is a logistic regression as plain numbers: what a clinic's own history taught (`no_show_training`), or, without enough of it,
`PRIOR`. The risk advises staff; it never refuses anybody a slot, and nothing that books reads it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from marcai.scheduling.appointment import AppointmentId
from marcai.scheduling.errors import SchedulingError
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId

ModelVersion = NewType("ModelVersion", str)
MEDIUM_FROM, HIGH_FROM = 0.15, 0.35
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AGE_BANDS = ((0, 17), (18, 29), (30, 44), (45, 64), (65, 150))
UNKNOWN = "unknown"
MOST_FACTORS = 4
WORTH_SAYING = 0.1
"""A factor that moves the log-odds by less is not worth a line, unless nothing else is either."""


class LeakingFeature(SchedulingError):
    """A model wants something that is not known before the visit begins, or that we do not know at all."""


class Level(StrEnum):
    """The risk in a word: below 0.15, below 0.35, and from there on."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was known of a visit at a moment before it began. Earlier visits are those whose outcome was written down by then."""

    appointment_id: AppointmentId
    patient_id: PatientId
    provider_id: ProviderId
    appointment_type_id: AppointmentTypeId
    lead_days: float
    weekday: int
    minute_of_day: int
    is_confirmed: bool
    earlier_visits: int
    earlier_no_shows: int
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression. `weights` are by feature; a feature without one counts nothing.

    `means` are the features' usual values, from which factors are told. `slope` and `shift` calibrate the log-odds. `report` is what
    was found when it was made, for `model-info`.
    """

    version: ModelVersion
    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float] = field(default_factory=dict)
    slope: float = 1.0
    shift: float = 0.0
    is_calibrated: bool = False
    trained_at: datetime | None = None
    report: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.weights:
            if not is_known_before(name):
                raise LeakingFeature(f"no model may use the feature {name!r}")

    def score(self, features: Mapping[str, float]) -> float:
        """Return the probability of a no-show."""
        return sigmoid(self.slope * self.log_odds(features) + self.shift)

    def log_odds(self, features: Mapping[str, float]) -> float:
        """Return the log-odds before they are calibrated."""
        return self.intercept + sum(self.weights.get(name, 0.0) * value for name, value in features.items())


@dataclass(frozen=True, slots=True)
class Risk:
    """How likely a no-show is, why, and what may be done. `factors` are sentences that begin with their direction, the weightiest first."""

    score: float
    level: Level
    factors: tuple[str, ...]
    recommendation: str


def sigmoid(log_odds: float) -> float:
    """Return the probability of these log-odds."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0


def age_band(age: int | None) -> str:
    """Return the band of an age in years."""
    return next(
        (f"{low}-{high}" if high < 150 else f"{low}+" for low, high in AGE_BANDS if age is not None and low <= age <= high), UNKNOWN
    )


def part_of_opening(minute_of_day: int) -> str:
    """Return the part of the day that a start lies in."""
    if minute_of_day < 9 * 60:
        return "early"
    if minute_of_day < 12 * 60:
        return "morning"
    return "midday" if minute_of_day < 14 * 60 else "afternoon" if minute_of_day < 17 * 60 else "late"


_NUMBERS = ("lead", "missed_share", "earlier_visits", "new_patient", "unconfirmed")
_CHOICES: Mapping[str, frozenset[str] | None] = {
    "weekday": frozenset(WEEKDAYS),
    "hours": frozenset({"early", "morning", "midday", "afternoon", "late"}),
    "age": frozenset({*(age_band(low) for low, _ in AGE_BANDS), UNKNOWN}),
    "type": None,
    "provider": None,
}
"""Each choice with its values; None: any id."""


def is_known_before(feature: str) -> bool:
    """Say whether this is one of our features, all of which are known before a visit begins."""
    group, _, value = feature.partition(":")
    if not value:
        return feature in _NUMBERS
    if group not in _CHOICES:
        return False
    allowed = _CHOICES[group]
    return _is_id(value) if allowed is None else value in allowed


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def features_of(facts: Facts) -> dict[str, float]:
    """Return the features of a visit: numbers, and a one for each choice that applies."""
    return {
        "lead": math.log1p(max(facts.lead_days, 0.0)),
        # Two visits that were kept are added, so that one missed visit is not yet a habit.
        "missed_share": facts.earlier_no_shows / (facts.earlier_visits + 2),
        "earlier_visits": math.log1p(min(facts.earlier_visits, 20)),
        "new_patient": float(facts.earlier_visits == 0),
        "unconfirmed": float(not facts.is_confirmed),
        f"weekday:{WEEKDAYS[facts.weekday]}": 1.0,
        f"hours:{part_of_opening(facts.minute_of_day)}": 1.0,
        f"age:{age_band(facts.age)}": 1.0,
        f"type:{facts.appointment_type_id}": 1.0,
        f"provider:{facts.provider_id}": 1.0,
    }


def _odds(ratio: float) -> float:
    return math.log(ratio)


PRIOR = Model(
    version=ModelVersion("prior-1"),
    # About one visit in seven of a known, unconfirmed patient that was booked a week ahead is missed.
    intercept=-2.65,
    weights={
        # From the same day to a month ahead, the odds grow about threefold.
        "lead": 0.32,
        # Who missed half of many earlier visits has some four times the odds of who missed none.
        "missed_share": 2.8,
        "new_patient": _odds(1.4),
        "unconfirmed": _odds(1.6),
        "weekday:Monday": _odds(1.1),
        "weekday:Saturday": _odds(1.1),
        "hours:early": _odds(1.1),
        "hours:late": _odds(1.1),
        "age:0-17": _odds(1.15),
        "age:18-29": _odds(1.5),
        "age:30-44": _odds(1.15),
        "age:65+": _odds(0.7),
    },
    means={"lead": 2.0, "missed_share": 0.08, "new_patient": 0.25, "unconfirmed": 0.4, "age:18-29": 0.18, "age:65+": 0.2},
)
"""What is used without a model of the clinic's own: odds ratios of the direction and rough size that reviews of no-show studies agree on
(lead time and earlier no-shows weigh most). An assumption, not a measurement, and so never called calibrated."""

_ADVICE = {
    Level.LOW: "Nothing beyond the usual reminder.",
    Level.MEDIUM: "Send a reminder the day before and ask for a confirmation.",
    Level.HIGH: "Call the patient to confirm, and offer to move the visit if another time suits better. The visit stays booked.",
}


def risk_of(model: Model, facts: Facts) -> Risk:
    """Return the risk of a visit, with its factors in words."""
    features = features_of(facts)
    score = model.score(features)
    level = Level.LOW if score < MEDIUM_FROM else Level.MEDIUM if score < HIGH_FROM else Level.HIGH
    return Risk(score, level, _factors(model, facts, features), _ADVICE[level])


def _factors(model: Model, facts: Facts, features: Mapping[str, float]) -> tuple[str, ...]:
    """Return what moves this visit's risk away from the usual, in words."""
    moved: dict[str, float] = {}
    for name in {*features, *model.means}:
        change = model.slope * model.weights.get(name, 0.0) * (features.get(name, 0.0) - model.means.get(name, 0.0))
        group = name.partition(":")[0]
        group = "history" if group in ("missed_share", "earlier_visits", "new_patient") else group
        moved[group] = moved.get(group, 0.0) + change
    weighty = sorted(((abs(change), group) for group, change in moved.items() if change), reverse=True)
    said = [group for size, group in weighty if size >= WORTH_SAYING][:MOST_FACTORS] or [group for _, group in weighty[:1]]
    words = _words(facts)
    return tuple(f"{'raises' if moved[group] > 0 else 'lowers'} the risk: {words[group]}" for group in said)


def _words(facts: Facts) -> dict[str, str]:
    days = round(facts.lead_days)
    visits, missed = facts.earlier_visits, facts.earlier_no_shows
    history = "first visit at this clinic" if visits == 0 else f"missed {missed} of {visits} earlier visits"
    band = age_band(facts.age)
    return {
        "lead": "booked for the same day" if days == 0 else f"booked {days} day{'s' if days > 1 else ''} ahead",
        "history": f"kept all {visits} earlier visits" if visits > 1 and missed == 0 else history,
        "unconfirmed": "confirmed" if facts.is_confirmed else "not confirmed yet",
        "weekday": f"on a {WEEKDAYS[facts.weekday]}",
        "hours": f"begins at {facts.minute_of_day // 60:02d}:{facts.minute_of_day % 60:02d}",
        "age": "age not known" if band == UNKNOWN else f"age {band}",
        "type": "this type of visit",
        "provider": "visits with this provider",
    }
