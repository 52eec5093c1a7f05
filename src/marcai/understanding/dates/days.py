"""Days and spans of days, from weekdays, numbers, months, units and the words that choose among them."""

from dataclasses import replace
from typing import Literal, cast

from marcai.understanding.dates.constituents import (
    KINDS,
    Amount,
    ContainingWeek,
    Count,
    DayLike,
    DayRange,
    FromNow,
    Holiday,
    Lasting,
    Moment,
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
    WeekdayNear,
    Which,
    Year,
)
from marcai.understanding.dates.rules import Built, Rule, every, first, joined, keep
from marcai.understanding.dates.shapes import full_year, is_day

DAY = KINDS["day"]
_DAYS = "123oO"
_SHIFTS = {Which.THIS: 0, Which.BARE: 0, Which.ALL: 0, Which.COMING: 1, Which.NEXT: 1, Which.LAST: -1, Which.AFTER_NEXT: 2}
_WHOLE_DAYS = {"minute", "hour"}


def _day(parts: list[Piece], value: DayLike) -> Piece:
    return joined("day", parts, value)


def period(which: object, unit: Unit) -> DayLike:
    """Return the period that a choosing word and a unit name; a day is a day."""
    choice = cast("Which", which)
    if unit == "weekend":
        shift = 0 if choice in (Which.COMING, Which.NEXT) else _SHIFTS[choice] - (choice is Which.AFTER_NEXT)
        return Period("weekend", shift, loose=choice in (Which.NEXT, Which.AFTER_NEXT))
    if unit == "day":
        return Relative(_SHIFTS[choice])
    return Period(unit, _SHIFTS[choice])


def month_day(parts: list[Piece]) -> Built:
    """Build a day of a named month, with weekday and year where they are said."""
    month, weekday = first(parts, "month"), first(parts, "weekday")
    years = every(parts, "year")
    numbers = [p for p in parts if p.kind in _DAYS or p.kind in "4"]
    if month is None or not numbers:
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
        return None
    return _day(parts, MonthDay(day, month_number, year, weekday=None if weekday is None else cast("int", weekday.value)))


def day_of_period(parts: list[Piece]) -> Built:
    """Build "the 20th of next month", "10th of this month"."""
    number, which, unit = first(parts, "day_number", "ordinal", "first_or_second"), first(parts, "which"), first(parts, "unit")
    if number is None or unit is None or unit.value != "month":
        return None
    shift = _SHIFTS[cast("Which", which.value)] if which is not None else None
    return _day(parts, MonthDay(cast("int", number.value), month_shift=shift))


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
    return _day(parts, value) if not kept else [Piece(DAY, parts[0].start, thing.end, value), *kept]


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
    return _day(parts, MonthDay(cast("int", number.value), weekday=cast("int", weekday.value)))


def weekday_of_week(parts: list[Piece]) -> Built:
    """Build "Friday next week", "this week Friday", "wednesday of this week"."""
    weekday, which, unit = first(parts, "weekday"), first(parts, "which", "after_next"), first(parts, "unit")
    if weekday is None or which is None or unit is None or unit.value != "week":
        return None
    choice = Which.AFTER_NEXT if which.kind == KINDS["after_next"] else cast("Which", which.value)
    return _day(parts, Weekday(cast("int", weekday.value), choice, weeks=_SHIFTS[choice]))


def chosen_weekday(parts: list[Piece]) -> Built:
    """Build "next Friday", "friday after next", "terça que vem"."""
    weekday, which = first(parts, "weekday"), first(parts, "which")
    if weekday is None:
        return None
    after = first(parts, "after_next")
    choice = Which.AFTER_NEXT if after is not None else cast("Which", which.value) if which is not None else Which.BARE
    return None if choice is Which.ALL else _day(parts, Weekday(cast("int", weekday.value), choice))


def weekday_week(parts: list[Piece]) -> Built:
    """Build the British "tuesday week": a week behind the coming one."""
    if parts[1].value != "week":
        return None
    return _day(parts, Shifted(Weekday(cast("int", parts[0].value)), Amount(((1, "week"),))))


