"""Specialties, appointment types and locations that an utterance names."""

from collections import OrderedDict
from dataclasses import dataclass, field

from marcai.understanding.meaning import Candidate, KnownName, KnownNames, NameMention
from marcai.understanding.names_kinds import CHINESE_KINDS, GENERIC, KIND_OPENINGS, KINDS, kinds_of, run_together
from marcai.understanding.names_sound import is_chinese, is_one_edit, plain, sound
from marcai.understanding.names_specialties import CHINESE, LEADING_WORDS, LONGEST_PHRASE, PARENTS, PHRASES, canonical, near_specialty
from marcai.understanding.names_tokens import Token
from marcai.understanding.names_words import ARTICLES, PARTICLES

_SECTION_CUES = "看挂约去查的个上在"
_PLACE_GENERIC = frozenset(
    "clinica clinic unidade filial hospital branch office consultorio centro center centre medical medico saude health location sede the".split()
)
_PLACE_CUES = frozenset(
    "na no em at in unidade filial clinica branch location office clinic da do sede pra para to near hospital consultorio loja".split()
)
_PLACE_CHINESE = ("分院", "诊所", "医院", "院区", "门诊部", "中心", "分店", "院")
_UNTELLING = PARTICLES | ARTICLES
_OWNED = frozenset("minha minhas sua my the this that our essa esta a da na as pela your his her".split())

Word = tuple[str, int, int]


@dataclass(slots=True)
class ThingIndex:
    """What a clinic calls its specialties, types and places."""

    own_specialties: dict[str, str] = field(default_factory=dict)
    specialty_words: dict[str, str] = field(default_factory=dict)
    specialty_characters: list[tuple[str, str]] = field(default_factory=list)
    types: tuple[KnownName, ...] = ()
    type_names: dict[str, set[int]] = field(default_factory=dict)
    type_openings: set[str] = field(default_factory=set)
    type_characters: list[tuple[str, int]] = field(default_factory=list)
    type_kinds: dict[str, list[int]] = field(default_factory=dict)
    locations: tuple[KnownName, ...] = ()
    place_words: list[tuple[tuple[str, ...], int]] = field(default_factory=list)
    place_characters: list[tuple[str, int]] = field(default_factory=list)


_CACHE_SIZE = 64
_indexes: OrderedDict[tuple[str, int, int, int], ThingIndex] = OrderedDict()


def thing_index(known: KnownNames) -> ThingIndex:
    """Return the index of a clinic's specialties, types and locations, built at most once a revision while in use."""
    key = (known.revision, len(known.appointment_types), len(known.locations), len(known.specialties))
    index = _indexes.get(key)
    if index is None:
        index = _indexes[key] = _build(known)
        if len(_indexes) > _CACHE_SIZE:
            _indexes.popitem(last=False)
    else:
        _indexes.move_to_end(key)
    return index


def _build(known: KnownNames) -> ThingIndex:
    index = ThingIndex(types=known.appointment_types, locations=known.locations)
    for own in known.specialties:
        said = plain(own)
        ours = canonical(own)
        if ours:
            index.own_specialties.setdefault(ours, own)
        if is_chinese(said):
            index.specialty_characters.append((said, own))
        else:
            index.specialty_words["".join(_words_of(said))] = own
    for place, kind in enumerate(known.appointment_types):
        for name in kind.names:
            said = plain(name)
            if is_chinese(said):
                index.type_characters.append((said.replace(" ", ""), place))
            else:
                index.type_names.setdefault(run_together(_words_of(said)), set()).add(place)
        for spoken in frozenset().union(*(kinds_of(name) for name in kind.names)):
            index.type_kinds.setdefault(spoken, []).append(place)
    index.type_openings = {name[:3] for name in index.type_names}
    index.type_characters.sort(key=lambda pair: -len(pair[0]))
    for place, location in enumerate(known.locations):
        for name in location.names:
            _add_place(index, place, plain(name))
    return index


def _words_of(said: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in said).split()


