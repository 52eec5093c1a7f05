"""Hand a talk over to staff."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from marcai.clinics.actor import Actor
from marcai.ledger.events import AuditEntry, OutboxEvent
from marcai.tools.allowed import patient_of
from marcai.tools.unit import ToolUnit


class HandOverReason(StrEnum):
    """Why staff take over."""

    PATIENT_REQUEST = "patient_request"
    FRUSTRATED = "frustrated"
    MEDICAL_QUESTION = "medical_question"
    EMERGENCY = "emergency"
    BILLING = "billing"
    REGISTRATION_ERROR = "registration_error"
    IDENTITY_NOT_PROVEN = "identity_not_proven"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class HandOverArgs:
    """Which talk, why, and a line for staff; the line stays with the talk and never enters the outbox."""

    conversation_id: UUID
    reason: HandOverReason
    summary: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The talk is with staff. `phone` is the clinic's own number."""

    reason: HandOverReason
    summary: str
    phone: str | None


async def hand_over(unit: ToolUnit, actor: Actor, args: HandOverArgs) -> HandedOver:
    """Tell staff that the talk is theirs: `conversation.handed_off` goes into the outbox. Anybody may ask for a human being."""
    setup = await unit.setup()
    unit.emit(
        OutboxEvent(
            "conversation.handed_off",
            args.conversation_id,
            {"conversation_id": str(args.conversation_id), "reason": args.reason.value, "patient_id": _text(patient_of(actor))},
        )
    )
    unit.audit(AuditEntry("hand_over", "conversation", args.conversation_id, patient_of(actor), {"reason": args.reason.value}))
    return HandedOver(args.reason, args.summary, setup.organisation.phone)


def _text(id_: UUID | None) -> str | None:
    return None if id_ is None else str(id_)
