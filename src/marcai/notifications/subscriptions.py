"""Subscribing to webhooks: made, changed, switched off, tried out, replayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marcai.ledger.events import AuditEntry
from marcai.ledger.jobs import Job
from marcai.notifications.errors import (
    BadAddress,
    NoSuchDeadLetter,
    NoSuchSubscription,
    NotDead,
    SubscriptionInactive,
    UnknownEventType,
)
from marcai.notifications.ports import NewSubscription, Sender, WebhookUnit
from marcai.notifications.signing import checked_secret, new_secret
from marcai.notifications.webhook import (
    EVENT_TYPES,
    OVERLAP,
    TEST_EVENT,
    Delivery,
    NewDelivery,
    Secret,
    Subscription,
    WhyInactive,
    body_of,
)

QUEUE, TASK = "webhooks", "deliver_webhooks"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscriber asks for; a secret is made when none is given."""

    url: str
    event_types: Sequence[str]
    secret: str | None = None
    description: str | None = None
    metadata: dict[str, Any] | None = None


def delivery_job(unit: WebhookUnit, subscription_id: UUID, *, is_failing: bool = False) -> Job:
    """Return the job that delivers what is due to an endpoint. Those that fail give way to those that work."""
    ids = {"organisation_id": unit.organisation_id, "subscription_id": subscription_id}
    return Job(QUEUE, TASK, ids, urgency=-1 if is_failing else 0)


def checked_types(event_types: Sequence[str]) -> tuple[str, ...]:
    """Return the types once each.

    Raises:
        UnknownEventType: one is not ours, or there is none.
    """
    if not event_types:
        raise UnknownEventType("must name at least one event type")
    if any(kind not in EVENT_TYPES for kind in event_types):
        raise UnknownEventType(f"must be among {', '.join(EVENT_TYPES)}")
    return tuple(dict.fromkeys(event_types))


async def checked_address(sender: Sender, url: str) -> str:
    """Return the address, if something may be sent there. Ask before a unit of work is opened: names are looked up.

    Raises:
        BadAddress: why not.
    """
    refusal = await sender.refusal(url)
    if refusal is not None:
        raise BadAddress(refusal)
    return url


async def subscribe(unit: WebhookUnit, wish: Wish) -> Subscription:
    """Write a subscription whose address was checked. Its secret can be read from what is returned, and never again.

    Raises:
        UnknownEventType, WeakSecret: see there.
    """
    secret = new_secret() if wish.secret is None else checked_secret(wish.secret)
    made = await unit.webhooks.add(
        NewSubscription(wish.url, (Secret(secret),), checked_types(wish.event_types), wish.description, wish.metadata or {})
    )
    unit.audit(AuditEntry("create", "webhook", made.id))
    return made


async def change(unit: WebhookUnit, subscription_id: UUID, fields: dict[str, Any]) -> Subscription:
    """Set what the fields name: url, secret, event_types, description, metadata, is_active.

    A new secret signs beside the old one for 24 hours. One that is switched on again begins without its past.

    Raises:
        NoSuchSubscription, UnknownEventType, WeakSecret: see there.
    """
    subscription = await _there(unit, subscription_id)
    changes: dict[str, Any] = {name: fields[name] for name in ("url", "description", "metadata") if name in fields}
    if "event_types" in fields:
        changes["event_types"] = checked_types(fields["event_types"])
    if "secret" in fields:
        changes["secrets"] = _rotated(unit, subscription, checked_secret(fields["secret"]))
    if "is_active" in fields and fields["is_active"] != subscription.is_active:
        is_on = fields["is_active"]
        changes |= {"is_active": is_on, "why_inactive": None if is_on else WhyInactive.SWITCHED_OFF, "failing_since": None}
    if "url" in changes or changes.get("is_active"):
        changes |= {"failing_since": None, "paused_until": None}
    changed = await unit.webhooks.change(subscription_id, changes)
    unit.audit(AuditEntry("change", "webhook", subscription_id, detail={"fields": sorted(fields)}))
    if changed is None:
        raise NoSuchSubscription(subscription_id)
    # What waits goes out at once, or is given up.
    await unit.jobs.defer(delivery_job(unit, subscription_id))
    return changed


