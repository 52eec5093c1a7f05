"""Past visits in PostgreSQL: the store behind `scheduling/history.py: History`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from marcai.backends.postgres.transaction import Transaction
from marcai.scheduling.history import PastVisit

VISITS = """
INSERT INTO claims (
  organisation_id, id, kind, status, provider_id, provider_seq, lane, patient_id, patient_seq, appointment_type_id, location_id,
  starts_at, ends_at, busy_from, busy_to, wall_start, zone, source, external_reference, metadata, version, created_at
)
SELECT $1, v.id, 'visit', v.status, p.id, p.seq, 0, q.id, q.seq, t.id, l.id, v.starts_at, v.ends_at, v.starts_at, v.ends_at, v.wall_start,
  l.timezone, 'api', v.external_reference, v.metadata, v.version, v.created_at
FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS (
    id uuid, status text, provider_id uuid, patient_id uuid, type_id uuid, location_id uuid, starts_at timestamptz, ends_at timestamptz,
    wall_start timestamp, external_reference text, metadata jsonb, version integer, created_at timestamptz
  )) WITH ORDINALITY AS v(id, status, provider_id, patient_id, type_id, location_id, starts_at, ends_at, wall_start, external_reference,
    metadata, version, created_at, n)
JOIN providers p ON p.organisation_id = $1 AND p.id = v.provider_id
JOIN patients q ON q.organisation_id = $1 AND q.id = v.patient_id
JOIN appointment_types t ON t.organisation_id = $1 AND t.id = v.type_id
JOIN locations l ON l.organisation_id = $1 AND l.id = v.location_id
ORDER BY v.n RETURNING id
"""
STEPS = """
INSERT INTO status_history (organisation_id, claim_id, status, at, actor, reason)
SELECT $1, s.claim_id, s.status, s.at, $3, NULL
FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS (claim_id uuid, status text, at timestamptz))
  WITH ORDINALITY AS s(claim_id, status, at, n)
WHERE s.claim_id = ANY($4::uuid[]) ORDER BY s.n
"""


@dataclass(slots=True)
class PostgresHistory:
    """Keeps `History` on one transaction."""

    transaction: Transaction

    async def add(self, visits: Sequence[tuple[UUID, PastVisit]]) -> int:
        unit = self.transaction
        rows = [_row(id_, visit) for id_, visit in visits]
        written = [row["id"] for row in await unit.driver.fetch(VISITS, unit.organisation_id, json.dumps(rows))]
        steps = [
            {"claim_id": str(id_), "status": status.value, "at": at.isoformat()} for id_, visit in visits for status, at in visit.steps
        ]
        await unit.driver.execute(STEPS, unit.organisation_id, json.dumps(steps), unit.actor_label, written)
        return len(written)


def _row(id_: UUID, visit: PastVisit) -> dict[str, object]:
    return {
        "id": str(id_),
        "status": visit.steps[-1][0].value,
        "provider_id": str(visit.provider_id),
        "patient_id": str(visit.patient_id),
        "type_id": str(visit.appointment_type_id),
        "location_id": str(visit.location_id),
        "starts_at": visit.start.isoformat(),
        "ends_at": visit.end.isoformat(),
        "wall_start": visit.start.replace(tzinfo=None).isoformat(),
        "external_reference": visit.external_reference,
        "metadata": visit.metadata,
        "version": len(visit.steps),
        "created_at": visit.steps[0][1].isoformat(),
    }
