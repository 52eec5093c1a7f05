"""Absolute dates in an odd order, which the grammar does not know: dateparser reads them, and is not believed blindly.

It is asked only where a month's name, a year and one more number stand together and the grammar read them as no one day,
about those words alone and in the one language. Its answer counts only if every number of the words is the day, the month or the year that it names.
Times are never asked of it.
"""

import re
from datetime import datetime
from typing import cast

import dateparser

from marcai.understanding.dates.constituents import KINDS, Piece
from marcai.understanding.dates.rules import compiled
from marcai.understanding.meaning import Language, TimeMention

_ODD = re.compile(compiled("(day_number|ordinal|first_or_second|year|month|of|the|comma|dash|slash|stop|on|in)") + "{3,10}")
_NUMBERS = frozenset("123oOy")
_MOST = 3
_MONTH = KINDS["month"]


def odd_dates(
    text: str, pieces: list[Piece], letters: str, read_already: list[TimeMention], language: Language, now: datetime
) -> list[TimeMention]:
    """Return the days of such rows of words that can be believed. `letters` are the pieces' kinds as scanned.

    What lies within one of the mentions that are `read_already` is not asked about.
    """
    found: list[TimeMention] = []
    for match in _ODD.finditer(letters):
        row = range(match.start(), match.end())
        numbers = [pieces[i] for i in row if letters[i] in _NUMBERS]
        months = [pieces[i] for i in row if letters[i] == _MONTH]
        years = [piece for piece in numbers if cast("int", piece.value) > 31]
        if len(months) != 1 or len(years) != 1 or len(numbers) != 2:
            continue
        said = [*numbers, *months]
        start, end = min(piece.start for piece in said), max(piece.end for piece in said)
        if any(m.start <= start and end <= m.end for m in read_already):
            continue
        read = dateparser.parse(
            text[start:end], languages=[language.short], settings={"RELATIVE_BASE": now, "REQUIRE_PARTS": ["day", "month", "year"]}
        )
        if read is not None and read.month == months[0].value and sorted(cast("int", n.value) for n in numbers) == [read.day, read.year]:
            found.append(TimeMention(text[start:end], start, end, read.date()))
            if len(found) == _MOST:
                break
    return found
