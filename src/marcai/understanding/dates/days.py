"""Days and spans of days, from weekdays, numbers, months, units and the words that choose among them.

Here stand the builders; `day_rules.py` says which rows of words call for them.
"""

from dataclasses import replace
from typing import Literal, cast

from marcai.understanding.dates.constituents import (
    KINDS,
    Amount,
    Count,
    DayLike,
    DayRange,
    FromNow,
    Holiday,
    Moment,
    MomentRange,
    Month,
    MonthDay,
    Nth,
    Period,
    Piece,
    Portion,
    Relative,
    Shifted,
    Unit,
    Weekday,
    Which,
    Year,
)
from marcai.understanding.dates.rules import Built, every, first, joined, keep
from marcai.understanding.dates.shapes import full_year, is_day

DAY = KINDS["day"]
DAY_NUMBERS = "123oO"
SHIFTS = {Which.THIS: 0, Which.BARE: 0, Which.ALL: 0, Which.COMING: 1, Which.NEXT: 1, Which.LAST: -1, Which.AFTER_NEXT: 2}
CLOCK_UNITS = {"minute", "hour"}


def as_day(parts: list[Piece], value: DayLike) -> Piece:
    """Return one day piece over all the parts."""
    return joined("day", parts, value)


def period(which: object, unit: Unit) -> DayLike:
    """Return the period that a choosing word and a unit name; a day is a day."""
    choice = cast("Which", which)
    if unit == "weekend":
        shift = 0 if choice in (Which.COMING, Which.NEXT) else SHIFTS[choice] - (choice is Which.AFTER_NEXT)
        return Period("weekend", shift, loose=choice in (Which.NEXT, Which.AFTER_NEXT))
    if unit == "day":
        return Relative(SHIFTS[choice])
    return Period(unit, SHIFTS[choice])


def month_day(parts: list[Piece]) -> Built:
    """Build a day of a named month, with weekday and year where they are said."""
    month, weekday, unit = (first(parts, name) for name in ("month", "weekday", "unit"))
    years = every(parts, "year")
    numbers = [p for p in parts if p.kind in DAY_NUMBERS or p.kind in "4"]
    if month is None or not numbers or (unit is not None and unit.value != "day"):
        return None
    day = cast("int", numbers[0].value)
    year = cast("int", years[0].value) if years else None
    if year is None and len(numbers) > 1:
        year = full_year(f"{numbers[1].value:02}")
    which = first(parts, "which")
    if which is not None and cast("Which", which.value) not in (Which.NEXT, Which.THIS, Which.COMING):
        return None
    month_number = cast("int", month.value)
    if not is_day(day, month_number, year):
        return joined("other", parts, None)
    return as_day(parts, MonthDay(day, month_number, year, weekday=None if weekday is None else cast("int", weekday.value)))


def day_of_period(parts: list[Piece]) -> Built:
    """Build "the 20th of next month", "10th of this month"."""
    number, which, unit = first(parts, "day_number", "ordinal", "first_or_second"), first(parts, "which"), first(parts, "unit")
    if number is None or unit is None or unit.value != "month":
        return None
    shift = SHIFTS[cast("Which", which.value)] if which is not None else None
    return as_day(parts, MonthDay(cast("int", number.value), month_shift=shift))


def nth_of(parts: list[Piece]) -> Built:
    """Build "the second Monday of next month", "last weekend in October", "first week of 2021"."""
    split = next(i for i, p in enumerate(parts) if p.kind in "wuev" and any(q.kind in "oON123" for q in parts[:i]))
    head, tail = parts[: split + 1], parts[split + 1 :]
    number = first(head, "ordinal", "first_or_second", "day_number")
    last = first(head, "which")
    if last is not None and last.value is not Which.LAST:
        return None
    nth = (cast("int", number.value) if number is not None else 1) * (-1 if last is not None else 1)
    thing = parts[split]
    within = period_of_parts([p for p in tail if p.kind in "mNuy#"])
    if within is None:
        return None
    unit = None if thing.kind == "w" else cast("Unit", "weekend" if thing.kind == "e" else thing.value)
    value = Nth(nth, unit, cast("int", thing.value) if thing.kind == "w" else None, within)
    kept = [p for p in tail if p.kind in "pKTL-"]
    return as_day(parts, value) if not kept else [Piece(DAY, parts[0].start, thing.end, value), *kept]


def span_of(parts: list[Piece]) -> Built:
    """Build "the first two weeks of January", "the last three days of next month"."""
    amount, which = first(parts, "amount"), parts[0]
    pairs = cast("Amount", amount.value).parts if amount is not None else ()
    within = period_of_parts([p for p in parts[1:] if p.kind in "mNuy"])
    if len(pairs) != 1 or pairs[0][1] in CLOCK_UNITS or within is None or not 1 <= pairs[0][0] <= 31:
        return None
    count, unit = int(pairs[0][0]), pairs[0][1]
    if which.kind == KINDS["which"]:
        if which.value is not Which.LAST:
            return None
        return as_day(parts, DayRange(Nth(-count, unit, None, within), Nth(-1, unit, None, within)))
    return as_day(parts, DayRange(Nth(1, unit, None, within), Nth(count, unit, None, within))) if which.value == 1 else None


