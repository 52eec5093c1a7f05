"""Ids: random where they are made, raw inside, raw or prefixed outside ("pat_" + 32 hex)."""

import re
from collections.abc import Callable
from uuid import UUID

from marcai.kit.errors import MarcaiError

NewId = Callable[[], UUID]
"""Makes a fresh id; handed in, so that any talk can be replayed."""

_PREFIXED = re.compile(r"(?:([a-z]+)_)?([0-9a-fA-F]{32})")
_RAW = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class MalformedId(MarcaiError):
    """The text is neither a raw UUID nor this kind's prefix with 32 hexadecimal digits."""


def parse_id(text: str, prefix: str) -> UUID:
    """Return the id that a raw UUID or a prefixed id names.

    Raises:
        MalformedId: another form, or another kind's prefix.
    """
    if _RAW.fullmatch(text):
        return UUID(text)
    found = _PREFIXED.fullmatch(text)
    if found is None or found[1] != prefix:
        raise MalformedId(f"not a valid {prefix} id")
    return UUID(hex=found[2])


def prefixed(id_: UUID, prefix: str) -> str:
    """Return the prefixed form of an id."""
    return f"{prefix}_{id_.hex}"
