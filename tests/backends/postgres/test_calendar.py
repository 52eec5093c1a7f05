"""Booking, holding, moving and ending visits, on the real calendar."""

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio

from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.transaction import Driver
from marcai.clinics.clinic import Room
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from marcai.ledger.events import OutboxEvent
from marcai.scheduling import bookings, catalogue, holds
from marcai.scheduling.appointment import Appointment, AppointmentId, Status
from marcai.scheduling.errors import MoveNotAllowed, NotFound, RoomTaken, Unacceptable, VersionConflict
from marcai.scheduling.patient import PatientId
from marcai.scheduling.placing import Wish, placed
from marcai.scheduling.ports import Claimants, NotWritten
from marcai.scheduling.provider import Override, Template
from marcai.scheduling.requests import AppointmentFilter, Hold, Moved, MoveRequest, Refusal, WhyNot
from marcai.scheduling.search import earliest, free_slots
from marcai.scheduling.slots import Slot
from tests.backends.postgres.calendars import MONDAY, Clinic, at, open_clinic, statuses

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def store(store_in_common: Postgres) -> Postgres:
    return store_in_common


@pytest_asyncio.fixture(loop_scope="module")
async def clinic(store: Postgres) -> Clinic:
    return await open_clinic(store, providers=2, patients=3)


async def refusal(clinic: Clinic, *args: Any, **more: Any) -> WhyNot | None:
    async with clinic.unit() as unit:
        result = await bookings.book(unit, clinic.booking(*args, **more))
    return result.why if isinstance(result, Refusal) else None


async def advanced(clinic: Clinic, visit: Appointment, to: Status, **more: Any) -> Appointment:
    async with clinic.unit() as unit:
        result = await bookings.advance(unit, visit.id, to, by="staff", **more)
        await unit.commit()
    return result


async def test_a_booking_stands_with_its_history_events_and_audit_row(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9), notes="dor de cabeça", reason="retorno", channel="web")
    async with clinic.unit() as unit:
        found = await bookings.appointment(unit, visit.id)
    assert found == visit
    assert (found.status, found.version, found.notes, statuses(found)) == (Status.REQUESTED, 1, "dor de cabeça", [Status.REQUESTED])
    assert found.history[0].reason == "retorno"
    assert found.start.isoformat() == "2026-11-30T09:00:00-03:00"
    assert await clinic.column("SELECT kind FROM outbox ORDER BY seq") == ["appointment.created"]
    assert await clinic.column("SELECT deed FROM audit_rows WHERE kind = 'appointment'") == ["book"]


async def test_what_a_patient_said_is_sealed_at_rest(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9), notes="CANARY", internal_notes="CANARY", reason="CANARY")
    rows = await clinic.column("SELECT c::text FROM claims c UNION ALL SELECT h::text FROM status_history h")
    assert not [row for row in rows if "CANARY" in row or b"CANARY".hex() in row]
    await clinic.done(lambda unit: unit.keys.forget(visit.patient_id))
    async with clinic.unit() as unit:
        assert (await bookings.appointment(unit, visit.id)).notes is None


async def test_nothing_stands_of_a_unit_that_was_not_committed(clinic: Clinic) -> None:
    async with clinic.unit() as unit:
        await bookings.book(unit, clinic.booking(at(9)))
    assert await clinic.live() == []
    assert await clinic.column("SELECT kind FROM outbox") == []


async def test_a_taken_time_is_refused_with_when_the_other_claim_begins(clinic: Clinic) -> None:
    await clinic.booked(at(9))
    async with clinic.unit() as unit:
        result = await bookings.book(unit, clinic.booking(at(9, 10), patient=1))
    assert result == Refusal(WhyNot.TAKEN, at(9), clinic.provider.id)
    assert await refusal(clinic, at(9, 30), patient=1) is None


async def test_a_patient_cannot_be_in_two_places(clinic: Clinic) -> None:
    await clinic.booked(at(9))
    assert await refusal(clinic, at(9, 15), provider=1) is WhyNot.PATIENT_BUSY
    assert await refusal(clinic, at(9, 30), provider=1) is None


