"""A clinic's own no-show model: made from its past, judged by what came later, and kept only if it beats the prior. Pure.

The past is cut by time: the first 60 % teach, the next 20 % calibrate, the last 20 % judge. A random cut would let a patient's later
visits speak about earlier ones.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Protocol

from marcai.scheduling.no_show import PRIOR, Facts, Model, ModelVersion, age_band, features_of

FEWEST_VISITS, FEWEST_NO_SHOWS = 200, 30
TAUGHT, CALIBRATED = 0.6, 0.8
BINS = 8
FEWEST_OF_A_GROUP = 10


@dataclass(frozen=True, slots=True)
class PastCase:
    """A visit whose outcome is known, with what was known a day before it began (or when it was booked, if that was later)."""

    facts: Facts
    was_missed: bool
    start: datetime
    sex: str | None = None
    is_generated: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a learner found."""

    intercept: float
    weights: Mapping[str, float]


class Learner(Protocol):
    """Fits logistic regressions. The vendor's part."""

    def fit(self, cases: Sequence[Mapping[str, float]], was_missed: Sequence[bool]) -> Fitted:
        """Return weights for the features; `cases` are in order of time."""
        ...

    def calibrate(self, log_odds: Sequence[float], was_missed: Sequence[bool]) -> tuple[float, float]:
        """Return slope and shift that turn log-odds into calibrated ones."""
        ...


@dataclass(frozen=True, slots=True)
class TooLittle:
    """There is not enough history to learn from: the prior stays."""

    visits: int
    no_shows: int


@dataclass(frozen=True, slots=True)
class NotBetter:
    """The model that was made is no better than the one in use without it (Brier score on the last fifth): the prior stays."""

    model: Model


def train(cases: Sequence[PastCase], learner: Learner, *, now: datetime) -> Model | TooLittle | NotBetter:
    """Make a model of a clinic's past visits, in any order."""
    ordered = sorted(cases, key=lambda case: (case.start, str(case.facts.appointment_id)))
    missed = sum(case.was_missed for case in ordered)
    taught, calibrating, judging = _split(ordered)
    if len(ordered) < FEWEST_VISITS or missed < FEWEST_NO_SHOWS or any(not _has_both(part) for part in (taught, calibrating, judging)):
        return TooLittle(len(ordered), missed)
    features = [features_of(case.facts) for case in taught]
    fitted = _with_prior(learner.fit([_beside_prior(case) for case in features], [case.was_missed for case in taught]))
    version = ModelVersion(f"clinic-{now:%Y%m%d%H%M%S}-{len(ordered)}")
    raw = Model(version, fitted.intercept, fitted.weights, _means(features))
    log_odds = [raw.log_odds(features_of(case.facts)) for case in calibrating]
    slope, shift = learner.calibrate(log_odds, [case.was_missed for case in calibrating])
    model = Model(version, fitted.intercept, fitted.weights, raw.means, slope, shift, is_calibrated=True, trained_at=now)
    report = {
        "trained_on": told_history(ordered),
        "split": {
            "by": "time",
            "taught": len(taught),
            "calibrated": len(calibrating),
            "judged": len(judging),
            "judged_from": judging[0].start,
        },
        "evaluation": judged(model, judging),
        "prior": judged(PRIOR, judging),
        "groups": groups(model, judging),
    }
    told = Model(version, model.intercept, model.weights, model.means, slope, shift, is_calibrated=True, trained_at=now, report=report)
    return told if report["evaluation"]["brier"] < report["prior"]["brier"] else NotBetter(told)


_PRIOR_COLUMN, _PRIOR_SCALE = "prior", 10.0


def _beside_prior(features: Mapping[str, float]) -> dict[str, float]:
    """Return the features with what the prior says of them, so that deviations from it are learnt: with little history, few.

    The column is scaled up, since whoever shrinks weights should hardly shrink this one.
    """
    return {**features, _PRIOR_COLUMN: PRIOR.log_odds(features) * _PRIOR_SCALE}


def _with_prior(fitted: Fitted) -> Fitted:
    """Return the weights of the features alone: the prior's part in them is folded in."""
    share = fitted.weights.get(_PRIOR_COLUMN, 0.0) * _PRIOR_SCALE
    names = (fitted.weights.keys() | PRIOR.weights.keys()) - {_PRIOR_COLUMN}
    weights = {name: fitted.weights.get(name, 0.0) + share * PRIOR.weights.get(name, 0.0) for name in sorted(names)}
    return Fitted(fitted.intercept + share * PRIOR.intercept, weights)


