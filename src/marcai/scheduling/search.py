"""Search for free slots, over the busy times of one unit of work."""

from datetime import datetime

from marcai.scheduling.ports import SchedulingUnit
from marcai.scheduling.provider import ProviderId
from marcai.scheduling.requests import Earliest, SlotPage, SlotQuery


async def free_slots(unit: SchedulingUnit, query: SlotQuery, *, limit: int, after: tuple[datetime, ProviderId] | None = None) -> SlotPage:
    """Return slots in order of (start, provider), at most `limit`, those after `after`."""
    raise NotImplementedError


async def earliest(unit: SchedulingUnit, query: SlotQuery, *, explain: bool = False) -> Earliest:
    """Return the one earliest slot, or none."""
    raise NotImplementedError
