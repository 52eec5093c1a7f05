"""English, by the ways in which libraries fail. It is Monday, 23 November 2026, ten o'clock."""

import pytest

from marcai.understanding.dates.finder import find_times
from marcai.understanding.meaning import Language
from marcai.understanding.serial import when_json
from tests.understanding.dates.cases import MONDAY, only, reader

values = reader(Language.EN)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("from 2pm for an hour and a half", ["14:00", "15:30"]),
        ("for 45 minutes from 2pm on thursday", ["2026-11-26T14:00", "2026-11-26T14:45"]),
        ("thursday at 2pm for two hours", ["2026-11-26T14:00", "2026-11-26T16:00"]),
        ("for two weeks from monday the 7th", ["2026-12-07", "2026-12-21"]),
    ],
)
def test_a_start_and_a_length_are_a_range(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("the first monday of february", "2027-02-01"),
        ("last thursday of next month", "2026-12-31"),
        ("the second weekend in january", ["2027-01-09", "2027-01-11"]),
        ("the last week of february", ["2027-02-22", "2027-03-01"]),
        ("first day of next month", "2026-12-01"),
        ("week of the 18th", ["2026-12-14", "2026-12-21"]),
        ("the twentieth of next month", "2026-12-20"),
    ],
)
def test_an_ordinal_counts_days_weeks_and_weekends(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("two fridays from now", "2026-12-04"),
        ("a week from thursday", "2026-12-03"),
        ("tuesday week", "2026-12-01"),
        ("three days after christmas", "2026-12-28"),
        ("the monday after thanksgiving", "2026-11-30"),
        ("in four business days", "2026-11-27"),
        ("friday of next week", "2026-12-04"),
        ("the week after next, say wednesday", "2026-12-09"),
    ],
)
def test_weekdays_are_reckoned_with(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("not before ten on friday", ["2026-11-27T10:00", None]),
        ("after lunch", ["13:00", None]),
        ("until noon tomorrow", [None, "2026-11-24T12:00"]),
        ("4 pm or later", ["16:00", None]),
        ("from december 1st onwards", ["2026-12-01", None]),
        ("by friday", [None, "2026-11-28"]),
        ("after 9 but before 11 on friday", ["2026-11-27T09:00", "2026-11-27T11:00"]),
        ("tuesday morning before ten", [None, "2026-11-24T10:00"]),
    ],
)
def test_a_range_may_have_an_open_side(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("from 8 to half past nine in the morning", ["08:00", "09:30"]),
        ("between one and three on wednesday", ["2026-11-25T13:00", "2026-11-25T15:00"]),
        ("fri 2-4pm", ["2026-11-27T14:00", "2026-11-27T16:00"]),
        ("11 to 1", []),
        ("from 11 to 1", ["11:00", "13:00"]),
        ("from the 7th to the 9th of december", ["2026-12-07", "2026-12-10"]),
        ("dec 30 to jan 2", ["2026-12-30", "2027-01-03"]),
        ("wednesday through friday", ["2026-11-25", "2026-11-28"]),
    ],
)
def test_two_sides_are_one_range(said: str, meant: object) -> None:
    assert values(said) == ([meant] if meant else [])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("on thursday, no, friday", ["2026-11-27"]),
        ("the thirtieth, sorry, the thirteenth, at ten am", ["2026-12-13T10:00"]),
        ("thursday at 2 - no wait, 3pm", ["2026-11-26T15:00"]),
        ("tuesday at 10am, I mean wednesday", ["2026-11-25T10:00"]),
        ("monday at 10am, scratch that, at 11am", ["2026-11-30T11:00"]),
    ],
)
def test_what_is_taken_back_in_one_breath_is_gone(said: str, meant: list[object]) -> None:
    assert values(said) == meant


