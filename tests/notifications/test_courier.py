"""What becomes of an event on its way to endpoints that answer in every way there is. Days pass in seconds."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import standardwebhooks.webhooks
from standardwebhooks import Webhook

from marcai.backends.fakes.webhooks import Behaviour, answering, unreachable
from marcai.ledger.events import OutboxEvent
from marcai.notifications import subscriptions
from marcai.notifications.courier import LEASE
from marcai.notifications.errors import NotDead, SubscriptionInactive
from marcai.notifications.ports import Answer
from marcai.notifications.schedule import WAITS, Schedule
from marcai.notifications.webhook import DeliveryStatus, WhyInactive
from tests.notifications.street import Killed, Street, new_subjects
from tests.scale import rounds, seeded

MINUTE = timedelta(minutes=1)
HERE = "https://clinic.example/hook"
KINDS = ("appointment.created", "appointment.confirmed", "appointment.checked_in", "appointment.completed")
DELIVERED, DEAD, PENDING = DeliveryStatus.DELIVERED, DeliveryStatus.DEAD, DeliveryStatus.PENDING


async def test_an_event_reaches_everybody_who_wants_it_and_nobody_else(street: Street) -> None:
    await street.listen(HERE, answering(204))
    await street.listen("https://other.example/", answering(200), kinds=["slot.released"])
    (subject,) = new_subjects(1)
    await street.emit(subject)
    await street.work()
    (body,) = street.taken(HERE)
    assert body == {"type": "appointment.created", "timestamp": "2026-11-23T12:00:00.000Z", "data": {"appointment_id": str(subject)}}
    assert street.taken("https://other.example/") == []


async def test_what_happened_before_somebody_subscribed_is_not_told(street: Street) -> None:
    await street.emit(uuid4())
    await street.listen(HERE, answering(200))
    await street.emit(uuid4())
    await street.work()
    assert len(street.taken(HERE)) == 1


async def test_a_deed_that_is_undone_tells_nobody(street: Street) -> None:
    await street.listen(HERE, answering(200))
    async with street.store.unit(street.clinic, actor_label="test") as unit:
        unit.emit(OutboxEvent("appointment.created", uuid4()))
        await unit.ledger.write()
    await street.work()
    assert street.endpoints.received == []


async def test_the_schedule_is_kept_to_the_second_and_then_the_letter_is_dead(street: Street) -> None:
    await street.listen(HERE, answering(500))
    await street.emit(uuid4())
    await street.work()
    assert street.attempts(HERE) == [wait.total_seconds() for wait in WAITS[1:]]
    (letter,) = await street.deliveries(status=DEAD)
    assert (letter.why_dead, len(letter.attempts), letter.attempts[-1].status_code) == ("exhausted", len(WAITS), 500)
    assert len({it.headers["webhook-id"] for it in street.endpoints.received}) == 1
    assert len({it.headers["webhook-timestamp"] for it in street.endpoints.received}) == len(WAITS)


async def test_a_schedule_of_the_settings_is_exact(street: Street) -> None:
    street.courier = replace(street.courier, schedule=Schedule.exactly([2, 1, 0.5]))
    await street.listen(HERE, unreachable("timeout"))
    began = street.clock.now()
    await street.emit(uuid4())
    await street.work()
    assert street.endpoints.received[0].at - began == timedelta(seconds=2)
    assert street.attempts(HERE) == [1, 0.5]


def test_jitter_only_ever_lengthens_a_wait() -> None:
    schedule = Schedule(chance=seeded("jitter").random)
    for number, wait in enumerate(WAITS, start=1):
        drawn = {schedule.wait_before(number) for _ in range(50)}
        assert all(one is not None and wait <= one <= wait * 1.2 for one in drawn)
        assert len(drawn) > 40 or not wait
    assert schedule.wait_before(len(WAITS) + 1) is None


async def test_an_endpoint_that_asks_for_peace_gets_it(street: Street) -> None:
    def busy(number: int, _now: datetime) -> Answer:
        return Answer(429, 5, retry_after=timedelta(minutes=2)) if number == 1 else Answer(200, 5)

    await street.listen(HERE, busy)
    await street.emit(uuid4())
    await street.work(for_at_most=timedelta(seconds=10))
    await street.emit(uuid4())
    await street.work()
    first, *others = street.endpoints.received
    assert [it.at - first.at for it in others] == [timedelta(minutes=2)] * 2
    assert len(street.taken(HERE)) == 2


async def test_a_wish_to_wait_for_years_is_not_obeyed(street: Street) -> None:
    await street.listen(HERE, lambda number, _now: Answer(503, 5, retry_after=timedelta(days=9999)) if number == 1 else Answer(200, 5))
    await street.emit(uuid4())
    await street.work()
    assert street.attempts(HERE) == [86400]


async def test_an_endpoint_that_is_gone_is_told_nothing_more(street: Street) -> None:
    await street.listen(HERE, answering(410))
    await street.emit(*new_subjects(20))
    await street.work()
    subscription = await street.read(HERE)
    assert (subscription.is_active, subscription.why_inactive) == (False, WhyInactive.GONE)
    assert {it.why_dead for it in await street.deliveries(status=DEAD)} == {"gone"}
    assert len(await street.deliveries(status=DEAD)) == 20
    asked = len(street.endpoints.received)
    assert asked < 20
    await street.emit(uuid4())
    await street.work()
    assert len(street.endpoints.received) == asked


async def test_five_days_of_nothing_but_failures_switch_an_endpoint_off(street: Street) -> None:
    await street.listen(HERE, answering(500))
    await street.listen("https://well.example/", lambda number, _now: Answer(500 if number % 2 else 200, 5))
    for _ in range(11):
        assert (await street.read(HERE)).is_active
        await street.emit(uuid4())
        await street.work(for_at_most=timedelta(hours=12))
    subscription = await street.read(HERE)
    assert (subscription.is_active, subscription.why_inactive) == (False, WhyInactive.FAILING)
    assert {it.status for it in await street.deliveries(subscription)} == {DEAD}
    assert (await street.read("https://well.example/")).is_active


async def test_a_dead_letter_that_is_replayed_keeps_its_id_and_begins_its_schedule_anew(street: Street) -> None:
    await street.listen(HERE, lambda number, _now: Answer(500 if number <= len(WAITS) + 1 else 200, 5))
    await street.emit(uuid4())
    await street.work()
    (letter,) = await street.deliveries(status=DEAD)
    async with street.store.unit(street.clinic, actor_label="test") as unit:
        await subscriptions.replay(unit, letter.id)
        await unit.commit()
    await street.work()
    (arrived,) = await street.deliveries()
    assert (arrived.status, len(arrived.attempts)) == (DELIVERED, len(WAITS) + 2)
    assert street.attempts(HERE)[-1] == WAITS[1].total_seconds()
    assert len({it.headers["webhook-id"] for it in street.endpoints.received}) == 1
    async with street.store.unit(street.clinic, actor_label="test") as unit:
        with pytest.raises(NotDead):
            await subscriptions.replay(unit, letter.id)


async def test_what_waits_when_an_endpoint_is_switched_off_can_be_replayed_when_it_is_on_again(street: Street) -> None:
    made = await street.listen(HERE, answering(500))
    await street.emit(uuid4())
    await street.work(for_at_most=timedelta(seconds=1))

    async def switch(is_active: bool) -> None:
        async with street.store.unit(street.clinic, actor_label="test") as unit:
            await subscriptions.change(unit, made.id, {"is_active": is_active})
            await unit.commit()
        await street.work()

    await switch(False)
    (letter,) = await street.deliveries(status=DEAD)
    assert letter.why_dead == "switched_off"
    async with street.store.unit(street.clinic, actor_label="test") as unit:
        with pytest.raises(SubscriptionInactive):
            await subscriptions.replay(unit, letter.id)
    street.endpoints.behaviours[HERE] = answering(200)
    await switch(True)
    async with street.store.unit(street.clinic, actor_label="test") as unit:
        await subscriptions.replay(unit, letter.id)
        await unit.commit()
    await street.work()
    assert len(street.taken(HERE)) == 1


async def test_both_sides_of_a_rotation_verify_for_a_day(street: Street, receivers_clock: None) -> None:
    old, new = "o" * 32, "whsec_" + "bmV3" * 11
    made = await street.listen(HERE, answering(200), secret=old)
    async with street.store.unit(street.clinic, actor_label="test") as unit:
        await subscriptions.change(unit, made.id, {"secret": new})
        await unit.commit()
    await street.emit(uuid4())
    await street.work(for_at_most=timedelta(hours=24))
    await street.emit(uuid4())
    await street.work()
    during, after = street.endpoints.received
    street.clock.moved = timedelta(0)
    ReceiversTime.moment = during.at
    for verifier in (Webhook(old.encode()), Webhook(new)):
        verifier.verify(during.body, dict(during.headers))
    ReceiversTime.moment = after.at
    Webhook(new).verify(after.body, dict(after.headers))
    with pytest.raises(standardwebhooks.webhooks.WebhookVerificationError):
        Webhook(old.encode()).verify(after.body, dict(after.headers))


async def test_a_later_event_of_an_appointment_waits_for_the_earlier_one_and_others_do_not(street: Street) -> None:
    held, free = new_subjects(2)
    await street.listen(HERE, lambda number, _now: Answer(500 if number == 1 else 200, 5), kinds=KINDS)
    street.courier = replace(street.courier, width=1)
    await street.emit(held, kind=KINDS[0])
    await street.work(for_at_most=timedelta(seconds=1))
    await street.emit(held, kind=KINDS[1])
    await street.emit(free, kind=KINDS[0])
    await street.work()
    order = [(body["data"]["appointment_id"], body["type"]) for body in street.taken(HERE)]
    assert order == [(str(free), KINDS[0]), (str(held), KINDS[0]), (str(held), KINDS[1])]


async def test_a_dead_endpoint_delays_nobody(street: Street) -> None:
    await street.listen("https://dead.example/", unreachable("timeout"))
    await street.listen(HERE, answering(200))
    for _ in range(30):
        await street.emit(uuid4())
    began = street.clock.now()
    await street.work(for_at_most=timedelta(seconds=1))
    assert len(street.taken(HERE)) == 30
    assert all(it.at == began for it in street.endpoints.received if it.url == HERE)


async def test_two_couriers_at_one_endpoint_do_not_send_twice(street: Street) -> None:
    made = await street.listen(HERE, answering(200))
    await street.emit(*new_subjects(40))
    await street.do_one_job()
    await asyncio.gather(*(street.courier.deliver(street.clinic, made.id) for _ in range(3)))
    await street.work()
    assert len(street.endpoints.received) == len({it.headers["webhook-id"] for it in street.endpoints.received}) == 40


async def test_a_courier_that_is_told_to_stop_notes_what_has_arrived_and_lets_go(street: Street) -> None:
    made = await street.listen(HERE, answering(200))
    await street.emit(*new_subjects(8))
    await street.do_one_job()
    arrived = asyncio.Event()
    send, count = street.endpoints.send, iter(range(100))

    class Hanging(type(street.endpoints)):  # type: ignore[misc]
        async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
            answer = await send(url, headers, body)
            if next(count) >= 5:
                arrived.set()
                await asyncio.sleep(3600)
            return answer

    hanging = replace(street.courier, sender=Hanging(street.clock))
    task = asyncio.create_task(hanging.deliver(street.clinic, made.id))
    await arrived.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(await street.deliveries(status=DELIVERED)) == 5
    began = street.clock.now()
    await street.work()
    assert street.clock.now() == began, "its lease was let go"
    assert len(await street.deliveries(status=DELIVERED)) == 8


class ReceiversTime(datetime):
    """What the receivers' clock shows, for a library that asks the machine."""

    moment = datetime(2026, 1, 1, tzinfo=UTC)

    @classmethod
    def now(cls, tz: object = None) -> "ReceiversTime":
        return cls.fromtimestamp(cls.moment.timestamp(), UTC)


