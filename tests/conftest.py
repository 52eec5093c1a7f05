"""What every test may ask for: a migrated database of its own, a Redis, and the shared material when it is at hand."""

import asyncio
import inspect
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fakeredis
import hypothesis
import pytest
import redis.asyncio

from marcai.backends.embedded.postgres import EmbeddedPostgres
from tests import scale

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("MARCAI_SHARED") or REPOSITORY.parent / "shared")
TEMPLATE = "template_marcai"

hypothesis.settings.register_profile("quick", deadline=None, max_examples=50)
hypothesis.settings.register_profile("prove", deadline=None, max_examples=2500)
hypothesis.settings.load_profile("prove" if scale.PROVES else "quick")


def pytest_report_header() -> str:
    """Print what repeats this run."""
    size = "full size" if scale.PROVES else f"1/{scale.SMALLER_BY} of full size"
    return f"marcai: MARCAI_SEED={scale.SEED}, figures at {size}"


def pytest_configure(config: pytest.Config) -> None:
    """Give hypothesis the run's seed."""
    if config.option.__dict__.get("hypothesis_seed") is None:
        config.option.hypothesis_seed = str(scale.SEED)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """One server for all tests, which forgets everything in the end."""
    folder = Path(tempfile.mkdtemp(prefix="marcai-tests-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres.start(folder, durable=False)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_template(postgres: EmbeddedPostgres) -> str:
    """The database that every test's own is cloned from: all migrations, no rows."""
    postgres.create_database(TEMPLATE)
    if find_spec("marcai.backends.postgres.migrate") is not None:
        upgraded: Any = import_module("marcai.backends.postgres.migrate").upgrade(postgres.url(TEMPLATE))
        if inspect.isawaitable(upgraded):

            async def wait() -> None:
                await upgraded

            asyncio.run(wait())
    return TEMPLATE


_database_numbers = itertools.count(1)


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, migrated_template: str) -> Iterator[str]:
    """The owner's URL of a migrated database that is this test's alone. Any role may log in by its name."""
    name = f"test_{next(_database_numbers)}"
    postgres.create_database(name, template=migrated_template)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def redis_server_url() -> Iterator[str]:
    """A real redis-server on a port of the moment; the test is skipped where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on this machine: the half of the Redis tests that needs a real one did not run")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="marcai-redis-")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(timeout=10)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["fakeredis", "redis-server"])
async def redis_client(request: pytest.FixtureRequest) -> AsyncIterator[redis.asyncio.Redis]:
    """An empty Redis, once in the process and once a real server."""
    client: redis.asyncio.Redis
    if request.param == "fakeredis":
        client = fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer())
    else:
        client = redis.asyncio.Redis.from_url(request.getfixturevalue("redis_server_url"))
        await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared material beside the checkout (`MARCAI_SHARED`); the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared material (MARCAI_SHARED names a folder that is not there: {SHARED.name})")
    return SHARED
