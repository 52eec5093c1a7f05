"""Which promise of the schema a refused statement would have broken."""

import re

import asyncpg
from sqlalchemy.exc import IntegrityError

from marcai.backends.postgres.outages import drivers_own

REFERENCE = re.compile(r"_organisation_id_(\w+)_id_fkey$")


def broken_unique(error: BaseException, constraint: str) -> bool:
    """Say whether it was this uniqueness."""
    own = drivers_own(error)
    return isinstance(own, asyncpg.UniqueViolationError) and own.constraint_name == constraint


def missing_reference(error: IntegrityError) -> str | None:
    """Return the word for what a foreign key did not find ("location" for `…_organisation_id_location_id_fkey`), if that was it."""
    own = drivers_own(error)
    if not isinstance(own, asyncpg.ForeignKeyViolationError):
        return None
    found = REFERENCE.search(own.constraint_name or "")
    return found[1].removeprefix("primary_") if found else None
