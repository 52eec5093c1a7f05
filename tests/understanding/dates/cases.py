"""What the tests of dates share: reading a sentence at a known moment, and the outside case files, if they are there."""

import importlib.util
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from marcai.understanding.dates.finder import find_times
from marcai.understanding.meaning import Language, TimeMention
from marcai.understanding.serial import when_json

MONDAY = datetime(2026, 11, 23, 10, 0)
SHARED = Path(os.environ.get("MARCAI_SHARED", Path(__file__).parents[4] / "shared"))


def reader(language: Language, now: datetime = MONDAY) -> Callable[[str], list[object]]:
    """Return a function from a sentence to the values that it wants, in the API's form."""

    def values(text: str) -> list[object]:
        return [when_json(mention.value) for mention in find_times(text, language, now) if not mention.excluded]

    return values


def only(text: str, language: Language, now: datetime = MONDAY) -> TimeMention:
    """Return the one mention of a sentence."""
    (mention,) = find_times(text, language, now)
    return mention


def shared_folder() -> Path:
    """Return the folder of the outside cases; without it the test is skipped, and says so."""
    folder = SHARED / "nlu"
    if not (folder / "scorer.py").exists():
        pytest.skip(f"no case files in {SHARED} (MARCAI_SHARED)")
    return folder


def load_scorer(folder: Path) -> ModuleType:
    """Return the scorer that stands beside the cases."""
    spec = importlib.util.spec_from_file_location("scorer", folder / "scorer.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def extract(text: str, lang: str, reference_time: str) -> list[dict[str, Any]]:
    """Return what is found, in the scorer's form."""
    language = next(one for one in Language if one.short == lang)
    mentions = find_times(text, language, datetime.fromisoformat(reference_time))
    return [
        {"text": m.text, "value": when_json(m.value), "alternatives": [when_json(other) for other in m.alternatives]}
        for m in mentions
        if not m.excluded
    ]
