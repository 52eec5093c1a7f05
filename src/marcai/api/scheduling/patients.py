"""`/v1/scheduling/patients` and `/waitlist`: whom the clinic sees, and who waits for a slot."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field, model_validator

from marcai.api.scheduling.bodies import PatientCreate, PatientUpdate, named
from marcai.api.scheduling.cursors import cursor_of, sequence
from marcai.api.scheduling.shapes import Page, PatientShape, Shape
from marcai.clinics.actor import Machine
from marcai.doorway.fields import Body, Day, PatientRef, ProviderRef, RawRef, TypeRef
from marcai.doorway.identity import scope
from marcai.doorway.services import Door, the_door
from marcai.ledger.events import AuditEntry
from marcai.scheduling import waitlist
from marcai.scheduling.errors import NotFound
from marcai.scheduling.patient import NewPatient, PatientId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.waitlist import TimeOfDay, WaitlistEntry, WaitlistFilter, WaitlistStatus, WaitlistWish

router = APIRouter()
The = Annotated[Door, Depends(the_door)]
PatientReader = Annotated[Machine, Depends(scope("read:patients"))]
PatientWriter = Annotated[Machine, Depends(scope("write:patients"))]
WaitlistReader = Annotated[Machine, Depends(scope("read:waitlist"))]
WaitlistWriter = Annotated[Machine, Depends(scope("write:waitlist"))]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=400)]


@router.post("/patients", status_code=201, tags=["patients"])
async def add_patient(body: PatientCreate, machine: PatientWriter, door: The) -> PatientShape:
    """Add a patient."""
    async with door.unit(machine) as unit:
        made = await unit.patients.add(NewPatient(**body.model_dump()))
        unit.audit(AuditEntry("add", "patient", made.id, made.id))
        await unit.commit()
    return PatientShape.of(made)


@router.get("/patients", tags=["patients"])
async def list_patients(machine: PatientReader, door: The, limit: Limit = 50, cursor: Cursor = None) -> Page[PatientShape]:
    """List patients in the order in which they were added, inactive ones too."""
    async with door.unit(machine) as unit:
        found = await unit.patients.page(limit=limit + 1, after=sequence(cursor))
        for one in found[:limit]:
            unit.audit(AuditEntry("list", "patient", one.id, one.id))
        await unit.commit()
    page = found[:limit]
    return Page(items=[PatientShape.of(one) for one in page], next_cursor=cursor_of(page[-1].seq) if len(found) > limit else None)


@router.get("/patients/{patient_id}", tags=["patients"])
async def get_patient(patient_id: PatientRef, machine: PatientReader, door: The) -> PatientShape:
    """Return one patient."""
    async with door.unit(machine) as unit:
        found = await unit.patients.get(patient_id)
        if found is None:
            raise NotFound("patient", patient_id)
        unit.audit(AuditEntry("read", "patient", found.id, found.id))
        await unit.commit()
    return PatientShape.of(found)


@router.put("/patients/{patient_id}", tags=["patients"])
async def change_patient(patient_id: PatientRef, body: PatientUpdate, machine: PatientWriter, door: The) -> PatientShape:
    """Change the members that are named."""
    changes = named(body)
    async with door.unit(machine) as unit:
        changed = await unit.patients.change(patient_id, changes)
        if changed is None:
            raise NotFound("patient", patient_id)
        unit.audit(AuditEntry("change", "patient", changed.id, changed.id, {"fields": sorted(changes)}))
        await unit.commit()
    return PatientShape.of(changed)


@router.delete("/patients/{patient_id}", status_code=204, tags=["patients"])
async def remove_patient(patient_id: PatientRef, machine: PatientWriter, door: The) -> None:
    """Retire a patient's record: it stays listed, inactive."""
    async with door.unit(machine) as unit:
        if await unit.patients.change(patient_id, {"is_active": False}) is None:
            raise NotFound("patient", patient_id)
        unit.audit(AuditEntry("remove", "patient", patient_id, patient_id))
        await unit.commit()


class EntryCreate(Body):
    """A wish for a slot that may be freed."""

    patient_id: PatientRef
    appointment_type_id: TypeRef
    provider_id: ProviderRef | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    time_of_day: Literal["morning", "afternoon", "evening"] | None = None
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0

    @model_validator(mode="after")
    def _in_order(self) -> "EntryCreate":
        if self.date_from and self.date_to and self.date_to < self.date_from:
            raise ValueError("date_to must not be before date_from")
        return self


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
    created_at: str
    position: int | None = None

    @classmethod
    def of(cls, it: WaitlistEntry, position: int | None = None) -> "EntryShape":
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
            created_at=it.created_at.isoformat(),
            position=position,
        )


class PositionShape(Shape):
    """Where an entry stands among those that could be given the same slot, and why."""

    id: str
    position: int
    reason: str


@router.post("/waitlist", status_code=201, tags=["waitlist"])
async def add_entry(body: EntryCreate, machine: WaitlistWriter, door: The) -> EntryShape:
    """Add a patient to the waitlist."""
    async with door.unit(machine) as unit:
        queued = await waitlist.join(
            unit,
            WaitlistWish(
                patient_id=PatientId(body.patient_id),
                appointment_type_id=AppointmentTypeId(body.appointment_type_id),
                provider_id=ProviderId(body.provider_id) if body.provider_id else None,
                date_from=body.date_from,
                date_to=body.date_to,
                time_of_day=TimeOfDay(body.time_of_day) if body.time_of_day else None,
                priority=body.priority,
            ),
        )
        await unit.commit()
    return EntryShape.of(queued.entry, queued.position)


@router.get("/waitlist", tags=["waitlist"])
async def list_entries(
    machine: WaitlistReader,
    door: The,
    patient_id: PatientRef | None = None,
    appointment_type_id: TypeRef | None = None,
    provider_id: ProviderRef | None = None,
    status: Annotated[list[WaitlistStatus] | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
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
        await unit.commit()
    page = found[:limit]
    return Page(items=[EntryShape.of(one) for one in page], next_cursor=cursor_of(page[-1].seq) if len(found) > limit else None)


@router.delete("/waitlist/{entry_id}", status_code=204, tags=["waitlist"])
async def remove_entry(entry_id: RawRef, machine: WaitlistWriter, door: The) -> None:
    """Take an entry out of the queue."""
    async with door.unit(machine) as unit:
        await waitlist.leave(unit, entry_id)
        await unit.commit()


@router.get("/waitlist/position/{entry_id}", tags=["waitlist"])
async def position(entry_id: RawRef, machine: WaitlistReader, door: The) -> PositionShape:
    """Return where an entry stands."""
    async with door.unit(machine) as unit:
        queued = await waitlist.place_of(unit, entry_id)
        await unit.commit()
    ahead = queued.position - 1
    return PositionShape(
        id=str(queued.entry.id),
        position=queued.position,
        reason=f"{ahead} before: a larger priority goes first, then who came first" if ahead else "first in the queue",
    )
