"""What a finished expression means: constituents and an explicit now -> values, likeliest first.

An hour without am or pm keeps both readings, the one in opening hours first. Days are read in `day_readings.py`.
Nothing here reads a clock.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import cast

from marcai.understanding.dates.calendar import unit_later
from marcai.understanding.dates.constituents import Clock, ClockRange, DayLike, FromNow, Meant, Moment, PartOfDay, TimeLike
from marcai.understanding.dates.day_readings import MOST_UNITS, Impossible, Question, days_of
from marcai.understanding.meaning import DayPart, Span, When

OPENS_AT = 7
"""An unsaid half of the day is settled by opening hours: from this hour to noon as said, earlier in the afternoon."""
NOON = Clock(12, 0, settled=True)
WORK_STARTS = 480
"""Until a morning is until its beginning to some: no earlier than this minute of the day."""
MOST_READINGS = 4
SMALL_HOURS = 5
"""Said of today or tonight once they are past, the hours before this one are those of the coming night; midnight always is."""


def hours_of(clock: Clock) -> tuple[Clock, ...]:
    """Return the readings of a clock time, the one in opening hours first."""
    if clock.settled or clock.hour > 12:
        return (clock,)
    other = replace(clock, hour=(clock.hour + 12) % 24)
    if clock.hour == 12 or OPENS_AT <= clock.hour < 12:
        return (clock, other)
    return (other, clock)


def _minutes(clock: Clock) -> int:
    return clock.hour * 60 + clock.minute + (1440 if clock.next_day else 0)


def ranges_of(span: ClockRange) -> tuple[tuple[int | None, int | None], ...]:
    """Return the readings of a clock range in minutes of the day; an end past midnight is above 1440."""
    if span.start is None:
        return tuple((None, _minutes(end)) for end in hours_of(cast("Clock", span.end)))
    starts = hours_of(span.start)
    if span.end is None:
        if span.length is not None:
            return tuple((_minutes(start), _minutes(start) + span.length) for start in starts)
        return tuple((_minutes(start), None) for start in starts)
    ends = [_minutes(end) for end in hours_of(span.end)]
    if len(starts) == 2 and len(ends) == 1:
        fitting = [_minutes(start) for start in starts if _minutes(start) < ends[0]]
        return ((max(fitting, default=_minutes(starts[0])), _past(max(fitting, default=_minutes(starts[0])), ends)),)
    return tuple((_minutes(start), _past(_minutes(start), ends)) for start in starts)


def _past(start: int, ends: list[int]) -> int:
    """Return the first of the ends that lies behind the start, on the next day if need be."""
    return min((end if end > start else end + 1440) for end in ends)


def _at(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


def _clock_value(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def times_of(value: TimeLike, day: date | None, now: datetime) -> tuple[list[When], Question | None]:
    """Return the readings of a time of day, on a day if one is known."""
    if isinstance(value, PartOfDay):
        if value.as_range:
            return [
                Span(_at(day, value.starts), _at(day, value.ends)) if day else Span(_clock_value(value.starts), _clock_value(value.ends))
            ], None
        return [DayPart(day, value.part)], None
    if isinstance(value, FromNow):
        return [from_now(value, now)], None
    if isinstance(value, Clock):
        clocks = hours_of(value)
        question: Question | None = "am_or_pm" if len(clocks) > 1 else None
        if day is None:
            return [time(c.hour, c.minute) for c in clocks], question
        moments = [_at(day, _minutes(c)) for c in clocks]
        if day == now.date() and len(moments) == 2 and moments[0] < now <= moments[1]:
            moments.reverse()
        if (
            day == now.date()
            and len(moments) == 1
            and moments[0] < now
            and value.hour < SMALL_HOURS
            and (value.hour == 0 or now.hour >= SMALL_HOURS)
        ):
            moments = [moments[0] + timedelta(days=1)]
        return list(moments), question
    spans = ranges_of(value)
    question = "am_or_pm" if len(spans) > 1 else None
    if value.part is not None and value.start is None:
        spans = (*spans, (None, max(value.part.starts, WORK_STARTS)))
    said: list[When]
    if day is None:
        said = [Span(*(None if m is None else _clock_value(m) for m in span)) for span in spans]
    else:
        said = [Span(*(None if m is None else _at(day, m) for m in span)) for span in spans]
    return said + _as_part(value, day), question


def _as_part(value: ClockRange, day: date | None) -> list[When]:
    """Return the part of the day that an open range says in other words: "after noon", "until the morning"."""
    if value.part is not None:
        return [DayPart(day, value.part.part)]
    if value.start == NOON and value.end is None and value.length is None:
        return [DayPart(day, "afternoon")]
    return []


def from_now(value: FromNow, now: datetime) -> datetime:
    """Return the moment so long from now, to the minute."""
    moment = now.replace(second=0, microsecond=0)
    for number, unit in value.amount.parts:
        if abs(number) > 10 * MOST_UNITS:
            raise Impossible
        if unit in ("hour", "minute"):
            moment += value.sign * timedelta(minutes=round(number * (60 if unit == "hour" else 1)))
        else:
            moment = datetime.combine(unit_later(moment.date(), value.sign * number, unit), moment.time())
    return moment


def _day_value(day: date | tuple[date | None, date | None]) -> When:
    return day if isinstance(day, date) else Span(day[0], day[1])


def readings_of(meant: Meant, now: datetime) -> tuple[list[When], Question | None]:
    """Return what an expression means at a given now, likeliest first, and the question that would settle it.

    Raises:
        Impossible: there is no such day or time.
        OverflowError, ValueError: the arithmetic left the calendar.
    """
    today = now.date()
    if isinstance(meant, Moment):
        if meant.day is None:
            return times_of(cast("TimeLike", meant.time), None, now)
        days = days_of(meant.day, today)
        if meant.time is None:
            return [_day_value(day) for day in days.readings][:MOST_READINGS], days.question
        values: list[When] = []
        question: Question | None = None
        for day in days.readings[:2]:
            if not isinstance(day, date):
                raise Impossible
            found, asked = times_of(meant.time, day, now)
            values.extend(found)
            question = question or asked
        if days.question is not None and len(values) == 4:
            values[1], values[2] = values[2], values[1]
        return values[:MOST_READINGS], days.question or question
    start = _bound(meant.start, now, far=meant.end is None and meant.length is None)
    if meant.length is not None and meant.start is not None:
        moment = start if isinstance(start, datetime) else datetime.combine(cast("date", start), time())
        return [Span(moment, from_now(FromNow(meant.length), moment))], None
    if meant.start is None:
        return [Span(None, _bound(meant.end, now, far=False))], None
    if meant.end is None:
        values = [Span(start, None)]
        if meant.start.time is None:
            values.append(Span(_bound(meant.start, now, far=False), None))
        return values, None
    return [_span(meant.start, meant.end, now)], None


def _bound(moment: Moment | None, now: datetime, *, far: bool) -> date | datetime | None:
    if moment is None:
        return None
    if moment.time is None:
        days = days_of(cast("DayLike", moment.day), now.date())
        return days.end if far else days.start
    values, _ = readings_of(moment, now)
    value = values[0]
    if isinstance(value, time):
        return datetime.combine(now.date(), value)
    if not isinstance(value, date | datetime):
        raise Impossible
    return value


def _span(first: Moment, last: Moment, now: datetime) -> Span:
    start, end = _bound(first, now, far=False), _bound(last, now, far=last.time is None)
    if isinstance(start, datetime) and end is not None and not isinstance(end, datetime):
        end = datetime.combine(end, time())
    if start is None or end is None or isinstance(start, datetime) != isinstance(end, datetime) or end <= start:
        raise Impossible
    return Span(start, end)
