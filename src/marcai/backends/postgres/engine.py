"""The pool of connections, what it proves before anything is served from it, and how a unit of work opens and ends.

Every connection begins as `marcai_app` (or, for the directory, `marcai_directory`), whatever login the address names. Row-level
security then holds; that it does is asked of the database itself when the pool opens, and if not, nothing is served.

SQLAlchemy is told that the driver commits by itself: BEGIN with the clinic's id, and COMMIT, are ours, one round trip each.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from marcai.backends.postgres.address import driver_url
from marcai.backends.postgres.directory import PostgresDirectory
from marcai.backends.postgres.memory import Memory
from marcai.backends.postgres.migrate import head
from marcai.backends.postgres.outages import outages_named, refusals_named
from marcai.backends.postgres.proof import prove_application, prove_directory
from marcai.backends.postgres.roles import APP, DIRECTORY
from marcai.backends.postgres.seats import Seats
from marcai.backends.postgres.unit import PostgresUnit
from marcai.kit.clock import Clock
from marcai.kit.ids import NewId
from marcai.kit.sealing import Keyring

CONNECT_SECONDS = 5.0
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
    _seats: Seats = field(repr=False)
    _directory_seats: Seats = field(repr=False)

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
        directory_size = max(2, pool_size // 3)
        database = cls(
            keyring, clock, new_id, Memory(), Seats(_engine(url, APP), pool_size), Seats(_engine(url, DIRECTORY), directory_size)
        )
        try:
            with outages_named(), refusals_named():
                async with database._seats.lent() as driver:
                    await prove_application(driver, expects_revision or head())
                async with database._directory_seats.lent() as driver:
                    await prove_directory(driver)
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Close every connection."""
        await self._seats.close()
        await self._directory_seats.close()

    @property
    def directory(self) -> PostgresDirectory:
        """Which clinic a slug, a key or an address belongs to."""
        return PostgresDirectory(self._directory_seats)

    async def is_answering(self) -> bool:
        """Say whether the database answers a question now."""
        try:
            with outages_named():
                async with self._seats.lent() as driver:
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
        begin = f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL app.org = '{UUID(int=organisation_id.int)}'"
        moment = now or self.clock.now()
        with outages_named():
            seat = await self._seats.take(begin)
            try:
                yield PostgresUnit(
                    organisation_id,
                    moment,
                    actor_label,
                    seat.connection,
                    seat.driver,
                    self.keyring,
                    self.new_id,
                    self.memory,
                    self.clock.real_time_of,
                )
            finally:
                await self._seats.give_back(seat)


def _engine(url: str, role: str) -> AsyncEngine:
    return create_async_engine(
        driver_url(url),
        isolation_level="AUTOCOMMIT",
        # Its connections are kept in `Seats`.
        poolclass=NullPool,
        pool_reset_on_return=None,
        hide_parameters=True,
        connect_args={"timeout": CONNECT_SECONDS, "server_settings": SESSION | {"role": role}},
    )
