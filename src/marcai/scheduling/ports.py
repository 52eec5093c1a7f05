"""What the calendar needs from a store: the clinic's claims, its patients, and the transaction that has both.

A claim is a row that keeps time: a hold or a visit. `Calendar` writes and reads claims; every rule that must hold against
others is judged by it under the advisory locks, in the same statement that writes. It decides nothing else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from marcai.kit.intervals import Interval
from marcai.ledger.events import AuditEntry, OutboxEvent
from marcai.ledger.unit import UnitOfWork
from marcai.scheduling.appointment import Appointment, AppointmentId, Status
from marcai.scheduling.patient import NewPatient, Patient, PatientId
from marcai.scheduling.requests import AppointmentFilter, Hold, WhyNot
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import NO_SPANS, Slot, Spans

LONGEST_CLAIM = timedelta(hours=48)
"""No claim, its buffers included, is longer. The database refuses one, so that a read need not look further back than this."""


@dataclass(frozen=True, slots=True)
class BusyAsk:
    """Whose busy time is wanted between two moments (seconds since 1970).

    An empty `provider_seqs` means every provider. Rooms and patient are read only if named, starts of visits only if `counting`.
    """

    start: float
    end: float
    provider_seqs: Sequence[int]
    room_seqs: Sequence[int] = ()
    patient_id: PatientId | None = None
    ignoring: frozenset[UUID] = frozenset()
    """Visits and holds that are as good as gone."""
    with_holds: bool = True
    counting: bool = False


@dataclass(frozen=True, slots=True)
class BusyTimes:
    """What is claimed, as far as it was asked for. Expired holds are left out."""

    lanes: Mapping[int, Mapping[int, Spans]] = field(default_factory=dict)
    """By provider's seq, then by lane; buffers included."""
    rooms: Mapping[int, Spans] = field(default_factory=dict)
    """By the room's seq; buffers included."""
    patient: Spans = NO_SPANS
    """The patient's live visits, without buffers."""
    starts: Mapping[int, Sequence[float]] = field(default_factory=dict)
    """By provider's seq: when that begins which counts towards a daily limit (live claims, and completed visits)."""


@dataclass(frozen=True, slots=True)
class Claimants:
    """Whose locks a calendar write takes."""

    provider_seqs: frozenset[int] = frozenset()
    room_seqs: frozenset[int] = frozenset()
    patient_id: PatientId | None = None


@dataclass(frozen=True, slots=True)
class KeptVisit:
    """A visit as it stands under its locks, with what its claim takes."""

    appointment: Appointment
    provider_seq: int
    room_seq: int | None
    patient_seq: int
    busy: Interval


