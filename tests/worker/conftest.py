"""A clinic on a database of its own, and an endpoint on this machine that keeps what it is sent."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from marcai.backends.postgres.engine import Postgres
from marcai.kit.clock import OffsetClock
from marcai.kit.sealing import Keyring
from marcai.ledger.events import OutboxEvent
from marcai.notifications import subscriptions
from marcai.notifications.subscriptions import Wish
from marcai.notifications.webhook import Delivery, Subscription
from marcai.settings import Settings, for_demo
from tests.backends.postgres.making import organisation

KEY = bytes(range(32))
Answering = Callable[["Sink", bytes, asyncio.StreamWriter], Awaitable[None]]


async def well(_sink: "Sink", _body: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    await writer.drain()


@dataclass(slots=True)
class Sink:
    """An endpoint. `heard` are the bodies that came, with their `webhook-id`s."""

    port: int = 0
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    answering: Answering = well

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
            body = await reader.readexactly(int(headers["content-length"]))
            self.heard.append((headers["webhook-id"], body))
            await self.answering(self, body, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def hears(self, count: int, within_seconds: float) -> None:
        """Wait until so many different messages have come."""
        async with asyncio.timeout(within_seconds):
            while len({id_ for id_, _ in self.heard}) < count:
                await asyncio.sleep(0.02)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    made = Sink()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic whose webhooks a worker delivers."""

    store: Postgres
    id: UUID
    settings: Settings

    async def listen(self, url: str) -> Subscription:
        async with self.store.unit(self.id, actor_label="test") as unit:
            made = await subscriptions.subscribe(unit, Wish(url, ["appointment.created"]))
            await unit.commit()
        return made

    async def emit(self, count: int) -> None:
        for _ in range(count):
            async with self.store.unit(self.id, actor_label="test") as unit:
                unit.emit(OutboxEvent("appointment.created", uuid4()))
                await unit.commit()

    async def deliveries(self) -> list[Delivery]:
        async with self.store.unit(self.id, actor_label="test") as unit:
            return await unit.webhooks.deliveries(subscription_id=None, status=None, limit=10_000)


@pytest.fixture
async def clinic(database_url: str, tmp_path: Path) -> AsyncIterator[Clinic]:
    env = {
        "MARCAI_ENCRYPTION_KEYS": base64.b64encode(KEY).decode(),
        "MARCAI_WEBHOOKS_ALLOW_PRIVATE": "1",
        "MARCAI_WEBHOOKS_SCHEDULE_SECONDS": "0,0.3,0.3,1,1,1,1,1",
    }
    settings = for_demo(env, data_dir=tmp_path, database_url=database_url, public_url="http://localhost:8000")
    store = await Postgres.open(database_url, keyring=Keyring((KEY,)), clock=OffsetClock(), pool_size=4)
    async with store.unit(uuid4(), actor_label="test") as unit:
        await unit.catalogue.add_organisation(organisation(unit.organisation_id, "one"))
        await unit.commit()
    yield Clinic(store, unit.organisation_id, settings)
    await store.close()
