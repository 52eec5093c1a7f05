"""The types of members that requests bear: bounded text, aware moments, prefixed ids. Where foreign text becomes ours."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from marcai.kit.ids import MalformedId, parse_id
from marcai.kit.zones import UnknownZone, zone

_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class Body(BaseModel):
    """A request's body. Members that are not declared are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _clean(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL")
    return text


def text(longest: int, shortest: int = 0) -> Any:
    """Return the type of a text with bounds, stripped of white space around it and free of NUL."""
    return Annotated[str, StringConstraints(min_length=shortest, max_length=longest, strip_whitespace=True), AfterValidator(_clean)]


Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_clean)]
Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_clean)]
Note = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_clean)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{6,14}$")]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
BufferMinutes = Annotated[int, Field(ge=0, le=12 * 60)]


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("must bear an offset from UTC")
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("is out of range")
    return moment.astimezone(UTC)


def _written_out(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise ValueError("must be an ISO 8601 time with an offset")
    if isinstance(value, str) and not value[:4].isdigit():
        raise ValueError("must be an ISO 8601 time with an offset")
    return value


Moment = Annotated[datetime, BeforeValidator(_written_out), AfterValidator(_aware)]
"""A moment with an offset; a naive one is refused, and so is a bare number."""


def _near(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError("is out of range")
    return day


Day = Annotated[date, AfterValidator(_near)]
"""A day of a calendar that somebody may mean."""


def _iana(name: str) -> str:
    try:
        zone(name)
    except UnknownZone as error:
        raise ValueError("must be an IANA time zone") from error
    return name


Zone = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_iana)]


def _parser(*prefixes: str) -> Callable[[object], UUID]:
    def parse(value: object) -> UUID:
        if isinstance(value, UUID):
            return value
        for prefix in prefixes if isinstance(value, str) else ():
            with suppress(MalformedId):
                return parse_id(str(value), prefix)
        raise ValueError("must be a valid ID")

    return parse


_ID_SCHEMA = WithJsonSchema({"type": "string", "description": "a raw UUID, or its prefixed form"})
PatientRef = Annotated[UUID, BeforeValidator(_parser("pat")), _ID_SCHEMA]
AppointmentRef = Annotated[UUID, BeforeValidator(_parser("apt")), _ID_SCHEMA]
ProviderRef = Annotated[UUID, BeforeValidator(_parser("prv")), _ID_SCHEMA]
TypeRef = Annotated[UUID, BeforeValidator(_parser("typ")), _ID_SCHEMA]
LocationRef = Annotated[UUID, BeforeValidator(_parser("loc")), _ID_SCHEMA]
FacilityRef = Annotated[UUID, BeforeValidator(_parser("fac", "loc")), _ID_SCHEMA]
"""A location under the name and the prefix that `/v3` has for it."""
RoomRef = Annotated[UUID, BeforeValidator(_parser("room")), _ID_SCHEMA]
RawRef = Annotated[UUID, BeforeValidator(_parser("-")), _ID_SCHEMA]
"""A raw UUID alone, for what has no prefix of its own (templates, overrides, holds, waitlist entries, doctors)."""


def _small_json(value: dict[str, Any]) -> dict[str, Any]:
    try:
        written = json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise ValueError("must be finite JSON of moderate depth") from error
    if len(written) > 16_384:
        raise ValueError("must not be longer than 16 KiB")
    if "\\u0000" in written or any("\ud800" <= c <= "\udfff" for c in json.dumps(value, ensure_ascii=False)):
        raise ValueError("must not contain NUL or lone surrogates")
    return value


Metadata = Annotated[dict[str, Any], AfterValidator(_small_json)]
Aliases = Annotated[list[Name], Field(max_length=50)]


def _wall(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:00)?", value):
        return time.fromisoformat(value)
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise ValueError("must be a wall time, HH:MM")


WallTime = Annotated[time, BeforeValidator(_wall), WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:00)?$"})]


def shown(moment: datetime | None, tz: ZoneInfo) -> str | None:
    """Return a moment as it goes out: ISO 8601 with the offset of that zone."""
    return None if moment is None else moment.astimezone(tz).isoformat()


def minutes_of(length: timedelta) -> int:
    """Return a length in whole minutes."""
    return int(length.total_seconds() // 60)
