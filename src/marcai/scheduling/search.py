"""Search for free slots, over the busy times of one unit of work.

The time that is looked at widens: 3 days, 6, 12 … (more at first for few providers), one query each, so that a search
through every provider ends where the first slots are. Windows are cut by the real clock, since a clinic's locations may
lie in several zones.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from marcai.scheduling.certificate import certified
from marcai.scheduling.hours import SECONDS_A_DAY, Hours
from marcai.scheduling.ports import SchedulingUnit
from marcai.scheduling.provider import Provider, ProviderId
from marcai.scheduling.query import Search, ask_of, prepared, rooms_by_id, taken_by
from marcai.scheduling.requests import Earliest, SlotPage, SlotQuery
from marcai.scheduling.slots import SlotMaker, Taken, Wanted, free_stretches

FIRST_WINDOW_DAYS = 3
EASY_PROVIDER_DAYS = 60
"""So many days of one provider cost hardly more than one: few providers are searched in longer windows."""
MANY_PROVIDERS = 6
FIRST_LOOKS = (1800, 4 * 3600)
"""With many providers the first looks are short ones, from when the first of them opens: mostly one of them is free then."""


async def free_slots(unit: SchedulingUnit, query: SlotQuery, *, limit: int, after: tuple[datetime, ProviderId] | None = None) -> SlotPage:
    """Return free slots in order of (start, provider's seq), at most `limit`, those that come after `after`.

    A provider has at most one slot at a start. Nothing of an inactive type, provider or location is offered.

    Raises:
        NotFound: the type, the location or a provider of the query is unknown.
    """
    search = prepared(await unit.setup(), query, unit.now)
    wanted = search.wanted
    last_seen = (0, 0)
    if after is not None:
        last_provider = search.setup.providers.get(after[1])
        last_seen = int(after[0].timestamp()), last_provider.seq if last_provider else 0
        wanted = replace(wanted, begin=max(wanted.begin, last_seen[0]))
    found: list[tuple[int, int, int]] = []
    makers: list[SlotMaker] = []
    for window in _looks(search, wanted):
        busy = await unit.calendar.busy(ask_of(search, window))
        rooms = rooms_by_id(search, busy)
        for provider in search.providers:
            for hours, starts in free_stretches(search.timetable, provider, window, taken_by(search, provider, busy, rooms)):
                number, seq = len(makers), provider.seq
                makers.append(SlotMaker.of(search.timetable, provider, wanted, hours))
                found += [(start, seq, number) for start in starts]
        if len(found) > limit and len(_first(found, limit + 1, last_seen)) > limit:
            break
    page = _first(found, limit + 1, last_seen)
    return SlotPage(tuple(makers[number].slot(start) for start, _, number in page[:limit]), has_more=len(page) > limit)


def _first(found: list[tuple[int, int, int]], limit: int, last_seen: tuple[int, int]) -> list[tuple[int, int, int]]:
    """Return the first that come after the last seen: one of each (start, provider), the hours that were found first."""
    found.sort()
    page: list[tuple[int, int, int]] = []
    previous = last_seen
    for item in found:
        key = item[:2]
        if key > previous:
            page.append(item)
            previous = key
            if len(page) == limit:
                break
    return page


async def earliest(unit: SchedulingUnit, query: SlotQuery, *, explain: bool = False) -> Earliest:
    """Return the one slot that begins first, or none; of several that begin together, the one of the provider with the lowest seq.

    It is the first slot of `free_slots`. With `explain`, every earlier candidate comes with the reason why it is not offered
    (see `certificate.certified` for what a candidate is, and for the bound).

    Raises:
        NotFound: the type, the location or a provider of the query is unknown.
    """
    search = prepared(await unit.setup(), query, unit.now)
    best: tuple[int, SlotMaker] | None = None
    for window in _looks(search, search.wanted):
        busy = await unit.calendar.busy(ask_of(search, window))
        rooms = rooms_by_id(search, busy)
        for provider in search.providers:
            # Whoever comes later in the order must begin strictly earlier than the best so far.
            rest = window if best is None else replace(window, end=best[0])
            found = _first_free(search, provider, rest, taken_by(search, provider, busy, rooms))
            if found is not None:
                best = found[0], SlotMaker.of(search.timetable, provider, search.wanted, found[1])
                if best[0] <= window.begin:
                    break
        if best is not None:
            break
    certificate = await certified(unit, search, until=best[0] if best else None) if explain else ()
    return Earliest(best[1].slot(best[0]) if best else None, certificate)


def _first_free(search: Search, provider: Provider, window: Wanted, taken: Taken) -> tuple[int, Hours] | None:
    first: tuple[int, Hours] | None = None
    for hours, starts in free_stretches(search.timetable, provider, window, taken):
        if first is None or starts[0] < first[0]:
            first = starts[0], hours
        elif starts[0] > first[0] + 2 * SECONDS_A_DAY:
            # Hours come by wall days: none of a later day can begin before this one any more, whatever its zone.
            break
    return first


def _looks(search: Search, wanted: Wanted) -> Iterator[Wanted]:
    """Yield the windows of a search: for many providers, first some short looks from when the first of them opens."""
    if len(search.providers) >= MANY_PROVIDERS:
        first = _opening(search, wanted)
        if first is None:
            return
        begin = max(wanted.begin, first)
        for length in FIRST_LOOKS:
            end = min(wanted.end, begin + length)
            if begin < end:
                yield replace(wanted, begin=begin, end=end)
            begin = end
        wanted = replace(wanted, begin=begin)
    yield from windows(wanted, len(search.providers))


def _opening(search: Search, wanted: Wanted) -> int | None:
    """Return a moment before which nobody can have a wanted start; None when nobody has one at all."""
    found = None
    for ordinal in wanted.days():
        opening = search.timetable.opening(ordinal) if wanted.wants_day(ordinal) else None
        days = [search.timetable.day(zone, ordinal) for zone in search.timetable.zones()]
        if opening is None or max(day.span[1] for day in days) <= wanted.begin:
            continue
        wall = min(day.span[0] + (wanted.clock[0] * 60 if day.is_ordinary else 0) for day in days)
        begin = max(opening, wall, wanted.begin)
        if found is not None and begin >= found:
            # In another zone the next wall day may begin before this one's hours, but never the one after.
            break
        found = begin
    return found


def windows(wanted: Wanted, providers: int) -> Iterator[Wanted]:
    """Yield the wanted time in pieces that double in length."""
    if not providers:
        return
    days = max(FIRST_WINDOW_DAYS, EASY_PROVIDER_DAYS // providers)
    begin = wanted.begin
    while begin < wanted.end:
        end = min(begin + days * SECONDS_A_DAY, wanted.end)
        yield replace(wanted, begin=begin, end=end)
        begin, days = end, days * 2
