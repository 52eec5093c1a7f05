"""The command line as a newcomer uses it: processes of their own, killed without mercy."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from marcai.commands import understand

MARCAI = [sys.executable, "-m", "marcai"]
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("MARCAI_")}
KEY = {"x-api-key": "mk_test_demo"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the database's own user can enter."""
    with tempfile.TemporaryDirectory(prefix="marcai-demo-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


def started(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the demo on that folder and return its process and address, once it is healthy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*MARCAI, "demo", "--port", str(port), "--data-dir", str(folder), "--now", "2026-03-02T09:00:00-03:00"]
    running = subprocess.Popen(command, env=PLAIN, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and running.poll() is None:
        try:
            if httpx.get(f"{address}/health").json()["status"] == "healthy":
                return running, address
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError("the demo did not become healthy")


def test_a_killed_demo_comes_back_with_the_talk_and_the_visit(folder: Path) -> None:
    running, address = started(folder)
    patient = httpx.get(f"{address}/v1/scheduling/patients", headers=KEY).json()["items"][0]["id"]

    def say(message: str) -> dict[str, object]:
        body = {"patient_id": patient, "channel": "web", "message": message}
        return dict(httpx.post(f"{address}/v1/scheduling/conversation", headers=KEY, json=body, timeout=20).json())

    assert say("quero marcar com a doutora Ana amanhã à tarde")["offer"]
    running.send_signal(signal.SIGKILL)
    running.wait()
    running, address = started(folder)
    try:
        booked = say("sim, pode marcar")
        assert booked["state"] == "completed"
        made = subprocess.run(
            [*MARCAI, "keys", "create", "--clinic", "demo", "--scopes", "read:appointments", "--data-dir", str(folder)],
            env=PLAIN,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        seen = httpx.get(f"{address}/v1/scheduling/appointments", params={"patient_id": patient}, headers={"x-api-key": made}).json()
        assert booked["appointment"]["id"] in [one["id"] for one in seen["items"]]  # type: ignore[index]
    finally:
        running.terminate()
        running.wait(timeout=20)


def test_production_names_everything_that_it_misses_and_does_not_start() -> None:
    refused = subprocess.run([*MARCAI, "serve"], env=PLAIN, cwd=tempfile.gettempdir(), capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "VAPI_WEBHOOK_SECRET"):
        assert f"MARCAI_{name}" in refused.stderr


def test_understand_reads_lines_and_writes_lines() -> None:
    source = io.StringIO(
        json.dumps({"id": "a", "text": "quero marcar amanhã às 15h", "lang": "pt", "reference_time": "2026-03-02T09:00"})
        + "\n\n"
        + json.dumps({"id": "b", "text": "book me for tomorrow at 3 pm"})
        + "\nnot json\n"
    )
    sink = io.StringIO()
    status = understand.run(Namespace(lang=None, now="2026-03-02T09:00"), source, sink)
    first, second, third = (json.loads(line) for line in sink.getvalue().splitlines())
    assert (first["id"], first["intent"], first["lang"]) == ("a", "book", "pt")
    assert [one["value"] for one in first["temporal"]] == ["2026-03-03T15:00"]
    assert (second["lang"], [one["value"] for one in second["temporal"]]) == ("en", ["2026-03-03T15:00"])
    assert third["error"].startswith("line 4")
    assert status == 1
