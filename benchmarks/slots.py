"""How long a search for slots takes, beside its floor, and how that grows.

    python -m benchmarks.slots

One provider's slots of 30 days, half booked, against a bare COUNT of the busy rows that any answer must look at (both in an open
transaction under row-level security, on the same connection, one after the other); and the earliest slot among 10, 200 and 2,000
providers in 30 and 365 days, in a calendar that is half booked, and in one whose first ten days are full.
"""

import math
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import uvloop
from benchmarks.clinic import FIRST_DAY, OPEN, Bench, BenchClinic, bench, make_clinic

from marcai.backends.postgres.unit import PostgresUnit
from marcai.scheduling.provider import ProviderId
from marcai.scheduling.requests import SlotQuery
from marcai.scheduling.search import earliest, free_slots

ROUNDS = 200
COUNT = """
SELECT count(*) FROM claims WHERE organisation_id = $1 AND provider_seq = $2 AND is_live
  AND busy_from > $3 AND busy_from < $4 AND busy_to > $5
"""
FILL_FIRST_DAYS = """
INSERT INTO claims (organisation_id, id, kind, status, provider_id, provider_seq, lane, patient_id, patient_seq, appointment_type_id,
  location_id, starts_at, ends_at, busy_from, busy_to, wall_start, zone, source, metadata, version, created_at)
SELECT $1, gen_random_uuid(), 'visit', 'confirmed', p.id, p.seq, 0, $3, 2000000 + p.seq * 1000 + n, $4, $2, t, t + interval '30 min', t,
  t + interval '30 min', t AT TIME ZONE 'UTC', 'America/Sao_Paulo', 'api', '{}', 1, $5
FROM providers p, generate_series(0, 9) AS day, generate_series(0, 19) AS n,
  LATERAL (SELECT $6::timestamptz + day * interval '1 day' + n * interval '30 min' AS t) AS moment
WHERE p.organisation_id = $1
  AND NOT EXISTS (SELECT FROM claims c WHERE c.organisation_id = $1 AND c.provider_seq = p.seq AND c.starts_at = t)
"""


async def milliseconds(deed: Callable[[], Awaitable[object]], rounds: int) -> float:
    """Return the median, after a few rounds that only warm up."""
    taken = []
    warm = min(10, rounds)
    for n in range(rounds + warm):
        begun = time.perf_counter()
        await deed()
        if n >= warm:
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000


async def one_provider(there: Bench) -> None:
    clinic = await make_clinic(there, providers=10)
    days = FIRST_DAY, FIRST_DAY + timedelta(days=29)
    async with there.store.unit(clinic.id, actor_label="bench") as unit:
        provider = next(iter((await unit.setup()).providers.values()))
        query = SlotQuery(clinic.kind, *days, provider_ids=frozenset({provider.id}))
        begin = datetime.combine(FIRST_DAY, OPEN, tzinfo=UTC)
        bounds = begin - timedelta(days=2), begin + timedelta(days=30), begin

        async def count() -> int:
            return int(await unit.driver.fetchval(COUNT, clinic.id, provider.seq, *bounds))

        async def slots() -> int:
            return len((await free_slots(unit, query, limit=1000)).slots)

        async def first() -> object:
            return await earliest(unit, query)

        busy, free = await count(), await slots()
        floor, ours = await milliseconds(count, ROUNDS), await milliseconds(slots, ROUNDS)
        again = await milliseconds(count, ROUNDS)
        floor = (floor + again) / 2
        print(f"one provider, 30 days: {busy} busy rows, {free} free slots")
        print(f"  bare COUNT of the busy rows  {floor:7.3f} ms")
        print(f"  all free slots               {ours:7.3f} ms   {ours / floor:4.1f} x  (aim: at most 3)")
        print(f"  the earliest slot            {await milliseconds(first, ROUNDS):7.3f} ms")


async def many_providers(there: Bench) -> None:
    clinics = {n: await make_clinic(there, providers=n) for n in (10, 200, 2000)}
    for title, full in (("half booked", False), ("the first ten days full", True)):
        if full:
            for clinic in clinics.values():
                await fill(there, clinic)
        print(f"the earliest slot of all providers, {title}", flush=True)
        taken = {}
        for providers, clinic in clinics.items():
            for days in (30, 365):
                taken[providers, days] = await first_of_all(there, clinic, days, 2 if full else 60)
                print(f"  {providers:5d} providers, {days:3d} days  {taken[providers, days]:8.2f} ms", flush=True)
        by_providers = math.log(taken[2000, 30] / taken[10, 30]) / math.log(2000 / 10)
        by_days = max(math.log(taken[n, 365] / taken[n, 30]) / math.log(365 / 30) for n in clinics)
        print(f"  grows with providers ** {by_providers:.2f} (aim: at most 0.8), with days ** {by_days:.2f} (aim: at most 0.1)")


async def fill(there: Bench, clinic: BenchClinic) -> None:
    opening = datetime.combine(FIRST_DAY, OPEN, tzinfo=UTC) + timedelta(hours=3)
    arguments = clinic.id, clinic.location, clinic.patients[0], clinic.kind, opening, opening
    await there.superuser.execute(FILL_FIRST_DAYS, *arguments)
    await there.superuser.execute("VACUUM ANALYZE claims")


async def first_of_all(there: Bench, clinic: BenchClinic, days: int, rounds: int) -> float:
    query = SlotQuery(clinic.kind, FIRST_DAY, FIRST_DAY + timedelta(days=days - 1))
    async with there.store.unit(clinic.id, actor_label="bench") as unit:
        return await milliseconds(lambda: found(unit, query), rounds)


async def found(unit: PostgresUnit, query: SlotQuery) -> ProviderId:
    slot = (await earliest(unit, replace(query))).slot
    assert slot is not None
    return slot.provider_id


async def measure() -> None:
    async with bench(durable=False) as there:
        # No read uses these, and to load a million visits through them takes minutes.
        for constraint in ("claims_busy", "claims_room_busy", "claims_visit"):
            await there.superuser.execute(f"ALTER TABLE claims DROP CONSTRAINT {constraint}")
        await one_provider(there)
        await many_providers(there)


def main() -> None:
    # The loop that uvicorn runs on.
    uvloop.run(measure())


if __name__ == "__main__":
    main()
