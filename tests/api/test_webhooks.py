"""Webhooks over HTTP: subscribing, changing, trying out, and looking at what became of it."""

import json
from typing import Any
from uuid import uuid4

import pytest

from marcai.backends.fakes.webhooks import FakeEndpoints, answering
from marcai.ledger.outbox import relay
from marcai.notifications.courier import Courier
from marcai.notifications.schedule import Schedule
from marcai.notifications.webhook import EVENT_TYPES
from tests.api.conftest import House
from tests.api.test_calendar_doors import a_patient, a_slot, booking

URL = "https://hooks.example.com/marcai"
WANTED = {"url": URL, "event_types": ["appointment.created", "slot.released"]}


async def subscribed(house: House, **more: Any) -> dict[str, Any]:
    return dict(await house.ok("POST", "/webhooks", 201, json=WANTED | more))


async def test_a_subscription_shows_its_secret_once(house: House) -> None:
    made = await subscribed(house, description="ERP", metadata={"team": 7})
    assert made["secret"].startswith("whsec_")
    assert (made["url"], made["event_types"], made["description"], made["metadata"]) == (URL, WANTED["event_types"], "ERP", {"team": 7})
    assert made["is_active"]
    shown = await house.ok("GET", f"/webhooks/{made['id']}")
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert (await house.ok("GET", "/webhooks"))["items"] == [shown]


async def test_a_repeat_under_an_idempotency_key_makes_one_subscription_and_does_not_show_the_secret_again(house: House) -> None:
    answers = [await house.http.post("/v1/scheduling/webhooks", json=WANTED, headers={"Idempotency-Key": "hook-1"}) for _ in range(2)]
    first, second = (answer.json() for answer in answers)
    assert "secret" in first
    assert second == {name: value for name, value in first.items() if name != "secret"}
    assert len((await house.ok("GET", "/webhooks"))["items"]) == 1


@pytest.mark.parametrize("secret", ["x" * 31, "", "whsec_" + "?" * 40])
async def test_a_secret_that_is_too_weak_is_a_bad_request(house: House, secret: str) -> None:
    answer = await house.http.post("/v1/scheduling/webhooks", json=WANTED | {"secret": secret})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
    assert answer.json()["errors"][0]["path"] == "secret"


async def test_a_chosen_secret_is_taken_as_it_is(house: House) -> None:
    assert (await subscribed(house, secret="z" * 32))["secret"] == "z" * 32


@pytest.mark.parametrize(
    "wrong",
    [
        {"event_types": ["appointment.exploded"]},
        {"event_types": []},
        {"event_types": ["webhook.test"]},
        {"url": "http://hooks.example.com/"},
        {"url": "https://127.0.0.1/"},
        {"url": "https://2130706433/"},
        {"url": "https://[::ffff:10.0.0.1]/"},
        {"url": "https://localhost/"},
        {"url": "https://hooks.example.com:22/"},
        {"url": "file:///etc/passwd"},
        {"url": "not an address"},
        {"url": None},
        {"secret": 7},
        {"metadata": []},
        {"surprise": 1},
    ],
)
async def test_what_cannot_be_meant_is_refused_and_written_nowhere(house: House, wrong: dict[str, Any]) -> None:
    answer = await house.http.post("/v1/scheduling/webhooks", json=WANTED | wrong)
    assert (answer.status_code, answer.json()["error"]) == (422, "validation_failed"), answer.text
    assert (await house.ok("GET", "/webhooks"))["items"] == []
    made = await subscribed(house)
    if "surprise" not in wrong and wrong not in ({"url": None},):
        changed = await house.http.put(f"/v1/scheduling/webhooks/{made['id']}", json=wrong)
        assert changed.status_code == 422, changed.text


async def test_every_event_type_may_be_wanted(house: House) -> None:
    assert (await subscribed(house, event_types=list(EVENT_TYPES) * 2))["event_types"] == list(EVENT_TYPES)


