"""Outbox, audit trail and stored answers: collected while the unit works, written in one statement.

A hot statement may write it too, by `ledger_ctes`: all of it (`Ledger.drained`), or what is true only if that statement succeeds
beside the rest (`Ledger.texts`). What is left is written by the commit.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from marcai.backends.postgres.transaction import Transaction
from marcai.ledger.events import AuditEntry, OutboxEvent

WRITE_OUTBOX = """
INSERT INTO outbox (organisation_id, kind, subject_id, payload, due, created_at, actor)
SELECT {organisation}, e.kind, e.subject_id, e.payload, e.due, {now}, {actor}
FROM ROWS FROM (jsonb_to_recordset({events}) AS (kind text, subject_id uuid, payload jsonb, due timestamptz))
  WITH ORDINALITY AS e(kind, subject_id, payload, due, n) {condition} ORDER BY e.n
"""
WRITE_AUDIT = """
INSERT INTO audit_rows (organisation_id, at, actor, deed, kind, subject_id, patient_id, detail)
SELECT {organisation}, {now}, {actor}, a.deed, a.kind, a.subject_id, a.patient_id, a.detail
FROM ROWS FROM (jsonb_to_recordset({entries}) AS (deed text, kind text, subject_id uuid, patient_id uuid, detail jsonb))
  WITH ORDINALITY AS a(deed, kind, subject_id, patient_id, detail, n) {condition} ORDER BY a.n
"""


def ledger_ctes(*, organisation: str, now: str, actor: str, events: str, entries: str, condition: str = "") -> str:
    """Return two common table expressions that write both, for a statement that begins with `WITH`.

    Each argument is the placeholder of a parameter with its type: "$1::uuid", "$2::timestamptz", "$3::text", "$4::jsonb", "$5::jsonb".
    `condition` is a WHERE clause, for what is to be told only sometimes.
    """
    names = {"organisation": organisation, "now": now, "actor": actor, "events": events, "entries": entries, "condition": condition}
    return f"told AS ({WRITE_OUTBOX.format(**names)}), noted AS ({WRITE_AUDIT.format(**names)})"


WRITE_LEDGER = "WITH " + (
    ledger_ctes(organisation="$1::uuid", now="$2::timestamptz", actor="$3::text", events="$4::jsonb", entries="$5::jsonb") + " SELECT"
)


@dataclass(slots=True)
class Ledger:
    """What one unit of work has to tell, and has not written yet."""

    transaction: Transaction
    events: list[OutboxEvent] = field(default_factory=list)
    entries: list[AuditEntry] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to write."""
        return not self.events and not self.entries

    def drained(self) -> tuple[str, str]:
        """Return the collected events and audit entries as two JSON arrays, and forget them: the caller writes them now."""
        texts = self.texts()
        self.forget()
        return texts

    def texts(self, events: Iterable[OutboxEvent] = (), entries: Iterable[AuditEntry] = ()) -> tuple[str, str]:
        """Return what was collected, and these after it, as two JSON arrays; `forget` it once it is written."""
        told, noted = [_event(e) for e in (*self.events, *events)], [_entry(e) for e in (*self.entries, *entries)]
        return json.dumps(told), json.dumps(noted)

    def forget(self) -> None:
        """Forget what was collected: it is written."""
        self.events.clear()
        self.entries.clear()

    async def write(self) -> None:
        """Write what was collected, in one round trip; none when there is nothing."""
        if self.is_empty:
            return
        unit = self.transaction
        await unit.driver.fetch(WRITE_LEDGER, unit.organisation_id, unit.now, unit.actor_label, *self.drained())


def _event(event: OutboxEvent) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "subject_id": str(event.subject_id),
        "payload": plain(event.payload),
        "due": event.due.isoformat() if event.due else None,
    }


def _entry(entry: AuditEntry) -> dict[str, Any]:
    return {
        "deed": entry.deed,
        "kind": entry.kind,
        "subject_id": str(entry.subject_id) if entry.subject_id else None,
        "patient_id": str(entry.patient_id) if entry.patient_id else None,
        "detail": plain(entry.detail),
    }


def plain(value: Any) -> Any:
    """Return the value as JSON can say it: ids and moments become text."""
    match value:
        case dict():
            return {str(key): plain(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(inner) for inner in value]
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case _:
            return value
