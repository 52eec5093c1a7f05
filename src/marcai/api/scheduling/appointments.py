"""`/v1/scheduling/appointments`: the visits of a clinic and the steps of their life."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field, model_validator

from marcai.api.scheduling.cursors import cursor_of, moment_and_id
from marcai.api.scheduling.shapes import AppointmentShape, Page
from marcai.clinics.actor import Machine
from marcai.clinics.clinic import LocationId, RoomId
from marcai.doorway.fields import (
    AppointmentRef,
    Body,
    Day,
    Line,
    LocationRef,
    Metadata,
    Moment,
    Name,
    Note,
    PatientRef,
    ProviderRef,
    RawRef,
    RoomRef,
    TypeRef,
)
from marcai.doorway.identity import scope
from marcai.doorway.problems import invalid, refused_time
from marcai.doorway.services import Door, DoorUnit, the_door
from marcai.scheduling import bookings
from marcai.scheduling.appointment import Appointment, AppointmentId, Status
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.requests import AppointmentFilter, BookingRequest, MoveRequest, Refusal

router = APIRouter(prefix="/appointments", tags=["appointments"])
Reader = Annotated[Machine, Depends(scope("read:appointments"))]
Writer = Annotated[Machine, Depends(scope("write:appointments"))]
Booker = Annotated[Machine, Depends(scope("write:appointments", books=True))]
The = Annotated[Door, Depends(the_door)]


class AppointmentCreate(Body):
    """A visit to be written into the calendar."""

    provider_profile_id: ProviderRef
    patient_id: PatientRef
    appointment_type_id: TypeRef
    location_id: LocationRef
    start_time: Moment
    end_time: Moment
    room_id: RoomRef | None = None
    source: Annotated[str, Field(pattern=r"^(web|phone|whatsapp|sms|api|walk_in|chatbot)$")] = "api"
    notes: Note | None = None
    internal_notes: Note | None = None
    external_reference: Annotated[Line, Field(max_length=255)] | None = None
    metadata: Metadata = Field(default_factory=dict)
    hold_id: RawRef | None = None
    allow_outside_hours: bool = False


class AppointmentUpdate(Body):
    """What may change without moving the visit. `version` is the one that was read."""

    version: Annotated[int, Field(ge=1, lt=2**31)]
    notes: Note | None = None
    internal_notes: Note | None = None
    room_id: RoomRef | None = None
    metadata: Metadata | None = None

    @model_validator(mode="after")
    def _present(self) -> "AppointmentUpdate":
        if "metadata" in self.model_fields_set and self.metadata is None:
            raise ValueError("metadata cannot be empty")
        return self


class Confirmation(Body):
    """Who confirmed."""

    confirmed_by: Name | None = None


class CheckIn(Body):
    """Who checked the patient in."""

    checked_in_by: Name | None = None


class Outcome(Body):
    """What is to be noted at the end."""

    notes: Note | None = None


class Nothing(Body):
    """No members."""


class Cancellation(Body):
    """Why, and who."""

    reason: Line | None = None
    cancelled_by: Name | None = None


class Reschedule(Body):
    """Where the visit moves to. What is left out stays."""

    new_start_time: Moment
    new_end_time: Moment | None = None
    new_location_id: LocationRef | None = None
    new_room_id: RoomRef | None = None
    new_provider_profile_id: ProviderRef | None = None
    reason: Line | None = None
    hold_id: RawRef | None = None
    allow_outside_hours: bool = False


def _after(cursor: str | None) -> tuple[datetime, AppointmentId] | None:
    key = moment_and_id(cursor)
    return (key[0], AppointmentId(key[1])) if key else None


async def _shown(unit: DoorUnit, appointment: Appointment) -> AppointmentShape:
    return AppointmentShape.of(appointment, await unit.setup())


@router.post("", status_code=201, responses={409: {"description": "The slot or the patient is taken."}})
async def create(body: AppointmentCreate, machine: Booker, door: The) -> AppointmentShape:
    """Create an appointment; it begins as `requested`."""
    if body.end_time <= body.start_time:
        raise invalid("end_time", "must be after start_time")
    async with door.unit(machine) as unit:
        made = await bookings.book(
            unit,
            BookingRequest(
                patient_id=PatientId(body.patient_id),
                provider_id=ProviderId(body.provider_profile_id),
                appointment_type_id=AppointmentTypeId(body.appointment_type_id),
                location_id=LocationId(body.location_id),
                start=body.start_time,
                end=body.end_time,
                by=machine.label,
                source=body.source,
                room_id=RoomId(body.room_id) if body.room_id else None,
                hold_id=body.hold_id,
                allow_outside_hours=body.allow_outside_hours,
                notes=body.notes,
                internal_notes=body.internal_notes,
                external_reference=body.external_reference,
                metadata=body.metadata,
            ),
        )
        if isinstance(made, Refusal):
            raise refused_time(made)
        shape = await _shown(unit, made)
        await unit.commit()
    return shape


@router.get("")
async def list_all(
    machine: Reader,
    door: The,
    patient_id: PatientRef | None = None,
    provider_id: ProviderRef | None = None,
    location_id: LocationRef | None = None,
    status: Annotated[list[Status] | None, Query()] = None,
    date_from: Day | None = None,
    date_to: Day | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Page[AppointmentShape]:
    """List appointments in order of their start."""
    if date_from and date_to and date_to < date_from:
        raise invalid("date_to", "must not be before date_from")
    wanted = AppointmentFilter(
        patient_id=PatientId(patient_id) if patient_id else None,
        provider_id=ProviderId(provider_id) if provider_id else None,
        location_id=LocationId(location_id) if location_id else None,
        statuses=frozenset(status or ()),
        date_from=date_from,
        date_to=date_to,
    )
    async with door.unit(machine) as unit:
        found = await bookings.appointments(unit, wanted, limit=limit + 1, after=_after(cursor))
        setup = await unit.setup()
        await unit.commit()
    page, more = found[:limit], len(found) > limit
    return Page(
        items=[AppointmentShape.of(one, setup) for one in page],
        next_cursor=cursor_of(page[-1].start, page[-1].id) if more else None,
    )


@router.get("/{appointment_id}")
async def get_one(appointment_id: AppointmentRef, machine: Reader, door: The) -> AppointmentShape:
    """Return one appointment with its status history."""
    async with door.unit(machine) as unit:
        shape = await _shown(unit, await bookings.appointment(unit, AppointmentId(appointment_id)))
        await unit.commit()
    return shape


@router.put("/{appointment_id}")
async def update(appointment_id: AppointmentRef, body: AppointmentUpdate, machine: Writer, door: The) -> AppointmentShape:
    """Change notes, room or metadata; the members that are named, no others."""
    changes = {name: getattr(body, name) for name in body.model_fields_set if name != "version"}
    async with door.unit(machine) as unit:
        changed = await bookings.change(unit, AppointmentId(appointment_id), version=body.version, changes=changes)
        shape = await _shown(unit, changed)
        await unit.commit()
    return shape


async def _advance(
    door: Door,
    machine: Machine,
    appointment_id: UUID,
    to: Status,
    *,
    by: str | None = None,
    notes: str | None = None,
    reason: str | None = None,
) -> AppointmentShape:
    async with door.unit(machine) as unit:
        moved = await bookings.advance(unit, AppointmentId(appointment_id), to, by=by or machine.label, notes=notes, reason=reason)
        shape = await _shown(unit, moved)
        await unit.commit()
    return shape


@router.delete("/{appointment_id}", status_code=204)
async def delete(appointment_id: AppointmentRef, machine: Writer, door: The) -> None:
    """Cancel an appointment (shorthand)."""
    await _advance(door, machine, appointment_id, Status.CANCELLED)


@router.post("/{appointment_id}/confirm")
async def confirm(appointment_id: AppointmentRef, machine: Writer, door: The, body: Confirmation | None = None) -> AppointmentShape:
    """Requested becomes confirmed."""
    return await _advance(door, machine, appointment_id, Status.CONFIRMED, by=body.confirmed_by if body else None)


@router.post("/{appointment_id}/check-in")
async def check_in(appointment_id: AppointmentRef, machine: Writer, door: The, body: CheckIn | None = None) -> AppointmentShape:
    """Confirmed becomes checked_in."""
    return await _advance(door, machine, appointment_id, Status.CHECKED_IN, by=body.checked_in_by if body else None)


@router.post("/{appointment_id}/start")
async def start(appointment_id: AppointmentRef, machine: Writer, door: The, body: Nothing | None = None) -> AppointmentShape:
    """Checked_in becomes in_progress."""
    return await _advance(door, machine, appointment_id, Status.IN_PROGRESS)


@router.post("/{appointment_id}/complete")
async def complete(appointment_id: AppointmentRef, machine: Writer, door: The, body: Outcome | None = None) -> AppointmentShape:
    """In_progress becomes completed."""
    return await _advance(door, machine, appointment_id, Status.COMPLETED, notes=body.notes if body else None)


@router.post("/{appointment_id}/no-show")
async def no_show(appointment_id: AppointmentRef, machine: Writer, door: The, body: Outcome | None = None) -> AppointmentShape:
    """Confirmed or checked_in becomes no_show."""
    return await _advance(door, machine, appointment_id, Status.NO_SHOW, notes=body.notes if body else None)


@router.post("/{appointment_id}/cancel")
async def cancel(appointment_id: AppointmentRef, machine: Writer, door: The, body: Cancellation | None = None) -> AppointmentShape:
    """Requested, confirmed or checked_in becomes cancelled."""
    return await _advance(
        door, machine, appointment_id, Status.CANCELLED, by=body.cancelled_by if body else None, reason=body.reason if body else None
    )


@router.post(
    "/{appointment_id}/reschedule", status_code=201, responses={409: {"description": "The new slot is taken, or the status forbids it."}}
)
async def reschedule(appointment_id: AppointmentRef, body: Reschedule, machine: Booker, door: The) -> AppointmentShape:
    """Book the new time, then cancel the old one, in one step; answers the new appointment."""
    if body.new_end_time is not None and body.new_end_time <= body.new_start_time:
        raise invalid("new_end_time", "must be after new_start_time")
    async with door.unit(machine) as unit:
        moved = await bookings.reschedule(
            unit,
            MoveRequest(
                appointment_id=AppointmentId(appointment_id),
                start=body.new_start_time,
                end=body.new_end_time,
                by=machine.label,
                provider_id=ProviderId(body.new_provider_profile_id) if body.new_provider_profile_id else None,
                location_id=LocationId(body.new_location_id) if body.new_location_id else None,
                room_id=RoomId(body.new_room_id) if body.new_room_id else None,
                hold_id=body.hold_id,
                reason=body.reason,
                allow_outside_hours=body.allow_outside_hours,
            ),
        )
        if isinstance(moved, Refusal):
            raise refused_time(moved)
        shape = await _shown(unit, moved.new)
        await unit.commit()
    return shape
