"""Of the providers that an utterance names, which one is wanted and which are not."""

import re
from dataclasses import replace
from itertools import pairwise

from marcai.understanding.meaning import Candidate, NameMention
from marcai.understanding.names_spots import Spot
from marcai.understanding.names_tokens import Token
from marcai.understanding.names_words import ARTICLES, CORRECTIONS, NEGATION_BRIDGE, NEGATIONS, NEGATIVE_PHRASES, OR_WORDS, TOWARDS

_CHINESE_BEFORE = re.compile(
    r"(?<![是要能可])(?:不要|不想要?|不看|不找|不约|不挂|别找|别约|别挂|别给我|别|除了|除|不是|不选|避开|换掉|不喜欢|不用|不愿意?|不给)(?:再|给我|帮我)?[看找约挂见让跟和的给]*$"
)
_CHINESE_AFTER = re.compile(r"^(?:以外|之外|除外|不行|不要|就算了|就不用|不考虑)")
_CHINESE_CORRECTION = re.compile(r"不对|不是|哦不|啊不|错了|应该是|说错")
_CHINESE_OR = re.compile(r"^[，、]?(?:或者?|还是|或是)")
_CHINESE_TOWARDS = re.compile(r"(?:改成|换成|换到|改到|转到|改约|改挂|换)$")
_BETWEEN = NEGATIONS | CORRECTIONS | ARTICLES | frozenset("com with quer dizer i oh ou melhor no ops opa na verdade ai um uh".split())


def judged(text: str, tokens: list[Token], spots: list[Spot]) -> list[Spot]:
    """Return the spots with those marked that the words around refuse; what was corrected at once is left out."""
    marked = [replace(spot, negative=_is_refused(tokens, spot, is_last=spot is spots[-1])) for spot in spots]
    kept: list[Spot] = []
    for spot in marked:
        if kept and not spot.negative and not kept[-1].negative and _is_correction(text, tokens, kept[-1], spot):
            kept.pop()
        kept.append(spot)
    return kept


def _is_refused(tokens: list[Token], spot: Spot, *, is_last: bool) -> bool:
    if tokens[spot.first].kind == "chinese":
        # The run may begin in the same token.
        before = tokens[spot.first].word[: max(0, spot.start - tokens[spot.first].start)]
        after = tokens[spot.last].word[spot.end - tokens[spot.last].start :]
        return bool(_CHINESE_BEFORE.search(before) or _CHINESE_AFTER.match(after))
    if spot.first and tokens[spot.first - 1].kind == "chinese" and _CHINESE_BEFORE.search(tokens[spot.first - 1].word):
        return True
    before_words = _words_before(tokens, spot.first)
    if _ends_negative(before_words):
        return True
    for word in reversed(before_words):
        if word in NEGATIONS:
            return True
        if word not in NEGATION_BRIDGE:
            break
    return _is_refused_after(tokens, spot, is_last=is_last)


def _words_before(tokens: list[Token], first: int) -> list[str]:
    words: list[str] = []
    for token in reversed(tokens[max(0, first - 8) : first]):
        if token.kind != "word":
            break
        words.insert(0, token.word)
    return words


def _ends_negative(words: list[str]) -> bool:
    kept = list(words)
    while kept and (kept[-1] in ARTICLES or kept[-1] in ("com", "with", "of")) and " ".join(kept[-3:]) not in NEGATIVE_PHRASES:
        if any(" ".join(kept[-n:]) in NEGATIVE_PHRASES for n in (2, 3, 4)):
            break
        kept.pop()
    return any(" ".join(kept[-n:]) in NEGATIVE_PHRASES for n in (2, 3, 4))


def _is_refused_after(tokens: list[Token], spot: Spot, *, is_last: bool) -> bool:
    """Return whether a bare "não" follows: "a Dra. Ana não, com o Dr. Paulo", "Dr. Li no, please"."""
    after = spot.last + 1
    if after >= len(tokens) or tokens[after].word != "nao":
        return False
    following = tokens[after + 1] if after + 2 <= len(tokens) else None
    return following is None or (following.kind == "mark" and not is_last) or (is_last and following.word in ".!")


def _is_correction(text: str, tokens: list[Token], slip: Spot, spot: Spot) -> bool:
    between = tokens[slip.last + 1 : spot.first]
    if tokens[slip.last].kind == "chinese" or tokens[spot.first].kind == "chinese":
        gap = text[slip.end : spot.start]
        return len(gap) <= 8 and bool(_CHINESE_CORRECTION.search(gap))
    words = [token.word for token in between if token.kind == "word"]
    if not words or len(words) > 6 or not all(word in _BETWEEN for word in words):
        return False
    return any(word in CORRECTIONS or word in ("nao", "no", "not") or word == "dizer" for word in words) or words[:2] == ["ou", "melhor"]


def chosen(text: str, tokens: list[Token], spots: list[Spot]) -> NameMention | None:
    """Return the provider that is wanted; several candidates when two are named and nothing settles between them."""
    wanted = [spot for spot in spots if not spot.negative]
    if not wanted:
        return None
    if len(wanted) == 1:
        return _without_refused(wanted[0].mention(text), spots)
    if not any(_is_or(text, tokens, left, right) for left, right in pairwise(wanted)):
        towards = [spot for spot in wanted if _is_towards(text, tokens, spot)]
        if len(towards) == 1:
            return _without_refused(towards[0].mention(text), spots)
    best: dict[object, Candidate] = {}
    for spot in wanted:
        for candidate in spot.candidates:
            known = best.get(candidate.id)
            if known is None or candidate.score > known.score:
                best[candidate.id] = candidate
    settled = {spot.candidates[0].id for spot in wanted if len(spot.candidates) == 1}
    # "Dr. Silva … Dr. João Silva": the fuller naming settles the shorter one.
    if len(settled) == 1 and all({c.id for c in spot.candidates} >= settled or not spot.candidates for spot in wanted):
        only = next(spot for spot in wanted if len(spot.candidates) == 1)
        return _without_refused(only.mention(text), spots)
    joined = NameMention(text[wanted[0].start : wanted[-1].end], tuple(sorted(best.values(), key=lambda candidate: -candidate.score)))
    return _without_refused(joined if best else wanted[0].mention(text), spots)


def _without_refused(mention: NameMention, spots: list[Spot]) -> NameMention:
    """Leave out of an open choice those who are refused in the same breath ("a Silva, mas não a Ana Silva")."""
    refused = {spot.candidates[0].id for spot in spots if spot.negative and len(spot.candidates) == 1}
    kept = tuple(candidate for candidate in mention.candidates if candidate.id not in refused)
    return replace(mention, candidates=kept) if kept and len(mention.candidates) > 1 else mention


def _is_or(text: str, tokens: list[Token], left: Spot, right: Spot) -> bool:
    between = tokens[left.last + 1 : right.first]
    return any(token.word in OR_WORDS for token in between) or bool(_CHINESE_OR.match(text[left.end : right.start]))


def _is_towards(text: str, tokens: list[Token], spot: Spot) -> bool:
    token = tokens[spot.first]
    if token.kind == "chinese":
        return bool(_CHINESE_TOWARDS.search(text[max(0, spot.start - 3) : spot.start]))
    before = spot.first - 1
    while before >= 0 and tokens[before].word in ARTICLES:
        before -= 1
    return before >= 0 and tokens[before].word in TOWARDS
