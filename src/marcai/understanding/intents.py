"""What somebody wants from the clinic: the evidence of the cues, weighed against each other.

Every intent of the API, several in one message where they are said, and those that are said with a negation. Which
wording speaks for what stands in the lexicons; how the wordings bear on one another stands here.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from marcai.understanding.confidence import evidence_of, sureness, sureness_together
from marcai.understanding.cues import Hit
from marcai.understanding.emergencies import vital_alarm
from marcai.understanding.meaning import Intent, IntentReading

DETAIL_LABELS = frozenset(
    {"any_provider", "any_day", "any_time", "any_asked", "earliest", "repeat", "lang_en", "lang_pt", "lang_zh"}
    | {"other_person", "name_is", "born", "phone_is", "symptom", "because"}
)
"""Cues that speak for no intent but for something else that the message holds; so do those named `ordinal:…`."""

_DEEDS = ("reschedule", "cancel", "confirm", "book", "waitlist", "register", "human")
_QUESTIONS = ("list", "availability", "clinic_info")
_OTHER_WISHES = frozenset({*_DEEDS, *_QUESTIONS, "cannot"}) - {"book"}
_EXPLICIT = 2.5
_BUT = frozenset("so just only mas but apenas quero want sim 是 只 就 想".split())
_STRONG = 3.3
_WORDING = 0.4
"""What the evidence of a wording counts beside the logarithm of a likelihood."""
_ALARMING, _ALARMING_ALONE = 0.7, 0.4
"""How likely an alarm has to sound that no wording raised: beside a wish, and where nothing else is wanted."""
_UNHEARD = 0.05
_LEAST_LIKELY = 1e-4
_I_HAVE = ("tenho", "eu tenho", "ja tenho", "i have", "i've", "我有")
_OWN_OBJECT = re.compile(r"\W*(?:(?:a|o|minha|meu) (?:de|do|da|consulta|exame|retorno)|(?:the|my) |(?:那个|另一个|我))")
_MARKS = frozenset(".!?;\n。！？；")
_PAUSES = _MARKS | frozenset(",，、:：")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else the message holds, as far as it bears on the intent."""

    asked: str | None
    answer: Literal["yes", "no"] | None
    time_starts: tuple[int, ...]
    named: bool
    mostly_time: bool
    left_open: bool

    @property
    def timed(self) -> bool:
        """Tell whether any time was said."""
        return bool(self.time_starts)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The intents of one message: wanted ones, what matters most first, and refused ones."""

    readings: tuple[IntentReading, ...]
    refused: tuple[Intent, ...]

    @property
    def certain(self) -> bool:
        """Tell whether nothing may outweigh it: an emergency, or several deeds in one message."""
        if any(r.intent is Intent.EMERGENCY for r in self.readings):
            return True
        return len(self.readings) > 1 and not any(r.intent.value in _QUESTIONS for r in self.readings)


@dataclass(slots=True)
class _Evidence:
    score: float = 0.0
    start: int = 0
    end: int = 0

    def add(self, weight: float, start: int, end: int) -> None:
        if weight > self.score:
            self.score, self.start, self.end = weight + 0.2 * min(1.0, self.score), start, end
        else:
            self.score += 0.2 * min(1.0, weight)


class _Scale(dict[str, _Evidence]):
    """The evidence for each label."""

    def add(self, label: str, weight: float, start: int, end: int) -> None:
        self.setdefault(label, _Evidence()).add(weight, start, end)

    def score(self, label: str) -> float:
        return self[label].score if label in self else 0.0

    def drop(self, *labels: str) -> None:
        for label in labels:
            self.pop(label, None)


def without_contained(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits but those that lie inside a longer one of at least their weight.

    So "if somebody cancels" speaks for the waiting list alone, and "emergency contact" for no emergency.
    """
    kept: list[Hit] = []
    active: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end, -h.weight)):
        active = [a for a in active if a.end > hit.start]
        if any(_covers(longer, hit) for longer in active):
            continue
        if kept and kept[-1] == hit:
            continue
        active.append(hit)
        kept.append(hit)
    return _without_stretched(kept)


