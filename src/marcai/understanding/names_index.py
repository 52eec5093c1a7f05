"""The names of one clinic, laid out for finding: by word, by sound, by nickname, by near spelling.

An index depends on `KnownNames` alone and is kept by its revision; the cache is bounded.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import product

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from marcai.understanding.meaning import KnownName, KnownNames
from marcai.understanding.names_people import COMMON_NAMES, COMPOUND_FAMILIES, NICKNAME_GROUPS, ROMANISED_FAMILIES
from marcai.understanding.names_sound import family_reading, near_reading, plain, readings, sound
from marcai.understanding.names_words import COURTESY, DEGREES, PARTICLES, TITLES

SOUNDS_ALIKE = 0.25
NICKNAME = 0.3
INITIAL = 0.5
SHORTENED = 0.6
OTHER_NAME = 1.6
OTHER_GENDER = 1.75
"""Costs in edits: a letter wrong, missing, doubled or swapped with its neighbour costs 1."""

_LATIN = re.compile(r"[^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_\u3400-\u9fff]+)*")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_ASIDE = re.compile(r"\s+[-–—|/]\s+.*$")
_CHINESE_TITLE = re.compile(r"(?:副?主任)?(?:医生|医师|大夫|主任|教授|博士|院长|护士|老师|专家|先生|女士|小姐)+$")

_NICKNAMES: dict[str, frozenset[str]] = {}
for _group in NICKNAME_GROUPS:
    for _name in _group:
        _NICKNAMES[_name] = _NICKNAMES.get(_name, frozenset()) | (_group - {_name})


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write one provider's name in Latin letters, without titles and particles."""

    owner: int
    words: tuple[str, ...]
    is_pinyin: bool = False
    """Made from characters, so that the first word is known to be the family name."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One provider's name in Simplified characters."""

    owner: int
    family: str
    given: str


@dataclass(slots=True)
class ProviderIndex:
    """Where the providers of a clinic are looked up; built once, then only read."""

    known: tuple[KnownName, ...]
    feminine: list[bool | None] = field(default_factory=list)
    spellings: list[Spelling] = field(default_factory=list)
    characters: list[Characters] = field(default_factory=list)
    by_word: dict[str, list[int]] = field(default_factory=dict)
    by_sound: dict[str, set[str]] = field(default_factory=dict)
    by_deletion: dict[str, set[str]] = field(default_factory=dict)
    by_initial: dict[str, set[str]] = field(default_factory=dict)
    joined_owners: dict[str, set[int]] = field(default_factory=dict)
    joined_near: set[str] = field(default_factory=set)
    joined: list[tuple[str, int]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)
    joined_words: list[str] = field(default_factory=list)
    chinese_names: dict[str, set[int]] = field(default_factory=dict)
    chinese_sounds: dict[tuple[str, ...], set[int]] = field(default_factory=dict)
    _costs: OrderedDict[str, dict[str, float]] = field(default_factory=OrderedDict)

    def word_costs(self, word: str) -> dict[str, float]:
        """Return the words of the clinic's names that this word may stand for, each with its cost."""
        kept = self._costs.get(word)
        if kept is None:
            if len(self._costs) >= 512:
                self._costs.popitem(last=False)
            kept = self._costs[word] = _word_costs(self, word)
        return kept

    def is_near(self, word: str) -> bool:
        """Return whether the word is in some name, as it stands, as it sounds, or but for one letter."""
        if word in self.by_word or sound(word) in self.by_sound:
            return True
        if len(word) < 5:
            return False
        return any(key in self.by_deletion for key in _deletions(word))

    def is_near_full(self, words: list[str]) -> bool:
        """Return whether the words run together are some full name but for one letter."""
        joined = "".join(words)
        return 5 <= len(joined) <= 40 and any(key in self.joined_near for key in _deletions(joined))


def index_providers(known: tuple[KnownName, ...]) -> ProviderIndex:
    """Return the index of these providers."""
    index = ProviderIndex(known)
    for owner, provider in enumerate(known):
        index.feminine.append(_title_gender(provider.names))
        for name in provider.names:
            for words in _latin_names(name):
                _add_spelling(index, owner, words)
            for run in _CHINESE.findall(plain(_without_aside(name))):
                _add_characters(index, owner, run)
    index.words = list(index.by_word)
    index.sounds = [sound(word) for word in index.words]
    index.joined = list(dict.fromkeys(index.joined))
    index.joined_words = [joined for joined, _ in index.joined]
    for spelling in index.spellings:
        for words in (spelling.words, spelling.words[-1:] + spelling.words[:-1]):
            if len(words) > 1:
                joined = "".join(words)
                index.joined_owners.setdefault(joined, set()).add(spelling.owner)
                index.joined_near.update(_deletions(joined))
    return index


def _title_gender(names: tuple[str, ...]) -> bool | None:
    opening = names[0].casefold() if names else ""
    if opening.startswith(("dra", "doutora", "profa", "professora")):
        return True
    return False if opening.startswith(("dr.", "dr ", "doutor ")) else None


def _without_aside(name: str) -> str:
    return _ASIDE.sub("", name)


def _latin_names(name: str) -> list[tuple[str, ...]]:
    """Return the words of a name, and of what stands in brackets behind it as a name of its own."""
    spelled = []
    for piece in re.split(r"[()（）]", _without_aside(name)):
        words = [plain(word) for word in _LATIN.findall(piece)]
        kept = [word for word in words if word not in TITLES and word not in COURTESY and word not in PARTICLES]
        while len(kept) > 2 and kept[-1] in DEGREES:
            kept.pop()
        if kept:
            spelled.append(tuple(kept[:6]))
    return spelled


