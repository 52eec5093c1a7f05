"""The floor of a turn: bare ASGI, and nothing but the round trips that a turn really makes.

Three to Redis (limit, open, save) and, to PostgreSQL, as many as the request asks for. No framework, no work.
"""

import argparse
import os
from typing import Any
from urllib.parse import urlparse

import asyncpg
import uvicorn

from marcai.backends.postgres.roles import DIRECTORY
from marcai.backends.redis.line import RedisLine

ECHO = "return redis.call('GET', KEYS[1])"


class Floor:
    """Answers every POST after the round trips that `x-trips` names."""

    def __init__(self, dsn: str, redis_url: str) -> None:
        self._dsn, self._line = dsn, RedisLine.to(redis_url)
        self._pool: Any = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await receive()
            self._pool = await asyncpg.create_pool(self._dsn, min_size=4, max_size=10, reset=_nothing, server_settings={"role": DIRECTORY})
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        trips = int(dict(scope["headers"])[b"x-trips"])
        while (await receive()).get("more_body"):
            pass
        await self._line.run(ECHO, ["limit"], [])
        await self._line.run(ECHO, ["floor"], [])
        async with self._pool.acquire() as connection:
            await connection.execute("BEGIN")
            for _ in range(trips - 2):
                await connection.fetch("SELECT slug, name FROM organisations WHERE id = $1", "00000000-0000-0000-0000-000000000000")
            await connection.execute("COMMIT")
        await self._line.run(ECHO, ["floor"], [])
        body = b'{"reply":"' + b"x" * 700 + b'"}'
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})


async def _nothing(_connection: Any) -> None:
    """Reset nothing between two uses."""


def main() -> None:
    """Serve until told to stop; the addresses are those of `marcai serve`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    url = os.environ["MARCAI_DATABASE_URL"].replace("+asyncpg", "")
    host = urlparse(url).query.removeprefix("host=")
    dsn = f"postgresql://{urlparse(url).username}@/{urlparse(url).path.strip('/')}?host={host}"
    uvicorn.run(
        Floor(dsn, os.environ["MARCAI_REDIS_URL"]),
        port=parser.parse_args().port,
        log_level="error",
        access_log=False,
        loop="uvloop",
        http="httptools",
    )


if __name__ == "__main__":
    main()