def calendar_quarter(parts: list[Piece]) -> Built:
    """Build "next quarter", "third quarter 2027"."""
    which, number, year = first(parts, "which"), first(parts, "ordinal", "first_or_second"), first(parts, "year")
    if parts[1].value != 15:
        return None
    if which is not None:
        return _day(parts, Period("quarter", _SHIFTS[cast("Which", which.value)]))
    if number is None or not 1 <= cast("int", number.value) <= 4:
        return None
    last_month = cast("int", number.value) * 3
    said = cast("int", year.value) if year is not None else None
    return _day(parts, DayRange(Month(last_month - 2, said), Month(last_month, said)))


def counted_weekday(parts: list[Piece]) -> Built:
    """Build "two sundays from now"."""
    number, weekday = first(parts, "count"), first(parts, "weekday")
    if number is None or weekday is None:
        return None
    return _day(parts, Weekday(cast("int", weekday.value), nth=cast("int", number.value)))


def bare_weekday(parts: list[Piece]) -> Built:
    return _day(parts, Weekday(cast("int", parts[0].value)))


def chosen_unit(parts: list[Piece]) -> Built:
    """Build "next week", "the weekend after next", "all week", "a semana que vem"."""
    unit, which = first(parts, "unit", "week_end"), first(parts, "which")
    if unit is None:
        return None
    choice = Which.AFTER_NEXT if first(parts, "after_next") else cast("Which", which.value) if which is not None else Which.BARE
    if unit.value == "day" and choice is not Which.NEXT:
        return _day(parts, Relative(0)) if choice in (Which.THIS, Which.BARE) else None
    value = period(choice, cast("Unit", "weekend" if unit.kind == "e" else unit.value))
    return _day(parts, value)


def counted_units(parts: list[Piece]) -> Built:
    """Build "the next 3 days", "3 next weeks"."""
    which, number, unit, amount = first(parts, "which"), first(parts, "count"), first(parts, "unit", "week_end"), first(parts, "amount")
    choice = which.value if which is not None else None
    if choice not in (Which.NEXT, Which.COMING, Which.LAST):
        return None
    if amount is not None:
        pairs = cast("Amount", amount.value).parts
        count, name = pairs[0]
        if len(pairs) > 1 or name in _WHOLE_DAYS:
            return None
    elif unit is not None and number is not None:
        count, name = cast("int", number.value), cast("Unit", "weekend" if unit.kind == "e" else unit.value)
    else:
        return None
    return _day(parts, Count(int(-count if choice is Which.LAST else count), name))


def named_month(parts: list[Piece]) -> Built:
    value = period_of_parts(parts)
    return None if value is None else _day(parts, value)


def portion_of(parts: list[Piece]) -> Built:
    """Build "end of next week", "early March", "rest of the week"."""
    portion = first(parts, "portion")
    within = first(parts, "day")
    if portion is None:
        return None
    value = cast("DayLike", within.value) if within is not None else period_of_parts([p for p in parts if p.kind in "mNuy"])
    if isinstance(value, Relative | Weekday) or value is None:
        return None
    return _day(parts, Portion(cast("Literal['early', 'mid', 'late', 'rest']", portion.value), value))


def only_number(parts: list[Piece]) -> Built:
    """Build "the 15th", "on 15", "dia 20", and keep a small word in front."""
    at = next(i for i, piece in enumerate(parts) if piece.kind in _DAYS)
    number = cast("int", parts[at].value)
    if not 1 <= number <= 31:
        return None
    return [*(p for p in parts[:at] if p.kind not in "td"), Piece(DAY, parts[at].start, parts[at].end, MonthDay(number))]


def the_number(parts: list[Piece]) -> Built:
    """Build "the 27", but not "the one"."""
    return None if parts[-1].spoken and cast("int", parts[-1].value) < 4 else only_number(parts)


def relative(parts: list[Piece]) -> Built:
    return _day(parts, Relative(cast("int", parts[0].value)))


