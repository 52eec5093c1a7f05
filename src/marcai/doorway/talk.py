"""How a conversation's answer is written as JSON, the same for every door that shows one."""

from typing import Any, Literal

from marcai.conversation.conversation import Reply
from marcai.kit.zones import zone
from marcai.scheduling.appointment import Appointment
from marcai.scheduling.setup import Setup

Channel = Literal["whatsapp", "sms", "phone", "web"]


def reply_members(reply: Reply, setup: Setup) -> dict[str, Any]:
    """Return the members of a conversation answer, times in the wall time of their location."""
    entities = reply.entities
    return {
        "conversation_id": reply.conversation_id,
        "turn": reply.turn,
        "language": reply.language,
        "state": reply.state,
        "intent": reply.intent,
        "entities": {
            "provider": {"id": entities.provider.id, "name": entities.provider.name, "score": round(entities.provider.score, 3)}
            if entities.provider
            else None,
            "specialty": entities.specialty,
            "appointment_type": {"id": entities.appointment_type.id, "name": entities.appointment_type.name}
            if entities.appointment_type
            else None,
            "date_from": entities.date_from,
            "date_to": entities.date_to,
            "time_from": f"{entities.time_from:%H:%M}" if entities.time_from else None,
            "time_to": f"{entities.time_to:%H:%M}" if entities.time_to else None,
            "reason": entities.reason,
        },
        "missing": list(reply.missing),
        "reply": reply.reply,
        "suggestions": list(reply.suggestions),
        "offer": _offer(reply, setup),
        "appointment": appointment_members(reply.appointment, setup) if reply.appointment else None,
        "handoff": {"reason": reply.handoff.reason, "summary": reply.handoff.summary} if reply.handoff else None,
    }


def _offer(reply: Reply, setup: Setup) -> dict[str, Any] | None:
    if reply.offer is None:
        return None
    slot = reply.offer.slot
    tz = zone(setup.locations[slot.location_id].timezone)
    return {
        "start_time": slot.start.astimezone(tz),
        "end_time": slot.end.astimezone(tz),
        "provider_id": slot.provider_id,
        "location_id": slot.location_id,
        "hold_id": reply.offer.hold_id,
        "expires_at": reply.offer.expires_at.astimezone(tz),
    }


def appointment_members(it: Appointment, setup: Setup) -> dict[str, Any]:
    """Return an appointment as `/v1/scheduling` and the conversation show it."""
    tz = zone(setup.locations[it.location_id].timezone)
    return {
        "id": it.id,
        "provider_profile_id": it.provider_id,
        "patient_id": it.patient_id,
        "appointment_type_id": it.appointment_type_id,
        "location_id": it.location_id,
        "room_id": it.room_id,
        "start_time": it.start.astimezone(tz).isoformat(),
        "end_time": it.end.astimezone(tz).isoformat(),
        "status": it.status,
        "source": it.source,
        "notes": it.notes,
        "internal_notes": it.internal_notes,
        "external_reference": it.external_reference,
        "metadata": it.metadata,
        "version": it.version,
        "status_history": [
            {"status": line.status, "at": line.at.astimezone(tz).isoformat(), "by": line.by, "reason": line.reason} for line in it.history
        ],
        "rescheduled_from": it.rescheduled_from,
        "rescheduled_to": it.rescheduled_to,
        "created_at": it.created_at.astimezone(tz).isoformat(),
    }
