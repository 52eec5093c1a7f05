"""Words of Portuguese that mean nothing alone: what each is beside its neighbours.

Each function looks at a bounded number of neighbours, so that a text costs what it is long.
"""

from collections.abc import Callable

from marcai.understanding.dates.constituents import KINDS, Piece, Which
from marcai.understanding.dates.shapes import OTHER

_NUMBERS = "1234"
_TIME = frozenset("1234kyzcbKQUahqpwmruedDoOJ")
_CLOCKS = frozenset("12kcbQz")
_RANGE_INSIDE = frozenset("1234ckbahqpft~dUQuoOmy&wrDNnei@z")
_REACH = 9


class _Row:
    """The pieces of one text, and the letters of their kinds."""

    __slots__ = ("pieces", "text")

    def __init__(self, text: str, pieces: list[Piece]) -> None:
        self.text = text
        self.pieces = pieces

    def kind(self, index: int) -> str:
        """Return the letter at an index, empty outside the text."""
        return self.pieces[index].kind if 0 <= index < len(self.pieces) else ""

    def said(self, index: int) -> str:
        """Return the words of a piece."""
        piece = self.pieces[index]
        return self.text[piece.start : piece.end]


def _of(row: _Row, at: int) -> None:
    """Settle "de", "do", "das": "from" where the end of a range follows, else "of"."""
    pieces, piece = row.pieces, row.pieces[at]
    before, after = row.kind(at - 1), row.kind(at + 1)
    if after not in _TIME and after not in ("t", "~", "N"):
        return
    if before in ("1", "2", "3", "o", "O") and after == "m":
        return
    if before and before in "12cbQUhaq" and after == "p":
        return
    if before and before in "weulqoO" and after in ("N", "u", "m"):
        return
    starts_clock = after in _CLOCKS
    for index in range(at + 2, min(at + _REACH, len(pieces))):
        kind = pieces[index].kind
        if kind == "|":
            piece.kind = KINDS["from"]
            return
        if kind in ("T", "L", "-") or (kind == "@" and starts_clock):
            behind = row.kind(index + 1)
            if behind in ("@", "t", "n", "d", "~") and kind != "@":
                behind = row.kind(index + 2)
            if pieces[index - 1].kind in _TIME and behind in _TIME:
                piece.kind = KINDS["from"]
                if kind in "@T":
                    pieces[index].kind = KINDS["to"]
                    pieces[index].value = "to"
            return
        if kind == "R" and row.kind(index + 1) == "@":
            return
        if kind not in _RANGE_INSIDE or (kind in "wrmdD" and starts_clock):
            return


def _to(row: _Row, at: int) -> None:
    """Settle "a" and "ao": a range between two times, else "at" or an article."""
    piece = row.pieces[at]
    if piece.value == "to":
        return
    before, after = row.kind(at - 1), row.kind(at + 1)
    further = row.kind(at + 2)
    if after == "p" or (after == "N" and further == "p"):
        piece.kind = "@"
        if before in _CLOCKS and row.kind(at - 2) in "F":
            piece.kind = "T"
        return
    if after == "l" and (further == "p" or row.kind(at + 3) == "p"):
        piece.kind = "@"
        return
    ends_range = before in _TIME and before != "U" and before != "u"
    if after in ("w", "r", "m", "D", "d") or (after and after in "1234ckbzQoO"):
        if ends_range or (before == "U" and after in _CLOCKS):
            piece.value = "to"
            return
        if after in ("1", "2", "c", "b", "k") and (piece.value == "ao" or row.kind(at + 1) in "cb" or row.said(at + 1) == "uma"):
            piece.kind = "@"
            return
        if after == "Q" or after == "1" and further == "U":
            piece.kind = "@"
            return
    piece.kind = "t" if after in _TIME or after in ("N", "l", "e", "v") else OTHER


def _at(row: _Row, at: int) -> None:
    """Settle "as": behind "até", "entre", "antes" nothing more, between two clock times a range, before no number an article."""
    piece, before, after = row.pieces[at], row.kind(at - 1), row.kind(at + 1)
    if piece.value == "sao":
        number = after and after in "12cbkz~"
        behind = row.kind(at + 2)
        if not number or not (behind in ("", ".", ",", "&", "U", "h", "f", "i", "a")):
            piece.kind = OTHER
        return
    if before and before in "LBS><F":
        piece.kind = ""
        return
    if before == "&" and any(row.kind(i) == "B" for i in range(at - 2, max(-1, at - 8), -1)):
        piece.kind = ""
        return
    if before in ("c", "b", "h", "a") and after in _CLOCKS and row.kind(at - 2) not in ("&", "d"):
        piece.kind = KINDS["to"]
        piece.value = "to"
        return
    if after in ("w", "u", "N", "l") or (after in ("1", "2", "3", "s") and row.kind(at + 2) in ("N", "u")):
        piece.kind = "t"


def _for(row: _Row, at: int) -> None:
    """Settle "para", "pras": minutes before an hour in "quinze para as três"."""
    piece, before, after = row.pieces[at], row.kind(at - 1), row.kind(at + 1)
    hour = at + 1
    while row.kind(hour) in ("@", "t") and hour < at + 3:
        hour += 1
    minutes = before and before in "1234q" or (before == "U" and row.kind(at - 2) in ("1", "2", "3", "4"))
    if not minutes or row.kind(hour) not in ("1", "2", "b") or row.kind(hour + 1) in ("U",) and before != "U" and not row.pieces[at - 1].spoken:
        return
    if row.kind(at - 2) == "f" and row.pieces[at - 2].value == "das":
        return
    if after not in ("@", "t") and row.kind(hour) != "b" and not row.pieces[at - 1].spoken:
        return
    if before in _NUMBERS and row.pieces[at - 1].value not in (3, 5, 10, 15, 20, 25):
        return
    piece.kind = KINDS["minus"]
    for index in range(at + 1, hour):
        row.pieces[index].kind = ""


