"""`marcai keys create`: makes an API key of a clinic and shows it once. Works while the demo runs."""

import argparse
import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from marcai.backends.embedded.binaries import default_data_dir
from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.engine import Postgres
from marcai.clinics.keys import create
from marcai.commands.demo import settings_for
from marcai.kit.clock import OffsetClock
from marcai.kit.errors import MarcaiError
from marcai.kit.sealing import Keyring
from marcai.ledger.events import AuditEntry
from marcai.settings import Settings, for_production, read_environment


class NoSuchClinic(MarcaiError):
    """No clinic has that slug."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("keys", help="make API keys")
    deeds = parser.add_subparsers(required=True, metavar="DEED")
    making = deeds.add_parser("create", help="make a key and show it once")
    making.add_argument("--clinic", required=True, help="the clinic's slug")
    making.add_argument("--scopes", required=True, help="scopes, separated by spaces, such as 'read:slots write:appointments', or '*'")
    making.add_argument("--name", default="made on the command line")
    making.add_argument("--test", action="store_true", help="a test key (mk_test_…)")
    making.add_argument("--expires-in-days", type=int, default=None)
    making.add_argument("--data-dir", type=Path, default=None, help="the demo's data folder; without it, production's settings if set")
    making.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the key."""
    env = read_environment()
    if arguments.data_dir is None and "MARCAI_DATABASE_URL" in env:
        sys.stdout.write(asyncio.run(_create(for_production(env), arguments)) + "\n")
        return 0
    data_dir = arguments.data_dir or default_data_dir()
    server = EmbeddedPostgres.join(data_dir) or EmbeddedPostgres.start(data_dir)
    try:
        sys.stdout.write(asyncio.run(_create(settings_for(server, data_dir), arguments)) + "\n")
    finally:
        server.stop()
    return 0


async def _create(settings: Settings, arguments: argparse.Namespace) -> str:
    clock = OffsetClock()
    postgres = await Postgres.open(settings.database_url, keyring=Keyring(settings.encryption_keys), clock=clock, pool_size=2)
    try:
        clinic = await postgres.directory.clinic_by_slug(arguments.clinic)
        if clinic is None:
            raise NoSuchClinic(f"no clinic has the slug {arguments.clinic!r}")
        ends = clock.now() + timedelta(days=arguments.expires_in_days) if arguments.expires_in_days is not None else None
        async with postgres.unit(clinic.id, actor_label="command-line") as unit:
            made = await create(
                unit.api_keys, name=arguments.name, scopes=arguments.scopes.split(), is_live=not arguments.test, expires_at=ends
            )
            unit.audit(AuditEntry("create", "api_key", made.key.id))
            await unit.commit()
        return made.text
    finally:
        await postgres.close()
