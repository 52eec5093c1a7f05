"""The scanner for languages that put spaces between words: text and lexicon -> constituents.

One pass over the tokens. Phones, prices, sizes, ages of machines and house numbers become `other` here, so that no rule
has to think of them.
"""

import re
import unicodedata

from marcai.understanding.dates.constituents import KINDS, Clock, Piece
from marcai.understanding.dates.lexicon import TOKEN, Lexicon, Row
from marcai.understanding.dates.shapes import OTHER, clock_of, number_kind, shape_pieces

ORDINAL = KINDS["ordinal"]
EARLY_ORDINAL = KINDS["first_or_second"]
LITERAL = KINDS["literal"]
MONTH = KINDS["month"]
CUES = frozenset(
    KINDS[name]
    for name in (
        "at",
        "on",
        "from",
        "to",
        "till",
        "between",
        "weekday",
        "month",
        "relative_day",
        "for",
        "the",
        "after",
        "before",
        "by",
        "starting",
    )
)
STREET_REACH = 4


class _Fold(dict[int, str | int]):
    """Maps each character to its small form without accent, one to one, so that positions stay."""

    def __missing__(self, code: int) -> str | int:
        char = chr(code)
        base = unicodedata.normalize("NFKD", char)[:1].casefold()
        folded: str | int = base if len(base) == 1 and not unicodedata.combining(base) else code
        if code < 0x2100 or 0xFF00 <= code < 0xFFF0:
            self[code] = folded
        return folded


_FOLD = _Fold()
_FOLD.update({ord(c): "-" for c in "‐‑‒–—―−~～"} | {ord(c): "'" for c in "’‘`´"} | {ord("·"): "."})


