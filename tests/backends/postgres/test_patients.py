from dataclasses import replace
from datetime import date

import pytest

from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.unit import PostgresUnit
from marcai.kit.clock import FixedClock
from marcai.kit.sealing import BrokenSeal, Keyring, UnknownKey
from marcai.scheduling.patient import NewPatient, Patient
from tests.backends.postgres.making import Made, make_clinic, new_patient
from tests.backends.postgres.test_tenancy import TABLES, raw

CANARY = "c4n4ry"
SEALED = ("phone", "date_of_birth", "email", "health_card_number", "address")


@pytest.fixture
async def clinic(store: Postgres) -> Made:
    return await make_clinic(store, "one", canary=CANARY)


async def test_a_record_comes_back_as_it_was_written(store: Postgres, clinic: Made) -> None:
    async with store.unit(clinic.id, actor_label="test") as unit:
        found = await unit.patients.get(clinic.patient.id)
        assert found == clinic.patient
        assert await unit.patients.by_seq(clinic.patient.seq) == clinic.patient
    assert clinic.patient.date_of_birth == date(1987, 6, 5)
    assert clinic.patient.address == {"street": f"Rua {CANARY}"}


async def test_no_table_shows_what_is_sealed(database_url: str, clinic: Made) -> None:
    owner = await raw(database_url)
    dump = ""
    for table in await owner.fetch(TABLES):
        dump += "\n".join(row["line"] for row in await owner.fetch(f"SELECT t::text AS line FROM {table['name']} t"))
    await owner.close()
    assert "Nóbrega" in dump, "the dump holds what is clear"
    for secret in (CANARY, "98765", "iris" + CANARY, "1987-06-05", "AB 123", "Rua"):
        assert secret not in dump
        assert secret.encode().hex() not in dump


async def test_a_phone_is_found_by_its_digits_with_or_without_the_country(store: Postgres) -> None:
    clinic = await make_clinic(store, "one")
    async with store.unit(clinic.id, actor_label="test") as unit:
        for said in ("+55 11 98765-4321", "5511987654321", "11 98765-4321", "011987654321", "(11) 9.8765.4321", "1987654321"):
            assert await unit.patients.by_phone(said) == [clinic.patient], said
        for other in ("+55 21 98765-4321", "+44 1987654321", "987654321", "", "abc", "+1 1987654321"):
            assert await unit.patients.by_phone(other) == [], other


async def test_a_shared_phone_finds_everybody_who_has_it(store: Postgres, clinic: Made) -> None:
    async with store.unit(clinic.id, actor_label="test") as unit:
        second = await unit.patients.add(NewPatient("Bia", "Nóbrega", phone=clinic.patient.phone))
        assert await unit.patients.by_phone(clinic.patient.phone or "") == [clinic.patient, second]


async def test_a_full_name_and_a_birth_date_find_a_record(store: Postgres, clinic: Made) -> None:
    async with store.unit(clinic.id, actor_label="test") as unit:
        assert await unit.patients.by_name_and_birth("iris nobrega silva", date(1987, 6, 5)) == [clinic.patient]
        assert await unit.patients.by_name_and_birth("iris nobrega silva", date(1987, 6, 6)) == []
        assert await unit.patients.by_name_and_birth("iris nobrega", date(1987, 6, 5)) == []
        assert await unit.patients.by_birth(date(1987, 6, 5)) == [clinic.patient]


async def test_names_near_what_was_said_are_offered_for_ranking(store: Postgres, clinic: Made) -> None:
    async with store.unit(clinic.id, actor_label="test") as unit:
        await unit.patients.add(NewPatient("Zoe", "Quadros"))
        for first, last in (("Iriz", "Nobrga"), ("iris", ""), ("", "nóbreg"), ("Nobrega", "Iris")):
            assert await unit.patients.search_by_name(first, last) == [clinic.patient]
        assert await unit.patients.search_by_name("", "") == []


async def test_a_change_reseals_what_it_names_and_moves_its_index(store: Postgres, clinic: Made) -> None:
    async with store.unit(clinic.id, actor_label="test") as unit:
        changed = await unit.patients.change(clinic.patient.id, {"phone": "+1 604 555 0100", "last_name": "Souza", "email": None})
        assert changed == replace(clinic.patient, phone="+1 604 555 0100", last_name="Souza", email=None)
        assert await unit.patients.by_phone(clinic.patient.phone or "") == []
        assert await unit.patients.by_phone("604 555 0100") == [changed]
        assert await unit.patients.page(limit=5, email=clinic.patient.email) == []
        assert await unit.patients.search_by_name("", "Souza") == [changed]
        with pytest.raises(ValueError, match="no field"):
            await unit.patients.change(clinic.patient.id, {"organisation_id": clinic.id})


