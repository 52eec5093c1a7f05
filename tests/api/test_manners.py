"""The manners of a machine's surface: every answer bears its id and its limit, and every refusal says what it is."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from marcai.clinics.clinic import Organisation, OrganisationId
from marcai.clinics.keys import create
from marcai.doorway.gate import Gate
from marcai.doorway.limits import Limits, Rule
from marcai.doorway.tokens import signed
from tests.api.conftest import House
from tests.api.test_bad_input import is_whole_problem

PROVIDERS = "/v1/scheduling/providers"


async def a_clinic(house: House, slug: str, **more: Any) -> UUID:
    """Make a clinic that has nothing yet."""
    organisation_id = OrganisationId(uuid4())
    async with house.door.unit_of(organisation_id, actor_label="test") as unit:
        await unit.catalogue.add_organisation(Organisation(organisation_id, slug, slug, "America/Sao_Paulo", **more))
        await unit.commit()
    return organisation_id


async def bare(house: House, method: str, path: str, **more: Any) -> httpx.Response:
    """Send a request without the demo's key."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=house.gate), base_url="http://marcai.test") as client:
        return await client.request(method, path, **more)


def error_of(answer: httpx.Response) -> tuple[int, str]:
    assert is_whole_problem(answer)
    return answer.status_code, answer.json()["error"]


