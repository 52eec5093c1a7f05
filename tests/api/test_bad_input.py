"""Rubbish at the doors: a clear 4xx, a whole problem document, and nothing half-written."""

import json
from typing import Any
from uuid import uuid4

from tests.api.conftest import House
from tests.api.test_calendar_doors import a_patient, a_slot, booking

NASTY: list[Any] = ["\x00", "a\x00b", "\ud800", "🏥" * 3000, "x" * 10_001, 2**63, -(2**63) - 1, 1e308, [], {}, [[]], True, "", " ", "null"]


def is_whole_problem(answer: Any) -> bool:
    """Say whether a refusal has every member that our readers look for, and the same id everywhere."""
    problem = answer.json()
    members = {"type", "title", "status", "detail", "error", "code", "message", "requestId", "trace_id", "errors"}
    return (
        members <= set(problem)
        and problem["status"] == answer.status_code
        and problem["requestId"] == problem["trace_id"] == answer.headers["x-request-id"]
        and answer.headers["content-type"] == "application/problem+json"
    )


IMPOSSIBLE: list[tuple[str, Any]] = [
    ("start_time", "2026-03-10T10:00:00"),
    ("start_time", 1773144000),
    ("start_time", "amanhã"),
    ("start_time", "9999-12-31T23:59:59Z"),
    ("end_time", "2026-03-09T10:00:00-03:00"),
    ("patient_id", "not-a-uuid"),
    ("patient_id", "apt_" + "0" * 32),
    ("patient_id", None),
    ("source", "carrier pigeon"),
    ("notes", "x" * 4001),
    ("notes", "a\x00b"),
    ("metadata", {"deep": "\x00"}),
    ("status", "confirmed"),
    ("organisation_id", str(uuid4())),
    ("metadata", {"x": "y" * 20_000}),
]


async def test_a_member_that_cannot_be_meant_is_named_and_nothing_is_booked(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    for member, value in IMPOSSIBLE:
        answer = await house.http.post("/v1/scheduling/appointments", json=booking(slot, patient) | {member: value})
        assert answer.status_code == 422, (member, answer.text)
        assert is_whole_problem(answer)
        assert answer.json()["error"] == "validation_failed"
        assert any(member in fault["path"] or member in fault["message"] for fault in answer.json()["errors"])
    assert (await house.ok("GET", "/appointments", params={"patient_id": patient}))["items"] == []


async def test_times_outside_hours_or_past_are_refused_unless_allowed(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    night = booking(slot, patient) | {"start_time": "2026-03-10T03:00:00-03:00", "end_time": "2026-03-10T03:15:00-03:00"}
    refused = await house.http.post("/v1/scheduling/appointments", json=night)
    assert (refused.status_code, refused.json()["error"]) == (422, "outside_hours")
    past = booking(slot, patient) | {"start_time": "2026-02-10T10:00:00-03:00", "end_time": "2026-02-10T10:15:00-03:00"}
    assert (await house.http.post("/v1/scheduling/appointments", json=past)).status_code == 422
    await house.ok("POST", "/appointments", 201, json=night | {"allow_outside_hours": True})


async def test_a_body_that_is_not_ours_is_a_422(house: House) -> None:
    for path in ("/appointments", "/conversation", "/patients", "/holds", "/natural-language"):
        for body in (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 1000 + b"]" * 1000, b'{"a":NaN}'):
            answer = await house.http.post(f"/v1/scheduling{path}", content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code == 422, (path, body, answer.text)
            assert is_whole_problem(answer)


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(house: House) -> None:
    answer = await house.http.post("/v1/scheduling/patients", content=b"x" * 2_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "bad_request")


async def test_nasty_values_in_every_text_of_a_patient_never_break_the_server(house: House) -> None:
    for value in NASTY:
        for member in ("first_name", "last_name", "phone", "date_of_birth", "email", "language", "sex", "address", "external_ids"):
            body = json.dumps({"first_name": "A", "last_name": "B", member: value})
            answer = await house.http.post("/v1/scheduling/patients", content=body.encode(), headers={"Content-Type": "application/json"})
            assert answer.status_code in (201, 422), (member, value, answer.text)


async def test_nasty_messages_get_an_answer_or_a_refusal(house: House) -> None:
    patient = await a_patient(house)
    for value in [
        *NASTY,
        "quero marcar \u202e amanhã",
        "¡™£¢∞§¶•ªº",
        "\n\n\n",
        "'; DROP TABLE claims; --",
        "<script>alert(1)</script>",
        "a" * 4000,
    ]:
        body = json.dumps({"patient_id": patient, "channel": "web", "message": value})
        answer = await house.http.post("/v1/scheduling/conversation", content=body.encode(), headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 422), (value, answer.text)


async def test_a_cursor_that_is_not_ours_is_a_422(house: House) -> None:
    for path in ("/appointments", "/patients", "/providers", "/waitlist", "/locations"):
        for cursor in ("x", "AAAA", "bnVsbA", "W10", "WyJ4IiwieSJd", "W251bGwsbnVsbF0", "💥", "=" * 300):
            answer = await house.http.get(f"/v1/scheduling{path}", params={"cursor": cursor})
            assert (answer.status_code, answer.json()["error"]) == (422, "validation_failed"), (path, cursor)


async def test_paths_and_methods_that_are_not_there_are_problems_too(house: House) -> None:
    for method, path, status in (
        ("GET", "/v1/scheduling/nothing", 404),
        ("PATCH", "/v1/scheduling/appointments", 405),
        ("GET", "/v3/x", 404),
    ):
        answer = await house.http.request(method, path)
        assert answer.status_code == status
        assert is_whole_problem(answer)
    assert (await house.http.get("/api/nothing")).json()["error"]["code"] == "NOT_FOUND"


async def test_an_unknown_patient_has_no_talk(house: House) -> None:
    for path in ("/conversation", "/natural-language"):
        answer = await house.http.post(
            f"/v1/scheduling{path}", json={"patient_id": str(uuid4()), "message": "oi"} | ({"channel": "web"} if "conv" in path else {})
        )
        assert (answer.status_code, answer.json()["error"]) == (404, "patient_not_found"), answer.text


async def test_a_null_where_nothing_can_be_missing_is_refused(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    for member in ("first_name", "last_name", "external_ids", "is_active"):
        answer = await house.http.put(f"/v1/scheduling/patients/{patient}", json={member: None})
        assert (answer.status_code, answer.json()["error"]) == (422, "validation_failed"), member
    made = await house.ok("POST", "/appointments", 201, json=booking(slot, patient))
    assert (await house.http.put(f"/v1/scheduling/appointments/{made['id']}", json={"version": 1, "metadata": None})).status_code == 422
    emptied = await house.http.put(f"/v1/scheduling/appointments/{made['id']}", json={"version": 1, "notes": None, "room_id": None})
    assert emptied.status_code == 200, emptied.text
