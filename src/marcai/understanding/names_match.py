"""Whom a few words mean: ranking providers by the edits that lead from the words to their names, and when to ask.

One candidate is returned only where nobody else comes near; where somebody does, all who do are returned, and the talk
asks. A wrong provider costs a visit, a question costs a breath.
"""

from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from marcai.understanding.meaning import Candidate
from marcai.understanding.names_index import Characters, ProviderIndex, Spelling, pinyin_words
from marcai.understanding.names_people import COMPOUND_FAMILIES
from marcai.understanding.names_sound import near_reading, readings, sound

Costs = dict[int, float]
"""Edits by provider (its place in the clinic's list); who is absent is out of reach."""

MOST_CANDIDATES = 25
_SPLIT = 0.3
_ORDER = 0.3
_TURNED = 0.1
_SKIPPED = 0.15
_TWIN = 0.85
_GIVEN = 1.2
"""A Chinese doctor is called by the family name, hardly ever by the given one alone."""
_INNER = 0.2


def latin_costs(index: ProviderIndex, words: Sequence[str]) -> Costs:
    """Return what it costs to take these words (folded, without particles) for each provider's name."""
    costs: Costs = {}
    reach = [index.word_costs(word) for word in words]
    numbers = {number for found in reach for word in found for number in index.by_word[word]}
    for number in numbers:
        spelling = index.spellings[number]
        cost = _spelling_cost(words, reach, spelling)
        if cost < costs.get(spelling.owner, 99.0):
            costs[spelling.owner] = cost
    joined = "".join(words)
    if len(words) > 1:
        for owner in index.joined_owners.get(joined, ()):
            costs[owner] = min(_TURNED, costs.get(owner, 99.0))
        for number in index.by_word.get(joined, ()):
            owner = index.spellings[number].owner
            costs[owner] = min(_SPLIT, costs.get(owner, 99.0))
        _bring_twins(index, joined, costs)
    if len(joined) >= 4 and (not costs or min(costs.values()) > SETTLED_AT_ONCE):
        _offer_joined(index, joined, len(words), costs)
    return costs


def _bring_twins(index: ProviderIndex, joined: str, costs: Costs) -> None:
    """Bring those within one letter of a full name near enough to be asked about, real names though both may be.

    "Rafael Pereira" may be said of Rafaela Pereira by one slip, where a clinic has both.
    """
    best = min(costs.values(), default=99.0)
    if best > SETTLED_AT_ONCE:
        return
    for _, _, place in extract(joined, index.joined_words, scorer=OSA.distance, score_cutoff=1, limit=None):
        owner = index.joined[place][1]
        if costs.get(owner, 99.0) > best:
            costs[owner] = min(costs.get(owner, 99.0), best + _TWIN)


SETTLED_AT_ONCE = 0.45


def _spelling_cost(words: Sequence[str], reach: list[dict[str, float]], spelling: Spelling) -> float:
    best = 99.0

    def assign(place: int, taken: tuple[int, ...], cost: float) -> None:
        nonlocal best
        if cost >= best:
            return
        if place == len(words):
            best = min(best, cost + _shape_cost(taken, spelling))
            return
        for position, candidate in enumerate(spelling.words):
            step = reach[place].get(candidate)
            if step is not None and position not in taken:
                assign(place + 1, (*taken, position), cost + step)
        assign(place + 1, taken, cost + _unmatched(words[place]))

    assign(0, (), 0.0)
    return best


def _unmatched(word: str) -> float:
    return min(3.6, 0.8 + 0.6 * len(word))


def _shape_cost(taken: tuple[int, ...], spelling: Spelling) -> float:
    count = len(spelling.words)
    if not taken:
        return 99.0
    if len(taken) == 1:
        if spelling.is_pinyin and taken[0]:
            return _GIVEN
        return 0.0 if taken[0] in (0, count - 1) else _INNER
    skipped = min(0.45, _SKIPPED * (count - len(taken)))
    if all(left < right for left, right in pairwise(taken)):
        return skipped
    turn = taken.index(min(taken))
    turned = taken[turn:] + taken[:turn]
    return skipped + (_TURNED if list(turned) == sorted(turned) else _ORDER)


def _offer_joined(index: ProviderIndex, joined: str, count: int, costs: Costs) -> None:
    """Add those whose name is the words run together or torn apart ("wes ley", "anabeatriz")."""
    cutoff = max(2, round(0.3 * len(joined)))
    for candidate, distance, place in extract(joined, index.joined_words, scorer=OSA.distance, score_cutoff=cutoff, limit=None):
        if count == 1 and candidate in index.by_word:
            continue
        heard = OSA.distance(sound(joined), sound(candidate)) + 0.25
        cost = _SPLIT + max(0.0, min(distance, heard))
        owner = index.joined[place][1]
        if cost < costs.get(owner, 99.0):
            costs[owner] = cost


