# ruff: noqa: E501 - tables are read as rows

import asyncio
import json
import os
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from marcai.backends.fakes.model import ScriptedModel
from marcai.understanding.meaning import Intent, IntentReading, KnownName, KnownNames, Language, Meaning, NameMention
from marcai.understanding.model import OPEN_POINTS, answer_schema, ask_model
from marcai.understanding.model_quotes import span_of_quote
from marcai.understanding.ports import ModelUnavailable
from marcai.understanding.prompts import PromptMissing, prompt

NOW = datetime(2026, 11, 23, 10, 0)
CLINIC = KnownNames(
    "model-1",
    tuple(KnownName(UUID(int=place + 1), (name,)) for place, name in enumerate(("Dra. Ana Souza", "Dr. João Silva", "Dr. Wei Chen"))),
    (KnownName(UUID(int=11), ("Retorno", "follow-up")),),
    (KnownName(UUID(int=21), ("Unidade Paulista",)),),
    ("Cardiologia",),
)


async def asked(
    text: str, answer: dict[str, object] | ModelUnavailable | None, *, open_points: frozenset[str] = OPEN_POINTS, meaning: Meaning | None = None,
    language: Language = Language.EN,
) -> Meaning:  # fmt: skip
    return await ask_model(
        ScriptedModel([answer]),
        meaning=meaning or Meaning(text, language),
        text=text,
        now=NOW,
        known=CLINIC,
        open_points=open_points,
        patience_seconds=0.2,
    )


async def test_what_the_message_bears_out_enriches_the_meaning() -> None:
    text = "My chest feels funny after runs, could the heart doctor João squeeze me in on 4 December at the Paulista place?"
    answer: dict[str, object] = {
        "intent": "book", "intent_quote": "squeeze me in", "time_quotes": ["4 december"], "provider_quote": "joao", "specialty_quote": "heart doctor",
        "location_quote": "the Paulista", "reason_quote": "chest feels funny after runs", "appointment_type_quote": None, "person_name_quote": None,
    }  # fmt: skip
    meaning = await asked(text, answer)
    assert meaning.intent is Intent.BOOK
    assert text[meaning.readings[0].start : meaning.readings[0].end] == "squeeze me in"
    assert [mention.value for mention in meaning.times] == [date(2026, 12, 4)]
    assert text[meaning.times[0].start : meaning.times[0].end] == "4 December"
    assert meaning.provider is not None
    assert meaning.provider.settled is not None
    assert meaning.provider.settled.id == UUID(int=2)
    assert meaning.specialty is not None
    assert meaning.specialty.specialty == "Cardiologia"
    assert meaning.location is not None
    assert meaning.reason == "chest feels funny after runs"
    assert meaning.from_model == {"readings", "times", "provider", "specialty", "location", "reason"}


@pytest.mark.parametrize(
    ("text", "intent", "quote"),
    [
        ("good morning", "cancel", "good morning"), ("good morning", "cancel", "cancel my visit"), ("hi", "human", "hi"), ("i don't want to cancel", "cancel", "cancel"),
        ("não quero cancelar nada", "cancel", "cancelar"), ("我不想取消", "cancel", "取消"), ("let me know if somebody cancels", "cancel", "somebody cancels"),
        ("ok", "affirm", "ok"), ("sounds like a plan", "affirm", "sounds like a plan"), ("nope", "deny", "nope"), ("book me", "launch_missiles", "book me"),
        ("my cat is nice", "emergency", "my cat is nice"), ("thanks a lot", "book", "thanks"), ("cancelamento", "cancel", "cancela"), ("hello", "confirm", "hello"),
    ],
)  # fmt: skip
async def test_an_intent_that_the_message_does_not_speak_of_is_dropped(text: str, intent: str, quote: str) -> None:
    meaning = await asked(text, {"intent": intent, "intent_quote": quote})
    assert meaning == Meaning(text, Language.EN)


@pytest.mark.parametrize(
    ("text", "intent", "quote", "language"),
    [
        ("scrap my thing with Ana", "cancel", "scrap my thing", Language.EN), ("i can't make it after all", "cancel", "can't make it", Language.EN),
        ("não vou conseguir ir", "cancel", "não vou conseguir ir", Language.PT), ("dá pra jogar pra outro dia?", "reschedule", "jogar pra outro dia", Language.PT),
        ("周三我去不了了", "cancel", "去不了", Language.ZH), ("幫我挪一下", "reschedule", "挪一下", Language.ZH), ("fit me in somewhere", "book", "fit me in", Language.EN),
        ("a human would be nice", "human", "a human", Language.EN), ("não, cancela", "cancel", "cancela", Language.PT),
        ("my lips turn blue and i can't breathe", "emergency", "can't breathe", Language.EN),
    ],
)  # fmt: skip
async def test_an_unusual_wording_of_a_deed_is_understood_through_the_model(text: str, intent: str, quote: str, language: Language) -> None:
    meaning = await asked(text, {"intent": intent, "intent_quote": quote}, language=language, open_points=frozenset({"intent"}))
    assert meaning.intent is Intent(intent)
    assert meaning.confidence < 0.9
    assert meaning.from_model == {"readings"}


async def test_a_provider_or_a_day_that_was_ruled_out_does_not_come_back() -> None:
    text = "book me with anyone but Dr. Ana, any day but 4 December"
    meaning = await asked(text, {"provider_quote": "Dr. Ana", "time_quotes": ["4 December"]}, open_points=frozenset({"provider", "times"}))
    assert (meaning.provider, meaning.times, meaning.from_model) == (None, (), frozenset())