def flat(text: str) -> str:
    """Return the text in small letters without accents, character for character."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


def without_mail(text: str) -> str:
    """Return the text with every mail address struck out, character for character."""
    done, at = 0, text.find("@")
    while at != -1:
        start, end = at, at + 1
        while start > done and not text[start - 1].isspace():
            start -= 1
        while end < len(text) and not text[end].isspace():
            end += 1
        dot = text.rfind(".", at, end)
        if start < at and dot != -1 and text[dot + 1 : dot + 2].isalpha():
            text = text[:start] + "x" * (end - start) + text[end:]
        done = end
        at = text.find("@", end)
    return text


def _spoken_number(tokens: list[re.Match[str]], at: int, lexicon: Lexicon) -> tuple[int, int, bool]:
    """Read a number in words from `at`; return its value, the index behind it, and whether it is an ordinal."""
    numbers, ordinals = lexicon.numbers, lexicon.ordinals
    word = tokens[at][0]
    if word in ordinals and word not in numbers:
        value = ordinals[word]
        if value >= 20 and value % 10 == 0 and at + 1 < len(tokens) and 0 < ordinals.get(tokens[at + 1][0], 99) < 10:
            return value + ordinals[tokens[at + 1][0]], at + 2, True
        return value, at + 1, True
    total, last, index = 0, numbers[word], at + 1
    if lexicon.years_in_pairs and last == 20 and not (at and tokens[at - 1][0] == "at"):
        year, behind = _year_in_pairs(tokens, index, lexicon)
        if year:
            return year, behind, False
    while index < len(tokens):
        word = tokens[index][0]
        step = index
        joined = word in lexicon.joiners or (word == "-" and tokens[index].start() == tokens[index - 1].end())
        if joined and index + 1 < len(tokens):
            step, word = index + 1, tokens[index + 1][0]
        if word in lexicon.hundreds and 0 < last < 10 and not joined:
            last, index = last * 100, step + 1
        elif word in lexicon.thousands and 0 < last < 1000 and not joined:
            total, last, index = total + last * 1000, 0, step + 1
        elif word in ordinals and word not in numbers and 20 <= last < 100 and last % 10 == 0 and ordinals[word] < 10 and (word != "-"):
            return total + last + ordinals[word], step + 1, True
        elif word in numbers and _fits(total, last, numbers[word], tokens[index][0] if joined else "", lexicon):
            last, index = last + numbers[word], step + 1
        else:
            break
    return total + last, index, False


def _year_in_pairs(tokens: list[re.Match[str]], at: int, lexicon: Lexicon) -> tuple[int, int]:
    """Return the year of "twenty seventeen", "twenty twenty six", and the index behind it; 0 if there is none."""
    second = lexicon.numbers.get(tokens[at][0], 0) if at < len(tokens) else 0
    if not 16 <= second <= 50:
        return 0, at
    unit = lexicon.numbers.get(tokens[at + 1][0], 0) if second % 10 == 0 and at + 1 < len(tokens) else 0
    return (2000 + second + unit, at + 2) if 0 < unit < 10 else (2000 + second, at + 1)


def _fits(total: int, last: int, more: int, joiner: str, lexicon: Lexicon) -> bool:
    """Say whether a further number word belongs to the number so far."""
    if last % 100 >= 20 and last % 10 == 0 and last < 1000:
        return 0 < more < 10 and (not joiner or joiner == "-" or not lexicon.month_first)
    if last >= 100 and last % 100 == 0:
        return 0 < more < 100
    return last == 0 and total >= 1000 and 0 < more < 1000


def _is_address(tokens: list[re.Match[str]], index: int, lexicon: Lexicon) -> bool:
    """Say whether a street's noun follows closely, so that what stands here is a house number or a street's name."""
    for token in tokens[index + 1 : index + STREET_REACH]:
        if token[0] in lexicon.streets:
            return True
        if not token[0].isalpha() or token[0] in lexicon.numbers:
            return False
    return False


class _Scan:
    """One text being scanned."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.text = flat(text) if "@" not in text else without_mail(flat(text))
        self.tokens = list(TOKEN.finditer(self.text))
        self.words = [token[0] for token in self.tokens]
        self.pieces: list[Piece] = []
        self.muted = 0

    def other(self, start: int, end: int) -> None:
        """Add a stretch without meaning for time, joined to one before it."""
        if self.pieces and self.pieces[-1].kind == OTHER:
            self.pieces[-1].end = end
        else:
            self.pieces.append(Piece(OTHER, start, end))

    def run(self) -> list[Piece]:
        """Return the constituents of the whole text."""
        index, count, words, tokens, pieces = 0, len(self.words), self.words, self.tokens, self.pieces
        lexicon = self.lexicon
        phrases, numbers, ordinals, things = lexicon.phrases, lexicon.numbers, lexicon.ordinals, lexicon.things
        while index < count:
            word = words[index]
            begins = phrases.get(word)
            if begins is not None:
                behind = self.longest(index, begins)
                if behind:
                    index = behind
                    continue
            if "0" <= word[0] <= "9":
                index = self.digits(index)
            elif word in numbers or word in ordinals:
                index = self.spoken(index)
            else:
                if word in things:
                    self.muted = 3
                elif self.muted:
                    self.muted -= 1
                token = tokens[index]
                if pieces and pieces[-1].kind == OTHER:
                    pieces[-1].end = token.end()
                else:
                    pieces.append(Piece(OTHER, token.start(), token.end()))
                index += 1
        return pieces

    def longest(self, index: int, begins: dict[str, list[Row]]) -> int:
        """Add the longest phrase that begins here; return the index behind it, 0 if there is none."""
        if index + 1 < len(self.words):
            rows = begins.get(self.words[index + 1])
            behind = self.phrase(index, rows) if rows is not None else 0
            if behind:
                return behind
        rows = begins.get("")
        return self.phrase(index, rows) if rows is not None else 0

    def phrase(self, index: int, rows: list[Row]) -> int:
        """Add the first phrase of the rows that stands here; return the index behind it, 0 if there is none."""
        for rest, entry, weak, named in rows:
            behind = index + 1
            if rest:
                behind += len(rest)
                if self.words[index + 1 : behind] != rest:
                    continue
            start, end = self.tokens[index].start(), self.tokens[behind - 1].end()
            if named and _is_address(self.tokens, behind - 1, self.lexicon):
                self.other(start, end)
                return behind
            if self.muted and entry and entry[0][0] in CUES:
                self.muted = 0
            for kind, value in entry:
                if kind == OTHER:
                    self.other(start, end)
                else:
                    self.pieces.append(Piece(kind, start, end, value, weak))
            return behind
        return 0

    def digits(self, index: int) -> int:
        """Add what a token of digits and marks is; return the index behind it."""
        lexicon, tokens = self.lexicon, self.tokens
        token = tokens[index]
        start, end = token.start(), token.end()
        text = token[0]
        before = self.text[start - 1 : start]
        after = tokens[index + 1][0] if index + 1 < len(tokens) else ""
        tight = bool(after) and tokens[index + 1].start() == end
        glued = before.isalpha() and (not self.pieces or self.pieces[-1].kind == OTHER)
        price = index and tokens[index - 1][0] in lexicon.currencies
        sized = tight and (after in lexicon.measures or (after[0].isalpha() and not self.known(after)))
        ordinal = tight and text.isdigit() and len(text) <= 2 and after in lexicon.ordinal_marks
        if glued or price or sized or self.muted or after in lexicon.measures or _is_address(tokens, index + ordinal, lexicon):
            self.other(start, end)
            self.muted = 1 if self.muted else 0
            return index + 1
        if tight and text.isdigit() and len(text) <= 2:
            if after in lexicon.ordinal_marks:
                if index + 2 < len(tokens) and tokens[index + 2][0] in lexicon.counted and not self._after_month():
                    self.other(start, tokens[index + 1].end())
                    return index + 2
                if 0 < int(text) <= 31:
                    self.pieces.append(Piece(ORDINAL, start, tokens[index + 1].end(), int(text)))
                    return index + 2
            elif after in lexicon.hour_marks:
                return self.hours(index, text)
        pieces = shape_pieces(text, start, lexicon.month_first)
        if pieces is None:
            self.other(start, end)
        else:
            self.pieces.extend(pieces)
            dotted = index + 3 < len(tokens) and tokens[index + 2][0] == "." and tokens[index + 3][0] == "m"
            if tight and after in lexicon.glued_meridiems and not dotted:
                self.pieces.append(Piece(KINDS["meridiem"], end, tokens[index + 1].end(), lexicon.glued_meridiems[after]))
                return index + 2
        return index + 1

    def _after_month(self) -> bool:
        return bool(self.pieces) and self.pieces[-1].kind == MONTH

    def known(self, word: str) -> bool:
        """Say whether a word that is glued to digits is one of the language's."""
        lexicon = self.lexicon
        return word in lexicon.phrases or word in lexicon.ordinal_marks or word in lexicon.hour_marks or word in lexicon.glued_meridiems

    def hours(self, index: int, text: str) -> int:
        """Add a time such as 9h, 9h30 or 19h00m."""
        tokens = self.tokens
        last, minute = index + 1, "00"
        if index + 2 < len(tokens) and tokens[index + 2].start() == tokens[last].end() and tokens[index + 2][0].isdigit():
            minute, last = tokens[index + 2][0], index + 2
        elif index + 2 < len(tokens) and tokens[index + 2].start() == tokens[last].end() and "-" in tokens[index + 2][0][1:]:
            return self.hours_and_dash(index, text)
        clock = clock_of(text, minute) if len(minute) <= 2 else None
        if clock is None:
            self.other(tokens[index].start(), tokens[last].end())
            return last + 1
        if last + 1 < len(tokens) and tokens[last + 1].start() == tokens[last].end() and tokens[last + 1][0] in ("m", "min"):
            last += 1
        self.pieces.append(Piece(LITERAL, tokens[index].start(), tokens[last].end(), clock))
        return last + 1

    def hours_and_dash(self, index: int, text: str) -> int:
        """Add "15h30-18" of "15h30-18h": the minutes and a further hour were one token."""
        tokens = self.tokens
        minute, _, rest = tokens[index + 2][0].partition("-")
        start = tokens[index].start()
        cut = tokens[index + 2].start() + len(minute)
        clock = clock_of(text, minute) if minute.isdigit() and len(minute) == 2 else None
        if clock is None or not rest.isdigit() or len(rest) > 2:
            self.other(start, tokens[index + 2].end())
            return index + 3
        self.pieces.append(Piece(LITERAL, start, cut, clock))
        self.pieces.append(Piece(KINDS["dash"], cut, cut + 1, True))
        if index + 3 < len(tokens) and tokens[index + 3][0] in self.lexicon.hour_marks:
            minute, behind = "00", index + 4
            if behind < len(tokens) and tokens[behind].start() == tokens[behind - 1].end() and tokens[behind][0].isdigit():
                minute, behind = tokens[behind][0], behind + 1
            second = clock_of(rest, minute) or Clock(0)
            self.pieces.append(Piece(LITERAL, cut + 1, tokens[behind - 1].end(), second))
            return behind
        self.pieces.append(Piece(number_kind(int(rest), rest), cut + 1, tokens[index + 2].end(), int(rest)))
        return index + 3

    def spoken(self, index: int) -> int:
        """Add a number in words; return the index behind it."""
        tokens = self.tokens
        start = tokens[index].start()
        value, behind, is_ordinal = _spoken_number(tokens, index, self.lexicon)
        end = tokens[behind - 1].end()
        if self.muted or _is_address(tokens, behind - 1, self.lexicon):
            self.muted = 1 if self.muted else 0
            self.other(start, end)
        elif is_ordinal and behind < len(tokens) and tokens[behind][0] in self.lexicon.counted and not self._after_month():
            self.other(start, end)
        elif is_ordinal:
            kind = EARLY_ORDINAL if value <= 3 else ORDINAL
            self.pieces.append(Piece(kind if value <= 31 else OTHER, start, end, value, spoken=True))
        else:
            self.pieces.append(Piece(number_kind(value), start, end, value, spoken=True))
        return behind


def scan_words(text: str, lexicon: Lexicon) -> list[Piece]:
    """Return the constituents of a text, in its order; runs of words without meaning for time are one piece."""
    return _Scan(text, lexicon).run()
