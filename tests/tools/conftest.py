"""An open database with the tools' clinic in it: made once, cloned a test."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.engine import Postgres
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from tests.backends.redis.conftest import mortal_redis
from tests.tools.clinic import NOW, World, make_world

__all__ = ["mortal_redis"]
TEMPLATE = "template_tools"
_numbers = itertools.count(1)


async def opened(url: str) -> Postgres:
    return await Postgres.open(url, keyring=Keyring.parse("0f" * 32), clock=FixedClock(NOW), pool_size=4)


@pytest.fixture(scope="session")
def made_world(postgres: EmbeddedPostgres, migrated_template: str) -> Iterator[World]:
    postgres.create_database(TEMPLATE, template=migrated_template)

    async def make() -> World:
        store = await opened(postgres.url(TEMPLATE))
        try:
            return await make_world(store)
        finally:
            await store.close()

    yield asyncio.run(make())
    postgres.drop_database(TEMPLATE)


@pytest.fixture
async def world(postgres: EmbeddedPostgres, made_world: World) -> AsyncIterator[World]:
    name = f"tools_{next(_numbers)}"
    postgres.create_database(name, template=TEMPLATE)
    store = await opened(postgres.url(name))
    yield replace(made_world, store=store)
    await store.close()
    postgres.drop_database(name)
