"""Builders for Chinese word order: what rows of constituents mean where the larger stands before the smaller.

`chinese_rules.py` says which rows call for them.
"""

from dataclasses import replace
from typing import cast

from marcai.understanding.dates.clocks import clock_at
from marcai.understanding.dates.constituents import (
    KINDS,
    Amount,
    Clock,
    ClockRange,
    ContainingWeek,
    Count,
    DayLike,
    DayRange,
    FromNow,
    Holiday,
    Lasting,
    Moment,
    MomentRange,
    Month,
    MonthDay,
    Nth,
    PartOfDay,
    Period,
    Piece,
    Portion,
    Relative,
    Shifted,
    Unit,
    Weekday,
    WeekdayNear,
    Which,
    Year,
)
from marcai.understanding.dates.day_shifts import day_range
from marcai.understanding.dates.days import CLOCK_UNITS, SHIFTS, as_day, period
from marcai.understanding.dates.joins import as_moment, minutes_in
from marcai.understanding.dates.rules import Built, every, first, joined
from marcai.understanding.dates.shapes import is_day

_DAY_NUMBERS = "123o"
_SEPARATORS = "P&,TL-C"


def _which(parts: list[Piece]) -> Which:
    piece = first(parts, "which")
    return Which.BARE if piece is None else cast("Which", piece.value)


def _clock(piece: Piece) -> Piece | None:
    """Return a bare hour as a clock time."""
    if piece.kind == KINDS["clock"]:
        return piece
    clock = clock_at(cast("int", piece.value))
    return None if clock is None else Piece(KINDS["clock"], piece.start, piece.end, clock)


def hours_around(parts: list[Piece]) -> Built:
    """Build "3到5点", "七点到九": the other side says that it is a clock time."""
    out = [p if p.kind in _SEPARATORS else _clock(p) for p in parts]
    return None if None in out else cast("list[Piece]", out)


def part_over_clocks(parts: list[Piece]) -> Built:
    """Let the part of the day in "下午三点或者四点" count for both clock times."""
    part = parts[0]
    value = cast("PartOfDay", part.value)
    out: list[Piece] = []
    for piece in parts[1:]:
        if piece.kind == KINDS["clock"]:
            early = cast("Clock", piece.value).hour < 7 and value.part in ("morning", "dawn")
            out.extend([piece] if early and out else [Piece(part.kind, part.start if not out else piece.start, piece.start, value), piece])
        elif piece.kind != KINDS["of"]:
            out.append(piece)
    return out


def clocks_between(parts: list[Piece]) -> Built:
    """Build "三点和五点之间"."""
    return [Piece(KINDS["to"], p.start, p.end) if p.kind in "&P" else p for p in parts if p.kind != KINDS["between"]]


def start_and_length(parts: list[Piece]) -> Built:
    """Build "两点开始一个小时", and "一个小时，从两点开始"."""
    clock, amount, since = first(parts, "clock"), first(parts, "amount"), first(parts, "onwards")
    if clock is None or amount is None or (since is not None and since.value != "start"):
        return None
    length = minutes_in(cast("Amount", amount.value))
    if not length:
        return None
    span = joined("clock_range", [p for p in parts if p.kind != KINDS["part"]], ClockRange(cast("Clock", clock.value), None, length))
    part = first(parts, "part")
    return span if part is None else [Piece(part.kind, parts[0].start, part.end, part.value), replace_start(span, part.end)]


def replace_start(piece: Piece, start: int) -> Piece:
    """Return the piece, beginning elsewhere."""
    return Piece(piece.kind, min(start, piece.end), piece.end, piece.value)


def days_of_month(parts: list[Piece]) -> Built:
    """Build "明年5月8号", "下个月3号、5号", "5月3到5号": one day or more of one month."""
    month, which, year = first(parts, "month"), first(parts, "which"), first(parts, "year")
    unit = first(parts, "unit")
    if unit is not None and (unit.value != "month" if month is None else unit.value != "year"):
        return None
    shift = SHIFTS[cast("Which", which.value)] if which is not None else None
    said_year = cast("int", year.value) if year is not None else None
    at = next(i for i, p in enumerate(parts) if p.kind in _DAY_NUMBERS)
    out: list[Piece] = []
    for index, piece in enumerate(parts[at:], at):
        if piece.kind in _SEPARATORS:
            out.append(piece)
            continue
        number = cast("int", piece.value)
        if month is None:
            value = MonthDay(number, month_shift=shift)
        elif is_day(number, cast("int", month.value), said_year):
            value = MonthDay(number, cast("int", month.value), said_year, year_shift=shift)
        else:
            return None
        out.append(Piece(KINDS["day"], parts[0].start if index == at else piece.start, piece.end, value))
    return out


def weekday_of_which(parts: list[Piece]) -> Built:
    """Build "下周三", "下个星期的周三", "上周五": the week is the calendar's."""
    weekday, which, unit = first(parts, "weekday"), _which(parts), first(parts, "unit")
    if weekday is None or (unit is not None and unit.value != "week"):
        return None
    weeks = None if which is Which.THIS and unit is None else SHIFTS[which]
    return as_day(parts, Weekday(cast("int", weekday.value), which, weeks=weeks))


