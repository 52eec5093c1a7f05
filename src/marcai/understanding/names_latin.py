"""Spots where a provider is named in Latin letters: after a title, after "com"/"with", in answer, or by a full name."""

from typing import Literal

from marcai.understanding.meaning import Candidate
from marcai.understanding.names_index import ProviderIndex
from marcai.understanding.names_match import decide, latin_costs
from marcai.understanding.names_people import COMMON_NAMES
from marcai.understanding.names_specialties import SPECIALTY_WORDS
from marcai.understanding.names_spots import Spot
from marcai.understanding.names_tokens import Token
from marcai.understanding.names_words import (
    ARTICLES,
    COURTESY,
    FEMININE_TITLES,
    MASCULINE_TITLES,
    PARTICLES,
    SAY_NAME_CUES,
    STOP_WORDS,
    TIME_WORDS,
    TITLES,
    WITH_CUES,
)

Cue = Literal["title", "asked", "with", "whole", "none"]
"""What makes words a name: the less it says, the nearer they must come to one."""

_ABBREVIATED = frozenset("dr dra drs prof profa enf enfa sr sra mr mrs ms a o )".split())
"""A dot after these ends no sentence."""

MOST_SPOTS = 6
LONGEST_NAME = 5


def latin_spots(text: str, tokens: list[Token], index: ProviderIndex, *, asked: bool) -> list[Spot]:
    """Return the providers named in Latin letters, in text order."""
    spots: list[Spot] = []
    place = 0
    while place < len(tokens) and len(spots) < MOST_SPOTS:
        token = tokens[place]
        spot = None
        if token.kind == "word":
            if token.word in TITLES:
                spot = _titled(text, tokens, place, index)
            elif not _ends_name(token, index, opening=True) or _opens_anyway(text, tokens, place, index):
                spot = _untitled(text, tokens, place, index, asked=asked)
                if spot is None:
                    place = _end_of_run(tokens, place, index)
        if spot is not None:
            spots.append(spot)
            place = spot.last
        place += 1
    return spots


def _titled(text: str, tokens: list[Token], place: int, index: ProviderIndex) -> Spot | None:
    start = _after_title(tokens, place)
    run = _run(text, tokens, start, index, titled=True)
    if not run:
        return None
    title = tokens[place].word
    feminine = True if title in FEMININE_TITLES else False if title in MASCULINE_TITLES else None
    kept, candidates = _settle(tokens, run, index, cue="title", feminine=feminine)
    if not candidates:
        kept = _as_said(text, tokens, run)
    last = kept[-1]
    return Spot(tokens[place].start, tokens[last].end, place, last, candidates)


def _after_title(tokens: list[Token], place: int) -> int:
    """Return where the name after a title begins: past its dot, "(a)", and further titles ("Prof. Dr.")."""
    place += 1
    while place < len(tokens):
        token = tokens[place]
        if token.word == "." and tokens[place - 1].word in _ABBREVIATED:
            place += 1
        elif token.word in ("a", "o") and tokens[place - 1].word == "." and tokens[place - 1].end == token.start:
            # "Dr.ª", "Dr.º"
            place += 1
        elif token.word == "/":
            place += 1
        elif token.word == "(" and place + 2 < len(tokens) and tokens[place + 1].word in ("a", "o") and tokens[place + 2].word == ")":
            place += 3
        elif token.kind == "word" and (token.word in TITLES or token.word in COURTESY):
            place += 1
        else:
            break
    return place


def _run(text: str, tokens: list[Token], start: int, index: ProviderIndex, *, titled: bool) -> list[int]:
    """Return the places of the words that may make one name, particles left out."""
    run: list[int] = []
    place = start
    while place < len(tokens) and len(run) < LONGEST_NAME:
        token = tokens[place]
        if token.kind != "word":
            if not (run and _joins(tokens, place, run[-1])):
                break
        elif (run or titled) and token.word in PARTICLES and not (not run and _opens_anyway(text, tokens, place, index, titled=titled)):
            if not _name_follows(text, tokens, place, index, opening=not run):
                # "Dr. Le" is called so.
                if not run and text[token.start].isupper():
                    run.append(place)
                break
        elif _ends_name(token, index, opening=not run) and not (not run and _opens_anyway(text, tokens, place, index, titled=titled)):
            break
        else:
            run.append(place)
        place += 1
    return run


