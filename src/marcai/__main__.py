"""The command line: `marcai demo`, `serve`, `work`, `talk`, `understand`, `keys`, `no-show`, `migrate`."""

import argparse
import sys

from marcai.commands import demo, keys, migrate, no_show, serve, talk, understand, work
from marcai.kit.errors import MarcaiError


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 refused (with the reason on the error stream), 2 not understood."""
    parser = argparse.ArgumentParser(prog="marcai", description="The backend of a scheduling agent for clinics.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in (demo, serve, work, talk, understand, keys, no_show, migrate):
        command.add(commands)
    arguments = parser.parse_args(words)
    try:
        return int(arguments.run(arguments))
    except MarcaiError as error:
        sys.stderr.write(f"marcai: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
