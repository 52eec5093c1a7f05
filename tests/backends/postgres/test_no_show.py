"""What the database tells of a visit before it begins: nothing that came later, and only what was written down by then."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from marcai.backends.postgres.engine import Postgres
from marcai.kit.clock import FixedClock
from marcai.scheduling.appointment import Status
from marcai.scheduling.bookings import advance
from marcai.scheduling.errors import NotFound, Unacceptable
from marcai.scheduling.history import PastVisit, load
from marcai.scheduling.no_show import PRIOR, Facts
from marcai.scheduling.no_show_risks import model_info, model_of, past_cases, risk, risks_on
from tests.backends.postgres.calendars import MONDAY, Clinic, at, open_clinic

DAY = timedelta(days=1)


def a_past_visit(clinic: Clinic, start: datetime, *, patient: int = 0, missed: bool = False, **more: object) -> PastVisit:
    end = start + timedelta(minutes=30)
    steps = [(Status.REQUESTED, start - 7 * DAY), (Status.CONFIRMED, start - 3 * DAY)]
    ends = [(Status.NO_SHOW, end)] if missed else [(Status.CHECKED_IN, start), (Status.COMPLETED, end)]
    ids = clinic.patients[patient].id, clinic.provider.id, clinic.kind.id, clinic.location.id
    return replace(PastVisit(*ids, start, end, [*steps, *ends]), **more)  # type: ignore[arg-type]


async def facts(clinic: Clinic, appointment_id: object) -> Facts:
    async with clinic.unit() as unit:
        found = await unit.no_show.facts(appointment_id)  # type: ignore[arg-type]
    assert found is not None
    return found


async def test_a_risk_knows_lead_time_weekday_hour_and_the_patients_own_past(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store)
    past = [a_past_visit(clinic, clock.now() - n * 10 * DAY, missed=n == 2) for n in (1, 2, 3)]
    await clinic.done(lambda unit: load(unit, [*past, a_past_visit(clinic, clock.now() - DAY, patient=1, missed=True)]))
    visit = await clinic.booked(at(9, 30), status=Status.CONFIRMED)
    ids = visit.id, clinic.patients[0].id, clinic.provider.id, clinic.kind.id
    lead_days = (at(9, 30) - clock.now()) / DAY
    assert await facts(clinic, visit.id) == Facts(
        *ids, lead_days, weekday=0, minute_of_day=570, is_confirmed=True, earlier_visits=3, earlier_no_shows=1
    )


async def test_nothing_that_comes_later_changes_what_was_known(store: Postgres, clock: FixedClock) -> None:
    """The leak test: outcome, check-in, later visits and later notes leave the facts of training as they were before."""
    clinic = await open_clinic(store, patients=1)
    before = [a_past_visit(clinic, clock.now() - n * 10 * DAY, missed=True) for n in (1, 2)]
    await clinic.done(lambda unit: load(unit, before))
    visit = await clinic.booked(at(9), status=Status.CONFIRMED, notes="canary")
    clock.advance(at(9) - DAY - clock.now())
    known = await facts(clinic, visit.id)

    clock.advance(DAY - timedelta(minutes=10))
    later = await clinic.booked(at(14), status=Status.CONFIRMED)
    await clinic.done(lambda unit: advance(unit, visit.id, Status.CHECKED_IN, by="test"))
    clock.advance(timedelta(minutes=20))
    await clinic.done(lambda unit: advance(unit, visit.id, Status.IN_PROGRESS, by="test"))
    await clinic.done(lambda unit: advance(unit, visit.id, Status.COMPLETED, by="test", notes="was here"))
    clock.advance(timedelta(hours=6))
    await clinic.done(lambda unit: advance(unit, later.id, Status.NO_SHOW, by="test"))

    async with clinic.unit() as unit:
        cases = {case.facts.appointment_id: case for case in await past_cases(unit)}
        assert await unit.no_show.facts(visit.id) == replace(known, is_confirmed=True)
    assert cases[visit.id].facts == known
    assert (cases[visit.id].was_missed, cases[later.id].was_missed) == (False, True)
    # Ten minutes before nine, the morning's visit was not over yet: for the afternoon's it counts nothing.
    assert cases[later.id].facts.earlier_visits == known.earlier_visits == 2


async def test_a_visit_that_was_confirmed_on_its_day_counts_as_unconfirmed_the_day_before(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store)
    visit = await clinic.booked(at(9))
    clock.advance(at(8) - clock.now())
    await clinic.done(lambda unit: advance(unit, visit.id, Status.CONFIRMED, by="test"))
    assert (await facts(clinic, visit.id)).is_confirmed
    clock.advance(timedelta(hours=2))
    await clinic.done(lambda unit: advance(unit, visit.id, Status.NO_SHOW, by="test"))
    async with clinic.unit() as unit:
        assert [case.facts.is_confirmed for case in await past_cases(unit)] == [False]


async def test_the_risks_of_a_day_are_of_its_live_visits_page_by_page_and_each_is_audited(store: Postgres) -> None:
    clinic = await open_clinic(store, providers=2, patients=4)
    visits = [await clinic.booked(at(9 + n), patient=n) for n in range(3)]
    await clinic.booked(at(9, day=MONDAY + DAY))
    await clinic.done(lambda unit: advance(unit, visits[1].id, Status.CANCELLED, by="test"))
    async with clinic.unit() as unit:
        found, model = await risks_on(unit, MONDAY, limit=9)
        first, _ = await risks_on(unit, MONDAY, limit=1)
        second, _ = await risks_on(unit, MONDAY, limit=1, after=first[0][0].appointment_id)
        await unit.commit()
    assert {one.appointment_id for one, _ in found} == {visits[0].id, visits[2].id}
    assert [one.appointment_id for one, _ in (*first, *second)] == [one.appointment_id for one, _ in found]
    assert model is PRIOR
    assert len(await clinic.column("SELECT 1 FROM audit_rows WHERE kind = 'no_show_risk' AND patient_id IS NOT NULL")) == 4


async def test_a_clinics_own_model_is_kept_as_numbers_and_is_nobody_elses(store: Postgres, clock: FixedClock) -> None:
    clinic, other = await open_clinic(store), await open_clinic(store)
    model = replace(PRIOR, version="clinic-1", is_calibrated=True, trained_at=clock.now(), report={"trained_on": {"visits": 3}})  # type: ignore[arg-type]
    async with clinic.unit() as unit:
        assert await model_of(unit) is PRIOR
        await unit.no_show.keep(model)
        await unit.commit()
    async with clinic.unit() as unit:
        assert await model_of(unit) == model
        assert (await model_info(unit))["trained_on"] == {"visits": 3}
    async with other.unit() as unit:
        assert await model_of(unit) is PRIOR
        assert (await model_info(unit))["history"]["visits"] == 0


async def test_an_unknown_or_foreign_visit_has_no_risk(store: Postgres) -> None:
    clinic, other = await open_clinic(store), await open_clinic(store)
    visit = await clinic.booked(at(9))
    for stranger, id_ in ((clinic, uuid4()), (other, visit.id)):
        async with stranger.unit() as unit:
            with pytest.raises(NotFound):
                await risk(unit, id_)


async def test_past_visits_go_in_without_claiming_time_or_telling_anybody(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store)
    start = clock.now() - 3 * DAY
    told = len(await clinic.column("SELECT 1 FROM outbox"))
    visits = [a_past_visit(clinic, start), a_past_visit(clinic, start, patient=1, missed=True)]
    assert await clinic.done(lambda unit: load(unit, visits)) == 2
    assert await clinic.live() == []
    assert len(await clinic.column("SELECT 1 FROM outbox")) == told
    rows = await clinic.column(
        "SELECT h.status FROM status_history h JOIN claims c ON c.id = claim_id WHERE c.status = 'completed' ORDER BY h.seq"
    )
    assert rows == ["requested", "confirmed", "checked_in", "completed"]
    assert (await clinic.column("SELECT wall_start FROM claims"))[0] == (start - timedelta(hours=3)).replace(tzinfo=None)


async def test_what_is_not_over_is_no_past(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store)
    good = a_past_visit(clinic, clock.now() - DAY)
    for bad in (
        a_past_visit(clinic, clock.now() - timedelta(minutes=5)),
        replace(good, steps=[]),
        replace(good, steps=good.steps[:2]),
        replace(good, steps=[good.steps[-1], good.steps[0]]),
        replace(good, end=good.start),
    ):
        async with clinic.unit() as unit:
            with pytest.raises(Unacceptable):
                await load(unit, [bad])
    async with clinic.unit() as unit:
        with pytest.raises(NotFound):
            await load(unit, [replace(good, location_id=uuid4())])  # type: ignore[arg-type]
        assert await load(unit, [replace(good, patient_id=uuid4())]) == 0  # type: ignore[arg-type]
