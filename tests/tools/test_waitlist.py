"""Waiting for a slot: who waits for what, and in which order."""

from datetime import date
from uuid import uuid4

import pytest

from marcai.clinics.actor import Caller, IdentityLevel, Machine
from marcai.clinics.clinic import OrganisationId
from marcai.scheduling import waitlist
from marcai.scheduling.errors import NotFound
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import Provider, ProviderId
from marcai.scheduling.waitlist import Queued, TimeOfDay, WaitlistFilter, WaitlistStatus, WaitlistWish
from marcai.tools.allowed import Denial, NotAllowed, Stranger
from marcai.tools.waitlist import JoinArgs, NothingToWaitFor, join
from tests.tools.clinic import CLINIC, World


def a_wish(world: World, **wanted: object) -> WaitlistWish:
    return WaitlistWish(**({"patient_id": world.iris.id, "appointment_type_id": world.visit.id} | wanted))  # type: ignore[arg-type]


async def queued(world: World, **wanted: object) -> Queued:
    async with world.unit() as unit:
        return await waitlist.join(unit, a_wish(world, **wanted))


async def place(world: World, entry: Queued) -> int:
    async with world.unit() as unit:
        return (await waitlist.place_of(unit, entry.entry.id)).position


async def test_who_comes_first_stands_first(world: World) -> None:
    assert [(await queued(world)).position for _ in range(3)] == [1, 2, 3]


async def test_a_larger_priority_goes_before_and_equals_keep_their_order(world: World) -> None:
    low, high, higher = await queued(world), await queued(world, priority=5), await queued(world, priority=5)

    assert [await place(world, entry) for entry in (low, high, higher)] == [3, 1, 2]


async def test_only_those_whose_wishes_can_meet_stand_in_one_queue(world: World) -> None:
    await queued(world, provider_id=world.ana.id, date_from=date(2026, 12, 1), date_to=date(2026, 12, 5), time_of_day=TimeOfDay.MORNING)

    apart: list[dict[str, object]] = [
        {"appointment_type_id": world.short.id},
        {"provider_id": world.bruno.id},
        {"time_of_day": TimeOfDay.EVENING, "provider_id": world.ana.id},
        {"date_from": date(2026, 12, 6), "provider_id": world.ana.id, "time_of_day": TimeOfDay.AFTERNOON},
        {"date_to": date(2026, 11, 30), "provider_id": world.clara.id},
    ]
    together: list[dict[str, object]] = [{"date_from": date(2026, 12, 5), "date_to": date(2026, 12, 9)}, {"provider_id": world.ana.id}]

    assert [(await queued(world, **wanted)).position for wanted in apart] == [1] * 5
    assert (await queued(world, **together[0])).position > 1
    assert (await queued(world, **together[1])).position > 1


async def test_who_leaves_gives_the_place_to_the_next_and_has_none(world: World) -> None:
    first, second = await queued(world), await queued(world)
    async with world.unit() as unit:
        left = await waitlist.leave(unit, first.entry.id)
        again = await waitlist.leave(unit, first.entry.id)

    assert left.status is again.status is WaitlistStatus.REMOVED
    assert await place(world, second) == 1
    with pytest.raises(NotFound):
        await place(world, first)


async def test_entries_are_listed_by_patient_type_provider_and_status_page_by_page(world: World) -> None:
    mine = [await queued(world), await queued(world, provider_id=world.ana.id), await queued(world, appointment_type_id=world.short.id)]
    other = await queued(world, patient_id=world.other.id)
    async with world.unit() as unit:
        await waitlist.leave(unit, mine[0].entry.id)
        everything = await waitlist.entries(unit, WaitlistFilter(), limit=99)
        second = await waitlist.entries(unit, WaitlistFilter(), limit=2, after=everything[1].seq)
        of_iris = await waitlist.entries(unit, WaitlistFilter(patient_id=world.iris.id), limit=99)
        waiting = await waitlist.entries(unit, WaitlistFilter(statuses=frozenset({WaitlistStatus.WAITING})), limit=99)
        of_ana = await waitlist.entries(unit, WaitlistFilter(provider_id=world.ana.id), limit=99)
        shorts = await waitlist.entries(unit, WaitlistFilter(appointment_type_id=world.short.id), limit=99)

    ids = [entry.entry.id for entry in (*mine, other)]
    assert [entry.id for entry in everything] == ids
    assert [entry.id for entry in second] == ids[2:]
    assert [entry.id for entry in of_iris] == ids[:3]
    assert [entry.id for entry in waiting] == ids[1:]
    assert ([entry.id for entry in of_ana], [entry.id for entry in shorts]) == ([ids[1]], [ids[2]])


