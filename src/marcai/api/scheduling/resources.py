"""`/v1/scheduling/{locations, rooms, appointment-types, providers, …}`: what a clinic has set up.

One recipe for all: POST 201, GET list and one, PUT changes the members that it names, DELETE retires (204; overrides are deleted).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from marcai.api.scheduling.bodies import (
    LocationCreate,
    LocationUpdate,
    OverrideCreate,
    ProviderCreate,
    ProviderUpdate,
    RoomCreate,
    RoomUpdate,
    TemplateCreate,
    TemplateUpdate,
    TypeCreate,
    TypeUpdate,
    named,
)
from marcai.api.scheduling.cursors import cursor_of, identity
from marcai.api.scheduling.shapes import LocationShape, OverrideShape, Page, ProviderShape, RoomShape, TemplateShape, TypeShape
from marcai.clinics.actor import Machine
from marcai.clinics.clinic import Location, Room
from marcai.doorway.fields import Body, LocationRef, ProviderRef, RawRef, RoomRef, TypeRef
from marcai.doorway.identity import scope
from marcai.doorway.services import Door, the_door
from marcai.scheduling import catalogue
from marcai.scheduling.errors import NotFound
from marcai.scheduling.provider import AppointmentType, Override, Provider, Template

router = APIRouter(tags=["set-up"])
The = Annotated[Door, Depends(the_door)]
ClinicReader = Annotated[Machine, Depends(scope("read:clinic", "read:slots"))]
ClinicWriter = Annotated[Machine, Depends(scope("write:clinic"))]
ProviderReader = Annotated[Machine, Depends(scope("read:providers"))]
ProviderWriter = Annotated[Machine, Depends(scope("write:providers"))]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=400)]
ItemT = TypeVar("ItemT", Location, Room, AppointmentType, Provider, Template, Override)

_FIELDS = {
    "duration_minutes": "duration",
    "buffer_before_minutes": "buffer_before",
    "buffer_after_minutes": "buffer_after",
    "default_appointment_duration_minutes": "default_duration",
    "buffer_between_appointments_minutes": "buffer_between",
    "max_daily_appointments": "max_daily",
    "max_concurrent_appointments": "lanes",
    "slot_minutes": "slot_length",
    "start_time": "start",
    "end_time": "end",
}
"""Members of the API whose field bears another name; those in minutes are lengths inside."""


def _fields(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a body as fields of a value."""
    found: dict[str, Any] = {}
    for name, value in members.items():
        field = _FIELDS.get(name, name)
        if name.endswith("_minutes") and value is not None:
            found[field] = timedelta(minutes=value)
        elif isinstance(value, list):
            found[field] = frozenset(value) if name == "appointment_type_ids" else tuple(value)
        else:
            found[field] = value
    return found


async def _add(door: Door, machine: Machine, kind: type[ItemT], body: Body, **more: Any) -> ItemT:
    async with door.unit(machine) as unit:
        made = await catalogue.add(unit, kind, _fields(body.model_dump()) | more)
        await unit.commit()
    return made


async def _page(
    door: Door, machine: Machine, kind: type[ItemT], limit: int, cursor: str | None, provider_id: UUID | None = None
) -> tuple[list[ItemT], str | None]:
    async with door.unit(machine) as unit:
        if provider_id is not None:
            await _present(unit.catalogue, Provider, provider_id)
        found = await unit.catalogue.page(kind, limit=limit + 1, after=identity(cursor), provider_id=provider_id)
        await unit.commit()
    page = found[:limit]
    return page, cursor_of(page[-1].id) if len(found) > limit else None


async def _present(store: catalogue.Catalogue, kind: type[ItemT], id_: UUID, provider_id: UUID | None = None) -> ItemT:
    found = await store.get(kind, id_)
    if found is None or (provider_id is not None and getattr(found, "provider_id", provider_id) != provider_id):
        raise NotFound(catalogue.WORDS[kind], id_)
    return found


async def _get(door: Door, machine: Machine, kind: type[ItemT], id_: UUID, provider_id: UUID | None = None) -> ItemT:
    async with door.unit(machine) as unit:
        found = await _present(unit.catalogue, kind, id_, provider_id)
        await unit.commit()
    return found


async def _change(door: Door, machine: Machine, kind: type[ItemT], id_: UUID, body: Body, provider_id: UUID | None = None) -> ItemT:
    async with door.unit(machine) as unit:
        if provider_id is not None:
            await _present(unit.catalogue, kind, id_, provider_id)
        changed = await catalogue.change(unit, kind, id_, _fields(named(body)))
        await unit.commit()
    return changed


