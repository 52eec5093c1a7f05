"""Cancel one of the caller's own visits."""

from dataclasses import dataclass

from marcai.clinics.actor import Actor
from marcai.scheduling.appointment import Appointment, AppointmentId, Status
from marcai.scheduling.bookings import advance
from marcai.scheduling.errors import MoveNotAllowed
from marcai.tools.allowed import NotAllowed, NotPossible, visit_to_change
from marcai.tools.unit import ToolUnit


@dataclass(frozen=True, slots=True)
class CancelArgs:
    """Which visit, and why if the patient said."""

    appointment_id: AppointmentId
    reason: str | None = None


async def cancel(unit: ToolUnit, actor: Actor, args: CancelArgs) -> Appointment | NotPossible | NotAllowed:
    """Cancel the visit, and return it as it then is; one that is over, or cancelled already, is not possible."""
    visit = await visit_to_change(unit, actor, args.appointment_id)
    if isinstance(visit, NotAllowed):
        return visit
    try:
        return await advance(unit, args.appointment_id, Status.CANCELLED, by=actor.label, reason=args.reason)
    except MoveNotAllowed:
        return NotPossible(visit.status)
