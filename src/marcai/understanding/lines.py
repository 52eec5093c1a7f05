"""One line of `marcai understand`: a message in, what was understood out, in the API's form."""

from datetime import datetime

from marcai.understanding.interpreter import Context, Interpreter
from marcai.understanding.meaning import KnownNames, Language, Meaning, NameMention, TimeMention
from marcai.understanding.serial import when_json

NOBODY = KnownNames(revision="none")
_LANGUAGES = {"pt": Language.PT, "pt-br": Language.PT, "en": Language.EN, "zh": Language.ZH, "zh-cn": Language.ZH, "zh-tw": Language.ZH}


def answer_line(interpreter: Interpreter, line: dict[str, object], default_lang: str | None, default_now: datetime) -> dict[str, object]:
    """Return the answer to one line `{"id", "text", "lang"?, "reference_time"?}`.

    `temporal` lists every time that is wanted, wishes and times of visits that exist alike, in the order said; what
    the speaker excludes, and birth dates, are not among them.

    Raises:
        ValueError: the line's `lang` or `reference_time` is none, or its `text` is missing.
    """
    text = line.get("text")
    if not isinstance(text, str):
        raise ValueError("a line needs a text")
    language = _language(line.get("lang") or default_lang)
    now = _moment(line.get("reference_time"), default_now)
    meaning = interpreter.read(text, now=now, known=NOBODY, context=Context(language=language, asked=None), sure_language=language)
    times = sorted((*meaning.times, *meaning.subject_times), key=lambda mention: mention.start)
    return {
        "id": line.get("id"),
        "lang": meaning.language.short,
        "intent": meaning.intent.value,
        "confidence": meaning.confidence,
        "entities": _entities(meaning),
        "temporal": [_temporal(mention) for mention in times if not mention.excluded],
    }


def _language(name: object) -> Language | None:
    if name is None:
        return None
    language = _LANGUAGES.get(str(name).lower())
    if language is None:
        raise ValueError("lang is one of pt, en, zh")
    return language


def _moment(reference: object, default: datetime) -> datetime:
    """Return the reference time as the clinic's wall time; an offset in it is dropped, not converted."""
    if reference is None:
        return default
    return datetime.fromisoformat(str(reference)).replace(tzinfo=None)


def _entities(meaning: Meaning) -> dict[str, object]:
    return {
        "provider": _surface(meaning.provider),
        "specialty": _surface(meaning.specialty),
        "appointment_type": _surface(meaning.appointment_type),
        "location": _surface(meaning.location),
        "reason": meaning.reason,
    }


def _surface(mention: NameMention | None) -> str | None:
    return mention.text if mention else None


def _temporal(mention: TimeMention) -> dict[str, object]:
    return {"text": mention.text, "value": when_json(mention.value), "alternatives": [when_json(a) for a in mention.alternatives]}
