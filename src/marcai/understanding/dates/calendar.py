"""The arithmetic of days: units, nth weekdays, feasts. Pure; knows no language and no clock."""

import calendar as months
from collections.abc import Callable
from datetime import date, timedelta

from marcai.understanding.dates.constituents import Unit
from marcai.understanding.dates.lunar import lunar_day

DAY = timedelta(days=1)


def month_start(day: date, shift: int = 0) -> date:
    """Return the first day of the month that lies `shift` months after the day's own."""
    index = day.year * 12 + day.month - 1 + shift
    return date(index // 12, index % 12 + 1, 1)


def month_length(year: int, month: int) -> int:
    """Return the number of days of a month."""
    return months.monthrange(year, month)[1]


def months_later(day: date, shift: int) -> date:
    """Return the same day of another month, or that month's last day if it has no such day."""
    first = month_start(day, shift)
    return first.replace(day=min(day.day, month_length(first.year, first.month)))


def week_start(day: date, shift: int = 0) -> date:
    """Return the Monday of the ISO week that lies `shift` weeks after the day's own."""
    return day - timedelta(days=day.weekday()) + timedelta(weeks=shift)


def weekday_from(day: date, weekday: int) -> date:
    """Return the first such weekday on or after the day."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def workdays_later(day: date, count: int) -> date:
    """Return the day that lies `count` working days (Monday to Friday) later, or earlier when negative."""
    step = 1 if count >= 0 else -1
    weeks, rest = divmod(abs(count), 5)
    day += timedelta(weeks=weeks * step)
    while rest or day.weekday() > 4:
        day += timedelta(days=step)
        if day.weekday() < 5 and rest:
            rest -= 1
    return day


def unit_later(day: date, count: float, unit: Unit) -> date:
    """Return the day that lies so many units later (whole days; hours and minutes count as nothing)."""
    if unit == "day":
        return day + timedelta(days=int(count))
    if unit == "workday":
        return workdays_later(day, int(count))
    if unit == "week":
        return day + timedelta(days=int(count * 7))
    if unit == "fortnight":
        return day + timedelta(days=int(count * 14))
    if unit == "weekend":
        return weekday_from(day + DAY, 5) + timedelta(weeks=int(count) - 1)
    if unit == "month":
        return months_later(day, int(count)) + timedelta(days=int((count % 1) * 30))
    if unit == "quarter":
        return months_later(day, int(count * 3))
    if unit == "year":
        return months_later(day, int(count * 12))
    return day


def period_of(day: date, unit: Unit, shift: int) -> tuple[date, date]:
    """Return the calendar unit that lies `shift` units after the day's own, half-open."""
    if unit == "month":
        return month_start(day, shift), month_start(day, shift + 1)
    if unit == "year":
        return date(day.year + shift, 1, 1), date(day.year + shift + 1, 1, 1)
    if unit == "quarter":
        first = month_start(day, -((day.month - 1) % 3) + 3 * shift)
        return first, month_start(first, 3)
    if unit == "weekend":
        saturday = week_start(day, shift) + 5 * DAY
        return saturday, saturday + 2 * DAY
    if unit in ("week", "fortnight"):
        monday = week_start(day, shift)
        return monday, monday + 7 * DAY
    one = unit_later(day, shift, unit)
    return one, one + DAY


def nth_weekday(first: date, end: date, weekday: int, nth: int) -> date | None:
    """Return the nth such weekday between two days (half-open), from the end when negative; None if there is none."""
    if nth > 0:
        found = weekday_from(first, weekday) + timedelta(weeks=nth - 1)
        return found if found < end else None
    last = end - DAY
    found = last - timedelta(days=(last.weekday() - weekday) % 7) + timedelta(weeks=nth + 1)
    return found if found >= first else None


def nth_week(first: date, end: date, nth: int) -> tuple[date, date] | None:
    """Return the nth week of a period: the weeks whose Thursday lies in it, Monday to Monday."""
    thursday = nth_weekday(first, end, 3, nth)
    if thursday is None:
        return None
    monday = thursday - 3 * DAY
    return monday, monday + 7 * DAY


def easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian rule)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 19 * m) // 433
    month = (h + m - 7 * n + 90) // 25
    return date(year, month, (h + m - 7 * n + 33 * month + 19) % 32)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _from_easter(days: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days=days)