def part_of_which_day(parts: list[Piece]) -> Built:
    """Build "this evening", "next night", "last night": a part of a day that the choosing word names."""
    shift = _SHIFTS[cast("Which", parts[0].value)]
    return [Piece(DAY, parts[0].start, parts[0].end, Relative(min(shift, 1))), parts[-1]]


def nth_weekday_with_rest(parts: list[Piece]) -> Built:
    return nth_of(parts)


def year_of_day(parts: list[Piece]) -> Built:
    """Give a feast or a day of a month the year that follows it."""
    year = cast("int", parts[-1].value)
    value = parts[0].value
    if isinstance(value, Holiday | MonthDay | Month) and value.year is None:
        return _day(parts, replace(value, year=year))
    return keep(parts)


def in_year(parts: list[Piece]) -> Built:
    return [parts[0], Piece(DAY, parts[1].start, parts[1].end, Year(cast("int", parts[1].value)))]


# --- with days that are built already ---------------------------------------------------------------------------


def amount_from_day(parts: list[Piece]) -> Built:
    """Build "2 weeks from January 15", "two days before Friday", "within two weeks after today"."""
    amount, base = first(parts, "amount"), first(parts, "day")
    if amount is None or base is None:
        return None
    value, day = cast("Amount", amount.value), cast("DayLike", base.value)
    if any(unit in _WHOLE_DAYS for _, unit in value.parts):
        return None
    sign = -1 if first(parts, "before", "minus") else 1
    if first(parts, "within"):
        return _day(parts, Lasting(day, value))
    if first(parts, "for", "starting") and first(parts, "after", "before") is None:
        return _day(parts, Lasting(day, value))
    weekday = first(parts, "weekday")
    if weekday is not None:
        return _day(parts, WeekdayNear(cast("int", weekday.value), Shifted(day, value, sign)))
    return _day(parts, Shifted(day, value, sign))


def weekday_by_amount(parts: list[Piece]) -> Built:
    """Build "Monday two weeks from now", "Sunday 3 weeks after January 15th"."""
    days = every(parts, "day")
    amount = cast("Amount", next(p for p in parts if p.kind == "Q").value)
    weekday = days[0].value
    if not isinstance(weekday, Weekday) or any(unit not in ("week", "fortnight", "month") for _, unit in amount.parts):
        return None
    base = cast("DayLike", days[1].value) if len(days) > 1 else Relative(0)
    return _day(parts, WeekdayNear(weekday.weekday, Shifted(base, amount, -1 if first(parts, "before") else 1)))


def weekday_after(parts: list[Piece]) -> Built:
    """Build "the Monday after Christmas", "third tuesday after the 10th"."""
    number, days = first(parts, "ordinal", "first_or_second"), every(parts, "day")
    weekday = days[0].value
    if not isinstance(weekday, Weekday) or weekday.which is not Which.BARE or isinstance(days[1].value, Weekday | Relative):
        return None
    near = WeekdayNear(weekday.weekday, cast("DayLike", days[1].value), "after")
    weeks = cast("int", number.value) - 1 if number is not None else 0
    return _day(parts, Shifted(near, Amount(((weeks, "week"),))) if weeks else near)


def unit_beside(parts: list[Piece]) -> Built:
    """Build "the day before Thanksgiving", "the week after Easter"."""
    unit, sign = cast("Unit", parts[0].value), 1 if parts[1].kind == KINDS["after"] else -1
    shifted = Shifted(cast("DayLike", parts[-1].value), Amount(((1, unit),)), sign)
    return _day(parts, shifted if unit in ("day", "workday") else ContainingWeek(shifted, unit))


def amount_from_now(parts: list[Piece]) -> Built:
    """Build "in 3 days", "two hours from now", "10 minutes ago"."""
    amount = cast("Amount", next(p for p in parts if p.kind == "Q").value)
    sign = -1 if first(parts, "ago") else 1
    if any(unit in _WHOLE_DAYS for _, unit in amount.parts):
        return joined("moment", parts, Moment(None, FromNow(amount, sign)))
    if first(parts, "within"):
        return _day(parts, Lasting(Relative(0), amount))
    return _day(parts, Shifted(Relative(0), amount, sign))


