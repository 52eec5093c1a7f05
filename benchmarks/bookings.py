"""How many visits a second are booked through the use case, beside pgbench with the same statements and round trips.

    python -m benchmarks.bookings

Eight callers at once, each with a patient and a provider of their own, so that nobody waits for a lock; a durable server (every commit
is flushed). One booking is watched, and what it said to the database is what pgbench says: as the application's role, prepared, with the
same transaction. A second floor says it through the bare driver. Each is run twice, in turns, and the better run counts.

The same over HTTP (`served_bookings`) stands beside the same floor.
"""

import asyncio
import itertools
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import uvloop
from benchmarks.clinic import FIRST_DAY, OPEN, Bench, BenchClinic, bench, make_clinic
from benchmarks.served_bookings import show

from marcai.backends.postgres import calendar_sql
from marcai.backends.postgres.engine import SESSION
from marcai.backends.postgres.transaction import Driver
from marcai.scheduling.appointment import Appointment
from marcai.scheduling.bookings import book
from marcai.scheduling.provider import Provider
from marcai.scheduling.requests import BookingRequest

CALLERS = 8
SECONDS = 5.0
OPENING = datetime.combine(FIRST_DAY, OPEN, tzinfo=UTC) + timedelta(hours=3)
SLOTS_A_DAY = 20
VARYING = {
    "id": "lpad(to_hex(:client_id * 1000000 + :n), 32, '0')",
    "starts_at": "to_timestamp(:t)",
    "ends_at": "to_timestamp(:t + 1800)",
    "busy_from": "to_timestamp(:t)",
    "busy_to": "to_timestamp(:t + 1800)",
    "scan_from": "to_timestamp(:t - 172800)",
    "wall_start": "(timezone('UTC', to_timestamp(:t - 10800)))",
}
"""What differs from one booking to the next, as pgbench says it; the rest is what was watched."""

Said = tuple[str, tuple[Any, ...]]
Watch = Callable[[Bench, BenchClinic, int], Awaitable[list[Said]]]
Write = Callable[[list[Said]], Iterable[str]]


@dataclass(slots=True)
class Watched:
    """The driver, and what was said to it."""

    driver: Any
    said: list[Said] = field(default_factory=list)

    async def execute(self, query: str, *args: object) -> Any:
        self.said.append((query, args))
        return await self.driver.execute(query, *args)

    async def fetch(self, query: str, *args: object) -> Any:
        self.said.append((query, args))
        return await self.driver.fetch(query, *args)

    async def fetchrow(self, query: str, *args: object) -> Any:
        self.said.append((query, args))
        return await self.driver.fetchrow(query, *args)

    async def fetchval(self, query: str, *args: object) -> Any:
        self.said.append((query, args))
        return await self.driver.fetchval(query, *args)

    def is_in_transaction(self) -> bool:
        return bool(self.driver.is_in_transaction())

    def is_closed(self) -> bool:
        return bool(self.driver.is_closed())


