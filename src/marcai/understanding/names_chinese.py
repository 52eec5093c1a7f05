"""Spots where a provider is named in Chinese characters: before a title, as a full name, or in answer."""

import re
from itertools import product

from marcai.understanding.meaning import Candidate
from marcai.understanding.names_index import ProviderIndex, pinyin_words
from marcai.understanding.names_match import Costs, chinese_costs, decide
from marcai.understanding.names_people import COMPOUND_FAMILIES, FAMILY_READINGS, WEAK_FAMILIES
from marcai.understanding.names_sound import near_reading, readings
from marcai.understanding.names_spots import Spot
from marcai.understanding.names_tokens import Token
from marcai.understanding.names_words import TITLES

TITLE = re.compile(r"副主任医师|主任医师|主治医师|主治医生|副主任|医生|医师|大夫|主任|教授|博士|专家|院长|老师|中医师")
_NOT_FAMILY_ALONE = frozenset("和向应时成全边连司查解明于关车有")
_WEEKDAYS = frozenset("一二三四五六日天")
_CUES = "约找看挂要换跟选请给见和让是"
_TAIL = re.compile(r"(?:吧|的号|的|号|那|那边|可以|就行|谢谢|啊|呀|呢)+$")
_LEAD = re.compile(r"^(?:我想|我要|想|帮我|请|就|那|还是|预)*(?:约|找|看|挂|要|换|选|给)*(?:一下|个)?")


def chinese_spots(tokens: list[Token], index: ProviderIndex, *, asked: bool) -> list[Spot]:
    """Return the providers named in Chinese characters, in text order."""
    spots: list[Spot] = []
    for place, token in enumerate(tokens):
        if token.kind != "chinese" or len(spots) >= 6:
            continue
        titled = _titled(tokens, place, index)
        spots.extend(titled)
        if not titled and index.known:
            spot = _beside_latin_title(tokens, place, index) or _full_name(tokens, place, index) or _cued(tokens, place, index)
            if spot is None and asked:
                spot = _answer(tokens, place, index)
            if spot:
                spots.append(spot)
    return spots


def _titled(tokens: list[Token], place: int, index: ProviderIndex) -> list[Spot]:
    token = tokens[place]
    spots: list[Spot] = []
    floor = 0
    for match in TITLE.finditer(token.word):
        at, end = match.span()
        name = _name_before(token.word[floor:at], index)
        if name:
            candidates = _whom(index, name.removesuffix("的"))
            spots.append(Spot(token.start + at - len(name), token.start + end, place, place, candidates))
        floor = end
    return spots


def _name_before(before: str, index: ProviderIndex) -> str:
    """Return the name at the end of these characters: somebody's full name, else what reads as one."""
    for length in (4, 3, 2):
        name = before[-length:]
        if len(name) == length and _is_known(name, index):
            return name
    if before[-2:] in COMPOUND_FAMILIES:
        return before[-2:]
    if before[-3:-2] == "姓" and before[-1] == "的":
        # 姓王的医生
        return before[-2:]
    last = before[-1:]
    fuller = next((before[-n:] for n in (2, 3, 4) if len(before) >= n and _reads_as_name(before[-n:])), "")
    if last in FAMILY_READINGS:
        # Two family names in a row are a name where it can begin there: 约程唐医生, but not 下周唐医生.
        begins = len(before) == len(fuller) or before[-len(fuller) - 1] in _CUES
        if fuller and (last in WEAK_FAMILIES or begins):
            return fuller
        is_known = any(known.family == last for known in index.characters)
        return "" if last in _NOT_FAMILY_ALONE and not is_known else last
    given = before[-2:]
    return fuller or (given if len(given) == 2 and any(known.given == given for known in index.characters) else "")


def _reads_as_name(name: str) -> bool:
    return name[:2] in COMPOUND_FAMILIES if len(name) == 4 else _opens_as_family(name)


def _is_known(name: str, index: ProviderIndex) -> bool:
    """Return whether somebody's full name is written so, sounds so, or is this in pinyin."""
    return name in index.chinese_names or _sounds_known(name, index) or _is_spelled(name, index)


def _is_spelled(name: str, index: ProviderIndex) -> bool:
    cut = 2 if name[:2] in COMPOUND_FAMILIES else 1
    if name[:cut] not in COMPOUND_FAMILIES and name[0] not in FAMILY_READINGS:
        return False
    return any("".join(words) in index.joined_owners for words in pinyin_words(name[:cut], name[cut:]))