@pytest.mark.parametrize(
    ("start", "why"),
    [
        (at(7, 30), WhyNot.OUTSIDE_HOURS),
        (at(17, 45), WhyNot.OUTSIDE_HOURS),
        (at(9, day=date(2026, 11, 29)), WhyNot.OUTSIDE_HOURS),
        (at(9, day=date(2026, 11, 20)), WhyNot.PAST),
        (at(9, day=date(2027, 11, 22)), WhyNot.BEYOND_HORIZON),
    ],
)
async def test_a_time_that_breaks_a_rule_is_refused(clinic: Clinic, start: Any, why: WhyNot) -> None:
    assert await refusal(clinic, start) is why
    assert await refusal(clinic, start, allow_outside_hours=True) is (why if why is WhyNot.PAST else None)


async def test_nobody_is_allowed_to_book_over_anothers_claim(clinic: Clinic) -> None:
    await clinic.booked(at(20), allow_outside_hours=True)
    assert await refusal(clinic, at(20), patient=1, allow_outside_hours=True) is WhyNot.TAKEN


async def test_a_notice_keeps_the_next_hours_away(store: Postgres) -> None:
    clinic = await open_clinic(store, clinic={"notice": timedelta(days=8)})
    assert await refusal(clinic, at(9)) is WhyNot.TOO_SOON
    async with clinic.unit() as unit:
        assert (await earliest(unit, clinic.query(date_to=date(2026, 12, 4)))).slot == clinic.slot(at(9, day=date(2026, 12, 1)))


async def test_unknown_ids_are_named_by_their_kind(clinic: Clinic) -> None:
    for name, kind in [
        ("patient_id", "patient"),
        ("provider_id", "provider"),
        ("appointment_type_id", "appointment_type"),
        ("location_id", "location"),
        ("room_id", "room"),
    ]:
        changed: dict[str, Any] = {name: uuid4()}
        async with clinic.unit() as unit:
            with pytest.raises(NotFound) as caught:
                await bookings.book(unit, replace(clinic.booking(at(9)), **changed))
            assert caught.value.kind == kind


async def test_a_visit_that_ends_before_it_starts_or_lasts_days_is_unacceptable(clinic: Clinic) -> None:
    for end in (at(9), at(8), at(9, day=date(2026, 12, 2))):
        async with clinic.unit() as unit:
            with pytest.raises(Unacceptable):
                await bookings.book(unit, clinic.booking(at(9), end=end))


async def test_a_type_that_the_hours_do_not_offer_is_refused(store: Postgres) -> None:
    clinic = await open_clinic(store)
    other = await clinic.done(lambda unit: catalogue.add(unit, type(clinic.kind), {"name": "Retorno", "duration": timedelta(minutes=15)}))
    templates = (await clinic.done(lambda unit: unit.setup())).templates[clinic.provider.id]
    for template in templates:
        async with clinic.unit() as unit:
            await catalogue.change(unit, Template, template.id, {"appointment_type_ids": frozenset({other.id})})
            await unit.commit()
    assert await refusal(clinic, at(9)) is WhyNot.TYPE_NOT_OFFERED
    async with clinic.unit() as unit:
        assert (await free_slots(unit, clinic.query(), limit=5)).slots == ()


async def test_what_is_no_longer_active_is_not_offered(clinic: Clinic) -> None:
    await clinic.done(lambda unit: catalogue.remove(unit, type(clinic.provider), clinic.provider.id))
    assert await refusal(clinic, at(9)) is WhyNot.NOT_OFFERED
    async with clinic.unit() as unit:
        page = await free_slots(unit, clinic.query(), limit=200)
    assert {slot.provider_id for slot in page.slots} == {clinic.providers[1].id}


async def test_a_blocked_day_is_refused_and_says_so_in_the_certificate(clinic: Clinic) -> None:
    days = {"provider_id": clinic.provider.id, "kind": "blocked", "date_from": MONDAY, "date_to": MONDAY}
    await clinic.done(lambda unit: catalogue.add(unit, Override, days))
    assert await refusal(clinic, at(9)) is WhyNot.BLOCKED
    async with clinic.unit() as unit:
        found = await earliest(unit, clinic.query(provider_ids=frozenset({clinic.provider.id})), explain=True)
    assert found.slot is None
    assert {candidate.why for candidate in found.certificate} == {WhyNot.BLOCKED}
    assert len(found.certificate) == 20


