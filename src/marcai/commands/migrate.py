"""`marcai migrate`: brings the production database's schema up to date."""

import argparse
import asyncio
import sys
from typing import Any

from marcai.backends.postgres import migrate
from marcai.settings import MissingSettings, read_environment


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("migrate", help="bring the database at MARCAI_DATABASE_OWNER_URL (or MARCAI_DATABASE_URL) up to date")
    parser.add_argument("--revision", default="head")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate with a login that may make roles and own tables; `serve` itself never needs one."""
    env = read_environment()
    url = env.get("MARCAI_DATABASE_OWNER_URL") or env.get("MARCAI_DATABASE_URL")
    if url is None:
        raise MissingSettings(["MARCAI_DATABASE_OWNER_URL"])
    asyncio.run(migrate.upgrade(url, arguments.revision))
    sys.stdout.write(f"The schema is at {arguments.revision}.\n")
    return 0
