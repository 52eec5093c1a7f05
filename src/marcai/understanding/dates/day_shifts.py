"""Days brought together with other days and with quantities: ranges, shifts, weeks that hold a day.

These rules run on days that are built already.
"""

from dataclasses import replace
from typing import cast

from marcai.understanding.dates.constituents import (
    KINDS,
    Amount,
    ContainingWeek,
    DayLike,
    DayRange,
    FromNow,
    Lasting,
    Moment,
    Month,
    MonthDay,
    Period,
    Piece,
    Relative,
    Shifted,
    Unit,
    Weekday,
    WeekdayNear,
    Which,
)
from marcai.understanding.dates.days import CLOCK_UNITS, DAY, DAY_NUMBERS, as_day, portion_of
from marcai.understanding.dates.rules import Built, Rule, every, first, joined


def amount_from_day(parts: list[Piece]) -> Built:
    """Build "2 weeks from January 15", "two days before Friday", "within two weeks after today"."""
    amount, base = first(parts, "amount"), first(parts, "day")
    if amount is None or base is None:
        return None
    value, day = cast("Amount", amount.value), cast("DayLike", base.value)
    if any(unit in CLOCK_UNITS for _, unit in value.parts):
        return None
    sign = -1 if first(parts, "before", "minus") else 1
    if first(parts, "within"):
        return as_day(parts, Lasting(day, value))
    if first(parts, "for", "starting") and first(parts, "after", "before") is None:
        return as_day(parts, Lasting(day, value))
    weekday = first(parts, "weekday")
    if weekday is not None:
        return as_day(parts, WeekdayNear(cast("int", weekday.value), Shifted(day, value, sign)))
    return as_day(parts, Shifted(day, value, sign))


def weekday_by_amount(parts: list[Piece]) -> Built:
    """Build "Monday two weeks from now", "Sunday 3 weeks after January 15th"."""
    days = every(parts, "day")
    amount = cast("Amount", next(p for p in parts if p.kind == "Q").value)
    weekday = days[0].value
    if not isinstance(weekday, Weekday) or any(unit not in ("week", "fortnight", "month") for _, unit in amount.parts):
        return None
    base = cast("DayLike", days[1].value) if len(days) > 1 else Relative(0)
    return as_day(parts, WeekdayNear(weekday.weekday, Shifted(base, amount, -1 if first(parts, "before") else 1)))


def weekday_after(parts: list[Piece]) -> Built:
    """Build "the Monday after Christmas", "third tuesday after the 10th"."""
    number, days = first(parts, "ordinal", "first_or_second"), every(parts, "day")
    weekday = days[0].value
    if not isinstance(weekday, Weekday) or weekday.which is not Which.BARE or isinstance(days[1].value, Weekday | Relative):
        return None
    near = WeekdayNear(weekday.weekday, cast("DayLike", days[1].value), "after")
    weeks = cast("int", number.value) - 1 if number is not None else 0
    return as_day(parts, Shifted(near, Amount(((weeks, "week"),))) if weeks else near)


def unit_beside(parts: list[Piece]) -> Built:
    """Build "the day before Thanksgiving", "the week after Easter"."""
    unit, sign = cast("Unit", parts[0].value), 1 if parts[1].kind == KINDS["after"] else -1
    shifted = Shifted(cast("DayLike", parts[-1].value), Amount(((1, unit),)), sign)
    return as_day(parts, shifted if unit in ("day", "workday") else ContainingWeek(shifted, unit))


def amount_from_now(parts: list[Piece]) -> Built:
    """Build "in 3 days", "two hours from now", "10 minutes ago"."""
    amount = cast("Amount", next(p for p in parts if p.kind == "Q").value)
    sign = -1 if first(parts, "ago") else 1
    if any(unit in CLOCK_UNITS for _, unit in amount.parts):
        return joined("moment", parts, Moment(None, FromNow(amount, sign)))
    if first(parts, "within"):
        return as_day(parts, Lasting(Relative(0), amount))
    return as_day(parts, Shifted(Relative(0), amount, sign))


def after_amount(parts: list[Piece]) -> Built:
    """Build "after 5 days": open from then on; hours and minutes are a moment."""
    built = amount_from_now(parts)
    if isinstance(built, Piece) and built.kind == DAY:
        return joined("expression", parts, Moment(DayRange(cast("DayLike", built.value), None), None))
    return built


