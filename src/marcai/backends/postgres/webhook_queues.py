"""The queues of webhooks: a queue an endpoint, under a lease. Hot, and so in SQL.

An endpoint's row is locked by whoever leases, records or releases, so rounds of one endpoint never overlap in the database either. The head
of a subject is its first pending delivery; only heads are sent.
"""

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from marcai.backends.postgres.transaction import Transaction
from marcai.notifications.ports import Standing, Verdict
from marcai.notifications.webhook import Attempt, Delivery, DeliveryStatus, NewDelivery, Subscription

ENQUEUE = """
INSERT INTO webhook_deliveries
  (organisation_id, id, subscription_id, event_type, subject_id, body, status, tries, attempts, due_at, created_at)
SELECT $1, e.id, e.subscription_id, e.event_type, e.subject_id, e.body, 'pending', 0, '[]', e.due_at, $2
FROM ROWS FROM (jsonb_to_recordset($3::jsonb)
  AS (id uuid, subscription_id uuid, event_type text, subject_id uuid, body text, due_at timestamptz))
  WITH ORDINALITY AS e(id, subscription_id, event_type, subject_id, body, due_at, n) ORDER BY e.n
"""
LEASE = """
UPDATE webhook_subscriptions SET leased_until = $4, lease_holder = $3
WHERE organisation_id = $1 AND id = $2
  AND (lease_holder IS NULL OR lease_holder = $3 OR leased_until <= $5 OR leased_until > $6)
RETURNING *
"""
RECORD = """
WITH heard AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb)
    AS v(id uuid, tries integer, status text, due_at timestamptz, why_dead text, attempt jsonb)),
written AS (
  UPDATE webhook_deliveries d SET status = v.status, tries = v.tries + 1, due_at = v.due_at, why_dead = v.why_dead,
    attempts = d.attempts || jsonb_build_array(v.attempt), finished_at = CASE WHEN v.status = 'pending' THEN NULL ELSE $4::timestamptz END
  FROM heard v WHERE d.organisation_id = $1 AND d.id = v.id AND d.tries = v.tries AND d.status = 'pending')
UPDATE webhook_subscriptions SET failing_since = $5, paused_until = $6, is_active = is_active AND $7::text IS NULL,
  why_inactive = coalesce(why_inactive, $7::text)
WHERE organisation_id = $1 AND id = $2
"""
# A scalar subquery is looked up for each row until there are enough; an EXISTS is turned into a join with all that is pending.
IS_HEAD = """d.seq = (
  SELECT min(b.seq) FROM webhook_deliveries b WHERE b.organisation_id = d.organisation_id AND b.subscription_id = d.subscription_id
    AND b.subject_id = d.subject_id AND b.status = 'pending')"""
CLAIM = f"""
SELECT d.* FROM webhook_deliveries d
WHERE d.organisation_id = $1 AND d.subscription_id = $2 AND d.status = 'pending' AND d.due_at <= $3 AND {IS_HEAD}
ORDER BY d.due_at, d.seq LIMIT $4
"""
BURY = """
UPDATE webhook_deliveries SET status = 'dead', why_dead = $3, finished_at = $4
WHERE organisation_id = $1 AND subscription_id = $2 AND status = 'pending' RETURNING true
"""
NEXT_DUE = f"""
SELECT greatest(s.paused_until, (
  SELECT min(d.due_at) FROM webhook_deliveries d
  WHERE d.organisation_id = $1 AND d.subscription_id = $2 AND d.status = 'pending' AND {IS_HEAD})) AS due, s.wakes_at,
  EXISTS (SELECT FROM webhook_deliveries d WHERE d.organisation_id = $1 AND d.subscription_id = $2 AND d.status = 'pending') AS has_more
FROM webhook_subscriptions s WHERE s.organisation_id = $1 AND s.id = $2 AND s.lease_holder = $3
"""
RELEASE = """
UPDATE webhook_subscriptions SET lease_holder = NULL, leased_until = NULL, wakes_at = $4
WHERE organisation_id = $1 AND id = $2 AND lease_holder = $3
"""
# Scalar for the same reason: it ends at the first row, some hundred times sooner.
FORGOTTEN = f"""
SELECT s.id FROM webhook_subscriptions s
WHERE s.organisation_id = $1 AND (s.lease_holder IS NULL OR s.leased_until <= $2 OR s.leased_until > $3)
  AND (s.paused_until IS NULL OR s.paused_until <= $2)
  AND CASE WHEN s.is_active
    THEN (SELECT d.seq FROM webhook_deliveries d WHERE d.organisation_id = $1 AND d.subscription_id = s.id AND d.status = 'pending'
      AND d.due_at <= $2 AND {IS_HEAD} ORDER BY d.due_at LIMIT 1)
    ELSE (SELECT d.seq FROM webhook_deliveries d WHERE d.organisation_id = $1 AND d.subscription_id = s.id AND d.status = 'pending' LIMIT 1)
    END IS NOT NULL
ORDER BY s.seq
"""
REVIVE = """
UPDATE webhook_deliveries SET status = 'pending', why_dead = NULL, finished_at = NULL, tries = 0, due_at = $3, replayed_at = $4
WHERE organisation_id = $1 AND id = $2 AND status = 'dead' RETURNING *
"""
DROP_FINISHED = """
DELETE FROM webhook_deliveries WHERE organisation_id = $1 AND id IN (
  SELECT id FROM webhook_deliveries WHERE organisation_id = $1 AND status <> 'pending' AND finished_at <= $2
  ORDER BY finished_at LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING true
"""


