"""Book the slot that was offered: confirmed for a patient who is known, requested for a stranger."""

from dataclasses import dataclass, replace
from uuid import UUID

from marcai.clinics.actor import Actor, Caller, IdentityLevel
from marcai.clinics.may import Deed, may
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.bookings import book as book_visit
from marcai.scheduling.holds import get_hold, hold_slot
from marcai.scheduling.patient import PatientId
from marcai.scheduling.requests import BookingRequest, HoldRequest, Refusal, WhyNot
from marcai.scheduling.slots import Slot
from marcai.tools.allowed import Denial, NotAllowed, Stranger, denial, patient_of
from marcai.tools.hold_offer import OFFER_LIFETIME
from marcai.tools.register import write_down
from marcai.tools.unit import ToolUnit


@dataclass(frozen=True, slots=True)
class BookArgs:
    """What is booked: a slot, a hold, or (best) both; with both, a hold that is gone does no harm while the slot is free.

    `stranger` is needed when the caller is nobody's record yet. `reason` is the patient's word for why, kept as a note of the visit.
    """

    slot: Slot | None = None
    hold_id: UUID | None = None
    reason: str | None = None
    source: str = "conversation"
    channel: str | None = None
    stranger: Stranger | None = None


async def book(unit: ToolUnit, actor: Actor, args: BookArgs) -> Appointment | Refusal | NotAllowed:
    """Book for the caller; the appointment names the patient, who is a new prospective one where the caller was a stranger."""
    patient_id = patient_of(actor)
    if not may(actor, Deed.BOOK, patient_id) and not may(actor, Deed.REQUEST, patient_id):
        return denial(actor)
    slot, hold_id = args.slot, args.hold_id
    if slot is None:
        held = await get_hold(unit, hold_id) if hold_id is not None else None
        if held is None:
            return Refusal(WhyNot.HOLD_GONE)
        slot = held.slot
    if patient_id is not None and may(actor, Deed.BOOK, patient_id):
        status = Status.CONFIRMED if await _is_known(unit, actor, patient_id) else Status.REQUESTED
        return await _book(unit, actor, args, slot, patient_id=patient_id, status=status)
    if args.stranger is None:
        return NotAllowed(Denial.NO_PATIENT)
    provider = (await unit.setup()).providers.get(slot.provider_id)
    if provider is not None and not provider.is_accepting_new_patients:
        return Refusal(WhyNot.NOT_OFFERED, slot.start, slot.provider_id)
    return await _book_for_stranger(unit, actor, args, slot, args.stranger)


async def _is_known(unit: ToolUnit, actor: Actor, patient_id: PatientId) -> bool:
    """Say whether who they are was proved, or the channel matched a record that is not merely their own word."""
    if not isinstance(actor, Caller) or actor.level >= IdentityLevel.IDENTIFIED:
        return True
    patient = await unit.patients.get(patient_id)
    return patient is not None and not patient.is_prospective


async def _book(
    unit: ToolUnit, actor: Actor, args: BookArgs, slot: Slot, *, patient_id: PatientId, status: Status
) -> Appointment | Refusal:
    wanted = BookingRequest(
        patient_id=patient_id,
        provider_id=slot.provider_id,
        appointment_type_id=slot.appointment_type_id,
        location_id=slot.location_id,
        start=slot.start,
        end=slot.end,
        by=actor.label,
        status=status,
        source=args.source,
        channel=args.channel or (actor.channel if isinstance(actor, Caller) else None),
        room_id=slot.room_id,
        hold_id=args.hold_id,
        notes=args.reason,
    )
    booked = await book_visit(unit, wanted)
    if isinstance(booked, Refusal) and booked.why is WhyNot.HOLD_GONE and args.slot is not None and args.hold_id is not None:
        # The offer ran out while the patient thought; the slot itself may still be free.
        return await book_visit(unit, replace(wanted, hold_id=None))
    return booked


async def _book_for_stranger(unit: ToolUnit, actor: Actor, args: BookArgs, slot: Slot, stranger: Stranger) -> Appointment | Refusal:
    """Hold first, so that no record is made for a visit that cannot be had."""
    held = await get_hold(unit, args.hold_id) if args.hold_id is not None else None
    if held is None:
        kept = await hold_slot(unit, HoldRequest(slot=slot, lifetime=OFFER_LIFETIME, holder=actor.label))
        if isinstance(kept, Refusal):
            return kept
        held = kept
    patient = await write_down(unit, stranger)
    booked = await _book(unit, actor, replace(args, hold_id=held.id), slot, patient_id=patient.id, status=Status.REQUESTED)
    if isinstance(booked, Refusal):
        await unit.patients.change(patient.id, {"is_active": False})
    return booked
