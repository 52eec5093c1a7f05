"""Free slots: hours minus busy time, buffers, rooms, the patient's own visits and daily limits. Pure; knows no database.

Inside, a moment is an int of seconds since 1970 and a time of day a minute of the wall clock; `Slot` is what goes out.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marcai.clinics.clinic import LocationId, RoomId
from marcai.scheduling.hours import MINUTES_A_DAY, SECONDS_A_DAY, Day, Hours, Span, Timetable, real_starts
from marcai.scheduling.provider import AppointmentTypeId, Provider, ProviderId

Spans = tuple[Sequence[float], Sequence[float]]
"""Begins and ends of busy time, seconds since 1970; in order, none overlaps another."""
NO_SPANS: Spans = ((), ())


@dataclass(frozen=True, slots=True)
class Slot:
    """Bookable free time of a provider for one type of visit; times are aware and in the location's zone."""

    provider_id: ProviderId
    appointment_type_id: AppointmentTypeId
    location_id: LocationId
    start: datetime
    end: datetime
    room_id: RoomId | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which starts are wanted, in numbers: from `begin` up to, without, `end`, on wall days `first_day` to `last_day` (ordinals)."""

    type_id: AppointmentTypeId
    minutes: int
    begin: int
    end: int
    first_day: int
    last_day: int
    location_id: LocationId | None = None
    clock: Span = (0, MINUTES_A_DAY)
    weekdays: frozenset[int] = frozenset()
    excluded_days: frozenset[int] = frozenset()
    excluded_starts: frozenset[int] = frozenset()
    excluded_clocks: tuple[Span, ...] = ()

    def wants_day(self, ordinal: int) -> bool:
        """Say whether a wall day is wanted at all."""
        return ordinal not in self.excluded_days and (not self.weekdays or (ordinal + 6) % 7 in self.weekdays)

    def wants_clock(self, minute: int) -> bool:
        """Say whether a wall minute is wanted as a start."""
        return self.clock[0] <= minute < self.clock[1] and not any(begin <= minute < end for begin, end in self.excluded_clocks)

    def days(self) -> range:
        """Return the wall days on which a wanted start can lie, whatever the zone."""
        # No zone is further than 14 hours from UTC: a day to either side is enough.
        first = self.begin // 86_400 + _EPOCH_DAY - 1
        last = self.end // 86_400 + _EPOCH_DAY + 1
        return range(max(first, self.first_day), min(last, self.last_day) + 1)


_EPOCH_DAY = datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 (a day's number has no zone)


@dataclass(frozen=True, slots=True)
class Taken:
    """What is in the way of one provider's next visit: `before` and `after` are the new visit's own buffers, in seconds."""

    lanes: Sequence[Spans]
    before: int = 0
    after: int = 0
    rooms: Mapping[RoomId, Spans] = field(default_factory=dict)
    patient: Spans = NO_SPANS
    starts: Sequence[float] = ()
    """When the visits begin that count towards the daily limit."""
    max_daily: int | None = None

    def has_lane(self, begin: float, end: float) -> bool:
        """Say whether one lane is free throughout."""
        return any(is_free(lane, begin, end) for lane in self.lanes)

    def is_full(self, day: Day) -> bool:
        """Say whether the day's limit is reached."""
        if self.max_daily is None:
            return False
        begin, end = day.span
        return bisect_left(self.starts, end) - bisect_left(self.starts, begin) >= self.max_daily


def is_free(spans: Spans, begin: float, end: float) -> bool:
    """Say whether none of the spans has a moment in common with [begin, end)."""
    position = bisect_right(spans[1], begin)
    return position == len(spans[1]) or spans[0][position] >= end


def united(spans: Iterable[Spans]) -> Spans:
    """Return the same moments as spans in order that do not overlap."""
    begins: list[float] = []
    ends: list[float] = []
    for begin, end in sorted(pair for each in spans for pair in zip(*each, strict=True)):
        if ends and begin <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            begins.append(begin)
            ends.append(end)
    return begins, ends


