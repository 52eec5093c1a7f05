"""PostgreSQL in a folder: the demo's and the tests' database, started and ended by this process.

Nothing listens on the network: the server has one unix socket in a short temporary folder. Who owns a data folder holds a
lock on `owner.lock` in it, which the kernel frees however the owner dies; the file names the socket's folder. A server that
outlived its owner is ended before the next one starts.
"""

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from marcai.backends.embedded.binaries import RunsAs, make_open_folder, postgres_bin
from marcai.backends.embedded.errors import ClosedFolder, DatabaseDidNotStart, DataFolderInUse, OtherDatabaseVersion

OWNER = "marcai"
SOCKET_PREFIX = "marcai-pg-"
PATIENCE_SECONDS = 60.0
PR_SET_PDEATHSIG = 1
# Whatever locale or PG* variables the machine sets, the programs see none of them.
PLAIN_ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}

ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A refused statement may bear a patient's words: the log tells of the server, not of statements.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # A vacuum in a template database would make the next clone wait.
    "autovacuum": "off",
}


@dataclass(slots=True)
class EmbeddedPostgres:
    """A running server. Made by `start` (owns it) or `join` (visits one that another process owns)."""

    socket_dir: Path
    bin_dir: Path
    _server: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _lock: IO[bytes] | None = field(default=None, repr=False)

    @classmethod
    def start(cls, data_dir: Path, *, durable: bool = True) -> "EmbeddedPostgres":
        """Start the server of this folder, making the folder and its database cluster first if need be.

        Blocks until the server answers (about 1 s the first time, 0.2 s later). Call it from the main thread. `durable=False` is
        for tests: a crash of the machine may then lose everything.

        Raises:
            EmbeddedDatabaseError: one of its leaves; the text says what to do.
        """
        if threading.current_thread() is not threading.main_thread():
            # The kernel's parent-death signal follows the thread that forked, not the process.
            raise RuntimeError("start the embedded PostgreSQL from the main thread")
        runs_as = RunsAs.here()
        if (closed := runs_as.first_closed(data_dir)) is not None:
            raise ClosedFolder(
                f"the data folder {data_dir} cannot be entered by the user {runs_as.name}, who runs the database: "
                f"{closed} is closed to it; choose another folder or open that one (chmod o+x)"
            )
        if runs_as.is_somebody_else:
            make_open_folder(data_dir)
        else:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _owners_lock(data_dir)
        try:
            bin_dir = postgres_bin(runs_as)
            cluster = data_dir / "postgres"
            _end_survivor(cluster)
            _clear_socket(lock)
            _make_cluster(cluster, bin_dir, runs_as, durable=durable)
            # A socket's path must stay below some 104 bytes, which a TMPDIR of macOS or of a test may not leave.
            socket_dir = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir="/tmp"))
            os.chown(socket_dir, runs_as.uid, runs_as.gid)
            lock.write(bytes(socket_dir))
            lock.flush()
            server = _launch(cluster, bin_dir, socket_dir, runs_as, durable=durable)
        except BaseException:
            lock.close()
            raise
        return cls(socket_dir, bin_dir, server, lock)

    @classmethod
    def join(cls, data_dir: Path) -> "EmbeddedPostgres | None":
        """Return the server that another process runs on this folder, or None when nobody does. Stopping it does nothing."""
        lines = _postmaster_lines(data_dir / "postgres")
        if len(lines) < 8 or not lines[7].startswith("ready") or not _is_postmaster(int(lines[0]), data_dir / "postgres"):
            return None
        return cls(Path(lines[4]), postgres_bin(RunsAs.here()))

    @classmethod
    def erase(cls, data_dir: Path) -> None:
        """Delete the folder's database with everything in it. Where there is none, nothing happens.

        Raises:
            DataFolderInUse: a server runs on it, whose files must not be taken away.
        """
        if not (data_dir / "postgres").exists():
            return
        with _owners_lock(data_dir):
            _end_survivor(data_dir / "postgres")
            shutil.rmtree(data_dir / "postgres")

    @property
    def pid(self) -> int | None:
        """The server's process, when it is ours."""
        return self._server.pid if self._server else None

    def url(self, database: str, *, user: str = OWNER) -> str:
        """Return an SQLAlchemy URL of the database over the unix socket. Every role of the server may log in by its name alone."""
        return f"postgresql+asyncpg://{user}@/{database}?host={self.socket_dir}"

    def create_database(self, database: str, *, template: str = "template0") -> None:
        """Create the database; the template must have no other visitors."""
        self._say(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def drop_database(self, database: str) -> None:
        """Drop the database and whoever is still in it."""
        self._say(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def has_database(self, database: str) -> bool:
        """Whether a database of that name exists."""
        return database in self._say("SELECT datname FROM pg_database").splitlines()

    def _say(self, statement: str) -> str:
        command = [str(self.bin_dir / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", str(self.socket_dir), "-U", OWNER, "-d", "postgres"]
        told = subprocess.run([*command, "-c", statement], check=False, capture_output=True, text=True, env=PLAIN_ENVIRONMENT)
        if told.returncode:
            raise DatabaseDidNotStart(told.stderr.strip())
        return told.stdout.strip()

    def stop(self) -> None:
        """End the server in good order, and let go of the folder. A second call does nothing."""
        if self._server is None:
            return
        for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self._server.send_signal(order)
            try:
                self._server.wait(timeout=15)
                break
            except subprocess.TimeoutExpired:
                continue
        self._server = None
        shutil.rmtree(self.socket_dir, ignore_errors=True)
        if self._lock:
            self._lock.close()


def _owners_lock(data_dir: Path) -> IO[bytes]:
    lock = (data_dir / "owner.lock").open("a+b")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise DataFolderInUse(f"another Marcaí runs on {data_dir}: stop it, or choose another --data-dir") from error
    return lock


def _postmaster_lines(cluster: Path) -> list[str]:
    """Return the lines of the server's own pid file: pid, cluster, start, port, socket folder, address, memory key, status."""
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _is_postmaster(pid: int, cluster: Path) -> bool:
    """Whether that process is the server of this cluster: after a reboot the number may be anybody's."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            words = proc.read_bytes().decode(errors="replace")
        except OSError:
            return False
    else:
        words = subprocess.run(["/bin/ps", "-p", str(pid), "-o", "command="], check=False, capture_output=True, text=True).stdout
    return "postgres" in words and str(cluster.resolve()) in words


def _end_survivor(cluster: Path) -> None:
    """End a server whose owner was killed. Only under the owner's lock."""
    lines = _postmaster_lines(cluster)
    if not lines:
        return
    pid = int(lines[0])
    for order in (signal.SIGINT, signal.SIGQUIT):
        if not _is_postmaster(pid, cluster):
            break
        os.kill(pid, order)
        _until(lambda: not _is_postmaster(pid, cluster), seconds=PATIENCE_SECONDS / 2)
    if _is_postmaster(pid, cluster):
        raise DatabaseDidNotStart(f"an earlier server of this folder (process {pid}) does not end")
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _clear_socket(lock: IO[bytes]) -> None:
    """Remove the socket folder of an owner who was killed: its path is what the lock's file holds."""
    lock.seek(0)
    left = Path(lock.read().decode())
    if left.name.startswith(SOCKET_PREFIX):
        shutil.rmtree(left, ignore_errors=True)
    lock.truncate(0)


def _make_cluster(cluster: Path, bin_dir: Path, runs_as: RunsAs, *, durable: bool) -> None:
    """Make the database cluster, as a whole or not at all, unless it is there."""
    version = subprocess.run([bin_dir / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    major = version.split()[-1].split(".")[0]
    if (cluster / "PG_VERSION").exists():
        written_by = (cluster / "PG_VERSION").read_text().strip()
        if written_by != major:
            raise OtherDatabaseVersion(
                f"{cluster} was written by PostgreSQL {written_by}, this is {major}: dump and restore it, or --reset"
            )
        return
    unfinished = cluster.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    os.chown(unfinished, runs_as.uid, runs_as.gid)
    command: list[str | Path] = [bin_dir / "initdb", "-D", unfinished, "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--no-instructions"]
    # The builtin locale is the same on every machine, and needs none installed.
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", *([] if durable else ["--no-sync"])]
    made = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        env=PLAIN_ENVIRONMENT,
        user=runs_as.uid if runs_as.is_somebody_else else None,
        group=runs_as.gid if runs_as.is_somebody_else else None,
        extra_groups=[] if runs_as.is_somebody_else else None,
    )
    if made.returncode:
        raise DatabaseDidNotStart(f"initdb failed: {_last_lines(made.stderr)}")
    unfinished.rename(cluster)


def _launch(cluster: Path, bin_dir: Path, socket_dir: Path, runs_as: RunsAs, *, durable: bool) -> subprocess.Popen[bytes]:
    settings = ALWAYS | {"unix_socket_directories": str(socket_dir)} | ({} if durable else FORGETFUL)
    command: list[str | Path] = [bin_dir / "postgres", "-D", cluster.resolve()]
    for name, setting in settings.items():
        command += ["-c", f"{name}={setting}"]
    log_path = cluster.with_name("postgres.log")
    with log_path.open("wb") as log:
        # Its own session: Ctrl-C in the terminal is for us, and we then end the server last.
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            env=PLAIN_ENVIRONMENT,
            user=runs_as.uid if runs_as.is_somebody_else else None,
            group=runs_as.gid if runs_as.is_somebody_else else None,
            extra_groups=[] if runs_as.is_somebody_else else None,
            preexec_fn=_die_with_us(),  # noqa: PLW1509 (a C call and nothing else happens in the child)
        )

    def is_settled() -> bool:
        lines = _postmaster_lines(cluster)
        is_ready = len(lines) > 7 and lines[7].startswith("ready") and lines[0] == str(server.pid)
        return is_ready or server.poll() is not None

    _until(is_settled, seconds=PATIENCE_SECONDS)
    lines = _postmaster_lines(cluster)
    if server.poll() is not None or len(lines) < 8 or not lines[7].startswith("ready"):
        if server.poll() is None:
            server.send_signal(signal.SIGQUIT)
        shutil.rmtree(socket_dir, ignore_errors=True)
        raise DatabaseDidNotStart(f"PostgreSQL did not start on {cluster}: {_last_lines(log_path.read_text(errors='replace'))}")
    return server


def _die_with_us() -> Callable[[], None] | None:
    """Return what the child calls after it changed its user and before it becomes postgres: end in good order when we die.

    The kernel forgets the wish when the user changes, hence the order. macOS has no such signal: there the next start
    ends the survivor.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask_the_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def _until(is_done: Callable[[], bool], *, seconds: float) -> None:
    """Wait for it, looking often at first, and no longer than that."""
    deadline = time.monotonic() + seconds
    pause = 0.005
    while not is_done() and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(pause * 1.3, 0.1)


def _last_lines(text: str) -> str:
    return " | ".join(text.strip().splitlines()[-4:])