@dataclass(frozen=True, slots=True)
class Trim:
    """How a hold for a move is cut to what is new, should it come to lie in the moved visit's own lane or room."""

    lane: int
    busy_from: datetime
    busy_to: datetime
    shares_room: bool


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A hold or a visit that is to be written, and what must be true for it."""

    id: UUID
    is_hold: bool
    status: str
    slot: Slot
    provider_seq: int
    lanes: int
    busy: Interval
    zone: str
    revision: int | None
    """The set-up that the rules were judged by. None: it was read when the provider's lock was held already, so that its hours stand."""
    by: str
    room_seq: int | None = None
    patient_id: PatientId | None = None
    patient_seq: int | None = None
    max_daily: int | None = None
    day: Interval | None = None
    """The location's day, within which a daily limit counts."""
    uses_hold: UUID | None = None
    releases: frozenset[UUID] = frozenset()
    """Holds of the same holder that are released first."""
    ignoring: AppointmentId | None = None
    trim: Trim | None = None
    expires_at: datetime | None = None
    holder: str | None = None
    max_holds: int = 0
    source: str = "api"
    channel: str | None = None
    notes: str | None = None
    internal_notes: str | None = None
    external_reference: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    rescheduled_from: AppointmentId | None = None
    events: tuple[OutboxEvent, ...] = ()
    """What others are told when it is written, and only then."""
    entries: tuple[AuditEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A claim that now stands. `seq` is its fencing token and, for a visit, its number."""

    seq: int
    lane: int


@dataclass(frozen=True, slots=True)
class NotWritten:
    """A claim that was not written. `why` is None when the set-up, or the visit that should give way, was no longer the one judged by."""

    why: WhyNot | None
    conflicting_start: datetime | None = None


class Calendar(Protocol):
    """The claims of one clinic, inside one transaction. Who writes has called `lock` or `lock_visit` first."""

    async def busy(self, ask: BusyAsk) -> BusyTimes:
        """Return the busy time that is asked for, as of the unit's now."""
        ...

    async def lock(self, claimants: Claimants) -> int | None:
        """Wait for the locks of providers, rooms and patient, in one order for all; return the patient's seq, if there is such a record."""
        ...

    async def lock_visit(self, appointment_id: UUID, claimants: Claimants) -> KeptVisit | None:
        """Take the locks of a visit's provider, room and patient and of the claimants, together; then read the visit."""
        ...

    async def claim(self, claim: NewClaim) -> Written | NotWritten:
        """Write a claim, if nobody's claim or limit is in the way; expired holds that overlap it are deleted first."""
        ...

    async def move(self, old: KeptVisit, claim: NewClaim) -> Written | NotWritten:
        """Let a visit give way to the claim of its successor; if there is no room for that, the visit stands as it was."""
        ...

    async def advance(self, visit: KeptVisit, to: Status, *, by: str, reason: str | None, notes: str | None) -> Appointment:
        """Give a visit another status and a line of history. `notes`, if given, are the visit's from now on.

        Raises:
            VersionConflict: somebody who took no lock changed the visit.
        """
        ...

    async def change(self, visit: KeptVisit, changes: Mapping[str, object], room_seq: int | None) -> Appointment | None:
        """Change notes, internal_notes, room_id or metadata; None when another claim has the room."""
        ...

    async def appointment(self, appointment_id: UUID) -> Appointment | None:
        """Return the visit with its history."""
        ...

    async def appointments(
        self, wanted: AppointmentFilter, *, limit: int, after: tuple[datetime, UUID] | None, with_history: bool, offset: int = 0
    ) -> list[Appointment]:
        """Return visits in order of (start, id); the first `offset` of them are left out."""
        ...

    async def count(self, wanted: AppointmentFilter) -> int:
        """Return how many visits there are."""
        ...

    async def hold(self, hold_id: UUID) -> Hold | None:
        """Return the hold, if it has not expired."""
        ...

    async def release(self, hold_id: UUID) -> Hold | None:
        """Delete a hold under its locks, and return it; None when it is gone already or has expired."""
        ...

    async def drop_expired(self, *, limit: int) -> int:
        """Delete holds that have expired, each under its locks, and return how many there were."""
        ...


class Patients(Protocol):
    """The patients of one clinic. Phones are compared by their digits, birth dates and phones through blind indexes."""

    async def get(self, patient_id: UUID) -> Patient | None:
        """Return the record."""
        ...

    async def by_seq(self, seq: int) -> Patient | None:
        """Return the record that bears this number (`demographicNo`)."""
        ...

    async def by_phone(self, digits: str) -> list[Patient]:
        """Return every record with this phone, in order of seq; punctuation in the argument is ignored."""
        ...

    async def by_name_and_birth(self, name: str, birth: date) -> list[Patient]:
        """Return the records born that day whose folded full name is the same."""
        ...

    async def search_by_name(self, first: str, last: str) -> list[Patient]:
        """Return records whose folded names are near; the caller ranks them."""
        ...

    async def add(self, new: NewPatient) -> Patient:
        """Write a new record."""
        ...

    async def change(self, patient_id: UUID, changes: Mapping[str, object]) -> Patient | None:
        """Change the fields that are named; None when there is no such record."""
        ...

    async def page(self, *, limit: int, after: int | None = None, offset: int = 0, **filters: object) -> list[Patient]:
        """Return records in order of seq, those whose seq is greater than `after`, but for the first `offset`."""
        ...

    async def count(self) -> int:
        """Return how many records there are."""
        ...

    async def by_ids(self, patient_ids: Collection[UUID]) -> dict[UUID, Patient]:
        """Return the records with these ids, by id; an id without a record is left out."""
        ...


class SchedulingUnit(UnitOfWork, Protocol):
    """One transaction with the calendar and the patients of one clinic."""

    @property
    def calendar(self) -> Calendar:
        """The clinic's claims."""
        ...

    @property
    def patients(self) -> Patients:
        """The clinic's patients."""
        ...

    async def setup(self) -> Setup:
        """Return the clinic's set-up as it stands in this transaction. The same revision is the same value."""
        ...

    def remembered_setup(self) -> Setup | None:
        """Return a set-up that may no longer be the clinic's, without asking: for claims, which compare its revision."""
        ...

    def new_id(self) -> UUID:
        """Return a fresh id."""
        ...
