"""Portuguese words of hours and lengths: what "uma", "horas", "e meia" or "há" mean beside their neighbours."""

from dataclasses import replace
from typing import cast

from marcai.understanding.dates.constituents import KINDS, Amount, Clock, Piece
from marcai.understanding.dates.portuguese_row import NUMBERS, Row
from marcai.understanding.dates.shapes import OTHER, clock_of

LONGEST_VISIT = 4
_ALMOST = frozenset({"mais", "tipo", "bem", "logo", "ja", "la", "ali"})


def article_or_one(row: Row, at: int) -> None:
    """Settle "um" and "uma": an article, unless a time says that they count or a month follows."""
    piece = row.pieces[at]
    if not piece.spoken or piece.value != 1:
        return
    before, after = row.kind(at - 1), row.kind(at + 1)
    if after in ("f", "/") and row.kind(at + 2) == "m":
        return
    if before in ("d", "m") or after in ("U", "u", "e", "s"):
        return
    if after == "&" and row.kind(at + 2) in ("q", "1", "2", "3", "4"):
        return
    if after in ("f", "i") and row.kind(at + 2) == "p":
        return
    ends = after in ("", ".", ",", "&", "T", "L", "a", "h", "|", "-", "C", "@")
    if ends and before and before in "@tTL><FBS{&~f":
        return
    piece.kind = OTHER


def hours_said(row: Row, at: int) -> None:
    """Settle "horas": behind a number that a small word makes a time, the mark of an hour."""
    cue = row.kind(at - 2)
    if row.kind(at - 1) not in ("1", "2") or not cue or cue not in "@FTLSB><" or row.kind(at + 1) == "&" or row.pieces[at].value != "hour":
        return
    if cue in "><" and not row.said(at - 2).endswith("as"):
        return
    row.pieces[at].kind = KINDS["oclock"]


def half_past(row: Row, at: int) -> None:
    """Join "dez e meia" into one clock time."""
    hour = row.pieces[at - 2] if at > 1 else None
    if hour is None or hour.kind not in "12" or row.kind(at - 1) != "&" or row.kind(at + 1) in ("U", "u") or row.kind(at - 3) == "d":
        return
    _join(row, at)


def length_said(row: Row, at: int) -> None:
    """Take "1h30 a partir das dez" for a length."""
    piece = row.pieces[at]
    clock = cast("Clock", piece.value)
    if row.kind(at + 1) == "S" and row.kind(at - 1) != "@" and clock.hour <= LONGEST_VISIT and not clock.settled:
        row.pieces[at] = Piece(KINDS["amount"], piece.start, piece.end, Amount(((clock.hour + clock.minute / 60, "hour"),)))


def minutes_said(row: Row, at: int) -> None:
    """Settle "e" between an hour and a number that may be its minutes."""
    if row.kind(at - 1) in ("1", "2") and row.kind(at + 1) in ("1", "2", "3", "4"):
        _minutes(row, at)


def _minutes(row: Row, at: int) -> None:
    """Join "às dez e quinze" into one clock time, where a small word says that it is one and no month follows."""
    minutes = row.pieces[at + 1]
    cue, behind = row.kind(at - 2), row.kind(at + 2)
    if behind in ("u", "U") or (behind in ("f", "/") and row.kind(at + 3) == "m") or behind == "m":
        return
    cued = (cue and cue in "@LS><F") or (cue == "T" and row.pieces[at - 2].value == "to" and cast("int", minutes.value) % 5 == 0)
    in_part = behind in ("f", "i", "@") and row.kind(at + 3) == "p" and cue != "B"
    alone = behind in ("", ".") and (
        cue == "" or (cue == "x" and minutes.spoken and cast("int", minutes.value) % 5 == 0 and not row.measured)
    )
    if cued or in_part or alone:
        if cue == "B" or (cue == "F" and not minutes.spoken and cast("int", minutes.value) % 5):
            return
        _join(row, at + 1)


def _join(row: Row, at: int) -> None:
    """Join an hour, "e" and the minutes at `at` into one clock time."""
    hour, minutes = row.pieces[at - 2], row.pieces[at]
    clock = clock_of(str(hour.value), str(minutes.value))
    if clock is not None:
        row.pieces[at] = Piece(KINDS["literal"], hour.start, minutes.end, clock)
        hour.kind = row.pieces[at - 1].kind = ""


def span_start(row: Row, at: int) -> None:
    """Take the first hour of "das 7h às 19h" as it is said: who counts to 24 says no half of the day."""
    end = row.pieces[at + 2] if at + 2 < len(row.pieces) else None
    if end is None or row.kind(at + 1) not in ("T", "L", "-", "&") or row.kind(at + 2) not in ("c", "2"):
        return
    late = end.value.hour > 12 if isinstance(end.value, Clock) else row.kind(at - 1) in ("F", "B") and cast("int", end.value) > 12
    piece = row.pieces[at]
    if not late or (piece.kind == "1" and (row.kind(at - 1) not in ("F", "B") or row.kind(at - 2) == "m")):
        return
    clock = piece.value if isinstance(piece.value, Clock) else Clock(cast("int", piece.value))
    if end.kind == "2" and row.kind(at + 3) in ("f", "m", "/", "u"):
        return
    row.pieces[at] = Piece(KINDS["literal"], piece.start, piece.end, replace(clock, settled=True))


def how_often(row: Row, at: int) -> None:
    """Take "de 8 em 8 horas" for how often, not when."""
    before = row.kind(at - 1)
    if before and before in NUMBERS and row.kind(at + 1) == before and row.pieces[at - 1].value == row.pieces[at + 1].value:
        for index in (at - 1, at, at + 1):
            row.pieces[index].kind = OTHER


def ago(row: Row, at: int) -> None:
    """Put "há" behind the amount that it bears on; inside a sentence it says how long something lasts."""
    piece = row.pieces[at]
    if piece.value is None:
        return
    piece.kind = OTHER
    if at == 0 and row.kind(3) in ("", ".") and row.kind(2) in ("u", "U") and row.kind(1) and row.kind(1) in "12349sA":
        unit = row.pieces[2]
        row.pieces[0:3] = [row.pieces[1], unit, Piece(KINDS["ago"], unit.end, unit.end)]


def about(row: Row, at: int) -> None:
    """Take "uns 15 dias" for about fifteen; "uns 20" are no hours, which are feminine."""
    if row.kind(at + 1) and row.kind(at + 1) in "12349" and row.kind(at + 2) in ("u", "U"):
        row.pieces[at].kind = KINDS["approximately"]


def almost(row: Row, at: int) -> None:
    """Take "mais 2", "tipo 2", "bem 10" for no hour where nothing before speaks of time."""
    if row.said(at) in _ALMOST and row.kind(at - 1) in ("x", "", ",", ".", "!") and row.kind(at + 1) in ("1", "2"):
        row.pieces[at].kind = OTHER
