"""The unit of work: one transaction in one clinic's name."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from marcai.ledger.events import AuditEntry, OutboxEvent


class UnitOfWork(Protocol):
    """One transaction. Who opened it commits it, once; leaving it uncommitted, or by an error, undoes everything.

    `now` is the one instant that every row of this unit bears. Outbox and audit rows are collected and written
    together, at the latest by `commit`.
    """

    organisation_id: UUID
    now: datetime
    actor_label: str

    def emit(self, event: OutboxEvent) -> None:
        """Put an event into the outbox of this transaction."""
        ...

    def audit(self, entry: AuditEntry) -> None:
        """Put a row into the audit trail of this transaction."""
        ...

    async def commit(self) -> None:
        """Write what was collected and commit."""
        ...


UnitT = TypeVar("UnitT", covariant=True)


class UnitFactory(Protocol[UnitT]):
    """Opens units of work. `actor_label` is how the audit trail names who acts; `now` overrides the clock's moment."""

    def __call__(self, organisation_id: UUID, *, actor_label: str, now: datetime | None = None) -> AbstractAsyncContextManager[UnitT]:
        """Open a transaction under the clinic's row-level security."""
        ...
