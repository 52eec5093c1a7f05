"""Which days a day-like constituent means on a given day. The ties between several readings are fixed here, once.

A bare weekday is the next future one; today's own is asked about. "Next X" offers two candidates.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, cast

from marcai.understanding.dates.calendar import (
    DAY,
    HOLIDAYS,
    month_length,
    month_start,
    nth_week,
    nth_weekday,
    period_of,
    unit_later,
    week_start,
    weekday_from,
)
from marcai.understanding.dates.constituents import (
    Amount,
    ContainingWeek,
    Count,
    DayLike,
    DayRange,
    Holiday,
    Lasting,
    Month,
    MonthDay,
    Nth,
    Period,
    Portion,
    Relative,
    Shifted,
    Weekday,
    WeekdayNear,
    Which,
    Year,
)
from marcai.understanding.dates.lunar import lunar_day

Question = Literal["which_day", "which_week", "am_or_pm", "today_or_next_week", "day_or_month"]
YEARS_SEARCHED = 29
MOST_READINGS = 4
MOST_UNITS = 5000


class Impossible(ValueError):
    """The words name a day or a time that does not exist."""


@dataclass(frozen=True, slots=True)
class Days:
    """The readings of a day-like constituent, likeliest first: days, or half-open spans of days."""

    readings: tuple[date | tuple[date | None, date | None], ...]
    question: Question | None = None

    @property
    def only(self) -> date | tuple[date | None, date | None]:
        """Return the likeliest reading."""
        return self.readings[0]

    @property
    def start(self) -> date:
        """Return the first day of the likeliest reading."""
        value = self.readings[0]
        first = value if isinstance(value, date) else value[0]
        if first is None:
            raise Impossible
        return first

    @property
    def end(self) -> date:
        """Return the day behind the likeliest reading."""
        value = self.readings[0]
        last = value + DAY if isinstance(value, date) else value[1]
        if last is None:
            raise Impossible
        return last


def _relative(day: Relative, today: date) -> Days:
    return Days((today + timedelta(days=day.days),))


def _weekday(day: Weekday, today: date) -> Days:
    coming = weekday_from(today + DAY, day.weekday)
    if day.nth is not None:
        return Days((coming + timedelta(weeks=day.nth - 1),))
    if day.weeks is not None:
        return Days((week_start(today, day.weeks) + timedelta(days=day.weekday),))
    if day.which is Which.LAST:
        return Days((coming - timedelta(weeks=2 if coming - today == 7 * DAY else 1),))
    if day.which is Which.AFTER_NEXT:
        return Days((coming + 7 * DAY, coming + 14 * DAY), "which_week")
    if day.which is Which.NEXT:
        calendar = week_start(today, 1) + timedelta(days=day.weekday)
        return Days((calendar, coming if coming != calendar else calendar + 7 * DAY), "which_week")
    if today.weekday() == day.weekday:
        if day.which is Which.THIS:
            return Days((today, coming), "today_or_next_week")
        return Days((coming, today), "today_or_next_week")
    return Days((coming,))


def _fits(year: int, month: int, day: MonthDay) -> date | None:
    if not 1 <= day.day <= month_length(year, month):
        return None
    found = date(year, month, day.day)
    return found if day.weekday is None or found.weekday() == day.weekday else None


def _month_day(day: MonthDay, today: date) -> Days:
    year = day.year if day.year is not None else today.year + day.year_shift if day.year_shift is not None else None
    if day.lunar and day.month is not None:
        return Days((_lunar(day.day, day.month, year, today),))
    if day.month_shift is not None:
        first = month_start(today, day.month_shift)
        return Days((first.replace(day=min(day.day, month_length(first.year, first.month))),))
    if day.month is None:
        for shift in range(49):
            first = month_start(today, shift)
            found = _fits(first.year, first.month, day)
            if found is not None and found >= today:
                if found == today and day.weekday is not None:
                    return Days((found, found + 7 * DAY), "today_or_next_week")
                return Days((found,))
        raise Impossible
    readings = [date(year, day.month, day.day) if year is not None else _next_date(day, day.month, today)]
    if day.either:
        swapped = replace(day, day=day.month, month=day.day, either=False)
        readings.append(date(year, day.day, day.month) if year is not None else _next_date(swapped, day.day, today))
        return Days(tuple(readings), "day_or_month")
    return Days(tuple(readings))


def _lunar(day: int, month: int, year: int | None, today: date) -> date:
    if year is not None:
        return lunar_day(year, month, day)
    return next(moon for one in range(today.year - 1, today.year + 2) if (moon := lunar_day(one, month, day)) >= today)


def _next_date(day: MonthDay, month: int, today: date) -> date:
    for wanted in (day, replace(day, weekday=None)):
        for year in range(today.year, today.year + (YEARS_SEARCHED if wanted.weekday is None else 2)):
            found = _fits(year, month, wanted)
            if found is not None and found >= today:
                return found
    raise Impossible


def _holiday(day: Holiday, today: date) -> Days:
    rule = HOLIDAYS[day.key]
    if day.year is not None or day.year_shift is not None:
        return Days((rule(day.year if day.year is not None else today.year + (day.year_shift or 0)),))
    return Days((next(found for year in (today.year, today.year + 1) if (found := rule(year)) >= today or year > today.year),))


def _period(day: Period, today: date) -> Days:
    one = period_of(today, day.unit, day.shift)
    if day.unit in ("day", "workday"):
        return Days((one[0],))
    if day.loose:
        return Days((one, period_of(today, day.unit, day.shift + 1)), "which_week")
    return Days((one,))


def _month(day: Month, today: date) -> Days:
    year = day.year if day.year is not None else today.year + day.year_shift if day.year_shift is not None else None
    if year is None:
        year = today.year + (1 if day.month < today.month or (day.which is Which.NEXT and day.month == today.month) else 0)
        year += day.which is Which.AFTER_NEXT
        if day.which is Which.LAST:
            year = today.year - (0 if day.month < today.month else 1)
    return Days((period_of(date(year, day.month, 1), "month", 0),))


def _year(day: Year, _: date) -> Days:
    return Days((period_of(date(day.year, 1, 1), "year", 0),))


def _count(day: Count, today: date) -> Days:
    if day.whole:
        return Days(((period_of(today, day.unit, 1)[0], period_of(today, day.unit, day.number)[1]),))
    if day.number < 0:
        return Days(((unit_later(today, day.number, day.unit), today),))
    if day.unit == "weekend":
        return Days(((period_of(today, "weekend", 0)[0], period_of(today, "weekend", day.number - 1)[1]),))
    start = today + DAY
    readings: list[date | tuple[date | None, date | None]] = [(start, unit_later(start, day.number, day.unit))]
    if day.unit in ("week", "month", "year"):
        readings.append((period_of(today, day.unit, 1)[0], period_of(today, day.unit, day.number)[1]))
    return Days(tuple(readings))


def _nth(day: Nth, today: date) -> Days:
    found = _nth_within(day, days_of(day.of, today))
    if day.of == Period("year", 0) and (found if isinstance(found, date) else found[1] - DAY) < today:
        found = _nth_within(day, days_of(Period("year", 1), today))
    if isinstance(day.of, Month) and day.of.year is None and (found if isinstance(found, date) else found[1] - DAY) < today:
        later = days_of(replace(day.of, year=days_of(day.of, today).start.year + 1), today)
        found = _nth_within(day, later)
    if day.unit == "week" and day.nth > 0 and isinstance(found, tuple):
        whole = weekday_from(month_start(found[0] + 3 * DAY), 0) if isinstance(day.of, Month | Period) else found[0]
        monday = whole + timedelta(weeks=day.nth - 1)
        if monday != found[0]:
            return Days((found, (monday, monday + 7 * DAY)))
    return Days((found,))


def _nth_within(day: Nth, within: Days) -> date | tuple[date, date]:
    start, end = within.start, within.end
    if day.weekday is not None:
        one = nth_weekday(start, end, day.weekday, day.nth)
        if one is None:
            raise Impossible
        return one
    if day.unit == "week":
        week = nth_week(start, end, day.nth)
        if week is None:
            raise Impossible
        return week
    if day.unit == "weekend":
        saturday = nth_weekday(start, end, 5, day.nth)
        if saturday is None:
            raise Impossible
        return saturday, saturday + 2 * DAY
    if day.unit == "month":
        return period_of(start if day.nth > 0 else end, "month", day.nth - (1 if day.nth > 0 else 0))
    one = start + timedelta(days=day.nth - 1) if day.nth > 0 else end + timedelta(days=day.nth)
    if day.unit == "workday":
        one = unit_later(start - DAY, day.nth, "workday") if day.nth > 0 else unit_later(end, day.nth, "workday")
    if not start <= one < end:
        raise Impossible
    return one


def _added(base: date, amount: Amount, sign: int) -> date:
    for number, unit in amount.parts:
        if abs(number) > MOST_UNITS:
            raise Impossible
        base = unit_later(base, number * sign, unit)
    return base


def _shifted(day: Shifted, today: date) -> Days:
    base = days_of(day.base, today)
    starts = [value if isinstance(value, date) else value[0] for value in base.readings]
    moved = tuple(_added(start, day.amount, day.sign) for start in starts if start is not None)
    if not moved:
        raise Impossible
    return Days(moved, base.question)


def _containing(day: ContainingWeek, today: date) -> Days:
    base = days_of(day.day, today)
    return Days((period_of(base.start, day.unit, 0),))


def _weekday_near(day: WeekdayNear, today: date) -> Days:
    base = days_of(day.base, today).start
    if day.mode == "after":
        return Days((weekday_from(base + DAY, day.weekday),))
    if day.mode == "closest":
        return Days((weekday_from(base - 3 * DAY, day.weekday),))
    in_week = week_start(base) + timedelta(days=day.weekday)
    if isinstance(day.base, Shifted):
        counted = _added(weekday_from(days_of(day.base.base, today).start + DAY, day.weekday) - 7 * DAY, day.base.amount, day.base.sign)
        if counted != in_week:
            return Days((in_week, counted), "which_week")
    return Days((in_week,))


def _portion(day: Portion, today: date) -> Days:
    base = days_of(day.of, today)
    start, end = base.start, base.end
    length = (end - start).days
    if day.part == "rest":
        return Days(((max(start, today), end),))
    if 5 <= length <= 7:
        cuts = {"early": (0, 3), "mid": (2, 4), "late": (4, 7)}
    elif length > 200:
        cuts = {"early": (0, 90), "mid": (120, 243), "late": (length - 92, length)}
    else:
        cuts = {"early": (0, 10), "mid": (10, 20), "late": (20, length)}
    first, last = cuts[day.part]
    return Days(((start + timedelta(days=first), start + timedelta(days=min(last, length))),))


def _day_range(day: DayRange, today: date) -> Days:
    if day.first is None:
        last = days_of(cast("DayLike", day.last), today)
        return Days(((None, last.end), (None, last.end - DAY)))
    first = days_of(day.first, today)
    if day.last is None:
        return Days(((first.start, None),))
    start = first.start
    last_of = day.last
    if isinstance(last_of, MonthDay) and last_of.year is None and last_of.month_shift is None:
        end = _month_day(last_of, start).end
    elif isinstance(last_of, Weekday) and last_of.which is Which.BARE and last_of.weeks is None:
        end = weekday_from(start + DAY, last_of.weekday) + DAY
    else:
        last = days_of(last_of, today)
        end = last.end
    if end <= start:
        raise Impossible
    return Days(((start, end),))


def _lasting(day: Lasting, today: date) -> Days:
    start = days_of(day.first, today).start
    return Days(((start, _added(start, day.amount, 1)),))


_RESOLVERS: dict[type, Callable[[Any, date], Days]] = {
    Relative: _relative,
    Weekday: _weekday,
    MonthDay: _month_day,
    Holiday: _holiday,
    Period: _period,
    Month: _month,
    Year: _year,
    Count: _count,
    Nth: _nth,
    Shifted: _shifted,
    ContainingWeek: _containing,
    WeekdayNear: _weekday_near,
    Portion: _portion,
    DayRange: _day_range,
    Lasting: _lasting,
}


def days_of(day: DayLike, today: date) -> Days:
    """Return the readings of a day-like constituent on a given day.

    Raises:
        Impossible: there is no such day.
    """
    return _RESOLVERS[type(day)](day, today)
