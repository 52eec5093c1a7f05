"""One turn, from meaning to reply: repairs first, then the state's own step, then what waits to be taken up."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from marcai.conversation.conversation import Conversation, Entities, Named, Reply, Task, Wanted
from marcai.conversation.flow import State, Trigger, advance
from marcai.conversation.intake import NEW_VISIT, tasks_in
from marcai.conversation.phrasing.say import Say
from marcai.conversation.phrasing.speak import speak, suggestions
from marcai.conversation.pursuit.facts import facts_lines
from marcai.conversation.pursuit.pursue import PURSUITS, pursue
from marcai.conversation.repairs import REPAIRS, unclear
from marcai.conversation.scene import Scene, StepResult, line
from marcai.conversation.steps import (
    at_rest,
    choosing_appointment,
    collecting,
    confirming,
    confirming_cancel,
    identifying,
    offering,
    waitlisting,
)
from marcai.understanding.meaning import Intent, Meaning

Step = Callable[[Scene], Awaitable[StepResult | None]]

STEPS: Final[dict[State, Step]] = {
    State.IDLE: at_rest.take,
    State.IDENTIFYING: identifying.take,
    State.COLLECTING: collecting.take,
    State.OFFERING: offering.take,
    State.CONFIRMING: confirming.take,
    State.CHOOSING_APPOINTMENT: choosing_appointment.take,
    State.CONFIRMING_CANCEL: confirming_cancel.take,
    State.WAITLISTING: waitlisting.take,
    State.HANDED_OFF: at_rest.take,
    State.COMPLETED: at_rest.take,
}
"""Each state's own step. None from a step means: these words are no answer here."""

_DONE: Final = frozenset(
    {
        Trigger.BOOKED,
        Trigger.MOVED,
        Trigger.CANCELLED,
        Trigger.JOINED,
        Trigger.REGISTERED,
        Trigger.PRESENCE_CONFIRMED,
        Trigger.ANSWERED,
        Trigger.DROPPED,
    }
)
"""Moves that end a task: what waits is taken up next."""

_TALK_INTENTS: Final = frozenset({*PURSUITS, Intent.CLINIC_INFO, Intent.HUMAN, Intent.EMERGENCY})


async def play(scene: Scene) -> StepResult:
    """Return what comes of the turn."""
    result = await _answer(scene)
    while result.triggers[-1:] and result.triggers[-1] in _DONE and result.scene.talk.task is None and result.scene.talk.later:
        following, *rest = result.scene.talk.later
        result = result.then(await pursue(result.scene.with_talk(task=following, later=tuple(rest))))
    return result


async def _answer(scene: Scene) -> StepResult:
    for repair in REPAIRS:
        repaired = await repair(scene)
        if repaired is not None:
            return _understood(repaired)
    result = await STEPS[scene.talk.state](scene)
    if result is None:
        return await unclear(scene)
    if any(reading.intent is Intent.CLINIC_INFO for reading in scene.meaning.readings) and tasks_in(scene.meaning):
        result = result.after(*await facts_lines(scene))
    return _understood(result)


def _understood(result: StepResult) -> StepResult:
    return replace(result, scene=result.scene.with_talk(unclear=0))


def concluded(before: Conversation, result: StepResult, meaning: Meaning) -> tuple[Conversation, Reply]:
    """Return the talk as the turn leaves it, and the reply."""
    scene, talk = result.scene, result.scene.talk
    state = before.state
    for trigger in result.triggers:
        state = advance(state, trigger)
    stays = result.triggers == (Trigger.STAY,)
    missing = result.missing or (talk.missing if stays else ())
    task = talk.task or before.task
    spoken = result.lines or (line(Say.ASK_INTENT),)
    text = speak(spoken, talk.language)
    intent = _intent(meaning, before, task)
    talk = replace(
        talk,
        state=state,
        turn=before.turn + 1,
        intent=intent,
        missing=missing,
        choices=talk.choices if stays else result.choices,
        handoff=talk.handoff if state is State.HANDED_OFF else None,
        said=text,
        updated_at=scene.now,
    )
    reply = Reply(
        conversation_id=talk.id,
        turn=talk.turn,
        language=talk.language,
        state=state,
        intent=intent,
        entities=entities(scene, task),
        missing=missing,
        reply=text,
        suggestions=suggestions(state, talk.language, spoken),
        offer=talk.offer,
        appointment=result.appointment,
        handoff=talk.handoff,
    )
    return talk, reply


def _intent(meaning: Meaning, before: Conversation, task: Task | None) -> Intent:
    """Return what the turn is about: what the words want, else the task in hand, else the words' own kind."""
    if meaning.intent in _TALK_INTENTS and not (task is not None and {meaning.intent, task.intent} == NEW_VISIT):
        return meaning.intent
    if task is not None:
        return task.intent
    return meaning.intent if meaning.intent is not Intent.OTHER or before.turn == 0 else before.intent


def entities(scene: Scene, task: Task | None) -> Entities:
    """Return what has been understood for the task, as the API shows it."""
    wanted = task.wanted if task else Wanted()
    offer = scene.talk.offer
    type_id = wanted.appointment_type_id or (offer.slot.appointment_type_id if offer else None)
    kind = next((kind for kind in scene.setup.appointment_types.values() if kind.id == type_id), None)
    subject = task.subject if task and task.intent in (Intent.CANCEL, Intent.CONFIRM, Intent.LIST) else None
    when = subject or wanted
    return Entities(
        provider=wanted.provider,
        specialty=wanted.specialty,
        appointment_type=Named(kind.id, kind.name) if kind else None,
        date_from=when.date_from,
        date_to=when.date_to,
        time_from=when.time_from,
        time_to=when.time_to,
        reason=wanted.reason,
    )
