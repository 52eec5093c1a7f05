"""`marcai serve`: production, on the database and Redis of the settings. Any number of these run side by side."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from marcai.app import make_app
from marcai.backends.postgres.migrate import upgrade_where_allowed
from marcai.doorway.services import Door
from marcai.kit.clock import Clock, OffsetClock
from marcai.kit.logging import configure_logging
from marcai.kit.zones import prove_zone_rules
from marcai.settings import Settings, for_production, read_environment
from marcai.wiring import opened_house
from marcai.worker import working

BRIEF_GRACE_SECONDS = 3.0


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("serve", help="serve in production, on MARCAI_DATABASE_URL and MARCAI_REDIS_URL")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    settings = for_production(read_environment())
    configure_logging(as_json=True)
    asyncio.run(upgrade_where_allowed(settings.database_url))
    serve(settings, OffsetClock(), host=arguments.host, port=arguments.port)
    return 0


def serve(settings: Settings, clock: Clock, *, host: str, port: int, works_too: bool = False) -> None:
    """Serve until told to stop; turns in flight are finished first. `works_too` has the process do the worker's part as well.

    Raises:
        StaleZoneRules: local times would come out wrong.
    """
    prove_zone_rules()

    @asynccontextmanager
    async def open_door() -> AsyncIterator[Door]:
        async with opened_house(settings, clock) as house:
            if not works_too:
                yield house.door
                return
            async with working(house.workshop, grace_seconds=BRIEF_GRACE_SECONDS):
                yield house.door

    uvicorn.run(
        make_app(open_door),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=10,
        loop="uvloop",
        http="httptools",
        lifespan="on",
    )
