"""`/v3`: patients, providers, appointments and facilities, to be read by a partner's app in the form of Max AI.

Every call names its clinic in `X-Organization-Id`.
"""

from collections.abc import Collection
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from marcai.api.partner.shapes import (
    AppointmentShape,
    AppointmentsPage,
    FacilitiesPage,
    FacilityShape,
    PageNumber,
    PageSize,
    Pagination,
    PatientShape,
    PatientsPage,
    ProviderShape,
    ProvidersPage,
    Success,
)
from marcai.clinics.actor import Machine
from marcai.clinics.clinic import LocationId
from marcai.clinics.keys import EVERYTHING
from marcai.doorway.fields import AppointmentRef, Day, FacilityRef, PatientRef, ProviderRef
from marcai.doorway.identity import scope
from marcai.doorway.problems import Refused, invalid
from marcai.doorway.services import Door, DoorUnit, the_door
from marcai.ledger.events import AuditEntry
from marcai.scheduling import bookings
from marcai.scheduling.appointment import AppointmentId, Status
from marcai.scheduling.errors import NotFound
from marcai.scheduling.patient import Patient, PatientId
from marcai.scheduling.provider import ProviderId
from marcai.scheduling.requests import AppointmentFilter

router = APIRouter(prefix="/v3", tags=["partner (/v3)"])
The = Annotated[Door, Depends(the_door)]
PatientReader = Annotated[Machine, Depends(scope("read:patients", needs_organization=True))]
ProviderReader = Annotated[Machine, Depends(scope("read:providers", needs_organization=True))]
AppointmentReader = Annotated[Machine, Depends(scope("read:appointments", needs_organization=True))]
FacilityReader = Annotated[Machine, Depends(scope("read:clinic", "read:slots", needs_organization=True))]
ItemT = TypeVar("ItemT")


@router.get("/patients")
async def list_patients(machine: PatientReader, door: The, page: PageNumber = 1, page_size: PageSize = 100) -> Success[PatientsPage]:
    """List patients in the order in which they were added."""
    async with door.unit(machine) as unit:
        total = await unit.patients.count()
        found = await unit.patients.page(limit=page_size, offset=(page - 1) * page_size)
        for one in found:
            unit.audit(AuditEntry("list", "patient", one.id, one.id))
        await unit.commit()
    shapes = [PatientShape.of(one) for one in found]
    return Success(data=PatientsPage(patients=shapes, pagination=Pagination.of(page, page_size, total)))


@router.get("/patients/{id}")
async def get_patient(patient_id: Annotated[PatientRef, Path(alias="id")], machine: PatientReader, door: The) -> Success[PatientShape]:
    """Return one patient."""
    async with door.unit(machine) as unit:
        found = await unit.patients.get(patient_id)
        if found is None:
            raise NotFound("patient", patient_id)
        unit.audit(AuditEntry("read", "patient", found.id, found.id))
        await unit.commit()
    return Success(data=PatientShape.of(found))


def _page_of(items: Collection[ItemT], page: int, page_size: int) -> tuple[list[ItemT], Pagination]:
    return list(items)[(page - 1) * page_size : page * page_size], Pagination.of(page, page_size, len(items))


@router.get("/providers")
async def list_providers(machine: ProviderReader, door: The, page: PageNumber = 1, page_size: PageSize = 100) -> Success[ProvidersPage]:
    """List providers in the order in which they were added, inactive ones too."""
    setup = await door.setup_of(machine.organisation_id)
    found, pagination = _page_of(sorted(setup.providers.values(), key=lambda it: it.seq), page, page_size)
    return Success(data=ProvidersPage(providers=[ProviderShape.of(one) for one in found], pagination=pagination))


@router.get("/providers/{id}")
async def get_provider(provider_id: Annotated[ProviderRef, Path(alias="id")], machine: ProviderReader, door: The) -> Success[ProviderShape]:
    """Return one provider."""
    found = (await door.setup_of(machine.organisation_id)).providers.get(ProviderId(provider_id))
    if found is None:
        raise NotFound("provider", provider_id)
    return Success(data=ProviderShape.of(found))


