"""What expressions of time are made of, in any language.

A language's scanner turns a text into `Piece`s; the combiner joins pieces into larger ones; the resolver turns what a
finished piece means into values. Nothing here knows a word of any language, and nothing knows what day it is.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from marcai.understanding.meaning import Part

KINDS: dict[str, str] = {
    # words without meaning for time, and marks between words
    "other": "x",
    "comma": ",",
    "stop": ".",
    "dash": "-",
    "slash": "/",
    # numbers, by what they could be (see NUMBER_CLASSES for the names that group them)
    "to12": "1",
    "to24": "2",
    "to31": "3",
    "to59": "4",
    "large": "9",
    "hhmm": "k",
    "year": "y",
    "fraction": "q",
    "decimal": "z",
    "some": "s",
    "ordinal": "o",
    "first_or_second": "O",
    "nth": "j",
    # the calendar
    "weekday": "w",
    "month": "m",
    "relative_day": "r",
    "unit": "u",
    "time_unit": "U",
    "week_end": "e",
    "which": "N",
    "after_next": "Z",
    "portion": "l",
    "day_word": "d",
    "now": "I",
    # the clock
    "part": "p",
    "meridiem": "a",
    "oclock": "h",
    "literal": "c",
    "named_clock": "b",
    # small words
    "of": "f",
    "the": "t",
    "article": "A",
    "at": "@",
    "on": "n",
    "in": "i",
    "approximately": "~",
    "for": "R",
    "and": "&",
    "or": "P",
    "more": "+",
    "from": "F",
    "to": "T",
    "till": "L",
    "between": "B",
    "past": "}",
    "minus": "{",
    "from_now": "g",
    "ago": "G",
    "within": "W",
    "starting": "S",
    "week_of": "v",
    # bounds, negation, correction
    "after": ">",
    "before": "<",
    "by": "Y",
    "onwards": "|",
    "or_earlier": "^",
    "not": "!",
    "except": "X",
    "not_possible": "V",
    "correction": "C",
    "moving": "M",
    # what the combiner builds
    "day": "D",
    "clock": "K",
    "clock_range": "J",
    "amount": "Q",
    "moment": "E",
    "expression": "#",
    "excluded": "%",
}
"""Each kind of constituent and the letter that stands for it when rules are matched."""

NUMBER_CLASSES: dict[str, str] = {
    "hour": "[12]",
    "minute": "[1234]",
    "day_number": "[123]",
    "count": "[12349kys]",
    "quantity": "[12349kzs]",
    "any_clock": "[Kcb]",
    "punctuation": "[,.-]",
}


class Which(Enum):
    """Which of several like days or periods is meant."""

    BARE = "bare"
    THIS = "this"
    COMING = "coming"
    NEXT = "next"
    AFTER_NEXT = "after next"
    LAST = "last"
    ALL = "all"


Unit = Literal["minute", "hour", "day", "workday", "week", "weekend", "month", "quarter", "year", "fortnight"]


class Piece:
    """A stretch of the text and what it is: `kind` is one of `KINDS`' letters, `value` what that kind carries.

    `weak` marks a word that is something else as often ("may", "sat", "mar"): it counts only beside a neighbour.
    `spoken` marks a number that was written as a word.
    """

    __slots__ = ("end", "kind", "spoken", "start", "value", "weak")

    def __init__(self, kind: str, start: int, end: int, value: object = None, weak: bool = False, spoken: bool = False) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.value = value
        self.weak = weak
        self.spoken = spoken

    def __repr__(self) -> str:
        return f"{self.kind}[{self.start}:{self.end}]{self.value!r}"


# --- what a day can be ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Relative:
    """So many days from today: 0 today, 1 tomorrow."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week (0 = Monday). `weeks` settles the ISO week from this one; `nth` counts coming ones."""

    weekday: int
    which: Which = Which.BARE
    weeks: int | None = None
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of a month; whatever is None is found as the next that fits. `month_shift` counts months from this one.

    `either` keeps a numeric date whose two numbers could change places.
    """

    day: int
    month: int | None = None
    year: int | None = None
    month_shift: int | None = None
    weekday: int | None = None
    year_shift: int | None = None
    either: bool = False
    lunar: bool = False


@dataclass(frozen=True, slots=True)
class Holiday:
    """A feast by its key in `calendar.py`."""

    key: str
    year: int | None = None
    year_shift: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """This, next or another calendar unit as a whole; `shift` counts units from the present one.

    `loose` marks a wish such as "next weekend", of which two are meant by different people.
    """

    unit: Unit
    shift: int
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A named month; `which` as said before its name."""

    month: int
    year: int | None = None
    which: Which = Which.BARE
    year_shift: int | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """A year as a whole."""

    year: int


