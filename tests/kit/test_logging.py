"""No line of the log bears a secret or a patient, whoever wrote it."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from marcai.kit.errors import MarcaiError
from marcai.kit.logging import bound_request_id, configure_logging, struck_out


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(as_json=True, stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)


@pytest.mark.parametrize(
    "canary",
    [
        "+55 11 91234-5678",
        "5511912345678",
        "(604) 555-0123",
        "604-555-0123",
        "maria.souza@example.com",
        "mk_live_AbCdEf123456",
        "Authorization: Bearer abc.def.ghi",
        "'x-api-key': 'mk_other'",
        '"twilioAuthToken": "0123456789abcdef"',
        "password=hunter2",
        "hub.verify_token=open-sesame",
        "bearer abc.def",
        "postgresql://marcai:pw@db/marcai",
    ],
)
def test_a_secret_or_a_personal_mark_is_struck_out(canary: str) -> None:
    shown = struck_out(f"before {canary} after")
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    for secret in ("5678", "0123", "souza", "AbCd", "abc.def", "other", "hunter2", "sesame", "pw@"):
        assert secret not in shown


@pytest.mark.parametrize(
    "harmless", ["6f0c3c1e-2f7d-4b62-9d51-0a4b7c2f1e90", "2026-02-14T09:30:00-08:00", "took 1234 ms", "127.0.0.1:8000", "apt_" + "4" * 32]
)
def test_ids_times_and_figures_stay(harmless: str) -> None:
    assert struck_out(harmless) == harmless


async def test_a_line_bears_the_id_of_its_request(written: io.StringIO) -> None:
    async def answer(request_id: str) -> None:
        with bound_request_id(request_id):
            await asyncio.sleep(0)
            logging.getLogger("marcai.test").info("answered", extra={"status": 201, "url": "/x?token=abc"})

    await asyncio.gather(answer("one"), answer("two"))

    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [(line["request_id"], line["status"], line["url"]) for line in lines] == [
        ("one", 201, "/x?token=[…]"),
        ("two", 201, "/x?token=[…]"),
    ]


def test_a_vendors_error_is_named_without_its_text_and_ours_with_it(written: io.StringIO) -> None:
    for error in (ValueError("dona Maria disse"), MarcaiError("slot 7 is taken")):
        try:
            raise error
        except Exception:
            logging.getLogger("marcai.test").exception("failed")
    vendors, ours = (json.loads(line) for line in written.getvalue().splitlines())
    assert vendors["error"].startswith("ValueError at test_a_vendors_error")
    assert "Maria" not in written.getvalue()
    assert "slot 7 is taken" in ours["error"]


def test_a_message_of_many_lines_stays_one_line(written: io.StringIO) -> None:
    logging.getLogger("marcai.test").warning("one\n%s", "two")
    assert json.loads(written.getvalue())["message"] == "one | two"
