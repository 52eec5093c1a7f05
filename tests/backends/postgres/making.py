"""Clinics with something in every table of the foundation."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID, uuid4

from marcai.backends.postgres.engine import Postgres
from marcai.clinics import keys
from marcai.clinics.clinic import Location, LocationId, Organisation, OrganisationId, Room
from marcai.ledger.events import AuditEntry, OutboxEvent
from marcai.ledger.idempotency import IdempotencyKey, StoredAnswer
from marcai.scheduling import catalogue
from marcai.scheduling.patient import NewPatient, Patient
from marcai.scheduling.provider import AppointmentType, Override, Provider, Template


@dataclass(frozen=True, slots=True)
class Made:
    """What `make_clinic` made."""

    id: UUID
    key: str
    key_id: UUID
    location: Location
    room: Room
    appointment_type: AppointmentType
    provider: Provider
    template: Template
    override: Override
    patient: Patient


def organisation(id_: UUID, slug: str, location_zone: str = "America/Sao_Paulo") -> Organisation:
    return Organisation(OrganisationId(id_), slug, f"Clinic {slug}", location_zone)


async def make_clinic(store: Postgres, slug: str, *, canary: str = "") -> Made:
    """Make a clinic with a row in every table; the canary stands in every text that is a patient's."""
    async with store.unit(uuid4(), actor_label="test") as unit:
        await unit.catalogue.add_organisation(organisation(unit.organisation_id, slug))
        location = await catalogue.add(unit, Location, {"name": f"Centro {slug}", "timezone": "America/Sao_Paulo"})
        room = await catalogue.add(unit, Room, {"name": "1", "location_id": location.id})
        kind = await catalogue.add(unit, AppointmentType, {"name": "Consulta", "duration": timedelta(minutes=30), "aliases": ("visit",)})
        provider = await catalogue.add(unit, Provider, {"display_name": "Dra. Ana", "primary_location_id": location.id})
        template = await catalogue.add(unit, Template, hours(provider, location.id))
        days = {"kind": "blocked", "date_from": date(2026, 12, 24), "date_to": date(2026, 12, 26)}
        override = await catalogue.add(unit, Override, {"provider_id": provider.id, **days})
        made_key = await keys.create(unit.api_keys, name="desk", scopes=["read:slots", "write:appointments"])
        await unit.addresses.put("whatsapp", f"number-{slug}")
        patient = await unit.patients.add(new_patient(canary))
        unit.audit(AuditEntry("read", "patient", patient.id, patient.id))
        unit.emit(OutboxEvent("appointment.created", patient.id))
        await unit.inbox.receive("whatsapp", "wamid.1", f"body {canary}".encode())
        unit.idempotency.keep(IdempotencyKey("key:1", "POST /x", "k"), b"fp", StoredAnswer(201, f"answer {canary}".encode()))
        await unit.commit()
    return Made(unit.organisation_id, made_key.text, made_key.key.id, location, room, kind, provider, template, override, patient)


def hours(provider: Provider, location_id: LocationId) -> dict[str, object]:
    return {"provider_id": provider.id, "weekday": 0, "start": time(8), "end": time(12), "location_id": location_id}


def new_patient(canary: str = "") -> NewPatient:
    return NewPatient(
        "Íris",
        "Nóbrega da Silva",
        phone=f"+55 11 98765-4321{canary}",
        date_of_birth=date(1987, 6, 5),
        email=f"iris{canary}@example.org",
        health_card_number=f"AB 123-{canary}",
        address={"street": f"Rua {canary}"},
        external_ids={"oscar": "7"},
    )
