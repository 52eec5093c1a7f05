"""The waitlist's doors: joining, being offered a freed slot, and answering."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from marcai.notifications.waitlist_offers import slot_released, sweep
from tests.api.conftest import House


async def a_visit(house: House) -> dict[str, Any]:
    """Book the first free slot of the first provider for the first patient."""
    patients = (await house.ok("GET", "/patients"))["items"]
    kind = (await house.ok("GET", "/appointment-types"))["items"][0]
    provider = (await house.ok("GET", "/providers"))["items"][0]
    query = {"date_from": "2026-03-05", "date_to": "2026-03-20", "appointment_type_id": kind["id"], "provider_id": provider["id"]}
    slot = (await house.ok("GET", "/slots", params=query))["slots"][0]
    body = {
        "provider_profile_id": provider["id"],
        "patient_id": patients[0]["id"],
        "appointment_type_id": kind["id"],
        "location_id": slot["location"]["id"],
        "start_time": slot["starts_at"],
        "end_time": slot["ends_at"],
    }
    made: dict[str, Any] = await house.ok("POST", "/appointments", 201, json=body)
    return made | {"waiting": [patient["id"] for patient in patients[1:3]]}


async def freed(house: House, visit: dict[str, Any]) -> None:
    await house.ok("DELETE", f"/appointments/{visit['id']}", 204)
    assert house.door.demo_clinic is not None
    await slot_released(house.door.units, house.door.demo_clinic, UUID(visit["id"]))


async def test_a_freed_slot_is_offered_declined_offered_on_and_accepted(house: House) -> None:
    visit = await a_visit(house)
    wish = {"appointment_type_id": visit["appointment_type_id"], "provider_id": visit["provider_profile_id"], "date_from": "2026-03-02"}
    first, second = [await house.ok("POST", "/waitlist", 201, json=wish | {"patient_id": patient}) for patient in visit["waiting"]]
    assert (first["position"], second["position"], first["consent"], first["status"]) == (1, 2, True, "waiting")
    await freed(house, visit)

    place = await house.ok("GET", f"/waitlist/position/{first['id']}")
    assert (place["position"], place["status"]) == (1, "offered")
    assert "held" in place["reason"]
    assert (place["offer"]["start_time"], place["offer"]["provider_id"]) == (visit["start_time"], visit["provider_profile_id"])
    assert place["offer"]["expires_at"] == "2026-03-02T09:30:00-03:00"
    body = {name: visit[name] for name in _BOOKING} | {"patient_id": visit["waiting"][1]}
    refused = await house.http.post("/v1/scheduling/appointments", json=body)
    assert (refused.status_code, refused.json()["error"]) == (409, "slot_conflict")

    declined = await house.ok("POST", f"/waitlist/{first['id']}/decline")
    assert (declined["status"], declined["position"]) == ("waiting", 2)
    assert house.door.demo_clinic is not None
    assert await sweep(house.door.units, house.door.demo_clinic) == 1
    booked = await house.ok("POST", f"/waitlist/{second['id']}/accept", 201)
    assert (booked["start_time"], booked["patient_id"], booked["status"]) == (visit["start_time"], visit["waiting"][1], "confirmed")
    assert (await house.ok("GET", "/waitlist", params={"status": "accepted"}))["items"][0]["id"] == second["id"]


_BOOKING = ("provider_profile_id", "appointment_type_id", "location_id", "start_time", "end_time")


async def test_what_cannot_be_answered_is_409_and_what_is_unknown_404(house: House) -> None:
    visit = await a_visit(house)
    wish = {"patient_id": visit["waiting"][0], "appointment_type_id": visit["appointment_type_id"]}
    entry = await house.ok("POST", "/waitlist", 201, json=wish)
    for answer in ("accept", "decline"):
        problem = await house.ok("POST", f"/waitlist/{entry['id']}/{answer}", 409)
        assert problem["error"] == "status_transition"
        unknown = await house.ok("POST", f"/waitlist/{visit['id']}/{answer}", 404)
        assert unknown["error"] == "waitlist_entry_not_found"
        await house.ok("POST", f"/waitlist/pat_nonsense/{answer}", 422)
    await freed(house, visit)
    house.clock.advance(timedelta(minutes=30))
    assert (await house.ok("POST", f"/waitlist/{entry['id']}/accept", 409))["detail"] == "The time to answer this offer is over."


async def test_without_consent_the_place_is_kept_and_nothing_is_offered(house: House) -> None:
    visit = await a_visit(house)
    wish = {"patient_id": visit["waiting"][0], "appointment_type_id": visit["appointment_type_id"], "consent": False}
    entry = await house.ok("POST", "/waitlist", 201, json=wish)
    assert entry["consent"] is False
    await freed(house, visit)
    place = await house.ok("GET", f"/waitlist/position/{entry['id']}")
    assert (place["status"], place["offer"]) == ("waiting", None)
    assert "did not agree" in place["reason"]


@pytest.mark.parametrize(
    ("path", "scopes", "status"), [("accept", "read:waitlist", 403), ("decline", "read:waitlist", 403), ("accept", "write:waitlist", 409)]
)
async def test_answering_needs_the_scope_to_write(house: House, path: str, scopes: str, status: int) -> None:
    visit = await a_visit(house)
    wish = {"patient_id": visit["waiting"][0], "appointment_type_id": visit["appointment_type_id"]}
    entry = await house.ok("POST", "/waitlist", 201, json=wish)
    await house.ok("POST", f"/waitlist/{entry['id']}/{path}", status, headers={"x-api-key": await house.key(scopes)})


async def test_every_reading_of_the_waitlist_is_audited(house: House) -> None:
    visit = await a_visit(house)
    wish = {"patient_id": visit["waiting"][0], "appointment_type_id": visit["appointment_type_id"]}
    entry = await house.ok("POST", "/waitlist", 201, json=wish)
    await house.ok("GET", "/waitlist")
    await house.ok("GET", f"/waitlist/position/{entry['id']}")
    assert house.door.demo_clinic is not None
    async with house.door.unit_of(house.door.demo_clinic, actor_label="test") as unit:
        rows = await unit.driver.fetch("SELECT deed, patient_id FROM audit_rows WHERE kind = 'waitlist_entry' ORDER BY seq")  # type: ignore[attr-defined]
    assert [(row["deed"], str(row["patient_id"])) for row in rows] == [(deed, visit["waiting"][0]) for deed in ("join", "list", "read")]
