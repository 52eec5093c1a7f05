"""Dates of birth, in all the forms in which people write and say them. Never a wish for an appointment's day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marcai.understanding.cues import Hit
from marcai.understanding.meaning import Language, TimeMention

Spanned = tuple[int, int]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janeiro january jan",
            "fevereiro february feb fev",
            "marco march mar",
            "abril april apr abr",
            "maio may mai",
            "junho june jun",
            "julho july jul",
            "agosto august aug ago",
            "setembro september sep sept set",
            "outubro october oct out",
            "novembro november nov",
            "dezembro december dec dez",
        ),
        start=1,
    )
    for name in names.split()
}
_NUMERIC_DATE = re.compile(r"(?<![\d/])(\d{1,4})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{4}|\d{2})(?![\d/])")
_DAY_MONTH_YEAR = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|o|º|ª)?\s?(?:de |of |/|-|\.)?\s?([a-z]{3,9})\.?,?\s?(?:de |of |/|-|do ano de )?\s?(\d{4}|\d{2})(?!\d)"
)
_MONTH_DAY_YEAR = re.compile(r"(?<![a-z])([a-z]{3,9})\.?\s?(\d{1,2})(?:st|nd|rd|th)?\s?,?\s?(?:of )?(\d{4})(?!\d)")
_HAN_DATE = re.compile(
    r"(\d{4}|\d{2}|[零〇一二三四五六七八九]{4}|[零〇一二三四五六七八九]{2})年(\d{1,2}|[一二三四五六七八九十]{1,2})月(\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?"
)
_COMPACT_DATE = re.compile(r"(?<!\d)(\d{8})(?!\d)")
_HAN_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0}


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date that was found, and where."""

    value: date
    span: Spanned


def find_birth_date(
    folded: str, language: Language, details: Sequence[Hit], times: Sequence[TimeMention], *, asked: str | None, today: date
) -> FoundDate | None:
    """Return a date of birth: after "nasci", "born", 出生, when it was asked for, or beside a name that was.

    Figures and month names are read here; a date in words ("twelfth of March nineteen eighty-five") is taken from the
    `times` that the grammar of dates found, after one of those cues.

    In English the month stands first (03/12/1985 is March), elsewhere the day, unless the figures leave only the other.
    """
    cues = [hit for hit in details if hit.label == "born"]
    if not cues and asked not in ("date_of_birth", "patient_name", "phone") and not any(h.label == "name_is" for h in details):
        return None
    for value, span in _dates(folded, language, today):
        near = any(-3 <= span[0] - cue.end <= 25 or 0 <= cue.start - span[1] <= 3 for cue in cues)
        if value <= today and (near or asked == "date_of_birth" or (not cues and (today - value).days > 30)):
            return FoundDate(value, span)
    for mention in times if cues or asked == "date_of_birth" else ():
        near = any(-3 <= mention.start - cue.end <= 25 for cue in cues) or asked == "date_of_birth"
        for reading in (mention.value, *mention.alternatives):
            if near and type(reading) is date and (today - reading).days > 0:
                return FoundDate(reading, (mention.start, mention.end))
    return None


def _dates(folded: str, language: Language, today: date) -> list[tuple[date, Spanned]]:
    found: list[tuple[date, Spanned]] = []
    for match in _NUMERIC_DATE.finditer(folded):
        first, second, third = match.groups()
        if len(first) == 4:
            parts = (int(first), int(second), int(third))
        elif (language is Language.EN and int(first) <= 12) or int(second) > 12:
            parts = (_full_year(third, today), int(first), int(second))
        else:
            parts = (_full_year(third, today), int(second), int(first))
        _add(found, parts, match.span())
    for match in _DAY_MONTH_YEAR.finditer(folded):
        if (month := _MONTHS.get(match[2])) is not None:
            _add(found, (_full_year(match[3], today), month, int(match[1])), match.span())
    for match in _MONTH_DAY_YEAR.finditer(folded):
        if (month := _MONTHS.get(match[1])) is not None:
            _add(found, (int(match[3]), month, int(match[2])), match.span())
    for match in _HAN_DATE.finditer(folded):
        _add(found, (_full_year(_han_digits(match[1]), today), _han_number(match[2]), _han_number(match[3])), match.span())
    for match in _COMPACT_DATE.finditer(folded):
        digits = match[1]
        if digits.startswith(("19", "20")) and 1 <= int(digits[4:6]) <= 12:
            _add(found, (int(digits[:4]), int(digits[4:6]), int(digits[6:])), match.span())
        elif digits[4:6] in ("19", "20"):
            day_said, month_said = (digits[2:4], digits[:2]) if language is Language.EN else (digits[:2], digits[2:4])
            _add(found, (int(digits[4:]), int(month_said), int(day_said)), match.span())
    return found


def _add(found: list[tuple[date, Spanned]], parts: tuple[int, int, int], span: Spanned) -> None:
    try:
        found.append((date(*parts), span))
    except ValueError:
        return


def _full_year(year: str, today: date) -> int:
    number = int(year)
    if len(year) == 4:
        return number
    century = today.year // 100 * 100
    return century + number if century + number <= today.year else century - 100 + number


def _han_digits(text: str) -> str:
    return text if text.isascii() else "".join(str(_HAN_DIGITS[c]) for c in text)


def _han_number(text: str) -> int:
    if text.isascii():
        return int(text)
    tens, _, ones = text.rpartition("十") if "十" in text else ("", "", text)
    base = (_HAN_DIGITS.get(tens, 1) * 10) if "十" in text else 0
    return base + (_HAN_DIGITS.get(ones, 0) if ones else 0)
