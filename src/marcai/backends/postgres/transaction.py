"""One open transaction in one clinic's name: what every repository of this backend is given to work with."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import CursorResult, Executable, RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from marcai.backends.postgres.memory import Memory
from marcai.kit.ids import NewId
from marcai.kit.sealing import Keyring
from marcai.scheduling.setup import Setup

Record = Mapping[str, Any]


class Driver(Protocol):
    """What we use of asyncpg's connection. One call is one round trip, but for the first use of a statement: two.

    A jsonb parameter is JSON as text; a jsonb result comes read.
    """

    async def execute(self, query: str, *args: object) -> str: ...
    async def fetch(self, query: str, *args: object) -> list[Any]: ...
    async def fetchrow(self, query: str, *args: object) -> Record | None: ...
    async def fetchval(self, query: str, *args: object) -> Any: ...
    def is_in_transaction(self) -> bool: ...
    def is_closed(self) -> bool: ...
    def terminate(self) -> None: ...


@dataclass(slots=True)
class Transaction:
    """A transaction under the clinic's row-level security.

    Ordinary statements are SQLAlchemy's, through `execute` and `rows`; hot ones are SQL for the driver, through `driver`. Both speak
    on the same connection. `now` is what every row written here bears.
    """

    organisation_id: UUID
    now: datetime
    actor_label: str
    connection: AsyncConnection
    driver: Driver
    keyring: Keyring
    new_id: NewId
    memory: Memory
    real_time_of: Callable[[datetime], datetime]
    """When the machine's clock will show what this transaction's clock calls a moment: for due times of jobs."""
    has_changed_setup: bool = False
    """What this transaction reads of the clinic's set-up may yet be undone, and is not for the process to remember."""
    seen_setup: Setup | None = field(default=None, repr=False)
    """The set-up that this transaction works by, until a claim is refused because it is no longer the clinic's."""
    _savepoints: int = field(default=0, repr=False)

    async def execute(self, statement: Executable, parameters: Sequence[Mapping[str, Any]] | None = None) -> CursorResult[Any]:
        """Run a statement of SQLAlchemy Core."""
        return await self.connection.execute(statement, parameters)

    async def rows(self, statement: Executable) -> Sequence[RowMapping]:
        """Run a statement of SQLAlchemy Core and return its rows by column name."""
        return (await self.connection.execute(statement)).mappings().all()

    async def row(self, statement: Executable) -> RowMapping | None:
        """Run a statement of SQLAlchemy Core and return its first row."""
        return (await self.connection.execute(statement)).mappings().first()

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo, when left by an error, what was done inside, and nothing else. Two round trips."""
        self._savepoints += 1
        name = f"point_{self._savepoints}"
        await self.driver.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            if not self.driver.is_closed():
                await self.driver.execute(f"ROLLBACK TO SAVEPOINT {name}")
            raise
        await self.driver.execute(f"RELEASE SAVEPOINT {name}")