def _without_stretched(hits: list[Hit]) -> list[Hit]:
    """Return the hits but the wishes for a visit that were stretched over another deed: "quero CANCELAR a consulta"."""
    deeds = [hit for hit in hits if hit.label in _OTHER_WISHES and hit.weight >= _EXPLICIT]
    if not deeds:
        return hits
    return [h for h in hits if h.label != "book" or not any(h.start < d.start and d.end <= h.end for d in deeds)]


def _covers(longer: Hit, hit: Hit) -> bool:
    if hit.label in ("not", "thanks", "bye") or (longer.label == "book" and hit.label in _OTHER_WISHES) or longer.end < hit.end:
        return False
    spare = longer.end - longer.start - (hit.end - hit.start)
    return longer.weight > hit.weight or (spare > 0 and longer.weight == hit.weight)


def read_intents(folded: str, hits: Sequence[Hit], around: Surroundings) -> Wanted:
    """Return what the message asks for. `hits` are the intent cues, `without_contained`, by where they begin."""
    evidence, refused = _gather(folded, hits)
    _merge(evidence, "unbot", "human")
    if around.answer == "yes" or not (around.timed or around.named):
        _merge(evidence, "go", "affirm")  # "pode marcar" says yes to what was proposed
    else:
        _merge(evidence, "go", "book")
    if alarm := vital_alarm(folded):
        evidence.add("emergency", 5.0, *alarm)
    if "emergency" in evidence and (alarm or _is_emergency(folded, hits)):
        found = evidence["emergency"]
        return Wanted((IntentReading(Intent.EMERGENCY, sureness(found.score, 0.0), found.start, found.end),), refused)
    evidence.pop("emergency", None)
    if around.left_open:
        evidence.pop("availability", None)
    _settle_absence(folded, evidence, around)
    _settle_deeds(folded, evidence)
    _settle_questions(folded, evidence)
    return Wanted(_readings(evidence, around, refused), refused)


def _gather(folded: str, hits: Sequence[Hit]) -> tuple[_Scale, tuple[Intent, ...]]:
    evidence = _Scale()
    refused: list[Intent] = []
    negator: Hit | None = None
    for hit in hits:
        if hit.label == "not":
            if negator is None or hit.end > negator.end:
                negator = hit
            continue
        if hit.label in _DEEDS and negator is not None and _negates(folded, negator, hit):
            if (intent := Intent(hit.label)) not in refused and hit.weight >= 2.0:
                refused.append(intent)
            negator = Hit("not", 0.0, negator.start, max(negator.end, hit.end)) if hit.weight >= 2.0 else negator
            continue
        evidence.add(hit.label, hit.weight, hit.start, hit.end)
    return evidence, tuple(refused)


def _negates(folded: str, negator: Hit, hit: Hit) -> bool:
    """Tell whether the negation reaches the deed: the same breath, at most a short word between."""
    if hit.start < negator.start:
        return False
    if hit.start < negator.end:
        return hit.end > negator.start
    between = folded[negator.end : hit.start]
    if any(c in _PAUSES for c in between):
        return False
    words = between.split()
    return not words or (len(words) == 1 and len(between) <= 12 and words[0] not in _BUT)


def _merge(evidence: _Scale, source: str, target: str) -> None:
    if found := evidence.pop(source, None):
        evidence.add(target, found.score, found.start, found.end)


def _is_emergency(folded: str, hits: Sequence[Hit]) -> bool:
    """Tell whether a red flag stands in a sentence that does not call it past, denied or feared."""
    sentences = [place for place, character in enumerate(folded) if character in _MARKS]
    calm = {bisect_right(sentences, hit.start) for hit in hits if hit.label == "emergency_off"}
    return any(hit.label == "emergency" and bisect_right(sentences, hit.start) not in calm for hit in hits)


