"""Where now comes from. Nothing in Marcaí asks the machine for the time but through a `Clock`."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime:
        """Return the present moment."""
        ...

    def real_time_of(self, moment: datetime) -> datetime:
        """Return when the machine's own clock will show what this clock calls `moment` (for due times of jobs)."""
        ...


@dataclass(frozen=True, slots=True)
class OffsetClock:
    """The machine's clock, moved by an offset: the demo's `--now` ticks on from another day."""

    offset: timedelta = timedelta(0)

    @classmethod
    def starting_at(cls, moment: datetime) -> "OffsetClock":
        """Return a clock that shows `moment` now and ticks on."""
        return cls(moment - datetime.now(UTC))

    def now(self) -> datetime:
        """Return the machine's moment plus the offset."""
        return datetime.now(UTC) + self.offset

    def real_time_of(self, moment: datetime) -> datetime:
        """Return the moment without the offset."""
        return moment - self.offset


@dataclass(slots=True)
class FixedClock:
    """A clock that stands until it is moved: for tests and for a turn with a given reference time."""

    moment: datetime
    moved: timedelta = field(default=timedelta(0))

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self.moment + self.moved

    def real_time_of(self, moment: datetime) -> datetime:
        """Return the moment itself: a standing clock knows no other time."""
        return moment

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self.moved += by