async def _remove(door: Door, machine: Machine, kind: type[ItemT], id_: UUID, provider_id: UUID | None = None) -> None:
    async with door.unit(machine) as unit:
        if provider_id is not None:
            await _present(unit.catalogue, kind, id_, provider_id)
        await catalogue.remove(unit, kind, id_)
        await unit.commit()


@router.post("/locations", status_code=201)
async def add_location(body: LocationCreate, machine: ClinicWriter, door: The) -> LocationShape:
    """Add a location."""
    return LocationShape.of(await _add(door, machine, Location, body))


@router.get("/locations")
async def list_locations(machine: ClinicReader, door: The, limit: Limit = 50, cursor: Cursor = None) -> Page[LocationShape]:
    """List locations, inactive ones too."""
    found, further = await _page(door, machine, Location, limit, cursor)
    return Page(items=[LocationShape.of(one) for one in found], next_cursor=further)


@router.get("/locations/{location_id}")
async def get_location(location_id: LocationRef, machine: ClinicReader, door: The) -> LocationShape:
    """Return one location."""
    return LocationShape.of(await _get(door, machine, Location, location_id))


@router.put("/locations/{location_id}")
async def change_location(location_id: LocationRef, body: LocationUpdate, machine: ClinicWriter, door: The) -> LocationShape:
    """Change the members that are named."""
    return LocationShape.of(await _change(door, machine, Location, location_id, body))


@router.delete("/locations/{location_id}", status_code=204)
async def remove_location(location_id: LocationRef, machine: ClinicWriter, door: The) -> None:
    """Retire a location."""
    await _remove(door, machine, Location, location_id)


@router.post("/rooms", status_code=201)
async def add_room(body: RoomCreate, machine: ClinicWriter, door: The) -> RoomShape:
    """Add a room."""
    return RoomShape.of(await _add(door, machine, Room, body))


@router.get("/rooms")
async def list_rooms(machine: ClinicReader, door: The, limit: Limit = 50, cursor: Cursor = None) -> Page[RoomShape]:
    """List rooms, inactive ones too."""
    found, further = await _page(door, machine, Room, limit, cursor)
    return Page(items=[RoomShape.of(one) for one in found], next_cursor=further)


@router.get("/rooms/{room_id}")
async def get_room(room_id: RoomRef, machine: ClinicReader, door: The) -> RoomShape:
    """Return one room."""
    return RoomShape.of(await _get(door, machine, Room, room_id))


@router.put("/rooms/{room_id}")
async def change_room(room_id: RoomRef, body: RoomUpdate, machine: ClinicWriter, door: The) -> RoomShape:
    """Change the members that are named."""
    return RoomShape.of(await _change(door, machine, Room, room_id, body))


@router.delete("/rooms/{room_id}", status_code=204)
async def remove_room(room_id: RoomRef, machine: ClinicWriter, door: The) -> None:
    """Retire a room."""
    await _remove(door, machine, Room, room_id)


@router.post("/appointment-types", status_code=201)
async def add_type(body: TypeCreate, machine: ClinicWriter, door: The) -> TypeShape:
    """Add an appointment type."""
    return TypeShape.of(await _add(door, machine, AppointmentType, body))


@router.get("/appointment-types")
async def list_types(machine: ClinicReader, door: The, limit: Limit = 50, cursor: Cursor = None) -> Page[TypeShape]:
    """List appointment types, inactive ones too."""
    found, further = await _page(door, machine, AppointmentType, limit, cursor)
    return Page(items=[TypeShape.of(one) for one in found], next_cursor=further)


@router.get("/appointment-types/{type_id}")
async def get_type(type_id: TypeRef, machine: ClinicReader, door: The) -> TypeShape:
    """Return one appointment type."""
    return TypeShape.of(await _get(door, machine, AppointmentType, type_id))


@router.put("/appointment-types/{type_id}")
async def change_type(type_id: TypeRef, body: TypeUpdate, machine: ClinicWriter, door: The) -> TypeShape:
    """Change the members that are named."""
    return TypeShape.of(await _change(door, machine, AppointmentType, type_id, body))


@router.delete("/appointment-types/{type_id}", status_code=204)
async def remove_type(type_id: TypeRef, machine: ClinicWriter, door: The) -> None:
    """Retire an appointment type: it is no longer offered."""
    await _remove(door, machine, AppointmentType, type_id)


