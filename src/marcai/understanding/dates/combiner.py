"""Brings constituents together: pieces of a text, in any language -> finished expressions, in the order of the text."""

from marcai.understanding.dates.amounts import AMOUNTS
from marcai.understanding.dates.clocks import CLOCKS
from marcai.understanding.dates.constituents import KINDS, ClockRange, Expression, Moment, Piece
from marcai.understanding.dates.day_rules import DAYS
from marcai.understanding.dates.day_shifts import DAY_JOINS, DAY_SHIFTS
from marcai.understanding.dates.joins import EXCLUSIONS, MOMENTS, OPENS, PARTS, RANGES, RANGES_IN_PARTS, as_moment
from marcai.understanding.dates.rules import Pass, Rule

_BUILT = frozenset("DKJEp#%")
_WEAK_BEFORE = frozenset("wmruepaoO1234yNDcb@niFTLBWSv><YlZqQf/-RX!")
_WEAK_AFTER = frozenset("wmruepaoO1234yNDcbKTLBFlZqQg")
_REACH = 12
_CORRECTION = KINDS["correction"]


class Combiner:
    """The shared grammar, with a language's own rules before it where it has any."""

    def __init__(
        self, *, amounts: tuple[Rule, ...] = (), clocks: tuple[Rule, ...] = (), days: tuple[Rule, ...] = (), joins: tuple[Rule, ...] = ()
    ) -> None:
        moments = Pass(*joins, *MOMENTS, needs="day moment clock_range")
        self._passes = (
            Pass(*amounts, *AMOUNTS, needs="unit time_unit"),
            Pass(*clocks, *CLOCKS),
            Pass(*days, *DAYS),
            Pass(*DAY_JOINS, needs="day"),
            Pass(*DAY_SHIFTS, needs="day amount"),
            Pass(*EXCLUSIONS, needs="not except"),
            Pass(*PARTS, needs="part"),
            Pass(*RANGES, needs="clock part"),
            Pass(*RANGES_IN_PARTS, needs="clock_range"),
            moments,
            Pass(*OPENS, needs="moment clock day part"),
            moments,
        )

    def expressions(self, pieces: list[Piece]) -> list[tuple[int, int, Expression]]:
        """Return the expressions with their spans."""
        letters = "".join([piece.kind for piece in pieces])
        if letters.strip("x.,-/&") == "":
            return []
        letters, pieces = _settle_weak(letters, pieces)
        for one in self._passes:
            letters, pieces = one.rewrite(letters, pieces)
        return _corrected(_excluded(pieces))


def _settle_weak(letters: str, pieces: list[Piece]) -> tuple[str, list[Piece]]:
    """Make words that are something else as often `other`, unless a neighbour speaks of time or they stand alone."""
    changed = False
    alone = len(letters.strip(".,-")) == 1
    for index, piece in enumerate(pieces):
        if not piece.weak or alone:
            continue
        before = letters[index - 1] if index else ""
        if before in (",", ".") and index > 1 and before == ",":
            before = letters[index - 2]
        if before == "t" and index > 1:
            before = letters[index - 2] if letters[index - 2] != "x" else before
        after = letters[index + 1] if index + 1 < len(letters) else ""
        if after == "." and index + 2 < len(letters) and letters[index + 2] in "1234oO":
            after = letters[index + 2]
        if after in (",", "/", "-", "f", "t") and index + 2 < len(letters):
            after = letters[index + 2]
        if before in _WEAK_BEFORE or (after in _WEAK_AFTER and not (index + 1 < len(pieces) and pieces[index + 1].weak)):
            continue
        if after in ("@", ">", "<") and before != "x":
            continue
        piece.kind = KINDS["other"]
        changed = True
    return ("".join([piece.kind for piece in pieces]) if changed else letters), pieces


def _excluded(pieces: list[Piece]) -> list[tuple[Piece | None, Expression | None]]:
    """Return the built pieces with their expressions, and None for the marks of correction between them."""
    found: list[tuple[Piece | None, Expression | None]] = []
    for index, piece in enumerate(pieces):
        if piece.kind == _CORRECTION:
            found.append((piece, None))
        elif piece.kind in _BUILT:
            before = _before(pieces, index)
            after = pieces[index + 1].kind if index + 1 < len(pieces) else ""
            out = (
                piece.kind == "%"
                or before in ("!", "X")
                or after == "V"
                or (after == "," and index + 2 < len(pieces) and pieces[index + 2].kind == "V")
            )
            meant = piece.value if piece.kind == "#" else as_moment(piece)
            found.append((piece, Expression(meant, out)))  # type: ignore[arg-type]
    return found


def _before(pieces: list[Piece], index: int) -> str:
    """Return the kind of the piece that governs one: small words and days that are listed with it are passed over."""
    index -= 1
    farthest = max(-1, index - _REACH)
    while index > farthest and pieces[index].kind in "tn@iRFf&":
        if pieces[index].kind == "&" and index > 1 and pieces[index - 1].kind in _BUILT:
            index -= 1
        index -= 1
    return pieces[index].kind if index >= 0 else ""


def _corrected(found: list[tuple[Piece | None, Expression | None]]) -> list[tuple[int, int, Expression]]:
    """Drop what the same breath takes back; the correction inherits what it does not say anew."""
    kept: list[tuple[int, int, Expression]] = []
    taken_back = False
    for piece, expression in found:
        if expression is None:
            taken_back = bool(kept)
            continue
        assert piece is not None
        merged = _merged(kept[-1][2], expression) if taken_back else None
        if merged is not None:
            kept.pop()
        taken_back = False
        kept.append((piece.start, piece.end, merged or expression))
    return kept


def _merged(old: Expression, new: Expression) -> Expression | None:
    """Return the new expression with what it leaves unsaid from the old; None if it corrects nothing of the old."""
    if old.excluded or new.excluded or not isinstance(old.meant, Moment) or not isinstance(new.meant, Moment):
        return new if not old.excluded and not new.excluded and type(old.meant) is type(new.meant) else None
    before, after = old.meant, new.meant
    if after.day is not None and after.time is None:
        keeps_time = before.day is not None and before.time is not None and not isinstance(before.time, ClockRange)
        return None if before.day is None else Expression(Moment(after.day, before.time if keeps_time else None))
    if after.day is None:
        return Expression(Moment(before.day, after.time)) if before.time is not None else None
    return new
