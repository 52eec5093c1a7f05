"""What an utterance says: the values that understanding hands to a conversation.

Everything here is a plain value. Nothing names a row of a clinic's calendar but by the ids that came in with `KnownNames`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal
from uuid import UUID


class Language(StrEnum):
    """The languages that Marcaí speaks; the values are those of the API."""

    PT = "pt-BR"
    EN = "en"
    ZH = "zh"

    @property
    def short(self) -> str:
        """Return "pt", "en" or "zh"."""
        return self.value[:2]


class Intent(StrEnum):
    """What somebody wants from the clinic; the values are those of the API."""

    BOOK = "book"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    LIST = "list"
    AVAILABILITY = "availability"
    CLINIC_INFO = "clinic_info"
    WAITLIST = "waitlist"
    REGISTER = "register"
    HUMAN = "human"
    EMERGENCY = "emergency"
    GREETING = "greeting"
    AFFIRM = "affirm"
    DENY = "deny"
    OTHER = "other"


Part = Literal["dawn", "morning", "noon", "afternoon", "evening"]


@dataclass(frozen=True, slots=True)
class DayPart:
    """A part of a day, of a known day or of any."""

    day: date | None
    part: Part


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range between two days, two moments or two clock times; None is an open side.

    Both bounds are of one kind and at least one is given. A span of days ends on the first day that is no longer meant.
    """

    start: date | datetime | time | None
    end: date | datetime | time | None


When = date | datetime | time | Span | DayPart
"""A day, a moment (naive wall time of the clinic), a clock time, a range, or a part of a day."""


@dataclass(frozen=True, slots=True)
class TimeMention:
    """One expression of time in an utterance.

    `alternatives` are further readings where the words leave it open, likelier first, and `question` then names what
    settles it. `excluded` marks what the speaker does not want ("menos sexta"); what was corrected in the same breath
    ("quinta, não, sexta") is not mentioned at all.
    """

    text: str
    start: int
    end: int
    value: When
    alternatives: tuple[When, ...] = ()
    question: Literal["which_day", "which_week", "am_or_pm", "today_or_next_week", "day_or_month"] | None = None
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known thing that may be meant, with a score between 0 and 1."""

    id: UUID
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class NameMention:
    """Words that name a provider, a specialty, an appointment type or a location.

    `candidates` are best first. One candidate means that the name is settled; several, that the margin between them is
    too small to choose; none, that the words name nobody who is known (`text` still says which words).
    `specialty` mentions carry the specialty's own name in `specialty` and no candidates.
    """

    text: str
    candidates: tuple[Candidate, ...] = ()
    specialty: str | None = None

    @property
    def settled(self) -> Candidate | None:
        """Return the one that is meant, if there is no doubt."""
        return self.candidates[0] if len(self.candidates) == 1 else None


@dataclass(frozen=True, slots=True)
class KnownName:
    """One thing of the clinic that may be named: its official name first, then its aliases in any language."""

    id: UUID
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names of one clinic. `revision` identifies the content, so that an index of it can be kept."""

    revision: str
    providers: tuple[KnownName, ...] = ()
    appointment_types: tuple[KnownName, ...] = ()
    locations: tuple[KnownName, ...] = ()
    specialties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IntentReading:
    """One thing that is wanted, how sure we are (a calibrated probability), and the words that say it."""

    intent: Intent
    confidence: float
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Meaning:
    """All that one utterance says.

    `readings` are in the order of importance for the talk: what is to be done first stands first ("cancela a de terça e
    marca outra pra quinta" has two). `refused` are intents that were said with a negation ("não quero cancelar").
    `subject_times` are the times that describe a visit that exists already ("cancelar a DE TERÇA", "move my WEDNESDAY
    visit to …"); `times` are wishes for the visit to come. `any_*` says that the choice is left to the clinic.
    `answer` is a plain yes or no to whatever was asked, `ordinal` a choice from a list (1 = first, -1 = last).
    """

    text: str
    language: Language
    readings: tuple[IntentReading, ...] = ()
    refused: tuple[Intent, ...] = ()
    times: tuple[TimeMention, ...] = ()
    subject_times: tuple[TimeMention, ...] = ()
    provider: NameMention | None = None
    not_providers: tuple[NameMention, ...] = ()
    specialty: NameMention | None = None
    appointment_type: NameMention | None = None
    location: NameMention | None = None
    any_provider: bool = False
    any_day: bool = False
    any_time: bool = False
    earliest: bool = False
    answer: Literal["yes", "no"] | None = None
    ordinal: int | None = None
    person_name: str | None = None
    date_of_birth: date | None = None
    phone: str | None = None
    reason: str | None = None
    wants_repeat: bool = False
    closes: bool = False
    language_wish: Language | None = None
    other_person: str | None = None
    from_model: frozenset[str] = field(default_factory=frozenset)

    @property
    def intent(self) -> Intent:
        """Return the intent that matters most, `other` when nothing was understood."""
        return self.readings[0].intent if self.readings else Intent.OTHER

    @property
    def confidence(self) -> float:
        """Return how sure we are of `intent`."""
        return self.readings[0].confidence if self.readings else 0.0
