"""A small clinic and somebody who talks to it: what every test of talks stands on. Real calendar, Redis in the process.

Monday, March 2, 2026, nine in the morning in São Paulo. Four providers, two of them Anas; three types, the plain visit coded "B".
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg

from marcai.backends.postgres.engine import Postgres
from marcai.backends.redis.open import InProcessRedis
from marcai.backends.redis.pooled import PooledScripts
from marcai.backends.redis.store import RedisConversationStore
from marcai.clinics.actor import Caller, IdentityLevel
from marcai.clinics.clinic import Location, Organisation, OrganisationId
from marcai.conversation.conversation import IncomingMessage, Reply, TalkKey
from marcai.conversation.engine import Engine
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from marcai.scheduling import catalogue
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.bookings import appointments, book
from marcai.scheduling.patient import NewPatient, Patient
from marcai.scheduling.provider import AppointmentType, Provider, Template
from marcai.scheduling.requests import AppointmentFilter, BookingRequest, Refusal
from marcai.scheduling.waitlist import WaitlistFilter, entries
from marcai.understanding.interpreter import Interpreter
from marcai.understanding.meaning import Language

ZONE = "America/Sao_Paulo"
SP = ZoneInfo(ZONE)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SP)
KEYRING = Keyring.parse("0f" * 32)

TYPES: dict[str, dict[str, object]] = {
    "plain": {
        "name": "Consulta",
        "code": "B",
        "duration": timedelta(minutes=30),
        "aliases": ("consulta geral", "general visit", "普通门诊"),
    },
    "checkup": {"name": "Check-up anual", "duration": timedelta(minutes=60), "aliases": ("checkup", "annual check-up", "年度体检")},
    "return": {"name": "Retorno", "duration": timedelta(minutes=30), "aliases": ("follow-up", "复诊")},
}
PROVIDERS: dict[str, dict[str, object]] = {
    "souza": {"display_name": "Dra. Ana Souza", "specialties": ("Dermatologia",)},
    "lima": {"display_name": "Dra. Ana Lima", "specialties": ("Clínica geral",)},
    "otavio": {"display_name": "Dr. Otávio Quintela", "specialties": ("Cardiologia",)},
    "li": {"display_name": "李文博医生", "aliases": ("Dr. Li", "Li Wenbo", "李医生"), "specialties": ("Pediatria",)},
}
WORKS: dict[str, tuple[int, ...]] = {"souza": (1, 2, 3, 4), "lima": (1, 3), "otavio": (2, 3, 4), "li": (1, 2, 4)}


@dataclass
class Stage:
    """One clinic, one patient, one talk."""

    store: Postgres
    redis: InProcessRedis
    clock: FixedClock
    organisation_id: OrganisationId
    location: Location
    types: dict[str, AppointmentType]
    providers: dict[str, Provider]
    me: Patient
    other: Patient
    engine: Engine
    is_known: bool = True
    level: IdentityLevel = IdentityLevel.IDENTIFIED
    channel: str = "whatsapp"
    contact: str = "5511999990000"
    language: Language | None = None
    replies: list[Reply] = field(default_factory=list)
    standing: dict[str, Appointment] = field(default_factory=dict)
    flushes: bool = False

    async def say(self, text: str, *, message_id: str | None = None) -> Reply:
        """Say something, and return the answer."""
        if self.flushes:
            await self.redis.flushall()
        level = self.level if self.is_known else IdentityLevel.ANONYMOUS
        caller = Caller(self.organisation_id, self.channel, self.contact, level, self.me.id if self.is_known else None)
        message = IncomingMessage(
            self.organisation_id, self.channel, self.contact, text, caller, message_id=message_id, language=self.language
        )
        reply = await self.engine.take_turn(message)
        self.replies.append(reply)
        return reply

    @property
    def key(self) -> TalkKey:
        """Return whose talk it is."""
        return TalkKey(self.organisation_id, self.channel, self.contact)

    async def stand(self, name: str, provider: str, start: str, *, kind: str = "plain", patient: Patient | None = None) -> Appointment:
        """Put a visit into the calendar before the talk begins."""
        async with self.store.unit(self.organisation_id, actor_label="test") as unit:
            begun = datetime.fromisoformat(start).replace(tzinfo=SP)
            made = await book(
                unit,
                BookingRequest(
                    patient_id=(patient or self.me).id,
                    provider_id=self.providers[provider].id,
                    appointment_type_id=self.types[kind].id,
                    location_id=self.location.id,
                    start=begun,
                    end=None,
                    by="test",
                ),
            )
            assert not isinstance(made, Refusal), f"the stage cannot be set: {made}"
            await unit.commit()
        self.standing[name] = made
        return made

    async def calendar(self) -> list[str]:
        """Return the live visits of the whole clinic as text: who, when, and the status, in order."""
        names = {provider.id: key for key, provider in self.providers.items()}
        async with self.store.unit(self.organisation_id, actor_label="test") as unit:
            found = await appointments(unit, AppointmentFilter(), limit=200, after=None)
        return [
            f"{names[it.provider_id]} {it.start.astimezone(SP):%Y-%m-%d %H:%M} {it.status.value}"
            for it in sorted(found, key=lambda it: it.start)
            if it.status.is_live
        ]

    async def all_visits(self) -> list[Appointment]:
        """Return every visit of the clinic, dead ones too."""
        async with self.store.unit(self.organisation_id, actor_label="test") as unit:
            return await appointments(unit, AppointmentFilter(), limit=200, after=None)

    async def holds(self) -> int:
        """Return how many slots are held at the clock's moment."""
        async with self.store.unit(self.organisation_id, actor_label="test") as unit:
            row = await unit.driver.fetchval(
                "SELECT count(*) FROM claims WHERE organisation_id = $1 AND kind = 'hold' AND status = 'hold' AND expires_at > $2",
                self.organisation_id,
                unit.now,
            )
        return int(row)

    async def waiting(self) -> int:
        """Return how many wait."""
        async with self.store.unit(self.organisation_id, actor_label="test") as unit:
            return len(await entries(unit, WaitlistFilter(), limit=50))

    def offered(self) -> str | None:
        """Return what is on the table as text."""
        offer = self.replies[-1].offer
        if offer is None:
            return None
        name = next(key for key, provider in self.providers.items() if provider.id == offer.slot.provider_id)
        return f"{name} {offer.slot.start.astimezone(SP):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Clinic:
    """What is set up once for all talks of a database."""

    organisation_id: OrganisationId
    location: Location
    types: dict[str, AppointmentType]
    providers: dict[str, Provider]
    me: Patient
    other: Patient


