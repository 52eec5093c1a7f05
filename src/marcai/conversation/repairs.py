"""What may be said at any time and in any state: a table of repairs, tried in order before the state's own step.

Each looks whether it is meant, and answers, or gives None. What was asked before still stands afterwards and is asked again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from marcai.conversation.conversation import Missing
from marcai.conversation.flow import State, Trigger
from marcai.conversation.hearing import asks_to_wait, gives_up, is_silence
from marcai.conversation.intake import tasks_in
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.facts import facts_lines
from marcai.conversation.pursuit.gaps import says_enough
from marcai.conversation.pursuit.offers import let_go, restated_offer
from marcai.conversation.pursuit.pursue import pursue
from marcai.conversation.pursuit.staff import summary_of, to_staff
from marcai.conversation.pursuit.strangers import ask_who
from marcai.conversation.pursuit.visits import pursue_list
from marcai.conversation.refusals import refused_in
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.conversation.steps.answers import ask_which_date, says_yes
from marcai.conversation.wishes import says_anything_new
from marcai.tools.hand_over import HandOverArgs, HandOverReason, hand_over
from marcai.understanding.meaning import Intent, Meaning

Repair = Callable[[Scene], Awaitable[StepResult | None]]

UNCLEAR_BEFORE_STAFF: Final = 3

_WAITING: Final = frozenset(
    {
        State.COLLECTING,
        State.OFFERING,
        State.CONFIRMING,
        State.CHOOSING_APPOINTMENT,
        State.CONFIRMING_CANCEL,
        State.WAITLISTING,
        State.IDENTIFYING,
    }
)
"""States in which a question of ours is open."""


async def restated(scene: Scene) -> StepResult:
    """Ask again what was asked, in the words of the present language; with nothing open, stay."""
    talk = scene.talk
    if talk.state not in _WAITING or talk.task is None:
        return said(scene, Trigger.STAY)
    if talk.state is State.IDENTIFYING and Missing.PHONE not in talk.missing:
        return await ask_who(scene, Say.ASK_IDENTITY)
    if talk.state is State.OFFERING and talk.offer is not None:
        return await restated_offer(scene)
    if talk.doubt is not None:
        return await ask_which_date(scene, talk.doubt)
    if talk.state is State.WAITLISTING and talk.task.intent is not Intent.WAITLIST:
        return said(scene, Trigger.ASK_WAITLIST, line(Say.ASK_WAITLIST_NOTHING_FREE), missing=[Missing.CONFIRMATION])
    if talk.state is State.COLLECTING and talk.choices:
        return _which_provider(scene)
    if talk.state is State.COLLECTING and talk.missing[:1] in ((Missing.DATE,), (Missing.TIME,)) and says_enough(talk.task.wanted):
        return said(scene, Trigger.ASK, line(Say.ASK_OTHER_TIME), missing=talk.missing)
    again = frozenset(item for item in talk.task.asked if item not in {missing.value for missing in talk.missing})
    return await pursue(scene.with_task(replace(talk.task, asked=again)))


def _which_provider(scene: Scene) -> StepResult:
    names = tuple(p.display_name for id_ in scene.talk.choices for p in scene.setup.providers.values() if p.id == id_)
    asked = said(scene, Trigger.ASK, line(Say.ASK_WHICH_PROVIDER, options=names), missing=[Missing.PROVIDER])
    return replace(asked, choices=scene.talk.choices)


async def _silence(scene: Scene) -> StepResult | None:
    if not is_silence(scene.meaning.text):
        return None
    again = await restated(scene)
    return again.after(line(Say.SILENCE)) if again.lines else replace(again, lines=(line(Say.SILENCE), line(Say.ASK_INTENT)))


async def _emergency(scene: Scene) -> StepResult | None:
    if scene.meaning.intent is not Intent.EMERGENCY:
        return None
    return await emergency(scene)


async def emergency(scene: Scene) -> StepResult:
    """Name the emergency number and the nearest emergency room, and let staff know; what was going on stays as it is."""
    await hand_over(scene.unit, scene.actor, HandOverArgs(scene.talk.id, HandOverReason.EMERGENCY, summary_of(scene)))
    return replace(said(scene, Trigger.STAY, line(Say.EMERGENCY, country=scene.setup.organisation.country)), missing=scene.talk.missing)


async def _human(scene: Scene) -> StepResult | None:
    if scene.meaning.intent is not Intent.HUMAN or Intent.HUMAN in scene.meaning.refused:
        return None
    return await to_staff(scene, HandOverReason.PATIENT_REQUEST, Say.HANDED_OFF)


async def _other_person(scene: Scene) -> StepResult | None:
    if scene.meaning.other_person is None:
        return None
    again = await restated(scene)
    return again.after(line(Say.OTHER_PERSON, phone=scene.setup.organisation.phone))


async def _repeat(scene: Scene) -> StepResult | None:
    if not scene.meaning.wants_repeat or tasks_in(scene.meaning) or says_anything_new(scene.meaning):
        return None
    again = await restated(scene)
    if again.lines:
        return again
    return replace(
        again,
        lines=(line(Say.REPEATED, said=scene.talk.said),)
        if scene.talk.said
        else (line(Say.GREETING, clinic=scene.setup.organisation.name),),
    )


async def _pause(scene: Scene) -> StepResult | None:
    """Somebody asks for a moment: everything stays as it is."""
    if not asks_to_wait(scene.meaning.text):
        return None
    return said(scene, Trigger.STAY, line(Say.WAITING))


async def _language(scene: Scene) -> StepResult | None:
    """The language itself was changed before the steps began; a wish for it alone is answered in it."""
    meaning = scene.meaning
    if meaning.language_wish is None or tasks_in(meaning) or says_anything_new(meaning) or meaning.answer is not None:
        return None
    again = await restated(scene)
    return (
        again.after(line(Say.LANGUAGE_SWITCHED))
        if again.lines
        else replace(again, lines=(line(Say.LANGUAGE_SWITCHED), line(Say.ASK_INTENT)))
    )


async def _dropped(scene: Scene) -> StepResult | None:
    """The patient lets the task go: whatever is on the table is released, and nothing is done."""
    talk, meaning = scene.talk, scene.meaning
    if talk.task is None or talk.state not in _WAITING or says_anything_new(meaning) or says_yes(meaning):
        return None
    if talk.offer is not None and not gives_up(meaning, talk) and refused_in(meaning.text) is not None:
        # "Later!" to an offer is no goodbye.
        return None
    others = [reading for reading in tasks_in(meaning) if reading.intent is not Intent.CANCEL]
    # A cancel that is refused keeps the visit: that is an answer to the question, and the step's own business.
    refuses = bool({talk.task.intent, Intent.BOOK} & set(meaning.refused)) and talk.task.intent is not Intent.CANCEL
    if others or not (refuses or (meaning.closes and not tasks_in(meaning)) or gives_up(meaning, talk)):
        return None
    scene = (await let_go(scene)).with_talk(task=None, later=(), doubt=None)
    return said(scene, Trigger.DROPPED, line(Say.DROPPED))


async def _closing(scene: Scene) -> StepResult | None:
    """Thanks and goodbyes when nothing is open."""
    meaning = scene.meaning
    if not meaning.closes or tasks_in(meaning) or says_anything_new(meaning) or scene.talk.state in _WAITING:
        return None
    return said(scene, Trigger.STAY, line(Say.THANKS))


async def _digression(scene: Scene) -> StepResult | None:
    """A question about the clinic, or about the patient's visits, in the midst of something: answered, then back to it."""
    meaning = scene.meaning
    wants_facts = any(r.intent is Intent.CLINIC_INFO for r in meaning.readings)
    if wants_facts and not _is_wish(meaning):
        facts = await facts_lines(scene)
        again = await restated(scene)
        if again.lines:
            return again.after(*facts)
        return replace(again, lines=facts, triggers=(Trigger.ANSWERED,) if scene.talk.state is not State.HANDED_OFF else (Trigger.STAY,))
    is_open = scene.talk.state in _WAITING and scene.talk.task is not None and scene.talk.task.intent is not Intent.LIST
    if is_open and meaning.intent is Intent.LIST:
        listed = await pursue_list(scene)
        if listed.triggers != (Trigger.ANSWERED,):
            return listed
        again = await restated(scene)
        return again.after(*listed.lines)
    return None