async def test_unknown_or_retired_things_cannot_be_waited_for(world: World) -> None:
    async with world.unit() as unit:
        await unit.catalogue.remove(Provider, world.bruno.id)
    unknown: list[dict[str, object]] = [
        {"patient_id": PatientId(uuid4())},
        {"appointment_type_id": uuid4()},
        {"provider_id": uuid4()},
        {"provider_id": world.bruno.id},
    ]
    for wanted in unknown:
        with pytest.raises(NotFound):
            await queued(world, **wanted)
    async with world.unit() as unit:
        with pytest.raises(NotFound):
            await waitlist.leave(unit, uuid4())
        assert await waitlist.entries(unit, WaitlistFilter(), limit=9) == []


async def test_another_clinic_neither_sees_nor_counts_the_queue(world: World) -> None:
    mine = await queued(world)
    async with world.store.unit(OrganisationId(uuid4()), actor_label="test") as unit:
        assert await unit.waitlist.get(mine.entry.id) is None
        assert await unit.waitlist.ahead_of(mine.entry) == 0
        assert await unit.waitlist.put(mine.entry.id, WaitlistStatus.REMOVED) is None


async def test_a_caller_joins_once_for_one_wish(world: World) -> None:
    async with world.unit() as unit:
        first = await join(unit, world.caller(IdentityLevel.CHANNEL), JoinArgs(provider_id=world.ana.id))
        again = await join(unit, world.caller(IdentityLevel.CHANNEL), JoinArgs(provider_id=world.ana.id))
        elsewhere = await join(unit, world.caller(IdentityLevel.CHANNEL), JoinArgs(provider_id=world.ana.id, time_of_day=TimeOfDay.EVENING))

    assert isinstance(first, Queued)
    assert isinstance(elsewhere, Queued)
    assert first == again
    assert (first.entry.wish.patient_id, first.entry.channel) == (world.iris.id, "whatsapp")
    assert first.entry.wish.appointment_type_id == world.visit.id
    assert elsewhere.entry.id != first.entry.id


async def test_a_stranger_joins_as_a_new_prospective_patient(world: World) -> None:
    stranger = Stranger("Íris", "Nóbrega da Silva", phone=world.iris.phone)
    async with world.unit() as unit:
        nobody = await join(unit, world.caller(IdentityLevel.ANONYMOUS), JoinArgs())
        made = await join(unit, world.caller(IdentityLevel.ANONYMOUS), JoinArgs(stranger=stranger))
        assert isinstance(made, Queued)
        patient = await unit.patients.get(made.entry.wish.patient_id)

    assert nobody == NotAllowed(Denial.NO_PATIENT)
    assert patient is not None
    assert patient.id != world.iris.id
    assert patient.is_prospective


async def test_joining_is_refused_without_the_scope_and_where_nothing_is_done(world: World) -> None:
    async with world.unit() as unit:
        machine = await join(unit, Machine(CLINIC, uuid4(), frozenset({"read:waitlist"})), JoinArgs())
        nothing = await join(unit, world.caller(), JoinArgs(provider_id=world.clara.id, appointment_type_id=world.cardiac.id))
        unknown = await join(unit, Caller(CLINIC, "web", "x", IdentityLevel.ANONYMOUS), JoinArgs(provider_id=ProviderId(uuid4())))

        strange = await join(
            unit,
            world.caller(IdentityLevel.ANONYMOUS),
            JoinArgs(appointment_type_id=world.visit.id, provider_id=ProviderId(uuid4()), stranger=Stranger("A", "B")),
        )
        assert await unit.patients.page(limit=9) == [world.iris, world.other]

    assert machine == NotAllowed(Denial.OUT_OF_SCOPE)
    assert isinstance(nothing, Queued), "the type is active: whether somebody does it is for staff to see"
    assert unknown == strange == NothingToWaitFor()
