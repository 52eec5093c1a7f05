"""`/v1/scheduling/slots` and `/holds`: free time, the earliest of it, and keeping it for a while."""

import time as stopwatch
from datetime import date, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from marcai.api.scheduling.cursors import cursor_of, moment_and_id
from marcai.api.scheduling.shapes import CandidateShape, EarliestShape, HoldShape, SlotShape, SlotsShape
from marcai.clinics.actor import Machine
from marcai.clinics.clinic import LocationId
from marcai.doorway.fields import Body, Day, LocationRef, Moment, Name, PatientRef, ProviderRef, RawRef, TypeRef
from marcai.doorway.identity import scope
from marcai.doorway.problems import Refused, invalid, refused_time
from marcai.doorway.services import Door, the_door
from marcai.kit.parts_of_day import PARTS_OF_DAY
from marcai.scheduling import holds, search
from marcai.scheduling.errors import NotFound
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.requests import HoldRequest, Refusal, SlotQuery
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import Slot

router = APIRouter(tags=["slots"])
Reader = Annotated[Machine, Depends(scope("read:slots"))]
Writer = Annotated[Machine, Depends(scope("write:slots", "write:appointments"))]
The = Annotated[Door, Depends(the_door)]
_LONGEST_RANGE = timedelta(days=30)


