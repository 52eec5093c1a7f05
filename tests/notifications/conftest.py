"""A street of endpoints in front of an open clinic."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from marcai.backends.fakes.webhooks import FakeEndpoints
from marcai.backends.postgres.engine import Postgres
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from marcai.notifications.courier import Courier
from marcai.notifications.schedule import Schedule
from tests.backends.postgres.making import organisation
from tests.notifications.street import Street

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
async def street(database_url: str) -> AsyncIterator[Street]:
    clock = FixedClock(NOW)
    store = await Postgres.open(database_url, keyring=Keyring.parse("0f" * 32), clock=clock, pool_size=4)
    async with store.unit(uuid4(), actor_label="test") as unit:
        await unit.catalogue.add_organisation(organisation(unit.organisation_id, "one"))
        await unit.commit()
    address = make_url(database_url)
    superuser = await asyncpg.connect(host=address.query["host"], database=address.database, user=address.username)
    endpoints = FakeEndpoints(clock)
    courier = Courier(store.unit, endpoints, clock, Schedule(jitter=0), uuid4)
    yield Street(store, unit.organisation_id, clock, endpoints, courier, superuser)
    await superuser.close()
    await store.close()
