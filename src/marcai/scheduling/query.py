"""A slot query made ready: names looked up, wall days and clock times in numbers, and what the calendar must be asked. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from marcai.clinics.clinic import RoomId
from marcai.kit.text import folded
from marcai.scheduling.errors import NotFound
from marcai.scheduling.hours import MINUTES_A_DAY, Timetable, timetable_of
from marcai.scheduling.ports import BusyAsk, BusyTimes
from marcai.scheduling.provider import AppointmentType, Provider
from marcai.scheduling.requests import SlotQuery
from marcai.scheduling.rules import buffers
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import NO_SPANS, Spans, Taken, Wanted, united

_DAYS_WITH_ZONES = date(1902, 1, 1).toordinal(), date(9000, 1, 1).toordinal()
"""Days outside are not looked at, so that a clock change beside them can be."""


@dataclass(frozen=True, slots=True)
class Search:
    """A query, made ready: who is searched, for what, and the busy time that any answer must be measured against."""

    setup: Setup
    timetable: Timetable
    kind: AppointmentType
    providers: tuple[Provider, ...]
    """In order of seq, which is the order of slots that begin at the same time."""
    wanted: Wanted
    query: SlotQuery


def prepared(setup: Setup, query: SlotQuery, now: datetime) -> Search:
    """Return the query as a search of this set-up, from now on.

    Raises:
        NotFound: the type, the location or a provider of the query is unknown.
    """
    kind = setup.appointment_types.get(query.appointment_type_id)
    if kind is None:
        raise NotFound("appointment_type", query.appointment_type_id)
    if query.location_id is not None and query.location_id not in setup.locations:
        raise NotFound("location", query.location_id)
    for provider_id in query.provider_ids:
        if provider_id not in setup.providers:
            raise NotFound("provider", provider_id)
    timetable = timetable_of(setup)
    duration = query.duration if query.duration is not None else kind.duration
    clinic = setup.organisation
    begin = max(now + clinic.notice, query.not_before or now)
    wanted = Wanted(
        kind.id,
        max(1, -int(-duration.total_seconds() // 60)),
        -int(-begin.timestamp() // 1),
        int((now + clinic.horizon).timestamp()) + 1,
        query.date_from.toordinal(),
        query.date_to.toordinal(),
        query.location_id,
        (_minute(query.time_from, 0), _minute(query.time_to, MINUTES_A_DAY)),
        query.weekdays,
        frozenset(day.toordinal() for day in query.excluded_dates),
        frozenset(int(start.timestamp()) for start in query.excluded_starts),
        tuple((_minute(first, 0), _minute(last, MINUTES_A_DAY)) for first, last in query.excluded_times),
    )
    return Search(setup, timetable, kind, _eligible(timetable, kind, query), _inside_dates(timetable, wanted), query)


def _inside_dates(timetable: Timetable, wanted: Wanted) -> Wanted:
    """Return the search cut to the moments that its wall days have in any of the clinic's zones."""
    zones = {location.timezone for location in timetable.setup.locations.values()}
    if not zones or wanted.first_day > wanted.last_day:
        return replace(wanted, end=wanted.begin)
    begin = min(day_span(timetable, zone, wanted.first_day)[0] for zone in zones)
    end = max(day_span(timetable, zone, wanted.last_day)[1] for zone in zones)
    return replace(wanted, begin=max(begin, wanted.begin), end=min(end, wanted.end))


def day_span(timetable: Timetable, zone: str, ordinal: int) -> tuple[int, int]:
    """Return when a wall day begins and ends; one that is beyond all planning is read as the last that is not."""
    return timetable.day(zone, min(max(ordinal, _DAYS_WITH_ZONES[0]), _DAYS_WITH_ZONES[1])).span


def _eligible(timetable: Timetable, kind: AppointmentType, query: SlotQuery) -> tuple[Provider, ...]:
    if not kind.is_active:
        return ()
    specialty = folded(query.specialty) if query.specialty else None
    if specialty is None and not query.provider_ids and kind.specialty:
        # Nobody was named: a type of some specialty is not offered with those who have others.
        named = folded(kind.specialty)
        if any(_has(provider, named) for provider in timetable.in_order()):
            specialty = named
    return tuple(
        provider
        for provider in timetable.in_order()
        if provider.is_active
        and (not query.provider_ids or provider.id in query.provider_ids)
        and provider.id not in query.excluded_provider_ids
        and (specialty is None or _has(provider, specialty))
    )


def _has(provider: Provider, specialty: str) -> bool:
    return any(folded(own) == specialty for own in provider.specialties)


def ask_of(search: Search, window: Wanted, *, with_holds: bool = True) -> BusyAsk:
    """Return what must be known to judge the starts of a window."""
    pause = max((provider.buffer_between for provider in search.providers), default=timedelta(0))
    before, after = search.kind.buffer_before, search.kind.buffer_after + pause
    is_everybody = len(search.providers) == len(search.setup.providers)
    return BusyAsk(
        window.begin - before.total_seconds(),
        window.end + window.minutes * 60 + after.total_seconds(),
        () if is_everybody and len(search.providers) > 1 else tuple(provider.seq for provider in search.providers),
        room_seqs=_rooms_of(search),
        patient_id=search.query.patient_id,
        ignoring=search.query.ignoring_holds | ({search.query.ignoring} if search.query.ignoring else frozenset()),
        with_holds=with_holds,
        counting=any(provider.max_daily is not None for provider in search.providers),
    )


def _rooms_of(search: Search) -> Sequence[int]:
    rooms = search.setup.rooms
    if not rooms:
        return ()
    named = {room_id for provider in search.providers if provider.lanes == 1 for room_id in search.timetable.rooms_of(provider)}
    return sorted(rooms[room_id].seq for room_id in named if room_id in rooms)


def rooms_by_id(search: Search, busy: BusyTimes) -> Mapping[RoomId, Spans]:
    """Return the busy time of the rooms by their ids."""
    return {room.id: busy.rooms[room.seq] for room in search.setup.rooms.values() if room.seq in busy.rooms} if busy.rooms else {}


def taken_by(search: Search, provider: Provider, busy: BusyTimes, rooms: Mapping[RoomId, Spans]) -> Taken:
    """Return what is in the way of one provider's next visit."""
    before, after = buffers(search.kind, provider)
    return Taken(
        lanes_of(provider, busy),
        int(before.total_seconds()),
        int(after.total_seconds()),
        rooms if provider.lanes == 1 else {},
        busy.patient,
        busy.starts.get(provider.seq, ()),
        provider.max_daily,
    )


def lanes_of(provider: Provider, busy: BusyTimes) -> Sequence[Spans]:
    """Return the busy time of each of the provider's lanes. Claims in lanes that the provider no longer has count for the last one."""
    claimed = busy.lanes.get(provider.seq, {})
    last = provider.lanes - 1
    if all(lane <= last for lane in claimed):
        return tuple(claimed.get(lane, NO_SPANS) for lane in range(provider.lanes))
    lanes = [claimed.get(lane, NO_SPANS) for lane in range(last)]
    return (*lanes, united(spans for lane, spans in claimed.items() if lane >= last))


def _minute(clock: time | None, otherwise: int) -> int:
    return otherwise if clock is None else clock.hour * 60 + clock.minute
