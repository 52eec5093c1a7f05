"""Idempotency: the same key and the same request give the same answer, and one effect.

The answer is written in the effect's own transaction: either both stand, or neither.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

LIFETIME = timedelta(hours=24)
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What a caller's key is unique within: `principal` who calls (the label of an actor), `endpoint` method and route."""

    principal: str
    endpoint: str
    key: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer, to be given again byte for byte."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class IdempotencyStore(Protocol):
    """The stored answers of one clinic, inside the transaction of the effect."""

    async def begin(self, key: IdempotencyKey, fingerprint: bytes) -> StoredAnswer | None:
        """Take the key for this transaction, before anything else is locked, and return the stored answer if there is one.

        Raises:
            IdempotencyInFlight: another transaction has it.
            IdempotencyKeyReused: the stored answer is for a request with another fingerprint.
        """
        ...

    def keep(self, key: IdempotencyKey, fingerprint: bytes, answer: StoredAnswer, *, lifetime: timedelta = LIFETIME) -> None:
        """Have the answer written by the commit. Only an answer to a request that had its effect is kept: no refusal, no 5xx."""
        ...

    async def drop_expired(self, *, limit: int = 1000) -> int:
        """Delete answers whose time is over; return how many."""
        ...


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """Return what tells one request from another under the same key."""
    return hashlib.sha256(b"\0".join((method.upper().encode(), path.encode(), body))).digest()
