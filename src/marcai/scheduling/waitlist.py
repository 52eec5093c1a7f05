"""The waitlist: who would take a slot if one were freed, and in which order they are asked.

Joining, leaving, consent and the order stand here; what is offered to whom when a slot is freed stands in `offering`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType, Protocol
from uuid import UUID

from marcai.ledger.events import AuditEntry
from marcai.scheduling.errors import NotFound
from marcai.scheduling.offer import OVERTAKEN_AT_MOST, Offer, Offers, OfferStatus
from marcai.scheduling.patient import PatientId
from marcai.scheduling.ports import Claimants, SchedulingUnit
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


class ConsentBasis(StrEnum):
    """On what ground somebody who waits may be written to."""

    ASKED = "asked"
    """They asked for it themselves, in a talk."""
    VOUCHED = "vouched"
    """The clinic's own system or staff say that they agreed."""


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
    """A wish that waits. `seq` is the order of arrival, `turn` the order in which equals are asked: arrival, or the last offer's end.

    `overtaken` counts how often somebody of a later turn was asked first. Without `consent`, or after `opted_out_at`, nobody is asked.
    """

    id: WaitlistEntryId
    seq: int
    wish: WaitlistWish
    status: WaitlistStatus
    created_at: datetime
    turn: int
    channel: str | None = None
    consent: ConsentBasis | None = None
    consent_at: datetime | None = None
    opted_out_at: datetime | None = None
    overtaken: int = 0

    @property
    def may_be_asked(self) -> bool:
        """Say whether an offer may be sent."""
        return self.consent is not None and self.opted_out_at is None

    @property
    def is_overdue(self) -> bool:
        """Say whether others were asked first so often that only arrival counts now."""
        return self.overtaken >= OVERTAKEN_AT_MOST


@dataclass(frozen=True, slots=True)
class WaitlistFilter:
    """Which entries are meant; None and empty mean all."""

    patient_id: PatientId | None = None
    appointment_type_id: AppointmentTypeId | None = None
    provider_id: ProviderId | None = None
    statuses: frozenset[WaitlistStatus] = frozenset()


@dataclass(frozen=True, slots=True)
class Queued:
    """An entry and its position, counted from 1 among those who could be given the same freed slot; its offer, if it has one."""

    entry: WaitlistEntry
    position: int
    offer: Offer | None = None


class Waitlist(Protocol):
    """Where the entries of one clinic are kept."""

    async def add(self, wish: WaitlistWish, *, channel: str | None, consent: ConsentBasis | None) -> WaitlistEntry:
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
        """Count those in the queue that come before: who was overtaken too often, then a larger priority, then the earlier turn.

        Only entries whose wishes can meet are counted: the same type, and neither provider, days nor time of day rule each other out.
        """
        ...

    async def put(self, entry_id: UUID, status: WaitlistStatus) -> WaitlistEntry | None:
        """Give an entry that is in the queue another status; None when it is not there or no longer in the queue."""
        ...

    async def opt_out(self, patient_id: UUID) -> list[WaitlistEntry]:
        """Note that a patient is not to be asked any more, for every entry in the queue; one that had an offer waits again."""
        ...

    async def expire(self, today: date) -> int:
        """Take those out of the queue whose last day lies before today, unless they have an offer; return how many."""
        ...


class WaitlistUnit(SchedulingUnit, Protocol):
    """The transaction that the waitlist needs."""

    @property
    def waitlist(self) -> Waitlist:
        """The clinic's waitlist."""
        ...

    @property
    def offers(self) -> Offers:
        """The freed slots, and to whom they were offered."""
        ...


async def join(
    unit: WaitlistUnit, wish: WaitlistWish, *, channel: str | None = None, consent: ConsentBasis | None = ConsentBasis.VOUCHED
) -> Queued:
    """Put a wish into the queue, and say where it stands. Without consent it keeps its place, but staff must ask by themselves.

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
    entry = await unit.waitlist.add(wish, channel=channel, consent=consent)
    unit.audit(AuditEntry("join", "waitlist_entry", entry.id, wish.patient_id))
    return Queued(entry, 1 + await unit.waitlist.ahead_of(entry))


async def leave(unit: WaitlistUnit, entry_id: UUID) -> WaitlistEntry:
    """Take an entry out of the queue; what it was being offered goes on to the next. One that is out already stays as it is.

    Raises:
        NotFound: no such entry.
    """
    offer = await locked_offer(unit, await unit.offers.open_offer(entry_id=entry_id))
    if offer is not None:
        await end_offer(unit, offer, OfferStatus.WITHDRAWN)
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
    offer = await unit.offers.open_offer(entry_id=entry.id) if entry.status is WaitlistStatus.OFFERED else None
    return Queued(entry, 1 + await unit.waitlist.ahead_of(entry), offer)


async def entries(unit: WaitlistUnit, wanted: WaitlistFilter, *, limit: int, after: int | None = None) -> list[WaitlistEntry]:
    """Return entries in order of arrival, `after` the `seq` of the last one of the page before."""
    found = await unit.waitlist.page(wanted, limit=limit, after=after)
    for patient_id in sorted({entry.wish.patient_id for entry in found}):
        unit.audit(AuditEntry("list", "waitlist_entry", None, patient_id))
    return found


async def opt_out(unit: WaitlistUnit, patient_id: PatientId) -> int:
    """Ask a patient no more, from now on: entries keep their place, an open offer goes on to the next. Return how many entries that are.

    Whoever joins again after that has agreed again, for that entry.
    """
    offer = await locked_offer(unit, await unit.offers.open_offer(patient_id=patient_id))
    if offer is not None:
        await end_offer(unit, offer, OfferStatus.WITHDRAWN)
    found = await unit.waitlist.opt_out(patient_id)
    for entry in found:
        unit.audit(AuditEntry("opt_out", "waitlist_entry", entry.id, patient_id))
    return len(found)


async def locked_offer(unit: WaitlistUnit, offer: Offer | None) -> Offer | None:
    """Return the offer as it stands under the locks of its slot, if it is still open. Whatever ends an offer comes through here."""
    if offer is None:
        return None
    setup = await unit.setup()
    room = setup.rooms.get(offer.slot.room_id) if offer.slot.room_id is not None else None
    rooms = frozenset({room.seq} if room is not None else set())
    await unit.calendar.lock(Claimants(frozenset({setup.providers[offer.slot.provider_id].seq}), rooms, offer.patient_id))
    now = await unit.offers.open_offer(entry_id=offer.entry_id)
    return now if now is not None and now.id == offer.id else None


async def end_offer(unit: WaitlistUnit, offer: Offer, status: OfferStatus) -> bool:
    """End an offer without a visit: its slot is free again, and due for whoever comes next. False when it had ended already."""
    ended = await unit.offers.end(offer, status)
    if ended:
        await unit.calendar.release(offer.hold_id)
        unit.audit(AuditEntry(status.value, "waitlist_offer", offer.id, offer.patient_id))
    return ended


IN_QUEUE = (WaitlistStatus.WAITING, WaitlistStatus.OFFERED)
"""The statuses that keep a place."""
