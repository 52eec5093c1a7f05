"""`/v1/scheduling/webhooks`: who is told of what, the history of the telling, and what was given up."""

import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BeforeValidator, Field, WithJsonSchema

from marcai.api.scheduling.bodies import named
from marcai.api.scheduling.cursors import cursor_of, sequence
from marcai.api.scheduling.shapes import Page, Shape
from marcai.clinics.actor import Machine
from marcai.doorway.fields import Body, Line, Metadata, RawRef
from marcai.doorway.identity import scope
from marcai.doorway.services import Door, the_door
from marcai.kit.ids import MalformedId, parse_id
from marcai.ledger.events import AuditEntry
from marcai.notifications import subscriptions
from marcai.notifications.webhook import MESSAGE_PREFIX, Attempt, Delivery, DeliveryStatus, Subscription

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
The = Annotated[Door, Depends(the_door)]
Reader = Annotated[Machine, Depends(scope("read:webhooks"))]
Writer = Annotated[Machine, Depends(scope("write:webhooks"))]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=400)]
Url = Annotated[str, Field(min_length=1, max_length=2048)]
SecretText = Annotated[str, Field(max_length=1000, description="32 characters or more; `whsec_` and base64, or any other text")]
EventTypes = Annotated[list[Annotated[str, Field(max_length=100)]], Field(min_length=1, max_length=50)]


def _message(value: object) -> UUID:
    try:
        return parse_id(str(value), MESSAGE_PREFIX)
    except MalformedId as error:
        raise ValueError("must be a valid ID") from error


DeadLetterRef = Annotated[
    UUID, BeforeValidator(_message), WithJsonSchema({"type": "string", "description": "a dead letter's id, or its `webhook_id`"})
]


class WebhookCreate(Body):
    """Who wants to be told, and of what. Without a `secret`, one is made."""

    url: Url
    event_types: EventTypes
    secret: SecretText | None = None
    description: Line | None = None
    metadata: Metadata = Field(default_factory=dict)


class WebhookUpdate(Body):
    """What changes. A new `secret` signs beside the old one for 24 hours; `is_active` switches off and on."""

    url: Url | None = None
    event_types: EventTypes | None = None
    secret: SecretText | None = None
    description: Line | None = None
    metadata: Metadata | None = None
    is_active: bool | None = None


class WebhookShape(Shape):
    """A subscription, without its secret."""

    id: UUID
    url: str
    event_types: list[str]
    description: str | None
    metadata: dict[str, Any]
    is_active: bool
    why_inactive: str | None
    failing_since: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, it: Subscription) -> "WebhookShape":
        """Show a subscription."""
        return cls(**_members(it))


class NewWebhookShape(WebhookShape):
    """A subscription with the secret that signs from now on. It is shown this once."""

    secret: str

    @classmethod
    def of(cls, it: Subscription) -> "NewWebhookShape":
        """Show a subscription and its newest secret."""
        return cls(**_members(it), secret=it.secrets[0].text)


class AttemptShape(Shape):
    """One try."""

    at: datetime
    status_code: int | None
    error: str | None
    duration_ms: int

    @classmethod
    def of(cls, it: Attempt) -> "AttemptShape":
        """Show an attempt."""
        return cls(at=it.at, status_code=it.status_code, error=it.error, duration_ms=it.duration_ms)


class DeliveryShape(Shape):
    """What became of one event for one subscription. `webhook_id` is the header of every attempt."""

    id: UUID
    webhook_id: str
    subscription_id: UUID
    event_type: str
    status: str
    attempt_count: int
    attempts: list[AttemptShape]
    last_status_code: int | None
    last_error: str | None
    next_attempt_at: datetime | None
    created_at: datetime
    delivered_at: datetime | None

    @classmethod
    def of(cls, it: Delivery) -> "DeliveryShape":
        """Show a delivery."""
        return cls(
            **_delivery_members(it),
            status=it.status.value,
            attempts=[AttemptShape.of(attempt) for attempt in it.attempts],
            next_attempt_at=it.due_at if it.status is DeliveryStatus.PENDING else None,
            delivered_at=it.finished_at if it.status is DeliveryStatus.DELIVERED else None,
        )


class DeadLetterShape(Shape):
    """An event that was given up. `reason` is exhausted, gone, failing, switched_off or deleted."""

    id: UUID
    webhook_id: str
    subscription_id: UUID
    event_type: str
    payload: dict[str, Any]
    reason: str | None
    attempt_count: int
    last_status_code: int | None
    last_error: str | None
    created_at: datetime
    failed_at: datetime | None

    @classmethod
    def of(cls, it: Delivery) -> "DeadLetterShape":
        """Show a dead letter."""
        return cls(**_delivery_members(it), payload=json.loads(it.body), reason=it.why_dead, failed_at=it.finished_at)


def _members(it: Subscription) -> dict[str, Any]:
    return {
        "id": it.id,
        "url": it.url,
        "event_types": list(it.event_types),
        "description": it.description,
        "metadata": it.metadata,
        "is_active": it.is_active,
        "why_inactive": it.why_inactive,
        "failing_since": it.failing_since,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    }


def _delivery_members(it: Delivery) -> dict[str, Any]:
    last = it.attempts[-1] if it.attempts else None
    return {
        "id": it.id,
        "webhook_id": it.message_id,
        "subscription_id": it.subscription_id,
        "event_type": it.event_type,
        "attempt_count": len(it.attempts),
        "last_status_code": last.status_code if last else None,
        "last_error": last.error if last else None,
        "created_at": it.created_at,
    }


