"""Why nothing earlier is offered: every earlier candidate of a search, with its reason.

A candidate is a start on the grid of a provider's hours (those that an override closed, too) for the search's length of visit, on a
wall day between the query's first day, or today if that is later, and its last. All providers that the query admits have their
candidates; of a provider's candidates that begin together, the one with the mildest reason counts.

The first reason in this order is given: past, inside the notice, beyond the horizon; excluded by the query; closed; another type's
hours; the day is full; taken; held; room taken; patient busy.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from marcai.scheduling.hours import SECONDS_A_DAY, Day, Hours, real_starts
from marcai.scheduling.ports import BusyTimes, SchedulingUnit
from marcai.scheduling.provider import Provider
from marcai.scheduling.query import Search, ask_of, day_span, rooms_by_id, taken_by
from marcai.scheduling.requests import Candidate, WhyNot
from marcai.scheduling.slots import Taken, Wanted, is_free

MOST_CANDIDATES = 5_000
"""A certificate ends after so many, the earliest ones."""
LONGEST_DAYS = 366 * 2
"""Nor does it look further than this from the first day."""
_WINDOW_DAYS = 7


async def certified(unit: SchedulingUnit, search: Search, *, until: int | None) -> tuple[Candidate, ...]:
    """Return the candidates that begin before `until` (None: all of the query's days), in order of (start, provider's seq)."""
    clinic = search.setup.organisation
    zones = {location.timezone for location in search.setup.locations.values()}
    if not zones or not search.providers:
        return ()
    today = min(datetime.fromtimestamp(unit.now.timestamp(), search.timetable.zone(zone)).toordinal() for zone in zones)
    days = replace(search.wanted, first_day=max(search.wanted.first_day, today))
    if days.first_day > days.last_day:
        return ()
    begin = min(day_span(search.timetable, zone, days.first_day)[0] for zone in zones)
    last = max(day_span(search.timetable, zone, min(days.last_day, days.first_day + LONGEST_DAYS))[1] for zone in zones)
    end = last if until is None else min(until, last)
    limits = unit.now.timestamp(), (unit.now + clinic.notice).timestamp(), (unit.now + clinic.horizon).timestamp()
    found: list[Candidate] = []
    while begin < end and len(found) < MOST_CANDIDATES:
        window = replace(days, begin=begin, end=min(begin + _WINDOW_DAYS * SECONDS_A_DAY, end))
        busy = await unit.calendar.busy(ask_of(search, window))
        visits = await unit.calendar.busy(ask_of(search, window, with_holds=False))
        found += _candidates(search, window, busy, visits, limits)
        begin = window.end
    return tuple(found[:MOST_CANDIDATES])


def _candidates(search: Search, window: Wanted, busy: BusyTimes, visits: BusyTimes, limits: tuple[float, float, float]) -> list[Candidate]:
    judged: dict[tuple[int, int], tuple[int, Candidate]] = {}
    for provider in search.providers:
        taken = taken_by(search, provider, busy, rooms_by_id(search, busy))
        by_visits = taken_by(search, provider, visits, rooms_by_id(search, visits))
        for start, day, hours in _grid(search, provider, window):
            why = (
                _by_time(start, limits)
                or _by_query(search, window, start, day)
                or _by_hours(window, start, day, hours)
                or _by_claims(window, start, day, hours, taken, by_visits)
            )
            if why is None:
                continue
            key, weight = (start, provider.seq), _WEIGHT[why]
            if key not in judged or weight > judged[key][0]:
                zone = search.timetable.zone(hours.zone)
                begins = datetime.fromtimestamp(start, zone)
                ends = datetime.fromtimestamp(start + window.minutes * 60, zone)
                judged[key] = weight, Candidate(begins, ends, provider.id, hours.location_id, why)
    return [judged[key][1] for key in sorted(judged)]


def _grid(search: Search, provider: Provider, window: Wanted) -> Iterator[tuple[int, Day, Hours]]:
    for ordinal in window.days():
        for hours in search.timetable.hours(provider, ordinal):
            if window.location_id is not None and hours.location_id != window.location_id:
                continue
            day = search.timetable.day(hours.zone, ordinal)
            for start in real_starts(replace(hours, closed=()), day, window.minutes):
                if window.begin <= start < window.end:
                    yield start, day, hours


_WEIGHT = {
    why: weight
    for weight, why in enumerate(
        (
            WhyNot.PAST,
            WhyNot.TOO_SOON,
            WhyNot.BEYOND_HORIZON,
            WhyNot.EXCLUDED,
            WhyNot.BLOCKED,
            WhyNot.TYPE_NOT_OFFERED,
            WhyNot.DAY_FULL,
            WhyNot.TAKEN,
            WhyNot.HELD,
            WhyNot.ROOM_TAKEN,
            WhyNot.PATIENT_BUSY,
        )
    )
}


def _by_time(start: int, limits: tuple[float, float, float]) -> WhyNot | None:
    now, first, last = limits
    if start < now:
        return WhyNot.PAST
    if start < first:
        return WhyNot.TOO_SOON
    return WhyNot.BEYOND_HORIZON if start > last else None


def _by_query(search: Search, window: Wanted, start: int, day: Day) -> WhyNot | None:
    wall = next(first + (start - begin) // 60 for begin, end, first in day.parts if begin <= start < end)
    not_before = search.query.not_before
    if (
        not window.wants_day(day.ordinal)
        or not window.wants_clock(wall)
        or start in window.excluded_starts
        or (not_before is not None and start < not_before.timestamp())
    ):
        return WhyNot.EXCLUDED
    return None


def _by_hours(window: Wanted, start: int, day: Day, hours: Hours) -> WhyNot | None:
    if hours.is_replaced or start not in real_starts(hours, day, window.minutes):
        return WhyNot.BLOCKED
    return None if hours.is_for(window.type_id) else WhyNot.TYPE_NOT_OFFERED


def _by_claims(window: Wanted, start: int, day: Day, hours: Hours, taken: Taken, by_visits: Taken) -> WhyNot | None:
    end = start + window.minutes * 60
    begin_busy, end_busy = start - taken.before, end + taken.after
    if taken.is_full(day):
        return WhyNot.DAY_FULL
    if not taken.has_lane(begin_busy, end_busy):
        return WhyNot.HELD if by_visits.has_lane(begin_busy, end_busy) else WhyNot.TAKEN
    room = taken.rooms.get(hours.room_id) if hours.room_id is not None else None
    if room is not None and not is_free(room, begin_busy, end_busy):
        return WhyNot.ROOM_TAKEN
    return None if is_free(taken.patient, start, end) else WhyNot.PATIENT_BUSY