async def rotate(unit: WebhookUnit, subscription_id: UUID) -> Subscription:
    """Make a new secret, which signs beside the old one for 24 hours, and return the subscription with it.

    Raises:
        NoSuchSubscription: see there.
    """
    return await change(unit, subscription_id, {"secret": new_secret()})


def _rotated(unit: WebhookUnit, subscription: Subscription, secret: str) -> tuple[Secret, ...]:
    ends = unit.now + OVERLAP
    old = [
        Secret(it.text, ends if it.ends_at is None else it.ends_at)
        for it in subscription.secrets
        if it.text != secret and (it.ends_at is None or it.ends_at > unit.now)
    ]
    return (Secret(secret), *old)


async def retire(unit: WebhookUnit, subscription_id: UUID) -> None:
    """Delete a subscription softly: nothing is sent to it any more, and what waited is given up.

    Raises:
        NoSuchSubscription: it is not there, or was deleted before.
    """
    await _there(unit, subscription_id)
    await unit.webhooks.change(subscription_id, {"is_active": False, "why_inactive": WhyInactive.DELETED})
    await unit.webhooks.bury(subscription_id, WhyInactive.DELETED)
    unit.audit(AuditEntry("delete", "webhook", subscription_id))


async def present(unit: WebhookUnit, subscription_id: UUID) -> Subscription:
    """Return a subscription, deleted ones too.

    Raises:
        NoSuchSubscription: see there.
    """
    found = await unit.webhooks.get(subscription_id)
    if found is None:
        raise NoSuchSubscription(subscription_id)
    return found


async def send_test(unit: WebhookUnit, subscription_id: UUID) -> Delivery:
    """Let a test event go out to one subscription, signed and delivered as any other.

    Raises:
        NoSuchSubscription, SubscriptionInactive: see there.
    """
    subscription = await _there(unit, subscription_id)
    if not subscription.is_active:
        raise SubscriptionInactive("Nothing is sent to a webhook that is not active.")
    body = body_of(TEST_EVENT, unit.now, {"subscription_id": str(subscription_id)})
    # Its own subject: it waits for nothing, and nothing waits for it.
    (delivery_id,) = await unit.webhooks.enqueue([NewDelivery(subscription_id, TEST_EVENT, unit.new_id(), body, unit.now)])
    unit.audit(AuditEntry("test", "webhook", subscription_id))
    await unit.jobs.defer(delivery_job(unit, subscription_id))
    written = await unit.webhooks.delivery(delivery_id)
    if written is None:
        raise NoSuchDeadLetter(delivery_id)
    return written


async def replay(unit: WebhookUnit, delivery_id: UUID) -> Delivery:
    """Let a dead letter go out again, under the same `webhook-id`, with its whole schedule before it.

    Raises:
        NoSuchDeadLetter, NotDead, SubscriptionInactive: see there.
    """
    delivery = await unit.webhooks.delivery(delivery_id)
    if delivery is None:
        raise NoSuchDeadLetter(delivery_id)
    subscription = await unit.webhooks.lock(delivery.subscription_id)
    if subscription is None or not subscription.is_active:
        raise SubscriptionInactive("Nothing is sent to a webhook that is not active.")
    revived = await unit.webhooks.revive(delivery_id, unit.now)
    if revived is None:
        raise NotDead("Only a delivery that was given up can be replayed.")
    unit.audit(AuditEntry("replay", "webhook_delivery", delivery_id))
    await unit.jobs.defer(delivery_job(unit, delivery.subscription_id))
    return revived


async def _there(unit: WebhookUnit, subscription_id: UUID) -> Subscription:
    subscription = await unit.webhooks.lock(subscription_id)
    if subscription is None or subscription.why_inactive is WhyInactive.DELETED:
        raise NoSuchSubscription(subscription_id)
    return subscription
