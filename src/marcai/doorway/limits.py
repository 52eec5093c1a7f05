"""How much one key, or one address, may ask: a sliding minute and a burst within a second, counted where all processes see it.

Refused requests count too, so that who hammers on waits longer. A limiter that cannot be reached admits: limits protect
the clinic from load, and nothing that must be safe rests on them.
"""

from dataclasses import dataclass
from math import ceil
from typing import Protocol

from marcai.doorway.problems import Refused


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `per_minute` requests in any 60 seconds, and at most `burst` in any one."""

    name: str
    per_minute: int
    burst: int

    def scaled(self, factor: float) -> "Rule":
        """Return the rule with both bounds multiplied, never below one."""
        return Rule(self.name, max(1, ceil(self.per_minute * factor)), max(1, ceil(self.burst * factor)))


@dataclass(frozen=True, slots=True)
class Limits:
    """What is counted, each by itself. `booking` is for writing visits over REST, `tool_booking` for the create-appointment tool."""

    key: Rule = Rule("general", 100, 20)
    booking: Rule = Rule("booking", 60, 15)
    tool_booking: Rule = Rule("create-appointment", 20, 5)
    address: Rule = Rule("address", 100, 20)
    """For whoever shows no key that opens anything."""
    chat: Rule = Rule("stranger", 60, 10)
    """For messages typed into the chat page, by address."""
    demo: Rule = Rule("demo", 6_000, 1_200)
    """For the demo's own key, and for addresses while the demo runs."""

    def scaled(self, factor: float) -> "Limits":
        """Return all of them multiplied."""
        rules = (self.key, self.booking, self.tool_booking, self.address, self.chat, self.demo)
        return Limits(*(rule.scaled(factor) for rule in rules))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limiter found: how much is left in the window, and in how many seconds there is room again."""

    admitted: bool
    limit: int
    remaining: int
    reset_at: int
    """When the window is empty again, in seconds since 1970."""
    retry_after_seconds: int = 0

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers that every answer bears."""
        return [
            (b"x-ratelimit-limit", str(self.limit).encode()),
            (b"x-ratelimit-remaining", str(self.remaining).encode()),
            (b"x-ratelimit-reset", str(self.reset_at).encode()),
        ]


class Limiter(Protocol):
    """Counts requests for all processes together. Never raises."""

    async def admit(self, subject: str, rule: Rule) -> Verdict:
        """Count one request of the subject under the rule and say whether it may go on."""
        ...


def over_limit(verdict: Verdict) -> Refused:
    """Return the refusal of a request that is one too many, with the seconds to wait."""
    return Refused(
        "rate_limit_exceeded",
        f"Rate limit exceeded. Maximum {verdict.limit} requests per 60 seconds.",
        retry_after_seconds=verdict.retry_after_seconds,
    )


def require(verdict: Verdict) -> None:
    """Let an admitted request go on.

    Raises:
        Refused: 429, with the seconds to wait.
    """
    if not verdict.admitted:
        raise over_limit(verdict)
