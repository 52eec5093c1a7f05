"""The REST doors over a real calendar: the demo clinic, cloned for each test, on a clock that stands."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from marcai.app import make_app
from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.engine import Postgres
from marcai.clinics.keys import create
from marcai.doorway.gate import Gate
from marcai.doorway.services import Door
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from marcai.office.demo_clinic import load_demo_clinic
from marcai.settings import Settings, for_demo
from marcai.wiring import opened

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday, nine in the morning in São Paulo."""
KEY = bytes(range(32))
DEMO_TEMPLATE = "template_demo"


def settings_on(url: str, folder: Path) -> Settings:
    """Return a demo's settings on that database, with a key of encryption that every test knows."""
    env = {"MARCAI_ENCRYPTION_KEYS": base64.b64encode(KEY).decode()}
    return for_demo(env, data_dir=folder, database_url=url, public_url="http://localhost:8000")


@pytest.fixture(scope="session")
def demo_template(postgres: EmbeddedPostgres, migrated_template: str) -> str:
    """A database with the demo clinic in it, to be cloned."""
    if postgres.has_database(DEMO_TEMPLATE):  # another folder's tests have asked for it in this process
        return DEMO_TEMPLATE
    postgres.create_database(DEMO_TEMPLATE, template=migrated_template)

    async def load() -> None:
        database = await Postgres.open(postgres.url(DEMO_TEMPLATE), keyring=Keyring((KEY,)), clock=FixedClock(NOW), pool_size=2)
        await load_demo_clinic(database.unit, database.directory, FixedClock(NOW))
        await database.close()

    asyncio.run(load())
    return DEMO_TEMPLATE


@dataclass(slots=True)
class House:
    """One running application, the services in it, and a client for the demo clinic's own key."""

    door: Door
    clock: FixedClock
    http: httpx.AsyncClient
    settings: Settings
    gate: Gate

    @property
    def url(self) -> str:
        """Return the owner's address of the database."""
        return self.settings.database_url

    @asynccontextmanager
    async def another(self, **changes: Any) -> AsyncIterator["House"]:
        """Run another process's application on the same database, with a Redis of its own; `changes` are to its settings."""
        async with _running(replace(self.settings, **changes), self.clock) as other:
            yield other

    async def ok(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        """Send a request that must be answered so, and return what its JSON says."""
        answer = await self.http.request(method, f"/v1/scheduling{path}", **more)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def key(self, scopes: str, clinic: UUID | None = None) -> str:
        """Make a key of a clinic (the demo's unless another is named)."""
        organisation_id = clinic or self.door.demo_clinic
        assert organisation_id is not None
        async with self.door.unit_of(organisation_id, actor_label="test") as unit:
            made = await create(unit.api_keys, name="test", scopes=scopes.split())
            await unit.commit()
        return made.text


@asynccontextmanager
async def _running(settings: Settings, clock: FixedClock) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        door = await stack.enter_async_context(opened(settings, clock))
        gate = make_app(lambda: opened(settings, clock))
        gate.app.state.door = door
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=gate), base_url="http://marcai.test", headers={"x-api-key": "mk_test_demo"}
        )
        await stack.enter_async_context(client)
        yield House(door, clock, client, settings, gate)


_numbers = iter(range(1, 1_000_000))


@pytest.fixture
async def house(postgres: EmbeddedPostgres, demo_template: str, tmp_path: Path) -> AsyncIterator[House]:
    """The application on a database of its own."""
    name = f"api_{next(_numbers)}"
    postgres.create_database(name, template=demo_template)
    settings = replace(settings_on(postgres.url(name), tmp_path), rate_limit_factor=1000.0)
    async with _running(settings, FixedClock(NOW)) as running:
        yield running
    postgres.drop_database(name)
