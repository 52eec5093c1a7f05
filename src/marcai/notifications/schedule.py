"""When a delivery is tried, and when it is given up."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

WAITS = tuple(timedelta(seconds=s) for s in (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
JITTER = 0.2
LONGEST_RETRY_AFTER = timedelta(days=1)
FAILING_LIMIT = timedelta(days=5)
"""After so long with nothing but failures, an endpoint is disabled."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One wait an attempt; the first is counted from the event, each further one from the attempt before it."""

    waits: tuple[timedelta, ...] = WAITS
    jitter: float = JITTER
    """The share of a wait that is added at most, so that what failed together is not tried again together."""
    chance: Callable[[], float] = field(default=random.random, compare=False)

    @classmethod
    def exactly(cls, seconds: Sequence[float]) -> "Schedule":
        """Return a schedule without jitter."""
        return cls(tuple(timedelta(seconds=s) for s in seconds), jitter=0.0)

    def wait_before(self, number: int) -> timedelta | None:
        """Return how long to wait before attempt `number`, counted from 1; None when there is no such attempt."""
        if number > len(self.waits):
            return None
        return self.waits[number - 1] * (1 + self.jitter * self.chance())
