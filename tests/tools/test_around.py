"""Clinic facts, registering, handing over, and the list of tools itself."""

import inspect
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from typing import get_type_hints
from uuid import UUID, uuid4

import pytest

from marcai.clinics.actor import Caller, IdentityLevel, Machine, Role, Staff
from marcai.scheduling import catalogue
from marcai.scheduling.provider import AppointmentType, Override, Template
from marcai.tools.allowed import Denial, NotAllowed
from marcai.tools.catalogue import TOOLS
from marcai.tools.clinic_facts import ClinicFacts, clinic_facts
from marcai.tools.earliest_slot import Wish, open_types, wished_type
from marcai.tools.hand_over import HandOverArgs, HandOverReason, hand_over
from marcai.tools.register import RegisterArgs, Registered, register
from tests.tools.clinic import CLINIC, NOW, World

IN_AND_OUT = ((time(9), time(12)),)
WORDS = "dor forte desde ontem, chama a Zoraide"


async def facts(world: World, now: datetime = NOW) -> ClinicFacts:
    async with world.unit(now) as unit:
        told = await clinic_facts(unit, world.caller(IdentityLevel.ANONYMOUS))
    assert isinstance(told, ClinicFacts)
    return told


async def test_anybody_is_told_where_the_clinic_is_and_when_it_is_open(world: World) -> None:
    told = await facts(world)

    (centre,) = told.locations
    assert (told.name, told.phone) == ("Clínica das Acácias", "+551130425500")
    assert (centre.location.address, centre.location.phone) == ("Rua das Acácias, 412", "+551130425501")
    assert dict(centre.hours) == dict.fromkeys(range(5), IN_AND_OUT) | {5: (), 6: ()}
    assert [kind.name for kind in told.appointment_types] == ["Consulta", "Eletro", "Retorno"]
    assert [provider.display_name for provider in told.providers] == ["Dr. Bruno Lima", "Dra. Ana Souza", "Dra. Clara Reis"]


@pytest.mark.parametrize(
    ("hours_later", "is_open"),
    [(0, True), (2.99, True), (3, False), (-0.01, False), (24, True), (24 * 5, False)],
)
async def test_it_is_open_when_somebody_works(world: World, hours_later: float, is_open: bool) -> None:
    told = await facts(world, NOW + timedelta(hours=hours_later))

    assert told.locations[0].is_open_now is is_open


async def test_a_closed_day_is_closed_and_an_added_hour_is_open_though_the_week_stays(world: World) -> None:
    async with world.unit() as unit:
        for provider in (world.ana, world.bruno, world.clara):
            days = {"provider_id": provider.id, "date_from": date(2026, 11, 24), "date_to": date(2026, 11, 24)}
            await catalogue.add(unit, Override, days | {"kind": "blocked"})
        saturday = {"provider_id": world.ana.id, "date_from": date(2026, 11, 28), "date_to": date(2026, 11, 28)}
        hours = {"kind": "added", "start": time(9), "end": time(10), "location_id": world.place.id}
        await catalogue.add(unit, Override, saturday | hours)
        await unit.catalogue.remove(AppointmentType, world.cardiac.id)
        for weekday in (0, 2):
            noon = {"provider_id": world.bruno.id, "weekday": weekday, "start": time(12), "end": time(13), "location_id": world.place.id}
            await catalogue.add(unit, Template, noon | ({"valid_to": date(2026, 11, 1)} if weekday else {}))

    told = await facts(world)

    assert told.locations[0].hours[0] == ((time(9), time(13)),)
    assert told.locations[0].hours[2] == IN_AND_OUT
    assert [kind.name for kind in told.appointment_types] == ["Consulta", "Retorno"]
    assert not (await facts(world, NOW + timedelta(days=1))).locations[0].is_open_now
    assert (await facts(world, NOW + timedelta(days=5))).locations[0].is_open_now
    assert not (await facts(world, NOW + timedelta(days=5, hours=1))).locations[0].is_open_now


async def test_a_caller_registers_as_a_prospective_patient_and_is_never_merged_with_a_namesake(world: World) -> None:
    mine = RegisterArgs("Íris", "Nóbrega da Silva", phone=world.iris.phone, date_of_birth=world.iris.date_of_birth)
    async with world.unit() as unit:
        made = await register(unit, world.caller(IdentityLevel.ANONYMOUS), mine)
        by_machine = await register(unit, Machine(CLINIC, uuid4(), frozenset({"write:patients"})), mine)

    assert isinstance(made, Registered)
    assert isinstance(by_machine, Registered)
    assert len({made.patient.id, by_machine.patient.id, world.iris.id}) == 3
    assert made.patient.is_prospective
    assert not by_machine.patient.is_prospective


