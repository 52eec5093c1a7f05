"""What a message sounds like: a linear reading of all its words, for what no wording foresaw.

The weights were learned from messages written for this project (`benchmarks/lessons.py`) and stand in
`wordings/<language>.weights`: a feature a line, with its weight for each intent that it speaks for or against. Where
the wordings of the lexicons find an intent too, both are weighed together; which counts how much was fitted.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

from marcai.understanding.cues import Hit
from marcai.understanding.meaning import Intent, Language

INTENTS = tuple(Intent)
SCALE = 100.0
"""The weights are kept as whole numbers, this many to one."""

_FOLDER = files("marcai.understanding") / "wordings"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[@%?]")
_NUMBER = re.compile(r"\d+")
_BLANK = re.compile(r"\s+")
_LONGEST = 240
_STEM = 4
_EXPLICIT = 2.5


def features(folded: str, spoken: Iterable[tuple[int, int, str]], hits: Sequence[Hit], language: Language) -> list[str]:
    """Return what is weighed: words and their beginnings, pairs of words (in Chinese: of characters), labels of cues.

    `spoken` are the spans of times and names with the mark that stands for them, so that every Tuesday is alike.
    """
    said = _masked(folded, spoken).replace("？", "?")[:_LONGEST]
    said = _NUMBER.sub("0", said)
    found = {"h" + hit.label + ("!" if hit.weight >= _EXPLICIT else "") for hit in hits}
    if language is Language.ZH:
        said = _BLANK.sub("", said)
        found.update(said)
        found.update(said[i : i + 2] for i in range(len(said) - 1))
        found.update(said[i : i + 3] for i in range(len(said) - 2))
    else:
        words = ["^", *_WORD.findall(said), "$"]
        found.update(words)
        found.update(word[:_STEM] + "*" for word in words if len(word) > _STEM)
        found.update(f"{one} {other}" for one, other in pairwise(words))
    return list(found)


def likelihoods(present: Sequence[str], weights: Mapping[str, Sequence[tuple[int, float]]]) -> list[float]:
    """Return the probability of each of `INTENTS`, given the features that are present."""
    sums = [0.0] * len(INTENTS)
    for feature in present:
        if feature in weights:
            for place, weight in weights[feature]:
                sums[place] += weight
    root = math.sqrt(len(present) or 1)
    top = max(sums) / root
    shares = [math.exp(s / root - top) for s in sums]
    whole = sum(shares)
    return [share / whole for share in shares]


def sounds_like(folded: str, spoken: Iterable[tuple[int, int, str]], hits: Sequence[Hit], language: Language) -> dict[Intent, float]:
    """Return how likely each intent is, by the message's words alone; nothing where no word is known."""
    present = features(folded, spoken, hits, language)
    known = weights_of(language)
    if sum(feature in known for feature in present if feature[0] not in "h^$?0") < 2:
        return {}
    return dict(zip(INTENTS, likelihoods(present, known), strict=True))


@cache
def weights_of(language: Language) -> dict[str, tuple[tuple[int, float], ...]]:
    """Return the learned weights of a language; none where they were not learned yet."""
    path = _FOLDER / f"{language.short}.weights"
    if not path.is_file():
        return {}
    known: dict[str, tuple[tuple[int, float], ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        feature, _, rest = line.partition("\t")
        known[feature] = tuple((ord(pair[0]) - 97, int(pair[1:]) / SCALE) for pair in rest.split(" "))
    return known


def _masked(folded: str, spoken: Iterable[tuple[int, int, str]]) -> str:
    parts, place = [], 0
    for start, end, mark in sorted(spoken):
        if start >= place:
            parts += [folded[place:start], f" {mark} "]
            place = end
    return "".join([*parts, folded[place:]])