async def test_buffers_of_both_visits_are_kept(store: Postgres) -> None:
    buffers = {"buffer_before": timedelta(minutes=5), "buffer_after": timedelta(minutes=10)}
    clinic = await open_clinic(store, kind=buffers, provider={"buffer_between": timedelta(minutes=5)}, patients=3)
    await clinic.booked(at(9))
    assert await refusal(clinic, at(9, 45), patient=1) is WhyNot.TAKEN
    assert await refusal(clinic, at(9, 50), patient=1) is None
    assert await refusal(clinic, at(8, 15), patient=1) is WhyNot.TAKEN
    assert await refusal(clinic, at(8, 10), patient=1) is None
    async with clinic.unit() as unit:
        page = await free_slots(unit, clinic.query(), limit=4)
    assert [slot.start for slot in page.slots] == [at(8), at(10), at(10, 30), at(11)]


async def test_the_daily_limit_counts_live_and_completed_visits_and_holds(store: Postgres) -> None:
    clinic = await open_clinic(store, provider={"max_daily": 2}, patients=3)
    first = await clinic.booked(at(9), status=Status.CONFIRMED)
    for step in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
        await advanced(clinic, first, step)
    second = await clinic.booked(at(10), patient=1)
    assert await refusal(clinic, at(11), patient=2) is WhyNot.DAY_FULL
    async with clinic.unit() as unit:
        assert isinstance(await holds.hold_slot(unit, clinic.hold(at(11))), Refusal)
        assert (await free_slots(unit, clinic.query(), limit=5)).slots == ()
        assert (await earliest(unit, clinic.query(), explain=True)).certificate[0].why is WhyNot.DAY_FULL
        moved = await bookings.reschedule(unit, MoveRequest(second.id, at(11), "test"))
    assert isinstance(moved, Moved)


async def test_two_lanes_take_two_visits_and_a_slot_needs_one_lane_throughout(store: Postgres) -> None:
    clinic = await open_clinic(store, provider={"lanes": 2}, patients=5)
    assert (await clinic.booked(at(9), patient=0)).lane == 0
    assert (await clinic.booked(at(9), patient=1)).lane == 1
    assert await refusal(clinic, at(9), patient=2) is WhyNot.TAKEN
    await clinic.booked(at(9, 30), patient=2)
    third = await clinic.booked(at(10), patient=3, end=at(11))
    assert third.lane == 0
    # 9:30 to 10:30: lane 0 is taken all along, lane 1 is free throughout; for 8:30 to 9:30 no lane is.
    assert await refusal(clinic, at(9, 30), patient=4, end=at(10, 30)) is None
    assert await refusal(clinic, at(8, 30), patient=4, end=at(9, 30)) is WhyNot.TAKEN
    async with clinic.unit() as unit:
        page = await free_slots(unit, clinic.query(duration=timedelta(hours=1)), limit=4)
    assert [slot.start for slot in page.slots] == [at(8), at(9, 30), at(10), at(10, 30)]


async def test_a_room_keeps_one_claim_at_a_time(store: Postgres) -> None:
    clinic = await open_clinic(store, providers=2, patients=2, rooms=2)
    visit = await clinic.booked(at(9))
    assert visit.room_id == clinic.rooms[0].id
    assert await refusal(clinic, at(9), provider=1, patient=1) is WhyNot.ROOM_TAKEN
    assert await refusal(clinic, at(9), provider=1, patient=1, room_id=clinic.rooms[1].id) is None
    async with clinic.unit() as unit:
        found = await earliest(unit, clinic.query(time_from=time(9), provider_ids=frozenset({clinic.providers[1].id})), explain=True)
    assert found.slot is not None
    assert found.slot.start == at(9, 30)
    assert [c.why for c in found.certificate] == [WhyNot.EXCLUDED, WhyNot.EXCLUDED, WhyNot.ROOM_TAKEN]


async def test_a_visit_changes_room_only_where_there_is_one_free(store: Postgres) -> None:
    clinic = await open_clinic(store, providers=2, patients=2, rooms=2)
    visit = await clinic.booked(at(9))
    other = await clinic.booked(at(9), provider=1, patient=1, room_id=clinic.rooms[1].id)
    async with clinic.unit() as unit:
        with pytest.raises(RoomTaken):
            await bookings.change(unit, other.id, version=1, changes={"room_id": visit.room_id})
    changed = await clinic.done(lambda unit: bookings.change(unit, visit.id, version=1, changes={"room_id": None, "metadata": {"a": 1}}))
    assert (changed.room_id, changed.metadata, changed.version) == (None, {"a": 1}, 2)
    await clinic.done(lambda unit: bookings.change(unit, other.id, version=1, changes={"room_id": clinic.rooms[0].id}))


