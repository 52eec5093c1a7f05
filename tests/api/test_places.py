"""A provider of several places: where they are when, and where two places want them at once."""

from typing import Any

from tests.api.conftest import House
from tests.api.test_calendar_doors import a_patient, a_slot, booking

WEEK = {"date_from": "2026-03-09", "date_to": "2026-03-15"}


async def two_places(house: House) -> tuple[str, str, str]:
    """Return a provider who works on Monday mornings in one place and on Monday afternoons in another, and the two places."""
    places = [
        (await house.ok("POST", "/locations", 201, json={"name": name, "timezone": zone}))["id"]
        for name, zone in (("Centro", "America/Sao_Paulo"), ("Manaus", "America/Manaus"))
    ]
    doctor = "00000000-0000-4000-8000-000000000001"
    provider = (await house.ok("POST", "/providers", 201, json={"doctor_id": doctor, "display_name": "Dra. Lia Reis"}))["id"]
    for place, start, end in ((places[0], "08:00", "12:00"), (places[1], "13:00", "17:00")):
        hours = {"weekday": 0, "start_time": start, "end_time": end, "location_id": place}
        await house.ok("POST", f"/providers/{provider}/templates", 201, json=hours)
    return provider, places[0], places[1]


async def test_a_schedule_shows_each_place_in_its_own_wall_time(house: House) -> None:
    provider, centre, manaus = await two_places(house)
    shown = await house.ok("GET", f"/providers/{provider}/locations-schedule", params=WEEK)
    assert [place["location"]["id"] for place in shown["locations"]] == [centre, manaus]
    for place, hours in zip(
        shown["locations"],
        (("2026-03-09T08:00:00-03:00", "2026-03-09T12:00:00-03:00"), ("2026-03-09T13:00:00-04:00", "2026-03-09T17:00:00-04:00")),
        strict=True,
    ):
        monday, *others = place["days"]
        assert (len(others), monday["date"]) == (6, "2026-03-09")
        assert [(one["start_time"], one["end_time"]) for one in monday["hours"]] == [hours]
        assert not any(day["hours"] for day in others)
        assert len(place["templates"]) == 1


async def test_hours_in_two_places_at_once_are_a_conflict_and_neighbours_are_not(house: House) -> None:
    provider, centre, manaus = await two_places(house)

    async def conflicts() -> list[dict[str, Any]]:
        answer = await house.ok("GET", f"/providers/{provider}/cross-location-conflicts", params=WEEK)
        assert answer["has_conflicts"] == bool(answer["conflicts"])
        return list(answer["conflicts"])

    assert await conflicts() == []
    extra = {
        "kind": "added",
        "date_from": "2026-03-09",
        "date_to": "2026-03-09",
        "start_time": "10:00",
        "end_time": "11:30",
        "location_id": manaus,
    }
    await house.ok("POST", f"/providers/{provider}/overrides", 201, json=extra)
    (found,) = await conflicts()
    # Ten o'clock in Manaus is eleven in São Paulo.
    assert (found["kind"], found["start_time"], found["end_time"]) == (
        "overlapping_hours",
        "2026-03-09T11:00:00-03:00",
        "2026-03-09T12:00:00-03:00",
    )
    assert {place["id"] for place in found["locations"]} == {centre, manaus}


async def test_a_visit_in_one_place_during_the_hours_of_another_is_a_conflict(house: House) -> None:
    provider, centre, _ = await two_places(house)
    slot, patient = await a_slot(house), await a_patient(house)
    times = {"start_time": "2026-03-09T14:00:00-04:00", "end_time": "2026-03-09T14:30:00-04:00"}
    visit = booking(slot, patient) | times | {"provider_profile_id": provider, "location_id": centre, "allow_outside_hours": True}
    made = await house.ok("POST", "/appointments", 201, json=visit)
    (found,) = (await house.ok("GET", f"/providers/{provider}/cross-location-conflicts", params=WEEK))["conflicts"]
    assert (found["kind"], found["appointment_ids"]) == ("appointment_elsewhere", [made["id"]])
    shown = await house.ok("GET", f"/providers/{provider}/locations-schedule", params=WEEK)
    assert [one["id"] for one in shown["locations"][0]["days"][0]["appointments"]] == [made["id"]]
    assert patient not in str(shown)


async def test_days_are_a_week_from_today_unless_asked_for_and_at_most_a_month(house: House) -> None:
    provider, _, _ = await two_places(house)
    for path in ("cross-location-conflicts", "locations-schedule"):
        shown = await house.ok("GET", f"/providers/{provider}/{path}")
        assert (shown["date_from"], shown["date_to"]) == ("2026-03-02", "2026-03-08")
        for days in ({"date_from": "2026-03-09", "date_to": "2026-03-08"}, {"date_from": "2026-01-01", "date_to": "2026-12-31"}):
            answer = await house.http.get(f"/v1/scheduling/providers/{provider}/{path}", params=days)
            assert answer.status_code == 422