async def test_pages_follow_the_order_of_arrival_and_filters_use_the_indexes(store: Postgres, clinic: Made) -> None:
    async with store.unit(clinic.id, actor_label="test") as unit:
        more = [await unit.patients.add(NewPatient("Ana", f"Lima {n}", email=f"a{n}@x.org")) for n in range(5)]
        everybody = [clinic.patient, *more]
        found: list[Patient] = []
        after: int | None = None
        while page := await unit.patients.page(limit=4, after=after):
            found, after = found + page, page[-1].seq
        assert found == everybody
        assert await unit.patients.page(limit=9, email=" A3@X.org ") == [more[3]]
        assert await unit.patients.page(limit=9, health_card_number=f"ab123 {CANARY}") == [clinic.patient]
        assert await unit.patients.page(limit=9, date_of_birth=date(1987, 6, 5)) == [clinic.patient]
        assert await unit.patients.page(limit=9, last_name="lima", is_active=True) == more
        with pytest.raises(ValueError, match="not filtered"):
            await unit.patients.page(limit=9, address="x")


async def test_a_ciphertext_of_another_patient_or_column_is_refused(store: Postgres, clinic: Made) -> None:
    for column in SEALED:
        other = "email" if column != "email" else "phone"
        async with store.unit(clinic.id, actor_label="test") as unit:
            await unit.driver.execute(f"UPDATE patients SET {column} = {other}")
            with pytest.raises(BrokenSeal):
                await unit.patients.get(clinic.patient.id)
        async with store.unit(clinic.id, actor_label="test") as unit:
            second = await unit.patients.add(new_patient())
            swap = f"UPDATE patients a SET {column} = b.{column} FROM patients b WHERE a.id = $1 AND b.id <> $1"
            await unit.driver.execute(swap, second.id)
            with pytest.raises(BrokenSeal):
                await unit.patients.get(second.id)


async def test_a_wrapped_key_of_another_patient_is_refused(store: Postgres, clinic: Made) -> None:
    async with store.unit(clinic.id, actor_label="test") as unit:
        second = await unit.patients.add(new_patient())
        await unit.driver.execute(
            "UPDATE subject_keys a SET wrapped = b.wrapped FROM subject_keys b WHERE a.subject_id = $1 AND b.subject_id = $2",
            second.id,
            clinic.patient.id,
        )
        with pytest.raises(BrokenSeal):
            await unit.patients.get(second.id)


async def test_a_patient_whose_key_is_forgotten_cannot_be_read_again(store: Postgres, clinic: Made) -> None:
    async with store.unit(clinic.id, actor_label="test") as unit:
        await unit.keys.forget(clinic.patient.id)
        await unit.commit()
    async with store.unit(clinic.id, actor_label="test") as unit:
        left = await unit.patients.get(clinic.patient.id)
        assert left is not None
        assert [getattr(left, column) for column in SEALED] == [None] * 5
        assert await unit.driver.fetchval("SELECT phone IS NOT NULL FROM patients WHERE id = $1", clinic.patient.id)


async def test_keys_are_wrapped_anew_while_everything_stays_readable(
    database_url: str, store: Postgres, clinic: Made, clock: FixedClock, keyring: Keyring
) -> None:
    async def read(unit: PostgresUnit) -> None:
        assert await unit.patients.by_phone(clinic.patient.phone or "") == [clinic.patient]

    new = b"n" * 32
    for secrets, rewraps in (((new, *keyring.secrets), True), ((new,), False)):
        opened = await Postgres.open(database_url, keyring=Keyring(secrets), clock=clock)
        async with opened.unit(clinic.id, actor_label="test") as unit:
            await read(unit)
            if rewraps:
                assert (await unit.keys.rewrap(limit=1), await unit.keys.rewrap(), await unit.keys.rewrap()) == (1, 1, 0)
                await read(unit)
            await unit.commit()
        await opened.close()
    opened = await Postgres.open(database_url, keyring=keyring, clock=clock)
    async with opened.unit(clinic.id, actor_label="test") as unit:
        with pytest.raises(UnknownKey):
            await unit.patients.get(clinic.patient.id)
    await opened.close()


async def test_equal_phones_of_two_clinics_have_different_indexes(database_url: str, store: Postgres) -> None:
    await make_clinic(store, "a")
    await make_clinic(store, "b")
    owner = await raw(database_url)
    assert await owner.fetchval("SELECT count(DISTINCT phone_index) FROM patients") == 2
    assert await owner.fetchval("SELECT count(DISTINCT birth_index) FROM patients") == 2
    await owner.close()
