"""Talks are data (`talks/`): what is said, where the talk then stands, and what is in the calendar in the end.

Each is played twice: once as it is, once with Redis emptied before every turn. Both must end alike.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from marcai.conversation.conversation import Reply
from marcai.conversation.flow import State
from marcai.scheduling.appointment import Status
from tests.conversation.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLDER = Path(__file__).parent / "talks"
LANGUAGES = {"pt": "pt-BR", "en": "en", "zh": "zh"}
TALKS: list[Any] = [
    pytest.param(path.stem, talk, id=f"{path.stem}: {talk['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for talk in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("flushes", [False, True], ids=["kept", "flushed"])
@pytest.mark.parametrize(("language", "talk"), TALKS)
async def test_a_talk_goes_as_told(stage: Stage, language: str, talk: dict[str, Any], flushes: bool) -> None:
    stage.flushes, stage.is_known = flushes, not talk.get("stranger", False)
    for name, visit in talk.get("visits", {}).items():
        provider, _, start = visit.partition(" ")
        await stage.stand(name, provider, start.replace(" ", "T"))
    for number, line in enumerate(talk["lines"], start=1):
        reply = await stage.say(line["say"])
        faults = differences(stage, line, reply, LANGUAGES[language])
        assert not faults, f"line {number} ({line['say']}): {faults}; said: {reply.reply}"
    assert await stage.calendar() == talk["calendar"]
    assert await stage.waiting() == talk.get("waiting", 0)
    assert await stage.holds() == (1 if stage.replies[-1].offer else 0)
    assert_nothing_vanished(stage, await stage.all_visits())


def differences(stage: Stage, line: dict[str, Any], reply: Reply, language: str) -> list[str]:
    """Return where a reply is not as told."""
    faults = []
    for name, found in (
        ("state", reply.state.value),
        ("offer", stage.offered()),
        ("intent", reply.intent.value),
        ("missing", [item.value for item in reply.missing]),
        ("handoff", reply.handoff.reason if reply.handoff else None),
    ):
        if name in line and found != line[name]:
            faults.append(f"{name} is {found!r}, not {line[name]!r}")
    if reply.language.value != line.get("language", language):
        faults.append(f"language is {reply.language.value}")
    if "reply" in line and not re.search(line["reply"], reply.reply):
        faults.append(f"the reply lacks {line['reply']!r}")
    if reply.turn != len(stage.replies):
        faults.append(f"turn {reply.turn}")
    if (reply.state is State.OFFERING) != (reply.offer is not None) and reply.state is not State.IDENTIFYING:
        faults.append("an offer and its state do not go together")
    return faults


def assert_nothing_vanished(stage: Stage, found: list[Any]) -> None:
    """Every visit that stood before is still known: live, or cancelled."""
    known = {visit.id: visit.status for visit in found}
    for visit in stage.standing.values():
        assert known[visit.id].is_live or known[visit.id] is Status.CANCELLED


async def test_there_are_talks_enough_in_every_language() -> None:
    per_language = {language: sum(param.values[0] == language for param in TALKS) for language in LANGUAGES}
    assert all(count >= 20 for count in per_language.values()), per_language
    assert sum(per_language.values()) >= 60
