"""Folding of text for comparison. Knows no language."""

import unicodedata


def folded(text: str) -> str:
    """Return the text in lower case, width-folded and without accents: "Íris  Nóbrega" -> "iris  nobrega"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))