def _is_wish(meaning: Meaning) -> bool:
    """Say whether a question about the clinic comes with a task of its own: then both are answered (`turn.py`)."""
    return bool(tasks_in(meaning))


async def _greeting(scene: Scene) -> StepResult | None:
    meaning = scene.meaning
    if meaning.intent is not Intent.GREETING or scene.talk.state is State.HANDED_OFF or tasks_in(meaning) or says_anything_new(meaning):
        return None
    again = await restated(scene)
    if again.lines:
        return again.after(line(Say.WELCOME_BACK))
    return replace(again, lines=(line(Say.GREETING, clinic=scene.setup.organisation.name),))


REPAIRS: Final[tuple[Repair, ...]] = (
    _silence,
    _emergency,
    _human,
    _other_person,
    _pause,
    _language,
    _repeat,
    _dropped,
    _closing,
    _digression,
    _greeting,
)


async def unclear(scene: Scene) -> StepResult:
    """Nothing was understood: say so and ask again; the second time offer staff, the third time hand over."""
    failures = scene.talk.unclear + 1
    if failures >= UNCLEAR_BEFORE_STAFF:
        return await to_staff(scene, HandOverReason.FRUSTRATED, Say.HANDED_OFF_UNCLEAR)
    again = await restated(scene)
    again = replace(again, scene=again.scene.with_talk(unclear=failures))
    if failures > 1:
        return again.after(line(Say.UNCLEAR_STAFF))
    if again.lines:
        return again.after(line(Say.UNCLEAR))
    return replace(again, lines=(line(Say.OUT_OF_SCOPE),))