def _opens_as_family(name: str) -> bool:
    if name[:1] == "周" and name[1:2] in _WEEKDAYS:
        # 周日李医生 is seen on a Sunday.
        return False
    return name[:2] in COMPOUND_FAMILIES or (name[:1] in FAMILY_READINGS and name[0] not in WEAK_FAMILIES)


def _sounds_known(name: str, index: ProviderIndex) -> bool:
    return any(key in index.chinese_sounds for key in _sound_keys(name))


def _sound_keys(name: str) -> list[tuple[str, ...]]:
    return list(product(*(tuple(near_reading(r) for r in readings(c)[:2]) or (c,) for c in name)))


def _whom(index: ProviderIndex, name: str, *, doubt: bool = False) -> tuple[Candidate, ...]:
    costs = _costs(index, name)
    return decide(index, costs, letters=len(name), words=1, is_chinese=True, doubt=doubt)


def _costs(index: ProviderIndex, name: str) -> Costs:
    return chinese_costs(index, name, is_family=len(name) == 1 or name in COMPOUND_FAMILIES)


def _beside_latin_title(tokens: list[Token], place: int, index: ProviderIndex) -> Spot | None:
    """Return who is meant by "Dr. 王" or "王 doctor"."""
    token = tokens[place]
    before = place - 1
    while before > 0 and tokens[before].word == ".":
        before -= 1
    if before >= 0 and tokens[before].word in TITLES:
        for length in (4, 3, 2, 1):
            name = token.word[:length]
            if len(name) == length and (name in index.chinese_names or length == 1):
                return Spot(tokens[before].start, token.start + length, before, place, _whom(index, name))
    if place + 1 < len(tokens) and tokens[place + 1].word in TITLES:
        name = _name_before(token.word, index)
        if name:
            return Spot(token.end - len(name), tokens[place + 1].end, place, place + 1, _whom(index, name))
    return None


def _full_name(tokens: list[Token], place: int, index: ProviderIndex) -> Spot | None:
    """Return who is named in full without a title: as written, or from three characters on as it sounds."""
    token = tokens[place]
    for length in (4, 3, 2):
        for at in range(len(token.word) - length + 1):
            name = token.word[at : at + length]
            is_opening = at == 0 or token.word[at - 1] in _CUES
            if name in index.chinese_names or ((length >= 3 or is_opening) and name[0] in FAMILY_READINGS and _is_known(name, index)):
                return Spot(token.start + at, token.start + at + length, place, place, _whom(index, name))
            if is_opening and _sounds_known(name, index):
                # Two characters by sound alone may be the half of a longer name.
                doubt = length == 2 and at + 2 < len(token.word)
                return Spot(token.start + at, token.start + at + length, place, place, _whom(index, name, doubt=doubt))
    return None


def _cued(tokens: list[Token], place: int, index: ProviderIndex) -> Spot | None:
    """Return who is named, one character wrong perhaps, after 约 or 找, or by a message that is nothing else."""
    token = tokens[place]
    is_whole = len(tokens) <= 2 and 2 <= len(token.word) <= 4
    for at in range(len(token.word) - 1):
        if not (_opens_as_family(token.word[at : at + 2]) and (token.word[at - 1 : at] in _CUES if at else is_whole)):
            continue
        for length in (4, 3, 2):
            name = token.word[at : at + length]
            if len(name) < length or (length == 4 and name[:2] not in COMPOUND_FAMILIES):
                continue
            costs = _costs(index, name)
            # Two characters of which one is wrong are anybody's.
            if costs and min(costs.values()) <= (1.25 if length >= 3 else 0.75):
                return Spot(token.start + at, token.start + at + length, place, place, _whom(index, name))
    return None


def _answer(tokens: list[Token], place: int, index: ProviderIndex) -> Spot | None:
    """Return who is named by a short answer to the question for a provider."""
    token = tokens[place]
    lead = _LEAD.match(token.word)
    start = lead.end() if lead else 0
    name = TITLE.sub("", _TAIL.sub("", token.word[start:]))
    if name[:1] in ("小", "老") and len(name) == 2:
        start, name = start + 1, name[1:]
    if not 1 <= len(name) <= 4:
        return None
    candidates = _whom(index, name)
    return Spot(token.start + start, token.start + start + len(name), place, place, candidates) if candidates else None