async def test_an_update_changes_what_it_names(house: House) -> None:
    made = await subscribed(house, description="old")
    changed = await house.ok("PUT", f"/webhooks/{made['id']}", json={"event_types": ["slot.released"], "is_active": False})
    assert (changed["event_types"], changed["is_active"], changed["why_inactive"]) == (["slot.released"], False, "switched_off")
    assert (changed["url"], changed["description"]) == (URL, "old")
    again = await house.ok("PUT", f"/webhooks/{made['id']}", json={"description": None, "is_active": True})
    assert (again["description"], again["is_active"], again["why_inactive"]) == (None, True, None)
    weak = await house.http.put(f"/v1/scheduling/webhooks/{made['id']}", json={"secret": "short"})
    assert weak.status_code == 400
    assert "secret" not in await house.ok("PUT", f"/webhooks/{made['id']}", json={"secret": "n" * 40})


async def test_a_rotated_secret_is_shown_once(house: House) -> None:
    made = await subscribed(house)
    rotated = await house.ok("POST", f"/webhooks/{made['id']}/rotate-secret")
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != made["secret"]


async def test_a_deleted_subscription_is_listed_as_inactive_and_answers_no_more_changes(house: House) -> None:
    made = await subscribed(house)
    await house.ok("DELETE", f"/webhooks/{made['id']}", 204)
    assert [(one["is_active"], one["why_inactive"]) for one in (await house.ok("GET", "/webhooks"))["items"]] == [(False, "deleted")]
    for method, path in (("DELETE", ""), ("PUT", ""), ("POST", "/test"), ("POST", "/rotate-secret")):
        answer = await house.http.request(
            method, f"/v1/scheduling/webhooks/{made['id']}{path}", json={"is_active": True} if method == "PUT" else None
        )
        assert (answer.status_code, answer.json()["error"]) == (404, "webhook_not_found"), (method, path)


async def test_an_inactive_webhook_cannot_be_tried_out(house: House) -> None:
    made = await subscribed(house)
    await house.ok("PUT", f"/webhooks/{made['id']}", json={"is_active": False})
    answer = await house.http.post(f"/v1/scheduling/webhooks/{made['id']}/test")
    assert (answer.status_code, answer.json()["error"]) == (409, "webhook_inactive")


async def test_what_is_not_there_is_not_found(house: House) -> None:
    for method, path in (
        ("GET", f"/webhooks/{uuid4()}"),
        ("PUT", f"/webhooks/{uuid4()}"),
        ("DELETE", f"/webhooks/{uuid4()}"),
        ("POST", f"/webhooks/{uuid4()}/test"),
        ("GET", f"/webhooks/{uuid4()}/deliveries"),
    ):
        answer = await house.http.request(method, f"/v1/scheduling{path}", json={} if method == "PUT" else None)
        assert (answer.status_code, answer.json()["error"]) == (404, "webhook_not_found"), (method, path)
    answer = await house.http.post(f"/v1/scheduling/webhooks/dead-letters/{uuid4()}/replay")
    assert (answer.status_code, answer.json()["error"]) == (404, "dead_letter_not_found")
    assert (await house.http.get("/v1/scheduling/webhooks/nonsense")).status_code == 422


async def test_a_key_needs_the_scope_of_webhooks(house: House) -> None:
    reader = {"x-api-key": await house.key("read:webhooks")}
    other = {"x-api-key": await house.key("write:appointments")}
    assert (await house.http.get("/v1/scheduling/webhooks", headers=reader)).status_code == 200
    assert (await house.http.post("/v1/scheduling/webhooks", json=WANTED, headers=reader)).status_code == 403
    assert (await house.http.get("/v1/scheduling/webhooks/dead-letters", headers=other)).status_code == 403


async def carried(house: House, endpoints: FakeEndpoints, waits: list[float]) -> None:
    """Do what the worker would do now."""
    clinic = house.door.demo_clinic
    assert clinic is not None
    courier = Courier(house.door.units, endpoints, house.clock, Schedule.exactly(waits), uuid4)
    await relay(house.door.units, [courier.carry], clinic)  # type: ignore[type-var]
    async with house.door.unit_of(clinic, actor_label="test") as unit:
        listed = await unit.webhooks.page(limit=100)
    for subscription in listed:
        await courier.deliver(clinic, subscription.id)


