"""`marcai demo`: everything on this machine, in one process: an embedded PostgreSQL, a Redis in the process, a demo clinic."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from marcai.backends.embedded.binaries import default_data_dir
from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.migrate import upgrade
from marcai.backends.postgres.roles import SERVING_LOGIN
from marcai.commands.serve import serve
from marcai.kit.clock import Clock, OffsetClock
from marcai.kit.errors import MarcaiError
from marcai.kit.logging import configure_logging
from marcai.kit.sealing import Keyring
from marcai.office.demo_clinic import load_demo_clinic
from marcai.settings import Settings, for_demo, read_environment

DATABASE = "marcai"


class BadMoment(MarcaiError):
    """`--now` is not an ISO 8601 time with an offset."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("demo", help="serve a demo clinic; needs nothing else")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data-dir", type=Path, default=None, help="where the demo keeps everything")
    parser.add_argument("--now", default=None, help="let the clock start at this moment and tick on (ISO 8601 with an offset)")
    parser.add_argument("--reset", action="store_true", help="begin anew: forget what the data folder holds")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Start the database, load the clinic if it is not there, and serve until told to stop."""
    configure_logging(as_json=False)
    data_dir = arguments.data_dir or default_data_dir()
    if arguments.reset:
        EmbeddedPostgres.erase(data_dir)
    clock = clock_from(arguments.now)
    server = EmbeddedPostgres.start(data_dir)
    try:
        settings = settings_for(server, data_dir, port=arguments.port)
        asyncio.run(prepare(server, settings, clock))
        _greet(arguments.host, arguments.port, settings)
        serve(settings, clock, host=arguments.host, port=arguments.port, works_too=True)
    finally:
        server.stop()
    return 0


def clock_from(words: str | None) -> Clock:
    """Return the machine's clock, or one that starts at the moment that the words name.

    Raises:
        BadMoment: they name none.
    """
    if words is None:
        return OffsetClock()
    try:
        moment = datetime.fromisoformat(words)
    except ValueError as error:
        raise BadMoment("--now takes an ISO 8601 time, such as 2026-03-02T09:00:00-03:00") from error
    if moment.tzinfo is None:
        raise BadMoment("--now takes a time with an offset, such as 2026-03-02T09:00:00-03:00")
    return OffsetClock.starting_at(moment.astimezone(UTC))


def settings_for(server: EmbeddedPostgres, data_dir: Path, *, port: int = 8000) -> Settings:
    """Return the demo's settings for that database."""
    return for_demo(
        read_environment(), data_dir=data_dir, database_url=server.url(DATABASE, user=SERVING_LOGIN), public_url=f"http://localhost:{port}"
    )


async def prepare(server: EmbeddedPostgres, settings: Settings, clock: Clock) -> None:
    """Make the database if there is none, bring it up to date, and load the demo clinic once."""
    if not server.has_database(DATABASE):
        server.create_database(DATABASE)
    await upgrade(server.url(DATABASE), login=SERVING_LOGIN)
    postgres = await Postgres.open(settings.database_url, keyring=Keyring(settings.encryption_keys), clock=clock, pool_size=2)
    try:
        await load_demo_clinic(postgres.unit, postgres.directory, clock)
    finally:
        await postgres.close()


def _greet(host: str, port: int, settings: Settings) -> None:
    address = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}"  # noqa: S104 (compared, not bound)
    lines = [
        f"Marcaí demo: {address}/  (chat page), {address}/docs  (API, key mk_test_demo)",
        "Vapi webhooks are open here: no secret is set. Production refuses to start so." if settings.vapi_webhook_secret is None else "",
    ]
    sys.stdout.write("\n".join(line for line in lines if line) + "\n")
    sys.stdout.flush()
