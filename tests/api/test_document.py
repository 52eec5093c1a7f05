"""`/openapi.json`: every method and path of the scheduling API is there, and every operation says what it may answer."""

import re

import pytest

from marcai.app import make_app
from marcai.doorway.gate import Gate

SCHEDULING = """
POST GET /appointments
GET PUT DELETE /appointments/{}
POST /appointments/{}/confirm
POST /appointments/{}/check-in
POST /appointments/{}/start
POST /appointments/{}/complete
POST /appointments/{}/no-show
POST /appointments/{}/cancel
POST /appointments/{}/reschedule
GET /slots
POST GET /providers
GET PUT DELETE /providers/{}
GET POST /providers/{}/templates
PUT DELETE /providers/{}/templates/{}
GET POST /providers/{}/overrides
DELETE /providers/{}/overrides/{}
GET /providers/{}/cross-location-conflicts
GET /providers/{}/locations-schedule
POST GET /webhooks
GET PUT DELETE /webhooks/{}
POST /webhooks/{}/test
GET /webhooks/{}/deliveries
GET /webhooks/dead-letters
POST /conversation
GET /conversation/{}/{}/state
DELETE /conversation/{}/{}
POST /natural-language
POST GET /waitlist
DELETE /waitlist/{}
GET /waitlist/position/{}
"""
"""Seed 001, but for voice and the risk of a no-show, which have rooms of their own."""

OTHERS = """
GET /v3/patients
GET /v3/patients/{}
GET /v3/providers
GET /v3/providers/{}
GET /v3/appointments
GET /v3/appointments/{}
GET /v3/facilities
GET /v3/facilities/{}
GET PATCH /v1/tenants/me
GET POST /v1/appointments
GET PATCH DELETE /v1/appointments/{}
GET /v1/professionals
GET /v1/professionals/{}
GET /v1/services
GET /v1/services/{}
GET /health
"""


def _no_services() -> object:
    raise AssertionError("nothing is served here")


@pytest.fixture(scope="module")
def gate() -> Gate:
    return make_app(_no_services)  # type: ignore[arg-type]  # the document needs no services


def promised() -> set[tuple[str, str]]:
    lines = [("/v1/scheduling", line) for line in SCHEDULING.split("\n")] + [("", line) for line in OTHERS.split("\n")]
    return {(method, prefix + words[-1]) for prefix, line in lines if (words := line.split()) for method in words[:-1]}


def test_every_operation_that_the_seeds_promise_is_in_the_document(gate: Gate) -> None:
    paths = gate.app.openapi()["paths"]
    present = {(method.upper(), re.sub(r"{\w+}", "{}", path)) for path, operations in paths.items() for method in operations}
    assert promised() - present == set()


def test_every_operation_says_what_it_refuses_and_which_headers_it_bears(gate: Gate) -> None:
    document = gate.app.openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                assert {"X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(response["headers"]), path
                if int(status) >= 400 and path != "/health":
                    assert set(response["content"]) == {"application/problem+json"}, (method, path, status)
            if path.startswith(("/v1/", "/v3/")):
                wanted = {"400", "401", "403", "404", "422", "429", "503"}
                wanted |= set() if method == "get" else {"408", "409", "413", "415"}
                assert wanted <= set(operation["responses"]), (method, path)
                assert operation["security"]
    assert "HTTPValidationError" not in str(document)


def test_only_writes_with_a_body_take_an_idempotency_key(gate: Gate) -> None:
    for path, operations in gate.app.openapi()["paths"].items():
        for method, operation in operations.items():
            names = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert ("Idempotency-Key" in names) == (method in ("post", "put", "patch")), path