async def test_a_machine_without_the_scope_registers_nobody_and_is_told_no_facts(world: World) -> None:
    machine = Machine(CLINIC, uuid4(), frozenset({"read:calls"}))
    async with world.unit() as unit:
        answers = [await register(unit, machine, RegisterArgs("A", "B")), await clinic_facts(unit, machine)]

    assert answers == [NotAllowed(Denial.OUT_OF_SCOPE)] * 2


async def test_staff_are_told_that_a_talk_is_theirs_without_a_word_of_the_patient(world: World) -> None:
    talk = UUID(int=0x7A1C)
    async with world.unit() as unit:
        told = await hand_over(unit, world.caller(), HandOverArgs(talk, HandOverReason.PATIENT_REQUEST, WORDS))

    async with world.unit() as unit:
        events = await unit.driver.fetch("SELECT kind, subject_id, payload::text AS payload FROM outbox")
        trail = await unit.driver.fetch("SELECT deed, patient_id FROM audit_rows WHERE deed = 'hand_over'")
    assert (told.summary, told.phone) == (WORDS, "+551130425500")
    assert [(event["kind"], event["subject_id"]) for event in events] == [("conversation.handed_off", talk)]
    assert "Zoraide" not in events[0]["payload"]
    assert str(world.iris.id) in events[0]["payload"]
    assert [(row["deed"], row["patient_id"]) for row in trail] == [("hand_over", world.iris.id)]


async def test_a_visit_without_a_type_is_the_most_general_that_the_wished_ones_do(world: World) -> None:
    async with world.unit() as unit:
        setup = await unit.setup()

    def names(wish: Wish) -> list[str]:
        return [kind.name for kind in open_types(setup, wish)]

    assert names(Wish()) == ["Consulta", "Retorno", "Eletro"]
    assert names(Wish(specialty="cardiología")) == ["Eletro", "Consulta", "Retorno"]
    assert names(Wish(provider_ids=frozenset({world.clara.id}))) == ["Consulta", "Retorno"]
    assert names(Wish(specialty="Ortopedia")) == []
    assert wished_type(setup, Wish(specialty="Ortopedia")) is None
    assert wished_type(setup, Wish(appointment_type_id=world.short.id)) == world.short


async def test_the_clinics_own_default_type_goes_before_the_most_general(world: World) -> None:
    async with world.unit() as unit:
        await unit.catalogue.change_organisation({"settings": {"default_appointment_type_id": str(world.short.id)}})
        await unit.catalogue.remove(AppointmentType, world.visit.id)
    async with world.unit() as unit:
        setup = await unit.setup()

    assert wished_type(setup, Wish()) == world.short
    assert wished_type(setup, Wish(appointment_type_id=world.visit.id)) is None, "what is no longer offered is not wished"


def test_no_tool_can_be_told_for_whom_it_works() -> None:
    who = {"patient_id", "patient", "organisation_id", "clinic_id", "clinic", "contact", "caller", "actor_id"}
    for tool in TOOLS:
        signature = inspect.signature(tool.run)
        assert list(signature.parameters)[:2] == ["unit", "actor"], tool.name
        named = set(signature.parameters)
        for kind in get_type_hints(tool.run).values():
            if is_dataclass(kind) and isinstance(kind, type) and kind.__module__.startswith("marcai.tools"):
                named |= {field.name for field in fields(kind)}
        assert not named & who, tool.name


def test_every_tool_has_its_own_name() -> None:
    assert len({tool.name for tool in TOOLS}) == len(TOOLS) == 13


@pytest.mark.parametrize("role", Role)
async def test_staff_are_no_patients(world: World, role: Role) -> None:
    async with world.unit() as unit:
        told = await clinic_facts(unit, Staff(CLINIC, uuid4(), role))

    assert isinstance(told, ClinicFacts)


def test_a_caller_is_named_without_the_contact() -> None:
    assert "5511" not in Caller(CLINIC, "sms", "+551198765", IdentityLevel.ANONYMOUS).label