def coming_hours(parts: list[Piece]) -> Built:
    """Build "the next two hours", "next hour": from now on, so long."""
    which, amount, unit = first(parts, "which"), first(parts, "amount"), first(parts, "time_unit")
    if which is None or which.value not in (Which.NEXT, Which.COMING):
        return None
    length = cast("Amount", amount.value) if amount is not None else Amount(((1, cast("Unit", unit.value)),)) if unit is not None else None
    if length is None or any(name not in CLOCK_UNITS for _, name in length.parts):
        return None
    return joined("expression", parts, MomentRange(Moment(None, FromNow(Amount(()))), None, length))


def only_year(parts: list[Piece]) -> Built:
    """Build "the year 2027"."""
    unit, year = first(parts, "unit"), first(parts, "year")
    if year is None or (unit is not None and unit.value != "year"):
        return None
    return as_day(parts, Year(cast("int", year.value)))


def period_of_parts(parts: list[Piece]) -> DayLike | None:
    """Return the month, year or other period that the parts name."""
    month, year, which, unit = (first(parts, name) for name in ("month", "year", "which", "unit"))
    choice = cast("Which", which.value) if which is not None else Which.BARE
    if month is not None and first(parts, "after_next") is not None:
        choice = Which.AFTER_NEXT
    if month is not None:
        return Month(cast("int", month.value), cast("int", year.value) if year is not None else None, choice)
    if unit is not None:
        return period(choice, cast("Unit", unit.value))
    return Year(cast("int", year.value)) if year is not None else None


def weekday_and_number(parts: list[Piece]) -> Built:
    """Build "Thursday the 15th", "friday 23"."""
    weekday, number = first(parts, "weekday"), first(parts, "day_number", "ordinal", "first_or_second")
    if weekday is None or number is None:
        return None
    return as_day(parts, MonthDay(cast("int", number.value), weekday=cast("int", weekday.value)))


def weekday_of_week(parts: list[Piece]) -> Built:
    """Build "Friday next week", "this week Friday", "wednesday of this week"."""
    weekday, which, unit = first(parts, "weekday"), first(parts, "which", "after_next"), first(parts, "unit")
    if weekday is None or which is None or unit is None or unit.value != "week":
        return None
    choice = Which.AFTER_NEXT if which.kind == KINDS["after_next"] else cast("Which", which.value)
    return as_day(parts, Weekday(cast("int", weekday.value), choice, weeks=SHIFTS[choice]))


def chosen_weekday(parts: list[Piece]) -> Built:
    """Build "next Friday", "friday after next", "terça que vem"."""
    weekday, which = first(parts, "weekday"), first(parts, "which")
    if weekday is None:
        return None
    after = first(parts, "after_next")
    choice = Which.AFTER_NEXT if after is not None else cast("Which", which.value) if which is not None else Which.BARE
    return None if choice is Which.ALL else as_day(parts, Weekday(cast("int", weekday.value), choice))


def weekday_week(parts: list[Piece]) -> Built:
    """Build the British "tuesday week": a week behind the coming one."""
    if parts[1].value != "week":
        return None
    number = cast("int", parts[0].value)
    base: DayLike = Weekday(number) if parts[0].kind == KINDS["weekday"] else Relative(number)
    return as_day(parts, Shifted(base, Amount(((1, "week"),))))


def calendar_quarter(parts: list[Piece]) -> Built:
    """Build "next quarter", "third quarter 2027"."""
    which, number, year = first(parts, "which"), first(parts, "ordinal", "first_or_second"), first(parts, "year")
    if parts[1].value != 15:
        return None
    if which is not None:
        return as_day(parts, Period("quarter", SHIFTS[cast("Which", which.value)]))
    if number is None or not 1 <= cast("int", number.value) <= 4:
        return None
    last_month = cast("int", number.value) * 3
    said = cast("int", year.value) if year is not None else None
    return as_day(parts, DayRange(Month(last_month - 2, said), Month(last_month, said)))


def counted_weekday(parts: list[Piece]) -> Built:
    """Build "two sundays from now"."""
    number, weekday = first(parts, "count"), first(parts, "weekday")
    if number is None or weekday is None:
        return None
    return as_day(parts, Weekday(cast("int", weekday.value), nth=cast("int", number.value)))


def bare_weekday(parts: list[Piece]) -> Built:
    """Build a weekday that stands alone."""
    return as_day(parts, Weekday(cast("int", parts[0].value)))


