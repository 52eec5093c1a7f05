"""One connection to a Redis server that all turns of the process share: each writes at once, and answers come back in order.

A pool lends a connection to one turn at a time, and pays for that on every command; a turn here costs a write, a read and a future.
Only for commands that do not block and need no connection of their own: our scripts.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self, cast
from urllib.parse import unquote, urlparse

import hiredis

from marcai.backends.redis.store import RedisGone

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.0

Word = str | bytes | int


class _Wire(asyncio.Protocol):
    """The connection: pairs answers with those who wait, in order."""

    def __init__(self) -> None:
        self.waiting: deque[asyncio.Future[object]] = deque()
        self.transport: asyncio.Transport | None = None
        self._reader = hiredis.Reader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's in all but their class.
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while (answer := self._reader.gets()) is not False:
                waiter = self.waiting.popleft()
                if not waiter.done():
                    waiter.set_result(answer)
        except (hiredis.ProtocolError, IndexError):
            self.drop("ProtocolError")

    def connection_lost(self, exc: Exception | None) -> None:
        self.drop("ConnectionError")

    def drop(self, why: str) -> None:
        """Close, and tell everybody who waits."""
        if self.transport is not None:
            self.transport.abort()
            self.transport = None
        while self.waiting:
            waiter = self.waiting.popleft()
            if not waiter.done():
                waiter.set_exception(RedisGone(why))

    @property
    def is_open(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def send(self, words: Sequence[Word]) -> asyncio.Future[object]:
        """Write a command; the future bears its answer."""
        waiter: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        if self.transport is None:
            waiter.set_exception(RedisGone("ConnectionError"))
            return waiter
        self.waiting.append(waiter)
        # hiredis' own stub knows but tuples of one.
        self.transport.write(hiredis.pack_command(tuple(words)))  # type: ignore[arg-type]
        return waiter


@dataclass(slots=True)
class RedisLine:
    """Keeps `Scripts` over one shared connection, made at first use and again whenever it broke."""

    host: str
    port: int
    database: int = 0
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    is_tls: bool = False
    answer_seconds: float = ANSWER_SECONDS
    _wire: _Wire | None = field(default=None, init=False, repr=False)
    _connecting: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)
    _digests: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def to(cls, url: str) -> Self:
        """Return the line to a server: redis://[[user]:password@]host[:port][/database], or rediss:// for TLS. Nothing is connected yet."""
        parsed = urlparse(url)
        return cls(
            host=parsed.hostname or "localhost",
            port=parsed.port or 6379,
            database=int(parsed.path.strip("/") or 0),
            username=unquote(parsed.username) if parsed.username else None,
            password=unquote(parsed.password) if parsed.password else None,
            is_tls=parsed.scheme == "rediss",
        )

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[Word]) -> object:
        """Return what the script returns; a server that does not know it yet is sent it whole.

        A connection that turns out dead is replaced at once, and the script sent again: our scripts may be repeated.

        Raises:
            RedisGone: no answer, or not in time, or an error.
        """
        digest = self._digests.setdefault(script, hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest())
        rest = (str(len(keys)), *keys, *(str(word) if isinstance(word, int) else word for word in arguments))
        answer = await self._ask(("EVALSHA", digest, *rest))
        if isinstance(answer, hiredis.ReplyError) and str(answer).startswith("NOSCRIPT"):
            answer = await self._ask(("EVAL", script, *rest))
        if isinstance(answer, Exception):
            # The server's own words may repeat a key; the first word is its code.
            raise RedisGone(str(answer).split(" ", 1)[0])
        return answer

    async def aclose(self) -> None:
        """Close the connection."""
        if self._wire is not None:
            self._wire.drop("closed")
            self._wire = None

    async def _ask(self, words: Sequence[Word]) -> object:
        try:
            async with asyncio.timeout(self.answer_seconds):
                was_open = self._wire is not None and self._wire.is_open
                wire = self._wire if was_open and self._wire is not None else await self._connected()
                try:
                    return await wire.send(words)
                except RedisGone:
                    if not was_open:
                        raise
                return await (await self._connected()).send(words)
        except TimeoutError as error:
            # Answers come in order: behind a silent one there is nothing more to be had on this connection.
            if self._wire is not None:
                self._wire.drop("TimeoutError")
            raise RedisGone("TimeoutError") from error
        except OSError as error:
            raise RedisGone(type(error).__name__) from error

    async def _connected(self) -> _Wire:
        async with self._connecting:
            if self._wire is not None and self._wire.is_open:
                return self._wire
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(CONNECT_SECONDS):
                _, wire = await loop.create_connection(_Wire, self.host, self.port, ssl=self.is_tls or None)
            if self.password is not None:
                await self._greet(wire, ("AUTH", *([self.username] if self.username else []), self.password))
            if self.database:
                await self._greet(wire, ("SELECT", str(self.database)))
            self._wire = wire
            return wire

    async def _greet(self, wire: _Wire, words: Sequence[Word]) -> None:
        answer = await wire.send(words)
        if isinstance(answer, Exception):
            wire.drop("refused")
            raise RedisGone(str(answer).split(" ", 1)[0])