async def test_a_change_needs_the_present_version_and_a_field_that_may_change(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9))
    changed = await clinic.done(lambda unit: bookings.change(unit, visit.id, version=1, changes={"notes": "novo"}))
    assert (changed.notes, changed.version) == ("novo", 2)
    async with clinic.unit() as unit:
        with pytest.raises(VersionConflict) as caught:
            await bookings.change(unit, visit.id, version=1, changes={"notes": "x"})
        assert caught.value.version == 2
        with pytest.raises(Unacceptable):
            await bookings.change(unit, visit.id, version=2, changes={"status": "completed"})
        with pytest.raises(NotFound):
            await bookings.change(unit, visit.id, version=2, changes={"room_id": uuid4()})


async def test_the_whole_life_of_a_visit_is_told_in_order(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9))
    for step in (Status.CONFIRMED, Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
        visit = await advanced(clinic, visit, step, notes=step.value)
    async with clinic.unit() as unit:
        found = await bookings.appointment(unit, visit.id)
    assert statuses(found) == [Status.REQUESTED, Status.CONFIRMED, Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED]
    assert found.notes == "confirmed\nchecked_in\nin_progress\ncompleted"
    told = ["created", "confirmed", "checked_in", "completed"]
    assert await clinic.column("SELECT kind FROM outbox ORDER BY seq") == [f"appointment.{kind}" for kind in told]


async def test_steps_that_do_not_exist_are_not_allowed(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9))
    for to in (Status.CHECKED_IN, Status.COMPLETED, Status.NO_SHOW, Status.REQUESTED):
        async with clinic.unit() as unit:
            with pytest.raises(MoveNotAllowed):
                await bookings.advance(unit, visit.id, to, by="staff")
    async with clinic.unit() as unit:
        with pytest.raises(NotFound):
            await bookings.advance(unit, uuid4(), Status.CONFIRMED, by="staff")


async def test_a_cancelled_visit_frees_its_time_and_never_revives(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9))
    await clinic.done(lambda unit: bookings.advance(unit, visit.id, Status.CANCELLED, by="patient", reason="viagem"))
    assert await clinic.column("SELECT kind FROM outbox ORDER BY seq") == ["appointment.created", "appointment.cancelled", "slot.released"]
    assert await refusal(clinic, at(9), patient=1) is None
    async with clinic.unit() as unit:
        with pytest.raises(MoveNotAllowed):
            await bookings.advance(unit, visit.id, Status.CONFIRMED, by="staff")
        with pytest.raises(MoveNotAllowed):
            await bookings.reschedule(unit, MoveRequest(visit.id, at(10), "test"))
    async with clinic.unit() as unit:
        with pytest.raises(Exception, match="never revives"):
            await unit.driver.execute("UPDATE claims SET status = 'confirmed'")


async def test_a_visit_moves_by_ten_minutes_into_its_own_time(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9), status=Status.CONFIRMED, notes="n")
    moved = await clinic.done(lambda unit: bookings.reschedule(unit, MoveRequest(visit.id, at(9, 10), "patient", reason="atraso")))
    assert isinstance(moved, Moved)
    assert (moved.old.status, moved.new.status) == (Status.CANCELLED, Status.CONFIRMED)
    assert (moved.new.start, moved.new.end, moved.new.notes) == (at(9, 10), at(9, 40), "n")
    assert (moved.old.rescheduled_to, moved.new.rescheduled_from) == (moved.new.id, moved.old.id)
    assert moved.old.history[-1].at == moved.new.history[0].at == moved.new.created_at
    async with clinic.unit() as unit:
        assert await bookings.appointment(unit, moved.old.id) == moved.old
        assert await bookings.appointment(unit, moved.new.id) == moved.new
    assert [row["id"] for row in await clinic.live()] == [moved.new.id]
    assert await clinic.column("SELECT kind FROM outbox ORDER BY seq") == [
        "appointment.created",
        "appointment.rescheduled",
        "slot.released",
    ]
    assert await clinic.column("SELECT deed FROM audit_rows WHERE kind = 'appointment' ORDER BY seq") == ["book", "reschedule"]


