"""A provider who works in several places: where they are when, and where two places want them at the same time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import combinations

from marcai.clinics.clinic import LocationId
from marcai.kit.intervals import Interval
from marcai.scheduling.appointment import Appointment, AppointmentId
from marcai.scheduling.hours import working_hours
from marcai.scheduling.provider import ProviderId
from marcai.scheduling.setup import Setup


class Clash(StrEnum):
    """How two places want a provider at once."""

    HOURS = "overlapping_hours"
    """Templates or overrides have the provider in both."""
    APPOINTMENTS = "overlapping_appointments"
    """Two visits that overlap are in different places."""
    ELSEWHERE = "appointment_elsewhere"
    """A visit is in one place while the hours are in another."""


@dataclass(frozen=True, slots=True)
class PlaceConflict:
    """A stretch of time for which a provider is wanted in two places; `appointments` are the visits that it is about."""

    clash: Clash
    span: Interval
    places: tuple[LocationId, LocationId]
    appointments: tuple[AppointmentId, ...] = ()


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of working hours in one place, which belongs to a wall day there."""

    day: date
    span: Interval
    place: LocationId


def stays(setup: Setup, provider_id: ProviderId, first: date, last: date) -> list[Stay]:
    """Return where a provider works on the wall days from `first` to `last`, in order of day and time."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [Stay(day, span, place) for day in days for span, place in working_hours(setup, provider_id, day)]


def conflicts(found: Sequence[Stay], visits: Sequence[Appointment]) -> list[PlaceConflict]:
    """Return the conflicts among these stays and live visits of one provider, in order of their beginning."""
    clashes = [
        PlaceConflict(Clash.HOURS, shared, (one.place, other.place))
        for one, other in combinations(found, 2)
        if one.place != other.place and (shared := _shared(one.span, other.span)) is not None
    ]
    spans = {visit.id: Interval(visit.start.astimezone(UTC), visit.end.astimezone(UTC)) for visit in visits}
    for one, other in combinations(visits, 2):
        both = _shared(spans[one.id], spans[other.id])
        if one.location_id != other.location_id and both is not None:
            clashes.append(PlaceConflict(Clash.APPOINTMENTS, both, (one.location_id, other.location_id), (one.id, other.id)))
    for visit in visits:
        span = spans[visit.id]
        if any(stay.place == visit.location_id and _shared(stay.span, span) == span for stay in found):
            continue
        for stay in found:
            away = _shared(stay.span, span)
            if stay.place != visit.location_id and away is not None:
                clashes.append(PlaceConflict(Clash.ELSEWHERE, away, (visit.location_id, stay.place), (visit.id,)))
    return sorted(clashes, key=lambda it: (it.span.start, it.span.end, it.clash, it.places))


def _shared(one: Interval, other: Interval) -> Interval | None:
    start: datetime = max(one.start, other.start)
    end: datetime = min(one.end, other.end)
    return Interval(start, end) if start < end else None