def _one(row: _Row, at: int) -> None:
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
    ends = after in ("", ".", ",", "&", "T", "L", "a", "h", "|", "-", "C") or (after in ("f", "i") and row.kind(at + 2) == "p")
    if ends and before and before in "@tTL><FBS{&~f":
        return
    piece.kind = OTHER


def _day(row: _Row, at: int) -> None:
    """Settle "dia": before a number its mark, before a date an article, else the unit."""
    piece = row.pieces[at]
    if piece.value != "day":
        return
    if not row.said(at).startswith("dia"):
        return
    after = row.kind(at + 1)
    if after == "D":
        piece.kind = KINDS["the"]
    elif after and after in "123oO":
        piece.kind = KINDS["day_word"]
        behind = at + 2
        if row.kind(behind) in ("f", "/", "-"):
            behind += 1
        if row.kind(behind) == "t":
            behind += 1
        if row.kind(behind) == "m":
            piece.kind = KINDS["the"]


def _weekday(row: _Row, at: int) -> None:
    """Settle "segunda", "quarta": an ordinal before a unit, or before another weekday of a period; "ter" as a verb."""
    piece = row.pieces[at]
    before, after = row.kind(at - 1), row.kind(at + 1)
    said = row.said(at)
    if piece.weak:
        near = after if after not in ("P", "&", ",", "/", "-", "T") else row.kind(at + 2) if row.kind(at + 2) == "w" else ""
        if near == "w" or (before in ("P", "&", ",", "/", "-", "T") and row.kind(at - 2) == "w"):
            piece.weak = False
        elif said == "ter" and before == "x" and after in ("1", "2", "3", "4", "Q", "A"):
            piece.kind = OTHER
        return
    if said in ("segunda", "quarta", "quinta", "sexta", "terca"):
        unit = after in ("u", "e") and row.kind(at + 2) != "N" or (after == "w" and row.kind(at + 2) == "f" and row.kind(at + 3) in ("u", "m", "N", "t"))
        if unit and not (after == "u" and row.pieces[at + 1].value in ("day", "month") and said != "segunda"):
            value = {"segunda": 2, "terca": 3, "quarta": 4, "quinta": 5, "sexta": 6}[said]
            row.pieces[at] = Piece(KINDS["first_or_second"] if value < 4 else KINDS["ordinal"], piece.start, piece.end, value, spoken=True)


def _ordinal(row: _Row, at: int) -> None:
    """Settle "4ª" and "6a": the weekday of that number, unless a noun follows."""
    piece = row.pieces[at]
    said = row.said(at)
    if piece.spoken or not said.endswith("a") or not 2 <= int(str(piece.value)) <= 6:
        return
    before, after = row.kind(at - 1), row.kind(at + 1)
    if after in ("u", "e", "w", "x", "q"):
        return
    if before in ("n", "N", "f", "R", "", ",", "P", "&", "t", "T", "L", "!", "X", "C", ">", "<") or after in ("p", "@", "d", "c", "N"):
        piece.kind = KINDS["weekday"]
        piece.value = int(str(piece.value)) - 2


def _now(row: _Row, at: int) -> None:
    """Settle "agora": behind a weekday the coming one."""
    if row.kind(at - 1) in ("w", "e", "u"):
        row.pieces[at].kind = KINDS["which"]
        row.pieces[at].value = Which.COMING


def _refusal(row: _Row, at: int) -> None:
    """Settle "não posso": it bears on the day before it, else on the one behind it."""
    index = at - 1
    while row.kind(index) in (",", "t"):
        index -= 1
    if row.kind(index) not in _TIME:
        row.pieces[at].kind = KINDS["not"]


def _not(row: _Row, at: int) -> None:
    """Let "não ... antes das dez" stand together over a word or two."""
    if row.kind(at + 1) == "x" and row.kind(at + 2) in ("<", ">") and row.said(at + 1).count(" ") < 3:
        row.pieces[at + 1].kind = ""


def _which(row: _Row, at: int) -> None:
    """Take "está" for the verb that it is."""
    if row.kind(at + 1) == "x":
        row.pieces[at].kind = OTHER


def _month_or_ten(row: _Row, at: int) -> bool:
    """Settle "dez": December behind a day and "de" or a mark."""
    piece = row.pieces[at]
    if piece.value != 10 or not piece.spoken:
        return False
    before = row.kind(at - 1)
    day = row.kind(at - 2) if before in ("f", "/", "-") else before
    if day in ("1", "2", "3", "o", "O") and before and before in "f/-123oO" and not (before in "f" and row.kind(at - 3) == "@") and not row.pieces[at - 1].spoken:
        piece.kind = KINDS["month"]
        piece.value = 12
        return True
    return False


def _hour(row: _Row, at: int) -> None:
    if not _month_or_ten(row, at):
        _one(row, at)


_SETTLERS: dict[str, Callable[[_Row, int], None]] = {
    "f": _of,
    "T": _to,
    "@": _at,
    "R": _for,
    "1": _hour,
    "u": _day,
    "w": _weekday,
    "o": _ordinal,
    "O": _ordinal,
    "I": _now,
    "V": _refusal,
    "!": _not,
    "N": _which,
}
_FIRST = frozenset("1uwoO")


def settled(text: str, pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with every such word settled; `text` is the text without accents and capitals."""
    row = _Row(text, pieces)
    for first in (True, False):
        for index, piece in enumerate(pieces):
            settle = _SETTLERS.get(piece.kind)
            if settle is not None and (piece.kind in _FIRST) is first:
                settle(row, index)
    return [piece for piece in pieces if piece.kind]