def _split(ordered: Sequence[PastCase]) -> tuple[Sequence[PastCase], Sequence[PastCase], Sequence[PastCase]]:
    first, second = int(len(ordered) * TAUGHT), int(len(ordered) * CALIBRATED)
    return ordered[:first], ordered[first:second], ordered[second:]


def _has_both(cases: Sequence[PastCase]) -> bool:
    return len({case.was_missed for case in cases}) == 2


def _means(cases: Sequence[Mapping[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for features in cases:
        for name, value in features.items():
            sums[name] += value
    return {name: total / len(cases) for name, total in sums.items()}


def told_history(cases: Sequence[PastCase]) -> dict[str, Any]:
    """Return what may be told of a history: how much, from when to when, and how much of it was made up."""
    starts = [case.start for case in cases]
    return {
        "visits": len(cases),
        "no_shows": sum(case.was_missed for case in cases),
        "from": min(starts) if starts else None,
        "to": max(starts) if starts else None,
        "generated_visits": sum(case.is_generated for case in cases),
    }


def judged(model: Model, cases: Sequence[PastCase]) -> dict[str, Any]:
    """Return how well a model foretold these cases: AUC (0.5 is guessing), Brier score and calibration error (0 is perfect)."""
    scores = [model.score(features_of(case.facts)) for case in cases]
    outcomes = [case.was_missed for case in cases]
    return {
        "visits": len(cases),
        "auc": _rounded(auc(scores, outcomes)),
        "brier": _rounded(brier(scores, outcomes)),
        "calibration_error": _rounded(calibration_error(scores, outcomes)),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def auc(scores: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    """Return how often a missed visit scores above a kept one (ties count half); None without both kinds."""
    ranked = sorted(zip(scores, outcomes, strict=True))
    positives = sum(outcomes)
    negatives = len(ranked) - positives
    if not positives or not negatives:
        return None
    total, position = 0.0, 0
    while position < len(ranked):
        end = position
        while end < len(ranked) and ranked[end][0] == ranked[position][0]:
            end += 1
        rank = (position + 1 + end) / 2
        total += rank * sum(outcome for _, outcome in ranked[position:end])
        position = end
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def brier(scores: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Return the mean square of what was foretold minus what happened."""
    return sum((score - outcome) ** 2 for score, outcome in zip(scores, outcomes, strict=True)) / max(len(scores), 1)


def calibration_error(scores: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Return the mean distance between foretold and observed shares, over eight bins of equally many cases."""
    # By the score alone: equals that were sorted by their outcome would look badly calibrated.
    ranked = sorted(zip(scores, outcomes, strict=True), key=itemgetter(0))
    error = 0.0
    for number in range(BINS):
        part = ranked[len(ranked) * number // BINS : len(ranked) * (number + 1) // BINS]
        error += abs(sum(score - outcome for score, outcome in part))
    return error / max(len(ranked), 1)


def groups(model: Model, cases: Sequence[PastCase]) -> dict[str, Any]:
    """Return, by sex and by age band, what was foretold and what happened, and the gap between the groups.

    A group's bias is foretold minus observed; the gap is the largest bias minus the smallest, among groups of ten visits or more.
    """
    return {
        "sex": _told_groups(model, cases, [case.sex or "unknown" for case in cases]),
        "age_band": _told_groups(model, cases, [age_band(case.facts.age) for case in cases]),
    }


def _told_groups(model: Model, cases: Sequence[PastCase], names: Sequence[str]) -> dict[str, Any]:
    parts: dict[str, list[PastCase]] = defaultdict(list)
    for case, name in zip(cases, names, strict=True):
        parts[name].append(case)
    told, biases = [], []
    for name, part in sorted(parts.items()):
        foretold = sum(model.score(features_of(case.facts)) for case in part) / len(part)
        observed = sum(case.was_missed for case in part) / len(part)
        told.append({"group": name, "visits": len(part), "predicted": round(foretold, 4), "observed": round(observed, 4)})
        if len(part) >= FEWEST_OF_A_GROUP:
            biases.append(foretold - observed)
    return {"groups": told, "gap": round(max(biases) - min(biases), 4) if len(biases) > 1 else None}
