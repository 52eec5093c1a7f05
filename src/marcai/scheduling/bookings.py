"""The one way to book, move and end visits, whoever knocks."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from marcai.scheduling.appointment import Appointment, AppointmentId, Status
from marcai.scheduling.ports import SchedulingUnit
from marcai.scheduling.requests import AppointmentFilter, BookingRequest, Moved, MoveRequest, Refusal


async def book(unit: SchedulingUnit, request: BookingRequest) -> Appointment | Refusal:
    """Book a visit."""
    raise NotImplementedError


async def reschedule(unit: SchedulingUnit, request: MoveRequest) -> Moved | Refusal:
    """Move a visit."""
    raise NotImplementedError


async def advance(
    unit: SchedulingUnit, appointment_id: UUID, to: Status, *, by: str, notes: str | None = None, reason: str | None = None
) -> Appointment:
    """Take a visit one step on."""
    raise NotImplementedError


async def change(unit: SchedulingUnit, appointment_id: UUID, *, version: int, changes: Mapping[str, object]) -> Appointment:
    """Change a visit's notes, room or metadata."""
    raise NotImplementedError


async def appointment(unit: SchedulingUnit, appointment_id: UUID) -> Appointment:
    """Return a visit with its history."""
    raise NotImplementedError


async def appointments(
    unit: SchedulingUnit,
    wanted: AppointmentFilter,
    *,
    limit: int,
    after: tuple[datetime, AppointmentId] | None = None,
    with_history: bool = False,
) -> list[Appointment]:
    """Return visits in order of (start, id)."""
    raise NotImplementedError