async def test_a_move_that_finds_no_room_leaves_the_visit_as_it_was(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9))
    await clinic.booked(at(10), patient=1)
    before = await clinic.column("SELECT c::text FROM claims c ORDER BY seq")
    result = await clinic.done(lambda unit: bookings.reschedule(unit, MoveRequest(visit.id, at(9, 45), "test")))
    assert result == Refusal(WhyNot.TAKEN, at(10), clinic.provider.id)
    assert await clinic.column("SELECT c::text FROM claims c ORDER BY seq") == before


async def test_a_savepoint_brings_the_old_visit_back_when_an_unlocked_writer_came_between(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9))
    # The primary key refuses the new row after everything was judged well, as an unlocked writer's claim would.
    async with clinic.unit() as unit:
        seen = await unit.calendar.lock_visit(visit.id, Claimants())
        assert seen is not None
        place = placed(await unit.setup(), bookings._wish(MoveRequest(visit.id, at(10), "test"), visit), unit.now)
        assert not isinstance(place, Refusal)
        claim = bookings._successor(unit, MoveRequest(visit.id, at(10), "test"), place, seen)
        assert isinstance(await unit.calendar.move(seen, replace(claim, id=visit.id)), NotWritten)
        await unit.commit()
    assert [(row["id"], row["status"]) for row in await clinic.live()] == [(visit.id, "requested")]


async def test_a_visit_moves_to_another_provider_type_and_room(store: Postgres) -> None:
    clinic = await open_clinic(store, providers=2, rooms=2)
    visit = await clinic.booked(at(9))
    other = clinic.providers[1].id
    request = MoveRequest(visit.id, at(9), "test", provider_id=other, room_id=clinic.rooms[1].id)
    moved = await clinic.done(lambda unit: bookings.reschedule(unit, request))
    assert (moved.new.provider_id, moved.new.room_id, moved.new.start) == (other, clinic.rooms[1].id, at(9))


async def test_only_a_requested_or_confirmed_visit_moves(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9), status=Status.CONFIRMED)
    await clinic.done(lambda unit: bookings.advance(unit, visit.id, Status.CHECKED_IN, by="staff"))
    async with clinic.unit() as unit:
        with pytest.raises(MoveNotAllowed):
            await bookings.reschedule(unit, MoveRequest(visit.id, at(10), "test"))
        with pytest.raises(NotFound):
            await bookings.reschedule(unit, MoveRequest(AppointmentId(uuid4()), at(10), "test"))


async def held(clinic: Clinic, *args: Any, **more: Any) -> Hold:
    result = await clinic.done(lambda unit: holds.hold_slot(unit, clinic.hold(*args, **more)))
    assert isinstance(result, Hold), result
    return result


async def test_a_hold_keeps_its_slot_until_it_is_used_up_by_a_booking(clinic: Clinic) -> None:
    kept = await held(clinic, at(9))
    assert await refusal(clinic, at(9), patient=1) is WhyNot.HELD
    async with clinic.unit() as unit:
        assert await holds.get_hold(unit, kept.id) == kept
        assert clinic.slot(at(9)) not in (await free_slots(unit, clinic.query(), limit=200)).slots
        assert clinic.slot(at(9)) in (await free_slots(unit, clinic.query(ignoring_holds=frozenset({kept.id})), limit=200)).slots
    visit = await clinic.booked(at(9), hold_id=kept.id)
    assert visit.seq > kept.fencing_token
    assert await refusal(clinic, at(11), patient=1, hold_id=kept.id) is WhyNot.HOLD_GONE


async def test_a_hold_that_is_over_stands_in_nobodys_way(clinic: Clinic, clock: FixedClock) -> None:
    kept = await held(clinic, at(9))
    clock.advance(timedelta(minutes=5))
    async with clinic.unit() as unit:
        assert await holds.get_hold(unit, kept.id) is None
        assert not await holds.release_hold(unit, kept.id)
        assert clinic.slot(at(9)) in (await free_slots(unit, clinic.query(), limit=200)).slots
    assert await refusal(clinic, at(9), hold_id=kept.id) is WhyNot.HOLD_GONE
    await clinic.booked(at(9), patient=1)
    assert len(await clinic.live()) == 1


