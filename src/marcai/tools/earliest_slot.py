"""Find the earliest slot that fits a wish; when nothing does, the nearest one, and what had to give way for it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from marcai.clinics.actor import Actor
from marcai.clinics.clinic import LocationId
from marcai.clinics.may import Deed, may
from marcai.kit.text import folded
from marcai.scheduling.appointment import AppointmentId
from marcai.scheduling.provider import AppointmentType, AppointmentTypeId, Provider, ProviderId
from marcai.scheduling.requests import Candidate, SlotQuery
from marcai.scheduling.search import earliest
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import Slot
from marcai.tools.allowed import Denial, NotAllowed, denial, patient_of, visit_to_change
from marcai.tools.unit import ToolUnit

NEAR = timedelta(days=7)
"""How far beyond the wished days an alternative may lie."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like. What is None or empty is left to the clinic; days and clock times are wall time of the location.

    `date_from` and `date_to` are both included; `time_from <= start < time_to`. Without a type the clinic's own default is taken.
    `moving` is a visit that the slot would replace; `own_holds` are the asker's holds, whose time counts as free.
    """

    provider_ids: frozenset[ProviderId] = frozenset()
    excluded_provider_ids: frozenset[ProviderId] = frozenset()
    specialty: str | None = None
    appointment_type_id: AppointmentTypeId | None = None
    location_id: LocationId | None = None
    date_from: date | None = None
    date_to: date | None = None
    time_from: time | None = None
    time_to: time | None = None
    weekdays: frozenset[int] = frozenset()
    excluded_dates: frozenset[date] = frozenset()
    excluded_starts: frozenset[datetime] = frozenset()
    excluded_times: tuple[tuple[time, time], ...] = ()
    moving: AppointmentId | None = None
    own_holds: frozenset[UUID] = frozenset()


class Relaxed(StrEnum):
    """What of a wish had to give way."""

    TIME = "time"
    DATE = "date"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Found:
    """The earliest slot that fits."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class NothingFree:
    """Nothing fits. `nearest` is the best alternative and `relaxed` what it does not keep to; both empty when there is none.

    `certificate` names the times inside the wish that were looked at, and why each is not offered.
    """

    nearest: Slot | None = None
    relaxed: frozenset[Relaxed] = frozenset()
    certificate: tuple[Candidate, ...] = ()


async def find_earliest(unit: ToolUnit, actor: Actor, wish: Wish) -> Found | NothingFree | NotAllowed:
    """Return the single earliest slot that fits the wish, or that nothing does together with the nearest alternative.

    The alternative gives up, in this order and only as far as needed: the time of day, the day (up to a week later), the provider.
    """
    if not may(actor, Deed.SEARCH):
        return denial(actor)
    if wish.moving is not None and isinstance(refused := await visit_to_change(unit, actor, wish.moving), NotAllowed):
        return refused
    setup = await unit.setup()
    kind = wished_type(setup, wish)
    if kind is None:
        return NothingFree()
    query = _query(unit, setup, actor, wish, kind)
    if query.date_from <= query.date_to:
        found = await earliest(unit, query)
        if found.slot is not None:
            return Found(found.slot)
    for relaxed, other in _alternatives(query):
        nearest = (await earliest(unit, other)).slot
        if nearest is not None:
            return NothingFree(nearest, relaxed)
    return NothingFree()


def wished_type(setup: Setup, wish: Wish) -> AppointmentType | None:
    """Return the type that the wish means: the one it names, else the clinic's default among what the wished providers do."""
    raise NotImplementedError
