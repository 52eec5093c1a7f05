"""The one slot that fits a wish, and the nearest one when none does."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from marcai.clinics.actor import IdentityLevel, Machine
from marcai.clinics.clinic import LocationId
from marcai.scheduling.appointment import Appointment, AppointmentId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.slots import Slot
from marcai.tools.allowed import Denial, NotAllowed
from marcai.tools.book import BookArgs, book
from marcai.tools.earliest_slot import Found, NothingFree, Relaxed, Wish, find_earliest
from tests.tools.clinic import CLINIC, NOW, World

SP = ZoneInfo("America/Sao_Paulo")
TUESDAY = date(2026, 11, 24)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SP)


async def asked(world: World, wish: Wish, *, level: IdentityLevel = IdentityLevel.IDENTIFIED) -> Found | NothingFree | NotAllowed:
    async with world.unit() as unit:
        return await find_earliest(unit, world.caller(level), wish)


async def fill(world: World, provider: ProviderId, day: date, *, but: tuple[int, int] | None = None) -> None:
    """Take every half hour of a morning for the other patient, or for new ones."""
    async with world.unit() as unit:
        for half in range(6):
            hour, minute = 9 + half // 2, 30 * (half % 2)
            if (hour, minute) == but:
                continue
            slot = Slot(provider, world.visit.id, world.place.id, at(day, hour, minute), at(day, hour, minute) + timedelta(minutes=30))
            taken = await book(unit, world.caller(IdentityLevel.CHANNEL, patient=world.other), BookArgs(slot=slot))
            assert isinstance(taken, Appointment), taken


def ana(world: World, **more: object) -> Wish:
    return Wish(**({"provider_ids": frozenset({world.ana.id}), "appointment_type_id": world.visit.id} | more))  # type: ignore[arg-type]


async def test_the_earliest_slot_of_all_is_found_for_anybody(world: World) -> None:
    found = await asked(world, Wish(), level=IdentityLevel.ANONYMOUS)

    assert isinstance(found, Found)
    assert found.slot.start == NOW
    assert found.slot.appointment_type_id == world.visit.id


async def test_a_wish_is_kept_to(world: World) -> None:
    wish = ana(
        world,
        date_from=TUESDAY,
        date_to=date(2026, 12, 4),
        time_from=time(10),
        weekdays=frozenset({2, 3}),
        excluded_dates=frozenset({date(2026, 11, 25)}),
    )

    found = await asked(world, wish)

    assert isinstance(found, Found)
    assert (found.slot.start, found.slot.provider_id) == (at(date(2026, 11, 26), 10), world.ana.id)


async def test_an_exact_hour_is_that_hour(world: World) -> None:
    found = await asked(world, ana(world, date_from=TUESDAY, date_to=TUESDAY, time_from=time(10, 30), time_to=time(10, 30)))

    assert isinstance(found, Found)
    assert found.slot.start == at(TUESDAY, 10, 30)


async def test_a_refused_start_and_a_refused_provider_are_not_offered_again(world: World) -> None:
    others = frozenset({world.bruno.id, world.clara.id})
    found = await asked(world, Wish(excluded_provider_ids=others, excluded_starts=frozenset({NOW})))

    assert isinstance(found, Found)
    assert (found.slot.start, found.slot.provider_id) == (NOW + timedelta(minutes=30), world.ana.id)


async def test_a_taken_hour_is_answered_with_the_nearest_of_that_day(world: World) -> None:
    await fill(world, world.ana.id, TUESDAY, but=(11, 0))

    answer = await asked(world, ana(world, date_from=TUESDAY, date_to=TUESDAY, time_from=time(9), time_to=time(10)))

    assert isinstance(answer, NothingFree)
    assert answer.nearest is not None
    assert (answer.nearest.start, answer.relaxed) == (at(TUESDAY, 11), frozenset({Relaxed.TIME}))


async def test_the_nearest_hour_may_lie_before_the_wished_one(world: World) -> None:
    answer = await asked(world, ana(world, date_from=TUESDAY, date_to=TUESDAY, time_from=time(14), time_to=time(18)))

    assert isinstance(answer, NothingFree)
    assert answer.nearest is not None
    assert (answer.nearest.start, answer.relaxed) == (at(TUESDAY, 11, 30), frozenset({Relaxed.TIME}))


async def test_a_full_day_is_answered_with_the_same_hours_of_the_next_one(world: World) -> None:
    await fill(world, world.ana.id, TUESDAY)

    answer = await asked(world, ana(world, date_from=TUESDAY, date_to=TUESDAY, time_from=time(10), time_to=time(11)))

    assert isinstance(answer, NothingFree)
    assert answer.nearest is not None
    assert (answer.nearest.start, answer.relaxed) == (at(date(2026, 11, 25), 10), frozenset({Relaxed.DATE}))
    assert answer.nearest.provider_id == world.ana.id


async def test_a_full_week_and_more_is_answered_with_a_colleague_of_the_specialty(world: World) -> None:
    days = [date(2026, 11, 23) + timedelta(days=n) for n in range(9)]
    wish = ana(world, date_from=TUESDAY, date_to=TUESDAY, excluded_dates=frozenset(days) - {TUESDAY})
    await fill(world, world.ana.id, TUESDAY)

    answer = await asked(world, wish)

    assert isinstance(answer, NothingFree)
    assert answer.nearest is not None
    assert (answer.nearest.provider_id, answer.nearest.start) == (world.bruno.id, at(TUESDAY, 9))
    assert answer.relaxed == frozenset({Relaxed.PROVIDER})


async def test_what_was_excluded_stays_excluded_in_the_alternative(world: World) -> None:
    wish = ana(
        world, date_from=TUESDAY, date_to=TUESDAY, time_from=time(15), time_to=time(16), excluded_starts=frozenset({at(TUESDAY, 11, 30)})
    )

    answer = await asked(world, wish)

    assert isinstance(answer, NothingFree)
    assert answer.nearest is not None
    assert answer.nearest.start == at(TUESDAY, 11)


async def test_a_past_day_finds_nothing_but_the_nearest_day_to_come(world: World) -> None:
    answer = await asked(world, ana(world, date_from=date(2026, 11, 20), date_to=date(2026, 11, 20)))

    assert isinstance(answer, NothingFree)
    assert answer.nearest is not None
    assert (answer.nearest.start, answer.relaxed) == (NOW, frozenset({Relaxed.DATE}))


@pytest.mark.parametrize("gone", ["type", "provider", "location", "specialty"])
async def test_what_the_clinic_does_not_have_finds_nothing_and_breaks_nothing(world: World, gone: str) -> None:
    wish = {
        "type": Wish(appointment_type_id=AppointmentTypeId(uuid4())),
        "provider": Wish(provider_ids=frozenset({ProviderId(uuid4())})),
        "location": Wish(location_id=LocationId(uuid4())),
        "specialty": Wish(specialty="Ortopedia"),
    }[gone]

    assert await asked(world, wish) == NothingFree()


async def test_who_has_no_record_is_not_offered_a_provider_who_takes_no_new_patients(world: World) -> None:
    only_clara = Wish(provider_ids=frozenset({world.clara.id}))

    assert isinstance(await asked(world, only_clara), Found)
    stranger = await asked(world, only_clara, level=IdentityLevel.ANONYMOUS)
    assert isinstance(stranger, NothingFree)
    assert stranger.nearest is None


async def test_a_patients_own_visit_is_not_overlapped_unless_it_is_the_one_that_moves(world: World) -> None:
    slot = Slot(world.ana.id, world.visit.id, world.place.id, NOW, NOW + timedelta(minutes=30))
    async with world.unit() as unit:
        mine = await book(unit, world.caller(), BookArgs(slot=slot))
    assert isinstance(mine, Appointment)

    found = await asked(world, Wish(provider_ids=frozenset({world.bruno.id})))
    moving = await asked(world, Wish(moving=mine.id, provider_ids=frozenset({world.ana.id})))

    assert isinstance(found, Found)
    assert isinstance(moving, Found)
    assert found.slot.start == NOW + timedelta(minutes=30)
    assert moving.slot.start == NOW


async def test_nobody_searches_around_another_patients_visit_or_without_the_scope(world: World) -> None:
    slot = Slot(world.ana.id, world.visit.id, world.place.id, NOW, NOW + timedelta(minutes=30))
    async with world.unit() as unit:
        theirs = await book(unit, world.caller(patient=world.other), BookArgs(slot=slot))
        assert isinstance(theirs, Appointment)
        machine = await find_earliest(unit, Machine(CLINIC, uuid4(), frozenset()), Wish())

    assert await asked(world, Wish(moving=theirs.id)) == NotAllowed(Denial.NO_SUCH_VISIT)
    assert await asked(world, Wish(moving=AppointmentId(uuid4()))) == NotAllowed(Denial.NO_SUCH_VISIT)
    assert await asked(world, Wish(moving=theirs.id), level=IdentityLevel.ANONYMOUS) == NotAllowed(Denial.NEEDS_IDENTITY)
    assert machine == NotAllowed(Denial.OUT_OF_SCOPE)


async def test_the_certificate_says_why_the_earlier_ones_are_not_offered(world: World) -> None:
    await fill(world, world.ana.id, TUESDAY)
    async with world.unit() as unit:
        answer = await find_earliest(unit, world.caller(), ana(world, date_from=TUESDAY, date_to=TUESDAY), explain=True)

    assert isinstance(answer, NothingFree)
    assert {candidate.start.astimezone(UTC).hour for candidate in answer.certificate} == {12, 13, 14}
