"""A clinic's webhooks: who subscribes to what, and what became of each delivery. Values only."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from marcai.ledger.outbox import OutboxRow

EVENT_TYPES = (
    "appointment.created",
    "appointment.confirmed",
    "appointment.cancelled",
    "appointment.rescheduled",
    "appointment.completed",
    "appointment.no_show",
    "appointment.checked_in",
    "slot.released",
    "waitlist.offered",
    "conversation.handed_off",
)
TEST_EVENT = "webhook.test"
"""Sent when it is asked for, to one subscription, whatever it subscribes to."""
OVERLAP = timedelta(hours=24)
MESSAGE_PREFIX = "msg"


class WhyInactive(StrEnum):
    """Why nothing is sent to a subscription."""

    SWITCHED_OFF = "switched_off"
    DELETED = "deleted"
    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """Nothing but failures for five days."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What signs, until it ends; the newest one does not."""

    text: str = field(repr=False)
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """An endpoint and the types of events that it wants.

    `secrets` bears the newest first. Events of the outbox up to the sequence `begins_after` happened before it, and are not sent.
    """

    id: UUID
    seq: int
    url: str
    secrets: tuple[Secret, ...] = field(repr=False)
    event_types: tuple[str, ...]
    description: str | None
    metadata: dict[str, Any]
    begins_after: int
    is_active: bool
    why_inactive: WhyInactive | None
    created_at: datetime
    updated_at: datetime
    failing_since: datetime | None = None
    paused_until: datetime | None = None

    def secrets_at(self, moment: datetime) -> list[str]:
        """Return the secrets that sign at that moment."""
        return [secret.text for secret in self.secrets if secret.ends_at is None or moment < secret.ends_at]


class DeliveryStatus(StrEnum):
    """Where a delivery stands. Dead is not for ever: a dead letter can be replayed."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: the endpoint's status, or what kept us from getting one."""

    at: datetime
    status_code: int | None
    error: str | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one subscription. `tries` are those since it was written or replayed; `attempts` are all of them."""

    id: UUID
    seq: int
    subscription_id: UUID
    event_type: str
    subject_id: UUID
    body: str = field(repr=False)
    status: DeliveryStatus
    tries: int
    attempts: tuple[Attempt, ...]
    due_at: datetime
    created_at: datetime
    why_dead: str | None = None
    finished_at: datetime | None = None
    replayed_at: datetime | None = None

    @property
    def message_id(self) -> str:
        """Return the `webhook-id`: the same at each attempt, without a dot."""
        return f"{MESSAGE_PREFIX}_{self.id.hex}"


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be written."""

    subscription_id: UUID
    event_type: str
    subject_id: UUID
    body: str
    due_at: datetime


def body_of(kind: str, at: datetime, payload: dict[str, Any]) -> str:
    """Return what is sent: type, time and the thin payload of the event."""
    timestamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"type": kind, "timestamp": timestamp, "data": payload}, ensure_ascii=False, separators=(",", ":"))


def body_of_row(row: OutboxRow) -> str:
    """Return what is sent about an event of the outbox."""
    return body_of(row.kind, row.created_at, row.payload)
