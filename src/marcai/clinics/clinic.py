"""A clinic (the tenant; "organisation" in the database and in headers), its locations and its rooms."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NewType
from uuid import UUID

OrganisationId = NewType("OrganisationId", UUID)
LocationId = NewType("LocationId", UUID)
RoomId = NewType("RoomId", UUID)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A clinic and its rules of booking. `revision` grows with every change to what it has set up."""

    id: OrganisationId
    slug: str
    name: str
    timezone: str
    country: str = "BR"
    language: str = "pt-BR"
    is_active: bool = True
    is_live: bool = True
    notice: timedelta = timedelta(0)
    horizon: timedelta = timedelta(days=180)
    phone: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Location:
    """A place where visits happen, with the IANA zone that its wall clock follows."""

    id: LocationId
    name: str
    timezone: str
    address: str | None = None
    phone: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Room:
    """A room of a location; `seq` is its number in the constraint that keeps it from being taken twice."""

    id: RoomId
    seq: int
    name: str
    location_id: LocationId
    is_active: bool = True
