"""An appointment and its life: requested, confirmed, checked in, in progress, completed; or cancelled, or no show."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from marcai.clinics.clinic import LocationId, RoomId
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId

AppointmentId = NewType("AppointmentId", UUID)


class Status(StrEnum):
    """Where an appointment stands."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        """Say whether the appointment still claims its time. What is dead never revives."""
        return self in (Status.REQUESTED, Status.CONFIRMED, Status.CHECKED_IN, Status.IN_PROGRESS)


MOVES: dict[Status, frozenset[Status]] = {
    Status.REQUESTED: frozenset({Status.CONFIRMED, Status.CANCELLED}),
    Status.CONFIRMED: frozenset({Status.CHECKED_IN, Status.NO_SHOW, Status.CANCELLED}),
    Status.CHECKED_IN: frozenset({Status.IN_PROGRESS, Status.NO_SHOW, Status.CANCELLED}),
    Status.IN_PROGRESS: frozenset({Status.COMPLETED}),
    Status.COMPLETED: frozenset(),
    Status.NO_SHOW: frozenset(),
    Status.CANCELLED: frozenset(),
}
"""From each status, the ones that may follow."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One line of an appointment's history."""

    status: Status
    at: datetime
    by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit in the calendar, or one that was. Times are aware; `seq` is the stable `appointmentNo` of the Vapi tools."""

    id: AppointmentId
    seq: int
    provider_id: ProviderId
    patient_id: PatientId
    appointment_type_id: AppointmentTypeId
    location_id: LocationId
    start: datetime
    end: datetime
    status: Status
    source: str
    version: int
    created_at: datetime
    room_id: RoomId | None = None
    lane: int = 0
    notes: str | None = None
    internal_notes: str | None = None
    external_reference: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    channel: str | None = None
    rescheduled_from: AppointmentId | None = None
    rescheduled_to: AppointmentId | None = None
    history: tuple[StatusChange, ...] = ()
