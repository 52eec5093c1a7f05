"""Words of Portuguese that mean nothing alone: what each is beside its neighbours.

Each function looks at a bounded number of neighbours, so that a text costs what it is long.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from marcai.understanding.dates.constituents import KINDS, Clock, MonthDay, Piece, Which
from marcai.understanding.dates.shapes import OTHER, clock_of, is_day

_NUMBERS = "1234"
_TIME = frozenset("1234kyzcbKQUahqpwmruedDoOJ")
_CLOCKS = frozenset("12kcbQz")
_RANGE_INSIDE = frozenset("1234ckbahqpft~dUQuoOmy&wrDNnei@z")
_REACH = 9
SHORT = 3
_MEASURED = ("valor", "preco", "custa", "nota", "idade", "escala", "r$", "reais", "peso", "numero")


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
    """Settle "de", "do", "das" (and "desde"): "from" where the end of a range follows, else "of"."""
    before, after = row.kind(at - 1), row.kind(at + 1)
    if after not in _TIME and after not in ("t", "~", "N"):
        return
    if row.kind(at) == "f" and _belongs(row, at):
        return
    if row.said(at) == "do" and before in ("1", "2", "3") and after == "1":
        _number_of_month(row, at)
        return
    end = _range_end(row, at + 1)
    if end:
        row.pieces[at].kind = KINDS["from"]
        if row.kind(end) in ("@", "T"):
            row.pieces[end].kind = KINDS["to"]
            row.pieces[end].value = "to"


def _belongs(row: _Row, at: int) -> bool:
    """Say whether "de" ties what follows to what stands before it ("cinco da tarde", "quarta da próxima semana")."""
    before, after = row.kind(at - 1), row.kind(at + 1)
    if not before:
        return False
    if before in "cahUpbQ" or (before in "123oO" and after in ("m", "p", "r")):
        return True
    return before in "weulqoO" and after in ("N", "u", "m")


def _range_end(row: _Row, start: int) -> int:
    """Return the index of the word that ties a range's end to what starts at `start`, or of "em diante"; 0 if none does."""
    starts_clock, day_seen = row.kind(start) in _CLOCKS, False
    for index in range(start + 1, min(start + _REACH, len(row.pieces))):
        kind = row.pieces[index].kind
        if kind == "|":
            return index
        new_day = row.kind(index + 2) == "f" and row.kind(index + 3) in ("w", "r", "N", "d", "D")
        if kind in "TL-" or (kind == "@" and starts_clock and (new_day or not day_seen)):
            behind = row.kind(index + 1)
            if behind in ("@", "t", "n", "d", "~") and kind != "@":
                behind = row.kind(index + 2)
            return index if row.kind(index - 1) in _TIME and behind in _TIME else 0
        if kind not in _RANGE_INSIDE:
            return 0
        day_seen = day_seen or kind in "wrmdD"
    return 0


def _to(row: _Row, at: int) -> None:
    """Settle "a" and "ao": a range between two times, else "at" or an article."""
    piece = row.pieces[at]
    if piece.value == "to":
        return
    before, after = row.kind(at - 1), row.kind(at + 1)
    if after == "p" or (after in ("N", "l", "t") and "p" in (row.kind(at + 2), row.kind(at + 3))):
        piece.kind = "@"
    elif before in _TIME and before != "u" and (after in ("w", "r", "m", "D", "d") or (after == "t" and row.kind(at + 2) in _TIME)):
        piece.value = "to"
    elif after and after in "1234ckbzQoO":
        if before and before in "1234ckbahUqmyp" and not (after == "b" and before == "m"):
            piece.value = "to"
        elif after in ("c", "b", "Q") or row.said(at + 1) in ("uma", "zero", "1") or (piece.value == "ao" and after == "1"):
            piece.kind = "@"
        else:
            piece.kind = OTHER
    else:
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
    bare = before in ("1", "2") and row.kind(at - 2) in ("", "r", "p") and after == "c"
    if (bare or before in ("c", "b", "h", "a")) and after in _CLOCKS and row.kind(at - 2) not in ("&", "d"):
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
    ends = after in ("", ".", ",", "&", "T", "L", "a", "h", "|", "-", "C", "@") or (after in ("f", "i") and row.kind(at + 2) == "p")
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
    if row.kind(at - 1) == "t" and after in ("", ".", ","):
        piece.kind = OTHER
    elif after == "D":
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
        elif behind == at + 2 and row.kind(behind) in ("L", "S", ">", "<") and row.kind(behind + 1) not in ("d", "3", "t"):
            piece.kind = ""
            number = row.pieces[at + 1]
            number.kind, number.value = KINDS["day"], MonthDay(int(str(number.value)))


