"""Every refusal that leaves Marcaí, in one catalogue, rendered in the tongue of the surface that was asked.

A door raises `Refused` with a kind of the catalogue, or lets a room's own error through: `kind_of` knows them all.
What is rendered bears ids and rules, never what a patient said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marcai.clinics.errors import AddressTaken, ClinicError, SlugTaken
from marcai.conversation.engine import TooManyReplays
from marcai.kit.errors import MarcaiError
from marcai.kit.ids import MalformedId
from marcai.ledger.errors import IdempotencyInFlight, IdempotencyKeyReused, StoreUnavailable
from marcai.notifications.errors import (
    BadAddress,
    NoSuchDeadLetter,
    NoSuchSubscription,
    NotDead,
    NotificationError,
    SubscriptionInactive,
    UnknownEventType,
    WeakSecret,
)
from marcai.scheduling.errors import MoveNotAllowed, NotFound, RoomTaken, SchedulingError, Unacceptable, VersionConflict
from marcai.scheduling.requests import Refusal, WhyNot

DOCUMENTATION = "https://marcai.dev/errors/"


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the catalogue.

    `specific` is the code of Mivicall's list and our own, `general` that of Max AI's list, `shout` that of `/api/*`.
    """

    specific: str
    status: int
    general: str
    title: str
    shout: str


def _kind(specific: str, status: int, general: str, title: str, shout: str | None = None) -> Kind:
    return Kind(specific, status, general, title, shout or specific.upper())


CATALOGUE: Mapping[str, Kind] = {
    kind.specific: kind
    for kind in (
        _kind("bad_request", 400, "bad_request", "Malformed request", "INVALID_REQUEST"),
        _kind("invalid_api_key", 401, "unauthorized", "Missing or invalid API key", "UNAUTHORIZED"),
        _kind("expired_api_key", 401, "unauthorized", "Expired API key", "UNAUTHORIZED"),
        _kind("malformed_auth_header", 401, "unauthorized", "Malformed Authorization header", "UNAUTHORIZED"),
        _kind("insufficient_scope", 403, "forbidden", "Insufficient scope", "FORBIDDEN"),
        _kind("tenant_inactive", 403, "forbidden", "Clinic is not active", "FORBIDDEN"),
        _kind("no_org_context", 403, "forbidden", "No clinic in this credential", "FORBIDDEN"),
        _kind("wrong_organization", 403, "forbidden", "The key belongs to another clinic", "FORBIDDEN"),
        _kind("not_found", 404, "not_found", "Not found"),
        _kind("appointment_not_found", 404, "not_found", "Appointment not found"),
        _kind("patient_not_found", 404, "not_found", "Patient not found"),
        _kind("provider_not_found", 404, "not_found", "Provider not found"),
        _kind("professional_not_found", 404, "not_found", "Professional not found"),
        _kind("service_not_found", 404, "not_found", "Service not found"),
        _kind("location_not_found", 404, "not_found", "Location not found"),
        _kind("room_not_found", 404, "not_found", "Room not found"),
        _kind("appointment_type_not_found", 404, "not_found", "Appointment type not found"),
        _kind("template_not_found", 404, "not_found", "Schedule template not found"),
        _kind("override_not_found", 404, "not_found", "Schedule override not found"),
        _kind("waitlist_entry_not_found", 404, "not_found", "Waitlist entry not found"),
        _kind("hold_not_found", 404, "not_found", "Hold not found"),
        _kind("webhook_not_found", 404, "not_found", "Webhook subscription not found"),
        _kind("dead_letter_not_found", 404, "not_found", "Dead letter not found"),
        _kind("conversation_not_found", 404, "not_found", "Conversation not found"),
        _kind("tenant_not_provisioned", 404, "not_found", "Clinic is not set up yet"),
        _kind("no_availability", 404, "not_found", "No availability"),
        _kind("method_not_allowed", 405, "bad_request", "Method not allowed", "INVALID_REQUEST"),
        _kind("not_acceptable", 406, "bad_request", "Not acceptable", "INVALID_REQUEST"),
        _kind("request_timeout", 408, "bad_request", "The request came too slowly"),
        _kind("slot_conflict", 409, "conflict", "Slot already taken", "SLOT_TAKEN"),
        _kind("patient_conflict", 409, "conflict", "The patient has another visit at that time"),
        _kind("status_transition", 409, "conflict", "Not allowed in this status"),
        _kind("version_conflict", 409, "conflict", "Changed by somebody else"),
        _kind("duplicate_idempotency", 409, "conflict", "Idempotency-Key was used for another request"),
        _kind("idempotency_in_flight", 409, "conflict", "A request with this Idempotency-Key is still running"),
        _kind("webhook_inactive", 409, "conflict", "The webhook is not active"),
        _kind("already_exists", 409, "conflict", "Already exists"),
        _kind("payload_too_large", 413, "bad_request", "Too large", "INVALID_REQUEST"),
        _kind("unsupported_media_type", 415, "bad_request", "Unsupported media type", "INVALID_REQUEST"),
        _kind("validation_failed", 422, "unprocessable", "Validation failed", "INVALID_REQUEST"),
        _kind("outside_hours", 422, "unprocessable", "Outside bookable hours"),
        _kind("rate_limit_exceeded", 429, "rate_limit_exceeded", "Too many requests", "RATE_LIMITED"),
        _kind("internal_error", 500, "internal_error", "Internal error"),
        _kind("upstream_failed", 502, "unavailable", "Something behind us failed"),
        _kind("unavailable", 503, "unavailable", "Temporarily unavailable"),
        _kind("transcriber_unavailable", 503, "unavailable", "No transcriber is installed"),
        _kind("upstream_timeout", 504, "unavailable", "Something behind us was late"),
    )
}


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one member of a request. Never quotes the value."""

    path: str
    message: str


class Refused(MarcaiError):
    """A request that is not carried out, with the catalogue's kind and a sentence for the one who asked."""

    def __init__(
        self,
        specific: str,
        detail: str | None = None,
        *,
        faults: Sequence[FieldFault] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        self.kind = CATALOGUE[specific]
        self.detail = detail or self.kind.title
        self.faults = tuple(faults)
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self.detail)