async def test_a_hold_for_another_start_provider_or_patient_is_no_use(clinic: Clinic) -> None:
    kept = await held(clinic, at(9), patient_id=clinic.patients[0].id)
    assert await refusal(clinic, at(10), hold_id=kept.id) is WhyNot.HOLD_GONE
    assert await refusal(clinic, at(9), provider=1, hold_id=kept.id) is WhyNot.HOLD_GONE
    assert await refusal(clinic, at(9), patient=1, hold_id=kept.id) is WhyNot.HOLD_GONE
    assert await refusal(clinic, at(9), hold_id=kept.id) is None


async def test_a_refused_booking_leaves_its_hold(clinic: Clinic) -> None:
    kept = await held(clinic, at(9))
    await clinic.booked(at(9), provider=1)
    result = await clinic.done(lambda unit: bookings.book(unit, clinic.booking(at(9), hold_id=kept.id)))
    assert result.why is WhyNot.PATIENT_BUSY
    async with clinic.unit() as unit:
        assert await holds.get_hold(unit, kept.id) == kept


async def test_a_released_hold_is_gone_and_a_replaced_one_too_but_never_anothers(clinic: Clinic) -> None:
    first, foreign = await held(clinic, at(9)), await held(clinic, at(11), holder="talk:2")
    second = await held(clinic, at(9, 10), replaces=frozenset({first.id, foreign.id}))
    async with clinic.unit() as unit:
        assert [await holds.get_hold(unit, each.id) is not None for each in (first, second, foreign)] == [False, True, True]
    assert await clinic.done(lambda unit: holds.release_hold(unit, second.id))
    assert not await clinic.done(lambda unit: holds.release_hold(unit, second.id))
    assert len(await clinic.live()) == 1


async def test_a_hold_for_a_move_claims_only_what_is_new(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9))
    later = await held(clinic, at(9, 10), moving=visit.id)
    spans = [(row["busy_from"], row["busy_to"]) for row in await clinic.live()]
    assert spans == [(at(9), at(9, 30)), (at(9, 30), at(9, 40))]
    assert await refusal(clinic, at(9, 35), patient=1) is WhyNot.HELD
    moved = await clinic.done(lambda unit: bookings.reschedule(unit, MoveRequest(visit.id, at(9, 10), "test", hold_id=later.id)))
    assert isinstance(moved, Moved)
    assert [row["id"] for row in await clinic.live()] == [moved.new.id]


@pytest.mark.parametrize(
    ("start", "minutes", "new"),
    [
        (at(8, 50), 30, (at(8, 50), at(9))),
        (at(9), 15, (at(9), at(9))),
        (at(9, 10), 10, (at(9), at(9))),
        (at(8, 50), 60, (at(9, 30), at(9, 50))),
        (at(9, 30), 30, (at(9, 30), at(10))),
    ],
)
async def test_a_hold_beside_the_moved_visit_is_cut_to_the_new_part(clinic: Clinic, start: Any, minutes: int, new: Any) -> None:
    visit = await clinic.booked(at(9))
    kept = await held(clinic, start, minutes=minutes, moving=visit.id)
    (row,) = [row for row in await clinic.live() if row["kind"] == "hold"]
    assert (row["busy_from"], row["busy_to"]) == new
    request = MoveRequest(visit.id, start, "test", end=start + timedelta(minutes=minutes), hold_id=kept.id)
    assert isinstance(await clinic.done(lambda unit: bookings.reschedule(unit, request)), Moved)


async def test_a_search_for_a_move_counts_the_visits_own_time_as_free(clinic: Clinic) -> None:
    visit = await clinic.booked(at(9))
    own = {"ignoring": visit.id, "patient_id": visit.patient_id, "time_from": time(9)}
    async with clinic.unit() as unit:
        assert (await earliest(unit, clinic.query(**own))).slot == clinic.slot(at(9))
        assert (await earliest(unit, clinic.query(**own | {"ignoring": None}))).slot == clinic.slot(at(9, 30))


async def test_a_holder_keeps_only_so_many_slots(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holds, "MOST_HOLDS", 2)
    await held(clinic, at(9))
    second = await held(clinic, at(10))
    async with clinic.unit() as unit:
        result = await holds.hold_slot(unit, clinic.hold(at(11)))
        assert isinstance(result, Refusal)
        assert result.why is WhyNot.TOO_MANY_HOLDS
        assert isinstance(await holds.hold_slot(unit, clinic.hold(at(11), replaces=frozenset({second.id}))), Hold)
        assert isinstance(await holds.hold_slot(unit, clinic.hold(at(12), holder="talk:2")), Hold)