def _add_spelling(index: ProviderIndex, owner: int, words: tuple[str, ...], *, is_pinyin: bool = False) -> None:
    spelling = Spelling(owner, words, is_pinyin)
    if spelling in index.spellings[-4:]:
        return
    number = len(index.spellings)
    index.spellings.append(spelling)
    for word in words:
        index.by_word.setdefault(word, []).append(number)
        index.by_sound.setdefault(sound(word), set()).add(word)
        index.by_initial.setdefault(word[0], set()).add(word)
        if len(word) >= 5:
            for key in _deletions(word):
                index.by_deletion.setdefault(key, set()).add(word)
            index.joined.append((word, owner))
    index.joined.append(("".join(words), owner))
    if len(words) > 1:
        index.joined.append((words[-1] + "".join(words[:-1]), owner))
    if len(words) > 2:
        index.joined.append((words[0] + words[-1], owner))
        # Half a name run together: "Mei Ling" of "Mei Ling Wong" is said for 美玲 too.
        index.joined.append(("".join(words[1:]), owner))


def _add_characters(index: ProviderIndex, owner: int, run: str) -> None:
    name = _CHINESE_TITLE.sub("", run)
    if not name or len(name) > 6:
        return
    cut = 2 if name[:2] in COMPOUND_FAMILIES and len(name) > 2 else 1
    family, given = name[:cut], name[cut:]
    index.characters.append(Characters(owner, family, given))
    if given:
        index.chinese_names.setdefault(name, set()).add(owner)
        for heard in product(*(readings(c)[:2] or (c,) for c in name)):
            index.chinese_sounds.setdefault(tuple(near_reading(r) for r in heard), set()).add(owner)
    for spelled in pinyin_words(family, given):
        _add_spelling(index, owner, spelled, is_pinyin=True)


def pinyin_words(family: str, given: str) -> list[tuple[str, ...]]:
    """Return how a Chinese name may be spelled in pinyin, family name first; at most four ways."""
    first = family_reading(family).replace("lv", "lu")
    if not given:
        return [(first,)] if first else []
    ways = list(product(*(readings(c)[:2] or ("",) for c in given)))[:4]
    return [(first, "".join(way).replace("lv", "lu").replace("nv", "nu")) for way in ways]


def _deletions(word: str) -> list[str]:
    return [word, *(word[:i] + word[i + 1 :] for i in range(len(word)))]


def _reach(word: str) -> int:
    return 1 if len(word) <= 3 else 2 if len(word) <= 7 else 3


def _word_costs(index: ProviderIndex, word: str) -> dict[str, float]:
    if len(word) == 1:
        return {candidate: INITIAL if len(candidate) > 1 else 0.0 for candidate in index.by_initial.get(word, ())}
    costs: dict[str, float] = {}
    reach = _reach(word)
    floor = OTHER_NAME if word in COMMON_NAMES else 1.0
    for candidate, distance, _ in extract(word, index.words, scorer=OSA.distance, score_cutoff=reach, limit=None):
        _offer(costs, candidate, _spelled_cost(word, candidate, distance, floor))
    for _, distance, place in extract(sound(word), index.sounds, scorer=OSA.distance, score_cutoff=reach - 1, limit=None):
        _offer(costs, index.words[place], SOUNDS_ALIKE if distance == 0 else max(floor, distance + SOUNDS_ALIKE))
    for full in (*_NICKNAMES.get(word, ()), *ROMANISED_FAMILIES.get(word, ())):
        if full in index.by_word:
            _offer(costs, full, NICKNAME)
    stem = _diminutive_stem(word)
    for candidate in index.by_initial.get(word[0], ()):
        if (stem and candidate.startswith(stem)) or (len(word) >= 3 and len(candidate) > len(word) + 1 and candidate.startswith(word)):
            _offer(costs, candidate, SHORTENED)
        elif word in ROMANISED_FAMILIES.get(candidate, ()):
            _offer(costs, candidate, NICKNAME)
    return costs


def _offer(costs: dict[str, float], candidate: str, cost: float) -> None:
    if cost < costs.get(candidate, 99.0):
        costs[candidate] = cost


def _spelled_cost(word: str, candidate: str, distance: float, floor: float) -> float:
    if distance == 0:
        return 0.0
    if distance == 1 and len(word) == len(candidate) and word[:-1] == candidate[:-1] and word[-1] in "ao" and candidate[-1] in "ao":
        return OTHER_GENDER
    return max(floor, distance)


def _diminutive_stem(word: str) -> str:
    for ending in ("zinho", "zinha", "inhos", "inho", "inha"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return word[: -len(ending)]
    return ""


_CACHE_SIZE = 64
_indexes: OrderedDict[tuple[str, int, int], ProviderIndex] = OrderedDict()


def provider_index(known: KnownNames) -> ProviderIndex:
    """Return the index of the clinic's providers, built at most once a revision while it is in use."""
    key = (known.revision, len(known.providers), hash(known.providers[0].names) if known.providers else 0)
    index = _indexes.get(key)
    if index is None:
        index = _indexes[key] = index_providers(known.providers)
        if len(_indexes) > _CACHE_SIZE:
            _indexes.popitem(last=False)
    else:
        _indexes.move_to_end(key)
    return index
