"""Advisory locks of a transaction. Their order is fixed for the whole house: idempotency, conversation, calendar (sorted), rows."""

import hashlib
from collections.abc import Iterable
from enum import IntEnum

from marcai.backends.postgres.transaction import Transaction

KIND_SHIFT = 56


class Lock(IntEnum):
    """What a lock stands for: the topmost byte of its number. In the order in which they are taken."""

    IDEMPOTENCY = 1
    CONVERSATION = 2
    PROVIDER = 3
    ROOM = 4
    PATIENT = 5
    OUTBOX = 6


def lock_number(lock: Lock, seq: int) -> int:
    """Return the number of the lock on a row that has a `seq`; sorted numbers are sorted by kind first."""
    return lock << KIND_SHIFT | seq


def lock_number_of_text(lock: Lock, text: str) -> int:
    """Return the number of the lock on something that has only a name. Two names may share it, and then wait for each other."""
    return lock << KIND_SHIFT | int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])


async def take_locks(transaction: Transaction, numbers: Iterable[int]) -> None:
    """Wait for the locks in their order, in one round trip; they last until the transaction ends.

    What is read afterwards, by another statement, is what the lock's last holder left.
    """
    wanted = sorted(set(numbers))
    if wanted:
        await transaction.driver.fetch("SELECT pg_advisory_xact_lock(n) FROM unnest($1::bigint[]) AS n", wanted)