async def test_every_answer_bears_its_id_and_its_limit(house: House) -> None:
    for method, path, status in (
        ("GET", PROVIDERS, 200),
        ("GET", f"{PROVIDERS}/{uuid4()}", 404),
        ("POST", "/v1/scheduling/patients", 422),
        ("GET", "/nothing", 404),
        ("PATCH", PROVIDERS, 405),
        ("GET", "/health", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/api/nothing", 404),
    ):
        for answer in (await house.http.request(method, path), await bare(house, method, path)):
            assert answer.status_code in (status, 401)
            assert len(answer.headers["x-request-id"]) == 36
            for name in ("limit", "remaining", "reset"):
                assert int(answer.headers[f"x-ratelimit-{name}"]) >= 0


async def test_who_knocks_without_a_key_that_opens_is_counted_by_address(house: House) -> None:
    async with house.another(rate_limits={"address": (10, 5)}, rate_limit_factor=1.0) as strict:
        answers = [await bare(strict, "GET", path) for path in (PROVIDERS, "/nothing", "/v3/nothing") * 2]
        assert [answer.status_code for answer in answers[:5]] == [401, 404, 404, 401, 404]
        assert error_of(answers[5]) == (429, "rate_limit_exceeded")
        assert int(answers[5].headers["retry-after"]) >= 1
        assert answers[5].json()["retryAfter"] == int(answers[5].headers["retry-after"])
        # A key is not held to what others do from the same address, and health is not limited at all.
        assert (await strict.http.get(PROVIDERS)).status_code == 200
        assert (await bare(strict, "GET", "/health")).status_code == 200


@pytest.mark.parametrize("server", ["fakeredis", "redis-server"])
async def test_a_key_has_a_minute_and_a_burst_and_learns_when_to_come_again(
    house: House, server: str, request: pytest.FixtureRequest
) -> None:
    changes = {"redis_url": request.getfixturevalue("redis_server_url")} if server == "redis-server" else {}
    async with house.another(rate_limits={"key": (12, 5)}, rate_limit_factor=1.0, **changes) as strict:
        mine = {"x-api-key": await strict.key("read:providers"), "x-request-id": "limits-test-1"}
        theirs = {"x-api-key": await strict.key("read:providers")}
        burst = await asyncio.gather(*(strict.http.get(PROVIDERS, headers=mine) for _ in range(8)))
        assert sorted(answer.status_code for answer in burst) == [200] * 5 + [429] * 3
        assert {answer.headers["x-ratelimit-limit"] for answer in burst} == {"12"}
        strict.clock.advance(timedelta(seconds=2))
        # The three that were refused count too: four of the twelve are left.
        later = [await strict.http.get(PROVIDERS, headers=mine) for _ in range(5)]
        assert [answer.status_code for answer in later] == [200] * 4 + [429]
        wait = int(later[-1].headers["retry-after"])
        reset = int(later[-1].headers["x-ratelimit-reset"])
        assert strict.clock.now().timestamp() < reset
        assert (await strict.http.get(PROVIDERS, headers=theirs)).status_code == 200
        strict.clock.advance(timedelta(seconds=wait + 1))
        assert (await strict.http.get(PROVIDERS, headers=mine)).status_code == 200


async def test_booking_has_a_stricter_limit_of_its_own_but_for_the_demos_key(house: House) -> None:
    async with house.another(rate_limits={"booking": (3, 3)}, rate_limit_factor=1.0) as strict:
        mine = {"x-api-key": await strict.key("*")}
        answers = [await strict.http.post("/v1/scheduling/appointments", json={}, headers=mine) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
        assert (await strict.http.get(PROVIDERS, headers=mine)).headers["x-ratelimit-limit"] == "100"
        demo = await strict.http.post("/v1/scheduling/appointments", json={})
        assert demo.headers["x-ratelimit-limit"] == "6000"


def test_the_factor_multiplies_every_limit() -> None:
    doubled = Limits().scaled(2)
    assert (doubled.key, doubled.demo.per_minute, doubled.booking.burst) == (Rule("general", 200, 40), 12_000, 30)


async def test_both_forms_of_a_scope_that_is_missing(house: House) -> None:
    clinic = await a_clinic(house, "granted", settings={"grants": ["read:providers"]})
    broad, narrow = await house.key("read:providers read:patients", clinic), await house.key("read:providers", clinic)
    assert (await house.http.get(PROVIDERS, headers={"x-api-key": broad})).status_code == 200
    for key, form in (
        (
            broad,
            "The scope is on the API key but is not granted by the organization's installation. Granted scopes: [read:providers].",
        ),
        (narrow, "The API key is missing the required scope. Key scopes: [read:providers]."),
        (
            await house.key("*", clinic),
            "The scope is on the API key but is not granted by the organization's installation. Granted scopes: [read:providers].",
        ),
    ):
        answer = await house.http.get("/v1/scheduling/patients", headers={"x-api-key": key})
        assert error_of(answer) == (403, "insufficient_scope")
        assert answer.json()["code"] == "forbidden"
        assert answer.json()["message"] == f"Insufficient scopes. Required one of: [read:patients]. {form}"


async def test_a_suspended_clinic_is_inactive_and_its_keys_open_nothing(house: House) -> None:
    clinic = await a_clinic(house, "suspended", is_active=False)
    answer = await house.http.get(PROVIDERS, headers={"x-api-key": await house.key("*", clinic)})
    assert error_of(answer) == (403, "tenant_inactive")


async def test_a_persons_token_is_told_apart_from_a_key(house: House) -> None:
    now, secret = house.clock.now().timestamp(), house.door.secret_key
    clinic = str(house.door.demo_clinic)
    for token, expected in (
        (signed({"sub": "u", "exp": now + 60}, secret), (403, "no_org_context")),
        (signed({"sub": "u", "exp": now + 60, "org_id": clinic}, secret), (403, "insufficient_scope")),
        (signed({"sub": "u", "exp": now - 1}, secret), (401, "expired_api_key")),
        (signed({"sub": "u", "exp": now + 60}, "another secret"), (401, "invalid_api_key")),
        (signed({"sub": "u"}, secret), (401, "invalid_api_key")),
        ("eyJhbGciOiJub25lIn0.eyJleHAiOjk5OTk5OTk5OTl9.", (401, "invalid_api_key")),
        ("eyJ.ção.x", (401, "invalid_api_key")),
    ):
        answer = await bare(house, "GET", PROVIDERS, headers={"Authorization": f"Bearer {token}".encode()})
        assert error_of(answer) == expected, token


async def test_a_query_parameter_that_does_not_exist_is_refused_by_name(house: House) -> None:
    for path in (PROVIDERS, "/v1/scheduling/appointments", "/v1/scheduling/slots", "/v1/scheduling/waitlist", f"{PROVIDERS}/{uuid4()}"):
        answer = await house.http.get(path, params={"offset": "0"})
        assert error_of(answer) == (422, "validation_failed")
        assert answer.json()["errors"][0]["path"] == "offset"


async def test_a_body_is_json_whatever_it_forgets_to_say_and_nothing_else(house: House) -> None:
    body = json.dumps({"first_name": "A", "last_name": "B"}).encode()
    path = "/v1/scheduling/patients"
    for kind, status in (
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ("application/merge-patch+json", 201),
        (None, 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("rubbish", 415),
    ):
        answer = await house.http.post(path, content=body, headers={"content-type": kind} if kind else {})
        assert answer.status_code == status, kind
    assert error_of(await house.http.post(path)) == (422, "validation_failed")


async def test_a_body_that_comes_too_slowly_is_given_up(house: House) -> None:
    gate = Gate(house.gate.app, body_patience_seconds=0.05)

    async def trickle() -> Any:
        yield b"{"
        await asyncio.sleep(1)
        yield b"}"

    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if not sent and not asked:
            asked.append(1)
            return {"type": "http.request", "body": b"{", "more_body": True}
        await asyncio.sleep(5)
        return {"type": "http.disconnect"}

    asked: list[int] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"x-api-key", b"mk_test_demo"), (b"transfer-encoding", b"chunked"), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/scheduling/patients",
        "raw_path": b"/v1/scheduling/patients",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
        "scheme": "http",
        "server": ("marcai.test", 80),
        "root_path": "",
    }
    await gate(scope, receive, send)
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["error"] == "request_timeout"
    assert b"x-ratelimit-limit" in {name for name, _ in sent[0]["headers"]}


async def test_what_cannot_be_done_now_says_when_to_come_again(house: House) -> None:
    gone = replace(house.door, units=_nothing_answers)
    house.gate.app.state.door = gone
    answer = await house.http.get(PROVIDERS)
    assert error_of(answer) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    house.gate.app.state.door = house.door


def _nothing_answers(*_args: object, **_more: object) -> Any:
    from marcai.ledger.errors import StoreUnavailable

    raise StoreUnavailable("down")


async def test_an_expired_key_and_a_revoked_one(house: House) -> None:
    async with house.door.unit_of(house.door.demo_clinic or UUID(int=0), actor_label="test") as unit:
        made = await create(unit.api_keys, name="k", scopes=["*"], expires_at=house.clock.now() + timedelta(hours=1))
        await unit.commit()
    assert (await house.http.get(PROVIDERS, headers={"x-api-key": made.text})).status_code == 200
    house.clock.advance(timedelta(hours=2))
    assert error_of(await house.http.get(PROVIDERS, headers={"x-api-key": made.text})) == (401, "expired_api_key")
