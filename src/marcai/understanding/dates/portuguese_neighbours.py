"""Words of Portuguese that mean nothing alone: what each is beside its neighbours.

Each function looks at a bounded number of neighbours, so that a text costs what it is long. Here stand the small words
between times ("de", "a", "as", "para", "entre") and the order in which all are settled.
"""

from collections.abc import Callable

from marcai.understanding.dates.constituents import KINDS, Piece
from marcai.understanding.dates.portuguese_days import (
    choice,
    chosen_behind,
    coming,
    corrected_number,
    dashed_date,
    day_after,
    day_word,
    hour_or_month,
    month_name,
    negation,
    number_of_month,
    often,
    on_feminine,
    ordinal_weekday,
    outside,
    refusal,
    weekday_or_ordinal,
)
from marcai.understanding.dates.portuguese_hours import (
    about,
    ago,
    almost,
    half_past,
    hours_said,
    how_often,
    length_said,
    minutes_said,
    span_start,
)
from marcai.understanding.dates.portuguese_row import CLOCKS, NUMBERS, TIMES, Row
from marcai.understanding.dates.shapes import OTHER

_RANGE_INSIDE = frozenset("1234ckbahqpft~dUQuoOmy&wrDNnei@z")
_NOT_HOURS = frozenset(
    "coisas consultas opcoes vagas datas duas tres pessoas receitas medicas doutoras dra filhas criancas sessoes unidades clinicas vezes semanas guias".split()
)
_SOME_OF = ("nenhuma", "nenhum", "uma", "um", "qual", "quais", "todas", "todos", "outra", "alguma", "qualquer")
_REACH = 9


def of(row: Row, at: int) -> None:
    """Settle "de", "do", "das" (and "desde"): "from" where the end of a range follows, else "of"."""
    before, after = row.kind(at - 1), row.kind(at + 1)
    if after not in TIMES and after not in ("t", "~", "N", "I"):
        return
    if row.kind(at) == "f" and _belongs(row, at):
        return
    if row.kind(at) == "S" and before == "u" and after in ("r", "I") and row.kind(at - 3) not in ("R", "i"):
        row.pieces[at].kind = KINDS["after"] if after == "r" else ""
        if after == "I":
            row.pieces[at + 1].kind = KINDS["from_now"]
        return
    if row.said(at) == "do" and before in ("1", "2", "3") and after == "1":
        number_of_month(row, at)
        return
    end = _range_end(row, at + 1)
    if end:
        row.pieces[at].kind = KINDS["from"]
        if row.kind(end) in ("@", "T"):
            row.pieces[end].kind = KINDS["to"]
            row.pieces[end].value = "to"
    elif before == "x" and row.said(at) in ("das", "dos") and row.said(at - 1).endswith(_SOME_OF):
        row.pieces[at + 1].kind = OTHER
    elif row.said(at) == "das" and after in ("1", "2") and row.kind(at + 2) not in ("m", "/", "u") and row.kind(at + 3) != "m":
        row.pieces[at].kind = KINDS["at"]


def _belongs(row: Row, at: int) -> bool:
    """Say whether "de" ties what follows to what stands before it ("cinco da tarde", "quarta da próxima semana")."""
    before, after = row.kind(at - 1), row.kind(at + 1)
    if not before:
        return False
    if before in "cahUpbQ" or (before in "123oO" and after in ("m", "p", "r", "N", "u")):
        return True
    return before in "weulqoO" and after in ("N", "u", "m")


def _range_end(row: Row, start: int) -> int:
    """Return the index of the word that ties a range's end to what starts at `start`, or of "em diante"; 0 if none does."""
    starts_clock, day_seen = row.kind(start) in CLOCKS, False
    for index in range(start + 1, min(start + _REACH, len(row.pieces))):
        kind = row.pieces[index].kind
        if kind == "|":
            return index
        new_day = row.kind(index + 2) == "f" and row.kind(index + 3) in ("w", "r", "N", "d", "D")
        if kind in "TL-" or (kind == "@" and starts_clock and (new_day or not day_seen)):
            behind = row.kind(index + 1)
            if behind in ("@", "t", "n", "d", "~") and kind != "@":
                behind = row.kind(index + 2)
            return index if row.kind(index - 1) in TIMES and behind in TIMES else 0
        if kind not in _RANGE_INSIDE:
            return 0
        day_seen = day_seen or kind in "wrmdD"
    return 0


