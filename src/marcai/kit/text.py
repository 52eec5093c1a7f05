"""Folding of text for comparison. Knows no language."""

import unicodedata


def folded(text: str) -> str:
    """Return the text in lower case, width-folded and without accents: "Íris  Nóbrega" -> "iris  nobrega"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def digits(text: str) -> str:
    """Return only the digits of a text, whatever the script that they are written in: "(604) 555-0１00" -> "6045550100"."""
    return "".join(str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None and c.isdecimal())
