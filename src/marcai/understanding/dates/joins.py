"""Clock times, parts of the day and days brought together: moments, ranges, lengths and open sides."""

from dataclasses import replace
from typing import cast

from marcai.understanding.dates.clocks import NO_COUNT, clocks_around
from marcai.understanding.dates.constituents import (
    KINDS,
    Amount,
    Clock,
    ClockRange,
    DayLike,
    DayRange,
    Holiday,
    Meant,
    Moment,
    MomentRange,
    MonthDay,
    Nth,
    PartOfDay,
    Piece,
    Relative,
    Shifted,
    TimeLike,
    Weekday,
    WeekdayNear,
)
from marcai.understanding.dates.rules import Built, Rule, every, first, joined

_SINGLE = (Relative, Weekday, MonthDay, Holiday, Shifted, WeekdayNear)
_TIMES = "KJp"


def is_single(day: object) -> bool:
    """Say whether a day-like value is one day rather than a span of days."""
    return isinstance(day, _SINGLE) or (isinstance(day, Nth) and day.unit in (None, "day", "workday"))


def clock_in_part(clock: Clock, part: PartOfDay) -> Clock:
    """Return the clock time that an hour and a part of the day name together."""
    if clock.settled:
        return clock
    hour = clock.hour
    if part.night:
        hour = hour + 12 if 5 <= hour < 12 else 0 if hour == 12 else hour
    elif part.part in ("afternoon", "evening"):
        hour = hour if hour == 12 else hour + 12
    elif part.part == "noon":
        hour = hour if hour in (11, 12) else hour + 12
    else:
        hour %= 12
    return replace(clock, hour=hour % 24, settled=True)


def clock_and_part(parts: list[Piece]) -> Built:
    """Build "3 in the afternoon", "evening at 5"."""
    clocks, part = every(parts, "clock"), first(parts, "part")
    if part is None:
        return None
    value = clock_in_part(cast("Clock", clocks[0].value), cast("PartOfDay", part.value))
    return joined("clock", parts, value)


def range_in_part(parts: list[Piece]) -> Built:
    """Build "between 5 and 6 in the afternoon", "Monday morning 6-8"."""
    both, part = first(parts, "clock_range"), first(parts, "part")
    if part is None or both is None:
        return None
    value, day_part = cast("ClockRange", both.value), cast("PartOfDay", part.value)
    start = clock_in_part(value.start, day_part) if value.start is not None else None
    end = clock_in_part(value.end, day_part) if value.end is not None and both.start > part.start else value.end
    if (
        start is not None
        and end is not None
        and value.end is not None
        and not end.next_day
        and (end.hour, end.minute) <= (start.hour, start.minute)
    ):
        end = value.end  # "上午十一点到一点": the range leaves the part of the day
    return joined("clock_range", parts, replace(value, start=start, end=end))


def clock_range(parts: list[Piece]) -> Built:
    """Build "from 9 to 11", "8am - 1pm"."""
    start, end = (cast("Clock", p.value) for p in every(parts, "clock"))
    return joined("clock_range", parts, ClockRange(start, end))


def clock_and_hour(parts: list[Piece]) -> Built:
    """Build "from half past seven to nine": a clock time, and a bare hour behind it."""
    if parts[0].kind != KINDS["between"] and first(parts, "and") is not None:
        return None
    around = clocks_around(parts)
    return clock_range(around) if isinstance(around, list) else None


def part_range(parts: list[Piece]) -> Built:
    """Build a range whose sides are a clock time or a part of the day: "from 9 until lunch"."""
    sides = [p.value for p in every(parts, "clock", "part")]
    if len(sides) != 2:
        return None
    start = sides[0] if isinstance(sides[0], Clock) else _edge(cast("PartOfDay", sides[0]).starts)
    end = sides[1] if isinstance(sides[1], Clock) else _edge(cast("PartOfDay", sides[1]).ends)
    return joined("clock_range", parts, ClockRange(start, end))