def _weekday(row: _Row, at: int) -> None:
    """Settle "segunda", "quarta": an ordinal before a unit, or before another weekday of a period; "ter" as a verb."""
    piece = row.pieces[at]
    before, after = row.kind(at - 1), row.kind(at + 1)
    said = row.said(at)
    if piece.weak:
        near = after if after not in ("P", "&", ",", "/", "-", "T") else row.kind(at + 2) if row.kind(at + 2) == "w" else ""
        ends = after in ("", ".", ",") and before == "x" and said not in ("ter", "domingos") and at > 0
        if said.startswith("seg") and before and before in _NUMBERS:
            piece.kind = OTHER
        elif ends or near == "w" or (before in ("P", "&", ",", "/", "-", "T") and row.kind(at - 2) == "w"):
            piece.weak = False
        elif said == "ter" and before == "x" and after in ("1", "2", "3", "4", "Q", "A"):
            piece.kind = OTHER
        return
    if said in ("segunda", "quarta", "quinta", "sexta", "terca"):
        if said == "segunda" and before == "T" and row.said(at - 1) == "a" and not any(p.kind in _TIME and p is not piece for p in row.pieces):
            piece.kind = OTHER
            return
        unit = (after in ("u", "e", "v") and row.kind(at + 2) != "N") or (after == "w" and row.kind(at + 2) == "f" and row.kind(at + 3) in ("u", "m", "N", "t"))
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


def _hours(row: _Row, at: int) -> None:
    """Settle "horas": behind a number that a small word makes a time, the mark of an hour."""
    cue = row.kind(at - 2)
    if row.kind(at - 1) not in ("1", "2") or not cue or cue not in "@FTLSB><" or row.kind(at + 1) == "&" or row.pieces[at].value != "hour":
        return
    if cue in "><" and not row.said(at - 2).endswith("as"):
        return
    row.pieces[at].kind = KINDS["oclock"]


def _outside(row: _Row, at: int) -> None:
    """Settle "fora": an exclusion before a weekday, unless somebody is away."""
    if row.said(at) != "fora":
        return
    days_follow = row.kind(at + 1) == "w" or (row.kind(at + 1) in ("n", "t") and row.kind(at + 2) == "w")
    if not days_follow or (row.kind(at - 1) == "x" and row.said(at - 1).endswith(("estarei", "estou", "estar", "esta", "to", "tou", "ficarei", "fico", "estamos"))):
        row.pieces[at].kind = OTHER


def _between(row: _Row, at: int) -> None:
    """Take "entre 3 e 10" for no time where a value, a price or an age is spoken of."""
    if row.kind(at + 1) in ("1", "2") and row.kind(at + 2) == "&" and any(word in row.text for word in _MEASURED):
        row.pieces[at].kind = OTHER


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


_BEHIND = frozenset({"que vem", "q vem", "qvem", "ke vem", "seguinte", "que entra", "passado", "passada", "vindouro"})


def _which(row: _Row, at: int) -> None:
    """Put "que vem" before the day or the period that it chooses, where the shared rules look for it."""
    before, after = row.kind(at - 1), row.kind(at + 1)
    if before in ("w", "u", "e", "m") and (row.said(at) in _BEHIND or row.pieces[at].value is Which.COMING):
        thing, which = row.pieces[at - 1], row.pieces[at]
        row.pieces[at - 1] = Piece(which.kind, thing.start, thing.start, which.value)
        row.pieces[at] = Piece(thing.kind, thing.start, which.end, thing.value)
    elif after in ("x", "", ".", ","):
        row.pieces[at].kind = OTHER


def _in(row: _Row, at: int) -> None:
    """Take "de 8 em 8 horas" for how often, not when."""
    if row.kind(at - 1) and row.kind(at - 1) in _NUMBERS and row.kind(at + 1) == row.kind(at - 1) and row.pieces[at - 1].value == row.pieces[at + 1].value:
        for index in (at - 1, at, at + 1):
            row.pieces[index].kind = OTHER


def _ago(row: _Row, at: int) -> None:
    """Put "há" behind the amount that it bears on; inside a sentence it says how long something lasts."""
    piece = row.pieces[at]
    if piece.value is None:
        return
    piece.kind = OTHER
    if at == 0 and row.kind(3) in ("", ".") and row.kind(2) in ("u", "U") and row.kind(1) and row.kind(1) in "12349sA":
        unit = row.pieces[2]
        row.pieces[0:3] = [row.pieces[1], unit, Piece(KINDS["ago"], unit.end, unit.end)]


def _number_of_month(row: _Row, at: int) -> None:
    """Settle "doze do dez": a day and the number of its month."""
    day, month = row.pieces[at - 1], row.pieces[at + 1]
    if row.kind(at + 2) not in ("", ".", ",", "@", "x", "R") or not is_day(cast("int", day.value), cast("int", month.value)):
        return
    day.kind = row.pieces[at].kind = ""
    row.pieces[at + 1] = Piece(KINDS["day"], day.start, month.end, MonthDay(cast("int", day.value), cast("int", month.value)))
    if row.kind(at - 2) == "d":
        row.pieces[at - 2].kind = KINDS["the"]


