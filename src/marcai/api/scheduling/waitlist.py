"""`/v1/scheduling/waitlist`: who waits for a slot, what they are being offered, and their answers."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field, model_validator

from marcai.api.scheduling.cursors import cursor_of, sequence
from marcai.api.scheduling.shapes import AppointmentShape, Page, Shape
from marcai.clinics.actor import Machine
from marcai.doorway.fields import Body, Day, PatientRef, ProviderRef, RawRef, TypeRef, shown
from marcai.doorway.identity import scope
from marcai.doorway.problems import Refused, refused_time
from marcai.doorway.services import Door, the_door
from marcai.kit.zones import zone
from marcai.scheduling import offering, waitlist
from marcai.scheduling.offer import Offer
from marcai.scheduling.offering import NoOffer
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.requests import Refusal
from marcai.scheduling.setup import Setup
from marcai.scheduling.waitlist import (
    ConsentBasis,
    Queued,
    TimeOfDay,
    WaitlistEntry,
    WaitlistFilter,
    WaitlistStatus,
    WaitlistWish,
)

router = APIRouter(prefix="/waitlist", tags=["waitlist"])
The = Annotated[Door, Depends(the_door)]
Reader = Annotated[Machine, Depends(scope("read:waitlist"))]
Writer = Annotated[Machine, Depends(scope("write:waitlist"))]


class EntryCreate(Body):
    """A wish for a slot that may be freed. `consent`: the patient agrees to be written to when one is; false leaves that to staff."""

    patient_id: PatientRef
    appointment_type_id: TypeRef
    provider_id: ProviderRef | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    time_of_day: Literal["morning", "afternoon", "evening"] | None = None
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    consent: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> "EntryCreate":
        if self.date_from and self.date_to and self.date_to < self.date_from:
            raise ValueError("date_to must not be before date_from")
        return self


class OfferShape(Shape):
    """A slot that an entry may have until `expires_at`; it is held until then."""

    id: str
    provider_id: str
    appointment_type_id: str
    location_id: str
    start_time: str
    end_time: str
    expires_at: str

    @classmethod
    def of(cls, it: Offer, setup: Setup) -> "OfferShape":
        """Show an offer, in the wall time of its location."""
        slot = it.slot
        tz = zone(setup.locations[slot.location_id].timezone)
        return cls(
            id=str(it.id),
            provider_id=str(slot.provider_id),
            appointment_type_id=str(slot.appointment_type_id),
            location_id=str(slot.location_id),
            start_time=slot.start.astimezone(tz).isoformat(),
            end_time=slot.end.astimezone(tz).isoformat(),
            expires_at=it.expires_at.astimezone(tz).isoformat(),
        )


class EntryShape(Shape):
    """An entry of the waitlist."""

    id: str
    patient_id: str
    appointment_type_id: str
    provider_id: str | None
    date_from: date | None
    date_to: date | None
    time_of_day: str | None
    priority: int
    status: str
    consent: bool
    created_at: str
    position: int | None = None

    @classmethod
    def of(cls, it: WaitlistEntry, setup: Setup, position: int | None = None) -> "EntryShape":
        """Show an entry."""
        wish = it.wish
        return cls(
            id=str(it.id),
            patient_id=str(wish.patient_id),
            appointment_type_id=str(wish.appointment_type_id),
            provider_id=str(wish.provider_id) if wish.provider_id else None,
            date_from=wish.date_from,
            date_to=wish.date_to,
            time_of_day=wish.time_of_day,
            priority=wish.priority,
            status=it.status,
            consent=it.may_be_asked,
            created_at=str(shown(it.created_at, zone(setup.organisation.timezone))),
            position=position,
        )


class PositionShape(Shape):
    """Where an entry stands among those that could be given the same slot, and why; and what it is being offered, if anything."""

    id: str
    position: int
    reason: str
    status: str
    offer: OfferShape | None


def _reason(queued: Queued) -> str:
    entry, ahead = queued.entry, queued.position - 1
    if queued.offer is not None:
        return "a slot is being offered; it is held until the offer ends"
    if not entry.may_be_asked:
        return f"{ahead} before; no offers are sent, since the patient did not agree to them or opted out"
    if entry.is_overdue:
        return f"{ahead} before: others were asked first {entry.overtaken} times, so only the order of arrival counts now"
    return f"{ahead} before: a larger priority goes first, then who came first" if ahead else "first in the queue"


@router.post("", status_code=201)
async def add_entry(body: EntryCreate, machine: Writer, door: The) -> EntryShape:
    """Add a patient to the waitlist."""
    wish = WaitlistWish(
        patient_id=PatientId(body.patient_id),
        appointment_type_id=AppointmentTypeId(body.appointment_type_id),
        provider_id=ProviderId(body.provider_id) if body.provider_id else None,
        date_from=body.date_from,
        date_to=body.date_to,
        time_of_day=TimeOfDay(body.time_of_day) if body.time_of_day else None,
        priority=body.priority,
    )
    async with door.unit(machine) as unit:
        queued = await waitlist.join(unit, wish, consent=ConsentBasis.VOUCHED if body.consent else None)
        setup = await unit.setup()
        await unit.commit()
    return EntryShape.of(queued.entry, setup, queued.position)


@router.get("")
async def list_entries(
    machine: Reader,
    door: The,
    patient_id: PatientRef | None = None,
    appointment_type_id: TypeRef | None = None,
    provider_id: ProviderRef | None = None,
    status: Annotated[list[WaitlistStatus] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Page[EntryShape]:
    """List entries in order of arrival."""
    wanted = WaitlistFilter(
        patient_id=PatientId(patient_id) if patient_id else None,
        appointment_type_id=AppointmentTypeId(appointment_type_id) if appointment_type_id else None,
        provider_id=ProviderId(provider_id) if provider_id else None,
        statuses=frozenset(status or ()),
    )
    async with door.unit(machine) as unit:
        found = await waitlist.entries(unit, wanted, limit=limit + 1, after=sequence(cursor))
        setup = await unit.setup()
        await unit.commit()
    page = found[:limit]
    return Page(items=[EntryShape.of(one, setup) for one in page], next_cursor=cursor_of(page[-1].seq) if len(found) > limit else None)


@router.delete("/{entry_id}", status_code=204)
async def remove_entry(entry_id: RawRef, machine: Writer, door: The) -> None:
    """Take an entry out of the queue; a slot that it was being offered goes on to the next."""
    async with door.unit(machine) as unit:
        await waitlist.leave(unit, entry_id)
        await unit.commit()


@router.get("/position/{entry_id}")
async def position(entry_id: RawRef, machine: Reader, door: The) -> PositionShape:
    """Return where an entry stands, why, and what it is being offered."""
    async with door.unit(machine) as unit:
        queued = await waitlist.place_of(unit, entry_id)
        setup = await unit.setup()
        await unit.commit()
    return PositionShape(
        id=str(queued.entry.id),
        position=queued.position,
        reason=_reason(queued),
        status=queued.entry.status,
        offer=OfferShape.of(queued.offer, setup) if queued.offer is not None else None,
    )


_NO_OFFER = {
    NoOffer.NONE: "This entry is not being offered a slot.",
    NoOffer.OVER: "The time to answer this offer is over.",
}
_CONFLICT: dict[int | str, dict[str, Any]] = {409: {"description": "The entry has no open offer, its time is over, or the slot is gone."}}


@router.post("/{entry_id}/accept", status_code=201, responses=_CONFLICT)
async def accept(entry_id: RawRef, machine: Writer, door: The) -> AppointmentShape:
    """Book the slot that the entry is being offered; answers the new appointment, which is confirmed."""
    async with door.unit(machine) as unit:
        booked = await offering.accept(unit, entry_id, by=machine.label)
        if isinstance(booked, NoOffer):
            raise Refused("status_transition", _NO_OFFER[booked])
        if isinstance(booked, Refusal):
            raise refused_time(booked)
        shape = AppointmentShape.of(booked, await unit.setup())
        await unit.commit()
    return shape


@router.post("/{entry_id}/decline", responses=_CONFLICT)
async def decline(entry_id: RawRef, machine: Writer, door: The) -> EntryShape:
    """Decline the slot that the entry is being offered: it goes on to the next, and the entry waits on, behind its equals."""
    async with door.unit(machine) as unit:
        declined = await offering.decline(unit, entry_id)
        if isinstance(declined, NoOffer):
            raise Refused("status_transition", _NO_OFFER[declined])
        queued = await waitlist.place_of(unit, entry_id)
        setup = await unit.setup()
        await unit.commit()
    return EntryShape.of(queued.entry, setup, queued.position)
