"""How a clinic's set-up is kept: for each kind of thing its table, and how its fields and its columns become each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Table

from marcai.backends.postgres import tables
from marcai.clinics.clinic import Location, Organisation, Room
from marcai.scheduling.provider import AppointmentType, Override, OverrideKind, Provider, Template

Convert = Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _minutes(length: timedelta) -> int:
    return int(length / timedelta(minutes=1))


def _from_minutes(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


def _days(length: timedelta) -> int:
    return length.days


def _from_days(days: int) -> timedelta:
    return timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a value: its column, and how it goes there and back."""

    column: str
    to_column: Convert = _same
    from_column: Convert = _same


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of thing. `word` is the API's; `fields` what a caller may set; `made_up` what the database adds."""

    word: str
    kind: type[Any]
    table: Table
    fields: Mapping[str, Field]
    made_up: tuple[str, ...] = ("id",)

    def value(self, row: Mapping[Any, Any]) -> Any:
        """Return the value that a row holds."""
        given = {name: row[name] for name in self.made_up}
        for name, field in self.fields.items():
            stored = row[field.column]
            given[name] = None if stored is None else field.from_column(stored)
        return self.kind(**given)

    def columns(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns that the named fields fill."""
        return {self.fields[name].column: None if given is None else self.fields[name].to_column(given) for name, given in fields.items()}


def _plain(*names: str) -> dict[str, Field]:
    return {name: Field(name) for name in names}


MINUTES = (_minutes, _from_minutes)

ORGANISATION = Shape(
    "clinic",
    Organisation,
    tables.organisations,
    {
        **_plain("slug", "name", "timezone", "country", "language", "is_active", "is_live", "phone", "settings"),
        "notice": Field("notice_minutes", *MINUTES),
        "horizon": Field("horizon_days", _days, _from_days),
    },
    made_up=("id", "revision"),
)
LOCATION = Shape("location", Location, tables.locations, _plain("name", "timezone", "address", "phone", "is_active"))
ROOM = Shape("room", Room, tables.rooms, _plain("name", "location_id", "is_active"), made_up=("id", "seq"))
APPOINTMENT_TYPE = Shape(
    "appointment_type",
    AppointmentType,
    tables.appointment_types,
    {
        **_plain("name", "code", "specialty", "color", "is_active"),
        "aliases": Field("aliases", list, tuple),
        "duration": Field("duration_minutes", *MINUTES),
        "buffer_before": Field("buffer_before_minutes", *MINUTES),
        "buffer_after": Field("buffer_after_minutes", *MINUTES),
    },
)
PROVIDER = Shape(
    "provider",
    Provider,
    tables.providers,
    {
        **_plain(
            "display_name", "doctor_id", "max_daily", "lanes", "primary_location_id", "is_accepting_new_patients", "is_active", "metadata"
        ),
        "aliases": Field("aliases", list, tuple),
        "specialties": Field("specialties", list, tuple),
        "default_duration": Field("default_minutes", *MINUTES),
        "buffer_between": Field("buffer_minutes", *MINUTES),
    },
    made_up=("id", "seq"),
)
TEMPLATE = Shape(
    "template",
    Template,
    tables.templates,
    {
        **_plain("provider_id", "weekday", "location_id", "room_id", "valid_from", "valid_to", "is_active"),
        "start": Field("start_time"),
        "end": Field("end_time"),
        "slot_length": Field("slot_minutes", *MINUTES),
        "appointment_type_ids": Field("appointment_type_ids", sorted, frozenset),
    },
)
OVERRIDE = Shape(
    "override",
    Override,
    tables.overrides,
    {
        **_plain("provider_id", "date_from", "date_to", "location_id", "reason"),
        "kind": Field("kind", str, OverrideKind),
        "start": Field("start_time"),
        "end": Field("end_time"),
    },
)

SET_UP = (LOCATION, ROOM, APPOINTMENT_TYPE, PROVIDER, TEMPLATE, OVERRIDE)
BY_KIND: Mapping[type[Any], Shape] = {shape.kind: shape for shape in SET_UP}