def _nth_of(month: int, weekday: int, nth: int, shift: int = 0) -> Callable[[int], date]:
    def of(year: int) -> date:
        first = date(year, month, 1)
        found = nth_weekday(first, month_start(first, 1), weekday, nth)
        return (found or first) + timedelta(days=shift)

    return of


def _lunar(month: int, day: int, year_shift: int = 0) -> Callable[[int], date]:
    return lambda year: lunar_day(year + year_shift, month, day)


def _solar_term(month: int, constant: float) -> Callable[[int], date]:
    """Return a rule for a day that follows the sun (the usual approximation for this century)."""
    return lambda year: date(year, month, int(year % 100 * 0.2422 + constant) - (year % 100 - (month < 3)) // 4)


HOLIDAYS: dict[str, Callable[[int], date]] = {
    "new_year": _fixed(1, 1),
    "new_year_eve": _fixed(12, 31),
    "epiphany": _fixed(1, 6),
    "valentine": _fixed(2, 14),
    "womens_day": _fixed(3, 8),
    "st_patrick": _fixed(3, 17),
    "tiradentes": _fixed(4, 21),
    "earth_day": _fixed(4, 22),
    "labour_day": _fixed(5, 1),
    "us_labor_day": _nth_of(9, 0, 1),
    "mothers_day": _nth_of(5, 6, 2),
    "memorial_day": _nth_of(5, 0, -1),
    "childrens_day_cn": _fixed(6, 1),
    "lovers_day_br": _fixed(6, 12),
    "st_john": _fixed(6, 24),
    "fathers_day": _nth_of(6, 6, 3),
    "fathers_day_br": _nth_of(8, 6, 2),
    "us_independence": _fixed(7, 4),
    "br_independence": _fixed(9, 7),
    "national_day_cn": _fixed(10, 1),
    "teachers_day_cn": _fixed(9, 10),
    "aparecida": _fixed(10, 12),
    "teachers_day_br": _fixed(10, 15),
    "columbus": _nth_of(10, 0, 2),
    "halloween": _fixed(10, 31),
    "all_saints": _fixed(11, 1),
    "all_souls": _fixed(11, 2),
    "veterans": _fixed(11, 11),
    "republic_br": _fixed(11, 15),
    "consciousness_br": _fixed(11, 20),
    "thanksgiving": _nth_of(11, 3, 4),
    "black_friday": _nth_of(11, 3, 4, 1),
    "cyber_monday": _nth_of(11, 3, 4, 4),
    "christmas_eve": _fixed(12, 24),
    "christmas": _fixed(12, 25),
    "boxing_day": _fixed(12, 26),
    "mlk": _nth_of(1, 0, 3),
    "presidents": _nth_of(2, 0, 3),
    "carnival": _from_easter(-47),
    "ash_wednesday": _from_easter(-46),
    "palm_sunday": _from_easter(-7),
    "good_friday": _from_easter(-2),
    "easter": easter,
    "easter_monday": _from_easter(1),
    "corpus_christi": _from_easter(60),
    "spring_festival": _lunar(1, 1),
    "spring_festival_eve": lambda year: lunar_day(year, 1, 1) - DAY,
    "lantern": _lunar(1, 15),
    "clear_and_bright": _solar_term(4, 4.81),
    "start_of_spring": _solar_term(2, 3.87),
    "spring_equinox": _solar_term(3, 20.646),
    "start_of_summer": _solar_term(5, 5.52),
    "summer_solstice": _solar_term(6, 21.37),
    "start_of_autumn": _solar_term(8, 7.5),
    "autumn_equinox": _solar_term(9, 23.042),
    "start_of_winter": _solar_term(11, 7.438),
    "winter_solstice": _solar_term(12, 21.94),
    "dragon_boat": _lunar(5, 5),
    "double_seventh": _lunar(7, 7),
    "mid_autumn": _lunar(8, 15),
    "double_ninth": _lunar(9, 9),
    "laba": _lunar(12, 8, -1),
    "singles_day": _fixed(11, 11),
    "army_day_cn": _fixed(8, 1),
    "youth_day_cn": _fixed(5, 4),
    "arbor_day_cn": _fixed(3, 12),
    "april_fools": _fixed(4, 1),
    "nurses_day": _fixed(5, 12),
    "party_day_cn": _fixed(7, 1),
}
"""Feasts by key: the day on which each falls in a year."""