def _joins(tokens: list[Token], place: int, before: int) -> bool:
    """Return whether a mark stands inside a name: the dot of an initial, a hyphen without blanks."""
    token = tokens[place]
    if token.word == ".":
        return len(tokens[before].word) == 1 or tokens[before].word in ("jr", "st", "sta")
    if token.word == "-" and place + 1 < len(tokens):
        return tokens[place - 1].end == token.start and token.end == tokens[place + 1].start
    return False


def _name_follows(text: str, tokens: list[Token], place: int, index: ProviderIndex, *, opening: bool) -> bool:
    """Return whether a particle is followed by a name: "João da Silva", and after a title "Dr. van Dyke"."""
    following = place + 1
    if following < len(tokens) and tokens[following].word in PARTICLES:
        following += 1
    if following >= len(tokens) or tokens[following].kind != "word":
        return False
    token = tokens[following]
    if _ends_name(token, index, opening=False) or token.word in TITLES:
        return False
    return opening or token.word in COMMON_NAMES or index.is_near(token.word) or text[token.start].isupper()


def _ends_name(token: Token, index: ProviderIndex, *, opening: bool) -> bool:
    """Return whether a word is no part of a name here; a common word inside a name must be exactly somebody's."""
    word = token.word
    if word in TITLES or word in COURTESY or word in SPECIALTY_WORDS:
        return True
    if word not in STOP_WORDS:
        return False
    return opening or word not in index.by_word


def _opens_anyway(text: str, tokens: list[Token], place: int, index: ProviderIndex, *, titled: bool = False) -> bool:
    """Return whether a common word opens a name all the same: an initial, or what somebody is called ("Sun Mei Ling").

    Without a title it must be followed by a word of somebody's name, with one it must at least look like a name.
    """
    word = tokens[place].word
    following = place + 1
    has_dot = following < len(tokens) and tokens[following].word == "."
    after = tokens[following + has_dot] if following + has_dot < len(tokens) and tokens[following + has_dot].kind == "word" else None
    is_followed = after is not None and not _ends_name(after, index, opening=True)
    if word in TITLES or word in COURTESY:
        return False
    if len(word) == 1:
        is_initial = titled or has_dot or word not in ARTICLES | PARTICLES | {"c", "p", "i"}
        return is_initial and is_followed and after is not None and _is_nearby(after.word, index)
    if not titled:
        if word not in index.by_word:
            return False
        return _is_after_with(tokens, place) or (is_followed and after is not None and index.is_near(after.word))
    if is_followed and after is not None and (word in index.by_word or after.word in index.by_word):
        return True
    if word == "domingos":  # the only name among the days: "dr. Domingos" is nobody's Sundays
        return True
    is_somebody = word in index.by_word or (word in TIME_WORDS and word + "s" in index.by_word)
    title = tokens[place - 1] if tokens[place - 1].kind == "word" else tokens[place - 2]
    is_capital = text[tokens[place].start].isupper()
    if is_capital and len(word) >= 5 and word not in TIME_WORDS and _is_nearby(word, index):
        return True
    return is_somebody and (is_capital or title.word in ("dr", "dra"))


def _is_after_with(tokens: list[Token], place: int) -> bool:
    """Return whether "com o" stands before, after which "Marco" and "Domingos" are no month and no day."""
    before = place - 1
    if before >= 0 and tokens[before].word in ("o", "a"):
        before -= 1
    return before >= 0 and before < place - 1 and len(tokens[place].word) >= 4 and tokens[before].word in ("com", "c")


def _is_nearby(word: str, index: ProviderIndex) -> bool:
    return any(cost <= 1.25 for cost in index.word_costs(word).values())


def _settle(
    tokens: list[Token], run: list[int], index: ProviderIndex, *, cue: Cue, feminine: bool | None = None
) -> tuple[list[int], tuple[Candidate, ...]]:
    """Return the words of the run that make the name, and whom they mean.

    The longest beginning of the run that fits somebody counts. What is left over was perhaps a family name that
    nobody here bears, so that a first name alone is then asked about.
    """
    words = [tokens[place].word for place in run]
    if not index.known:
        return run, ()
    for length in range(len(words), 0, -1):
        taken = words[:length]
        letters = sum(map(len, taken))
        costs = latin_costs(index, taken)
        if not costs or min(costs.values()) > _reach(cue, length, letters):
            continue
        doubt = length < len(words) and (length == 1 or words[length] in COMMON_NAMES)
        return run[:length], decide(index, costs, letters=letters, words=length, feminine=feminine, doubt=doubt)
    if cue in ("whole", "none") or (cue != "title" and len(words) == 1):
        return run, ()
    letters = sum(map(len, words))
    return run, decide(index, latin_costs(index, words), letters=letters, words=len(words), feminine=feminine)


