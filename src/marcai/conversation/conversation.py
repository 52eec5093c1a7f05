"""The record of one talk, what goes in and what comes out, and the two ports that keep it.

`Talks` (PostgreSQL) is the truth: the snapshot and one row a turn, whose uniqueness is the fence. `ConversationStore`
(Redis) is a fast copy and a lock; losing it costs a reload.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from marcai.clinics.actor import Caller, IdentityLevel
from marcai.clinics.clinic import OrganisationId
from marcai.conversation.flow import State
from marcai.scheduling.appointment import Appointment, AppointmentId
from marcai.scheduling.patient import PatientId
from marcai.scheduling.slots import Slot
from marcai.tools.unit import ToolUnit
from marcai.understanding.meaning import Candidate, Intent, Language


class Missing(StrEnum):
    """What is still to be asked; the values are those of the API."""

    INTENT = "intent"
    PATIENT_NAME = "patient_name"
    DATE_OF_BIRTH = "date_of_birth"
    PHONE = "phone"
    PROVIDER = "provider"
    SPECIALTY = "specialty"
    APPOINTMENT_TYPE = "appointment_type"
    LOCATION = "location"
    DATE = "date"
    TIME = "time"
    APPOINTMENT = "appointment"
    CONFIRMATION = "confirmation"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class TalkKey:
    """Whose talk it is: one clinic, one channel, one contact of that channel."""

    organisation_id: OrganisationId
    channel: str
    contact: str


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One message as a door hands it down. `actor` is what the door has proved; `now` overrides the clock (demo and tests)."""

    organisation_id: OrganisationId
    channel: str
    contact: str
    text: str
    actor: Caller
    message_id: str | None = None
    language: Language | None = None
    now: datetime | None = None

    @property
    def key(self) -> TalkKey:
        """Return whose talk this message belongs to."""
        return TalkKey(self.organisation_id, self.channel, self.contact)


