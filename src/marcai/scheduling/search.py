"""Search for free slots, over the busy times of one unit of work.

The time that is looked at widens: 3 days, 6, 12 … (more at first for few providers), one query each, so that a search
through every provider ends where the first slots are. Windows are cut by the real clock, since a clinic's locations may
lie in several zones.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from heapq import nsmallest

from marcai.scheduling.certificate import certified
from marcai.scheduling.hours import SECONDS_A_DAY, Hours
from marcai.scheduling.ports import SchedulingUnit
from marcai.scheduling.provider import Provider, ProviderId
from marcai.scheduling.query import Search, ask_of, prepared, rooms_by_id, taken_by
from marcai.scheduling.requests import Earliest, SlotPage, SlotQuery
from marcai.scheduling.slots import Taken, Wanted, first_wanted, free_starts, slot_at

FIRST_WINDOW_DAYS = 3
EASY_PROVIDER_DAYS = 60
"""So many days of one provider cost hardly more than one: few providers are searched in longer windows."""
MANY_PROVIDERS = 40
"""From so many on, the first look is a short one: the hours right after the very first start that anybody has."""
FIRST_LOOK = 2 * 3600


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
    found: dict[tuple[int, int], tuple[Provider, Hours]] = {}
    for window in windows(wanted, len(search.providers)):
        busy = await unit.calendar.busy(ask_of(search, window))
        rooms = rooms_by_id(search, busy)
        for provider in search.providers:
            taken = taken_by(search, provider, busy, rooms)
            for start, hours in free_starts(search.timetable, provider, window, taken):
                if (start, provider.seq) > last_seen:
                    found.setdefault((start, provider.seq), (provider, hours))
        if len(found) > limit:
            break
    page = nsmallest(limit, found) if len(found) > limit else sorted(found)
    slots = tuple(slot_at(search.timetable, found[key][0], wanted, key[0], found[key][1]) for key in page)
    return SlotPage(slots, has_more=len(found) > limit)


async def earliest(unit: SchedulingUnit, query: SlotQuery, *, explain: bool = False) -> Earliest:
    """Return the one slot that begins first, or none; of several that begin together, the one of the provider with the lowest seq.

    It is the first slot of `free_slots`. With `explain`, every earlier candidate comes with the reason why it is not offered
    (see `certificate.certified` for what a candidate is, and for the bound).

    Raises:
        NotFound: the type, the location or a provider of the query is unknown.
    """
    search = prepared(await unit.setup(), query, unit.now)
    best: tuple[int, Provider, Hours] | None = None
    for window in _looks(search):
        busy = await unit.calendar.busy(ask_of(search, window))
        rooms = rooms_by_id(search, busy)
        for provider in search.providers:
            # Whoever comes later in the order must begin strictly earlier than the best so far.
            rest = window if best is None else replace(window, end=best[0])
            found = _first_free(search, provider, rest, taken_by(search, provider, busy, rooms))
            if found is not None:
                best = found[0], provider, found[1]
        if best is not None:
            break
    if best is None:
        return Earliest(None, await certified(unit, search, until=None) if explain else ())
    slot = slot_at(search.timetable, best[1], search.wanted, best[0], best[2])
    return Earliest(slot, await certified(unit, search, until=best[0]) if explain else ())


def _first_free(search: Search, provider: Provider, window: Wanted, taken: Taken) -> tuple[int, Hours] | None:
    first: tuple[int, Hours] | None = None
    for start, hours in free_starts(search.timetable, provider, window, taken, only_first=True):
        if first is None or start < first[0]:
            first = start, hours
        elif start > first[0] + 2 * SECONDS_A_DAY:
            # Hours come by wall days: none of a later day can begin before this one any more, whatever its zone.
            break
    return first


def _looks(search: Search) -> Iterator[Wanted]:
    """Yield the windows of a search for one slot: for many providers, first a short look at where the first starts are."""
    wanted = search.wanted
    if len(search.providers) >= MANY_PROVIDERS:
        first = min(
            (moment for provider in search.providers if (moment := first_wanted(search.timetable, provider, wanted)) is not None),
            default=None,
        )
        if first is None:
            return
        look = replace(wanted, begin=first, end=min(wanted.end, first + FIRST_LOOK))
        yield look
        wanted = replace(wanted, begin=look.end)
    yield from windows(wanted, len(search.providers))


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
