"""What anybody may know about the clinic: where it is, when it is open, who works there and what can be booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from marcai.clinics.actor import Actor
from marcai.clinics.clinic import Location
from marcai.clinics.may import Deed, may
from marcai.kit.zones import zone
from marcai.scheduling.hours import MINUTES_A_DAY, timetable_of
from marcai.scheduling.provider import AppointmentType, Provider
from marcai.scheduling.setup import Setup
from marcai.tools.allowed import NotAllowed, denial
from marcai.tools.unit import ToolUnit

Span = tuple[time, time]
"""Wall time from, up to but without."""


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """A location with its weekly hours (0 = Monday; merged spans of wall time, no span means closed), and whether it is open now."""

    location: Location
    hours: Mapping[int, tuple[Span, ...]]
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
    if not may(actor, Deed.SEARCH):
        return denial(actor)
    setup = await unit.setup()
    return ClinicFacts(
        name=setup.organisation.name,
        phone=setup.organisation.phone,
        locations=tuple(
            _location_facts(setup, location, unit.now.astimezone(zone(location.timezone)))
            for location in sorted(setup.locations.values(), key=lambda location: location.name)
            if location.is_active
        ),
        appointment_types=tuple(sorted((t for t in setup.appointment_types.values() if t.is_active), key=lambda kind: kind.name)),
        providers=tuple(sorted((p for p in setup.providers.values() if p.is_active), key=lambda provider: provider.display_name)),
    )


def _location_facts(setup: Setup, location: Location, now: datetime) -> LocationFacts:
    """Hours are those of the coming seven days' templates; whether it is open now also heeds the overrides of today."""
    timetable, today = timetable_of(setup), now.date().toordinal()
    week = {(today + ahead + 6) % 7: timetable.open_at(today + ahead, with_overrides=False) for ahead in range(7)}
    hours = {weekday: tuple(_clocks(span) for span in day.get(location.id, ())) for weekday, day in week.items()}
    minute = now.hour * 60 + now.minute
    is_open_now = any(start <= minute < end for start, end in timetable.open_at(today).get(location.id, ()))
    return LocationFacts(location, hours, is_open_now)


def _clocks(span: tuple[int, int]) -> Span:
    start, end = span
    return time(start // 60, start % 60), time(end // 60, end % 60) if end < MINUTES_A_DAY else time.max
