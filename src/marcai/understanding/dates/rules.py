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


def first_letters(pattern: str) -> set[str]:
    """Return the letters with which a match of a compiled pattern can begin.

    Raises:
        ValueError: the pattern matches nothing at all as well, which no rule may.
    """
    letters, empty, _ = _of_alternatives(pattern, 0)
    if empty:
        raise ValueError(pattern)
    return letters


_Begin = tuple[set[str], bool, int]
"""The letters that can come first, whether nothing may stand there, and the index behind."""


def _of_alternatives(pattern: str, at: int) -> _Begin:
    letters, empty, at = _of_sequence(pattern, at)
    while pattern[at : at + 1] == "|":
        more, may_be_empty, at = _of_sequence(pattern, at + 1)
        letters, empty = letters | more, empty or may_be_empty
    return letters, empty, at


def _of_sequence(pattern: str, at: int) -> _Begin:
    letters: set[str] = set()
    empty = True
    while at < len(pattern) and pattern[at] not in "|)":
        atom, optional, at = _of_atom(pattern, at)
        if pattern[at : at + 1] == "?":
            optional, at = True, at + 1
        elif pattern[at : at + 1] == "{":
            optional, at = optional or pattern[at + 1] == "0", pattern.index("}", at) + 1
        if empty:
            letters |= atom
        empty = empty and optional
    return letters, empty, at


def _of_atom(pattern: str, at: int) -> _Begin:
    if pattern.startswith("(?:", at):
        letters, empty, at = _of_alternatives(pattern, at + 3)
        return letters, empty, at + 1
    if pattern[at] == "(":  # what is only looked at
        behind = at + 4 if pattern[at + 2] == "<" else at + 3
        return set(), True, _of_alternatives(pattern, behind)[2] + 1
    if pattern[at] in "^$":
        return set(), True, at + 1
    if pattern[at] == "[":
        end = pattern.index("]", at)
        return set(pattern[at + 1 : end]), False, end + 1
    return ({pattern[at + 1]}, False, at + 2) if pattern[at] == "\\" else ({pattern[at]}, False, at + 1)


class Pass:
    """Rules that are tried together, once over the text; at one place the first that fits and can be built wins."""

    def __init__(self, *rules: Rule, needs: str = "") -> None:
        """Make a pass of rules; a text without any of the kinds named in `needs` is not looked at.

        The rules are sorted by the kinds with which they can begin, so that most are never tried.
        """
        self._needs = frozenset(_LETTERS[name] for name in needs.split())
        self._builders = [builder for _, builder in rules]
        patterns = [compiled(pattern) for pattern, _ in rules]
        self._matches = [re.compile(pattern).match for pattern in patterns]
        beginning: dict[str, list[int]] = {}
        for rule, pattern in enumerate(patterns):
            for letter in first_letters(pattern):
                beginning.setdefault(letter, []).append(rule)
        self._beginning = {
            letter: (re.compile("|".join(f"({patterns[rule]})" for rule in rules)).match, rules) for letter, rules in beginning.items()
        }

    def rewrite(self, letters: str, pieces: list[Piece]) -> tuple[str, list[Piece]]:
        """Return the pieces with every match replaced by what its builder made of it.

        A builder that answers None lets the later rules try at the same place; where all do, the pieces stay.
        """
        if self._needs and self._needs.isdisjoint(letters):
            return letters, pieces
        out: list[Piece] = []
        at, done, count, beginning = 0, 0, len(letters), self._beginning
        while at < count:
            begins = beginning.get(letters[at])
            match = begins[0](letters, at) if begins is not None else None
            if match is None or begins is None:
                at += 1
                continue
            built, end = self._build(match, begins[1], letters, pieces)
            if built is None:
                at += 1
                continue
            out.extend(pieces[done:at])
            if isinstance(built, Piece):
                out.append(built)
            else:
                out.extend(built)
            at = done = end
        if not done:
            return letters, pieces
        out.extend(pieces[done:])
        return "".join([piece.kind for piece in out]), out

    def _build(self, match: re.Match[str], rules: list[int], letters: str, pieces: list[Piece]) -> tuple[Built, int]:
        """Return what the first willing rule builds at the place of the match, and where that ends."""
        start, end = match.span()
        tried = (match.lastindex or 1) - 1
        built = self._builders[rules[tried]](pieces[start:end])
        for rule in rules[tried + 1 :] if built is None else ():
            later = self._matches[rule](letters, start)
            if later is not None:
                end = later.end()
                built = self._builders[rule](pieces[start:end])
                if built is not None:
                    break
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