def containing(parts: list[Piece]) -> Built:
    """Build "week of the 18th", "w/c Feb 4"."""
    unit = cast("Unit", "weekend" if parts[0].kind == "e" else parts[0].value or "week")
    return as_day(parts, ContainingWeek(cast("DayLike", parts[-1].value), unit))


def with_weekday(parts: list[Piece]) -> Built:
    """Join a weekday and a date that stand side by side: the date settles the day."""
    one, other = parts[0].value, parts[-1].value
    if isinstance(one, Weekday) == isinstance(other, Weekday):
        return None
    weekday, day = (one, other) if isinstance(one, Weekday) else (other, one)
    if isinstance(weekday, Weekday) and isinstance(day, MonthDay) and weekday.which in (Which.BARE, Which.THIS) and day.weekday is None:
        return as_day(parts, replace(day, weekday=weekday.weekday))
    if isinstance(weekday, Weekday) and isinstance(day, Period) and day.unit == "week" and weekday.weeks is None:
        return as_day(parts, replace(weekday, weeks=day.shift))
    return as_day(parts, cast("DayLike", day)) if isinstance(day, Relative | Shifted) and first(parts[1:-1], "on") is None else None


def weekday_in_week(parts: list[Piece]) -> Built:
    """Join "the week after next, say Wednesday": the week settles the bare weekday behind it."""
    week, weekday = parts[0].value, parts[-1].value
    if not isinstance(week, Period) or week.unit != "week" or not isinstance(weekday, Weekday):
        return None
    return as_day(parts, replace(weekday, weeks=week.shift)) if weekday.which is Which.BARE and weekday.weeks is None else None


def weekdays_in_week(parts: list[Piece]) -> Built:
    """Build "next week, Tuesday or Thursday": the week settles every bare weekday behind it; excluded ones leave it whole."""
    week = parts[0].value
    if not isinstance(week, Period) or week.unit != "week":
        return None
    for piece in parts[1:]:
        day = piece.value
        if isinstance(day, Weekday) and day.which is Which.BARE and day.weeks is None:
            piece.value = replace(day, weeks=week.shift)
    return parts if first(parts, "except", "not") is not None else parts[1:]


def weekday_beside(parts: list[Piece]) -> Built:
    """Build "Wednesday or Thursday" of a week that was said of one of them: both lie in it, if they stand in order."""
    one, other = parts[0].value, parts[-1].value
    if not isinstance(one, Weekday) or not isinstance(other, Weekday) or one.weekday >= other.weekday:
        return None
    if one.weeks is not None and other.weeks is None and other.which is Which.BARE:
        parts[-1].value = replace(other, weeks=one.weeks)
    elif other.weeks is not None and one.weeks is None and one.which is Which.BARE:
        parts[0].value = replace(one, weeks=other.weeks)
    else:
        return None
    return parts


def weekday_after_amount(parts: list[Piece]) -> Built:
    """Build "in two weeks on Monday"."""
    weekday = parts[-1].value
    amount = cast("Amount", next(p for p in parts if p.kind == "Q").value)
    if not isinstance(weekday, Weekday) or any(unit not in ("week", "fortnight", "month") for _, unit in amount.parts):
        return None
    return as_day(parts, WeekdayNear(weekday.weekday, Shifted(Relative(0), amount)))


def amount_before_day(parts: list[Piece]) -> Built:
    """Build "two weeks today", "a week tomorrow"."""
    amount, day = cast("Amount", parts[0].value), parts[1].value
    if not isinstance(day, Relative) or any(unit not in ("week", "fortnight", "month") for _, unit in amount.parts):
        return None
    return as_day(parts, Shifted(day, amount))


def _numbered(value: object) -> MonthDay | None:
    return value if isinstance(value, MonthDay) else None


