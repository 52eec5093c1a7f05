"""Answers to whatever was asked: yes and no, a choice from a list, "any", "the earliest", "say that again", goodbye."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from marcai.understanding.cues import Hit
from marcai.understanding.meaning import Language

_POLITE = frozenset({"greeting", "thanks"})
_PAUSES = frozenset(" ,.!;:\n\t-…，。！；、：~")
_DEEDS = frozenset({"book", "reschedule", "cancel", "waitlist", "human", "register"})
_PAUSES_OR_END = (_PAUSES - {" "}) | {""}
_MARKS = frozenset(",.!;，。！；、…")
_FILLERS = (
    *("ah", "oh", "hm", "hmm", "hum", "bom", "entao", "olha", "well", "so", "um", "uh", "er", "and", "but", "e", "mas", "ai", "uai", "ne"),
    *(
        "我",
        "我们",
        "please",
        "por favor",
        "pf",
        "pfv",
        "pls",
        "plz",
        "actually",
        "na verdade",
        "哦",
        "那",
        "呃",
        "哎",
        "唉",
        "请",
        "其实",
        "啊",
    ),
)
_SURE = frozenset(
    "sim claro fechado combinado perfeito beleza ok okay yes yeah yep sure perfect fine good great 没问题 可以的 好的 行的".split()
)
_BEFORE_NO = re.compile(r"[,.，。！!]\s?(?:mas|but|na verdade|actually|well|melhor|还是|但|不过)\s?$")
_LISTS = frozenset({"appointment", "provider", "specialty", "appointment_type", "location"})
_OPEN_QUESTIONS = frozenset({"provider", "specialty", "date", "time"})
_OPEN = frozenset({"any_provider", "any_day", "any_time", "any_asked", "earliest"})
_WISHES = {"lang_pt": Language.PT, "lang_en": Language.EN, "lang_zh": Language.ZH}


@dataclass(frozen=True, slots=True)
class Answers:
    """What the message answers, each as in `Meaning`."""

    answer: Literal["yes", "no"] | None
    ordinal: Hit | None
    any_provider: bool
    any_day: bool
    any_time: bool
    earliest: bool
    wants_repeat: bool
    language_wish: Language | None


def read_answers(folded: str, hits: Sequence[Hit], details: Sequence[Hit], *, asked: str | None, timed: bool, named: bool) -> Answers:
    """Return what the message answers. `hits` are intent cues `without_contained`, `details` those of details."""
    said = {hit.label for hit in details}
    left_open = "any_asked" in said
    loose = timed or named or bool(said & {"any_provider", "any_day", "any_time", "earliest"})
    return Answers(
        answer=None
        if asked in _OPEN_QUESTIONS and said & _OPEN
        else _yes_or_no(folded, hits, loose=loose, confirming=asked == "confirmation"),
        ordinal=_ordinal(folded, details, asked),
        any_provider="any_provider" in said or (left_open and asked in ("provider", "specialty")),
        any_day="any_day" in said or (left_open and asked == "date"),
        any_time="any_time" in said or (left_open and asked == "time"),
        earliest="earliest" in said,
        wants_repeat="repeat" in said,
        language_wish=next((_WISHES[h.label] for h in details if h.label in _WISHES and not _denied(folded, h)), None),
    )


def ordinal_of(hit: Hit) -> int:
    """Return the number of an ordinal's cue: 1 = first, -1 = last."""
    return int(hit.label.removeprefix("ordinal:"))


def says_goodbye(hits: Sequence[Hit], answer: Literal["yes", "no"] | None, asked: str | None) -> bool:
    """Tell whether the message ends the talk: thanks or a goodbye, unless it accepts what was asked."""
    return (answer != "yes" or asked is None) and any(hit.label in ("thanks", "bye") for hit in hits)


def _yes_or_no(folded: str, hits: Sequence[Hit], *, loose: bool, confirming: bool) -> Literal["yes", "no"] | None:
    """Return the answer; what the message opens with counts most, then how it ends, then a phrase in between.

    "Cancela, por favor" is a yes only where something is to be confirmed.
    With `loose` content (a time, a name, "any doctor") a mere "pode ser" is a proposal and not a yes.
    """
    explicit = any(hit.label in _DEEDS and hit.weight >= 3.0 for hit in hits)
    agreeing = ("affirm", "go", "go_deed") if confirming else ("affirm", "go")
    denies = any(hit.label == "deny" for hit in hits)
    if opened := _opening(folded, hits, agreeing=() if loose or denies else agreeing, explicit=explicit, denies=denies):
        return opened
    if denies and not explicit:
        return "no"
    tail = len(folded.rstrip(" .!。！~\n"))
    for hit in hits:
        if explicit or asks(folded, hit):
            continue
        if (hit.label in agreeing and not loose) or (hit.end >= tail and _closes_with_yes(folded, hit)):
            return "yes"
    return "no" if confirming and any(hit.label == "reschedule" for hit in hits) else None


