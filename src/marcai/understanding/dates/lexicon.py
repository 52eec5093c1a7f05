"""What a language with spaces tells the word scanner: its words and phrases, and how its numbers are said."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from marcai.understanding.dates.constituents import KINDS, PartOfDay, Which

Entry = tuple[tuple[str, object], ...]
"""What a phrase stands for: (kind letter, value) for one piece or more."""

Row = tuple[list[str], Entry, bool, bool]
"""The further tokens of a phrase, what it stands for, whether it is weak, and whether a street could be named so."""

NAMES_OF_STREETS = frozenset(KINDS[name] for name in ("weekday", "month", "relative_day"))

TOKEN = re.compile(r"[0-9]+(?:[.:/-][0-9]+)*|[^\W\d_]+|\S")
"""A run of digits with marks between them, letters, or one other visible mark."""


@dataclass(slots=True)
class Lexicon:
    """The words of one language, without accents and in small letters.

    `numbers` and `ordinals` give the values of single words, `joiners` the words that may stand inside a number ("and",
    "e"), `hundreds` and `thousands` those that multiply. `month_first` says how 4/7 is read, `years_in_pairs` whether
    "twenty twenty six" is a year. `ordinal_marks`, `hour_marks` and `glued_meridiems` follow digits ("3rd", "9h30", "9a").
    No times are numbers soon behind `things` ("room 12"), before `measures` ("50 mg", "3 people"), behind `currencies`,
    before `streets`, or ordinals before `counted` ("the 2nd option").

    `phrases` maps a first token and a second (or "") to the rows of phrases that begin so, longest first; a weak one is
    another word as well ("may"): it counts only beside a neighbour that speaks of time, or alone.
    """

    month_first: bool
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    ordinal_marks: frozenset[str]
    joiners: frozenset[str]
    hundreds: frozenset[str] = frozenset()
    thousands: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset("$€£¥#№")
    measures: frozenset[str] = frozenset("%°")
    hour_marks: frozenset[str] = frozenset({"h"})
    glued_meridiems: Mapping[str, str] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()
    years_in_pairs: bool = False
    phrases: dict[str, dict[str, list[Row]]] = field(default_factory=dict)

    def add(self, kind: str, spellings: str | Iterable[str], value: object = None, *, weak: bool = False) -> None:
        """Add spellings (a string of them divided by `|`) of a constituent."""
        self.add_all(((KINDS[kind], value),), spellings, weak=weak)

    def add_all(self, entry: Entry, spellings: str | Iterable[str], *, weak: bool = False) -> None:
        """Add spellings of a word that stands for several constituents at once ("tonight")."""
        for spelling in spellings.split("|") if isinstance(spellings, str) else spellings:
            tokens = TOKEN.findall(spelling)
            rows = self.phrases.setdefault(tokens[0], {}).setdefault(tokens[1] if len(tokens) > 1 else "", [])
            rows.append((tokens[1:], entry, weak, bool(entry) and entry[0][0] in NAMES_OF_STREETS))
            rows.sort(key=lambda row: -len(row[0]))

    def add_parts(self, table: Mapping[str, PartOfDay]) -> None:
        """Add parts of the day."""
        for spellings, part in table.items():
            self.add("part", spellings, part)

    def add_which(self, table: Mapping[str, Which]) -> None:
        """Add the words that choose among weekdays, weeks or months."""
        for spellings, which in table.items():
            self.add("which", spellings, which)
