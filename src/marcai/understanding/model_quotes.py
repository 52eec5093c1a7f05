"""Where a quote stands in a message, whatever its case, accents, widths and blanks."""

import unicodedata

from marcai.kit.text import folded

LONGEST_QUOTE = 300
_EDGES = " \t\n\r\"'“”‘’«».,;:!?…"


def span_of_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Return from where to where the quote stands in the text, whole words only; None where it does not."""
    if len(quote) > LONGEST_QUOTE:
        return None
    wanted = _read(quote.strip(_EDGES))[0].strip()
    if not any(c.isalnum() for c in wanted):
        return None
    said, places = _read(text)
    at = said.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if _is_cut(said, at) and _is_cut(said, end):
            return places[at], places[end - 1] + 1
        at = said.find(wanted, at + 1)
    return None


def _read(text: str) -> tuple[str, list[int]]:
    """Return the folded text, blanks joined and invisible characters dropped, and where each letter stood."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character.isascii() and character.isprintable() and character != " ":
            letters.append(character.lower())
            places.append(place)
            continue
        if unicodedata.category(character) in ("Cf", "Cc", "Mn") and not character.isspace():
            continue
        for letter in " " if character.isspace() else folded(character):
            if letter == " " and (not letters or letters[-1] == " "):
                continue
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


def _is_cut(said: str, at: int) -> bool:
    """Return whether a word begins or ends here; Chinese has no blanks, so that every place is one."""
    if at in (0, len(said)):
        return True
    left, right = said[at - 1], said[at]
    return not (left.isalnum() and right.isalnum()) or left > "\u3000" or right > "\u3000"
