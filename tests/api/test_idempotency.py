"""A write under an Idempotency-Key has one effect; repeats get the same bytes, or are told to wait."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from marcai.backends.embedded.postgres import EmbeddedPostgres
from tests import scale
from tests.api.conftest import House
from tests.api.operations import OPERATIONS, filled
from tests.api.test_calendar_doors import a_patient, a_slot, booking
from tests.api.worlds import make_world
from tests.backends.postgres.test_tenancy import raw

BOOKINGS = "/v1/scheduling/appointments"


async def count(house: House, sql: str, url: str) -> int:
    owner = await raw(url)
    found: int = await owner.fetchval(sql)
    await owner.close()
    return found


async def visits(house: House, patient: str) -> int:
    return len((await house.ok("GET", "/appointments", params={"patient_id": patient}))["items"])


def keyed(key: str, **more: str) -> dict[str, str]:
    return {"Idempotency-Key": key, **more}


async def test_a_repeated_booking_gets_the_first_answer_byte_for_byte(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    body = booking(slot, patient, notes="ção 医")
    first = await house.http.post(BOOKINGS, json=body, headers=keyed("one"))
    again = await house.http.post(BOOKINGS, json=body, headers=keyed("one"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert await visits(house, patient) == 1
    unkeyed = await house.http.post(BOOKINGS, json=body)
    assert unkeyed.status_code == 409


async def test_another_body_method_or_path_under_the_key_is_refused(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    body = booking(slot, patient)
    made = (await house.http.post(BOOKINGS, json=body, headers=keyed("one"))).json()
    for method, path, other in (
        ("POST", BOOKINGS, body | {"notes": "another"}),
        ("PUT", f"{BOOKINGS}/{made['id']}", {"version": 1, "notes": "x"}),
        ("POST", f"{BOOKINGS}/{made['id']}/confirm", {}),
        ("POST", "/v1/scheduling/patients", {"first_name": "A", "last_name": "B"}),
    ):
        answer = await house.http.request(method, path, json=other, headers=keyed("one"))
        assert (answer.status_code, answer.json()["error"]) == (409, "duplicate_idempotency"), (method, path)
    assert (await house.ok("GET", f"/appointments/{made['id']}"))["status"] == "requested"


async def test_a_refusal_is_not_stored_and_the_key_may_be_used_again(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    wrong = await house.http.post(BOOKINGS, json=booking(slot, "pat_x"), headers=keyed("one"))
    assert wrong.status_code == 422
    other = await a_patient(house)
    await house.ok("POST", "/appointments", 201, json=booking(slot, other))
    taken = await house.http.post(BOOKINGS, json=booking(slot, patient), headers=keyed("one"))
    assert (taken.status_code, taken.json()["error"]) == (409, "slot_conflict")
    free = await a_slot(house)
    assert (await house.http.post(BOOKINGS, json=booking(free, patient), headers=keyed("one"))).status_code == 201


async def test_a_key_has_at_most_255_characters_and_at_least_one(house: House) -> None:
    body = {"first_name": "A", "last_name": "B"}
    for key, status in (("k" * 255, 201), ("k" * 256, 422), ("", 422), (" ", 422), ("a\tb", 422)):
        answer = await house.http.post("/v1/scheduling/patients", json=body, headers=keyed(key))
        assert answer.status_code == status, key
        if status == 422:
            assert answer.json()["errors"][0]["path"] == "Idempotency-Key"


async def test_keys_of_two_callers_do_not_meet(house: House) -> None:
    body = {"first_name": "A", "last_name": "B"}
    one, two = await house.key("*"), await house.key("*")
    answers = [
        await house.http.post("/v1/scheduling/patients", json=body, headers=keyed("one", **{"x-api-key": key})) for key in (one, two, one)
    ]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert answers[0].json()["id"] == answers[2].json()["id"] != answers[1].json()["id"]


async def test_a_key_without_the_scope_gets_no_stored_answer(house: House) -> None:
    body = {"first_name": "Segredo", "last_name": "B"}
    key = await house.key("write:patients")
    await house.http.post("/v1/scheduling/patients", json=body, headers=keyed("one", **{"x-api-key": key}))
    reader = await house.key("read:patients")
    refused = await house.http.post("/v1/scheduling/patients", json=body, headers=keyed("one", **{"x-api-key": reader}))
    assert refused.status_code == 403
    assert "Segredo" not in refused.text


async def test_a_stored_answer_ends_after_a_day(house: House) -> None:
    body = {"first_name": "A", "last_name": "B"}
    first = await house.http.post("/v1/scheduling/patients", json=body, headers=keyed("one"))
    house.clock.advance(timedelta(hours=23, minutes=59))
    assert (await house.http.post("/v1/scheduling/patients", json=body, headers=keyed("one"))).content == first.content
    house.clock.advance(timedelta(minutes=2))
    later = await house.http.post("/v1/scheduling/patients", json=body, headers=keyed("one"))
    assert later.status_code == 201
    assert later.json()["id"] != first.json()["id"]


async def test_a_repeated_message_takes_no_second_turn(house: House) -> None:
    patient = await a_patient(house)
    for message in ("quero marcar uma consulta", "estou com uma dor forte no peito e falta de ar"):
        body = {"patient_id": patient, "channel": "web", "message": message}
        first = await house.http.post("/v1/scheduling/conversation", json=body, headers=keyed(message[:5]))
        again = await house.http.post("/v1/scheduling/conversation", json=body, headers=keyed(message[:5]))
        assert (first.status_code, again.status_code) == (200, 200)
        assert again.content == first.content
        assert again.headers["idempotent-replayed"] == "true"
        other = await house.http.post("/v1/scheduling/conversation", json=body | {"message": "oi"}, headers=keyed(message[:5]))
        assert (other.status_code, other.json()["error"]) == (409, "duplicate_idempotency")
    state = await house.ok("GET", f"/conversation/{patient}/web/state")
    assert len(state["history"]) == 2


async def test_what_is_only_read_is_answered_alike_too(house: House) -> None:
    body = {"patient_id": await a_patient(house), "message": "quero marcar amanhã"}
    first = await house.http.post("/v1/scheduling/natural-language", json=body, headers=keyed("one"))
    again = await house.http.post("/v1/scheduling/natural-language", json=body, headers=keyed("one"))
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"


async def test_every_write_of_the_api_answers_a_repeat_alike_and_another_request_not_at_all(house: House) -> None:
    async with house.another(webhooks_allow_private=True) as wide:
        world = await make_world(wide, "own")
        for name, operation in OPERATIONS.items():
            method = name.split()[0]
            if method not in ("POST", "PUT", "PATCH") or name.endswith(("/accept", "/decline")):
                continue  # an open offer takes the waitlist's own stage
            ids = world.ids | (await operation.prepare(world) if operation.prepare else {})
            path, body = filled(name, operation, ids), operation.body(world) if operation.body else {}
            key = {"Idempotency-Key": f"every-{name}"}
            first = await world.call(method, path, json=body, headers=key)
            assert first.status_code in (200, 201), (name, first.text)
            again = await world.call(method, path, json=body, headers=key)
            assert (again.status_code, again.headers.get("idempotent-replayed")) == (first.status_code, "true"), name
            if "secret" in first.json():
                assert again.json() == {member: value for member, value in first.json().items() if member != "secret"}
            else:
                assert again.content == first.content, name
            if operation.other:
                other = await world.call(method, path, json=body | operation.other, headers=key)
                assert (other.status_code, other.json()["error"]) == (409, "duplicate_idempotency"), (name, other.text)
        owner = await raw(house.url)
        answers = await owner.fetchval("SELECT count(*) FROM idempotency_keys WHERE key LIKE 'every-%'")
        await owner.close()
        assert answers == sum(name.split()[0] in ("POST", "PUT", "PATCH") for name in OPERATIONS) - 2


async def storm(house: House, path: str, body: dict[str, Any], key: str) -> tuple[int, int]:
    """Send 50 times at once; return how many were carried out or replayed, and how many were told to wait."""
    answers = await asyncio.gather(*(house.http.post(path, json=body, headers=keyed(key)) for _ in range(50)))
    done = [answer for answer in answers if answer.status_code < 300]
    late = [answer for answer in answers if answer.status_code == 409 and answer.json()["error"] == "idempotency_in_flight"]
    assert len(done) + len(late) == 50, Counter((a.status_code, a.text[:200]) for a in answers)
    assert len({answer.content for answer in done}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in done) == 1
    return len(done), len(late)


@pytest.mark.prove
async def test_of_fifty_calls_with_one_key_one_has_the_effect(house: House) -> None:
    for trial in range(scale.rounds(200)):
        slot, patient = await a_slot(house), await a_patient(house)
        await storm(house, BOOKINGS, booking(slot, patient), f"book-{trial}")
        assert await visits(house, patient) == 1
        await storm(
            house, "/v1/scheduling/conversation", {"patient_id": patient, "channel": "sms", "message": "quero marcar"}, f"talk-{trial}"
        )
        assert len((await house.ok("GET", f"/conversation/{patient}/sms/state"))["history"]) == 1


async def test_answers_survive_a_restart_and_a_flushed_redis(house: House, postgres: EmbeddedPostgres) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    first = await house.http.post(BOOKINGS, json=booking(slot, patient), headers=keyed("one"))
    # Another process: new services on the same database, with a Redis that has never heard of us.
    async with house.another() as other:
        again = await other.http.post(BOOKINGS, json=booking(slot, patient), headers=keyed("one"))
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"


async def test_a_stored_answer_is_sealed_at_rest(house: House) -> None:
    await house.http.post("/v1/scheduling/patients", json={"first_name": "Zelda", "last_name": "Canária"}, headers=keyed("one"))
    owner = await raw(house.url)
    row = await owner.fetchrow("SELECT * FROM idempotency_keys")
    await owner.close()
    assert row is not None
    assert b"Zelda" not in row["body"]
    assert "Zelda" not in json.dumps([str(value) for value in row.values()])
