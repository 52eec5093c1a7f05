"""Time zones by the rules of the pinned `tzdata` package, whatever the machine has.

A machine's own rules may be years old: with those of 2025, a winter visit in Vancouver is an hour off. Importing this module
turns Python away from them for the whole process; `prove_zone_rules` shows at start-up that it worked.
"""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzdata

from marcai.kit.errors import MarcaiError

OLDEST_RULES = "2026f"
# (zone, wall time, its offset from UTC in hours): moments that older rules get wrong, and one of a zone that stands still.
KNOWN_MOMENTS = (
    ("America/Vancouver", datetime(2026, 12, 15, 10, 0), -7),  # noqa: DTZ001 (a wall time has no zone yet)
    ("America/Edmonton", datetime(2026, 12, 15, 10, 0), -6),  # noqa: DTZ001
    ("America/Sao_Paulo", datetime(2026, 11, 1, 1, 30), -3),  # noqa: DTZ001
)

zoneinfo.reset_tzpath(to=())
ZoneInfo.clear_cache()


class ZoneError(MarcaiError):
    """A zone, or a wall time in it, that cannot be used."""


class UnknownZone(ZoneError):
    """There is no zone of that name."""


class StaleZoneRules(ZoneError):
    """The rules in force are not the pinned ones."""


class NoSuchWallTime(ZoneError):
    """The clocks jump over that wall time; `next_moment` is when they have jumped."""

    def __init__(self, next_moment: datetime) -> None:
        super().__init__(f"the clocks jump over that time, to {next_moment.isoformat()}")
        self.next_moment = next_moment


class AmbiguousWallTime(ZoneError):
    """The clocks show that wall time twice; `moments` are both, the first one first."""

    def __init__(self, moments: tuple[datetime, datetime]) -> None:
        super().__init__(f"the clocks show that time twice, at {moments[0].isoformat()} and at {moments[1].isoformat()}")
        self.moments = moments


@cache
def zone(name: str) -> ZoneInfo:
    """Return the zone of that IANA name.

    Raises:
        UnknownZone: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # OSError and ValueError: names that are folders, or lead out of the package.
        raise UnknownZone("no time zone has that name") from error


def prove_zone_rules() -> str:
    """Return the version of the rules in force, after proving that they are the pinned ones.

    Raises:
        StaleZoneRules: the package is too old, or something turned Python back to the machine's rules.
    """
    if zoneinfo.TZPATH:
        raise StaleZoneRules("time zones are read from the machine, not from the package tzdata")
    if tzdata.IANA_VERSION < OLDEST_RULES:
        raise StaleZoneRules(f"the package tzdata holds the rules of {tzdata.IANA_VERSION}; {OLDEST_RULES} or later is needed")
    for name, wall, hours in KNOWN_MOMENTS:
        if wall.replace(tzinfo=zone(name)).utcoffset() != timedelta(hours=hours):
            raise StaleZoneRules(f"{name} is not {hours:+d} h from UTC at {wall.isoformat()}, as the rules of {OLDEST_RULES} say")
    return str(tzdata.IANA_VERSION)


def moments_of(day: date, at: time, where: ZoneInfo) -> tuple[datetime, ...]:
    """Return when the clocks there show that wall time, in UTC and in order: once, never (in a gap) or twice (in a fold)."""
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    candidates = {wall.replace(tzinfo=where, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(moment for moment in candidates if moment.astimezone(where).replace(tzinfo=None, fold=0) == wall))


def wall_to_utc(day: date, at: time, where: ZoneInfo, *, odd: Literal["refuse", "earliest", "latest"] = "refuse") -> datetime:
    """Return the moment, in UTC, at which the clocks there show that wall time.

    An odd wall time is refused, or becomes the moment after the gap, and of a fold the earliest or the latest moment. Opening
    hours take the earliest of their beginning and the latest of their end: then a day of 25 hours is open an hour longer.

    Raises:
        NoSuchWallTime: the clocks jump over it, and odd times are refused.
        AmbiguousWallTime: the clocks show it twice, and odd times are refused.
    """
    found = moments_of(day, at, where)
    if not found:
        after = _after_gap(datetime.combine(day, at.replace(tzinfo=None)), where)
        if odd == "refuse":
            raise NoSuchWallTime(after)
        return after
    if len(found) == 2 and odd == "refuse":
        raise AmbiguousWallTime((found[0], found[1]))
    return found[-1] if odd == "latest" else found[0]


def _after_gap(wall: datetime, where: ZoneInfo) -> datetime:
    """Return the first moment after the gap that the wall time lies in."""
    # Read with the offset after the jump it lies before the jump, and the other way round: the jump is in between.
    before, after = (wall.replace(tzinfo=where, fold=fold).astimezone(UTC).replace(microsecond=0) for fold in (1, 0))
    old_offset = before.astimezone(where).utcoffset()
    after += timedelta(seconds=1)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(where).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after
