"""Who a tool acts for, and how it says no. Every tool asks `clinics.may` through here or by itself; none asks a model."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from marcai.clinics.actor import Actor, Caller, IdentityLevel
from marcai.clinics.may import Deed, may
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.patient import PatientId
from marcai.tools.unit import ToolUnit


class Denial(StrEnum):
    """Why a deed is not allowed, as far as the one who asks may know."""

    NEEDS_IDENTITY = "needs_identity"
    """Full name and date of birth first; says nothing about whether there is anything to see."""
    NO_SUCH_VISIT = "no_such_visit"
    """Not a visit of this patient: another's and nobody's are told in the same words."""
    NO_PATIENT = "no_patient"
    """The deed is for a patient, and none is known; a stranger's name is wanted."""
    STAFF_DECIDES = "staff_decides"
    """Only staff may do it: a stranger's visit is confirmed by the clinic."""
    OUT_OF_SCOPE = "out_of_scope"
    """The machine's key, or the person's role, does not reach so far."""


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """A deed that the actor may not do."""

    why: Denial


@dataclass(frozen=True, slots=True)
class NotPossible:
    """The visit is where this cannot be done to it any more; `status` is where."""

    status: Status


@dataclass(frozen=True, slots=True)
class Stranger:
    """What somebody without a record says of themselves. It becomes a new prospective patient, never merged by name."""

    first_name: str
    last_name: str
    phone: str | None = None
    date_of_birth: date | None = None
    language: str | None = None


def patient_of(actor: Actor) -> PatientId | None:
    """Return the patient that the actor is. Machines and staff are nobody's patient."""
    return PatientId(actor.patient_id) if isinstance(actor, Caller) and actor.patient_id is not None else None


def denial(actor: Actor) -> NotAllowed:
    """Say what an actor lacks who may not do a deed for themselves."""
    return NotAllowed(Denial.NEEDS_IDENTITY if isinstance(actor, Caller) else Denial.OUT_OF_SCOPE)


async def visit_to_change(unit: ToolUnit, actor: Actor, appointment_id: UUID) -> Appointment | NotAllowed:
    """Return the visit if the actor may change it.

    An unknown id, another patient's visit and another clinic's are refused alike. A caller who is known by the channel alone may
    change what was booked in that channel by that very patient.
    """
    if isinstance(actor, Caller) and (actor.patient_id is None or actor.level < IdentityLevel.CHANNEL):
        return NotAllowed(Denial.NEEDS_IDENTITY)
    if not isinstance(actor, Caller) and not may(actor, Deed.CHANGE_VISIT):
        return NotAllowed(Denial.OUT_OF_SCOPE)
    # Past the use case, which would put a reading into the audit trail beside the deed itself.
    visit = await unit.calendar.appointment(appointment_id)
    if visit is None or (isinstance(actor, Caller) and visit.patient_id != actor.patient_id):
        return NotAllowed(Denial.NO_SUCH_VISIT)
    if not may(actor, Deed.CHANGE_VISIT, visit.patient_id, booked_in_same_channel=is_of_channel(actor, visit)):
        return denial(actor)
    return visit


def is_of_channel(actor: Actor, visit: Appointment) -> bool:
    """Say whether the visit was booked in the channel in which the caller now writes."""
    return isinstance(actor, Caller) and visit.channel is not None and visit.channel == actor.channel