def _settle_absence(folded: str, evidence: _Scale, around: Surroundings) -> None:
    """Decide what "I can't come" asks for: another time where one is named or wished for, else to cancel."""
    found = evidence.pop("cannot", None)
    if late := evidence.pop("late", None):
        evidence.add("reschedule", late.score, late.start, late.end)
    if found and around.answer == "no" and "visit" not in evidence and not around.timed:
        found = None
        evidence.add("deny", 2.0, 0, 0)
    if unsuited := evidence.pop("unsuited", None):
        if "visit" in evidence and found is None and not (evidence.keys() & {"book", "cancel", *_QUESTIONS}):
            evidence.add("reschedule", 2.2, unsuited.start, unsuited.end)
        elif not (evidence.keys() & {*_DEEDS, *_QUESTIONS}):
            evidence.add("deny", 2.0, unsuited.start, unsuited.end)
    if found is None:
        return
    evidence.drop("confirm")
    elsewhere = any(start >= found.end and any(c in _PAUSES for c in folded[found.end : start]) for start in around.time_starts)
    wishes = any(label in evidence and evidence[label].score >= 2.0 for label in ("book", "availability", "reschedule"))
    target = "reschedule" if elsewhere or wishes else "cancel"
    if target == "reschedule" and "cancel" in evidence and not wishes:
        target = "cancel"
    evidence.add(target, found.score + 0.2, found.start, found.end)


def _settle_deeds(folded: str, evidence: _Scale) -> None:
    """Let the deed that explains the others' words stand alone."""
    score, drop = evidence.score, evidence.drop
    if score("waitlist"):
        drop("availability", "cancel", "clinic_info", "human", "list", "register")
        if score("book") < _STRONG or evidence["book"].start > evidence["waitlist"].start:
            drop("book")
    if moved := evidence.get("reschedule"):
        drop("book", "availability", "confirm" if score("confirm") <= moved.score else "")
        if not (score("cancel") >= 3.0 and evidence["cancel"].end <= moved.start and _OWN_OBJECT.match(folded, moved.end)):
            drop("cancel")
    if score("human"):
        drop("clinic_info", "availability")
        if score("book") and not any(c in _MARKS for c in folded[evidence["book"].end : evidence["human"].start]):
            drop("book")
    if score("register") and score("book") < _STRONG:
        drop("book")
    if (score("cancel") or score("confirm")) and score("book") < _EXPLICIT:
        drop("book", "availability", "list")


def _settle_questions(folded: str, evidence: _Scale) -> None:
    """Tell a wish for a visit from a question about visits, free times or the clinic."""
    score, drop = evidence.score, evidence.drop
    if score("clinic_info") >= _EXPLICIT and (score("book") < _EXPLICIT or _share_words(evidence, "clinic_info", "book")):
        drop("book")  # "how much is a first visit", "what do I bring to have the test done"
    if score("availability") > score("book") and _share_words(evidence, "availability", "book"):
        drop("book")  # "how soon can I get in to see her"
    if score("book") >= _EXPLICIT:
        drop("availability")
    if score("book") >= 3.0 and score("list") and folded.startswith(_I_HAVE, evidence["list"].start):
        drop("list")  # "I have one on the 12th, book me another"
    if max(score("list"), score("availability")) > score("book") - 0.5:
        drop("book")
    if score("list") and score("availability"):
        drop("availability" if score("list") >= score("availability") else "list")


def _share_words(evidence: _Scale, one: str, other: str) -> bool:
    """Tell whether the evidence for both stands in the same words."""
    return one in evidence and other in evidence and evidence[one].start < evidence[other].end and evidence[other].start < evidence[one].end


def _readings(evidence: _Scale, around: Surroundings, refused: tuple[Intent, ...]) -> tuple[IntentReading, ...]:
    enough = 2.0 if around.asked is None else _EXPLICIT
    deeds = [(label, evidence[label]) for label in _DEEDS if label in evidence and evidence[label].score >= enough]
    questions = [(label, evidence[label]) for label in _QUESTIONS if label in evidence and evidence[label].score >= enough]
    rival = sorted((e.score for _, e in deeds + questions), reverse=True)
    second = rival[1] if len(rival) > 1 else 0.0
    if around.answer and not _outweighs(deeds + questions, evidence, around):
        label = "affirm" if around.answer == "yes" else "deny"
        found = evidence.get(label) or evidence.get({"affirm": "yes", "deny": "no"}[label]) or _Evidence(2.0)
        first = IntentReading(Intent(label), sureness(found.score + 1.0, second), found.start, found.end)
        return (first, *_as_readings([d for d in deeds if around.answer == "yes" or d[0] != "book"], second))
    deeds.sort(key=lambda pair: pair[1].start)
    chosen = deeds + sorted(questions, key=lambda pair: -pair[1].score)[:1] if deeds or questions else []
    if chosen:
        return _as_readings(chosen, second)
    return _weak_reading(evidence, around, refused)


