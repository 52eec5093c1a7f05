import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from marcai.backends.postgres.engine import Postgres
from marcai.kit.clock import FixedClock
from marcai.ledger.errors import IdempotencyInFlight, IdempotencyKeyReused
from marcai.ledger.events import OutboxEvent
from marcai.ledger.idempotency import IdempotencyKey, StoredAnswer, fingerprint
from tests import scale
from tests.backends.postgres.making import Made, make_clinic
from tests.backends.postgres.test_tenancy import raw

KEY = IdempotencyKey("key:1", "POST /v1/scheduling/appointments", "abc")
PRINT = fingerprint("POST", "/v1/scheduling/appointments", b"{}")
ANSWER = StoredAnswer(201, b'{"id": "\xc3\xad"}', {"content-type": "application/json"})


async def effect(store: Postgres, clinic: Made, key: IdempotencyKey = KEY, *, pause: float = 0.0) -> tuple[StoredAnswer, bool]:
    """Emit one event and keep an answer, or return the answer that is there."""
    async with store.unit(clinic.id, actor_label="test") as unit:
        stored = await unit.idempotency.begin(key, PRINT)
        if stored is not None:
            return stored, True
        await asyncio.sleep(pause)
        unit.emit(OutboxEvent("effect", uuid4()))
        unit.idempotency.keep(key, PRINT, ANSWER)
        await unit.commit()
    return ANSWER, False


async def effects(url: str) -> int:
    owner = await raw(url)
    count: int = await owner.fetchval("SELECT count(*) FROM outbox WHERE kind = 'effect'")
    await owner.close()
    return count


async def test_a_repeat_gets_the_stored_answer_byte_for_byte(database_url: str, store: Postgres) -> None:
    clinic = await make_clinic(store, "one")
    assert await effect(store, clinic) == (ANSWER, False)
    assert await effect(store, clinic) == (ANSWER, True)
    assert await effects(database_url) == 1


async def test_another_request_under_the_same_key_is_refused(store: Postgres) -> None:
    clinic = await make_clinic(store, "one")
    await effect(store, clinic)
    for other in (fingerprint("PUT", "/v1/scheduling/appointments", b"{}"), fingerprint("POST", "/v1/scheduling/appointments", b"{ }")):
        async with store.unit(clinic.id, actor_label="test") as unit:
            with pytest.raises(IdempotencyKeyReused):
                await unit.idempotency.begin(KEY, other)


async def test_a_key_is_unique_to_clinic_principal_and_endpoint(database_url: str, store: Postgres) -> None:
    one, two = await make_clinic(store, "one"), await make_clinic(store, "two")
    keys = [
        KEY,
        IdempotencyKey("key:2", KEY.endpoint, "abc"),
        IdempotencyKey("key:1", "POST /holds", "abc"),
        IdempotencyKey("key:1", KEY.endpoint, "b"),
    ]
    answers = [await effect(store, clinic, key) for clinic in (one, two) for key in keys]
    assert [is_stored for _, is_stored in answers] == [False] * 8
    assert await effects(database_url) == 8


async def test_an_effect_that_is_undone_leaves_the_key_free(database_url: str, store: Postgres) -> None:
    clinic = await make_clinic(store, "one")
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 (the error leaves the unit)
        async with store.unit(clinic.id, actor_label="test") as unit:
            assert await unit.idempotency.begin(KEY, PRINT) is None
            unit.idempotency.keep(KEY, PRINT, ANSWER)
            raise ZeroDivisionError
    assert await effect(store, clinic) == (ANSWER, False)
    assert await effects(database_url) == 1


async def test_a_key_is_free_again_after_its_time(database_url: str, store: Postgres, clock: FixedClock) -> None:
    clinic = await make_clinic(store, "one")
    await effect(store, clinic)
    clock.advance(timedelta(hours=23, minutes=59))
    assert await effect(store, clinic) == (ANSWER, True)
    clock.advance(timedelta(minutes=1))
    assert await effect(store, clinic) == (ANSWER, False)
    clock.advance(timedelta(hours=24))
    async with store.unit(clinic.id, actor_label="test") as unit:
        assert await unit.idempotency.drop_expired() == 2
        await unit.commit()
    assert await effects(database_url) == 2


async def test_a_call_whose_twin_still_runs_is_told_at_once(store: Postgres) -> None:
    clinic = await make_clinic(store, "one")
    async with store.unit(clinic.id, actor_label="first") as first, store.unit(clinic.id, actor_label="second") as second:
        assert await first.idempotency.begin(KEY, PRINT) is None
        with pytest.raises(IdempotencyInFlight):
            await second.idempotency.begin(KEY, PRINT)
        assert await second.idempotency.begin(replace(KEY, key="other"), PRINT) is None


async def test_of_many_calls_at_once_one_has_its_effect_and_the_others_are_told(database_url: str, store: Postgres) -> None:
    clinic = await make_clinic(store, "one")

    async def call(key: IdempotencyKey) -> str:
        try:
            _, is_stored = await effect(store, clinic, key, pause=0.001)
        except IdempotencyInFlight:
            return "in flight"
        return "stored" if is_stored else "effect"

    rounds = scale.rounds(200)
    for n in range(rounds):
        said = await asyncio.gather(*(call(IdempotencyKey("key:1", "POST /x", f"{n}")) for _ in range(50)))
        assert said.count("effect") == 1
    assert await effects(database_url) == rounds


async def test_a_commit_that_begin_could_not_see_undoes_the_second_effect(database_url: str, store: Postgres) -> None:
    clinic = await make_clinic(store, "one")
    async with store.unit(clinic.id, actor_label="slow") as slow:
        slow.emit(OutboxEvent("effect", uuid4()))
        slow.idempotency.keep(KEY, PRINT, ANSWER)
        await effect(store, clinic)
        with pytest.raises(IdempotencyInFlight):
            await slow.commit()
    assert await effects(database_url) == 1


async def test_a_stored_answer_survives_a_new_process(database_url: str, store: Postgres, clock: FixedClock) -> None:
    clinic = await make_clinic(store, "one")
    await effect(store, clinic)
    again = await Postgres.open(database_url, keyring=store.keyring, clock=clock)
    assert await effect(again, clinic) == (ANSWER, True)
    await again.close()
