"""Book the slot that was offered: confirmed for a patient who is known, requested for a stranger."""

from dataclasses import dataclass
from uuid import UUID

from marcai.clinics.actor import Actor, Caller, IdentityLevel
from marcai.clinics.may import Deed, may
from marcai.ledger.events import AuditEntry
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.bookings import book as book_visit
from marcai.scheduling.holds import get_hold
from marcai.scheduling.patient import PatientId
from marcai.scheduling.requests import BookingRequest, Refusal, WhyNot
from marcai.scheduling.slots import Slot
from marcai.tools.allowed import Denial, NotAllowed, Stranger, denial, patient_of
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
    raise NotImplementedError
