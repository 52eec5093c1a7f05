"""The pool of connections, what it proves before anything is served from it, and how a unit of work opens and ends.

Every connection begins as `marcai_app` (or, for the directory, `marcai_directory`), whatever login the address names. Row-level
security then holds; that it does is asked of the database itself when the pool opens, and if not, nothing is served.

SQLAlchemy is told that the driver commits by itself: BEGIN with the clinic's id, and COMMIT, are ours, one round trip each.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from marcai.backends.postgres.address import driver_url
from marcai.backends.postgres.directory import PostgresDirectory
from marcai.backends.postgres.memory import Memory
from marcai.backends.postgres.migrate import head
from marcai.backends.postgres.outages import BROKEN, outages_named, refusals_named
from marcai.backends.postgres.proof import prove_application, prove_directory
from marcai.backends.postgres.roles import APP, DIRECTORY
from marcai.backends.postgres.transaction import Driver
from marcai.backends.postgres.unit import PostgresUnit
from marcai.kit.clock import Clock
from marcai.kit.ids import NewId
from marcai.kit.sealing import Keyring
from marcai.ledger.errors import StoreUnavailable

CONNECT_SECONDS = 5.0
POOL_PATIENCE_SECONDS = 5.0
ROLLBACK_SECONDS = 2.0
SESSION = {
    "application_name": "marcai",
    "timezone": "UTC",
    "search_path": "public",
    "jit": "off",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}


@dataclass(slots=True)
class Postgres:
    """The database of all clinics. Call `unit` to work in one clinic's name; close it in the end."""

    keyring: Keyring
    clock: Clock
    new_id: NewId
    memory: Memory
    _engine: AsyncEngine = field(repr=False)
    _directory_engine: AsyncEngine = field(repr=False)

    @classmethod
    async def open(
        cls, url: str, *, keyring: Keyring, clock: Clock, new_id: NewId = uuid4, pool_size: int = 10, expects_revision: str | None = None
    ) -> "Postgres":
        """Open the pool after proving that the database keeps its promises.

        `expects_revision` is the newest migration unless given.

        Raises:
            StoreUnfit: too old, the role could step round row-level security, a table is not secured, or migrations are missing.
            StoreUnavailable: it does not answer.
        """
        database = cls(keyring, clock, new_id, Memory(), _engine(url, APP, pool_size), _engine(url, DIRECTORY, max(2, pool_size // 3)))
        try:
            with outages_named(), refusals_named():
                async with _connected(database._engine) as (_, driver):
                    await prove_application(driver, expects_revision or head())
                async with _connected(database._directory_engine) as (_, driver):
                    await prove_directory(driver)
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
        await self._directory_engine.dispose()

    @property
    def directory(self) -> PostgresDirectory:
        """Which clinic a slug, a key or an address belongs to."""
        return PostgresDirectory(partial(_connected, self._directory_engine))

    async def is_answering(self) -> bool:
        """Say whether the database answers a question now."""
        try:
            with outages_named():
                async with _connected(self._engine) as (_, driver):
                    return bool(await driver.fetchval("SELECT true"))
        except Exception:  # noqa: BLE001 (whatever it is, the database does not answer)
            return False

    @asynccontextmanager
    async def unit(self, organisation_id: UUID, *, actor_label: str, now: datetime | None = None) -> AsyncIterator[PostgresUnit]:
        """Open a transaction under the clinic's row-level security; undo it unless it was committed.

        Raises:
            StoreUnavailable: the database is away or too busy; or, as `OutcomeUnknown`, went away during the commit.
        """
        # The text goes into SQL: whatever was passed, a UUID comes out.
        begin = f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL app.org = '{UUID(str(organisation_id))}'"
        with outages_named():
            async with _connected(self._engine, begin) as (connection, driver):
                try:
                    yield PostgresUnit(
                        organisation_id, now or self.clock.now(), actor_label, connection, driver, self.keyring, self.new_id, self.memory
                    )
                finally:
                    await _undo_unless_committed(connection, driver)


def _engine(url: str, role: str, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        driver_url(url),
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_PATIENCE_SECONDS,
        # Our units end their transactions themselves; a reset would be one more round trip.
        pool_reset_on_return=None,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={"timeout": CONNECT_SECONDS, "server_settings": SESSION | {"role": role}},
    )


@asynccontextmanager
async def _connected(engine: AsyncEngine, greeting: str = "") -> AsyncIterator[tuple[AsyncConnection, Driver]]:
    """Yield a connection that works, with the driver's own below it, after saying the greeting.

    A connection may have died in the pool, when the server was restarted. The greeting is what finds out, and nothing is lost by
    saying it again on another one: no further round trip proves each connection first.
    """
    size: int = engine.pool.size()  # type: ignore[attr-defined]
    # At worst every connection of the pool is dead, and then the next is fresh.
    for _ in range(size + 1):
        connection = await engine.connect()
        try:
            driver = await _driver_of(connection)
            if await _hears(driver, greeting):
                yield connection, driver
                return
            await connection.invalidate()
        finally:
            await connection.close()
    raise StoreUnavailable("every connection to the database broke at once")


async def _hears(driver: Driver, greeting: str) -> bool:
    try:
        if greeting and not driver.is_closed():
            await driver.execute(greeting)
    except BROKEN:
        return False
    return not driver.is_closed()


async def _driver_of(connection: AsyncConnection) -> Driver:
    return cast(Driver, (await connection.get_raw_connection()).driver_connection)


async def _undo_unless_committed(connection: AsyncConnection, driver: Driver) -> None:
    if driver.is_closed() or not driver.is_in_transaction():
        return
    try:
        async with asyncio.timeout(ROLLBACK_SECONDS):
            await driver.execute("ROLLBACK")
    except Exception:  # noqa: BLE001 (the server undoes by itself what a lost connection left open)
        await connection.invalidate()