def invalid(path: str, message: str) -> Refused:
    """Return the refusal of one member of a request."""
    return Refused("validation_failed", f"{path}: {message}", faults=[FieldFault(path, message)])


def refused_time(refusal: Refusal) -> Refused:
    """Return the calendar's refusal as an HTTP one: 409 where somebody else is in the way, 422 where the rules are."""
    when = refusal.start.isoformat() if refusal.start else "that time"
    sentences = {
        WhyNot.TAKEN: f"Another patient holds {when} with this provider.",
        WhyNot.HELD: f"{when} is being held for somebody else.",
        WhyNot.PATIENT_BUSY: f"The patient has another visit that overlaps {when}.",
        WhyNot.ROOM_TAKEN: f"The room is taken at {when}.",
        WhyNot.DAY_FULL: f"The provider's daily limit is reached on {when[:10]}.",
        WhyNot.TOO_MANY_HOLDS: "Too many slots are held already.",
        WhyNot.HOLD_GONE: "The hold has expired, was released or is for another slot.",
        WhyNot.OUTSIDE_HOURS: f"{when} is outside the provider's hours.",
        WhyNot.BLOCKED: f"The provider is not available at {when}.",
        WhyNot.PAST: f"{when} has passed.",
        WhyNot.TOO_SOON: f"{when} is sooner than the clinic's notice allows.",
        WhyNot.BEYOND_HORIZON: f"{when} is further ahead than the clinic books.",
        WhyNot.TYPE_NOT_OFFERED: "The provider does not offer this appointment type then.",
        WhyNot.NOT_OFFERED: "The provider, type or location is not active.",
        WhyNot.EXCLUDED: "The request itself excludes that time.",
    }
    return Refused("slot_conflict" if refusal.is_conflict else "outside_hours", sentences[refusal.why])


_MEMBERS = {
    "start": "start_time",
    "end": "end_time",
    "duration": "duration_minutes",
    "default_duration": "default_appointment_duration_minutes",
    "buffer_between": "buffer_between_appointments_minutes",
    "buffer_before": "buffer_before_minutes",
    "buffer_after": "buffer_after_minutes",
    "max_daily": "max_daily_appointments",
    "lanes": "max_concurrent_appointments",
    "slot_length": "slot_minutes",
}
"""What the API calls a field of ours that bears another name."""


