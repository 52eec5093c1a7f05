"""Slots that are kept for a while: while they are offered, or while somebody fills in a form."""

from uuid import UUID

from marcai.scheduling.ports import SchedulingUnit
from marcai.scheduling.requests import Hold, HoldRequest, Refusal


async def hold_slot(unit: SchedulingUnit, request: HoldRequest) -> Hold | Refusal:
    """Keep a slot until the hold's time is over."""
    raise NotImplementedError


async def release_hold(unit: SchedulingUnit, hold_id: UUID) -> bool:
    """Let a hold go."""
    raise NotImplementedError


async def get_hold(unit: SchedulingUnit, hold_id: UUID) -> Hold | None:
    """Return a hold that still stands."""
    raise NotImplementedError
