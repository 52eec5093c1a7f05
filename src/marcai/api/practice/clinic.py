"""`/v1/tenants/me`, `/v1/professionals` and `/v1/services`: the clinic, who sees patients there, and for what."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from marcai.api.practice.shapes import ProfessionalItems, ProfessionalShape, ServiceItems, ServiceShape, TenantShape
from marcai.clinics.actor import Machine
from marcai.doorway.fields import Body, Name, ProviderRef, TypeRef, Zone
from marcai.doorway.identity import scope
from marcai.doorway.services import Door, the_door
from marcai.ledger.events import AuditEntry
from marcai.scheduling.errors import NotFound
from marcai.scheduling.provider import AppointmentTypeId, ProviderId

router = APIRouter(prefix="/v1", tags=["practice (/v1)"])
The = Annotated[Door, Depends(the_door)]
ClinicReader = Annotated[Machine, Depends(scope("read:clinic"))]
ClinicWriter = Annotated[Machine, Depends(scope("write:clinic"))]
ProviderReader = Annotated[Machine, Depends(scope("read:providers", needs_provisioned=True))]
ServiceReader = Annotated[Machine, Depends(scope("read:clinic", "read:slots", needs_provisioned=True))]
Voice = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.: -]+$")]


class CamelBody(Body):
    """A request's body in camelCase."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, validate_by_alias=True, validate_by_name=False)


class ConfigUpdate(CamelBody):
    """What may change of the configuration."""

    voice: Voice | None = None
    timezone: Zone | None = None


class TenantUpdate(CamelBody):
    """What may change of the clinic; `voice` and `timezone` may stand here or in `config`."""

    name: Name | None = None
    slug: Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] | None = None
    specialty: Name | None = None
    voice: Voice | None = None
    timezone: Zone | None = None
    config: ConfigUpdate | None = None


@router.get("/tenants/me")
async def get_tenant(machine: ClinicReader, door: The) -> TenantShape:
    """Return the clinic that the key belongs to."""
    return TenantShape.of((await door.setup_of(machine.organisation_id)).organisation)


@router.patch("/tenants/me")
async def change_tenant(body: TenantUpdate, machine: ClinicWriter, door: The) -> TenantShape:
    """Change the members that are named; a null changes nothing."""
    given = body.model_dump(exclude_none=True)
    given |= given.pop("config", {})
    async with door.unit(machine) as unit:
        changes: dict[str, Any] = {name: given[name] for name in ("name", "slug", "timezone") if name in given}
        kept = {name: given[name] for name in ("specialty", "voice") if name in given}
        if kept:
            changes["settings"] = (await unit.setup()).organisation.settings | kept
        changed = await unit.catalogue.change_organisation(changes) if changes else (await unit.setup()).organisation
        if changed is None:
            raise NotFound("clinic", machine.organisation_id)
        unit.audit(AuditEntry("change", "clinic", machine.organisation_id, detail={"fields": sorted(given)}))
        await unit.commit()
    return TenantShape.of(changed)


@router.get("/professionals")
async def list_professionals(machine: ProviderReader, door: The) -> ProfessionalItems:
    """List everybody who sees patients, in the order in which they were added."""
    setup = await door.setup_of(machine.organisation_id)
    return ProfessionalItems(items=[ProfessionalShape.of(one) for one in sorted(setup.providers.values(), key=lambda it: it.seq)])


@router.get("/professionals/{id}")
async def get_professional(
    professional_id: Annotated[ProviderRef, Path(alias="id")], machine: ProviderReader, door: The
) -> ProfessionalShape:
    """Return one professional."""
    found = (await door.setup_of(machine.organisation_id)).providers.get(ProviderId(professional_id))
    if found is None:
        raise NotFound("provider", professional_id)
    return ProfessionalShape.of(found)


@router.get("/services")
async def list_services(machine: ServiceReader, door: The) -> ServiceItems:
    """List what one can come for, by name."""
    setup = await door.setup_of(machine.organisation_id)
    kinds = sorted(setup.appointment_types.values(), key=lambda it: (it.name, UUID(int=it.id.int)))
    return ServiceItems(items=[ServiceShape.of(one) for one in kinds])


@router.get("/services/{id}")
async def get_service(service_id: Annotated[TypeRef, Path(alias="id")], machine: ServiceReader, door: The) -> ServiceShape:
    """Return one service."""
    found = (await door.setup_of(machine.organisation_id)).appointment_types.get(AppointmentTypeId(service_id))
    if found is None:
        raise NotFound("appointment_type", service_id)
    return ServiceShape.of(found)
