"""What tests stand on does what it says."""

import socket

import pytest
import pytest_socket
import redis.asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests import scale


async def test_a_database_begins_with_the_schema_and_without_what_another_test_wrote(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        assert (await connection.execute(text("SELECT to_regclass('mine'), to_regclass('alembic_version')"))).one() == (
            None,
            "alembic_version",
        )
    await engine.dispose()


async def test_a_redis_begins_empty_and_keeps_what_it_is_given(redis_client: redis.asyncio.Redis) -> None:
    assert await redis_client.dbsize() == 0
    await redis_client.set("key", "kept", px=60_000)
    assert await redis_client.get("key") == b"kept"


@pytest.mark.filterwarnings("ignore:A test tried")
def test_nothing_reaches_the_world() -> None:
    with socket.socket() as stranger, pytest.raises(pytest_socket.SocketConnectBlockedError):
        stranger.connect(("192.0.2.1", 80))


def test_the_same_seed_and_purpose_draw_the_same_numbers() -> None:
    assert scale.seeded("a").random() == scale.seeded("a").random()
    assert scale.seeded("a").random() != scale.seeded("b").random()


def test_a_figure_is_never_measured_on_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "PROVES", False)
    assert [scale.rounds(full) for full in (1000, 50, 3)] == [20, 1, 1]
    monkeypatch.setattr(scale, "PROVES", True)
    assert scale.rounds(1000) == 1000
