"""Portuguese words of days: what "dia", "segunda", "4ª", "dez" or "que vem" mean beside their neighbours."""

from typing import cast

from marcai.understanding.dates.constituents import KINDS, MonthDay, Piece, Which
from marcai.understanding.dates.portuguese_hours import article_or_one
from marcai.understanding.dates.portuguese_row import NUMBERS, TIMES, Row
from marcai.understanding.dates.shapes import OTHER, is_day

_SAID = frozenset("wrdDm123ohc")
_BEFORE_DAYS = frozenset(("n", "N", "f", "R", "", ",", "P", "&", "t", "T", "L", "!", "X", "C", ">", "<"))
_BEFORE_MONTHS = frozenset("f/-123oO")
_AWAY = ("estarei", "estou", "estar", "esta", "to", "tou", "ficarei", "fico", "estamos")
_LISTED = frozenset(",&PTCL-/")
_GAP = 4
SHORT = 3
MOST_CHOICES = 5
_BEHIND = frozenset({"que vem", "q vem", "qvem", "ke vem", "seguinte", "que entra", "passado", "passada", "vindouro"})


def day_word(row: Row, at: int) -> None:
    """Settle "dia": before a number its mark, before a date an article, else the unit."""
    piece = row.pieces[at]
    if piece.value != "day":
        return
    if row.said(at) == "dias" and row.kind(at - 1) == "N" and row.kind(at - 2) not in ("1", "2", "3", "s"):
        piece.kind = OTHER
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
        else:
            bound = behind == at + 2 and row.kind(behind) in ("L", "S", ">", "<") and row.kind(behind + 1) not in ("d", "3", "t")
            in_part = row.kind(behind) == "p" or (row.kind(at + 2) in ("i", "@", "T", "n") and row.kind(at + 3) == "p")
            if bound or in_part:
                _as_day(row, at)


def _as_day(row: Row, at: int) -> None:
    """Make "dia 20" a day at once, so that its number is not taken for an hour."""
    number = row.pieces[at + 1]
    row.pieces[at].kind = ""
    number.kind, number.value = KINDS["day"], MonthDay(cast("int", number.value))


def weekday_or_ordinal(row: Row, at: int) -> None:
    """Settle "segunda", "quarta": an ordinal before a unit, or before another weekday of a period; "ter" as a verb."""
    piece = row.pieces[at]
    before, after = row.kind(at - 1), row.kind(at + 1)
    said = row.said(at)
    if piece.weak:
        near = after if after not in ("P", "&", ",", "/", "-", "T") else row.kind(at + 2) if row.kind(at + 2) == "w" else ""
        ends = after in ("", ".", ",") and before == "x" and said not in ("ter", "domingos") and at > 0
        if said.startswith("seg") and before and before in NUMBERS:
            piece.kind = OTHER
        elif ends or near == "w" or (before in ("P", "&", ",", "/", "-", "T") and row.kind(at - 2) == "w"):
            piece.weak = False
        elif said == "ter" and (after in ("!", "P") or (before == "x" and after in ("1", "2", "3", "4", "Q", "A")) or before == "!"):
            piece.kind = OTHER
        return
    if said in ("segunda", "quarta", "quinta", "sexta", "terca"):
        if said == "segunda" and before == "T" and row.said(at - 1) == "a" and row.lone:
            piece.kind = OTHER
            return
        unit = after in ("u", "e", "v") and row.kind(at + 2) != "N"
        of_period = after == "w" and row.kind(at + 2) == "f" and row.kind(at + 3) in ("u", "m", "N", "t")
        if of_period or (unit and (said == "segunda" or after != "u" or row.pieces[at + 1].value not in ("day", "month"))):
            value = cast("int", piece.value) + 2
            row.pieces[at] = Piece(KINDS["first_or_second"] if value < 4 else KINDS["ordinal"], piece.start, piece.end, value, spoken=True)


