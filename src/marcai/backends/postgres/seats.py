"""The connections of one role, kept open and lent out one at a time.

SQLAlchemy's own pool makes a new connection object, and changes into a greenlet and back three times, for every unit of work: four
fifths of what an empty unit costs. Here its connection objects live as long as their connections do, and taking one is a list's `pop`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from marcai.backends.postgres.outages import BROKEN
from marcai.backends.postgres.transaction import Driver
from marcai.ledger.errors import StoreUnavailable

PATIENCE_SECONDS = 5.0
ROLLBACK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Seat:
    """One open connection: SQLAlchemy's, and the driver's own below it."""

    connection: AsyncConnection
    driver: Driver


@dataclass(slots=True)
class Seats:
    """At most `size` seats; the one that was used last is lent out first."""

    engine: AsyncEngine
    size: int
    _idle: list[Seat] = field(default_factory=list, repr=False)
    _places: asyncio.Semaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.size)

    async def take(self, greeting: str = "") -> Seat:
        """Return a seat whose connection heard the greeting. Give it back with `give_back`.

        A connection may have died while it was idle, when the server was restarted. The greeting is what finds out, and nothing is lost
        by saying it again on another one: no further round trip proves each connection first.

        Raises:
            StoreUnavailable: none became free in time.
        """
        if self._places.locked():
            await self._wait()
        else:
            await self._places.acquire()
        try:
            while self._idle:
                seat = self._idle.pop()
                try:
                    if await _hears(seat, greeting):
                        return seat
                except BaseException:
                    await _leave(seat)
                    raise
                await _leave(seat)
            return await self._new(greeting)
        except BaseException:
            self._places.release()
            raise

    async def give_back(self, seat: Seat) -> None:
        """Take a seat back, after undoing what was not committed. One that is broken is left, and another made when it is needed."""
        is_clean = False
        try:
            is_clean = await _is_clean(seat)
        finally:
            try:
                if is_clean:
                    self._idle.append(seat)
                else:
                    await _leave(seat)
            finally:
                self._places.release()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Driver]:
        """Lend a seat's driver, each of whose statements is a transaction of its own."""
        seat = await self.take()
        try:
            yield seat.driver
        finally:
            await self.give_back(seat)

    async def close(self) -> None:
        """Leave every idle seat."""
        while self._idle:
            await _leave(self._idle.pop())
        await self.engine.dispose()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._places.acquire()
        except TimeoutError as error:
            raise StoreUnavailable("every connection to the database is in use") from error

    async def _new(self, greeting: str) -> Seat:
        connection = await self.engine.connect()
        try:
            seat = Seat(connection, cast(Driver, (await connection.get_raw_connection()).driver_connection))
            if greeting:
                await seat.driver.execute(greeting)
        except BaseException:
            await connection.close()
            raise
        return seat


async def _hears(seat: Seat, greeting: str) -> bool:
    try:
        if greeting and not seat.driver.is_closed():
            await seat.driver.execute(greeting)
    except BROKEN:
        return False
    return not seat.driver.is_closed()


async def _is_clean(seat: Seat) -> bool:
    """Undo an open transaction, and say whether the connection can be used again."""
    driver = seat.driver
    if driver.is_closed() or seat.connection.invalidated:
        return False
    if not driver.is_in_transaction():
        return True
    try:
        async with asyncio.timeout(ROLLBACK_SECONDS):
            await driver.execute("ROLLBACK")
    except Exception:  # noqa: BLE001 (the server undoes by itself what a lost connection left open)
        return False
    return True


async def _leave(seat: Seat) -> None:
    """Close the connection at once, without a word to a server that may not listen."""
    seat.driver.terminate()
    await seat.connection.invalidate()
    await seat.connection.close()
