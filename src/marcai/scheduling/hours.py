"""When a provider's doors are open: templates and overrides, day by day, on the wall clock and on the real one. Pure.

How overrides meet, on a day that they cover: modified hours take the place of every template (several of them are joined), added
hours stand beside, and blocked time closes all three, even added hours. Overrides without a location are meant for wherever the
provider works that day. Modified hours keep the slot length, types and room of the templates that they replace; hours on a day
without templates take the slot length of the provider's first template, and are open to every type.

On the day when the clock changes, a minute is open if the wall clock then shows a time that is: a time that the clock skips has no
slots, an hour that it shows twice has its slots twice, and a visit that runs over the change lasts as long as any other.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from marcai.clinics.clinic import LocationId, RoomId
from marcai.kit.intervals import Interval
from marcai.kit.zones import zone
from marcai.scheduling.provider import AppointmentTypeId, Override, OverrideKind, Provider, ProviderId, Template
from marcai.scheduling.setup import Setup

MINUTES_A_DAY: Final = 1440
SECONDS_A_DAY: Final = 86_400
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_KEPT_TIMETABLES: Final = 32

Span = tuple[int, int]
"""Minutes of a wall clock's day, or seconds since 1970: [first, second)."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours on the wall clock of one place, in minutes of the day, cut into starts every `step` from `start`.

    `closed` is what blocked overrides take out. `is_replaced` marks a template's hours that a modified override put aside: they are
    kept because whoever asks why a time is not offered should hear that it was closed.
    """

    location_id: LocationId
    zone: str
    start: int
    end: int
    step: int
    types: frozenset[AppointmentTypeId] = frozenset()
    room_id: RoomId | None = None
    closed: tuple[Span, ...] = ()
    is_replaced: bool = False

    def is_for(self, type_id: AppointmentTypeId) -> bool:
        """Say whether this type of visit is offered in these hours."""
        return not self.types or type_id in self.types

    def starts(self, minutes: int) -> list[int]:
        """Return the wall minutes at which a visit of that length can begin on a day whose clock does not change."""
        grid = range(self.start, self.end - minutes + 1, self.step)
        if not self.closed:
            return list(grid)
        return [start for start in grid if not any(begin < start + minutes and start < end for begin, end in self.closed)]


@dataclass(frozen=True, slots=True)
class Day:
    """One wall day of a zone as parts of real time: (from, to) in seconds since 1970, and the wall minute at which each begins.

    An ordinary day has one part; a day on which the clock changes has more.
    """

    ordinal: int
    parts: tuple[tuple[int, int, int], ...]

    @property
    def is_ordinary(self) -> bool:
        """Say whether the clock shows every minute of this day once."""
        return len(self.parts) == 1 and self.parts[0][1] - self.parts[0][0] == SECONDS_A_DAY

    @property
    def span(self) -> Span:
        """Return when the day begins and ends, in seconds since 1970."""
        return self.parts[0][0], self.parts[-1][1]


def zone_day(where: ZoneInfo, ordinal: int) -> Day:
    """Return a day of the zone."""
    day = date.fromordinal(ordinal)
    midnight = datetime.combine(day, time(0), tzinfo=where)
    offset = midnight.utcoffset() or timedelta(0)
    begin = (ordinal - EPOCH_DAY) * SECONDS_A_DAY - int(offset.total_seconds())
    # A change within three hours of the day's ends may still shift what the day's first or last minute is.
    if _offset_at(where, begin - 10_800) == _offset_at(where, begin + SECONDS_A_DAY + 10_800) == offset:
        return Day(ordinal, ((begin, begin + SECONDS_A_DAY, 0),))
    parts: list[tuple[int, int, int]] = []
    for moment in range(begin - 10_800, begin + SECONDS_A_DAY + 10_800, 60):
        shown = datetime.fromtimestamp(moment, where)
        if shown.date() != day:
            continue
        minute = shown.hour * 60 + shown.minute
        if parts and parts[-1][1] == moment and minute == parts[-1][2] + (moment - parts[-1][0]) // 60:
            parts[-1] = (parts[-1][0], moment + 60, parts[-1][2])
        else:
            parts.append((moment, moment + 60, minute))
    return Day(ordinal, tuple(parts))


def _offset_at(where: ZoneInfo, moment: int) -> timedelta | None:
    return datetime.fromtimestamp(moment, where).utcoffset()


def real_starts(hours: Hours, day: Day, minutes: int) -> list[int]:
    """Return the moments (seconds since 1970) at which a visit of that length can begin in these hours on that day."""
    if day.is_ordinary:
        begin = day.parts[0][0]
        return [begin + 60 * start for start in hours.starts(minutes)]
    spans = open_spans(hours, day)
    length = minutes * 60
    found = []
    for begin, end, wall in day.parts:
        for minute in range(hours.start, hours.end, hours.step):
            start = begin + (minute - wall) * 60
            if begin <= start < end and any(s <= start and start + length <= e for s, e in spans):
                found.append(start)
    return sorted(found)


def open_spans(hours: Hours, day: Day) -> list[Span]:
    """Return the real time in which these hours are open on that day: in order, neither overlapping nor touching."""
    spans: list[Span] = []
    for begin, end, wall in day.parts:
        for wall_from, wall_to in _walls(hours):
            span = max(begin, begin + (wall_from - wall) * 60), min(end, begin + (wall_to - wall) * 60)
            if span[0] < span[1]:
                spans.append(span)
    return _joined(spans)


def _open_minutes(hours: Hours) -> list[Span]:
    """Return the wall minutes in which these hours are open; none where a modified override put them aside."""
    return [] if hours.is_replaced else _walls(hours)


def _walls(hours: Hours) -> list[Span]:
    spans = [(hours.start, hours.end)]
    for closed_from, closed_to in hours.closed:
        spans = [
            piece for begin, end in spans for piece in ((begin, min(end, closed_from)), (max(begin, closed_to), end)) if piece[0] < piece[1]
        ]
    return spans


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return joined


@dataclass(slots=True)
class Timetable:
    """The hours of every provider of one set-up, and the days of its zones; both are remembered once they were asked for."""

    setup: Setup
    _days: dict[tuple[str, int], Day] = field(default_factory=dict)
    _weeks: dict[tuple[ProviderId, int, tuple[int, ...]], tuple[Hours, ...]] = field(default_factory=dict)
    _providers: tuple[Provider, ...] = ()
    _openings: dict[int, int | None] = field(default_factory=dict)
    derived: dict[tuple[object, ...], Any] = field(default_factory=dict)
    """What others made from this set-up, by their own keys, so that it goes when the set-up does."""
    _open: dict[tuple[int, bool], Mapping[LocationId, tuple[Span, ...]]] = field(default_factory=dict)

    def in_order(self) -> tuple[Provider, ...]:
        """Return every provider, in order of seq."""
        if not self._providers:
            self._providers = tuple(sorted(self.setup.providers.values(), key=lambda provider: provider.seq))
        return self._providers

    def open_at(self, ordinal: int, *, with_overrides: bool = True) -> Mapping[LocationId, tuple[Span, ...]]:
        """Return when anybody sees patients at each location on a wall day: minutes, merged, in order."""
        key = ordinal, with_overrides
        found = self._open.get(key)
        if found is None:
            at: dict[LocationId, list[Span]] = {}
            for provider in self.in_order():
                if provider.is_active:
                    for hours in self.hours(provider, ordinal) if with_overrides else self._usual(provider, ordinal):
                        at.setdefault(hours.location_id, []).extend(_open_minutes(hours))
            found = self._open[key] = {place: tuple(_joined(spans)) for place, spans in at.items()}
        return found

    def _usual(self, provider: Provider, ordinal: int) -> Iterator[Hours]:
        templates = self.setup.templates.get(provider.id, ())
        return self._of_templates(t for t in templates if t.weekday == (ordinal + 6) % 7 and _is_valid(t, ordinal))

    def zones(self) -> frozenset[str]:
        """Return the zones of the clinic's locations."""
        return frozenset(location.timezone for location in self.setup.locations.values())

    def rooms_of(self, provider: Provider) -> frozenset[RoomId]:
        """Return the rooms that the provider's templates name."""
        return frozenset(t.room_id for t in self.setup.templates.get(provider.id, ()) if t.room_id is not None)

    def zone(self, name: str) -> ZoneInfo:
        """Return a zone by its name."""
        return zone(name)

    def day(self, where: str, ordinal: int) -> Day:
        """Return a day of a zone."""
        key = where, ordinal
        found = self._days.get(key)
        if found is None:
            found = self._days[key] = zone_day(self.zone(where), ordinal)
        return found

    def hours(self, provider: Provider, ordinal: int) -> tuple[Hours, ...]:
        """Return a provider's hours on a wall day, in order of their starts; replaced ones too, so look at `is_replaced`."""
        templates = self.setup.templates.get(provider.id, ())
        weekday = (ordinal + 6) % 7
        valid = tuple(n for n, template in enumerate(templates) if template.weekday == weekday and _is_valid(template, ordinal))
        overrides = self.setup.overrides.get(provider.id)
        if overrides:
            day = date.fromordinal(ordinal)
            here = [override for override in overrides if override.date_from <= day <= override.date_to]
            if here:
                return self._overridden(provider, [templates[n] for n in valid], here)
        key = provider.id, weekday, valid
        found = self._weeks.get(key)
        if found is None:
            found = self._weeks[key] = _in_order(self._of_templates(templates[n] for n in valid))
        return found

    def opening(self, ordinal: int) -> int | None:
        """Return a moment before which nobody is open on that wall day, in any zone; None when nobody is open at all."""
        if ordinal not in self._openings:
            begins = {(hours.zone, hours.start) for provider in self.in_order() for hours in self.hours(provider, ordinal)}
            self._openings[ordinal] = min((_first_moment(self.day(zone, ordinal), start) for zone, start in begins), default=None)
        return self._openings[ordinal]

    def _of_templates(self, templates: Iterable[Template]) -> Iterator[Hours]:
        for template in templates:
            location = self.setup.locations.get(template.location_id)
            if location is None or not location.is_active:
                continue
            yield Hours(
                location.id,
                location.timezone,
                _minute(template.start),
                _minute(template.end) or MINUTES_A_DAY,
                max(1, int(template.slot_length.total_seconds()) // 60),
                template.appointment_type_ids,
                template.room_id,
            )

    def _overridden(self, provider: Provider, templates: list[Template], overrides: list[Override]) -> tuple[Hours, ...]:
        usual = sorted(self._of_templates(templates), key=lambda stretch: (stretch.start, stretch.end))
        modified = [o for o in overrides if o.kind is OverrideKind.MODIFIED]
        hours = [replace(stretch, is_replaced=True) for stretch in usual] if modified else usual
        for override in modified:
            hours += self._modified(provider, usual, override)
        for override in overrides:
            if override.kind is OverrideKind.ADDED and override.start is not None and override.end is not None:
                hours += self._beside(provider, usual, override)
        for override in overrides:
            if override.kind is OverrideKind.BLOCKED:
                closed = _minute(override.start), _minute(override.end) or MINUTES_A_DAY
                hours = [
                    replace(stretch, closed=(*stretch.closed, closed))
                    if override.location_id is None or override.location_id == stretch.location_id
                    else stretch
                    for stretch in hours
                ]
        return _in_order(hours)

    def _modified(self, provider: Provider, usual: list[Hours], override: Override) -> Iterator[Hours]:
        place = self.setup.locations.get(override.location_id) if override.location_id else None
        if override.location_id and (place is None or not place.is_active):
            return
        if not usual:
            if override.start is not None and override.end is not None:
                yield from self._beside(provider, usual, override)
            return
        for stretch in usual:
            begin = stretch.start if override.start is None else _minute(override.start)
            end = stretch.end if override.end is None else _minute(override.end) or MINUTES_A_DAY
            moved = replace(stretch, start=begin, end=end)
            if place is not None and place.id != stretch.location_id:
                moved = replace(moved, location_id=place.id, zone=place.timezone, room_id=None)
            yield moved

    def _beside(self, provider: Provider, usual: list[Hours], override: Override) -> Iterator[Hours]:
        """Yield hours that no template of the day stands behind: at the override's place, the day's, or where the provider mostly is."""
        steady = list(self._of_templates(self.setup.templates.get(provider.id, ())))
        if override.location_id is not None:
            places = [override.location_id]
        elif usual:
            places = [stretch.location_id for stretch in usual]
        elif provider.primary_location_id is not None:
            places = [provider.primary_location_id]
        elif steady:
            places = [steady[0].location_id]
        else:
            places = list(self.setup.locations) if len(self.setup.locations) == 1 else []
        for place in dict.fromkeys(places):
            location = self.setup.locations.get(place)
            if location is None or not location.is_active:
                continue
            steps = [h.step for h in (*usual, *steady) if h.location_id == location.id] or [h.step for h in steady]
            step = steps[0] if steps else max(1, int(provider.default_duration.total_seconds()) // 60)
            yield Hours(location.id, location.timezone, _minute(override.start), _minute(override.end) or MINUTES_A_DAY, step)


def _first_moment(day: Day, wall: int) -> int:
    """Return when the clock first shows that minute, or a later one."""
    moments = (begin + max(0, wall - first) * 60 for begin, end, first in day.parts if begin + (wall - first) * 60 < end)
    return min(moments, default=day.span[0])


def _is_valid(template: Template, ordinal: int) -> bool:
    return (
        template.is_active
        and (template.valid_from is None or template.valid_from.toordinal() <= ordinal)
        and (template.valid_to is None or ordinal <= template.valid_to.toordinal())
    )


def _in_order(hours: Iterable[Hours]) -> tuple[Hours, ...]:
    distinct = dict.fromkeys(stretch for stretch in hours if stretch.start < stretch.end)
    return tuple(sorted(distinct, key=lambda stretch: (stretch.start, stretch.end)))


def _minute(clock: time | None) -> int:
    return 0 if clock is None else clock.hour * 60 + clock.minute


_kept: OrderedDict[int, Timetable] = OrderedDict()


def timetable_of(setup: Setup) -> Timetable:
    """Return the timetable of a set-up. The last few are kept, by the very value: another revision is another value."""
    found = _kept.get(id(setup))
    if found is None or found.setup is not setup:
        found = _kept[id(setup)] = Timetable(setup)
        while len(_kept) > _KEPT_TIMETABLES:
            _kept.popitem(last=False)
    return found


def working_hours(setup: Setup, provider_id: ProviderId, day: date) -> list[tuple[Interval, LocationId]]:
    """Return when and where a provider works on a wall day of each location, in order; templates and overrides together."""
    timetable = timetable_of(setup)
    found = []
    for hours in timetable.hours(setup.providers[provider_id], day.toordinal()):
        if hours.is_replaced:
            continue
        for begin, end in open_spans(hours, timetable.day(hours.zone, day.toordinal())):
            found.append((Interval(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC)), hours.location_id))
    return sorted(found)
