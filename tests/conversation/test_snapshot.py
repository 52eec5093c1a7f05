"""A talk and a reply come back from their JSON as they were; what another version wrote is not taken for ours."""

from dataclasses import fields
from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest

from marcai.clinics.actor import IdentityLevel
from marcai.conversation.conversation import (
    Conversation,
    Doubt,
    Entities,
    Handoff,
    Missing,
    Named,
    Offer,
    Person,
    Reply,
    Subject,
    TalkKey,
    Task,
    Wanted,
)
from marcai.conversation.flow import State
from marcai.conversation.snapshot import OldSnapshot, dump_conversation, dump_reply, load_conversation, load_reply
from marcai.scheduling.slots import Slot
from marcai.understanding.meaning import Candidate, Intent, Language

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_talk() -> Conversation:
    wanted = Wanted(
        provider=Candidate(uuid4(), "Ana", 0.9),
        any_provider=True,
        excluded_providers=frozenset({uuid4()}),
        specialty="Cardiologia",
        appointment_type_id=uuid4(),
        location_id=uuid4(),
        date_from=date(2026, 3, 3),
        date_to=date(2026, 3, 4),
        any_day=True,
        time_from=time(9),
        time_to=time(12),
        any_time=True,
        earliest=True,
        excluded_dates=frozenset({date(2026, 3, 5)}),
        excluded_starts=frozenset({NOW}),
        excluded_times=((time(9), time(10)),),
        reason="joelho",
    )
    subject = Subject(date(2026, 3, 3), date(2026, 3, 3), time(9), time(9), uuid4(), uuid4(), -1)
    task = Task(Intent.RESCHEDULE, wanted, subject, uuid4(), 2, frozenset({"date"}))  # type: ignore[arg-type]
    slot = Slot(uuid4(), uuid4(), uuid4(), NOW, NOW.replace(hour=13), uuid4())  # type: ignore[arg-type]
    return Conversation(
        id=uuid4(),
        key=TalkKey(uuid4(), "whatsapp", "5511999990000"),  # type: ignore[arg-type]
        language=Language.ZH,
        updated_at=NOW,
        state=State.OFFERING,
        turn=7,
        person=Person(IdentityLevel.IDENTIFIED, uuid4(), "Ana", date(1990, 1, 1), "+5511", True),  # type: ignore[arg-type]
        intent=Intent.BOOK,
        task=task,
        later=(Task(Intent.LIST),),
        offer=Offer(slot, uuid4(), NOW, "date"),
        doubt=Doubt("which_week", ((date(2026, 3, 3), time(9)), (None, time(15)))),
        choices=(uuid4(),),
        missing=(Missing.CONFIRMATION,),
        said="好的",
        unclear=1,
        handoff=Handoff("patient_request", "task: book"),
        booked=uuid4(),  # type: ignore[arg-type]
    )


def test_a_talk_comes_back_whole() -> None:
    talk = a_talk()
    assert [one.name for one in fields(talk) if getattr(talk, one.name) in (None, (), 0)] == [], "every member is tried"
    assert load_conversation(dump_conversation(talk)) == talk


def test_a_reply_comes_back_whole() -> None:
    talk = a_talk()
    entities = Entities(Candidate(uuid4(), "Ana", 0.5), "x", Named(uuid4(), "Consulta"), date(2026, 3, 3), None, time(9), time(9), "dor")
    reply = Reply(
        talk.id, 7, talk.language, talk.state, talk.intent, entities, talk.missing, "好", ("好的",), talk.offer, None, talk.handoff
    )
    assert load_reply(dump_reply(reply)) == reply


@pytest.mark.parametrize("text", [b"", b"{}", b"[2, {}]", b'[1, {"id": 3}]', b"\xff"])
def test_what_cannot_be_read_is_refused_without_repeating_it(text: bytes) -> None:
    with pytest.raises(OldSnapshot):
        load_conversation(text)


def test_another_versions_snapshot_is_refused() -> None:
    other = dump_conversation(a_talk()).replace(b"[1,", b"[2,", 1)
    with pytest.raises(OldSnapshot, match="version 2"):
        load_conversation(other)
