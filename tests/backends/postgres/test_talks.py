"""The truth of talks in PostgreSQL: the snapshot, the log of turns, and the fence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.unit import PostgresUnit
from marcai.clinics.actor import IdentityLevel
from marcai.clinics.clinic import Organisation, OrganisationId
from marcai.conversation.conversation import Appended, Conversation, Entities, Person, Reply, TalkKey, Turn
from marcai.conversation.flow import State
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import Keyring
from marcai.ledger.events import AuditEntry, OutboxEvent
from marcai.scheduling.patient import NewPatient, PatientId
from marcai.understanding.meaning import Intent, Language

CLINIC = OrganisationId(UUID(int=0xC1))
OTHER_CLINIC = OrganisationId(UUID(int=0xC2))
CONTACT = "+5511987654321"
WORDS = "sou a Iolanda Quixote e quero marcar"


@pytest.fixture
async def clinics(store: Postgres) -> Postgres:
    for clinic in (CLINIC, OTHER_CLINIC):
        async with store.unit(clinic, actor_label="test") as unit:
            await unit.catalogue.add_organisation(Organisation(clinic, f"clinic-{clinic.int:x}", "Clínica", "America/Sao_Paulo"))
            await unit.commit()
    return store


@asynccontextmanager
async def working(store: Postgres, clinic: OrganisationId = CLINIC) -> AsyncIterator[PostgresUnit]:
    async with store.unit(clinic, actor_label="test") as unit:
        yield unit
        await unit.commit()


def a_talk(clock: FixedClock, *, contact: str = CONTACT, turn: int = 1, patient_id: PatientId | None = None) -> Conversation:
    person = Person(level=IdentityLevel.CHANNEL, patient_id=patient_id, name="Iolanda Quixote")
    return Conversation(uuid4(), TalkKey(CLINIC, "whatsapp", contact), Language.PT, clock.now(), turn=turn, person=person)


def a_turn(talk: Conversation, *, message_id: str | None = None, words: str = WORDS) -> Turn:
    reply = Reply(talk.id, talk.turn, talk.language, State.COLLECTING, Intent.BOOK, Entities(), (), f"Olá, Iolanda! ({talk.turn})")
    return Turn(talk.turn, talk.updated_at, words, reply, message_id)


async def appended(store: Postgres, talk: Conversation, *, message_id: str | None = None) -> Appended:
    async with store.unit(CLINIC, actor_label="test") as unit:
        outcome = await unit.talks.append(talk, a_turn(talk, message_id=message_id))
        if outcome is Appended.WRITTEN:
            await unit.commit()
        return outcome


async def test_a_talk_that_was_appended_is_loaded_by_its_contact(clinics: Postgres, clock: FixedClock) -> None:
    talk = a_talk(clock)
    assert await appended(clinics, talk) is Appended.WRITTEN

    async with working(clinics) as unit:
        assert await unit.talks.load(talk.key) == talk
        assert await unit.talks.load(replace(talk.key, channel="sms")) is None


async def test_turns_follow_each_other_and_are_told_in_order(clinics: Postgres, clock: FixedClock) -> None:
    talk = a_talk(clock)
    for number in range(1, 6):
        assert await appended(clinics, replace(talk, turn=number), message_id=f"m{number}") is Appended.WRITTEN

    async with working(clinics) as unit:
        told = await unit.talks.history(talk.id, limit=3)

    assert [turn.number for turn in told] == [3, 4, 5]
    assert told[0] == a_turn(replace(talk, turn=3), message_id="m3")


@pytest.mark.parametrize("number", [1, 2, 4, 9])
async def test_a_stale_turn_is_fenced_off_and_writes_nothing(clinics: Postgres, clock: FixedClock, number: int) -> None:
    talk = a_talk(clock)
    for standing in (1, 2):
        await appended(clinics, replace(talk, turn=standing))

    assert await appended(clinics, replace(talk, turn=number, state=State.OFFERING)) is Appended.STALE

    async with working(clinics) as unit:
        assert await unit.talks.load(talk.key) == replace(talk, turn=2)
        assert len(await unit.talks.history(talk.id, limit=9)) == 2


async def test_a_second_talk_of_the_same_contact_is_fenced_off(clinics: Postgres, clock: FixedClock) -> None:
    await appended(clinics, a_talk(clock))

    assert await appended(clinics, a_talk(clock)) is Appended.STALE


async def test_a_copy_of_a_forgotten_talk_cannot_bring_it_back(clinics: Postgres, clock: FixedClock) -> None:
    talk = a_talk(clock)
    await appended(clinics, talk)
    await appended(clinics, replace(talk, turn=2))
    async with working(clinics) as unit:
        await unit.talks.clear(talk.key)

    assert await appended(clinics, replace(talk, turn=3)) is Appended.STALE
    async with working(clinics) as unit:
        assert await unit.talks.load(talk.key) is None
        assert await unit.talks.history(talk.id, limit=9) == []


async def test_of_many_turns_at_once_with_one_number_exactly_one_is_written(clinics: Postgres, clock: FixedClock) -> None:
    talk = a_talk(clock)
    await appended(clinics, talk)

    outcomes = await asyncio.gather(*(appended(clinics, replace(talk, turn=2), message_id=f"m{n}") for n in range(8)))

    assert sorted(outcomes) == sorted([Appended.WRITTEN, *[Appended.STALE] * 7])


async def test_of_many_first_turns_at_once_exactly_one_is_written(clinics: Postgres, clock: FixedClock) -> None:
    outcomes = await asyncio.gather(*(appended(clinics, a_talk(clock)) for _ in range(8)))

    assert sorted(outcomes) == sorted([Appended.WRITTEN, *[Appended.STALE] * 7])


async def test_a_repeated_message_gets_its_stored_reply_and_no_second_turn(clinics: Postgres, clock: FixedClock) -> None:
    talk = a_talk(clock)
    await appended(clinics, talk, message_id="wamid.1")
    await appended(clinics, replace(talk, turn=2), message_id="wamid.2")

    assert await appended(clinics, replace(talk, turn=3), message_id="wamid.1") is Appended.REPEATED

    async with working(clinics) as unit:
        assert await unit.talks.reply_to(talk.key, "wamid.1") == a_turn(talk).reply
        assert await unit.talks.reply_to(talk.key, "wamid.3") is None
        assert (await unit.talks.load(talk.key)) == replace(talk, turn=2)


async def test_an_undone_turn_leaves_nothing(clinics: Postgres, clock: FixedClock) -> None:
    talk = a_talk(clock)
    async with clinics.unit(CLINIC, actor_label="test") as unit:
        assert await unit.talks.append(talk, a_turn(talk)) is Appended.WRITTEN

    async with working(clinics) as unit:
        assert await unit.talks.load(talk.key) is None
    assert await appended(clinics, talk) is Appended.WRITTEN


async def test_a_patients_talk_is_found_by_the_patient_the_latest_first(clinics: Postgres, clock: FixedClock) -> None:
    async with working(clinics) as unit:
        patient = await unit.patients.add(NewPatient("Iolanda", "Quixote"))
    older, newer = a_talk(clock, patient_id=patient.id), a_talk(clock, contact="+5511900000000", patient_id=patient.id)
    await appended(clinics, older)
    await appended(clinics, newer)
    await appended(clinics, replace(older, turn=2))

    async with working(clinics) as unit:
        assert await unit.talks.load_of_patient("whatsapp", patient.id) == replace(older, turn=2)
        assert await unit.talks.load_of_patient("sms", patient.id) is None
        assert await unit.talks.load_of_patient("whatsapp", PatientId(uuid4())) is None


async def test_another_clinic_does_not_see_the_talk(clinics: Postgres, clock: FixedClock) -> None:
    talk = a_talk(clock)
    await appended(clinics, talk)

    async with working(clinics, OTHER_CLINIC) as unit:
        assert await unit.talks.load(talk.key) is None
        assert await unit.talks.history(talk.id, limit=9) == []
        await unit.talks.clear(talk.key)
    async with working(clinics) as unit:
        assert await unit.talks.load(talk.key) == talk


async def test_what_the_unit_has_to_tell_is_written_with_the_turn(clinics: Postgres, clock: FixedClock, database_url: str) -> None:
    talk = a_talk(clock)
    async with working(clinics) as unit:
        unit.emit(OutboxEvent("conversation.handed_off", talk.id))
        unit.audit(AuditEntry("hand_over", "conversation", talk.id))
        await unit.talks.append(talk, a_turn(talk))
        assert unit.ledger.is_empty

    assert await counted(database_url, "SELECT count(*) FROM outbox WHERE kind = 'conversation.handed_off'") == 1
    assert await counted(database_url, "SELECT count(*) FROM audit_rows WHERE deed = 'hand_over'") == 1


async def test_nothing_that_was_said_lies_in_the_database_in_clear(clinics: Postgres, clock: FixedClock, database_url: str) -> None:
    talk = a_talk(clock)
    await appended(clinics, talk, message_id="wamid.HBgMNTUxMTk4NzY1NDMyMRUCA")

    for table in ("conversations", "turns", "subject_keys"):
        for canary in ("Iolanda", "Quixote", "quero marcar", CONTACT, CONTACT[1:], "HBgMNTUx"):
            pattern = f"%{canary}%"
            as_bytes = f"%{canary.encode().hex()}%"
            found = await counted(
                database_url,
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE :pattern OR t::text LIKE :as_bytes",
                pattern=pattern,
                as_bytes=as_bytes,
            )
            assert found == 0, f"{canary} in {table}"


async def test_a_key_that_was_wrapped_anew_does_not_stop_a_talk(
    clinics: Postgres, clock: FixedClock, database_url: str, keyring: Keyring
) -> None:
    talk = a_talk(clock)
    await appended(clinics, talk)
    async with working(clinics) as unit:
        await unit.talks.load(talk.key)
    rotated = Keyring.parse("3c" * 32 + "," + "0f" * 32)
    other = await Postgres.open(database_url, keyring=rotated, clock=clock, pool_size=2)
    async with working(other) as unit:
        assert await unit.keys.rewrap() > 0
    await other.close()
    clinics.keyring = rotated

    assert await appended(clinics, replace(talk, turn=2)) is Appended.WRITTEN
    async with working(clinics) as unit:
        assert await unit.talks.load(talk.key) == replace(talk, turn=2)


async def test_a_talk_is_never_sealed_with_a_key_that_is_no_longer_its_own(clinics: Postgres, clock: FixedClock) -> None:
    talk = a_talk(clock)
    await appended(clinics, talk)
    async with working(clinics) as unit:
        await unit.talks.load(talk.key)
        await unit.keys.forget(talk.id)
        await unit.keys.of_subject("contact", talk.id)

    assert await appended(clinics, replace(talk, turn=2)) is Appended.WRITTEN

    async with working(clinics) as unit:
        assert await unit.talks.load(talk.key) == replace(talk, turn=2)


async def test_a_snapshot_that_cannot_be_read_begins_anew_at_its_turn_with_nobody_identified(
    clinics: Postgres, clock: FixedClock, database_url: str
) -> None:
    talk = a_talk(clock)
    await appended(clinics, talk)
    await counted(database_url, "WITH u AS (UPDATE conversations SET snapshot = '\\x0102' RETURNING 1) SELECT count(*) FROM u")

    async with working(clinics) as unit:
        found = await unit.talks.load(talk.key)

    assert found is not None
    assert (found.id, found.turn, found.person.level) == (talk.id, 1, IdentityLevel.ANONYMOUS)
    assert await appended(clinics, replace(found, turn=2)) is Appended.WRITTEN


class CountingDriver:
    """Counts what goes through the driver."""

    def __init__(self, inner: object) -> None:
        self.inner, self.trips = inner, 0

    def __getattr__(self, name: str) -> object:
        found = getattr(self.inner, name)
        if name in ("execute", "fetch", "fetchrow", "fetchval"):
            self.trips += 1
        return found


async def test_a_turn_costs_one_round_trip_and_the_commit_one_more(clinics: Postgres, clock: FixedClock) -> None:
    talk = a_talk(clock)
    await appended(clinics, talk)
    await appended(clinics, replace(talk, turn=2))

    async with clinics.unit(CLINIC, actor_label="test") as unit:
        counting = CountingDriver(unit.driver)
        unit.driver = counting  # type: ignore[assignment]
        unit.audit(AuditEntry("list", "appointment", None))
        await unit.talks.append(replace(talk, turn=3), a_turn(replace(talk, turn=3)))
        assert counting.trips == 1
        await unit.commit()
        assert counting.trips == 2


async def counted(database_url: str, sql: str, **arguments: str) -> int:
    """Ask the database as its superuser, who sees every clinic."""
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        answer = (await connection.execute(text(sql), arguments)).scalar_one()
    await engine.dispose()
    return int(answer)
