"""`/v1/scheduling/providers/{id}/cross-location-conflicts` and `/locations-schedule`: a provider of several places.

Both look at a stretch of days, today and the six after it unless others are asked for.
"""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from marcai.api.scheduling.shapes import PlaceShape, Shape, TemplateShape
from marcai.clinics.actor import Machine
from marcai.clinics.clinic import LocationId
from marcai.doorway.fields import Day, ProviderRef
from marcai.doorway.identity import scope
from marcai.doorway.problems import invalid
from marcai.doorway.services import Door, DoorUnit, the_door
from marcai.kit.zones import zone
from marcai.scheduling import bookings
from marcai.scheduling.appointment import Appointment
from marcai.scheduling.errors import NotFound
from marcai.scheduling.places import PlaceConflict, Stay, conflicts, stays
from marcai.scheduling.provider import ProviderId
from marcai.scheduling.requests import AppointmentFilter
from marcai.scheduling.setup import Setup

router = APIRouter(prefix="/providers", tags=["providers of several places"])
Reader = Annotated[Machine, Depends(scope("read:providers"))]
The = Annotated[Door, Depends(the_door)]
USUAL_DAYS, MOST_DAYS = 7, 31
MOST_VISITS = 10_000


class ConflictShape(Shape):
    """A stretch of time for which two places want the provider; moments with the offset of the first place."""

    kind: str
    date: date
    start_time: str
    end_time: str
    locations: list[PlaceShape]
    appointment_ids: list[UUID]

    @classmethod
    def of(cls, it: PlaceConflict, setup: Setup) -> "ConflictShape":
        """Show a conflict."""
        tz = zone(setup.locations[it.places[0]].timezone)
        start, end = it.span.start.astimezone(tz), it.span.end.astimezone(tz)
        return cls(
            kind=it.clash,
            date=start.date(),
            start_time=start.isoformat(),
            end_time=end.isoformat(),
            locations=[PlaceShape(id=place, name=setup.locations[place].name) for place in it.places],
            appointment_ids=list(it.appointments),
        )


class ConflictsShape(Shape):
    """All conflicts of a provider in a stretch of days."""

    provider_id: UUID
    date_from: date
    date_to: date
    has_conflicts: bool
    conflicts: list[ConflictShape]


class HoursShape(Shape):
    """A stretch of working hours."""

    start_time: str
    end_time: str


class VisitShape(Shape):
    """A visit, without its patient."""

    id: UUID
    appointment_type_id: UUID
    start_time: str
    end_time: str
    status: str


class DayShape(Shape):
    """One wall day in one place."""

    date: date
    hours: list[HoursShape]
    appointments: list[VisitShape]


class PlaceSchedule(Shape):
    """What a provider does in one place: the weekly hours, and day by day what comes of them."""

    location: PlaceShape
    timezone: str
    templates: list[TemplateShape]
    days: list[DayShape]


class ScheduleShape(Shape):
    """A provider's schedule in every place that has them."""

    provider_id: UUID
    date_from: date
    date_to: date
    locations: list[PlaceSchedule]


def _days(today: date, date_from: date | None, date_to: date | None) -> tuple[date, date]:
    first = date_from or (min(today, date_to) if date_to else today)
    last = date_to or first + timedelta(days=USUAL_DAYS - 1)
    if last < first:
        raise invalid("date_to", "must not be before date_from")
    if (last - first).days >= MOST_DAYS:
        raise invalid("date_to", f"must be less than {MOST_DAYS} days after date_from")
    return first, last


async def _looked_at(
    unit: DoorUnit, provider_id: UUID, date_from: date | None, date_to: date | None
) -> tuple[Setup, date, date, list[Stay], list[Appointment]]:
    """Return the set-up, the days that are meant, and the provider's stays and live visits on them."""
    setup = await unit.setup()
    if provider_id not in setup.providers:
        raise NotFound("provider", provider_id)
    today = unit.now.astimezone(zone(setup.organisation.timezone)).date()
    first, last = _days(today, date_from, date_to)
    wanted = AppointmentFilter(provider_id=ProviderId(provider_id), date_from=first, date_to=last, live_only=True)
    visits = await bookings.appointments(unit, wanted, limit=MOST_VISITS, with_history=False)
    return setup, first, last, stays(setup, ProviderId(provider_id), first, last), visits


@router.get("/{provider_id}/cross-location-conflicts")
async def cross_location_conflicts(
    provider_id: ProviderRef, machine: Reader, door: The, date_from: Day | None = None, date_to: Day | None = None
) -> ConflictsShape:
    """Say when two places want the provider at the same time."""
    async with door.unit(machine) as unit:
        setup, first, last, found, visits = await _looked_at(unit, provider_id, date_from, date_to)
        await unit.commit()
    shapes = [ConflictShape.of(one, setup) for one in conflicts(found, visits)]
    return ConflictsShape(provider_id=provider_id, date_from=first, date_to=last, has_conflicts=bool(shapes), conflicts=shapes)


@router.get("/{provider_id}/locations-schedule")
async def locations_schedule(
    provider_id: ProviderRef, machine: Reader, door: The, date_from: Day | None = None, date_to: Day | None = None
) -> ScheduleShape:
    """Show the provider's hours and visits, place by place and day by day."""
    async with door.unit(machine) as unit:
        setup, first, last, found, visits = await _looked_at(unit, provider_id, date_from, date_to)
        await unit.commit()
    templates = setup.templates.get(ProviderId(provider_id), ())
    places = (
        {stay.place for stay in found} | {visit.location_id for visit in visits} | {one.location_id for one in templates if one.is_active}
    )
    return ScheduleShape(
        provider_id=provider_id,
        date_from=first,
        date_to=last,
        locations=[
            PlaceSchedule(
                location=PlaceShape(id=place, name=setup.locations[place].name),
                timezone=setup.locations[place].timezone,
                templates=[TemplateShape.of(one) for one in templates if one.location_id == place and one.is_active],
                days=_days_in(setup, place, first, last, found, visits),
            )
            for place in sorted(places, key=lambda it: (setup.locations[it].name, it))
        ],
    )


def _days_in(setup: Setup, place: LocationId, first: date, last: date, found: list[Stay], visits: list[Appointment]) -> list[DayShape]:
    tz = zone(setup.locations[place].timezone)
    days = {
        first + timedelta(days=n): DayShape(date=first + timedelta(days=n), hours=[], appointments=[])
        for n in range((last - first).days + 1)
    }
    for stay in found:
        if stay.place == place:
            start, end = stay.span.start.astimezone(tz), stay.span.end.astimezone(tz)
            days[stay.day].hours.append(HoursShape(start_time=start.isoformat(), end_time=end.isoformat()))
    for visit in visits:
        day = visit.start.astimezone(tz).date()
        if visit.location_id == place and day in days:
            days[day].appointments.append(
                VisitShape(
                    id=visit.id,
                    appointment_type_id=visit.appointment_type_id,
                    start_time=visit.start.astimezone(tz).isoformat(),
                    end_time=visit.end.astimezone(tz).isoformat(),
                    status=visit.status,
                )
            )
    return list(days.values())
