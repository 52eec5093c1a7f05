"""Endpoints without a network. Keeps the port `notifications/ports.py: Sender`, and remembers what reached each endpoint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marcai.kit.clock import Clock
from marcai.notifications.addresses import target_of
from marcai.notifications.errors import BadAddress
from marcai.notifications.ports import Answer

Behaviour = Callable[[int, datetime], Answer]
"""Answers an endpoint's attempt, by its number among all of them and by the clock."""


def answering(status_code: int) -> Behaviour:
    """Return an endpoint that always answers so."""
    return lambda _number, _now: Answer(status_code, 5)


def unreachable(error: str) -> Behaviour:
    """Return an endpoint from which no status ever comes: "timeout", "no_connection", "connection_lost" …"""
    return lambda _number, _now: Answer(None, 5, error)


@dataclass(frozen=True, slots=True)
class Received:
    """What reached an endpoint, and whether it took it."""

    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes
    is_taken: bool


@dataclass(slots=True)
class FakeEndpoints:
    """All the endpoints there are, by their address; elsewhere nobody listens."""

    clock: Clock
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    _attempts: dict[str, int] = field(default_factory=dict)

    async def refusal(self, url: str) -> str | None:
        try:
            target_of(url, allows_private=False)
        except BadAddress as error:
            return str(error)
        return None

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if await self.refusal(url) is not None:
            return Answer(None, 0, "address_refused")
        if url not in self.behaviours:
            return Answer(None, 0, "no_connection")
        number = self._attempts[url] = self._attempts.get(url, 0) + 1
        answer = self.behaviours[url](number, self.clock.now())
        is_taken = answer.status_code is not None and 200 <= answer.status_code < 300
        self.received.append(Received(self.clock.now(), url, dict(headers), body, is_taken))
        return answer
