"""A provider who works in several places: where they are when, and where two places want them at the same time. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from enum import StrEnum
from typing import TypeVar

from marcai.clinics.clinic import LocationId
from marcai.kit.intervals import Interval
from marcai.scheduling.appointment import Appointment, AppointmentId
from marcai.scheduling.hours import working_hours
from marcai.scheduling.provider import ProviderId
from marcai.scheduling.setup import Setup

ItemT = TypeVar("ItemT")


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
        for one, other, shared in _overlapping([(stay.span, stay) for stay in found])
        if one.place != other.place
    ]
    spans = [(Interval(visit.start.astimezone(UTC), visit.end.astimezone(UTC)), visit) for visit in visits]
    clashes += [
        PlaceConflict(Clash.APPOINTMENTS, shared, (first.location_id, second.location_id), (first.id, second.id))
        for first, second, shared in _overlapping(spans)
        if first.location_id != second.location_id
    ]
    for span, visit in spans:
        around = [stay for stay in found if stay.span.overlaps(span)]
        if not any(stay.place == visit.location_id and stay.span.contains(span) for stay in around):
            clashes += [
                PlaceConflict(Clash.ELSEWHERE, _shared(stay.span, span), (visit.location_id, stay.place), (visit.id,))
                for stay in around
                if stay.place != visit.location_id
            ]
    return sorted(clashes, key=lambda it: (it.span.start, it.span.end, it.clash, it.places))


def _overlapping(items: Sequence[tuple[Interval, ItemT]]) -> Iterator[tuple[ItemT, ItemT, Interval]]:
    """Yield every pair whose spans overlap, the one that begins first in front, and what they share."""
    in_order = sorted(items, key=lambda item: item[0])
    for n, (span, one) in enumerate(in_order):
        for later, other in in_order[n + 1 :]:
            if later.start >= span.end:
                break
            yield one, other, _shared(span, later)


def _shared(one: Interval, other: Interval) -> Interval:
    return Interval(max(one.start, other.start), min(one.end, other.end))
