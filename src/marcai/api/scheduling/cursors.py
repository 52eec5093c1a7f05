"""Cursors: where the next page begins, written so that nobody leans on what is inside."""

import base64
import binascii
import json
from datetime import datetime
from uuid import UUID

from marcai.doorway.problems import invalid


def cursor_of(*key: datetime | UUID | str | int) -> str:
    """Return the cursor that stands for the last row's key."""
    written = json.dumps([part.isoformat() if isinstance(part, datetime) else part if isinstance(part, int) else str(part) for part in key])
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _parts(cursor: str, count: int) -> list[object]:
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise invalid("cursor", "is not one of ours") from error
    if not isinstance(found, list) or len(found) != count:
        raise invalid("cursor", "is not one of ours")
    return found


def moment_and_id(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the (start, id) after which the next page begins.

    Raises:
        Refused: the text is no cursor of such a list.
    """
    if cursor is None:
        return None
    moment, id_ = _parts(cursor, 2)
    try:
        at = datetime.fromisoformat(str(moment))
        key = UUID(str(id_))
    except ValueError as error:
        raise invalid("cursor", "is not one of ours") from error
    if at.tzinfo is None:
        raise invalid("cursor", "is not one of ours")
    return at, key


def sequence(cursor: str | None) -> int | None:
    """Return the sequence number after which the next page begins.

    Raises:
        Refused: the text is no cursor of such a list.
    """
    if cursor is None:
        return None
    (number,) = _parts(cursor, 1)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**63:
        raise invalid("cursor", "is not one of ours")
    return number


def identity(cursor: str | None) -> UUID | None:
    """Return the id after which the next page begins.

    Raises:
        Refused: the text is no cursor of such a list.
    """
    if cursor is None:
        return None
    try:
        return UUID(str(_parts(cursor, 1)[0]))
    except ValueError as error:
        raise invalid("cursor", "is not one of ours") from error
