"""Lines into words: chooses the language's phrase, and says days, hours and visits as a native would."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from marcai.conversation.flow import State
from marcai.conversation.phrasing import chinese, english, portuguese
from marcai.conversation.phrasing.say import Days, Hours, Line, Say, Spoken, Visit
from marcai.conversation.safety import number_for
from marcai.understanding.meaning import Language


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: its phrases, and how it says values."""

    phrases: dict[Say, str]
    suggestions: dict[State, tuple[str, ...]]
    day: Callable[[date], str]
    clock: Callable[[time], str]
    moment: Callable[[datetime], str]
    visit: Callable[[Visit], str]
    with_provider: Callable[[str], str]
    of_type: Callable[[str], str]
    by_phone: Callable[[str], str]
    at: Callable[[str], str]
    hours: Callable[[int, int, time, time], str]
    days: Callable[[date, date], str]
    between: str
    last: str
    space: str


TONGUES: Final[dict[Language, Tongue]] = {
    language: Tongue(
        phrases=words.PHRASES,
        suggestions=words.SUGGESTIONS,
        day=words.day,
        clock=words.clock,
        moment=words.moment,
        visit=words.visit,
        with_provider=words.with_provider,
        of_type=words.of_type,
        by_phone=words.by_phone,
        at=words.at,
        hours=words.hours,
        days=words.days,
        between=words.BETWEEN,
        last=words.LAST,
        space="" if language is Language.ZH else " ",
    )
    for language, words in ((Language.PT, portuguese), (Language.EN, english), (Language.ZH, chinese))
}


_CHOICES: Final = frozenset({Say.ASK_WHICH_PROVIDER, Say.UNKNOWN_PROVIDER, Say.WHICH_VISIT})
"""Questions that read out what there is to choose from."""
_WIDE_SEMICOLON: Final = "\N{FULLWIDTH SEMICOLON}"


def speak(lines: Iterable[Line], language: Language) -> str:
    """Return what the lines say, as one text."""
    tongue = TONGUES[language]
    return tongue.space.join(_phrase(line, tongue, language) for line in lines)


def _phrase(line: Line, tongue: Tongue, language: Language) -> str:
    last = tongue.last if line.say in _CHOICES else tongue.between
    values = {name: say_value(value, language, last=last) for name, value in line.values.items()}
    provider, kind, phone = (line.values.get(name) for name in ("provider", "type", "phone"))
    values["with_provider"] = tongue.space + tongue.with_provider(provider) if isinstance(provider, str) and provider else ""
    values["of_type"] = tongue.of_type(kind) if isinstance(kind, str) and kind else ""
    values["by_phone"] = tongue.by_phone(phone) if isinstance(phone, str) and phone else ""
    where = line.values.get("where")
    values["at"] = (", " if language is Language.PT else tongue.space) + tongue.at(where) if isinstance(where, str) and where else ""
    if line.say is Say.EMERGENCY:
        country = line.values.get("country")
        values["number"] = number_for(country if isinstance(country, str) else None, language)
    words = tongue.phrases[line.say].format_map(values)
    return spaced(words) if language is Language.ZH and line.say is not Say.REPEATED else words


_WIDE_OPEN: Final = "\N{FULLWIDTH LEFT PARENTHESIS}"
_WIDE_CLOSE: Final = "\N{FULLWIDTH RIGHT PARENTHESIS}"
_BESIDE_LATIN: Final = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z\u00c0-\u024f])|(?<=[A-Za-z\u00c0-\u024f.])(?=[\u4e00-\u9fff])")


def spaced(words: str) -> str:
    """Return Chinese words with a space between characters and Latin letters, and wide brackets: 上午9点 Dr. Li Wei（城中）。"""
    return _BESIDE_LATIN.sub(" ", words.replace(" (", _WIDE_OPEN).replace(")", _WIDE_CLOSE))


def say_value(value: Spoken, language: Language, *, last: str | None = None) -> str:
    """Return a value in words; `last` joins the last of several."""
    tongue = TONGUES[language]
    match value:
        case None:
            return ""
        case datetime():
            return tongue.moment(value)
        case date():
            return tongue.day(value)
        case time():
            return tongue.clock(value)
        case Visit():
            return tongue.visit(value)
        case Hours():
            return tongue.hours(value.first, value.last, value.opens, value.closes)
        case Days():
            return tongue.days(value.first, value.last)
        case tuple():
            return _listed([say_value(one, language) for one in value], value, tongue, last or tongue.between)
        case _:
            return str(value)


def _listed(words: Sequence[str], values: Sequence[object], tongue: Tongue, last: str) -> str:
    """Join what is listed; visits hold commas of their own and are set apart by semicolons."""
    is_long = any(isinstance(value, Visit | Hours) for value in values)
    between = (_WIDE_SEMICOLON if tongue.space == "" else "; ") if is_long else tongue.between
    if last == tongue.between or len(words) < 2:
        return between.join(words)
    return f"{between.join(words[:-1])}{last}{words[-1]}"


def suggestions(state: State, language: Language, lines: Sequence[Line]) -> tuple[str, ...]:
    """Return a few answers to choose from: the names that a question reads out, else the state's own."""
    asked = next((line for line in reversed(lines) if line.say in (Say.ASK_TYPE, Say.ASK_WHICH_PROVIDER, Say.UNKNOWN_PROVIDER)), None)
    options = asked.values.get("options") if asked else None
    if isinstance(options, tuple) and options:
        return tuple(str(option) for option in options[:3])
    return TONGUES[language].suggestions[state]
