"""From a wish to the one slot on the table: search, hold, offer; and letting go of what is no longer wanted."""

from dataclasses import replace
from datetime import datetime

from marcai.conversation.conversation import Missing, Offer, Wanted
from marcai.conversation.flow import Trigger
from marcai.conversation.phrasing.say import Line, Say
from marcai.conversation.pursuit.gaps import wished_providers
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.scheduling.bookings import appointment
from marcai.scheduling.errors import NotFound
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.requests import Hold
from marcai.scheduling.slots import Slot
from marcai.tools.earliest_slot import Found, NothingFree, Relaxed, Wish, find_earliest
from marcai.tools.hold_offer import hold, release
from marcai.understanding.meaning import Intent

MOST_TRIES = 5
"""How often a slot may slip away between the search and the hold before the talk gives up."""

_GAVE_WAY = (
    (Relaxed.PROVIDER, Say.NOTHING_WITH_PROVIDER),
    (Relaxed.DATE, Say.NOTHING_ON_THAT_DAY),
    (Relaxed.TIME, Say.NOTHING_AT_THAT_TIME),
)


def wish_of(scene: Scene, type_id: AppointmentTypeId | None) -> Wish:
    """Return what the calendar is asked for the task in hand."""
    wanted, task, offer = scene.wanted, scene.talk.task, scene.talk.offer
    return Wish(
        provider_ids=wished_providers(wanted),
        excluded_provider_ids=frozenset(ProviderId(id_) for id_ in wanted.excluded_providers),
        specialty=wanted.specialty if wanted.provider is None and not wanted.among else None,
        appointment_type_id=type_id,
        location_id=next((place for place in scene.setup.locations if place == wanted.location_id), None),
        date_from=wanted.date_from,
        date_to=wanted.date_to,
        time_from=wanted.time_from,
        time_to=wanted.time_to,
        excluded_dates=wanted.excluded_dates,
        excluded_starts=wanted.excluded_starts,
        excluded_times=wanted.excluded_times,
        moving=task.visit_id if task and task.intent is Intent.RESCHEDULE else None,
        own_holds=frozenset({offer.hold_id}) if offer else frozenset(),
        latest=wanted.latest,
    )


async def offer_earliest(scene: Scene, type_id: AppointmentTypeId | None) -> StepResult:
    """Hold the earliest slot that fits and offer it; else the nearest one that does not quite; else a place on the waitlist."""
    if (passed := _what_has_passed(scene)) is not None:
        return await _ask_anew(scene, passed)
    wish = wish_of(scene, type_id)
    for _ in range(MOST_TRIES):
        found = await find_earliest(scene.unit, scene.actor, wish)
        match found:
            case Found():
                slot, relaxed = found.slot, frozenset[Relaxed]()
            case NothingFree() if found.nearest is not None:
                slot, relaxed = found.nearest, found.relaxed
            case _:
                break
        holding = await _hold(scene, slot)
        if isinstance(holding, Hold):
            return await _offered(scene, holding, relaxed)
        wish = replace(wish, excluded_starts=wish.excluded_starts | {slot.start})
    scene = await let_go(scene)
    return said(scene, Trigger.ASK_WAITLIST, line(Say.ASK_WAITLIST_NOTHING_FREE), missing=[Missing.CONFIRMATION])


async def _hold(scene: Scene, slot: Slot) -> object:
    task, offer = scene.talk.task, scene.talk.offer
    return await hold(
        scene.unit,
        scene.actor,
        slot,
        holder=f"talk:{scene.talk.id}",
        moving=task.visit_id if task and task.intent is Intent.RESCHEDULE else None,
        replaces=frozenset({offer.hold_id}) if offer else frozenset(),
    )


async def _offered(scene: Scene, holding: Hold, relaxed: frozenset[Relaxed]) -> StepResult:
    gave_way = "+".join(sorted(relaxed)) or None
    scene = scene.with_talk(offer=Offer(holding.slot, holding.id, holding.expires_at, gave_way))
    excuse = next((line(say) for what, say in _GAVE_WAY if what in relaxed), None)
    offered = await restated_offer(scene)
    return offered.after(excuse) if excuse else offered


async def restated_offer(scene: Scene) -> StepResult:
    """Say (again) what is on the table."""
    return said(scene, Trigger.OFFER, await _offer_line(scene), missing=[Missing.CONFIRMATION])


async def _offer_line(scene: Scene) -> Line:
    offer, task = scene.talk.offer, scene.talk.task
    assert offer is not None, "only what is on the table is offered"
    new = scene.spoken(offer.slot)
    if task and task.intent is Intent.RESCHEDULE and task.visit_id is not None:
        try:
            old = await appointment(scene.unit, task.visit_id)
        except NotFound:
            return line(Say.OFFER, visit=new, type=_type_name(scene, offer.slot))
        was = scene.spoken(old)
        if (was.provider, was.place) == (new.provider, new.place):
            # What stays as it is is said once.
            was = replace(was, provider="", place=None)
        return line(Say.OFFER_MOVE, old=was, visit=new)
    return line(Say.OFFER, visit=new, type=_type_name(scene, offer.slot))


def _type_name(scene: Scene, slot: Slot) -> str:
    kind = scene.setup.appointment_types.get(slot.appointment_type_id)
    return kind.name if kind else ""


async def let_go(scene: Scene) -> Scene:
    """Return the scene with nothing on the table: the hold is released, if there was one."""
    if scene.talk.offer is None:
        return scene
    await release(scene.unit, scene.actor, scene.talk.offer.hold_id)
    return scene.with_talk(offer=None)


def _what_has_passed(scene: Scene) -> Say | None:
    """Say that the wished day, or today's wished hour, is over."""
    wanted = scene.wanted
    last_day = wanted.date_to or (wanted.date_from if wanted.date_from and not wanted.date_to and wanted.date_from < scene.today else None)
    if last_day is not None and last_day < scene.today and wanted.date_to is not None:
        return Say.PAST_DATE
    if wanted.date_from == wanted.date_to == scene.today and _is_over(wanted, scene.wall_now):
        return Say.PAST_TIME
    return None


def _is_over(wanted: Wanted, now: datetime) -> bool:
    end = wanted.time_to
    return end is not None and datetime.combine(now.date(), end) < now


async def _ask_anew(scene: Scene, passed: Say) -> StepResult:
    """The wish lies in the past: say so and ask for another day (or hour), and forget what cannot be."""
    scene = await let_go(scene)
    day = scene.wanted.date_to
    if passed is Say.PAST_DATE:
        scene = scene.with_wanted(date_from=None, date_to=None)
        return said(scene, Trigger.ASK, line(passed, day=day), missing=[Missing.DATE])
    scene = scene.with_wanted(time_from=None, time_to=None)
    return said(scene, Trigger.ASK, line(passed), missing=[Missing.TIME])
