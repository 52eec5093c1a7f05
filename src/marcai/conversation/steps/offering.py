"""A slot is on the table: a yes books it, a no lets it go and says what the next search leaves out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from marcai.conversation.conversation import Missing, Offer, Wanted
from marcai.conversation.flow import Trigger
from marcai.conversation.hearing import wants_latest
from marcai.conversation.intake import NEW_VISIT
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.booking import commit_booking, lost
from marcai.conversation.pursuit.offers import let_go
from marcai.conversation.pursuit.pursue import pursue
from marcai.conversation.pursuit.visits import commit_move
from marcai.conversation.refusals import Refused, refused_in
from marcai.conversation.scene import Scene, StepResult, clock, line, said
from marcai.conversation.shifts import Shift, shift_in
from marcai.conversation.steps.answers import agrees_with_offer, brings_other_task, carry_on, says_no, says_yes
from marcai.conversation.wishes import END_OF_DAY, absorbed, says_anything_new, shifted, without_words
from marcai.understanding.meaning import Candidate, Intent

REFUSALS_BEFORE_ASKING: Final = 3
"""After so many plain refusals in a row the patient is asked what would suit, instead of being read the calendar."""


async def take(scene: Scene) -> StepResult | None:
    """Answer to an offer."""
    offer, meaning = scene.talk.offer, scene.meaning
    if offer is None:
        return await carry_on(scene)
    shift = shift_in(meaning.text)
    if shift is not None and scene.talk.task is not None:
        return await _shifted(scene, offer, shift)
    if wants_latest(meaning.text) and scene.talk.task is not None:
        return await _latest(scene, offer)
    if _accepts(scene):
        return await _accepted(scene)
    if agrees_with_offer(scene) and says_anything_new(meaning) and not says_no(meaning) and not brings_other_task(scene):
        return await _accepted_or_restated(scene)
    refused = refused_in(meaning.text)
    if says_no(meaning) or (refused is not None and not brings_other_task(scene)):
        return await _refused(scene, offer, refused or Refused.SLOT)
    return await carry_on(scene)


async def _shifted(scene: Scene, offer: Offer, shift: Shift) -> StepResult:
    """Look so much later or earlier than what is offered, on its day and with whom it is offered."""
    task, meaning = scene.talk.task, without_words(scene.meaning, shift.start, shift.end)
    if task is not None:
        # "Push it back a day" moves no visit here, but the offer.
        meaning = replace(meaning, readings=tuple(r for r in meaning.readings if r.intent in (task.intent, Intent.CLINIC_INFO)))
    assert task is not None, "what is offered is offered for a task"
    provider = scene.setup.providers.get(offer.slot.provider_id)
    wanted = replace(task.wanted, date_from=None, date_to=None, excluded_starts=task.wanted.excluded_starts | {offer.slot.start})
    if provider is not None:
        wanted = replace(wanted, provider=Candidate(provider.id, provider.display_name, 1.0), among=())
    wanted = absorbed(wanted, meaning, meaning.times)
    wanted = shifted(wanted, shift.by, _start(scene, offer).replace(tzinfo=None), keeps_hour=False)
    return await pursue(replace(scene, meaning=meaning).with_task(replace(task, wanted=wanted)))


async def _latest(scene: Scene, offer: Offer) -> StepResult | None:
    """Look for the last hour, of the day that is named, else of the day that is offered."""
    task, day = scene.talk.task, _start(scene, offer).date()
    assert task is not None, "what is offered is offered for a task"
    wanted = replace(absorbed(task.wanted, scene.meaning, scene.meaning.times), latest=True)
    if not scene.meaning.times or wanted.date_from is None:
        wanted = replace(wanted, date_from=day, date_to=day)
    if _is_exact(wanted):
        wanted = replace(wanted, time_from=None, time_to=None)
    return await pursue(scene.with_task(replace(task, wanted=wanted)))


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
    if refused is not Refused.PROVIDER:
        # The same moment with a colleague is another offer; anything else that was refused once is not offered again.
        wanted = replace(wanted, excluded_starts=wanted.excluded_starts | {offer.slot.start})
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
    """Look later on the offered day first, then on; nothing so early is offered again, not even as the nearest."""
    start = _start(scene, offer)
    low = _minute_after(clock(start))
    wanted = _hours(wanted, low=low, high=wanted.time_to if not _is_exact(wanted) else None)
    wanted = replace(wanted, excluded_times=(*wanted.excluded_times, (time.min, low)))
    last = max(wanted.date_to, start.date()) if wanted.date_to is not None else None
    return replace(wanted, date_from=start.date(), date_to=last)


def _too_late(scene: Scene, wanted: Wanted, offer: Offer) -> Wanted:
    """Look earlier, up to the offered day; nothing so late is offered again."""
    start = _start(scene, offer)
    wanted = _hours(wanted, low=wanted.time_from if not _is_exact(wanted) else None, high=clock(start))
    wanted = replace(wanted, excluded_times=(*wanted.excluded_times, (clock(start), END_OF_DAY)))
    first = min(wanted.date_from, start.date()) if wanted.date_from is not None else None
    return replace(wanted, date_from=first, date_to=start.date())


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
    refused = offer.slot.provider_id
    among = tuple(candidate for candidate in wanted.among if candidate.id != refused)
    # The kind of visit stays what was offered, whoever else would do other kinds too.
    kind = wanted.appointment_type_id or offer.slot.appointment_type_id
    wanted = replace(wanted, appointment_type_id=kind, excluded_providers=wanted.excluded_providers | {refused})
    return replace(wanted, provider=None, among=among, any_provider=not among)


def _slot(_: Scene, wanted: Wanted, __: Offer) -> Wanted:
    return wanted


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
