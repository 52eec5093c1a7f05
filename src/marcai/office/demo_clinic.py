"""The demo clinic: loads `fixtures/demo_clinic.json` once, with a calendar that is half full around the demo's now.

The calendar is made up from a fixed seed; it goes through the same booking as everybody's. So is a past (`demo_history`).
"""

import json
import random
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

from marcai.clinics.clinic import Location, LocationId, Organisation, OrganisationId, Room
from marcai.clinics.directory import Directory
from marcai.kit.bundled import bundled
from marcai.kit.clock import Clock
from marcai.kit.zones import zone
from marcai.ledger.unit import UnitFactory
from marcai.office.demo_history import load_demo_history
from marcai.scheduling import catalogue
from marcai.scheduling.appointment import Status
from marcai.scheduling.bookings import book
from marcai.scheduling.catalogue import CatalogueUnit
from marcai.scheduling.history import HistoryUnit
from marcai.scheduling.hours import working_hours
from marcai.scheduling.patient import NewPatient, PatientId
from marcai.scheduling.provider import AppointmentType, Override, OverrideKind, Provider, ProviderId, Template
from marcai.scheduling.requests import BookingRequest

SEED = 20261123
DAYS_FILLED = 7
EXTRAS = 140
"""Patients beside the named ones, so that nobody has a visit every day."""
BY = "demo"
_FIRST = (
    "Adriana Alberto Aline Bruno Caio Clara Denise Diego Elisa Fábio Gabriela Heitor Irene Jonas Karina Leandro Lívia Márcio Natália Otávio"
).split()
_WOMEN = frozenset("Adriana Aline Clara Denise Elisa Gabriela Irene Karina Lívia Natália".split())
_LAST = (
    "Aguiar Borges Campos Duarte Esteves Farias Garcia Hoffmann Ito Jardim Klein Lopes Mattos Neves Ohara Pires Queiroz Rocha Sales Tavares"
).split()
_TYPES = ("B", "B", "B", "2", "2", "3", "P")


class DemoUnit(HistoryUnit, CatalogueUnit, Protocol):
    """The transaction that loading needs."""


async def load_demo_clinic(units: UnitFactory[DemoUnit], directory: Directory, clock: Clock) -> OrganisationId:
    """Load the clinic, unless it is there already, and return its id. All or nothing: one transaction."""
    told = json.loads(bundled("fixtures", "demo_clinic.json").read_text(encoding="utf-8"))
    slug = told["organisation"]["slug"]
    present = await directory.clinic_by_slug(slug)
    if present is not None:
        return present.id
    organisation_id = OrganisationId(uuid5(NAMESPACE_URL, f"marcai:clinic:{slug}"))
    today = clock.now().astimezone(zone(told["organisation"]["timezone"])).date()
    midnight = datetime.combine(today, datetime.min.time(), zone(told["organisation"]["timezone"]))
    # From the eve of today, so that today's past hours may be booked too.
    async with units(organisation_id, actor_label=BY, now=midnight - timedelta(hours=6)) as unit:
        await unit.catalogue.add_organisation(Organisation(id=organisation_id, **told["organisation"]))
        providers, types = await _set_up(unit, told, today)
        named, others = await _add_patients(unit, told)
        await load_demo_history(unit, others, list(types.values()), today)
        await _fill(unit, told, providers, types, named, others, today)
        await unit.commit()
    return organisation_id


async def _set_up(unit: DemoUnit, told: dict[str, Any], today: date) -> tuple[dict[str, Provider], dict[str, AppointmentType]]:
    locations: dict[str, Location] = {}
    for one in told["locations"]:
        locations[one["key"]] = await catalogue.add(unit, Location, {name: one[name] for name in ("name", "timezone", "address", "phone")})
        for room in one["rooms"]:
            await catalogue.add(unit, Room, {"name": room, "location_id": locations[one["key"]].id})
    types = {one["key"]: await catalogue.add(unit, AppointmentType, _type_fields(one)) for one in told["appointment_types"]}
    providers: dict[str, Provider] = {}
    for one in told["providers"]:
        place = locations[one["location"]].id
        provider = await catalogue.add(
            unit,
            Provider,
            {
                "display_name": one["display_name"],
                "doctor_id": uuid5(NAMESPACE_URL, f"marcai:doctor:{one['key']}"),
                "aliases": tuple(one["aliases"]),
                "specialties": tuple(one["specialties"]),
                "primary_location_id": place,
            },
        )
        providers[one["key"]] = provider
        await _add_hours(unit, one, provider.id, place)
    for one in told["overrides"]:
        await _add_override(unit, one, providers[one["provider"]].id, locations, today)
    return providers, types


