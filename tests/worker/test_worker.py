"""The worker on its real engine: jobs that stand in the deed's transaction, and nothing lost when a process is killed."""

import asyncio
import base64
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import procrastinate.schema
import pytest
from sqlalchemy.engine import make_url

import marcai.backends.postgres.migrate as migrations
from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.roles import APP, DIRECTORY, WORKER
from marcai.kit.clock import OffsetClock
from marcai.ledger.errors import StoreUnavailable, StoreUnfit
from marcai.ledger.events import OutboxEvent
from marcai.ledger.idempotency import IdempotencyKey, StoredAnswer
from marcai.ledger.jobs import Job, Pool, Task
from marcai.notifications.webhook import DeliveryStatus
from marcai.wiring import opened_house
from marcai.worker import REPEATED_FOR, Shift, working
from tests.worker.conftest import KEY, Clinic, Sink

WAITING = "SELECT task_name, args, status::text AS status FROM jobs.procrastinate_jobs ORDER BY id"


@asynccontextmanager
async def superuser(url: str) -> AsyncIterator[asyncpg.Connection]:
    address = make_url(url)
    connection = await asyncpg.connect(host=address.query["host"], database=address.database, user=address.username)
    yield connection
    await connection.close()


async def test_an_event_is_at_the_endpoint_soon_after_its_commit(clinic: Clinic, sink: Sink, database_url: str) -> None:
    await clinic.listen(sink.url)
    async with opened_house(clinic.settings, OffsetClock()) as house, working(house.workshop, grace_seconds=3):
        await clinic.emit(30)
        await sink.hears(30, within_seconds=30)
        async with asyncio.timeout(30):
            while {it.status for it in await clinic.deliveries()} != {DeliveryStatus.DELIVERED}:
                await asyncio.sleep(0.05)
    assert len(sink.heard) == 30, "nothing came twice"
    async with superuser(database_url) as all_seeing:
        assert [row["status"] for row in await all_seeing.fetch(WAITING) if row["task_name"] != "sweep"] == []


