"""Intents: every kind in three languages, several at once, refusals, emergencies and their false friends."""

import json
import math
from collections import Counter
from pathlib import Path

import pytest

from marcai.understanding.confidence import evidence_of, sureness
from marcai.understanding.intents import Wanted, reconsidered
from marcai.understanding.interpreter import Interpreter
from marcai.understanding.lines import answer_line
from marcai.understanding.meaning import Intent, IntentReading
from tests.understanding.batch import batch
from tests.understanding.messages import EVERY
from tests.understanding.reading import NOW, read
from tests.understanding.red_flags import CALM, EMERGENCIES
from tests.understanding.unseen import UNSEEN

BATCHES = Path(__file__).parent / "batches"


def share_right(messages: tuple[tuple[str, str, str], ...]) -> tuple[dict[str, float], list[str]]:
    right, number, missed = Counter[str](), Counter[str](), []
    for lang, text, intents in messages:
        number[lang] += 1
        got = read(text).intent.value
        right[lang] += got in intents.split("|")
        if got not in intents.split("|"):
            missed.append(f"{text} -> {got}")
    return {lang: right[lang] / number[lang] for lang in number}, missed


def test_nearly_all_written_messages_are_understood_in_each_language() -> None:
    shares, missed = share_right(EVERY)
    assert min(shares.values()) >= 0.98, missed


def test_messages_that_nothing_was_tuned_on_are_understood() -> None:
    shares, missed = share_right(UNSEEN)
    assert min(shares.values()) >= 0.9, missed


def test_alarms_of_every_batch_are_heard_and_calm_messages_raise_none() -> None:
    flags = [m for path in sorted(BATCHES.glob("*_flags.txt")) for m in batch(path)]
    urgent = [m for m in flags if m[2] == "urgent"]
    calm = [m for m in flags if m[2] == "calm"]
    unheard = [text for lang, text, _ in urgent if read(text, lang).intent.value != "emergency"]
    false = [text for lang, text, _ in calm if read(text, lang).intent.value == "emergency"]
    assert len(unheard) <= 0.02 * len(urgent), unheard
    assert len(false) <= 0.02 * len(calm), false


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        (None, "hi", "greeting"),
        ("en", "book for yesterday", "book"),
        ("en", "is parking available?", "clinic_info"),
        ("en", "do you take insurance X?", "clinic_info"),
        ("pt", "aceita convênio?", "clinic_info"),
        ("zh", "可以用医保吗", "clinic_info"),
        ("en", "hmm who is she? what does she treat?", "clinic_info"),
        ("en", "blah", "other"),
        ("en", "anything sooner?", "availability"),
        ("pt", "tem algo mais cedo?", "availability"),
        ("en", "I changed my mind", "deny"),
        ("en", "can you book for my mother", "book"),
        ("pt", "o site não abre mais", "other|clinic_info|human"),
        ("en", "i can't speak portuguese", "other|human|clinic_info|deny"),
    ],
)
def test_what_was_once_misread_is_read(lang: str | None, text: str, wanted: str) -> None:
    assert read(text, lang).intent.value in wanted.split("|")


def test_a_refused_deed_is_not_brought_back_by_how_the_message_sounds() -> None:
    likely = dict.fromkeys(Intent, 0.01) | {Intent.CANCEL: 0.86}
    assert reconsidered(Wanted((), (Intent.CANCEL,)), likely).readings[0].intent is not Intent.CANCEL


def test_an_alarm_that_no_wording_raised_counts_only_where_nothing_else_is_wanted() -> None:
    booking = IntentReading(Intent.BOOK, 0.9, 0, 1)
    likely = dict.fromkeys(Intent, 0.03) | {Intent.EMERGENCY: 0.58}
    assert reconsidered(Wanted((booking,), ()), likely).readings[0].intent is Intent.BOOK
    assert reconsidered(Wanted((), ()), likely, calmed=True).readings[0].intent is not Intent.EMERGENCY
    assert reconsidered(Wanted((), ()), likely).readings[0].intent is Intent.EMERGENCY


def test_own_cases_reach_what_was_promised(shared: Path) -> None:
    right, number = Counter[str](), Counter[str]()
    for line in (shared / "nlu" / "own_dev.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        number[case["lang"]] += 1
        right[case["lang"]] += answer_line(Interpreter(), case, None, NOW)["intent"] in case["intent_accept"]
    assert min(right[lang] / number[lang] for lang in number) >= 0.95


@pytest.mark.parametrize(("lang", "text"), EMERGENCIES)
def test_an_emergency_is_heard(lang: str, text: str) -> None:
    assert read(text, lang).intent.value == "emergency"


@pytest.mark.parametrize(("lang", "text"), CALM)
def test_a_false_friend_is_no_emergency(lang: str, text: str) -> None:
    assert read(text, lang).intent.value != "emergency"


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("pt", "cancela a de terça e marca outra pra quinta", ["cancel", "book"]),
        ("en", "cancel my tuesday one and book me in for thursday", ["cancel", "book"]),
        ("zh", "取消周三的，另外帮我约周五", ["cancel", "book"]),
        ("pt", "confirma a de hoje e cancela a de sexta", ["confirm", "cancel"]),
        ("pt", "cancela a de terça e remarca pra quinta", ["reschedule"]),
    ],
)
def test_several_deeds_are_read_in_the_order_said(lang: str, text: str, wanted: list[str]) -> None:
    assert [reading.intent.value for reading in read(text, lang).readings] == wanted


@pytest.mark.parametrize(
    ("lang", "text", "refused", "wanted"),
    [
        ("pt", "não quero cancelar, quero remarcar", "cancel", "reschedule"),
        ("pt", "n quero cancelar so mudar o horario", "cancel", "reschedule"),
        ("en", "I don't want to cancel, I want to move it", "cancel", "reschedule"),
        ("en", "not cancelling, just want to reschedule", "cancel", "reschedule"),
        ("zh", "我不是要取消，是想改时间", "cancel", "reschedule"),
        ("pt", "não quero entrar na lista de espera", "waitlist", "deny"),
        ("en", "no waiting list please", "waitlist", "deny"),
    ],
)
def test_a_refused_deed_is_not_wanted(lang: str, text: str, refused: str, wanted: str) -> None:
    meaning = read(text, lang)
    assert [intent.value for intent in meaning.refused] == [refused]
    assert meaning.intent.value == wanted


def test_confidence_grows_with_evidence_and_falls_with_a_rival() -> None:
    assert sureness(1.0, 0.0) < sureness(3.0, 0.0)
    assert sureness(3.0, 2.0) < sureness(3.0, 0.0)
    assert math.isclose(evidence_of(sureness(2.0, 0.0)), 2.0, abs_tol=0.01)