def ordinal_weekday(row: Row, at: int) -> None:
    """Settle "4ª" and "6a": the weekday of that number, unless a noun follows."""
    piece = row.pieces[at]
    said = row.said(at)
    if piece.spoken:
        dated = row.kind(at + 1) in ("f", "/", "-", "m") and "m" in (row.kind(at + 1), row.kind(at + 2))
        if row.kind(at + 1) not in ("u", "w", "e", "v", "N", "q") and not dated and row.kind(at - 1) not in ("u", "d"):
            piece.kind = OTHER
        return
    if row.kind(at + 1) == "x" and row.kind(at - 1) != "d":
        piece.kind = OTHER
        return
    if not said.endswith("a") or not 2 <= int(str(piece.value)) <= 6:
        return
    before, after = row.kind(at - 1), row.kind(at + 1)
    dated = after == "u" and row.said(at + 1) == "dia" and row.kind(at + 2) in ("1", "2", "3", "o", "O")
    if after in ("u", "e", "w", "x", "q", "v") and not dated:
        return
    in_part = after == "f" and row.kind(at + 2) == "p"
    if in_part or before in _BEFORE_DAYS or after in ("p", "@", "d", "c", "N") or dated:
        piece.kind = KINDS["weekday"]
        piece.value = int(str(piece.value)) - 2


def coming(row: Row, at: int) -> None:
    """Settle "agora": behind a weekday the coming one."""
    if row.kind(at - 1) in ("w", "e", "u"):
        row.pieces[at].kind = KINDS["which"]
        row.pieces[at].value = Which.COMING


def chosen_behind(row: Row, at: int) -> None:
    """Put "que vem" before the day or the period that it chooses, where the shared rules look for it."""
    before, after = row.kind(at - 1), row.kind(at + 1)
    next_one = row.pieces[at].value is Which.NEXT and after in ("", ",", ".", "@", "p", "f", "n", "x", "i") and before == "w"
    if before in ("w", "u", "e", "m") and (next_one or row.said(at) in _BEHIND or row.pieces[at].value is Which.COMING):
        thing, which = row.pieces[at - 1], row.pieces[at]
        row.pieces[at - 1] = Piece(which.kind, thing.start, thing.start, which.value)
        row.pieces[at] = Piece(thing.kind, thing.start, which.end, thing.value)
    elif after in ("x", "", ".", ","):
        row.pieces[at].kind = OTHER


def dashed_date(row: Row, at: int) -> None:
    """Settle "22-10": a date, where the first number is the greater one."""
    numbers = row.kind(at - 1) in ("2", "3") and row.kind(at + 1) == "1"
    if row.pieces[at].value is not True or not numbers or row.kind(at + 2) in ("h", "m", "f", "-"):
        return
    day, month = row.pieces[at - 1], row.pieces[at + 1]
    if is_day(cast("int", day.value), cast("int", month.value)):
        day.kind = row.pieces[at].kind = ""
        row.pieces[at + 1] = Piece(KINDS["day"], day.start, month.end, MonthDay(cast("int", day.value), cast("int", month.value)))


def number_of_month(row: Row, at: int) -> None:
    """Settle "doze do dez": a day and the number of its month."""
    day, month = row.pieces[at - 1], row.pieces[at + 1]
    if row.kind(at + 2) not in ("", ".", ",", "@", "x", "R") or not is_day(cast("int", day.value), cast("int", month.value)):
        return
    day.kind = row.pieces[at].kind = ""
    row.pieces[at + 1] = Piece(KINDS["day"], day.start, month.end, MonthDay(cast("int", day.value), cast("int", month.value)))
    if row.kind(at - 2) == "d":
        row.pieces[at - 2].kind = KINDS["the"]


def month_name(row: Row, at: int) -> None:
    """Let a month count beside another one; take "mar", "set" and other short ones behind a bare "de" for other words."""
    piece = row.pieces[at]
    before, after = row.kind(at - 1), row.kind(at + 1)
    if (after in _LISTED and "m" in (row.kind(at + 2), row.kind(at + 3))) or (
        before in _LISTED and "m" in (row.kind(at - 2), row.kind(at - 3))
    ):
        piece.weak = False
    elif before == "." and row.kind(at - 2) in ("1", "2", "3"):
        piece.weak = False
        row.pieces[at - 1].kind = ""
    elif before == "f" and row.kind(at - 2) in ("x", "") and len(row.said(at)) == SHORT:
        piece.kind = OTHER


