"""Write down a new patient."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marcai.clinics.actor import Actor, Caller
from marcai.clinics.may import Deed, may
from marcai.ledger.events import AuditEntry
from marcai.scheduling.patient import NewPatient, Patient
from marcai.tools.allowed import NotAllowed, Stranger, denial
from marcai.tools.unit import ToolUnit


@dataclass(frozen=True, slots=True)
class RegisterArgs:
    """What a new patient says of themselves."""

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


@dataclass(frozen=True, slots=True)
class Registered:
    """The new record. It is prospective until staff say otherwise when it was the caller's own word alone."""

    patient: Patient


async def register(unit: ToolUnit, actor: Actor, args: RegisterArgs) -> Registered | NotAllowed:
    """Make a new record, never merged with one that exists: a name is no proof."""
    raise NotImplementedError


async def write_down(unit: ToolUnit, stranger: Stranger) -> Patient:
    """Make the prospective record of a stranger."""
    raise NotImplementedError
