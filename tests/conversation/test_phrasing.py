"""Every phrase in every language, with the same things in it; days and hours as a native would say them."""

import re
from datetime import date, datetime, time
from string import Formatter

import pytest

from marcai.conversation.flow import State
from marcai.conversation.phrasing.say import Days, Hours, Line, Say, Visit
from marcai.conversation.phrasing.speak import TONGUES, say_value, speak, suggestions
from marcai.understanding.meaning import Language

MORNING = datetime(2026, 11, 26, 9, 30)
ALONE = {"with_provider", "of_type", "by_phone", "days", "number"}
"""Parts that a language may leave out, or put elsewhere."""


def parts(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name} - ALONE


@pytest.mark.parametrize("language", Language)
def test_every_phrase_stands_in_every_language(language: Language) -> None:
    assert set(TONGUES[language].phrases) == set(Say)
    assert set(TONGUES[language].suggestions) == set(State)


@pytest.mark.parametrize("say", Say)
def test_a_phrase_says_the_same_things_in_all_languages(say: Say) -> None:
    assert len({frozenset(parts(tongue.phrases[say])) for tongue in TONGUES.values()}) == 1


@pytest.mark.parametrize("say", Say)
def test_no_phrase_of_another_script_slipped_in(say: Say) -> None:
    def chinese(language: Language) -> bool:
        return bool(re.search(r"[\u4e00-\u9fff]", TONGUES[language].phrases[say].replace("{said}", "")))

    assert not chinese(Language.PT)
    assert not chinese(Language.EN)
    assert chinese(Language.ZH) or say is Say.REPEATED


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.PT, "quinta, 26 de novembro, às 9h30"),
        (Language.EN, "Thursday, November 26 at 9:30 am"),
        (Language.ZH, "11月26日星期四上午9点半"),
    ],
)
def test_a_moment_is_said_as_a_native_would(language: Language, said: str) -> None:
    assert say_value(MORNING, language) == said


@pytest.mark.parametrize(
    ("clock", "pt", "en", "zh"),
    [
        (time(0), "0h", "12 am", "凌晨0点"),
        (time(8), "8h", "8 am", "上午8点"),
        (time(12), "12h", "12 pm", "中午12点"),
        (time(12, 30), "12h30", "12:30 pm", "中午12点半"),
        (time(14, 15), "14h15", "2:15 pm", "下午2点15分"),
        (time(18), "18h", "6 pm", "下午6点"),
    ],
)
def test_hours_are_said_in_each_languages_own_clock(clock: time, pt: str, en: str, zh: str) -> None:
    assert [say_value(clock, language) for language in (Language.PT, Language.EN, Language.ZH)] == [pt, en, zh]


def test_one_oclock_and_the_first_of_a_month_take_their_own_portuguese_forms() -> None:
    assert say_value(datetime(2026, 5, 1, 1), Language.PT) == "sexta, 1º de maio, à 1h"


def test_a_provider_has_the_article_that_the_title_asks_for() -> None:
    visits = [Visit(MORNING, name) for name in ("Dra. Ana Souza", "Dr. Otávio", "Ana Souza")]
    endings = [say_value(visit, Language.PT).split(", ")[-1] for visit in visits]
    assert endings == ["com a Dra. Ana Souza", "com o Dr. Otávio", "com Ana Souza"]


def test_the_place_is_named_only_where_there_are_several() -> None:
    assert "Centro" in say_value(Visit(MORNING, "Dr. Otávio", "Centro"), Language.PT)
    assert say_value(Visit(MORNING, "Dr. Otávio"), Language.EN).endswith("with Dr. Otávio")


def test_a_choice_ends_with_or() -> None:
    line = Line(Say.ASK_WHICH_PROVIDER, {"options": ("Ana", "Bia", "Eva")})
    assert "Ana, Bia ou Eva" in speak([line], Language.PT)
    assert "Ana, Bia or Eva" in speak([line], Language.EN)
    assert "Ana、Bia 还是 Eva" in speak([line], Language.ZH)


def test_weekly_hours_and_spans_of_days_are_said() -> None:
    hours = (Hours(0, 4, time(8), time(18)), Hours(5, 5, time(8), time(12)))
    assert say_value(hours, Language.PT) == "de segunda a sexta, das 8h às 18h; sábado, das 8h às 12h"
    assert say_value(Days(date(2026, 3, 6), date(2026, 3, 6)), Language.EN) == " on Friday, March 6"


def test_what_is_asked_to_choose_from_is_suggested() -> None:
    line = Line(Say.ASK_TYPE, {"options": ("Consulta", "Retorno")})
    assert suggestions(State.COLLECTING, Language.PT, [line]) == ("Consulta", "Retorno")
    assert suggestions(State.OFFERING, Language.PT, []) == ("sim", "outro horário", "outro dia")
