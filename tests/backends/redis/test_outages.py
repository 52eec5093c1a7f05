"""Redis killed, flushed, silent and back again: a talk goes on."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
import uvloop

from marcai.backends.redis.line import RedisLine
from marcai.backends.redis.open import InProcessRedis, open_redis
from marcai.backends.redis.pooled import PooledScripts
from marcai.backends.redis.store import RedisConversationStore, Scripts
from marcai.conversation.conversation import Conversation
from marcai.kit.sealing import Keyring
from tests.backends.redis.conftest import MortalServer
from tests.backends.redis.talks import a_key, a_talk

KEYRING = Keyring.parse("1e" * 32)
OpenScripts = Callable[[str], Scripts]


@pytest.fixture(params=["pool", "line"])
def scripts_at(request: pytest.FixtureRequest) -> OpenScripts:
    """Return what opens either way to a server."""
    return (lambda url: PooledScripts(open_redis(url))) if request.param == "pool" else RedisLine.to


async def test_a_killed_server_costs_one_reload_and_the_next_one_is_used(mortal_redis: MortalServer, scripts_at: OpenScripts) -> None:
    moment = [0.0]
    store: RedisConversationStore = RedisConversationStore(scripts_at(mortal_redis.url), KEYRING, monotonic=lambda: moment[0])
    talk = a_talk()
    await store.save(await store.open(talk.key), talk)
    opened = await store.open(talk.key)
    assert opened.conversation == talk

    mortal_redis.kill()
    began = time.monotonic()
    await store.save(opened, replace(talk, turn=2))
    without = await store.open(talk.key)

    assert (without.conversation, without.token) == (None, None)
    assert time.monotonic() - began < 3
    mortal_redis.start()
    moment[0] += 5
    anew = await store.open(talk.key)
    assert anew.token is not None
    await store.save(anew, replace(talk, turn=3))
    found = (await store.open(talk.key)).conversation
    assert found is not None
    assert found.turn == 3


async def test_a_restart_between_two_turns_is_not_noticed_but_for_the_reload(mortal_redis: MortalServer, scripts_at: OpenScripts) -> None:
    store, talk = RedisConversationStore(scripts_at(mortal_redis.url), KEYRING), a_talk()
    await store.save(await store.open(talk.key), talk)

    mortal_redis.kill()
    mortal_redis.start()
    opened = await store.open(talk.key)

    assert opened.conversation is None
    assert opened.token is not None, "the dead connection was not replaced at once"


async def test_a_server_that_is_silent_is_not_waited_for(scripts_at: OpenScripts) -> None:
    silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(30), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    store, talk = RedisConversationStore(scripts_at(f"redis://127.0.0.1:{port}/0"), KEYRING), a_talk()

    began = time.monotonic()
    opened = await store.open(talk.key)
    await store.save(opened, talk)

    assert opened.token is None
    assert time.monotonic() - began < 4
    silent.close()


async def test_a_flushed_server_has_no_copy_but_a_lock(mortal_redis: MortalServer, scripts_at: OpenScripts) -> None:
    scripts: Scripts = scripts_at(mortal_redis.url)
    store, talk, client = RedisConversationStore(scripts, KEYRING), a_talk(), open_redis(mortal_redis.url)
    await store.save(await store.open(talk.key), talk)

    await client.flushall()
    await client.script_flush()
    opened = await store.open(talk.key)

    assert opened.conversation is None
    assert opened.token is not None
    await client.aclose()


async def test_the_redis_in_the_process_drops_what_expired_though_nobody_touches_it() -> None:
    client = open_redis("memory://")
    assert isinstance(client, InProcessRedis)
    for number in range(50):
        await client.set(f"k{number}", "x", px=1)
    await asyncio.sleep(0.01)
    client.commands_since_sweep = 10**6

    await client.set("other", "x")

    server = client.connection_pool.connection_kwargs["server"]
    assert len(server.dbs[0]._dict) == 1
    await client.aclose()


async def test_two_redis_in_the_process_are_two() -> None:
    one, other = open_redis("memory://"), open_redis("fake://")

    await one.set("k", "x")

    assert await other.get("k") is None
    await one.aclose()
    await other.aclose()


def test_the_shared_line_works_on_uvloop_too(redis_server_url: str) -> None:
    async def turn() -> bool:
        line, talk = RedisLine.to(redis_server_url), a_talk(a_key(channel="web"))
        store = RedisConversationStore(line, KEYRING)
        await store.save(await store.open(talk.key), talk)
        found = await store.open(talk.key)
        await line.aclose()
        return found.conversation == talk and found.token is not None

    assert uvloop.run(turn())


async def test_turns_at_once_on_one_line_get_each_their_own_answer(redis_server_url: str) -> None:
    line = RedisLine.to(redis_server_url)
    store = RedisConversationStore(line, KEYRING)
    talks = [a_talk(a_key(contact=f"contact-{number}"), turn=number + 1) for number in range(50)]

    async def keep(talk: Conversation) -> Conversation | None:
        await store.save(await store.open(talk.key), talk)
        return (await store.open(talk.key)).conversation

    assert await asyncio.gather(*(keep(talk) for talk in talks)) == talks
    await line.aclose()


async def test_a_password_and_a_database_of_the_address_are_used(mortal_redis: MortalServer) -> None:
    client = open_redis(mortal_redis.url)
    await client.config_set("requirepass", "a word")
    address = mortal_redis.url.replace("redis://", "redis://:a%20word@").replace("/0", "/3")
    store, talk = RedisConversationStore(RedisLine.to(address), KEYRING), a_talk()

    await store.save(await store.open(talk.key), talk)
    wrong = await RedisConversationStore(RedisLine.to(address.replace("word", "worm")), KEYRING).open(talk.key)

    assert (await store.open(talk.key)).conversation == talk
    assert wrong.token is None
    inside = open_redis(address)
    assert await inside.dbsize() == 2
    await inside.aclose()
    await client.aclose()
