"""The patients of one clinic: what identifies them sealed with their own key, and found again by blind indexes.

The port is `scheduling/ports.py: Patients`. Each question is one round trip (one more where a clinic's key is not yet known here).
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from marcai.backends.postgres.keys import SubjectKeys
from marcai.backends.postgres.transaction import Record, Transaction
from marcai.kit.sealing import DataKey, place
from marcai.kit.text import digits, folded
from marcai.scheduling.patient import NewPatient, Patient, PatientId
from marcai.scheduling.patients import has_name, same_phone

TAIL_DIGITS = 10
"""Phones are indexed by so many last digits: with or without the country's, both are found, and compared in full afterwards."""
NEAR_LETTERS = 2
MOST_FOUND = 500

READ = """
SELECT p.*, k.wrapped FROM patients p
LEFT JOIN subject_keys k ON k.organisation_id = p.organisation_id AND k.subject_id = p.id
WHERE p.organisation_id = $1
"""
INSERT = """
WITH k AS (INSERT INTO subject_keys (organisation_id, subject_id, kind, wrapped, created_at) VALUES ($1, $2, 'patient', $3, $4))
INSERT INTO patients (organisation_id, id, created_at, is_active, {columns}) VALUES ($1, $2, $4, true, {values}) RETURNING seq
"""
CLEAR = ("first_name", "last_name", "language", "sex", "health_card_type", "external_ids", "is_prospective", "is_active")


def _day_of(text: str) -> date:
    return date.fromisoformat(text)


def _iso(day: date) -> str:
    return day.isoformat()


def phone_form(phone: str) -> str:
    """Return the form under which a phone is indexed."""
    return digits(phone).lstrip("0")[-TAIL_DIGITS:]


def card_form(number: str) -> str:
    """Return the form under which a health card is indexed: letters and digits alone."""
    return "".join(c for c in folded(number) if c.isalnum())


def email_form(email: str) -> str:
    """Return the form under which an e-mail address is indexed."""
    return folded(email.strip())


@dataclass(frozen=True, slots=True)
class Sealed:
    """A field that is kept sealed: how it becomes text and back, its index, and the form that the index compares."""

    to_text: Callable[[Any], str] = str
    from_text: Callable[[str], Any] = str
    index: str | None = None
    form: Callable[[Any], str] = str


SEALED = {
    "phone": Sealed(index="phone_index", form=phone_form),
    "date_of_birth": Sealed(_iso, _day_of, "birth_index", _iso),
    "email": Sealed(index="email_index", form=email_form),
    "health_card_number": Sealed(index="health_card_index", form=card_form),
    "address": Sealed(json.dumps, json.loads),
}


