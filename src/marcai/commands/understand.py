"""`marcai understand`: reads messages as JSON lines and writes what each says. Needs no database and no network."""

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from marcai.understanding.interpreter import Interpreter
from marcai.understanding.lines import answer_line


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("understand", help="read messages as JSON lines, write what they mean")
    parser.add_argument("--lang", choices=("pt", "en", "zh"), help="the language of lines that name none (default: found out)")
    parser.add_argument("--now", help="the moment that counts as now for lines without reference_time, ISO 8601 (default: now)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, source: TextIO = sys.stdin, sink: TextIO = sys.stdout) -> int:
    """Answer each line; a line that cannot be read is answered with an error, and the exit status is then 1."""
    now = (
        datetime.fromisoformat(arguments.now).replace(tzinfo=None) if arguments.now else datetime.now(UTC).astimezone().replace(tzinfo=None)
    )
    interpreter = Interpreter()
    failed = False
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
                raise ValueError('an object with "text" is needed')
            answer = answer_line(interpreter, asked, arguments.lang, now)
        except (ValueError, RecursionError) as error:
            failed = True
            answer = {"id": None, "error": f"line {number}: {error}"}
        sink.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sink.flush()
    return int(failed)
