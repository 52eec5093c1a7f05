"""Stored answers, sealed with the clinic's key. The port is `ledger/idempotency.py: IdempotencyStore`.

Who begins takes the key's advisory lock or is told that it is in flight. Lock and answer are asked for in one round trip: should the
lock's holder commit between the statement's snapshot and its lock, the answer stays unseen, and then the row itself, when it is written,
finds the key taken and undoes the second effect.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta

from marcai.backends.postgres.keys import SubjectKeys
from marcai.backends.postgres.locks import Lock, lock_number_of_text
from marcai.backends.postgres.transaction import Transaction
from marcai.kit.sealing import place
from marcai.ledger.errors import IdempotencyInFlight, IdempotencyKeyReused
from marcai.ledger.idempotency import LIFETIME, IdempotencyKey, StoredAnswer

BEGIN = """
SELECT pg_try_advisory_xact_lock($1) AS is_ours, a.fingerprint, a.status, a.headers, a.body
FROM (SELECT) AS one LEFT JOIN idempotency_keys a
  ON a.organisation_id = $2 AND a.principal = $3 AND a.endpoint = $4 AND a.key = $5 AND a.expires_at > $6
"""
KEEP = """
INSERT INTO idempotency_keys AS a (organisation_id, principal, endpoint, key, fingerprint, status, headers, body, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (organisation_id, principal, endpoint, key) DO UPDATE
SET fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers, body = excluded.body,
    created_at = excluded.created_at, expires_at = excluded.expires_at
WHERE a.expires_at <= excluded.created_at
RETURNING true
"""
DROP_EXPIRED = """
DELETE FROM idempotency_keys WHERE (organisation_id, principal, endpoint, key) IN (
  SELECT organisation_id, principal, endpoint, key FROM idempotency_keys
  WHERE organisation_id = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING true
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that waits for the commit."""

    key: IdempotencyKey
    fingerprint: bytes
    answer: StoredAnswer
    lifetime: timedelta


@dataclass(slots=True)
class PostgresIdempotency:
    """The stored answers of one transaction's clinic."""

    transaction: Transaction
    keys: SubjectKeys
    _waiting: list[Kept] = field(default_factory=list, repr=False)

    async def begin(self, key: IdempotencyKey, fingerprint: bytes) -> StoredAnswer | None:
        unit = self.transaction
        lock = lock_number_of_text(Lock.IDEMPOTENCY, f"{unit.organisation_id}{_name(key)}")
        row = await unit.driver.fetchrow(BEGIN, lock, unit.organisation_id, key.principal, key.endpoint, key.key, unit.now)
        if row is None or (row["fingerprint"] is None and not row["is_ours"]):
            raise IdempotencyInFlight("another call with this key is still running")
        if row["fingerprint"] is None:
            return None
        if row["fingerprint"] != fingerprint:
            raise IdempotencyKeyReused("the key was used for another request")
        clinic = await self.keys.of_clinic()
        return StoredAnswer(row["status"], clinic.open(row["body"], _place(key)), row["headers"])

    def keep(self, key: IdempotencyKey, fingerprint: bytes, answer: StoredAnswer, *, lifetime: timedelta = LIFETIME) -> None:
        self._waiting.append(Kept(key, fingerprint, answer, lifetime))

    async def write(self) -> None:
        """Write what waits; called by the commit.

        Raises:
            IdempotencyInFlight: another transaction was faster, unseen by `begin`.
        """
        unit = self.transaction
        for kept in self._waiting:
            body = (await self.keys.of_clinic()).seal(kept.answer.body, _place(kept.key))
            key = (kept.key.principal, kept.key.endpoint, kept.key.key)
            answer = (kept.answer.status, json.dumps(dict(kept.answer.headers)), body)
            is_written = await unit.driver.fetchval(
                KEEP, unit.organisation_id, *key, kept.fingerprint, *answer, unit.now, unit.now + kept.lifetime
            )
            if not is_written:
                raise IdempotencyInFlight("another call with this key was faster")
        self._waiting.clear()

    async def drop_expired(self, *, limit: int = 1000) -> int:
        """Delete answers whose time is over, at most `limit`; return how many."""
        return len(await self.transaction.driver.fetch(DROP_EXPIRED, self.transaction.organisation_id, self.transaction.now, limit))


def _name(key: IdempotencyKey) -> str:
    return json.dumps([key.principal, key.endpoint, key.key])


def _place(key: IdempotencyKey) -> bytes:
    return place("idempotency_keys", "body", _name(key))
