"""How names sound: one key for Portuguese and English spellings, readings of Chinese characters, edit costs.

A key is not a transcription: it only has to be equal where an ear, or a speech recogniser, would not tell two
spellings apart ("Uesley"/"Wesley", "Souza"/"Sousa", "Thiago"/"Tiago").
"""

import re
import unicodedata
from functools import lru_cache

from pypinyin.constants import PINYIN_DICT
from rapidfuzz.distance import OSA

from marcai.kit.text import folded
from marcai.understanding.names_people import FAMILY_READINGS, TO_SIMPLIFIED

_SPELLINGS = (
    ("sch", "x"), ("sh", "x"), ("ch", "x"), ("ph", "f"), ("th", "t"), ("lh", "l"), ("nh", "n"), ("gh", "g"), ("ck", "k"), ("wh", "w"), ("cq", "k"),
    ("que", "ke"), ("qui", "ki"), ("gue", "ge*"), ("gui", "gi*"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("ge*", "6e"), ("gi*", "6i"), ("ge", "je"),
    ("gi", "ji"), ("gy", "ji"), ("qu", "k"), ("q", "k"), ("c", "k"), ("z", "s"), ("y", "i"), ("w", "v"), ("h", ""), ("6", "g"), ("ks", "x"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")
_ENDINGS = ((re.compile(r"(ei|ie|e)$"), "i"), (re.compile(r"(ou|u)$"), "o"), (re.compile(r"m$"), "n"))
_OPENING_U = re.compile(r"^(?:o?u)(?=[aei])")
_CLOSING_L = re.compile(r"(?<=[aeiou])l(?=[^aeiou]|$)")
_NASAL = re.compile(r"m(?=[^aeioupb])")


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """Return the key of a folded Latin word: equal keys sound alike in Portuguese or in English."""
    key = _OPENING_U.sub("v", word)
    for spelling, letter in _SPELLINGS:
        if spelling in key:
            key = key.replace(spelling, letter)
    key = _DOUBLED.sub(r"\1", key).replace("ou", "o").replace("ei", "e")
    key = _DOUBLED.sub(r"\1", _NASAL.sub("n", _CLOSING_L.sub("u", key)))
    for ending, vowel in _ENDINGS:
        key = ending.sub(vowel, key)
    return _DOUBLED.sub(r"\1", key) or word


@lru_cache(maxsize=8192)
def readings(character: str) -> tuple[str, ...]:
    """Return how a Chinese character may be read, without tones and commonest first; empty for anything else."""
    spelled = PINYIN_DICT.get(ord(character.translate(TO_SIMPLIFIED)), "")
    sounds = [_toneless(reading) for reading in spelled.split(",") if reading]
    return tuple(dict.fromkeys(sounds[:3]))


def family_reading(family: str) -> str:
    """Return how a Chinese family name is read ("曾" is zeng here, céng elsewhere)."""
    return "".join(FAMILY_READINGS.get(c) or (readings(c) or ("",))[0] for c in family)


def _toneless(reading: str) -> str:
    # U+0308 is the diaeresis of ü, which keyboards type as v.
    decomposed = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def near_reading(reading: str) -> str:
    """Return a key that is equal for readings which many speakers do not keep apart (zh/z, n/l, in/ing, hu/fu)."""
    key = reading.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("v", "u").replace("yu", "u")
    if key.startswith("l"):
        key = "n" + key[1:]
    if key.startswith("f"):
        key = "h" + key[1:]
    return key[:-1] if key.endswith("ng") else key


@lru_cache(maxsize=8192)
def plain(word: str) -> str:
    """Return a word folded for comparison: lower case, no accents, no apostrophes, Simplified characters."""
    return folded(word).replace("'", "").replace("’", "").translate(TO_SIMPLIFIED)


def is_chinese(text: str) -> bool:
    """Return whether the text has a Chinese character."""
    return any("\u3400" <= c <= "\u9fff" for c in text)


def is_one_edit(left: str, right: str) -> bool:
    """Return whether two words are equal but for one letter wrong, missing, too many or swapped with its neighbour."""
    return abs(len(left) - len(right)) <= 1 and OSA.distance(left, right, score_cutoff=1) <= 1
