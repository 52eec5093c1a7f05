"""What a booking costs over HTTP with all manners (key, limit, idempotency, audit), beside pgbench with the same statements.

    python -m benchmarks.manners

Eight callers at once book over kept connections at one server process, each for a patient and a provider of their own; the database is
durable and the limits are counted in a redis-server. What the server says to the database for one such booking is what pgbench says.
Audit and outbox ride in the booking's own statement; the key is looked up once a second; the limit is one round trip to Redis.
"""

import asyncio
import base64
import itertools
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from benchmarks.bookings import CALLERS, OPENING, SECONDS, Said, Watched, pgbench, providers_of, request, script, start_of, watched
from benchmarks.clinic import Bench, BenchClinic, bench, make_clinic
from benchmarks.stand import BareClient, redis_running, served

from marcai.backends.postgres.transaction import Driver
from marcai.clinics.keys import create
from marcai.ledger.idempotency import IdempotencyKey, StoredAnswer, fingerprint
from marcai.scheduling.appointment import Appointment
from marcai.scheduling.bookings import book

PATH = "/v1/scheduling/appointments"
VARIES = "an-idempotency-key"
AIM = 0.30


async def watched_with_key(there: Bench, clinic: BenchClinic, caller: int) -> list[Said]:
    """Return all that one booking under an Idempotency-Key says, and undo it."""
    provider = (await providers_of(there, clinic))[caller]
    key = IdempotencyKey(f"key:{caller}", "/v1/scheduling/", VARIES)
    async with there.store.unit(clinic.id, actor_label="bench") as unit:
        ear = Watched(unit.driver)
        unit.driver = cast(Driver, ear)
        await unit.idempotency.begin(key, fingerprint("POST", PATH, b"{}"))
        made = await book(unit, request(clinic, provider, caller, 0))
        assert isinstance(made, Appointment)
        unit.idempotency.keep(key, fingerprint("POST", PATH, b"{}"), StoredAnswer(201, b"x" * 800, {"content-type": "application/json"}))
        await unit.idempotency.write()
        await unit.ledger.write()
        unit.driver = ear.driver
    begin = f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL app.org = '{clinic.id}'"
    return [(begin, ()), *ear.said, ("COMMIT", ())]


def script_with_key(said: list[Said]) -> Iterator[str]:
    """Write pgbench's script; every booking has a key of its own."""
    for line in script(said):
        yield line.replace(f"E'{VARIES}'", "('k' || :client_id || '-' || :n)")


async def over_http(there: Bench, clinic: BenchClinic, port: int, api_key: str, *, with_key: bool) -> float:
    """Return how many bookings a second the server makes."""
    providers = await providers_of(there, clinic)
    late = max(timedelta(0), datetime.now(UTC) - OPENING) + timedelta(days=2)
    counts = [0] * CALLERS
    until = time.perf_counter() + SECONDS

    def caller(number: int) -> None:
        client = BareClient(port, {"x-api-key": api_key})
        for n in itertools.count():
            if time.perf_counter() >= until:
                break
            start = start_of(n) + timedelta(days=late.days)
            body = {
                "provider_profile_id": str(providers[number].id),
                "patient_id": str(clinic.patients[number]),
                "appointment_type_id": str(clinic.kind),
                "location_id": str(clinic.location),
                "start_time": start.isoformat(),
                "end_time": (start + timedelta(minutes=30)).isoformat(),
            }
            headers = {"Idempotency-Key": f"{clinic.id}-{number}-{n}"} if with_key else {}
            status, answer = client.post(PATH, body, headers)
            assert status == 201, answer
            counts[number] += 1
        client.close()

    threads = [threading.Thread(target=caller, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    return sum(counts) / SECONDS


async def measure() -> bool:
    async with AsyncExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="marcai-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        redis_url = stack.enter_context(redis_running(folder))
        there = await stack.enter_async_context(bench(durable=True, pool_size=CALLERS))
        environment = {
            "MARCAI_DATABASE_URL": there.url,
            "MARCAI_REDIS_URL": redis_url,
            "MARCAI_SECRET_KEY": "s" * 40,
            "MARCAI_ENCRYPTION_KEYS": base64.b64encode(b"\x0f" * 32).decode(),
            "MARCAI_VAPI_WEBHOOK_SECRET": "v" * 40,
            "MARCAI_RATE_LIMIT_FACTOR": "100000",
        }
        port, _ = stack.enter_context(served([sys.executable, "-m", "marcai", "serve"], environment))
        found: dict[str, list[float | None]] = {"http": [], "http with key": [], "pgbench": [], "pgbench with key": []}
        for _ in range(2):
            for with_key in (False, True):
                named = " with key" if with_key else ""
                for way in ("http", "pgbench"):
                    clinic = await make_clinic(there, providers=CALLERS, patients=CALLERS, half_booked=False)
                    if way == "http":
                        async with there.store.unit(clinic.id, actor_label="bench") as unit:
                            key = (await create(unit.api_keys, name="bench", scopes=["write:appointments"])).text
                            await unit.commit()
                        found["http" + named].append(await over_http(there, clinic, port, key, with_key=with_key))
                    elif with_key:
                        found["pgbench" + named].append(await pgbench(there, clinic, watched_with_key, script_with_key))
                    else:
                        found["pgbench"].append(await pgbench(there, clinic, watched, script))
    best = {name: max((one for one in rates if one is not None), default=0.0) for name, rates in found.items()}
    print(f"bookings a second over HTTP, one server process, {CALLERS} callers at once")
    is_met = True
    for named, what in (("", "key, limit and audit       "), (" with key", "and under an idempotency key")):
        ours, floor = best["http" + named], best["pgbench" + named]
        beside = f"{ours / floor:.2f} of pgbench's {floor:.0f} (aim: at least {AIM})" if floor else "pgbench is not installed"
        print(f"  {what} {ours:7.0f}   {beside}")
        is_met = is_met and (not floor or ours / floor >= AIM)
    print(f"  an idempotency key takes {1 - best['http with key'] / best['http']:.0%} of the rate")
    return is_met


if __name__ == "__main__":
    asyncio.run(measure())
