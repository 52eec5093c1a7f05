"""The way of one turn: repeats, stale copies, a lost Redis, lost slots, expired holds, many at once, and a house that is down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from marcai.clinics.actor import IdentityLevel
from marcai.conversation.conversation import Conversation, ConversationStore, OpenTalk, TalkKey, TalkUnit
from marcai.conversation.engine import Engine
from marcai.conversation.flow import State
from marcai.scheduling.errors import NotFound
from marcai.scheduling.patient import PatientId
from marcai.understanding.interpreter import Interpreter
from marcai.understanding.meaning import Intent, Language
from tests.conversation.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
WISH = "Book me with Dr. Otávio on Thursday at 9 am"


class StaleStore:
    """A store that always hands out the copy that it was given: what a lost lock looks like."""

    def __init__(self, copy: Conversation | None) -> None:
        self.copy = copy

    async def open(self, key: TalkKey, *, message_id: str | None = None) -> OpenTalk:
        return OpenTalk(key, self.copy)

    async def save(self, talk: OpenTalk, conversation: Conversation, *, message_id: str | None = None) -> None:
        return None

    async def release(self, talk: OpenTalk, *, forget: bool = False) -> None:
        return None

    async def clear(self, key: TalkKey) -> None:
        return None


def engine_with(stage: Stage, store: ConversationStore) -> Engine:
    return Engine(units=stage.store.unit, store=store, interpreter=Interpreter(), clock=stage.clock, new_id=uuid4)


async def test_a_repeated_message_gets_the_stored_reply_and_does_nothing_twice(stage: Stage) -> None:
    await stage.say(WISH, message_id="m1")
    first = await stage.say("yes", message_id="m2")
    again = await stage.say("yes", message_id="m2")
    assert again == first
    assert await stage.calendar() == ["otavio 2026-03-05 09:00 confirmed"]


async def test_a_repeat_is_known_without_redis_too(stage: Stage) -> None:
    first = await stage.say(WISH, message_id="m1")
    await stage.redis.flushall()
    assert await stage.say(WISH, message_id="m1") == first
    assert await stage.holds() == 1


async def test_a_repeated_message_that_comes_late_is_answered_as_it_was(stage: Stage) -> None:
    first = await stage.say(WISH, message_id="m1")
    await stage.say("yes", message_id="m2")
    assert await stage.say(WISH, message_id="m1") == first
    assert await stage.calendar() == ["otavio 2026-03-05 09:00 confirmed"]


async def test_a_stale_copy_is_undone_and_played_again_on_the_true_one(stage: Stage) -> None:
    stage.engine = engine_with(stage, StaleStore(None))
    await stage.say(WISH)
    async with stage.store.unit(stage.organisation_id, actor_label="test") as unit:
        offering = await unit.talks.load(stage.key)
    assert offering is not None
    await stage.say("yes")
    stage.engine = engine_with(stage, StaleStore(offering))
    reply = await stage.say("yes")
    assert reply.turn == 3
    assert await stage.calendar() == ["otavio 2026-03-05 09:00 confirmed"]


async def test_many_yeses_at_once_book_one_visit(stage: Stage) -> None:
    await stage.say(WISH)
    stage.engine = engine_with(stage, StaleStore(None))
    answers = await asyncio.gather(*(stage.say("yes", message_id=f"m{n % 2}") for n in range(6)), return_exceptions=True)
    assert await stage.calendar() == ["otavio 2026-03-05 09:00 confirmed"]
    assert any(not isinstance(answer, BaseException) for answer in answers)


async def test_an_offer_is_held_for_the_talk_alone(stage: Stage) -> None:
    await stage.say(WISH)
    stage.contact, stage.me, mine = "5511888880000", stage.other, stage.me
    reply = await stage.say(WISH)
    assert reply.offer is not None
    assert stage.offered() != "otavio 2026-03-05 09:00"
    stage.me = mine


async def test_an_expired_hold_books_all_the_same_while_the_slot_is_free(stage: Stage) -> None:
    await stage.say(WISH)
    stage.clock.advance(timedelta(minutes=20))
    assert (await stage.say("yes")).state is State.COMPLETED
    assert await stage.calendar() == ["otavio 2026-03-05 09:00 confirmed"]


async def test_a_slot_that_was_lost_is_regretted_and_the_next_one_offered(stage: Stage) -> None:
    await stage.say(WISH)
    stage.clock.advance(timedelta(minutes=20))
    await stage.stand("theirs", "otavio", "2026-03-05T09:00", patient=stage.other)
    reply = await stage.say("yes")
    assert reply.state is State.OFFERING
    assert reply.offer is not None
    assert "just been taken" in reply.reply
    assert await stage.calendar() == ["otavio 2026-03-05 09:00 requested"]


async def test_a_lost_slot_of_a_move_leaves_the_old_visit(stage: Stage) -> None:
    await stage.stand("mine", "otavio", "2026-03-05T10:00")
    await stage.say("move my appointment on Thursday to Friday at 9 am")
    assert stage.offered() == "otavio 2026-03-06 09:00"
    stage.clock.advance(timedelta(minutes=20))
    await stage.stand("theirs", "otavio", "2026-03-06T09:00", patient=stage.other)
    reply = await stage.say("yes")
    assert reply.state is State.OFFERING
    assert "otavio 2026-03-05 10:00 requested" in await stage.calendar()


async def test_after_a_long_silence_a_talk_begins_anew_under_the_same_id(stage: Stage) -> None:
    first = await stage.say(WISH)
    stage.clock.advance(timedelta(hours=30))
    reply = await stage.say("yes")
    assert (reply.conversation_id, reply.turn) == (first.conversation_id, 2)
    assert reply.state is not State.COMPLETED
    assert await stage.calendar() == []


async def test_after_a_long_silence_nobody_stays_proven(stage: Stage) -> None:
    await stage.stand("mine", "otavio", "2026-03-05T10:00")
    stage.is_known = False
    await stage.say("what appointments do I have?")
    assert (await stage.say("my name is Marina Cordeiro, date of birth May 12, 1990")).state is State.COMPLETED
    stage.clock.advance(timedelta(hours=25))
    assert (await stage.say("what appointments do I have?")).state is State.IDENTIFYING


async def test_another_patients_visit_cannot_be_cancelled_in_any_words(stage: Stage) -> None:
    await stage.stand("theirs", "otavio", "2026-03-05T10:00", patient=stage.other)
    for words in ("cancel my appointment on Thursday", "cancel the appointment on March 5 at 10 am", "yes"):
        reply = await stage.say(words)
        assert "March 5" not in reply.reply
    assert await stage.calendar() == ["otavio 2026-03-05 10:00 requested"]


async def test_an_unknown_patient_has_no_talk(stage: Stage) -> None:
    stage.me = replace(stage.me, id=PatientId(uuid4()))
    with pytest.raises(NotFound):
        await stage.say("hello")


async def test_a_view_shows_where_the_talk_stands_and_how_it_came_there(stage: Stage) -> None:
    await stage.say(WISH)
    reply = await stage.say("what?")
    view = await stage.engine.view(stage.key)
    assert view is not None
    assert view.last == reply
    assert [turn.text for turn in view.history] == [WISH, "what?"]
    by_patient = await stage.engine.view(replace(stage.key, contact="somebody"), patient_id=stage.me.id)
    assert by_patient == view
    assert await stage.engine.view(replace(stage.key, contact="nobody")) is None


async def test_a_cleared_talk_is_forgotten_and_lets_its_slot_go(stage: Stage) -> None:
    first = await stage.say(WISH)
    await stage.engine.clear(stage.key)
    assert await stage.holds() == 0
    assert await stage.engine.view(stage.key) is None
    reply = await stage.say("hello")
    assert reply.turn == 1
    assert reply.conversation_id != first.conversation_id


async def test_every_member_of_the_state_lives_in_the_snapshot(stage: Stage) -> None:
    await stage.say(WISH)
    opened = await stage.engine._store.open(stage.key)  # the copy itself is what is looked at
    await stage.engine._store.release(opened)
    async with stage.store.unit(stage.organisation_id, actor_label="test") as unit:
        assert await unit.talks.load(stage.key) == opened.conversation


async def test_a_language_that_the_door_names_is_kept(stage: Stage) -> None:
    stage.language = Language.ZH
    assert (await stage.say("ok")).language is Language.ZH


@pytest.mark.parametrize("text", ["\x00", "a" * 10_000, "😀" * 500, "\ud800", "1" * 300, "<script>", "' OR 1=1 --", "\u202e" * 40])
async def test_no_text_breaks_a_turn(stage: Stage, text: str) -> None:
    await stage.say(WISH)
    assert (await stage.say(text.replace("\ud800", "?"))).reply


class Down:
    """A database that does not answer."""

    def __call__(self, organisation_id: UUID, *, actor_label: str, now: datetime | None = None) -> AbstractAsyncContextManager[Any]:
        raise ConnectionError("the database is down")


async def test_when_everything_is_down_an_emergency_is_answered_all_the_same(stage: Stage) -> None:
    working = stage.engine
    stage.engine = Engine(units=Down(), store=StaleStore(None), interpreter=Interpreter(), clock=stage.clock, new_id=uuid4)
    reply = await stage.say("estou com dor no peito muito forte")
    assert reply.intent is Intent.EMERGENCY
    assert "192" in reply.reply
    with pytest.raises(ConnectionError):
        await stage.say("quero marcar uma consulta")
    stage.engine = working


@dataclass
class WatchedUnits:
    """Units of work, counting those that are open."""

    stage: Stage
    open: int = 0

    @asynccontextmanager
    async def __call__(self, organisation_id: UUID, *, actor_label: str, now: datetime | None = None) -> AsyncIterator[TalkUnit]:
        async with self.stage.store.unit(organisation_id, actor_label=actor_label, now=now) as unit:
            self.open += 1
            try:
                yield unit
            finally:
                self.open -= 1


@dataclass
class Oracle:
    """A language model that answers with what it was given, and notes whether a transaction stood open meanwhile."""

    units: WatchedUnits
    answer: dict[str, object]
    asked: int = 0
    open_meanwhile: int = 0

    async def propose(self, *, instructions: str, message: str, schema: dict[str, object], patience_seconds: float) -> dict[str, object]:
        self.asked += 1
        self.open_meanwhile += self.units.open
        return self.answer


async def test_a_model_is_waited_for_outside_of_any_transaction(stage: Stage) -> None:
    units = WatchedUnits(stage)
    oracle = Oracle(units, {})
    working = stage.engine
    stage.engine = Engine(units=units, store=StaleStore(None), interpreter=Interpreter(oracle), clock=stage.clock, new_id=uuid4)
    reply = await stage.say("qwrt zxcv bnm")
    stage.engine = working
    assert reply.reply
    assert oracle.asked == 1
    assert oracle.open_meanwhile == 0


async def test_who_is_known_by_the_channel_alone_sees_only_what_was_booked_there(stage: Stage) -> None:
    await stage.stand("elsewhere", "otavio", "2026-03-05T10:00")
    stage.level = IdentityLevel.CHANNEL
    assert (await stage.say("what appointments do I have?")).state is State.IDENTIFYING
    reply = await stage.say("my name is Marina Cordeiro, date of birth May 12, 1990")
    assert "March 5 at 10 am" in reply.reply


async def test_what_was_booked_in_a_channel_may_be_cancelled_there(stage: Stage) -> None:
    stage.level = IdentityLevel.CHANNEL
    await stage.say(WISH)
    await stage.say("yes")
    await stage.say("please cancel my appointment on Thursday")
    assert (await stage.say("yes")).state is State.COMPLETED
    assert await stage.calendar() == []


async def test_two_visits_of_one_sentence_are_cancelled_one_after_the_other(stage: Stage) -> None:
    await stage.stand("a1", "souza", "2026-03-04T10:00")
    await stage.stand("a2", "otavio", "2026-03-06T10:00")
    await stage.say("please cancel the visit on Wednesday and also the one on Friday")
    reply = await stage.say("yes")
    assert reply.state is State.CONFIRMING_CANCEL
    assert "March 6" in reply.reply
    await stage.say("yes")
    assert await stage.calendar() == []
