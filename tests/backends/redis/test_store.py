"""The contract of the conversation store, on the Redis in the process and on a real server."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from marcai.backends.redis.pooled import PooledScripts
from marcai.backends.redis.store import RedisConversationStore, RedisGone
from marcai.clinics.clinic import OrganisationId
from marcai.kit.sealing import Keyring
from tests.backends.redis.talks import CONTACT, a_key, a_talk

KEYRING = Keyring.parse("1e" * 32)


class CountedScripts:
    """Counts round trips."""

    def __init__(self, inner: PooledScripts) -> None:
        self.inner, self.trips = inner, 0

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes | int]) -> object:
        self.trips += 1
        return await self.inner.run(script, keys, arguments)


def a_store(client: Redis, *, patience_seconds: float = 0.2, lock_life: timedelta = timedelta(seconds=5)) -> RedisConversationStore:
    return RedisConversationStore(PooledScripts(client), KEYRING, patience_seconds=patience_seconds, lock_life=lock_life)


async def test_a_talk_that_was_saved_is_there_at_the_next_turn(redis_client: Redis) -> None:
    store, talk = a_store(redis_client), a_talk()
    await store.save(await store.open(talk.key), talk)

    opened = await store.open(talk.key)

    assert opened.conversation == talk
    assert opened.token is not None


async def test_an_unknown_talk_is_not_there_but_locked(redis_client: Redis) -> None:
    store = a_store(redis_client)

    opened = await store.open(a_key())

    assert opened.conversation is None
    assert opened.token is not None
    assert not opened.is_repeat


async def test_a_second_turn_waits_for_the_first_and_sees_what_it_saved(redis_client: Redis) -> None:
    store, talk = a_store(redis_client, patience_seconds=3), a_talk()
    first = await store.open(talk.key)
    second = asyncio.create_task(store.open(talk.key))
    await asyncio.sleep(0.05)
    assert not second.done()

    await store.save(first, talk)

    assert (await second).conversation == talk


async def test_whoever_waits_in_vain_goes_on_without_the_lock(redis_client: Redis) -> None:
    store = a_store(redis_client)
    await store.open(a_key())

    late = await store.open(a_key())

    assert late.token is None
    assert late.conversation is None


async def test_a_lock_whose_holder_died_falls_by_itself(redis_client: Redis) -> None:
    store = a_store(redis_client, lock_life=timedelta(milliseconds=60), patience_seconds=2)
    await store.open(a_key())

    assert (await store.open(a_key())).token is not None


async def test_a_lost_lock_is_not_released_by_its_former_holder_and_its_copy_is_dropped(redis_client: Redis) -> None:
    store, talk = a_store(redis_client, lock_life=timedelta(milliseconds=60), patience_seconds=2), a_talk()
    slow = await store.open(talk.key)
    await asyncio.sleep(0.1)
    stranger = a_store(redis_client)
    second = await stranger.open(talk.key)
    assert second.token is not None

    await store.save(slow, talk)
    await store.release(slow)

    assert (await a_store(redis_client, patience_seconds=0.05).open(talk.key)).token is None, "the second holder lost its lock"
    await stranger.release(second)
    assert (await stranger.open(talk.key)).conversation is None


async def test_a_save_without_the_lock_drops_the_copy_that_may_be_old(redis_client: Redis) -> None:
    store, talk = a_store(redis_client), a_talk()
    await store.save(await store.open(talk.key), talk)
    holder = await store.open(talk.key)
    unlocked = await store.open(talk.key)
    assert unlocked.token is None

    await store.save(unlocked, replace(talk, turn=2))
    await store.release(holder)

    assert (await store.open(talk.key)).conversation is None


async def test_a_repeated_message_id_is_known_even_when_others_came_between(redis_client: Redis) -> None:
    store, talk = a_store(redis_client), a_talk()
    for number in range(1, 4):
        await store.save(await store.open(talk.key, message_id=f"wamid.{number}"), replace(talk, turn=number), message_id=f"wamid.{number}")

    again = await store.open(talk.key, message_id="wamid.1")
    await store.release(again)
    fresh = await store.open(talk.key, message_id="wamid.4")

    assert again.is_repeat
    assert not fresh.is_repeat


async def test_a_release_keeps_the_copy_unless_told_to_forget_it(redis_client: Redis) -> None:
    store, talk = a_store(redis_client), a_talk()
    await store.save(await store.open(talk.key), talk)

    await store.release(await store.open(talk.key))
    kept = await store.open(talk.key)
    await store.release(kept, forget=True)

    assert kept.conversation == talk
    assert (await store.open(talk.key)).conversation is None


async def test_a_cleared_talk_is_gone(redis_client: Redis) -> None:
    store, talk = a_store(redis_client), a_talk()
    await store.save(await store.open(talk.key), talk)

    await store.clear(talk.key)

    assert (await store.open(talk.key)).conversation is None


async def test_talks_of_other_clinics_channels_and_contacts_are_other_talks(redis_client: Redis) -> None:
    store, talk = a_store(redis_client), a_talk()
    await store.save(await store.open(talk.key), talk)

    for other in (a_key(channel="sms"), a_key(contact="+5511900000000"), a_key(clinic=OrganisationId(talk.id))):
        assert (await store.open(other)).conversation is None


async def test_a_talk_expires(redis_client: Redis) -> None:
    store, talk = a_store(redis_client), a_talk()
    store.copy_life = timedelta(milliseconds=50)
    await store.save(await store.open(talk.key), talk)
    await asyncio.sleep(0.1)

    assert (await store.open(talk.key)).conversation is None


async def test_nothing_readable_lies_in_redis(redis_client: Redis) -> None:
    store, talk = a_store(redis_client), a_talk()
    await store.save(await store.open(talk.key, message_id="wamid.HBgM"), talk, message_id="wamid.HBgM")
    await store.open(talk.key)

    seen = ""
    for name in await redis_client.keys("*"):
        kind = await redis_client.type(name)
        content = await redis_client.lrange(name, 0, -1) if kind == b"list" else [await redis_client.get(name)]
        seen += f"{name!r}{content!r}"

    assert talk.person.name is not None
    for canary in (CONTACT, CONTACT.lstrip("+"), talk.person.name, "Iolanda", "wamid", str(talk.id), "whatsapp"):
        assert canary not in seen


async def test_a_copy_that_was_moved_to_another_talk_is_not_opened(redis_client: Redis) -> None:
    store, mine, other = a_store(redis_client), a_talk(), a_talk(a_key(contact="+5511900000000"))
    await store.save(await store.open(mine.key), mine)
    (mine_name,) = await redis_client.keys("*:copy")
    await store.save(await store.open(other.key), other)
    (other_name,) = [name for name in await redis_client.keys("*:copy") if name != mine_name]

    await redis_client.execute_command("COPY", mine_name, other_name, "REPLACE")  # type: ignore[no-untyped-call]  # redis-py has no types here

    assert (await store.open(other.key)).conversation is None


@pytest.mark.parametrize("rubbish", [b"", b"\x01", b"{}", b"\x01" * 500])
async def test_a_copy_that_cannot_be_read_is_as_good_as_none(redis_client: Redis, rubbish: bytes) -> None:
    store, talk = a_store(redis_client), a_talk()
    await store.save(await store.open(talk.key), talk)
    (name,) = await redis_client.keys("*:copy")
    await redis_client.set(name, rubbish)

    opened = await store.open(talk.key)

    assert opened.conversation is None
    assert opened.token is not None


async def test_a_new_wrapping_key_still_opens_what_the_old_one_sealed(redis_client: Redis) -> None:
    old, talk = a_store(redis_client), a_talk()
    await old.save(await old.open(talk.key), talk)
    rotated = RedisConversationStore(PooledScripts(redis_client), Keyring.parse("2f" * 32 + "," + "1e" * 32))

    assert (await rotated.open(talk.key)).conversation == talk


async def test_a_turn_costs_two_round_trips(redis_client: Redis) -> None:
    counted = CountedScripts(PooledScripts(redis_client))
    store, talk = RedisConversationStore(counted, KEYRING), a_talk()
    await store.save(await store.open(talk.key, message_id="1"), talk, message_id="1")
    counted.trips = 0

    await store.save(await store.open(talk.key, message_id="2"), replace(talk, turn=2), message_id="2")

    assert counted.trips == 2


async def test_many_turns_at_once_never_share_the_lock(redis_client: Redis) -> None:
    store, talk, inside, most = a_store(redis_client, patience_seconds=20), a_talk(), 0, 0

    async def turn() -> None:
        nonlocal inside, most
        opened = await store.open(talk.key)
        assert opened.token is not None
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.001)
        inside -= 1
        number = opened.conversation.turn + 1 if opened.conversation else 1
        await store.save(opened, replace(talk, turn=number))

    await asyncio.gather(*(turn() for _ in range(12)))

    assert most == 1
    last = (await store.open(talk.key)).conversation
    assert last is not None
    assert last.turn == 12


class DeadScripts:
    """A Redis that is gone."""

    def __init__(self) -> None:
        self.knocks = 0

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes | int]) -> object:
        self.knocks += 1
        raise RedisGone("ConnectionError")


async def test_without_redis_nothing_raises_and_it_is_left_alone_for_a_while() -> None:
    dead, moment = DeadScripts(), [100.0]
    store, talk = RedisConversationStore(dead, KEYRING, monotonic=lambda: moment[0]), a_talk()

    opened = await store.open(talk.key, message_id="1")
    await store.save(opened, talk, message_id="1")
    await store.release(opened, forget=True)
    await store.clear(talk.key)

    assert (opened.conversation, opened.token, opened.is_repeat) == (None, None, False)
    assert dead.knocks == 1
    moment[0] += 2
    await store.clear(talk.key)
    assert dead.knocks == 2
