"""The floors hold, and each contract that guards them breaks when somebody sins against it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

# The room that sins, what it writes, and the contract that must break. A module that a sin needs is made with it.
SINS = [
    pytest.param("kit/sin.py", "import marcai.scheduling.errors", "floors", id="a lower floor looks up"),
    pytest.param("understanding/sin.py", "import marcai.scheduling.errors", "floors", id="rooms side by side know each other"),
    pytest.param("notifications/sin.py", "import marcai.tools", "floors", id="a notice does a deed"),
    pytest.param("api/sin.py", "import marcai.backends.postgres", "floors", id="a door knows what stands behind us"),
    pytest.param("cellar/sin.py", "", "floors", id="a room on no floor"),
    pytest.param("kit/sin.py", "import marcai.kit.sin_too", "circles", id="a circle"),
    pytest.param(
        "kit/sin.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import marcai.kit.sin_too",
        "circles",
        id="a circle of types only",
    ),
    pytest.param("backends/sin.py", "import marcai.tools", "backends", id="a backend uses a use case"),
    pytest.param("scheduling/sin.py", "import fastapi", "web", id="the web below the doors"),
    pytest.param("conversation/sin.py", "import starlette.requests", "web", id="the web's inner parts below the doors"),
    pytest.param("api/sin.py", "import sqlalchemy", "sql", id="SQL at a door"),
    pytest.param("backends/redis/sin.py", "import asyncpg", "sql", id="SQL in another backend"),
    pytest.param("conversation/sin.py", "import redis.asyncio", "redis", id="Redis in a talk"),
    pytest.param("understanding/sin.py", "import openai", "model", id="a model's vendor outside its backend"),
    pytest.param("scheduling/sin.py", "import sklearn", "learning", id="the clinic's truth with a vendor of models"),
    pytest.param("tools/sin.py", "import httpx", "http", id="a tool on the network"),
    pytest.param("notifications/sin.py", "import httpcore", "http", id="a notice on the network"),
    pytest.param("backends/postgres/sin.py", "import psycopg", "jobs", id="a second driver"),
    pytest.param("scheduling/sin.py", "import procrastinate", "jobs", id="the calendar knows its engine of jobs"),
    pytest.param("conversation/sin.py", "import transitions", "transitions", id="a second state machine"),
    pytest.param("understanding/sin.py", "import dateparser", "dateparser", id="dateparser outside the dates"),
    pytest.param("scheduling/sin.py", "import rapidfuzz", "names", id="rapidfuzz outside the names"),
]


def contract_names() -> dict[str, str]:
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract["name"] for contract in contracts}


def lint(where: Path, *options: str) -> str:
    """Return what import-linter says of the package under `where`."""
    linter = Path(sys.executable).with_name("lint-imports")
    command: list[str | Path] = [linter, "--config", where / "pyproject.toml", "--no-cache", "--no-logo", *options]
    done = subprocess.run(command, cwd=where / "src", env={"PYTHONPATH": str(where / "src")}, check=False, capture_output=True, text=True)
    return f"exit {done.returncode}\n{done.stdout}{done.stderr}"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package that may be sinned in."""
    shutil.copytree(REPOSITORY / "src" / "marcai", tmp_path / "src" / "marcai", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_as_it_stands_keeps_every_contract(house: Path) -> None:
    said = lint(house)
    assert said.startswith("exit 0"), said


@pytest.mark.parametrize(("where", "sin", "contract"), SINS)
def test_a_sin_breaks_the_contract_that_guards_against_it(house: Path, where: str, sin: str, contract: str) -> None:
    name = contract_names()[contract]
    sinner = house / "src" / "marcai" / where
    sinner.parent.mkdir(exist_ok=True)
    (sinner.parent / "__init__.py").touch()
    sinner.write_text(sin + "\n")
    if "sin_too" in sin:
        (sinner.parent / "sin_too.py").write_text("import marcai.kit.sin\n")

    said = lint(house, "--contract", contract)

    assert said.startswith("exit 1"), said
    assert f"{name} BROKEN" in said, said


def test_every_contract_has_a_sin_that_breaks_it() -> None:
    assert {case.values[2] for case in SINS} == set(contract_names())


def test_a_package_marker_is_empty() -> None:
    markers = (REPOSITORY / "src").rglob("__init__.py")
    assert [str(marker) for marker in markers if marker.stat().st_size] == []
