"""The figures that are promised on the outside development cases."""

from typing import Any

import pytest

from marcai.understanding.dates.finder import LANGUAGES
from marcai.understanding.meaning import Language
from tests.understanding.dates.cases import extract, load_scorer, shared_folder

languages = pytest.mark.parametrize("language", list(LANGUAGES), ids=lambda language: language.short)


def _days(value: Any) -> str:
    if isinstance(value, dict):
        return str(value["date"])[:10]
    return str((value[0] or value[1]) if isinstance(value, list) else value)[:10]


def _is_right(case: dict[str, Any], found: list[dict[str, Any]], scorer: Any) -> bool:
    forbidden = set(case.get("temporal", {}).get("forbidden_days", ()))
    named = {_days(one["value"]) for one in found if not (isinstance(one["value"], list) and case["type"] == "daterange")}
    return bool(scorer.score(case, found)["hit"]) and not forbidden & named


def _misses(language: Language, file: str) -> tuple[list[str], int, list[str], int]:
    folder = shared_folder()
    scorer = load_scorer(folder)
    cases = [c for c in scorer.load(str(folder / file)) if c["lang"] == language.short and c["core"]]
    found = {c["id"]: extract(c["text"], c["lang"], c["reference_time"]) for c in cases}
    wrong = [f"{c['text']} -> {[one['value'] for one in found[c['id']]]}" for c in cases if not _is_right(c, found[c["id"]], scorer)]
    free = [c for c in cases if c["type"] == "none"]
    return wrong, len(cases), [c["text"] for c in free if found[c["id"]]], len(free)


@languages
def test_at_least_98_of_100_core_cases_are_right(language: Language) -> None:
    wrong, count, false, free = _misses(language, "datetime_dev.jsonl")
    assert len(wrong) <= 0.02 * count, wrong
    assert len(false) <= 0.01 * free, false


@languages
def test_at_least_97_of_100_own_messages_are_right_without_days_that_were_taken_back(language: Language) -> None:
    wrong, count, false, free = _misses(language, "own_dev.jsonl")
    assert len(wrong) <= 0.03 * count, wrong
    assert len(false) <= 0.01 * free, false
