"""The rules of Chinese word order: the larger before the smaller, and bounds behind what they bound."""

from marcai.understanding.dates.chinese_builders import (
    clocks_between,
    counted,
    days_beside_day,
    days_between,
    days_of_month,
    hours_around,
    into_next_day,
    months_between,
    named_period,
    none_possible,
    nth_after_day,
    nth_of_period,
    part_over_clocks,
    portion_of_period,
    same_day_of,
    start_and_length,
    turned,
    week_with,
    weekday_after_amount,
    weekday_of_which,
    weekend_of_which,
    within_amount,
    year_of_feast,
)
from marcai.understanding.dates.rules import Rule

_NUMBER = "(ordinal|day_number)"
_SOME_MONTH = "((year|which unit) (comma|of)*)? month of?"
_OR = "(or|and|comma|to|till|dash|correction)"
_PERIOD = "((year|which unit) of?)? (which? month | which unit | unit | year)"

CLOCKS: tuple[Rule, ...] = (
    ("hour (to|till|dash|or|and) clock", hours_around),
    ("clock (to|till|dash) hour", hours_around),
    ("clock (and|or|comma) part? clock between", clocks_between),
    ("part of? clock ((or|and|comma|correction) clock)+ (?! between)", part_over_clocks),
    ("from? clock (onwards other? | comma)? amount (?! from_now | ago | within)", start_and_length),
    ("amount comma? from part? clock onwards?", start_and_length),
)

DAYS: tuple[Rule, ...] = (
    (f"{_SOME_MONTH} {_NUMBER} ({_OR} {_NUMBER})*", days_of_month),
    (f"which unit of? {_NUMBER} ({_OR} {_NUMBER})*", days_of_month),
    (f"{_PERIOD} of? nth (weekday|unit|week_end)", nth_of_period),
    ("nth unit", nth_of_period),
    ("which unit of? relative_day", same_day_of),
    ("which unit of? weekday", weekday_of_which),
    ("which weekday", weekday_of_which),
    ("which week_end", weekend_of_which),
    (f"{_PERIOD} of? portion", portion_of_period),
    ("(year|which unit) (comma|of)* month", named_period),
    ("(year|which unit) of? day", year_of_feast),
    ("which? amount within", within_amount),
    ("which amount", counted),
    ("amount from_now of? weekday", weekday_after_amount),
    ("hour (to|dash|or) month", months_between),
    ("year (?! comma? (month|day))", named_period),
)

JOINS: tuple[Rule, ...] = (
    ("day nth of? day", week_with),
    ("day nth", week_with),
    ("clock (to|till|dash) day clock", into_next_day),
    ("day (onwards|of) of? nth (day|unit)", nth_after_day),
    ("day onwards of day", nth_after_day),
    ("day of? (onwards|or_earlier) amount", days_beside_day),
    ("day and day between", days_between),
    ("day (and? day)+ comma? not_possible", none_possible),
    ("(clock_range|moment|expression) comma? not_possible", turned),
)