@pytest.fixture
def receivers_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standardwebhooks.webhooks, "datetime", ReceiversTime)


def bad_street(seed: str) -> dict[str, Behaviour]:
    """Return twenty endpoints, of every kind that there is."""
    chance = seeded(seed)

    def now_and_then(_number: int, _now: datetime) -> Answer:
        return Answer(200 if chance.random() < 0.5 else 503, 5)

    def outage(hours: float) -> Behaviour:
        ends = datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(hours=hours)
        return lambda _number, now: Answer(200, 5) if now >= ends else Answer(None, 5, "no_connection")

    def busy(number: int, _now: datetime) -> Answer:
        return Answer(429, 5, retry_after=timedelta(seconds=90)) if number % 3 else Answer(200, 5)

    kinds = {
        "ok": answering(200),
        "created": answering(201),
        "broken": answering(500),
        "refusing": answering(400),
        "silent": unreachable("timeout"),
        "reset": unreachable("connection_lost"),
        "private": unreachable("address_refused"),
        "gone": answering(410),
        "moved": answering(302),
        "busy": busy,
        "slow": lambda _number, _now: Answer(200, 14_000),
        "flaky": now_and_then,
        "outage": outage(1),
        "long-outage": outage(30),
        "longest-outage": outage(70),
    }
    endpoints = {f"https://{name}.example/hook": behaviour for name, behaviour in kinds.items()}
    for name in ("ok", "broken", "silent", "flaky", "busy"):
        endpoints[f"https://second-{name}.example/hook"] = kinds[name]
    return endpoints


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_every_event_arrives_or_is_a_dead_letter_in_order_and_signed(street: Street, receivers_clock: None) -> None:
    """1,000 events to 20 endpoints; now and then the worker is killed in the middle of a round."""
    chance = seeded("webhook storm")
    secrets = {}
    for url, behaviour in bad_street("webhook storm").items():
        secrets[url] = (await street.listen(url, behaviour, kinds=KINDS)).secrets[0].text
    assert len(secrets) == 20
    send, deaths = street.endpoints.send, iter(range(rounds(500)))

    class Mortal:
        async def refusal(self, url: str) -> str | None:
            return None

        async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
            if chance.random() < 0.01 and next(deaths, None) is not None:
                if chance.random() < 0.5:
                    await send(url, headers, body)
                raise Killed
            return await send(url, headers, body)

    street.courier = replace(street.courier, sender=Mortal(), schedule=Schedule(chance=chance.random))
    subjects = [subject for subject in new_subjects(rounds(1000) // 4) for _ in KINDS]
    chance.shuffle(subjects)
    told: dict[str, int] = {}
    for subject in subjects:
        number = told[str(subject)] = told.get(str(subject), 0) + 1
        await street.emit(subject, kind=KINDS[number - 1])
        if chance.random() < 0.05:
            await street.work(for_at_most=timedelta(minutes=chance.random() * 10), stride=MINUTE)
    await street.work(stride=MINUTE)

    deliveries = await street.deliveries()
    by_id = {it.message_id: it for it in deliveries}
    assert {it.status for it in deliveries} == {DELIVERED, DEAD}
    for url, subscription in street.subscribed.items():
        mine = [it for it in deliveries if it.subscription_id == subscription.id]
        if "gone" not in url:
            assert len(mine) == len(subjects), url
        taken = [it.headers["webhook-id"] for it in street.endpoints.received if it.url == url and it.is_taken]
        firsts = list(dict.fromkeys(taken))
        assert set(firsts) >= {it.message_id for it in mine if it.status is DELIVERED}
        for visit in told:
            order = [by_id[one].seq for one in firsts if str(by_id[one].subject_id) == visit]
            assert order == sorted(order), f"{url} heard of {visit} out of order"
    for message in street.endpoints.received:
        ReceiversTime.moment = message.at
        Webhook(secrets[message.url]).verify(message.body, dict(message.headers))
    always_well = [it for url in ("ok", "created", "slow") for it in street.taken(f"https://{url}.example/hook")]
    assert len(always_well) >= 3 * len(subjects)
    print(f"{len(deliveries)} deliveries, {len(street.endpoints.received)} attempts")


async def test_a_lease_from_a_clock_that_went_back_counts_as_ended(street: Street) -> None:
    made = await street.listen(HERE, answering(200))
    async with street.store.unit(street.clinic, actor_label="test") as unit:
        far = unit.now + timedelta(days=300)
        assert await unit.webhooks.lease(made.id, uuid4(), far, longest=timedelta(days=365)) is not None
        await unit.commit()
    await street.emit(uuid4())
    await street.work(for_at_most=LEASE)
    assert len(street.taken(HERE)) == 1
