"""What every state does with words that are no answer to its own question: work them into the tasks, settle doubts, go on."""

import re
from dataclasses import replace
from datetime import date, time
from typing import Final

from marcai.conversation.conversation import Doubt, Missing, Task
from marcai.conversation.flow import Trigger
from marcai.conversation.intake import taken_up, tasks_in
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.booking import MOST_NAMED
from marcai.conversation.pursuit.offers import let_go
from marcai.conversation.pursuit.pursue import pursue
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.conversation.steps.doubts import doubt_in, in_hours
from marcai.conversation.weekdays import in_the_named_week, in_the_same_week
from marcai.conversation.wishes import frame_of, says_anything_new
from marcai.kit.text import folded
from marcai.scheduling.provider import Provider
from marcai.understanding.meaning import Intent, Meaning, NameMention

_OR: Final = re.compile(r"\b(?:ou|or|either)\b|或|还是")


def says_yes(meaning: Meaning) -> bool:
    """Say whether the words are a yes to what was asked."""
    return meaning.answer == "yes" or (meaning.answer is None and meaning.intent is Intent.AFFIRM)


def says_no(meaning: Meaning) -> bool:
    """Say whether the words are a no to what was asked."""
    return meaning.answer == "no" or (meaning.answer is None and meaning.intent is Intent.DENY)


async def carry_on(scene: Scene) -> StepResult | None:
    """Work the words into the tasks and take the next step; None when they say nothing that bears on any."""
    before = scene.talk.task
    meaning = in_the_named_week(scene.meaning)
    if before is not None and meaning is scene.meaning:
        meaning = in_the_same_week(meaning, before.wanted, scene.today)
    scene = replace(scene, meaning=meaning)
    after = taken_up(scene)
    if after is None:
        return None
    possible = in_hours(after)
    if possible is not None:
        after = taken_up(replace(scene, meaning=possible)) or after
    if _is_another(before, after.talk.task):
        after = await let_go(after)
    either = _either_provider(after)
    if either is not None:
        after = either
    elif (unsettled := await _unsettled_provider(after)) is not None:
        return unsettled
    doubtful = doubt_in(after)
    if doubtful is not None:
        return await ask_which_date(after, doubtful)
    return await pursue(after)


def _is_another(before: Task | None, after: Task | None) -> bool:
    return before is not None and after is not None and (before.intent, before.visit_id) != (after.intent, after.visit_id)


def _either_provider(scene: Scene) -> Scene | None:
    """Return the scene with a wish for any of those who were named with an "or" between; None where one name may mean several."""
    mention, task = scene.meaning.provider, scene.talk.task
    if mention is None or len(mention.candidates) < 2 or task is None or not _OR.search(folded(mention.text)):
        return None
    active = {p.id for p in scene.setup.providers.values() if p.is_active}
    among = tuple(candidate for candidate in mention.candidates if candidate.id in active)
    return scene.with_wanted(provider=None, among=among, any_provider=False) if among else None


async def _unsettled_provider(scene: Scene) -> StepResult | None:
    """Ask which of two is meant, or say that nobody has that name."""
    mention, task = scene.meaning.provider, scene.talk.task
    if mention is None or mention.settled is not None or task is None or _is_meant_already(scene, mention):
        return None
    active = {p.id: p for p in scene.setup.providers.values() if p.is_active}
    named: list[Provider] = [p for c in mention.candidates for p in active.values() if p.id == c.id]
    fitting = [p for p in named if scene.wanted.specialty is None or scene.wanted.specialty in p.specialties] or named
    if _stands_out(scene, mention):
        fitting = fitting[:1]
    if len(fitting) == 1:
        candidate = next(c for c in mention.candidates if c.id == fitting[0].id)
        settled = replace(scene.meaning, provider=replace(mention, candidates=(candidate,)))
        return await carry_on(replace(scene, meaning=settled))
    scene = await let_go(scene)
    if fitting:
        # Whoever answers with a day, and not with a name, still means one of these.
        scene = scene.with_wanted(provider=None, among=tuple(c for p in fitting for c in mention.candidates if c.id == p.id))
        asked = said(
            scene,
            Trigger.ASK,
            line(Say.ASK_WHICH_PROVIDER, options=tuple(p.display_name for p in fitting[:MOST_NAMED])),
            missing=[Missing.PROVIDER],
        )
        return replace(asked, choices=tuple(p.id for p in fitting[:MOST_NAMED]))
    if not active:
        scene = scene.with_task(None)
        return said(scene, Trigger.DROPPED, line(Say.NOTHING_TO_BOOK, phone=scene.setup.organisation.phone))
    others = tuple(sorted(active.values(), key=lambda p: p.display_name))[:MOST_NAMED]
    asked = said(scene, Trigger.ASK, line(Say.UNKNOWN_PROVIDER, options=tuple(p.display_name for p in others)), missing=[Missing.PROVIDER])
    return replace(asked, choices=tuple(p.id for p in others))


