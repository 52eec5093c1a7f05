"""Taking rows from the outbox. The port is `ledger/outbox.py: Outbox`."""

from dataclasses import dataclass
from datetime import timedelta

from marcai.backends.postgres.locks import Lock, lock_number_of_text, take_locks
from marcai.backends.postgres.transaction import Transaction
from marcai.ledger.outbox import OutboxRow

TAKE = """
WITH taken AS (
  UPDATE outbox SET taken_at = $2 WHERE organisation_id = $1 AND seq IN (
    SELECT seq FROM outbox WHERE organisation_id = $1 AND taken_at IS NULL AND (due IS NULL OR due <= $2) ORDER BY seq LIMIT $3)
  RETURNING seq, kind, subject_id, payload, created_at)
SELECT * FROM taken ORDER BY seq
"""
WAITING = """
SELECT EXISTS (SELECT FROM outbox WHERE organisation_id = $1 AND taken_at IS NULL AND coalesce(due, created_at) <= $2)
"""
DROP_TAKEN = """
DELETE FROM outbox WHERE organisation_id = $1 AND seq IN (
  SELECT seq FROM outbox WHERE organisation_id = $1 AND taken_at <= $2 ORDER BY seq LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING true
"""


@dataclass(frozen=True, slots=True)
class PostgresOutbox:
    """The outbox of one transaction's clinic."""

    transaction: Transaction

    async def take(self, *, limit: int) -> list[OutboxRow]:
        unit = self.transaction
        await take_locks(unit, [lock_number_of_text(Lock.OUTBOX, str(unit.organisation_id))])
        return [OutboxRow(**row) for row in await unit.driver.fetch(TAKE, unit.organisation_id, unit.now, limit)]

    async def is_waiting(self, *, longer_than: timedelta) -> bool:
        unit = self.transaction
        return bool(await unit.driver.fetchval(WAITING, unit.organisation_id, unit.now - longer_than))

    async def drop_taken(self, *, older_than: timedelta, limit: int) -> int:
        unit = self.transaction
        return len(await unit.driver.fetch(DROP_TAKEN, unit.organisation_id, unit.now - older_than, limit))
