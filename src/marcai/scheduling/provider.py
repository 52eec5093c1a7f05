"""Those who see patients, and when: weekly templates and the overrides of single days."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from marcai.clinics.clinic import LocationId, RoomId

ProviderId = NewType("ProviderId", UUID)
AppointmentTypeId = NewType("AppointmentTypeId", UUID)


@dataclass(frozen=True, slots=True)
class AppointmentType:
    """A kind of visit: its length, and the time that the provider needs before and after it."""

    id: AppointmentTypeId
    name: str
    duration: timedelta
    code: str | None = None
    aliases: tuple[str, ...] = ()
    buffer_before: timedelta = timedelta(0)
    buffer_after: timedelta = timedelta(0)
    specialty: str | None = None
    color: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Provider:
    """Somebody who sees patients. `seq` is the number in the constraint; `lanes` how many patients at once (k lanes)."""

    id: ProviderId
    seq: int
    display_name: str
    doctor_id: UUID | None = None
    aliases: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    default_duration: timedelta = timedelta(minutes=30)
    buffer_between: timedelta = timedelta(0)
    max_daily: int | None = None
    lanes: int = 1
    primary_location_id: LocationId | None = None
    is_accepting_new_patients: bool = True
    is_active: bool = True
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Template:
    """Weekly hours: on `weekday` (0 = Monday) from `start` to `end`, wall time of the location, cut into slots.

    An empty `appointment_type_ids` means every type. `valid_from` and `valid_to` are both included.
    """

    id: UUID
    provider_id: ProviderId
    weekday: int
    start: time
    end: time
    location_id: LocationId
    slot_length: timedelta = timedelta(minutes=30)
    appointment_type_ids: frozenset[AppointmentTypeId] = frozenset()
    room_id: RoomId | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    is_active: bool = True


class OverrideKind(StrEnum):
    """What an override does to the days that it covers."""

    BLOCKED = "blocked"
    """No visits: the whole days, or from `start` to `end` on each."""
    MODIFIED = "modified"
    """These hours in place of the templates' (at `location_id` if given, else wherever the templates are)."""
    ADDED = "added"
    """These hours beside the templates'."""


@dataclass(frozen=True, slots=True)
class Override:
    """A change of single days, `date_from` to `date_to` both included, wall time of the location."""

    id: UUID
    provider_id: ProviderId
    kind: OverrideKind
    date_from: date
    date_to: date
    start: time | None = None
    end: time | None = None
    location_id: LocationId | None = None
    reason: str | None = None
