"""Asking the language model for what the rules left open, and believing only what the message itself says.

The model answers with quotes. Code looks them up in the message, resolves dates with our own grammar and names with our own
matcher, and drops all else; so whatever the model was talked into, nothing comes of it that the patient's words do not bear.
It never learns the clinic's names, nor anything of the patient but this one message.
"""

import asyncio
from dataclasses import replace
from datetime import datetime

from marcai.understanding.dates.finder import find_times
from marcai.understanding.meaning import Intent, IntentReading, KnownNames, Meaning, NameMention, TimeMention
from marcai.understanding.model_evidence import FREE, NEVER_FROM_MODEL, bears_out, is_negated, is_own_name, sentence_around
from marcai.understanding.model_quotes import span_of_quote
from marcai.understanding.names import FoundNames, find_names
from marcai.understanding.names_sound import plain
from marcai.understanding.names_words import PARTICLES, STOP_WORDS
from marcai.understanding.ports import LanguageModel, ModelUnavailable
from marcai.understanding.prompts import prompt

OPEN_POINTS = frozenset({"intent", "times", "provider", "specialty", "appointment_type", "location", "person_name", "reason"})
"""What can be asked of the model."""

MODEL_CONFIDENCE = 0.7
"""How sure a reading of the model is once the message bears it out: enough to go on, not enough to do without asking."""

SETTLED_CONFIDENCE = 0.6
"""A reading of the rules that is as sure as this is settled."""

LONGEST_MESSAGE = 2000
_MOST_TIMES = 3
_VISIT_INTENTS = frozenset({Intent.CANCEL, Intent.CONFIRM, Intent.LIST})
_NAMED = ("provider", "specialty", "appointment_type", "location")

Span = tuple[int, int]


async def ask_model(
    model: LanguageModel,
    *,
    meaning: Meaning,
    text: str,
    now: datetime,
    known: KnownNames,
    open_points: frozenset[str],
    patience_seconds: float,
) -> Meaning:
    """Return the meaning, enriched by what the model found and the message bears out; unchanged when it gives nothing.

    `open_points` are members of `OPEN_POINTS`; those that the meaning has settled already are not asked for. One call, at
    most `patience_seconds` long. `from_model` of the result names the members that came from it.
    """
    open_points = still_open(meaning, open_points)
    if not open_points or not text.strip():
        return meaning
    message = text[:LONGEST_MESSAGE]
    try:
        async with asyncio.timeout(patience_seconds):
            answer = await model.propose(
                instructions=prompt("understand"), message=message, schema=answer_schema(open_points), patience_seconds=patience_seconds
            )
    except (ModelUnavailable, TimeoutError):
        return meaning
    return enriched(meaning, answer, text=message, now=now, known=known, open_points=open_points)


def still_open(meaning: Meaning, open_points: frozenset[str]) -> frozenset[str]:
    """Return those of the points that the rules have not settled."""
    settled = {point for point in (*_NAMED, "person_name", "reason") if getattr(meaning, point) is not None}
    if meaning.readings and meaning.confidence >= SETTLED_CONFIDENCE:
        settled.add("intent")
    if meaning.times or meaning.subject_times:
        settled.add("times")
    return (open_points & OPEN_POINTS) - settled


def answer_schema(open_points: frozenset[str]) -> dict[str, object]:
    """Return the strict JSON schema of an answer to these points; every member is required and may be null."""
    properties: dict[str, object] = {}
    if "intent" in open_points:
        intents = [intent.value for intent in Intent if intent not in NEVER_FROM_MODEL]
        properties["intent"] = {"type": ["string", "null"], "enum": [*intents, None]}
    if "times" in open_points:
        properties["time_quotes"] = {"type": "array", "items": {"type": "string"}}
    for point in sorted(open_points - {"times"}):
        properties[f"{point}_quote"] = {"type": ["string", "null"]}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def enriched(
    meaning: Meaning, answer: dict[str, object], *, text: str, now: datetime, known: KnownNames, open_points: frozenset[str]
) -> Meaning:
    """Return the meaning with whatever of the answer the message bears out; pure, and total over all answers."""
    readings = _readings(meaning, answer, text) if "intent" in open_points else ()
    found: dict[str, object] = {
        "readings": readings,
        "person_name": _person_name(answer, text) if "person_name" in open_points else None,
        "reason": _words(answer, "reason_quote", text) if "reason" in open_points else None,
    }
    if "times" in open_points:
        intent = readings[0].intent if readings else meaning.intent
        found["subject_times" if intent in _VISIT_INTENTS else "times"] = _times(meaning, answer, text, now)
    said = find_names(text, known, meaning.language)
    for point in open_points.intersection(_NAMED):
        found[point] = _named(point, answer, text, known, meaning, said)
    members = {member: value for member, value in found.items() if value}
    if not members:
        return meaning
    return replace(meaning, **members, from_model=meaning.from_model | frozenset(members))  # type: ignore[arg-type] # each was made for its name


