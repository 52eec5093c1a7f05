"""Half-open spans of time, [start, end)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The moments from `start` up to, but without, `end`. Both are aware; `start` is before `end`."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("an interval ends after it starts")

    @property
    def length(self) -> timedelta:
        """Return the time between both ends."""
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        """Say whether the two share a moment; intervals that only touch do not."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Interval") -> bool:
        """Say whether `other` lies wholly inside this one."""
        return self.start <= other.start and other.end <= self.end

    def widened(self, before: timedelta, after: timedelta) -> "Interval":
        """Return this interval with time added at both ends."""
        return Interval(self.start - before, self.end + after)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same moments as intervals that neither overlap nor touch, in order."""
    found: list[Interval] = []
    for interval in sorted(intervals):
        if found and interval.start <= found[-1].end:
            if interval.end > found[-1].end:
                found[-1] = Interval(found[-1].start, interval.end)
        else:
            found.append(interval)
    return found


def subtracted(whole: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """Return the moments of `whole` that are in none of `taken`, merged and in order."""
    free: list[Interval] = []
    gone: Sequence[Interval] = merged(taken)
    for interval in merged(whole):
        start = interval.start
        for hole in gone:
            if hole.end <= start:
                continue
            if hole.start >= interval.end:
                break
            if hole.start > start:
                free.append(Interval(start, hole.start))
            start = max(start, hole.end)
        if start < interval.end:
            free.append(Interval(start, interval.end))
    return free