_CLINICS: dict[str, Clinic] = {}
"""By database: setting a clinic up takes longer than a talk."""

_SWEEP = """
TRUNCATE claims, status_history, conversations, turns, identity_attempts, waitlist_entries, outbox, audit_rows CASCADE;
DELETE FROM patients WHERE id NOT IN ('{me}', '{other}');
"""


async def _set_up(store: Postgres) -> Clinic:
    organisation_id = OrganisationId(uuid4())
    async with store.unit(organisation_id, actor_label="test") as unit:
        slug = f"clinic-{organisation_id.hex[:12]}"
        await unit.catalogue.add_organisation(Organisation(organisation_id, slug, "Clínica das Acácias", ZONE, phone="+55 11 3042-5500"))
        place = {"name": "Jardim", "timezone": ZONE, "address": "Rua das Acácias, 412", "phone": "+55 11 3042-5501"}
        location = await catalogue.add(unit, Location, place)
        types = {key: await catalogue.add(unit, AppointmentType, fields) for key, fields in TYPES.items()}
        providers = {
            key: await catalogue.add(unit, Provider, {**fields, "primary_location_id": location.id}) for key, fields in PROVIDERS.items()
        }
        for key, weekdays in WORKS.items():
            for weekday in weekdays:
                for start, end in ((time(8), time(12)), (time(14), time(18))):
                    hours = {"weekday": weekday, "start": start, "end": end, "location_id": location.id}
                    await catalogue.add(unit, Template, {**hours, "provider_id": providers[key].id, "valid_from": date(2026, 3, 3)})
        me = await unit.patients.add(NewPatient("Marina", "Cordeiro", phone="+5511999990000", date_of_birth=date(1990, 5, 12)))
        other = await unit.patients.add(NewPatient("Rafael", "Veloso", phone="+5511999991111", date_of_birth=date(1971, 4, 16)))
        await unit.commit()
    return Clinic(organisation_id, location, types, providers, me, other)


async def _swept(url: str, clinic: Clinic) -> None:
    """Forget all that was said and booked before."""
    owner = await asyncpg.connect(url.replace("+asyncpg", ""))
    await owner.execute(_SWEEP.format(me=clinic.me.id, other=clinic.other.id))
    await owner.close()


@dataclass
class House:
    """An open database with the clinic in it, on which one stage after another is set."""

    url: str
    store: Postgres
    clock: FixedClock
    clinic: Clinic

    @asynccontextmanager
    async def stage(self, *, interpreter: Interpreter | None = None) -> AsyncIterator[Stage]:
        """Set a stage: an empty calendar, nothing said, nine o'clock. One at a time."""
        await _swept(self.url, self.clinic)
        self.clock.moved = timedelta(0)
        redis, clinic = InProcessRedis(), self.clinic
        engine = Engine(
            units=self.store.unit,
            store=RedisConversationStore(PooledScripts(redis), KEYRING),
            interpreter=interpreter or Interpreter(),
            clock=self.clock,
            new_id=uuid4,
        )
        try:
            yield Stage(
                store=self.store,
                redis=redis,
                clock=self.clock,
                organisation_id=clinic.organisation_id,
                location=clinic.location,
                types=clinic.types,
                providers=clinic.providers,
                me=clinic.me,
                other=clinic.other,
                engine=engine,
            )
        finally:
            await redis.aclose()


@asynccontextmanager
async def opened_house(url: str) -> AsyncIterator[House]:
    """Open a migrated database, and set the clinic up if it is not there yet."""
    clock = FixedClock(NOW.astimezone(UTC))
    store = await Postgres.open(url, keyring=KEYRING, clock=clock, pool_size=3)
    try:
        if url not in _CLINICS:
            _CLINICS[url] = await _set_up(store)
        yield House(url, store, clock, _CLINICS[url])
    finally:
        await store.close()


@asynccontextmanager
async def staged(url: str) -> AsyncIterator[Stage]:
    """Open a house and set one stage in it."""
    async with opened_house(url) as house, house.stage() as stage:
        yield stage


def ids(found: list[Appointment], status: Status) -> set[UUID]:
    """Return the ids of the visits with a status."""
    return {it.id for it in found if it.status is status}
