"""`/v1`: the clinic in the form of Mivicall, on the same use cases."""

import re
from typing import Any
from uuid import uuid4

import httpx

from tests.api.conftest import House
from tests.api.test_bad_input import is_whole_problem
from tests.api.test_calendar_doors import DAY, a_slot
from tests.api.test_manners import a_clinic


async def v1(house: House, method: str, path: str, status: int = 200, **more: Any) -> Any:
    answer = await house.http.request(method, f"/v1{path}", **more)
    assert answer.status_code == status, (answer.status_code, answer.text)
    return answer.json() if answer.content else None


async def refused(house: House, method: str, path: str, **more: Any) -> tuple[int, str]:
    answer = await house.http.request(method, f"/v1{path}", **more)
    assert is_whole_problem(answer)
    return answer.status_code, answer.json()["error"]


def wanted(slot: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "professionalId": slot["provider_id"],
        "serviceTypeId": slot["type_id"],
        "patientName": "Joana Lima",
        "patientPhone": "+5511955550101",
        "startsAt": slot["starts_at"],
    } | more


async def test_a_visit_is_booked_confirmed_for_a_new_patient_and_the_next_one_for_the_same(house: House) -> None:
    slot = await a_slot(house)
    made = await v1(house, "POST", "/appointments", 201, json=wanted(slot, patientNotes="traz exames", metadata={"pms": 7}))
    assert (made["status"], made["source"], made["patientName"], made["patientNotes"]) == (
        "confirmed",
        "manual",
        "Joana Lima",
        "traz exames",
    )
    assert re.fullmatch("[0-9a-f]{64}", made["patientPhoneHash"])
    assert (made["startsAt"], made["endsAt"]) == (slot["starts_at"], slot["ends_at"])
    later = await a_slot(house, exclude_dates=slot["date"])
    again = await v1(house, "POST", "/appointments", 201, json=wanted(later, patientName="JOANA LIMA"))
    sister = await v1(house, "POST", "/appointments", 201, json=wanted(await a_slot(house), patientName="Carla Lima"))
    ours = [await house.ok("GET", f"/appointments/{one['id']}") for one in (made, again, sister)]
    assert ours[0]["patient_id"] == ours[1]["patient_id"] != ours[2]["patient_id"]
    assert made["patientPhoneHash"] == again["patientPhoneHash"] == sister["patientPhoneHash"]
    assert ours[0]["status"] == "confirmed"
    assert await v1(house, "GET", f"/appointments/{made['id']}") == made


async def test_two_records_with_the_same_name_and_phone_are_not_guessed_between(house: House) -> None:
    body = {"first_name": "Joana", "last_name": "Lima", "phone": "+5511955550101"}
    twins = {(await house.ok("POST", "/patients", 201, json=body))["id"] for _ in range(2)}
    made = await v1(house, "POST", "/appointments", 201, json=wanted(await a_slot(house)))
    assert (await house.ok("GET", f"/appointments/{made['id']}"))["patient_id"] not in twins


async def test_a_list_by_day_moment_professional_and_status(house: House) -> None:
    slot = await a_slot(house)
    made = await v1(house, "POST", "/appointments", 201, json=wanted(slot))

    async def ids(**params: str) -> set[str]:
        return {one["id"] for one in (await v1(house, "GET", "/appointments", params=params))["items"]}

    day, start = slot["date"], slot["starts_at"]
    following = f"{day[:8]}{int(day[8:]) + 1:02}"
    assert made["id"] in await ids(**{"from": day, "to": following, "professionalId": slot["provider_id"], "status": "confirmed"})
    assert made["id"] not in await ids(**{"from": following})
    assert made["id"] not in await ids(to=day)
    assert made["id"] in await ids(**{"from": start})
    assert made["id"] not in await ids(to=start)
    assert made["id"] not in await ids(status="attended", **{"from": DAY})
    assert await refused(house, "GET", "/appointments", params={"status": "requested"}) == (422, "validation_failed")


async def test_the_steps_of_a_visit_in_this_surfaces_words(house: House) -> None:
    made = await v1(house, "POST", "/appointments", 201, json=wanted(await a_slot(house)))
    path = f"/appointments/{made['id']}"
    assert (await v1(house, "PATCH", path, json={"status": "attended"}))["status"] == "attended"
    assert (await v1(house, "PATCH", path, json={"status": "attended"}))["status"] == "attended"
    assert (await house.ok("GET", path))["status"] == "checked_in"
    gone = await v1(house, "POST", "/appointments", 201, json=wanted(await a_slot(house)))
    await v1(house, "DELETE", f"/appointments/{gone['id']}", 204)
    assert (await v1(house, "GET", f"/appointments/{gone['id']}"))["status"] == "cancelled"
    assert await refused(house, "PATCH", f"/appointments/{gone['id']}", json={"status": "attended"}) == (409, "status_transition")
    assert await refused(house, "DELETE", f"/appointments/{gone['id']}") == (409, "status_transition")


