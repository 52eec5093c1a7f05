"""Redis as the settings name it: a server, or one in the process for the demo and for tests."""

from urllib.parse import urlparse

import fakeredis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from marcai.backends.redis.line import RedisLine
from marcai.backends.redis.pooled import PooledScripts

IN_PROCESS = ("memory://", "fake://")
CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.0
SWEEP_EVERY = 1000
"""After so many commands the in-process Redis is made to drop what has expired; by itself it keeps that until it is touched."""


class InProcessRedis(fakeredis.FakeAsyncRedis):
    """A Redis inside the process: nothing outlives it."""

    commands_since_sweep = 0

    async def execute_command(self, *args: object, **options: object) -> object:
        """Run a command, and now and then sweep out what has expired."""
        self.commands_since_sweep += 1
        if self.commands_since_sweep >= SWEEP_EVERY:
            self.commands_since_sweep = 0
            await super().execute_command("DBSIZE")  # type: ignore[no-untyped-call]  # redis-py has no types here
        return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # redis-py has no types here


def open_redis(url: str) -> Redis:
    """Return a client; nothing is connected yet. Close it in the end with `aclose()`.

    `memory://` (or `fake://`) is a Redis in the process; a second one is another. Anything else is a server's address. Waits have
    deadlines: half a second for a connection, a second for an answer.
    """
    if url.startswith(IN_PROCESS):
        return InProcessRedis(server=fakeredis.FakeServer())
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        # One try again, at once: after a restart every pooled connection is dead, and says so only when it is used.
        retry=Retry(NoBackoff(), 1),
        health_check_interval=0,
    )


def open_scripts(url: str, client: Redis) -> RedisLine | PooledScripts:
    """Return the cheapest way to run our scripts on the Redis of this address: one shared connection, or else the client's pool.

    Close it in the end with `aclose()`. The pool is for the Redis in the process, for unix sockets, and for addresses with options
    in their query.
    """
    parsed = urlparse(url)
    return RedisLine.to(url) if parsed.scheme in ("redis", "rediss") and not parsed.query else PooledScripts(client)
