"""From a freed slot to the visit of one who waited: who is asked next, and what becomes of the answer.

Works in the caller's unit of work, and never commits. When somebody may be asked, and for how long, is for the caller to say
(`notifications/waitlist_offers`). One deed a unit: each takes the locks of its slot.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from marcai.kit.parts_of_day import PARTS_OF_DAY
from marcai.ledger.events import AuditEntry, OutboxEvent
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.bookings import book
from marcai.scheduling.errors import NotFound
from marcai.scheduling.holds import hold_slot, release_hold
from marcai.scheduling.offer import WAITLIST_HOLDER, Fitting, Offer, OfferStatus, Opening, OpeningState
from marcai.scheduling.patient import PatientId
from marcai.scheduling.placing import Place, Wish, placed
from marcai.scheduling.provider import AppointmentTypeId, Provider
from marcai.scheduling.query import prepared
from marcai.scheduling.requests import BookingRequest, HoldRequest, Refusal, SlotQuery, WhyNot
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import Slot
from marcai.scheduling.waitlist import WaitlistEntry, WaitlistEntryId, WaitlistUnit, end_offer, locked_offer

FREED = (Status.CANCELLED, Status.NO_SHOW)
LOOK_AGAIN = timedelta(minutes=5)
"""After so long an opening that somebody is being offered in a talk is looked at again."""


class NoOffer(StrEnum):
    """Why there is nothing to say yes or no to."""

    NONE = "none"
    OVER = "over"
    """Its time is over."""


class Nobody(StrEnum):
    """Why nobody is asked now."""

    SETTLED = "settled"
    """The opening was filled, is being offered, or nobody wants it."""
    LATER = "later"
    """It is held for somebody else; it is looked at again."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Who is passed by for one opening: single entries, and types whose visits there is no room for (a shorter one may still fit)."""

    entries: frozenset[UUID] = frozenset()
    types: frozenset[AppointmentTypeId] = frozenset()

    def and_entry(self, entry_id: UUID) -> "Passed":
        """Return these and one entry more."""
        return replace(self, entries=self.entries | {entry_id})

    def and_type(self, type_id: AppointmentTypeId) -> "Passed":
        """Return these and one type more."""
        return replace(self, types=self.types | {type_id})


NOBODY_PASSED = Passed()


async def begin(unit: WaitlistUnit, appointment_id: UUID) -> UUID | None:
    """Let the slot of a visit that was given up before its time be offered; return the opening's id, if that is new and somebody waits.

    Raises:
        NotFound: there is no such visit.
    """
    visit = await unit.calendar.appointment(appointment_id)
    if visit is None:
        raise NotFound("appointment", appointment_id)
    if visit.status not in FREED or visit.start <= unit.now:
        return None
    opening = Opening(visit.id, visit.provider_id, visit.location_id, visit.start, visit.end)
    return visit.id if await unit.offers.begin(opening) else None


async def offer_next(unit: WaitlistUnit, opening: Opening, until: datetime, *, passed: Passed = NOBODY_PASSED) -> Offer | Nobody | Passed:
    """Hold the slot for the first whom it fits, until that moment, and tell it; if nobody is left, it is simply free.

    Whoever cannot have it after all (there is no room for so long a visit, they were booked a moment ago) is passed by: then the answer
    is who was, and the caller tries again with it, in a new unit, since every hold takes its locks in one order.
    """
    fitting = _without(fitting_of(await unit.setup(), opening, unit.now), passed.types)
    candidate = await unit.offers.next_candidate(fitting, without=list(passed.entries)) if fitting.types else None
    if candidate is None:
        await unit.offers.put_opening(opening.id, OpeningState.FREE, None)
        return Nobody.SETTLED
    kind = (await unit.setup()).appointment_types[candidate.appointment_type_id]
    start = opening.start.astimezone(UTC)
    slot = Slot(opening.provider_id, kind.id, opening.location_id, start, start + kind.duration)
    held = await hold_slot(unit, HoldRequest(slot, until - unit.now, f"{WAITLIST_HOLDER}{opening.id}", candidate.patient_id))
    if isinstance(held, Refusal):
        if held.why is WhyNot.HELD:
            await unit.offers.put_opening(opening.id, OpeningState.WAITING, unit.now + LOOK_AGAIN)
            return Nobody.LATER
        return passed.and_entry(candidate.entry_id) if held.why is WhyNot.PATIENT_BUSY else passed.and_type(kind.id)
    # Whoever works on the same opening has waited for the same locks: what was read before them may have changed.
    present = await unit.offers.opening(opening.id)
    if present is None or present.state is not OpeningState.WAITING:
        await release_hold(unit, held.id)
        return Nobody.SETTLED
    offer = Offer(
        id=unit.new_id(),
        opening_id=opening.id,
        entry_id=candidate.entry_id,
        patient_id=candidate.patient_id,
        hold_id=held.id,
        slot=held.slot,
        status=OfferStatus.OPEN,
        offered_at=unit.now,
        expires_at=held.expires_at,
    )
    if not await unit.offers.make(offer, fitting):
        await release_hold(unit, held.id)
        return passed.and_entry(candidate.entry_id)
    _tell(unit, offer)
    return offer