def corrected_number(row: Row, at: int) -> None:
    """Settle "dia 30, digo, 13": the number behind a correction is a day, as the one before it was."""
    before, after = at - 1, at + 1
    while row.kind(before) in (",", ".") and before > at - _GAP:
        before -= 1
    while row.kind(after) in (",", ".", "t") and after < at + _GAP:
        after += 1
    day_before = row.kind(before) == "D" or (row.kind(before) in ("1", "2", "3") and row.kind(before - 1) in ("d", "t"))
    if day_before and row.kind(after) in ("1", "2", "3") and row.kind(after + 1) in ("", ".", ",", "@", "x"):
        number = row.pieces[after]
        number.kind, number.value = KINDS["day"], MonthDay(cast("int", number.value))


def on_feminine(row: Row, at: int) -> None:
    """Take "na 2" for no day: days are masculine."""
    if row.said(at) in ("na", "nas", "numa") and row.kind(at + 1) in ("1", "2", "3") and row.kind(at + 2) in ("", ".", ",", "x"):
        row.pieces[at + 1].kind = OTHER


def day_after(row: Row, at: int) -> None:
    """Take "2 dias depois de amanhã" apart: behind an amount, "depois" is no part of the day's name."""
    piece = row.pieces[at]
    if piece.value == 2 and row.kind(at - 1) == "u" and row.kind(at - 2) and row.kind(at - 2) in NUMBERS:
        middle = piece.end
        row.pieces[at : at + 1] = [Piece(KINDS["after"], piece.start, piece.start), Piece(piece.kind, piece.start, middle, 1)]


def often(row: Row, at: int) -> None:
    """Take "8/8h" for how often, not for a date."""
    if row.kind(at + 1) == "h" and "/" in row.said(at):
        row.pieces[at].kind = OTHER


def _month_or_ten(row: Row, at: int) -> bool:
    """Settle "dez": December behind a day and "de" or a mark."""
    piece = row.pieces[at]
    if piece.value != 10 or not piece.spoken:
        return False
    before = row.kind(at - 1)
    day = row.kind(at - 2) if before in ("f", "/", "-") else before
    if before == "f" and row.said(at - 1) != "de":
        return False
    at_hour = before == "f" and row.kind(at - 3) == "@"
    if day in ("1", "2", "3", "o", "O") and before in _BEFORE_MONTHS and not at_hour and not row.pieces[at - 1].spoken:
        piece.kind = KINDS["month"]
        piece.value = 12
        return True
    return False


def hour_or_month(row: Row, at: int) -> None:
    """Settle the numbers that are other words as well: "dez" and "uma"."""
    if not _month_or_ten(row, at):
        article_or_one(row, at)


def outside(row: Row, at: int) -> None:
    """Settle "fora": an exclusion before a weekday, unless somebody is away."""
    if row.kind(at + 1) in ("<", ">"):
        row.pieces[at].kind = KINDS["not"]
    if row.said(at) != "fora":
        return
    days_follow = row.kind(at + 1) == "w" or (row.kind(at + 1) in ("n", "t") and row.kind(at + 2) == "w")
    if not days_follow or (row.kind(at - 1) == "x" and row.said(at - 1).endswith(_AWAY)):
        row.pieces[at].kind = OTHER


def refusal(row: Row, at: int) -> None:
    """Settle "não posso": it bears on the day before it, else on the one behind it."""
    index = at - 1
    while row.kind(index) in (",", "t"):
        index -= 1
    if row.kind(index) not in TIMES or row.kind(at + 1) in ("<", ">"):
        row.pieces[at].kind = KINDS["not"]


def negation(row: Row, at: int) -> None:
    """Let "não ... antes das dez" stand together over a word or two."""
    if row.kind(at + 1) == "x" and row.kind(at + 2) in ("<", ">") and row.said(at + 1).count(" ") < 3:
        row.pieces[at + 1].kind = ""
        return
    said_anew = row.kind(at + 1) in _SAID or (row.kind(at + 1) in ("n", "@", "t") and row.kind(at + 2) in _SAID)
    if row.said(at) == "nao" and row.kind(at - 1) in _SAID and said_anew:
        row.pieces[at].kind = KINDS["correction"]


def choice(row: Row, at: int) -> None:
    """Take "o 1" for a choice."""
    number = row.kind(at + 1) == "1" and row.kind(at + 2) in ("", ".") and row.said(at) == "o"
    if number and cast("int", row.pieces[at + 1].value) <= MOST_CHOICES:
        row.pieces[at + 1].kind = OTHER
