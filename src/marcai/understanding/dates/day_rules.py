"""Which rows of words make a day or a span of days. The builders stand in `days.py`."""

from marcai.understanding.dates.constituents import Amount, FromNow, Moment
from marcai.understanding.dates.days import (
    after_chosen,
    bare_weekday,
    calendar_quarter,
    chosen_unit,
    chosen_weekday,
    coming_hours,
    counted_units,
    counted_weekday,
    day_of_period,
    dotted_day,
    in_year,
    month_day,
    named_month,
    nth_of,
    numbers_of_period,
    only_number,
    only_year,
    part_of_which_day,
    portion_of,
    relative,
    span_of,
    the_number,
    weekday_and_number,
    weekday_of_week,
    weekday_week,
    year_of_day,
)
from marcai.understanding.dates.rules import Rule, joined

_DAY = "(day_number|ordinal|first_or_second)"
_ORD = "(ordinal|first_or_second)"
_NO_TIME = "(?! meridiem | oclock | minute clock | unit | time_unit )"
_YEAR = "((comma|of|in|slash|dash)? year)?"
_NO_PERIOD = "(?! other? unit | week_of | of? the? (month|which|unit) | which (weekday|unit) | weekday | amount )"
_ANY_YEAR = "((comma|of|in|slash|dash)? year | minute (?! unit | time_unit | to | till | dash | minute | oclock | meridiem))?"
_END = "(?= $ | comma | stop | at | on | in | clock | part | from | for | not | till | to | dash | and | except | onwards)"

DAYS: tuple[Rule, ...] = (
    # the year first, or marks between
    (f"year (dash|slash|comma)? month (dash|slash|comma)? the? {_DAY}", month_day),
    ("day_number (dash|slash) month (dash|slash) (year|minute)", month_day),
    ("day_number dash year dash month", month_day),
    ("month (dash|slash) day_number (dash|slash) (year|minute)", month_day),
    # numbers of a coming month, and a quantity behind a chosen day
    (f"(from|between)? the? {_DAY} (to|till|dash|and) the? {_DAY} (of|in)? the? which unit", numbers_of_period),
    ("amount? after_next (weekday|unit|week_end|month)", after_chosen),
    ("within the? which amount (?= from | after | of)", lambda parts: [parts[0], parts[-1]]),
    # a day of a month
    (f"(weekday (comma|stop)? (on|the|day_word)*)? month (stop|dash|slash)? the? {_DAY} {_NO_TIME} {_YEAR}", month_day),
    (f"(weekday (comma|stop)? (on|the|day_word)*)? month comma the? {_ORD} {_YEAR}", month_day),
    (f"(weekday (comma|stop)? (on|the|day_word)*)? day_word? {_DAY} unit? (of|dash|slash)? the? month {_ANY_YEAR}", month_day),
    # the nth of a period
    (
        f"({_ORD} which? | which {_ORD}?) (week_of | (weekday|unit|week_end) (of|in)) the? (month {_YEAR} | which unit | unit | year)",
        nth_of,
    ),
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
    ("(weekday|relative_day) unit (?= punctuation? $ | comma | stop | at | clock | from | in | part)", weekday_week),
    ("weekday which (?! unit | part | month | weekday | amount | week_end)", chosen_weekday),
    (f"which? weekday (stop|comma)? (the|day_word)* {_ORD}", weekday_and_number),
    (f"weekday (the|day_word)* day_number (?! (to|till|dash) (day_number|clock)) {_NO_TIME} (?! other? unit | other)", weekday_and_number),
    ("weekday (comma|stop)? (the|day_word)+ day_number", weekday_and_number),
    # periods
    ("portion of? the? approximately? (which (unit|month|week_end) | unit which)", portion_of),
    (f"portion of? the? (unit|month|week_end) (?! stop? the? {_DAY})", portion_of),
    (f"(first_or_second|which) amount (of|in) the? (month {_YEAR} | which unit | unit | year)", span_of),
    ("within? the? which (amount|time_unit)", coming_hours),
    ("(the)? which amount", counted_units),
    ("(which count | count which) (unit|week_end)", counted_units),
    ("(the? which)? (unit|week_end) after_next", chosen_unit),
    ("which (unit|week_end)", chosen_unit),
    ("(unit|week_end) which (?! unit | part | month | weekday | amount)", chosen_unit),
    ("the unit (?= punctuation? $ | stop)", chosen_unit),
    ("week_end (?! of the? day_word? (ordinal|day_number|month))", chosen_unit),
    ("which month (of? year)?", named_month),
    ("month which", named_month),
    ("month comma? (of|in)? year", named_month),
    ("year (comma|dash|slash)? month", named_month),
    ("month", named_month),
    ("weekday", bare_weekday),
    ("relative_day", relative),
    ("portion? of? the? which part", lambda parts: part_of_which_day(parts[-2:])),
    ("portion of? the? part", lambda parts: parts[-1]),
    ("day (comma|of|in)? year", year_of_day),
    # a number that a small word makes a day
    (f"(on|from|till|after|before|by|for) the? ordinal {_NO_PERIOD}", only_number),
    (f"(on|from|till|after|before|by|for) the? first_or_second {_NO_PERIOD} {_END}", only_number),
    (f"on the? day_number {_END}", only_number),
    ("the day_number (?= $ | comma | punctuation? $ | at | stop | to | till)", the_number),
    (f"day_word the? {_DAY} {_NO_TIME}", only_number),
    ("ordinal", lambda parts: None if parts[0].spoken else only_number(parts)),
    (f"the (ordinal|first_or_second) {_END}", only_number),
    ("^ now punctuation? $", lambda parts: joined("moment", parts[:1], Moment(None, FromNow(Amount(()))))),
    (f"(comma|correction|dash) ordinal {_END}", only_number),
    (f"^ ordinal {_END}", only_number),
    ("the? unit year", only_year),
    ("^ year punctuation? $", only_year),
    ("in year (?= punctuation? $)", in_year),
    ("(in|on) decimal", dotted_day),
)