@router.get("/facilities")
async def list_facilities(machine: FacilityReader, door: The, page: PageNumber = 1, page_size: PageSize = 100) -> Success[FacilitiesPage]:
    """List facilities by name, closed ones too."""
    setup = await door.setup_of(machine.organisation_id)
    found, pagination = _page_of(sorted(setup.locations.values(), key=lambda it: (it.name, it.id)), page, page_size)
    return Success(data=FacilitiesPage(facilities=[FacilityShape.of(one) for one in found], pagination=pagination))


@router.get("/facilities/{id}")
async def get_facility(facility_id: Annotated[FacilityRef, Path(alias="id")], machine: FacilityReader, door: The) -> Success[FacilityShape]:
    """Return one facility."""
    found = (await door.setup_of(machine.organisation_id)).locations.get(LocationId(facility_id))
    if found is None:
        raise Refused("location_not_found", "Facility not found")
    return Success(data=FacilityShape.of(found))


def _statuses(said: str | None) -> frozenset[Status]:
    if said is None:
        return frozenset()
    try:
        return frozenset(Status(part.strip()) for part in said.split(",") if part.strip())
    except ValueError as error:
        raise invalid("statuses", f"must be among {', '.join(Status)}") from error


async def _people(unit: DoorUnit, machine: Machine, patient_ids: Collection[UUID]) -> dict[UUID, Patient]:
    """Return the records of these patients, or none if the key may not read patients."""
    if not machine.scopes & {EVERYTHING, "read:patients"}:
        return {}
    found = await unit.patients.by_ids(patient_ids)
    for patient_id in sorted(found):
        unit.audit(AuditEntry("list", "patient", patient_id, patient_id))
    return found


@router.get("/appointments")
async def list_appointments(
    machine: AppointmentReader,
    door: The,
    page: PageNumber = 1,
    page_size: PageSize = 100,
    date_from: Annotated[Day | None, Query(alias="dateFrom")] = None,
    date_to: Annotated[Day | None, Query(alias="dateTo")] = None,
    statuses: Annotated[str | None, Query(max_length=200)] = None,
    facility_id: Annotated[FacilityRef | None, Query(alias="facilityId")] = None,
    provider_id: Annotated[ProviderRef | None, Query(alias="providerId")] = None,
    patient_id: Annotated[PatientRef | None, Query(alias="patientId")] = None,
) -> Success[AppointmentsPage]:
    """List appointments in order of their start; `dateFrom` and `dateTo` are wall days of the facility, both included."""
    wanted = AppointmentFilter(
        patient_id=PatientId(patient_id) if patient_id else None,
        provider_id=ProviderId(provider_id) if provider_id else None,
        location_id=LocationId(facility_id) if facility_id else None,
        statuses=_statuses(statuses),
        date_from=date_from,
        date_to=date_to,
    )
    async with door.unit(machine) as unit:
        setup = await unit.setup()
        total = await unit.calendar.count(wanted)
        found = await bookings.appointments(unit, wanted, limit=page_size, offset=(page - 1) * page_size, with_history=False)
        people = await _people(unit, machine, [one.patient_id for one in found])
        await unit.commit()
    shapes = [AppointmentShape.of(one, setup, people.get(one.patient_id)) for one in found]
    return Success(data=AppointmentsPage(appointments=shapes, pagination=Pagination.of(page, page_size, total)))


@router.get("/appointments/{id}")
async def get_appointment(
    appointment_id: Annotated[AppointmentRef, Path(alias="id")], machine: AppointmentReader, door: The
) -> Success[AppointmentShape]:
    """Return one appointment."""
    async with door.unit(machine) as unit:
        found = await bookings.appointment(unit, AppointmentId(appointment_id))
        setup = await unit.setup()
        people = await _people(unit, machine, [found.patient_id])
        await unit.commit()
    return Success(data=AppointmentShape.of(found, setup, people.get(found.patient_id)))
