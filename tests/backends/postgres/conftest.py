"""An open database with one clinic in it, as `marcai serve` would have it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

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