def refusal_of(error: MarcaiError) -> Refused:
    """Return any room's error as a refusal of the catalogue."""
    match error:
        case Refused():
            return error
        case SchedulingError():
            return _of_calendar(error)
        case NotificationError():
            return _of_webhook(error)
        case MalformedId():
            return Refused("validation_failed", "An id is malformed.")
        case SlugTaken() | AddressTaken():
            return Refused("already_exists", str(error))
        case ClinicError():
            return Refused("validation_failed", str(error))
        case IdempotencyInFlight():
            return Refused("idempotency_in_flight")
        case IdempotencyKeyReused():
            return Refused("duplicate_idempotency")
        case StoreUnavailable() | TooManyReplays():
            return Refused("unavailable", "This cannot be done right now; please try again shortly.", retry_after_seconds=2)
        case _:
            return Refused("internal_error")


def _of_calendar(error: SchedulingError) -> Refused:
    match error:
        case NotFound():
            specific = f"{error.kind}_not_found"
            return Refused(specific if specific in CATALOGUE else "not_found")
        case MoveNotAllowed():
            return Refused("status_transition", f"An appointment that is {error.status} cannot become {error.wanted}.")
        case VersionConflict():
            return Refused("version_conflict", f"The appointment is at version {error.version} now.")
        case RoomTaken():
            return Refused("slot_conflict", "The room is taken at that time.")
        case Unacceptable():
            return invalid(_MEMBERS.get(error.field, error.field), error.why)
        case _:
            return Refused("validation_failed", str(error))


def _of_webhook(error: NotificationError) -> Refused:
    match error:
        case WeakSecret():
            return Refused("bad_request", f"secret: {error}", faults=[FieldFault("secret", str(error))])
        case BadAddress():
            return invalid("url", str(error))
        case UnknownEventType():
            return invalid("event_types", str(error))
        case NoSuchSubscription():
            return Refused("webhook_not_found")
        case NoSuchDeadLetter():
            return Refused("dead_letter_not_found")
        case SubscriptionInactive():
            return Refused("webhook_inactive", str(error))
        case NotDead():
            return Refused("status_transition", str(error))
        case _:
            return Refused("validation_failed", str(error))


_PRACTICE_WORDS = {"provider_not_found": "professional_not_found", "appointment_type_not_found": "service_not_found"}
_PARTNER_WORDS = {"must be a valid ID": "must be a valid ID", "Field required": "is required"}


def in_words_of(path: str, refused: Refused) -> Refused:
    """Return the refusal in the words of the surface that this path belongs to.

    `/v1` calls providers professionals and appointment types services; on `/v3` a malformed id and a missing parameter are a 400.
    """
    specific = refused.kind.specific
    if path.startswith("/v1/") and not path.startswith("/v1/scheduling/"):
        return Refused(_PRACTICE_WORDS[specific]) if specific in _PRACTICE_WORDS else refused
    if path.startswith("/v3/") and specific == "validation_failed":
        for fault in refused.faults:
            if fault.message in _PARTNER_WORDS:
                return Refused("bad_request", f"'{fault.path}' {_PARTNER_WORDS[fault.message]}", faults=refused.faults)
    return refused


def problem_document(refused: Refused, request_id: str) -> dict[str, Any]:
    """Render for `/v1/scheduling`, `/v1` and `/v3`: RFC 9457 with the members that three seeds' readers look for."""
    kind = refused.kind
    document: dict[str, Any] = {
        "type": DOCUMENTATION + kind.specific,
        "title": kind.title,
        "status": kind.status,
        "detail": refused.detail,
        "error": kind.specific,
        "code": kind.general,
        "message": refused.detail,
        "requestId": request_id,
        "trace_id": request_id,
        "errors": [{"path": fault.path, "message": fault.message} for fault in refused.faults],
    }
    if refused.retry_after_seconds is not None:
        document["retryAfter"] = refused.retry_after_seconds
    return document


def api_error(refused: Refused, request_id: str) -> dict[str, Any]:
    """Render for `/api/*`: the form of seed 002."""
    return {"success": False, "error": {"code": refused.kind.shout, "message": refused.detail}, "requestId": request_id}
