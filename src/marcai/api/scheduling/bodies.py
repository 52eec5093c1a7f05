"""What a clinic loads through `/v1/scheduling`: the bodies of its own resources.

A `…Create` names what is required; a `…Update` takes the same members, all optional, and changes those that it names.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from marcai.doorway.fields import (
    Aliases,
    Body,
    BufferMinutes,
    Day,
    Line,
    LocationRef,
    Metadata,
    Minutes,
    Name,
    Phone,
    RawRef,
    RoomRef,
    TypeRef,
    WallTime,
    Zone,
)

_FIRST_BIRTH = date(1880, 1, 1)


def _born(day: date) -> date:
    if day < _FIRST_BIRTH or day > date(2200, 1, 1):
        raise ValueError("is out of range")
    return day


BirthDate = Annotated[date, AfterValidator(_born)]
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$")]
Short = Annotated[Line, Field(max_length=64)]


class LocationCreate(Body):
    """A place where visits happen."""

    name: Name
    timezone: Zone
    address: Line | None = None
    phone: Annotated[Line, Field(max_length=40)] | None = None


class LocationUpdate(Body):
    """What may change of a location."""

    name: Name | None = None
    timezone: Zone | None = None
    address: Line | None = None
    phone: Annotated[Line, Field(max_length=40)] | None = None
    is_active: bool | None = None


class RoomCreate(Body):
    """A room of a location."""

    name: Name
    location_id: LocationRef


class RoomUpdate(Body):
    """What may change of a room."""

    name: Name | None = None
    is_active: bool | None = None


class TypeCreate(Body):
    """A kind of visit."""

    name: Name
    duration_minutes: Minutes
    code: Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[\x21-\x7e]+$")] | None = None
    aliases: Aliases = Field(default_factory=list)
    buffer_before_minutes: BufferMinutes = 0
    buffer_after_minutes: BufferMinutes = 0
    specialty: Name | None = None
    color: Annotated[str, Field(max_length=32, pattern=r"^[#\w(),. %-]+$")] | None = None


class TypeUpdate(Body):
    """What may change of a kind of visit."""

    name: Name | None = None
    duration_minutes: Minutes | None = None
    code: Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[\x21-\x7e]+$")] | None = None
    aliases: Aliases | None = None
    buffer_before_minutes: BufferMinutes | None = None
    buffer_after_minutes: BufferMinutes | None = None
    specialty: Name | None = None
    color: Annotated[str, Field(max_length=32, pattern=r"^[#\w(),. %-]+$")] | None = None
    is_active: bool | None = None


class PatientCreate(Body):
    """A patient's record."""

    first_name: Name
    last_name: Name
    phone: Phone | None = None
    date_of_birth: BirthDate | None = None
    email: Email | None = None
    language: Literal["pt-BR", "en", "zh"] | None = None
    sex: Literal["M", "F", "O"] | None = None
    health_card_number: Short | None = None
    health_card_type: Short | None = None
    address: Line | Metadata | None = None
    external_ids: Annotated[dict[Name, Name], Field(max_length=20)] = Field(default_factory=dict)


class PatientUpdate(Body):
    """What may change of a patient's record."""

    first_name: Name | None = None
    last_name: Name | None = None
    phone: Phone | None = None
    date_of_birth: BirthDate | None = None
    email: Email | None = None
    language: Literal["pt-BR", "en", "zh"] | None = None
    sex: Literal["M", "F", "O"] | None = None
    health_card_number: Short | None = None
    health_card_type: Short | None = None
    address: Line | Metadata | None = None
    external_ids: Annotated[dict[Name, Name], Field(max_length=20)] | None = None
    is_active: bool | None = None

    @model_validator(mode="after")
    def _present(self) -> "PatientUpdate":
        for name in ("first_name", "last_name", "external_ids", "is_active"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be empty")
        return self


class ProviderCreate(Body):
    """Somebody who sees patients. `doctor_id` is the caller's own id of that person."""

    doctor_id: RawRef
    display_name: Name | None = None
    aliases: Aliases = Field(default_factory=list)
    specialties: Aliases = Field(default_factory=list)
    default_appointment_duration_minutes: Minutes = 30
    buffer_between_appointments_minutes: BufferMinutes = 0
    max_daily_appointments: Annotated[int, Field(ge=1, le=1000)] | None = None
    max_concurrent_appointments: Annotated[int, Field(ge=1, le=50)] = 1
    primary_location_id: LocationRef | None = None
    is_accepting_new_patients: bool = True
    metadata: Metadata = Field(default_factory=dict)


class ProviderUpdate(Body):
    """What may change of a provider."""

    display_name: Name | None = None
    aliases: Aliases | None = None
    specialties: Aliases | None = None
    default_appointment_duration_minutes: Minutes | None = None
    buffer_between_appointments_minutes: BufferMinutes | None = None
    max_daily_appointments: Annotated[int, Field(ge=1, le=1000)] | None = None
    max_concurrent_appointments: Annotated[int, Field(ge=1, le=50)] | None = None
    primary_location_id: LocationRef | None = None
    is_accepting_new_patients: bool | None = None
    metadata: Metadata | None = None
    is_active: bool | None = None


class TemplateCreate(Body):
    """Weekly hours, wall time of the location."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    start_time: WallTime
    end_time: WallTime
    location_id: LocationRef
    slot_minutes: Annotated[int, Field(ge=5, le=480)] = 30
    appointment_type_ids: Annotated[list[TypeRef], Field(max_length=200)] = Field(default_factory=list)
    room_id: RoomRef | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "TemplateCreate":
        if self.end_time <= self.start_time:
            raise ValueError("end_time must be after start_time")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to must not be before valid_from")
        return self


class TemplateUpdate(Body):
    """What may change of weekly hours."""

    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    start_time: WallTime | None = None
    end_time: WallTime | None = None
    location_id: LocationRef | None = None
    slot_minutes: Annotated[int, Field(ge=5, le=480)] | None = None
    appointment_type_ids: Annotated[list[TypeRef], Field(max_length=200)] | None = None
    room_id: RoomRef | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    is_active: bool | None = None


class OverrideCreate(Body):
    """A change of single days, both included."""

    kind: Literal["blocked", "modified", "added"]
    date_from: Day
    date_to: Day
    start_time: WallTime | None = None
    end_time: WallTime | None = None
    location_id: LocationRef | None = None
    reason: Line | None = None

    @model_validator(mode="after")
    def _whole(self) -> "OverrideCreate":
        if self.date_to < self.date_from:
            raise ValueError("date_to must not be before date_from")
        if (self.start_time is None) != (self.end_time is None):
            raise ValueError("start_time and end_time go together")
        if self.start_time and self.end_time and self.end_time <= self.start_time:
            raise ValueError("end_time must be after start_time")
        if self.kind != "blocked" and self.start_time is None:
            raise ValueError(f"start_time and end_time are required for {self.kind}")
        return self


def named(body: Body) -> dict[str, Any]:
    """Return the members that an update names, by name."""
    return {name: getattr(body, name) for name in body.model_fields_set}
