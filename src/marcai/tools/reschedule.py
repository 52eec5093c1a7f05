"""Move one of the caller's own visits to the slot that was offered."""

from dataclasses import dataclass, replace
from uuid import UUID

from marcai.clinics.actor import Actor
from marcai.scheduling.appointment import AppointmentId
from marcai.scheduling.bookings import reschedule as move_visit
from marcai.scheduling.errors import MoveNotAllowed
from marcai.scheduling.requests import Moved, MoveRequest, Refusal, WhyNot
from marcai.scheduling.slots import Slot
from marcai.tools.allowed import NotAllowed, NotPossible, visit_to_change
from marcai.tools.unit import ToolUnit


@dataclass(frozen=True, slots=True)
class RescheduleArgs:
    """Which visit, to which slot; `hold_id` is the hold under which the slot was offered."""

    appointment_id: AppointmentId
    slot: Slot
    hold_id: UUID | None = None
    reason: str | None = None
    source: str = "conversation"
    channel: str | None = None


async def reschedule(unit: ToolUnit, actor: Actor, args: RescheduleArgs) -> Moved | Refusal | NotPossible | NotAllowed:
    """Book the new visit and cancel the old one in one step; on any refusal the old visit stands."""
    visit = await visit_to_change(unit, actor, args.appointment_id)
    if isinstance(visit, NotAllowed):
        return visit
    wanted = MoveRequest(
        appointment_id=args.appointment_id,
        start=args.slot.start,
        end=args.slot.end,
        by=actor.label,
        provider_id=args.slot.provider_id,
        appointment_type_id=args.slot.appointment_type_id,
        location_id=args.slot.location_id,
        room_id=args.slot.room_id,
        hold_id=args.hold_id,
        reason=args.reason,
        source=args.source,
        channel=args.channel,
    )
    try:
        moved = await move_visit(unit, wanted)
        if isinstance(moved, Refusal) and moved.why is WhyNot.HOLD_GONE:
            # The offer ran out while the patient thought; the slot itself may still be free.
            moved = await move_visit(unit, replace(wanted, hold_id=None))
    except MoveNotAllowed:
        return NotPossible(visit.status)
    return moved
