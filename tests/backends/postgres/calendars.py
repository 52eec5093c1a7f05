"""A clinic with a calendar to book in, and the questions that tests ask of what is booked."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.unit import PostgresUnit
from marcai.clinics.clinic import Location, Organisation, OrganisationId, Room
from marcai.scheduling import catalogue
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.bookings import book
from marcai.scheduling.patient import NewPatient, Patient
from marcai.scheduling.provider import AppointmentType, Provider, Template
from marcai.scheduling.requests import BookingRequest, HoldRequest, Refusal, SlotQuery
from marcai.scheduling.slots import Slot

MONDAY = date(2026, 11, 30)
ZONE = "America/Sao_Paulo"


def at(hour: int, minute: int = 0, *, day: date = MONDAY) -> datetime:
    """A moment by the clinic's clock, which stands three hours behind UTC all year."""
    return datetime.combine(day, time(hour, minute), tzinfo=UTC) + timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic, open from 8 to 18 on every weekday."""

    store: Postgres
    id: UUID
    location: Location
    kind: AppointmentType
    providers: tuple[Provider, ...]
    patients: tuple[Patient, ...]
    rooms: tuple[Room, ...]

    @asynccontextmanager
    async def unit(self, *, now: datetime | None = None) -> AsyncIterator[PostgresUnit]:
        async with self.store.unit(self.id, actor_label="test", now=now) as unit:
            yield unit

    @property
    def provider(self) -> Provider:
        return self.providers[0]

    def slot(self, start: datetime, *, provider: int = 0, minutes: int = 30, room: Room | None = None) -> Slot:
        end = start + timedelta(minutes=minutes)
        return Slot(self.providers[provider].id, self.kind.id, self.location.id, start, end, room.id if room else None)

    def booking(self, start: datetime, *, patient: int = 0, provider: int = 0, **more: Any) -> BookingRequest:
        more.setdefault("end", None)
        ids = self.patients[patient].id, self.providers[provider].id, self.kind.id, self.location.id
        return BookingRequest(*ids, start=start, by="test", **more)

    def hold(self, start: datetime, *, provider: int = 0, holder: str = "talk:1", **more: Any) -> HoldRequest:
        more.setdefault("lifetime", timedelta(minutes=5))
        minutes = more.pop("minutes", 30)
        return HoldRequest(slot=self.slot(start, provider=provider, minutes=minutes), holder=holder, **more)

    def query(self, **more: Any) -> SlotQuery:
        return SlotQuery(**{"appointment_type_id": self.kind.id, "date_from": MONDAY, "date_to": MONDAY, **more})

    async def booked(self, start: datetime, **more: Any) -> Appointment:
        """Book and commit; the test is wrong if that is refused."""
        async with self.unit() as unit:
            visit = await book(unit, self.booking(start, **more))
            assert not isinstance(visit, Refusal), visit
            await unit.commit()
        return visit

    async def done(self, deed: Callable[[PostgresUnit], Any]) -> Any:
        """Do something in a unit of its own, and commit whatever came of it."""
        async with self.unit() as unit:
            result = await deed(unit)
            await unit.commit()
        return result

    async def live(self) -> list[Any]:
        """Every live claim, in order."""
        async with self.unit() as unit:
            return await unit.driver.fetch("SELECT * FROM claims WHERE is_live ORDER BY provider_seq, busy_from, lane, seq")

    async def column(self, question: str) -> list[Any]:
        async with self.unit() as unit:
            return [row[0] for row in await unit.driver.fetch(question)]


async def open_clinic(
    store: Postgres,
    *,
    providers: int = 1,
    patients: int = 2,
    rooms: int = 0,
    kind: dict[str, Any] | None = None,
    provider: dict[str, Any] | None = None,
    template: dict[str, Any] | None = None,
    clinic: dict[str, Any] | None = None,
) -> Clinic:
    async with store.unit(uuid4(), actor_label="test") as unit:
        given = Organisation(OrganisationId(unit.organisation_id), f"clinic-{unit.organisation_id.hex}", "Clinic", ZONE, **(clinic or {}))
        await unit.catalogue.add_organisation(given)
        location = await catalogue.add(unit, Location, {"name": "Centro", "timezone": ZONE})
        made = [await catalogue.add(unit, Room, {"name": str(n), "location_id": location.id}) for n in range(rooms)]
        length = timedelta(minutes=30)
        visit = await catalogue.add(unit, AppointmentType, {"name": "Consulta", "duration": length, **(kind or {})})
        who = [await catalogue.add(unit, Provider, {"display_name": f"Dr. {n}", **(provider or {})}) for n in range(providers)]
        for one in who:
            for weekday in range(5):
                hours = {"provider_id": one.id, "weekday": weekday, "start": time(8), "end": time(18), "location_id": location.id}
                rooms_of = {"room_id": made[0].id} if made else {}
                await catalogue.add(unit, Template, hours | rooms_of | (template or {}))
        people = [await unit.patients.add(NewPatient(f"Nome{n}", "Silva")) for n in range(patients)]
        await unit.commit()
    return Clinic(store, unit.organisation_id, location, visit, tuple(who), tuple(people), tuple(made))


def statuses(visit: Appointment) -> list[Status]:
    return [line.status for line in visit.history]
