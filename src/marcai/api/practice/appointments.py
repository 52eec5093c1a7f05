"""`/v1/appointments`: the visits of a clinic in the form of Mivicall, on the same use cases as everybody's.

A patient comes as a name and a phone. Exactly one active record with both is that patient; otherwise a new record is made, since a wrong
merge is worse than a second record. What is booked here is confirmed: the clinic's own system says so.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field, StringConstraints, model_validator

from marcai.api.practice.clinic import CamelBody
from marcai.api.practice.shapes import ATTENDED, CANCELLED, CONFIRMED, NO_SHOW, STATUSES, AppointmentItems, AppointmentShape, status_word
from marcai.api.scheduling.cursors import cursor_of, moment_and_id
from marcai.clinics.actor import Machine
from marcai.clinics.clinic import LocationId
from marcai.doorway.fields import AppointmentRef, Day, Metadata, Moment, Name, Note, ProviderRef, TypeRef
from marcai.doorway.identity import scope
from marcai.doorway.problems import invalid, refused_time
from marcai.doorway.services import Door, DoorUnit, the_door
from marcai.kit.zones import zone
from marcai.ledger.events import AuditEntry
from marcai.scheduling import bookings
from marcai.scheduling.appointment import Appointment, AppointmentId, Status
from marcai.scheduling.errors import NotFound
from marcai.scheduling.hours import working_hours
from marcai.scheduling.patient import NewPatient, Patient, PatientId
from marcai.scheduling.patients import has_name
from marcai.scheduling.provider import AppointmentTypeId, Provider, ProviderId
from marcai.scheduling.requests import AppointmentFilter, BookingRequest, MoveRequest, Refusal
from marcai.scheduling.setup import Setup

router = APIRouter(prefix="/v1/appointments", tags=["practice (/v1)"])
The = Annotated[Door, Depends(the_door)]
Reader = Annotated[Machine, Depends(scope("read:appointments", needs_provisioned=True))]
Writer = Annotated[Machine, Depends(scope("write:appointments", needs_provisioned=True))]
Booker = Annotated[Machine, Depends(scope("write:appointments", books=True, needs_provisioned=True))]
The_id = Annotated[AppointmentRef, Path(alias="id")]
Edge = Annotated[Moment | Day, Field(union_mode="left_to_right")]
"""A moment, or a whole day. The moment is tried first: a day would swallow midnights, and their offset."""
WAYS: dict[str, dict[Status, tuple[Status, ...]]] = {
    CONFIRMED: {Status.REQUESTED: (Status.CONFIRMED,)},
    ATTENDED: {Status.REQUESTED: (Status.CONFIRMED, Status.CHECKED_IN)},
}
"""The steps of ours that a word of this surface takes from a status, where they are more or fewer than one."""
GOALS = {CONFIRMED: Status.CONFIRMED, ATTENDED: Status.CHECKED_IN, NO_SHOW: Status.NO_SHOW, CANCELLED: Status.CANCELLED}


class AppointmentCreate(CamelBody):
    """A visit to be written into the calendar. It lasts as long as its service does."""

    professional_id: ProviderRef
    service_type_id: TypeRef
    patient_name: Name
    patient_phone: Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{1,14}$")]
    starts_at: Moment
    patient_notes: Note | None = None
    metadata: Metadata = Field(default_factory=dict)


class AppointmentUpdate(CamelBody):
    """A step of the visit's life, or another time or professional for it; and notes, with either or alone."""

    status: Literal["confirmed", "attended", "no_show", "cancelled"] | None = None
    starts_at: Moment | None = None
    professional_id: ProviderRef | None = None
    patient_notes: Note | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "AppointmentUpdate":
        if self.status is not None and (self.starts_at is not None or self.professional_id is not None):
            raise ValueError("status and a new time do not go together")
        return self


async def _shown(unit: DoorUnit, found: Sequence[Appointment], secret: str) -> list[AppointmentShape]:
    setup = await unit.setup()
    people = await unit.patients.by_ids([one.patient_id for one in found])
    return [AppointmentShape.of(one, setup, people.get(one.patient_id), secret) for one in found]


