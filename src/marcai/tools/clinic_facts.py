"""What anybody may know about the clinic: where it is, when it is open, who works there and what can be booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from marcai.clinics.actor import Actor
from marcai.clinics.clinic import Location
from marcai.clinics.may import Deed, may
from marcai.scheduling.provider import AppointmentType, Provider
from marcai.tools.allowed import NotAllowed, denial
from marcai.tools.unit import ToolUnit


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """A location with its weekly hours (0 = Monday; merged spans of wall time, no span means closed), and whether it is open now."""

    location: Location
    hours: Mapping[int, tuple[tuple[time, time], ...]]
    is_open_now: bool


@dataclass(frozen=True, slots=True)
class ClinicFacts:
    """What is told about the clinic. All lists hold active things only, by name."""

    name: str
    phone: str | None
    locations: tuple[LocationFacts, ...]
    appointment_types: tuple[AppointmentType, ...]
    providers: tuple[Provider, ...]


async def clinic_facts(unit: ToolUnit, actor: Actor) -> ClinicFacts | NotAllowed:
    """Return what anybody may know, as of the unit's now."""
    raise NotImplementedError
