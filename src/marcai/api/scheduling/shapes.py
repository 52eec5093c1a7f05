"""What `/v1/scheduling` answers, in its own names (snake_case, raw ids, times with an offset)."""

from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from marcai.clinics.clinic import Location, Room
from marcai.doorway.fields import minutes_of, shown
from marcai.doorway.talk import appointment_members
from marcai.kit.zones import zone
from marcai.scheduling.appointment import Appointment
from marcai.scheduling.patient import Patient
from marcai.scheduling.provider import AppointmentType, Override, Provider, Template
from marcai.scheduling.requests import Candidate, Hold
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import Slot


class Shape(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)


ItemT = TypeVar("ItemT")


class Page(Shape, Generic[ItemT]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[ItemT]
    next_cursor: str | None = None


class LocationShape(Shape):
    """A place where visits happen."""

    id: UUID
    name: str
    timezone: str
    address: str | None
    phone: str | None
    is_active: bool

    @classmethod
    def of(cls, it: Location) -> "LocationShape":
        """Show a location."""
        return cls(id=it.id, name=it.name, timezone=it.timezone, address=it.address, phone=it.phone, is_active=it.is_active)


class RoomShape(Shape):
    """A room of a location."""

    id: UUID
    name: str
    location_id: UUID
    is_active: bool

    @classmethod
    def of(cls, it: Room) -> "RoomShape":
        """Show a room."""
        return cls(id=it.id, name=it.name, location_id=it.location_id, is_active=it.is_active)


class TypeShape(Shape):
    """A kind of visit."""

    id: UUID
    name: str
    code: str | None
    duration_minutes: int
    aliases: list[str]
    buffer_before_minutes: int
    buffer_after_minutes: int
    specialty: str | None
    color: str | None
    is_active: bool

    @classmethod
    def of(cls, it: AppointmentType) -> "TypeShape":
        """Show an appointment type."""
        return cls(
            id=it.id,
            name=it.name,
            code=it.code,
            duration_minutes=minutes_of(it.duration),
            aliases=list(it.aliases),
            buffer_before_minutes=minutes_of(it.buffer_before),
            buffer_after_minutes=minutes_of(it.buffer_after),
            specialty=it.specialty,
            color=it.color,
            is_active=it.is_active,
        )


class PatientShape(Shape):
    """A patient's record."""

    id: UUID
    first_name: str
    last_name: str
    phone: str | None
    date_of_birth: date | None
    email: str | None
    language: str | None
    sex: str | None
    health_card_number: str | None
    health_card_type: str | None
    address: dict[str, Any] | str | None
    external_ids: dict[str, str]
    is_active: bool
    created_at: str | None

    @classmethod
    def of(cls, it: Patient) -> "PatientShape":
        """Show a patient."""
        return cls(
            id=it.id,
            first_name=it.first_name,
            last_name=it.last_name,
            phone=it.phone,
            date_of_birth=it.date_of_birth,
            email=it.email,
            language=it.language,
            sex=it.sex,
            health_card_number=it.health_card_number,
            health_card_type=it.health_card_type,
            address=it.address,
            external_ids=it.external_ids,
            is_active=it.is_active,
            created_at=it.created_at.isoformat() if it.created_at else None,
        )


class ProviderShape(Shape):
    """Somebody who sees patients."""

    id: UUID
    doctor_id: UUID | None
    display_name: str
    aliases: list[str]
    specialties: list[str]
    default_appointment_duration_minutes: int
    buffer_between_appointments_minutes: int
    max_daily_appointments: int | None
    max_concurrent_appointments: int
    primary_location_id: UUID | None
    is_accepting_new_patients: bool
    is_active: bool
    metadata: dict[str, Any]

    @classmethod
    def of(cls, it: Provider) -> "ProviderShape":
        """Show a provider."""
        return cls(
            id=it.id,
            doctor_id=it.doctor_id,
            display_name=it.display_name,
            aliases=list(it.aliases),
            specialties=list(it.specialties),
            default_appointment_duration_minutes=minutes_of(it.default_duration),
            buffer_between_appointments_minutes=minutes_of(it.buffer_between),
            max_daily_appointments=it.max_daily,
            max_concurrent_appointments=it.lanes,
            primary_location_id=it.primary_location_id,
            is_accepting_new_patients=it.is_accepting_new_patients,
            is_active=it.is_active,
            metadata=it.metadata,
        )


class TemplateShape(Shape):
    """Weekly hours of a provider."""

    id: UUID
    provider_id: UUID
    weekday: int
    start_time: str
    end_time: str
    location_id: UUID
    slot_minutes: int
    appointment_type_ids: list[UUID]
    room_id: UUID | None
    valid_from: date | None
    valid_to: date | None
    is_active: bool

    @classmethod
    def of(cls, it: Template) -> "TemplateShape":
        """Show a template."""
        return cls(
            id=it.id,
            provider_id=it.provider_id,
            weekday=it.weekday,
            start_time=f"{it.start:%H:%M}",
            end_time=f"{it.end:%H:%M}",
            location_id=it.location_id,
            slot_minutes=minutes_of(it.slot_length),
            appointment_type_ids=sorted(it.appointment_type_ids),
            room_id=it.room_id,
            valid_from=it.valid_from,
            valid_to=it.valid_to,
            is_active=it.is_active,
        )


class OverrideShape(Shape):
    """A change of single days."""

    id: UUID
    provider_id: UUID
    kind: str
    date_from: date
    date_to: date
    start_time: str | None
    end_time: str | None
    location_id: UUID | None
    reason: str | None

    @classmethod
    def of(cls, it: Override) -> "OverrideShape":
        """Show an override."""
        return cls(
            id=it.id,
            provider_id=it.provider_id,
            kind=it.kind,
            date_from=it.date_from,
            date_to=it.date_to,
            start_time=f"{it.start:%H:%M}" if it.start else None,
            end_time=f"{it.end:%H:%M}" if it.end else None,
            location_id=it.location_id,
            reason=it.reason,
        )


class HoldShape(Shape):
    """A slot kept for a while."""

    id: UUID
    provider_id: UUID
    appointment_type_id: UUID
    location_id: UUID
    start_time: str
    end_time: str
    expires_at: str
    fencing_token: int

    @classmethod
    def of(cls, it: Hold, setup: Setup) -> "HoldShape":
        """Show a hold."""
        tz = zone(setup.locations[it.slot.location_id].timezone)
        return cls(
            id=it.id,
            provider_id=it.slot.provider_id,
            appointment_type_id=it.slot.appointment_type_id,
            location_id=it.slot.location_id,
            start_time=it.slot.start.astimezone(tz).isoformat(),
            end_time=it.slot.end.astimezone(tz).isoformat(),
            expires_at=it.expires_at.astimezone(tz).isoformat(),
            fencing_token=it.fencing_token,
        )


class StatusChangeShape(Shape):
    """One line of an appointment's history."""

    status: str
    at: str
    by: str
    reason: str | None


class AppointmentShape(Shape):
    """A visit in the calendar, or one that was."""

    id: UUID
    provider_profile_id: UUID
    patient_id: UUID
    appointment_type_id: UUID
    location_id: UUID
    room_id: UUID | None
    start_time: str
    end_time: str
    status: str
    source: str
    notes: str | None
    internal_notes: str | None
    external_reference: str | None
    metadata: dict[str, Any]
    version: int
    status_history: list[StatusChangeShape]
    rescheduled_from: UUID | None
    rescheduled_to: UUID | None
    created_at: str

    @classmethod
    def of(cls, it: Appointment, setup: Setup) -> "AppointmentShape":
        """Show an appointment, in the wall time of its location."""
        return cls(**appointment_members(it, setup))


class PlaceShape(Shape):
    """A location, as a slot names it."""

    id: UUID
    name: str


class SlotShape(Shape):
    """Bookable free time."""

    provider_id: UUID
    provider_name: str
    specialty: str | None
    appointment_type_id: UUID
    location: PlaceShape
    room_id: UUID | None
    date: date
    start_time: str
    end_time: str
    starts_at: str
    ends_at: str
    available: bool
    score: float

    @classmethod
    def of(cls, it: Slot, setup: Setup) -> "SlotShape":
        """Show a slot: wall time of its location, and both moments with their offset."""
        location = setup.locations[it.location_id]
        provider = setup.providers[it.provider_id]
        tz = zone(location.timezone)
        start, end = it.start.astimezone(tz), it.end.astimezone(tz)
        return cls(
            provider_id=it.provider_id,
            provider_name=provider.display_name,
            specialty=provider.specialties[0] if provider.specialties else None,
            appointment_type_id=it.appointment_type_id,
            location=PlaceShape(id=location.id, name=location.name),
            room_id=it.room_id,
            date=start.date(),
            start_time=f"{start:%H:%M}",
            end_time=f"{end:%H:%M}",
            starts_at=start.isoformat(),
            ends_at=end.isoformat(),
            available=True,
            score=1.0,
        )


class CandidateShape(Shape):
    """An earlier time that is not offered, and why."""

    provider_id: UUID
    location_id: UUID
    start_time: str
    end_time: str
    reason: str

    @classmethod
    def of(cls, it: Candidate, setup: Setup) -> "CandidateShape":
        """Show a candidate of the certificate."""
        tz = zone(setup.locations[it.location_id].timezone)
        return cls(
            provider_id=it.provider_id,
            location_id=it.location_id,
            start_time=str(shown(it.start, tz)),
            end_time=str(shown(it.end, tz)),
            reason=it.why,
        )


class EarliestShape(SlotShape):
    """The earliest slot, unwrapped; `certificate` only where it was asked for."""

    certificate: list[CandidateShape] | None = None


class SlotsShape(Shape):
    """A page of slots; `total` counts this page."""

    slots: list[SlotShape]
    total: int
    search_ms: float
    next_cursor: str | None
