"""A whole talk while Redis dies, is flushed, and comes back: nothing is lost, and nothing is done twice."""

import pytest

from marcai.backends.redis.line import RedisLine
from marcai.backends.redis.open import open_redis
from marcai.conversation.flow import State
from marcai.scheduling.requests import AppointmentFilter
from tests.backends.redis.conftest import MortalServer
from tests.tools.clinic import World
from tests.tools.talking import Talk

TURNS = ["quero marcar consulta com a dra ana souza amanhã às 10h", "não, prefiro quinta às 9h", "sim"]
BLOWS = ["killed", "flushed", "restarted"]


async def visits(world: World) -> int:
    async with world.unit() as unit:
        return len(await unit.calendar.appointments(AppointmentFilter(live_only=True), limit=9, after=None, with_history=False))


@pytest.mark.parametrize("blow", BLOWS)
@pytest.mark.parametrize("turn", [1, 2])
async def test_a_talk_goes_on_whatever_becomes_of_redis(
    world: World,
    mortal_redis: MortalServer,
    blow: str,
    turn: int,
) -> None:
    line = RedisLine.to(mortal_redis.url)
    talk = Talk(world, line)
    states = []
    for number, text in enumerate(TURNS):
        if number == turn:
            if blow == "flushed":
                client = open_redis(mortal_redis.url)
                await client.flushall()
                await client.aclose()
            else:
                mortal_redis.kill()
                if blow == "restarted":
                    mortal_redis.start()
        states.append((await talk.say(text)).state)

    assert states == [State.OFFERING, State.OFFERING, State.COMPLETED]
    assert await visits(world) == 1
    await line.aclose()


async def test_a_repeated_message_is_answered_from_the_database_when_redis_forgot_it(
    world: World,
    mortal_redis: MortalServer,
) -> None:
    line = RedisLine.to(mortal_redis.url)
    talk = Talk(world, line)
    for text in TURNS[:-1]:
        await talk.say(text)
    first = await talk.say(TURNS[-1], message_id="wamid.yes")
    mortal_redis.kill()

    again = await talk.say(TURNS[-1], message_id="wamid.yes")

    assert again == first
    assert await visits(world) == 1
    await line.aclose()
