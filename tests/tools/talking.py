"""A patient who talks to the tools' clinic, with every round trip counted."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from marcai.backends.postgres.unit import PostgresUnit
from marcai.backends.redis.store import RedisConversationStore, Scripts
from marcai.conversation.conversation import IncomingMessage, Reply
from marcai.conversation.engine import Engine
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from marcai.understanding.interpreter import Interpreter
from tests.tools.clinic import CLINIC, IRIS_NUMBER, NOW, World

ASKING = ("execute", "fetch", "fetchrow", "fetchval")


class CountingDriver:
    """Passes everything on, and counts what is asked of the database."""

    def __init__(self, inner: Any, trips: "Trips") -> None:
        self._inner, self._trips = inner, trips

    def __getattr__(self, name: str) -> Any:
        if name in ASKING:
            self._trips.postgres += 1
        return getattr(self._inner, name)


@dataclass
class CountingScripts:
    """Passes everything on, and counts what is asked of Redis."""

    inner: Scripts
    trips: "Trips"

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes | int]) -> object:
        self.trips.redis += 1
        return await self.inner.run(script, keys, arguments)


@dataclass
class Trips:
    """How often Redis and PostgreSQL were asked; BEGIN and COMMIT count too."""

    redis: int = 0
    postgres: int = 0


@dataclass
class Talk:
    """Íris, who writes on WhatsApp and is known by the key of her clinic."""

    world: World
    scripts: Scripts
    trips: Trips = field(default_factory=Trips)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        store = RedisConversationStore(CountingScripts(self.scripts, self.trips), Keyring.parse("0f" * 32), monotonic=self._moment)
        self.engine = Engine(units=self._units, store=store, interpreter=Interpreter(None), clock=FixedClock(NOW), new_id=uuid4)
        self.seconds = 0.0

    async def say(self, text: str, *, message_id: str | None = None) -> Reply:
        """Say something, and return the reply; the trips are those of this turn alone."""
        self.trips.redis = self.trips.postgres = 0
        self.seconds += 10
        id_ = message_id or uuid4().hex
        return await self.engine.take_turn(IncomingMessage(CLINIC, "whatsapp", IRIS_NUMBER, text, self.world.caller(), message_id=id_))

    def _moment(self) -> float:
        return self.seconds

    @asynccontextmanager
    async def _units(self, organisation_id: UUID, *, actor_label: str, now: datetime | None = None) -> AsyncIterator[PostgresUnit]:
        async with self.world.store.unit(organisation_id, actor_label=actor_label, now=now) as unit:
            self.trips.postgres += 1
            unit.driver = CountingDriver(unit.driver, self.trips)
            yield unit
