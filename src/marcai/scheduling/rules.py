"""The rules of booking, one function a rule. Pure: what is asked of the database stands in `ports.Calendar`."""

from datetime import datetime, timedelta

from marcai.clinics.clinic import LocationId, Organisation
from marcai.kit.intervals import Interval
from marcai.scheduling.hours import Day, Hours, Timetable, open_spans
from marcai.scheduling.provider import AppointmentType, AppointmentTypeId, Provider
from marcai.scheduling.requests import WhyNot


def too_early_or_late(start: datetime, now: datetime, clinic: Organisation) -> WhyNot | None:
    """Say whether the start is past, inside the clinic's notice, or beyond its horizon (which is still bookable itself)."""
    if start < now:
        return WhyNot.PAST
    if start < now + clinic.notice:
        return WhyNot.TOO_SOON
    if start > now + clinic.horizon:
        return WhyNot.BEYOND_HORIZON
    return None


def busy_time(visit: Interval, kind: AppointmentType, provider: Provider) -> Interval:
    """Return what a visit takes of the provider's time: the type's buffers on both sides, and after it the pause between visits.

    Two visits may follow each other when these spans do not overlap, so that every buffer of both is kept.
    """
    return visit.widened(kind.buffer_before, kind.buffer_after + provider.buffer_between)


def buffers(kind: AppointmentType, provider: Provider) -> tuple[timedelta, timedelta]:
    """Return what `busy_time` adds before and after a visit."""
    return kind.buffer_before, kind.buffer_after + provider.buffer_between


def covering_hours(
    timetable: Timetable, provider: Provider, type_id: AppointmentTypeId, location_id: LocationId, visit: tuple[int, int]
) -> tuple[Day, Hours] | WhyNot:
    """Return the hours that cover a whole visit (seconds since 1970), or why there are none.

    The grid of a search does not matter here: a visit may be booked at any minute of the hours. It may not cross midnight.
    """
    location = timetable.setup.locations.get(location_id)
    if location is None or not location.is_active:
        return WhyNot.NOT_OFFERED
    begin, end = visit
    ordinal = datetime.fromtimestamp(begin, timetable.zone(location.timezone)).toordinal()
    day = timetable.day(location.timezone, ordinal)
    why = WhyNot.OUTSIDE_HOURS
    for hours in timetable.hours(provider, ordinal):
        if hours.location_id != location_id:
            continue
        if not hours.is_replaced and any(first <= begin and end <= last for first, last in open_spans(hours, day)):
            if hours.is_for(type_id):
                return day, hours
            why = WhyNot.TYPE_NOT_OFFERED
        elif why is WhyNot.OUTSIDE_HOURS and _would_cover(hours, day, begin, end):
            why = WhyNot.BLOCKED
    return why


def _would_cover(hours: Hours, day: Day, begin: int, end: int) -> bool:
    """Say whether the hours would cover the visit, were it not for an override."""
    unclosed = Hours(hours.location_id, hours.zone, hours.start, hours.end, hours.step)
    return any(first <= begin and end <= last for first, last in open_spans(unclosed, day))
