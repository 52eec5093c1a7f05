"""What a wish for a new visit needs next: a question, an offer, or, after a yes, the deed."""

from dataclasses import replace

from marcai.clinics.actor import IdentityLevel
from marcai.conversation.conversation import Missing, Task
from marcai.conversation.flow import Trigger
from marcai.conversation.phrasing.say import Line, Say
from marcai.conversation.pursuit.gaps import implied_type, possible_types, says_enough
from marcai.conversation.pursuit.offers import let_go, offer_earliest
from marcai.conversation.pursuit.strangers import ask_who, stranger_of
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.requests import Refusal
from marcai.tools.allowed import NotAllowed
from marcai.tools.book import BookArgs, book

MOST_NAMED = 6
"""How many names a question reads out."""


async def pursue_booking(scene: Scene) -> StepResult:
    """Ask for what is really needed, else offer the earliest slot."""
    wanted = scene.wanted
    type_id = implied_type(scene.setup, wanted)
    asked = scene.talk.task.asked if scene.talk.task else frozenset[str]()
    questions: list[tuple[Missing, Line]] = []
    kinds = _types_in_doubt(scene) if Missing.APPOINTMENT_TYPE not in asked else ()
    if not kinds and type_id is None:
        kinds = tuple(kind.name for kind in possible_types(scene.setup, wanted))
    if kinds:
        questions.append((Missing.APPOINTMENT_TYPE, line(Say.ASK_TYPE, options=kinds[:MOST_NAMED])))
    wants_a_day = not says_enough(wanted) or (wanted.latest and wanted.date_from is None)
    if wants_a_day and Missing.DATE not in asked:
        questions.append((Missing.DATE, line(Say.ASK_DATE)))
    if not questions:
        return await offer_earliest(scene, type_id)
    scene = await let_go(scene)
    first, question = questions[0]
    scene = scene.with_task(_asked(scene.talk.task, first))
    return said(scene, Trigger.ASK, question, missing=[missing for missing, _ in questions])


def _types_in_doubt(scene: Scene) -> tuple[str, ...]:
    """Return what to choose from when a type was named that is no single one of the clinic's, even where one would go without saying."""
    mention = scene.meaning.appointment_type
    if mention is None or mention.settled is not None:
        return ()
    named = tuple(candidate.name for candidate in mention.candidates)
    return named or tuple(kind.name for kind in possible_types(scene.setup, scene.wanted))


def _asked(task: Task | None, what: Missing) -> Task | None:
    return replace(task, asked=task.asked | {what.value}) if task else None


async def commit_booking(scene: Scene) -> StepResult:
    """Book what is on the table, after a yes to it. Who is nobody's record yet is asked for name and birth date first."""
    offer, person = scene.talk.offer, scene.talk.person
    if offer is None:
        return await pursue_booking(scene)
    if person.patient_id is None and not person.is_new:
        return await ask_who(scene, Say.ASK_IDENTITY_TO_BOOK)
    args = BookArgs(
        slot=offer.slot,
        hold_id=offer.hold_id,
        reason=scene.wanted.reason,
        channel=scene.talk.key.channel,
        stranger=stranger_of(scene),
    )
    booked = await book(scene.unit, scene.actor, args)
    match booked:
        case Appointment():
            return _done(scene, booked)
        case NotAllowed():
            return await ask_who(scene, Say.ASK_IDENTITY_TO_BOOK)
        case Refusal():
            return await lost(scene)


def _done(scene: Scene, booked: Appointment) -> StepResult:
    scene = scene.with_talk(offer=None, task=None, booked=booked.id)
    if scene.talk.person.patient_id is None:
        # Whoever asked for a visit in this talk may come back to it here: that is what the channel's own identity allows.
        scene = scene.with_person(patient_id=booked.patient_id, level=max(scene.talk.person.level, IdentityLevel.CHANNEL))
    say = Say.REQUESTED if booked.status is Status.REQUESTED else Say.BOOKED
    return said(scene, Trigger.BOOKED, line(say, visit=scene.spoken(booked)), appointment=booked)


async def lost(scene: Scene) -> StepResult:
    """The slot that was accepted is gone: say sorry, and offer the next one."""
    offer = scene.talk.offer
    assert offer is not None, "only an offer can be lost"
    scene = await let_go(scene)
    scene = scene.with_wanted(excluded_starts=scene.wanted.excluded_starts | {offer.slot.start})
    following = await offer_earliest(scene, offer.slot.appointment_type_id)
    return following.after(line(Say.OFFER_LOST))