def _is_meant_already(scene: Scene, mention: NameMention) -> bool:
    """Say whether the words may well mean the provider who is wished for already."""
    wished = scene.wanted.provider
    return wished is not None and (not mention.candidates or any(candidate.id == wished.id for candidate in mention.candidates))


def _stands_out(scene: Scene, mention: NameMention) -> bool:
    """Say whether the first candidate is meant: written just so, or the closest one in the answer to "which of the two?".

    Spoken names that sound alike are not told apart by how they were transcribed; those are asked about once.
    """
    scores = [candidate.score for candidate in mention.candidates[:2]]
    if len(scores) < 2 or scores[0] <= scores[1]:
        return False
    was_asked = Missing.PROVIDER in scene.talk.missing
    return was_asked or (scores[0] == 1.0 and scene.talk.key.channel != "phone")


async def ask_which_date(scene: Scene, doubt: Doubt) -> StepResult:
    """Ask the one question about an ambiguous date or hour, likelier reading first."""
    scene = await let_go(scene)
    task = scene.talk.task
    assert task is not None, "a doubt belongs to a task"
    scene = scene.with_talk(doubt=doubt, task=replace(task, asked=task.asked | {doubt.question}))
    days: tuple[date, ...] = tuple(dict.fromkeys(day for day, _ in doubt.options if day is not None))
    if len(days) > 1:
        question = line(Say.ASK_WHICH_DATE, first=days[0], second=days[1])
    else:
        hours: list[time] = [hour for _, hour in doubt.options if hour is not None]
        question = line(Say.ASK_WHICH_TIME, first=hours[0], second=hours[1])
    return said(scene, Trigger.READ_BACK, question, missing=[Missing.CONFIRMATION])


def agrees_with_offer(scene: Scene) -> bool:
    """Say whether every day, hour and name in the words is that of the slot on the table."""
    offer, meaning = scene.talk.offer, scene.meaning
    if offer is None:
        return False
    if not says_anything_new(meaning):
        return True
    start = scene.wall(offer.slot.start, offer.slot.location_id)
    clock = start.time().replace(tzinfo=None)
    for mention in meaning.times:
        readings = [frame_of(value) for value in (mention.value, *mention.alternatives)]
        if mention.excluded or not any(
            _contains(frame.date_from, frame.date_to, start.date()) and _covers(frame.time_from, frame.time_to, clock) for frame in readings
        ):
            return False
    if meaning.provider is not None and all(c.id != offer.slot.provider_id for c in meaning.provider.candidates):
        return False
    kind = meaning.appointment_type
    if kind is not None and kind.settled is not None and kind.settled.id != offer.slot.appointment_type_id:
        return False
    return not (meaning.not_providers or meaning.earliest)


def _contains(first: date | None, last: date | None, day: date) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _covers(low: time | None, high: time | None, clock: time) -> bool:
    if low is not None and low == high:
        return clock == low
    return (low is None or low <= clock) and (high is None or clock < high)


def brings_other_task(scene: Scene) -> bool:
    """Say whether the words want something else than the task in hand."""
    task = scene.talk.task
    return task is None or any(reading.intent is not task.intent for reading in tasks_in(scene.meaning))