async def test_what_fails_is_tried_again_by_the_clock(clinic: Clinic, sink: Sink) -> None:
    await clinic.listen(sink.url)

    async def third_time_well(it: Sink, _body: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {200 if len(it.heard) == 3 else 500} X\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()

    sink.answering = third_time_well
    async with opened_house(clinic.settings, OffsetClock()) as house, working(house.workshop, grace_seconds=3):
        await clinic.emit(1)
        async with asyncio.timeout(30):
            while not (found := await clinic.deliveries()) or found[0].status is not DeliveryStatus.DELIVERED:
                await asyncio.sleep(0.05)
    first, second, third = (attempt.at for attempt in found[0].attempts)
    assert timedelta(seconds=0.3) <= second - first < timedelta(seconds=5)
    assert timedelta(seconds=0.3) <= third - second < timedelta(seconds=5)


@pytest.mark.parametrize("days", [-200, 200])
async def test_a_clock_that_shows_another_day_delivers_and_repeats_now(clinic: Clinic, sink: Sink, days: int) -> None:
    await clinic.listen(sink.url)

    async def second_time_well(it: Sink, _body: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {200 if len(it.heard) == 2 else 500} X\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()

    sink.answering = second_time_well
    async with opened_house(clinic.settings, OffsetClock(timedelta(days=days))) as house, working(house.workshop, grace_seconds=3):
        async with house.workshop.units(clinic.id, actor_label="test") as unit:
            unit.emit(OutboxEvent("appointment.created", uuid4()))
            await unit.commit()
        # The sweep would find it too, ten seconds later.
        async with asyncio.timeout(8):
            while len(sink.heard) < 2:
                await asyncio.sleep(0.05)


async def test_a_worker_that_is_killed_in_the_middle_of_a_delivery_loses_nothing(
    clinic: Clinic, sink: Sink, database_url: str, tmp_path: Path
) -> None:
    await clinic.listen(sink.url)
    arrived = asyncio.Event()

    async def silent(_sink: Sink, _body: bytes, _writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.sleep(60)

    answering, sink.answering = sink.answering, silent
    worker = await working_worker(database_url, tmp_path / "log")
    try:
        await clinic.emit(12)
        await asyncio.wait_for(arrived.wait(), 30)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    assert {it.status for it in await clinic.deliveries()} == {DeliveryStatus.PENDING}
    sink.answering = answering
    async with superuser(database_url) as all_seeing:
        # Time passes: the lease of the dead ends.
        await all_seeing.execute("UPDATE webhook_subscriptions SET leased_until = leased_until - interval '1 hour'")
    async with opened_house(clinic.settings, OffsetClock()) as house, working(house.workshop, grace_seconds=3):
        async with asyncio.timeout(60):
            while {it.status for it in await clinic.deliveries()} != {DeliveryStatus.DELIVERED}:
                await asyncio.sleep(0.1)
    assert len(await clinic.deliveries()) == 12
    assert len({id_ for id_, _ in sink.heard}) == 12


async def working_worker(database_url: str, log: Path) -> subprocess.Popen[bytes]:
    """Start `marcai work`, and wait until it works."""
    env = os.environ | {
        "MARCAI_DATABASE_URL": database_url,
        "MARCAI_REDIS_URL": "redis://127.0.0.1:1/0",
        "MARCAI_SECRET_KEY": "s" * 40,
        "MARCAI_VAPI_WEBHOOK_SECRET": "v" * 40,
        "MARCAI_ENCRYPTION_KEYS": base64.b64encode(KEY).decode(),
        "MARCAI_WEBHOOKS_ALLOW_PRIVATE": "1",
    }
    worker = await asyncio.to_thread(started, [sys.executable, "-m", "marcai", "work"], env, log)
    async with asyncio.timeout(60):
        while '"working"' not in said(log):
            assert worker.poll() is None, said(log)
            await asyncio.sleep(0.1)
    return worker


async def test_marcai_work_delivers_and_ends_when_it_is_told_to(clinic: Clinic, sink: Sink, database_url: str, tmp_path: Path) -> None:
    await clinic.listen(sink.url)
    workers = await asyncio.gather(*(working_worker(database_url, tmp_path / f"log-{number}") for number in range(2)))
    try:
        await clinic.emit(20)
        await sink.hears(20, within_seconds=30)
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        ends = [await asyncio.to_thread(worker.wait, 25) for worker in workers]
    assert ends == [0, 0]
    assert len(sink.heard) == 20


async def test_an_unknown_database_is_named_and_not_worked_on(clinic: Clinic, postgres: EmbeddedPostgres, database_url: str) -> None:
    async with opened_house(clinic.settings, OffsetClock()) as house:
        running = house.workshop.jobs_running.func  # type: ignore[attr-defined]
    with pytest.raises(StoreUnavailable):
        async with running(database_url.replace("/test_", "/nowhere_"), [], [], grace_seconds=1):
            pass
    postgres.create_database("never_worked")
    postgres._say("CREATE ROLE no_worker LOGIN")
    for url in (postgres.url("never_worked"), database_url.replace("//marcai@", "//no_worker@")):
        with pytest.raises(StoreUnfit):
            async with running(url, [], [], grace_seconds=1):
                pass
    postgres.drop_database("never_worked")


async def test_a_job_that_fails_is_tried_again_and_one_of_a_dead_worker_too(clinic: Clinic, database_url: str) -> None:
    tried: list[Any] = []

    async def stubborn(organisation_id: object) -> None:
        tried.append(organisation_id)
        if len(tried) == 1:
            raise StoreUnavailable("not now")

    async with clinic.store.unit(clinic.id, actor_label="test") as unit:
        await unit.jobs.defer(Job("turns", "stubborn", {"organisation_id": clinic.id}))
        await unit.commit()
    async with superuser(database_url) as all_seeing:
        await all_seeing.execute(
            "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, args, status) VALUES ('turns', 'stubborn', $1, 'doing')",
            f'{{"organisation_id": "{clinic.id}"}}',
        )
    async with opened_house(clinic.settings, OffsetClock()) as house:
        pools = [Pool(("turns",), 2), Pool(("tidy",), 1)]
        async with house.workshop.jobs_running([Task("stubborn", "turns", stubborn)], pools, grace_seconds=1), asyncio.timeout(45):
            while len(tried) < 3:
                await asyncio.sleep(0.1)
    assert tried == [clinic.id] * 3


async def test_a_job_is_deferred_with_its_deed_or_not_at_all(clinic: Clinic, database_url: str) -> None:
    job = Job("turns", "x", {"organisation_id": clinic.id})
    async with clinic.store.unit(clinic.id, actor_label="test") as unit:
        await unit.jobs.defer(job)
    async with superuser(database_url) as all_seeing:
        assert [row["task_name"] for row in await all_seeing.fetch(WAITING)] == []
        async with clinic.store.unit(clinic.id, actor_label="test") as unit:
            await unit.jobs.defer(job, job)
            await unit.commit()
        assert [row["task_name"] for row in await all_seeing.fetch(WAITING)] == ["x", "x"]
        async with clinic.store.unit(clinic.id, actor_label="test") as unit:
            assert await unit.jobs.absorb(Job("turns", "x", {"organisation_id": uuid4()})) == 0
            assert await unit.jobs.absorb(job) == 2
            await unit.commit()
        assert await all_seeing.fetch(WAITING) == []


async def test_the_application_reaches_no_table_of_the_jobs_and_the_worker_no_other(database_url: str) -> None:
    tables = """
      SELECT c.oid::regclass::text AS name, c.relnamespace = 'jobs'::regnamespace AS is_jobs,
        has_table_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, DELETE') OR has_any_column_privilege($1, c.oid, 'SELECT') AS reaches
      FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ('jobs'::regnamespace, 'public'::regnamespace)"""
    async with superuser(database_url) as all_seeing:
        for role, reaches_jobs in ((APP, False), (DIRECTORY, False), (WORKER, True)):
            found = await all_seeing.fetch(tables, role)
            assert {row["reaches"] for row in found if row["is_jobs"]} == {reaches_jobs}, role
        assert {row["reaches"] for row in await all_seeing.fetch(tables, WORKER) if not row["is_jobs"]} == {False}
        functions = (
            "SELECT proname::text FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace AND has_function_privilege($1, oid, 'EXECUTE')"
        )
        assert {row["proname"] for row in await all_seeing.fetch(functions, APP)} == {"defer", "absorb"}
        assert await all_seeing.fetch(functions, DIRECTORY) == []


def test_the_engine_that_is_installed_is_the_one_that_was_migrated_for() -> None:
    ours = (Path(migrations.__file__).parent / "migrations" / "procrastinate_3_10.sql").read_text()
    assert ours.endswith(procrastinate.schema.SchemaManager.get_schema()), "a new schema needs a migration of its own"


async def test_what_nobody_needs_any_more_is_tidied_away(clinic: Clinic, database_url: str) -> None:
    async with clinic.store.unit(clinic.id, actor_label="test") as unit:
        long_ago = unit.now - REPEATED_FOR - timedelta(hours=1)
    for now in (long_ago, None):
        async with clinic.store.unit(clinic.id, actor_label="test", now=now) as unit:
            item = await unit.inbox.receive("whatsapp", f"wamid.{now}", b"x")
            assert item is not None
            await unit.inbox.done(item)
            await unit.inbox.receive("whatsapp", f"wamid.undone.{now}", b"x")
            unit.idempotency.keep(IdempotencyKey("key:1", "POST /x", f"{now}"), b"fp", StoredAnswer(201, b"x"))
            await unit.commit()
    async with opened_house(clinic.settings, OffsetClock()) as house:
        await Shift(house.workshop).tidy_up()
    async with superuser(database_url) as all_seeing:
        left = [row["message_id"] for row in await all_seeing.fetch("SELECT message_id FROM inbox ORDER BY seq")]
        assert left == [f"wamid.undone.{long_ago}", "wamid.None", "wamid.undone.None"]
        assert await all_seeing.fetchval("SELECT count(*) FROM idempotency_keys") == 1


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the database's own user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="marcai-demo-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def test_the_demo_delivers_a_webhook_within_seconds_of_a_booking(sink: Sink, open_folder: Path) -> None:
    env = os.environ | {"MARCAI_WEBHOOKS_ALLOW_PRIVATE": "1"}
    command = [sys.executable, "-m", "marcai", "demo", "--port", "0", "--data-dir", str(open_folder / "demo")]
    log = open_folder / "log"
    demo = await asyncio.to_thread(started, command, env, log)
    try:
        async with asyncio.timeout(60):
            while (found := re.search(r"running on (http://\S+)", said(log))) is None:
                assert demo.poll() is None, said(log)
                await asyncio.sleep(0.1)
        async with httpx.AsyncClient(base_url=f"{found[1]}/v1/scheduling", headers={"x-api-key": "mk_test_demo"}) as http:
            made = await http.post("/webhooks", json={"url": sink.url, "event_types": ["appointment.created"]})
            assert made.status_code == 201, made.text
            visit = await book(http)
            # A few seconds, on a machine that does nothing else.
            await sink.hears(1, within_seconds=20)
        assert visit.encode() in sink.heard[0][1]
    finally:
        demo.terminate()
        await asyncio.to_thread(demo.wait, 30)


def said(log: Path) -> str:
    return log.read_text()


def started(command: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("w") as output:
        return subprocess.Popen(command, env=env, stdout=output, stderr=output, cwd=log.parent)


async def book(http: httpx.AsyncClient) -> str:
    """Book the earliest slot for a new patient, and return the visit's id."""
    kind = (await http.get("/appointment-types")).json()["items"][0]
    provider = (await http.get("/providers")).json()["items"][0]
    today = datetime.now(UTC).date()
    query = {"appointment_type_id": kind["id"], "provider_id": provider["id"]}
    days = {"date_from": str(today), "date_to": str(today + timedelta(days=28))}
    slot = (await http.get("/slots/earliest", params=query | days)).json()
    patient = (await http.post("/patients", json={"first_name": "Nora", "last_name": "Prova"})).json()
    visit = await http.post(
        "/appointments",
        json={
            "provider_profile_id": slot["provider_id"],
            "patient_id": patient["id"],
            "appointment_type_id": kind["id"],
            "location_id": slot["location"]["id"],
            "start_time": slot["starts_at"],
            "end_time": slot["ends_at"],
        },
    )
    assert visit.status_code == 201, visit.text
    return str(visit.json()["id"])
