"""Booking, moving, cancelling, confirming and listing: for oneself, and for nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from marcai.clinics.actor import Actor, Caller, IdentityLevel, Machine, Role, Staff
from marcai.scheduling import catalogue
from marcai.scheduling.appointment import Appointment, AppointmentId, Status
from marcai.scheduling.bookings import advance
from marcai.scheduling.patient import NewPatient
from marcai.scheduling.provider import Provider
from marcai.scheduling.requests import Hold, Moved, Refusal, WhyNot
from marcai.scheduling.slots import Slot
from marcai.tools.allowed import Denial, NotAllowed, NotPossible, Stranger
from marcai.tools.book import BookArgs, book
from marcai.tools.cancel import CancelArgs, cancel
from marcai.tools.confirm import ConfirmArgs, confirm
from marcai.tools.hold_offer import OFFER_LIFETIME, hold, release
from marcai.tools.list_visits import ListArgs, Visits, list_visits
from marcai.tools.reschedule import RescheduleArgs, reschedule
from marcai.tools.unit import ToolUnit
from tests.tools.clinic import CANARY, CLINIC, IRIS_NUMBER, NOW, World

ME = Stranger("Íris", "Nóbrega da Silva", phone=IRIS_NUMBER)
NOBODY = IdentityLevel.ANONYMOUS


def a_slot(world: World, halves: int = 0, *, clara: bool = False) -> Slot:
    start = NOW + timedelta(minutes=30 * halves)
    provider = world.clara if clara else world.ana
    return Slot(provider.id, world.visit.id, world.place.id, start, start + timedelta(minutes=30))


async def booked(world: World, halves: int = 0, *, actor: Actor | None = None, **args: object) -> Appointment:
    async with world.unit() as unit:
        visit = await book(unit, actor or world.caller(), BookArgs(slot=a_slot(world, halves), **args))  # type: ignore[arg-type]
    assert isinstance(visit, Appointment), visit
    return visit


async def standing(world: World, visit: Appointment) -> tuple[Status, datetime]:
    async with world.unit() as unit:
        found = await unit.calendar.appointment(visit.id)
    assert found is not None
    return found.status, found.start


Deed = Callable[[ToolUnit, Actor, AppointmentId], Awaitable[object]]


def deeds(world: World) -> dict[str, Deed]:
    """Return every way to touch a visit that exists."""
    return {
        "cancel": lambda unit, actor, id_: cancel(unit, actor, CancelArgs(id_)),
        "confirm": lambda unit, actor, id_: confirm(unit, actor, ConfirmArgs(id_)),
        "reschedule": lambda unit, actor, id_: reschedule(unit, actor, RescheduleArgs(id_, a_slot(world, 4))),
        "hold": lambda unit, actor, id_: hold(unit, actor, a_slot(world, 4), holder="talk", moving=id_),
    }


EVERY_DEED = ["cancel", "confirm", "reschedule", "hold"]


# ---- booking


@pytest.mark.parametrize("level", [IdentityLevel.CHANNEL, IdentityLevel.IDENTIFIED, IdentityLevel.CONFIRMED])
async def test_a_known_patient_is_booked_and_confirmed(world: World, level: IdentityLevel) -> None:
    visit = await booked(world, actor=world.caller(level), reason="dor no ombro")

    assert (visit.status, visit.patient_id, visit.start) == (Status.CONFIRMED, world.iris.id, NOW)
    assert (visit.channel, visit.source, visit.notes) == ("whatsapp", "conversation", "dor no ombro")


async def test_a_stranger_asks_for_a_visit_as_a_new_patient_who_is_merged_with_nobody(world: World) -> None:
    visit = await booked(world, actor=world.caller(NOBODY), stranger=ME)

    async with world.unit() as unit:
        patient = await unit.patients.get(visit.patient_id)
    assert visit.status is Status.REQUESTED
    assert patient is not None
    assert (patient.is_prospective, patient.full_name, patient.phone) == (True, world.iris.full_name, IRIS_NUMBER)
    assert patient.id != world.iris.id


async def test_a_strangers_second_visit_in_the_talk_is_a_request_again_for_the_same_record(world: World) -> None:
    first = await booked(world, actor=world.caller(NOBODY), stranger=ME)
    now_known = Caller(CLINIC, "whatsapp", IRIS_NUMBER, IdentityLevel.CHANNEL, first.patient_id)

    second = await booked(world, 1, actor=now_known)

    assert (second.status, second.patient_id) == (Status.REQUESTED, first.patient_id)


async def test_a_stranger_without_a_name_is_asked_for_it(world: World) -> None:
    async with world.unit() as unit:
        assert await book(unit, world.caller(NOBODY), BookArgs(slot=a_slot(world))) == NotAllowed(Denial.NO_PATIENT)
        machine = Machine(CLINIC, uuid4(), frozenset({"write:appointments"}))
        assert await book(unit, machine, BookArgs(slot=a_slot(world))) == NotAllowed(Denial.NO_PATIENT)


async def test_a_machine_without_the_scope_books_and_holds_nothing(world: World) -> None:
    machine = Machine(CLINIC, uuid4(), frozenset({"read:slots"}))
    async with world.unit() as unit:
        answers = [
            await book(unit, machine, BookArgs(slot=a_slot(world), stranger=ME)),
            await hold(unit, machine, a_slot(world), holder="key"),
        ]
        kept = await hold(unit, world.caller(), a_slot(world), holder="talk")
        assert isinstance(kept, Hold)
        assert not await release(unit, machine, kept.id)

    assert answers == [NotAllowed(Denial.OUT_OF_SCOPE)] * 2


async def test_a_stranger_is_not_booked_with_one_who_takes_no_new_patients_and_leaves_no_record(world: World) -> None:
    async with world.unit() as unit:
        answer = await book(unit, world.caller(NOBODY), BookArgs(slot=a_slot(world, clara=True), stranger=ME))
        known = await book(unit, world.caller(), BookArgs(slot=a_slot(world, clara=True)))

    assert isinstance(answer, Refusal)
    assert answer.why is WhyNot.NOT_OFFERED
    assert isinstance(known, Appointment)


async def test_a_stranger_who_comes_too_late_leaves_no_record(world: World) -> None:
    await booked(world, actor=world.caller(patient=world.other))
    async with world.unit() as unit:
        answer = await book(unit, world.caller(NOBODY), BookArgs(slot=a_slot(world), stranger=ME))
        everybody = await unit.patients.page(limit=99)

    assert isinstance(answer, Refusal)
    assert answer.is_conflict
    assert [patient.id for patient in everybody] == [world.iris.id, world.other.id]


async def test_what_was_held_is_booked_by_the_hold_alone_or_beside_its_slot(world: World) -> None:
    for halves, with_slot in ((0, True), (1, False)):
        async with world.unit() as unit:
            kept = await hold(unit, world.caller(), a_slot(world, halves), holder="talk")
            assert isinstance(kept, Hold)
            assert kept.expires_at == NOW + OFFER_LIFETIME
            args = BookArgs(slot=kept.slot if with_slot else None, hold_id=kept.id)
            visit = await book(unit, world.caller(), args)
        assert isinstance(visit, Appointment), visit
        assert visit.start == kept.slot.start


async def test_a_strangers_held_slot_is_booked_from_the_hold(world: World) -> None:
    async with world.unit() as unit:
        kept = await hold(unit, world.caller(NOBODY), a_slot(world), holder="talk")
        assert isinstance(kept, Hold)
        visit = await book(unit, world.caller(NOBODY), BookArgs(slot=kept.slot, hold_id=kept.id, stranger=ME))

    assert isinstance(visit, Appointment)
    assert visit.status is Status.REQUESTED


@pytest.mark.parametrize("who", ["known", "stranger"])
async def test_a_hold_that_ran_out_does_no_harm_while_the_slot_is_free(world: World, who: str) -> None:
    actor, stranger = (world.caller(), None) if who == "known" else (world.caller(NOBODY), ME)
    async with world.unit() as unit:
        kept = await hold(unit, actor, a_slot(world, 2), holder="talk")
    assert isinstance(kept, Hold)
    async with world.unit(NOW + timedelta(minutes=6)) as unit:
        visit = await book(unit, actor, BookArgs(slot=kept.slot, hold_id=kept.id, stranger=stranger))
        alone = await book(unit, actor, BookArgs(hold_id=kept.id, stranger=stranger))

    assert isinstance(visit, Appointment), visit
    assert alone == Refusal(WhyNot.HOLD_GONE)


async def test_a_hold_that_ran_out_and_was_taken_is_a_refusal(world: World) -> None:
    async with world.unit() as unit:
        kept = await hold(unit, world.caller(), a_slot(world, 2), holder="talk")
    assert isinstance(kept, Hold)
    async with world.unit(NOW + timedelta(minutes=6)) as unit:
        assert isinstance(await book(unit, world.caller(patient=world.other), BookArgs(slot=kept.slot)), Appointment)
        answer = await book(unit, world.caller(), BookArgs(slot=kept.slot, hold_id=kept.id))

    assert isinstance(answer, Refusal)
    assert answer.is_conflict


async def test_a_held_slot_is_not_anothers_and_a_released_one_is(world: World) -> None:
    async with world.unit() as unit:
        kept = await hold(unit, world.caller(), a_slot(world), holder="talk-1")
        assert isinstance(kept, Hold)
        theirs = world.caller(patient=world.other)
        held = await hold(unit, theirs, a_slot(world), holder="talk-2")
        taken = await book(unit, theirs, BookArgs(slot=a_slot(world)))
        assert await release(unit, world.caller(), kept.id)
        assert not await release(unit, world.caller(), kept.id)
        free = await book(unit, theirs, BookArgs(slot=a_slot(world)))

    assert isinstance(held, Refusal)
    assert isinstance(taken, Refusal)
    assert isinstance(free, Appointment)


async def test_a_new_offer_takes_the_place_of_the_one_before(world: World) -> None:
    async with world.unit() as unit:
        first = await hold(unit, world.caller(), a_slot(world), holder="talk")
        assert isinstance(first, Hold)
        second = await hold(unit, world.caller(), a_slot(world, 1), holder="talk", replaces=frozenset({first.id}))
        assert isinstance(second, Hold)
        other = await hold(unit, world.caller(patient=world.other), a_slot(world), holder="other")

    assert isinstance(other, Hold)
    assert second.fencing_token > first.fencing_token


async def test_of_many_who_accept_one_slot_at_once_one_gets_it(world: World) -> None:
    async with world.unit() as unit:
        crowd = [await unit.patients.add(NewPatient(f"P{number}", "Multidão")) for number in range(8)]

    async def accept(number: int) -> object:
        async with world.unit() as unit:
            return await book(unit, world.caller(patient=crowd[number]), BookArgs(slot=a_slot(world)))

    answers = await asyncio.gather(*(accept(number) for number in range(8)))

    assert sum(isinstance(answer, Appointment) for answer in answers) == 1
    assert all(answer.is_conflict for answer in answers if isinstance(answer, Refusal))


# ---- one's own visits


async def test_a_visit_is_moved_cancelled_and_confirmed_by_its_patient(world: World) -> None:
    visit = await booked(world)
    async with world.unit() as unit:
        moved = await reschedule(unit, world.caller(), RescheduleArgs(visit.id, a_slot(world, 2), channel="whatsapp"))
        assert isinstance(moved, Moved), moved
        confirmed = await confirm(unit, world.caller(), ConfirmArgs(moved.new.id))
        gone = await cancel(unit, world.caller(), CancelArgs(moved.new.id, reason="viagem"))

    assert (moved.old.status, moved.new.start) == (Status.CANCELLED, NOW + timedelta(hours=1))
    assert isinstance(confirmed, Appointment)
    assert isinstance(gone, Appointment)
    assert (confirmed.status, gone.status) == (Status.CONFIRMED, Status.CANCELLED)
    assert gone.history[-1].reason == "viagem"
    assert gone.history[-1].by == f"caller:whatsapp:{world.iris.id}"


async def test_a_requested_visit_of_a_patient_who_is_known_is_confirmed_by_them(world: World) -> None:
    visit = await booked(world, actor=world.caller(NOBODY), stranger=ME)
    identified = Caller(CLINIC, "whatsapp", IRIS_NUMBER, IdentityLevel.IDENTIFIED, visit.patient_id)
    by_channel = Caller(CLINIC, "whatsapp", IRIS_NUMBER, IdentityLevel.CHANNEL, visit.patient_id)
    async with world.unit() as unit:
        refused = await confirm(unit, by_channel, ConfirmArgs(visit.id))
        done = await confirm(unit, identified, ConfirmArgs(visit.id))

    assert refused == NotAllowed(Denial.STAFF_DECIDES)
    assert isinstance(done, Appointment)
    assert done.status is Status.CONFIRMED


async def test_a_move_to_a_taken_slot_leaves_the_visit_where_it_was(world: World) -> None:
    mine = await booked(world)
    await booked(world, 1, actor=world.caller(patient=world.other))
    async with world.unit() as unit:
        answer = await reschedule(unit, world.caller(), RescheduleArgs(mine.id, a_slot(world, 1)))

    assert isinstance(answer, Refusal)
    assert await standing(world, mine) == (Status.CONFIRMED, NOW)


async def test_a_move_whose_offer_ran_out_is_made_all_the_same(world: World) -> None:
    mine = await booked(world, 1)
    async with world.unit() as unit:
        kept = await hold(unit, world.caller(), a_slot(world, 3), holder="talk", moving=mine.id)
    assert isinstance(kept, Hold)
    async with world.unit(NOW + timedelta(minutes=6)) as unit:
        moved = await reschedule(unit, world.caller(), RescheduleArgs(mine.id, kept.slot, hold_id=kept.id))

    assert isinstance(moved, Moved), moved
    assert moved.new.start == kept.slot.start


async def test_what_is_over_can_be_neither_moved_nor_cancelled_nor_confirmed(world: World) -> None:
    visit = await booked(world)
    async with world.unit() as unit:
        await cancel(unit, world.caller(), CancelArgs(visit.id))
    for name in ("cancel", "confirm", "reschedule"):
        async with world.unit() as unit:
            assert await deeds(world)[name](unit, world.caller(), visit.id) == NotPossible(Status.CANCELLED), name


async def test_upcoming_visits_are_listed_in_order_without_what_is_over(world: World) -> None:
    later, sooner, gone = await booked(world, 3), await booked(world, 1), await booked(world, 5)
    await booked(world, 0, actor=world.caller(patient=world.other))
    async with world.unit() as unit:
        await cancel(unit, world.caller(), CancelArgs(gone.id))
        told = await list_visits(unit, world.caller(), ListArgs())
        first = await list_visits(unit, world.caller(), ListArgs(limit=1))
    async with world.unit(NOW + timedelta(hours=1, minutes=15)) as unit:
        afterwards = await list_visits(unit, world.caller(), ListArgs())

    assert isinstance(told, Visits)
    assert isinstance(first, Visits)
    assert isinstance(afterwards, Visits)
    assert ([visit.id for visit in told.visits], told.are_all) == ([sooner.id, later.id], True)
    assert [visit.id for visit in first.visits] == [sooner.id]
    assert [visit.id for visit in afterwards.visits] == [later.id]


# ---- others' visits, and one's own from elsewhere


@pytest.mark.parametrize("name", EVERY_DEED)
async def test_another_patients_visit_is_refused_in_the_words_for_nobodys_and_stays(world: World, name: str) -> None:
    theirs = await booked(world, actor=world.caller(patient=world.other), reason=CANARY)
    for level in (IdentityLevel.CHANNEL, IdentityLevel.IDENTIFIED, IdentityLevel.CONFIRMED):
        async with world.unit() as unit:
            answer = await deeds(world)[name](unit, world.caller(level), theirs.id)
            nobodys = await deeds(world)[name](unit, world.caller(level), AppointmentId(uuid4()))
        assert answer == nobodys == NotAllowed(Denial.NO_SUCH_VISIT)
        assert CANARY not in repr(answer)
    assert await standing(world, theirs) == (Status.CONFIRMED, NOW)


@pytest.mark.parametrize("name", EVERY_DEED)
async def test_who_is_not_known_may_touch_no_visit_whether_or_not_there_is_one(world: World, name: str) -> None:
    mine = await booked(world)
    async with world.unit() as unit:
        answer = await deeds(world)[name](unit, world.caller(NOBODY), mine.id)
        nobodys = await deeds(world)[name](unit, world.caller(NOBODY), AppointmentId(uuid4()))

    assert answer == nobodys == NotAllowed(Denial.NEEDS_IDENTITY)
    assert await standing(world, mine) == (Status.CONFIRMED, NOW)


@pytest.mark.parametrize("name", EVERY_DEED)
async def test_the_channel_alone_reaches_what_was_booked_in_it_and_nothing_else(world: World, name: str) -> None:
    here, elsewhere = await booked(world), await booked(world, 1, actor=world.caller(channel="phone"))
    by_number = world.caller(IdentityLevel.CHANNEL)
    async with world.unit() as unit:
        refused = await deeds(world)[name](unit, by_number, elsewhere.id)
        done = await deeds(world)[name](unit, by_number, here.id)

    assert refused == NotAllowed(Denial.NEEDS_IDENTITY)
    assert isinstance(done, Appointment | Moved | Hold), done


@pytest.mark.parametrize("name", EVERY_DEED)
async def test_a_machine_without_the_scope_touches_no_visit(world: World, name: str) -> None:
    mine = await booked(world)
    async with world.unit() as unit:
        answer = await deeds(world)[name](unit, Machine(CLINIC, uuid4(), frozenset({"read:appointments"})), mine.id)

    assert answer == NotAllowed(Denial.OUT_OF_SCOPE)
    assert await standing(world, mine) == (Status.CONFIRMED, NOW)


async def test_staff_and_a_machine_with_the_scope_may_cancel_for_anybody(world: World) -> None:
    first, second = await booked(world), await booked(world, 1)
    async with world.unit() as unit:
        by_staff = await cancel(unit, Staff(CLINIC, uuid4(), Role.STAFF), CancelArgs(first.id))
        by_key = await cancel(unit, Machine(CLINIC, uuid4(), frozenset({"write:appointments"})), CancelArgs(second.id))

    assert isinstance(by_staff, Appointment)
    assert isinstance(by_key, Appointment)


async def test_the_channel_alone_sees_only_what_was_booked_in_it(world: World) -> None:
    here = await booked(world)
    await booked(world, 1, actor=world.caller(channel="phone"))
    await booked(world, 2, actor=world.caller(patient=world.other), reason=CANARY)
    async with world.unit() as unit:
        by_channel = await list_visits(unit, world.caller(IdentityLevel.CHANNEL), ListArgs())
        identified = await list_visits(unit, world.caller(), ListArgs())
        nobody = await list_visits(unit, world.caller(NOBODY), ListArgs())
        machine = await list_visits(unit, Machine(CLINIC, uuid4(), frozenset({"*"})), ListArgs())

    assert isinstance(by_channel, Visits)
    assert isinstance(identified, Visits)
    assert ([visit.id for visit in by_channel.visits], by_channel.are_all) == ([here.id], False)
    assert (len(identified.visits), identified.are_all) == (2, True)
    assert CANARY not in repr((by_channel, identified))
    assert (nobody, machine) == (NotAllowed(Denial.NEEDS_IDENTITY), NotAllowed(Denial.NO_PATIENT))


async def test_every_deed_on_a_visit_leaves_exactly_one_line_in_the_audit_trail(world: World) -> None:
    async with world.unit() as unit:
        before = await unit.driver.fetchval("SELECT coalesce(max(seq), 0) FROM audit_rows")
    visit = await booked(world)
    async with world.unit() as unit:
        await list_visits(unit, world.caller(), ListArgs())
    async with world.unit() as unit:
        moved = await reschedule(unit, world.caller(), RescheduleArgs(visit.id, a_slot(world, 2)))
    assert isinstance(moved, Moved)
    async with world.unit() as unit:
        await cancel(unit, world.caller(), CancelArgs(moved.new.id))

    async with world.unit() as unit:
        rows = await unit.driver.fetch("SELECT deed, patient_id FROM audit_rows WHERE seq > $1 ORDER BY seq", before)
    assert [row["deed"] for row in rows] == ["book", "list", "reschedule", "cancelled"]
    assert {row["patient_id"] for row in rows} == {world.iris.id}


async def test_a_checked_in_visit_can_still_be_cancelled_but_not_moved(world: World) -> None:
    visit = await booked(world)
    async with world.unit() as unit:
        await advance(unit, visit.id, Status.CHECKED_IN, by="test")
        assert await reschedule(unit, world.caller(), RescheduleArgs(visit.id, a_slot(world, 2))) == NotPossible(Status.CHECKED_IN)
        gone = await cancel(unit, world.caller(), CancelArgs(visit.id))

    assert isinstance(gone, Appointment)


async def test_a_set_up_that_changes_in_the_midst_of_a_turn_is_judged_anew(world: World) -> None:
    async with world.unit() as unit:
        await unit.setup()
        async with world.unit() as other:
            await catalogue.change(other, Provider, world.bruno.id, {"display_name": "Dr. Bruno Lima Neto"})
        visit = await book(unit, world.caller(), BookArgs(slot=a_slot(world)))
    async with world.unit() as unit:
        await unit.setup()
        async with world.unit() as other:
            await catalogue.remove(other, Provider, world.ana.id)
        refused = await book(unit, world.caller(), BookArgs(slot=a_slot(world, 1)))

    assert isinstance(visit, Appointment)
    assert isinstance(refused, Refusal)
    assert refused.why is WhyNot.NOT_OFFERED