@dataclass(slots=True)
class PostgresPatients:
    """The records of one transaction's clinic."""

    transaction: Transaction
    keys: SubjectKeys

    async def get(self, patient_id: UUID) -> Patient | None:
        return _first(await self._read("AND p.id = $2", patient_id))

    async def by_seq(self, seq: int) -> Patient | None:
        return _first(await self._read("AND p.seq = $2", seq))

    async def by_phone(self, digits: str) -> list[Patient]:
        found = await self._by_index("phone", digits)
        return [patient for patient in found if patient.phone and same_phone(patient.phone, digits)]

    async def by_name_and_birth(self, name: str, birth: date) -> list[Patient]:
        return [patient for patient in await self.by_birth(birth) if has_name(patient, name)]

    async def by_birth(self, birth: date) -> list[Patient]:
        """Return every record born that day, in order of seq: an index narrows, whoever asks decides by the name."""
        return await self._by_index("date_of_birth", birth)

    async def search_by_name(self, first: str, last: str) -> list[Patient]:
        # Scalar comparisons alone use the index under row-level security: LIKE is not leakproof.
        conditions: list[str] = []
        arguments: list[object] = []
        for name in (folded(first.strip()), folded(last.strip())):
            if name:
                arguments += [name[:NEAR_LETTERS], name[:NEAR_LETTERS] + "\U0010ffff"]
                low, high = f"${len(arguments)}", f"${len(arguments) + 1}"
                conditions += [f"(p.{column} >= {low} AND p.{column} < {high})" for column in ("first_folded", "last_folded")]
        if not conditions:
            return []
        return await self._read(f"AND p.is_active AND ({' OR '.join(conditions)})", *arguments, limit=MOST_FOUND)

    async def add(self, new: NewPatient) -> Patient:
        unit = self.transaction
        patient_id = unit.new_id()
        key, wrapped = self.keys.new(patient_id)
        columns = await self._columns(patient_id, key, {f.name: getattr(new, f.name) for f in fields(new)})
        columns |= _folded_names(new.first_name, new.last_name)
        values = ", ".join(f"${n}" for n in range(5, 5 + len(columns)))
        sql = INSERT.format(columns=", ".join(columns), values=values)
        seq = await unit.driver.fetchval(sql, unit.organisation_id, patient_id, wrapped, unit.now, *columns.values())
        given = {f.name: getattr(new, f.name) for f in fields(new)}
        return Patient(id=PatientId(patient_id), seq=seq, created_at=unit.now, **given)

    async def change(self, patient_id: UUID, changes: Mapping[str, object]) -> Patient | None:
        unit = self.transaction
        present = await self.get(patient_id)
        if present is None or not changes:
            return present
        key = await self.keys.of_subject("patient", patient_id)
        columns = await self._columns(patient_id, key, changes)
        first, last = changes.get("first_name", present.first_name), changes.get("last_name", present.last_name)
        columns |= _folded_names(str(first), str(last))
        assignments = ", ".join(f"{column} = ${n}" for n, column in enumerate(columns, start=3))
        sql = f"UPDATE patients SET {assignments} WHERE organisation_id = $1 AND id = $2"
        await unit.driver.execute(sql, unit.organisation_id, patient_id, *columns.values())
        return await self.get(patient_id)

    async def count(self) -> int:
        sql = "SELECT count(*) FROM patients WHERE organisation_id = $1"
        return int(await self.transaction.driver.fetchval(sql, self.transaction.organisation_id))

    async def by_ids(self, patient_ids: Collection[UUID]) -> dict[UUID, Patient]:
        wanted = sorted(set(patient_ids))
        found = await self._read("AND p.id = ANY($2::uuid[])", wanted, limit=len(wanted)) if wanted else []
        return {patient.id: patient for patient in found}

    async def page(self, *, limit: int, after: int | None = None, offset: int = 0, **filters: object) -> list[Patient]:
        """Return records in order of seq, those whose seq is greater than `after`, but for the first `offset`.

        Filters are fields of a patient; those that are sealed are compared through their index, names by what they begin with.
        """
        conditions: list[str] = ["AND p.seq > $2"]
        arguments: list[object] = [after or 0]
        for name, value in filters.items():
            if value is None:
                continue
            if name in SEALED and (index := SEALED[name].index):
                arguments.append(await self._digest(name, value))
                conditions.append(f"AND p.{index} = ${len(arguments) + 1}")
            elif name in ("first_name", "last_name"):
                prefix, column = folded(str(value)), name.replace("name", "folded")
                arguments += [prefix, prefix + "\U0010ffff"]
                conditions.append(f"AND p.{column} >= ${len(arguments)} AND p.{column} < ${len(arguments) + 1}")
            elif name in CLEAR and name != "external_ids":
                arguments.append(value)
                conditions.append(f"AND p.{name} = ${len(arguments) + 1}")
            else:
                raise ValueError(f"patients are not filtered by {name}")
        return await self._read(" ".join(conditions), *arguments, limit=limit, offset=offset)

    async def _columns(self, patient_id: UUID, key: DataKey, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns that these fields fill."""
        columns: dict[str, Any] = {}
        for name, value in given.items():
            if name in SEALED:
                rule = SEALED[name]
                where = place("patients", name, patient_id)
                columns[name] = None if value is None else key.seal_text(rule.to_text(value), where)
                if rule.index is not None:
                    columns[rule.index] = None if value is None else await self._digest(name, value)
            elif name in CLEAR:
                columns[name] = json.dumps(value) if name == "external_ids" else value
            else:
                raise ValueError(f"a patient has no field {name} that can be set")
        return columns

    async def _digest(self, name: str, value: Any) -> bytes:
        return (await self.keys.blind_index()).of(f"patients.{name}", SEALED[name].form(value))

    async def _by_index(self, name: str, value: Any) -> list[Patient]:
        return await self._read(f"AND p.{SEALED[name].index} = $2", await self._digest(name, value), limit=MOST_FOUND)

    async def _read(self, condition: str, *arguments: object, limit: int = 2, offset: int = 0) -> list[Patient]:
        sql = f"{READ} {condition} ORDER BY p.seq LIMIT {limit}" + (f" OFFSET {offset}" if offset else "")
        rows = await self.transaction.driver.fetch(sql, self.transaction.organisation_id, *arguments)
        return [self._patient(row) for row in rows]

    def _patient(self, row: Record) -> Patient:
        key = None if row["wrapped"] is None else self.keys.opened(row["id"], row["wrapped"])
        given: dict[str, Any] = {name: row[name] for name in CLEAR}
        for name, rule in SEALED.items():
            # Without its key a record is an erased one: nothing of it can be read, and nothing is broken.
            is_readable = row[name] is not None and key is not None
            given[name] = rule.from_text(key.open_text(row[name], place("patients", name, row["id"]))) if is_readable and key else None
        return Patient(id=PatientId(row["id"]), seq=row["seq"], created_at=row["created_at"], **given)


def _first(found: list[Patient]) -> Patient | None:
    return found[0] if found else None


def _folded_names(first: str, last: str) -> dict[str, str]:
    return {"first_folded": folded(first.strip()), "last_folded": folded(last.strip())}