@router.post("/providers", status_code=201)
async def add_provider(body: ProviderCreate, machine: ProviderWriter, door: The) -> ProviderShape:
    """Add a provider. Without a `display_name` the provider is shown by the start of `doctor_id`."""
    name = body.display_name or f"Provider {str(body.doctor_id)[:8]}"
    return ProviderShape.of(await _add(door, machine, Provider, body, display_name=name))


@router.get("/providers")
async def list_providers(machine: ProviderReader, door: The, limit: Limit = 50, cursor: Cursor = None) -> Page[ProviderShape]:
    """List providers, inactive ones too."""
    found, further = await _page(door, machine, Provider, limit, cursor)
    return Page(items=[ProviderShape.of(one) for one in found], next_cursor=further)


@router.get("/providers/{provider_id}")
async def get_provider(provider_id: ProviderRef, machine: ProviderReader, door: The) -> ProviderShape:
    """Return one provider."""
    return ProviderShape.of(await _get(door, machine, Provider, provider_id))


@router.put("/providers/{provider_id}")
async def change_provider(provider_id: ProviderRef, body: ProviderUpdate, machine: ProviderWriter, door: The) -> ProviderShape:
    """Change the members that are named."""
    return ProviderShape.of(await _change(door, machine, Provider, provider_id, body))


@router.delete("/providers/{provider_id}", status_code=204)
async def remove_provider(provider_id: ProviderRef, machine: ProviderWriter, door: The) -> None:
    """Retire a provider: no longer offered; visits that stand stay."""
    await _remove(door, machine, Provider, provider_id)


@router.post("/providers/{provider_id}/templates", status_code=201)
async def add_template(provider_id: ProviderRef, body: TemplateCreate, machine: ProviderWriter, door: The) -> TemplateShape:
    """Add weekly hours."""
    return TemplateShape.of(await _add(door, machine, Template, body, provider_id=provider_id))


@router.get("/providers/{provider_id}/templates")
async def list_templates(
    provider_id: ProviderRef, machine: ProviderReader, door: The, limit: Limit = 50, cursor: Cursor = None
) -> Page[TemplateShape]:
    """List weekly hours, retired ones too."""
    found, further = await _page(door, machine, Template, limit, cursor, provider_id)
    return Page(items=[TemplateShape.of(one) for one in found], next_cursor=further)


@router.get("/providers/{provider_id}/templates/{template_id}")
async def get_template(provider_id: ProviderRef, template_id: RawRef, machine: ProviderReader, door: The) -> TemplateShape:
    """Return one template."""
    return TemplateShape.of(await _get(door, machine, Template, template_id, provider_id))


@router.put("/providers/{provider_id}/templates/{template_id}")
async def change_template(
    provider_id: ProviderRef, template_id: RawRef, body: TemplateUpdate, machine: ProviderWriter, door: The
) -> TemplateShape:
    """Change the members that are named."""
    return TemplateShape.of(await _change(door, machine, Template, template_id, body, provider_id))


@router.delete("/providers/{provider_id}/templates/{template_id}", status_code=204)
async def remove_template(provider_id: ProviderRef, template_id: RawRef, machine: ProviderWriter, door: The) -> None:
    """Retire weekly hours."""
    await _remove(door, machine, Template, template_id, provider_id)


@router.post("/providers/{provider_id}/overrides", status_code=201)
async def add_override(provider_id: ProviderRef, body: OverrideCreate, machine: ProviderWriter, door: The) -> OverrideShape:
    """Change single days."""
    return OverrideShape.of(await _add(door, machine, Override, body, provider_id=provider_id))


@router.get("/providers/{provider_id}/overrides")
async def list_overrides(
    provider_id: ProviderRef, machine: ProviderReader, door: The, limit: Limit = 50, cursor: Cursor = None
) -> Page[OverrideShape]:
    """List changes of single days."""
    found, further = await _page(door, machine, Override, limit, cursor, provider_id)
    return Page(items=[OverrideShape.of(one) for one in found], next_cursor=further)


@router.get("/providers/{provider_id}/overrides/{override_id}")
async def get_override(provider_id: ProviderRef, override_id: RawRef, machine: ProviderReader, door: The) -> OverrideShape:
    """Return one change of single days."""
    return OverrideShape.of(await _get(door, machine, Override, override_id, provider_id))


@router.delete("/providers/{provider_id}/overrides/{override_id}", status_code=204)
async def remove_override(provider_id: ProviderRef, override_id: RawRef, machine: ProviderWriter, door: The) -> None:
    """Delete a change of single days."""
    await _remove(door, machine, Override, override_id, provider_id)
