"""Wall times become moments by the pinned rules, and odd ones are never guessed at."""

import importlib.resources
import itertools
import json
import os
import subprocess
import sys
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dateutil.tz
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marcai.kit.zones import (
    AmbiguousWallTime,
    NoSuchWallTime,
    StaleZoneRules,
    UnknownZone,
    moments_of,
    prove_zone_rules,
    wall_to_utc,
    zone,
)
from tests.scale import rounds

ZONES = [
    "America/Sao_Paulo",
    "America/Vancouver",
    "America/Toronto",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Shanghai",
    "Asia/Kathmandu",
]


def oracle(name: str) -> dateutil.tz.tzfile:
    """The same rules read by somebody else's code."""
    with importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return dateutil.tz.tzfile(file)


ORACLES = {name: oracle(name) for name in ZONES}


def test_the_rules_in_force_are_the_pinned_ones() -> None:
    assert prove_zone_rules() >= "2026f"


def test_rules_of_the_machine_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoneinfo, "TZPATH", ("/usr/share/zoneinfo",))
    with pytest.raises(StaleZoneRules, match="machine"):
        prove_zone_rules()


def test_old_rules_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzdata.IANA_VERSION", "2025b")
    with pytest.raises(StaleZoneRules, match="2025b"):
        prove_zone_rules()


def test_a_rule_that_says_another_offset_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marcai.kit.zones.zone", lambda _name: ZoneInfo("Etc/GMT+8"))
    with pytest.raises(StaleZoneRules, match="Vancouver"):
        prove_zone_rules()


def test_the_machines_rules_have_no_say_even_when_the_environment_names_them(tmp_path: Path) -> None:
    wrong = tmp_path / "America"
    wrong.mkdir()
    rules = importlib.resources.files("tzdata").joinpath("zoneinfo", "Etc", "GMT+8").read_bytes()
    (wrong / "Vancouver").write_bytes(rules)
    program = "from zoneinfo import ZoneInfo; ZoneInfo('America/Vancouver'); from marcai.kit.zones import *; print(prove_zone_rules())"
    env = os.environ | {"PYTHONTZPATH": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", program], env=env, check=True, capture_output=True, text=True)
    assert told.stdout.strip() >= "2026f"


@pytest.mark.parametrize(
    "name", ["", "Nowhere/Town", "America", "../etc/passwd", "/etc/localtime", "America/Sao_Paulo\0", "UTC ", "x" * 5000, "São_Paulo"]
)
def test_an_unknown_zone_is_refused_without_repeating_it(name: str) -> None:
    with pytest.raises(UnknownZone) as caught:
        zone(name)
    assert "Nowhere" not in str(caught.value)


def test_the_shared_moments_come_out_right(shared: Path) -> None:
    cases = json.loads((shared / "contracts" / "time_vectors.json").read_text())["cases"]
    for case in cases:
        wall, where = datetime.fromisoformat(case["local"]), zone(case["tz"])
        found = moments_of(wall.date(), wall.time(), where)
        if case.get("kind", "").startswith("gap"):
            assert found == (), case
        elif "utc" in case:
            assert found == (datetime.fromisoformat(case["utc"]),), case
        else:
            assert [moment.astimezone(where).isoformat()[-6:] for moment in found] == case["offsets"], case
    assert cases


def test_a_time_in_a_gap_is_refused_or_moved_behind_it() -> None:
    toronto, day = zone("America/Toronto"), date(2026, 3, 8)
    jump = datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    with pytest.raises(NoSuchWallTime) as caught:
        wall_to_utc(day, time(2, 30), toronto)
    assert caught.value.next_moment == jump
    assert wall_to_utc(day, time(2, 0), toronto, odd="earliest") == jump
    assert wall_to_utc(day, time(2, 59, 59), toronto, odd="latest") == jump


def test_a_gap_of_half_an_hour_ends_at_its_own_end() -> None:
    found = wall_to_utc(date(2026, 10, 4), time(2, 15), zone("Australia/Lord_Howe"), odd="earliest")
    assert found.astimezone(zone("Australia/Lord_Howe")).time() == time(2, 30)


def test_a_time_in_a_fold_is_refused_or_chosen() -> None:
    toronto, day = zone("America/Toronto"), date(2026, 11, 1)
    first, second = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    with pytest.raises(AmbiguousWallTime) as caught:
        wall_to_utc(day, time(1, 30), toronto)
    assert caught.value.moments == (first, second)
    assert wall_to_utc(day, time(1, 30, fold=1), toronto, odd="earliest") == first
    assert wall_to_utc(day, time(1, 30), toronto, odd="latest") == second


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)])
def test_days_of_23_and_25_hours_have_their_length(day: date, hours: int) -> None:
    toronto = zone("America/Toronto")
    length = wall_to_utc(day + timedelta(days=1), time(0), toronto) - wall_to_utc(day, time(0), toronto)
    assert length == timedelta(hours=hours)


@pytest.mark.prove
@settings(max_examples=rounds(5000), deadline=None)
@given(name=st.sampled_from(ZONES), wall=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2036, 12, 31)))
def test_any_wall_time_is_what_somebody_elses_code_says(name: str, wall: datetime) -> None:
    agrees_with_the_oracle(name, wall)


@pytest.mark.prove
@settings(max_examples=rounds(5000), deadline=None)
@given(name=st.sampled_from(ZONES), year=st.integers(2020, 2036), minutes=st.integers(-180, 180), jump=st.integers(0, 1))
def test_wall_times_near_a_change_of_the_clocks_are_too(name: str, year: int, minutes: int, jump: int) -> None:
    where = zone(name)
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(366)]
    changes = [day for day, after in itertools.pairwise(days) if day.astimezone(where).utcoffset() != after.astimezone(where).utcoffset()]
    if not changes:
        return
    change = changes[jump % len(changes)]
    for hour in range(24):
        moment = change + timedelta(hours=hour)
        if moment.astimezone(where).utcoffset() != (moment + timedelta(hours=1)).astimezone(where).utcoffset():
            agrees_with_the_oracle(name, moment.astimezone(where).replace(tzinfo=None, fold=0) + timedelta(minutes=60 + minutes))


def agrees_with_the_oracle(name: str, wall: datetime) -> None:
    where, other = zone(name), ORACLES[name]
    found = moments_of(wall.date(), wall.time(), where)
    if not dateutil.tz.datetime_exists(wall, other):
        assert found == ()
        after = wall_to_utc(wall.date(), wall.time(), where, odd="earliest")
        # Just before the jump, somebody else's clocks show less than the wall time; just after it, more.
        assert (after - timedelta(seconds=1)).astimezone(other).replace(tzinfo=None) < wall
        assert after.astimezone(other).replace(tzinfo=None) > wall
        return
    expected = [dateutil.tz.enfold(wall.replace(tzinfo=other), fold).astimezone(UTC) for fold in (0, 1)]
    assert len(found) == (2 if dateutil.tz.datetime_ambiguous(wall, other) else 1)
    assert list(found) == sorted(set(expected))
