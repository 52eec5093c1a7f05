import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import asyncpg
import pytest

from marcai.backends.postgres.engine import Postgres
from marcai.clinics import keys
from marcai.clinics.errors import AddressTaken, UnknownScope
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from marcai.ledger.errors import StoreUnavailable
from marcai.ledger.events import AuditEntry, OutboxEvent
from tests.backends.postgres.making import make_clinic
from tests.backends.postgres.test_tenancy import raw


class CountingProxy:
    """Stands between us and the server, on a socket of its own, and counts how often we speak before we listen."""

    def __init__(self, server_socket: str, folder: Path) -> None:
        self.server_socket, self.folder = server_socket, folder
        self.round_trips = 0
        self._we_spoke_last = False

    async def __aenter__(self) -> "CountingProxy":
        self._server = await asyncio.start_unix_server(self._serve, str(self.folder / ".s.PGSQL.5432"))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server = await asyncio.open_unix_connection(self.server_socket)
        await asyncio.gather(self._pass(reader, to_server[1], ours=True), self._pass(to_server[0], writer, ours=False))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, ours: bool) -> None:
        while part := await reader.read(65536):
            if ours and not self._we_spoke_last:
                self.round_trips += 1
            self._we_spoke_last = ours
            writer.write(part)
            await writer.drain()
        writer.close()