@router.post("", status_code=201, responses={400: {"description": "The secret is too short."}})
async def create(body: WebhookCreate, machine: Writer, door: The) -> NewWebhookShape:
    """Subscribe. The secret is in this answer and in no other."""
    door.withhold("secret")
    url = await subscriptions.checked_address(door.webhook_sender, body.url)
    wish = subscriptions.Wish(url, body.event_types, body.secret, body.description, body.metadata)
    async with door.unit(machine) as unit:
        made = await subscriptions.subscribe(unit, wish)
        await unit.commit()
    return NewWebhookShape.of(made)


@router.get("")
async def list_all(machine: Reader, door: The, limit: Limit = 20, cursor: Cursor = None) -> Page[WebhookShape]:
    """List subscriptions, inactive ones too."""
    async with door.unit(machine) as unit:
        found = await unit.webhooks.page(limit=limit + 1, after=sequence(cursor))
    page = found[:limit]
    return Page(items=[WebhookShape.of(one) for one in page], next_cursor=cursor_of(page[-1].seq) if len(found) > limit else None)


@router.get("/dead-letters")
async def list_dead_letters(
    machine: Reader, door: The, subscription_id: RawRef | None = None, limit: Limit = 20, cursor: Cursor = None
) -> Page[DeadLetterShape]:
    """List what was given up, the newest first."""
    found, further = await _deliveries(door, machine, subscription_id, DeliveryStatus.DEAD, limit, cursor)
    return Page(items=[DeadLetterShape.of(one) for one in found], next_cursor=further)


@router.post("/dead-letters/{dead_letter_id}/replay", responses={409: {"description": "It is not dead, or its webhook is not active."}})
async def replay(dead_letter_id: DeadLetterRef, machine: Writer, door: The) -> DeliveryShape:
    """Send a dead letter again, under the same `webhook-id`, with its whole schedule before it."""
    async with door.unit(machine) as unit:
        revived = await subscriptions.replay(unit, dead_letter_id)
        await unit.commit()
    return DeliveryShape.of(revived)


@router.get("/{webhook_id}")
async def get(webhook_id: RawRef, machine: Reader, door: The) -> WebhookShape:
    """Return one subscription."""
    async with door.unit(machine) as unit:
        return WebhookShape.of(await subscriptions.present(unit, webhook_id))


@router.put("/{webhook_id}", responses={400: {"description": "The secret is too short."}})
async def change(webhook_id: RawRef, body: WebhookUpdate, machine: Writer, door: The) -> WebhookShape:
    """Change the members that are named."""
    fields = {name: value for name, value in named(body).items() if value is not None or name == "description"}
    if body.url is not None:
        await subscriptions.checked_address(door.webhook_sender, body.url)
    async with door.unit(machine) as unit:
        changed = await subscriptions.change(unit, webhook_id, fields)
        await unit.commit()
    return WebhookShape.of(changed)


@router.delete("/{webhook_id}", status_code=204)
async def remove(webhook_id: RawRef, machine: Writer, door: The) -> None:
    """Unsubscribe: nothing more is sent."""
    async with door.unit(machine) as unit:
        await subscriptions.retire(unit, webhook_id)
        await unit.commit()


@router.post("/{webhook_id}/rotate-secret")
async def rotate(webhook_id: RawRef, machine: Writer, door: The) -> NewWebhookShape:
    """Make a new secret, shown this once. For 24 hours the old one signs beside it."""
    door.withhold("secret")
    async with door.unit(machine) as unit:
        rotated = await subscriptions.rotate(unit, webhook_id)
        await unit.commit()
    return NewWebhookShape.of(rotated)


@router.post("/{webhook_id}/test", responses={409: {"description": "The webhook is not active."}})
async def send_test(webhook_id: RawRef, machine: Writer, door: The) -> DeliveryShape:
    """Send a `webhook.test` event, whatever the subscription wants; its delivery can be followed in the history."""
    async with door.unit(machine) as unit:
        written = await subscriptions.send_test(unit, webhook_id)
        await unit.commit()
    return DeliveryShape.of(written)


@router.get("/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: RawRef, machine: Reader, door: The, status: DeliveryStatus | None = None, limit: Limit = 20, cursor: Cursor = None
) -> Page[DeliveryShape]:
    """List what was sent to one subscription, the newest first, with every attempt."""
    found, further = await _deliveries(door, machine, webhook_id, status, limit, cursor, must_exist=True)
    return Page(items=[DeliveryShape.of(one) for one in found], next_cursor=further)


async def _deliveries(
    door: Door,
    machine: Machine,
    subscription_id: UUID | None,
    status: DeliveryStatus | None,
    limit: int,
    cursor: str | None,
    *,
    must_exist: bool = False,
) -> tuple[list[Delivery], str | None]:
    before = sequence(cursor)
    async with door.unit(machine) as unit:
        if subscription_id is not None and must_exist:
            await subscriptions.present(unit, subscription_id)
        found = await unit.webhooks.deliveries(subscription_id=subscription_id, status=status, limit=limit + 1, before=before)
        # Payloads name patients by their ids.
        unit.audit(AuditEntry("list", "webhook_delivery", subscription_id))
        await unit.commit()
    page = found[:limit]
    return page, cursor_of(page[-1].seq) if len(found) > limit else None
