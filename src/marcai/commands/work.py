"""`marcai work`: production's worker, on the database and Redis of the settings. Any number of these run side by side."""

import argparse
import asyncio
import logging
import signal
from typing import Any

from marcai.kit.clock import Clock, OffsetClock
from marcai.kit.logging import configure_logging
from marcai.kit.zones import prove_zone_rules
from marcai.settings import Settings, for_production, read_environment
from marcai.wiring import opened_house
from marcai.worker import working

log = logging.getLogger(__name__)

GRACE_SECONDS = 20.0
"""Longer than any attempt of a webhook."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("work", help="do production's jobs, on MARCAI_DATABASE_URL and MARCAI_REDIS_URL")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Work until told to stop; jobs in flight are finished first."""
    settings = for_production(read_environment())
    configure_logging(as_json=True)
    prove_zone_rules()
    asyncio.run(work(settings, OffsetClock()))
    return 0


async def work(settings: Settings, clock: Clock) -> None:
    """Work until the process is told to stop.

    Raises:
        StoreUnavailable, StoreUnfit: the database does not answer, or is not one to work on.
    """
    is_over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, is_over.set)
    async with opened_house(settings, clock) as house, working(house.workshop, grace_seconds=GRACE_SECONDS):
        log.info("working")
        await is_over.wait()
        log.info("finishing what runs")
