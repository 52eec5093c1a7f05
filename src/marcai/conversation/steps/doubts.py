"""Dates and hours that can be read in two ways: whether it matters, and what the one question about it is. Pure."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from marcai.conversation.conversation import Doubt, Wanted
from marcai.conversation.scene import Scene
from marcai.conversation.wishes import Frame, frame_of
from marcai.scheduling.provider import Template
from marcai.understanding.meaning import Intent, Meaning, TimeMention


def doubt_in(scene: Scene) -> Doubt | None:
    """Return the doubt about the wished day or hour that only the patient can settle.

    Readings that lie in the past, or in which nobody works, settle themselves; a question that was asked about this task is
    not asked again (the likelier reading stands then, and the offer reads it back).
    """
    task = scene.talk.task
    if task is None or task.intent in (Intent.CANCEL, Intent.CONFIRM, Intent.LIST):
        return None
    for mention in scene.meaning.times:
        if mention.excluded or not mention.alternatives or mention.question is None or mention.question in task.asked:
            continue
        options = _options(scene, mention)
        if len(options) > 1:
            return Doubt(mention.question, options)
    return None


def _options(scene: Scene, mention: TimeMention) -> tuple[tuple[date | None, time | None], ...]:
    frames = [frame_of(value) for value in (mention.value, *mention.alternatives)]
    possible = [frame for frame in frames if _is_possible(scene, frame)] or frames[:1]
    pairs = [(frame.date_from, frame.time_from) for frame in possible]
    return tuple(dict.fromkeys(pairs))


def in_hours(scene: Scene) -> Meaning | None:
    """Return the meaning with readings that nobody's hours allow replaced by ones that they do; None when nothing changes.

    "At three" is three in the afternoon where nobody works at three in the night.
    """
    times = tuple(_possible(scene, mention) for mention in scene.meaning.times)
    return replace(scene.meaning, times=times) if times != scene.meaning.times else None


def _possible(scene: Scene, mention: TimeMention) -> TimeMention:
    if not mention.alternatives:
        return mention
    values = (mention.value, *mention.alternatives)
    found = next((value for value in values if _is_possible(scene, frame_of(value))), mention.value)
    if found is mention.value:
        return mention
    return replace(mention, value=found, alternatives=tuple(value for value in values if value is not found))


def _is_possible(scene: Scene, frame: Frame) -> bool:
    wanted, now = scene.wanted, scene.wall_now
    day = frame.date_from or (wanted.date_from if wanted.date_from == wanted.date_to else None)
    hour = frame.time_from if frame.time_from is not None and frame.time_from == frame.time_to else None
    if day is not None and (frame.date_to or day) < now.date():
        return False
    if day is not None and day == now.date() and hour is not None and datetime.combine(day, hour) <= now:
        return False
    days = [day] if day is not None and frame.date_from == frame.date_to else [now.date() + timedelta(days=n) for n in range(14)]
    return any(_works(template, one, hour) for template in _templates(scene, wanted) for one in days)


def _templates(scene: Scene, wanted: Wanted) -> list[Template]:
    return [
        template
        for provider_id, templates in scene.setup.templates.items()
        for template in templates
        if template.is_active
        and scene.setup.providers[provider_id].is_active
        and (wanted.provider is None or wanted.provider.id == provider_id)
    ]


def _works(template: Template, day: date, hour: time | None) -> bool:
    return (
        template.weekday == day.weekday()
        and (template.valid_from is None or template.valid_from <= day)
        and (template.valid_to is None or day <= template.valid_to)
        and (hour is None or template.start <= hour < template.end)
    )