@pytest.mark.parametrize(
    ("said", "wanted", "excluded"),
    [
        ("any day but friday, after 2pm", [["14:00", None]], ["2026-11-27"]),
        ("mornings except wednesday", [{"date": None, "part": "morning"}], ["2026-11-25"]),
        ("friday doesn't work, saturday does", ["2026-11-28"], ["2026-11-27"]),
        ("not tuesday, thursday please", ["2026-11-26"], ["2026-11-24"]),
    ],
)
def test_a_day_that_is_not_wanted_is_marked(said: str, wanted: list[object], excluded: list[object]) -> None:
    mentions = find_times(said, Language.EN, MONDAY)
    assert [when_json(m.value) for m in mentions if not m.excluded] == wanted
    assert [when_json(m.value) for m in mentions if m.excluded] == excluded


@pytest.mark.parametrize(
    "said",
    [
        "may I ask you something", "I sat down", "too much sun", "my daughters April and June", "call 415 555 0142", "it costs $45",
        "version 3.5", "my son is 7 years old", "20 Monday Lane, suite 12", "bp is 190/120", "I had 2 of them", "one moment",
        "good morning", "open 24/7?", "a 30 minute visit", "the 2nd option", "take 1/2 tablet", "the second slot", "happy new year",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_time_is_left_alone(said: str) -> None:
    assert find_times(said, Language.EN, MONDAY) == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tmrw 9:15a", "2026-11-24T09:15"), ("dec 3rd around noon", "2026-12-03T12:00"), ("twenty five past two pm", "14:25"),
        ("december fifth two thousand twenty seven", "2027-12-05"), ("ten to four on wednesday afternoon", "2026-11-25T15:50"),
        ("1430 hours", "14:30"), ("the twenty-first at quarter to nine pm", "2026-12-21T20:45"), ("tonight at 11", "2026-11-23T23:00"),
        ("9 tomorrow evening", "2026-11-24T21:00"), ("on the evening of the 2nd", {"date": "2026-12-02", "part": "evening"}),
        ("december 2027, 3rd", "2027-12-03"), ("in 1 hour and 15 minutes", "2026-11-23T11:15"), ("4/22", "2027-04-22"),
    ],
)  # fmt: skip
def test_days_and_times_are_read_as_people_write_and_speak_them(said: str, meant: object) -> None:
    assert values(said) == [meant]


def test_todays_own_weekday_is_asked_about() -> None:
    mention = only("monday at 3pm", Language.EN)
    assert mention.question == "today_or_next_week"
    assert [when_json(mention.value), *map(when_json, mention.alternatives)] == ["2026-11-30T15:00", "2026-11-23T15:00"]


def test_next_with_a_weekday_offers_two_weeks() -> None:
    mention = only("next friday", Language.EN)
    assert mention.question == "which_week"
    assert {when_json(mention.value), *map(when_json, mention.alternatives)} == {"2026-11-27", "2026-12-04"}


@pytest.mark.parametrize(
    ("said", "likelier", "other"), [("at 3", "15:00", "03:00"), ("at 9", "09:00", "21:00"), ("at 12:30", "12:30", "00:30")]
)
def test_an_hour_without_its_half_of_the_day_keeps_both_and_opening_hours_go_first(said: str, likelier: str, other: str) -> None:
    mention = only(said, Language.EN)
    assert (mention.question, when_json(mention.value), [when_json(a) for a in mention.alternatives]) == ("am_or_pm", likelier, [other])


def test_a_numeric_date_that_could_be_read_both_ways_is_asked_about() -> None:
    mention = only("on 12/8", Language.EN)
    assert mention.question == "day_or_month"
    assert [when_json(mention.value), *map(when_json, mention.alternatives)] == ["2026-12-08", "2027-08-12"]


def test_a_move_names_what_is_and_what_is_wished_and_no_range() -> None:
    assert values("move me from tuesday at 2pm to friday at 3pm") == ["2026-11-24T14:00", "2026-11-27T15:00"]


def test_a_day_and_a_time_in_different_sentences_stay_two_mentions() -> None:
    assert values("Can I come on the 12th? At 17:15 if possible.") == ["2026-12-12", "17:15"]