class SlotsQuery(BaseModel):
    """What both searches take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date_from: Day
    date_to: Day
    appointment_type_id: TypeRef
    provider_id: ProviderRef | None = None
    specialty: Name | None = None
    location_id: LocationRef | None = None
    duration_minutes: Annotated[int | None, Field(ge=5, le=8 * 60)] = None
    time_of_day: Literal["morning", "afternoon", "evening"] | None = None
    time_from: time | None = None
    time_to: time | None = None
    exclude_dates: Annotated[list[date], Field(max_length=60)] = Field(default_factory=list)
    patient_id: PatientRef | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=400)] = None
    explain: bool = False

    @model_validator(mode="after")
    def _sensible(self) -> "SlotsQuery":
        if self.date_to < self.date_from:
            raise ValueError("date_to must not be before date_from")
        if self.date_to - self.date_from > _LONGEST_RANGE:
            raise ValueError("date_to must be at most 30 days after date_from")
        if self.time_from and self.time_to and self.time_from >= self.time_to:
            raise ValueError("time_from must be before time_to")
        if any(clock is not None and clock.tzinfo is not None for clock in (self.time_from, self.time_to)):
            raise ValueError("time_from and time_to are wall times, without an offset")
        return self


class HoldCreate(Body):
    """A slot to be kept."""

    provider_id: ProviderRef
    appointment_type_id: TypeRef
    start_time: Moment
    ttl_seconds: Annotated[int, Field(ge=1, le=900)] = 300
    location_id: LocationRef | None = None
    patient_id: PatientRef | None = None


def _query(asked: SlotsQuery, setup: Setup) -> SlotQuery:
    if asked.appointment_type_id not in setup.appointment_types:
        raise NotFound("appointment_type", asked.appointment_type_id)
    if asked.provider_id is not None and asked.provider_id not in setup.providers:
        raise NotFound("provider", asked.provider_id)
    if asked.location_id is not None and asked.location_id not in setup.locations:
        raise NotFound("location", asked.location_id)
    low, high = PARTS_OF_DAY[asked.time_of_day] if asked.time_of_day else (None, None)
    return SlotQuery(
        appointment_type_id=AppointmentTypeId(asked.appointment_type_id),
        date_from=asked.date_from,
        date_to=asked.date_to,
        provider_ids=frozenset({ProviderId(asked.provider_id)} if asked.provider_id else ()),
        specialty=asked.specialty,
        location_id=LocationId(asked.location_id) if asked.location_id else None,
        time_from=asked.time_from or low,
        time_to=asked.time_to or high,
        excluded_dates=frozenset(asked.exclude_dates),
        duration=timedelta(minutes=asked.duration_minutes) if asked.duration_minutes else None,
        patient_id=PatientId(asked.patient_id) if asked.patient_id else None,
    )


@router.get("/slots")
async def search_slots(asked: Annotated[SlotsQuery, Query()], machine: Reader, door: The) -> SlotsShape:
    """Search free slots in order of their start."""
    if asked.provider_id is None and asked.specialty is None:
        raise invalid("provider_id", "provider_id or specialty is required")
    after = moment_and_id(asked.cursor)
    began = stopwatch.perf_counter()
    async with door.unit(machine) as unit:
        setup = await unit.setup()
        page = await search.free_slots(
            unit, _query(asked, setup), limit=asked.limit, after=(after[0], ProviderId(after[1])) if after else None
        )
        await unit.commit()
    shapes = [SlotShape.of(slot, setup) for slot in page.slots]
    return SlotsShape(
        slots=shapes,
        total=len(shapes),
        search_ms=round((stopwatch.perf_counter() - began) * 1000, 3),
        next_cursor=cursor_of(page.slots[-1].start, page.slots[-1].provider_id) if page.has_more else None,
    )


@router.get("/slots/earliest", response_model_exclude_unset=True)
async def earliest_slot(asked: Annotated[SlotsQuery, Query()], machine: Reader, door: The) -> EarliestShape:
    """Return the single earliest slot, unwrapped; 404 `no_availability` when there is none."""
    async with door.unit(machine) as unit:
        setup = await unit.setup()
        found = await search.earliest(unit, _query(asked, setup), explain=asked.explain)
        await unit.commit()
    if found.slot is None:
        raise Refused("no_availability", "No slot is free for what was asked.")
    members = SlotShape.of(found.slot, setup).model_dump()
    if asked.explain:
        members["certificate"] = [CandidateShape.of(one, setup) for one in found.certificate]
    return EarliestShape(**members)


def _held_slot(body: HoldCreate, setup: Setup) -> Slot:
    provider = setup.providers.get(ProviderId(body.provider_id))
    if provider is None:
        raise NotFound("provider", body.provider_id)
    kind = setup.appointment_types.get(AppointmentTypeId(body.appointment_type_id))
    if kind is None:
        raise NotFound("appointment_type", body.appointment_type_id)
    location_id = body.location_id or provider.primary_location_id or _only_location(setup, provider.id)
    if location_id is None:
        raise invalid("location_id", "is required for a provider of several locations")
    if location_id not in setup.locations:
        raise NotFound("location", location_id)
    return Slot(provider.id, kind.id, LocationId(location_id), body.start_time, body.start_time + kind.duration)


def _only_location(setup: Setup, provider_id: ProviderId) -> LocationId | None:
    places = {template.location_id for template in setup.templates.get(provider_id, ()) if template.is_active}
    return next(iter(places)) if len(places) == 1 else None


@router.post("/holds", status_code=201, responses={409: {"description": "The slot is taken or held."}})
async def create_hold(body: HoldCreate, machine: Writer, door: The) -> HoldShape:
    """Keep a slot for a while."""
    async with door.unit(machine) as unit:
        setup = await unit.setup()
        held = await holds.hold_slot(
            unit,
            HoldRequest(
                slot=_held_slot(body, setup),
                lifetime=timedelta(seconds=body.ttl_seconds),
                holder=machine.label,
                patient_id=PatientId(body.patient_id) if body.patient_id else None,
            ),
        )
        if isinstance(held, Refusal):
            raise refused_time(held)
        await unit.commit()
    return HoldShape.of(held, setup)


@router.get("/holds/{hold_id}")
async def get_hold(hold_id: RawRef, machine: Reader, door: The) -> HoldShape:
    """Return a hold that is still live."""
    async with door.unit(machine) as unit:
        setup = await unit.setup()
        held = await holds.get_hold(unit, hold_id)
        await unit.commit()
    if held is None:
        raise NotFound("hold", hold_id)
    return HoldShape.of(held, setup)


@router.delete("/holds/{hold_id}", status_code=204)
async def delete_hold(hold_id: RawRef, machine: Writer, door: The) -> None:
    """Give a held slot back."""
    async with door.unit(machine) as unit:
        if not await holds.release_hold(unit, hold_id):
            raise NotFound("hold", hold_id)
        await unit.commit()
