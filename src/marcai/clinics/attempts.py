"""How often somebody has guessed who they are: the port of a counter that outlives the process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Guess:
    """One thing that attempts at identity are counted by. `key` is kept only as a keyed digest.

    `day` is the clinic's day on which the count stands, None when it never begins anew.
    """

    kind: Literal["conversation", "contact", "person"]
    key: str
    day: date | None


class IdentityAttempts(Protocol):
    """Counts attempts, in the transaction of the turn. Attempts that run at once wait for each other: none is missed."""

    async def count(self, guesses: Sequence[Guess]) -> tuple[int, ...]:
        """Count one more attempt for each, and return the counts, this attempt included, in the same order."""
        ...

    async def forgive(self, guesses: Sequence[Guess]) -> None:
        """Take one attempt of each back: it was right."""
        ...