def after_amount(parts: list[Piece]) -> Built:
    """Build "after 5 days": open from then on; hours and minutes are a moment."""
    built = amount_from_now(parts)
    if isinstance(built, Piece) and built.kind == DAY:
        return joined("expression", parts, Moment(DayRange(cast("DayLike", built.value), None), None))
    return built


def containing(parts: list[Piece]) -> Built:
    """Build "week of the 18th", "w/c Feb 4"."""
    unit = cast("Unit", "weekend" if parts[0].kind == "e" else parts[0].value or "week")
    return _day(parts, ContainingWeek(cast("DayLike", parts[-1].value), unit))


def with_weekday(parts: list[Piece]) -> Built:
    """Join a weekday and a date that stand side by side: the date settles the day."""
    one, other = parts[0].value, parts[-1].value
    if isinstance(one, Weekday) == isinstance(other, Weekday):
        return None
    weekday, day = (one, other) if isinstance(one, Weekday) else (other, one)
    if isinstance(weekday, Weekday) and isinstance(day, MonthDay) and weekday.which in (Which.BARE, Which.THIS) and day.weekday is None:
        return _day(parts, replace(day, weekday=weekday.weekday))
    if isinstance(weekday, Weekday) and isinstance(day, Period) and day.unit == "week" and weekday.weeks is None:
        return _day(parts, replace(weekday, weeks=day.shift))
    return _day(parts, cast("DayLike", day)) if isinstance(day, Relative | Shifted) and first(parts[1:-1], "on") is None else None


def _numbered(value: object) -> MonthDay | None:
    return value if isinstance(value, MonthDay) else None


def day_range(parts: list[Piece]) -> Built:
    """Build a range of days; a number without a month takes the other side's."""
    sides = [p for p in parts if p.kind in "D" + _DAYS]
    one, other = sides
    if one.kind != DAY and other.kind != DAY:
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
    return _day(parts, DayRange(cast("DayLike", start), cast("DayLike", end)))


def numbers_in_month(parts: list[Piece]) -> Built:
    """Build "between 4 and 22 this month", "November between 19 and 20"."""
    numbers = [cast("int", p.value) for p in parts if p.kind in _DAYS]
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
    return _day(parts, DayRange(sides[0], sides[1]))


def numbers_of_period(parts: list[Piece]) -> Built:
    """Build "4 to 23 next month"."""
    which, unit = first(parts, "which"), first(parts, "unit")
    if which is None or unit is None or unit.value != "month":
        return None
    shift = _SHIFTS[cast("Which", which.value)]
    one, other = (MonthDay(cast("int", p.value), month_shift=shift) for p in parts if p.kind in _DAYS)
    return _day(parts, DayRange(one, other))


def after_chosen(parts: list[Piece]) -> Built:
    """Take "two months after next Friday" apart into an amount, "after" and "next Friday"."""
    both, thing = parts[-2:]
    after = Piece(KINDS["after"], both.start, both.start)
    which = Piece(KINDS["which"], both.start, both.end, Which.NEXT)
    built = {"w": chosen_weekday, "m": named_month}.get(thing.kind, chosen_unit)([which, thing])
    return [*parts[:-2], after, built] if isinstance(built, Piece) else None


def two_days(parts: list[Piece]) -> Built:
    """Keep both days of "move it from Monday to Friday" apart: what is, and what is wished."""
    return [p if p.kind in "DKEJp" else Piece(KINDS["other"], p.start, p.end) for p in parts]


_DAY = "(day_number|ordinal|first_or_second)"
_ORD = "(ordinal|first_or_second)"
_NO_TIME = "(?! meridiem | oclock | minute clock | unit | time_unit )"
_YEAR = "((comma|of|in|slash|dash)? year)?"
_END = "(?= $ | comma | stop | at | on | in | clock | part | from | for | not | till | to | dash | and | except | onwards)"

