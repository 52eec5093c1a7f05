"""The instructions for the language model: one file each, beside the sources or inside the installed package."""

from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).resolve()
_FOLDERS = (_HERE.parents[1] / "_prompts", _HERE.parents[3] / "prompts")
"""Inside an installed wheel, and at the top of a checkout; the wheel's build copies the one to the other."""


class PromptMissing(Exception):
    """The installation lacks a prompt file; only the name of the file is told."""


@lru_cache(maxsize=16)
def prompt(name: str) -> str:
    """Return the text of `prompts/<name>.md`.

    Raises:
        PromptMissing: there is no such file.
    """
    for folder in _FOLDERS:
        path = folder / f"{name}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise PromptMissing(name)
