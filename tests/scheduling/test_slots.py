"""Slot search against an oracle that knows no arithmetic but walking through real minutes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from marcai.kit.zones import zone
from marcai.scheduling.hours import Timetable
from marcai.scheduling.provider import AppointmentTypeId, Override, OverrideKind, Template
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import NO_SPANS, Spans, Taken, Wanted, free_stretches, is_free, united
from tests import scale
from tests.scheduling.setups import LOCATION, OTHER_TYPE, PROVIDER, TYPE, hours, setup

DAYS = {
    "America/New_York": (date(2026, 10, 31), date(2026, 3, 7)),
    "Australia/Lord_Howe": (date(2026, 10, 3), date(2026, 4, 4)),
    "America/Sao_Paulo": (date(2026, 11, 23), date(2018, 11, 3)),
}
LENGTH = 3
"""Days that one example looks at."""


@dataclass(frozen=True)
class Case:
    zone: str
    first: date
    templates: tuple[Template, ...]
    overrides: tuple[Override, ...]
    busy: tuple[tuple[int, int, int], ...]
    """(lane, first real minute after the first midnight UTC, length)"""
    patient: tuple[tuple[int, int], ...]
    lanes: int
    minutes: int
    before: int
    after: int
    clock: tuple[int, int]
    limit: int | None

    @property
    def origin(self) -> int:
        return int(datetime.combine(self.first, time(0), tzinfo=UTC).timestamp())

    @property
    def clinic(self) -> Setup:
        return setup(self.templates, self.overrides, zone=self.zone, provider=replace(PROVIDER, lanes=self.lanes))


def clock_time(chance: Random) -> time:
    """A time in the small hours, in which clocks change, or in a morning."""
    return time(chance.choice([0, 1, 2, 3, 4, 8, 9, 10, 11, 12]), chance.choice([0, 10, 30, 45]))


def two_times(chance: Random) -> tuple[time, time]:
    first, last = sorted([clock_time(chance), clock_time(chance)])
    return (first, last) if first < last else two_times(chance)


def some_template(chance: Random, first: date) -> Template:
    day = (first + timedelta(days=chance.randrange(LENGTH))).weekday()
    step = timedelta(minutes=chance.choice([10, 15, 30, 50]))
    types = chance.choice([frozenset(), frozenset(), frozenset({TYPE.id}), frozenset({OTHER_TYPE.id})])
    until = first + timedelta(days=chance.randint(1, 5))
    return hours(day, *two_times(chance), slot_length=step, appointment_type_ids=types, valid_to=until)


def some_override(chance: Random, first: date) -> Override:
    kind = chance.choice(list(OverrideKind))
    begin = first + timedelta(days=chance.randint(-1, 2))
    whole = kind is OverrideKind.BLOCKED and chance.random() < 0.3
    times = (None, None) if whole else two_times(chance)
    return Override(uuid4(), PROVIDER.id, kind, begin, begin + timedelta(days=chance.randint(0, 1)), *times)


def some_case(chance: Random) -> Case:
    name = chance.choice(sorted(DAYS))
    first = chance.choice(DAYS[name])
    noon = datetime.combine(first, time(12), tzinfo=zone(name)).utcoffset()
    assert noon is not None
    lanes = chance.choice([1, 1, 2])

    def minute() -> int:
        clock = clock_time(chance)
        return chance.randint(-1, LENGTH) * 1440 + clock.hour * 60 + chance.randrange(0, 60, 5) - minutes_of(noon)

    return Case(
        name,
        first,
        tuple(some_template(chance, first) for _ in range(chance.randint(1, 4))),
        tuple(some_override(chance, first) for _ in range(chance.choice([0, 0, 1, 1, 2]))),
        tuple((chance.randrange(lanes), minute(), chance.choice([5, 30, 90])) for _ in range(chance.randint(0, 16 * lanes))),
        tuple((minute(), chance.choice([15, 60])) for _ in range(chance.choice([0, 0, 4]))),
        lanes,
        chance.choice([15, 30, 45, 60]),
        chance.choice([0, 5, 20]),
        chance.choice([0, 10]),
        chance.choice([(0, 1440), (0, 1440), (540, 720), (60, 180)]),
        chance.choice([None, None, None, 1, 3]),
    )


@cache
def shown(name: str, origin: int) -> list[tuple[date, int]]:
    """What the wall clock shows at each real minute, from two days before the origin."""
    where = zone(name)
    found = []
    for minute in range(-2880, (LENGTH + 2) * 1440):
        wall = datetime.fromtimestamp(origin + minute * 60, where)
        found.append((wall.date(), wall.hour * 60 + wall.minute))
    return found


def minute_of(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def minutes_of(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def stretches(case: Case, day: date) -> Iterator[tuple[int, int, int, frozenset[AppointmentTypeId]]]:
    """The hours of a day as (first wall minute, last, step, types), before what is blocked is taken out."""
    here = [o for o in case.overrides if o.date_from <= day <= o.date_to]
    usual = [t for t in case.templates if t.weekday == day.weekday() and (t.valid_to is None or day <= t.valid_to)]
    step = minutes_of(case.templates[0].slot_length if case.templates else PROVIDER.default_duration)
    modified = [o for o in here if o.kind is OverrideKind.MODIFIED]
    for template in usual:
        for span in [(o.start, o.end) for o in modified] or [(template.start, template.end)]:
            assert span[0] is not None
            assert span[1] is not None
            yield minute_of(span[0]), minute_of(span[1]), minutes_of(template.slot_length), template.appointment_type_ids
    for one in here:
        if one.kind is OverrideKind.ADDED or (one.kind is OverrideKind.MODIFIED and not usual):
            assert one.start is not None
            assert one.end is not None
            first = sorted(usual, key=lambda t: (t.start, t.end))
            yield minute_of(one.start), minute_of(one.end), minutes_of(first[0].slot_length) if first else step, frozenset()


def oracle(case: Case) -> set[int]:
    """The real minutes, from the origin, at which a visit may start: by looking at every minute that it would take."""
    walls = shown(case.zone, case.origin)
    taken: list[set[int]] = [set() for _ in range(case.lanes)]
    for lane, begin, length in case.busy:
        taken[lane] |= set(range(begin, begin + length))
    own = {minute for begin, length in case.patient for minute in range(begin, begin + length)}
    begun = [begin for _, begin, _ in case.busy]
    found = set()
    of_day = {day: list(stretches(case, day)) for day, _ in walls}
    for start in range(LENGTH * 1440):
        day, wall = walls[start + 2880]
        if not case.clock[0] <= wall < case.clock[1]:
            continue
        for first, last, step, types in of_day[day]:
            if types and TYPE.id not in types:
                continue
            if not first <= wall < last or (wall - first) % step:
                continue
            visit = range(start, start + case.minutes)
            if not all(is_open(case, day, first, last, walls[minute + 2880]) for minute in visit):
                continue
            around = set(range(start - case.before, start + case.minutes + case.after))
            if all(around & lane for lane in taken) or set(visit) & own:
                continue
            if case.limit is not None and sum(walls[b + 2880][0] == day for b in begun if -2880 <= b < (LENGTH + 2) * 1440) >= case.limit:
                continue
            found.add(start)
    return found


def is_open(case: Case, day: date, first: int, last: int, wall: tuple[date, int]) -> bool:
    if wall[0] != day or not first <= wall[1] < last:
        return False
    for one in case.overrides:
        if one.kind is OverrideKind.BLOCKED and one.date_from <= day <= one.date_to:
            begin, end = minute_of(one.start or time(0)), minute_of(one.end) if one.end else 1440
            if begin <= wall[1] < end:
                return False
    return True


def spans(case: Case, pieces: list[tuple[int, int]]) -> Spans:
    return united([([case.origin + 60 * b for b, _ in pieces], [case.origin + 60 * (b + n) for b, n in pieces])])


def searched(case: Case, *, begin: int = 0, end: int = LENGTH * 1440) -> list[int]:
    clinic = case.clinic
    wanted = Wanted(
        TYPE.id,
        case.minutes,
        case.origin + begin * 60,
        case.origin + end * 60,
        case.first.toordinal() - 2,
        case.first.toordinal() + LENGTH + 2,
        clock=case.clock,
    )
    taken = Taken(
        [spans(case, [(b, n) for lane, b, n in case.busy if lane == k]) for k in range(case.lanes)],
        case.before * 60,
        case.after * 60,
        patient=spans(case, list(case.patient)),
        starts=sorted(case.origin + 60 * b for _, b, _ in case.busy),
        max_daily=case.limit,
    )
    provider = clinic.providers[PROVIDER.id]
    stretches = list(free_stretches(Timetable(clinic), provider, wanted, taken))
    assert all(starts == sorted(starts) for _, starts in stretches)
    return [(start - case.origin) // 60 for _, starts in stretches for start in starts]


def test_the_search_finds_what_walking_through_every_minute_finds() -> None:
    chance = scale.seeded("slots")
    slots = 0
    for _ in range(scale.rounds(6_000, smaller_by=150)):
        case = some_case(chance)
        expected = oracle(case)
        assert set(searched(case)) == expected, case
        slots += len(expected)
    assert slots > scale.rounds(6_000, smaller_by=150)


def test_two_windows_find_together_what_one_finds() -> None:
    chance = scale.seeded("windows")
    for _ in range(scale.rounds(6_000, smaller_by=150)):
        case, cut = some_case(chance), chance.randrange(LENGTH * 1440)
        whole = searched(case)
        early, late = [s for s in whole if s < cut], [s for s in whole if s >= cut]
        assert sorted(searched(case, end=cut)) == sorted(early), case
        assert sorted(searched(case, begin=cut)) == sorted(late), case


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=8), st.integers(0, 60), st.integers(1, 9))
def test_a_time_is_free_when_none_of_its_minutes_is_taken(pieces: list[tuple[int, int]], begin: int, length: int) -> None:
    joined = united([([b for b, _ in pieces], [b + n for b, n in pieces])])
    taken = {minute for b, n in pieces for minute in range(b, b + n)}
    assert is_free(joined, begin, begin + length) == (not taken & set(range(begin, begin + length)))


def test_a_slot_touching_a_busy_time_is_free() -> None:
    assert is_free(([10], [20]), 0, 10)
    assert is_free(([10], [20]), 20, 30)
    assert is_free(NO_SPANS, 0, 1)


def test_a_visit_that_does_not_fit_before_the_end_of_the_hours_is_not_offered() -> None:
    assert LOCATION.timezone == "America/Sao_Paulo"
    clinic = setup([hours(0, time(9), time(10, 15), slot_length=timedelta(minutes=30))])
    monday = date(2026, 11, 23).toordinal()
    wanted = Wanted(TYPE.id, 30, 0, 2**33, monday, monday)
    ((_, starts),) = free_stretches(Timetable(clinic), PROVIDER, wanted, Taken([NO_SPANS]))
    assert [datetime.fromtimestamp(s, zone("America/Sao_Paulo")).strftime("%H:%M") for s in starts] == ["09:00", "09:30"]