def _reach(cue: Cue, words: int, letters: int) -> float:
    """Return how many edits a name may be away."""
    if cue in ("title", "asked"):
        return 0.3 + 0.25 * letters
    if words > 1:
        return 0.3 + (0.25 if cue == "with" else 0.2) * letters
    if cue == "with":
        return 1.3
    return 1.0 if letters >= 6 else 0.5


def _as_said(text: str, tokens: list[Token], run: list[int]) -> list[int]:
    """Return the part of a run that reads as a name although nobody known bears it."""
    kept = run[:1]
    is_capital = text[tokens[run[0]].start].isupper()
    for place in run[1:]:
        token = tokens[place]
        is_second = len(kept) == 1 and not is_capital and len(token.word) >= 3
        if not ((text[token.start].isupper() and is_capital) or token.word in COMMON_NAMES or is_second):
            break
        kept.append(place)
    return kept


def _untitled(text: str, tokens: list[Token], place: int, index: ProviderIndex, *, asked: bool) -> Spot | None:
    if not index.known:
        return None
    run = _run(text, tokens, place, index, titled=False)
    cue = _cue(tokens, place, run, asked=asked)
    if cue == "none" and not _has_known(tokens, run, index):
        return None
    for skip in range(min(2, len(run)) if cue == "none" else 1):
        kept, candidates = _settle(tokens, run[skip:], index, cue=cue)
        if candidates and (cue != "none" or _is_telling(tokens, kept, run, index)):
            return Spot(tokens[kept[0]].start, tokens[kept[-1]].end, kept[0], kept[-1], candidates)
    return None


def _has_known(tokens: list[Token], run: list[int], index: ProviderIndex) -> bool:
    words = [tokens[at].word for at in run]
    return any(map(index.is_near, words)) or any(index.is_near_full(words[:count]) for count in range(1, min(3, len(words)) + 1))


def _cue(tokens: list[Token], place: int, run: list[int], *, asked: bool) -> Cue:
    if asked:
        return "asked"
    if _is_whole(tokens, run):
        return "whole"
    before = place - 1
    while before >= 0 and (tokens[before].word in ARTICLES or tokens[before].word in COURTESY or tokens[before].word == "."):
        before -= 1
    if before < 0 or tokens[before].kind == "mark":
        return "none"
    word = tokens[before].word
    return "with" if word in WITH_CUES or word in SPECIALTY_WORDS else "none"


def _is_whole(tokens: list[Token], run: list[int]) -> bool:
    """Return whether nothing but the run was said, so that it answers something."""
    return len(run) <= 4 and all(t.kind == "mark" or at in run or t.word in PARTICLES or t.word in ARTICLES for at, t in enumerate(tokens))


def _is_telling(tokens: list[Token], kept: list[int], run: list[int], index: ProviderIndex) -> bool:
    """Return whether a name without any cue is telling: a full name, or a whole long family name that stands alone.

    After "me chamo" and the like the name is the speaker's own or a relative's.
    """
    before = [tokens[at].word for at in range(max(0, kept[0] - 4), kept[0])]
    if not SAY_NAME_CUES.isdisjoint(before):
        return False
    if len(kept) >= 2:
        return True
    word = tokens[kept[0]].word
    if len(word) < 5 or len(run) > 1 or word in TIME_WORDS:
        return False
    families = {index.spellings[number].words[-1] for found in index.word_costs(word) for number in index.by_word[found]}
    costs = index.word_costs(word)
    return any(costs.get(family, 9.0) <= (1.0 if len(word) >= 7 else 0.25) for family in families)


def _end_of_run(tokens: list[Token], place: int, index: ProviderIndex) -> int:
    """Return the last place of the run that begins here, so that its words are not tried one by one."""
    while place + 1 < len(tokens) and tokens[place + 1].kind == "word" and not _ends_name(tokens[place + 1], index, opening=True):
        place += 1
    return place
