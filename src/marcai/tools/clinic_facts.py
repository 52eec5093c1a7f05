"""What anybody may know about the clinic: where it is, when it is open, who works there and what can be booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from marcai.clinics.actor import Actor
from marcai.clinics.clinic import Location
from marcai.clinics.may import Deed, may
from marcai.kit.zones import zone
from marcai.scheduling.provider import AppointmentType, OverrideKind, Provider
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
    hours: dict[int, tuple[Span, ...]] = {}
    for ahead in range(7):
        day = now.date() + timedelta(days=ahead)
        spans = [span for provider in _active(setup) for span in _template_spans(setup, provider, location, day)]
        hours[day.weekday()] = _joined(spans)
    today = [span for provider in _active(setup) for span in _spans_of_day(setup, provider, location, now.date())]
    is_open_now = any(start <= now.time() < end for start, end in today)
    return LocationFacts(location, hours, is_open_now)


def _active(setup: Setup) -> list[Provider]:
    return [provider for provider in setup.providers.values() if provider.is_active]


def _template_spans(setup: Setup, provider: Provider, location: Location, day: date) -> list[Span]:
    return [
        (template.start, template.end)
        for template in setup.templates.get(provider.id, ())
        if template.is_active
        and template.location_id == location.id
        and template.weekday == day.weekday()
        and (template.valid_from is None or template.valid_from <= day)
        and (template.valid_to is None or day <= template.valid_to)
    ]


def _spans_of_day(setup: Setup, provider: Provider, location: Location, day: date) -> list[Span]:
    """Return one provider's hours at the location on one day, with that day's overrides."""
    spans = _template_spans(setup, provider, location, day)
    overrides = [o for o in setup.overrides.get(provider.id, ()) if o.date_from <= day <= o.date_to]
    own = [(o, (o.start or time.min, o.end or time.max)) for o in overrides]
    modified = [(o, span) for o, span in own if o.kind is OverrideKind.MODIFIED]
    if modified:
        spans = [span for o, span in modified if o.location_id in (None, location.id) and (o.location_id is not None or spans)]
    spans += [span for o, span in own if o.kind is OverrideKind.ADDED and o.location_id in (None, location.id)]
    for _, (start, end) in ((o, span) for o, span in own if o.kind is OverrideKind.BLOCKED and o.location_id in (None, location.id)):
        spans = [piece for a, b in spans for piece in ((a, min(b, start)), (max(a, end), b)) if piece[0] < piece[1]]
    return spans


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Return the same hours as spans that neither overlap nor touch, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)
