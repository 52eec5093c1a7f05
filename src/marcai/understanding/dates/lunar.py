"""The Chinese calendar: the day that a month and a day of it name in our years.

Its months follow the moon and its years are kept near the sun by a leap month, so the years are kept as a table.
"""

from datetime import date, timedelta
from itertools import accumulate

FIRST_YEAR = 2012
_FIRST_DAY = date(2012, 1, 23)
# A year: which of its months (in order, a leap month counted) have 30 days, as 13 bits from the left, then the leap month's number.
_YEARS = (
    "16aa4 15aa0 0ab59 09740 14b60 0a576 0a560 15260 0e954 0d540 15aa0 09b52 096c0 14ae6 149c0 1a4c0 1d265 1aa60 0b540 0d6a3 "
    "12da0 095db 095a0 149a0 1a4b6 1a4a0 1aa40 1b545 16b40 0ada0 095b2 09360 14977 14960 154a0 16a55 0da40 15b40 0ab63"
).split()


def _lengths(code: str) -> tuple[list[int], int]:
    """Return the lengths of a year's months, and the number of its leap month (0 if none)."""
    bits, leap = int(code[:4], 16), int(code[4], 16)
    return [30 if bits >> (12 - index) & 1 else 29 for index in range(13 if leap else 12)], leap


_STARTS = list(
    accumulate((sum(_lengths(code)[0]) for code in _YEARS), lambda day, length: day + timedelta(days=length), initial=_FIRST_DAY)
)


def lunar_day(year: int, month: int, day: int) -> date:
    """Return the day of the Chinese year that begins in the given year; leap months are never meant.

    Raises:
        ValueError: the year is not in the table, or its month has no such day.
    """
    index = year - FIRST_YEAR
    if not 0 <= index < len(_YEARS):
        raise ValueError(year)
    lengths, leap = _lengths(_YEARS[index])
    at = month - 1 + (1 if leap and month > leap else 0)
    if not 0 <= at < len(lengths) or not 1 <= day <= lengths[at]:
        raise ValueError(month, day)
    return _STARTS[index] + timedelta(days=sum(lengths[:at]) + day - 1)
