"""Many at once: exactly one has a slot, no visit is lost or doubled, nobody dead-locks. And what proves that this test can fail."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from marcai.backends.postgres import calendar_sql
from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.statements import Statement
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from marcai.ledger.errors import StoreUnavailable
from marcai.scheduling import bookings, holds
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.errors import MoveNotAllowed
from marcai.scheduling.requests import Hold, Moved, MoveRequest, Refusal, WhyNot
from tests import scale
from tests.backends.postgres.calendars import Clinic, at, open_clinic

BOOKERS = 50


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def store(store_in_common: Postgres) -> Postgres:
    return store_in_common


@pytest_asyncio.fixture(loop_scope="module")
async def own_store(database_url: str, clock: FixedClock, keyring: Keyring) -> AsyncIterator[Postgres]:
    opened = await Postgres.open(database_url, keyring=keyring, clock=clock, pool_size=16)
    yield opened
    await opened.close()


async def book(clinic: Clinic, start: datetime, patient: int, **more: Any) -> Any:
    async with clinic.unit() as unit:
        result = await bookings.book(unit, clinic.booking(start, patient=patient, **more))
        await unit.commit()
    return result


async def move(clinic: Clinic, visit_id: Any, start: datetime) -> Any:
    async with clinic.unit() as unit:
        try:
            result = await bookings.reschedule(unit, MoveRequest(visit_id, start, "test"))
        except MoveNotAllowed as error:
            return error
        await unit.commit()
    return result


async def hold(clinic: Clinic, start: datetime, holder: int) -> Any:
    async with clinic.unit() as unit:
        result = await holds.hold_slot(unit, clinic.hold(start, holder=f"talk:{holder}"))
        await unit.commit()
    return result


def overlaps(rows: list[Any]) -> list[tuple[Any, Any]]:
    """Pairs of live claims that share a moment of one provider's lane, or of one patient. The checker of these tests."""
    found = []
    for n, one in enumerate(rows):
        for other in rows[n + 1 :]:
            same_lane = (one["provider_seq"], one["lane"]) == (other["provider_seq"], other["lane"])
            if same_lane and one["busy_from"] < other["busy_to"] and other["busy_from"] < one["busy_to"]:
                found.append((one["id"], other["id"]))
            if (
                one["patient_seq"] == other["patient_seq"]
                and one["kind"] == other["kind"] == "visit"
                and one["starts_at"] < other["ends_at"]
                and other["starts_at"] < one["ends_at"]
            ):
                found.append((one["id"], other["id"]))
    return found


async def fifty_at_one_slot(clinic: Clinic, start: datetime) -> Counter[str]:
    """Half of them want the very slot, half one that overlaps it by a part."""
    wishes = [book(clinic, start + timedelta(minutes=10 * (n % 2)), n) for n in range(BOOKERS)]
    results = await asyncio.gather(*wishes)
    return Counter("booked" if isinstance(result, Appointment) else result.why.value for result in results)