def _edge(minutes: int) -> Clock:
    return Clock(minutes // 60 % 24, minutes % 60, settled=True, next_day=minutes >= 1440)


def minutes_in(amount: Amount) -> int | None:
    """Return an amount of hours and minutes in minutes; None if it has days."""
    total = 0.0
    for number, unit in amount.parts:
        if unit not in ("hour", "minute"):
            return None
        total += number * (60 if unit == "hour" else 1)
    return int(total)


def clock_with_length(parts: list[Piece]) -> Built:
    """Build "from 2pm for an hour", "for 2 hours from 2pm"."""
    clock, amount = first(parts, "clock"), first(parts, "amount")
    if clock is None or amount is None:
        return None
    length = minutes_in(cast("Amount", amount.value))
    return None if not length else joined("clock_range", parts, ClockRange(cast("Clock", clock.value), None, length))


def _time_of(parts: list[Piece]) -> TimeLike | None:
    piece = first(parts, "clock", "clock_range", "part")
    return None if piece is None else cast("TimeLike", piece.value)


def moment(parts: list[Piece]) -> Built:
    """Join one day and one time of day."""
    day = first(parts, "day")
    if day is None or not is_single(day.value):
        return None
    times = every(parts, "clock", "clock_range", "part")
    value = cast("TimeLike", times[0].value)
    if len(times) == 2:
        kinds = {t.kind for t in times}
        part = next((t.value for t in times if isinstance(t.value, PartOfDay)), None)
        clock = next((t.value for t in times if not isinstance(t.value, PartOfDay)), None)
        if len(kinds) == 1:
            return joined("moment", parts, Moment(cast("DayLike", day.value), cast("TimeLike", times[1].value)))
        if part is None or clock is None:
            return None
        if isinstance(clock, Clock):
            value = clock_in_part(clock, part)
        elif isinstance(clock, ClockRange) and clock.start is not None:
            value = replace(clock, start=clock_in_part(clock.start, part), end=clock.end and clock_in_part(clock.end, part))
    return joined("moment", parts, Moment(cast("DayLike", day.value), value))


def clock_in_moment(parts: list[Piece]) -> Built:
    """Join "thursday morning" and "before 10"."""
    base = cast("Moment", parts[0].value)
    if not isinstance(base.time, PartOfDay):
        return None
    time = parts[-1].value
    if isinstance(time, Clock):
        return joined("moment", parts, Moment(base.day, clock_in_part(time, base.time)))
    span = cast("ClockRange", time)
    start = clock_in_part(span.start, base.time) if span.start is not None else None
    end = clock_in_part(span.end, base.time) if span.end is not None else None
    return joined("moment", parts, Moment(base.day, replace(span, start=start, end=end)))


def between_bounds(parts: list[Piece]) -> Built:
    """Join "after 9 but before 11" into one range."""
    one, other = parts[0].value, parts[-1].value
    day = other.day if isinstance(other, Moment) else None
    second = other.time if isinstance(other, Moment) else other
    if not isinstance(one, ClockRange) or not isinstance(second, ClockRange) or one.length or second.length:
        return None
    if (one.start is None) == (second.start is None) or (one.end is None) == (second.end is None):
        return None
    both = ClockRange(one.start or second.start, one.end or second.end)
    return joined("clock_range", parts, both) if day is None else joined("moment", parts, Moment(day, both))


def exclude(parts: list[Piece]) -> Built:
    """Mark the days that are not wanted, so that no time of day joins them."""
    return [Piece(KINDS["excluded"], p.start, p.end, p.value) for p in parts if p.kind == KINDS["day"]]


def apart(parts: list[Piece]) -> Built:
    """Keep both sides of "move it from 2pm to 4:30" apart: what is, and what is wished."""
    return [p if p.kind in "DKE" else Piece(KINDS["other"], p.start, p.end) for p in parts]


def as_moment(piece: Piece) -> Moment:
    """Return what a piece means as a moment."""
    if isinstance(piece.value, Moment):
        return piece.value
    if piece.kind in (KINDS["day"], KINDS["excluded"]):
        return Moment(cast("DayLike", piece.value), None)
    return Moment(None, cast("TimeLike", piece.value))


def moment_range(parts: list[Piece]) -> Built:
    """Build "from 4pm today to 5pm tomorrow"; a side without a day takes the other's."""
    start, end = (as_moment(p) for p in every(parts, "moment", "clock", "day", "part"))
    if isinstance(start.time, ClockRange) or isinstance(end.time, ClockRange):
        return None
    if start.time is None and end.time is not None:
        return None
    if start.day is None or end.day is None:
        day = start.day if start.day is not None else end.day
        if isinstance(start.time, Clock) and isinstance(end.time, Clock):
            return joined("moment", parts, Moment(day, ClockRange(start.time, end.time)))
        return None
    return joined("expression", parts, MomentRange(start, end))


def moment_with_length(parts: list[Piece]) -> Built:
    """Build "for a day starting this Friday at 5 pm", "Tuesday at 2pm for 2 hours"."""
    piece, amount = first(parts, "moment"), first(parts, "amount")
    if piece is None or amount is None:
        return None
    start, length = as_moment(piece), cast("Amount", amount.value)
    minutes = minutes_in(length)
    if minutes and isinstance(start.time, Clock):
        return joined("moment", parts, Moment(start.day, ClockRange(start.time, None, minutes)))
    return joined("expression", parts, MomentRange(start, None, length)) if isinstance(start.time, Clock) else None


def open_start(parts: list[Piece]) -> Built:
    """Build what has no end: "after 2 pm", "from Monday on", "not before ten". A word behind may mean "after" (value True)."""
    behind = first(parts, "onwards")
    return _open(parts, starts=True, beyond=first(parts, "after") is not None or (behind is not None and behind.value is True))


def open_end(parts: list[Piece]) -> Built:
    """Build what has no beginning: "before noon", "by Friday", "until 4". A word behind may mean "before" (value True)."""
    behind = first(parts, "or_earlier")
    return _open(parts, starts=False, beyond=first(parts, "before") is None and (behind is None or behind.value is not True))


def _open(parts: list[Piece], *, starts: bool, beyond: bool) -> Built:
    """Build an open range; `beyond` says whether its bound is the far edge of what is named ("after Friday", "by Friday")."""
    piece = first(parts, "moment", "clock", "day", "part")
    if piece is None:
        return None
    value = as_moment(piece)
    clock = value.time
    if clock is None and value.day is not None:
        if starts:
            whole: Meant = MomentRange(value, None) if beyond else Moment(DayRange(value.day, None), None)
        else:
            whole = Moment(DayRange(None, value.day), None) if beyond else MomentRange(None, value)
        return joined("expression", parts, whole)
    part = clock if isinstance(clock, PartOfDay) else None
    if isinstance(clock, PartOfDay):
        clock = _edge(clock.ends if beyond else clock.starts)
    if not isinstance(clock, Clock):
        return None
    span = ClockRange(clock, None) if starts else ClockRange(None, clock, part=part if beyond else None)
    return joined("clock_range", parts, span) if value.day is None else joined("moment", parts, Moment(value.day, span))


_TO = "(to|till|dash)"
_GAP = "(comma|at|on|of|in|the|approximately|for|dash|by)"
_OPENABLE = "(moment|clock|day|part)"

PARTS: tuple[Rule, ...] = (
    ("clock (comma|in|of|at|on|the|dash|from)* part", clock_and_part),
    (f"part (comma|at|on|in|by|for|approximately|the|from)* clock (?! {_TO} clock)", clock_and_part),
)

RANGES: tuple[Rule, ...] = (
    ("moving (other|the|which|from|at)* clock other? to (other|the|at)* clock", apart),
    (f"(from|between)? the? approximately? clock {_TO} the? approximately? clock (?! amount)", clock_range),
    ("between the? approximately? clock and the? approximately? clock", clock_range),
    (f"(from|between)? the? clock (to|till|dash|and) approximately? hour minute? {NO_COUNT}", clock_and_hour),
    ("from the? clock (till|to) the? part", part_range),
    ("from the? part (till|to) the? (clock|part)", part_range),
    ("from the? approximately? clock at the? clock", clock_range),
    ("(from|starting)? at? clock comma? for amount", clock_with_length),
    (f"for? amount comma? (from|starting|at)+ at? clock (?! {_TO} clock)", clock_with_length),
)

RANGES_IN_PARTS: tuple[Rule, ...] = (
    ("clock_range (comma|in|of|at|on|the)* part", range_in_part),
    ("part (comma|at|on|in|from)* clock_range", range_in_part),
)

MOMENTS: tuple[Rule, ...] = (
    (f"clock {_GAP}* day {_GAP}* part", moment),
    (f"part {_GAP}* day {_GAP}* (clock|clock_range)", moment),
    (f"day {_GAP}* (clock|clock_range|part)", moment),
    (f"(clock|clock_range|part) {_GAP}* day", moment),
    (f"moment {_GAP}* (clock|clock_range)", clock_in_moment),
    ("clock_range (and|comma|other)? (clock_range|moment)", between_bounds),
)

EXCLUSIONS: tuple[Rule, ...] = (
    ("(except|not) (on|the|for|article)* day ((or|and) (on|the)* day)+", exclude),
    ("except (on|the|for|article)* day (?! (in|the)* part )", exclude),
    ("not (on|the|for|article)* day (?= comma | stop | other | dash | punctuation? $ )", exclude),
)

OPENS: tuple[Rule, ...] = (
    ("moving (other|the|which|from|on|at)* (moment|clock|day) other? to (other|the|on|at)* (moment|clock|day)", apart),
    (f"(from|between)? the? (moment|clock) {_TO} on? the? (moment|clock|day)", moment_range),
    ("between the? (moment|clock) and on? the? (moment|clock)", moment_range),
    ("for? amount comma? (from|starting)+ at? moment", moment_with_length),
    ("moment comma? for amount", moment_with_length),
    (f"not before at? on? the? approximately? {_OPENABLE}", open_start),
    (f"not after at? on? the? approximately? {_OPENABLE}", open_end),
    (f"not other? till at? on? the? approximately? {_OPENABLE}", open_start),
    (f"{_OPENABLE} onwards", open_start),
    (f"{_OPENABLE} or_earlier", open_end),
    (f"(after|starting|from) (at|on|in|from)? the? approximately? {_OPENABLE} (onwards | on (?= $ | punctuation))?", open_start),
    (f"(before|by|till) (at|on|in)? the? approximately? {_OPENABLE}", open_end),
)
