"""Folding that keeps positions: one character in, one character out.

So a span that was found in the folded text is a span of the text itself. Lower case, no accents, full-width forms
narrowed, Traditional characters simplified, curly quotes straightened.
"""

import unicodedata

from marcai.understanding.hanzi import SIMPLIFIED

_QUOTES = {"\u2019": "'", "\u2018": "'", "\u00b4": "'", "`": "'", "\u201c": '"', "\u201d": '"'}


class _Fold(dict[int, str]):
    """A translation table that works out each character once, when it first comes by."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        simple = SIMPLIFIED.get(code) or _QUOTES.get(character)
        if simple is None:
            bare = [c for c in unicodedata.normalize("NFKD", character.lower()) if not unicodedata.combining(c)]
            simple = bare[0] if bare else character
        self[code] = simple
        return simple


_FOLD = _Fold()


def aligned(text: str) -> str:
    """Return the folded text, of exactly the same length: "Não, às 15ｈ" -> "nao, as 15h"."""
    return text.translate(_FOLD)