def _outweighs(wanted: list[tuple[str, _Evidence]], evidence: _Scale, around: Surroundings) -> bool:
    """Tell whether a wish of its own stands beside the yes or no, so that the wish comes first."""
    explicit = [label for label, found in wanted if found.score >= _EXPLICIT]
    if not explicit:
        return False
    if around.answer == "no":
        if explicit == ["availability"] and not (around.timed or around.named):
            return False  # "that won't work, anything else?"
        return explicit != ["book"] or not ("deny" in evidence or around.asked == "confirmation")
    if explicit == ["confirm"]:
        return around.asked is None
    return around.asked not in ("confirmation",) or around.timed or around.named


def _as_readings(wanted: list[tuple[str, _Evidence]], second: float) -> tuple[IntentReading, ...]:
    top = max((found.score for _, found in wanted), default=0.0)
    return tuple(
        IntentReading(
            Intent(label), sureness(found.score, second if found.score == top and len(wanted) == 1 else 0.0), found.start, found.end
        )
        for label, found in wanted
    )


def _weak_reading(evidence: _Scale, around: Surroundings, refused: tuple[Intent, ...]) -> tuple[IntentReading, ...]:
    def reading(label: str, score: float) -> tuple[IntentReading, ...]:
        found = evidence.get(label, _Evidence())
        return (IntentReading(Intent(label), sureness(score, 0.0), found.start, found.end),)

    for label in ("deny", "affirm"):
        if label in evidence and not ("other" in evidence and evidence["other"].score > evidence[label].score):
            return reading(label, evidence[label].score)
    if refused and Intent.BOOK in refused:
        return reading("deny", 2.0)
    if "other" in evidence:
        return reading("other", evidence["other"].score)
    closing = "thanks" in evidence or "bye" in evidence
    if closing and not (around.named or around.mostly_time) and ("book" not in evidence or evidence["book"].score < 1.5):
        return reading("other", 1.5)
    if around.asked is None and ("book" in evidence or around.named or around.mostly_time):
        found = evidence.get("book")
        return reading("book", (found.score if found else 0.6) + (0.5 if around.named else 0.0) + (0.5 if around.timed else 0.0))
    for label in ("confirm", "list", "availability", "clinic_info", "register", "human", "reschedule", "cancel", "waitlist"):
        if label in evidence and evidence[label].score >= 1.0:
            return reading(label, evidence[label].score)
    if "greeting" in evidence:
        return reading("greeting", 2.0)
    return ()


def reconsidered(wanted: Wanted, likely: Mapping[Intent, float], *, calmed: bool = False) -> Wanted:
    """Return what is wanted when the wordings that were found and what the message sounds like are weighed together.

    What was refused stays refused. An alarm that no wording raised has to sound clear; where the message says that
    it is past, denied or feared (`calmed`), there is none.
    """
    if not likely:
        return wanted
    readings = wanted.readings
    if len(readings) > 1:
        said = tuple(r for r in readings if likely[r.intent] >= _UNHEARD)
        if len(said) != 1:
            return wanted
        readings = said  # "how much is a visit with her": the deed was only seen in the question's words
    first = readings[0] if readings else None
    scores = {intent: math.log(max(p, _LEAST_LIKELY)) for intent, p in likely.items() if intent not in wanted.refused}
    wishes = any(r.intent.value in _DEEDS + _QUESTIONS for r in readings)
    if calmed or likely[Intent.EMERGENCY] < (_ALARMING if wishes else _ALARMING_ALONE):
        del scores[Intent.EMERGENCY]
    elif not wishes:
        return Wanted((IntentReading(Intent.EMERGENCY, round(likely[Intent.EMERGENCY], 4), 0, 0),), wanted.refused)
    if first is not None:
        scores[first.intent] = scores.get(first.intent, 0.0) + _WORDING * evidence_of(first.confidence)
    best, second = sorted(scores, key=lambda intent: -scores[intent])[:2]
    start, end = (first.start, first.end) if first is not None and first.intent is best else (0, 0)
    return Wanted((IntentReading(best, sureness_together(scores[best] - scores[second]), start, end),), wanted.refused)