@dataclass(frozen=True, slots=True)
class Count:
    """The next so many units: from tomorrow, or from the next ISO week or month when `whole`."""

    number: int
    unit: Unit
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Nth:
    """The nth day of the week, or the nth week, weekend, day or month, of a period (-1 the last)."""

    nth: int
    unit: Unit | None
    weekday: int | None
    of: "DayLike"


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity of time: (number, unit) pairs, all added."""

    parts: tuple[tuple[float, Unit], ...]


@dataclass(frozen=True, slots=True)
class Shifted:
    """A day, so much later (or earlier) than another."""

    base: "DayLike"
    amount: Amount
    sign: int = 1


@dataclass(frozen=True, slots=True)
class ContainingWeek:
    """The week, or month, that a day lies in."""

    day: "DayLike"
    unit: Unit = "week"


@dataclass(frozen=True, slots=True)
class WeekdayNear:
    """A weekday counted from another day: "Monday two weeks from now", "Sunday after the 15th"."""

    weekday: int
    base: "DayLike"
    mode: Literal["week", "after", "closest"] = "week"


@dataclass(frozen=True, slots=True)
class Portion:
    """The beginning, middle, end or rest of a period."""

    part: Literal["early", "mid", "late", "rest"]
    of: "DayLike"


@dataclass(frozen=True, slots=True)
class DayRange:
    """From one day to another, both meant."""

    first: "DayLike | None"
    last: "DayLike | None"


@dataclass(frozen=True, slots=True)
class Lasting:
    """So long, from a day on."""

    first: "DayLike"
    amount: Amount


DayLike = (
    Relative
    | Weekday
    | MonthDay
    | Holiday
    | Period
    | Month
    | Year
    | Count
    | Nth
    | Shifted
    | ContainingWeek
    | WeekdayNear
    | Portion
    | DayRange
    | Lasting
)


# --- what a time of day can be ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time as said. `settled` is False while 3 may be 3:00 or 15:00."""

    hour: int
    minute: int = 0
    settled: bool = False
    next_day: bool = False


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """A part of the day. `starts` and `ends` are its edges (minutes) when something is before or after it."""

    part: Part
    starts: int
    ends: int
    night: bool = False
    as_range: bool = False


@dataclass(frozen=True, slots=True)
class ClockRange:
    """From one clock time to another; None is an open side. `length` in minutes stands for the end.

    `part` is the part of the day that the one bound was said as ("until tomorrow morning").
    """

    start: Clock | None
    end: Clock | None
    length: int | None = None
    part: PartOfDay | None = None


@dataclass(frozen=True, slots=True)
class FromNow:
    """A moment so long after (or before) now."""

    amount: Amount
    sign: int = 1


TimeLike = Clock | PartOfDay | ClockRange | FromNow


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a time of day, or both."""

    day: DayLike | None
    time: TimeLike | None


@dataclass(frozen=True, slots=True)
class MomentRange:
    """From one moment to another; None is an open side. `length` stands for the end."""

    start: Moment | None
    end: Moment | None
    length: Amount | None = None


Meant = Moment | MomentRange


@dataclass(frozen=True, slots=True)
class Expression:
    """A finished expression of time: what it means, and whether the speaker wants it not."""

    meant: Meant
    excluded: bool = False
