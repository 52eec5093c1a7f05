"""The demo clinic's past: visits that were never held, made up from a fixed seed so that there is something to learn from.

They are marked `{"generated": true}`, go in by the loader of past visits, and belong to made-up patients alone, not to the named ones.
Whoever booked long ahead, is new, did not confirm or has missed before misses more often here; so do Mondays, and the patients of
some providers more than of others: that is the clinic's own, and what its model can find beyond the prior.
"""

import math
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from marcai.scheduling import history
from marcai.scheduling.appointment import Status
from marcai.scheduling.history import HistoryUnit, PastVisit
from marcai.scheduling.hours import working_hours
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import AppointmentType

DAYS, VISITS = 150, 1400
SEED = 20261124
MARK = {"generated": True}


async def load_demo_history(unit: HistoryUnit, patients: Sequence[PatientId], types: Sequence[AppointmentType], today: date) -> int:
    """Make up the visits of the last months, and return how many there are."""
    dice = random.Random(SEED)
    setup = await unit.setup()
    # Some people miss more than others.
    habits = {patient: dice.gauss(0, 1.1) for patient in patients}
    customs = {provider: 1.0 * (number % 3 - 1) for number, provider in enumerate(setup.providers)}
    seen: dict[PatientId, int] = {}
    days = [today - timedelta(days=back) for back in range(DAYS, 1, -1)]
    windows = [(provider, *found) for day in days for provider in setup.providers for found in working_hours(setup, provider, day)]
    some = VISITS / max(len(windows), 1)
    made: list[PastVisit] = []
    for provider, window, place in windows:
        moment = window.start
        for _ in range(int(some) + (dice.random() < some % 1)):
            moment = moment.astimezone(UTC) + timedelta(minutes=15 * dice.randint(0, 4))
            kind = dice.choice(types)
            end = moment + kind.duration
            if end > window.end:
                break
            patient = dice.choice(patients)
            lead = timedelta(days=dice.choice((0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45)), hours=dice.randint(1, 8))
            is_confirmed = dice.random() < 0.65
            odds = -2.6 + customs[provider] + habits[patient] + 0.3 * math.log1p(lead / timedelta(days=1))
            odds += (0 if is_confirmed else 1.0) + (0.6 if window.start.weekday() == 0 else 0) + (0 if patient in seen else 0.3)
            is_missed = dice.random() < 1 / (1 + math.exp(-odds))
            steps = _steps(moment, end, lead, is_confirmed=is_confirmed, is_missed=is_missed)
            made.append(PastVisit(patient, provider, kind.id, place, moment, end, steps, metadata=dict(MARK)))
            seen[patient] = seen.get(patient, 0) + 1
            moment += kind.duration + kind.buffer_after
    return await history.load(unit, made)


def _steps(start: datetime, end: datetime, lead: timedelta, *, is_confirmed: bool, is_missed: bool) -> list[tuple[Status, datetime]]:
    booked = start - lead
    # Without a word before the day, staff confirm at the desk: after the moment that a risk looks at.
    confirmed = booked + lead / 4 if is_confirmed and lead > timedelta(days=2) else start - timedelta(minutes=5)
    steps = [(Status.CONFIRMED if is_confirmed and lead <= timedelta(days=2) else Status.REQUESTED, booked)]
    if steps[0][0] is Status.REQUESTED:
        steps.append((Status.CONFIRMED, confirmed))
    if is_missed:
        return [*steps, (Status.NO_SHOW, end)]
    return [*steps, (Status.CHECKED_IN, start), (Status.COMPLETED, end)]
