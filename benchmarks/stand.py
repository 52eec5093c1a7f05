"""What benchmarks stand on: PostgreSQL with the demo clinic, a redis-server, servers as processes of their own, a bare client."""

import asyncio
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.migrate import upgrade
from marcai.backends.postgres.roles import SERVING_LOGIN
from marcai.clinics.keys import create
from marcai.kit.clock import OffsetClock
from marcai.kit.sealing import Keyring
from marcai.office.demo_clinic import load_demo_clinic

KEY = bytes(range(32))
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Stand:
    """A running database with the demo clinic, a Redis, and a key that opens the clinic."""

    postgres: EmbeddedPostgres
    database: str
    redis_url: str
    api_key: str
    clinic: Any

    @property
    def environment(self) -> dict[str, str]:
        """Return what `marcai serve` needs."""
        return {
            "MARCAI_DATABASE_URL": self.postgres.url(self.database, user=SERVING_LOGIN),
            "MARCAI_REDIS_URL": self.redis_url,
            "MARCAI_SECRET_KEY": "s" * 40,
            "MARCAI_ENCRYPTION_KEYS": base64.b64encode(KEY).decode(),
            "MARCAI_VAPI_WEBHOOK_SECRET": "v" * 40,
            "MARCAI_RATE_LIMIT_FACTOR": "100000",
        }

    def open(self) -> Any:
        """Return a coroutine that opens the database in this process."""
        url = self.postgres.url(self.database, user=SERVING_LOGIN)
        return Postgres.open(url, keyring=Keyring((KEY,)), clock=OffsetClock(), pool_size=10)


@contextmanager
def stand() -> Iterator[Stand]:
    """Start all of it, durable as in production, and clear it away in the end."""
    folder = Path(tempfile.mkdtemp(prefix="marcai-bench-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres.start(folder)
    redis, redis_url = _redis(folder)
    try:
        server.create_database("bench")
        asyncio.run(upgrade(server.url("bench"), login=SERVING_LOGIN))
        clinic, key = asyncio.run(_clinic_and_key(server))
        yield Stand(server, "bench", redis_url, key, clinic)
    finally:
        redis.terminate()
        redis.wait(timeout=10)
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _clinic_and_key(server: EmbeddedPostgres) -> tuple[Any, str]:
    database = await Postgres.open(server.url("bench", user=SERVING_LOGIN), keyring=Keyring((KEY,)), clock=OffsetClock(), pool_size=2)
    try:
        clinic = await load_demo_clinic(database.unit, database.directory, OffsetClock())
        async with database.unit(clinic, actor_label="bench") as unit:
            made = await create(unit.api_keys, name="bench", scopes=["*"])
            await unit.commit()
    finally:
        await database.close()
    return clinic, made.text


def _redis(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    program = shutil.which("redis-server")
    if program is None:
        sys.exit("this benchmark needs redis-server (Debian: apt-get install redis-server)")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _until_open(port)
    return running, f"redis://127.0.0.1:{port}/0"


@contextmanager
def redis_running(folder: Path) -> Iterator[str]:
    """Run a redis-server and yield its address."""
    running, url = _redis(folder)
    try:
        yield url
    finally:
        running.terminate()
        running.wait(timeout=10)


def _until_open(port: int, patience_seconds: float = 60) -> None:
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on {port}")


@contextmanager
def served(command: list[str], environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Run a server whose command takes `--port`; yield (port, process id)."""
    port = free_port()
    running = subprocess.Popen([*command, "--port", str(port)], env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        _until_open(port)
        time.sleep(0.3)
        yield port, running.pid
    finally:
        running.terminate()
        running.wait(timeout=15)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


class BareClient:
    """HTTP over one kept connection, with as little of its own as can be: what is measured is the server."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())

    def post(self, path: str, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Send JSON and return status and body."""
        sent = json.dumps(body).encode()
        more = self._head + "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}\r\n{more}\r\n"
        self._socket.sendall(head.encode() + sent)
        return self._answer()

    def _answer(self) -> tuple[int, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        while len(body) < length:
            body += self._more()
        return int(head.split(b" ", 2)[1]), body

    def _more(self) -> bytes:
        found = self._socket.recv(65536)
        if not found:
            raise ConnectionError("the server closed the connection")
        return found

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def today() -> datetime:
    """Return the machine's moment."""
    return datetime.now(UTC)
