"""Slots, holds and appointments over HTTP, as another system uses them."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.api.conftest import House

DAY = "2026-03-10"


async def a_slot(house: House, **more: str) -> dict[str, Any]:
    """Return the earliest slot of Dra. Ana for a plain visit on a quiet day, with what it takes to book it."""
    provider = next(p for p in (await house.ok("GET", "/providers"))["items"] if p["display_name"] == "Dra. Ana Souza")
    kind = next(t for t in (await house.ok("GET", "/appointment-types"))["items"] if t["code"] == "B")
    found = await house.ok(
        "GET",
        "/slots/earliest",
        params={"provider_id": provider["id"], "appointment_type_id": kind["id"], "date_from": DAY, "date_to": "2026-03-20", **more},
    )
    return dict(found) | {"type_id": kind["id"]}


async def a_patient(house: House) -> str:
    """Return a new patient's id."""
    return str((await house.ok("POST", "/patients", 201, json={"first_name": "Nora", "last_name": "Prova"}))["id"])


def booking(slot: dict[str, Any], patient_id: str, **more: Any) -> dict[str, Any]:
    """Return the body that books the slot."""
    return {
        "provider_profile_id": slot["provider_id"],
        "patient_id": patient_id,
        "appointment_type_id": slot["type_id"],
        "location_id": slot["location"]["id"],
        "start_time": slot["starts_at"],
        "end_time": slot["ends_at"],
    } | more