async def test_a_hold_lives_for_at_most_a_quarter_of_an_hour(clinic: Clinic) -> None:
    for lifetime in (timedelta(0), timedelta(minutes=16)):
        async with clinic.unit() as unit:
            with pytest.raises(Unacceptable):
                await holds.hold_slot(unit, clinic.hold(at(9), lifetime=lifetime))


async def test_expired_holds_are_tidied_away(clinic: Clinic, clock: FixedClock) -> None:
    await held(clinic, at(9))
    clock.advance(timedelta(minutes=3))
    await held(clinic, at(10))
    clock.advance(timedelta(minutes=3))
    assert await clinic.done(holds.drop_expired_holds) == 1
    assert len(await clinic.live()) == 1


async def test_appointments_are_listed_in_order_by_filter_and_page(clinic: Clinic) -> None:
    made = [await clinic.booked(at(hour), patient=hour % 2) for hour in (11, 9, 10)]
    next_day = await clinic.booked(at(23, day=MONDAY), provider=1, allow_outside_hours=True)
    await clinic.done(lambda unit: bookings.advance(unit, made[0].id, Status.CANCELLED, by="x"))

    async def listed(**wanted: Any) -> list[int]:
        async with clinic.unit() as unit:
            found = await bookings.appointments(unit, AppointmentFilter(**wanted), limit=10)
        return [visit.start.hour for visit in found]

    assert await listed() == [9, 10, 11, 23]
    assert await listed(patient_id=clinic.patients[1].id) == [9, 11]
    assert await listed(provider_id=clinic.providers[1].id) == [23]
    assert await listed(live_only=True) == [9, 10, 23]
    assert await listed(statuses=frozenset({Status.CANCELLED})) == [11]
    assert await listed(date_from=MONDAY, date_to=MONDAY) == [9, 10, 11, 23]
    assert await listed(date_from=MONDAY + timedelta(days=1)) == []
    assert await listed(location_id=uuid4()) == []
    async with clinic.unit() as unit:
        first = await bookings.appointments(unit, AppointmentFilter(), limit=2)
        rest = await bookings.appointments(unit, AppointmentFilter(), limit=9, after=(first[-1].start, first[-1].id))
    assert [visit.id for visit in (*first, *rest)] == [made[1].id, made[2].id, made[0].id, next_day.id]
    assert statuses(rest[0]) == [Status.REQUESTED, Status.CANCELLED]


async def test_another_clinics_visits_and_holds_are_not_there(store: Postgres, clinic: Clinic) -> None:
    visit, kept = await clinic.booked(at(9)), await held(clinic, at(10))
    other = await open_clinic(store)
    async with other.unit() as unit:
        with pytest.raises(NotFound):
            await bookings.appointment(unit, visit.id)
        with pytest.raises(NotFound):
            await bookings.advance(unit, visit.id, Status.CONFIRMED, by="x")
        with pytest.raises(NotFound):
            await bookings.reschedule(unit, MoveRequest(visit.id, at(10), "x"))
        with pytest.raises(NotFound):
            await bookings.book(unit, replace(other.booking(at(9)), patient_id=PatientId(clinic.patients[0].id)))
        assert await holds.get_hold(unit, kept.id) is None
        assert not await holds.release_hold(unit, kept.id)
        assert await bookings.appointments(unit, AppointmentFilter(), limit=5) == []


async def test_slots_page_without_a_gap_or_a_repeat(clinic: Clinic) -> None:
    await clinic.booked(at(9))
    async with clinic.unit() as unit:
        whole = await free_slots(unit, clinic.query(date_to=MONDAY + timedelta(days=2)), limit=500)
        pages: list[Slot] = []
        after = None
        while True:
            page = await free_slots(unit, clinic.query(date_to=MONDAY + timedelta(days=2)), limit=7, after=after)
            pages += page.slots
            if not page.has_more:
                break
            after = page.slots[-1].start, page.slots[-1].provider_id
    assert tuple(pages) == whole.slots
    assert len(whole.slots) == 2 * 3 * 20 - 1
    assert not whole.has_more


