"""Many callers at once, over real HTTP against a server of its own: one slot has one winner, and no visit is lost or doubled."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.commands.test_command_line import KEY, folder, started
from tests.scale import rounds

__all__ = ["folder"]
CALLERS, SWAPPERS = 50, 20


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """The address of a demo that is this test's alone."""
    running, at = started(folder)
    yield f"{at}/v1/scheduling"
    running.terminate()
    running.wait(timeout=30)


def client_of(address: str) -> httpx.AsyncClient:
    """Return a client with room for all callers."""
    return httpx.AsyncClient(base_url=address, headers=KEY, timeout=60, limits=httpx.Limits(max_connections=CALLERS))


async def free_slots(client: httpx.AsyncClient, count: int) -> list[dict[str, Any]]:
    """Return that many free slots, each with what books it."""
    kinds = (await client.get("/appointment-types")).json()["items"]
    kind = next(one["id"] for one in kinds if one["code"] == "B")
    found: list[dict[str, Any]] = []
    for specialty in ("Clínica geral", "Dermatologia", "Neurologia", "Pediatria"):
        query = {"specialty": specialty, "appointment_type_id": kind, "date_from": "2026-03-05", "date_to": "2026-03-31", "limit": "200"}
        found += (await client.get("/slots", params=query)).json()["slots"]
    return [
        {
            "provider_profile_id": slot["provider_id"],
            "appointment_type_id": kind,
            "location_id": slot["location"]["id"],
            "start_time": slot["starts_at"],
            "end_time": slot["ends_at"],
        }
        for slot in found[:count]
    ]


async def new_patients(client: httpx.AsyncClient, count: int) -> list[str]:
    """Add patients and return their ids."""
    made = [await client.post("/patients", json={"first_name": f"Caller{n}", "last_name": "Storm"}) for n in range(count)]
    return [one.json()["id"] for one in made]


@pytest.mark.prove
@pytest.mark.timeout(900)
async def test_of_fifty_callers_on_one_slot_exactly_one_is_booked(address: str) -> None:
    async with client_of(address) as client:
        patients = await new_patients(client, CALLERS)
        for slot in await free_slots(client, rounds(100)):
            answers = await asyncio.gather(*(client.post("/appointments", json=slot | {"patient_id": one}) for one in patients))
            # A caller who won an earlier slot at this very time, with another provider, is busy then: also a conflict.
            assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CALLERS - 1}


@pytest.mark.prove
@pytest.mark.timeout(900)
async def test_twenty_callers_who_swap_visits_lose_none_and_double_none(address: str) -> None:
    async with client_of(address) as client:
        slots = await free_slots(client, 400)
        starts = {slot["start_time"]: slot for slot in slots}
        distinct = list(starts.values())[: SWAPPERS * 2]
        patients = await new_patients(client, SWAPPERS)
        visits = {}
        for patient, slot in zip(patients, distinct, strict=False):
            made = await client.post("/appointments", json=slot | {"patient_id": patient})
            assert made.status_code == 201, made.text
            visits[patient] = made.json()["id"]
        for turn in range(rounds(100)):
            wished = [distinct[(n * 7 + turn) % len(distinct)] for n in range(SWAPPERS)]

            async def move(patient: str, slot: dict[str, Any]) -> int:
                body = {"new_start_time": slot["start_time"], "new_provider_profile_id": slot["provider_profile_id"]}
                answer = await client.post(
                    f"/appointments/{visits[patient]}/reschedule", json=body | {"new_location_id": slot["location_id"]}
                )
                if answer.status_code == 201:
                    visits[patient] = answer.json()["id"]
                return answer.status_code

            statuses = await asyncio.gather(*(move(patient, slot) for patient, slot in zip(patients, wished, strict=True)))
            assert set(statuses) <= {201, 409}
        live: list[dict[str, Any]] = []
        for patient in patients:
            query = {"patient_id": patient, "status": "requested", "limit": "200"}
            own = (await client.get("/appointments", params=query)).json()["items"]
            assert [one["id"] for one in own] == [visits[patient]]
            live += own
        by_provider = sorted((one["provider_profile_id"], one["start_time"], one["end_time"]) for one in live)
        assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(by_provider))
