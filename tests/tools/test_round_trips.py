"""What a turn costs in round trips once the process knows clinic and contact: the figures of docs/round-trips.md."""

from marcai.backends.redis.open import open_redis
from marcai.backends.redis.pooled import PooledScripts
from marcai.conversation.flow import State
from tests.tools.clinic import World
from tests.tools.talking import Talk

TURNS = [
    ("quero marcar consulta com a dra ana souza amanhã às 10h", State.OFFERING, 7),
    ("não, prefiro quinta às 9h", State.OFFERING, 7),
    ("sim", State.COMPLETED, 6),
    ("quais consultas eu tenho?", State.COMPLETED, 5),
    ("qual o endereço?", State.COMPLETED, 4),
    ("quero cancelar a consulta de quinta", State.CONFIRMING_CANCEL, 5),
    ("sim", State.COMPLETED, 8),
]


async def test_a_turn_costs_two_round_trips_to_redis_and_few_to_the_database(world: World) -> None:
    talk = Talk(world, PooledScripts(open_redis("memory://")))
    for text, _, _ in TURNS:
        await talk.say(text)

    for text, state, most in TURNS:
        reply = await talk.say(text)
        assert reply.state is state, text
        assert talk.trips.redis == 2, text
        assert talk.trips.postgres <= most, f"{text}: {talk.trips.postgres} round trips"


async def test_a_talk_whose_copy_was_lost_pays_one_round_trip_more(world: World) -> None:
    redis = open_redis("memory://")
    talk = Talk(world, PooledScripts(redis))
    await talk.say("qual o endereço?")
    await talk.say("qual o endereço?")
    await redis.flushall()

    await talk.say("qual o endereço?")

    assert (talk.trips.redis, talk.trips.postgres) == (2, 5)
