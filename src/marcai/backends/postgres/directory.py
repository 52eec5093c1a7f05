"""The directory, read under a role of its own that has no tenant and reaches no patient; and one clinic's addresses in it.

The ports are `clinics/directory.py: Directory` and `ChannelAddresses`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marcai.backends.postgres.outages import outages_named
from marcai.backends.postgres.seats import Seats
from marcai.backends.postgres.transaction import Driver, Record, Transaction
from marcai.clinics.clinic import OrganisationId
from marcai.clinics.directory import ListedClinic, ListedKey
from marcai.clinics.errors import AddressTaken

CLINIC = "c.id, c.slug, c.name, c.timezone, c.language, c.is_active, c.is_live"
BY_ID = f"SELECT {CLINIC} FROM organisations c WHERE c.id = $1"
BY_SLUG = f"SELECT {CLINIC} FROM organisations c WHERE c.slug = $1"
ALL = f"SELECT {CLINIC} FROM organisations c ORDER BY c.slug"
BY_ADDRESS = (
    f"SELECT {CLINIC} FROM channel_addresses a JOIN organisations c ON c.id = a.organisation_id WHERE a.kind = $1 AND a.external_id = $2"
)
BY_KEY = f"""
SELECT k.id AS key_id, k.name AS key_name, k.scopes, k.is_live AS key_is_live, k.expires_at, k.revoked_at, {CLINIC}
FROM api_keys k JOIN organisations c ON c.id = k.organisation_id WHERE k.key_hash = $1
"""
PUT = """
INSERT INTO channel_addresses (organisation_id, id, kind, external_id, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (kind, external_id) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class PostgresDirectory:
    """Finds clinics, keys and addresses; each question is a transaction of its own."""

    seats: Seats

    async def clinic(self, organisation_id: UUID) -> ListedClinic | None:
        async with self._asking() as driver:
            return _clinic(await driver.fetchrow(BY_ID, organisation_id))

    async def clinic_by_slug(self, slug: str) -> ListedClinic | None:
        async with self._asking() as driver:
            return _clinic(await driver.fetchrow(BY_SLUG, slug))

    async def clinics(self) -> list[ListedClinic]:
        async with self._asking() as driver:
            return [clinic for row in await driver.fetch(ALL) if (clinic := _clinic(row))]

    async def clinic_at(self, kind: str, external_id: str) -> ListedClinic | None:
        async with self._asking() as driver:
            return _clinic(await driver.fetchrow(BY_ADDRESS, kind, external_id))

    async def key(self, key_hash: bytes) -> ListedKey | None:
        async with self._asking() as driver:
            row = await driver.fetchrow(BY_KEY, key_hash)
        clinic = _clinic(row)
        if row is None or clinic is None:
            return None
        scopes = frozenset(row["scopes"])
        return ListedKey(row["key_id"], clinic, row["key_name"], scopes, row["key_is_live"], row["expires_at"], row["revoked_at"])

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[Driver]:
        with outages_named():
            async with self.seats.lent() as driver:
                yield driver


@dataclass(frozen=True, slots=True)
class PostgresAddresses:
    """Where one transaction's clinic receives."""

    transaction: Transaction

    async def put(self, kind: str, external_id: str) -> None:
        unit = self.transaction
        if await unit.driver.fetchval(PUT, unit.organisation_id, unit.new_id(), kind, external_id, unit.now) is not None:
            return
        if (kind, external_id) not in await self.all():
            raise AddressTaken(f"another clinic receives at this address of {kind}")

    async def remove(self, kind: str, external_id: str) -> bool:
        sql = "DELETE FROM channel_addresses WHERE organisation_id = $1 AND kind = $2 AND external_id = $3 RETURNING id"
        return await self.transaction.driver.fetchval(sql, self.transaction.organisation_id, kind, external_id) is not None

    async def all(self) -> list[tuple[str, str]]:
        sql = "SELECT kind, external_id FROM channel_addresses WHERE organisation_id = $1 ORDER BY kind, external_id"
        return [(row["kind"], row["external_id"]) for row in await self.transaction.driver.fetch(sql, self.transaction.organisation_id)]


def _clinic(row: Record | None) -> ListedClinic | None:
    if row is None:
        return None
    names: tuple[str, ...] = ("slug", "name", "timezone", "language", "is_active", "is_live")
    given: dict[str, Any] = {name: row[name] for name in names}
    return ListedClinic(id=OrganisationId(row["id"]), **given)