async def test_what_was_not_committed_is_undone(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 (the error leaves the unit)
        async with store.unit(made.id, actor_label="test") as unit:
            await unit.patients.change(made.patient.id, {"first_name": "Other"})
            raise ZeroDivisionError
    async with store.unit(made.id, actor_label="test") as unit:
        await unit.patients.change(made.patient.id, {"first_name": "Other"})
    async with store.unit(made.id, actor_label="test") as unit:
        assert await unit.patients.get(made.patient.id) == made.patient


async def test_a_savepoint_undoes_only_what_was_done_inside(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        await unit.patients.change(made.patient.id, {"sex": "f"})
        with pytest.raises(asyncpg.DivisionByZeroError):  # noqa: PT012 (the error leaves the unit)
            async with unit.savepoint():
                await unit.patients.change(made.patient.id, {"first_name": "Other"})
                await unit.driver.fetchval("SELECT 1 / 0")
        found = await unit.patients.get(made.patient.id)
    assert found is not None
    assert (found.first_name, found.sex) == (made.patient.first_name, "f")


async def test_events_and_audit_rows_stand_in_their_order_with_one_now(database_url: str, store: Postgres, clock: FixedClock) -> None:
    made = await make_clinic(store, "one")
    moment, due = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)
    events = [OutboxEvent(f"kind.{n}", uuid4(), {"ids": [uuid4()], "at": due, "n": n}, due if n else None) for n in range(3)]
    async with store.unit(made.id, actor_label="key:7", now=moment) as unit:
        for event in events:
            unit.emit(event)
            unit.audit(AuditEntry("read", "appointment", event.subject_id, made.patient.id, {"n": event.kind}))
        await unit.commit()
    owner = await raw(database_url)
    told = await owner.fetch("SELECT * FROM outbox WHERE kind LIKE 'kind.%' ORDER BY seq")
    noted = await owner.fetch("SELECT * FROM audit_rows WHERE kind = 'appointment' ORDER BY seq")
    await owner.close()
    assert [(r["kind"], r["subject_id"], r["due"], r["created_at"], r["actor"]) for r in told] == [
        (e.kind, e.subject_id, e.due, moment, "key:7") for e in events
    ]
    assert f'"{events[0].payload["ids"][0]}"' in told[0]["payload"]
    assert [(r["deed"], r["subject_id"], r["patient_id"], r["at"], r["actor"]) for r in noted] == [
        ("read", e.subject_id, made.patient.id, moment, "key:7") for e in events
    ]


async def test_an_event_of_an_undone_unit_is_never_told(database_url: str, store: Postgres) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        unit.emit(OutboxEvent("phantom", uuid4()))
    owner = await raw(database_url)
    assert await owner.fetchval("SELECT count(*) FROM outbox WHERE kind = 'phantom'") == 0
    await owner.close()


async def test_round_trips_are_few(database_url: str, clock: FixedClock, keyring: Keyring) -> None:
    socket_dir = database_url.partition("host=")[2]
    # A socket's path ends near 104 bytes, so not in pytest's own folder.
    with TemporaryDirectory(prefix="marcai-proxy-", dir="/tmp") as short:
        async with CountingProxy(f"{socket_dir}/.s.PGSQL.5432", Path(short)) as proxy:
            store = await Postgres.open(database_url.replace(socket_dir, short), keyring=keyring, clock=clock, pool_size=1)
            made = await make_clinic(store, "one")

            async def counted(*, reads_setup: bool, tells: bool) -> int:
                before = proxy.round_trips
                async with store.unit(made.id, actor_label="test") as unit:
                    if reads_setup:
                        await unit.setup()
                    if tells:
                        unit.emit(OutboxEvent("x", made.id))
                        unit.audit(AuditEntry("x", "x", None))
                    await unit.commit()
                return proxy.round_trips - before

            for reads_setup, tells, expected in ((False, False, 2), (True, False, 3), (False, True, 3), (True, True, 4)):
                # The first time a statement is prepared, and the set-up is read.
                await counted(reads_setup=reads_setup, tells=tells)
                assert await counted(reads_setup=reads_setup, tells=tells) == expected
            await store.directory.clinic(made.id)
            before = proxy.round_trips
            await store.directory.clinic(made.id)
            assert proxy.round_trips - before == 1
            async with store.unit(made.id, actor_label="test") as unit:
                await unit.patients.by_phone("11987654321")
                before = proxy.round_trips
                await unit.patients.by_phone("11987654321")
                await unit.patients.get(made.patient.id)
                await unit.patients.get(made.patient.id)
                assert proxy.round_trips - before == 4, "three questions, one of them new"
            await store.close()


async def test_connections_that_died_in_the_pool_are_replaced_unnoticed(database_url: str, store: Postgres) -> None:
    made = await make_clinic(store, "one")
    owner = await raw(database_url)

    async def work() -> None:
        async with store.unit(made.id, actor_label="test") as unit:
            await asyncio.sleep(0.01)
            assert await unit.patients.get(made.patient.id) == made.patient
            await unit.commit()
        assert await store.directory.clinic(made.id) is not None

    for _ in range(3):
        await asyncio.gather(*(work() for _ in range(4)))
        await owner.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        await asyncio.sleep(0.05)
    await asyncio.gather(*(work() for _ in range(4)))
    await owner.close()


async def test_a_connection_that_breaks_inside_a_unit_is_an_outage_and_leaves_the_pool_whole(database_url: str, store: Postgres) -> None:
    made = await make_clinic(store, "one")
    owner = await raw(database_url)
    for _ in range(6):
        with pytest.raises(StoreUnavailable):  # noqa: PT012 (the error leaves the unit)
            async with store.unit(made.id, actor_label="test") as unit:
                await owner.fetchval("SELECT pg_terminate_backend($1)", await unit.driver.fetchval("SELECT pg_backend_pid()"))
                await unit.driver.fetchval("SELECT 1")
    await owner.close()
    async with store.unit(made.id, actor_label="test") as unit:
        assert await unit.patients.get(made.patient.id) == made.patient
    assert await store.is_answering()


async def test_a_cancelled_unit_gives_its_connection_back_and_undoes_its_work(store: Postgres) -> None:
    made = await make_clinic(store, "one")

    async def slow() -> None:
        async with store.unit(made.id, actor_label="test") as unit:
            await unit.patients.change(made.patient.id, {"first_name": "Other"})
            await unit.driver.fetchval("SELECT pg_sleep(30)")

    for _ in range(6):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(slow(), 0.1)
    async with store.unit(made.id, actor_label="test") as unit:
        assert await unit.patients.get(made.patient.id) == made.patient


async def test_a_database_that_is_away_is_said_to_be_away(store: Postgres, clock: FixedClock) -> None:
    with pytest.raises(StoreUnavailable):
        await Postgres.open("postgresql://nobody@127.0.0.1:1/none", keyring=store.keyring, clock=clock)


async def test_a_key_is_found_by_its_hash_until_it_ends(store: Postgres, clock: FixedClock) -> None:
    made = await make_clinic(store, "one")
    other = await make_clinic(store, "two")
    assert made.key.startswith("mk_live_")
    found = await store.directory.key(keys.key_hash(made.key))
    assert found is not None
    assert (found.id, found.clinic.id, found.scopes) == (made.key_id, made.id, frozenset({"read:slots", "write:appointments"}))
    assert found.opens_at(clock.now())
    assert await store.directory.key(keys.key_hash(made.key + "x")) is None
    async with store.unit(other.id, actor_label="test") as unit:
        assert await unit.api_keys.end(made.key_id, clock.now()) is None
    async with store.unit(made.id, actor_label="test") as unit:
        successor = await keys.rotate(unit.api_keys, made.key_id, now=unit.now, overlap=timedelta(hours=1))
        await unit.api_keys.note_use(made.key_id)
        assert successor is not None
        noted = await unit.api_keys.get(made.key_id)
        assert noted is not None
        assert noted.last_used_at == clock.now()
        await unit.commit()
    overlapping = await store.directory.key(keys.key_hash(made.key))
    assert overlapping is not None
    assert overlapping.opens_at(clock.now() + timedelta(minutes=59))
    assert not overlapping.opens_at(clock.now() + timedelta(hours=1))
    async with store.unit(made.id, actor_label="test") as unit:
        await unit.api_keys.end(successor.key.id, unit.now)
        assert [key.id for key in await unit.api_keys.page(limit=9)] == [made.key_id, successor.key.id]
        await unit.commit()
    revoked = await store.directory.key(keys.key_hash(successor.text))
    assert revoked is not None
    assert not revoked.opens_at(clock.now())


async def test_no_key_is_kept_in_clear(database_url: str, store: Postgres) -> None:
    made = await make_clinic(store, "one")
    owner = await raw(database_url)
    kept = await owner.fetchval("SELECT k::text FROM api_keys k")
    await owner.close()
    assert made.key[:-4] not in kept
    assert made.key[8:20] not in kept


async def test_a_scope_that_is_not_ours_is_refused(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        for scopes in ([], ["read:everything"], ["read:slots", "write"]):
            with pytest.raises(UnknownScope):
                await keys.create(unit.api_keys, name="x", scopes=scopes)


async def test_an_address_leads_to_one_clinic(store: Postgres) -> None:
    one, two = await make_clinic(store, "one"), await make_clinic(store, "two")
    found = await store.directory.clinic_at("whatsapp", "number-one")
    assert found is not None
    assert found.id == one.id
    assert await store.directory.clinic_at("sms", "number-one") is None
    async with store.unit(two.id, actor_label="test") as unit:
        with pytest.raises(AddressTaken):
            await unit.addresses.put("whatsapp", "number-one")
        assert not await unit.addresses.remove("whatsapp", "number-one")
    async with store.unit(one.id, actor_label="test") as unit:
        await unit.addresses.put("whatsapp", "number-one")
        assert await unit.addresses.all() == [("whatsapp", "number-one")]


async def test_a_message_is_received_once_and_taken_until_it_is_done(store: Postgres, clock: FixedClock) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        item_id = await unit.inbox.receive("sms", "SM1", b"body")
        assert item_id is not None
        assert await unit.inbox.receive("sms", "SM1", b"body") is None
        await unit.commit()
    clock.advance(timedelta(minutes=1))
    async with store.unit(made.id, actor_label="test") as unit:
        assert item_id in await unit.inbox.undone(older_than=timedelta(seconds=30), limit=9)
        taken = await unit.inbox.take(item_id)
        assert taken is not None
        assert (taken.body, taken.attempts) == (b"body", 1)
        async with store.unit(made.id, actor_label="other") as other:
            assert await other.inbox.take(item_id) is None
        await unit.inbox.done(item_id)
        await unit.commit()
    async with store.unit(made.id, actor_label="test") as unit:
        assert await unit.inbox.take(item_id) is None
        assert item_id not in await unit.inbox.undone(older_than=timedelta(0), limit=9)