DAYS: tuple[Rule, ...] = (
    # the year first, or marks between
    ("year (dash|slash|comma)? month (dash|slash|comma)? day_number", month_day),
    ("day_number (dash|slash) month (dash|slash) (year|minute)", month_day),
    ("month (dash|slash) day_number (dash|slash) (year|minute)", month_day),
    # numbers of a coming month, and a quantity behind a chosen day
    (f"(from|between)? the? {_DAY} (to|till|dash|and) the? {_DAY} (of|in)? the? which unit", numbers_of_period),
    ("amount? after_next (weekday|unit|week_end|month)", after_chosen),
    ("within the? which amount (?= from | after | of)", lambda parts: [parts[0], parts[-1]]),
    # a day of a month
    (f"(weekday (comma|stop)? (on|the|day_word)*)? month (stop|dash|slash)? the? {_DAY} {_NO_TIME} {_YEAR}", month_day),
    (f"(weekday (comma|stop)? (on|the|day_word)*)? month comma the? {_ORD} {_YEAR}", month_day),
    (
        f"(weekday (comma|stop)? (on|the|day_word)*)? {_DAY} (unit)? (of|dash|slash)? the? month "
        f"((comma|of|in|slash|dash)? year | minute (?! unit | time_unit | to | till | dash | minute | oclock | meridiem))?",
        month_day,
    ),
    # the nth of a period
    (f"({_ORD} which? | which {_ORD}?) (week_of | (weekday|unit|week_end) (of|in)) the? (month {_YEAR} | which unit | unit | year)", nth_of),
    (f"({_ORD} which? | which {_ORD}?) (weekday|unit|week_end) (month {_YEAR} | which unit)", nth_of),
    (f"{_ORD} weekday (part | clock | clock (to|till|dash) clock) (of|in) the? (month {_YEAR} | which unit)", nth_of),
    (f"{_ORD} of? the? which? unit", day_of_period),
    ("day_number of the? which? unit", day_of_period),
    ("(ordinal|first_or_second|which) fraction (of? year)?", calendar_quarter),
    ("month after_next", named_month),
    ("day_word day_number of? the? (which unit | unit which)", day_of_period),
    ("which unit comma? on? the? (day_word day_number | ordinal)", day_of_period),
    ("unit which comma? on? the? (day_word day_number | ordinal)", day_of_period),
    # weekdays
    ("weekday (of|in|on|comma)? the? (which unit | unit which | unit after_next)", weekday_of_week),
    ("(which unit | unit which | unit after_next) (of|on|comma)? the? weekday", weekday_of_week),
    ("count weekday from_now", counted_weekday),
    ("which? weekday after_next", chosen_weekday),
    ("which weekday (?! the? ordinal)", chosen_weekday),
    ("weekday unit (?= punctuation? $ | comma | stop | at | clock | from | in | part)", weekday_week),
    ("weekday which (?! unit | part | month | weekday | amount | week_end)", chosen_weekday),
    (f"which? weekday (stop|comma)? (the|day_word)* {_ORD}", weekday_and_number),
    (f"weekday (the|day_word)* day_number (?! (to|till|dash) (day_number|clock)) {_NO_TIME} (?! other? unit | other)", weekday_and_number),
    (f"weekday (comma|stop)? (the|day_word)+ day_number", weekday_and_number),
    # periods
    ("portion of? the? approximately? (which (unit|month|week_end) | unit which)", portion_of),
    (f"portion of? the? (unit|month|week_end) (?! stop? the? {_DAY})", portion_of),
    ("(the)? which amount", counted_units),
    ("(which count | count which) (unit|week_end)", counted_units),
    ("(the? which)? (unit|week_end) after_next", chosen_unit),
    ("which (unit|week_end)", chosen_unit),
    ("(unit|week_end) which (?! unit | part | month | weekday | amount)", chosen_unit),
    ("the unit (?= punctuation? $ | stop)", chosen_unit),
    ("week_end (?! of the? (ordinal|day_number|month))", chosen_unit),
    ("which month (of? year)?", named_month),
    ("month which", named_month),
    (f"month comma? (of|in)? year", named_month),
    (f"year (comma|dash|slash)? month", named_month),
    ("month", named_month),
    ("weekday", bare_weekday),
    ("relative_day", relative),
    ("portion? of? the? which part", lambda parts: part_of_which_day(parts[-2:])),
    ("portion of? the? part", lambda parts: parts[-1]),
    ("day (comma|of|in)? year", year_of_day),
    # a number that a small word makes a day
    (f"(on|from|till|after|before|by|for) the? (ordinal|first_or_second) (?! other? unit | of? the? (month|which|unit) | which (weekday|unit) | weekday )", only_number),
    (f"on the? day_number {_END}", only_number),
    (f"the day_number (?= $ | comma | punctuation? $ | at | stop | to | till)", the_number),
    (f"day_word the? {_DAY} {_NO_TIME}", only_number),
    ("ordinal", lambda parts: None if parts[0].spoken else only_number(parts)),
    (f"the (ordinal|first_or_second) {_END}", only_number),
    ("^ now punctuation? $", lambda parts: joined("moment", parts[:1], Moment(None, FromNow(Amount(()))))),
    (f"(comma|correction|dash) ordinal {_END}", only_number),
    (f"^ ordinal {_END}", only_number),
    ("in year (?= punctuation? $)", in_year),
    ("(in|on) decimal", lambda parts: dotted_day(parts)),
)


