"""Something was read back: one reading of an ambiguous date, or the visit to which somebody says that they will come."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from marcai.conversation.conversation import Doubt, Wanted
from marcai.conversation.flow import Trigger
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.pursue import pursue
from marcai.conversation.refusals import Refused, refused_in
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.conversation.shifts import shift_in
from marcai.conversation.steps.answers import ask_which_date, carry_on, says_no, says_yes
from marcai.conversation.wishes import frame_of_all, says_anything_new
from marcai.kit.text import folded
from marcai.understanding.meaning import Intent

Reading = tuple[date | None, time | None]
WEEK: Final = timedelta(days=7)
_OTHER: Final = re.compile(r"\b(a |o )?outr[ao]\b|the other|the latter|另一个|后者|后一个|后面那")


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
    if says_no(scene.meaning) and not says_anything_new(scene.meaning) and len(doubt.options) > 2:
        return await ask_which_date(scene, replace(doubt, options=doubt.options[1:]))
    if says_anything_new(scene.meaning) or scene.meaning.readings:
        return await carry_on(scene)
    return None


def _answered(scene: Scene, doubt: Doubt) -> Reading | None:
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
    shift = shift_in(meaning.text)
    if shift is not None and options[0][0] is not None:
        return (datetime.combine(options[0][0], options[0][1] or time()) + shift.by).date(), options[0][1]
    if meaning.ordinal is not None and 0 < meaning.ordinal <= len(options):
        return options[meaning.ordinal - 1]
    if says_yes(meaning):
        return options[0]
    refused = refused_in(meaning.text)
    if refused in (Refused.TOO_EARLY, Refused.TOO_LATE):
        return _beside(options, is_later=refused is Refused.TOO_EARLY)
    if meaning.ordinal == -1 or (len(options) == 2 and _OTHER.search(folded(meaning.text))):
        return options[-1]
    if says_no(meaning) and len(options) == 2 and not says_anything_new(meaning):
        return options[1]
    return None


def _beside(options: Sequence[Reading], *, is_later: bool) -> Reading:
    """Return the next reading that is later (or earlier) than the first; a week or half a day off where there is none."""
    day, hour = options[0]
    ordered = sorted(options, key=lambda option: (option[0] or date.min, option[1] or time.min))
    place = ordered.index(options[0]) + (1 if is_later else -1)
    if 0 <= place < len(ordered):
        return ordered[place]
    return (day + (WEEK if is_later else -WEEK), hour) if day is not None else options[-1]


def _hour_fits(hour: time, low: time, high: time | None) -> bool:
    return hour == low if low == high else low <= hour and (high is None or hour < high)


def _changes(wanted: Wanted, option: Reading) -> dict[str, date | time]:
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
