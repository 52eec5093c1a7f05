"""What holds for any text, in every language."""

import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marcai.understanding.dates.finder import LANGUAGES, find_times
from marcai.understanding.meaning import DayPart, Language, Span, When
from marcai.understanding.serial import when_json
from tests.understanding.dates.cases import MONDAY

nows = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2039, 12, 31))
languages = st.sampled_from(list(LANGUAGES))
each_language = pytest.mark.parametrize("language", list(LANGUAGES), ids=lambda language: language.short)

FRAGMENTS = {
    Language.EN: (
        "next last this the of on at from to until between and before after not except no sorry monday friday may march sat sun "
        "week month weekend day tomorrow tonight morning noon afternoon quarter half past 3 15 31 10:30 2027 12/8 3rd first twenty "
        "five pm am o'clock in for hour hours days , . - /"
    ).split(),
    Language.PT: (
        "próxima que vem dia na no às das até entre e antes depois menos não segunda terça feira sexta mar ter mês semana fim amanhã "
        "hoje manhã tarde noite meio-dia meia 3 15 31 10h30 2027 8/12 primeiro vinte cinco horas em por de do da , . - / a partir "
        "quinze daqui"
    ).split(),
    Language.ZH: (
        "下 上 这 周 星期 礼拜 三 日 月 号 年 今天 明天 后天 上午 下午 晚上 点 半 刻 分 到 至 从 之前 之后 以后 不 除了 两 十 五 "
        "3 15 31 10:30 2027 个 小时 天 末 ， 。 - /"
    ).split(),
}


def bounds(value: When) -> list[date | datetime | time | None]:
    return [value.start, value.end] if isinstance(value, Span) else [value.day] if isinstance(value, DayPart) else [value]


@given(st.text(max_size=200), languages, nows)
@settings(max_examples=300, deadline=None)
def test_no_text_raises_and_every_span_is_the_text_it_says(text: str, language: Language, now: datetime) -> None:
    end = 0
    for mention in find_times(text, language, now):
        assert mention.text == text[mention.start : mention.end]
        assert end <= mention.start < mention.end
        end = mention.end


@given(st.data(), languages, nows)
@settings(max_examples=600, deadline=None)
def test_no_row_of_the_languages_own_words_raises(data: st.DataObject, language: Language, now: datetime) -> None:
    words = data.draw(st.lists(st.sampled_from(FRAGMENTS[language]), max_size=14))
    text = ("" if language is Language.ZH else " ").join(words)
    for mention in find_times(text, language, now):
        assert mention.text == text[mention.start : mention.end]
        for value in (mention.value, *mention.alternatives):
            when_json(value)
            if isinstance(value, Span):
                assert value.start is not None or value.end is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "\ud800 tomorrow",
        "🦷 on friday 🦷",
        "İİİ may 5",
        "9" * 5000,
        "2027-" + "1" * 5000 + "-1",
        "1/" * 4000,
        "½ hour",
        "٣ pm",
        "１０：３０",
    ],
)
@each_language
def test_strange_characters_do_no_harm(text: str, language: Language) -> None:
    find_times(text, language, MONDAY)


def _calls(run: Callable[[], Any]) -> int:
    """Count the calls that a run makes, of Python and of C."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


SAMPLES = {
    Language.EN: [
        "not monday and ",
        "at ",
        "3 , ",
        "next friday at 3 pm, no, ",
        "2027 3 december ",
        "word ",
        "from 9 to 10 ",
        "1-2 ",
        "the ",
    ],
    Language.PT: ["não segunda e ", "às ", "3 , ", "sexta que vem às 15h, não, ", "palavra ", "das 9 às 10 ", "dia 3 de março ", "a "],
    Language.ZH: ["不要周一和", "三", "下周五下午三点不对", "字", "从九点到十点", "号", "2027年"],
}


@each_language
def test_the_work_grows_with_the_length_and_not_faster(language: Language) -> None:
    for sample in SAMPLES[language]:
        short, long = sample * (1000 // len(sample)), sample * (10_000 // len(sample))
        few = _calls(lambda text=short: find_times(text, language, MONDAY))  # type: ignore[misc]
        many = _calls(lambda text=long: find_times(text, language, MONDAY))  # type: ignore[misc]
        assert many <= 11 * few + 500, sample


@given(st.integers(0, 6), nows)
@settings(max_examples=60, deadline=None)
def test_a_bare_weekday_lies_within_the_next_seven_days(weekday: int, now: datetime) -> None:
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    (mention,) = find_times(names[weekday], Language.EN, now)
    assert isinstance(mention.value, date)
    assert now.date() < mention.value <= now.date() + timedelta(days=7)
    assert mention.value.weekday() == weekday
    assert (mention.question == "today_or_next_week") == (now.weekday() == weekday)


WISHES = {
    Language.EN: [
        "on the {d}th",
        "{d} december",
        "next week",
        "in {d} days",
        "friday at {h}pm",
        "the {d}th at {h}",
        "this weekend",
        "tomorrow morning",
        "by friday",
    ],
    Language.PT: [
        "dia {d}",
        "{d} de dezembro",
        "semana que vem",
        "daqui a {d} dias",
        "sexta às {h}",
        "dia {d} às {h}",
        "amanhã de manhã",
        "até sexta",
    ],
    Language.ZH: ["{d}号", "12月{d}日", "下周", "{d}天后", "周五下午{h}点", "{d}号上午{h}点", "明天早上"],
}


@given(st.data(), languages, nows, st.integers(4, 20), st.integers(1, 11))
@settings(max_examples=200, deadline=None)
def test_a_wish_that_names_no_past_lies_not_before_today(
    data: st.DataObject, language: Language, now: datetime, day: int, hour: int
) -> None:
    text = data.draw(st.sampled_from(WISHES[language])).format(d=day, h=hour)
    mentions = find_times(text, language, now)
    assert mentions, text
    for mention in mentions:
        last = bounds(mention.value)[-1] or bounds(mention.value)[0]
        if isinstance(last, date):
            assert (last.date() if isinstance(last, datetime) else last) >= now.date(), text
