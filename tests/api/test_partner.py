"""`/v3`: the clinic in the form of Max AI."""

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import uvicorn

from marcai.kit.ids import prefixed
from tests.api.conftest import House
from tests.api.test_bad_input import is_whole_problem
from tests.api.test_calendar_doors import a_patient, a_slot, booking


def named(house: House) -> dict[str, str]:
    return {"X-Organization-Id": str(house.door.demo_clinic)}


async def ask(house: House, path: str, **params: str) -> Any:
    answer = await house.http.get(f"/v3{path}", params=params, headers=named(house))
    assert answer.status_code == 200, answer.text
    assert answer.json()["code"] == "success"
    return answer.json()["data"]


async def test_every_list_has_its_plural_and_its_pages(house: House) -> None:
    for plural, prefix in (("patients", "pat_"), ("providers", "prv_"), ("facilities", "fac_"), ("appointments", "apt_")):
        first = await ask(house, f"/{plural}", page="1", pageSize="40")
        pages, total = first["pagination"], first["pagination"]["totalCount"]
        assert (pages["page"], pages["pageSize"], pages["totalPages"]) == (1, 40, -(-total // 40))
        seen = [
            one["id"]
            for page in range(1, pages["totalPages"] + 2)
            for one in (await ask(house, f"/{plural}", page=str(page), pageSize="40"))[plural]
        ]
        assert len(seen) == len(set(seen)) == total > 0
        assert all(re.fullmatch(f"{prefix}[0-9a-f]{{32}}", one) for one in seen)
        one = await ask(house, f"/{plural}/{seen[0]}")
        assert one["id"] == seen[0]
        raw = await ask(house, f"/{plural}/{seen[0][4:12]}-{seen[0][12:16]}-{seen[0][16:20]}-{seen[0][20:24]}-{seen[0][24:]}")
        assert raw == one


async def test_appointments_are_found_by_day_status_and_place(house: House) -> None:
    slot, patient = await a_slot(house), await a_patient(house)
    made = await house.ok("POST", "/appointments", 201, json=booking(slot, patient))
    day = slot["date"]
    found = await ask(
        house,
        "/appointments",
        dateFrom=day,
        dateTo=day,
        statuses="requested,confirmed",
        facilityId=prefixed_location(slot),
        patientId=patient,
    )
    (one,) = found["appointments"]
    assert one["id"] == "apt_" + made["id"].replace("-", "")
    assert (one["scheduledStartDate"], one["status"]) == (slot["starts_at"], "requested")
    assert one["patient"]["firstName"] == "Nora"
    assert one["provider"]["displayLastName"] == "Souza"
    assert one["provider"]["firstName"] == "Ana"
    assert (await ask(house, "/appointments", patientId=patient, statuses="cancelled"))["appointments"] == []
    assert (await ask(house, "/appointments", patientId=patient, dateFrom="2027-01-01"))["appointments"] == []


def prefixed_location(slot: dict[str, Any]) -> str:
    return "fac_" + str(slot["location"]["id"]).replace("-", "")


async def test_a_key_without_the_patients_scope_sees_ids_alone(house: House) -> None:
    key = await house.key("read:appointments")
    answer = await house.http.get("/v3/appointments", headers=named(house) | {"x-api-key": key}, params={"pageSize": "5"})
    assert all(set(one["patient"]) == {"id"} for one in answer.json()["data"]["appointments"])


@pytest.mark.parametrize("plural", ["patients", "providers", "facilities", "appointments"])
async def test_refusals_are_in_the_seeds_words(house: House, plural: str) -> None:
    async def refused(path: str, headers: dict[str, str]) -> tuple[int, str, str]:
        answer = await house.http.get(path, headers=headers)
        assert is_whole_problem(answer)
        return answer.status_code, answer.json()["code"], answer.json()["message"]

    one = f"/v3/{plural}/{uuid4()}"
    assert await refused(one, {}) == (400, "bad_request", "'X-Organization-Id' is required")
    assert await refused(one, {"X-Organization-Id": "x"}) == (400, "bad_request", "'X-Organization-Id' must be a valid UUID")
    assert await refused(one, {"X-Organization-Id": prefixed(uuid4(), "org")}) == (
        400,
        "bad_request",
        "'X-Organization-Id' must be a valid UUID",
    )
    assert (await refused(one, {"X-Organization-Id": str(uuid4())}))[:2] == (403, "forbidden")
    for bad in ("not-a-uuid", "xyz_" + "0" * 32, "typ_" + "0" * 32):
        assert await refused(f"/v3/{plural}/{bad}", named(house)) == (400, "bad_request", "'id' must be a valid ID")
    status, code, message = await refused(one, named(house))
    assert (status, code) == (404, "not_found")
    assert message.endswith("not found")
    for query in ("page=0", "pageSize=101", "pageSize=x", "limit=5"):
        assert (await refused(f"/v3/{plural}?{query}", named(house)))[:2] == (422, "unprocessable")
    if plural == "appointments":
        assert await refused("/v3/appointments?facilityId=x", named(house)) == (400, "bad_request", "'facilityId' must be a valid ID")


async def test_the_client_printed_in_the_seed_runs_unchanged_but_for_its_host(house: House, shared: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine: the printed client did not run")
    printed = next((shared / "seeds").glob("003*")).read_text()
    begin = printed.index("async function getPatient")
    client = printed[begin : printed.index("\n}\n", begin) + 3].replace("https://api.maxcare.ai", "BASE")
    found = (await ask(house, "/patients", pageSize="1"))["patients"][0]
    server = uvicorn.Server(uvicorn.Config(house.gate, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    script = tmp_path / "client.mjs"
    script.write_text(
        client.replace("BASE", f"http://127.0.0.1:{port}")
        + f"""
const [key, org] = ["mk_test_demo", "{house.door.demo_clinic}"];
const found = await getPatient(key, org, "{found["id"]}");
const missing = await getPatient(key, org, "{uuid4()}");
let refused = "";
try {{ await getPatient("mk_live_wrong", org, "{found["id"]}"); }} catch (error) {{ refused = error.message; }}
console.log(JSON.stringify([found.id, missing, refused]));
"""
    )
    process = await asyncio.create_subprocess_exec(node, str(script), stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    server.should_exit = True
    await serving
    assert said.decode().strip() == f'["{found["id"]}",null,"API key is invalid. Check your credentials."]'