def _add_place(index: ThingIndex, place: int, said: str) -> None:
    if is_chinese(said):
        short = said.replace(" ", "")
        index.place_characters.append((short, place))
        for ending in _PLACE_CHINESE:
            if short.endswith(ending) and len(short) - len(ending) >= 2:
                index.place_characters.append((short[: -len(ending)], place))
                break
        return
    words = tuple(word for word in _words_of(said) if word not in PARTICLES)
    telling = tuple(word for word in words if word not in _PLACE_GENERIC)
    index.place_words.append((telling or words[-1:], place))


def find_specialty(text: str, tokens: list[Token], index: ThingIndex) -> NameMention | None:
    """Return the first specialty that is named, in the clinic's own wording where it has it, else by our name."""
    for at, token in enumerate(tokens):
        if token.kind == "word":
            found = _latin_specialty(tokens, at, index)
            if found:
                specialty, end = found
                return NameMention(text[token.start : end], specialty=specialty)
        elif token.kind == "chinese":
            mention = _chinese_specialty(text, token, index)
            if mention:
                return mention
    return None


def _latin_specialty(tokens: list[Token], at: int, index: ThingIndex) -> tuple[str, int] | None:
    word = tokens[at].word
    if word in LEADING_WORDS or index.specialty_words:
        words: list[str] = []
        best: tuple[str, int] | None = None
        for place in range(at, min(len(tokens), at + 2 * LONGEST_PHRASE)):
            token = tokens[place]
            if token.kind == "mark" and words and token.word in "-/":
                continue
            if token.kind != "word":
                break
            words.append(token.word)
            own = index.specialty_words.get("".join(words))
            ours = PHRASES.get(tuple(words))
            if own or ours:
                best = (own or _own(index, ours or ""), token.end)
        if best:
            return best
    near = near_specialty(word)
    return (_own(index, near), tokens[at].end) if near else None


def _own(index: ThingIndex, ours: str) -> str:
    return index.own_specialties.get(ours) or index.own_specialties.get(PARENTS.get(ours, "")) or ours


def _chinese_specialty(text: str, token: Token, index: ThingIndex) -> NameMention | None:
    run = token.word
    for said, own in index.specialty_characters:
        at = run.find(said)
        if at >= 0:
            return NameMention(text[token.start + at : token.start + at + len(said)], specialty=own)
    for at, character in enumerate(run):
        for phrase, ours in CHINESE.get(character, ()):
            if run.startswith(phrase, at):
                return NameMention(text[token.start + at : token.start + at + len(phrase)], specialty=_own(index, ours))
    end = run.find("科")
    # An unknown section of a hospital: 看X科, 挂X科.
    if end > 0 and run[end + 1 : end + 2] not in ("室", "学", "技", "目"):
        start = max(run.rfind(cue, 0, end) for cue in _SECTION_CUES) + 1
        if start > 0 and 1 <= end - start <= 4:
            return NameMention(text[token.start + start : token.start + end + 1])
    return None


def find_type(text: str, tokens: list[Token], index: ThingIndex) -> NameMention | None:
    """Return the appointment type that is named: by its own names, else by a kind of visit that it speaks of."""
    best: tuple[int, int, int, set[int], float] | None = None
    for at, token in enumerate(tokens):
        if token.kind == "chinese":
            found = _chinese_type(token, index)
        elif token.kind == "word" or (token.kind == "number" and index.type_names):
            found = _latin_type(tokens, at, index)
        else:
            continue
        if found and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        return None
    _, start, end, places, score = best
    candidates = tuple(Candidate(index.types[place].id, index.types[place].names[0], score) for place in sorted(places))
    return NameMention(text[start:end], candidates)