def to(row: Row, at: int) -> None:
    """Settle "a" and "ao": a range between two times, else "at" or an article."""
    piece = row.pieces[at]
    if piece.value == "to":
        return
    before, after = row.kind(at - 1), row.kind(at + 1)
    if after == "p" or (after in ("N", "l", "t") and "p" in (row.kind(at + 2), row.kind(at + 3))):
        piece.kind = "@"
    elif before in TIMES and before != "u" and (after in ("w", "r", "m", "D", "d") or (after == "t" and row.kind(at + 2) in TIMES)):
        piece.value = "to"
    elif after and after in "1234ckbzQoO":
        dated = after == "b" and (before == "m" or row.kind(at - 2) in ("d", "t"))
        if before and before in "1234ckbahUqmyp" and not dated:
            piece.value = "to"
        elif after in ("c", "b", "Q") or row.said(at + 1) in ("uma", "zero", "1") or (piece.value == "ao" and after == "1"):
            piece.kind = "@"
        else:
            piece.kind = OTHER
    else:
        piece.kind = "t" if after in TIMES or after in ("N", "l", "e", "v") else OTHER


def at_or_article(row: Row, at: int) -> None:
    """Settle "as": behind "até", "entre", "antes" nothing more, between two clock times a range, before no number an article."""
    piece, before, after = row.pieces[at], row.kind(at - 1), row.kind(at + 1)
    if piece.value == "sao":
        number = after and after in "12cbkz~"
        behind = row.kind(at + 2)
        if not number or behind not in ("", ".", ",", "&", "U", "h", "f", "i", "a"):
            piece.kind = OTHER
        return
    if before and before in "LBS><F":
        piece.kind = ""
        return
    if after in ("1", "2") and row.kind(at + 2) == "x" and row.said(at + 2).split(" ", 1)[0] in _NOT_HOURS:
        row.pieces[at + 1].kind = OTHER
        return
    if before == "&" and any(row.kind(i) == "B" for i in range(at - 2, max(-1, at - 8), -1)):
        piece.kind = ""
        return
    bare = before in ("1", "2") and row.kind(at - 2) in ("", "r", "p") and after == "c"
    if (bare or before in ("c", "b", "h", "a")) and after in CLOCKS and row.kind(at - 2) not in ("&", "d"):
        piece.kind = KINDS["to"]
        piece.value = "to"
        return
    if after in ("w", "u", "N", "l") or (after in ("1", "2", "3", "s") and row.kind(at + 2) in ("N", "u")):
        piece.kind = "t"


def minus(row: Row, at: int) -> None:
    """Settle "para", "pras": minutes before an hour in "quinze para as três"."""
    piece, before, after = row.pieces[at], row.kind(at - 1), row.kind(at + 1)
    hour = at + 1
    while row.kind(hour) in ("@", "t") and hour < at + 3:
        hour += 1
    minutes = (before and before in "1234q") or (before == "U" and row.kind(at - 2) in ("1", "2", "3", "4"))
    counts = row.kind(hour + 1) == "U" and before != "U" and not row.pieces[at - 1].spoken
    if not minutes or row.kind(hour) not in ("1", "2", "b") or counts:
        return
    if row.kind(at - 2) == "f" and row.pieces[at - 2].value == "das":
        return
    if after not in ("@", "t") and row.kind(hour) != "b" and not row.pieces[at - 1].spoken:
        return
    if before in NUMBERS and row.pieces[at - 1].value not in (3, 5, 10, 15, 20, 25):
        return
    piece.kind = KINDS["minus"]
    for index in range(at + 1, hour):
        row.pieces[index].kind = ""


def between(row: Row, at: int) -> None:
    """Take "entre 3 e 10" for no time where a value, a price or an age is spoken of."""
    if row.kind(at + 1) in ("1", "2") and row.kind(at + 2) == "&" and row.measured:
        row.pieces[at].kind = OTHER


_SETTLERS: tuple[dict[str, Callable[[Row, int], None]], ...] = (
    {
        "1": hour_or_month,
        "u": day_word,
        "w": weekday_or_ordinal,
        "o": ordinal_weekday,
        "O": ordinal_weekday,
        "m": month_name,
        "q": half_past,
        "I": coming,
        "G": ago,
        "i": how_often,
        "s": about,
        "-": dashed_date,
        "t": choice,
        "D": often,
        "~": almost,
        "n": on_feminine,
        "r": day_after,
    },
    {"T": to, "X": outside, "V": refusal, "B": between},
    {"f": of, "S": of, "@": at_or_article, "R": minus, "!": negation, "C": corrected_number, "N": chosen_behind},
    {"c": length_said, "U": hours_said, "&": minutes_said},
    {"c": span_start, "1": span_start},
)
"""Which function settles which kind, in passes: the later ones build on what the earlier ones settled."""


def settled(text: str, pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with every such word settled; `text` is the text without accents and capitals."""
    row = Row(text, pieces)
    for settlers in _SETTLERS:
        for index, piece in enumerate(pieces):
            settle = settlers.get(piece.kind)
            if settle is not None:
                settle(row, index)
        row.pieces = pieces = [piece for piece in pieces if piece.kind]
    return pieces