def dotted_day(parts: list[Piece]) -> Built:
    """Build "in 4.22": two numbers with a dot behind a cue, the month first unless only the other order fits."""
    one, other = (int(text) for text in cast("tuple[str, str]", parts[-1].value))
    if is_day(other, one):
        return [parts[0], Piece(DAY, parts[-1].start, parts[-1].end, MonthDay(other, one))]
    return [parts[0], Piece(DAY, parts[-1].start, parts[-1].end, MonthDay(one, other))] if is_day(one, other) else None


_TO = "(to|till|dash)"

DAY_JOINS: tuple[Rule, ...] = (
    ("week_of on? the? day", containing),
    ("week_end of the? day", containing),
    ("day comma? on? day", with_weekday),
)

DAY_SHIFTS: tuple[Rule, ...] = (
    ("day amount (from_now | (from|after|before|past) the? day)", weekday_by_amount),
    ("within which? amount (from|after|of) the? day", amount_from_day),
    ("for amount comma? (from|starting)+ on? the? day (?! (at|comma|on)* clock)", amount_from_day),
    ("amount starting on? the? day (?! (at|comma|on)* clock)", amount_from_day),
    ("in? amount (from|after|before|past) the? day", amount_from_day),
    ("article? amount on the? day", amount_from_day),
    ("(ordinal|first_or_second)? day after the? day", weekday_after),
    ("unit (after|before) the? day", unit_beside),
    ("portion of? the? day", portion_of),
    ("(in|within|after)? amount from_now", amount_from_now),
    ("amount ago", amount_from_now),
    ("after amount", after_amount),
    ("(in|within) approximately? amount", amount_from_now),
    ("moving (other|the|which)* from day to (other|the)* day", two_days),
    (
        f"day (from|between)? (day_number|ordinal) (to|till|dash|and) (day_number|ordinal) ((comma|of)? year)? (?! clock | meridiem)",
        numbers_in_month,
    ),
    (f"(from|between)? the? {_DAY} (to|till|dash|and) the? {_DAY} (of|in)? day", numbers_in_month),
    (f"(from|between)? the? {_DAY} {_TO} on? the? day (?! amount)", day_range),
    (f"between the? ({_DAY}|day) and on? the? day", day_range),
    (f"(from|starting)? on? the? day {_TO} on? the? day (?! on? (at|clock|from))", day_range),
    (f"between the? day and the? {_DAY}", day_range),
    (f"from? the? day {_TO} the? {_DAY} (?! clock | meridiem | unit | time_unit | other)", day_range),
)
