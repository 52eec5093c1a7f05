"""`marcai no-show train`: makes a clinic's own no-show model of its history. Works while the demo runs."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from marcai.backends.embedded.binaries import default_data_dir
from marcai.backends.embedded.postgres import EmbeddedPostgres
from marcai.backends.postgres.engine import Postgres
from marcai.backends.sklearn.no_show import SklearnLearner
from marcai.commands.demo import settings_for
from marcai.commands.keys import NoSuchClinic
from marcai.kit.clock import OffsetClock
from marcai.kit.sealing import Keyring
from marcai.scheduling.no_show import Model
from marcai.scheduling.no_show_risks import train_model
from marcai.scheduling.no_show_training import FEWEST_NO_SHOWS, FEWEST_VISITS, NotBetter, TooLittle
from marcai.settings import Settings, for_production, read_environment


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("no-show", help="make a clinic's no-show model")
    deeds = parser.add_subparsers(required=True, metavar="DEED")
    training = deeds.add_parser("train", help="learn from the clinic's past visits (needs scikit-learn: the extra no-show)")
    training.add_argument("--clinic", required=True, help="the clinic's slug")
    training.add_argument("--data-dir", type=Path, default=None, help="the demo's data folder; without it, production's settings if set")
    training.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, and print what was found; the prior stays where the model is no better."""
    learner = SklearnLearner()
    env = read_environment()
    if arguments.data_dir is None and "MARCAI_DATABASE_URL" in env:
        sys.stdout.write(asyncio.run(_train(for_production(env), learner, arguments.clinic)) + "\n")
        return 0
    data_dir = arguments.data_dir or default_data_dir()
    server = EmbeddedPostgres.join(data_dir) or EmbeddedPostgres.start(data_dir)
    try:
        sys.stdout.write(asyncio.run(_train(settings_for(server, data_dir), learner, arguments.clinic)) + "\n")
    finally:
        server.stop()
    return 0


async def _train(settings: Settings, learner: SklearnLearner, slug: str) -> str:
    postgres = await Postgres.open(settings.database_url, keyring=Keyring(settings.encryption_keys), clock=OffsetClock(), pool_size=2)
    try:
        clinic = await postgres.directory.clinic_by_slug(slug)
        if clinic is None:
            raise NoSuchClinic(f"no clinic has the slug {slug!r}")
        async with postgres.unit(clinic.id, actor_label="command-line") as unit:
            made = await train_model(unit, learner)
            await unit.commit()
    finally:
        await postgres.close()
    match made:
        case TooLittle():
            return (
                f"too little history: {made.visits} visits, {made.no_shows} of them missed "
                f"(at least {FEWEST_VISITS} and {FEWEST_NO_SHOWS} are needed); the prior stays"
            )
        case NotBetter(model):
            return f"{_told(model)}\nnot better than the prior, which stays"
        case Model():
            return f"{_told(made)}\n{made.version} is used from now on"


def _told(model: Model) -> str:
    report = model.report
    on, judged, prior = report["trained_on"], report["evaluation"], report["prior"]
    generated = f" ({on['generated_visits']} of them generated)" if on["generated_visits"] else ""
    lines = [f"{on['visits']} past visits{generated}, {on['no_shows']} missed; judged by the last {judged['visits']}:"]
    for name, found in (("model", judged), ("prior", prior)):
        lines.append(f"  {name}: AUC {found['auc']}, Brier {found['brier']}, calibration error {found['calibration_error']}")
    return "\n".join(lines)