@pytest.mark.prove
async def test_of_fifty_bookers_of_one_slot_exactly_one_has_it(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=BOOKERS)
    for n in range(scale.rounds(100)):
        start = at(8) + timedelta(days=7 * (n // 13), minutes=45 * (n % 13))
        assert await fifty_at_one_slot(clinic, start) == {"booked": 1, "taken": BOOKERS - 1}
    rows = await clinic.live()
    assert len(rows) == scale.rounds(100)
    assert overlaps(rows) == []


async def test_of_fifty_bookers_of_two_lanes_two_have_it(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=BOOKERS, provider={"lanes": 2})
    assert await fifty_at_one_slot(clinic, at(9)) == {"booked": 2, "taken": BOOKERS - 2}
    rows = await clinic.live()
    assert overlaps(rows) == []
    assert {row["lane"] for row in rows} == {0, 1}


async def test_of_fifty_bookers_with_buffers_none_comes_too_close(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=BOOKERS, kind={"buffer_after": timedelta(minutes=15)})
    chance = scale.seeded("buffers")
    await asyncio.gather(*(book(clinic, at(8) + timedelta(minutes=5 * chance.randrange(60)), n) for n in range(BOOKERS)))
    visits = sorted(row["starts_at"] for row in await clinic.live())
    assert len(visits) > 3
    assert all(later - earlier >= timedelta(minutes=45) for earlier, later in pairwise(visits))


async def test_a_daily_limit_holds_against_fifty_at_once(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=BOOKERS, provider={"max_daily": 3})
    starts = [at(8) + timedelta(minutes=30 * (n % 16)) for n in range(BOOKERS)]
    results = await asyncio.gather(*(book(clinic, start, n) for n, start in enumerate(starts)))
    assert sum(isinstance(result, Appointment) for result in results) == 3


async def test_one_patient_at_two_providers_at_once_has_one_visit(store: Postgres) -> None:
    clinic = await open_clinic(store, providers=10)
    results = await asyncio.gather(*(book(clinic, at(9), 0, provider=n) for n in range(10)))
    assert Counter(isinstance(result, Appointment) for result in results) == {True: 1, False: 9}


async def test_two_providers_and_one_room_at_once_have_one_visit(store: Postgres) -> None:
    clinic = await open_clinic(store, providers=8, patients=8, rooms=1)
    results = await asyncio.gather(*(book(clinic, at(9), n, provider=n) for n in range(8)))
    assert Counter(isinstance(r, Appointment) or r.why for r in results) == {True: 1, WhyNot.ROOM_TAKEN: 7}


async def test_a_slot_is_held_or_booked_but_not_both(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=20)
    for n in range(scale.rounds(200)):
        start = at(8) + timedelta(minutes=30 * n) if n < 20 else at(8) + timedelta(days=7 * (n // 20), minutes=30 * (n % 20))
        wishes = [hold(clinic, start, k) if k % 2 else book(clinic, start, k) for k in range(20)]
        results = await asyncio.gather(*wishes)
        assert sum(isinstance(result, Hold | Appointment) for result in results) == 1
    assert overlaps(await clinic.live()) == []


@pytest.mark.prove
async def test_twenty_who_swap_visits_lose_none_and_double_none(store: Postgres) -> None:
    """Each moves its visit to another's time, by ten minutes, or to a free time; some confirm and cancel in between."""
    clinic = await open_clinic(store, providers=2, patients=20)
    chance = scale.seeded("swaps")
    starts = [at(8) + timedelta(minutes=40 * n) for n in range(10)]
    visits: list[Any] = []
    for n in range(20):
        visits.append((await clinic.booked(starts[n // 2], patient=n, provider=n % 2)).id)
    for _ in range(scale.rounds(500, smaller_by=125)):
        wishes = [move(clinic, visits[n], some_time(chance, starts)) for n in range(20)]
        results = await asyncio.gather(*wishes)
        for n, result in enumerate(results):
            if isinstance(result, Moved):
                visits[n] = result.new.id
            else:
                assert isinstance(result, Refusal), result
                assert result.is_conflict
        rows = await clinic.live()
        assert sorted(row["id"] for row in rows) == sorted(visits)
        assert overlaps(rows) == []
    moves = await clinic.column("SELECT count(*) FROM claims WHERE rescheduled_to IS NOT NULL AND status = 'cancelled'")
    assert moves == await clinic.column("SELECT count(*) FROM outbox WHERE kind = 'appointment.rescheduled'")
    assert moves[0] > 0


def some_time(chance: Random, starts: list[datetime]) -> datetime:
    return chance.choice(starts) + timedelta(minutes=chance.choice([0, 0, 10]))


async def test_of_twenty_who_move_and_cancel_and_confirm_one_visit_its_history_is_one_line(store: Postgres) -> None:
    clinic = await open_clinic(store)
    for n in range(scale.rounds(250)):
        visit = await clinic.booked(at(8) + timedelta(days=7 * n), patient=0)

        async def end(to: Status, visit_id: UUID = visit.id) -> Any:
            async with clinic.unit() as unit:
                try:
                    result = await bookings.advance(unit, visit_id, to, by="test")
                except MoveNotAllowed as error:
                    return error
                await unit.commit()
            return result

        later = at(9) + timedelta(days=7 * n)
        deeds = [deed for _ in range(7) for deed in (end(Status.CANCELLED), end(Status.CONFIRMED), move(clinic, visit.id, later))]
        results = await asyncio.gather(*deeds)
        won = [r for r in results if isinstance(r, Moved) or (isinstance(r, Appointment) and r.status is Status.CANCELLED)]
        assert len(won) == 1, results
        assert sum(isinstance(r, Appointment) and r.status is Status.CONFIRMED for r in results) <= 1
        async with clinic.unit() as unit:
            found = await bookings.appointment(unit, visit.id)
        assert found.status is Status.CANCELLED
        assert [line.status for line in found.history] in (
            [Status.REQUESTED, Status.CANCELLED],
            [Status.REQUESTED, Status.CONFIRMED, Status.CANCELLED],
        )


COPY = """
INSERT INTO claims (organisation_id, id, kind, status, provider_id, provider_seq, lane, room_id, room_seq, patient_id, patient_seq,
  appointment_type_id, location_id, starts_at, ends_at, busy_from, busy_to, wall_start, zone, source, metadata, version, created_at)
SELECT organisation_id, $2, kind, status, provider_id, {provider}, {lane}, room_id, room_seq, patient_id, {patient}, appointment_type_id,
  location_id, starts_at + $3, ends_at + $3, busy_from + $3, busy_to + $3, wall_start, zone, source, metadata, 1, created_at
FROM claims WHERE id = $1
"""


@pytest.mark.parametrize(
    ("same", "constraint"),
    [
        ({"patient": "999"}, "claims_busy"),
        ({"provider": "998", "patient": "999", "room": "kept"}, "claims_room_busy"),
        ({"provider": "998"}, "claims_visit"),
    ],
)
async def test_the_constraints_alone_refuse_what_overlaps_and_take_what_only_touches(
    store: Postgres, same: dict[str, str], constraint: str
) -> None:
    clinic = await open_clinic(store, rooms=1 if "room" in same else 0)
    visit = await clinic.booked(at(9))
    sql = COPY.format(provider=same.get("provider", "provider_seq"), lane="lane", patient=same.get("patient", "patient_seq"))
    async with clinic.unit() as unit:
        with pytest.raises(asyncpg.ExclusionViolationError, match=constraint):
            await unit.driver.execute(sql, visit.id, uuid4(), timedelta(minutes=29))
    async with clinic.unit() as unit:
        await unit.driver.execute(sql, visit.id, uuid4(), timedelta(minutes=30))
        await unit.driver.execute(sql, visit.id, uuid4(), timedelta(minutes=-30))


async def drop(database_url: str, *constraints: str) -> None:
    owner = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    for constraint in constraints:
        await owner.execute(f"ALTER TABLE claims DROP CONSTRAINT {constraint}")
    await owner.close()


async def test_a_build_without_constraints_and_locks_books_twice_and_this_suite_sees_it(
    own_store: Postgres, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await drop(database_url, "claims_busy", "claims_room_busy", "claims_visit")
    unlocked = calendar_sql.LOCK.sql.replace("pg_advisory_xact_lock(n)", "0")
    mutant = Statement.__new__(Statement)
    mutant.sql, mutant.names = unlocked, calendar_sql.LOCK.names
    monkeypatch.setattr(calendar_sql, "LOCK", mutant)
    clinic = await open_clinic(own_store, patients=BOOKERS)
    booked = 0
    for n in range(5):
        start = at(8) + timedelta(minutes=60 * n)
        booked = max(booked, (await fifty_at_one_slot(clinic, start))["booked"])
        if booked > 1:
            break
    assert booked > 1
    assert overlaps(await clinic.live()) != []


async def test_the_locks_alone_keep_visits_apart_too(own_store: Postgres, database_url: str) -> None:
    await drop(database_url, "claims_busy")
    clinic = await open_clinic(own_store, patients=BOOKERS)
    assert (await fifty_at_one_slot(clinic, at(9)))["booked"] == 1


async def test_nobody_is_told_that_the_store_is_away_when_many_wait(store: Postgres) -> None:
    """A dead-lock would come out as `StoreUnavailable`."""
    clinic = await open_clinic(store, providers=3, patients=30, rooms=2)
    chance = scale.seeded("storm")

    async def someone(n: int) -> None:
        room = chance.choice([None, *clinic.rooms])
        start = at(8) + timedelta(minutes=10 * chance.randrange(50))
        await book(clinic, start, n, provider=chance.randrange(3), room_id=room.id if room else None)

    try:
        await asyncio.gather(*(someone(n % 30) for n in range(max(120, scale.rounds(3000)))))
    except StoreUnavailable as error:
        raise AssertionError("a dead-lock, or a wait that took too long") from error
    assert overlaps(await clinic.live()) == []
