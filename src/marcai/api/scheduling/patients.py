"""`/v1/scheduling/patients`: whom the clinic sees."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from marcai.api.scheduling.bodies import PatientCreate, PatientUpdate, named
from marcai.api.scheduling.cursors import cursor_of, sequence
from marcai.api.scheduling.shapes import Page, PatientShape
from marcai.clinics.actor import Machine
from marcai.doorway.fields import PatientRef
from marcai.doorway.identity import scope
from marcai.doorway.services import Door, the_door
from marcai.ledger.events import AuditEntry
from marcai.scheduling.errors import NotFound
from marcai.scheduling.patient import NewPatient

router = APIRouter()
The = Annotated[Door, Depends(the_door)]
PatientReader = Annotated[Machine, Depends(scope("read:patients"))]
PatientWriter = Annotated[Machine, Depends(scope("write:patients"))]
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
