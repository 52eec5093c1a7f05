"""Quiet hours: when nobody is written to unasked, by the clinic's own clock. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from marcai.kit.zones import wall_to_utc


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` up to, but without, `end` on the wall; over midnight when `end` is the earlier one. Equal ends: never quiet."""

    start: time
    end: time
    zone: ZoneInfo

    def is_quiet(self, moment: datetime) -> bool:
        """Say whether nobody is to be disturbed at that moment."""
        wall = moment.astimezone(self.zone).time().replace(tzinfo=None, fold=0)
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end

    def wakes_at(self, moment: datetime) -> datetime:
        """Return the first moment, from the given one on, that is not quiet; in UTC."""
        if not self.is_quiet(moment):
            return moment.astimezone(UTC)
        return self._next(self.end, moment, "latest")

    def after_waking(self, moment: datetime, length: timedelta) -> datetime:
        """Return when so much time that is not quiet has gone by since that moment; in UTC."""
        if self.start == self.end:
            return moment.astimezone(UTC) + length
        while True:
            awake = self.wakes_at(moment)
            asleep = self._next(self.start, awake, "earliest")
            if awake + length <= asleep:
                return awake + length
            length -= asleep - awake
            moment = asleep

    def _next(self, wall: time, moment: datetime, odd: Literal["earliest", "latest"]) -> datetime:
        """Return the first moment after the given one at which the clock shows that time (or, should it jump over it, has jumped)."""
        day = moment.astimezone(self.zone).date()
        found = (wall_to_utc(day + timedelta(days=ahead), wall, self.zone, odd=odd) for ahead in range(3))
        return next(each for each in found if each > moment)
