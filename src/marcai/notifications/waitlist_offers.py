"""Freed slots are offered to those who wait: when somebody may be asked, for how long they may think, and who is next.

The worker relays each `slot.released` of the outbox to `slot_released`, and calls `sweep` every ten seconds; both open units of their
own, and are harmless when they are repeated. The sweep goes on after an answer or a deadline, and finds what a dead worker left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Protocol
from uuid import UUID

from marcai.clinics.clinic import Organisation
from marcai.kit.zones import zone
from marcai.ledger.jobs import Job, Jobs
from marcai.ledger.outbox import OutboxRow
from marcai.ledger.unit import UnitFactory
from marcai.notifications.quiet_hours import QuietHours
from marcai.scheduling import offering
from marcai.scheduling.errors import NotFound
from marcai.scheduling.holds import LONGEST_WAITLIST_HOLD
from marcai.scheduling.offer import Offer, OpeningState
from marcai.scheduling.offering import NOBODY_PASSED, Nobody, Passed
from marcai.scheduling.waitlist import WaitlistUnit

BY = "waitlist"
QUEUE, TASK = "waitlist", "offer_slot"
PATIENCE = timedelta(minutes=30)
QUIET_FROM, QUIET_TO = time(21), time(8)
SHORTEST_ANSWER = timedelta(minutes=5)
"""With less time left before the clinic's notice closes the slot, nobody is asked any more."""
LONGEST_PATIENCE_MINUTES = 720
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class OfferRules:
    """A clinic's rules for offers: how long one may think, and when nobody is asked."""

    patience: timedelta
    quiet: QuietHours

    def deadline(self, now: datetime) -> datetime:
        """Return until when an offer that is made now may be answered: quiet hours do not count."""
        return min(self.quiet.after_waking(now, self.patience), now + LONGEST_WAITLIST_HOLD)


def rules_of(clinic: Organisation) -> OfferRules:
    """Return the clinic's rules, from `settings["waitlist"]`: `offer_minutes` (5 to 720), `quiet_from`, `quiet_to` (HH:MM).

    What is missing, or cannot be meant, is the default: 30 minutes, and quiet from 21:00 to 08:00.
    """
    given = clinic.settings.get("waitlist")
    told: Mapping[str, Any] = given if isinstance(given, dict) else {}
    minutes = told.get("offer_minutes")
    is_meant = isinstance(minutes, int) and not isinstance(minutes, bool) and 5 <= minutes <= LONGEST_PATIENCE_MINUTES
    quiet = QuietHours(_clock(told.get("quiet_from"), QUIET_FROM), _clock(told.get("quiet_to"), QUIET_TO), zone(clinic.timezone))
    return OfferRules(timedelta(minutes=minutes) if is_meant and minutes is not None else PATIENCE, quiet)


def _clock(text: object, otherwise: time) -> time:
    try:
        return time.fromisoformat(str(text)).replace(second=0, microsecond=0, tzinfo=None) if isinstance(text, str) else otherwise
    except ValueError:
        return otherwise


class WakingUnit(WaitlistUnit, Protocol):
    """The transaction of the relay, which has jobs too."""

    @property
    def jobs(self) -> Jobs:
        """The jobs of this transaction."""
        ...


async def carry(unit: WakingUnit, rows: Sequence[OutboxRow]) -> None:
    """Defer a job for each slot that was freed. For the relay."""
    freed = [row.subject_id for row in rows if row.kind == "slot.released"]
    clinic = unit.organisation_id
    await unit.jobs.defer(*(Job(QUEUE, TASK, {"organisation_id": clinic, "appointment_id": visit}) for visit in freed))


async def fill(unit: WaitlistUnit, opening_id: UUID, *, passed: Passed = NOBODY_PASSED) -> Offer | Nobody | Passed:
    """Offer an opening to whoever comes next; in quiet hours it waits for the morning, and too late it is simply free.

    `Passed` asks to be called again with it, in a new unit.
    """
    opening = await unit.offers.opening(opening_id)
    if opening is None or opening.state is not OpeningState.WAITING:
        return Nobody.SETTLED
    clinic = (await unit.setup()).organisation
    rules = rules_of(clinic)
    # An offer ends while the slot can still be booked.
    latest = opening.start - clinic.notice
    awake = rules.quiet.wakes_at(unit.now)
    if latest - awake < SHORTEST_ANSWER:
        await unit.offers.put_opening(opening_id, OpeningState.FREE, None)
        return Nobody.SETTLED
    if awake > unit.now:
        await unit.offers.put_opening(opening_id, OpeningState.WAITING, awake)
        return Nobody.LATER
    return await offering.offer_next(unit, opening, min(rules.deadline(unit.now), latest), passed=passed)


async def slot_released(units: UnitFactory[WaitlistUnit], organisation_id: UUID, appointment_id: UUID) -> Offer | Nobody:
    """Offer the slot of a visit that was given up. Done again, it does nothing more."""
    async with units(organisation_id, actor_label=BY) as unit:
        try:
            await offering.begin(unit, appointment_id)
        except NotFound:
            return Nobody.SETTLED
        await unit.commit()
    return await go_on(units, organisation_id, appointment_id)


async def go_on(units: UnitFactory[WaitlistUnit], organisation_id: UUID, opening_id: UUID) -> Offer | Nobody:
    """Offer an opening to the next, as after an answer. Does nothing while it is being offered, or is settled."""
    passed = NOBODY_PASSED
    while True:
        async with units(organisation_id, actor_label=BY) as unit:
            result = await fill(unit, opening_id, passed=passed)
            await unit.commit()
        if not isinstance(result, Passed):
            return result
        passed = result


async def sweep(units: UnitFactory[WaitlistUnit], organisation_id: UUID) -> int:
    """End what has run out, and offer whatever is due; return how many offers were made.

    Ends offers whose time is over and entries whose last day has passed; opens what expired holds had kept; each in a unit of its own.
    """
    async with units(organisation_id, actor_label=BY) as unit:
        today = unit.now.astimezone(zone((await unit.setup()).organisation.timezone)).date()
        await unit.waitlist.expire(today)
        await unit.offers.begin_after_holds()
        lapsed = await unit.offers.lapsed(limit=AT_ONCE)
        due = await unit.offers.due(limit=AT_ONCE)
        await unit.commit()
    for entry_id in lapsed:
        async with units(organisation_id, actor_label=BY) as unit:
            opening_id = await offering.lapse(unit, entry_id)
            await unit.commit()
        due += [opening_id] if opening_id is not None else []
    made = 0
    for opening_id in due:
        made += isinstance(await go_on(units, organisation_id, opening_id), Offer)
    return made
