"""Keep a slot while it is offered, and let it go when it is refused."""

from datetime import timedelta
from uuid import UUID

from marcai.clinics.actor import Actor
from marcai.clinics.may import Deed, may
from marcai.scheduling.appointment import AppointmentId
from marcai.scheduling.holds import hold_slot, release_hold
from marcai.scheduling.requests import Hold, HoldRequest, Refusal
from marcai.scheduling.slots import Slot
from marcai.tools.allowed import NotAllowed, denial, patient_of, visit_to_change
from marcai.tools.unit import ToolUnit

OFFER_LIFETIME = timedelta(minutes=5)
"""How long an offer stands before its slot is anybody's again."""


async def hold(
    unit: ToolUnit,
    actor: Actor,
    slot: Slot,
    *,
    holder: str,
    moving: AppointmentId | None = None,
    replaces: frozenset[UUID] = frozenset(),
) -> Hold | Refusal | NotAllowed:
    """Keep the slot for five minutes in the holder's name, in place of the holds that it `replaces`.

    `holder` labels the talk; `moving` is the visit that the slot would replace, whose own time may be overlapped.
    """
    if not may(actor, Deed.REQUEST):
        return denial(actor)
    if moving is not None and isinstance(refused := await visit_to_change(unit, actor, moving), NotAllowed):
        return refused
    return await hold_slot(
        unit,
        HoldRequest(slot=slot, lifetime=OFFER_LIFETIME, holder=holder, patient_id=patient_of(actor), moving=moving, replaces=replaces),
    )


async def release(unit: ToolUnit, actor: Actor, hold_id: UUID) -> bool:
    """Let a hold go; False when it was gone already, or the actor may hold nothing."""
    return may(actor, Deed.REQUEST) and await release_hold(unit, hold_id)
