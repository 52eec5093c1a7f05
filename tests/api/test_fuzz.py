"""The whole API under rubbish: what its document lets one send, what it forbids, and values that have broken others."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import hypothesis
import pytest
import schemathesis
import uvicorn
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import scale
from tests.api.conftest import House
from tests.api.operations import OPERATIONS, filled
from tests.api.test_bad_input import is_whole_problem
from tests.api.worlds import World, make_world

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
    ignored_auth,
]
FULL = 10_000
"""Requests of `make prove`, over all operations."""


@asynccontextmanager
async def served(house: House) -> AsyncIterator[str]:
    """Serve the house on a port of the moment."""
    server = uvicorn.Server(uvicorn.Config(house.gate, host="127.0.0.1", port=0, log_config=None, lifespan="off", http="httptools"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


def examine(operation: Any, mode: GenerationMode, examples: int, base: str, world: World) -> None:
    """Call one operation with so many generated requests, half of them about things that are there."""
    row = OPERATIONS[f"{operation.method.upper()} {operation.path}"]
    real = {name: world.ids.get(kind, kind) for name, kind in row.path.items()}

    @hypothesis.settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.seed(scale.SEED)
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode), is_real=st.booleans())
    def call(case: Case[Any], is_real: bool) -> None:
        if is_real and real and mode is GenerationMode.POSITIVE:
            case.path_parameters = dict(real)
        case.call_and_validate(base_url=base, headers=world.headers, checks=CHECKS, timeout=20)

    call()


@pytest.mark.prove
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
async def test_the_api_keeps_to_its_document_whatever_is_sent(house: House, mode: GenerationMode) -> None:
    async with house.another(webhooks_allow_private=True) as wide, served(wide) as base:
        world = await make_world(wide, "fuzz")
        wide.http.headers.pop("x-api-key")
        document = json.loads(json.dumps(wide.gate.app.openapi()))
        if mode is GenerationMode.NEGATIVE:
            # Ours stand in for wrong ones, and then nothing would be wrong: headers are tried in test_manners.py.
            for operation in (one for operations in document["paths"].values() for one in operations.values()):
                operation["parameters"] = [one for one in operation.get("parameters", ()) if one["in"] != "header"]
        schema = schemathesis.openapi.from_dict(document)
        operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]  # the document is valid
        examples = max(2, scale.rounds(FULL) // 2 // len(operations))
        failures = []
        for one in operations:
            try:
                await asyncio.to_thread(examine, one, mode, examples, base, world)
            except hypothesis.errors.Unsatisfiable:
                continue  # nothing in it can be wrong
            except BaseException as error:  # noqa: BLE001 (all operations are tried before any is named)
                failures.append(f"{one.method.upper()} {one.path}: {error}")
        assert not failures, "\n\n".join(failures)


NASTY: list[Any] = [
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "",
    " ",
    "\u202e\u0000",
    "🏥" * 5000,
    2**31,
    2**63,
    -(2**63) - 1,
    10**400,
    1e308,
    -0.0,
    float("nan"),
    float("inf"),
    True,
    None,
    [],
    {},
    [[]] * 1000,
    {"\ud800": "\x00"},
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59.999999+23:59",
    "0001-01-01T00:00:00-23:59",
    "2026-02-30",
    "24:00",
    "23:59:60",
    "'; DROP TABLE claims; --",
    "{{7*7}}",
    "%00",
    "../../etc/passwd",
    "x" * 100_000,
]
DEEP = "[" * 1000 + "]" * 1000
ABYSS = "[" * 100_000 + "]" * 100_000


def raw_json(value: Any) -> bytes:
    """Write JSON as a careless client does: NaN, lone surrogates and all."""
    return json.dumps(value).encode()


def members_of(operation: Any, document: Any) -> list[str]:
    """Return the names of all members that an operation's body may have."""
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    named = [one["$ref"] for one in (schema, *schema.get("anyOf", ())) if "$ref" in one]
    return [member for ref in named for member in document["components"]["schemas"][ref.rsplit("/", 1)[1]]["properties"]]


async def refused_or_done(world: World, method: str, path: str, documented: set[int], content: bytes) -> str | None:
    """Send a body; return what is wrong with the answer, if anything is."""
    answer = await world.house.http.request(method, path, content=content, headers=world.headers | {"content-type": "application/json"})
    if answer.status_code >= 500 or answer.status_code not in documented:
        return f"{method} {path} {content[:80]!r}: {answer.status_code} {answer.text[:200]}"
    if answer.status_code >= 400 and not is_whole_problem(answer):
        return f"{method} {path} {content[:80]!r}: not a whole problem: {answer.text[:200]}"
    return None


async def test_nasty_values_in_every_member_of_every_body_break_nothing(house: House) -> None:
    async with house.another(webhooks_allow_private=True) as wide:
        world = await make_world(wide, "nasty")
        document = wide.gate.app.openapi()
        values = NASTY if scale.PROVES else scale.seeded("nasty").sample(NASTY, 4)
        wrong: list[str | None] = []
        for name, row in OPERATIONS.items():
            method, template = name.split()
            operation = document["paths"][template][method.lower()]
            if "requestBody" not in operation:
                continue
            documented, path = {int(status) for status in operation["responses"]}, filled(name, row, world.ids)
            for content in (b"", b"null", b"\xff\xfe", b"{", DEEP.encode(), ABYSS.encode(), b'{"a":' + DEEP.encode() + b"}"):
                wrong.append(await refused_or_done(world, method, path, documented, content))
            body = row.body(world) if row.body else {}
            for member in members_of(operation, document):
                for value in [*values, None]:
                    wrong.append(await refused_or_done(world, method, path, documented, raw_json(body | {member: value})))
        assert not any(wrong), "\n".join(one for one in wrong if one)


async def test_nasty_values_in_every_query_parameter_and_every_path_break_nothing(house: House) -> None:
    async with house.another(webhooks_allow_private=True) as wide:
        world = await make_world(wide, "nasty")
        document = wide.gate.app.openapi()
        texts = [one for one in NASTY if (isinstance(one, str) and len(one) < 2000 and one.isprintable()) or one == "\x00"]
        texts = texts if scale.PROVES else scale.seeded("nasty").sample(texts, 5)
        wrong = []
        for name, row in OPERATIONS.items():
            method, template = name.split()
            operation = document["paths"][template][method.lower()]
            documented = {int(status) for status in operation["responses"]}
            asked = [
                (filled(name, row, world.ids), row.query(world) | {one["name"]: text})
                for one in operation.get("parameters", ())
                if one["in"] == "query"
                for text in texts
            ]
            asked += [
                (filled(name, row, world.ids | {kind: quote(text, safe="")}), {})
                for kind in row.path.values()
                for text in texts
                if text.strip()
            ]
            for path, query in asked:
                answer = await world.call(method, path, params=query)
                # A path with a slash in it may be another one, which is nowhere.
                if answer.status_code >= 500 or answer.status_code not in documented | {404, 405, 307}:
                    wrong.append(f"{method} {path} {query}: {answer.status_code} {answer.text[:200]}")
        assert not wrong, "\n".join(wrong)
