"""How the calendar is read: as the application's role, under row-level security, by an index and never the whole clinic."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from marcai.backends.postgres import calendar_sql
from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.statements import Statement
from marcai.scheduling.ports import LONGEST_CLAIM
from tests import scale
from tests.backends.postgres.calendars import Clinic, at, open_clinic

CLAIMS = 20_000 if scale.PROVES else 12_000
FILL = """
INSERT INTO claims (organisation_id, id, kind, status, provider_id, provider_seq, lane, patient_id, patient_seq, appointment_type_id,
  location_id, starts_at, ends_at, busy_from, busy_to, wall_start, zone, source, metadata, version, created_at)
SELECT organisation_id, gen_random_uuid(), kind, status, provider_id, 1000 + n % 40, lane, patient_id, 1000 + n, appointment_type_id,
  location_id, t, t + interval '30 min', t, t + interval '30 min', wall_start, zone, source, metadata, 1, created_at
FROM claims, generate_series(1, {claims}) AS n, LATERAL (SELECT starts_at + (n / 40) * interval '1 hour' AS t) AS moment WHERE id = $1
"""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full(modules_store: Postgres, modules_database_url: str) -> Clinic:
    clinic = await open_clinic(modules_store)
    visit = await clinic.booked(at(9))
    async with clinic.unit() as unit:
        # Only one visit has the real patient's number and provider's: for the planner all of them are one clinic's.
        await unit.driver.execute(FILL.format(claims=CLAIMS), visit.id)
        await unit.commit()
    owner = await asyncpg.connect(modules_database_url.replace("+asyncpg", ""))
    await owner.execute("ANALYZE claims")
    await owner.close()
    return clinic


def values(clinic: Clinic) -> dict[str, Any]:
    return {
        "org": clinic.id,
        "now": at(8),
        "since": at(8),
        "until": at(8) + timedelta(days=2),
        "scan_from": at(8) - LONGEST_CLAIM,
        "providers": [1005],
        "rooms": [7],
        "patient_id": uuid4(),
        "with_holds": True,
        "ignored": [],
    }


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


async def rows_read(clinic: Clinic, statement: Statement, given: dict[str, Any]) -> int:
    """Run it as the application would, and count the claims that were looked at."""
    async with clinic.unit() as unit:
        assert await unit.driver.fetchval("SELECT current_user") == "marcai_app"
        answer = await unit.driver.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}", *statement.arguments(given))
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    scans = [node for node in nodes(plan) if node.get("Relation Name") == "claims"]
    assert scans
    assert "Seq Scan" not in {node["Node Type"] for node in scans}
    return sum((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in scans)


@pytest.mark.parametrize("patient", [False, True])
async def test_one_providers_busy_time_is_read_without_the_rest_of_the_clinic(full: Clinic, patient: bool) -> None:
    statement = calendar_sql.BUSY[False, True, patient, True]
    assert await rows_read(full, statement, values(full)) < 400


async def test_everybodys_busy_time_is_read_without_the_rest_of_the_calendar(full: Clinic) -> None:
    assert await rows_read(full, calendar_sql.BUSY[True, False, False, False], values(full)) < 4500


async def test_a_range_operator_would_have_read_the_whole_clinic(full: Clinic) -> None:
    """Were this no longer so, scalar comparisons would need no defence."""
    overlapping = Statement(
        "SELECT * FROM claims WHERE organisation_id = :org::uuid AND is_live "
        "AND int8range((provider_seq << 15) | lane, (provider_seq << 15) | lane, '[]') = int8range(1005 << 15, 1005 << 15, '[]') "
        "AND tstzrange(busy_from, busy_to, '[)') && tstzrange(:since::timestamptz, :until::timestamptz)"
    )
    async with full.unit() as unit:
        answer = await unit.driver.fetchval(f"EXPLAIN (FORMAT JSON) {overlapping.sql}", *overlapping.arguments(values(full)))
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    assert "claims_busy" not in {node.get("Index Name") for node in nodes(plan)}
