"""Reads a file of labelled messages: `[pt book]` opens a block, with a message a line."""

import re
from collections.abc import Iterator
from pathlib import Path

_HEADING = re.compile(r"\[(\S+) (\S+)\]")


def batch(path: Path) -> Iterator[tuple[str, str, str]]:
    """Return language, text and intents of each message in a file: `[pt book]` opens a block with a message a line."""
    language = intents = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := _HEADING.fullmatch(line):
            language, intents = heading[1], heading[2]
        elif line and not line.startswith("# "):
            yield language, line, intents
