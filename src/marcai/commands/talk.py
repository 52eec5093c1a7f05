"""`marcai talk`: the demo's conversation in the terminal. Works beside a running demo, and without one."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from marcai.backends.embedded.binaries import default_data_dir
from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.clinics.actor import Caller, IdentityLevel
from marcai.commands.demo import clock_from, prepare, settings_for
from marcai.conversation.conversation import IncomingMessage, Reply
from marcai.doorway.services import Door
from marcai.kit.clock import Clock
from marcai.kit.errors import MarcaiError
from marcai.kit.logging import configure_logging
from marcai.settings import Settings
from marcai.understanding.meaning import Language
from marcai.wiring import opened


class NobodyThere(MarcaiError):
    """The demo clinic has no such patient."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("talk", help="talk to the demo clinic in the terminal; an empty line or Ctrl-D ends it")
    parser.add_argument("--data-dir", type=Path, default=None)
    parser.add_argument("--now", default=None, help="the moment at which the talk begins (ISO 8601 with an offset)")
    parser.add_argument("--lang", choices=("pt-BR", "en", "zh"), default=None)
    parser.add_argument("--as", dest="patient", default=None, metavar="NAME", help="write as this demo patient (default: a stranger)")
    parser.add_argument("--quiet", action="store_true", help="replies only, without state and entities")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Talk until the input ends."""
    configure_logging(as_json=False)
    data_dir = arguments.data_dir or default_data_dir()
    clock = clock_from(arguments.now)
    server = EmbeddedPostgres.join(data_dir) or EmbeddedPostgres.start(data_dir)
    try:
        settings = settings_for(server, data_dir)
        asyncio.run(_talk(server, settings, clock, arguments))
    finally:
        server.stop()
    return 0


async def _talk(server: EmbeddedPostgres, settings: Settings, clock: Clock, arguments: argparse.Namespace) -> None:
    await prepare(server, settings, clock)
    async with opened(settings, clock) as door:
        if door.demo_clinic is None:
            raise NobodyThere("the demo clinic is not loaded")
        caller = await _caller(door, arguments.patient)
        language = Language(arguments.lang) if arguments.lang else None
        while True:
            sys.stdout.write("> ")
            sys.stdout.flush()
            line = await asyncio.to_thread(sys.stdin.readline)
            if not line.strip():
                break
            reply = await door.engine.take_turn(
                IncomingMessage(door.demo_clinic, "web", caller.contact, line.strip(), caller, language=language)
            )
            language = None
            _show(reply, quiet=arguments.quiet)


async def _caller(door: Door, name: str | None) -> Caller:
    """Return a stranger, or the demo patient whose name begins so.

    Raises:
        NobodyThere: there is none.
    """
    clinic = door.demo_clinic
    assert clinic is not None
    if name is None:
        return Caller(clinic, "web", "terminal", IdentityLevel.ANONYMOUS)
    async with door.unit_of(clinic, actor_label="command-line") as unit:
        for patient in await unit.patients.page(limit=200):
            if patient.full_name.casefold().startswith(name.casefold()):
                return Caller(clinic, "web", str(patient.id), IdentityLevel.IDENTIFIED, patient.id)
    raise NobodyThere("the demo clinic has no patient of that name")


def _show(reply: Reply, *, quiet: bool) -> None:
    lines = [f"  {line}" for line in reply.reply.splitlines()]
    if not quiet:
        found = reply.entities
        known = {
            "provider": found.provider.name if found.provider else None,
            "specialty": found.specialty,
            "type": found.appointment_type.name if found.appointment_type else None,
            "days": " – ".join(dict.fromkeys(str(day) for day in (found.date_from, found.date_to) if day)),
            "times": " – ".join(dict.fromkeys(f"{clock:%H:%M}" for clock in (found.time_from, found.time_to) if clock)),
            "missing": ", ".join(reply.missing),
        }
        facts = "; ".join(f"{name}: {value}" for name, value in known.items() if value)
        lines.append(f"  [{reply.state}, {reply.intent}{'; ' + facts if facts else ''}]")
    sys.stdout.write("\n".join(lines) + "\n")
