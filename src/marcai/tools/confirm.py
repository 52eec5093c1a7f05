"""Confirm that the caller will come to one of their own visits."""

from dataclasses import dataclass

from marcai.clinics.actor import Actor, Caller, IdentityLevel
from marcai.scheduling.appointment import Appointment, AppointmentId, Status
from marcai.scheduling.bookings import advance
from marcai.scheduling.errors import MoveNotAllowed
from marcai.tools.allowed import Denial, NotAllowed, NotPossible, visit_to_change
from marcai.tools.unit import ToolUnit


@dataclass(frozen=True, slots=True)
class ConfirmArgs:
    """Which visit."""

    appointment_id: AppointmentId


async def confirm(unit: ToolUnit, actor: Actor, args: ConfirmArgs) -> Appointment | NotPossible | NotAllowed:
    """Confirm the visit, and return it as it then is. A visit that is confirmed already stays so.

    A stranger's request is for staff to confirm: whoever asked for it cannot.
    """
    visit = await visit_to_change(unit, actor, args.appointment_id)
    if isinstance(visit, NotAllowed) or visit.status is Status.CONFIRMED:
        return visit
    if isinstance(actor, Caller) and actor.level < IdentityLevel.IDENTIFIED:
        patient = await unit.patients.get(visit.patient_id)
        if patient is None or patient.is_prospective:
            return NotAllowed(Denial.STAFF_DECIDES)
    try:
        return await advance(unit, args.appointment_id, Status.CONFIRMED, by=actor.label)
    except MoveNotAllowed:
        return NotPossible(visit.status)
