"""Remembers for a second what the directory said of a key: a revocation works within that time in every process."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from marcai.clinics.directory import Directory, ListedKey
from marcai.clinics.keys import EVERYTHING, key_hash
from marcai.scheduling.setup import Setup

_REMEMBERED_SECONDS = 1.0
_REMEMBERED_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key, what its clinic grants to machines (None: whatever their keys say), and whether the clinic can be booked at all."""

    listed: ListedKey
    grants: frozenset[str] | None
    is_provisioned: bool

    @property
    def scopes(self) -> frozenset[str]:
        """Return what the key reaches: its own scopes, as far as the clinic grants them."""
        if self.grants is None or EVERYTHING in self.grants:
            return self.listed.scopes
        return self.grants if EVERYTHING in self.listed.scopes else self.listed.scopes & self.grants


@dataclass(slots=True)
class KnownKeys:
    """The keys that were asked for within the last second."""

    _found: dict[bytes, tuple[float, KnownKey | None]] = field(default_factory=dict)

    async def find(self, text: str, directory: Directory, setup_of: Callable[[UUID], Awaitable[Setup]]) -> KnownKey | None:
        """Return the key, ended ones too."""
        digest = key_hash(text)
        now = time.monotonic()
        remembered = self._found.get(digest)
        if remembered is not None and now - remembered[0] < _REMEMBERED_SECONDS:
            return remembered[1]
        if len(self._found) >= _REMEMBERED_KEYS:
            self._found.clear()
        listed = await directory.key(digest)
        known = None if listed is None else _known(listed, await setup_of(listed.clinic.id))
        self._found[digest] = (now, known)
        return known


def _known(listed: ListedKey, setup: Setup) -> KnownKey:
    granted = setup.organisation.settings.get("grants")
    return KnownKey(listed, None if granted is None else frozenset(granted), is_provisioned(setup))


def is_provisioned(setup: Setup) -> bool:
    """Say whether a clinic's onboarding has come so far that visits can be booked: it is live, or somebody sees patients there."""
    has_types = any(kind.is_active for kind in setup.appointment_types.values())
    return setup.organisation.is_live or (has_types and any(provider.is_active for provider in setup.providers.values()))
