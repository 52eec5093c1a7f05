"""Find the earliest slot that fits a wish; when nothing does, the nearest one, and what had to give way for it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from marcai.clinics.actor import Actor
from marcai.clinics.clinic import LocationId
from marcai.clinics.may import Deed, may
from marcai.kit.text import folded
from marcai.kit.zones import zone
from marcai.scheduling.appointment import AppointmentId
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import AppointmentType, AppointmentTypeId, Provider, ProviderId
from marcai.scheduling.requests import Candidate, Earliest, SlotQuery
from marcai.scheduling.search import earliest, free_slots
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import Slot
from marcai.tools.allowed import NotAllowed, denial, patient_of, visit_to_change
from marcai.tools.unit import ToolUnit

NEAR = timedelta(days=7)
"""How far beyond the wished days an alternative may lie."""
DAY = timedelta(days=1)
FEW_DAYS = timedelta(days=6)
MOST_LOOKED_AT = 500


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
    latest: bool = False
    """Of one day, the last start instead of the first. Says nothing of several days."""


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


async def find_earliest(unit: ToolUnit, actor: Actor, wish: Wish, *, explain: bool = False) -> Found | NothingFree | NotAllowed:
    """Return the single earliest slot that fits the wish, or that nothing does together with the nearest alternative.

    The alternative gives up, in this order and only as far as needed: the time of day, the day (a week to either side, later days
    first), the provider (for one of the same specialty). What was excluded stays excluded.
    """
    if not may(actor, Deed.SEARCH):
        return denial(actor)
    if wish.moving is not None:
        refused = await visit_to_change(unit, actor, wish.moving)
        if isinstance(refused, NotAllowed):
            return refused
    setup = await unit.setup()
    kind = wished_type(setup, wish)
    if kind is None or not wish.provider_ids <= setup.providers.keys() or (wish.location_id or None) not in {None, *setup.locations}:
        return NothingFree()
    query = _query(setup, wish, kind, today=local_day(setup, unit.now, wish.location_id), patient_id=patient_of(actor))
    found = await earliest(unit, query, explain=explain) if query.date_from <= query.date_to else Earliest(None)
    if found.slot is not None and wish.latest and query.date_from == query.date_to:
        page = await free_slots(unit, query, limit=MOST_LOOKED_AT)
        return Found(max(page.slots, key=lambda slot: slot.start, default=found.slot))
    if found.slot is not None:
        return Found(found.slot)
    for relaxed, other in _alternatives(setup, query, today=local_day(setup, unit.now, wish.location_id)):
        nearest = await _nearest(unit, query, other)
        if nearest is not None:
            return NothingFree(nearest, relaxed, found.certificate)
    return NothingFree(certificate=found.certificate)


def wished_type(setup: Setup, wish: Wish) -> AppointmentType | None:
    """Return the type that the wish means: the one that it names, else the clinic's default, else the most general of `open_types`."""
    if wish.appointment_type_id is not None:
        kind = setup.appointment_types.get(wish.appointment_type_id)
        return kind if kind is not None and kind.is_active else None
    choice = open_types(setup, wish)
    default = str(setup.organisation.settings.get("default_appointment_type_id", ""))
    return next((kind for kind in choice if str(kind.id) == default), None) or next(iter(choice), None)


def open_types(setup: Setup, wish: Wish) -> tuple[AppointmentType, ...]:
    """Return the active types that the wished providers do, the most general first.

    A wished specialty's own types come first. Otherwise more general is: coded "B" (the clinics' code of a plain visit), of no
    specialty, done by more providers, shorter; a tie goes by name.
    """
    providers = [p for p in setup.providers.values() if _is_wished(p, wish)]
    done_by = {
        kind.id: sum(_does(setup, provider, kind.id, wish.location_id) for provider in providers)
        for kind in setup.appointment_types.values()
        if kind.is_active
    }
    wanted = folded(wish.specialty) if wish.specialty else None

    def generality(kind: AppointmentType) -> tuple[bool, bool, bool, int, timedelta, str]:
        own = folded(kind.specialty) if kind.specialty else None
        return (own != wanted, kind.code != "B", own is not None, -done_by[kind.id], kind.duration, kind.name)

    return tuple(sorted((setup.appointment_types[id_] for id_, count in done_by.items() if count), key=generality))


def local_day(setup: Setup, now: datetime, location_id: LocationId | None) -> date:
    """Return the day that it is at the location, or at the clinic."""
    location = setup.locations.get(location_id) if location_id is not None else None
    return now.astimezone(zone(location.timezone if location else setup.organisation.timezone)).date()


def _is_wished(provider: Provider, wish: Wish) -> bool:
    if not provider.is_active or provider.id in wish.excluded_provider_ids:
        return False
    if wish.provider_ids and provider.id not in wish.provider_ids:
        return False
    return wish.specialty is None or folded(wish.specialty) in {folded(s) for s in provider.specialties}