async def test_a_requested_visit_can_be_attended_and_both_steps_stand_in_its_history(house: House) -> None:
    slot = await a_slot(house)
    patient = (await house.ok("POST", "/patients", 201, json={"first_name": "A", "last_name": "B"}))["id"]
    from tests.api.test_calendar_doors import booking

    made = await house.ok("POST", "/appointments", 201, json=booking(slot, patient))
    assert (await v1(house, "PATCH", f"/appointments/{made['id']}", json={"status": "attended", "patientNotes": "chegou"}))[
        "patientNotes"
    ] == "chegou"
    history = (await house.ok("GET", f"/appointments/{made['id']}"))["status_history"]
    assert [line["status"] for line in history] == ["requested", "confirmed", "checked_in"]


async def test_a_new_time_makes_a_successor_and_a_taken_one_changes_nothing(house: House) -> None:
    slot = await a_slot(house)
    old = await v1(house, "POST", "/appointments", 201, json=wanted(slot))
    other = await a_slot(house, exclude_dates=slot["date"])
    new = await v1(house, "PATCH", f"/appointments/{old['id']}", json={"startsAt": other["starts_at"]})
    assert (new["rescheduledFrom"], new["status"], new["startsAt"]) == (old["id"], "confirmed", other["starts_at"])
    assert (await v1(house, "GET", f"/appointments/{old['id']}"))["status"] == "rescheduled"
    assert {one["id"] for one in (await v1(house, "GET", "/appointments", params={"status": "rescheduled"}))["items"]} == {old["id"]}
    third = await v1(house, "POST", "/appointments", 201, json=wanted(slot, patientName="Rita Alves"))
    assert await refused(house, "PATCH", f"/appointments/{third['id']}", json={"startsAt": other["starts_at"]}) == (409, "slot_conflict")
    assert (await v1(house, "GET", f"/appointments/{third['id']}"))["startsAt"] == slot["starts_at"]


async def test_each_refusal_has_the_code_that_the_seed_names(house: House) -> None:
    slot = await a_slot(house)
    assert await refused(house, "GET", f"/appointments/{uuid4()}") == (404, "appointment_not_found")
    assert await refused(house, "GET", f"/professionals/{uuid4()}") == (404, "professional_not_found")
    assert await refused(house, "GET", f"/services/{uuid4()}") == (404, "service_not_found")
    assert await refused(house, "POST", "/appointments", json=wanted(slot, professionalId=str(uuid4()))) == (404, "professional_not_found")
    assert await refused(house, "POST", "/appointments", json=wanted(slot, serviceTypeId=str(uuid4()))) == (404, "service_not_found")
    assert await refused(house, "POST", "/appointments", json=wanted(slot, patientPhone="11955550101")) == (422, "validation_failed")
    assert await refused(house, "POST", "/appointments", json=wanted(slot, startsAt="2026-03-10T03:00:00-03:00")) == (422, "outside_hours")
    assert await refused(house, "PATCH", f"/appointments/{uuid4()}", json={}) == (422, "validation_failed")
    await v1(house, "POST", "/appointments", 201, json=wanted(slot))
    assert await refused(house, "POST", "/appointments", json=wanted(slot, patientName="Rita Alves")) == (409, "slot_conflict")


async def test_a_clinic_whose_onboarding_is_not_complete_is_not_provisioned(house: House) -> None:
    clinic = await a_clinic(house, "raw", is_live=False)
    headers = {"x-api-key": await house.key("*", clinic)}
    for path in ("/appointments", "/professionals", "/services", f"/appointments/{uuid4()}"):
        assert await refused(house, "GET", path, headers=headers) == (404, "tenant_not_provisioned")
    assert (await v1(house, "GET", "/tenants/me", headers=headers))["slug"] == "raw"


async def test_the_clinic_is_shown_and_changed(house: House) -> None:
    before = await v1(house, "GET", "/tenants/me")
    assert (before["id"], before["status"], before["config"]["timezone"]) == (str(house.door.demo_clinic), "active", "America/Sao_Paulo")
    changed = await v1(
        house, "PATCH", "/tenants/me", json={"name": "Outra", "config": {"voice": "AWS.Polly.Ines-Neural"}, "specialty": "dental"}
    )
    assert (changed["name"], changed["config"]["voice"], changed["specialty"]) == ("Outra", "AWS.Polly.Ines-Neural", "dental")
    assert (changed["slug"], changed["config"]["timezone"]) == (before["slug"], "America/Sao_Paulo")
    assert await v1(house, "GET", "/tenants/me") == changed
    await a_clinic(house, "taken")
    assert await refused(house, "PATCH", "/tenants/me", json={"slug": "taken"}) == (409, "already_exists")
    assert await refused(house, "PATCH", "/tenants/me", json={"status": "suspended"}) == (422, "validation_failed")


async def test_professionals_and_services_are_listed(house: House) -> None:
    for path in ("/professionals", "/services"):
        items = (await v1(house, "GET", path))["items"]
        assert items
        for item in items:
            assert await v1(house, "GET", f"{path}/{item['id']}") == item


async def test_the_same_key_gets_the_same_answer_here_too(house: House) -> None:
    slot = await a_slot(house)
    answers: list[httpx.Response] = [
        await house.http.post("/v1/appointments", json=wanted(slot), headers={"Idempotency-Key": "pms-create-7"}) for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    step = [
        await house.http.patch(
            f"/v1/appointments/{answers[0].json()['id']}", json={"status": "attended"}, headers={"Idempotency-Key": "pms-checkin-7"}
        )
        for _ in range(2)
    ]
    assert step[0].content == step[1].content
    assert step[1].headers["idempotent-replayed"] == "true"
