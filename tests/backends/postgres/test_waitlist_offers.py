"""A freed slot goes to one who waits: one at a time, held meanwhile, with consent, in waking hours, and nobody twice."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from marcai.backends.postgres.engine import Postgres
from marcai.kit.clock import FixedClock
from marcai.notifications.waitlist_offers import go_on, slot_released, sweep
from marcai.scheduling import catalogue, offering, waitlist
from marcai.scheduling.appointment import Appointment, Status
from marcai.scheduling.bookings import advance, book, reschedule
from marcai.scheduling.errors import NotFound, Unacceptable
from marcai.scheduling.holds import hold_slot
from marcai.scheduling.offer import Offer, OpeningState
from marcai.scheduling.offering import Nobody, NoOffer
from marcai.scheduling.provider import AppointmentType
from marcai.scheduling.requests import MoveRequest, Refusal
from marcai.scheduling.waitlist import ConsentBasis, TimeOfDay, WaitlistStatus, WaitlistWish
from tests.backends.postgres.calendars import MONDAY, Clinic, at, open_clinic

NINE = at(9)
"""The freed slot of most tests: Monday in a week, nine in the morning. Now is a Monday too, nine in the morning."""


async def waiting(clinic: Clinic, patient: int, *, consent: ConsentBasis | None = ConsentBasis.ASKED, **wish: Any) -> UUID:
    async with clinic.unit() as unit:
        wanted = WaitlistWish(**({"patient_id": clinic.patients[patient].id, "appointment_type_id": clinic.kind.id} | wish))
        queued = await waitlist.join(unit, wanted, consent=consent)
        await unit.commit()
    return queued.entry.id


async def freed(clinic: Clinic, start: datetime = NINE, **more: Any) -> UUID:
    """Book a visit of patient 0 and cancel it."""
    visit = await clinic.booked(start, **more)
    await clinic.done(lambda unit: advance(unit, visit.id, Status.CANCELLED, by="test"))
    return visit.id


async def released(clinic: Clinic, visit_id: UUID) -> Offer | Nobody:
    return await slot_released(clinic.store.unit, clinic.id, visit_id)


async def asked(clinic: Clinic, visit_id: UUID) -> UUID:
    """Release the slot, which must be offered, and return to which entry."""
    offer = await released(clinic, visit_id)
    assert isinstance(offer, Offer), offer
    return offer.entry_id


async def said(clinic: Clinic, deed: Any, entry_id: UUID, **more: Any) -> Any:
    async with clinic.unit() as unit:
        result = await deed(unit, entry_id, **more)
        await unit.commit()
    return result


async def status(clinic: Clinic, entry_id: UUID) -> WaitlistStatus:
    async with clinic.unit() as unit:
        entry = await unit.waitlist.get(entry_id)
        assert entry is not None
        return entry.status


async def test_a_freed_slot_is_offered_held_told_and_becomes_the_visit_of_who_says_yes(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, patients=3)
    entry = await waiting(clinic, 1)
    visit = await freed(clinic)

    offer = await released(clinic, visit)
    assert isinstance(offer, Offer)
    assert (offer.entry_id, offer.slot.start, offer.expires_at) == (entry, NINE, clock.now() + timedelta(minutes=30))
    async with clinic.unit() as unit:
        taken = await book(unit, clinic.booking(NINE, patient=2))
    assert isinstance(taken, Refusal), "the slot is held while it is offered"
    payload = (await clinic.column("SELECT payload FROM outbox WHERE kind = 'waitlist.offered'"))[0]
    assert (payload["waitlist_entry_id"], payload["offer_id"]) == (str(entry), str(offer.id))
    assert datetime.fromisoformat(payload["start_time"]) == NINE

    booked = await said(clinic, offering.accept, entry, by="patient", source="whatsapp")
    assert isinstance(booked, Appointment)
    assert (booked.start, booked.patient_id, booked.status) == (NINE, clinic.patients[1].id, Status.CONFIRMED)
    assert await status(clinic, entry) is WaitlistStatus.ACCEPTED
    assert [row["kind"] for row in await clinic.live()] == ["visit"]
    assert await said(clinic, offering.accept, entry, by="patient") is NoOffer.NONE


async def test_repeating_the_event_or_telling_it_to_many_workers_offers_once(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=4, provider={"lanes": 3})
    for patient in (1, 2, 3):
        await waiting(clinic, patient)
    visit = await freed(clinic)

    told = await asyncio.gather(*(released(clinic, visit) for _ in range(4)))
    assert sum(isinstance(one, Offer) for one in told) == 1
    assert [row["kind"] for row in await clinic.live()] == ["hold"]
    assert await released(clinic, visit) is Nobody.SETTLED


async def test_two_slots_that_are_freed_at_once_go_to_two_patients_and_one_patient_has_one_offer(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=3, providers=3)
    await waiting(clinic, 1)
    await waiting(clinic, 1, time_of_day=TimeOfDay.MORNING)
    await waiting(clinic, 2)
    visits = [await freed(clinic, NINE + timedelta(hours=n), provider=n) for n in range(3)]

    offers = [one for one in await asyncio.gather(*(released(clinic, visit) for visit in visits)) if isinstance(one, Offer)]
    assert {offer.patient_id for offer in offers} == {clinic.patients[1].id, clinic.patients[2].id}
    assert len(offers) == 2


async def test_larger_priority_goes_first_and_after_a_no_or_silence_the_next_is_asked(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, patients=4)
    first, urgent, last = [await waiting(clinic, n + 1, priority=priority) for n, priority in enumerate((0, 5, 0))]
    visit = await freed(clinic)

    assert await asked(clinic, visit) == urgent
    assert await said(clinic, offering.decline, urgent) == visit
    second = await go_on(store.unit, clinic.id, visit)
    assert isinstance(second, Offer)
    assert second.entry_id == first
    clock.advance(timedelta(minutes=29, seconds=59))
    assert await sweep(store.unit, clinic.id) == 0
    clock.advance(timedelta(seconds=1))
    assert await said(clinic, offering.accept, first, by="late") is NoOffer.OVER
    assert await said(clinic, offering.decline, first) is NoOffer.OVER
    assert await sweep(store.unit, clinic.id) == 1
    assert await status(clinic, last) is WaitlistStatus.OFFERED
    await said(clinic, offering.decline, last)
    assert await sweep(store.unit, clinic.id) == 0, "nobody is asked twice for one slot: it is simply free"
    assert await clinic.live() == []
    async with clinic.unit() as unit:
        opening = await unit.offers.opening(visit)
        assert opening is not None
        assert opening.state is OpeningState.FREE
        assert [(await waitlist.place_of(unit, entry)).position for entry in (urgent, first, last)] == [1, 2, 3]


async def test_who_declined_a_time_is_not_asked_for_it_again_and_stands_behind_the_others(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=3)
    first, second = await waiting(clinic, 1), await waiting(clinic, 2)
    await asked(clinic, visit := await freed(clinic))
    await said(clinic, offering.decline, first)
    async with clinic.unit() as unit:
        assert [(await waitlist.place_of(unit, entry)).position for entry in (first, second)] == [2, 1]
    await go_on(store.unit, clinic.id, visit)
    await said(clinic, offering.decline, second)
    assert await released(clinic, await freed(clinic)) is Nobody.SETTLED
    assert await asked(clinic, await freed(clinic, at(10))) == first


@pytest.mark.parametrize(
    ("wish", "fits"),
    [
        ({}, True),
        ({"date_from": MONDAY, "date_to": MONDAY, "time_of_day": TimeOfDay.MORNING}, True),
        ({"date_from": MONDAY + timedelta(days=1)}, False),
        ({"date_to": MONDAY - timedelta(days=1)}, False),
        ({"time_of_day": TimeOfDay.AFTERNOON}, False),
    ],
)
async def test_only_an_entry_whose_wish_fits_is_asked(store: Postgres, wish: dict[str, Any], fits: bool) -> None:
    clinic = await open_clinic(store, patients=2)
    await waiting(clinic, 1, **wish)
    assert isinstance(await released(clinic, await freed(clinic)), Offer) is fits


async def test_providers_are_told_apart_and_a_patient_who_has_a_visit_then_is_not_asked(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=4, providers=2)
    await waiting(clinic, 1, provider_id=clinic.providers[1].id)
    await waiting(clinic, 2)
    mine = await waiting(clinic, 3, provider_id=clinic.providers[0].id)
    await clinic.booked(NINE, patient=2, provider=1)
    assert await asked(clinic, await freed(clinic)) == mine


async def test_a_type_that_is_too_long_for_the_gap_is_passed_by_for_a_shorter_one(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=4)
    async with clinic.unit() as unit:
        long = await catalogue.add(unit, AppointmentType, {"name": "Longa", "duration": timedelta(minutes=60)})
        await unit.commit()
    await waiting(clinic, 1, appointment_type_id=long.id, priority=9)
    await waiting(clinic, 2, appointment_type_id=long.id, priority=9)
    short = await waiting(clinic, 3)
    await clinic.booked(NINE + timedelta(minutes=30), patient=0)
    assert await asked(clinic, await freed(clinic)) == short


async def test_nobody_is_asked_without_consent_or_after_opting_out(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=4)
    await waiting(clinic, 1, consent=None, priority=9)
    quiet, willing = await waiting(clinic, 2, priority=5), await waiting(clinic, 3)
    visit = await freed(clinic)
    assert await asked(clinic, visit) == quiet
    async with clinic.unit() as unit:
        assert await waitlist.opt_out(unit, clinic.patients[2].id) == 1
        await unit.commit()
    assert await clinic.live() == [], "what was being offered is free at once"
    assert await sweep(store.unit, clinic.id) == 1
    assert await status(clinic, willing) is WaitlistStatus.OFFERED
    assert await status(clinic, quiet) is WaitlistStatus.WAITING

    again = await waiting(clinic, 2, priority=7)
    assert await asked(clinic, await freed(clinic, at(11))) == again, "who joins again has agreed again, for that entry"


async def test_leaving_the_queue_passes_the_offer_on(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=3)
    first, second = await waiting(clinic, 1), await waiting(clinic, 2)
    await asked(clinic, await freed(clinic))
    left = await said(clinic, waitlist.leave, first)
    assert left.status is WaitlistStatus.REMOVED
    assert await sweep(store.unit, clinic.id) == 1
    assert (await status(clinic, first), await status(clinic, second)) == (WaitlistStatus.REMOVED, WaitlistStatus.OFFERED)


async def test_in_quiet_hours_nothing_is_sent_and_the_morning_goes_on(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, patients=2)
    entry = await waiting(clinic, 1)
    visit = await freed(clinic)
    clock.advance(at(21, day=date(2026, 11, 23)) - clock.now())
    assert await released(clinic, visit) is Nobody.LATER
    assert await clinic.live() == []
    clock.advance(timedelta(hours=10, minutes=59))
    assert await sweep(store.unit, clinic.id) == 0
    clock.advance(timedelta(minutes=1))
    assert await sweep(store.unit, clinic.id) == 1
    assert await status(clinic, entry) is WaitlistStatus.OFFERED


async def test_time_to_think_does_not_run_while_the_patient_sleeps(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, patients=2)
    entry = await waiting(clinic, 1)
    clock.advance(at(20, 50, day=date(2026, 11, 23)) - clock.now())
    offer = await released(clinic, await freed(clinic))
    assert isinstance(offer, Offer)
    assert offer.expires_at == at(8, 20, day=date(2026, 11, 24))
    clock.advance(timedelta(hours=11, minutes=29))
    assert isinstance(await said(clinic, offering.accept, entry, by="patient"), Appointment)


async def test_an_offer_ends_while_the_slot_can_still_be_booked(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, patients=3, clinic={"notice": timedelta(hours=2)})
    await waiting(clinic, 1)
    visits = [await freed(clinic), await freed(clinic, at(10))]
    clock.advance(NINE - timedelta(hours=2, minutes=10) - clock.now())  # 06:50, quiet
    assert await released(clinic, visits[0]) is Nobody.SETTLED, "in the morning it is too late"
    clock.advance(timedelta(minutes=80))  # 08:10, no longer bookable; the other is, until 08:00
    assert await released(clinic, visits[1]) is Nobody.SETTLED
    visit = await freed(clinic, at(10, 30))
    offer = await released(clinic, visit)
    assert isinstance(offer, Offer)
    assert offer.expires_at == at(8, 30)


async def test_moves_and_early_no_shows_free_slots_and_past_ones_do_not(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, patients=4)
    visits = [
        await clinic.booked(NINE),
        await clinic.booked(at(10), status=Status.CONFIRMED),
        await clinic.booked(at(11), status=Status.CONFIRMED),
    ]
    await clinic.done(lambda unit: reschedule(unit, MoveRequest(visits[0].id, at(15), by="test")))
    await clinic.done(lambda unit: advance(unit, visits[1].id, Status.NO_SHOW, by="test"))
    assert await clinic.column("SELECT subject_id FROM outbox WHERE kind = 'slot.released' ORDER BY seq") == [visits[0].id, visits[1].id]
    for patient in (1, 2, 3):
        await waiting(clinic, patient)
    assert isinstance(await released(clinic, visits[0].id), Offer)
    assert isinstance(await released(clinic, visits[1].id), Offer)
    clock.advance(at(11, 5) - clock.now())
    await clinic.done(lambda unit: advance(unit, visits[2].id, Status.NO_SHOW, by="test"))
    assert len(await clinic.column("SELECT 1 FROM outbox WHERE kind = 'slot.released'")) == 2
    assert await released(clinic, visits[2].id) is Nobody.SETTLED


async def test_a_hold_that_expired_for_nobody_is_offered_and_one_of_a_talk_is_waited_for(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, patients=3)
    visit = await freed(clinic)
    await clinic.done(lambda unit: hold_slot(unit, clinic.hold(NINE)))
    entry = await waiting(clinic, 1)
    assert await released(clinic, visit) is Nobody.LATER, "somebody is being offered it in a talk"
    clock.advance(timedelta(minutes=5))
    assert await sweep(store.unit, clinic.id) == 1
    assert await status(clinic, entry) is WaitlistStatus.OFFERED


async def test_a_hold_that_nobody_used_frees_its_slot_for_those_who_wait(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, patients=2)
    await clinic.done(lambda unit: hold_slot(unit, clinic.hold(NINE)))
    entry = await waiting(clinic, 1)
    assert await sweep(store.unit, clinic.id) == 0
    clock.advance(timedelta(minutes=5))
    assert await sweep(store.unit, clinic.id) == 1
    assert await status(clinic, entry) is WaitlistStatus.OFFERED
    clock.advance(timedelta(minutes=30))
    assert await sweep(store.unit, clinic.id) == 0, "the hold of an offer frees no second slot"


async def test_only_the_waitlist_may_hold_for_long(store: Postgres) -> None:
    clinic = await open_clinic(store)
    for holder, hours in (("talk:1", 1), ("key:waitlist:", 1), ("waitlist:1", 49)):
        async with clinic.unit() as unit:
            with pytest.raises(Unacceptable):
                await hold_slot(unit, clinic.hold(NINE, holder=holder, lifetime=timedelta(hours=hours)))


async def test_who_never_answers_leaves_the_queue(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, patients=2)
    entry = await waiting(clinic, 1)
    for n in range(3):
        assert await asked(clinic, await freed(clinic, NINE + timedelta(hours=n))) == entry
        clock.advance(timedelta(minutes=30))
        await sweep(store.unit, clinic.id)
    assert await status(clinic, entry) is WaitlistStatus.EXPIRED
    async with clinic.unit() as unit:
        with pytest.raises(NotFound):
            await waitlist.place_of(unit, entry)


async def test_entries_whose_last_day_has_passed_leave_the_queue(store: Postgres, clock: FixedClock) -> None:
    clinic = await open_clinic(store, patients=3)
    over, still = await waiting(clinic, 1, date_to=date(2026, 11, 24)), await waiting(clinic, 2)
    clock.advance(at(23, 59, day=date(2026, 11, 24)) - clock.now())
    await sweep(store.unit, clinic.id)
    assert await status(clinic, over) is WaitlistStatus.WAITING
    clock.advance(timedelta(minutes=1))
    await sweep(store.unit, clinic.id)
    assert (await status(clinic, over), await status(clinic, still)) == (WaitlistStatus.EXPIRED, WaitlistStatus.WAITING)


async def test_who_was_overtaken_three_times_is_asked_next_whatever_the_others_priority(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=8)
    patient = await waiting(clinic, 1, priority=-1000)
    urgent = [await waiting(clinic, n, priority=1000) for n in range(2, 7)]
    turns = [await asked(clinic, await freed(clinic, NINE + timedelta(minutes=30 * n))) for n in range(4)]
    assert turns == [*urgent[:3], patient]


async def test_accepting_and_declining_at_once_has_one_outcome(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=2)
    entry = await waiting(clinic, 1)
    for n in range(3):
        await asked(clinic, await freed(clinic, NINE + timedelta(hours=n)))
        answers = await asyncio.gather(
            said(clinic, offering.accept, entry, by="a"),
            said(clinic, offering.accept, entry, by="b"),
            said(clinic, offering.decline, entry),
        )
        booked = [one for one in answers if isinstance(one, Appointment)]
        declined = answers[2] is not NoOffer.NONE
        assert len(booked) + declined == 1
        live = await clinic.live()
        assert len(live) == len(booked)
        if booked:
            break


async def test_another_clinic_has_no_part_in_it(store: Postgres) -> None:
    clinic, other = await open_clinic(store, patients=2), await open_clinic(store, patients=2)
    entry = await waiting(clinic, 1)
    visit = await freed(clinic)
    assert await slot_released(store.unit, other.id, visit) is Nobody.SETTLED
    await asked(clinic, visit)
    with pytest.raises(NotFound):
        await said(other, offering.accept, entry, by="x")
    with pytest.raises(NotFound):
        await said(other, waitlist.leave, entry)
    assert await sweep(store.unit, other.id) == 0
    async with other.unit() as unit:
        assert await unit.offers.open_offer(patient_id=clinic.patients[1].id) is None


async def test_the_database_itself_keeps_one_open_offer_a_slot_and_a_patient(store: Postgres) -> None:
    clinic = await open_clinic(store, patients=2)
    await waiting(clinic, 1)
    offer = await released(clinic, await freed(clinic))
    assert isinstance(offer, Offer)
    async with clinic.unit() as unit:
        await unit.driver.execute("CREATE TEMPORARY TABLE again ON COMMIT DROP AS SELECT * FROM waitlist_offers")
        await unit.driver.execute("UPDATE again SET id = $1", uuid4())
        with pytest.raises(Exception, match="waitlist_offers_one_an_opening"):
            await unit.driver.execute("INSERT INTO waitlist_offers OVERRIDING USER VALUE SELECT * FROM again")
