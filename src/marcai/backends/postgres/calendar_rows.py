"""How rows of claims become appointments and holds: times in the location's zone, sealed words opened."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marcai.backends.postgres.keys import SubjectKeys
from marcai.backends.postgres.transaction import Record
from marcai.kit.intervals import Interval
from marcai.kit.sealing import DataKey, place
from marcai.kit.zones import zone
from marcai.scheduling.appointment import Appointment, Status, StatusChange
from marcai.scheduling.ports import KeptVisit
from marcai.scheduling.requests import Hold
from marcai.scheduling.slots import Slot


@dataclass(frozen=True, slots=True)
class VisitRows:
    """Reads rows of visits. A row bears the patient's wrapped key, or null when that was forgotten: then its words are gone."""

    keys: SubjectKeys

    def appointment(self, row: Record) -> Appointment:
        """Return the visit of a row; its history is empty if the row was read without."""
        key = self._key(row)
        return Appointment(
            id=row["id"],
            seq=row["seq"],
            provider_id=row["provider_id"],
            patient_id=row["patient_id"],
            appointment_type_id=row["appointment_type_id"],
            location_id=row["location_id"],
            start=row["starts_at"].astimezone(zone(row["zone"])),
            end=row["ends_at"].astimezone(zone(row["zone"])),
            status=Status(row["status"]),
            source=row["source"],
            version=row["version"],
            created_at=row["created_at"],
            room_id=row["room_id"],
            lane=row["lane"],
            notes=_opened(key, "notes", row["id"], row["notes"]),
            internal_notes=_opened(key, "internal_notes", row["id"], row["internal_notes"]),
            external_reference=row["external_reference"],
            metadata=row["metadata"],
            channel=row["channel"],
            rescheduled_from=row["rescheduled_from"],
            rescheduled_to=row["rescheduled_to"],
            history=tuple(self._history(row, key)),
        )

    def kept(self, row: Record) -> KeptVisit:
        """Return the visit of a row with what its claim takes."""
        busy = Interval(row["busy_from"], row["busy_to"])
        return KeptVisit(self.appointment(row), row["provider_seq"], row["room_seq"], row["patient_seq"], busy)

    def _key(self, row: Record) -> DataKey | None:
        has_words = row["notes"] is not None or row["internal_notes"] is not None or any(row.get("reasons") or ())
        if not has_words or row["wrapped"] is None:
            return None
        return self.keys.opened(row["patient_id"], row["wrapped"])

    def _history(self, row: Record, key: DataKey | None) -> list[StatusChange]:
        moments: list[datetime] = row.get("ats") or []
        return [
            StatusChange(Status(status), at, by, _opened(key, "reason", row["id"], reason))
            for status, at, by, reason in zip(
                row.get("statuses") or (), moments, row.get("actors") or (), row.get("reasons") or (), strict=True
            )
        ]


def _opened(key: DataKey | None, column: str, claim_id: UUID, sealed: bytes | None) -> str | None:
    return None if key is None or sealed is None else key.open_text(sealed, place("claims", column, claim_id))


def hold_of(row: Record) -> Hold:
    """Return the hold of a row."""
    where = zone(row["zone"])
    slot = Slot(
        row["provider_id"],
        row["appointment_type_id"],
        row["location_id"],
        row["starts_at"].astimezone(where),
        row["ends_at"].astimezone(where),
        row["room_id"],
    )
    return Hold(row["id"], slot, row["expires_at"], row["seq"])