async def test_a_booked_visit_begins_requested_and_tells_its_history(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    made = await house.ok("POST", "/appointments", 201, json=booking(slot, patient, notes="primeira vez"))
    assert (made["status"], made["version"], made["notes"], made["source"]) == ("requested", 1, "primeira vez", "api")
    assert made["start_time"] == slot["starts_at"]
    read = await house.ok("GET", f"/appointments/{made['id']}")
    assert [line["status"] for line in read["status_history"]] == ["requested"]
    listed = await house.ok("GET", "/appointments", params={"patient_id": patient})
    assert [one["id"] for one in listed["items"]] == [made["id"]]


async def test_every_step_of_a_visits_life_and_every_step_that_is_not_allowed(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    made = await house.ok("POST", "/appointments", 201, json=booking(slot, patient))
    steps = {"confirm": "confirmed", "check-in": "checked_in", "start": "in_progress", "complete": "completed"}
    answer = made
    for index, (step, status) in enumerate(steps.items()):
        for wrong in list(steps)[index + 1 :]:
            refused = await house.http.post(f"/v1/scheduling/appointments/{made['id']}/{wrong}")
            assert (refused.status_code, refused.json()["error"]) == (409, "status_transition")
        answer = await house.ok("POST", f"/appointments/{made['id']}/{step}")
        assert answer["status"] == status
    for wrong in (*steps, "cancel", "no-show"):
        assert (await house.http.post(f"/v1/scheduling/appointments/{made['id']}/{wrong}")).status_code == 409
    assert [line["status"] for line in answer["status_history"]] == ["requested", *steps.values()]


async def test_a_taken_slot_is_a_conflict_and_nothing_is_written(house: House) -> None:
    slot = await a_slot(house)
    first, second = await a_patient(house), await a_patient(house)
    await house.ok("POST", "/appointments", 201, json=booking(slot, first))
    refused = await house.http.post("/v1/scheduling/appointments", json=booking(slot, second))
    assert refused.status_code == 409
    problem = refused.json()
    assert (problem["error"], problem["code"], problem["status"]) == ("slot_conflict", "conflict", 409)
    assert problem["requestId"] == problem["trace_id"] == refused.headers["x-request-id"]
    assert (await house.ok("GET", "/appointments", params={"patient_id": second}))["items"] == []


async def test_of_twenty_callers_for_one_slot_exactly_one_wins(house: House) -> None:
    slot = await a_slot(house)
    patients = [await a_patient(house) for _ in range(20)]
    answers = await asyncio.gather(*(house.http.post("/v1/scheduling/appointments", json=booking(slot, patient)) for patient in patients))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19


async def test_a_move_books_the_new_time_and_ends_the_old_visit_in_one_step(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    old = await house.ok("POST", "/appointments", 201, json=booking(slot, patient))
    other = await a_slot(house, exclude_dates=slot["date"])
    new = await house.ok("POST", f"/appointments/{old['id']}/reschedule", 201, json={"new_start_time": other["starts_at"]})
    assert (new["status"], new["rescheduled_from"], new["start_time"]) == ("requested", old["id"], other["starts_at"])
    gone = await house.ok("GET", f"/appointments/{old['id']}")
    assert (gone["status"], gone["rescheduled_to"]) == ("cancelled", new["id"])
    again = await house.http.post(f"/v1/scheduling/appointments/{old['id']}/reschedule", json={"new_start_time": slot["starts_at"]})
    assert (again.status_code, again.json()["error"]) == (409, "status_transition")


async def test_a_hold_keeps_others_away_until_it_is_given_back(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    held = await house.ok(
        "POST",
        "/holds",
        201,
        json={"provider_id": slot["provider_id"], "appointment_type_id": slot["type_id"], "start_time": slot["starts_at"]},
    )
    assert held["fencing_token"] > 0
    assert (await house.http.post("/v1/scheduling/appointments", json=booking(slot, patient))).status_code == 409
    await house.ok("POST", "/appointments", 201, json=booking(slot, patient, hold_id=held["id"]))
    gone = await house.http.delete(f"/v1/scheduling/holds/{held['id']}")
    assert (gone.status_code, gone.json()["error"]) == (404, "hold_not_found")


async def test_an_update_with_an_old_version_is_refused(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    made = await house.ok("POST", "/appointments", 201, json=booking(slot, patient))
    changed = await house.ok("PUT", f"/appointments/{made['id']}", json={"version": 1, "notes": "traz exames"})
    assert (changed["version"], changed["notes"]) == (2, "traz exames")
    stale = await house.http.put(f"/v1/scheduling/appointments/{made['id']}", json={"version": 1, "notes": "x"})
    assert (stale.status_code, stale.json()["error"]) == (409, "version_conflict")


async def test_the_earliest_slot_explains_what_came_before_it(house: House) -> None:
    slot = await a_slot(house, explain="true")
    assert all(one["start_time"] < slot["starts_at"] and one["reason"] for one in slot["certificate"])
    nothing = await house.http.get(
        "/v1/scheduling/slots/earliest",
        params={
            "provider_id": slot["provider_id"],
            "appointment_type_id": slot["type_id"],
            "date_from": "2026-03-08",
            "date_to": "2026-03-08",
        },
    )
    assert (nothing.status_code, nothing.json()["error"]) == (404, "no_availability")


async def test_slots_come_page_by_page_without_a_gap(house: House) -> None:
    slot = await a_slot(house)
    query = {"provider_id": slot["provider_id"], "appointment_type_id": slot["type_id"], "date_from": DAY, "date_to": DAY}
    whole = await house.ok("GET", "/slots", params=query | {"limit": 200})
    assert whole["next_cursor"] is None
    assert whole["search_ms"] >= 0
    seen: list[Any] = []
    cursor: str | None = None
    while True:
        page = await house.ok("GET", "/slots", params=query | {"limit": 5} | ({"cursor": cursor} if cursor else {}))
        seen += page["slots"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole["slots"]
    assert len(seen) > 5


async def test_a_specialty_or_a_provider_is_needed_for_a_list_of_slots(house: House) -> None:
    slot = await a_slot(house)
    answer = await house.http.get("/v1/scheduling/slots", params={"appointment_type_id": slot["type_id"], "date_from": DAY, "date_to": DAY})
    assert (answer.status_code, answer.json()["error"]) == (422, "validation_failed")


async def test_unknown_ids_are_not_found_by_their_kind(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    for member, error in (
        ("provider_profile_id", "provider_not_found"),
        ("patient_id", "patient_not_found"),
        ("appointment_type_id", "appointment_type_not_found"),
        ("location_id", "location_not_found"),
    ):
        answer = await house.http.post("/v1/scheduling/appointments", json=booking(slot, patient) | {member: str(uuid4())})
        assert (answer.status_code, answer.json()["error"]) == (404, error)
