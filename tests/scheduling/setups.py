"""Set-ups made in memory, for what is pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import time, timedelta
from uuid import UUID, uuid5

from marcai.clinics.clinic import Location, LocationId, Organisation, OrganisationId, Room
from marcai.scheduling.provider import AppointmentType, AppointmentTypeId, Override, Provider, ProviderId, Template
from marcai.scheduling.setup import Setup

SPACE = UUID("00000000-0000-0000-0000-0000000000aa")
CLINIC = Organisation(OrganisationId(uuid5(SPACE, "clinic")), "demo", "Demo", "America/Sao_Paulo")
LOCATION = Location(LocationId(uuid5(SPACE, "location")), "Centro", "America/Sao_Paulo")
TYPE = AppointmentType(AppointmentTypeId(uuid5(SPACE, "type")), "Consulta", timedelta(minutes=30))
OTHER_TYPE = AppointmentType(AppointmentTypeId(uuid5(SPACE, "other")), "Retorno", timedelta(minutes=15))
PROVIDER = Provider(ProviderId(uuid5(SPACE, "provider")), 1, "Dra. Ana", primary_location_id=LOCATION.id)


def hours(weekday: int, start: time, end: time, **more: object) -> Template:
    made = Template(uuid5(SPACE, f"{weekday}{start}{end}{more}"), PROVIDER.id, weekday, start, end, LOCATION.id)
    return replace(made, **more)  # type: ignore[arg-type]


def setup(
    templates: Iterable[Template] = (),
    overrides: Iterable[Override] = (),
    *,
    zone: str = "America/Sao_Paulo",
    provider: Provider = PROVIDER,
    kind: AppointmentType = TYPE,
    rooms: Iterable[Room] = (),
    locations: Iterable[Location] = (),
    clinic: Organisation = CLINIC,
) -> Setup:
    here = [replace(LOCATION, timezone=zone), *locations]
    return Setup(
        clinic,
        {location.id: location for location in here},
        {room.id: room for room in rooms},
        {provider.id: provider},
        {kind.id: kind, OTHER_TYPE.id: OTHER_TYPE},
        {provider.id: tuple(templates)},
        {provider.id: tuple(overrides)},
    )