async def test_the_set_up_is_judged_anew_when_it_changes_under_a_booking(clinic: Clinic) -> None:
    async with clinic.unit() as unit:
        await unit.setup()
        days = {"provider_id": clinic.provider.id, "kind": "blocked", "date_from": MONDAY, "date_to": MONDAY}
        stale = await unit.setup()
        await clinic.done(lambda other: catalogue.add(other, Override, days))
        place = placed(stale, Wish(clinic.provider.id, clinic.kind.id, clinic.location.id, at(9)), unit.now)
        assert not isinstance(place, Refusal)
        seq = await unit.calendar.lock(place.claimants(clinic.patients[0].id))
        claim = replace(bookings._claim(unit, place, Status.REQUESTED, "x"), patient_id=clinic.patients[0].id, patient_seq=seq)
        assert await unit.calendar.claim(claim) == NotWritten(None)
        assert await bookings.book(unit, clinic.booking(at(9))) == Refusal(WhyNot.BLOCKED, at(9), clinic.provider.id)


async def test_a_booking_and_a_hold_cost_four_round_trips_once_the_set_up_is_remembered(clinic: Clinic) -> None:
    await clinic.booked(at(9))
    for deed in (
        lambda unit: bookings.book(unit, clinic.booking(at(10))),
        lambda unit: holds.hold_slot(unit, clinic.hold(at(11))),
    ):
        async with clinic.unit() as unit:
            ear = Watched(unit.driver)
            unit.driver = cast(Driver, ear)
            assert not isinstance(await deed(unit), Refusal)
            await unit.commit()
        # The BEGIN came before.
        assert [said.split()[0] for said in ear.said] == ["SELECT", "WITH", "COMMIT"]


@dataclass
class Watched:
    """A driver that notes what is said to it."""

    driver: Driver
    said: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        def spoken(query: str, *args: object) -> Any:
            self.said.append(query)
            return getattr(self.driver, name)(query, *args)

        return spoken if name.startswith(("fetch", "execute")) else getattr(self.driver, name)


async def test_what_a_unit_told_before_a_booking_is_told_once_and_before_it(clinic: Clinic) -> None:
    async with clinic.unit() as unit:
        unit.emit(OutboxEvent("before", uuid4()))
        assert isinstance(await bookings.book(unit, clinic.booking(at(7))), Refusal)
        await bookings.book(unit, clinic.booking(at(9)))
        # Somebody is there already: this is nobody's news, and what comes after it is.
        assert isinstance(await bookings.book(unit, clinic.booking(at(9), patient=1)), Refusal)
        unit.emit(OutboxEvent("after", uuid4()))
        assert isinstance(await bookings.book(unit, clinic.booking(at(9), patient=1)), Refusal)
        await unit.commit()
    assert await clinic.column("SELECT kind FROM outbox ORDER BY seq") == ["before", "appointment.created", "after"]
    assert await clinic.column("SELECT deed FROM audit_rows WHERE kind = 'appointment'") == ["book"]


async def test_a_remembered_set_up_that_another_process_changed_neither_books_nor_refuses_wrongly(
    clinic: Clinic, modules_database_url: str, keyring: Keyring, clock: FixedClock
) -> None:
    await clinic.booked(at(8))
    other = await Postgres.open(modules_database_url, keyring=keyring, clock=clock, pool_size=2)
    elsewhere = replace(clinic, store=other)
    days = {"provider_id": clinic.provider.id, "kind": "blocked", "date_from": MONDAY, "date_to": MONDAY}
    blocked = await elsewhere.done(lambda unit: catalogue.add(unit, Override, days))
    assert await refusal(clinic, at(9)) is WhyNot.BLOCKED
    await elsewhere.done(lambda unit: catalogue.remove(unit, Override, blocked.id))
    assert await refusal(clinic, at(9)) is None
    visit = await clinic.booked(at(9))
    await elsewhere.done(lambda unit: catalogue.add(unit, Override, days))
    moved = await clinic.done(lambda unit: bookings.reschedule(unit, MoveRequest(visit.id, at(10), "test")))
    assert moved.why is WhyNot.BLOCKED
    room = await elsewhere.done(lambda unit: catalogue.add(unit, Room, {"name": "new", "location_id": clinic.location.id}))
    assert await refusal(clinic, at(9), provider=1, patient=1, room_id=room.id) is None
    await other.close()
