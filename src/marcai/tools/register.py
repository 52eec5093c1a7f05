"""Write down a new patient."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marcai.clinics.actor import Actor, Caller
from marcai.clinics.may import Deed, may
from marcai.ledger.events import AuditEntry
from marcai.scheduling.patient import NewPatient, Patient
from marcai.tools.allowed import NotAllowed, Stranger, denial, patient_of
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
    if not may(actor, Deed.REGISTER, patient_of(actor)):
        return denial(actor)
    patient = await unit.patients.add(
        NewPatient(
            first_name=args.first_name,
            last_name=args.last_name,
            phone=args.phone,
            date_of_birth=args.date_of_birth,
            email=args.email,
            language=args.language,
            sex=args.sex,
            health_card_number=args.health_card_number,
            health_card_type=args.health_card_type,
            address=args.address,
            is_prospective=isinstance(actor, Caller),
        )
    )
    unit.audit(AuditEntry("register", "patient", patient.id, patient.id))
    return Registered(patient)


async def write_down(unit: ToolUnit, stranger: Stranger) -> Patient:
    """Make the prospective record of a stranger."""
    patient = await unit.patients.add(
        NewPatient(
            first_name=stranger.first_name,
            last_name=stranger.last_name,
            phone=stranger.phone,
            date_of_birth=stranger.date_of_birth,
            language=stranger.language,
            is_prospective=True,
        )
    )
    unit.audit(AuditEntry("register", "patient", patient.id, patient.id))
    return patient
