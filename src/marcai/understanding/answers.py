"""Answers to whatever was asked: yes and no, a choice from a list, "any", "the earliest", "say that again", goodbye."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from marcai.understanding.cues import Hit
from marcai.understanding.meaning import Language

_POLITE = frozenset({"greeting", "thanks"})
_PAUSES = frozenset(" ,.!;:\n\t-…，。！；、：~")
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
    lead = _lead(folded, hits)
    opening = [hit for hit in hits if hit.start == lead and hit.label in ("yes", "no", "affirm", "deny", "go", "go_deed")]
    explicit = any(hit.label in ("book", "reschedule", "cancel", "waitlist", "human", "register") and hit.weight >= 3.0 for hit in hits)
    agreeing = ("affirm", "go", "go_deed") if confirming else ("affirm", "go")
    denies = any(hit.label == "deny" for hit in hits)
    refuses = any(hit.label == "not" and hit.start == lead for hit in hits)
    for hit in sorted(opening, key=lambda h: (h.start, -h.end)):
        rest = folded[hit.end : hit.end + 1]
        if hit.label == "deny":
            return "no"
        if hit.label == "no":
            if not explicit or denies or refuses or rest in _PAUSES - {" "} or not rest:
                return "no"
        elif not asks(folded, hit):
            if hit.label == "yes" and not denies:
                return "no" if _thinks_better(folded, hit, hits) else "yes"
            if hit.label in agreeing and not loose and not denies:
                return "yes"
    if denies and not explicit:
        return "no"
    tail = folded.rstrip(" .!。！~\n")
    for hit in hits:
        closing = (
            hit.label == "affirm" or folded[hit.start : hit.end] in _SURE or folded[max(0, hit.start - 1) : hit.start] in _PAUSES - {" "}
        )
        if hit.label in ("yes", "affirm") and closing and not explicit and hit.end >= len(tail) and not asks(folded, hit):
            return "yes"
        if hit.label in agreeing and not loose and not explicit and not asks(folded, hit):
            return "yes"
    return None


def _thinks_better(folded: str, agreed: Hit, hits: Sequence[Hit]) -> bool:
    """Tell whether a no follows the yes that the message opens with: "ok, melhor não", 嗯，还是不要了."""
    return any(
        hit.label == "no"
        and hit.start > agreed.end
        and (folded[hit.start - 1] in _PAUSES - {" "} or _BEFORE_NO.search(folded, agreed.end, hit.start))
        for hit in hits
    )


_BEFORE_NO = re.compile(r"[,.，。！!]\s?(?:mas|but|na verdade|actually|well|melhor|还是|但|不过)\s?$")


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