def day_range(parts: list[Piece]) -> Built:
    """Build a range of days; a number without a month takes the other side's."""
    sides = [p for p in parts if p.kind in "D" + DAY_NUMBERS]
    one, other = sides
    if DAY not in (one.kind, other.kind):
        return None
    start: object = one.value if one.kind == DAY else MonthDay(cast("int", one.value))
    end: object = other.value if other.kind == DAY else MonthDay(cast("int", other.value))
    first_day, last_day = _numbered(start), _numbered(end)
    if isinstance(end, Period | Month) and first_day is not None and first_day.month is None:
        return None
    if first_day is not None and last_day is not None:
        if first_day.month is None and last_day.month is not None:
            start = replace(first_day, month=last_day.month, year=last_day.year)
        elif last_day.month is None and last_day.month_shift is None and (first_day.month is not None or first_day.month_shift is not None):
            end = replace(last_day, month=first_day.month, year=first_day.year, month_shift=first_day.month_shift)
        elif first_day.month is None and first_day.month_shift is None and last_day.month_shift is not None:
            start = replace(first_day, month_shift=last_day.month_shift)
        elif first_day.year is None and last_day.year is not None:
            start = replace(first_day, year=last_day.year)
    elif one.kind != DAY or other.kind != DAY:
        return None
    return as_day(parts, DayRange(cast("DayLike", start), cast("DayLike", end)))


def numbers_in_month(parts: list[Piece]) -> Built:
    """Build "between 4 and 22 this month", "November between 19 and 20"."""
    numbers = [cast("int", p.value) for p in parts if p.kind in DAY_NUMBERS]
    within = first(parts, "day")
    year = first(parts, "year")
    value = within.value if within is not None else None
    if isinstance(value, Period) and value.unit == "month":
        sides = [MonthDay(number, month_shift=value.shift) for number in numbers]
    elif isinstance(value, Month):
        said = cast("int", year.value) if year is not None else value.year
        sides = [MonthDay(number, value.month, said) for number in numbers]
    else:
        return None
    return as_day(parts, DayRange(sides[0], sides[1]))


def two_days(parts: list[Piece]) -> Built:
    """Keep both days of "move it from Monday to Friday" apart: what is, and what is wished."""
    return [p if p.kind in "DKEJp" else Piece(KINDS["other"], p.start, p.end) for p in parts]


_DAY = "(day_number|ordinal|first_or_second)"
_TO = "(to|till|dash)"

DAY_JOINS: tuple[Rule, ...] = (
    ("week_of on? the? day", containing),
    ("week_end of the? day", containing),
    ("day comma? on? day", with_weekday),
    ("day (or|and) (on|the)* day", weekday_beside),
    ("day comma? (except|not) (on|the|article|for)* day ((comma|or|and)+ (on|the)* day)*", weekdays_in_week),
    ("day comma? on? the? day ((comma|or|and)+ (on|the)* day)+", weekdays_in_week),
    ("day (comma|stop|dash)? (approximately|on|the)* day", weekday_in_week),
)

DAY_SHIFTS: tuple[Rule, ...] = (
    ("in approximately? amount comma? on? the? day", weekday_after_amount),
    ("day amount (from_now | (from|after|before|past) the? day)", weekday_by_amount),
    ("day in amount", weekday_by_amount),
    ("within which? amount (from|after|of) the? day", amount_from_day),
    ("for amount comma? (from|starting)+ on? the? day (?! (at|comma|on)* clock)", amount_from_day),
    ("amount starting on? the? day (?! (at|comma|on)* clock)", amount_from_day),
    ("in? amount (from|after|before|past) the? day", amount_from_day),
    ("article? amount on the? day", amount_from_day),
    ("(ordinal|first_or_second)? day after the? day", weekday_after),
    ("unit (after|before) the? day", unit_beside),
    ("portion of? the? day", portion_of),
    ("(in|within|after)? amount from_now", amount_from_now),
    ("amount day", amount_before_day),
    ("amount ago", amount_from_now),
    ("after amount", after_amount),
    ("(in|within) approximately? amount", amount_from_now),
    ("moving (other|the|which|from|on)* day other? to (other|the|on)* day", two_days),
    (
        "day (from|between)? (day_number|ordinal) (to|till|dash|and) (day_number|ordinal) ((comma|of)? year)? (?! clock | meridiem)",
        numbers_in_month,
    ),
    (f"(from|between)? the? {_DAY} (to|till|dash|and) the? {_DAY} (of|in)? day", numbers_in_month),
    (f"(from|between)? the? {_DAY} {_TO} on? the? day (?! amount)", day_range),
    (f"between the? ({_DAY}|day) and on? the? day", day_range),
    (f"(from|starting)? on? the? day {_TO} on? the? day (?! on? (at|clock|from))", day_range),
    (f"between the? day and the? {_DAY}", day_range),
    (f"from? the? day {_TO} the? {_DAY} (?! clock | meridiem | unit | time_unit | other)", day_range),
)
