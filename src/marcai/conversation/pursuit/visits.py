"""What a wish about a visit that stands already needs next: finding which one, then moving, cancelling, confirming or reading it out."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import time
from typing import Final

from marcai.conversation.conversation import Missing, Subject, Task
from marcai.conversation.flow import Trigger
from marcai.conversation.hearing import keeps_day, keeps_hour, means_everything
from marcai.conversation.phrasing.say import Line, Say
from marcai.conversation.pursuit.gaps import implied_type, says_when
from marcai.conversation.pursuit.offers import let_go, offer_earliest
from marcai.conversation.pursuit.strangers import ask_who
from marcai.conversation.scene import Scene, StepResult, clock, line, said
from marcai.conversation.wishes import shifted
from marcai.scheduling.appointment import Appointment, AppointmentId, Status
from marcai.scheduling.requests import Moved, Refusal
from marcai.tools.allowed import Denial, NotAllowed, NotPossible
from marcai.tools.cancel import CancelArgs, cancel
from marcai.tools.confirm import ConfirmArgs, confirm
from marcai.tools.list_visits import ListArgs, list_visits
from marcai.tools.reschedule import RescheduleArgs, reschedule
from marcai.understanding.meaning import Candidate, Intent

Visits = tuple[Appointment, ...]
EVERYTHING: Final = "everything"
"""The mark of a task that was read back for several visits at once."""


async def own_visits(scene: Scene) -> Visits | None:
    """Return the patient's visits to come, or None while it is not known well enough who writes.

    Who is known by the channel alone sees what was booked in it; where that is nothing, full name and birth date may show more.
    """
    found = await list_visits(scene.unit, scene.actor, ListArgs())
    if isinstance(found, NotAllowed) or not (found.visits or found.are_all):
        return None
    return found.visits


def matching(scene: Scene, visits: Visits, subject: Subject) -> Visits:
    """Return the visits that fit what was said of the one that is meant; an ordinal counts among those that fit otherwise."""
    fitting = tuple(visit for visit in visits if _fits(scene, visit, subject))
    if subject.ordinal is None or not fitting:
        return fitting
    index = subject.ordinal - 1 if subject.ordinal > 0 else subject.ordinal
    return (fitting[index],) if -len(fitting) <= index < len(fitting) else fitting


def _fits(scene: Scene, visit: Appointment, subject: Subject) -> bool:
    start = scene.wall(visit.start, visit.location_id)
    return (
        (subject.date_from is None or subject.date_from <= start.date())
        and (subject.date_to is None or start.date() <= subject.date_to)
        and _hour_fits(clock(start), subject.time_from, subject.time_to)
        and subject.provider_id in (None, visit.provider_id)
        and subject.appointment_type_id in (None, visit.appointment_type_id)
    )


def _hour_fits(start: time, low: time | None, high: time | None) -> bool:
    if low is not None and low == high:
        return start == low
    return (low is None or low <= start) and (high is None or start < high)


async def pursue_visit(scene: Scene) -> StepResult:
    """Settle which visit is meant, then do what the task wants with it."""
    task = scene.talk.task
    assert task is not None, "a visit is looked for on behalf of a task"
    visits = await own_visits(scene)
    if visits is None:
        return await ask_who(scene, Say.ASK_IDENTITY)
    if task.visit_id is not None and (chosen := next((v for v in visits if v.id == task.visit_id), None)) is not None:
        return await _DEEDS[task.intent](scene, chosen)
    if not visits:
        scene = (await let_go(scene)).with_task(None)
        return said(scene, Trigger.ANSWERED, line(Say.NO_VISITS))
    subject = _effective_subject(task, visits)
    fitting = matching(scene, visits, subject)
    if task.intent is Intent.CANCEL and len(fitting) > 1 and means_everything(scene.meaning.text):
        return await _ask_to_cancel_all(scene, task, fitting)
    if len(fitting) == 1:
        return await _DEEDS[task.intent](_about(scene, fitting[0]), fitting[0])
    return await _ask_which(scene, task, visits, fitting)


def _effective_subject(task: Task, visits: Visits) -> Subject:
    """A provider whom none of the visits is with is a wish for the new visit, not a word about the old one."""
    subject = task.subject
    if task.intent is not Intent.RESCHEDULE:
        return subject
    if subject.provider_id is not None and all(v.provider_id != subject.provider_id for v in visits):
        subject = replace(subject, provider_id=None)
    if subject.appointment_type_id is not None and all(v.appointment_type_id != subject.appointment_type_id for v in visits):
        subject = replace(subject, appointment_type_id=None)
    return subject


def _about(scene: Scene, visit: Appointment) -> Scene:
    assert scene.talk.task is not None, "a visit is settled for a task"
    return scene.with_task(replace(scene.talk.task, visit_id=visit.id))


async def _ask_which(scene: Scene, task: Task, visits: Visits, fitting: Visits) -> StepResult:
    scene = await let_go(scene)
    named = fitting or visits
    spoken = tuple(scene.spoken(visit) for visit in named)
    if len(named) == 1:
        # The words fit no visit, and there is only this one: it is named, and a yes settles it.
        if task.intent is Intent.CANCEL:
            asked = await _ask_to_cancel(_about(scene, named[0]), named[0])
            return asked.after(line(Say.NO_SUCH_VISIT))
        question: tuple[Line, ...] = (line(Say.NO_SUCH_VISIT), line(Say.IS_IT_THIS_VISIT, visit=spoken[0]))
    elif fitting:
        question = (line(Say.WHICH_VISIT, visits=spoken),)
    else:
        question = (line(Say.NO_SUCH_VISIT), line(Say.WHICH_VISIT, visits=spoken))
    # What did not fit is forgotten, so that the answer is judged by itself.
    scene = scene.with_task(replace(task, subject=task.subject if fitting else Subject()))
    asked_which = said(scene, Trigger.ASK_WHICH, *question, missing=[Missing.APPOINTMENT])
    return replace(asked_which, choices=tuple(visit.id for visit in named))


async def _move(scene: Scene, visit: Appointment) -> StepResult:
    """Ask for the new day if nothing was said of it; else offer the earliest slot that fits, with the same provider if none was named."""
    wanted = scene.wanted
    is_open = not says_when(wanted) and not keeps_day(scene.meaning.text) and not keeps_hour(scene.meaning.text)
    if is_open and wanted.provider is None and not wanted.among and not wanted.any_provider:
        scene = await let_go(scene)
        return said(scene, Trigger.ASK, line(Say.ASK_NEW_DATE, visit=scene.spoken(visit)), missing=[Missing.DATE, Missing.TIME])
    scene = _filled_from(scene, visit)
    return await offer_earliest(scene, implied_type(scene.setup, scene.wanted))


def _filled_from(scene: Scene, visit: Appointment) -> Scene:
    """Return the scene with everything taken from the old visit that was not said of the new one."""
    wanted = scene.wanted
    provider = scene.setup.providers.get(visit.provider_id)
    is_open = wanted.provider is None and not wanted.among and not wanted.any_provider and wanted.specialty is None
    if is_open and provider and provider.is_active and provider.id not in wanted.excluded_providers:
        wanted = replace(wanted, provider=Candidate(provider.id, provider.display_name, 1.0))
    if wanted.appointment_type_id is None:
        wanted = replace(wanted, appointment_type_id=visit.appointment_type_id)
    start = scene.wall(visit.start, visit.location_id)
    if wanted.shift is not None:
        wanted = shifted(wanted, wanted.shift, start.replace(tzinfo=None), keeps_hour=True)
    is_exact = wanted.time_from is not None and wanted.time_from == wanted.time_to
    if is_exact and wanted.date_from is None and wanted.date_to is None and not wanted.any_day and not wanted.earliest:
        # "Move it to three" means three on the same day.
        wanted = replace(wanted, date_from=start.date(), date_to=start.date())
    if keeps_day(scene.meaning.text):
        wanted = replace(wanted, date_from=start.date(), date_to=start.date())
    if keeps_hour(scene.meaning.text):
        wanted = replace(wanted, time_from=clock(start), time_to=clock(start))
    assert scene.talk.task is not None, "a visit is moved for a task"
    wanted = replace(wanted, excluded_starts=wanted.excluded_starts | {visit.start})
    return scene.with_task(replace(scene.talk.task, wanted=wanted))


async def commit_move(scene: Scene) -> StepResult | None:
    """Move the visit to what is on the table, after a yes to it. None: the slot is gone, another must be offered."""
    task, offer = scene.talk.task, scene.talk.offer
    if task is None or task.visit_id is None or offer is None:
        return await pursue_visit(scene)
    args = RescheduleArgs(task.visit_id, offer.slot, offer.hold_id, task.wanted.reason, channel=scene.talk.key.channel)
    moved = await reschedule(scene.unit, scene.actor, args)
    match moved:
        case Moved():
            scene = scene.with_talk(offer=None, task=None, booked=moved.new.id)
            return said(scene, Trigger.MOVED, line(Say.MOVED, visit=scene.spoken(moved.new)), appointment=moved.new)
        case Refusal():
            return None
        case NotPossible():
            return await _not_possible(scene)
        case NotAllowed():
            return await _denied(scene, moved)


async def _ask_to_cancel(scene: Scene, visit: Appointment) -> StepResult:
    scene = await let_go(scene)
    if scene.talk.task is not None:
        scene = scene.with_task(replace(scene.talk.task, asked=scene.talk.task.asked - {EVERYTHING}))
    asked = said(scene, Trigger.READ_BACK_CANCEL, line(Say.ASK_CANCEL, visit=scene.spoken(visit)), missing=[Missing.CONFIRMATION])
    return replace(asked, choices=(visit.id,))


async def _ask_to_cancel_all(scene: Scene, task: Task, visits: Visits) -> StepResult:
    scene = (await let_go(scene)).with_task(replace(task, visit_id=None, asked=task.asked | {EVERYTHING}))
    named = tuple(scene.spoken(visit) for visit in visits)
    asked = said(scene, Trigger.READ_BACK_CANCEL, line(Say.ASK_CANCEL_ALL, visits=named), missing=[Missing.CONFIRMATION])
    return replace(asked, choices=tuple(visit.id for visit in visits))


async def _commit_cancel_all(scene: Scene) -> StepResult:
    """Cancel what was read back, after a yes to all of it; what has become impossible meanwhile is not named as done."""
    task = scene.talk.task
    reason = task.wanted.reason if task else None
    tried = [await cancel(scene.unit, scene.actor, CancelArgs(AppointmentId(id_), reason)) for id_ in scene.talk.choices]
    done = [visit for visit in tried if isinstance(visit, Appointment)]
    if not done:
        return await _not_possible(scene)
    scene = scene.with_talk(task=None, booked=None)
    named = tuple(scene.spoken(visit) for visit in done)
    return said(scene, Trigger.CANCELLED, line(Say.CANCELLED_ALL, visits=named), appointment=done[-1])


async def commit_cancel(scene: Scene) -> StepResult:
    """Cancel the visit that was read back, after a yes to it."""
    task = scene.talk.task
    if task is not None and EVERYTHING in task.asked and len(scene.talk.choices) > 1:
        return await _commit_cancel_all(scene)
    if task is None or task.visit_id is None:
        return await pursue_visit(scene)
    cancelled = await cancel(scene.unit, scene.actor, CancelArgs(AppointmentId(task.visit_id), task.wanted.reason))
    match cancelled:
        case Appointment():
            scene = scene.with_talk(task=None, booked=None if scene.talk.booked == cancelled.id else scene.talk.booked)
            return said(scene, Trigger.CANCELLED, line(Say.CANCELLED, visit=scene.spoken(cancelled)), appointment=cancelled)
        case NotPossible():
            return await _not_possible(scene)
        case NotAllowed():
            return await _denied(scene, cancelled)


async def _confirm(scene: Scene, visit: Appointment) -> StepResult:
    """Confirm at once what the words named, or what was confirmed before; a visit that was merely assumed is read back first."""
    task = scene.talk.task
    assert task is not None, "presence is confirmed for a task"
    was_named = task.subject != Subject() or Missing.CONFIRMATION in task.asked
    if not was_named and visit.status is not Status.CONFIRMED:
        scene = (await let_go(scene)).with_task(replace(task, visit_id=visit.id, asked=task.asked | {Missing.CONFIRMATION.value}))
        asked = said(scene, Trigger.READ_BACK, line(Say.ASK_PRESENCE, visit=scene.spoken(visit)), missing=[Missing.CONFIRMATION])
        return replace(asked, choices=(visit.id,))
    confirmed = await confirm(scene.unit, scene.actor, ConfirmArgs(visit.id))
    match confirmed:
        case Appointment():
            scene = (await let_go(scene)).with_task(None)
            return said(
                scene, Trigger.PRESENCE_CONFIRMED, line(Say.PRESENCE_CONFIRMED, visit=scene.spoken(confirmed)), appointment=confirmed
            )
        case NotPossible():
            return await _not_possible(scene)
        case NotAllowed():
            return await _denied(scene, confirmed)


async def _not_possible(scene: Scene) -> StepResult:
    scene = (await let_go(scene)).with_task(None)
    return said(scene, Trigger.DROPPED, line(Say.NOT_POSSIBLE, phone=scene.setup.organisation.phone))


async def _denied(scene: Scene, refused: NotAllowed) -> StepResult:
    if refused.why is Denial.NEEDS_IDENTITY:
        return await ask_who(scene, Say.ASK_IDENTITY)
    scene = (await let_go(scene)).with_task(None)
    say = Say.STAFF_CONFIRMS if refused.why is Denial.STAFF_DECIDES else Say.NOT_POSSIBLE
    return said(scene, Trigger.DROPPED, line(say, phone=scene.setup.organisation.phone))


async def pursue_list(scene: Scene) -> StepResult:
    """Read out the visits to come; with a day or a provider in the question, those that fit."""
    visits = await own_visits(scene)
    if visits is None:
        return await ask_who(scene, Say.ASK_IDENTITY)
    subject = scene.talk.task.subject if scene.talk.task else Subject()
    shown = matching(scene, visits, subject) or visits
    scene = scene.with_task(None)
    if not shown:
        return said(scene, Trigger.ANSWERED, line(Say.NO_VISITS))
    return said(scene, Trigger.ANSWERED, line(Say.VISITS, visits=tuple(scene.spoken(visit) for visit in shown)))


_DEEDS: dict[Intent, Callable[[Scene, Appointment], Awaitable[StepResult]]] = {
    Intent.RESCHEDULE: _move,
    Intent.CANCEL: _ask_to_cancel,
    Intent.CONFIRM: _confirm,
}
