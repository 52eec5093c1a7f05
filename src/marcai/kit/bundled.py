"""Finds files that lie beside the package: in a checkout at its top, in an installed wheel inside the package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def bundled(folder: str, name: str) -> Path:
    """Return the path of a file of `fixtures/` or `prompts/`.

    Raises:
        FileNotFoundError: neither the checkout nor the wheel has it.
    """
    for home in (_PACKAGE.parent.parent / folder, _PACKAGE / "_bundled" / folder):
        if (home / name).is_file():
            return home / name
    raise FileNotFoundError(f"{folder}/{name}")
