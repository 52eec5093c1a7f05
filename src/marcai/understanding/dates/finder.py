"""Finds what a text says about days and times, and what it means at a given now. The room's one door."""

from collections.abc import Callable
from datetime import datetime

from marcai.understanding.dates.chinese import COMBINER as CHINESE
from marcai.understanding.dates.chinese import scan as scan_chinese
from marcai.understanding.dates.combiner import Combiner
from marcai.understanding.dates.constituents import KINDS, Expression, Piece
from marcai.understanding.dates.day_readings import Impossible
from marcai.understanding.dates.english import COMBINER as ENGLISH
from marcai.understanding.dates.english import scan as scan_english
from marcai.understanding.dates.fallback import odd_dates
from marcai.understanding.dates.portuguese import COMBINER as PORTUGUESE
from marcai.understanding.dates.portuguese import scan as scan_portuguese
from marcai.understanding.dates.resolver import readings_of
from marcai.understanding.meaning import Language, TimeMention

_MISREAD = (OverflowError, ValueError, TypeError, AttributeError, IndexError)
"""A row of words that a rule took for something else is no reading: a patient's message must never fail over it."""
_YEAR, _MONTH = KINDS["year"], KINDS["month"]
Scanner = Callable[[str], list[Piece]]

LANGUAGES: dict[Language, tuple[Scanner, Combiner]] = {
    Language.EN: (scan_english, ENGLISH),
    Language.PT: (scan_portuguese, PORTUGUESE),
    Language.ZH: (scan_chinese, CHINESE),
}
"""A language is a scanner (text -> constituents) and the shared grammar with its own rules, if it has any."""


def find_times(text: str, language: Language, now: datetime) -> list[TimeMention]:
    """Return what the text says about days and times, in its order, with spans into it.

    `now` is the clinic's naive wall time. What the speaker does not want is marked `excluded`; what was taken back in
    the same breath is left out. No text raises.
    """
    scan, combiner = LANGUAGES[language]
    pieces = scan(text)
    letters = "".join([piece.kind for piece in pieces])
    mentions: list[TimeMention] = []
    for start, end, expression in _expressions(combiner, pieces):
        try:
            values, question = readings_of(expression.meant, now)
        except (Impossible, *_MISREAD):
            continue
        if values:
            mentions.append(TimeMention(text[start:end], start, end, values[0], tuple(values[1:]), question, expression.excluded))
    if _YEAR in letters and _MONTH in letters:
        return _with_odd_dates(mentions, odd_dates(text, pieces, letters, mentions, language, now))
    return mentions


def _expressions(combiner: Combiner, pieces: list[Piece]) -> list[tuple[int, int, Expression]]:
    try:
        return combiner.expressions(pieces)
    except _MISREAD:
        return []


def _with_odd_dates(mentions: list[TimeMention], odd: list[TimeMention]) -> list[TimeMention]:
    """Let an odd date take the place of what the grammar made of parts of it."""
    kept = [m for m in mentions if all(m.end <= one.start or one.end <= m.start for one in odd)]
    return sorted([*kept, *odd], key=lambda m: m.start)
