"""How many visits a second are booked over HTTP: `marcai serve` as a process of its own, and threads of this one as its clients."""

import asyncio
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
from benchmarks.clinic import OPEN, SLOT, Bench, BenchClinic, make_clinic
from benchmarks.stand import BareClient, Stand, cpu_seconds, served, stand, today

from marcai.clinics import keys

SERVE = [str(Path(sys.executable).parent / "marcai"), "serve"]
SLOTS_A_DAY = 20
WARM = 20
"""Bookings of each caller before the clock runs, so that every connection has its statements prepared."""


@dataclass(frozen=True, slots=True)
class Served:
    """What was measured."""

    booked_a_second: float
    server_milliseconds: float
    """Processor time of the server's process for one booking."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One client on a connection of its own, which books one slot after the other for one patient at one provider."""

    client: BareClient
    clinic: BenchClinic
    patient: UUID
    provider: UUID
    opening: datetime

    def book(self, n: int) -> None:
        start = self.opening + timedelta(days=n // SLOTS_A_DAY) + SLOT * (n % SLOTS_A_DAY)
        body = {
            "patient_id": str(self.patient),
            "provider_profile_id": str(self.provider),
            "appointment_type_id": str(self.clinic.kind),
            "location_id": str(self.clinic.location),
            "start_time": start.isoformat(),
            "end_time": (start + SLOT).isoformat(),
        }
        status, answer = self.client.post("/v1/scheduling/appointments", body)
        assert status == 201, answer


async def clinic_to_serve(at: Stand, size: int) -> tuple[BenchClinic, Sequence[UUID], str]:
    """Make a clinic where the server finds it; return it with its providers and a key to it."""
    url = at.postgres.url(at.database)
    store, superuser = await at.open(), await asyncpg.connect(url.replace("+asyncpg", ""))
    clinic = await make_clinic(Bench(at.postgres, store, url, superuser), providers=size, patients=size, half_booked=False)
    async with store.unit(clinic.id, actor_label="bench") as unit:
        made = await keys.create(unit.api_keys, name="bench", scopes=["*"])
        providers = list((await unit.setup()).providers)
        await unit.commit()
    await superuser.close()
    await store.close()
    return clinic, providers, made.text


def one_run(at: Stand, port: int, pid: int, callers: int, seconds: float) -> Served:
    """Book in a new clinic, all callers at once."""
    clinic, providers, key = asyncio.run(clinic_to_serve(at, callers))
    # The server's clock is the machine's: the days that are booked begin tomorrow.
    opening = datetime.combine(today().date() + timedelta(days=1), OPEN, tzinfo=UTC) + timedelta(hours=3)
    all_callers = [
        Caller(BareClient(port, {"x-api-key": key}), clinic, patient, provider, opening)
        for patient, provider in zip(clinic.patients, providers, strict=True)
    ]
    booked = [0] * callers

    def book_on(number: int) -> None:
        while time.perf_counter() < until:
            all_callers[number].book(WARM + booked[number])
            booked[number] += 1

    for caller in all_callers:
        for n in range(WARM):
            caller.book(n)
    cpu = cpu_seconds(pid)
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=book_on, args=(number,)) for number in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu = cpu_seconds(pid) - cpu
    for caller in all_callers:
        caller.client.close()
    return Served(sum(booked) / seconds, cpu / sum(booked) * 1e3)


def over_http(callers: int, seconds: float) -> Served:
    """Return the better of two runs."""
    with stand() as at, served(SERVE, at.environment) as (port, pid):
        runs = [one_run(at, port, pid, callers, seconds) for _ in range(2)]
    return max(runs, key=lambda run: run.booked_a_second)


def show(callers: int, seconds: float, pgbench: float | None) -> None:
    """Print the figure, and what keeps it from being more."""
    run = over_http(callers, seconds)
    ratio = f"   that is {run.booked_a_second / pgbench:.2f} of pgbench (aim: at least 0.30)" if pgbench else ""
    print(f"  over HTTP              {run.booked_a_second:7.0f}{ratio}")
    most = 1e3 / run.server_milliseconds
    print(f"    one server process: {run.server_milliseconds:.2f} ms of processor time a booking, so {most:.0f} a second on a core alone")
