"""What others are told after a visit changed: events of the outbox, thin, with raw ids."""

from datetime import datetime
from typing import Any

from marcai.ledger.events import OutboxEvent
from marcai.ledger.unit import UnitOfWork
from marcai.scheduling.appointment import Appointment, Status

TOLD = frozenset(
    {
        "appointment.created",
        "appointment.confirmed",
        "appointment.cancelled",
        "appointment.completed",
        "appointment.no_show",
        "appointment.checked_in",
    }
)
"""The single events that subscribers know; a visit that is in progress is nobody's news."""


def announce(unit: UnitOfWork, kind: str, visit: Appointment) -> None:
    """Tell what happened to a visit; and, when it was cancelled (or given up before its time), that its slot is free again."""
    for event in news_of(kind, visit, unit.now):
        unit.emit(event)


def news_of(kind: str, visit: Appointment, now: datetime) -> tuple[OutboxEvent, ...]:
    """Return the events of what happened to a visit."""
    told = [OutboxEvent(kind, visit.id, _payload(visit))] if kind in TOLD else []
    if visit.status is Status.CANCELLED or (visit.status is Status.NO_SHOW and now < visit.start):
        told.append(OutboxEvent("slot.released", visit.id, _slot(visit)))
    return tuple(told)


def news_of_move(old: Appointment, new: Appointment) -> tuple[OutboxEvent, ...]:
    """Return the events of one visit that took the place of another, whose slot is free again."""
    both = {"rescheduled_from": old.id, "previous_start_time": old.start}
    moved = OutboxEvent("appointment.rescheduled", new.id, _payload(new) | both)
    return moved, OutboxEvent("slot.released", old.id, _slot(old))


def _payload(visit: Appointment) -> dict[str, Any]:
    return _slot(visit) | {"patient_id": visit.patient_id, "status": visit.status.value, "version": visit.version}


def _slot(visit: Appointment) -> dict[str, Any]:
    return {
        "appointment_id": visit.id,
        "provider_id": visit.provider_id,
        "appointment_type_id": visit.appointment_type_id,
        "location_id": visit.location_id,
        "start_time": visit.start,
        "end_time": visit.end,
    }
