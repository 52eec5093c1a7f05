"""List the caller's own visits that are still to come."""

from dataclasses import dataclass
from datetime import timedelta

from marcai.clinics.actor import Actor, Caller
from marcai.clinics.may import Deed, may
from marcai.scheduling.appointment import Appointment
from marcai.scheduling.bookings import appointments
from marcai.scheduling.requests import AppointmentFilter
from marcai.tools.allowed import Denial, NotAllowed, denial, is_of_channel, patient_of
from marcai.tools.unit import ToolUnit

MOST = 50
"""More live visits than anybody has."""


@dataclass(frozen=True, slots=True)
class ListArgs:
    """How many at most."""

    limit: int = 20


@dataclass(frozen=True, slots=True)
class Visits:
    """Live visits that have not ended, earliest first. Who is known by the channel alone sees that channel's only: not `are_all`."""

    visits: tuple[Appointment, ...]
    are_all: bool


async def list_visits(unit: ToolUnit, actor: Actor, args: ListArgs) -> Visits | NotAllowed:
    """Return the visits of the patient that the caller is, as far as they may see them."""
    patient_id = patient_of(actor)
    if patient_id is None:
        return NotAllowed(Denial.NEEDS_IDENTITY) if isinstance(actor, Caller) else NotAllowed(Denial.NO_PATIENT)
    if not may(actor, Deed.SEE_VISITS, patient_id, booked_in_same_channel=True):
        return denial(actor)
    # A day early, since the filter's days are those of each visit's own location.
    yesterday = unit.now.date() - timedelta(days=1)
    found = await appointments(
        unit, AppointmentFilter(patient_id=patient_id, date_from=yesterday, live_only=True), limit=MOST, with_history=False
    )
    visits = tuple(
        visit
        for visit in found
        if visit.status.is_live
        and visit.end > unit.now
        and visit.patient_id == patient_id
        and may(actor, Deed.SEE_VISITS, visit.patient_id, booked_in_same_channel=is_of_channel(actor, visit))
    )
    return Visits(visits[: args.limit], are_all=may(actor, Deed.SEE_VISITS, patient_id))
