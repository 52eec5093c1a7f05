"""Webhook subscriptions, their secrets sealed with the clinic's key. The rest of the port stands in `webhook_queues.py`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, insert, select, update

from marcai.backends.postgres.keys import SubjectKeys
from marcai.backends.postgres.webhook_queues import WebhookQueues
from marcai.backends.postgres.webhook_tables import subscriptions
from marcai.kit.sealing import place
from marcai.notifications.ports import NewSubscription
from marcai.notifications.webhook import Secret, Subscription, WhyInactive

s = subscriptions.c
NEWEST_EVENT = "SELECT coalesce(max(seq), 0) FROM outbox WHERE organisation_id = $1"


@dataclass(slots=True)
class PostgresWebhooks(WebhookQueues):
    """The webhooks of one transaction's clinic."""

    keys: SubjectKeys

    async def add(self, new: NewSubscription) -> Subscription:
        unit = self.transaction
        id_ = unit.new_id()
        row = await unit.row(
            insert(subscriptions)
            .values(
                organisation_id=unit.organisation_id,
                id=id_,
                url=new.url,
                secrets=await self._sealed(id_, new.secrets),
                event_types=list(new.event_types),
                description=new.description,
                metadata=new.metadata,
                begins_after=await unit.driver.fetchval(NEWEST_EVENT, unit.organisation_id),
                is_active=True,
                created_at=unit.now,
                updated_at=unit.now,
            )
            .returning(subscriptions)
        )
        return await self._subscription(row or {})

    async def get(self, subscription_id: UUID) -> Subscription | None:
        row = await self.transaction.row(select(subscriptions).where(self._is(subscription_id)))
        return None if row is None else await self._subscription(row)

    async def lock(self, subscription_id: UUID) -> Subscription | None:
        row = await self.transaction.row(select(subscriptions).where(self._is(subscription_id)).with_for_update())
        return None if row is None else await self._subscription(row)

    async def page(self, *, limit: int, after: int | None = None) -> list[Subscription]:
        mine = and_(s.organisation_id == self.transaction.organisation_id, s.seq > (after or 0))
        return [
            await self._subscription(row)
            for row in await self.transaction.rows(select(subscriptions).where(mine).order_by(s.seq).limit(limit))
        ]

    async def active(self) -> list[Subscription]:
        mine = and_(s.organisation_id == self.transaction.organisation_id, s.is_active)
        return [await self._subscription(row) for row in await self.transaction.rows(select(subscriptions).where(mine).order_by(s.seq))]

    async def change(self, subscription_id: UUID, fields: Mapping[str, Any]) -> Subscription | None:
        values = dict(fields) | {"updated_at": self.transaction.now}
        if "secrets" in values:
            values["secrets"] = await self._sealed(subscription_id, values["secrets"])
        if "event_types" in values:
            values["event_types"] = list(values["event_types"])
        row = await self.transaction.row(update(subscriptions).where(self._is(subscription_id)).values(values).returning(subscriptions))
        return None if row is None else await self._subscription(row)

    def _is(self, subscription_id: UUID) -> ColumnElement[bool]:
        return and_(s.organisation_id == self.transaction.organisation_id, s.id == subscription_id)

    async def _sealed(self, subscription_id: UUID, secrets: tuple[Secret, ...]) -> bytes:
        written = json.dumps([[it.text, it.ends_at.isoformat() if it.ends_at else None] for it in secrets])
        return (await self.keys.of_clinic()).seal_text(written, _place(subscription_id))

    async def _subscription(self, row: Mapping[Any, Any]) -> Subscription:
        written = (await self.keys.of_clinic()).open_text(row["secrets"], _place(row["id"]))
        return Subscription(
            id=row["id"],
            seq=row["seq"],
            url=row["url"],
            secrets=tuple(Secret(text, datetime.fromisoformat(ends) if ends else None) for text, ends in json.loads(written)),
            event_types=tuple(row["event_types"]),
            description=row["description"],
            metadata=row["metadata"],
            begins_after=row["begins_after"],
            is_active=row["is_active"],
            why_inactive=WhyInactive(row["why_inactive"]) if row["why_inactive"] else None,
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            failing_since=row["failing_since"],
            paused_until=row["paused_until"],
        )


def _place(subscription_id: UUID) -> bytes:
    return place("webhook_subscriptions", "secrets", subscription_id)