def start_of(n: int) -> datetime:
    return OPENING + timedelta(days=n // SLOTS_A_DAY, minutes=30 * (n % SLOTS_A_DAY))


def request(clinic: BenchClinic, provider: Provider, caller: int, n: int) -> BookingRequest:
    return BookingRequest(clinic.patients[caller], provider.id, clinic.kind, clinic.location, start_of(n), None, "bench")


async def providers_of(there: Bench, clinic: BenchClinic) -> list[Provider]:
    async with there.store.unit(clinic.id, actor_label="bench") as unit:
        return list((await unit.setup()).providers.values())


async def through_the_use_case(there: Bench, clinic: BenchClinic) -> float:
    providers = await providers_of(there, clinic)
    until = time.perf_counter() + SECONDS

    async def caller(number: int) -> int:
        for n in itertools.count():
            if time.perf_counter() >= until:
                return n
            async with there.store.unit(clinic.id, actor_label="bench") as unit:
                result = await book(unit, request(clinic, providers[number], number, n))
                assert isinstance(result, Appointment), result
                await unit.commit()
        raise AssertionError

    return sum(await asyncio.gather(*(caller(number) for number in range(CALLERS)))) / SECONDS


async def watched(there: Bench, clinic: BenchClinic, caller: int) -> list[Said]:
    """Return everything that one booking says, BEGIN and COMMIT included, and undo it."""
    provider = (await providers_of(there, clinic))[caller]
    async with there.store.unit(clinic.id, actor_label="bench") as unit:
        ear = Watched(unit.driver)
        unit.driver = cast(Driver, ear)
        assert isinstance(await book(unit, request(clinic, provider, caller, 0)), Appointment)
        await unit.ledger.write()
        unit.driver = ear.driver
    begin = f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL app.org = '{clinic.id}'"
    return [(begin, ()), *ear.said, ("COMMIT", ())]


def literal(value: object) -> str:
    """Return the value as SQL in which no colon stands: pgbench takes them for its variables."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return f"'{value}'"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, list | tuple | frozenset):
        return "'{" + ",".join(str(item) for item in value) + "}'"
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return "E'" + text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a") + "'"


def script(said: list[Said]) -> Iterator[str]:
    yield "\\set n :n + 1"
    yield f"\\set t {int(OPENING.timestamp())} + (:n / {SLOTS_A_DAY}) * 86400 + (:n % {SLOTS_A_DAY}) * 1800"
    for query, args in said:
        if query.startswith("BEGIN"):
            # Two statements in one round trip, which a prepared statement cannot hold.
            yield "\\startpipeline"
            yield from (f"{part};" for part in query.split(";"))
            yield "\\endpipeline"
            continue
        names = calendar_sql.BOOK.names if query == calendar_sql.BOOK.sql else ()
        values = [VARYING.get(names[n], literal(arg)) if names else literal(arg) for n, arg in enumerate(args)]
        text = re.sub(r"\$(\d+)", lambda found, values=values: values[int(found[1]) - 1], query)  # type: ignore[misc]
        yield " ".join(text.split()) + ";"


async def pgbench(there: Bench, clinic: BenchClinic, watch: Watch = watched, write: Write = script) -> float | None:
    """Return what pgbench books a second, saying in its words what was watched; None where it is not installed."""
    program = shutil.which("pgbench")
    if program is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="marcai-pgbench-"))
    files: list[Path] = []
    for caller in range(CALLERS):
        said = await watch(there, clinic, caller)
        path = folder / f"{caller}.sql"
        # Every caller has its own script: pgbench chooses among scripts at random, so each runs in a process of its own.
        path.write_text("\n".join(write(said)) + "\n")
        files.append(path)
    host, database, user = await where(there)
    options = " ".join(f"-c {name}={value}" for name, value in SESSION.items()) + " -c role=marcai_app"
    environment = os.environ | {"PGHOST": host, "PGDATABASE": database, "PGUSER": user, "PGOPTIONS": options}
    running = [
        await asyncio.create_subprocess_exec(
            program,
            *("-n", "-M", "prepared", "-c", "1", "-T", str(int(SECONDS)), "-D", "n=-1", "-D", f"client_id={caller}", "-f", str(path)),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for caller, path in enumerate(files)
    ]
    total = 0.0
    for process in running:
        out, err = await process.communicate()
        found = re.search(r"tps = ([\d.]+)", out.decode())
        assert found is not None, err.decode()[-2000:]
        total += float(found[1])
    shutil.rmtree(folder)
    booked = await there.superuser.fetchval("SELECT count(*) FROM claims WHERE organisation_id = $1", clinic.id)
    assert booked > 0.9 * total * SECONDS, "pgbench did not book what it said"
    return total


async def where(there: Bench) -> tuple[str, str, str]:
    """Return the socket's folder, the database and the user, as the server itself says them."""
    folder = await there.superuser.fetchval("SHOW unix_socket_directories")
    return (str(folder), *await there.superuser.fetchrow("SELECT current_database(), session_user"))


async def bare_driver(there: Bench, clinic: BenchClinic) -> float:
    """Say the same through the driver alone, eight connections, without any of our own code in between."""
    host, database, user = await where(there)
    said = [await watched(there, clinic, caller) for caller in range(CALLERS)]
    settings = {**SESSION, "role": "marcai_app"}
    connections = [await asyncpg.connect(host=host, database=database, user=user, server_settings=settings) for _ in range(CALLERS)]
    until = time.perf_counter() + SECONDS

    async def caller(number: int) -> int:
        connection = connections[number]
        for n in itertools.count():
            if time.perf_counter() >= until:
                return n
            for query, args in said[number]:
                if query == calendar_sql.BOOK.sql:
                    await connection.fetchrow(query, *changed(args, n))
                elif args:
                    await connection.fetch(query, *args)
                else:
                    await connection.execute(query)
        raise AssertionError

    booked = sum(await asyncio.gather(*(caller(number) for number in range(CALLERS)))) / SECONDS
    for connection in connections:
        await connection.close()
    return booked


def changed(args: tuple[Any, ...], n: int) -> list[Any]:
    start, half_an_hour = start_of(n), timedelta(minutes=30)
    own: dict[str, object] = {
        "id": UUID(int=uuid4().int),
        "starts_at": start,
        "busy_from": start,
        "ends_at": start + half_an_hour,
        "busy_to": start + half_an_hour,
        "scan_from": start - timedelta(hours=48),
    }
    return [own.get(name, arg) for name, arg in zip(calendar_sql.BOOK.names, args, strict=True)]


async def measure() -> float | None:
    """Print the figures of the use case; return what pgbench books a second, if it is installed."""
    async with bench(durable=True, pool_size=CALLERS) as there:
        ours: list[float] = []
        floors: list[float | None] = []
        bare: list[float] = []
        for _ in range(2):
            clinics = [await make_clinic(there, providers=CALLERS, patients=CALLERS, half_booked=False) for _ in range(3)]
            if not ours:
                print(f"one booking is {len(await watched(there, clinics[0], 0))} round trips")
            ours.append(await through_the_use_case(there, clinics[0]))
            floors.append(await pgbench(there, clinics[1]))
            bare.append(await bare_driver(there, clinics[2]))
        print(f"bookings a second, {CALLERS} at once")
        print(f"  through the use case   {max(ours):7.0f}")
        print(f"  the bare driver        {max(bare):7.0f}   ours is {max(ours) / max(bare):.2f} of it")
        known = [floor for floor in floors if floor is not None]
        if known:
            print(f"  pgbench                {max(known):7.0f}   ours is {max(ours) / max(known):.2f} of it (aim: at least 0.8)")
            if max(ours) < 0.8 * max(known):
                print(f"    missed: Python shares the cores with the server; the bare driver alone is {max(bare) / max(known):.2f} of it")
            return max(known)
        print("  pgbench is not installed: the floor of the aim was NOT measured")
        return None


def main() -> None:
    # The loop that uvicorn runs on.
    pgbench_books = uvloop.run(measure())
    show(CALLERS, SECONDS, pgbench_books)


if __name__ == "__main__":
    main()