def _type_fields(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "code": one["code"],
        "duration": timedelta(minutes=one["duration_minutes"]),
        "buffer_after": timedelta(minutes=one.get("buffer_after_minutes", 0)),
        "aliases": tuple(one["aliases"]),
        "color": one["color"],
    }


async def _add_hours(unit: DemoUnit, one: dict[str, Any], provider_id: ProviderId, place: LocationId) -> None:
    for weekday in one["weekdays"]:
        for start, end in one.get("weekday_hours", {}).get(str(weekday), one["hours"]):
            hours = {
                "provider_id": provider_id,
                "weekday": weekday,
                "start": datetime.strptime(start, "%H:%M").time(),  # noqa: DTZ007 (a wall time)
                "end": datetime.strptime(end, "%H:%M").time(),  # noqa: DTZ007
                "location_id": place,
                "slot_length": timedelta(minutes=15),
            }
            await catalogue.add(unit, Template, hours)


async def _add_override(unit: DemoUnit, one: dict[str, Any], provider_id: ProviderId, locations: dict[str, Location], today: date) -> None:
    first, last = (today + timedelta(days=ahead) for ahead in one["in_days"])
    if one.get("skip_sunday") and first.weekday() == 6:
        first = last = first + timedelta(days=1)
    fields: dict[str, Any] = {
        "provider_id": provider_id,
        "kind": OverrideKind(one["kind"]),
        "date_from": first,
        "date_to": last,
        "reason": one["reason"],
    }
    if "start_time" in one:
        fields["start"] = datetime.strptime(one["start_time"], "%H:%M").time()  # noqa: DTZ007 (a wall time)
        fields["end"] = datetime.strptime(one["end_time"], "%H:%M").time()  # noqa: DTZ007
    if "location" in one:
        fields["location_id"] = locations[one["location"]].id
    await catalogue.add(unit, Override, fields)


async def _add_patients(unit: DemoUnit, told: dict[str, Any]) -> tuple[list[PatientId], list[PatientId]]:
    named = []
    for one in told["patients"]:
        made = await unit.patients.add(NewPatient(**(one | {"date_of_birth": date.fromisoformat(one["date_of_birth"])})))
        named.append(made.id)
    dice = random.Random(SEED)
    others = []
    for number in range(EXTRAS):
        made = await unit.patients.add(
            NewPatient(
                first_name=_FIRST[number % len(_FIRST)],
                last_name=f"{dice.choice(_LAST)} {_LAST[number // len(_FIRST)]}",
                phone=f"+55119{70_000_000 + number * 211:08d}",
                date_of_birth=date(1940, 1, 1) + timedelta(days=dice.randrange(28_000)),
                language="pt-BR",
                sex="F" if _FIRST[number % len(_FIRST)] in _WOMEN else "M",
            )
        )
        others.append(made.id)
    return named, others


async def _fill(
    unit: DemoUnit,
    told: dict[str, Any],
    providers: dict[str, Provider],
    types: dict[str, AppointmentType],
    named: list[PatientId],
    others: list[PatientId],
    today: date,
) -> None:
    """Book visits until each provider's days are about as full as the fixture says; each named patient gets one."""
    dice = random.Random(SEED)
    setup = await unit.setup()
    waiting = list(named)
    for one in told["providers"]:
        provider = providers[one["key"]]
        for ahead in range(DAYS_FILLED):
            day = today + timedelta(days=ahead)
            for window, place in working_hours(setup, provider.id, day):
                moment = window.start
                while moment < window.end:
                    kind = types[dice.choice(_TYPES)]
                    if dice.random() < one["fill"] and moment + kind.duration <= window.end:
                        patient = waiting.pop() if waiting and ahead > 1 and dice.random() < 0.2 else dice.choice(others)
                        status = Status.CONFIRMED if dice.random() < 0.8 else Status.REQUESTED
                        await book(unit, BookingRequest(patient, provider.id, kind.id, place, moment, None, BY, status, "web"))
                        moment += kind.duration + kind.buffer_after
                    else:
                        moment += timedelta(minutes=15 * dice.randint(1, 3))