@router.get("")
async def list_all(
    machine: Reader,
    door: The,
    from_: Annotated[Edge | None, Query(alias="from")] = None,
    to: Edge | None = None,
    professional_id: Annotated[ProviderRef | None, Query(alias="professionalId")] = None,
    status: Literal["confirmed", "attended", "no_show", "cancelled", "rescheduled"] | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> AppointmentItems:
    """List appointments in order of their start, `from` included and `to` not; either is a day or a moment."""
    after = moment_and_id(cursor)
    is_day = {
        "from": isinstance(from_, date) and not isinstance(from_, datetime),
        "to": isinstance(to, date) and not isinstance(to, datetime),
    }
    wanted = AppointmentFilter(
        provider_id=ProviderId(professional_id) if professional_id else None,
        statuses=STATUSES[status] if status else frozenset(),
        date_from=from_ if is_day["from"] else None,
        date_to=to - timedelta(days=1) if to is not None and is_day["to"] else None,
        starts_from=from_ if isinstance(from_, datetime) else None,
        starts_before=to if isinstance(to, datetime) else None,
        is_moved={"cancelled": False, "rescheduled": True}.get(status or ""),
    )
    async with door.unit(machine) as unit:
        found = await bookings.appointments(
            unit, wanted, limit=limit + 1, after=(after[0], AppointmentId(after[1])) if after else None, with_history=False
        )
        items = await _shown(unit, found[:limit], door.secret_key)
        await unit.commit()
    last = found[limit - 1] if len(found) > limit else None
    return AppointmentItems(items=items, next_cursor=cursor_of(last.start, last.id) if last else None)


@router.get("/{id}")
async def get_one(appointment_id: The_id, machine: Reader, door: The) -> AppointmentShape:
    """Return one appointment."""
    async with door.unit(machine) as unit:
        (shape,) = await _shown(unit, [await bookings.appointment(unit, AppointmentId(appointment_id))], door.secret_key)
        await unit.commit()
    return shape


def _place_of(setup: Setup, provider: Provider, start: datetime) -> LocationId:
    """Return where the provider works at that time; else where they mostly are, else the clinic's first place."""
    around = start.astimezone(zone(setup.organisation.timezone)).date()
    for day in (around, around - timedelta(days=1), around + timedelta(days=1)):
        for window, place in working_hours(setup, provider.id, day):
            if window.start <= start < window.end:
                return place
    usual = [template.location_id for template in setup.templates.get(provider.id, ()) if template.is_active]
    places = [provider.primary_location_id, *usual, *(place.id for place in setup.locations.values() if place.is_active)]
    found = next((place for place in places if place is not None), None)
    if found is None:
        raise NotFound("location", "")
    return found


async def _patient(unit: DoorUnit, name: str, phone: str) -> Patient:
    same = [one for one in await unit.patients.by_phone(phone) if one.is_active and has_name(one, name)]
    if len(same) == 1:
        return same[0]
    first, _, last = name.strip().partition(" ")
    made = await unit.patients.add(NewPatient(first_name=first, last_name=last.strip(), phone=phone))
    unit.audit(AuditEntry("add", "patient", made.id, made.id))
    return made


@router.post("", status_code=201)
async def create(body: AppointmentCreate, machine: Booker, door: The) -> AppointmentShape:
    """Book a visit for a patient who is named by name and phone."""
    async with door.unit(machine) as unit:
        setup = await unit.setup()
        provider = setup.providers.get(ProviderId(body.professional_id))
        if provider is None:
            raise NotFound("provider", body.professional_id)
        if body.service_type_id not in setup.appointment_types:
            raise NotFound("appointment_type", body.service_type_id)
        patient = await _patient(unit, body.patient_name, body.patient_phone)
        made = await bookings.book(
            unit,
            BookingRequest(
                patient_id=PatientId(patient.id),
                provider_id=provider.id,
                appointment_type_id=AppointmentTypeId(body.service_type_id),
                location_id=_place_of(setup, provider, body.starts_at),
                start=body.starts_at,
                end=None,
                by=machine.label,
                status=Status.CONFIRMED,
                notes=body.patient_notes,
                metadata=body.metadata,
            ),
        )
        if isinstance(made, Refusal):
            raise refused_time(made)
        shape = AppointmentShape.of(made, setup, patient, door.secret_key)
        await unit.commit()
    return shape


async def _step(unit: DoorUnit, visit: Appointment, word: str, by: str) -> Appointment:
    """Take a visit to where this surface's word says; there already, it stays as it is."""
    if status_word(visit) == word and visit.status is not Status.REQUESTED:
        return visit
    for step in WAYS.get(word, {}).get(visit.status, (GOALS[word],)):
        visit = await bookings.advance(unit, visit.id, step, by=by)
    return visit


async def _moved(unit: DoorUnit, visit: Appointment, body: AppointmentUpdate, by: str) -> Appointment:
    provider_id = ProviderId(body.professional_id) if body.professional_id else None
    setup, start = await unit.setup(), body.starts_at or visit.start
    if provider_id is not None and provider_id not in setup.providers:
        raise NotFound("provider", provider_id)
    place = _place_of(setup, setup.providers[provider_id], start) if provider_id is not None else None
    moved = await bookings.reschedule(
        unit, MoveRequest(appointment_id=visit.id, start=start, by=by, provider_id=provider_id, location_id=place)
    )
    if isinstance(moved, Refusal):
        raise refused_time(moved)
    return moved.new


@router.patch("/{id}")
async def change(appointment_id: The_id, body: AppointmentUpdate, machine: Booker, door: The) -> AppointmentShape:
    """Change where a visit stands, its notes, or its time. A visit that is moved is answered by its successor, which has a new id."""
    if not body.model_fields_set:
        raise invalid("body", "names nothing to change")
    async with door.unit(machine) as unit:
        visit = await bookings.appointment(unit, AppointmentId(appointment_id))
        if body.status is not None:
            visit = await _step(unit, visit, body.status, machine.label)
        elif body.starts_at is not None or body.professional_id is not None:
            visit = await _moved(unit, visit, body, machine.label)
        if "patient_notes" in body.model_fields_set:
            visit = await bookings.change(unit, visit.id, version=visit.version, changes={"notes": body.patient_notes})
        (shape,) = await _shown(unit, [visit], door.secret_key)
        await unit.commit()
    return shape


@router.delete("/{id}", status_code=204)
async def cancel(appointment_id: The_id, machine: Writer, door: The) -> None:
    """Cancel an appointment."""
    async with door.unit(machine) as unit:
        await bookings.advance(unit, AppointmentId(appointment_id), Status.CANCELLED, by=machine.label)
        await unit.commit()
