"""Brazilian Portuguese: what its small words mean beside their neighbours, and its own rows of words.

"a", "as", "de" and "dia" say nothing alone: between two days "a" is a range, before "tarde" a place in the day, elsewhere
an article. So the scanned pieces are looked at once more, each with a few neighbours, before they are combined.
"""

import re
from typing import cast

from marcai.understanding.dates.clocks import amount_as_clock, at_clock, clocks_around, hour_and_minutes, whole_clock
from marcai.understanding.dates.combiner import Combiner
from marcai.understanding.dates.constituents import (
    KINDS,
    Amount,
    Clock,
    ClockRange,
    DayLike,
    DayRange,
    Moment,
    Month,
    MonthDay,
    Nth,
    Piece,
    Which,
)
from marcai.understanding.dates.days import SHIFTS, as_day, counted_weekday, period_of_parts
from marcai.understanding.dates.joins import is_single, minutes_in
from marcai.understanding.dates.portuguese_neighbours import settled
from marcai.understanding.dates.portuguese_words import LEXICON
from marcai.understanding.dates.rules import Built, Rule, first, joined
from marcai.understanding.dates.words import flat, scan_words

EARLIEST_HOUR = 7
QUARTERS = 4
_STREET = re.compile(
    r"\b(?:rua|r|avenida|av|alameda|al|travessa|praca|pca|rodovia|largo|viaduto|bairro|jardim|vila|colegio|escola|edificio|hospital)\b\.? "
    r"(?:[a-z]{1,12} ){0,2}(?:[0-9]{1,2}[oa]?|[a-z]{2,9}) de (?:[a-z]{4,9})(?:,? (?:n[º.o]? ?)?[0-9]{1,5})?"
)


def _without_streets(text: str) -> str:
    """Return the text with streets that are named after a day struck out, character for character."""
    return _STREET.sub(lambda match: "x" * len(match[0]), text)


def _only_hours(parts: list[Piece]) -> Built:
    """Build "19 horas" that is all that was said, unless it is rather a length."""
    (number, _), *_ = cast("Amount", parts[0].value).parts
    return amount_as_clock(parts) if EARLIEST_HOUR <= number < 24 else None


def _round_minutes(parts: list[Piece]) -> Built:
    """Build "10h e 30", but leave "10h e 11" to two times."""
    return hour_and_minutes(parts) if cast("int", parts[-1].value) % 15 == 0 else None


CLOCKS: tuple[Rule, ...] = (
    ("month (comma|stop) hour minute? (?= of the? part)", at_clock),
    ("(at|for|from|to|after|before|till|starting|between) the? amount and (fraction | minute)", hour_and_minutes),
    ("(named_clock|amount) and (fraction | minute (?= (of|in|at) the? part | meridiem | oclock))", hour_and_minutes),
    ("named_clock and (minute|amount) (?! of? month | unit)", hour_and_minutes),
    ("between the? hour and hour (?= of the? part)", clocks_around),
    ("literal and minute (?! of? month | unit | time_unit)", _round_minutes),
    ("literal oclock", whole_clock),
    ("(weekday|relative_day|day|part) comma? (on|of|for|approximately)? amount", amount_as_clock),
    ("^ amount punctuation? $", _only_hours),
)


def _half_of_month(parts: list[Piece]) -> Built:
    """Build "a segunda quinzena de novembro"."""
    unit, number = first(parts, "unit"), first(parts, "ordinal", "first_or_second")
    within = period_of_parts([p for p in parts[2:] if p.kind in "mNuy"])
    if unit is None or unit.value != "fortnight" or number is None or within is None or number.value not in (1, 2):
        return None
    ends = (1, 15) if number.value == 1 else (16, -1)
    one, other = (Nth(nth, "day", None, within) for nth in ends)
    return as_day(parts, DayRange(one, other))


def _nth_in_period(parts: list[Piece]) -> Built:
    """Build "mês que vem, na primeira segunda": the period first."""
    which, unit, *_, number, weekday = parts
    within = period_of_parts([which, unit])
    if within is None or unit.value == "week" or (number.kind == KINDS["which"] and number.value is not Which.LAST):
        return None
    nth = -1 if number.kind == KINDS["which"] else cast("int", number.value)
    return as_day(parts, Nth(nth, None, cast("int", weekday.value), within))


def _in_shifted_year(parts: list[Piece]) -> Built:
    """Build "3 de janeiro do ano que vem", "janeiro do próximo ano"."""
    number, month, which, unit = (
        first(parts, *names) for names in (("day_number", "ordinal", "first_or_second"), ("month",), ("which",), ("unit",))
    )
    if month is None or which is None or unit is None or unit.value != "year":
        return None
    shift, named = SHIFTS[cast("Which", which.value)], cast("int", month.value)
    if number is None:
        return as_day(parts, Month(named, year_shift=shift))
    return as_day(parts, MonthDay(cast("int", number.value), named, year_shift=shift))


def _quarter(parts: list[Piece]) -> Built:
    """Build "segundo trimestre de 2027"; without a year it may be one of a pregnancy."""
    number, unit, year = first(parts, "ordinal", "first_or_second"), first(parts, "unit"), first(parts, "year")
    if number is None or unit is None or unit.value != "quarter" or not 1 <= cast("int", number.value) <= QUARTERS:
        return None
    last_month, said = cast("int", number.value) * 3, cast("int", year.value) if year is not None else None
    return as_day(parts, DayRange(Month(last_month - 2, said), Month(last_month, said)))


DAYS: tuple[Rule, ...] = (
    ("(ordinal|first_or_second) unit (of|comma|slash)? year", _quarter),
    ("^ (ordinal|first_or_second) unit punctuation? $", _quarter),
    ("((day_number|ordinal|first_or_second) of? the?)? month of? the? which unit", _in_shifted_year),
    ("(ordinal|first_or_second) unit (of|in) the? (month (of? year)? | which unit | unit)", _half_of_month),
    ("which unit comma? on? the? (ordinal|first_or_second|which) weekday", _nth_in_period),
    ("in count weekday", counted_weekday),
)


def _length_before_day(parts: list[Piece]) -> Built:
    """Build "por uma hora, na quinta, a partir das dez": the length first, then the day and the start."""
    amount, day, clock = first(parts, "amount"), first(parts, "day"), first(parts, "clock")
    length = minutes_in(cast("Amount", amount.value)) if amount is not None else None
    if not length or day is None or clock is None or not is_single(day.value):
        return None
    return joined("moment", parts, Moment(cast("DayLike", day.value), ClockRange(cast("Clock", clock.value), None, length)))


JOINS: tuple[Rule, ...] = (("for amount (comma|on|of|the)* day (comma|from|starting|at|of)+ clock", _length_before_day),)

COMBINER = Combiner(clocks=CLOCKS, days=DAYS, joins=JOINS)


def scan(text: str) -> list[Piece]:
    """Return the constituents of a Portuguese text."""
    small = flat(text)
    if " de " in small:
        small = _without_streets(small)
    return settled(small, scan_words(small, LEXICON))
