"""The transaction that the tools need."""

from typing import Protocol

from marcai.clinics.attempts import IdentityAttempts
from marcai.scheduling.waitlist import WaitlistUnit


class ToolUnit(WaitlistUnit, Protocol):
    """One transaction with all that a tool may touch."""

    @property
    def attempts(self) -> IdentityAttempts:
        """The counter of guesses at who somebody is."""
        ...
