"""The inbox: what others sent us, written down before it is answered, so that it is neither lost nor done twice.

A door writes the row and answers 200; the deed marks it done in its own transaction. What stays undone is found again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One message of a channel. `body` is what the door wants to read again, as it wrote it."""

    id: UUID
    seq: int
    channel: str
    message_id: str
    body: bytes
    received_at: datetime
    attempts: int


class Inbox(Protocol):
    """The inbox of one clinic, inside one transaction."""

    async def receive(self, channel: str, message_id: str, body: bytes) -> UUID | None:
        """Write a message down and return its id; None when this message id of this channel is there already."""
        ...

    async def take(self, item_id: UUID) -> InboxItem | None:
        """Take one that is not done, for this transaction alone, and count the attempt; None when it is done or somebody has it."""
        ...

    async def done(self, item_id: UUID) -> None:
        """Mark it done, in the transaction of the deed."""
        ...

    async def undone(self, *, older_than: timedelta, limit: int) -> list[UUID]:
        """Return what was received longer ago than that and is not done, in order of arrival."""
        ...

    async def drop_done(self, *, older_than: timedelta, limit: int) -> int:
        """Delete what is done and was received longer ago than that, since nobody sends it again; return how many."""
        ...
