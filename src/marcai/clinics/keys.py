"""API keys: a secret that is shown once and kept as a hash, with a clinic, scopes, an end and a last use."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from marcai.clinics.errors import UnknownScope

RandomBytes = Callable[[int], bytes]
SECRET_BYTES = 32
LIVE, TEST = "mk_live_", "mk_test_"
HINT_CHARACTERS = 4
RESOURCES = ("appointments", "slots", "providers", "patients", "waitlist", "webhooks", "conversations", "calls", "clinic", "admin")
EVERYTHING = "*"
SCOPES = frozenset({EVERYTHING, *(f"{deed}:{resource}" for deed in ("read", "write") for resource in RESOURCES)})


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key. `hint` shows its kind and its last characters; the key itself is not kept."""

    id: UUID
    seq: int
    name: str
    hint: str
    scopes: frozenset[str]
    is_live: bool
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made. `text` is shown this once."""

    key: ApiKey
    text: str


class Keys(Protocol):
    """The keys of one clinic, inside one transaction."""

    async def add(self, text: str, *, name: str, scopes: frozenset[str], expires_at: datetime | None = None) -> ApiKey:
        """Keep the hash of a key."""
        ...

    async def get(self, key_id: UUID) -> ApiKey | None:
        """Return one, revoked ones too."""
        ...

    async def page(self, *, limit: int, after: int | None = None) -> list[ApiKey]:
        """Return keys in order of seq, those whose seq is greater than `after`."""
        ...

    async def end(self, key_id: UUID, at: datetime) -> ApiKey | None:
        """Let a key end at that moment, unless it ends before; None when there is no such key. At the unit's now, it is revoked."""
        ...

    async def note_use(self, key_id: UUID) -> None:
        """Note the unit's now as the last use, at most once a minute."""
        ...


def new_secret(*, is_live: bool, random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """Return a fresh key, 256 bits of randomness behind the prefix of its kind."""
    return (LIVE if is_live else TEST) + base64.urlsafe_b64encode(random_bytes(SECRET_BYTES)).decode().rstrip("=")


def key_hash(text: str) -> bytes:
    """Return what is kept of a key. No salt: there are 256 bits to guess."""
    return hashlib.sha256(text.encode()).digest()


def hint_of(text: str) -> str:
    """Return what may be shown of a key later."""
    return f"{text[: len(LIVE)]}…{text[-HINT_CHARACTERS:]}"


def checked_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """Return the scopes as a set.

    Raises:
        UnknownScope: one of them is not ours, or there is none.
    """
    wanted = frozenset(scopes)
    if not wanted:
        raise UnknownScope("a key needs at least one scope")
    if unknown := sorted(wanted - SCOPES):
        raise UnknownScope(f"{unknown[0]!r} is not a scope")
    return wanted


async def create(
    keys: Keys,
    *,
    name: str,
    scopes: Iterable[str],
    is_live: bool = True,
    expires_at: datetime | None = None,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> NewKey:
    """Make a key and keep its hash.

    Raises:
        UnknownScope: one of the scopes is not ours.
    """
    text = new_secret(is_live=is_live, random_bytes=random_bytes)
    return NewKey(await keys.add(text, name=name, scopes=checked_scopes(scopes), expires_at=expires_at), text)


async def rotate(
    keys: Keys, key_id: UUID, *, now: datetime, overlap: timedelta, random_bytes: RandomBytes = secrets.token_bytes
) -> NewKey | None:
    """Make a successor with the same name, kind and scopes; the old key ends after the overlap. None: no such key."""
    old = await keys.end(key_id, now + overlap)
    if old is None:
        return None
    return await create(keys, name=old.name, scopes=old.scopes, is_live=old.is_live, random_bytes=random_bytes)
