"""Thousands of cancellations on a virtual clock: what the waitlist promises, held against what it did.

Every promise is judged by a reckoning of its own, from what was asked of the waitlist and from the rows that it left. That nobody waits
for ever follows from two things: whoever is asked goes behind all who wait (so each of those ahead is asked at most once before you),
and of those behind you, at most three are asked before you. The second is what is counted here.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from marcai.backends.postgres.engine import Postgres
from marcai.kit.clock import FixedClock
from marcai.kit.zones import zone
from marcai.notifications.waitlist_offers import slot_released, sweep
from marcai.scheduling import offering, waitlist
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.bookings import advance, book
from marcai.scheduling.offer import OVERTAKEN_AT_MOST
from marcai.scheduling.waitlist import ConsentBasis, TimeOfDay, WaitlistWish
from tests import scale
from tests.backends.postgres.calendars import ZONE, Clinic, open_clinic

CANCELLATIONS = 10_000
PROVIDERS, PATIENTS = 3, 40
PARTS = {TimeOfDay.MORNING: (6, 12), TimeOfDay.AFTERNOON: (12, 18), TimeOfDay.EVENING: (18, 22)}


@dataclass(slots=True)
class Kept:
    """What we know of an entry ourselves."""

    id: UUID
    wish: WaitlistWish
    consents: bool
    turn: int
    """When it joined, or when its last offer ended, in steps of our own."""
    overtaken: int = 0
    """How many offers since then went to others of a later turn that would have fitted this one too."""
    has_offer: bool = False


@dataclass(slots=True)
class Simulation:
    clinic: Clinic
    clock: FixedClock
    dice: random.Random
    kept: dict[UUID, Kept] = field(default_factory=dict)
    seen: int = 0
    tally: Counter[str] = field(default_factory=Counter)
    worst: int = 0
    turns: int = 0

    async def step(self) -> None:
        for _ in range(self.dice.randint(0, 3)):
            if len(self.kept) < 14:
                await self.join()
        if self.dice.random() < 0.1:
            await self.opt_out()
        if sum(not kept.consents for kept in self.kept.values()) > 4:
            await self.leave(self.dice.choice([kept.id for kept in self.kept.values() if not kept.consents]))
        await self.cancel()
        await self.judge_new_offers()
        for _ in range(self.dice.randint(1, 2)):
            await self.answer()
            self.clock.advance(timedelta(minutes=self.dice.choice((3, 11, 20, 31, 95))))
            await sweep(self.clinic.store.unit, self.clinic.id)
            await self.judge_new_offers()

    async def join(self) -> None:
        patient = self.dice.randrange(PATIENTS)
        is_particular = self.dice.random() < 0.3
        wish = WaitlistWish(
            self.clinic.patients[patient].id,
            self.clinic.kind.id,
            self.dice.choice(self.clinic.providers).id if is_particular else None,
            time_of_day=self.dice.choice(list(TimeOfDay)[:2]) if is_particular else None,
            # Nearly everybody is urgent: without ageing, the others would never be asked.
            priority=self.dice.choice((1000, 1000, 1000, 1000, 5, 0, -1000)),
        )
        consent = self.dice.choice((ConsentBasis.ASKED, ConsentBasis.VOUCHED, ConsentBasis.ASKED, None))
        async with self.clinic.unit() as unit:
            queued = await waitlist.join(unit, wish, consent=consent)
            await unit.commit()
        self.kept[queued.entry.id] = Kept(queued.entry.id, wish, consent is not None, self.next_turn())

    async def opt_out(self) -> None:
        if not self.kept:
            return
        patient = self.dice.choice([kept.wish.patient_id for kept in self.kept.values()])
        async with self.clinic.unit() as unit:
            await waitlist.opt_out(unit, patient)
            await unit.commit()
        for kept in self.kept.values():
            if kept.wish.patient_id == patient:
                kept.consents = False

    async def leave(self, entry_id: UUID) -> None:
        async with self.clinic.unit() as unit:
            await waitlist.leave(unit, entry_id)
            await unit.commit()
        del self.kept[entry_id]

    async def cancel(self) -> None:
        """Book something in the next days and give it up again; sometimes tell it twice, sometimes take the slot in between."""
        now = self.clock.now()
        day = (now.astimezone(zone(ZONE)) + timedelta(days=self.dice.randint(1, 4))).date()
        day += timedelta(days=(7 - day.weekday()) % 7) if day.weekday() > 4 else timedelta(0)
        start = datetime.combine(day, datetime.min.time(), zone(ZONE)) + timedelta(minutes=30 * self.dice.randint(16, 35))
        provider, patient = self.dice.randrange(PROVIDERS), self.dice.randrange(PATIENTS)
        visit = await self.clinic.done(lambda unit: book(unit, self.clinic.booking(start, patient=patient, provider=provider)))
        if not isinstance(visit, Appointment):
            self.tally["taken"] += 1
            return
        await self.clinic.done(lambda unit: advance(unit, visit.id, Status.CANCELLED, by="test"))
        if self.dice.random() < 0.05:
            await self.clinic.done(
                lambda unit: book(unit, self.clinic.booking(start, patient=self.dice.randrange(PATIENTS), provider=provider))
            )
        for _ in range(self.dice.choice((1, 1, 1, 2))):
            await slot_released(self.clinic.store.unit, self.clinic.id, visit.id)
        self.tally["freed"] += 1

    async def answer(self) -> None:
        """Let somebody who has an offer accept, decline, leave, or say nothing."""
        async with self.clinic.unit() as unit:
            open_ones = await unit.driver.fetch("SELECT entry_id FROM waitlist_offers WHERE status = 'open' ORDER BY seq")
        for row in open_ones:
            word = self.dice.random()
            async with self.clinic.unit() as unit:
                result: Any = None
                if word < 0.35:
                    result = await offering.accept(unit, row["entry_id"], by="patient")
                elif word < 0.55:
                    result = await offering.decline(unit, row["entry_id"])
                elif word < 0.6:
                    result = await waitlist.leave(unit, row["entry_id"])
                await unit.commit()
            self.tally[type(result).__name__] += 1
            await self.forget_who_left()

    async def judge_new_offers(self) -> None:
        """Hold each offer that was made since we last looked against our own reckoning."""
        async with self.clinic.unit() as unit:
            rows = await unit.driver.fetch("SELECT * FROM waitlist_offers WHERE seq > $1 ORDER BY seq", self.seen)
        for row in rows:
            self.seen = row["seq"]
            wall = row["offered_at"].astimezone(zone(ZONE))
            assert 8 <= wall.hour < 21, "an offer in quiet hours"
            kept = self.kept[row["entry_id"]]
            assert kept.consents, "an offer without consent"
            assert fits(kept.wish, row), "an offer that does not fit the wish"
            self.tally["offered"] += 1
            asked_before = await self.asked_before(row)
            for other in self.kept.values():
                if other is kept or not other.consents or other.id in asked_before or not fits(other.wish, row):
                    continue
                if other.turn < kept.turn:
                    other.overtaken += 1
                    self.worst = max(self.worst, other.overtaken)
                    assert other.overtaken <= OVERTAKEN_AT_MOST, "somebody is passed over for ever"
            kept.overtaken = 0
        await self.forget_who_left()

    async def asked_before(self, row: Any) -> set[UUID]:
        """Who could not be asked for this slot: by then they had it, had declined it, had another offer, or had a visit then."""
        async with self.clinic.unit() as unit:
            found = await unit.driver.fetch(
                """
                SELECT entry_id FROM waitlist_offers WHERE seq < $1 AND (opening_id = $2 OR provider_id = $3 AND starts_at = $4)
                UNION SELECT e.id FROM waitlist_offers f JOIN waitlist_entries e ON e.patient_id = f.patient_id
                  WHERE f.seq < $1 AND (f.answered_at IS NULL OR f.answered_at >= $5)
                UNION SELECT e.id FROM waitlist_entries e JOIN claims c ON c.patient_id = e.patient_id
                  WHERE c.kind = 'visit' AND c.starts_at < $6 AND c.ends_at > $4 AND c.is_live
                UNION SELECT e.id FROM waitlist_entries e WHERE e.patient_id = $7
                """,
                *(row[name] for name in ("seq", "opening_id", "provider_id", "starts_at", "offered_at", "ends_at", "patient_id")),
            )
        return {one["entry_id"] for one in found}

    def next_turn(self) -> int:
        self.turns += 1
        return self.turns

    async def forget_who_left(self) -> None:
        async with self.clinic.unit() as unit:
            rows = await unit.driver.fetch("SELECT id, status FROM waitlist_entries WHERE status IN ('waiting', 'offered')")
        stands = {row["id"]: row["status"] for row in rows}
        self.kept = {id_: kept for id_, kept in self.kept.items() if id_ in stands}
        turn = self.next_turn()
        for id_, kept in self.kept.items():
            if kept.has_offer and stands[id_] == "waiting":
                # It goes on behind all who wait now; those whose offers ended together have no order that we know.
                kept.overtaken, kept.turn = 0, turn
            kept.has_offer = stands[id_] == "offered"


def fits(wish: WaitlistWish, row: Any) -> bool:
    hour = row["starts_at"].astimezone(zone(ZONE)).hour
    in_part = wish.time_of_day is None or PARTS[wish.time_of_day][0] <= hour < PARTS[wish.time_of_day][1]
    return in_part and wish.provider_id in (None, row["provider_id"])


@pytest.mark.prove
@pytest.mark.timeout(0 if scale.PROVES else 120)
async def test_no_slot_is_promised_twice_nobody_is_asked_unasked_and_nobody_waits_for_ever(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, providers=PROVIDERS, patients=PATIENTS)
    simulation = Simulation(clinic, clock, scale.seeded("waitlist"))
    while simulation.tally["freed"] < scale.rounds(CANCELLATIONS):
        await simulation.step()
    print(dict(simulation.tally), "overtaken, at most:", simulation.worst)
    assert simulation.tally["offered"] > simulation.tally["freed"] / 5, "the simulation asks too little to prove anything"
    assert simulation.tally["Appointment"] > 0
    for question in PROMISED_TWICE:
        assert await clinic.column(question) == [], question


PROMISED_TWICE = (
    # No provider has two visits at once.
    """
    SELECT 1 FROM claims a JOIN claims b ON a.provider_seq = b.provider_seq AND a.id < b.id AND a.starts_at < b.ends_at
      AND b.starts_at < a.ends_at WHERE a.is_live AND b.is_live AND a.kind = 'visit' AND b.kind = 'visit'
    """,
    # No opening was filled twice.
    "SELECT opening_id FROM waitlist_offers WHERE status IN ('open', 'accepted') GROUP BY 1 HAVING count(*) > 1",
    # No two offers of one provider's time were open at once.
    """
    SELECT 1 FROM waitlist_offers a JOIN waitlist_offers b ON a.seq < b.seq AND a.provider_id = b.provider_id
      AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
      AND b.offered_at < least(coalesce(a.answered_at, a.expires_at), a.expires_at)
    """,
    # Every accepted offer is a visit of that patient at that time.
    """
    SELECT 1 FROM waitlist_offers o LEFT JOIN claims c
      ON c.id = o.appointment_id AND c.patient_id = o.patient_id AND c.starts_at = o.starts_at
    WHERE o.status = 'accepted' AND c.id IS NULL
    """,
)
