"""A clinic's whole set-up, read at once and remembered by the process as long as its revision lasts.

One round trip when the revision is the remembered one, two when not; none for who will compare the revision in a statement of his
own. The second reads everything by one statement, so that what is remembered is one revision and not a mixture of two.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Time
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from marcai.backends.postgres.shapes import ORGANISATION, SET_UP, Convert, Shape
from marcai.backends.postgres.transaction import Transaction
from marcai.scheduling.errors import NotFound
from marcai.scheduling.setup import Setup

REVISION = "SELECT revision FROM organisations WHERE id = $1"
EVERYTHING = "SELECT (SELECT row_to_json(o) FROM organisations o WHERE id = $1)::text AS organisations" + "".join(
    f", (SELECT json_agg(t ORDER BY seq) FROM {shape.table.name} t WHERE organisation_id = $1)::text AS {shape.table.name}"
    for shape in SET_UP
)


async def load_setup(transaction: Transaction) -> Setup:
    """Return the clinic's set-up as it stands in this transaction.

    One transaction reads it once: claims compare its revision under their locks, and have it read anew when it is an old one.

    Raises:
        NotFound: there is no such clinic.
    """
    clinic = transaction.organisation_id
    if not transaction.has_changed_setup:
        if transaction.seen_setup is not None:
            return transaction.seen_setup
        revision = await transaction.driver.fetchval(REVISION, clinic)
        remembered = transaction.memory.setups.get(clinic)
        if remembered is not None and remembered.revision == revision:
            transaction.seen_setup = remembered
            return remembered
    row = await transaction.driver.fetchrow(EVERYTHING, clinic)
    if row is None or row["organisations"] is None:
        raise NotFound("clinic", clinic)
    setup = _setup(row)
    if not transaction.has_changed_setup:
        transaction.memory.setups.put(clinic, setup)
        transaction.seen_setup = setup
    return setup


def remembered_setup(transaction: Transaction) -> Setup | None:
    """Return the set-up that the transaction works by, or else the one that the process remembers, without asking whether it is current."""
    if transaction.has_changed_setup:
        return None
    return transaction.seen_setup or transaction.memory.setups.get(transaction.organisation_id)


def note_current(transaction: Transaction, revision: int | None) -> None:
    """Let the transaction work by the remembered set-up: a statement has found its revision to be the clinic's."""
    remembered = remembered_setup(transaction)
    if remembered is not None and remembered.revision == revision:
        transaction.seen_setup = remembered


def _setup(row: Mapping[str, Any]) -> Setup:
    ids = _Ids()
    found = {shape.table.name: _values(shape, json.loads(row[shape.table.name] or "[]"), ids) for shape in SET_UP}
    templates: dict[Any, list[Any]] = defaultdict(list)
    overrides: dict[Any, list[Any]] = defaultdict(list)
    for template in found["templates"]:
        templates[template.provider_id].append(template)
    for override in found["overrides"]:
        overrides[override.provider_id].append(override)
    return Setup(
        organisation=_values(ORGANISATION, [json.loads(row["organisations"])], ids)[0],
        locations={item.id: item for item in found["locations"]},
        rooms={item.id: item for item in found["rooms"]},
        providers={item.id: item for item in found["providers"]},
        appointment_types={item.id: item for item in found["appointment_types"]},
        templates={provider: tuple(items) for provider, items in templates.items()},
        overrides={provider: tuple(items) for provider, items in overrides.items()},
    )


class _Ids(dict[str, UUID]):
    """Reads each id once: a provider's stands in all of its templates, and the same object compares quickly."""

    def __missing__(self, text: str) -> UUID:
        self[text] = UUID(text)
        return self[text]

    def all_of(self, texts: list[str]) -> list[UUID]:
        return [self[text] for text in texts]


def _values(shape: Shape, rows: list[dict[str, Any]], ids: _Ids) -> list[Any]:
    """Return the values of rows that came as JSON, which knows neither ids nor days."""
    columns = [*shape.made_up, *(field.column for field in shape.fields.values())]
    readers = [(name, reader) for name in columns if (reader := _reader(shape, name, ids)) is not None]
    for row in rows:
        for name, reader in readers:
            if row[name] is not None:
                row[name] = reader(row[name])
    return [shape.value(row) for row in rows]


def _reader(shape: Shape, column: str, ids: _Ids) -> Convert | None:
    match shape.table.c[column].type:
        case UUID_TYPE():
            return ids.__getitem__
        case ARRAY(item_type=UUID_TYPE()):
            return ids.all_of
        case Date():
            return date.fromisoformat
        case Time():
            return time.fromisoformat
        case _:
            return None
