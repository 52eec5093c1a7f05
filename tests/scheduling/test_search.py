"""Search in windows, beside the same search in one piece; over a calendar in memory, which keeps what `Calendar.busy` promises."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from marcai.clinics.clinic import Location, LocationId
from marcai.scheduling.errors import NotFound
from marcai.scheduling.hours import timetable_of
from marcai.scheduling.ports import BusyAsk, BusyTimes, SchedulingUnit
from marcai.scheduling.provider import AppointmentTypeId, Provider, ProviderId, Template
from marcai.scheduling.query import prepared
from marcai.scheduling.requests import SlotQuery, WhyNot
from marcai.scheduling.search import earliest, free_slots, windows
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import SlotMaker, Spans, Taken, free_stretches
from tests import scale
from tests.scheduling.setups import CLINIC, LOCATION, TYPE, hours, setup

NOW = datetime(2026, 10, 29, 15, 20, tzinfo=UTC)
TODAY = date(2026, 10, 29)
FAR = Location(LocationId(uuid4()), "Far", "America/New_York")
"""Its clock changes on 1 November, inside the days that are searched."""


@dataclass
class MemoryCalendar:
    """Busy time of providers by seq, one lane each."""

    busy_of: Mapping[int, list[tuple[int, int]]]
    asked: int = 0

    async def busy(self, ask: BusyAsk) -> BusyTimes:
        self.asked += 1
        lanes: dict[int, dict[int, Spans]] = {}
        for seq, spans in self.busy_of.items():
            here = [(b, e) for b, e in spans if b < ask.end and e > ask.start]
            if here and (not ask.provider_seqs or seq in ask.provider_seqs):
                lanes[seq] = {0: ([b for b, _ in here], [e for _, e in here])}
        return BusyTimes(lanes)


@dataclass
class MemoryUnit:
    calendar: MemoryCalendar
    made: Setup
    now: datetime = NOW

    async def setup(self) -> Setup:
        return self.made


def unit_of(made: Setup, busy: Mapping[int, list[tuple[int, int]]]) -> tuple[SchedulingUnit, MemoryCalendar]:
    calendar = MemoryCalendar(busy)
    return cast(SchedulingUnit, MemoryUnit(calendar, made)), calendar


def some_clinic(chance: Random, providers: int) -> Setup:
    people = [Provider(ProviderId(UUID(int=chance.getrandbits(128))), n + 1, f"Dr. {n}") for n in range(providers)]
    templates: dict[ProviderId, tuple[Template, ...]] = {}
    for one in people:
        own = []
        for weekday in chance.sample(range(7), chance.randint(0, 4)):
            start = time(chance.choice([0, 1, 8, 9, 13]), chance.choice([0, 20]))
            end = time(min(23, start.hour + chance.choice([1, 3, 6])), 30)
            place = chance.choice([LOCATION.id, FAR.id])
            own.append(hours(weekday, start, end, provider_id=one.id, location_id=place, slot_length=timedelta(minutes=30)))
        templates[one.id] = tuple(own)
    made = setup(locations=[FAR], clinic=replace(CLINIC, horizon=timedelta(days=60)))
    return replace(made, providers={p.id: p for p in people}, templates=templates, overrides={})


def some_busy(chance: Random, made: Setup) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    begin = int(NOW.timestamp())
    full = chance.choice([0, 0, 2, 12])
    for provider in made.providers.values():
        moment = begin + full * 86_400
        if full:
            found[provider.seq].append((begin - 86_400, moment))
        for _ in range(40):
            moment += chance.randrange(0, 86_400, 600)
            end = moment + chance.choice([600, 1800, 36_000])
            found[provider.seq].append((moment, end))
            moment = end
    return found


def some_query(chance: Random, made: Setup) -> SlotQuery:
    begin = TODAY + timedelta(days=chance.randint(-2, 6))
    more: dict[str, Any] = {}
    if chance.random() < 0.4:
        more["time_from"], more["time_to"] = chance.choice([(time(9), time(12)), (time(13), None), (time(0), time(3))])
    if chance.random() < 0.3:
        more["weekdays"] = frozenset(chance.sample(range(7), 2))
    if chance.random() < 0.3:
        more["excluded_dates"] = frozenset({begin, begin + timedelta(days=1)})
    if chance.random() < 0.2:
        more["location_id"] = FAR.id
    if chance.random() < 0.2:
        more["provider_ids"] = frozenset(chance.sample(sorted(made.providers), min(3, len(made.providers))))
    return SlotQuery(TYPE.id, begin, begin + timedelta(days=chance.choice([0, 3, 30, 300])), **more)


def whole(made: Setup, busy: Mapping[int, list[tuple[int, int]]], query: SlotQuery) -> list[Any]:
    """Every free slot in order, found without windows."""
    search = prepared(made, query, NOW)
    slots = []
    for provider in search.providers:
        spans = busy.get(provider.seq, [])
        taken = Taken([([b for b, _ in spans], [e for _, e in spans])])
        for stretch, starts in free_stretches(search.timetable, provider, search.wanted, taken):
            maker = SlotMaker.of(search.timetable, provider, search.wanted, stretch)
            slots += [(start, provider.seq, maker.slot(start)) for start in starts]
    return [slot for _, _, slot in sorted(slots, key=lambda found: found[:2])]


async def test_windows_find_what_one_search_finds_in_the_same_order() -> None:
    chance = scale.seeded("search")
    found_some = 0
    for _ in range(scale.rounds(4000, smaller_by=100)):
        made = some_clinic(chance, chance.choice([1, 3, 60]))
        query = some_query(chance, made)
        busy = some_busy(chance, made)
        expected = whole(made, busy, query)
        unit, _ = unit_of(made, busy)
        first = await earliest(unit, query)
        assert first.slot == (expected[0] if expected else None), query
        page = await free_slots(unit, query, limit=20)
        assert list(page.slots) == expected[:20], query
        assert page.has_more == (len(expected) > 20)
        if page.has_more:
            after = page.slots[-1].start, page.slots[-1].provider_id
            assert list((await free_slots(unit, query, limit=5, after=after)).slots) == expected[20:25], query
        found_some += bool(expected)
    assert found_some > scale.rounds(4000, smaller_by=100) / 4


async def test_a_certificate_names_every_earlier_start_of_the_grid_and_only_those() -> None:
    chance = scale.seeded("certificate")
    for _ in range(scale.rounds(1500, smaller_by=100)):
        made = some_clinic(chance, 3)
        query, busy = some_query(chance, made), some_busy(chance, made)
        unit, _ = unit_of(made, busy)
        found = await earliest(unit, query, explain=True)
        keys = [(c.start.timestamp(), made.providers[c.provider_id].seq) for c in found.certificate]
        assert keys == sorted(set(keys))
        if found.slot is not None:
            assert all(start < found.slot.start.timestamp() for start, _ in keys)
            # Had nobody any visit, what is not in the certificate before the slot would be free: there is no such start.
            free = whole(made, {}, query)
            earlier = {(s.start.timestamp(), s.provider_id) for s in free if s.start.timestamp() < found.slot.start.timestamp()}
            taken = {(c.start.timestamp(), c.provider_id) for c in found.certificate if c.why is WhyNot.TAKEN}
            assert taken == earlier
        assert {c.why for c in found.certificate} <= {WhyNot.TAKEN, WhyNot.EXCLUDED, WhyNot.PAST, WhyNot.BEYOND_HORIZON}


async def test_a_search_for_every_provider_does_not_scan_the_horizon() -> None:
    chance = scale.seeded("horizon")
    made = some_clinic(chance, 60)
    unit, calendar = unit_of(made, {})
    await earliest(unit, SlotQuery(TYPE.id, TODAY, TODAY + timedelta(days=59)))
    assert calendar.asked <= 3


def test_windows_double_and_cover_the_wanted_time_once() -> None:
    wanted = prepared(some_clinic(scale.seeded("w"), 60), SlotQuery(TYPE.id, TODAY, TODAY + timedelta(days=300)), NOW).wanted
    found = list(windows(wanted, 60))
    assert [round((w.end - w.begin) / 86_400) for w in found[:4]] == [3, 6, 12, 24]
    assert found[0].begin == wanted.begin
    assert found[-1].end == wanted.end
    assert all(one.end == other.begin for one, other in pairwise(found))


async def test_unknown_names_of_a_query_are_not_found() -> None:
    unit, _ = unit_of(setup([hours(0, time(9), time(12))]), {})
    query = SlotQuery(TYPE.id, TODAY, TODAY)
    for wrong in (
        replace(query, appointment_type_id=AppointmentTypeId(uuid4())),
        replace(query, location_id=LocationId(uuid4())),
        replace(query, provider_ids=frozenset({ProviderId(uuid4())})),
    ):
        with pytest.raises(NotFound):
            await earliest(unit, wrong)


async def test_days_without_end_or_beginning_are_searched_as_far_as_there_are_days() -> None:
    unit, _ = unit_of(setup([hours(0, time(9), time(12))]), {})
    assert (await earliest(unit, SlotQuery(TYPE.id, date.min, date.max), explain=True)).slot is not None
    assert (await earliest(unit, SlotQuery(TYPE.id, date.max, date.max), explain=True)).slot is None
    assert (await earliest(unit, SlotQuery(TYPE.id, date.min, date.min), explain=True)).slot is None
    assert (await earliest(unit, SlotQuery(TYPE.id, date.max, date.min), explain=True)).slot is None


def test_the_timetable_of_a_set_up_is_kept_by_the_very_value() -> None:
    made = setup([hours(0, time(9), time(12))])
    assert timetable_of(made) is timetable_of(made)
    assert timetable_of(replace(made)) is not timetable_of(made)
