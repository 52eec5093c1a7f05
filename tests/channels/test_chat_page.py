"""The chat page: a stranger talks, sees the day change, and sees nobody else's visit."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from marcai.app import make_app
from tests.api.conftest import House, demo_template, house

__all__ = ["demo_template", "house"]

WISH = "I'd like to see Dr. Ana tomorrow afternoon"


async def say(client: httpx.AsyncClient, message: str, **more: Any) -> dict[str, Any]:
    """Send one message of the page and return the answer."""
    answer = await client.post("/chat/messages", json={"message": message} | more)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def blocks(client: httpx.AsyncClient, day: str, name: str, **query: str) -> list[tuple[str, str]]:
    """Return (kind, start) of one provider's blocks on a day."""
    shown = (await client.get("/chat/day", params={"date": day, **query})).json()
    row = next(row for row in shown["providers"] if row["name"] == name)
    return [(block["kind"], block["start"]) for block in row["blocks"]]


@pytest.fixture
def page(house: House) -> httpx.AsyncClient:
    """A browser that has just opened the page: no key."""
    house.http.headers.pop("x-api-key")
    return house.http


async def test_the_page_and_its_files_are_served_and_no_others(page: httpx.AsyncClient) -> None:
    home = await page.get("/")
    assert home.status_code == 200
    assert "default-src 'none'" in home.headers["content-security-policy"]
    for name, status in (("chat.css", 200), ("chat.js", 200), ("page.py", 404), ("..%2fpage.py", 404)):
        assert (await page.get(f"/chat-assets/{name}")).status_code == status


async def test_a_stranger_books_and_sees_the_day_change(page: httpx.AsyncClient) -> None:
    offered = await say(page, WISH)
    assert offered["state"] == "offering"
    day, start = offered["offer"]["start_time"][:10], offered["offer"]["start_time"][11:16]
    assert offered["offer"]["provider_name"] == "Dra. Ana Souza"
    assert ("held", start) in await blocks(page, day, "Dra. Ana Souza")

    await say(page, "yes, please")
    booked = await say(page, "Jane Roe, March 5, 1980")

    assert booked["appointment"]["status"] == "requested"
    shown = await blocks(page, day, "Dra. Ana Souza")
    assert ("mine", start) in shown
    assert ("held", start) not in shown


async def test_another_visitor_sees_that_it_is_taken_and_by_nobody(page: httpx.AsyncClient) -> None:
    offered = await say(page, WISH)
    await say(page, "yes")
    await say(page, "Jane Roe, March 5, 1980")
    page.cookies.clear()
    day, start = offered["offer"]["start_time"][:10], offered["offer"]["start_time"][11:16]
    assert ("busy", start) in await blocks(page, day, "Dra. Ana Souza")
    assert "Roe" not in (await page.get("/chat/day", params={"date": day})).text


async def test_the_visitors_cookie_is_out_of_a_scripts_reach(page: httpx.AsyncClient) -> None:
    answer = await page.post("/chat/messages", json={"message": "oi"})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_only_the_demo_lets_one_write_as_a_patient(house: House, page: httpx.AsyncClient) -> None:
    patient = (await page.get("/chat/clinic")).json()["people"][0]["id"]
    known = await say(page, "what appointments do I have?", patient_id=patient)
    assert known["intent"] == "list"
    assert known["state"] != "identifying"

    serious = make_app(lambda: None)  # type: ignore[arg-type, return-value]  # never started: its services are handed in
    serious.app.state.door = replace(house.door, is_demo=False)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=serious), base_url="http://marcai.test")
    assert (await client.get("/chat/clinic")).json()["people"] == []
    asked = await say(client, "what appointments do I have?", patient_id=patient)
    assert asked["state"] == "identifying"


async def test_where_it_is_not_switched_on_there_is_no_page(house: House) -> None:
    without = make_app(lambda: None)  # type: ignore[arg-type, return-value]  # never started: its services are handed in
    without.app.state.door = replace(house.door, chat_clinic=None)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=without), base_url="http://marcai.test")
    for path in ("/", "/chat/clinic", "/chat-assets/chat.js", "/chat/day?date=2026-03-03"):
        assert (await client.get(path)).status_code == 404
