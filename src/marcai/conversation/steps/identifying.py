"""Somebody was asked who they are: full name and birth date, and a phone where a new patient is written down."""

from dataclasses import replace

from marcai.clinics.actor import IdentityLevel
from marcai.conversation.conversation import Missing, Person
from marcai.conversation.flow import Trigger
from marcai.conversation.intake import ABOUT_SUBJECT, tasks_in
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.booking import commit_booking
from marcai.conversation.pursuit.offers import let_go
from marcai.conversation.pursuit.pursue import pursue
from marcai.conversation.pursuit.staff import to_staff
from marcai.conversation.pursuit.strangers import ask_who
from marcai.conversation.pursuit.waiting import commit_waitlist
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.conversation.steps.answers import carry_on, says_no
from marcai.tools.hand_over import HandOverReason
from marcai.tools.identify import CouldNotMatch, Identified, IdentifyArgs, identify
from marcai.understanding.meaning import Intent

NEEDS_A_MATCH = ABOUT_SUBJECT | {Intent.RESCHEDULE}
"""Tasks that show or change visits: nothing less than a match will do."""


async def take(scene: Scene) -> StepResult | None:
    """Answer to "who are you?"."""
    task, meaning = scene.talk.task, scene.meaning
    if task is None:
        return await carry_on(scene)
    told = _told(scene)
    if told is None:
        if Missing.PHONE in scene.talk.missing and scene.talk.missing[:1] == (Missing.PHONE,):
            return await pursue(scene)
        if says_no(meaning):
            scene = (await let_go(scene)).with_talk(task=None, later=())
            return said(scene, Trigger.DROPPED, line(Say.DROPPED))
        return await carry_on(scene) if tasks_in(meaning) else None
    scene = scene.with_talk(person=told)
    if told.name is None or told.date_of_birth is None:
        return await ask_who(scene, Say.ASK_IDENTITY)
    return await _identified(scene)


def _told(scene: Scene) -> Person | None:
    """Return the person with what the words add; None when they add nothing."""
    person, meaning = scene.talk.person, scene.meaning
    told = replace(
        person,
        name=meaning.person_name or person.name,
        date_of_birth=meaning.date_of_birth or person.date_of_birth,
        phone=meaning.phone or person.phone,
    )
    return told if told != person else None


async def _identified(scene: Scene) -> StepResult | None:
    person, task = scene.talk.person, scene.talk.task
    assert task is not None, "somebody is asked who they are for a task"
    if task.intent is Intent.REGISTER:
        return await pursue(scene)
    if person.patient_id is None or person.level < IdentityLevel.IDENTIFIED:
        assert person.name is not None
        assert person.date_of_birth is not None
        found = await identify(scene.unit, scene.actor, IdentifyArgs(person.name, person.date_of_birth, scene.talk.id))
        if isinstance(found, Identified):
            scene = scene.with_person(patient_id=found.patient_id, level=max(found.level, person.level), is_new=False)
        elif task.intent in NEEDS_A_MATCH:
            return await _not_matched(scene, may_try_again=isinstance(found, CouldNotMatch) and found.may_try_again)
        else:
            scene = scene.with_person(is_new=True)
    if task.intent is Intent.WAITLIST:
        return await commit_waitlist(scene)
    if scene.talk.offer is not None:
        return await commit_booking(scene)
    return await pursue(scene)


async def _not_matched(scene: Scene, *, may_try_again: bool) -> StepResult:
    """The constant answer to a wrong guess; staff take over when there were too many."""
    scene = scene.with_person(name=None, date_of_birth=None)
    if may_try_again:
        return said(scene, Trigger.ASK_WHO, line(Say.NOT_MATCHED), missing=[Missing.PATIENT_NAME, Missing.DATE_OF_BIRTH])
    return await to_staff(scene, HandOverReason.IDENTITY_NOT_PROVEN, Say.NOT_MATCHED_STAFF)
