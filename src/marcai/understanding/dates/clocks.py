"""Clock times, from digits and words that stand for an hour only beside a cue."""

from dataclasses import replace
from typing import cast

from marcai.understanding.dates.constituents import KINDS, Amount, Clock, PartOfDay, Piece
from marcai.understanding.dates.rules import Built, Rule, every, first, joined, keep

CLOCK = KINDS["clock"]
_HOURS = "12"
_MINUTES = "1234"

# What must not follow a number that is taken for an hour.
NO_COUNT = "(?! unit | time_unit | week_end | amount | slash | of? month | ordinal | weekday from_now | large | from_now | more )"


def clock_at(hour: int, minute: int = 0) -> Clock | None:
    """Return the clock time of a spoken hour and minute; an hour past twelve settles it."""
    if hour > 24 or minute > 59:
        return None
    return Clock(hour % 24, minute, settled=hour > 12 or hour == 0, next_day=hour == 24)


def with_meridiem(clock: Clock, meridiem: object) -> Clock:
    """Return the clock time with "am" or "pm" said; None says both."""
    if meridiem is None or clock.hour > 12:
        return clock if meridiem is None else replace(clock, settled=True)
    return replace(clock, hour=clock.hour % 12 + (12 if meridiem == "pm" else 0), settled=True)


def read_clock(parts: list[Piece]) -> Clock | None:
    """Return the clock time in a row of pieces: a literal, or an hour with or without minutes, and a meridiem."""
    clock: Clock | None = None
    meridiem: Piece | None = None
    for piece in parts:
        if piece.kind in "cbK":
            named = cast("Clock", piece.value)
            clock = named if clock is None or piece.kind != "b" else _noon_said(clock, named)
        elif piece.kind == "k" or (piece.kind == "y" and clock is None):
            clock = _run_together(cast("int", piece.value))
        elif piece.kind == "z":
            hour, minute = cast("tuple[str, str]", piece.value)
            clock = clock_at(int(hour), int(minute)) if len(minute) == 2 else None
        elif piece.kind in _HOURS and clock is None:
            clock = clock_at(cast("int", piece.value))
        elif piece.kind in _MINUTES and clock is not None and clock.minute == 0:
            if not piece.spoken and piece.end - piece.start != 2:
                return None
            clock = replace(clock, minute=cast("int", piece.value))
        elif piece.kind == "a":
            meridiem = piece
    if clock is None or meridiem is None:
        return clock
    return with_meridiem(clock, meridiem.value)


def _noon_said(clock: Clock, named: Clock) -> Clock:
    """Return "12 noon" or "1 o'clock midnight": the hour as said, in that half of the day."""
    if named.hour == 12:
        return replace(clock, hour=clock.hour if clock.hour in (11, 12) else clock.hour % 12 + 12, settled=True)
    return replace(clock, hour=clock.hour % 12, settled=True)


