"""The waitlist: who would take a slot if one were freed, and in which order they are asked.

Joining, leaving and the order stand here; what is offered to whom when a slot is freed comes after.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType, Protocol
from uuid import UUID

from marcai.ledger.events import AuditEntry
from marcai.scheduling.errors import NotFound
from marcai.scheduling.patient import PatientId
from marcai.scheduling.ports import SchedulingUnit
from marcai.scheduling.provider import AppointmentTypeId, ProviderId

WaitlistEntryId = NewType("WaitlistEntryId", UUID)


class TimeOfDay(StrEnum):
    """The part of a day that somebody waits for: 06:00-12:00, 12:00-18:00, 18:00-22:00."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class WaitlistStatus(StrEnum):
    """Where an entry stands. Who waits or has an offer keeps the place in the queue."""

    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    REMOVED = "removed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class WaitlistWish:
    """What somebody waits for. What is None is left open; `date_from` and `date_to` are both included."""

    patient_id: PatientId
    appointment_type_id: AppointmentTypeId
    provider_id: ProviderId | None = None
    date_from: date | None = None
    date_to: date | None = None
    time_of_day: TimeOfDay | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class WaitlistEntry:
    """A wish that waits. `seq` is the order of arrival."""

    id: WaitlistEntryId
    seq: int
    wish: WaitlistWish
    status: WaitlistStatus
    created_at: datetime
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class WaitlistFilter:
    """Which entries are meant; None and empty mean all."""

    patient_id: PatientId | None = None
    appointment_type_id: AppointmentTypeId | None = None
    provider_id: ProviderId | None = None
    statuses: frozenset[WaitlistStatus] = frozenset()


@dataclass(frozen=True, slots=True)
class Queued:
    """An entry and its position, counted from 1 among those who could be given the same freed slot."""

    entry: WaitlistEntry
    position: int


class Waitlist(Protocol):
    """Where the entries of one clinic are kept."""

    async def add(self, wish: WaitlistWish, *, channel: str | None) -> WaitlistEntry:
        """Write a new, waiting entry."""
        ...

    async def get(self, entry_id: UUID) -> WaitlistEntry | None:
        """Return the entry, whatever its status."""
        ...

    async def waiting_for(self, wish: WaitlistWish) -> WaitlistEntry | None:
        """Return the entry of the same patient that is in the queue for the very same wish (its priority aside)."""
        ...

    async def page(self, wanted: WaitlistFilter, *, limit: int, after: int | None = None) -> list[WaitlistEntry]:
        """Return entries in order of arrival, those whose `seq` is greater than `after`."""
        ...

    async def ahead_of(self, entry: WaitlistEntry) -> int:
        """Count those in the queue that come before: a larger priority first, then who came first.

        Only entries whose wishes can meet are counted: the same type, and neither provider, days nor time of day rule each other out.
        """
        ...

    async def put(self, entry_id: UUID, status: WaitlistStatus) -> WaitlistEntry | None:
        """Give an entry that is in the queue another status; None when it is not there or no longer in the queue."""
        ...


class WaitlistUnit(SchedulingUnit, Protocol):
    """The transaction that the waitlist needs."""

    @property
    def waitlist(self) -> Waitlist:
        """The clinic's waitlist."""
        ...


async def join(unit: WaitlistUnit, wish: WaitlistWish, *, channel: str | None = None) -> Queued:
    """Put a wish into the queue, and say where it stands.

    Raises:
        NotFound: the clinic has no such patient, type or provider, or no longer offers them.
    """
    setup = await unit.setup()
    kind = setup.appointment_types.get(wish.appointment_type_id)
    if kind is None or not kind.is_active:
        raise NotFound("appointment_type", wish.appointment_type_id)
    if wish.provider_id is not None:
        provider = setup.providers.get(wish.provider_id)
        if provider is None or not provider.is_active:
            raise NotFound("provider", wish.provider_id)
    if await unit.patients.get(wish.patient_id) is None:
        raise NotFound("patient", wish.patient_id)
    entry = await unit.waitlist.add(wish, channel=channel)
    unit.audit(AuditEntry("join", "waitlist_entry", entry.id, wish.patient_id))
    return Queued(entry, 1 + await unit.waitlist.ahead_of(entry))


async def leave(unit: WaitlistUnit, entry_id: UUID) -> WaitlistEntry:
    """Take an entry out of the queue. One that is out of it already stays as it is.

    Raises:
        NotFound: no such entry.
    """
    removed = await unit.waitlist.put(entry_id, WaitlistStatus.REMOVED)
    if removed is not None:
        unit.audit(AuditEntry("leave", "waitlist_entry", removed.id, removed.wish.patient_id))
        return removed
    entry = await unit.waitlist.get(entry_id)
    if entry is None:
        raise NotFound("waitlist_entry", entry_id)
    return entry


async def place_of(unit: WaitlistUnit, entry_id: UUID) -> Queued:
    """Say where an entry stands in the queue.

    Raises:
        NotFound: no such entry, or it is no longer in the queue.
    """
    entry = await unit.waitlist.get(entry_id)
    if entry is None or entry.status not in IN_QUEUE:
        raise NotFound("waitlist_entry", entry_id)
    unit.audit(AuditEntry("read", "waitlist_entry", entry.id, entry.wish.patient_id))
    return Queued(entry, 1 + await unit.waitlist.ahead_of(entry))


async def entries(unit: WaitlistUnit, wanted: WaitlistFilter, *, limit: int, after: int | None = None) -> list[WaitlistEntry]:
    """Return entries in order of arrival, `after` the `seq` of the last one of the page before."""
    found = await unit.waitlist.page(wanted, limit=limit, after=after)
    for patient_id in sorted({entry.wish.patient_id for entry in found}):
        unit.audit(AuditEntry("list", "waitlist_entry", None, patient_id))
    return found


IN_QUEUE = (WaitlistStatus.WAITING, WaitlistStatus.OFFERED)
"""The statuses that keep a place."""
