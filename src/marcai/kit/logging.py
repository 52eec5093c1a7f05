"""Log lines: one JSON object each for machines, or one readable line each for a terminal; both with the request's id.

Secrets and personal marks are struck out here, for every line of every library, and not where lines are written. That is a
net, not a permission: our own lines bear ids only. An error's text is left out unless the error is ours: a vendor's may quote
what a patient wrote.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import IO

from marcai.kit.errors import MarcaiError

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_OWN_MEMBERS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
STRUCK_OUT = "[…]"
_MARKS = re.compile(
    r"""
    (?P<key>["']?\b(?:authorization|x-api-key|api[_-]?key|[\w-]*(?:secret|token|password)[\w-]*)["']?\s*[:=]\s*["']?(?:bearer\s+|basic\s+)?)[^\s"',;&}]+
  | \bbearer\s+[\w.~+/=-]+                              # a token without its header's name
  | \bmk_(?:live|test)_\w+                              # a key of ours
  | \b\w[\w.+-]*@[\w-]+(?:\.[\w-]+)+                    # an e-mail address
  | (?<=://)[^\s/@]+@                                   # a password in an address
  | (?<![\w.-])\+?\(?\d{2,3}\)?(?:[\s.-]?\(?\d{2,5}\)?){2,4}(?![\w-])   # a telephone number
    """,
    re.VERBOSE | re.IGNORECASE,
)


@contextmanager
def bound_request_id(request_id: str) -> Iterator[None]:
    """Give every line that is logged inside, in this task and those that it starts, the request's id."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


def configure_logging(*, as_json: bool, level: int = logging.INFO, stream: IO[str] | None = None) -> None:
    """Send every line of the process to the stream (the error stream by default), struck out and in one form.

    The web server's own access lines are switched off: their addresses bear what was asked for.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if as_json else ReadableLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in ("httpx", "httpcore", "openai", "asyncio"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.getLogger("uvicorn.access").disabled = True


def struck_out(text: str) -> str:
    """Return the text without keys, tokens, passwords, e-mail addresses and telephone numbers."""
    return _MARKS.sub(lambda found: (found["key"] or "") + STRUCK_OUT, text)


class _Lines(logging.Formatter):
    """What both forms share."""

    def formatException(self, ei: object) -> str:  # noqa: N802 (the library's name)
        """Return the error's type and the places that it came through."""
        kind, error, trace = ei if isinstance(ei, tuple) else (None, None, None)
        return _told(kind, error, trace)

    def members(self, record: logging.LogRecord) -> dict[str, str | int | float | bool | None]:
        """Return what the line was given beside its message, in plain types and struck out."""
        given = {name: said for name, said in vars(record).items() if name not in _OWN_MEMBERS}
        if (request_id := _request_id.get()) is not None:
            given.setdefault("request_id", request_id)
        return {name: said if isinstance(said, int | float | None) else struck_out(str(said)) for name, said in given.items()}

    def message(self, record: logging.LogRecord) -> str:
        """Return the line's message on one line, struck out."""
        return struck_out(record.getMessage()).replace("\n", " | ")


class JsonLines(_Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": moment, "level": record.levelname.lower(), "logger": record.name, "message": self.message(record)}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(self.members(record) | line, ensure_ascii=False, default=str)


class ReadableLines(_Lines):
    """One line for a human eye."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        clock = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        extras = "".join(f" {name}={said}" for name, said in self.members(record).items())
        error = f" ({self.formatException(record.exc_info)})" if record.exc_info else ""
        return f"{clock} {record.levelname.lower():7} {record.name}: {self.message(record)}{extras}{error}"


def _told(kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> str:
    """Return what may be said of an error: its type, its text if it is one of ours, and the innermost places."""
    if kind is None or error is None:
        return ""
    places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-4:]]
    text = f": {struck_out(str(error))}" if isinstance(error, MarcaiError) else ""
    return f"{kind.__name__}{text} at {' > '.join(places)}"
