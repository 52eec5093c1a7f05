"""What one utterance changes in a wish, and what it leaves as it was."""

from datetime import date, datetime, time
from uuid import uuid4

import pytest

from marcai.conversation.conversation import Subject, Wanted
from marcai.conversation.intake import tasks_in
from marcai.conversation.refusals import Refused, refused_in
from marcai.conversation.wishes import Frame, absorbed, frame_of, frame_of_all, subject_of, without
from marcai.understanding.meaning import Candidate, DayPart, Intent, IntentReading, Language, Meaning, NameMention, Span, TimeMention, When

TUESDAY, FRIDAY = date(2026, 3, 3), date(2026, 3, 6)


def mention(value: When, *, excluded: bool = False) -> TimeMention:
    return TimeMention("…", 0, 1, value, excluded=excluded)


def saying(*values: When, **more: object) -> Meaning:
    return Meaning("…", Language.PT, times=tuple(mention(value) for value in values), **more)  # type: ignore[arg-type]


def after(wanted: Wanted, meaning: Meaning) -> Wanted:
    return absorbed(wanted, meaning, meaning.times)


@pytest.mark.parametrize(
    ("value", "frame"),
    [
        (FRIDAY, Frame(FRIDAY, FRIDAY)),
        (time(15), Frame(None, None, time(15), time(15))),
        (datetime(2026, 3, 6, 15), Frame(FRIDAY, FRIDAY, time(15), time(15))),
        (DayPart(FRIDAY, "morning"), Frame(FRIDAY, FRIDAY, time(6), time(12))),
        (DayPart(None, "evening"), Frame(None, None, time(18), time(22))),
        (Span(TUESDAY, FRIDAY), Frame(TUESDAY, date(2026, 3, 5))),
        (Span(time(15), None), Frame(None, None, time(15), None)),
        (Span(None, time(10)), Frame(None, None, None, time(10))),
        (Span(datetime(2026, 3, 6, 14), datetime(2026, 3, 6, 16)), Frame(FRIDAY, FRIDAY, time(14), time(16))),
        (Span(datetime(2026, 3, 6, 14), datetime(2026, 3, 7)), Frame(FRIDAY, FRIDAY, time(14), None)),
        (Span(datetime(2026, 3, 6, 15), None), Frame(FRIDAY, FRIDAY, time(15), None)),
    ],
)
def test_a_value_says_which_days_and_hours_it_leaves_open(value: When, frame: Frame) -> None:
    assert frame_of(value) == frame


def test_two_days_leave_out_the_days_between() -> None:
    frame = frame_of_all([mention(TUESDAY), mention(FRIDAY)])
    assert (frame.date_from, frame.date_to) == (TUESDAY, FRIDAY)
    assert frame.gaps == {date(2026, 3, 4), date(2026, 3, 5)}


def test_an_hour_inside_a_part_of_the_day_narrows_it() -> None:
    assert frame_of_all([mention(DayPart(None, "afternoon")), mention(Span(time(15), None))]) == Frame(None, None, time(15), time(18))
    assert frame_of_all([mention(DayPart(FRIDAY, "morning")), mention(time(9))]) == Frame(FRIDAY, FRIDAY, time(9), time(9))


def test_what_was_said_once_stays_until_it_is_said_anew() -> None:
    wish = after(Wanted(), saying(FRIDAY, time(15)))
    wish = after(wish, saying(TUESDAY))
    assert (wish.date_from, wish.date_to, wish.time_from) == (TUESDAY, TUESDAY, time(15))
    wish = after(wish, saying(DayPart(None, "morning")))
    assert (wish.date_from, wish.time_from, wish.time_to) == (TUESDAY, time(6), time(12))


def test_any_time_takes_a_wished_hour_back() -> None:
    wish = after(after(Wanted(), saying(FRIDAY, time(15))), saying(any_time=True))
    assert (wish.date_from, wish.time_from, wish.any_time) == (FRIDAY, None, True)


def test_a_day_that_is_not_wanted_is_left_out_and_comes_back_when_it_is_named() -> None:
    wish = after(Wanted(), Meaning("…", Language.PT, times=(mention(FRIDAY, excluded=True),)))
    assert wish.excluded_dates == {FRIDAY}
    assert wish.date_from is None
    assert after(wish, saying(FRIDAY)).excluded_dates == frozenset()


def test_an_hour_that_is_not_wanted_is_left_out() -> None:
    assert without(Wanted(), DayPart(None, "morning")).excluded_times == ((time(6), time(12)),)


def test_a_named_provider_takes_the_place_of_the_one_before_and_of_a_specialty() -> None:
    ana, bia = Candidate(uuid4(), "Ana", 1.0), Candidate(uuid4(), "Bia", 1.0)
    wish = after(Wanted(specialty="Cardiologia", provider=ana), saying(provider=NameMention("Bia", (bia,))))
    assert (wish.provider, wish.specialty) == (bia, None)
    assert after(wish, saying(any_provider=True)).provider is None


def test_a_provider_who_is_not_wanted_is_given_up() -> None:
    ana = Candidate(uuid4(), "Ana", 1.0)
    wish = after(Wanted(provider=ana), saying(not_providers=(NameMention("Ana", (ana,)),)))
    assert wish.provider is None
    assert wish.excluded_providers == {ana.id}


def test_words_about_a_standing_visit_are_gathered_apart() -> None:
    subject = subject_of(Subject(), saying(ordinal=2), [mention(FRIDAY)])
    assert (subject.date_from, subject.date_to, subject.ordinal) == (FRIDAY, FRIDAY, 2)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("esse dia não dá", Refused.DAY),
        ("tem outro dia?", Refused.DAY),
        ("muito cedo pra mim", Refused.TOO_EARLY),
        ("não tem mais tarde?", Refused.TOO_EARLY),
        ("prefiro mais cedo", Refused.TOO_LATE),
        ("o mais cedo possível", None),
        ("esse horário não", Refused.HOUR),
        ("queria com outro médico", Refused.PROVIDER),
        ("that day doesn't work", Refused.DAY),
        ("too early", Refused.TOO_EARLY),
        ("anything earlier?", Refused.TOO_LATE),
        ("later this week", None),
        ("another time please", Refused.HOUR),
        ("with someone else", Refused.PROVIDER),
        ("那天不行", Refused.DAY),
        ("太早了", Refused.TOO_EARLY),
        ("早一点有吗", Refused.TOO_LATE),
        ("换个时间", Refused.HOUR),
        ("换个医生", Refused.PROVIDER),
        ("não", None),
        ("no", None),
        ("不行", None),
    ],
)
def test_the_words_say_what_of_an_offer_is_refused(text: str, refused: Refused | None) -> None:
    assert refused_in(text) is refused


def test_words_that_ask_for_one_thing_are_not_taken_for_two() -> None:
    cancel, book = IntentReading(Intent.CANCEL, 0.9, 0, 4), IntentReading(Intent.BOOK, 0.9, 0, 9)
    assert tasks_in(Meaning("帮我取消周三的预约", Language.ZH, readings=(cancel, book))) == (cancel,)
    another = IntentReading(Intent.BOOK, 0.9, 9, 18)
    assert tasks_in(Meaning("…", Language.ZH, readings=(cancel, another))) == (cancel, another)


def test_what_is_refused_is_no_task() -> None:
    readings = (IntentReading(Intent.CANCEL, 0.9, 0, 4), IntentReading(Intent.RESCHEDULE, 0.9, 5, 9))
    assert tasks_in(Meaning("…", Language.EN, readings=readings, refused=(Intent.CANCEL,))) == readings[1:]
