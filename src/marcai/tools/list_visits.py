"""List the caller's own visits that are still to come."""

from dataclasses import dataclass

from marcai.clinics.actor import Actor, Caller, IdentityLevel
from marcai.clinics.may import Deed, may
from marcai.ledger.events import AuditEntry
from marcai.scheduling.appointment import Appointment
from marcai.scheduling.bookings import appointments
from marcai.scheduling.requests import AppointmentFilter
from marcai.tools.allowed import Denial, NotAllowed, denial, is_of_channel, patient_of
from marcai.tools.unit import ToolUnit

MOST = 20
"""More visits than anybody can be told."""


@dataclass(frozen=True, slots=True)
class ListArgs:
    """How many at most."""

    limit: int = MOST


@dataclass(frozen=True, slots=True)
class Visits:
    """Live visits that have not ended, earliest first. `are_all` is False for one known by the channel alone, who sees that channel's only."""

    visits: tuple[Appointment, ...]
    are_all: bool


async def list_visits(unit: ToolUnit, actor: Actor, args: ListArgs) -> Visits | NotAllowed:
    """Return the visits of the patient that the caller is, as far as they may see them."""
    raise NotImplementedError
