"""A small language for the wordings that a lexicon lists, and the search for all of them in one pass.

A cue of a spaced language (Portuguese, English) is a sequence of words: `stem*` is any word that begins so, `(a|b c)`
one of several, `x?` may be missing, `..` lets two words stand between and `...` five, never over the end of a sentence;
`<number>` is digits, a lone `$` the end of the message. Apostrophes may be left out by the writer. A cue of an unspaced language
(Chinese) is a sequence of characters with the same groups and `?`, and `…` for at most eight characters of one clause.

A cue is tried only where its first word (or character) stands, so that the work is linear in the length of the text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

Script = Literal["spaced", "unspaced"]

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_DEFINITION = re.compile(r"([A-Z]+) = (.+)")
_HEADING = re.compile(r"\[(\S+) ([0-9.]+)\]")
_NAMED = re.compile(r"\{([A-Z]+)\}")
_SEPARATOR = r"[^\w.!?;\n]{1,3}"
_GAPS = {"..": rf"(?:[\w']+{_SEPARATOR}){{0,2}}?", "...": rf"(?:[\w']+{_SEPARATOR}){{0,5}}?"}
_LAST_GAPS = {"..": rf"(?:{_SEPARATOR}[\w']+){{0,2}}?", "...": rf"(?:{_SEPARATOR}[\w']+){{0,5}}?"}
_OPEN_GROUP = re.compile(r"\((?!\?)")
_HANZI_GAP = r"[^。！？!?，,；;\n]{0,8}?"


@dataclass(frozen=True, slots=True)
class Cue:
    """One wording: what it speaks for, how strongly, and the expression that finds it."""

    label: str
    weight: float
    source: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a cue stands in the folded text."""

    label: str
    weight: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The cues of one language, by the word or character that they begin with."""

    script: Script
    exact: Mapping[str, tuple[Cue, ...]]
    stems: Mapping[str, tuple[Cue, ...]]
    stem_lengths: tuple[int, ...]


def lexicon(script: Script, text: str) -> Lexicon:
    """Return the cues of a wordings file, ready for `find`.

    `[label weight]` opens a block with a wording a line; `NAME = wording` lets later lines say `{NAME}`; a line that
    begins with "# " is a comment.
    """
    exact: dict[str, list[Cue]] = {}
    stems: dict[str, list[Cue]] = {}
    named: dict[str, str] = {}
    label, weight = "", 0.0
    for line in text.splitlines():
        if not line or line.startswith("# "):
            continue
        if definition := _DEFINITION.fullmatch(line):
            named[definition[1]] = definition[2]
        elif heading := _HEADING.fullmatch(line):
            label, weight = heading[1], float(heading[2])
        else:
            wording = _NAMED.sub(lambda name: named[name[1]], line)
            cue = Cue(label, weight, _spaced(wording) if script == "spaced" else _unspaced(wording))
            for first in _first_words(wording) if script == "spaced" else _first_characters(wording):
                target, key = (stems, first[:-1]) if first.endswith("*") else (exact, first)
                same_start = target.setdefault(key.replace("'", ""), [])
                if cue not in same_start:
                    same_start.append(cue)
    return Lexicon(
        script,
        {key: tuple(cues) for key, cues in exact.items()},
        {key: tuple(cues) for key, cues in stems.items()},
        tuple(sorted({len(key) for key in stems})),
    )


def find(folded: str, known: Lexicon) -> list[Hit]:
    """Return every place where a cue stands, by where it begins."""
    return _find_spaced(folded, known) if known.script == "spaced" else _find_unspaced(folded, known)


def _find_spaced(folded: str, known: Lexicon) -> list[Hit]:
    hits: list[Hit] = []
    exact, stems = known.exact, known.stems
    for word in _WORD.finditer(folded):
        text, start = word.group(), word.start()
        if "'" in text:
            text = text.replace("'", "")
        cues = exact.get(text, ())
        for length in known.stem_lengths:
            if length > len(text):
                break
            cues += stems.get(text[:length], ())
        for cue in cues:
            if found := _expression(cue.source).match(folded, start):
                hits.append(Hit(cue.label, cue.weight, start, found.end()))
    return hits


def _find_unspaced(folded: str, known: Lexicon) -> list[Hit]:
    hits: list[Hit] = []
    exact = known.exact
    for start, character in enumerate(folded):
        if character in exact:
            for cue in exact[character]:
                if found := _expression(cue.source).match(folded, start):
                    hits.append(Hit(cue.label, cue.weight, start, found.end()))
    return hits


@cache
def _expression(source: str) -> re.Pattern[str]:
    """Return the compiled expression; compiled when it is first needed, since most never are."""
    return re.compile(source)


def _split(wording: str, at: str) -> list[str]:
    """Split at the marks that stand outside parentheses."""
    parts, depth, part = [], 0, ""
    for character in wording:
        depth += (character == "(") - (character == ")")
        if character == at and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += character
    return [p for p in (*parts, part) if p]


def _is_group(element: str) -> bool:
    return element.startswith("(")


def _alternatives(group: str) -> list[str]:
    return _split(group.removesuffix("?")[1:-1], "|")


def _one(element: str) -> str:
    """Return the expression of one word or one group, without its question mark."""
    if _is_group(element):
        return "(?:" + "|".join(map(_spaced, _alternatives(element))) + ")"
    word = element.removesuffix("?")
    if word == "<number>":
        return r"\d+(?!\w)"
    tail = r"\w*" if word.endswith("*") else r"(?!\w)"
    return (re.escape(word.removesuffix("*")) + tail).replace("'", "'?")


def _spaced(wording: str) -> str:
    expression, first = "", True
    elements = _split(wording, " ")
    for place, element in enumerate(elements):
        if element == "$":
            expression += r"(?=\W*$)"
        elif element in _GAPS:
            if all(later == "$" or later in _GAPS for later in elements[place + 1 :]):
                expression += _LAST_GAPS[element]
            else:
                expression += _SEPARATOR + _GAPS[element] if not first else _GAPS[element]
                first = True  # the gap brought its own separators
        elif element.endswith("?"):
            expression += f"(?:{_one(element)}{_SEPARATOR})?" if first else f"(?:{_SEPARATOR}{_one(element)})?"
        else:
            expression += _one(element) if first else _SEPARATOR + _one(element)
            first = False
    return expression


def _first_words(wording: str) -> list[str]:
    firsts: list[str] = []
    for element in _split(wording, " "):
        if _is_group(element):
            firsts += [word for alternative in _alternatives(element) for word in _first_words(alternative)]
        else:
            firsts.append(element.removesuffix("?"))
        if not element.endswith("?"):
            break
    return list(dict.fromkeys(firsts))


def _unspaced(wording: str) -> str:
    return _OPEN_GROUP.sub("(?:", wording).replace("…", _HANZI_GAP).replace("$", r"(?=\W*$)")


def _first_characters(wording: str) -> list[str]:
    """Return the characters that a wording may begin with; an opening group may be left out."""
    if wording[0] == "(":
        end = _closing(wording)
        firsts = [first for alternative in _split(wording[1:end], "|") for first in _first_characters(alternative)]
        rest = wording[end + 1 :]
        return list(dict.fromkeys(firsts + (_first_characters(rest[1:]) if rest[:1] in ("?", "*") and rest[1:] else [])))
    if wording[0] == "[":
        return list(wording[1 : wording.index("]")])
    return [wording[0], *(_first_characters(wording[2:]) if wording[1:2] == "?" and wording[2:] else [])]


def _closing(wording: str) -> int:
    """Return where the group that opens the wording closes."""
    depth = 0
    for place, character in enumerate(wording):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place
    raise ValueError("a wording has a group that never closes")
