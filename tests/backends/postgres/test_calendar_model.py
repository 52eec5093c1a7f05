"""A long random walk through the calendar beside a model that is a list in memory: every answer and every state must agree."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from marcai.backends.postgres.engine import Postgres
from marcai.kit.clock import FixedClock
from marcai.scheduling import bookings, catalogue, holds
from marcai.scheduling.appointment import MOVES, Appointment, AppointmentId, Status
from marcai.scheduling.errors import MoveNotAllowed
from marcai.scheduling.provider import Provider
from marcai.scheduling.requests import Hold, Moved, MoveRequest, Refusal, WhyNot
from marcai.scheduling.search import earliest, free_slots
from tests import scale
from tests.backends.postgres.calendars import Clinic, at, open_clinic

AFTER = timedelta(minutes=10)
LANES = (1, 2)
MOST_DAILY = (None, 6)
OPEN, CLOSE = at(8), at(12)
LIVE_VISITS = {status for status in Status if status.is_live}


@dataclass(frozen=True)
class Kept:
    """A claim in the model."""

    id: UUID
    provider: int
    lane: int
    start: datetime
    end: datetime
    busy: tuple[datetime, datetime]
    patient: int | None = None
    status: Status | None = None
    expires: datetime | None = None
    holder: str = ""


class Model:
    """What the calendar should say, in the plainest words."""

    def __init__(self) -> None:
        self.claims: dict[UUID, Kept] = {}

    def live(self, now: datetime, without: set[UUID]) -> list[Kept]:
        return [
            kept
            for kept in self.claims.values()
            if kept.id not in without and (kept.status in LIVE_VISITS if kept.expires is None else kept.expires > now)
        ]

    def judge(
        self, now: datetime, provider: int, start: datetime, end: datetime, patient: int | None, without: set[UUID]
    ) -> tuple[WhyNot | None, int]:
        """Say why not, or None and the lane."""
        if start < now:
            return WhyNot.PAST, 0
        if start < OPEN or end > CLOSE:
            return WhyNot.OUTSIDE_HOURS, 0
        live = self.live(now, without)
        most = MOST_DAILY[provider]
        counted = [k for k in live if k.provider == provider]
        counted += [k for k in self.claims.values() if k.provider == provider and k.status is Status.COMPLETED]
        if most is not None and len(counted) >= most:
            return WhyNot.DAY_FULL, 0

        def free_lanes(claims: list[Kept]) -> list[int]:
            return [
                lane
                for lane in range(LANES[provider])
                if not any(
                    k.provider == provider and k.lane == lane and k.busy[0] < end + AFTER and start < k.busy[1] and k.busy[0] < k.busy[1]
                    for k in claims
                )
            ]

        lanes = free_lanes(live)
        if not lanes:
            return (WhyNot.HELD if free_lanes([k for k in live if k.expires is None]) else WhyNot.TAKEN), 0
        if patient is not None and any(k.patient == patient and k.expires is None and k.start < end and start < k.end for k in live):
            return WhyNot.PATIENT_BUSY, 0
        return None, lanes[0]


class Walk:
    """The calendar and its model, side by side."""

    def __init__(self, clinic: Clinic, clock: FixedClock, chance: Random) -> None:
        self.clinic, self.clock, self.chance, self.model = clinic, clock, chance, Model()
        self.counts: dict[str, int] = {}

    def some_start(self) -> datetime:
        return OPEN + timedelta(minutes=10 * self.chance.randrange(-1, 26))

    def some(self, claims: list[Kept]) -> Kept | None:
        return self.chance.choice(claims) if claims else None

    async def step(self) -> None:
        deed = self.chance.choice([self.book, self.book, self.hold, self.hold, self.move, self.advance, self.release, self.wait])
        await deed()
        self.counts[deed.__name__] = self.counts.get(deed.__name__, 0) + 1

    async def book(self) -> None:
        now, provider, patient, start = self.clock.now(), self.chance.randrange(2), self.chance.randrange(3), self.some_start()
        kept = self.some([k for k in self.model.claims.values() if k.expires]) if self.chance.random() < 0.4 else None
        if kept is not None and self.chance.random() < 0.8:
            provider, start = kept.provider, kept.start
        end = start + timedelta(minutes=30)
        used = {kept.id} if kept else set()
        if start >= now and start >= OPEN and end <= CLOSE and kept is not None and not self.fits(kept, provider, start, now):
            expected: tuple[WhyNot | None, int] = WhyNot.HOLD_GONE, 0
        else:
            expected = self.model.judge(now, provider, start, end, patient, used)
        request = self.clinic.booking(start, provider=provider, patient=patient, hold_id=kept.id if kept else None)
        result = await self.clinic.done(lambda unit: bookings.book(unit, request))
        self.compare(result, expected)
        if isinstance(result, Appointment):
            self.forget(used)
            self.model.claims[result.id] = self.visit(result, provider, patient)

    def fits(self, kept: Kept, provider: int, start: datetime, now: datetime) -> bool:
        assert kept.expires is not None
        return kept.id in self.model.claims and kept.expires > now and (kept.provider, kept.start) == (provider, start)

    async def hold(self) -> None:
        now, provider, start = self.clock.now(), self.chance.randrange(2), self.some_start()
        end = start + timedelta(minutes=self.chance.choice([20, 30, 60]))
        holder = f"talk:{self.chance.randrange(2)}"
        moving = self.some([k for k in self.model.claims.values() if k.expires is None]) if self.chance.random() < 0.4 else None
        replaced = {k.id for k in self.model.claims.values() if k.expires and k.holder == holder and self.chance.random() < 0.5}
        without = replaced | ({moving.id} if moving else set())
        expected = self.model.judge(now, provider, start, end, None, without)
        request = self.clinic.hold(
            start,
            provider=provider,
            holder=holder,
            minutes=(end - start) // timedelta(minutes=1),
            moving=moving.id if moving else None,
            replaces=frozenset(replaced),
        )
        result = await self.clinic.done(lambda unit: holds.hold_slot(unit, request))
        self.compare(result, expected)
        if isinstance(result, Hold):
            self.forget(replaced)
            busy = self.cut((start, end + AFTER), provider, expected[1], moving)
            self.model.claims[result.id] = Kept(result.id, provider, expected[1], start, end, busy, None, None, result.expires_at, holder)

    def cut(self, new: tuple[datetime, datetime], provider: int, lane: int, moving: Kept | None) -> tuple[datetime, datetime]:
        if moving is None or moving.status not in LIVE_VISITS or (moving.provider, moving.lane) != (provider, lane):
            return new
        old = moving.busy
        if new[0] >= old[1] or old[0] >= new[1]:
            return new
        before, after = (new[0], old[0]), (old[1], new[1])
        parts = [part for part in (after, before) if part[0] < part[1]]
        return max(parts, key=lambda part: part[1] - part[0]) if parts else (old[0], old[0])

    async def move(self) -> None:
        visit = self.some([k for k in self.model.claims.values() if k.expires is None])
        if visit is None:
            return
        now, start = self.clock.now(), self.some_start()
        end = start + (visit.end - visit.start)
        request = MoveRequest(AppointmentId(visit.id), start, "walk")
        if visit.status not in bookings.BEGINNINGS:
            with pytest.raises(MoveNotAllowed):
                await self.clinic.done(lambda unit: bookings.reschedule(unit, request))
            return
        expected = self.model.judge(now, visit.provider, start, end, visit.patient, {visit.id})
        result = await self.clinic.done(lambda unit: bookings.reschedule(unit, request))
        self.compare(result, expected)
        if isinstance(result, Moved):
            assert visit.patient is not None
            self.model.claims[visit.id] = replace(visit, status=Status.CANCELLED)
            self.model.claims[result.new.id] = self.visit(result.new, visit.provider, visit.patient)

    async def advance(self) -> None:
        visit = self.some([k for k in self.model.claims.values() if k.expires is None])
        if visit is None or visit.status is None:
            return
        to = self.chance.choice(
            [Status.CONFIRMED, Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED, Status.CANCELLED, Status.CANCELLED]
        )
        try:
            result = await self.clinic.done(lambda unit: bookings.advance(unit, visit.id, to, by="walk"))
        except MoveNotAllowed:
            assert to not in MOVES[visit.status]
        else:
            assert to in MOVES[visit.status]
            self.model.claims[visit.id] = replace(visit, status=result.status)

    async def release(self) -> None:
        kept = self.some([k for k in self.model.claims.values() if k.expires])
        if kept is not None and kept.expires is not None:
            assert await self.clinic.done(lambda unit: holds.release_hold(unit, kept.id)) == (kept.expires > self.clock.now())
            self.forget({kept.id})

    async def wait(self) -> None:
        self.clock.advance(timedelta(seconds=self.chance.choice([1, 60, 200])))

    def forget(self, ids: set[UUID]) -> None:
        for each in ids:
            self.model.claims.pop(each, None)

    def visit(self, made: Appointment, provider: int, patient: int) -> Kept:
        return Kept(made.id, provider, made.lane, made.start, made.end, (made.start, made.end + AFTER), patient, made.status)

    def compare(self, result: Any, expected: tuple[WhyNot | None, int]) -> None:
        why, lane = expected
        if isinstance(result, Refusal):
            assert result.why is why
            return
        assert why is None
        if isinstance(result, Appointment):
            assert result.lane == lane

    async def look(self) -> None:
        """Compare the whole state, and every slot of the day."""
        now = self.clock.now()
        # Expired holds are deleted by whatever comes in their way: those that nothing met may still be there.
        rows = {row["id"]: row for row in await self.clinic.live() if row["expires_at"] is None or row["expires_at"] > now}
        kept = {k.id: k for k in self.model.live(now, set())}
        assert rows.keys() == kept.keys()
        for id_, row in rows.items():
            assert (row["lane"], row["busy_from"], row["busy_to"]) == (kept[id_].lane, *kept[id_].busy)
        async with self.clinic.unit() as unit:
            page = await free_slots(unit, self.clinic.query(patient_id=self.clinic.patients[0].id), limit=500)
            first = await earliest(unit, self.clinic.query(patient_id=self.clinic.patients[0].id), explain=True)
        found = {(slot.start, slot.provider_id) for slot in page.slots}
        expected = {
            (start, self.clinic.providers[provider].id)
            for provider in range(2)
            for start in (OPEN + timedelta(minutes=30 * n) for n in range(8))
            if self.model.judge(now, provider, start, start + timedelta(minutes=30), 0, set())[0] is None
        }
        assert found == expected
        assert first.slot == (page.slots[0] if page.slots else None)
        for candidate in first.certificate:
            provider = [p.id for p in self.clinic.providers].index(candidate.provider_id)
            assert self.model.judge(now, provider, candidate.start, candidate.end, 0, set())[0] is candidate.why


@pytest.mark.prove
async def test_a_random_walk_agrees_with_the_model_at_every_step(store: Postgres, clock: FixedClock) -> None:
    chance = scale.seeded("walk")
    left = scale.rounds(20_000, smaller_by=200)
    deeds: dict[str, int] = {}
    while left > 0:
        # A new clinic now and then: a day is soon full of what has ended.
        walk = Walk(await clinic_of_two(store), clock, chance)
        for n in range(min(left, 100)):
            await walk.step()
            if n % 5 == 0:
                await walk.look()
        left -= 100
        for name, count in walk.counts.items():
            deeds[name] = deeds.get(name, 0) + count
    assert len(deeds) == 6, deeds


async def clinic_of_two(store: Postgres) -> Clinic:
    clinic = await open_clinic(
        store,
        providers=2,
        patients=3,
        kind={"buffer_after": AFTER},
        template={"end": (CLOSE - timedelta(hours=3)).time()},
    )
    async with store.unit(clinic.id, actor_label="test") as unit:
        await catalogue.change(unit, Provider, clinic.providers[1].id, {"lanes": LANES[1], "max_daily": MOST_DAILY[1]})
        await unit.commit()
    return clinic