def _does(setup: Setup, provider: Provider, kind: AppointmentTypeId, location_id: LocationId | None) -> bool:
    return any(
        template.is_active
        and (not template.appointment_type_ids or kind in template.appointment_type_ids)
        and (location_id is None or template.location_id == location_id)
        for template in setup.templates.get(provider.id, ())
    )


def _query(setup: Setup, wish: Wish, kind: AppointmentType, *, today: date, patient_id: PatientId | None) -> SlotQuery:
    last = today + setup.organisation.horizon
    # Whoever has no record yet is a new patient.
    closed = {p.id for p in setup.providers.values() if not p.is_accepting_new_patients} if patient_id is None else set()
    return SlotQuery(
        appointment_type_id=kind.id,
        date_from=max(wish.date_from or today, today),
        date_to=min(wish.date_to or last, last),
        provider_ids=wish.provider_ids,
        excluded_provider_ids=wish.excluded_provider_ids | closed,
        specialty=wish.specialty,
        location_id=wish.location_id,
        time_from=wish.time_from,
        time_to=_after(wish.time_from) if wish.time_from is not None and wish.time_from == wish.time_to else wish.time_to,
        weekdays=wish.weekdays,
        excluded_dates=wish.excluded_dates,
        excluded_starts=wish.excluded_starts,
        excluded_times=wish.excluded_times,
        patient_id=patient_id,
        ignoring=wish.moving,
        ignoring_holds=wish.own_holds,
    )


def _after(clock: time) -> time | None:
    minute_later = (datetime.combine(date.min, clock) + timedelta(minutes=1)).time()
    return minute_later if minute_later > clock else None


def _alternatives(setup: Setup, query: SlotQuery, *, today: date) -> Iterator[tuple[frozenset[Relaxed], SlotQuery]]:
    """Give the query with ever more of it relaxed, the mildest first."""
    is_timed = query.time_from is not None or query.time_to is not None
    others = _colleagues(setup, query)
    for provider in (False, True):
        if provider and not others:
            continue
        base = replace(query, provider_ids=others) if provider else query
        near = [base] if base.date_from <= base.date_to else []
        later = replace(base, date_from=max(base.date_to + DAY, today), date_to=max(base.date_to, today) + NEAR)
        sooner = replace(base, date_from=max(base.date_from - NEAR, today), date_to=base.date_from - DAY)
        far = [other for other in (later, sooner) if other.date_from <= other.date_to]
        for date_given_up, queries in ((False, near), (True, far)):
            for time_given_up in (False, True) if is_timed else (False,):
                relaxed = {Relaxed.PROVIDER: provider, Relaxed.DATE: date_given_up, Relaxed.TIME: time_given_up}
                if not any(relaxed.values()):
                    continue
                for other in queries:
                    timeless = replace(other, time_from=None, time_to=None) if time_given_up else other
                    yield frozenset(what for what, is_so in relaxed.items() if is_so), timeless


def _colleagues(setup: Setup, query: SlotQuery) -> frozenset[ProviderId]:
    """Return who else could be seen: active providers who share a specialty with the wished ones (all, where these have none)."""
    wished = [setup.providers[id_] for id_ in query.provider_ids if id_ in setup.providers]
    shared = {folded(specialty) for provider in wished for specialty in provider.specialties}
    return frozenset(
        provider.id
        for provider in setup.providers.values()
        if wished
        and provider.is_active
        and provider.id not in query.provider_ids | query.excluded_provider_ids
        and (not shared or shared & {folded(specialty) for specialty in provider.specialties})
    )


async def _nearest(unit: ToolUnit, wished: SlotQuery, relaxed: SlotQuery) -> Slot | None:
    """Return the slot of the relaxed query that lies closest to the wish: by day, then by clock, then the earlier.

    Only the first `FEW_DAYS` of a long span are looked at closely; beyond them the earliest slot will do.
    """
    setup = await unit.setup()
    page = await free_slots(unit, replace(relaxed, date_to=min(relaxed.date_to, relaxed.date_from + FEW_DAYS)), limit=MOST_LOOKED_AT)
    if not page.slots:
        return (await earliest(unit, relaxed)).slot if relaxed.date_to > relaxed.date_from + FEW_DAYS else None

    def distance(slot: Slot) -> tuple[int, float, datetime]:
        wall = slot.start.astimezone(zone(setup.locations[slot.location_id].timezone))
        return (_days_outside(wall.date(), wished), _minutes_outside(wall.time(), wished), slot.start)

    return min(page.slots, key=distance)


def _days_outside(day: date, wished: SlotQuery) -> int:
    if day > wished.date_to:
        return (day - wished.date_to).days
    return max((wished.date_from - day).days, 0)


def _minutes_outside(clock: time, wished: SlotQuery) -> float:
    minute = clock.hour * 60 + clock.minute
    if wished.time_from is not None and clock < wished.time_from:
        return wished.time_from.hour * 60 + wished.time_from.minute - minute
    if wished.time_to is not None and clock >= wished.time_to:
        return minute - wished.time_to.hour * 60 - wished.time_to.minute
    return 0
