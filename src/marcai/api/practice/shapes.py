"""What `/v1` answers, in the form of Mivicall: camelCase, raw ids, and its words for status and source."""

import hashlib
import hmac
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from marcai.clinics.clinic import Organisation
from marcai.doorway.fields import minutes_of
from marcai.kit.zones import zone
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.patient import Patient
from marcai.scheduling.provider import AppointmentType, Provider
from marcai.scheduling.setup import Setup

CONFIRMED, ATTENDED, NO_SHOW, CANCELLED, RESCHEDULED = "confirmed", "attended", "no_show", "cancelled", "rescheduled"
STATUSES: dict[str, frozenset[Status]] = {
    CONFIRMED: frozenset({Status.REQUESTED, Status.CONFIRMED}),
    ATTENDED: frozenset({Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED}),
    NO_SHOW: frozenset({Status.NO_SHOW}),
    CANCELLED: frozenset({Status.CANCELLED}),
    RESCHEDULED: frozenset({Status.CANCELLED}),
}
"""This surface's words for where a visit stands. One that was moved is cancelled with us, and bears the id of its successor."""
SOURCES = {"phone": "voice_ai", "web": "self_service", "whatsapp": "self_service", "sms": "self_service", "chatbot": "self_service"}


class Shape(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)


class TenantConfig(Shape):
    """How a clinic answers the telephone, and in which zone."""

    voice: str | None
    timezone: str


class TenantShape(Shape):
    """The clinic that the key belongs to."""

    id: UUID
    name: str
    slug: str
    specialty: str | None
    status: str
    config: TenantConfig

    @classmethod
    def of(cls, it: Organisation) -> "TenantShape":
        """Show a clinic."""
        return cls(
            id=it.id,
            name=it.name,
            slug=it.slug,
            specialty=it.settings.get("specialty"),
            status="active" if it.is_active else "suspended",
            config=TenantConfig(voice=it.settings.get("voice"), timezone=it.timezone),
        )


class ProfessionalShape(Shape):
    """Somebody who sees patients."""

    id: UUID
    name: str
    specialty: str | None
    specialties: list[str]
    is_active: bool

    @classmethod
    def of(cls, it: Provider) -> "ProfessionalShape":
        """Show a provider."""
        first = it.specialties[0] if it.specialties else None
        return cls(id=it.id, name=it.display_name, specialty=first, specialties=list(it.specialties), is_active=it.is_active)


class ServiceShape(Shape):
    """A kind of visit. We keep no prices."""

    id: UUID
    name: str
    duration_minutes: int
    price: None = None
    is_active: bool

    @classmethod
    def of(cls, it: AppointmentType) -> "ServiceShape":
        """Show an appointment type."""
        return cls(id=it.id, name=it.name, duration_minutes=minutes_of(it.duration), is_active=it.is_active)


class AppointmentShape(Shape):
    """A visit in the calendar, or one that was. The phone is shown as a keyed hash alone."""

    id: UUID
    professional_id: UUID
    service_type_id: UUID | None
    patient_name: str
    patient_phone_hash: str | None
    starts_at: str
    ends_at: str
    status: str
    source: str
    patient_notes: str | None
    metadata: dict[str, Any]
    rescheduled_from: UUID | None
    rescheduled_to: UUID | None
    created_at: str

    @classmethod
    def of(cls, it: Appointment, setup: Setup, patient: Patient | None, secret: str) -> "AppointmentShape":
        """Show a visit in the wall time of its location."""
        tz = zone(setup.locations[it.location_id].timezone)
        return cls(
            id=it.id,
            professional_id=it.provider_id,
            service_type_id=it.appointment_type_id,
            patient_name=patient.full_name if patient else "",
            patient_phone_hash=phone_hash(patient.phone, setup.organisation.id, secret) if patient and patient.phone else None,
            starts_at=it.start.astimezone(tz).isoformat(),
            ends_at=it.end.astimezone(tz).isoformat(),
            status=status_word(it),
            source=SOURCES.get(it.source, "manual"),
            patient_notes=it.notes,
            metadata=it.metadata,
            rescheduled_from=it.rescheduled_from,
            rescheduled_to=it.rescheduled_to,
            created_at=it.created_at.astimezone(tz).isoformat(),
        )


class Items(Shape):
    """A list, which is whole unless `next_cursor` says otherwise."""

    next_cursor: str | None = None


class AppointmentItems(Items):
    """Appointments."""

    items: list[AppointmentShape]


class ProfessionalItems(Items):
    """Professionals."""

    items: list[ProfessionalShape]


class ServiceItems(Items):
    """Services."""

    items: list[ServiceShape]


def status_word(it: Appointment) -> str:
    """Return this surface's word for where a visit stands."""
    if it.status is Status.CANCELLED:
        return RESCHEDULED if it.rescheduled_to is not None else CANCELLED
    return next(word for word, statuses in STATUSES.items() if it.status in statuses)


def phone_hash(phone: str, organisation_id: UUID, secret: str) -> str:
    """Return HMAC-SHA256 of a phone, which is the same for one clinic as long as the server's secret is, and tells nobody the number."""
    return hmac.new(secret.encode(), f"{organisation_id}:{phone}".encode(), hashlib.sha256).hexdigest()
