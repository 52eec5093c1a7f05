"""How rules are written and applied: patterns over kinds of constituents, each with a builder.

A pattern is a regular expression in which names of kinds stand for constituents: `"weekday comma? the? ordinal"`. The
pieces of a text are matched as one string of letters, one a piece, so that a pass costs one search for each hit and no
pattern can repeat without bound: work grows with the length of the text.
"""

import re
from collections.abc import Callable, Sequence

from marcai.understanding.dates.constituents import KINDS, NUMBER_CLASSES, Piece

Built = Piece | list[Piece] | None
Builder = Callable[[list[Piece]], Built]
Rule = tuple[str, Builder]

_NAMES = {name: re.escape(letter) for name, letter in KINDS.items()} | NUMBER_CLASSES
_LETTERS = KINDS | {name: letters.strip("[]") for name, letters in NUMBER_CLASSES.items()}


def compiled(pattern: str) -> str:
    """Return the pattern over letters for a pattern over names. An unknown name is a KeyError, at import.

    A repetition is bounded: `*` stands for up to four, `+` for one to four, so that a row of small words costs no more.
    """
    pattern = pattern.replace("*", "{0,4}").replace("+", "{1,4}")
    named = "".join(re.sub(r"[a-z_][a-z0-9_]*", lambda match: _NAMES[match[0]], word) for word in pattern.split())
    return re.sub(r"\((?!\?)", "(?:", named)


class Pass:
    """Rules that are tried together, once over the text; at one place the first that fits and can be built wins."""

    def __init__(self, *rules: Rule, needs: str = "") -> None:
        """Make a pass of rules; a text without any of the kinds named in `needs` is not searched.

        No rule begins with `other`, which most of a text is.
        """
        self._needs = frozenset(_LETTERS[name] for name in needs.split())
        self._builders = [builder for _, builder in rules]
        alternatives = "|".join(f"({compiled(pattern)})" for pattern, _ in rules)
        self._search = re.compile(f"(?!{KINDS['other']})(?:{alternatives})").search
        self._matches = [re.compile(compiled(pattern)).match for pattern, _ in rules]

    def rewrite(self, letters: str, pieces: list[Piece]) -> tuple[str, list[Piece]]:
        """Return the pieces with every match replaced by what its builder made of it.

        A builder that answers None lets the later rules try at the same place; where all do, the pieces stay.
        """
        if self._needs and self._needs.isdisjoint(letters):
            return letters, pieces
        match = self._search(letters)
        if match is None:
            return letters, pieces
        out: list[Piece] = []
        done = 0
        while match is not None:
            start = match.start()
            built, end = self._build(match, letters, pieces)
            if built is None:
                match = self._search(letters, start + 1)
                continue
            out.extend(pieces[done:start])
            if isinstance(built, Piece):
                out.append(built)
            else:
                out.extend(built)
            done = end
            match = self._search(letters, end)
        if not done:
            return letters, pieces
        out.extend(pieces[done:])
        return "".join([piece.kind for piece in out]), out

    def _build(self, match: re.Match[str], letters: str, pieces: list[Piece]) -> tuple[Built, int]:
        """Return what the first willing rule builds at the place of the match, and where that ends."""
        start, end = match.span()
        rule = (match.lastindex or 1) - 1
        built = self._builders[rule](pieces[start:end])
        while built is None and rule + 1 < len(self._builders):
            rule += 1
            later = self._matches[rule](letters, start)
            if later is not None:
                end = later.end()
                built = self._builders[rule](pieces[start:end])
        return built, end


def first(parts: Sequence[Piece], *names: str) -> Piece | None:
    """Return the first piece of one of the named kinds (or number classes)."""
    kinds = "".join(_LETTERS[name] for name in names)
    for piece in parts:
        if piece.kind in kinds:
            return piece
    return None


def every(parts: Sequence[Piece], *names: str) -> list[Piece]:
    """Return all pieces of the named kinds."""
    kinds = "".join(_LETTERS[name] for name in names)
    return [piece for piece in parts if piece.kind in kinds]


def joined(name: str, parts: Sequence[Piece], value: object) -> Piece:
    """Return one piece of a kind over all the parts."""
    return Piece(KINDS[name], parts[0].start, parts[-1].end, value)


def keep(parts: list[Piece]) -> Built:
    """Leave the parts as they are, and let no later rule of the pass look at them."""
    return parts
