"""The room's door: one message in, one `Meaning` out. Rules first; the model only for what they left open."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marcai.understanding.answers import Answers, asks, ordinal_of, read_answers, says_goodbye
from marcai.understanding.births import FoundDate, find_birth_date
from marcai.understanding.cues import Hit, find
from marcai.understanding.dates.finder import find_times
from marcai.understanding.folding import aligned
from marcai.understanding.impression import sounds_like
from marcai.understanding.intents import DETAIL_LABELS, Surroundings, Wanted, read_intents, reconsidered, without_contained
from marcai.understanding.language import detect
from marcai.understanding.lexicons import lexicon_of
from marcai.understanding.meaning import Intent, KnownNames, Language, Meaning, NameMention, TimeMention
from marcai.understanding.model import ask_model
from marcai.understanding.names import FoundNames, find_names
from marcai.understanding.persons import Found, Spanned, find_other_person, find_person_name, find_phone, find_reason
from marcai.understanding.ports import LanguageModel, ModelUnavailable
from marcai.understanding.subjects import split_times

_OPEN_BELOW = 0.6
_CONSENT = frozenset({"yes", "affirm", "go"})


@dataclass(frozen=True, slots=True)
class Context:
    """Where the talk stands: its language so far, and what was asked last (a member of the API's `missing`)."""

    language: Language | None = None
    asked: str | None = None


_TITLE = re.compile(r"\b(?:dra?|doutora?|doctor|doc|prof|professora?|sra?|mrs?|ms)\s+$")
_ABBREVIATION = re.compile(r"\b(?:dra?|sra?|mrs?|ms|prof|av|tel|a\.m|p\.m)\.")


def _without_dots(abbreviation: re.Match[str]) -> str:
    """Return "dr " for "dr.": its dot ends no sentence."""
    return abbreviation.group().replace(".", " ")


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen at first, before anything is weighed: the cues, the names and the times of one message."""

    text: str
    folded: str
    hits: list[Hit]
    details: list[Hit]
    names: FoundNames
    said: Sequence[TimeMention]

    @property
    def spoken(self) -> list[tuple[int, int, str]]:
        """Return where times and providers stand, each with the mark that stands for it in `impression.features`."""
        spans = [(t.start, t.end, "@") for t in self.said if not _greets(t, self.hits)]
        return spans + [(start, end, "%") for start, end in _name_spans(self.text, self.names)]


def first_look(text: str, *, now: datetime, known: KnownNames, language: Language, asked: str | None = None) -> Look:
    """Return the cues, names and times of a message in a language that is known."""
    text = unicodedata.normalize("NFC", text)
    folded = _ABBREVIATION.sub(_without_dots, aligned(text))
    hits, details = _cues(folded, language)
    names = find_names(text, known, language, asked_provider=asked == "provider")
    return Look(text, folded, hits, details, names, find_times(text, language, now))


class Interpreter:
    """Understands messages in Portuguese, English and Chinese. Keeps no talk: what it must know is handed in."""

    def __init__(self, model: LanguageModel | None = None) -> None:
        self._model = model

    @property
    def has_model(self) -> bool:
        """Say whether a model may be asked, so that a caller who holds a transaction knows whether `interpret` would wait."""
        return self._model is not None

    def read(self, text: str, *, now: datetime, known: KnownNames, context: Context, sure_language: Language | None = None) -> Meaning:
        """Return what the rules understand. `now` is the clinic's naive wall time; no text raises.

        `sure_language` is the message's own where it is known; else it is detected.
        """
        language = sure_language or detect(unicodedata.normalize("NFC", text), talk=context.language)
        asked = context.asked
        look = first_look(text, now=now, known=known, language=language, asked=asked)
        text, folded, hits, details, names, said = look.text, look.folded, look.hits, look.details, look.names, look.said
        phone = find_phone(folded, details, asked)
        born = find_birth_date(folded, language, details, said, asked=asked, today=now.date())
        person = find_person_name(text, folded, details, asked=asked, taken=_spans(phone, born))
        named = names.provider is not None or names.specialty is not None or names.appointment_type is not None
        no_times = [*_spans(phone, born, person), *_name_spans(text, names)]
        times = [
            t
            for t in said
            if not (_covered(t, no_times) or _TITLE.search(folded, max(0, t.start - 14), t.start) or (asked is None and _greets(t, hits)))
        ]

        answers = read_answers(folded, hits, details, asked=asked, timed=bool(times), named=named)
        if answers.ordinal is not None:
            times = [time for time in times if not _covered(time, [(answers.ordinal.start, answers.ordinal.end)])]
        starts = tuple(time.start for time in times)
        mostly_time = _mostly_time(folded, times, language)
        around = Surroundings(asked, answers.answer, starts, named, mostly_time, _left_open(answers, asked))
        wanted = read_intents(folded, hits, around)
        if asked is None and not wanted.certain:
            calmed = any(hit.label == "emergency_off" for hit in hits)
            wanted = reconsidered(wanted, sounds_like(folded, look.spoken, hits, language), calmed=calmed)
        spans = [(reading.intent, reading.start, reading.end) for reading in wanted.readings]
        wishes, subjects = split_times(folded, times, spans, hits, asked=asked)
        return Meaning(
            text=text,
            language=language,
            readings=wanted.readings,
            refused=wanted.refused,
            times=wishes,
            subject_times=subjects,
            provider=names.provider,
            not_providers=names.not_providers,
            specialty=names.specialty,
            appointment_type=names.appointment_type,
            location=names.location,
            any_provider=answers.any_provider,
            any_day=answers.any_day,
            any_time=answers.any_time,
            earliest=answers.earliest,
            answer=answers.answer,
            ordinal=ordinal_of(answers.ordinal) if answers.ordinal else None,
            person_name=person.value if person else None,
            date_of_birth=born.value if born else None,
            phone=phone.value if phone else None,
            reason=find_reason(text, folded, details, hits, times, asked=asked, answered=_is_no_reason(answers, wanted)),
            wants_repeat=answers.wants_repeat,
            closes=says_goodbye(hits, answers.answer, asked) and not _wants_something(wanted),
            language_wish=answers.language_wish,
            other_person=find_other_person(text, folded, details),
        )

    async def interpret(self, text: str, *, now: datetime, known: KnownNames, context: Context, patience_seconds: float) -> Meaning:
        """Return what the rules understand, and where they leave something open, what the model adds in time."""
        meaning = self.read(text, now=now, known=known, context=context)
        open_points = _open_points(meaning, context)
        if self._model is None or not open_points:
            return meaning
        try:
            return await ask_model(
                self._model,
                meaning=meaning,
                text=meaning.text,
                now=now,
                known=known,
                open_points=open_points,
                patience_seconds=patience_seconds,
            )
        except ModelUnavailable:
            return meaning


def _cues(folded: str, language: Language) -> tuple[list[Hit], list[Hit]]:
    """Return the cues of intents, without those that a longer one explains, and the cues of details."""
    intents: list[Hit] = []
    details: list[Hit] = []
    for hit in find(folded, lexicon_of(language)):
        if hit.label in DETAIL_LABELS or hit.label.startswith("ordinal:"):
            details.append(hit)
        elif not (hit.label in _CONSENT and asks(folded, hit)):
            intents.append(hit)
    return without_contained(intents), details


def _open_points(meaning: Meaning, context: Context) -> frozenset[str]:
    """Return what the rules could not tell: the names of `Meaning`'s fields, "intent" for its readings."""
    if meaning.intent is Intent.EMERGENCY:
        return frozenset()
    answered = meaning.answer or meaning.ordinal or meaning.person_name or meaning.date_of_birth or meaning.phone or meaning.closes
    found = bool(answered or meaning.times or meaning.subject_times or meaning.provider or meaning.specialty or meaning.appointment_type)
    open_points: set[str] = set()
    if (not meaning.readings and not found) or (meaning.readings and meaning.confidence < _OPEN_BELOW and not answered):
        open_points.add("intent")
    if not found and context.asked in ("date", "time") and not (meaning.any_day or meaning.any_time or meaning.earliest):
        open_points.add("times")
    if not found and context.asked in ("provider", "specialty", "appointment_type", "location") and not meaning.any_provider:
        open_points.add(context.asked)
    if context.asked == "patient_name" and meaning.person_name is None and not found:
        open_points.add("person_name")
    return frozenset(open_points)


def _left_open(answers: Answers, asked: str | None) -> bool:
    """Tell whether "any day" and the like answer what was asked, and so ask nothing themselves."""
    return asked is not None and (answers.any_provider or answers.any_day or answers.any_time or answers.earliest)


def _mostly_time(folded: str, times: Sequence[TimeMention], language: Language) -> bool:
    """Tell whether the message says little else than a time: "the thirteenth, at 10am please"."""
    covered = sum(t.end - t.start for t in times)
    said = len(folded.replace(" ", ""))
    return 2 * covered > said if language is Language.ZH else 5 * covered >= 2 * said


def _spans(*found: Found | FoundDate | None) -> list[Spanned]:
    return [f.span for f in found if f is not None]


def _name_spans(text: str, names: FoundNames) -> list[Spanned]:
    """Return where the names stand, so that "Dr. Domingos" is no Sunday."""
    mentions: Sequence[NameMention | None] = (names.provider, *names.not_providers)
    spans: list[Spanned] = []
    for mention in mentions:
        if mention is not None and (start := text.find(mention.text)) >= 0:
            spans.append((start, start + len(mention.text)))
    return spans


def _greets(mention: TimeMention, hits: Sequence[Hit]) -> bool:
    """Tell whether the words are but a greeting: "good morning", 晚上好."""
    return any(hit.label == "greeting" and hit.start <= mention.start and mention.end <= hit.end for hit in hits)


def _covered(mention: TimeMention, spans: Sequence[Spanned]) -> bool:
    return any(_overlaps((mention.start, mention.end), span) for span in spans)


def _overlaps(one: Spanned, other: Spanned) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _wants_something(wanted: Wanted) -> bool:
    return any(r.intent not in (Intent.OTHER, Intent.DENY, Intent.AFFIRM, Intent.GREETING) for r in wanted.readings)


def _is_no_reason(answers: Answers, wanted: Wanted) -> bool:
    return answers.answer is not None or answers.wants_repeat or _wants_something(wanted)
