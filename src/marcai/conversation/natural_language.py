"""One message read on its own: what it asks for and what that refers to in the clinic. Books, holds and remembers nothing."""

from dataclasses import dataclass, replace
from datetime import date, time
from typing import Final

from marcai.conversation.conversation import Doubt, Missing, Named, Subject, Task, Wanted
from marcai.conversation.intake import taken_up
from marcai.conversation.phrasing.say import Say
from marcai.conversation.phrasing.speak import speak
from marcai.conversation.pursuit.gaps import implied_type, says_enough
from marcai.conversation.pursuit.visits import matching, own_visits
from marcai.conversation.scene import Scene, line
from marcai.conversation.steps.doubts import doubt_in, in_hours
from marcai.scheduling.appointment import AppointmentId
from marcai.scheduling.provider import AppointmentTypeId
from marcai.understanding.meaning import Candidate, Intent, Meaning, NameMention

_ABOUT_VISITS: Final = frozenset({Intent.RESCHEDULE, Intent.CANCEL, Intent.CONFIRM})
_ABOUT_NEW: Final = frozenset({Intent.BOOK, Intent.AVAILABILITY, Intent.WAITLIST, Intent.RESCHEDULE})


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Something that the words leave open, what it may be, and the question that settles it."""

    entity: str
    candidates: tuple[Candidate | date | time, ...]
    question: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message asks for, with the clinic's own things that it refers to."""

    meaning: Meaning
    wanted: Wanted
    subject: Subject
    appointment_type: Named | None
    appointment_id: AppointmentId | None
    ambiguities: tuple[Ambiguity, ...]
    missing: tuple[Missing, ...]


async def read_alone(scene: Scene) -> Reading:
    """Return the reading of the scene's message, as if it were the first of a talk."""
    scene = replace(scene, meaning=in_hours(scene) or scene.meaning)
    scene = taken_up(scene) or scene
    task = scene.talk.task or Task(scene.meaning.intent)
    type_id = implied_type(scene.setup, task.wanted) if task.intent in _ABOUT_NEW else task.wanted.appointment_type_id
    kind = scene.setup.appointment_types.get(AppointmentTypeId(type_id)) if type_id else None
    visits = await own_visits(scene) if task.intent in _ABOUT_VISITS else ()
    fitting = matching(scene, visits or (), task.subject)
    return Reading(
        meaning=scene.meaning,
        wanted=task.wanted,
        subject=task.subject,
        appointment_type=Named(kind.id, kind.name) if kind else None,
        appointment_id=fitting[0].id if len(fitting) == 1 else None,
        ambiguities=tuple(_ambiguities(scene)),
        missing=tuple(_missing(scene, task, is_typed=kind is not None, is_visit_known=len(fitting) == 1)),
    )


def _ambiguities(scene: Scene) -> list[Ambiguity]:
    meaning = scene.meaning
    found = []
    named: list[tuple[str, NameMention | None, Say]] = [
        ("provider", meaning.provider, Say.ASK_WHICH_PROVIDER),
        ("appointment_type", meaning.appointment_type, Say.ASK_TYPE),
    ]
    for entity, mention, say in named:
        if mention is not None and len(mention.candidates) > 1:
            names = tuple(candidate.name for candidate in mention.candidates)
            found.append(Ambiguity(entity, mention.candidates, speak([line(say, options=names)], meaning.language)))
    doubt = doubt_in(scene)
    if doubt is not None:
        found.append(_doubted(scene, doubt))
    return found


def _doubted(scene: Scene, doubt: Doubt) -> Ambiguity:
    days = tuple(dict.fromkeys(day for day, _ in doubt.options if day is not None))
    if len(days) > 1:
        question = line(Say.ASK_WHICH_DATE, first=days[0], second=days[1])
        return Ambiguity("date", days, speak([question], scene.meaning.language))
    hours = tuple(hour for _, hour in doubt.options if hour is not None)
    question = line(Say.ASK_WHICH_TIME, first=hours[0], second=hours[1])
    return Ambiguity("time", hours, speak([question], scene.meaning.language))


def _missing(scene: Scene, task: Task, *, is_typed: bool, is_visit_known: bool) -> list[Missing]:
    if scene.meaning.intent is Intent.OTHER and scene.talk.task is None:
        return [Missing.INTENT]
    provider = scene.meaning.provider
    found = []
    if provider is not None and provider.settled is None and task.intent in _ABOUT_NEW:
        found.append(Missing.PROVIDER)
    if task.intent in _ABOUT_NEW and not is_typed and task.intent is not Intent.RESCHEDULE:
        found.append(Missing.APPOINTMENT_TYPE)
    if task.intent in _ABOUT_NEW and not says_enough(task.wanted):
        found.append(Missing.DATE)
    if task.intent in _ABOUT_VISITS and not is_visit_known:
        found.append(Missing.APPOINTMENT)
    return found
