"""A clinic of any size on an embedded PostgreSQL of its own, for the figures of the calendar."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.migrate import upgrade
from marcai.clinics.clinic import Location, LocationId, Organisation, OrganisationId
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from marcai.scheduling.patient import NewPatient, PatientId
from marcai.scheduling.provider import AppointmentType, AppointmentTypeId

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FIRST_DAY = date(2026, 11, 23)
ZONE = "America/Sao_Paulo"
OPEN, CLOSE, SLOT = time(8), time(18), timedelta(minutes=30)

PROVIDERS = """
INSERT INTO providers (organisation_id, id, display_name, aliases, specialties, default_minutes, buffer_minutes, lanes,
  primary_location_id, is_accepting_new_patients, is_active, metadata, created_at)
SELECT $1, gen_random_uuid(), 'Dr. ' || n, '{}', '{}', 30, 0, 1, $2, true, true, '{}', $4 FROM generate_series(1, $3::int) AS n
"""
TEMPLATES = """
INSERT INTO templates (organisation_id, id, provider_id, weekday, start_time, end_time, location_id, slot_minutes, appointment_type_ids,
  is_active, created_at)
SELECT $1, gen_random_uuid(), p.id, weekday, '08:00', '18:00', $2, 30, '{}', true, $3
FROM providers p, generate_series(0, 6) AS weekday WHERE p.organisation_id = $1
"""
# Every other slot of each provider's first thirty days, at random.
HALF_BOOKED = """
INSERT INTO claims (organisation_id, id, kind, status, provider_id, provider_seq, lane, patient_id, patient_seq, appointment_type_id,
  location_id, starts_at, ends_at, busy_from, busy_to, wall_start, zone, source, metadata, version, created_at)
SELECT $1, gen_random_uuid(), 'visit', 'confirmed', p.id, p.seq, 0, $3, 1000000 + p.seq, $4, $2, t, t + interval '30 min', t,
  t + interval '30 min', t AT TIME ZONE 'UTC', 'America/Sao_Paulo', 'api', '{}', 1, $5
FROM providers p, generate_series(0, 29) AS day, generate_series(0, 19) AS n,
  LATERAL (SELECT $6::timestamptz + day * interval '1 day' + n * interval '30 min' AS t) AS moment
WHERE p.organisation_id = $1 AND random() < 0.5
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """A database that runs for as long as a benchmark does."""

    server: EmbeddedPostgres
    store: Postgres
    url: str
    superuser: asyncpg.Connection


@dataclass(frozen=True, slots=True)
class BenchClinic:
    """A clinic in it."""

    id: UUID
    location: LocationId
    kind: AppointmentTypeId
    patients: tuple[PatientId, ...]


@asynccontextmanager
async def bench(*, durable: bool, pool_size: int = 8) -> AsyncIterator[Bench]:
    folder = Path(tempfile.mkdtemp(prefix="marcai-bench-"))
    folder.chmod(0o711)  # noqa: ASYNC240 (nothing else runs yet)
    server = EmbeddedPostgres.start(folder, durable=durable)
    try:
        server.create_database("bench")
        url = server.url("bench")
        await upgrade(url)
        store = await Postgres.open(url, keyring=Keyring.parse("0f" * 32), clock=FixedClock(NOW), pool_size=pool_size)
        superuser = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            yield Bench(server, store, url, superuser)
        finally:
            await superuser.close()
            await store.close()
    finally:
        await asyncio.to_thread(server.stop)
        shutil.rmtree(folder, ignore_errors=True)


async def make_clinic(there: Bench, *, providers: int, patients: int = 1, half_booked: bool = True) -> BenchClinic:
    async with there.store.unit(uuid4(), actor_label="bench") as unit:
        id_ = OrganisationId(unit.organisation_id)
        horizon = timedelta(days=400)
        await unit.catalogue.add_organisation(Organisation(id_, f"bench-{id_.hex}", "Bench", ZONE, horizon=horizon))
        location = await unit.catalogue.add(Location, {"name": "Centro", "timezone": ZONE})
        kind = await unit.catalogue.add(AppointmentType, {"name": "Consulta", "duration": SLOT})
        people = [(await unit.patients.add(NewPatient(f"Nome {n}", "Silva"))).id for n in range(patients)]
        await unit.commit()
    await there.superuser.execute(PROVIDERS, id_, location.id, providers, NOW)
    await there.superuser.execute(TEMPLATES, id_, location.id, NOW)
    if half_booked:
        opening = datetime.combine(FIRST_DAY, OPEN, tzinfo=UTC) + timedelta(hours=3)
        await there.superuser.execute(HALF_BOOKED, id_, location.id, people[0], kind.id, NOW, opening)
    await there.superuser.execute("UPDATE organisations SET revision = revision + 1 WHERE id = $1", id_)
    await there.superuser.execute("VACUUM ANALYZE")
    return BenchClinic(id_, location.id, kind.id, tuple(people))