def _latin_type(tokens: list[Token], at: int, index: ThingIndex) -> tuple[int, int, int, set[int], float] | None:
    opening = tokens[at].word[:3]
    if len(opening) == 3 and opening not in KIND_OPENINGS and opening not in index.type_openings:
        return None
    words: list[str] = []
    best = None
    for place in range(at, min(len(tokens), at + 9)):
        token = tokens[place]
        if token.kind == "mark" and words and token.word in "-/":
            continue
        if token.kind not in ("word", "number") or len(words) == 5:
            break
        words.append(token.word)
        key = run_together(words)
        own = index.type_names.get(key) or (index.type_names.get(key[:-1]) if key.endswith("s") else None) or _near_type(key, index)
        kind = KINDS.get(key)
        weight = len(key)
        if kind == GENERIC or (own and all(KINDS.get(word) == GENERIC for word in words)):
            # "my appointment" is any visit; "a consultation" is a wish for that type.
            if at and tokens[at - 1].word in _OWNED:
                continue
            weight = 1
        if own:
            best = (weight + 100 * (weight > 1), tokens[at].start, token.end, own, 0.98)
        elif kind and kind in index.type_kinds:
            best = (weight, tokens[at].start, token.end, set(index.type_kinds[kind]), 0.85)
        elif kind and not index.types and kind != GENERIC:
            best = (weight, tokens[at].start, token.end, set(), 0.0)
    return best


def _near_type(key: str, index: ThingIndex) -> set[int] | None:
    if len(key) < 8:
        return None
    for name, places in index.type_names.items():
        if name[0] == key[0] and is_one_edit(name, key):
            return places
    return None


def _chinese_type(token: Token, index: ThingIndex) -> tuple[int, int, int, set[int], float] | None:
    run = token.word
    for said, place in index.type_characters:
        at = run.find(said)
        if at >= 0:
            return (len(said) * 4 + 100, token.start + at, token.start + at + len(said), {place}, 0.98)
    for phrase, kind in CHINESE_KINDS:
        at = run.find(phrase)
        if at < 0 or (kind == GENERIC and run[max(0, at - 2) : at].endswith(("我的", "的"))):
            continue
        weight = 1 if kind == GENERIC else len(phrase) * 4
        if kind in index.type_kinds:
            return (weight, token.start + at, token.start + at + len(phrase), set(index.type_kinds[kind]), 0.85)
        if not index.types and kind != GENERIC:
            return (weight, token.start + at, token.start + at + len(phrase), set(), 0.0)
    return None


def find_location(text: str, tokens: list[Token], index: ThingIndex) -> NameMention | None:
    """Return the location that is named; several when the words fit several."""
    if not index.locations:
        return None
    found: dict[int, tuple[int, int]] = {}
    longest = 0
    words: list[Word] = [(t.word, t.start, t.end) for t in tokens if t.kind in ("word", "number") and t.word not in _UNTELLING]
    for telling, place in index.place_words:
        span = _place_span(words, telling)
        if span and len(telling) >= longest:
            if len(telling) > longest:
                found, longest = {}, len(telling)
            found[place] = span
    for token in tokens:
        if token.kind == "chinese":
            for said, place in index.place_characters:
                at = token.word.find(said)
                if at >= 0 and place not in found:
                    found[place] = (token.start + at, token.start + at + len(said))
    if not found:
        return None
    start, end = min(span[0] for span in found.values()), max(span[1] for span in found.values())
    candidates = (Candidate(index.locations[place].id, index.locations[place].names[0], 0.95) for place in sorted(found))
    return NameMention(text[start:end], tuple(candidates))


def _place_span(words: list[Word], telling: tuple[str, ...]) -> tuple[int, int] | None:
    count = len(telling)
    for at in range(len(words) - count + 1):
        if all(_is_same_word(words[at + i][0], telling[i]) for i in range(count)) and (count > 1 or _is_placed(words, at)):
            return words[at][1], words[at + count - 1][2]
    return None


def _is_placed(words: list[Word], at: int) -> bool:
    before = words[at - 1][0] if at else ""
    after = words[at + 1][0] if at + 1 < len(words) else ""
    return len(words) == 1 or before in _PLACE_CUES or after in _PLACE_GENERIC


def _is_same_word(said: str, known: str) -> bool:
    if said == known:
        return True
    if len(known) < 5 or abs(len(said) - len(known)) > 2:
        return False
    return sound(said) == sound(known) or (len(known) >= 7 and is_one_edit(said, known))
