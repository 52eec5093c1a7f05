"""A slot is on the table: a yes books it, a no lets it go and says what the next search leaves out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from marcai.conversation.conversation import Missing, Offer, Wanted
from marcai.conversation.flow import Trigger
from marcai.conversation.intake import NEW_VISIT
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.booking import commit_booking, lost
from marcai.conversation.pursuit.offers import let_go
from marcai.conversation.pursuit.pursue import pursue
from marcai.conversation.pursuit.visits import commit_move
from marcai.conversation.refusals import Refused, refused_in
from marcai.conversation.scene import Scene, StepResult, clock, line, said
from marcai.conversation.steps.answers import agrees_with_offer, brings_other_task, carry_on, says_no, says_yes
from marcai.conversation.wishes import says_anything_new
from marcai.understanding.meaning import Intent

REFUSALS_BEFORE_ASKING: Final = 3
"""After so many plain refusals in a row the patient is asked what would suit, instead of being read the calendar."""


async def take(scene: Scene) -> StepResult | None:
    """Answer to an offer."""
    offer, meaning = scene.talk.offer, scene.meaning
    if offer is None:
        return await carry_on(scene)
    if _accepts(scene):
        return await _accepted(scene)
    if agrees_with_offer(scene) and says_anything_new(meaning) and not says_no(meaning) and not brings_other_task(scene):
        return await _accepted_or_restated(scene)
    refused = refused_in(meaning.text)
    if says_no(meaning) or (refused is not None and not brings_other_task(scene)):
        return await _refused(scene, offer, refused or Refused.SLOT)
    return await carry_on(scene)


def _accepts(scene: Scene) -> bool:
    meaning = scene.meaning
    is_yes = says_yes(meaning) or (meaning.intent is Intent.CONFIRM and not meaning.subject_times and meaning.answer != "no")
    return is_yes and agrees_with_offer(scene)


async def _accepted(scene: Scene) -> StepResult:
    task = scene.talk.task
    if task is not None and task.intent is Intent.RESCHEDULE:
        return await commit_move(scene) or await lost(scene)
    return await commit_booking(scene)


async def _accepted_or_restated(scene: Scene) -> StepResult | None:
    """The words name just what is offered, without a yes: the wish takes them in, and the offer is made again."""
    return await carry_on(scene)


async def _refused(scene: Scene, offer: Offer, refused: Refused) -> StepResult | None:
    task = scene.talk.task
    if task is None:
        return await carry_on(scene)
    wanted = _EXCLUDING[refused](scene, task.wanted, offer)
    scene = scene.with_task(replace(task, wanted=wanted, refusals=task.refusals + 1))
    other = await _with_new_wish(scene)
    if other is not None:
        return other
    if task.refusals + 1 >= REFUSALS_BEFORE_ASKING and refused is Refused.SLOT:
        scene = (await let_go(scene)).with_task(replace(task, wanted=wanted, refusals=0))
        return said(scene, Trigger.ASK, line(Say.ASK_OTHER_TIME), missing=[Missing.DATE, Missing.TIME])
    if offer.relaxed is not None and refused is Refused.SLOT and task.intent in NEW_VISIT:
        # The nearest alternative was refused: what was wished itself can only be waited for.
        scene = await let_go(scene)
        return said(scene, Trigger.ASK_WAITLIST, line(Say.ASK_WAITLIST_NOTHING_FREE), missing=[Missing.CONFIRMATION])
    return await pursue(scene)


async def _with_new_wish(scene: Scene) -> StepResult | None:
    """Go on with what the refusal itself wishes for instead ("no, I want Wednesday afternoon")."""
    if not says_anything_new(scene.meaning) and not brings_other_task(scene):
        return None
    return await carry_on(scene)


def _day(scene: Scene, wanted: Wanted, offer: Offer) -> Wanted:
    day = _start(scene, offer).date()
    only_that_day = wanted.date_from == wanted.date_to == day
    wanted = replace(wanted, excluded_dates=wanted.excluded_dates | {day})
    return replace(wanted, date_from=None, date_to=None) if only_that_day else wanted


def _too_early(scene: Scene, wanted: Wanted, offer: Offer) -> Wanted:
    hour = clock(_start(scene, offer))
    return _hours(wanted, low=_minute_after(hour), high=wanted.time_to if not _is_exact(wanted) else None)


def _too_late(scene: Scene, wanted: Wanted, offer: Offer) -> Wanted:
    hour = clock(_start(scene, offer))
    return _hours(wanted, low=wanted.time_from if not _is_exact(wanted) else None, high=hour)


def _hours(wanted: Wanted, *, low: time | None, high: time | None) -> Wanted:
    """Return the wish inside other hours; where these leave nothing of the hours wished before, the latter are given up."""
    if low is not None and high is not None and low >= high:
        low, high = (low, None) if high == wanted.time_to else (None, high)
    return replace(wanted, time_from=low, time_to=high, any_time=False)


def _hour(scene: Scene, wanted: Wanted, offer: Offer) -> Wanted:
    hour = clock(_start(scene, offer))
    wanted = replace(wanted, excluded_times=(*wanted.excluded_times, (hour, _minute_after(hour))))
    return replace(wanted, time_from=None, time_to=None) if _is_exact(wanted) else wanted


def _provider(_: Scene, wanted: Wanted, offer: Offer) -> Wanted:
    return replace(wanted, provider=None, any_provider=True, excluded_providers=wanted.excluded_providers | {offer.slot.provider_id})


def _slot(_: Scene, wanted: Wanted, offer: Offer) -> Wanted:
    return replace(wanted, excluded_starts=wanted.excluded_starts | {offer.slot.start})


_EXCLUDING: Final[dict[Refused, Callable[[Scene, Wanted, Offer], Wanted]]] = {
    Refused.DAY: _day,
    Refused.TOO_EARLY: _too_early,
    Refused.TOO_LATE: _too_late,
    Refused.HOUR: _hour,
    Refused.PROVIDER: _provider,
    Refused.SLOT: _slot,
}


def _start(scene: Scene, offer: Offer) -> datetime:
    return scene.wall(offer.slot.start, offer.slot.location_id)


def _is_exact(wanted: Wanted) -> bool:
    return wanted.time_from is not None and wanted.time_from == wanted.time_to


def _minute_after(hour: time) -> time:
    return (datetime.combine(date.min, hour) + timedelta(minutes=1)).time()
