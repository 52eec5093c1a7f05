"""SQL for the driver with parameters by name: `:name` in the text, once or often, becomes `$1`, `$2` …"""

import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r"(?<![:\w]):([a-z_]+)")


class Statement:
    """A statement that is written with names and sent with numbers."""

    __slots__ = ("names", "sql")

    def __init__(self, text: str) -> None:
        self.names: tuple[str, ...] = tuple(dict.fromkeys(_NAME.findall(text)))
        numbers = {name: f"${number}" for number, name in enumerate(self.names, start=1)}
        self.sql = _NAME.sub(lambda found: numbers[found[1]], text)

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the values in the order of their numbers; values that the statement does not name are left out."""
        return [values[name] for name in self.names]
