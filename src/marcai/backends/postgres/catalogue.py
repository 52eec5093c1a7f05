"""A clinic's set-up, one thing at a time. Every write makes a new revision; what changes a provider's hours waits for their bookings.

The port is `scheduling/catalogue.py: Catalogue`.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from marcai.backends.postgres.keys import SubjectKeys
from marcai.backends.postgres.locks import Lock, lock_number, take_locks
from marcai.backends.postgres.shapes import BY_KIND, ORGANISATION, Shape
from marcai.backends.postgres.tables import organisations, providers
from marcai.backends.postgres.transaction import Transaction
from marcai.backends.postgres.violations import broken_unique, missing_reference
from marcai.clinics.clinic import Organisation
from marcai.clinics.errors import SlugTaken
from marcai.scheduling.catalogue import ItemT
from marcai.scheduling.errors import NotFound
from marcai.scheduling.provider import AppointmentType, Override, Provider, Template

HAS_HOURS = (Template, Override)


@dataclass(slots=True)
class PostgresCatalogue:
    """The set-up of one transaction's clinic."""

    transaction: Transaction
    keys: SubjectKeys

    async def organisation(self) -> Organisation | None:
        row = await self.transaction.row(select(organisations).where(organisations.c.id == self.transaction.organisation_id))
        return None if row is None else cast(Organisation, ORGANISATION.value(row))

    async def add_organisation(self, organisation: Organisation) -> Organisation:
        given = ORGANISATION.columns({name: getattr(organisation, name) for name in ORGANISATION.fields})
        own = {"id": self.transaction.organisation_id, "revision": 1, "created_at": self.transaction.now}
        self.transaction.has_changed_setup = True
        try:
            row = await self.transaction.row(insert(organisations).values(given | own).returning(organisations))
        except IntegrityError as error:
            if broken_unique(error, "organisations_slug_key"):
                raise SlugTaken(f"the slug {organisation.slug!r} is taken") from error
            raise
        await self.keys.of_subject("clinic", self.transaction.organisation_id)
        return cast(Organisation, ORGANISATION.value(row or {}))

    async def change_organisation(self, changes: Mapping[str, Any]) -> Organisation | None:
        await self._new_revision()
        columns = ORGANISATION.columns(changes)
        if columns:
            mine = organisations.c.id == self.transaction.organisation_id
            try:
                await self.transaction.execute(update(organisations).where(mine).values(columns))
            except IntegrityError as error:
                if broken_unique(error, "organisations_slug_key"):
                    raise SlugTaken(f"the slug {changes['slug']!r} is taken") from error
                raise
        return await self.organisation()

    async def add(self, kind: type[ItemT], given: Mapping[str, Any], *, id_: UUID | None = None) -> ItemT:
        shape = BY_KIND[kind]
        if kind in HAS_HOURS:
            await self._lock_provider(given["provider_id"])
        await self._know_types(given)
        await self._new_revision()
        unit = self.transaction
        own = {"organisation_id": unit.organisation_id, "id": id_ or unit.new_id(), "created_at": unit.now}
        statement = insert(shape.table).values(shape.columns(_defaults(kind) | dict(given)) | own).returning(shape.table)
        try:
            row = await unit.row(statement)
        except IntegrityError as error:
            raise _named(error, given) from error
        return cast(ItemT, shape.value(row or {}))

    async def change(self, kind: type[ItemT], id_: UUID, changes: Mapping[str, Any]) -> ItemT | None:
        shape = BY_KIND[kind]
        if not await self._lock_hours_of(kind, id_):
            return None
        if not changes:
            return await self.get(kind, id_)
        await self._know_types(changes)
        await self._new_revision()
        statement = update(shape.table).where(self._is(shape.table, id_)).values(shape.columns(changes)).returning(shape.table)
        try:
            row = await self.transaction.row(statement)
        except IntegrityError as error:
            raise _named(error, changes) from error
        return None if row is None else cast(ItemT, shape.value(row))

    async def remove(self, kind: type[ItemT], id_: UUID) -> bool:
        shape = BY_KIND[kind]
        if not await self._lock_hours_of(kind, id_):
            return False
        await self._new_revision()
        mine = self._is(shape.table, id_)
        statement = (
            update(shape.table).where(mine).values(is_active=False) if "is_active" in shape.fields else delete(shape.table).where(mine)
        )
        return (await self.transaction.execute(statement)).rowcount > 0

    async def get(self, kind: type[ItemT], id_: UUID) -> ItemT | None:
        shape = BY_KIND[kind]
        row = await self.transaction.row(select(shape.table).where(self._is(shape.table, id_)))
        return None if row is None else cast(ItemT, shape.value(row))

    async def page(self, kind: type[ItemT], *, limit: int, after: UUID | None = None, provider_id: UUID | None = None) -> list[ItemT]:
        shape = BY_KIND[kind]
        table = shape.table
        statement = select(table).where(table.c.organisation_id == self.transaction.organisation_id)
        if after is not None:
            statement = statement.where(table.c.seq > select(table.c.seq).where(self._is(table, after)).scalar_subquery())
        if provider_id is not None:
            statement = statement.where(_provider_column(shape) == provider_id)
        return [cast(ItemT, shape.value(row)) for row in await self.transaction.rows(statement.order_by(table.c.seq).limit(limit))]

    def _is(self, table: Table, id_: UUID) -> Any:
        return and_(table.c.organisation_id == self.transaction.organisation_id, table.c.id == id_)

    async def _know_types(self, given: Mapping[str, Any]) -> None:
        """Refuse appointment types that are not the clinic's: no foreign key looks into a list."""
        named = set(given.get("appointment_type_ids", ()))
        if named:
            table = BY_KIND[AppointmentType].table
            mine = and_(table.c.organisation_id == self.transaction.organisation_id, table.c.id.in_(named))
            known = {row["id"] for row in await self.transaction.rows(select(table.c.id).where(mine))}
            if unknown := sorted(named - known):
                raise NotFound("appointment_type", unknown[0])

    async def _new_revision(self) -> None:
        mine = organisations.c.id == self.transaction.organisation_id
        await self.transaction.execute(update(organisations).where(mine).values(revision=organisations.c.revision + 1))
        self.transaction.has_changed_setup = True

    async def _lock_hours_of(self, kind: type[Any], id_: UUID) -> bool:
        """Take the lock of the provider whose hours or limits this thing is; say whether the thing is there."""
        shape = BY_KIND[kind]
        if kind is not Provider and kind not in HAS_HOURS:
            return await self.transaction.row(select(shape.table.c.id).where(self._is(shape.table, id_))) is not None
        row = await self.transaction.row(select(_provider_column(shape)).where(self._is(shape.table, id_)))
        if row is None:
            return False
        await self._lock_provider(next(iter(row.values())))
        return True

    async def _lock_provider(self, provider_id: UUID) -> None:
        row = await self.transaction.row(select(providers.c.seq).where(self._is(providers, provider_id)))
        if row is None:
            raise NotFound("provider", provider_id)
        await take_locks(self.transaction, [lock_number(Lock.PROVIDER, row["seq"])])


def _provider_column(shape: Shape) -> Any:
    return shape.table.c.id if shape.kind is Provider else shape.table.c.provider_id


def _defaults(kind: type[Any]) -> dict[str, Any]:
    """Return what the value has in the fields that may be left out."""
    made = {f.name: f.default_factory() for f in fields(kind) if f.default_factory is not MISSING}
    return made | {f.name: f.default for f in fields(kind) if f.default is not MISSING}


def _named(error: IntegrityError, given: Mapping[str, Any]) -> Exception:
    """Return the error of the calendar that the refused statement means, or the error itself."""
    word = missing_reference(error)
    if word is None:
        return error
    return NotFound(word, given.get(f"{word}_id") or given.get(f"primary_{word}_id") or "")
