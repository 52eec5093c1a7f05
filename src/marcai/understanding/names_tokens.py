"""An utterance cut into words for the finding of names; spans point into the original text."""

import re
from typing import Literal, NamedTuple

from marcai.understanding.names_people import TO_SIMPLIFIED
from marcai.understanding.names_sound import plain

LONGEST_TEXT = 4000
"""Nobody names a doctor after so many characters; what follows is not read, which bounds the work."""

_TOKEN = re.compile(r"([^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_\u3400-\u9fff]+)*)|([\u3400-\u9fff]+)|(\d+)|\S")

Kind = Literal["word", "chinese", "number", "mark"]
_KINDS: tuple[Kind, ...] = ("mark", "word", "chinese", "number")


class Token(NamedTuple):
    """A Latin word (folded), a run of Chinese characters (Simplified), a number or a single mark."""

    start: int
    end: int
    word: str
    kind: Kind


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of the text in order; an English possessive 's is no part of its word."""
    found = []
    for match in _TOKEN.finditer(text, 0, LONGEST_TEXT):
        start, end = match.span()
        kind = _KINDS[match.lastindex or 0]
        word = match.group()
        if kind == "word":
            if len(word) > 3 and word[-2] in "'’" and word[-1] in "sS":
                word, end = word[:-2], end - 2
            word = plain(word)
        elif kind == "chinese":
            word = word.translate(TO_SIMPLIFIED)
        found.append(Token(start, end, word, kind))
    return found