def _words(answer: dict[str, object], member: str, text: str) -> str | None:
    span = _quoted(answer, member, text)
    return text[span[0] : span[1]] if span else None


def _quoted(answer: dict[str, object], member: str, text: str) -> Span | None:
    quote = answer.get(member)
    return span_of_quote(quote, text) if isinstance(quote, str) else None


def _readings(meaning: Meaning, answer: dict[str, object], text: str) -> tuple[IntentReading, ...]:
    """Return the readings with the model's first, or none when it adds nothing."""
    proposed = answer.get("intent")
    span = _quoted(answer, "intent_quote", text)
    if not isinstance(proposed, str) or proposed not in list(Intent) or span is None:
        return ()
    intent = Intent(proposed)
    if intent in meaning.refused or intent is Intent.OTHER or not bears_out(intent, text, span):
        return ()
    others = tuple(reading for reading in meaning.readings if reading.intent is not intent)
    reading = IntentReading(intent, MODEL_CONFIDENCE, *span)
    # What any words may be taken for does not push aside what the rules, however unsure, did read.
    return (*others, reading) if intent in FREE else (reading, *others)


def _times(meaning: Meaning, answer: dict[str, object], text: str, now: datetime) -> tuple[TimeMention, ...]:
    """Return the times that the quotes point at, as our grammar reads them in their sentence.

    The sentence and not the quote alone is read, since it knows what a quote conceals: that a day was ruled out or taken
    back, that "morning" was a greeting and "4" part of a telephone number.
    """
    quotes = answer.get("time_quotes")
    found: dict[int, TimeMention] = {}
    for quote in quotes[:_MOST_TIMES] if isinstance(quotes, list) else ():
        span = span_of_quote(quote, text) if isinstance(quote, str) else None
        if span is None:
            continue
        first, last = sentence_around(text, span)
        for mention in find_times(text[first:last], meaning.language, now):
            start, end = first + mention.start, first + mention.end
            if start < span[1] and span[0] < end and not mention.excluded:
                found.setdefault(start, replace(mention, start=start, end=end))
    return tuple(found[start] for start in sorted(found))


def _named(point: str, answer: dict[str, object], text: str, known: KnownNames, meaning: Meaning, said: FoundNames) -> NameMention | None:
    span = _quoted(answer, f"{point}_quote", text)
    if span is None:
        return None
    quote = text[span[0] : span[1]]
    mention: NameMention | None = getattr(find_names(quote, known, meaning.language, asked_provider=point == "provider"), point)
    if mention is None:
        return None
    start = span[0] + quote.find(mention.text)
    if is_negated(text, start) or (point == "provider" and is_own_name(text, start)):
        return None
    refused = {candidate.id for other in (*meaning.not_providers, *said.not_providers) for candidate in other.candidates}
    if point == "provider" and any(candidate.id in refused for candidate in mention.candidates):
        return None
    return mention


def _person_name(answer: dict[str, object], text: str) -> str | None:
    span = _quoted(answer, "person_name_quote", text)
    if span is None:
        return None
    name = text[span[0] : span[1]]
    words = name.split()
    are_names = all(word.replace("'", "").replace("-", "").replace(".", "").isalpha() for word in words)
    is_short = 1 <= len(words) <= 6 and len(name) <= 60
    is_common = any(plain(word) in STOP_WORDS - PARTICLES for word in words)
    return name if are_names and is_short and not is_common else None
