"""The API keys of one clinic. The port is `clinics/keys.py: Keys`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, insert, or_, select, update

from marcai.backends.postgres.tables import api_keys
from marcai.backends.postgres.transaction import Transaction
from marcai.clinics.keys import ApiKey, hint_of, key_hash

BETWEEN_NOTES = timedelta(minutes=1)


@dataclass(slots=True)
class PostgresKeys:
    """The keys of one transaction's clinic."""

    transaction: Transaction

    async def add(self, text: str, *, name: str, scopes: frozenset[str], expires_at: datetime | None = None) -> ApiKey:
        unit = self.transaction
        row = await unit.row(
            insert(api_keys)
            .values(
                organisation_id=unit.organisation_id,
                id=unit.new_id(),
                key_hash=key_hash(text),
                hint=hint_of(text),
                name=name,
                scopes=sorted(scopes),
                is_live=text.startswith("mk_live_"),
                created_at=unit.now,
                expires_at=expires_at,
            )
            .returning(api_keys)
        )
        return _key(row or {})

    async def get(self, key_id: UUID) -> ApiKey | None:
        row = await self.transaction.row(select(api_keys).where(self._is(key_id)))
        return None if row is None else _key(row)

    async def page(self, *, limit: int, after: int | None = None) -> list[ApiKey]:
        mine = and_(api_keys.c.organisation_id == self.transaction.organisation_id, api_keys.c.seq > (after or 0))
        return [_key(row) for row in await self.transaction.rows(select(api_keys).where(mine).order_by(api_keys.c.seq).limit(limit))]

    async def end(self, key_id: UUID, at: datetime) -> ApiKey | None:
        # What is revoked stays so from the moment when it was; what merely expires may do so earlier, never later.
        is_now = at <= self.transaction.now
        changes: dict[str, Any] = {"expires_at": func.least(api_keys.c.expires_at, at)}
        if is_now:
            changes = {"revoked_at": func.least(api_keys.c.revoked_at, at)}
        row = await self.transaction.row(update(api_keys).where(self._is(key_id)).values(changes).returning(api_keys))
        return None if row is None else _key(row)

    async def note_use(self, key_id: UUID) -> None:
        now = self.transaction.now
        is_due = or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at <= now - BETWEEN_NOTES)
        await self.transaction.execute(update(api_keys).where(self._is(key_id), is_due).values(last_used_at=now))

    def _is(self, key_id: UUID) -> Any:
        return and_(api_keys.c.organisation_id == self.transaction.organisation_id, api_keys.c.id == key_id)


def _key(row: Mapping[Any, Any]) -> ApiKey:
    return ApiKey(**({f.name: row[f.name] for f in fields(ApiKey)} | {"scopes": frozenset(row["scopes"])}))
