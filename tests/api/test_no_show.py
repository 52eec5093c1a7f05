"""The no-show doors: a risk with its reasons, a day's risks, and what stands behind them."""

import pytest

from marcai.backends.sklearn.no_show import SklearnLearner
from marcai.scheduling.no_show import Model
from marcai.scheduling.no_show_risks import train_model
from tests.api.conftest import House

MEMBERS = {"appointment_id", "risk_score", "risk_level", "risk_factors", "recommendation", "calibrated", "model_version"}
WEDNESDAY = "2026-03-04"


async def test_every_live_visit_of_a_day_has_a_risk_with_reasons(house: House) -> None:
    day = await house.ok("GET", "/no-show/daily-risks", params={"date": WEDNESDAY})
    live = (await house.ok("GET", "/appointments", params={"date_from": WEDNESDAY, "date_to": WEDNESDAY, "limit": 200}))["items"]
    assert {risk["appointment_id"] for risk in day["risks"]} == {visit["id"] for visit in live}
    assert day["total"] == len(live) > 3
    for risk in day["risks"]:
        assert set(risk) == MEMBERS
        assert 0 <= risk["risk_score"] <= 1
        assert risk["risk_level"] == ("low" if risk["risk_score"] < 0.15 else "medium" if risk["risk_score"] < 0.35 else "high")
        assert risk["risk_factors"]
        assert all(words.startswith(("raises the risk: ", "lowers the risk: ")) for words in risk["risk_factors"])
        assert (risk["calibrated"], risk["model_version"]) == (False, "prior-1")
    one = await house.ok("GET", f"/no-show/appointments/{live[0]['id']}/risk")
    assert one in day["risks"]

    seen, cursor = [], None
    while True:
        page = await house.ok(
            "GET", "/no-show/daily-risks", params={"date": WEDNESDAY, "limit": 2} | ({"cursor": cursor} if cursor else {})
        )
        seen += page["risks"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == day["risks"]


async def test_the_demos_model_says_that_its_past_is_made_up(house: House) -> None:
    found = await house.ok("GET", "/no-show/model-info")
    assert (found["kind"], found["calibrated"], found["history_is_generated"]) == ("prior", False, True)
    assert "generated for the demo" in found["note"]
    history = found["report"]["history"]
    assert history["visits"] == history["generated_visits"] >= 1000
    assert 0.08 < history["no_shows"] / history["visits"] < 0.35
    assert found["report"]["groups"]["age_band"]["groups"]


async def test_the_demo_can_learn_from_its_past_and_then_answers_with_what_it_learnt(house: House) -> None:
    pytest.importorskip("sklearn", reason="the extra no-show is not installed")
    assert house.door.demo_clinic is not None
    async with house.door.unit_of(house.door.demo_clinic, actor_label="test") as unit:
        made = await train_model(unit, SklearnLearner())
        await unit.commit()
    assert isinstance(made, Model), made
    found = await house.ok("GET", "/no-show/model-info")
    assert (found["kind"], found["calibrated"], found["model_version"]) == ("logistic_regression", True, made.version)
    assert found["report"]["evaluation"]["brier"] < found["report"]["prior"]["brier"]
    assert found["history_is_generated"]
    day = await house.ok("GET", "/no-show/daily-risks", params={"date": WEDNESDAY})
    assert {(risk["calibrated"], risk["model_version"]) for risk in day["risks"]} == {(True, made.version)}


async def test_what_is_unknown_or_malformed_is_refused(house: House) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert (await house.ok("GET", f"/no-show/appointments/{nobody}/risk", 404))["error"] == "appointment_not_found"
    await house.ok("GET", "/no-show/appointments/x/risk", 422)
    for params in ({}, {"date": "yesterday"}, {"date": WEDNESDAY, "limit": 0}, {"date": WEDNESDAY, "cursor": "x"}, {"date": "9999-12-31"}):
        await house.ok("GET", "/no-show/daily-risks", 422, params=params)
    for path in ("/no-show/model-info", f"/no-show/daily-risks?date={WEDNESDAY}"):
        await house.ok("GET", path, 403, headers={"x-api-key": await house.key("read:slots")})
