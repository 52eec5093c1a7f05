"""The inbox of one clinic, its bodies sealed with the clinic's key. The port is `ledger/inbox.py: Inbox`."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from marcai.backends.postgres.keys import SubjectKeys
from marcai.backends.postgres.transaction import Transaction
from marcai.kit.sealing import place
from marcai.ledger.inbox import InboxItem

RECEIVE = """
INSERT INTO inbox (organisation_id, id, channel, message_id, body, received_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, 0)
ON CONFLICT (organisation_id, channel, message_id) DO NOTHING RETURNING id
"""
TAKE = """
UPDATE inbox SET attempts = attempts + 1 WHERE organisation_id = $1 AND id = (
  SELECT id FROM inbox WHERE organisation_id = $1 AND id = $2 AND done_at IS NULL FOR UPDATE SKIP LOCKED)
RETURNING id, seq, channel, message_id, body, received_at, attempts
"""
UNDONE = """
SELECT id FROM inbox WHERE organisation_id = $1 AND done_at IS NULL AND received_at <= $2 ORDER BY seq LIMIT $3
"""
DROP_DONE = """
DELETE FROM inbox WHERE organisation_id = $1 AND id IN (
  SELECT id FROM inbox WHERE organisation_id = $1 AND done_at IS NOT NULL AND received_at <= $2
  ORDER BY seq LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING true
"""


@dataclass(frozen=True, slots=True)
class PostgresInbox:
    """The inbox of one transaction's clinic."""

    transaction: Transaction
    keys: SubjectKeys

    async def receive(self, channel: str, message_id: str, body: bytes) -> UUID | None:
        unit = self.transaction
        item_id = unit.new_id()
        sealed = (await self.keys.of_clinic()).seal(body, place("inbox", "body", item_id))
        args = (unit.organisation_id, item_id, channel, message_id, sealed, unit.now)
        return item_id if await unit.driver.fetchval(RECEIVE, *args) is not None else None

    async def take(self, item_id: UUID) -> InboxItem | None:
        row = await self.transaction.driver.fetchrow(TAKE, self.transaction.organisation_id, item_id)
        if row is None:
            return None
        body = (await self.keys.of_clinic()).open(row["body"], place("inbox", "body", item_id))
        return InboxItem(item_id, row["seq"], row["channel"], row["message_id"], body, row["received_at"], row["attempts"])

    async def done(self, item_id: UUID) -> None:
        unit = self.transaction
        sql = "UPDATE inbox SET done_at = $3 WHERE organisation_id = $1 AND id = $2"
        await unit.driver.execute(sql, unit.organisation_id, item_id, unit.now)

    async def undone(self, *, older_than: timedelta, limit: int) -> list[UUID]:
        unit = self.transaction
        return [row["id"] for row in await unit.driver.fetch(UNDONE, unit.organisation_id, unit.now - older_than, limit)]

    async def drop_done(self, *, older_than: timedelta, limit: int) -> int:
        unit = self.transaction
        return len(await unit.driver.fetch(DROP_DONE, unit.organisation_id, unit.now - older_than, limit))