async def test_a_booking_is_told_and_its_history_can_be_read(house: House) -> None:
    made = await subscribed(house)
    endpoints = FakeEndpoints(house.clock, {URL: answering(200)})
    visit = await house.ok("POST", "/appointments", 201, json=booking(await a_slot(house), await a_patient(house)))
    test = await house.ok("POST", f"/webhooks/{made['id']}/test")
    assert (test["status"], test["event_type"], test["attempt_count"]) == ("pending", "webhook.test", 0)
    await carried(house, endpoints, [0, 5])
    history = (await house.ok("GET", f"/webhooks/{made['id']}/deliveries"))["items"]
    assert {(one["event_type"], one["status"], one["attempt_count"], one["last_status_code"]) for one in history} == {
        ("webhook.test", "delivered", 1, 200),
        ("appointment.created", "delivered", 1, 200),
    }
    told = next(it for it in endpoints.received if b"appointment.created" in it.body)
    assert visit["id"].encode() in told.body
    assert told.headers["webhook-id"] in {one["webhook_id"] for one in history}
    assert (await house.ok("GET", "/webhooks/dead-letters"))["items"] == []
    page = await house.ok("GET", f"/webhooks/{made['id']}/deliveries", params={"limit": 1})
    further = await house.ok("GET", f"/webhooks/{made['id']}/deliveries", params={"limit": 1, "cursor": page["next_cursor"]})
    assert [page["items"][0]["id"], further["items"][0]["id"]] == [one["id"] for one in history]
    assert further["next_cursor"] is None


async def test_a_dead_letter_is_listed_and_replayed_by_either_of_its_ids(house: House) -> None:
    made = await subscribed(house)
    endpoints = FakeEndpoints(house.clock, {URL: answering(500)})
    await house.ok("POST", "/appointments", 201, json=booking(await a_slot(house), await a_patient(house)))
    await carried(house, endpoints, [0])
    (letter,) = (await house.ok("GET", "/webhooks/dead-letters"))["items"]
    assert (letter["subscription_id"], letter["reason"], letter["last_status_code"]) == (made["id"], "exhausted", 500)
    assert letter["webhook_id"] == endpoints.received[0].headers["webhook-id"]
    assert letter["payload"]["type"] == "appointment.created"
    assert (await house.ok("GET", "/webhooks/dead-letters", params={"subscription_id": str(uuid4())}))["items"] == []
    for id_ in (letter["id"], letter["webhook_id"]):
        assert (await house.ok("POST", f"/webhooks/dead-letters/{id_}/replay"))["status"] == "pending"
        again = await house.http.post(f"/v1/scheduling/webhooks/dead-letters/{id_}/replay")
        assert (again.status_code, again.json()["error"]) == (409, "status_transition")
        await carried(house, endpoints, [0])
        assert len((await house.ok("GET", "/webhooks/dead-letters"))["items"]) == 1


async def test_subscriptions_come_page_by_page(house: House) -> None:
    made = [(await subscribed(house))["id"] for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await house.ok("GET", "/webhooks", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made


NASTY = ("\x00", "\ud800", "9" * 30, "\u202e" * 50, "𝒳" * 600)


async def test_nasty_values_break_nothing(house: House) -> None:
    for text in NASTY:
        values: dict[str, Any] = {
            "url": f"https://hooks.example.com/{text}",
            "secret": text * 40,
            "description": text,
            "metadata": {"x": text, text: 1},
            "event_types": [text],
        }
        for member, value in values.items():
            body = json.dumps(WANTED | {member: value})
            made = await house.http.post("/v1/scheduling/webhooks", content=body, headers={"content-type": "application/json"})
            assert made.status_code in (201, 400, 422), (member, made.text)
            if made.status_code == 201:
                await house.ok("GET", f"/webhooks/{made.json()['id']}")
                await house.ok("POST", f"/webhooks/{made.json()['id']}/test")