def _opening(folded: str, hits: Sequence[Hit], *, agreeing: Sequence[str], explicit: bool, denies: bool) -> Literal["yes", "no"] | None:
    """Return the answer that the message opens with; a bare no before a deed ("não consigo remarcar") is none."""
    lead = _lead(folded, hits)
    refuses = any(hit.label == "not" and hit.start == lead for hit in hits)
    opening = [hit for hit in hits if hit.start == lead and hit.label in ("yes", "no", "affirm", "deny", "go", "go_deed")]
    for hit in sorted(opening, key=lambda h: -h.end):
        rest = folded[hit.end : hit.end + 1]
        if hit.label == "deny" or (hit.label == "no" and (not explicit or denies or refuses or rest in _PAUSES_OR_END)):
            return "no"
        if hit.label == "yes" and not asks(folded, hit):
            if _thinks_better(folded, hit, hits):
                return "no"
            if not denies:
                return "yes"
        if hit.label in agreeing and not asks(folded, hit):
            return "yes"
    return None


def _closes_with_yes(folded: str, hit: Hit) -> bool:
    """Tell whether a word at the end agrees: "amanhã à noitinha, sim". A vague one only after a pause."""
    return hit.label == "affirm" or (
        hit.label == "yes" and (folded[hit.start : hit.end] in _SURE or folded[max(0, hit.start - 1) : hit.start] in _PAUSES - {" "})
    )


def _thinks_better(folded: str, agreed: Hit, hits: Sequence[Hit]) -> bool:
    """Tell whether a no follows the yes that the message opens with: "ok, melhor não", 嗯，还是不要了."""
    return any(
        hit.label in ("no", "deny")
        and hit.start > agreed.end
        and (folded[max(0, hit.start - 2) : hit.start].strip(" ") in _MARKS or _BEFORE_NO.search(folded, agreed.end, hit.start))
        for hit in hits
    )


def asks(folded: str, hit: Hit) -> bool:
    """Tell whether what follows the words in the same breath makes a question of them: "pode ser quinta?", 可以拍片吗."""
    for place in range(hit.end, min(len(folded), hit.end + 60)):
        character = folded[place]
        if character in "?？吗么":
            return True
        if character in ".!;,。！；，\n":
            return False
    return False


def _lead(folded: str, hits: Sequence[Hit]) -> int:
    """Return where the message begins to say something: after greetings, thanks, fillers and marks."""
    polite = {hit.start: hit.end for hit in sorted(hits, key=lambda h: h.end) if hit.label in _POLITE}
    place, moved = 0, True
    while moved:
        moved = False
        while place < len(folded) and folded[place] in _PAUSES:
            place += 1
        if place in polite and polite[place] > place:
            place, moved = polite[place], True
            continue
        for filler in _FILLERS:
            end = place + len(filler)
            if (
                folded.startswith(filler, place)
                and (end == len(folded) or not folded[end].isalnum() or not filler.isascii())
                and end < len(folded)
            ):
                place, moved = end, True
                break
    return place


def _ordinal(folded: str, details: Sequence[Hit], asked: str | None) -> Hit | None:
    """Return the choice from a list. Without a list that was offered, only words that cannot be a weekday count."""
    found = [h for h in details if h.label.startswith("ordinal:")]
    if asked in _LISTS:
        if found:
            return max(found, key=lambda h: h.end - h.start)
        bare = folded.strip(" .)#")
        if bare.isascii() and bare.isdigit() and 1 <= int(bare[:3]) <= 9:
            start = folded.index(bare)
            return Hit(f"ordinal:{int(bare)}", 1.0, start, start + len(bare))
    explicit = [h for h in found if _names_a_choice(folded[h.start : h.end])]
    return explicit[0] if explicit else None


def _names_a_choice(words: str) -> bool:
    return any(word in words for word in ("opcao", "option", "choice", "个", "项", " one", "选", "dos", "das", "da lista"))


def _denied(folded: str, hit: Hit) -> bool:
    before = folded[max(0, hit.start - 12) : hit.start].split()
    return any(word in ("nao", "n", "not", "don't", "dont", "can't", "cant") for word in before) or folded[
        max(0, hit.start - 2) : hit.end
    ].startswith(("不", "我不", "不会"))