@dataclass(slots=True)
class WebhookQueues:
    """What waits for the endpoints of one transaction's clinic."""

    transaction: Transaction

    @abstractmethod
    async def _subscription(self, row: Mapping[Any, Any]) -> Subscription: ...

    async def enqueue(self, deliveries: Sequence[NewDelivery]) -> list[UUID]:
        unit = self.transaction
        ids = [unit.new_id() for _ in deliveries]
        written = [
            {
                "id": str(id_),
                "subscription_id": str(it.subscription_id),
                "event_type": it.event_type,
                "subject_id": str(it.subject_id),
                "body": it.body,
                "due_at": it.due_at.isoformat(),
            }
            for id_, it in zip(ids, deliveries, strict=True)
        ]
        if written:
            await unit.driver.fetch(ENQUEUE, unit.organisation_id, unit.now, json.dumps(written))
        return ids

    async def lease(self, subscription_id: UUID, holder: UUID, until: datetime, *, longest: timedelta) -> Subscription | None:
        unit = self.transaction
        row = await unit.driver.fetchrow(LEASE, unit.organisation_id, subscription_id, holder, until, unit.now, unit.now + longest)
        return None if row is None else await self._subscription(row)

    async def record(self, subscription_id: UUID, verdicts: Sequence[Verdict], standing: Standing) -> None:
        unit = self.transaction
        heard = [
            {
                "id": str(it.delivery.id),
                "tries": it.delivery.tries,
                "status": it.status.value,
                "due_at": it.due_at.isoformat(),
                "why_dead": it.why_dead,
                "attempt": _written(it.attempt),
            }
            for it in verdicts
        ]
        await unit.driver.execute(
            RECORD,
            unit.organisation_id,
            subscription_id,
            json.dumps(heard),
            unit.now,
            standing.failing_since,
            standing.paused_until,
            standing.why_inactive.value if standing.why_inactive else None,
        )

    async def claim(self, subscription_id: UUID, *, limit: int) -> list[Delivery]:
        unit = self.transaction
        return [_delivery(row) for row in await unit.driver.fetch(CLAIM, unit.organisation_id, subscription_id, unit.now, limit)]

    async def bury(self, subscription_id: UUID, why: str) -> int:
        unit = self.transaction
        return len(await unit.driver.fetch(BURY, unit.organisation_id, subscription_id, why, unit.now))

    async def release(self, subscription_id: UUID, holder: UUID) -> datetime | None:
        unit = self.transaction
        row = await unit.driver.fetchrow(NEXT_DUE, unit.organisation_id, subscription_id, holder)
        if row is None:
            return None
        due, wakes_at = (row["due"] if row["has_more"] else None), row["wakes_at"]
        is_woken = due is not None and wakes_at is not None and unit.now < wakes_at <= due
        is_later = due is not None and due > unit.now
        keeps = wakes_at if is_woken or not is_later else due
        await unit.driver.execute(RELEASE, unit.organisation_id, subscription_id, holder, keeps)
        return None if is_woken else due

    async def forgotten(self) -> list[UUID]:
        unit = self.transaction
        return [row["id"] for row in await unit.driver.fetch(FORGOTTEN, unit.organisation_id, unit.now, unit.now + timedelta(minutes=5))]

    async def delivery(self, delivery_id: UUID) -> Delivery | None:
        sql = "SELECT * FROM webhook_deliveries WHERE organisation_id = $1 AND id = $2"
        row = await self.transaction.driver.fetchrow(sql, self.transaction.organisation_id, delivery_id)
        return None if row is None else _delivery(row)

    async def deliveries(
        self, *, subscription_id: UUID | None, status: DeliveryStatus | None, limit: int, before: int | None = None
    ) -> list[Delivery]:
        # Put together from what is asked for: a plan for every case would read all that was ever delivered to find what is dead.
        wanted = {"subscription_id =": subscription_id, "status =": status.value if status else None, "seq <": before}
        asked = {condition: value for condition, value in wanted.items() if value is not None}
        conditions = "".join(f" AND {condition} ${number}" for number, condition in enumerate(asked, start=3))
        sql = f"SELECT * FROM webhook_deliveries WHERE organisation_id = $1{conditions} ORDER BY seq DESC LIMIT $2"
        rows = await self.transaction.driver.fetch(sql, self.transaction.organisation_id, limit, *asked.values())
        return [_delivery(row) for row in rows]

    async def revive(self, delivery_id: UUID, due_at: datetime) -> Delivery | None:
        unit = self.transaction
        row = await unit.driver.fetchrow(REVIVE, unit.organisation_id, delivery_id, due_at, unit.now)
        return None if row is None else _delivery(row)

    async def drop_finished(self, *, older_than: timedelta, limit: int) -> int:
        unit = self.transaction
        return len(await unit.driver.fetch(DROP_FINISHED, unit.organisation_id, unit.now - older_than, limit))


def _written(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": attempt.at.isoformat(),
        "status_code": attempt.status_code,
        "error": attempt.error,
        "duration_ms": attempt.duration_ms,
    }


def _delivery(row: Mapping[str, Any]) -> Delivery:
    return Delivery(
        id=row["id"],
        seq=row["seq"],
        subscription_id=row["subscription_id"],
        event_type=row["event_type"],
        subject_id=row["subject_id"],
        body=row["body"],
        status=DeliveryStatus(row["status"]),
        tries=row["tries"],
        attempts=tuple(
            Attempt(datetime.fromisoformat(it["at"]), it["status_code"], it["error"], it["duration_ms"]) for it in row["attempts"]
        ),
        due_at=row["due_at"],
        created_at=row["created_at"],
        why_dead=row["why_dead"],
        finished_at=row["finished_at"],
        replayed_at=row["replayed_at"],
    )
