"""What a deed leaves behind beside its effect: rows of the outbox and of the audit trail."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """Something that others must be told after the commit.

    `kind` is an event type ("appointment.created"), `subject_id` what keeps its own order (the appointment), `payload`
    thin: ids, codes and times, never names or words of a patient.
    """

    kind: str
    subject_id: UUID
    payload: dict[str, Any] = field(default_factory=dict)
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One access to patient data, or one change: what was done, to what kind of thing, which one, and whose record."""

    deed: str
    kind: str
    subject_id: UUID | None
    patient_id: UUID | None = None
    detail: dict[str, Any] = field(default_factory=dict)
