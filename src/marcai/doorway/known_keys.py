"""Remembers for a second what the directory said of a key: a revocation works within that time in every process."""

import time
from dataclasses import dataclass, field

from marcai.clinics.directory import Directory, ListedKey
from marcai.clinics.keys import key_hash

_REMEMBERED_SECONDS = 1.0
_REMEMBERED_KEYS = 10_000


@dataclass(slots=True)
class KnownKeys:
    """The keys that were asked for within the last second."""

    _found: dict[bytes, tuple[float, ListedKey | None]] = field(default_factory=dict)

    async def find(self, text: str, directory: Directory) -> ListedKey | None:
        """Return the key, ended ones too."""
        digest = key_hash(text)
        now = time.monotonic()
        remembered = self._found.get(digest)
        if remembered is not None and now - remembered[0] < _REMEMBERED_SECONDS:
            return remembered[1]
        if len(self._found) >= _REMEMBERED_KEYS:
            self._found.clear()
        found = await directory.key(digest)
        self._found[digest] = (now, found)
        return found