def _tell(unit: WaitlistUnit, offer: Offer) -> None:
    slot = offer.slot
    payload = {
        "waitlist_entry_id": offer.entry_id,
        "offer_id": offer.id,
        "patient_id": offer.patient_id,
        "provider_id": slot.provider_id,
        "appointment_type_id": slot.appointment_type_id,
        "location_id": slot.location_id,
        "start_time": slot.start,
        "end_time": slot.end,
        "expires_at": offer.expires_at,
    }
    unit.emit(OutboxEvent("waitlist.offered", offer.entry_id, payload))
    unit.audit(AuditEntry("offer", "waitlist_entry", offer.entry_id, offer.patient_id))


def _without(fitting: Fitting, gone: frozenset[AppointmentTypeId]) -> Fitting:
    return replace(fitting, types=fitting.types - gone, types_of_anybody=fitting.types_of_anybody - gone)


def fitting_of(setup: Setup, opening: Opening, now: datetime) -> Fitting:
    """Return what an entry must wish to be asked: the types that the rules allow here, the wall day, the part of the day."""
    provider = setup.providers[opening.provider_id]
    types = frozenset(kind.id for kind in setup.appointment_types.values() if _is_allowed(setup, opening, kind.id, now))
    anybody = frozenset(type_id for type_id in types if _is_for_anybody(setup, provider, type_id, opening, now))
    wall = opening.start
    clock = wall.time().replace(tzinfo=None)
    part = next((name for name, (low, high) in PARTS_OF_DAY.items() if low <= clock < high), None)
    return Fitting(opening, types, anybody, wall.date(), part)


def _is_allowed(setup: Setup, opening: Opening, type_id: AppointmentTypeId, now: datetime) -> bool:
    return isinstance(placed(setup, Wish(opening.provider_id, type_id, opening.location_id, opening.start), now), Place)


def _is_for_anybody(setup: Setup, provider: Provider, type_id: AppointmentTypeId, opening: Opening, now: datetime) -> bool:
    """Say whether a search that names no provider would offer this type with this one."""
    day = opening.start.date()
    return provider in prepared(setup, SlotQuery(type_id, day, day), now).providers


async def accept(
    unit: WaitlistUnit, entry_id: UUID, *, by: str, source: str = "api", channel: str | None = None
) -> Appointment | NoOffer | Refusal:
    """Book what an entry is being offered: a confirmed visit, and the entry leaves the queue, in one transaction.

    Raises:
        NotFound: no such entry.
    """
    await _entry(unit, entry_id)
    offer = await locked_offer(unit, await unit.offers.open_offer(entry_id=entry_id))
    if offer is None:
        return NoOffer.NONE
    if offer.expires_at <= unit.now:
        return NoOffer.OVER
    slot = offer.slot
    booked = await book(
        unit,
        BookingRequest(
            offer.patient_id,
            slot.provider_id,
            slot.appointment_type_id,
            slot.location_id,
            slot.start,
            slot.end,
            by,
            status=Status.CONFIRMED,
            source=source,
            channel=channel,
            room_id=slot.room_id,
            hold_id=offer.hold_id,
        ),
    )
    if isinstance(booked, Refusal):
        return booked
    await unit.offers.end(offer, OfferStatus.ACCEPTED, appointment_id=booked.id)
    unit.audit(AuditEntry("accepted", "waitlist_offer", offer.id, offer.patient_id))
    return booked


async def decline(unit: WaitlistUnit, entry_id: UUID) -> UUID | NoOffer:
    """Say no for an entry, which goes on waiting behind its equals; return the opening, which is due for the next.

    Raises:
        NotFound: no such entry.
    """
    await _entry(unit, entry_id)
    offer = await locked_offer(unit, await unit.offers.open_offer(entry_id=entry_id))
    if offer is None:
        return NoOffer.NONE
    if offer.expires_at <= unit.now:
        return NoOffer.OVER
    await end_offer(unit, offer, OfferStatus.DECLINED)
    return offer.opening_id


async def lapse(unit: WaitlistUnit, entry_id: UUID) -> UUID | None:
    """End an offer whose time is over; return the opening, which is due for the next. None when there is none, or it still has time."""
    offer = await locked_offer(unit, await unit.offers.open_offer(entry_id=entry_id))
    if offer is None or offer.expires_at > unit.now:
        return None
    await end_offer(unit, offer, OfferStatus.EXPIRED)
    return offer.opening_id


async def offer_of(unit: WaitlistUnit, patient_id: PatientId) -> Offer | None:
    """Return what a patient is being offered now, for a talk in which they say yes or no to it (by its `entry_id`)."""
    offer = await unit.offers.open_offer(patient_id=patient_id)
    if offer is None or offer.expires_at <= unit.now:
        return None
    unit.audit(AuditEntry("read", "waitlist_offer", offer.id, patient_id))
    return offer


async def _entry(unit: WaitlistUnit, entry_id: UUID) -> WaitlistEntry:
    entry = await unit.waitlist.get(entry_id)
    if entry is None:
        raise NotFound("waitlist_entry", WaitlistEntryId(entry_id))
    return entry
