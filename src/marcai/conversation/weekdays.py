"""Bare weekdays against the week that is talked of: "no, Thursday" in the midst of a wish for next week is Thursday of next week. Pure."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from marcai.conversation.conversation import Wanted
from marcai.kit.text import folded
from marcai.understanding.meaning import DayPart, Meaning, Span, TimeMention, When

_BARE: Final = re.compile(
    r"(?:n?[ao] |na |on |pra |para a? ?|a |de |the )?"
    r"(?:(?:segunda|terca|quarta|quinta|sexta)(?:[- ]feira)?|sabado|domingo|seg|ter|qua|qui|sex|sab"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thurs?|fri|sat|sun|(?:周|星期|礼拜)[一二三四五六日天1-6])"
    r"(?P<rest>.*)"
)
_NAMES_A_DAY: Final = re.compile(
    r"\d{1,2}(?! ?[h点:时]| ?[ap]m)\s?(?:/|de |号|日|月|th\b|st\b|nd\b|rd\b)|next|this|que vem|prox|dess|dest|seguinte|下|这|本|上周"
)
"""What settles the week or the day itself, so that nothing is left to the week that is talked of."""
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)


def in_the_same_week(meaning: Meaning, wanted: Wanted, today: date) -> Meaning:
    """Return the meaning with bare weekdays moved into the week of the wish, where that lies in one later week than the present one."""
    first, last = wanted.date_from, wanted.date_to
    if first is None or last is None or last - first >= WEEK:
        return meaning
    monday = first - first.weekday() * DAY
    if last >= monday + WEEK or monday <= today:
        return meaning
    times = tuple(_moved(mention, monday) for mention in meaning.times)
    return replace(meaning, times=times) if times != meaning.times else meaning


def in_the_named_week(meaning: Meaning) -> Meaning:
    """Return the meaning with bare weekdays moved into the whole week that the same words name: "Wednesday morning of next week"."""
    weeks = [m.value.start for m in meaning.times if not m.excluded and isinstance(m.value, Span) and _is_week(m.value)]
    monday = weeks[0] if len(weeks) == 1 else None
    if not isinstance(monday, date):
        return meaning
    times = tuple(_moved(mention, monday) for mention in meaning.times)
    return replace(meaning, times=times) if times != meaning.times else meaning


def _is_week(value: Span) -> bool:
    start, end = value.start, value.end
    if type(start) is not date or type(end) is not date:
        return False
    return start.weekday() == 0 and timedelta(days=5) <= end - start <= WEEK


def _moved(mention: TimeMention, monday: date) -> TimeMention:
    plain = folded(mention.text).strip()
    bare = _BARE.fullmatch(plain)
    if bare is None or _NAMES_A_DAY.search(plain):
        return mention
    value = _in_week(mention.value, monday)
    return mention if value is None else replace(mention, value=value, alternatives=(), question=None)


def _in_week(value: When, monday: date) -> When | None:
    match value:
        case datetime():
            return datetime.combine(monday + value.weekday() * DAY, value.time())
        case DayPart(day=date() as day):
            return replace(value, day=monday + day.weekday() * DAY)
        case Span(start=datetime() as start, end=datetime() as end) if end - start <= DAY:
            begins = datetime.combine(monday + start.weekday() * DAY, start.time())
            return Span(begins, begins + (end - start))
        case time() | Span() | DayPart():
            return None
        case date():
            return monday + value.weekday() * DAY
