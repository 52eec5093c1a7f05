"""Jobs: what the worker does later. Deferred in the transaction of the deed that makes them due, so that both stand or neither.

A job bears ids alone: whoever runs it reads the rest under the clinic's row-level security. It may run twice (a worker died), so what
it does is either marked done in its own transaction or harmless to do again.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `due` is a moment of the clock, None for at once; a larger `urgency` goes first."""

    queue: str
    task: str
    ids: Mapping[str, UUID] = field(default_factory=dict)
    due: datetime | None = None
    urgency: int = 0


class Jobs(Protocol):
    """The jobs that one transaction defers."""

    async def defer(self, *jobs: Job) -> None:
        """Let the jobs be done once this transaction is committed."""
        ...

    async def absorb(self, job: Job) -> int:
        """Take back the jobs that wait with the same queue, task and ids: the caller does their work. Return how many there were.

        Call it before reading what there is to do: what those jobs were deferred for is then seen.
        """
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker can do. `run` is called with the job's ids by name.

    `cron` has the worker defer it regularly, on the machine's time: five fields, or six with seconds as the last. A run that ends by
    an error is tried again, ten times at growing distances, unless it recurs anyway.
    """

    name: str
    queue: str
    run: Callable[..., Awaitable[None]]
    cron: str | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """So many jobs of these queues does one worker process run at once, apart from all others."""

    queues: tuple[str, ...]
    size: int