def _run_together(value: int) -> Clock | None:
    return clock_at(value // 100, value % 100)


def at_clock(parts: list[Piece]) -> Built:
    """Build the clock time that the pieces behind a leading small word say, and keep that word."""
    numbers = [i for i, piece in enumerate(parts) if piece.kind in "1234kyzcbK"]
    clock = read_clock(parts[numbers[0] :])
    return None if clock is None else [*(p for p in parts[: numbers[0]] if p.kind != "~"), joined("clock", parts[numbers[0] :], clock)]


def whole_clock(parts: list[Piece]) -> Built:
    """Build a clock time from all the pieces."""
    clock = read_clock(parts)
    return None if clock is None else joined("clock", parts, clock)


def clocks_around(parts: list[Piece]) -> Built:
    """Make every hour (with its minutes) in a range a clock time, and keep what stands between."""
    out: list[Piece] = []
    run: list[Piece] = []
    for piece in parts:
        if piece.kind in "1234kyzcabK":
            run.append(piece)
            continue
        if run and not _close(run, out):
            return None
        run = []
        if piece.kind != "~":
            out.append(piece)
    if run and not _close(run, out):
        return None
    return out


def clocks_beside(parts: list[Piece]) -> Built:
    """Build the range of "monday 8 to 9", but leave "monday, ten to four" to the rule of minutes."""
    hours = every(parts, "hour")
    to = next(p for p in parts if p.kind in "TL-")
    if to.kind == "T" and hours[0].spoken and hours[0].value in (5, 10, 20):
        return None
    return clocks_around(parts)


def _close(run: list[Piece], out: list[Piece]) -> bool:
    clock = read_clock(run)
    if clock is None:
        return False
    out.append(joined("clock", run, clock))
    return True


def spoken_clock(parts: list[Piece]) -> Built:
    """Build "ten forty five": two numbers in words, the second at least ten."""
    if not all(p.spoken for p in parts) or cast("int", parts[1].value) < 10:
        return None
    return whole_clock(parts)


def minutes_of(piece: Piece) -> int | None:
    """Return the minutes that a fraction, a number or an amount stands for."""
    if isinstance(piece.value, Amount):
        (number, unit), *more = piece.value.parts
        return None if more or unit != "minute" else int(number)
    return cast("int", piece.value)


def past_or_to(parts: list[Piece]) -> Built:
    """Build "a quarter to four", "20 minutes to 2pm", "15 past seven"."""
    at = next(i for i, piece in enumerate(parts) if piece.kind in "}{TL>F<f")
    said = parts[at - 1]
    minutes = minutes_of(said)
    sign = -1 if parts[at].kind in "{TL<f" else 1
    is_number = said.kind in _MINUTES
    if minutes is None or (is_number and sign < 0 and parts[at].kind in "TL" and not (said.spoken and minutes in (5, 10, 20, 25))):
        return None
    if is_number and parts[at].kind in "><F":
        return None
    base = read_clock(parts[at + 1 :])
    if base is None:
        return None
    total = base.hour * 60 + base.minute + sign * minutes
    settled = base.settled
    if not settled and total < 60:
        total += 720
    return joined("clock", parts, replace(base, hour=total // 60 % 24, minute=total % 60, settled=settled))


def half_hour(parts: list[Piece]) -> Built:
    """Build the English "half three" (3:30)."""
    clock = read_clock(parts[1:]) if parts[0].value == 30 else None
    return None if clock is None else joined("clock", parts, replace(clock, minute=30))


def hour_and_minutes(parts: list[Piece]) -> Built:
    """Build "três e meia", "sete e quinze da tarde": an hour, "and", its minutes; a small word in front stays."""
    joint = next(i for i, piece in enumerate(parts) if piece.kind == KINDS["and"])
    start = next(i for i, piece in enumerate(parts) if piece.kind in "12cbKQ")
    clock = _hour_of(parts[start]) if start < joint else None
    minutes = first(parts[joint + 1 :], "fraction", "minute", "amount")
    length = minutes_of(minutes) if minutes is not None else None
    if clock is None or length is None or length > 59 or clock.minute:
        return None
    meridiem = first(parts[joint + 1 :], "meridiem")
    clock = replace(clock, minute=length)
    said = clock if meridiem is None else with_meridiem(clock, meridiem.value)
    return [*parts[:start], joined("clock", parts[start:], said)]


def _hour_of(piece: Piece) -> Clock | None:
    """Return the clock time of an hour said as a number, a clock time or an amount of hours."""
    if isinstance(piece.value, Amount):
        (number, unit), *more = piece.value.parts
        return None if more or unit != "hour" or number != int(number) else clock_at(int(number))
    return read_clock([piece])


def amount_as_clock(parts: list[Piece]) -> Built:
    """Build a clock time from "às 2 horas" or "10 horas e 15 minutos": an amount of hours after a cue."""
    at = next(i for i, piece in enumerate(parts) if piece.kind == "Q")
    amount = cast("Amount", parts[at].value)
    if amount.parts[0][0] >= 100:
        return military(parts)
    hours, minutes = 0.0, 0.0
    for number, unit in amount.parts:
        if unit not in ("hour", "minute"):
            return None
        hours, minutes = (number, minutes) if unit == "hour" else (hours, number)
    if amount.parts[0][1] != "hour":
        return None
    clock = clock_at(int(hours), int(minutes) or round(hours % 1 * 60))
    return None if clock is None else [*parts[:at], joined("clock", parts[at : at + 1], clock), *parts[at + 1 :]]


def military(parts: list[Piece]) -> Built:
    """Build "1430 hours": an amount of hours that is a time run together."""
    at = next(i for i, piece in enumerate(parts) if piece.kind == "Q")
    (number, unit), *more = cast("Amount", parts[at].value).parts
    if more or unit != "hour" or not 100 <= number <= 2400 or number != int(number):
        return None
    clock = _run_together(int(number))
    return None if clock is None else [*parts[:at], joined("clock", parts[at : at + 1], replace(clock, settled=True))]


def digits_before_part(parts: list[Piece]) -> Built:
    """Build "8 evening": digits only, since "four afternoon classes" counts."""
    return None if parts[0].spoken else [*cast("list[Piece]", at_clock(parts[:-1]) or [parts[0]]), parts[-1]]


def half_day(parts: list[Piece]) -> Built:
    """Build "tomorrow pm": the half of the day as a part of it."""
    if parts[-1].value is None:
        return None
    part = PartOfDay("morning", 360, 720) if parts[-1].value == "am" else PartOfDay("afternoon", 720, 1080)
    return [*parts[:-1], Piece(KINDS["part"], parts[-1].start, parts[-1].end, part)]


_RANGE_WORD = "(to|till|dash|and)"
_DAY = "(day_number|ordinal|first_or_second)"
_HOUR = "(hour oclock? meridiem? | literal meridiem? | named_clock)"
_MORE = "oclock? (stop? meridiem)?"
_SAID = "(literal meridiem? | hour minute? stop? meridiem | hour oclock | hhmm meridiem | decimal meridiem | named_clock)"

CLOCKS: tuple[Rule, ...] = (
    # days of a month that look like a range of hours
    (f"month stop? (from|between)? the? {_DAY} {_RANGE_WORD} the? {_DAY} (?! stop? meridiem | oclock | minute )", keep),
    (f"(from|between)? the? {_DAY} {_RANGE_WORD} the? {_DAY} day_word? of? the? (month | which unit)", keep),
    ("month (dash|slash|stop|comma)? (day_number|ordinal) (?! oclock | stop? meridiem | literal)", keep),
    ("day_number (dash|slash) month", keep),
    # minutes beside an hour
    (f"(at|for)? (the|article)? (fraction|minute|amount) (past|minus|to|till|after|before) {_HOUR}", past_or_to),
    (f"(?<! for ) at? (the|article)? (fraction|amount) from {_HOUR}", past_or_to),
    (f"(at|for)? (the|article)? fraction of {_HOUR}", past_or_to),
    (f"fraction hour meridiem? {NO_COUNT}", half_hour),
    # ranges in which one side says so
    (f"(from|between)? approximately? hour {_RANGE_WORD} approximately? {_SAID}", clocks_around),
    (f"from {_SAID} {_RANGE_WORD} approximately? hour minute? {NO_COUNT} (?! minute? stop? meridiem | oclock)", clocks_around),
    (f"{_SAID} (to|till|dash) approximately? hour minute? {NO_COUNT} (?! minute? stop? meridiem | oclock)", clocks_around),
    (
        f"(at hour minute? | {_SAID}) comma? correction comma? at? (hour minute? | hhmm) {NO_COUNT} (?! of? month | {_MORE} clock)",
        clocks_around,
    ),
    (
        f"(from|between) approximately? hour minute? {_RANGE_WORD} (?= (the|article)? (fraction|minute|amount) (past|minus|to) )",
        clocks_around,
    ),
    (f"between {_SAID} and hour {NO_COUNT}", clocks_around),
    # what says itself that it is a time
    ("hour minute stop? meridiem", whole_clock),
    ("(hour|hhmm|year|literal|decimal) oclock? stop? meridiem", whole_clock),
    ("(hour|literal) oclock? named_clock", whole_clock),
    ("hour oclock", whole_clock),
    # ranges beside a cue
    (
        f"(from|between) approximately? hour minute? {_RANGE_WORD} approximately? hour minute? {NO_COUNT} (?! the? (which|month))",
        clocks_around,
    ),
    (f"(weekday|relative_day|part) (comma|from|at)? hour (to|till|dash) hour {NO_COUNT}", clocks_beside),
    ("hour minute? (to|till|dash) hour minute? (?= (in|of|at|on)? the? which? relative_day? part )", clocks_around),
    ("hour minute (to|till) hour minute", clocks_around),
    # an hour beside a part of the day
    (f"part (comma|dash)? (at|by|on|for)? approximately? (hour minute?|hhmm|decimal) {_MORE} {NO_COUNT}", at_clock),
    ("(at|approximately)* hour minute? (?= (comma|in|of|on|at) the? (which|relative_day)? part )", at_clock),
    ("hour minute? (?= (relative_day|which) part )", at_clock),
    ("hour part", digits_before_part),
    # an hour after a cue
    (f"at the? approximately? (hour minute?|hhmm|year|decimal) {_MORE} {NO_COUNT} (?! dash (hour|minute|literal))", at_clock),
    (f"at approximately? hour dash hour {NO_COUNT}", clocks_around),
    ("approximately hhmm", at_clock),
    ("approximately hour minute? (?= punctuation? $ | stop | relative_day | on | weekday)", at_clock),
    (f"(after|before|till|by|starting) at? approximately? (hour minute?|hhmm|decimal) {_MORE} {NO_COUNT} (?! and | to)", at_clock),
    (f"amount (from|starting) at? hour {_MORE} (?! minute|month|of|ordinal|amount|unit)", at_clock),
    ("hour dash hour (?= on (weekday|relative_day|unit) | (weekday|relative_day))", clocks_around),
    ("from hour (?= onwards | on punctuation? $ | punctuation? $ | for amount)", at_clock),
    ("at amount", amount_as_clock),
    ("amount of? the? part", amount_as_clock),
    ("from hour at hour", clocks_around),
    ("(weekday|relative_day|which|ordinal) meridiem", half_day),
    ("(hour minute) (?! minute | unit | time_unit | week_end )", spoken_clock),
    ("amount", military),
    ("literal", whole_clock),
    ("named_clock", whole_clock),
    ("^ decimal $", whole_clock),
)
"""Rules for all languages; a language may put rules of its own before them."""
