"""Who is speaking: two identifiers, few tries, and one answer to everything that is wrong."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from marcai.clinics.actor import Caller, IdentityLevel, Machine
from marcai.scheduling.patient import NewPatient
from marcai.tools.allowed import Denial, NotAllowed
from marcai.tools.identify import CouldNotMatch, Identified, IdentifyArgs, identify, name_key
from tests.scale import rounds, seeded
from tests.tools.clinic import CLINIC, IRIS_BIRTH, NOW, World

WRONG = date(1987, 6, 6)
NAME = "Iris Nobrega da Silva"


def a_stranger(contact: str = "+5511955550000", *, channel: str = "whatsapp") -> Caller:
    return Caller(CLINIC, channel, contact, IdentityLevel.ANONYMOUS)


async def tried(
    world: World, name: str, birth: date, *, talk: UUID | None = None, caller: Caller | None = None, days: int = 0
) -> Identified | CouldNotMatch | NotAllowed:
    async with world.unit(NOW + timedelta(days=days)) as unit:
        return await identify(unit, caller or a_stranger(), IdentifyArgs(name, birth, talk or uuid4()))


@pytest.mark.parametrize("said", ["Íris Nóbrega da Silva", "iris silva", "SILVA, Iris", "Íris Nobrega Silva"])
async def test_full_name_and_birth_date_identify_a_patient_however_the_name_is_spelt(world: World, said: str) -> None:
    assert await tried(world, said, IRIS_BIRTH) == Identified(world.iris.id, IdentityLevel.IDENTIFIED)


@pytest.mark.parametrize(
    ("said", "birth"),
    [(NAME, WRONG), ("Íris", IRIS_BIRTH), ("Inês Silva", IRIS_BIRTH), ("Ninguém Nunca", date(1950, 1, 1)), ("", IRIS_BIRTH)],
)
async def test_whatever_is_wrong_the_answer_is_the_same(world: World, said: str, birth: date) -> None:
    assert await tried(world, said, birth) == CouldNotMatch(may_try_again=True)


async def test_the_third_wrong_try_of_a_talk_is_its_last_and_a_right_one_after_it_fails_alike(world: World) -> None:
    talk = uuid4()
    answers = [await tried(world, NAME, WRONG, talk=talk) for _ in range(3)]

    assert answers == [CouldNotMatch(True), CouldNotMatch(True), CouldNotMatch(False)]
    assert await tried(world, NAME, IRIS_BIRTH, talk=talk) == CouldNotMatch(False)


async def test_a_number_has_five_tries_a_day_in_all_its_talks_and_channels(world: World) -> None:
    for number in range(5):
        await tried(world, NAME, WRONG, caller=a_stranger(channel=("whatsapp", "sms")[number % 2]))

    assert await tried(world, NAME, IRIS_BIRTH) == CouldNotMatch(False)
    assert await tried(world, NAME, IRIS_BIRTH, caller=a_stranger("+55 (11) 95555-0000", channel="phone")) == CouldNotMatch(False)
    assert isinstance(await tried(world, NAME, IRIS_BIRTH, caller=a_stranger("+5511944440000")), Identified)
    assert isinstance(await tried(world, NAME, IRIS_BIRTH, days=1), Identified), "a new day begins anew"


async def test_a_person_is_guessed_at_twenty_times_a_day_by_all_together_and_the_answer_does_not_tell(world: World) -> None:
    for number in range(20):
        spelling = ("Íris Silva", "iris nobrega da silva", "Silva Íris")[number % 3]
        assert await tried(world, spelling, WRONG, caller=a_stranger(f"+55119000000{number:02}")) == CouldNotMatch(True)

    assert await tried(world, NAME, IRIS_BIRTH, caller=a_stranger("+5511955559999")) == CouldNotMatch(True)
    assert isinstance(await tried(world, NAME, IRIS_BIRTH, caller=a_stranger("+5511955559998"), days=1), Identified)


async def test_a_right_answer_is_not_counted_against_anybody(world: World) -> None:
    for _ in range(8):
        assert isinstance(await tried(world, NAME, IRIS_BIRTH), Identified)


async def test_tries_at_once_are_all_counted(world: World) -> None:
    talk = uuid4()

    await asyncio.gather(*(tried(world, NAME, WRONG, talk=talk) for _ in range(6)))

    assert await tried(world, NAME, IRIS_BIRTH, talk=talk, caller=a_stranger("+5511944440000")) == CouldNotMatch(False)


async def test_a_try_that_is_undone_with_its_turn_is_not_counted(world: World) -> None:
    talk = uuid4()
    for _ in range(4):
        async with world.store.unit(CLINIC, actor_label="test") as unit:
            await identify(unit, a_stranger(), IdentifyArgs(NAME, WRONG, talk))

    assert isinstance(await tried(world, NAME, IRIS_BIRTH, talk=talk), Identified)


async def test_two_patients_of_one_name_and_birthday_are_not_told_apart_by_guessing(world: World) -> None:
    async with world.unit() as unit:
        await unit.patients.add(NewPatient("Iris", "Silva", date_of_birth=IRIS_BIRTH))

    assert await tried(world, "Iris Silva", IRIS_BIRTH) == CouldNotMatch(True)
    assert isinstance(await tried(world, NAME, IRIS_BIRTH), Identified), "the whole name is one person's only"


async def test_a_namesake_who_was_only_somebodys_own_word_does_not_hide_the_patient(world: World) -> None:
    async with world.unit() as unit:
        await unit.patients.add(NewPatient("Iris", "Silva", date_of_birth=IRIS_BIRTH, is_prospective=True))

    assert await tried(world, "Iris Silva", IRIS_BIRTH) == Identified(world.iris.id, IdentityLevel.IDENTIFIED)


async def test_whoever_is_identified_stays_who_they_are(world: World) -> None:
    answer = await tried(world, f"Otávio {world.other.last_name}", date(1970, 1, 2), caller=world.caller())

    assert answer == Identified(world.iris.id, IdentityLevel.IDENTIFIED)


async def test_a_chinese_name_is_known_in_its_own_order(world: World) -> None:
    async with world.unit() as unit:
        patient = await unit.patients.add(NewPatient("小龙", "李", date_of_birth=IRIS_BIRTH))

    assert await tried(world, "李小龙", IRIS_BIRTH) == Identified(patient.id, IdentityLevel.IDENTIFIED)
    assert await tried(world, "李小", IRIS_BIRTH) == CouldNotMatch(True)


async def test_machines_do_not_guess(world: World) -> None:
    async with world.unit() as unit:
        answer = await identify(unit, Machine(CLINIC, uuid4(), frozenset({"*"})), IdentifyArgs(NAME, IRIS_BIRTH, uuid4()))

    assert answer == NotAllowed(Denial.OUT_OF_SCOPE)


async def test_nobody_is_found_by_guessing_birth_dates(world: World) -> None:
    """A thousand guesses at a hundred patients, from as many numbers as one likes."""
    random, guesses = seeded("birth dates"), rounds(1000)
    born = date(1960, 1, 1) + timedelta(days=random.randrange(15_000))
    async with world.unit() as unit:
        for number in range(max(2, guesses // 10)):
            await unit.patients.add(NewPatient(f"Nome{number}", "Comum", date_of_birth=born))
    for guess in range(guesses):
        day = born + timedelta(days=random.choice([-1, 1]) * random.randrange(1, 400))
        name = f"Nome{guess % max(2, guesses // 10)} Comum"
        answer = await tried(world, name, day, caller=a_stranger(f"+55119{guess:08}"))
        assert answer == CouldNotMatch(True)


async def test_no_word_of_the_guess_lies_in_the_counters_or_the_audit_trail(world: World) -> None:
    await tried(world, "Zacarias Canário", date(1901, 2, 3), caller=replace(a_stranger(), contact="+5511912341234"))

    async with world.unit() as unit:
        rows = await unit.driver.fetch("SELECT a::text AS t FROM identity_attempts a UNION ALL SELECT r::text FROM audit_rows r")
    told = " ".join(row["t"] for row in rows).lower()
    assert told
    for canary in ("zacarias", "canário", "canario", "1901-02-03", "912341234", b"zacarias".hex()):
        assert canary not in told


def test_the_key_of_a_name_keeps_people_apart() -> None:
    assert name_key("Ana Maria Souza") == name_key("souza ANA") != name_key("Ana Lima")
    assert name_key("Ana") is None
