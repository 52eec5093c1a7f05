"""The small clinic in which the tools are tried, and those who come to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.unit import PostgresUnit
from marcai.clinics.actor import Caller, IdentityLevel
from marcai.clinics.clinic import Location, Organisation, OrganisationId
from marcai.scheduling import catalogue
from marcai.scheduling.patient import NewPatient, Patient
from marcai.scheduling.provider import AppointmentType, Provider, Template

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""A Monday, nine o'clock in São Paulo."""
CLINIC = OrganisationId(UUID(int=0xACAC1A))
IRIS_NUMBER = "+55 11 98765-4321"
IRIS_BIRTH = date(1987, 6, 5)
CANARY = "Kanarienvogel"


@dataclass(frozen=True, slots=True)
class World:
    """A clinic with two cardiologists and a dermatologist (who takes no new patients); Monday to Friday, 9 to 12."""

    store: Postgres
    place: Location
    ana: Provider
    bruno: Provider
    clara: Provider
    visit: AppointmentType
    short: AppointmentType
    cardiac: AppointmentType
    iris: Patient
    other: Patient

    @asynccontextmanager
    async def unit(self, now: datetime | None = None) -> AsyncIterator[PostgresUnit]:
        """Open a unit that is committed in the end."""
        async with self.store.unit(CLINIC, actor_label="test", now=now) as unit:
            yield unit
            await unit.commit()

    def caller(
        self, level: IdentityLevel = IdentityLevel.IDENTIFIED, *, patient: Patient | None = None, channel: str = "whatsapp"
    ) -> Caller:
        """Return Íris (or another) in a channel at a level; the anonymous are nobody's record."""
        who = None if level is IdentityLevel.ANONYMOUS else (patient or self.iris).id
        return Caller(CLINIC, channel, IRIS_NUMBER, level, who)


async def make_world(store: Postgres) -> World:
    """Make the clinic."""
    async with store.unit(CLINIC, actor_label="test") as unit:
        await unit.catalogue.add_organisation(
            Organisation(CLINIC, "acacias", "Clínica das Acácias", "America/Sao_Paulo", phone="+551130425500", horizon=timedelta(days=60))
        )
        place = await catalogue.add(
            unit, Location, {"name": "Centro", "timezone": "America/Sao_Paulo", "address": "Rua das Acácias, 412", "phone": "+551130425501"}
        )
        half, quarter = timedelta(minutes=30), timedelta(minutes=15)
        visit = await catalogue.add(unit, AppointmentType, {"name": "Consulta", "duration": half, "code": "B"})
        short = await catalogue.add(unit, AppointmentType, {"name": "Retorno", "duration": quarter, "code": "2"})
        cardiac = await catalogue.add(unit, AppointmentType, {"name": "Eletro", "duration": half, "specialty": "Cardiologia"})
        heart, skin = ("Cardiologia",), ("Dermatologia",)
        ana = await catalogue.add(unit, Provider, {"display_name": "Dra. Ana Souza", "specialties": heart})
        bruno = await catalogue.add(unit, Provider, {"display_name": "Dr. Bruno Lima", "specialties": heart})
        clara = await catalogue.add(
            unit, Provider, {"display_name": "Dra. Clara Reis", "specialties": skin, "is_accepting_new_patients": False}
        )
        for provider, kinds in ((ana, ()), (bruno, ()), (clara, (visit.id, short.id))):
            for weekday in range(5):
                given = {"provider_id": provider.id, "weekday": weekday, "start": time(9), "end": time(12), "location_id": place.id}
                await catalogue.add(unit, Template, given | {"appointment_type_ids": frozenset(kinds)})
        iris = await unit.patients.add(NewPatient("Íris", "Nóbrega da Silva", phone=IRIS_NUMBER, date_of_birth=IRIS_BIRTH))
        other = await unit.patients.add(NewPatient("Otávio", CANARY, phone="+5511900000001", date_of_birth=date(1970, 1, 2)))
        await unit.commit()
    return World(store, place, ana, bruno, clara, visit, short, cardiac, iris, other)
