from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marcai.clinics.clinic import Location, LocationId
from marcai.kit.zones import zone
from marcai.scheduling.hours import Hours, Timetable, open_spans, real_starts, zone_day
from marcai.scheduling.provider import Override, OverrideKind, Template
from tests.scheduling.setups import LOCATION, OTHER_TYPE, PROVIDER, hours, setup

MONDAY = date(2026, 11, 23)
MORNING = hours(0, time(9), time(12))
AFTERNOON = hours(0, time(14), time(16))
AWAY = Location(LocationId(uuid4()), "Norte", "America/Manaus")


def override(kind: OverrideKind, start: time | None = None, end: time | None = None, **more: object) -> Override:
    made = Override(uuid4(), PROVIDER.id, kind, MONDAY, MONDAY, start, end)
    return replace(made, **more)  # type: ignore[arg-type]


def open_walls(templates: list[Template], overrides: list[Override], day: date = MONDAY) -> list[str]:
    """What a patient would read on the door, from the open minutes of the day."""
    clinic = setup(templates, overrides, locations=[AWAY])
    timetable = Timetable(clinic)
    found = []
    for stretch in timetable.hours(PROVIDER, day.toordinal()):
        if not stretch.is_replaced:
            where = timetable.zone(stretch.zone)
            for span in open_spans(stretch, timetable.day(stretch.zone, day.toordinal())):
                first, last = (datetime.fromtimestamp(moment, where) for moment in span)
                found.append(f"{first:%H:%M}-{last:%H:%M}")
    return found


def test_templates_hold_on_their_weekday_while_they_are_valid_and_active() -> None:
    assert open_walls([MORNING, AFTERNOON], []) == ["09:00-12:00", "14:00-16:00"]
    assert open_walls([MORNING], [], date(2026, 11, 24)) == []
    assert open_walls([replace(MORNING, valid_from=MONDAY, valid_to=MONDAY)], []) == ["09:00-12:00"]
    assert open_walls([replace(MORNING, valid_from=date(2026, 11, 24))], []) == []
    assert open_walls([replace(MORNING, valid_to=date(2026, 11, 22))], []) == []
    assert open_walls([replace(MORNING, is_active=False)], []) == []


def test_a_blocked_day_is_closed_and_a_blocked_hour_is_a_hole() -> None:
    assert open_walls([MORNING], [override(OverrideKind.BLOCKED)]) == []
    assert open_walls([MORNING], [override(OverrideKind.BLOCKED, time(10), time(11))]) == ["09:00-10:00", "11:00-12:00"]
    assert open_walls([MORNING], [override(OverrideKind.BLOCKED, time(10))]) == ["09:00-10:00"]


def test_modified_hours_take_the_place_of_all_templates_of_the_day() -> None:
    assert open_walls([MORNING, AFTERNOON], [override(OverrideKind.MODIFIED, time(7), time(8))]) == ["07:00-08:00"]


def test_modified_hours_without_a_template_are_hours_where_the_provider_mostly_is() -> None:
    assert open_walls([], [override(OverrideKind.MODIFIED, time(7), time(8))]) == ["07:00-08:00"]


def test_modified_hours_elsewhere_are_read_on_the_clock_of_that_place() -> None:
    moved = override(OverrideKind.MODIFIED, time(8), time(9), location_id=AWAY.id)
    timetable = Timetable(setup([MORNING], [moved], locations=[AWAY]))
    (stretch,) = [h for h in timetable.hours(PROVIDER, MONDAY.toordinal()) if not h.is_replaced]
    ((begin, _),) = open_spans(stretch, timetable.day(stretch.zone, MONDAY.toordinal()))
    assert datetime.fromtimestamp(begin, ZoneInfo("America/Sao_Paulo")).hour == 9