@dataclass(frozen=True, slots=True)
class Named:
    """An entity of a reply that has no score: an appointment type, a location."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Entities:
    """What has been understood so far for the task in hand. Dates are both included; times are half-open, equal for an exact hour."""

    provider: Candidate | None = None
    specialty: str | None = None
    appointment_type: Named | None = None
    date_from: date | None = None
    date_to: date | None = None
    time_from: time | None = None
    time_to: time | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """The one slot that is on the table, and the hold that keeps it. `relaxed` says which part of the wish gave way for it."""

    slot: Slot
    hold_id: UUID
    expires_at: datetime
    relaxed: str | None = None


@dataclass(frozen=True, slots=True)
class Handoff:
    """Why a human is to take over, and where the talk stood. Both are codes and facts, not a patient's words."""

    reason: str
    summary: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one turn, with exactly the members of the API's conversation answer."""

    conversation_id: UUID
    turn: int
    language: Language
    state: State
    intent: Intent
    entities: Entities
    missing: tuple[Missing, ...]
    reply: str
    suggestions: tuple[str, ...] = ()
    offer: Offer | None = None
    appointment: Appointment | None = None
    handoff: Handoff | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the patient wishes for the visit to come, gathered over all turns.

    Days are both included. `time_from == time_to` is an exact hour. What is excluded was refused on the way.
    """

    provider: Candidate | None = None
    among: tuple[Candidate, ...] = ()
    """Several of whom any will do, where no single one is settled: "Helena or Rafael"."""
    any_provider: bool = False
    excluded_providers: frozenset[UUID] = frozenset()
    specialty: str | None = None
    appointment_type_id: UUID | None = None
    location_id: UUID | None = None
    date_from: date | None = None
    date_to: date | None = None
    any_day: bool = False
    time_from: time | None = None
    time_to: time | None = None
    any_time: bool = False
    earliest: bool = False
    latest: bool = False
    """The last hour of the wished day instead of the first."""
    shift: timedelta | None = None
    """How much later (or earlier) than the visit that is moved, until that visit is known."""
    excluded_dates: frozenset[date] = frozenset()
    excluded_starts: frozenset[datetime] = frozenset()
    excluded_times: tuple[tuple[time, time], ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What the words say about a visit that exists already, so that it can be found among the patient's visits."""

    date_from: date | None = None
    date_to: date | None = None
    time_from: time | None = None
    time_to: time | None = None
    provider_id: UUID | None = None
    appointment_type_id: UUID | None = None
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """The one question about an ambiguous date or hour, and its possible answers as (date, time) pairs, likelier first."""

    question: str
    options: tuple[tuple[date | None, time | None], ...]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that the patient wants done. `visit_id` is the visit that it is about, once that is settled."""

    intent: Intent
    wanted: Wanted = Wanted()
    subject: Subject = Subject()
    visit_id: AppointmentId | None = None
    refusals: int = 0
    asked: frozenset[str] = frozenset()
    """What has been asked about this task already, so that one question is not asked twice."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes, as far as the talk itself has found out."""

    level: IdentityLevel = IdentityLevel.ANONYMOUS
    patient_id: PatientId | None = None
    name: str | None = None
    date_of_birth: date | None = None
    phone: str | None = None
    is_new: bool = False
    """The name and birth date were checked and matched nobody, or were not checked: a new patient's record is asked for."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One talk, whole: everything that the next turn needs. Kept as a versioned snapshot (`snapshot.py`)."""

    id: UUID
    key: TalkKey
    language: Language
    updated_at: datetime
    state: State = State.IDLE
    turn: int = 0
    person: Person = Person()
    intent: Intent = Intent.OTHER
    task: Task | None = None
    later: tuple[Task, ...] = ()
    offer: Offer | None = None
    doubt: Doubt | None = None
    choices: tuple[UUID, ...] = ()
    """The visits, or the providers, that were named to choose from, in the order in which they were named."""
    missing: tuple[Missing, ...] = ()
    said: str | None = None
    """The last reply, for whoever did not catch it."""
    unclear: int = 0
    handoff: Handoff | None = None
    booked: AppointmentId | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and its reply, as the log of turns keeps them. `message_id` is unique in the conversation."""

    number: int
    at: datetime
    text: str
    reply: Reply
    message_id: str | None = None


class Appended(StrEnum):
    """What became of a turn that was to be appended."""

    WRITTEN = "written"
    STALE = "stale"
    """Another turn with this number, or another conversation of this key, is there: the copy was old or the lock was lost."""
    REPEATED = "repeated"
    """The message id was answered before: `Talks.reply_to` has the reply."""


class Talks(Protocol):
    """The truth of all talks of one clinic, inside a unit of work."""

    async def load(self, key: TalkKey) -> Conversation | None:
        """Return the talk of this contact, if there is one."""
        ...

    async def load_of_patient(self, channel: str, patient_id: PatientId) -> Conversation | None:
        """Return the patient's talk in a channel, the latest if there are several."""
        ...

    async def reply_to(self, key: TalkKey, message_id: str) -> Reply | None:
        """Return the stored reply to a message that was answered before."""
        ...

    async def append(self, conversation: Conversation, turn: Turn) -> Appended:
        """Write the turn's row and the snapshot that follows it; the row's uniqueness is the fence.

        `conversation.turn == turn.number`. Nothing is written unless `WRITTEN` is returned.
        """
        ...

    async def history(self, conversation_id: UUID, *, limit: int) -> list[Turn]:
        """Return the last turns, oldest first."""
        ...

    async def clear(self, key: TalkKey) -> None:
        """Forget the talk and its turns."""
        ...


class TalkUnit(ToolUnit, Protocol):
    """The transaction of one turn: all that a tool may touch, and the talks."""

    @property
    def talks(self) -> Talks:
        """The truth of all talks of the clinic."""
        ...


@dataclass(frozen=True, slots=True)
class OpenTalk:
    """A talk that was taken from the fast store: the copy there (None: not there, ask `Talks`), and the lock's token (None: no lock)."""

    key: TalkKey
    conversation: Conversation | None = None
    token: str | None = None
    is_repeat: bool = False
    """The store saw this message id before. A hint: `Talks` knows the truth."""


class ConversationStore(Protocol):
    """The fast copy of talks and their lock. Never raises: without it, or behind a lost lock, the turn row's fence suffices."""

    async def open(self, key: TalkKey, *, message_id: str | None = None) -> OpenTalk:
        """Wait a little for the lock of the talk, take it, and return the copy with it, in one round trip."""
        ...

    async def save(self, talk: OpenTalk, conversation: Conversation, *, message_id: str | None = None) -> None:
        """Keep the new copy, remember the message id, and give the lock back, in one round trip."""
        ...

    async def release(self, talk: OpenTalk, *, forget: bool = False) -> None:
        """Give the lock back without a new copy; `forget` drops the old one too, because it was stale."""
        ...

    async def clear(self, key: TalkKey) -> None:
        """Drop the copy."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """Where a talk stands, without a new turn: the last reply, and the turns before."""

    last: Reply
    history: tuple[Turn, ...] = field(default_factory=tuple)
