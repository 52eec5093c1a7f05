"""Who is let in: keys, scopes, and the clinic that a key belongs to."""

from datetime import timedelta
from uuid import uuid4

from marcai.clinics.keys import create
from tests.api.conftest import House


async def error_of(house: House, **headers: str) -> tuple[int, str]:
    """Ask for the providers with these headers alone, and return the status and the specific code."""
    house.http.headers.pop("x-api-key", None)
    answer = await house.http.get("/v1/scheduling/providers", headers=headers)
    return answer.status_code, answer.json().get("error", "")


async def test_each_way_of_having_no_key_has_its_own_code(house: House) -> None:
    assert await error_of(house) == (401, "invalid_api_key")
    assert await error_of(house, **{"x-api-key": "mk_live_nothing"}) == (401, "invalid_api_key")
    assert await error_of(house, **{"x-api-key": ""}) == (401, "invalid_api_key")
    for header in ("Basic abc", "Bearer", "Bearer a b", "mk_test_demo"):
        assert await error_of(house, Authorization=header) == (401, "malformed_auth_header")


async def test_a_key_opens_by_either_header_and_only_within_its_scopes(house: House) -> None:
    key = await house.key("read:providers")
    assert (await error_of(house, Authorization=f"Bearer {key}"))[0] == 200
    assert (await error_of(house, **{"x-api-key": key}))[0] == 200
    answer = await house.http.get("/v1/scheduling/patients", headers={"x-api-key": key})
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert answer.json()["message"].endswith(
        "Required one of: [read:patients]. The API key is missing the required scope. Key scopes: [read:providers]."
    )


async def test_an_expired_key_says_so_and_a_revoked_one_does_not_exist(house: House) -> None:
    clinic = house.door.demo_clinic
    assert clinic is not None
    async with house.door.unit_of(clinic, actor_label="test") as unit:
        expired = await create(unit.api_keys, name="old", scopes=["*"], expires_at=house.clock.now() - timedelta(days=1))
        revoked = await create(unit.api_keys, name="gone", scopes=["*"])
        await unit.api_keys.end(revoked.key.id, unit.now)
        await unit.commit()
    assert await error_of(house, **{"x-api-key": expired.text}) == (401, "expired_api_key")
    assert await error_of(house, **{"x-api-key": revoked.text}) == (401, "invalid_api_key")


async def test_a_named_organisation_must_be_the_keys_own(house: House) -> None:
    key = await house.key("*")
    own = str(house.door.demo_clinic)
    assert (await error_of(house, **{"x-api-key": key, "X-Organization-Id": own}))[0] == 200
    assert (await error_of(house, **{"x-api-key": key, "X-Organization-Id": str(uuid4())}))[0] == 403
    assert await error_of(house, **{"x-api-key": key, "X-Organization-Id": "clinic"}) == (400, "bad_request")


async def test_the_request_id_of_a_caller_is_kept_and_a_strange_one_is_not(house: House) -> None:
    kept = await house.http.get("/health", headers={"X-Request-Id": "trace-12345678"})
    assert kept.headers["x-request-id"] == "trace-12345678"
    made = await house.http.get("/health", headers={"X-Request-Id": "a b\tc"})
    assert len(made.headers["x-request-id"]) == 36
