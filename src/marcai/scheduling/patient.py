"""Patients, as the calendar needs them. What identifies them is sealed at rest."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NewType
from uuid import UUID

PatientId = NewType("PatientId", UUID)


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient's record. `seq` is the number in the constraint and the stable `demographicNo` of the Vapi tools."""

    id: PatientId
    seq: int
    first_name: str
    last_name: str
    phone: str | None = None
    date_of_birth: date | None = None
    email: str | None = None
    language: str | None = None
    sex: str | None = None
    health_card_number: str | None = None
    health_card_type: str | None = None
    address: dict[str, Any] | str | None = None
    external_ids: dict[str, str] = field(default_factory=dict)
    is_prospective: bool = False
    is_active: bool = True
    created_at: datetime | None = None

    @property
    def full_name(self) -> str:
        """Return first and last name, in the order of the name's script."""
        spaced = not any("\u4e00" <= c <= "\u9fff" for c in self.first_name + self.last_name)
        return f"{self.first_name} {self.last_name}".strip() if spaced else f"{self.last_name}{self.first_name}"


@dataclass(frozen=True, slots=True)
class NewPatient:
    """A patient who is to be written down."""

    first_name: str
    last_name: str
    phone: str | None = None
    date_of_birth: date | None = None
    email: str | None = None
    language: str | None = None
    sex: str | None = None
    health_card_number: str | None = None
    health_card_type: str | None = None
    address: dict[str, Any] | str | None = None
    external_ids: dict[str, str] = field(default_factory=dict)
    is_prospective: bool = False
