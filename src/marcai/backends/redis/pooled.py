"""Runs our scripts through redis-py's pool: what the in-process Redis needs, and what any client of redis-py can do."""

import hashlib
from collections.abc import Sequence

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from marcai.backends.redis.store import RedisGone


class PooledScripts:
    """Keeps `Scripts` over a client of redis-py."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._digests: dict[str, str] = {}

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes | int]) -> object:
        """Return what the script returns; a server that does not know it yet is sent it whole.

        Raises:
            RedisGone: no answer, or not in time, or an error.
        """
        digest = self._digests.setdefault(script, hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest())
        try:
            try:
                return await self._client.execute_command("EVALSHA", digest, len(keys), *keys, *arguments)  # type: ignore[no-untyped-call]  # redis-py has no types here
            except NoScriptError:
                return await self._client.execute_command("EVAL", script, len(keys), *keys, *arguments)  # type: ignore[no-untyped-call]  # redis-py has no types here
        except (RedisError, OSError, TimeoutError) as error:
            raise RedisGone(type(error).__name__) from error

    async def aclose(self) -> None:
        """Do nothing: the client belongs to whoever opened it."""
