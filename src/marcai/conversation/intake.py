"""Which tasks an utterance brings, and how it changes the one in hand. Pure but for letting go of what was on the table.

Several wishes in one message become the task in hand and those that wait for it; each takes the expressions of time that
stand by its own words. A word that only refines what is going on never starts anything new.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from marcai.conversation.conversation import Task, Wanted
from marcai.conversation.flow import State
from marcai.conversation.hearing import names_a_visit, wants_latest
from marcai.conversation.pursuit.pursue import PURSUITS
from marcai.conversation.scene import Scene
from marcai.conversation.shifts import shift_in
from marcai.conversation.wishes import absorbed, frame_of, says_anything_new, subject_of, without_words
from marcai.understanding.meaning import Intent, IntentReading, Meaning, TimeMention

NEW_VISIT: Final = frozenset({Intent.BOOK, Intent.AVAILABILITY})
STANDING_VISIT: Final = frozenset({Intent.RESCHEDULE, Intent.CANCEL, Intent.CONFIRM})
ABOUT_SUBJECT: Final = frozenset({Intent.CANCEL, Intent.CONFIRM, Intent.LIST})
"""Tasks in which every expression of time speaks of a visit that stands already."""


@dataclass(frozen=True, slots=True)
class Share:
    """One wish of an utterance with the part of its entities that is its own."""

    intent: Intent
    meaning: Meaning
    times: tuple[TimeMention, ...]
    subject_times: tuple[TimeMention, ...]


def tasks_in(meaning: Meaning) -> tuple[IntentReading, ...]:
    """Return the readings that are tasks, in the order in which they are to be done; the same words ask for one thing only."""
    found: list[IntentReading] = []
    for reading in meaning.readings:
        is_task = reading.intent in PURSUITS and reading.intent not in meaning.refused
        if is_task and not any(reading.start < other.end and other.start < reading.end for other in found):
            found.append(reading)
    return tuple(found)


def shares(meaning: Meaning, readings: Sequence[IntentReading]) -> list[Share]:
    """Return each reading with what stands by its words: what is said before the next reading begins is its own."""
    if len(readings) <= 1:
        intent = readings[0].intent if readings else Intent.OTHER
        return [Share(intent, meaning, meaning.times, meaning.subject_times)]
    ordered = sorted(readings, key=lambda reading: reading.start)
    bounds = [0, *(reading.start for reading in ordered[1:]), len(meaning.text) + 1]
    spans = {id(reading): (bounds[n], bounds[n + 1]) for n, reading in enumerate(ordered)}
    found = []
    for reading in readings:
        low, high = spans[id(reading)]
        found.append(_share(meaning, reading, low, high))
    return found


def _share(meaning: Meaning, reading: IntentReading, low: int, high: int) -> Share:
    def own(words: str) -> bool:
        return low <= max(meaning.text.find(words), 0) < high

    is_named = meaning.provider is not None and own(meaning.provider.text)
    is_typed = meaning.appointment_type is not None and own(meaning.appointment_type.text)
    is_special = meaning.specialty is not None and own(meaning.specialty.text)
    part = replace(
        meaning,
        provider=meaning.provider if is_named else None,
        appointment_type=meaning.appointment_type if is_typed else None,
        specialty=meaning.specialty if is_special else None,
        times=tuple(m for m in meaning.times if low <= m.start < high),
        subject_times=tuple(m for m in meaning.subject_times if low <= m.start < high),
    )
    return Share(reading.intent, part, part.times, part.subject_times)


def _by_visit(share: Share) -> list[Share]:
    """Return a share for each visit that is named by a day of its own: "cancel Tuesday's and Thursday's" are two wishes."""
    if share.intent not in (Intent.CANCEL, Intent.CONFIRM):
        return [share]
    groups: list[list[TimeMention]] = []
    for mention in sorted((*share.subject_times, *share.times), key=lambda mention: mention.start):
        days = [frame_of(one.value) for one in groups[-1]] if groups else []
        frame = frame_of(mention.value)
        is_another = frame.has_day and any(day.has_day and day.date_from != frame.date_from for day in days)
        if not groups or is_another:
            groups.append([mention])
        else:
            groups[-1].append(mention)
    if len(groups) < 2 or any(frame_of(one.value).date_from != frame_of(one.value).date_to for group in groups for one in group):
        return [share]
    return [replace(share, times=(), subject_times=tuple(group)) for group in groups]


def taken_up(scene: Scene) -> Scene | None:
    """Return the scene with the utterance worked into its tasks; None when it says nothing that bears on any."""
    meaning = scene.meaning
    readings = tasks_in(meaning)
    if not readings:
        return _refined_by_entities(scene)
    first, *rest = [one for share in shares(meaning, readings) for one in _by_visit(share)]
    scene = scene.with_task(_task(scene, first))
    later = tuple(_fresh(share) for share in rest)
    return scene.with_talk(later=later or scene.talk.later, doubt=None)


def _refined_by_entities(scene: Scene) -> Scene | None:
    meaning, task = scene.meaning, scene.talk.task
    has_subject = bool(meaning.subject_times)
    has_shift = _may_shift(scene) and shift_in(meaning.text) is not None
    if not says_anything_new(meaning) and not has_subject and not has_shift:
        if task is None or meaning.reason is None:
            return None
        return scene.with_wanted(reason=meaning.reason)
    share = Share(Intent.OTHER, meaning, meaning.times, meaning.subject_times)
    if task is not None:
        return scene.with_talk(task=_refined(task, share), doubt=None)
    if _has_just_booked(scene) and (meaning.times or has_shift):
        # Right after a booking, another day or hour is a change of mind about it.
        return scene.with_task(_refined(Task(Intent.RESCHEDULE, visit_id=scene.talk.booked), share))
    return scene.with_task(_fresh(replace(share, intent=Intent.BOOK)))


def _has_just_booked(scene: Scene) -> bool:
    return scene.talk.booked is not None and scene.talk.state is State.COMPLETED


def _may_shift(scene: Scene) -> bool:
    task = scene.talk.task
    return task.intent is Intent.RESCHEDULE if task is not None else _has_just_booked(scene)


def _task(scene: Scene, share: Share) -> Task:
    current = scene.talk.task
    if current is None:
        if share.intent is Intent.RESCHEDULE and _has_just_booked(scene) and _means_it(share):
            return _refined(Task(Intent.RESCHEDULE, visit_id=scene.talk.booked), share)
        return _fresh(share)
    if share.intent in NEW_VISIT and current.intent in (Intent.BOOK, Intent.AVAILABILITY, Intent.WAITLIST):
        intent = Intent.BOOK if current.intent is Intent.WAITLIST else current.intent
        return replace(_refined(replace(current, intent=intent), share), intent=intent)
    if share.intent in NEW_VISIT and current.intent is Intent.RESCHEDULE:
        # "I want Thursday" in the midst of a move is a wish for the new time.
        return _refined(current, share)
    if share.intent is Intent.WAITLIST and current.intent in NEW_VISIT | {Intent.WAITLIST}:
        return replace(_refined(current, share), intent=Intent.WAITLIST)
    if share.intent in STANDING_VISIT and current.intent in STANDING_VISIT:
        return _refined(_same_visit(current, share), replace(share))
    return _fresh(share)


def _means_it(share: Share) -> bool:
    """Say whether a move, asked for right after a booking, is of what was booked: "can we make it an hour later?"."""
    return not (share.subject_times or share.meaning.ordinal is not None) and (
        shift_in(share.meaning.text) is not None or not names_a_visit(share.meaning.text)
    )


def _same_visit(current: Task, share: Share) -> Task:
    """Another deed about the visit that is being talked of keeps the visit, unless the words name one."""
    named = bool(share.subject_times) or share.meaning.ordinal is not None or (share.intent in ABOUT_SUBJECT and bool(share.times))
    wanted = current.wanted if share.intent is current.intent else Wanted()
    if named:
        return Task(share.intent, wanted=wanted, asked=current.asked)
    return replace(current, intent=share.intent, wanted=wanted)


def _fresh(share: Share) -> Task:
    return _refined(Task(share.intent), share)


def _refined(task: Task, share: Share) -> Task:
    """Return the task after one more utterance: its words about the visit to come, and those about the visit that stands."""
    meaning = share.meaning
    if task.intent in ABOUT_SUBJECT:
        return replace(task, subject=subject_of(task.subject, meaning, (*share.subject_times, *share.times)))
    if task.intent is Intent.RESCHEDULE:
        shift = shift_in(meaning.text)
        if shift is not None:
            meaning = without_words(meaning, shift.start, shift.end)
            share = replace(share, times=meaning.times, subject_times=meaning.subject_times)
            task = replace(task, wanted=replace(task.wanted, shift=shift.by))
        subject = subject_of(task.subject, meaning, share.subject_times) if task.visit_id is None else task.subject
        return replace(task, subject=subject, wanted=_late(absorbed(task.wanted, meaning, share.times), meaning))
    return replace(task, wanted=_late(absorbed(task.wanted, meaning, share.times or share.subject_times), meaning))


def _late(wanted: Wanted, meaning: Meaning) -> Wanted:
    """Return the wish with "as late as possible" heard; an hour that is named later takes its place."""
    if wants_latest(meaning.text):
        return replace(wanted, latest=True)
    named = any(frame_of(mention.value).has_time for mention in meaning.times)
    return replace(wanted, latest=False) if wanted.latest and named else wanted
