"""The outbox, read by the relay that carries its rows to whoever must be told.

Every row that is written wakes the clinic's relay, in the same transaction. The relay takes the rows in their order and hands them to
each carrier inside one transaction: carriers write rows and defer jobs, and send nothing themselves.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

from marcai.ledger.jobs import Job, Jobs
from marcai.ledger.unit import UnitFactory, UnitOfWork

QUEUE, TASK = "relay", "relay_outbox"
"""As the trigger of migration 0005 names them."""
BATCH = 200


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An event that was committed."""

    seq: int
    kind: str
    subject_id: UUID
    payload: dict[str, Any]
    created_at: datetime


class Outbox(Protocol):
    """The outbox of one clinic, inside one transaction."""

    async def take(self, *, limit: int) -> list[OutboxRow]:
        """Mark rows as taken and return them in their order; only one transaction of a clinic takes at a time."""
        ...

    async def is_waiting(self, *, longer_than: timedelta) -> bool:
        """Say whether a row has been due for longer than that, and nobody took it."""
        ...

    async def drop_taken(self, *, older_than: timedelta, limit: int) -> int:
        """Delete rows that were taken longer ago than that; return how many."""
        ...


class RelayUnit(UnitOfWork, Protocol):
    """What the relay needs of a unit of work."""

    @property
    def outbox(self) -> Outbox:
        """The clinic's outbox."""
        ...

    @property
    def jobs(self) -> Jobs:
        """The jobs of this transaction."""
        ...


RelayUnitT = TypeVar("RelayUnitT", bound=RelayUnit)
Carrier = Callable[[RelayUnitT, Sequence[OutboxRow]], Awaitable[None]]
"""Writes down, in the relay's transaction, what is to be done about some rows of the outbox."""


async def relay(units: UnitFactory[RelayUnitT], carriers: Sequence[Carrier[RelayUnitT]], organisation_id: UUID) -> int:
    """Hand every row that waits in a clinic's outbox to each carrier, in order, and return how many there were."""
    carried = 0
    while True:
        async with units(organisation_id, actor_label="worker") as unit:
            await unit.jobs.absorb(Job(QUEUE, TASK, {"organisation_id": organisation_id}))
            rows = await unit.outbox.take(limit=BATCH)
            for carrier in carriers:
                if rows:
                    await carrier(unit, rows)
            await unit.commit()
        carried += len(rows)
        if len(rows) < BATCH:
            return carried
