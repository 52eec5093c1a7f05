"""What a wish for the waitlist needs next, and what registering needs."""

from dataclasses import replace
from datetime import time

from marcai.conversation.conversation import Missing, Wanted
from marcai.conversation.flow import Trigger
from marcai.conversation.phrasing.say import Days, Say
from marcai.conversation.pursuit.booking import MOST_NAMED
from marcai.conversation.pursuit.gaps import implied_type, possible_types
from marcai.conversation.pursuit.offers import let_go
from marcai.conversation.pursuit.strangers import ask_who, split_name, stranger_of
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.scheduling.provider import ProviderId
from marcai.scheduling.waitlist import Queued, TimeOfDay
from marcai.tools.allowed import NotAllowed
from marcai.tools.register import RegisterArgs, register
from marcai.tools.waitlist import JoinArgs, NothingToWaitFor, join

_PARTS = ((TimeOfDay.MORNING, time(6), time(12)), (TimeOfDay.AFTERNOON, time(12), time(18)), (TimeOfDay.EVENING, time(18), time(22)))


async def pursue_waitlist(scene: Scene) -> StepResult:
    """Ask for the type if it is open, else describe the place on the waitlist and ask for a yes."""
    scene = await let_go(scene)
    type_id = implied_type(scene.setup, scene.wanted)
    types = possible_types(scene.setup, scene.wanted)
    if type_id is None and types:
        names = tuple(kind.name for kind in types[:MOST_NAMED])
        return said(scene, Trigger.ASK, line(Say.ASK_TYPE, options=names), missing=[Missing.APPOINTMENT_TYPE])
    if type_id is None:
        return said(scene.with_task(None), Trigger.DROPPED, line(Say.NOTHING_TO_BOOK, phone=scene.setup.organisation.phone))
    scene = scene.with_wanted(appointment_type_id=type_id)
    kind = scene.setup.appointment_types[type_id]
    provider = scene.wanted.provider.name if scene.wanted.provider else None
    wanted = scene.wanted
    described = line(Say.ASK_WAITLIST, type=kind.name, provider=provider, days=Days.between(wanted.date_from, wanted.date_to))
    return said(scene, Trigger.ASK_WAITLIST, described, missing=[Missing.CONFIRMATION])


async def commit_waitlist(scene: Scene) -> StepResult:
    """Put the patient on the waitlist, after a yes."""
    wanted, person = scene.wanted, scene.talk.person
    if person.patient_id is None and not person.is_new:
        return await ask_who(scene, Say.ASK_IDENTITY_TO_BOOK)
    type_id = implied_type(scene.setup, wanted)
    args = JoinArgs(
        appointment_type_id=type_id,
        provider_id=ProviderId(wanted.provider.id) if wanted.provider else None,
        date_from=wanted.date_from,
        date_to=wanted.date_to,
        time_of_day=part_of_day(wanted),
        channel=scene.talk.key.channel,
        stranger=stranger_of(scene),
    )
    joined = await join(scene.unit, scene.actor, args)
    match joined:
        case Queued():
            scene = scene.with_task(None)
            return said(scene, Trigger.JOINED, line(Say.JOINED, position=joined.position))
        case NothingToWaitFor():
            return said(scene.with_task(None), Trigger.DROPPED, line(Say.NOTHING_TO_BOOK, phone=scene.setup.organisation.phone))
        case NotAllowed():
            return await ask_who(scene, Say.ASK_IDENTITY_TO_BOOK)


def part_of_day(wanted: Wanted) -> TimeOfDay | None:
    """Return the part of the day in which the wished hours begin, if any are wished."""
    hour = wanted.time_from if wanted.time_from is not None else wanted.time_to
    if hour is None:
        return None
    return next((part for part, low, high in _PARTS if low <= hour < high), None)


async def pursue_registration(scene: Scene) -> StepResult:
    """Ask for name, birth date and phone, then write the new patient down."""
    person = scene.talk.person
    scene = await let_go(scene)
    if person.patient_id is not None:
        return said(scene.with_task(None), Trigger.ANSWERED, line(Say.ALREADY_REGISTERED))
    if person.name is None or person.date_of_birth is None:
        return await ask_who(scene, Say.ASK_IDENTITY_TO_BOOK)
    if person.phone is None and scene.talk.task and Missing.PHONE not in scene.talk.task.asked:
        scene = scene.with_task(replace(scene.talk.task, asked=scene.talk.task.asked | {Missing.PHONE.value}))
        return said(scene, Trigger.ASK_WHO, line(Say.ASK_PHONE), missing=[Missing.PHONE])
    first, last = split_name(person.name)
    made = await register(
        scene.unit,
        scene.actor,
        RegisterArgs(first, last, phone=person.phone, date_of_birth=person.date_of_birth, language=scene.talk.language.value),
    )
    if isinstance(made, NotAllowed):
        return said(scene.with_task(None), Trigger.DROPPED, line(Say.NOT_POSSIBLE, phone=scene.setup.organisation.phone))
    scene = scene.with_task(None).with_person(patient_id=made.patient.id, is_new=True)
    return said(scene, Trigger.REGISTERED, line(Say.REGISTERED, name=first))
