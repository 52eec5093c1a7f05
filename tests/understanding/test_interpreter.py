"""The interpreter: nothing raises, work is linear, spans are true, the model only adds and may fail."""

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marcai.understanding.cues import find
from marcai.understanding.folding import aligned
from marcai.understanding.interpreter import Context, Interpreter
from marcai.understanding.lexicons import lexicon_of
from marcai.understanding.lines import answer_line
from marcai.understanding.meaning import Language
from marcai.understanding.ports import ModelUnavailable
from tests.understanding.messages import EVERY
from tests.understanding.reading import CLINIC, LANGUAGES, NOW, read

ASKED = st.sampled_from(
    [None, "intent", "patient_name", "date_of_birth", "phone", "provider", "date", "time", "appointment", "confirmation", "reason"]
)
PIECES = st.sampled_from(
    [text for _, text, _ in EVERY] + ["\x00", "🙂", "\ud800", " ", "\n", "12/03/85", "190/120", "'", "...", "?", "，", "ﬁ", "e\u0301"]
)


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=8).map("".join)), st.sampled_from([None, *Language]), ASKED)
def test_no_text_raises(text: str, language: Language | None, asked: str | None) -> None:
    meaning = Interpreter().read(text, now=NOW, known=CLINIC, context=Context(language, asked))
    for reading in meaning.readings:
        assert 0 <= reading.start <= reading.end <= len(meaning.text)
        assert 0.0 < reading.confidence < 1.0


@given(st.text(max_size=100))
def test_folding_keeps_every_position(text: str) -> None:
    assert len(aligned(text)) == len(text)


@pytest.mark.parametrize(
    "unit",
    ["a", "quero marcar ", "não ", "约", "取消周四的预约", "chest pain last year ", "ok", " ", "1 ", "a de terça, ", "my name is ", "!"],
)
def test_work_grows_with_length_alone(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]
        best = float("inf")
        for _ in range(3):
            started = time.perf_counter()
            for language in Language:
                Interpreter().read(text, now=NOW, known=CLINIC, context=Context(language, "patient_name"))
            best = min(best, time.perf_counter() - started)
        return best

    seconds(200)
    assert seconds(8000) <= 8 * 2.5 * seconds(1000) + 0.05


@pytest.mark.parametrize("language", list(Language))
def test_every_cue_can_be_compiled_and_matches_something(language: Language) -> None:
    known = lexicon_of(language)
    for letters in (*known.exact, *known.stems):
        find(letters, known)


async def test_without_a_model_the_rules_alone_answer() -> None:
    meaning = await Interpreter().interpret("quero marcar", now=NOW, known=CLINIC, context=Context(), patience_seconds=1.0)
    assert meaning.intent.value == "book"


class SilentModel:
    """A model that never answers in time, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def propose(self, *, instructions: str, message: str, schema: dict[str, object], patience_seconds: float) -> dict[str, object]:
        self.asked += 1
        raise ModelUnavailable


async def test_a_model_is_asked_only_for_what_the_rules_left_open_and_may_fail() -> None:
    model = SilentModel()
    interpreter = Interpreter(model)
    clear = await interpreter.interpret(
        "quero cancelar minha consulta", now=NOW, known=CLINIC, context=Context(Language.PT), patience_seconds=1.0
    )
    assert (clear.intent.value, model.asked) == ("cancel", 0)
    open_one = await interpreter.interpret("zorp blim flerp", now=NOW, known=CLINIC, context=Context(Language.PT), patience_seconds=1.0)
    assert (open_one.readings, model.asked) == ((), 1)


async def test_an_emergency_never_waits_for_a_model() -> None:
    model = SilentModel()
    await Interpreter(model).interpret("dor no peito", now=NOW, known=CLINIC, context=Context(Language.PT), patience_seconds=1.0)
    assert model.asked == 0


def test_a_doctor_named_sunday_is_no_sunday() -> None:
    assert not read("quero marcar com o dr. Domingos", "pt").times


def test_a_line_is_answered_in_the_form_of_the_api() -> None:
    line = answer_line(Interpreter(), {"id": "x1", "text": "book me in with Dr. Hartley on Friday at 3pm", "lang": "en"}, None, NOW)
    assert (line["id"], line["lang"], line["intent"]) == ("x1", "en", "book")
    assert isinstance(line["confidence"], float)
    assert "Hartley" in str(line["entities"])
    assert [mention["value"] for mention in line["temporal"]] == ["2026-03-06T15:00"]  # type: ignore[attr-defined]


def test_a_line_without_text_or_with_a_strange_language_is_refused() -> None:
    lines: tuple[dict[str, object], ...] = (
        {"id": 1},
        {"text": 3},
        {"text": "oi", "lang": "klingon"},
        {"text": "oi", "reference_time": "soon"},
    )
    for line in lines:
        with pytest.raises(ValueError):  # noqa: PT011  (the message says no more than the case)
            answer_line(Interpreter(), line, None, NOW)


def test_a_reference_time_with_an_offset_is_wall_time() -> None:
    line = answer_line(
        Interpreter(), {"text": "tomorrow", "lang": "en", "reference_time": "2026-05-04T23:30:00-03:00"}, None, datetime(2020, 1, 1)
    )
    assert [mention["value"] for mention in line["temporal"]] == ["2026-05-05"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_a_language_that_is_handed_in_is_kept(lang: str) -> None:
    assert answer_line(Interpreter(), {"text": "ok", "lang": lang}, None, NOW)["lang"] == lang
