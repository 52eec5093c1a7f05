"""What is asked of the calendar, and how it answers: values for `search`, `holds` and `bookings`."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from marcai.clinics.clinic import LocationId, RoomId
from marcai.scheduling.appointment import Appointment, AppointmentId, Status
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.slots import Slot


@dataclass(frozen=True, slots=True)
class SlotQuery:
    """Which slots are wanted. Days and clock times are wall time of the location where the slot is.

    `date_from` and `date_to` are both included. `time_from <= start < time_to` when given. An empty `provider_ids` means
    any. `ignoring` is a visit that is being moved: its own time counts as free, for its provider, room and patient.
    `patient_id`, if given, leaves out what overlaps that patient's other visits. `not_before` is a moment.
    """

    appointment_type_id: AppointmentTypeId
    date_from: date
    date_to: date
    provider_ids: frozenset[ProviderId] = frozenset()
    excluded_provider_ids: frozenset[ProviderId] = frozenset()
    specialty: str | None = None
    location_id: LocationId | None = None
    time_from: time | None = None
    time_to: time | None = None
    weekdays: frozenset[int] = frozenset()
    excluded_dates: frozenset[date] = frozenset()
    excluded_starts: frozenset[datetime] = frozenset()
    excluded_times: tuple[tuple[time, time], ...] = ()
    duration: timedelta | None = None
    not_before: datetime | None = None
    patient_id: PatientId | None = None
    ignoring: AppointmentId | None = None
    ignoring_holds: frozenset[UUID] = frozenset()


class WhyNot(StrEnum):
    """Why a time is not offered, or a booking refused."""

    TAKEN = "taken"
    """The provider has another visit or hold (with its buffers) in every lane."""
    HELD = "held"
    """Somebody else is being offered this time right now."""
    PATIENT_BUSY = "patient_busy"
    """The patient has another visit at that time."""
    ROOM_TAKEN = "room_taken"
    OUTSIDE_HOURS = "outside_hours"
    """No template or added hours cover it, or it is off the grid of a search."""
    BLOCKED = "blocked"
    """An override closes it."""
    PAST = "past"
    TOO_SOON = "too_soon"
    """Inside the clinic's notice."""
    BEYOND_HORIZON = "beyond_horizon"
    DAY_FULL = "day_full"
    """The provider's daily limit is reached."""
    TYPE_NOT_OFFERED = "type_not_offered"
    NOT_OFFERED = "not_offered"
    """The provider, type or location is no longer active, or sees no new patients."""
    EXCLUDED = "excluded"
    """The query itself excludes this day or time."""
    HOLD_GONE = "hold_gone"
    """The hold expired, was released, or is for something else."""
    TOO_MANY_HOLDS = "too_many_holds"
    """The holder keeps as many slots as one holder may."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A time that cannot be had, and why. `conflicting_start` is when the claim that is in the way begins."""

    why: WhyNot
    start: datetime | None = None
    provider_id: ProviderId | None = None

    @property
    def is_conflict(self) -> bool:
        """Say whether somebody else's claim is in the way (409), rather than the rules of the clinic (422)."""
        return self.why in (
            WhyNot.TAKEN,
            WhyNot.HELD,
            WhyNot.PATIENT_BUSY,
            WhyNot.ROOM_TAKEN,
            WhyNot.DAY_FULL,
            WhyNot.HOLD_GONE,
            WhyNot.TOO_MANY_HOLDS,
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """One earlier time that was looked at and is not offered."""

    start: datetime
    end: datetime
    provider_id: ProviderId
    location_id: LocationId
    why: WhyNot


@dataclass(frozen=True, slots=True)
class Earliest:
    """The single earliest slot, or none inside the query's days. `certificate`, when asked for, names every earlier candidate."""

    slot: Slot | None
    certificate: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotPage:
    """Slots in order of (start, provider), and the slot after which the next page begins."""

    slots: tuple[Slot, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """A slot kept for a while. `fencing_token` grows with every claim, so that a late holder can be told from a new one."""

    id: UUID
    slot: Slot
    expires_at: datetime
    fencing_token: int


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """A slot to be kept. `moving` is the visit that it would replace: its own time may be overlapped."""

    slot: Slot
    lifetime: timedelta
    holder: str
    """Who holds, as a label: the conversation, the key. Holds of one holder are counted against its limit."""
    patient_id: PatientId | None = None
    moving: AppointmentId | None = None
    replaces: frozenset[UUID] = frozenset()
    """Holds of the same holder that this one takes the place of; they are released first."""


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """A visit that is wanted in the calendar."""

    patient_id: PatientId
    provider_id: ProviderId
    appointment_type_id: AppointmentTypeId
    location_id: LocationId
    start: datetime
    end: datetime | None
    """None: start plus the type's duration."""
    by: str
    status: Status = Status.REQUESTED
    source: str = "api"
    channel: str | None = None
    room_id: RoomId | None = None
    hold_id: UUID | None = None
    allow_outside_hours: bool = False
    notes: str | None = None
    internal_notes: str | None = None
    external_reference: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """A visit that is to be moved. What is None stays as it was; `end` None keeps the length."""

    appointment_id: AppointmentId
    start: datetime
    by: str
    end: datetime | None = None
    provider_id: ProviderId | None = None
    appointment_type_id: AppointmentTypeId | None = None
    location_id: LocationId | None = None
    room_id: RoomId | None = None
    hold_id: UUID | None = None
    reason: str | None = None
    allow_outside_hours: bool = False
    source: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A visit and the one that took its place; both bear the same instant."""

    old: Appointment
    new: Appointment


@dataclass(frozen=True, slots=True)
class AppointmentFilter:
    """Which appointments are meant; None and empty mean all. `is_moved`: those that have a successor, or those that have none.

    Days are wall days of the location, both included. `starts_from <= start < starts_before`, where those are given.
    """

    patient_id: PatientId | None = None
    provider_id: ProviderId | None = None
    location_id: LocationId | None = None
    statuses: frozenset[Status] = frozenset()
    date_from: date | None = None
    date_to: date | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None
    is_moved: bool | None = None
    live_only: bool = False
