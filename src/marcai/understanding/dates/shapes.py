"""What a run of digits and marks can be: a clock time, a date, a number, a range of two, or nothing for us."""

from calendar import monthrange

from marcai.understanding.dates.constituents import KINDS, Clock, MonthDay, Piece

OTHER = KINDS["other"]
LITERAL = KINDS["literal"]
DAY = KINDS["day"]
DASH = KINDS["dash"]
DECIMAL = KINDS["decimal"]


def number_kind(value: int, digits: str = "") -> str:
    """Return the letter of a whole number; `digits` is how it was written, empty when it was spoken."""
    if 3 <= len(digits) <= 4 and value // 100 <= 24 and value % 100 < 60:
        return KINDS["year"] if 1900 <= value < 2100 and len(digits) == 4 else KINDS["hhmm"]
    if value <= 12 and len(digits) <= 2:
        return KINDS["to12"]
    if value <= 24 and len(digits) <= 2:
        return KINDS["to24"]
    if value <= 31 and len(digits) <= 2:
        return KINDS["to31"]
    if value < 60 and len(digits) <= 2:
        return KINDS["to59"]
    return KINDS["year"] if 1900 <= value < 2100 else KINDS["large"]


def full_year(digits: str) -> int:
    """Return the year meant by two or four digits."""
    value = int(digits)
    return value if len(digits) == 4 else 2000 + value if value < 70 else 1900 + value


def is_day(day: int, month: int, year: int | None = None) -> bool:
    """Say whether a month has such a day (in some year, if none is given)."""
    return 1 <= month <= 12 and 1 <= day <= monthrange(year if year and 1 <= year <= 9999 else 2000, month)[1]


def clock_of(hour: str, minute: str) -> Clock | None:
    """Return the clock time written with separate digits; a leading zero or an hour past twelve settles it."""
    h, m = int(hour), int(minute or 0)
    if h > 24 or m > 59 or (h == 24 and m):
        return None
    return Clock(h % 24, m, settled=h > 12 or h == 0 or hour.startswith("0"), next_day=h == 24)


def two_numbers(first: int, second: int, year: int | None, month_first: bool) -> MonthDay | None:
    """Return the day that two numbers name, in the language's order unless only the other fits."""
    month, day = (first, second) if month_first else (second, first)
    if is_day(day, month, year):
        return MonthDay(day, month, year, either=day <= 12 and day != month)
    if is_day(month, day, year):
        return MonthDay(month, day, year)
    return None


def three_numbers(parts: list[str], month_first: bool) -> MonthDay | None:
    """Return the day that three numbers name, the year first or last."""
    if len(parts[1]) > 2 or len(parts[2]) > 4:
        return None
    if len(parts[0]) == 4:
        year, month, day = int(parts[0]), int(parts[1]), int(parts[2])
        return MonthDay(day, month, year) if is_day(day, month, year) and 1900 <= year < 2100 and len(parts[2]) <= 2 else None
    if len(parts[0]) > 2 or len(parts[2]) not in (2, 4):
        return None
    year = full_year(parts[2])
    return two_numbers(int(parts[0]), int(parts[1]), year, month_first) if 1900 <= year < 2100 else None


def _dashed(text: str, start: int, month_first: bool) -> list[Piece] | None:
    parts = text.split("-")
    if len(parts) == 3 and text.count("-") == 2 and all(p.isdigit() for p in parts):
        day = three_numbers(parts, month_first)
        return None if day is None else [Piece(DAY, start, start + len(text), day)]
    if len(parts) != 2:
        return None
    left, right = parts
    of_year = len(left) <= 2 and len(right) == 4
    if left.isdigit() and right.isdigit() and not of_year and (len(left) > 2 or len(right) > 2):
        return None
    first = shape_pieces(left, start, month_first)
    second = shape_pieces(right, start + len(left) + 1, month_first)
    if first is None or second is None:
        return None
    return [*first, Piece(DASH, start + len(left), start + len(left) + 1, True), *second]


def shape_pieces(text: str, start: int, month_first: bool) -> list[Piece] | None:
    """Return the pieces that a run of digits and marks stands for; None when it is no time at all."""
    end = start + len(text)
    if text.isdigit():
        if len(text) == 8 and three_numbers([text[:4], text[4:6], text[6:]], month_first):
            return [Piece(DAY, start, end, three_numbers([text[:4], text[4:6], text[6:]], month_first))]
        return [Piece(number_kind(int(text), text), start, end, int(text))] if len(text) <= 6 else None
    if "-" in text:
        return _dashed(text, start, month_first)
    if ":" in text:
        parts = text.split(":")
        if len(parts) > 3 or not all(p.isdigit() and len(p) <= 2 for p in parts) or len(parts[1]) != 2:
            return None
        clock = clock_of(parts[0], parts[1])
        return None if clock is None else [Piece(LITERAL, start, end, clock)]
    if "/" in text:
        parts = text.split("/")
        if not all(p.isdigit() and len(p) <= 4 for p in parts) or len(parts) > 3:
            return None
        if len(parts) == 3:
            day = three_numbers(parts, month_first)
        else:
            day = two_numbers(int(parts[0]), int(parts[1]), None, month_first) if len(parts[0]) <= 2 and len(parts[1]) <= 2 else None
        return None if day is None else [Piece(DAY, start, end, day)]
    parts = text.split(".")
    if len(parts) == 3 and all(p.isdigit() for p in parts) and len(parts[2]) == 4:
        day = three_numbers(parts, month_first)
        return None if day is None else [Piece(DAY, start, end, day)]
    if len(parts) == 2 and parts[0].isdigit() and parts[1].isdigit() and len(parts[0]) <= 2 and len(parts[1]) <= 2:
        return [Piece(DECIMAL, start, end, (parts[0], parts[1]))]
    return None