def hours_of(timetable: Timetable, provider: Provider, wanted: Wanted) -> Iterator[tuple[Day, Hours]]:
    """Yield the hours in which a wanted visit may lie, with their day, in order of the days."""
    for ordinal in wanted.days():
        if not wanted.wants_day(ordinal):
            continue
        for hours in timetable.hours(provider, ordinal):
            if hours.is_replaced or not hours.is_for(wanted.type_id):
                continue
            if wanted.location_id is not None and hours.location_id != wanted.location_id:
                continue
            day = timetable.day(hours.zone, ordinal)
            begin, end = day.span
            if begin < wanted.end and wanted.begin < end:
                yield day, hours


def first_wanted(timetable: Timetable, provider: Provider, wanted: Wanted) -> int | None:
    """Return a moment before which the provider has no wanted start, busy or not; None when there is none at all."""
    first = None
    for day, hours in hours_of(timetable, provider, wanted):
        if first is not None and day.span[0] > first:
            # Hours come by wall days, which no two zones show more than a day apart.
            if day.span[0] > first + SECONDS_A_DAY:
                break
            continue
        starts = [start for start in _starts(hours, day, wanted, {}) if wanted.begin <= start < wanted.end]
        if starts and (first is None or starts[0] < first):
            first = starts[0]
    return first


def free_starts(
    timetable: Timetable, provider: Provider, wanted: Wanted, taken: Taken, *, only_first: bool = False
) -> Iterator[tuple[int, Hours]]:
    """Yield each wanted start that is free, with its hours. In order of days; within one, hours that overlap may interleave.

    With `only_first`, at most one of each stretch of hours.
    """
    length = wanted.minutes * 60
    before, after = taken.before, length + taken.after
    only_lane = taken.lanes[0] if len(taken.lanes) == 1 else None
    begins, ends = only_lane or NO_SPANS
    busy = len(ends)
    remembered: _Remembered = {}
    for day, hours in hours_of(timetable, provider, wanted):
        if taken.max_daily is not None and taken.is_full(day):
            continue
        room = taken.rooms.get(hours.room_id) if hours.room_id is not None else None
        position = 0
        for start in _starts(hours, day, wanted, remembered):
            if not wanted.begin <= start < wanted.end or start in wanted.excluded_starts:
                continue
            if only_lane is not None:
                position = bisect_right(ends, start - before, position)
                if position < busy and begins[position] < start + after:
                    continue
            elif not taken.has_lane(start - before, start + after):
                continue
            if room is not None and not is_free(room, start - before, start + after):
                continue
            if taken.patient[0] and not is_free(taken.patient, start, start + length):
                continue
            yield start, hours
            if only_first:
                break


_Remembered = dict[int, tuple[Hours, list[int]]]


def _starts(hours: Hours, day: Day, wanted: Wanted, remembered: _Remembered) -> list[int]:
    """Return the grid of these hours on that day, in order, as far as its wall times are wanted.

    Ordinary days share their wall times, remembered by the identity of the hours (which are kept, so that it stays theirs).
    """
    if not day.is_ordinary:
        zone_parts = day.parts
        return [
            start
            for start in real_starts(hours, day, wanted.minutes)
            if any(begin <= start < end and wanted.wants_clock(wall + (start - begin) // 60) for begin, end, wall in zone_parts)
        ]
    known = remembered.get(id(hours))
    if known is None:
        seconds = [60 * minute for minute in hours.starts(wanted.minutes) if wanted.wants_clock(minute)]
        known = remembered[id(hours)] = hours, seconds
    begin = day.parts[0][0]
    return [begin + second for second in known[1]]


def slot_at(timetable: Timetable, provider: Provider, wanted: Wanted, start: int, hours: Hours) -> Slot:
    """Return the slot that begins at that moment in these hours.

    It names the hours' room, unless the provider sees several patients at once: a room keeps one claim at a time.
    """
    zone = timetable.zone(hours.zone)
    return Slot(
        provider.id,
        wanted.type_id,
        hours.location_id,
        datetime.fromtimestamp(start, zone),
        datetime.fromtimestamp(start + wanted.minutes * 60, zone),
        hours.room_id if provider.lanes == 1 else None,
    )
