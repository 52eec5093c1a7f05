"""Free slots: hours minus busy time, buffers, rooms, the patient's own visits and daily limits. Pure; knows no database.

Inside, a moment is an int of seconds since 1970 and a time of day a minute of the wall clock; `Slot` is what goes out.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marcai.clinics.clinic import LocationId, RoomId
from marcai.scheduling.hours import MINUTES_A_DAY, Day, Hours, Span, Timetable, real_starts
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


Stretch = tuple[Hours, list[int]]
"""Starts that lie in the same hours of one day, in order."""


def free_stretches(timetable: Timetable, provider: Provider, wanted: Wanted, taken: Taken) -> Iterator[Stretch]:
    """Yield the wanted starts that are free, by hours, in order of wall days; hours of one day may overlap or lie in two zones."""
    remembered: _Remembered = {}
    for day, hours in hours_of(timetable, provider, wanted):
        if taken.max_daily is not None and taken.is_full(day):
            continue
        starts = _starts(hours, day, wanted, remembered)
        begin, end = day.span
        if begin < wanted.begin or end > wanted.end:
            starts = starts[bisect_left(starts, wanted.begin) : bisect_left(starts, wanted.end)]
        if wanted.excluded_starts:
            starts = [start for start in starts if start not in wanted.excluded_starts]
        if starts:
            free = _free_of(starts, hours, wanted.minutes * 60, taken)
            if free:
                yield hours, free


def _free_of(starts: list[int], hours: Hours, length: int, taken: Taken) -> list[int]:
    before, after = taken.before, length + taken.after
    if len(taken.lanes) == 1:
        free = _beside(starts, taken.lanes[0], before, after)
    else:
        free = [start for start in starts if taken.has_lane(start - before, start + after)]
    room = taken.rooms.get(hours.room_id) if hours.room_id is not None else None
    if room is not None:
        free = _beside(free, room, before, after)
    return _beside(free, taken.patient, 0, length) if taken.patient[0] else free


def _beside(starts: list[int], spans: Spans, before: int, after: int) -> list[int]:
    """Return the starts, which are in order, whose time from `before` to `after` around them meets none of the spans."""
    begins, ends = spans
    position, count = bisect_right(ends, starts[0] - before) if starts else 0, len(ends)
    free = []
    for start in starts:
        while position < count and ends[position] <= start - before:
            position += 1
        if position == count or begins[position] >= start + after:
            free.append(start)
    return free


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
        minutes = hours.starts(wanted.minutes)
        if wanted.clock != (0, MINUTES_A_DAY) or wanted.excluded_clocks:
            minutes = [minute for minute in minutes if wanted.wants_clock(minute)]
        seconds = [60 * minute for minute in minutes]
        known = remembered[id(hours)] = hours, seconds
    begin = day.parts[0][0]
    return [begin + second for second in known[1]]


_MOST_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class SlotMaker:
    """Makes the slots of one provider in the same hours. They are remembered, since the same are asked for again and again."""

    timetable: Timetable
    provider: Provider
    wanted: Wanted
    hours: Hours
    known: dict[int, Slot]

    @classmethod
    def of(cls, timetable: Timetable, provider: Provider, wanted: Wanted, hours: Hours) -> "SlotMaker":
        """Return the maker for these hours, with what was made already."""
        key = provider.seq, wanted.type_id, wanted.minutes, hours.location_id, hours.room_id
        known: dict[int, Slot] = timetable.derived.setdefault(key, {})
        if len(known) > _MOST_REMEMBERED:
            known.clear()
        return cls(timetable, provider, wanted, hours, known)

    def slot(self, start: int) -> Slot:
        """Return the slot that begins at that moment.

        It names the hours' room, unless the provider sees several patients at once: a room keeps one claim at a time.
        """
        found = self.known.get(start)
        if found is None:
            zone = self.timetable.zone(self.hours.zone)
            found = self.known[start] = Slot(
                self.provider.id,
                self.wanted.type_id,
                self.hours.location_id,
                datetime.fromtimestamp(start, zone),
                datetime.fromtimestamp(start + self.wanted.minutes * 60, zone),
                self.hours.room_id if self.provider.lanes == 1 else None,
            )
        return found
