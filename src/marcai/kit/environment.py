"""Reads variables of an environment one by one, and says of each what it must look like, never what it was: it may be a secret."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from marcai.kit.errors import MarcaiError

ValueT = TypeVar("ValueT")
SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class BadVariable(MarcaiError):
    """A variable has a value that cannot be read; the text says which one and what it must look like."""

    def __init__(self, name: str, must_be: str) -> None:
        super().__init__(f"{name} must be {must_be}")
        self.name = name


class Variables:
    """The variables that begin with one prefix. Names are asked for without it; an empty value counts as not set."""

    def __init__(self, env: Mapping[str, str], *, prefix: str) -> None:
        self._env = {name.removeprefix(prefix): said.strip() for name, said in env.items() if name.startswith(prefix) and said.strip()}
        self.prefix = prefix

    def text(self, name: str) -> str | None:
        """Return the value, or None when it is not set."""
        return self._env.get(name)

    def is_any_set(self, beginning: str) -> bool:
        """Whether a variable whose name begins like that is set."""
        return any(name.startswith(beginning) for name in self._env)

    def not_set(self, *names: str) -> list[str]:
        """Return those of the names that are not set, in full."""
        return [self.prefix + name for name in names if name not in self._env]

    def read(self, name: str, must_be: str, parse: Callable[[str], ValueT]) -> ValueT | None:
        """Return what `parse` makes of the value; its ValueError becomes a `BadVariable`."""
        said = self.text(name)
        if said is None:
            return None
        try:
            return parse(said)
        except ValueError:
            # Without the cause: it would repeat the value.
            raise BadVariable(self.prefix + name, must_be) from None

    def number(self, name: str, *, default: float) -> float:
        """Return a number above 0."""
        return self.read(name, "a number above 0", _positive) or default

    def count(self, name: str, *, default: int) -> int:
        """Return a whole number above 0."""
        return self.read(name, "a whole number above 0", lambda said: int(_positive(str(int(said))))) or default

    def switch(self, name: str, *, default: bool) -> bool:
        """Return whether it is switched on."""
        found = self.read(name, "1 or 0", _switched)
        return default if found is None else found

    def seconds(self, name: str) -> tuple[float, ...] | None:
        """Return lengths of time in seconds, in their order."""
        return self.read(name, "seconds, separated by commas", _waits)

    def bounds(self, name: str) -> tuple[int, int] | None:
        """Return how many a minute, and how many at once."""
        return self.read(name, "requests a minute and a burst, such as 100/20", _bounds)

    def keys(self, name: str) -> tuple[bytes, ...]:
        """Return keys of 32 bytes, in either alphabet of base64, padded or not."""
        return self.read(name, "keys of 32 bytes in base64, separated by commas, the current one first", _keys) or ()

    def url(self, name: str) -> str | None:
        """Return an address of the web without a slash at its end."""
        return self.read(name, "an address that begins with http:// or https://", _address)


def _positive(said: str) -> float:
    number = float(said)
    if not 0 < number < float("inf"):
        raise ValueError
    return number


def _switched(said: str) -> bool:
    if said.lower() not in SWITCH:
        raise ValueError
    return SWITCH[said.lower()]


def _waits(said: str) -> tuple[float, ...]:
    waits = tuple(float(part) for part in said.split(","))
    if not all(0 <= wait < float("inf") for wait in waits):
        raise ValueError
    return waits


def _bounds(said: str) -> tuple[int, int]:
    per_minute, burst = (int(part) for part in said.split("/"))
    if per_minute < 1 or burst < 1:
        raise ValueError
    return per_minute, burst


def _address(said: str) -> str:
    parts = urlsplit(said)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError
    return said.rstrip("/")


def _keys(said: str) -> tuple[bytes, ...]:
    keys = []
    for part in said.split(","):
        standard = part.strip().replace("-", "+").replace("_", "/").rstrip("=")
        try:
            key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
        except binascii.Error:
            raise ValueError from None
        if len(key) != 32:
            raise ValueError
        keys.append(key)
    return tuple(keys)