def chinese_costs(index: ProviderIndex, name: str, *, is_family: bool) -> Costs:
    """Return what it costs to take these Simplified characters for each provider's name.

    `is_family` says that a title follows a family name alone ("李医生").
    """
    costs: Costs = {}
    for known in index.characters:
        cost = _characters_cost(name, known, is_family=is_family)
        if cost < costs.get(known.owner, 99.0):
            costs[known.owner] = cost
    cut = 2 if name[:2] in COMPOUND_FAMILIES else 1
    written = {known.owner for known in index.characters}
    for words in pinyin_words(name[:cut], name[cut:]):
        for owner, cost in latin_costs(index, words).items():
            # Who is known by characters was compared by them; sound alone would overrule what was written.
            if owner not in written and cost < costs.get(owner, 99.0):
                costs[owner] = cost
    return {owner: cost for owner, cost in costs.items() if cost < 2.5}


def _characters_cost(name: str, known: Characters, *, is_family: bool) -> float:
    full = known.family + known.given
    if is_family and len(name) == len(known.family):
        return _run_cost(name, known.family)
    cost = _aligned_cost(name, full)
    if len(name) >= 2 and len(name) == len(known.given):
        cost = min(cost, 0.2 + _run_cost(name, known.given))
    return cost


def _aligned_cost(name: str, full: str) -> float:
    if len(name) == len(full):
        swapped = 0.4 + _run_cost(name[1:] + name[:1], full) if len(full) > 1 else 99.0
        return min(_run_cost(name, full), swapped)
    shorter, longer = sorted((name, full), key=len)
    if len(longer) != len(shorter) + 1 or len(shorter) < 2:
        return 99.0
    return min(1.2 + _run_cost(shorter, longer[:i] + longer[i + 1 :]) for i in range(len(longer)))


def _run_cost(said: str, known: str) -> float:
    return sum(_character_cost(a, b) for a, b in zip(said, known, strict=True))


def _character_cost(said: str, known: str) -> float:
    if said == known:
        return 0.0
    heard, meant = readings(said)[:2], readings(known)[:2]
    if heard[:1] == meant[:1]:
        return 0.35
    if set(heard) & set(meant) or {near_reading(r) for r in heard} & {near_reading(r) for r in meant}:
        return 0.7
    return 1.2


def decide(
    index: ProviderIndex,
    costs: Costs,
    *,
    letters: int,
    words: int,
    is_chinese: bool = False,
    feminine: bool | None = None,
    doubt: bool = False,
) -> tuple[Candidate, ...]:
    """Return who is meant: one where there is no doubt, several where there is, none where nobody comes near.

    `letters` is the length of what was said, `feminine` what its title says (that only orders those who tie); `doubt`
    says that something about the words speaks against any one of them.
    """
    if not costs:
        return ()
    ranked = sorted(costs.items(), key=lambda pair: (pair[1], _title_cost(index, pair[0], feminine), pair[0]))
    best = ranked[0][1]
    limit = _chinese_reach(letters) if is_chinese else 0.35 + 0.34 * letters
    if best > limit:
        return ()
    sure, margin = _chinese_limits(letters) if is_chinese else _latin_limits(best, letters, words)
    second = ranked[1][1] if len(ranked) > 1 else 99.0
    if not doubt and best <= sure and second - best >= margin:
        return (_candidate(index, *ranked[0], letters),)
    near = [pair for pair in ranked if pair[1] <= min(limit, best + max(margin, 1.25))]
    if len(near) == 1:
        near = ranked[:2] if len(ranked) > 1 else near + _anybody(index, ranked[0][0])
    if len(near) == 1:
        return ()
    near.sort(key=lambda pair: (round(pair[1], 1), _title_cost(index, pair[0], feminine), pair[0]))
    return tuple(_candidate(index, owner, cost, letters) for owner, cost in near[:MOST_CANDIDATES])


def _latin_limits(best: float, letters: int, words: int) -> tuple[float, float]:
    """Return how costly a sure match may be, and how far behind the next must lie."""
    sure = 0.65 if letters <= 5 and words == 1 else 0.3 + 0.15 * letters
    if best == 0.0:
        return sure, 1.1 if words == 1 else 0.9
    return sure, 1.2 if best < 1.0 else 1.5


def _chinese_reach(letters: int) -> float:
    """Return how costly a match may be at all: a family name alone must sound the same, or nearly."""
    return 1.3 if letters > 1 else 0.75


def _chinese_limits(letters: int) -> tuple[float, float]:
    return (0.75 if letters > 2 else 0.4), 0.5


def _title_cost(index: ProviderIndex, owner: int, feminine: bool | None) -> int:
    known = index.feminine[owner]
    return 1 if feminine is not None and known is not None and known != feminine else 0


def _anybody(index: ProviderIndex, owner: int) -> list[tuple[int, float]]:
    """Return the provider whose name is most like another's, so that a doubtful match becomes a question."""
    own = index.known[owner].names[0]
    others = [provider.names[0] for place, provider in enumerate(index.known) if place != owner]
    found = extract(own, others, scorer=OSA.normalized_similarity, limit=1)
    if not found:
        return []
    place = found[0][2]
    return [(place if place < owner else place + 1, 9.0)]


def _candidate(index: ProviderIndex, owner: int, cost: float, letters: int) -> Candidate:
    provider = index.known[owner]
    return Candidate(id=provider.id, name=provider.names[0], score=round(max(0.05, 1.0 - cost / (letters + 2)), 3))