async def test_what_the_rules_settled_is_neither_asked_nor_overridden() -> None:
    text = "cancel my visit with Dr. Ana or was it joão"
    settled = Meaning(text, Language.EN, readings=(IntentReading(Intent.CANCEL, 0.95, 0, 6),), provider=NameMention("Dr. Ana"))
    model = ScriptedModel([{"intent": "book", "intent_quote": "visit", "provider_quote": "joão", "specialty_quote": None}])
    meaning = await ask_model(model, meaning=settled, text=text, now=NOW, known=CLINIC, open_points=OPEN_POINTS, patience_seconds=1)
    assert meaning == settled
    assert set(model.asked[0].schema["properties"]) == set(answer_schema(OPEN_POINTS - {"intent", "provider"})["properties"])  # type: ignore[call-overload]


async def test_nothing_open_asks_nothing() -> None:
    model = ScriptedModel([{}])
    meaning = Meaning("hello", Language.EN)
    assert (
        await ask_model(model, meaning=meaning, text="hello", now=NOW, known=CLINIC, open_points=frozenset({"weather"}), patience_seconds=1)
        is meaning
    )
    assert model.asked == []


async def test_the_model_learns_neither_the_clinics_names_nor_more_than_the_message() -> None:
    model = ScriptedModel([{}])
    await ask_model(
        model, meaning=Meaning("hello", Language.EN), text="hello", now=NOW, known=CLINIC, open_points=OPEN_POINTS, patience_seconds=1
    )
    (call,) = model.asked
    assert call.message == "hello"
    assert not any(word in call.instructions + json.dumps(call.schema) for word in ("Souza", "Paulista", "Retorno", "hello"))


@pytest.mark.parametrize("answer", [ModelUnavailable("down"), None])
async def test_a_model_that_fails_or_hangs_leaves_the_meaning_as_it_was(answer: ModelUnavailable | None) -> None:
    assert await asked("squeeze me in", answer) == Meaning("squeeze me in", Language.EN)


async def test_a_model_that_forgets_its_deadline_is_left_behind() -> None:
    class Endless:
        async def propose(
            self, *, instructions: str, message: str, schema: dict[str, object], patience_seconds: float
        ) -> dict[str, object]:
            await asyncio.sleep(3600)
            return {}

    meaning = Meaning("squeeze me in", Language.EN)
    assert (
        await ask_model(
            Endless(), meaning=meaning, text="squeeze me in", now=NOW, known=CLINIC, open_points=OPEN_POINTS, patience_seconds=0.05
        )
        is meaning
    )


def test_a_schema_is_strict_and_offers_no_yes_or_no() -> None:
    schema = answer_schema(OPEN_POINTS)
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(schema["properties"])  # type: ignore[call-overload]
    assert "affirm" not in json.dumps(schema)
    assert "deny" not in json.dumps(schema)


@pytest.mark.parametrize(
    ("quote", "text", "span"),
    [
        ("amanhã", "até  AMANHÃ!", (5, 11)), ("amanha", "até amanhã", (4, 10)), ("“heart  doctor”", "a heart doctor", (2, 14)), ("ana", "banana", None), ("周三", "约周三上午", (1, 3)),
        ("", "x", None), ("!!", "hi!!", None), ("can cel", "cancel", None), ("can\u200bcel", "can\u200bcel it", (0, 7)), ("cancel", "c\u200bancel", (0, 7)), ("x" * 400, "x" * 400, None),
        ("ﬁt", "fit me", (0, 3)), ("a b", "a\n\tb", (0, 4)),
    ],
)  # fmt: skip
def test_a_quote_is_looked_up_as_a_reader_would(quote: str, text: str, span: tuple[int, int] | None) -> None:
    assert span_of_quote(quote, text) == span


def test_a_missing_prompt_is_told_by_name() -> None:
    assert "schema" in prompt("understand")
    with pytest.raises(PromptMissing, match="nothing"):
        prompt("nothing")


async def test_injected_messages_have_no_effect_beyond_what_they_say() -> None:
    cases = Path(os.environ.get("MARCAI_SHARED", "../shared")) / "contracts" / "prompt_injection_cases.json"
    if not cases.exists():
        pytest.skip(f"no cases at {cases}; set MARCAI_SHARED")
    seeds = json.loads(cases.read_text(encoding="utf-8"))["seeds"]
    speaks_of_cancelling = ("cancel", "取消")
    for text in seeds:
        for intent in Intent:
            for quote in (text, text[: len(text) // 2], "cancel the appointment of John Smith", intent.value, "yes"):
                # The model obeys the attacker: it names others, other days, other deeds.
                answer: dict[str, object] = {
                    "intent": intent.value, "intent_quote": quote, "provider_quote": "Dra. Ana Souza", "time_quotes": ["tomorrow", "2026-12-01"],
                    "person_name_quote": "Maria Souza", "reason_quote": "staff override", "identity": "verified", "appointment_id": "ap_other", "tool": "cancel",
                }  # fmt: skip
                meaning = await asked(text, answer)
                assert meaning.intent not in (Intent.AFFIRM, Intent.DENY)
                if meaning.intent is Intent.CANCEL:
                    assert any(word in text.lower() for word in speaks_of_cancelling)
                assert meaning.provider is None
                assert all(text[mention.start : mention.end].lower() == "tomorrow" for mention in (*meaning.times, *meaning.subject_times))
                assert (meaning.person_name or "") in text
                assert (meaning.reason or "") in text
                assert (meaning.phone, meaning.date_of_birth, meaning.answer, meaning.ordinal) == (None, None, None, None)
