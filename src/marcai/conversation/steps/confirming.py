"""Something was read back: one reading of an ambiguous date, or the visit to which somebody says that they will come."""

from datetime import date, time

from marcai.conversation.conversation import Doubt, Wanted
from marcai.conversation.flow import Trigger
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.pursue import pursue
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.conversation.steps.answers import carry_on, says_no, says_yes
from marcai.conversation.wishes import frame_of_all, says_anything_new
from marcai.understanding.meaning import Intent


async def take(scene: Scene) -> StepResult | None:
    """Answer to a read-back."""
    if scene.talk.doubt is not None:
        return await _settle(scene, scene.talk.doubt)
    task = scene.talk.task
    if task is not None and task.intent is Intent.CONFIRM:
        return await _presence(scene)
    return await carry_on(scene)


async def _settle(scene: Scene, doubt: Doubt) -> StepResult | None:
    option = _answered(scene, doubt)
    if option is not None:
        settled = scene.with_talk(doubt=None)
        return await pursue(settled.with_wanted(**_changes(settled.wanted, option)))
    if says_anything_new(scene.meaning) or scene.meaning.readings:
        return await carry_on(scene)
    return None


def _answered(scene: Scene, doubt: Doubt) -> tuple[date | None, time | None] | None:
    """Return the reading that the answer settles: by its day or hour, by order, by a yes (the first) or a no (the other)."""
    meaning, options = scene.meaning, doubt.options
    frame = frame_of_all(meaning.times)
    for day, hour in options:
        same_day = frame.has_day and day is not None and frame.date_from == frame.date_to == day
        same_hour = frame.has_time and hour is not None and frame.time_from is not None and _hour_fits(hour, frame.time_from, frame.time_to)
        if same_day or same_hour:
            return day, hour
    if frame.has_day or frame.has_time:
        return None
    if meaning.ordinal is not None and 0 < meaning.ordinal <= len(options):
        return options[meaning.ordinal - 1]
    if says_yes(meaning):
        return options[0]
    if says_no(meaning) and len(options) == 2 and not says_anything_new(meaning):
        return options[1]
    return None


def _hour_fits(hour: time, low: time, high: time | None) -> bool:
    return hour == low if low == high else low <= hour and (high is None or hour < high)


def _changes(wanted: Wanted, option: tuple[date | None, time | None]) -> dict[str, date | time]:
    day, hour = option
    changes: dict[str, date | time] = {}
    if day is not None:
        # A whole week that is meant keeps its length.
        length = wanted.date_to - wanted.date_from if wanted.date_from and wanted.date_to else None
        changes |= {"date_from": day, "date_to": day + length if length else day}
    if hour is not None and wanted.time_from is not None and wanted.time_from == wanted.time_to:
        changes |= {"time_from": hour, "time_to": hour}
    return changes


async def _presence(scene: Scene) -> StepResult | None:
    meaning, task = scene.meaning, scene.talk.task
    assert task is not None, "a presence is confirmed for a task"
    if says_yes(meaning) or (meaning.intent is Intent.CONFIRM and not meaning.times and not meaning.subject_times):
        return await pursue(scene)
    if says_no(meaning) and not says_anything_new(meaning):
        return said(scene.with_task(None), Trigger.DROPPED, line(Say.KEPT))
    return await carry_on(scene)
