"""An open database with one clinic in it, as `marcai serve` would have it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.engine import Postgres
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def keyring() -> Keyring:
    return Keyring.parse("0f" * 32)


@pytest.fixture
async def store(database_url: str, clock: FixedClock, keyring: Keyring) -> AsyncIterator[Postgres]:
    opened = await Postgres.open(database_url, keyring=keyring, clock=clock, pool_size=4)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def modules_database_url(postgres: EmbeddedPostgres, migrated_template: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The owner's URL of a database that the tests of one module share: each has a clinic of its own there, and sees no other."""
    name = f"module_{request.module.__name__.rpartition('.')[2]}"
    postgres.create_database(name, template=migrated_template)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def modules_store(modules_database_url: str) -> AsyncIterator[Postgres]:
    opened = await Postgres.open(modules_database_url, keyring=Keyring.parse("0f" * 32), clock=FixedClock(NOW), pool_size=16)
    yield opened
    await opened.close()


@pytest.fixture
def store_in_common(modules_store: Postgres, clock: FixedClock) -> Postgres:
    """The module's store by the test's own clock. For modules marked `asyncio(loop_scope="module")`, as connections keep to one loop."""
    return replace(modules_store, clock=clock)
