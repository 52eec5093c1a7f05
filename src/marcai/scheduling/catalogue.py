"""What a clinic has set up, one thing at a time: how doors and the fixtures add, change and retire it.

Whole set-ups are read as a `Setup`; this is the way to write one. Each write is a new revision of the clinic.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

from marcai.clinics.clinic import Location, Organisation, Room
from marcai.kit.zones import UnknownZone, zone
from marcai.ledger.events import AuditEntry
from marcai.ledger.unit import UnitOfWork
from marcai.scheduling.errors import NotFound, Unacceptable
from marcai.scheduling.provider import AppointmentType, Override, OverrideKind, Provider, Template

Item = Location | Room | AppointmentType | Provider | Template | Override
ItemT = TypeVar("ItemT", Location, Room, AppointmentType, Provider, Template, Override)
WORDS: dict[type[Any], str] = {
    Location: "location",
    Room: "room",
    AppointmentType: "appointment_type",
    Provider: "provider",
    Template: "template",
    Override: "override",
}
"""What the API calls each kind."""
MADE_UP = ("id", "seq")
"""Fields that the store makes up."""
LONGEST_LENGTH = timedelta(days=1)
MOST_LANES = 100


class Catalogue(Protocol):
    """The set-up of one clinic, inside one transaction. Fields are named as in the values."""

    async def organisation(self) -> Organisation | None:
        """Return the clinic itself."""
        ...

    async def add_organisation(self, organisation: Organisation) -> Organisation:
        """Write a new clinic, whose id is the unit's. Raises `SlugTaken` (clinics/errors)."""
        ...

    async def change_organisation(self, changes: Mapping[str, Any]) -> Organisation | None:
        """Change the fields that are named."""
        ...

    async def add(self, kind: type[ItemT], given: Mapping[str, Any], *, id_: UUID | None = None) -> ItemT:
        """Write a new thing; fields that are not named have the value's defaults. Raises `NotFound` for what it refers to."""
        ...

    async def change(self, kind: type[ItemT], id_: UUID, changes: Mapping[str, Any]) -> ItemT | None:
        """Change the fields that are named; None when there is no such thing."""
        ...

    async def remove(self, kind: type[ItemT], id_: UUID) -> bool:
        """Retire it (`is_active` false), or delete it where the kind knows no retirement (overrides). False: no such thing."""
        ...

    async def get(self, kind: type[ItemT], id_: UUID) -> ItemT | None:
        """Return one."""
        ...

    async def page(self, kind: type[ItemT], *, limit: int, after: UUID | None = None, provider_id: UUID | None = None) -> list[ItemT]:
        """Return things in the order in which they were added, those after `after`; only that provider's, if one is named."""
        ...


class CatalogueUnit(UnitOfWork, Protocol):
    """The transaction that writing a set-up needs."""

    @property
    def catalogue(self) -> Catalogue:
        """The clinic's set-up."""
        ...


async def add(unit: CatalogueUnit, kind: type[ItemT], given: Mapping[str, Any], *, id_: UUID | None = None) -> ItemT:
    """Set up a new thing.

    Raises:
        Unacceptable: a field is unknown, missing, or not sensible.
        NotFound: what it refers to is not there.
    """
    known = {f.name: f for f in fields(kind) if f.name not in MADE_UP}
    for name, field in known.items():
        if name not in given and field.default is MISSING and field.default_factory is MISSING:
            raise Unacceptable(name, "is missing")
    check(kind, given)
    added = await unit.catalogue.add(kind, given, id_=id_)
    unit.audit(AuditEntry("add", WORDS[kind], added.id))
    return added


async def change(unit: CatalogueUnit, kind: type[ItemT], id_: UUID, changes: Mapping[str, Any]) -> ItemT:
    """Change the fields that are named.

    Raises:
        Unacceptable: a field is unknown or not sensible, on its own or beside the ones that stay.
        NotFound: no such thing, or what it refers to is not there.
    """
    present = await unit.catalogue.get(kind, id_)
    if present is None:
        raise NotFound(WORDS[kind], id_)
    check(kind, {f.name: getattr(present, f.name) for f in fields(kind) if f.name not in MADE_UP} | dict(changes))
    changed = await unit.catalogue.change(kind, id_, changes)
    if changed is None:
        raise NotFound(WORDS[kind], id_)
    unit.audit(AuditEntry("change", WORDS[kind], id_, detail={"fields": sorted(changes)}))
    return changed


async def remove(unit: CatalogueUnit, kind: type[ItemT], id_: UUID) -> None:
    """Retire it: it stays listed, inactive. An override is deleted.

    Raises:
        NotFound: no such thing.
    """
    if not await unit.catalogue.remove(kind, id_):
        raise NotFound(WORDS[kind], id_)
    unit.audit(AuditEntry("remove", WORDS[kind], id_))


def check(kind: type[Any], given: Mapping[str, Any]) -> None:
    """Refuse what no clinic can mean.

    Raises:
        Unacceptable: the first field that is wrong, and why.
    """
    known = {f.name: f for f in fields(kind) if f.name not in MADE_UP}
    for name, value in given.items():
        if name not in known:
            raise Unacceptable(name, "is not known")
        if value is None and known[name].default is not None:
            raise Unacceptable(name, "cannot be empty")
        _check_field(name, value)
    for first, last, why in (
        ("start", "end", "is not after the start"),
        ("date_from", "date_to", "is before the first day"),
        ("valid_from", "valid_to", "is before the first day"),
    ):
        begin, end = given.get(first), given.get(last)
        if begin is not None and end is not None and (end < begin or (first == "start" and end == begin)):
            raise Unacceptable(last, why)
    if kind is Override and given.get("kind") != OverrideKind.BLOCKED:
        for here, there in (("start", "end"), ("end", "start")):
            if given.get(here) is None and given.get(there) is not None:
                raise Unacceptable(here, "is missing: both or neither")
        if given.get("start") is None and (given.get("kind") == OverrideKind.ADDED or given.get("location_id") is None):
            raise Unacceptable("start", "is missing: what hours are these?")


def _check_field(name: str, value: Any) -> None:
    if name == "timezone":
        try:
            zone(value)
        except UnknownZone as error:
            raise Unacceptable(name, "is not an IANA time zone") from error
    if name in ("name", "display_name") and not value.strip():
        raise Unacceptable(name, "is empty")
    if isinstance(value, timedelta):
        shortest = timedelta(0) if name.startswith("buffer") else timedelta(minutes=1)
        if not shortest <= value <= LONGEST_LENGTH:
            raise Unacceptable(name, "is not between a minute and a day" if shortest else "is not between nothing and a day")
    if name == "lanes" and not 1 <= value <= MOST_LANES:
        raise Unacceptable(name, f"is not between 1 and {MOST_LANES}")
    if name == "weekday" and not 0 <= value <= 6:
        raise Unacceptable(name, "is not between 0 (Monday) and 6")
