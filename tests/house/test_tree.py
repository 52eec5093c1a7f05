"""What stands in the tree is the project's alone, and installs from wherever a machine gets its packages."""

import os
import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
# Split, so that this file does not find itself.
REGISTRIES = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", "registry" + r"\.np" + "mjs", "deb" + r"\.debian")))


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    if not (REPOSITORY / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=REPOSITORY, check=True, capture_output=True, text=True)
    return [path for name in listed.stdout.split("\0") if name and (path := REPOSITORY / name).is_file()]


def test_no_file_names_a_registrys_host(tracked: list[Path]) -> None:
    assert [path.name for path in tracked if REGISTRIES.search(path.read_text(errors="ignore"))] == []


def test_the_lock_has_a_hash_for_every_package_and_no_address(tracked: list[Path]) -> None:
    for name in ("requirements.lock", "requirements-serve.lock"):
        lock = (REPOSITORY / name).read_text()
        assert "://" not in lock
        assert " @ " not in lock
        for pinned in re.split(r"\n(?=\S)", lock):
            assert pinned.startswith("#") or "--hash=sha256:" in pinned, pinned[:80]
    assert "uv.lock" not in {path.name for path in tracked}


def test_the_lock_pins_all_that_the_project_names() -> None:
    pinned = set(re.findall(r"^([a-z0-9-]+)(?:\[|==)", (REPOSITORY / "requirements.lock").read_text(), re.MULTILINE))
    project = (REPOSITORY / "pyproject.toml").read_text()
    named = {name.lower() for name in re.findall(r'^  "([A-Za-z0-9-]+)(?:\[[a-z]+\])?(?:>=[^"]*)?",?$', project, re.MULTILINE)}
    asked = {name for name in named if f'"{name}' in project.split("[project.optional-dependencies]", maxsplit=1)[0]}
    assert {"fastapi", "sqlalchemy", "tzdata"} <= asked
    assert asked <= pinned


@pytest.mark.parametrize("script", ["bin/setup", "bin/lock", ".ci/run"])
def test_a_script_can_be_run_and_read_by_any_shell(script: str) -> None:
    assert os.access(REPOSITORY / script, os.X_OK)
    assert subprocess.run(["sh", "-n", REPOSITORY / script], check=False).returncode == 0
