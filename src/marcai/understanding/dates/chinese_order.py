"""What Chinese constituents mean to their neighbours further off, settled before they are combined."""

import re

from marcai.understanding.dates.chinese_words import LOST
from marcai.understanding.dates.constituents import KINDS, Piece, Which

OTHER, WHICH, WEEKDAY, AMOUNT = (KINDS[name] for name in ("other", "which", "weekday", "amount"))
NOT_POSSIBLE, MOVING, FROM = (KINDS[name] for name in ("not_possible", "moving", "from"))
_FILLER = re.compile("[我你您们他她要都也就可能实在真的恐怕应该好像话那天这个时间又还确实肯定會實應還個時間們話]{1,8}|孩子|医生|醫生")
_TIMELY = frozenset("DKowrpmJE")
_BESIDE_AMOUNT_BEFORE = frozenset("Ni^|")
_BESIDE_AMOUNT_AFTER = frozenset("gGWF")
_WISHED = frozenset((Which.NEXT, Which.AFTER_NEXT))


def settled(pieces: list[Piece], text: str) -> list[Piece]:
    """Return the pieces with what depends on words further off: moves, impossible days, quantities, weeks that go on."""
    letters = "".join([piece.kind for piece in pieces])
    if MOVING in letters:
        _settle_moves(pieces, letters)
    if NOT_POSSIBLE in letters:
        pieces = _settle_impossible(pieces, letters, text)
    if AMOUNT in letters:
        _settle_amounts(pieces)
    if WHICH in letters and WEEKDAY in letters:
        pieces = _carry_weeks(pieces)
    return pieces


def _settle_moves(pieces: list[Piece], letters: str) -> None:
    """Part "从周三改到周四" in two: what is, and what is wished."""
    last = letters.rindex(MOVING)
    for index, piece in enumerate(pieces):
        if piece.kind == MOVING or (piece.kind == FROM and index < last):
            piece.kind = OTHER


def _settle_impossible(pieces: list[Piece], letters: str, text: str) -> list[Piece]:
    """Bring "周三的话我不行" together; a day on which one cannot come counts as unwanted only where another is wished."""
    out: list[Piece] = []
    for index, piece in enumerate(pieces):
        if piece.kind != NOT_POSSIBLE:
            out.append(piece)
            continue
        wished = not _TIMELY.isdisjoint(letters[index + 1 :]) if piece.value == LOST else True
        if not wished or text[piece.end : piece.end + 1] in ("吗", "嗎", "么", "嘛"):
            piece.kind = OTHER
            out.append(piece)
            continue
        back = len(out)
        while (
            back
            and len(out) - back < 4
            and (out[back - 1].kind in ",f" or (out[back - 1].kind == OTHER and _is_filler(out[back - 1], text)))
        ):
            back -= 1
        if back and out[back - 1].kind in _TIMELY | {"^", "|"}:
            del out[back:]
        out.append(piece)
    return out


def _is_filler(piece: Piece, text: str) -> bool:
    return piece.end - piece.start <= 8 and _FILLER.fullmatch(text, piece.start, piece.end) is not None


def _settle_amounts(pieces: list[Piece]) -> None:
    """Leave only the quantities that something is counted with: "头疼三天" is no time."""
    for index, piece in enumerate(pieces):
        if piece.kind != AMOUNT:
            continue
        before = pieces[index - 1].kind if index else ""
        after = pieces[index + 1].kind if index + 1 < len(pieces) else ""
        if before == "," and index > 1:
            before = pieces[index - 2].kind
            before = before if before == "K" else ""
        if before == OTHER and index > 1 and pieces[index - 2].value == "start":
            before = pieces[index - 2].kind
        if after == "," and index + 2 < len(pieces):
            after = pieces[index + 2].kind
        if before not in _BESIDE_AMOUNT_BEFORE and before != "K" and after not in _BESIDE_AMOUNT_AFTER:
            piece.kind = OTHER


def _carry_weeks(pieces: list[Piece]) -> list[Piece]:
    """Let the week that was named go on: in "下周二不行，周三呢" both days are of that week."""
    out: list[Piece] = []
    which: Piece | None = None
    for index, piece in enumerate(pieces):
        if piece.kind == WHICH:
            which = piece if piece.value in _WISHED and _names_week(pieces, index) else None
        elif piece.kind == WEEKDAY and which is not None and _stands_free(pieces, index):
            out.append(Piece(WHICH, piece.start, piece.start, which.value))
        out.append(piece)
    return out


def _names_week(pieces: list[Piece], index: int) -> bool:
    after = pieces[index + 1] if index + 1 < len(pieces) else None
    return after is not None and (after.kind == WEEKDAY or after.value == "week")


def _stands_free(pieces: list[Piece], index: int) -> bool:
    """Say whether nothing before a weekday already says which one it is."""
    before = pieces[index - 1].kind if index else ""
    behind = index > 1 and before == "f"
    return before not in "NjTL-oD|" and not (behind and pieces[index - 2].kind in "ug|")
