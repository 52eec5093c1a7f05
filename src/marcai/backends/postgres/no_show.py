"""What was known of visits before they began, and the clinics' models, in PostgreSQL: the store behind `scheduling/no_show_risks.py`.

Every count looks at a moment: outcomes and confirmations that were written down later do not exist for it.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from marcai.backends.postgres.ledger import plain
from marcai.backends.postgres.statements import Statement
from marcai.backends.postgres.transaction import Record, Transaction
from marcai.scheduling.no_show import Facts, Model, ModelVersion
from marcai.scheduling.no_show_training import PastCase

LOOKED_AHEAD = "interval '1 day'"
_FACTS = """
SELECT c.id, c.patient_id, c.provider_id, c.appointment_type_id, c.starts_at, c.wall_start, c.created_at, c.status,
  c.metadata @> '{{"generated": true}}' AS is_generated, earlier.visits, earlier.missed,
  coalesce(then_was.is_confirmed, false) AS is_confirmed
FROM claims c
CROSS JOIN LATERAL (SELECT {moment} AS at) m
CROSS JOIN LATERAL (
  SELECT count(*) AS visits, count(*) FILTER (WHERE s.status = 'no_show') AS missed
  FROM claims p JOIN status_history s ON s.organisation_id = p.organisation_id AND s.claim_id = p.id
  WHERE p.organisation_id = :org::uuid AND p.patient_id = c.patient_id AND p.kind = 'visit' AND p.id <> c.id AND p.starts_at < m.at
    AND s.status IN ('completed', 'no_show') AND s.at < m.at
) earlier
LEFT JOIN LATERAL (
  SELECT s.status IN ('confirmed', 'checked_in') AS is_confirmed FROM status_history s
  WHERE s.organisation_id = :org::uuid AND s.claim_id = c.id AND s.at <= m.at AND s.status IN ('requested', 'confirmed', 'checked_in')
  ORDER BY s.seq DESC LIMIT 1
) then_was ON true
WHERE c.organisation_id = :org::uuid AND c.kind = 'visit'
"""
_NOW = _FACTS.format(moment="least(:now::timestamptz, c.starts_at)")
ONE = Statement(_NOW + " AND c.id = :id::uuid")
DAY = Statement(
    _NOW
    + """
    AND c.is_live AND c.wall_start >= :wall_from::timestamp AND c.wall_start < :wall_to::timestamp
    AND c.starts_at >= :wall_from::timestamp AT TIME ZONE 'UTC' - interval '1 day'
    AND c.starts_at < :wall_to::timestamp AT TIME ZONE 'UTC' + interval '1 day'
    AND (:after::uuid IS NULL OR c.id > :after::uuid) ORDER BY c.id LIMIT :limit::int
    """
)
PAST = Statement(
    _FACTS.format(moment=f"greatest(c.created_at, c.starts_at - {LOOKED_AHEAD})")
    + " AND c.status IN ('completed', 'no_show') ORDER BY c.starts_at DESC, c.id LIMIT :limit::int"
)
MODEL = "SELECT model FROM no_show_models WHERE organisation_id = $1 ORDER BY seq DESC LIMIT 1"
KEEP = "INSERT INTO no_show_models (organisation_id, id, version, model, created_at) VALUES ($1, $2, $3, $4::jsonb, $5)"


@dataclass(slots=True)
class PostgresNoShow:
    """Keeps `NoShowStore` on one transaction."""

    transaction: Transaction

    async def facts(self, appointment_id: UUID) -> Facts | None:
        rows = await self._fetch(ONE, {"id": appointment_id})
        return _facts(rows[0]) if rows else None

    async def facts_on(self, day: date, *, limit: int, after: UUID | None = None) -> list[Facts]:
        begin = datetime.combine(day, time(0))
        values = {"wall_from": begin, "wall_to": begin + timedelta(days=1), "limit": limit, "after": after}
        return [_facts(row) for row in await self._fetch(DAY, values)]

    async def past(self, *, limit: int) -> list[PastCase]:
        rows = await self._fetch(PAST, {"limit": limit})
        return [PastCase(_facts(row), row["status"] == "no_show", row["starts_at"], is_generated=row["is_generated"]) for row in rows]

    async def model(self) -> Model | None:
        kept = await self.transaction.driver.fetchval(MODEL, self.transaction.organisation_id)
        if kept is None:
            return None
        trained_at = datetime.fromisoformat(kept["trained_at"]) if kept["trained_at"] else None
        return Model(**(kept | {"version": ModelVersion(kept["version"]), "trained_at": trained_at}))

    async def keep(self, model: Model) -> UUID:
        unit = self.transaction
        model_id = unit.new_id()
        written = json.dumps(plain(asdict(model)), allow_nan=False)
        await unit.driver.execute(KEEP, unit.organisation_id, model_id, model.version, written, unit.now)
        return model_id

    async def _fetch(self, statement: Statement, values: dict[str, Any]) -> list[Any]:
        unit = self.transaction
        return await unit.driver.fetch(statement.sql, *statement.arguments({"org": unit.organisation_id, "now": unit.now, **values}))


def _facts(row: Record) -> Facts:
    wall = row["wall_start"]
    return Facts(
        appointment_id=row["id"],
        patient_id=row["patient_id"],
        provider_id=row["provider_id"],
        appointment_type_id=row["appointment_type_id"],
        lead_days=max((row["starts_at"] - row["created_at"]) / timedelta(days=1), 0.0),
        weekday=wall.weekday(),
        minute_of_day=wall.hour * 60 + wall.minute,
        is_confirmed=row["is_confirmed"],
        earlier_visits=row["visits"],
        earlier_no_shows=row["missed"],
    )