def same_day_of(parts: list[Piece]) -> Built:
    """Build "下周的今天", "明年今天"."""
    unit, day = first(parts, "unit"), parts[-1].value
    if unit is None or day != 0:
        return None
    return as_day(parts, Shifted(Relative(0), Amount(((SHIFTS[_which(parts)], cast("Unit", unit.value)),))))


def _period_of(parts: list[Piece]) -> DayLike | None:
    """Return the month, week, year … that pieces name, the year first."""
    month, year = first(parts, "month"), first(parts, "year")
    units = every(parts, "unit")
    which = _which(parts)
    if month is not None:
        of_year = SHIFTS[which] if units and units[0].value == "year" else None
        named = Which.BARE if of_year is not None else which
        return Month(cast("int", month.value), cast("int", year.value) if year is not None else None, named, of_year)
    if year is not None:
        return Year(cast("int", year.value))
    return period(which, cast("Unit", units[-1].value)) if units else None


def named_period(parts: list[Piece]) -> Built:
    """Build "明年九月", "2018年10月"."""
    units = every(parts, "unit")
    if units and units[0].value != "year":
        return None
    value = _period_of(parts)
    return None if value is None else as_day(parts, value)


def nth_of_period(parts: list[Piece]) -> Built:
    """Build "八月的第一个周二", "本月第2周", "2021年的第三个月", "下个月最后一个工作日"."""
    at = next(i for i, p in enumerate(parts) if p.kind == KINDS["nth"])
    within = _period_of(parts[:at]) if at else Period("month", 0)
    thing, nth = parts[-1], parts[at].value
    if not isinstance(nth, int) or within is None or (not at and thing.value != "quarter"):
        return None
    if thing.kind == KINDS["weekday"]:
        return as_day(parts, Nth(nth, None, cast("int", thing.value), within))
    unit = cast("Unit", "weekend" if thing.kind == KINDS["week_end"] else thing.value)
    if unit == "quarter":
        return as_day(parts, _quarter(nth, within if at else None))
    if unit == "week" and nth > 0 and not isinstance(within, Year):
        return as_day(parts, ContainingWeek(Nth(nth, None, 0, within)))
    return as_day(parts, Nth(nth, unit, None, within))


def _quarter(nth: int, year: DayLike | None) -> DayLike:
    """Return the months of a quarter; without a year, of the next that comes."""
    said = year.year if isinstance(year, Year) else None
    shift = year.shift if isinstance(year, Period) and year.unit == "year" else None
    return DayRange(Month(3 * nth - 2, said, year_shift=shift), Month(3 * nth, said, year_shift=shift))


def _half(portion: str, of: DayLike) -> DayLike:
    """Return the first or second half of a week, a month or a year."""
    first_half = portion == "first_half"
    if isinstance(of, Year) or (isinstance(of, Period) and of.unit == "year"):
        said, shift = (of.year, None) if isinstance(of, Year) else (None, of.shift)
        months = (1, 6) if first_half else (7, 12)
        return DayRange(Month(months[0], said, year_shift=shift), Month(months[1], said, year_shift=shift))
    if isinstance(of, Period) and of.unit == "week":
        return DayRange(Weekday(0 if first_half else 3, weeks=of.shift), Weekday(2 if first_half else 6, weeks=of.shift))
    if isinstance(of, Period) and of.unit == "month":
        days = (1, 15) if first_half else (16, 31)
        return DayRange(MonthDay(days[0], month_shift=of.shift), MonthDay(days[1], month_shift=of.shift))
    return Portion("early" if first_half else "late", of)


def portion_of_period(parts: list[Piece]) -> Built:
    """Build "这个月底", "5月中旬", "明年年初", "下半周"."""
    within, portion = _period_of([p for p in parts if p.kind != KINDS["portion"]]), cast("str", parts[-1].value)
    if within is None:
        return None
    if portion in ("first_half", "second_half"):
        return as_day(parts, _half(portion, within))
    return as_day(parts, Portion(portion, within))  # type: ignore[arg-type]


def weekend_of_which(parts: list[Piece]) -> Built:
    """Build "下周末": the weekend of that calendar week."""
    return as_day(parts, Period("weekend", SHIFTS[_which(parts)]))


def counted(parts: list[Piece]) -> Built:
    """Build "后三天", "未来两周", "下三个星期", "这两天"."""
    (number, unit), *more = cast("Amount", parts[-1].value).parts
    which = _which(parts)
    if unit in CLOCK_UNITS and which is Which.NEXT:
        return _soon(parts)
    if more or unit in CLOCK_UNITS:
        return None
    if which is Which.THIS:
        return as_day(parts, Lasting(Relative(0), cast("Amount", parts[-1].value)))
    if which is Which.LAST:
        return as_day(parts, Count(int(-number), unit))
    return as_day(parts, Count(int(number), unit, whole=unit in ("week", "month")))