def chosen_unit(parts: list[Piece]) -> Built:
    """Build "next week", "the weekend after next", "all week", "a semana que vem"."""
    unit, which = first(parts, "unit", "week_end"), first(parts, "which")
    if unit is None:
        return None
    choice = Which.AFTER_NEXT if first(parts, "after_next") else cast("Which", which.value) if which is not None else Which.BARE
    if unit.value == "day" and choice is not Which.NEXT:
        return as_day(parts, Relative(0)) if choice in (Which.THIS, Which.BARE) else None
    value = period(choice, cast("Unit", "weekend" if unit.kind == "e" else unit.value))
    return as_day(parts, value)


def counted_units(parts: list[Piece]) -> Built:
    """Build "the next 3 days", "3 next weeks"."""
    which, number, unit, amount = first(parts, "which"), first(parts, "count"), first(parts, "unit", "week_end"), first(parts, "amount")
    choice = which.value if which is not None else None
    if choice not in (Which.NEXT, Which.COMING, Which.LAST):
        return None
    if amount is not None:
        pairs = cast("Amount", amount.value).parts
        count, name = pairs[0]
        if len(pairs) > 1 or name in CLOCK_UNITS:
            return None
    elif unit is not None and number is not None:
        count, name = cast("int", number.value), cast("Unit", "weekend" if unit.kind == "e" else unit.value)
    else:
        return None
    return as_day(parts, Count(int(-count if choice is Which.LAST else count), name))


def named_month(parts: list[Piece]) -> Built:
    """Build a month as a whole."""
    value = period_of_parts(parts)
    return None if value is None else as_day(parts, value)


def portion_of(parts: list[Piece]) -> Built:
    """Build "end of next week", "early March", "rest of the week"."""
    portion = first(parts, "portion")
    within = first(parts, "day")
    if portion is None:
        return None
    value = cast("DayLike", within.value) if within is not None else period_of_parts([p for p in parts if p.kind in "mNuy"])
    if isinstance(value, Relative | Weekday) or value is None:
        return None
    return as_day(parts, Portion(cast("Literal['early', 'mid', 'late', 'rest']", portion.value), value))


def only_number(parts: list[Piece]) -> Built:
    """Build "the 15th", "on 15", "dia 20", and keep a small word in front."""
    at = next(i for i, piece in enumerate(parts) if piece.kind in DAY_NUMBERS)
    number = cast("int", parts[at].value)
    if not 1 <= number <= 31:
        return None
    return [*(p for p in parts[:at] if p.kind not in "td"), Piece(DAY, parts[at].start, parts[at].end, MonthDay(number))]


def the_number(parts: list[Piece]) -> Built:
    """Build "the 27", but not "the one"."""
    return None if parts[-1].spoken and cast("int", parts[-1].value) < 4 else only_number(parts)


def relative(parts: list[Piece]) -> Built:
    """Build "tomorrow"."""
    return as_day(parts, Relative(cast("int", parts[0].value)))


def part_of_which_day(parts: list[Piece]) -> Built:
    """Build "this evening", "next night", "last night": a part of a day that the choosing word names."""
    shift = SHIFTS[cast("Which", parts[0].value)]
    return [Piece(DAY, parts[0].start, parts[0].end, Relative(min(shift, 1))), parts[-1]]


def year_of_day(parts: list[Piece]) -> Built:
    """Give a feast or a day of a month the year that follows it."""
    year = cast("int", parts[-1].value)
    value = parts[0].value
    if isinstance(value, Holiday | MonthDay | Month) and value.year is None:
        return as_day(parts, replace(value, year=year))
    return keep(parts)


def in_year(parts: list[Piece]) -> Built:
    """Build "in 2027", and keep the small word."""
    return [parts[0], Piece(DAY, parts[1].start, parts[1].end, Year(cast("int", parts[1].value)))]


def numbers_of_period(parts: list[Piece]) -> Built:
    """Build "4 to 23 next month"."""
    which, unit = first(parts, "which"), first(parts, "unit")
    if which is None or unit is None or unit.value != "month":
        return None
    shift = SHIFTS[cast("Which", which.value)]
    one, other = (MonthDay(cast("int", p.value), month_shift=shift) for p in parts if p.kind in DAY_NUMBERS)
    return as_day(parts, DayRange(one, other))


def after_chosen(parts: list[Piece]) -> Built:
    """Take "two months after next Friday" apart into an amount, "after" and "next Friday"."""
    both, thing = parts[-2:]
    after = Piece(KINDS["after"], both.start, both.start)
    which = Piece(KINDS["which"], both.start, both.end, Which.NEXT)
    built = {"w": chosen_weekday, "m": named_month}.get(thing.kind, chosen_unit)([which, thing])
    return [*parts[:-2], after, built] if isinstance(built, Piece) else None


def dotted_day(parts: list[Piece]) -> Built:
    """Build "in 4.22": two numbers with a dot behind a cue, the month first unless only the other order fits."""
    one, other = (int(text) for text in cast("tuple[str, str]", parts[-1].value))
    if is_day(other, one):
        return [parts[0], Piece(DAY, parts[-1].start, parts[-1].end, MonthDay(other, one))]
    return [parts[0], Piece(DAY, parts[-1].start, parts[-1].end, MonthDay(one, other))] if is_day(one, other) else None
