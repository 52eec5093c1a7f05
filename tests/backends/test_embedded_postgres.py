"""The embedded PostgreSQL starts, survives its owner's death, and refuses what it cannot serve."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from marcai.backends.embedded.binaries import RunsAs, postgres_bin
from marcai.backends.embedded.errors import ClosedFolder, DataFolderInUse, OtherDatabaseVersion
from marcai.backends.embedded.postgres import EmbeddedPostgres

OWNER_PROGRAM = """
    import sys, time
    from pathlib import Path
    from marcai.backends.embedded.postgres import EmbeddedPostgres
    server = EmbeddedPostgres.start(Path(sys.argv[1]))
    if not server.has_database("kept"):
        server.create_database("kept")
    print(server.pid, server.socket_dir, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="marcai-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name) / "demo"


def start_owner(folder: Path) -> tuple[subprocess.Popen[str], int, Path]:
    owner = subprocess.Popen([sys.executable, "-c", textwrap.dedent(OWNER_PROGRAM), folder], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    pid, socket_dir = owner.stdout.readline().split()
    return owner, int(pid), Path(socket_dir)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # In a container nobody may fetch the dead: a zombie has no command line.
    return sys.platform != "linux" or Path(f"/proc/{pid}/cmdline").read_bytes() != b""


async def test_a_killed_owner_takes_the_server_along_and_the_next_start_finds_everything(folder: Path) -> None:
    owner, server_pid, socket_dir = start_owner(folder)
    owner.kill()
    owner.wait()

    second = EmbeddedPostgres.start(folder)

    try:
        assert not is_alive(server_pid)
        assert not socket_dir.exists()
        assert second.has_database("kept")
    finally:
        second.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_killed_owner_leaves_no_server_behind(folder: Path) -> None:
    owner, server_pid, _ = start_owner(folder)
    owner.kill()
    owner.wait()
    deadline = time.monotonic() + 10
    while is_alive(server_pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(server_pid)
    EmbeddedPostgres.start(folder).stop()


def test_a_server_that_outlived_its_owner_is_ended_by_the_next_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marcai.backends.embedded.postgres._die_with_us", lambda: None)
    first = EmbeddedPostgres.start(folder)
    survivor = first.pid
    assert survivor is not None
    assert first._lock is not None
    first._lock.close()  # as the kernel does when the owner dies
    reaper = threading.Thread(target=os.waitpid, args=(survivor, 0))
    reaper.start()

    second = EmbeddedPostgres.start(folder)

    reaper.join()
    assert second.pid != survivor
    assert not is_alive(survivor)
    second.stop()


def test_a_pid_file_that_names_somebody_elses_process_does_not_hinder_the_start(folder: Path) -> None:
    first = EmbeddedPostgres.start(folder)
    pid_file = folder / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    first.stop()
    # This very process is alive, and no server.
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    second = EmbeddedPostgres.start(folder)

    assert second.has_database("postgres")
    second.stop()


def test_a_folder_in_use_is_refused_but_can_be_joined(folder: Path) -> None:
    owner, _, socket_dir = start_owner(folder)
    try:
        with pytest.raises(DataFolderInUse, match=str(folder)):
            EmbeddedPostgres.start(folder)
        visitor = EmbeddedPostgres.join(folder)
        assert visitor is not None
        assert visitor.has_database("kept")
        visitor.stop()
        assert socket_dir.exists()
    finally:
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    deadline = time.monotonic() + 10
    while EmbeddedPostgres.join(folder) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert EmbeddedPostgres.join(folder) is None
    EmbeddedPostgres.start(folder).stop()
    assert not socket_dir.exists()


def test_a_folder_is_erased_unless_somebody_runs_on_it(folder: Path) -> None:
    EmbeddedPostgres.erase(folder)
    server = EmbeddedPostgres.start(folder, durable=False)
    server.create_database("kept")
    with pytest.raises(DataFolderInUse):
        EmbeddedPostgres.erase(folder)
    assert server.has_database("kept")
    server.stop()

    EmbeddedPostgres.erase(folder)

    second = EmbeddedPostgres.start(folder, durable=False)
    assert not second.has_database("kept")
    second.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's database runs as somebody else")
def test_a_folder_that_the_databases_user_cannot_enter_is_refused_by_name_and_left_alone() -> None:
    with tempfile.TemporaryDirectory() as closed:
        wish = Path(closed) / "below" / "demo"
        with pytest.raises(ClosedFolder, match=closed):
            EmbeddedPostgres.start(wish)
        assert not (Path(closed) / "below").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's database runs as somebody else")
def test_programs_behind_a_closed_folder_are_copied_once_to_where_their_user_can_run_them(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = RunsAs.here()
    with tempfile.TemporaryDirectory() as shelter, tempfile.TemporaryDirectory() as closed:
        Path(shelter).chmod(0o755)
        monkeypatch.setattr("marcai.backends.embedded.binaries.ROOTS_HOME_FOR_MARCAI", Path(shelter) / "marcai")
        package = postgres_bin(nobody).parents[1]
        hidden = Path(closed) / package.name
        hidden.symlink_to(package)  # resolves to the open place
        monkeypatch.setattr(RunsAs, "first_closed", lambda _self, place: None if shelter in str(place) else place)

        copied = postgres_bin(nobody)

        assert copied.is_relative_to(shelter)
        made = (copied / "initdb").stat().st_ino
        assert (postgres_bin(nobody) / "initdb").stat().st_ino == made
        ran = subprocess.run(
            [copied / "initdb", "--version"], user=nobody.uid, group=nobody.gid, check=True, capture_output=True, text=True
        )
        assert "PostgreSQL" in ran.stdout


def test_a_folder_of_another_major_version_is_refused(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(OtherDatabaseVersion, match="PostgreSQL 9"):
        EmbeddedPostgres.start(folder)


def test_a_start_from_another_thread_is_a_mistake(folder: Path) -> None:
    caught: list[BaseException] = []

    def start() -> None:
        try:
            EmbeddedPostgres.start(folder)
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])


async def test_a_refused_statement_leaves_nothing_of_its_text_in_the_log(folder: Path) -> None:
    server = EmbeddedPostgres.start(folder, durable=False)
    engine = create_async_engine(server.url("postgres"))
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError):
            await connection.execute(text("SELECT 'canary-of-a-patient'::date"))
    await engine.dispose()
    server.stop()
    assert "canary" not in (folder / "postgres.log").read_text()


async def test_every_test_has_a_database_of_its_own(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE mine (number int)"))
        assert (await connection.execute(text("SHOW fsync"))).scalar() == "off"
    await engine.dispose()