def year_of_feast(parts: list[Piece]) -> Built:
    """Build "明年元旦", "2027年春节"."""
    year, unit, value = first(parts, "year"), first(parts, "unit"), parts[-1].value
    if not isinstance(value, Holiday | MonthDay) or value.year is not None or (unit is not None and unit.value != "year"):
        return None
    if year is not None:
        return as_day(parts, replace(value, year=cast("int", year.value)))
    return as_day(parts, replace(value, year_shift=SHIFTS[_which(parts)]))


def weekday_after_amount(parts: list[Piece]) -> Built:
    """Build "两周后的周一"."""
    amount = cast("Amount", next(p for p in parts if p.kind == KINDS["amount"]).value)
    if any(unit in CLOCK_UNITS for _, unit in amount.parts):
        return None
    return as_day(parts, WeekdayNear(cast("int", parts[-1].value), Shifted(Relative(0), amount)))


def within_amount(parts: list[Piece]) -> Built:
    """Build "三天内", "未来两周之内"."""
    amount = cast("Amount", next(p for p in parts if p.kind == KINDS["amount"]).value)
    return _soon(parts) if any(unit in CLOCK_UNITS for _, unit in amount.parts) else as_day(parts, Lasting(Relative(0), amount))


def _soon(parts: list[Piece]) -> Built:
    """Build "半小时内", "接下来两小时": from now on, so long."""
    amount = cast("Amount", next(p for p in parts if p.kind == KINDS["amount"]).value)
    return joined("expression", parts, MomentRange(Moment(None, FromNow(Amount(()))), Moment(None, FromNow(amount))))


def months_between(parts: list[Piece]) -> Built:
    """Build "五到六月"."""
    number = cast("int", parts[0].value)
    return as_day(parts, DayRange(Month(number), Month(cast("int", parts[-1].value)))) if 1 <= number <= 12 else None


def nth_after_day(parts: list[Piece]) -> Built:
    """Build "元旦后第一个工作日", "5号之后的周一", "国庆节后第二天"."""
    day, number = cast("DayLike", parts[0].value), first(parts, "nth")
    nth = number.value if number is not None else 1
    thing = parts[-1]
    if not isinstance(nth, int) or nth < 1:
        return None
    if thing.kind == KINDS["day"]:
        weekday = thing.value
        if not isinstance(weekday, Weekday) or weekday.which is not Which.BARE:
            return None
        near = WeekdayNear(weekday.weekday, day, "after")
        return as_day(parts, Shifted(near, Amount(((nth - 1, "week"),))) if nth > 1 else near)
    return as_day(parts, Shifted(day, Amount(((nth, cast("Unit", thing.value)),))))


def days_beside_day(parts: list[Piece]) -> Built:
    """Build "国庆前一天", "春节后三天"."""
    amount, beside = cast("Amount", parts[-1].value), first(parts, "onwards", "or_earlier")
    if any(unit in CLOCK_UNITS for _, unit in amount.parts) or beside is None or beside.value is not True:
        return None
    return as_day(parts, Shifted(cast("DayLike", parts[0].value), amount, -1 if first(parts, "or_earlier") else 1))


def days_between(parts: list[Piece]) -> Built:
    """Build "5号和8号之间"."""
    return day_range([p for p in parts if p.kind == KINDS["day"]])


def into_next_day(parts: list[Piece]) -> Built:
    """Build "22:00到明天6:00": from today on; in digits, over a night, the clock has 24 hours."""
    day = parts[-2].value
    if not isinstance(day, Relative) or day.days < 1:
        return None
    start, end = (cast("Clock", p.value) for p in (parts[0], parts[-1]))
    if min(parts[0].end - parts[0].start, parts[-1].end - parts[-1].start) >= 4:
        start, end = replace(start, settled=True), replace(end, settled=True)
    return joined("expression", parts, MomentRange(Moment(None, start), Moment(day, end)))


def turned(parts: list[Piece]) -> Built:
    """Build "十点以前不行": what is open on one side and not wanted leaves the other side."""
    piece = parts[0]
    if isinstance(piece.value, MomentRange):
        span = piece.value
        if (span.start is None) == (span.end is None) or span.length is not None:
            return None
        return joined("expression", parts, MomentRange(span.end, span.start))
    moment = as_moment(piece)
    time = moment.time
    if not isinstance(time, ClockRange) or time.length is not None or (time.start is None) == (time.end is None):
        return None
    value = ClockRange(time.end, time.start)
    return joined("clock_range", parts, value) if moment.day is None else joined("moment", parts, Moment(moment.day, value))


def none_possible(parts: list[Piece]) -> Built:
    """Mark every day of "周五、周六都不行" as not wanted."""
    return [Piece(KINDS["excluded"], p.start, p.end, p.value) for p in parts if p.kind == KINDS["day"]]


def week_with(parts: list[Piece]) -> Built:
    """Build "圣诞那周", "15号那周的周三"."""
    day, weekday = cast("DayLike", parts[0].value), parts[-1].value
    if parts[1].value != "week":
        return None
    if parts[-1].kind != KINDS["day"]:
        return as_day(parts, ContainingWeek(day))
    if not isinstance(weekday, Weekday) or weekday.which is not Which.BARE:
        return None
    return as_day(parts, WeekdayNear(weekday.weekday, day))