def _month(row: _Row, at: int) -> None:
    """Take "mar", "set" and other short months behind a bare "de" for other words."""
    if row.kind(at - 1) == "f" and row.kind(at - 2) in ("x", "") and len(row.said(at)) == SHORT:
        row.pieces[at].kind = OTHER


def _half(row: _Row, at: int) -> None:
    """Join "dez e meia" into one clock time."""
    hour = row.pieces[at - 2] if at > 1 else None
    if hour is None or hour.kind not in "12" or row.kind(at - 1) != "&" or row.kind(at + 1) in ("U", "u") or row.kind(at - 3) == "d":
        return
    _join(row, at)


def _join(row: _Row, at: int) -> None:
    """Join an hour, "e" and the minutes at `at` into one clock time."""
    hour, minutes = row.pieces[at - 2], row.pieces[at]
    clock = clock_of(str(hour.value), str(minutes.value))
    if clock is not None:
        row.pieces[at] = Piece(KINDS["literal"], hour.start, minutes.end, clock)
        hour.kind = row.pieces[at - 1].kind = ""


def _minutes(row: _Row, at: int) -> None:
    """Join "às dez e quinze" into one clock time, where a small word says that it is one and no month follows."""
    hour, minutes = row.pieces[at - 1], row.pieces[at + 1]
    cue, behind = row.kind(at - 2), row.kind(at + 2)
    if behind in ("u", "U") or (behind in ("f", "/") and row.kind(at + 3) == "m") or behind == "m":
        return
    cued = cue and cue in "@LS><F" or (cue == "T" and row.pieces[at - 2].value == "to" and cast("int", minutes.value) % 5 == 0)
    in_part = behind in ("f", "i", "@") and row.kind(at + 3) == "p" and cue != "B"
    alone = cue == "" and behind == ""
    if cued or in_part or alone:
        if cue == "B" or (cue == "F" and not minutes.spoken and cast("int", minutes.value) % 5):
            return
        _join(row, at + 1)


def _span_start(row: _Row, at: int) -> None:
    """Take the first hour of "das 7h às 19h" as it is said: who counts to 24 says no half of the day."""
    end = row.pieces[at + 2] if at + 2 < len(row.pieces) else None
    if end is None or row.kind(at + 1) not in ("T", "L", "-", "&") or row.kind(at + 2) not in ("c", "2"):
        return
    late = end.value.hour > 12 if isinstance(end.value, Clock) else row.kind(at - 1) in ("F", "B") and cast("int", end.value) > 12
    piece = row.pieces[at]
    if not late or (piece.kind == "1" and row.kind(at - 1) not in ("F", "B")):
        return
    clock = piece.value if isinstance(piece.value, Clock) else Clock(cast("int", piece.value))
    if end.kind == "2" and row.kind(at + 3) in ("f", "m", "/", "u"):
        return
    row.pieces[at] = Piece(KINDS["literal"], piece.start, piece.end, replace(clock, settled=True))


def _and(row: _Row, at: int) -> None:
    if row.kind(at - 1) in ("1", "2") and row.kind(at + 1) in ("1", "2", "3", "4"):
        _minutes(row, at)


def _month_or_ten(row: _Row, at: int) -> bool:
    """Settle "dez": December behind a day and "de" or a mark."""
    piece = row.pieces[at]
    if piece.value != 10 or not piece.spoken:
        return False
    before = row.kind(at - 1)
    day = row.kind(at - 2) if before in ("f", "/", "-") else before
    if before == "f" and row.said(at - 1) != "de":
        return False
    if day in ("1", "2", "3", "o", "O") and before and before in "f/-123oO" and not (before in "f" and row.kind(at - 3) == "@") and not row.pieces[at - 1].spoken:
        piece.kind = KINDS["month"]
        piece.value = 12
        return True
    return False


def _hour(row: _Row, at: int) -> None:
    if not _month_or_ten(row, at):
        _one(row, at)


_SETTLERS: tuple[dict[str, Callable[[_Row, int], None]], ...] = (
    {"1": _hour, "u": _day, "w": _weekday, "o": _ordinal, "O": _ordinal, "m": _month, "q": _half, "I": _now, "G": _ago, "i": _in},
    {"T": _to, "X": _outside, "V": _refusal, "B": _between},
    {"f": _of, "S": _of, "@": _at, "R": _for, "!": _not, "N": _which},
    {"U": _hours, "&": _and},
    {"c": _span_start, "1": _span_start},
)
"""Which function settles which kind, in passes: the later ones build on what the earlier ones settled."""


def settled(text: str, pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with every such word settled; `text` is the text without accents and capitals."""
    row = _Row(text, pieces)
    for settlers in _SETTLERS:
        for index, piece in enumerate(pieces):
            settle = settlers.get(piece.kind)
            if settle is not None:
                settle(row, index)
        row.pieces = pieces = [piece for piece in pieces if piece.kind]
    return pieces
