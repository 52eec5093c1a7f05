"""Quantities of time: "two and a half hours", "3 weeks", "a month"."""

from typing import cast

from marcai.understanding.dates.constituents import Amount, Piece, Unit
from marcai.understanding.dates.rules import Built, Pass, Rule, every, first, joined

_FINER: dict[str, tuple[float, Unit]] = {"week": (7, "day"), "month": (30, "day"), "year": (12, "month"), "day": (24, "hour")}


def number_of(piece: Piece | None) -> float:
    """Return the number that a piece counts, 1 for an article or none."""
    if piece is None or piece.value is None:
        return 1
    if isinstance(piece.value, tuple):
        return float(f"{piece.value[0]}.{piece.value[1]}")
    return float(cast("int", piece.value))


def pair(number: float, unit: Unit) -> tuple[float, Unit]:
    """Return the pair in whole units where a fraction of a unit is said in finer ones ("half a day")."""
    if number != int(number) and unit in _FINER:
        factor, finer = _FINER[unit]
        return number * factor, finer
    return number, unit


def _counted(parts: list[Piece]) -> Built:
    pairs = []
    number: Piece | None = None
    for piece in parts:
        if piece.kind in "uUe":
            unit = cast("Unit", piece.value if piece.kind != "e" else "weekend")
            pairs.append(pair(number_of(number), unit))
            number = None
        elif piece.kind in "12349kzysA":
            number = piece
    return joined("amount", parts, Amount(tuple(pairs)))


def _with_fraction(parts: list[Piece]) -> Built:
    unit = first(parts, "time_unit", "unit")
    fraction = first(parts, "fraction")
    if unit is None or fraction is None:
        return None
    number = first(parts, "quantity")
    whole = number_of(number) if number is not None else 1.0
    return joined("amount", parts, Amount((pair(whole + cast("int", fraction.value) / 60, cast("Unit", unit.value)),)))


def _only_fraction(parts: list[Piece]) -> Built:
    unit, fraction = every(parts, "time_unit", "unit")[0], every(parts, "fraction")[0]
    return joined("amount", parts, Amount((pair(cast("int", fraction.value) / 60, cast("Unit", unit.value)),)))


AMOUNTS: tuple[Rule, ...] = (
    ("article? fraction of? article? (time_unit|unit)", _only_fraction),
    ("quantity and article? fraction (time_unit|unit)", _with_fraction),
    ("(quantity|article) (time_unit|unit) and article? fraction (?! hour | past | minus | to)", _with_fraction),
    ("quantity (time_unit|unit) (and|comma)? quantity (time_unit|unit)", _counted),
    ("(quantity|decimal) more? (unit|time_unit|week_end)", _counted),
    ("article more? (unit|time_unit) (?! hour)", _counted),
)

DEFAULT = Pass(*AMOUNTS)
