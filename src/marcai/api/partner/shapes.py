"""What `/v3` answers, in the form of Max AI: camelCase, prefixed ids, everything inside `{code, data}`."""

import math
from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from marcai.clinics.clinic import Location
from marcai.kit.ids import prefixed
from marcai.kit.text import folded
from marcai.kit.zones import zone
from marcai.scheduling.appointment import Appointment
from marcai.scheduling.patient import Patient
from marcai.scheduling.provider import Provider
from marcai.scheduling.setup import Setup

PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(alias="pageSize", ge=1, le=100)]
TITLES = frozenset({"dr", "dra", "prof", "profa", "mr", "mrs", "ms"})


class Shape(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)


DataT = TypeVar("DataT", bound=Shape)


class Success(Shape, Generic[DataT]):
    """The envelope around every answer that is no problem."""

    code: Literal["success"] = "success"
    data: DataT


class Pagination(Shape):
    """Where a page stands among the others; pages are counted from 1."""

    page: int
    page_size: int
    total_count: int
    total_pages: int

    @classmethod
    def of(cls, page: int, page_size: int, total: int) -> "Pagination":
        """Return the pagination of a list of so many."""
        return cls(page=page, page_size=page_size, total_count=total, total_pages=math.ceil(total / page_size))


class PatientShape(Shape):
    """A patient's record. `mrn` is the clinic's own running number."""

    id: str
    mrn: str
    first_name: str
    last_name: str
    middle_name: str | None = None
    gender: str | None
    date_of_birth: date | None
    email: str | None
    phone: str | None
    language: str | None
    is_active: bool
    created_at: str | None

    @classmethod
    def of(cls, it: Patient) -> "PatientShape":
        """Show a patient."""
        return cls(
            id=prefixed(it.id, "pat"),
            mrn=str(it.seq),
            first_name=it.first_name,
            last_name=it.last_name,
            gender=it.sex,
            date_of_birth=it.date_of_birth,
            email=it.email,
            phone=it.phone,
            language=it.language,
            is_active=it.is_active,
            created_at=it.created_at.isoformat() if it.created_at else None,
        )


class ProviderShape(Shape):
    """Somebody who sees patients."""

    id: str
    first_name: str
    last_name: str
    display_first_name: str
    display_last_name: str
    display_name: str
    roles: list[str] = Field(default_factory=lambda: ["provider"])
    username: str | None = None
    individual_npi: str | None = None
    can_finalize: bool = False
    can_cosign: bool = False
    specialties: list[str]
    is_active: bool

    @classmethod
    def of(cls, it: Provider) -> "ProviderShape":
        """Show a provider; the one name that we keep is parted at its last space, the title in front left out."""
        words = it.display_name.split()
        named = words[1:] if len(words) > 1 and folded(words[0]).rstrip(".") in TITLES else words
        first, last = " ".join(named[:-1]) or it.display_name, named[-1] if len(named) > 1 else ""
        return cls(
            id=prefixed(it.id, "prv"),
            first_name=first,
            last_name=last,
            display_first_name=first,
            display_last_name=last,
            display_name=it.display_name,
            specialties=list(it.specialties),
            is_active=it.is_active,
        )


class FacilityShape(Shape):
    """A place where visits happen."""

    id: str
    name: str
    timezone: str
    specialty: str | None = None
    is_visible: bool
    organization_npi: str | None = None
    address: str | None
    phone: str | None

    @classmethod
    def of(cls, it: Location) -> "FacilityShape":
        """Show a location."""
        return cls(
            id=prefixed(it.id, "fac"), name=it.name, timezone=it.timezone, is_visible=it.is_active, address=it.address, phone=it.phone
        )


class PatientNamed(Shape):
    """The patient of an appointment, where the key may not read patients."""

    id: str


class AppointmentShape(Shape):
    """A visit in the calendar, or one that was."""

    id: str
    scheduled_start_date: str
    scheduled_end_date: str
    status: str
    is_new_patient: bool | None
    facility_id: str
    appointment_type_id: str
    created_at: str
    patient: PatientShape | PatientNamed
    provider: ProviderShape

    @classmethod
    def of(cls, it: Appointment, setup: Setup, patient: Patient | None) -> "AppointmentShape":
        """Show a visit in the wall time of its location; without a patient's record, by the patient's id alone."""
        tz = zone(setup.locations[it.location_id].timezone)
        return cls(
            id=prefixed(it.id, "apt"),
            scheduled_start_date=it.start.astimezone(tz).isoformat(),
            scheduled_end_date=it.end.astimezone(tz).isoformat(),
            status=it.status,
            is_new_patient=patient.is_prospective if patient else None,
            facility_id=prefixed(it.location_id, "fac"),
            appointment_type_id=prefixed(it.appointment_type_id, "typ"),
            created_at=it.created_at.astimezone(tz).isoformat(),
            patient=PatientShape.of(patient) if patient else PatientNamed(id=prefixed(it.patient_id, "pat")),
            provider=ProviderShape.of(setup.providers[it.provider_id]),
        )


class PatientsPage(Shape):
    """A page of patients."""

    patients: list[PatientShape]
    pagination: Pagination


class ProvidersPage(Shape):
    """A page of providers."""

    providers: list[ProviderShape]
    pagination: Pagination


class FacilitiesPage(Shape):
    """A page of facilities."""

    facilities: list[FacilityShape]
    pagination: Pagination


class AppointmentsPage(Shape):
    """A page of appointments."""

    appointments: list[AppointmentShape]
    pagination: Pagination
