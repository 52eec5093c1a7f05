"""What a process remembers between units of work: only what was committed, and only so much."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from marcai.scheduling.setup import Setup

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


@dataclass(slots=True)
class Lately(Generic[KeyT, ValueT]):
    """The values that were used last; the oldest gives way."""

    room_for: int
    _values: OrderedDict[KeyT, ValueT] = field(default_factory=OrderedDict, repr=False)

    def get(self, key: KeyT) -> ValueT | None:
        """Return the value, which is now the latest, or None."""
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: KeyT, value: ValueT) -> None:
        """Remember the value."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self.room_for:
            self._values.popitem(last=False)


@dataclass(slots=True)
class Memory:
    """One a process. `setups` holds the latest revision of a clinic, `clinic_keys` and `contact_keys` wrapped data keys."""

    setups: Lately[UUID, Setup] = field(default_factory=lambda: Lately(200))
    contact_keys: Lately[UUID, bytes] = field(default_factory=lambda: Lately(10_000))
    clinic_keys: Lately[UUID, bytes] = field(default_factory=lambda: Lately(10_000))