def test_added_hours_stand_beside_the_templates_and_are_open_to_every_type() -> None:
    added = override(OverrideKind.ADDED, time(19), time(21))
    assert open_walls([MORNING], [added]) == ["09:00-12:00", "19:00-21:00"]
    only_other = replace(MORNING, appointment_type_ids=frozenset({OTHER_TYPE.id}))
    stretches = Timetable(setup([only_other], [added])).hours(PROVIDER, MONDAY.toordinal())
    assert [stretch.types for stretch in stretches] == [frozenset({OTHER_TYPE.id}), frozenset()]


def test_blocked_time_closes_added_hours_too() -> None:
    both = [override(OverrideKind.ADDED, time(19), time(21)), override(OverrideKind.BLOCKED)]
    assert open_walls([MORNING], both) == []


def test_a_block_at_one_place_leaves_the_other_open() -> None:
    elsewhere = hours(0, time(14), time(16), location_id=AWAY.id)
    assert open_walls([MORNING, elsewhere], [override(OverrideKind.BLOCKED, location_id=LOCATION.id)]) == ["14:00-16:00"]


def test_an_inactive_place_has_no_hours() -> None:
    clinic = setup([MORNING])
    closed = replace(clinic, locations={LOCATION.id: replace(LOCATION, is_active=False)})
    assert Timetable(closed).hours(PROVIDER, MONDAY.toordinal()) == ()


@pytest.mark.parametrize(
    ("name", "day", "length"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("America/Vancouver", date(2026, 11, 1), 24),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # the clock skipped midnight itself
        ("America/Sao_Paulo", date(2018, 2, 17), 25),  # the last hour of the day came twice
        ("Africa/Cairo", date(2026, 10, 29), 25),
    ],
)
def test_a_day_is_as_long_as_its_zone_makes_it(name: str, day: date, length: float) -> None:
    begin, end = zone_day(zone(name), day.toordinal()).span
    assert (end - begin) / 3600 == length


def starts_on(name: str, day: date, stretch: tuple[int, int, int], minutes: int) -> list[str]:
    where = zone(name)
    found = Hours(LOCATION.id, name, stretch[0] * 60, stretch[1] * 60, stretch[2])
    return [f"{datetime.fromtimestamp(s, where):%H:%M%z}" for s in real_starts(found, zone_day(where, day.toordinal()), minutes)]


def test_a_time_that_the_clock_skips_has_no_slot_and_a_visit_may_run_over_the_gap() -> None:
    found = starts_on("America/New_York", date(2026, 3, 8), (1, 4, 30), 60)
    assert found == ["01:00-0500", "01:30-0500", "03:00-0400"]


def test_an_hour_that_the_clock_shows_twice_has_its_slots_twice() -> None:
    found = starts_on("America/New_York", date(2026, 11, 1), (1, 3, 60), 60)
    assert found == ["01:00-0400", "01:00-0500", "02:00-0500"]


@given(
    st.sampled_from(
        ["America/New_York", "Australia/Lord_Howe", "Europe/London", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca"]
    ),
    st.dates(date(2015, 1, 1), date(2027, 12, 31)),
)
def test_the_parts_of_a_day_are_its_real_minutes_and_the_days_follow_each_other(name: str, day: date) -> None:
    where = zone(name)
    found = zone_day(where, day.toordinal())
    assert found.parts[-1][1] == zone_day(where, day.toordinal() + 1).parts[0][0]
    for begin, end, wall in found.parts:
        for moment in (begin, (begin + end) // 120 * 60, end - 60):
            shown = datetime.fromtimestamp(moment, where)
            assert shown.date() == day
            assert shown.hour * 60 + shown.minute == wall + (moment - begin) // 60


def test_the_same_set_up_is_asked_for_its_zone_only_once_a_day() -> None:
    timetable = Timetable(setup([MORNING]))
    assert timetable.day("America/Sao_Paulo", 739_000) is timetable.day("America/Sao_Paulo", 739_000)
    assert timetable.hours(PROVIDER, MONDAY.toordinal()) is timetable.hours(PROVIDER, (MONDAY + timedelta(days=7)).toordinal())
