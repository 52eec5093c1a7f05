"""Two clinics, a canary in every text of the other one's: no operation shows it, finds it or changes it, whoever asks and however."""

import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from marcai.clinics.keys import SCOPES, create
from marcai.kit.ids import prefixed
from tests.api.conftest import House
from tests.api.operations import OPERATIONS, Operation, filled
from tests.api.test_manners import a_clinic
from tests.api.worlds import World, make_world
from tests.backends.postgres.test_tenancy import raw

NO_TEXT_OF_THE_CLINICS = {
    "alembic_version",
    "outbox.kind",
    "outbox.payload",
    "outbox.actor",
    "audit_rows.actor",
    "audit_rows.deed",
    "audit_rows.kind",
    "audit_rows.detail",
    "api_keys.hint",
    "api_keys.name",
    "api_keys.scopes",
    "appointment_types.color",
    "channel_addresses.kind",
    "claims.channel",
    "claims.kind",
    "claims.source",
    "claims.status",
    "claims.zone",
    "claims.holder",
    "conversations.channel",
    "conversations.contact",
    "conversations.language",
    "conversations.state",
    "identity_attempts.kind",
    "inbox.channel",
    "inbox.message_id",
    "no_show_models.model",
    "no_show_models.version",
    "templates.appointment_type_ids",
    "turns.intent",
    "turns.state",
    "waitlist_entries.consent_basis",
    "waitlist_offers.status",
    "waitlist_offers.zone",
    "waitlist_openings.state",
    "idempotency_keys.endpoint",
    "idempotency_keys.headers",
    "idempotency_keys.principal",
    "locations.timezone",
    "organisations.country",
    "organisations.language",
    "organisations.timezone",
    "overrides.kind",
    "patients.language",
    "patients.sex",
    "status_history.status",
    "subject_keys.kind",
    "turns.channel",
    "turns.message_id",
    "waitlist_entries.channel",
    "waitlist_entries.status",
    "waitlist_entries.time_of_day",
    "webhook_deliveries.attempts",
    "webhook_deliveries.body",
    "webhook_deliveries.event_type",
    "webhook_deliveries.status",
    "webhook_deliveries.why_dead",
    "webhook_subscriptions.event_types",
    "webhook_subscriptions.why_inactive",
}
"""Texts that are ours to choose: kinds, statuses, zones, labels with ids in them."""
CLINICS_TABLES = "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'organisation_id'"


@dataclass
class Leaks(logging.Handler):
    """Looks for canaries in all that leaves the process; logs included."""

    canaries: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a line of the log and at what hangs on it."""
        self.look(f"log of {record.name}", json.dumps(record.__dict__, default=str) + record.getMessage())

    def look(self, where: str, text: str) -> None:
        """Look at a text."""
        self.found += [f"{where}: {canary}" for canary in self.canaries if canary.lower() in text.lower()]


async def dump(house: House, organisation_id: UUID) -> dict[str, list[str]]:
    """Return every row of a clinic, by table."""
    owner = await raw(house.url)
    tables = sorted(row["table_name"] for row in await owner.fetch(CLINICS_TABLES))
    found = {
        table: sorted(str(dict(row)) for row in await owner.fetch(f"SELECT * FROM {table} WHERE organisation_id = $1", organisation_id))
        for table in tables
    }
    found["organisations"] = [str(dict(row)) for row in await owner.fetch("SELECT * FROM organisations WHERE id = $1", organisation_id)]
    await owner.close()
    return found


@asynccontextmanager
async def two_worlds(house: House) -> AsyncIterator[tuple[World, World]]:
    async with house.another(webhooks_allow_private=True) as wide:
        yield await make_world(wide, "own"), await make_world(wide, "foreign")


async def test_the_foreign_clinic_has_a_canary_in_every_text(house: House) -> None:
    async with two_worlds(house) as (_, foreign):
        owner = await raw(house.url)
        columns = await owner.fetch(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type IN ('text', 'jsonb', 'ARRAY') AND table_name NOT LIKE 'procrastinate%'"
        )
        bare = []
        for table, column in sorted((row["table_name"], row["column_name"]) for row in columns):
            if {table, f"{table}.{column}"} & NO_TEXT_OF_THE_CLINICS:
                continue
            mine = "id" if table == "organisations" else "organisation_id"
            sql = f"SELECT count(*) FROM {table} WHERE {mine} = $1 AND lower({column}::text) LIKE '%canaryforeign%'"
            if not await owner.fetchval(sql, foreign.organisation_id):
                bare.append(f"{table}.{column}")
        await owner.close()
        assert not bare, f"write a canary there in worlds.py, or say in NO_TEXT_OF_THE_CLINICS that no clinic writes there: {bare}"


async def keys_of_every_kind(world: World) -> dict[str, dict[str, str]]:
    """Return headers by what kind of key they bear."""
    house = world.house
    suspended = await a_clinic(house, "suspended", is_active=False)
    async with house.door.unit_of(world.organisation_id, actor_label="test") as unit:
        expired = await create(unit.api_keys, name="e", scopes=["*"], expires_at=unit.now - timedelta(days=1))
        revoked = await create(unit.api_keys, name="r", scopes=["*"])
        await unit.api_keys.end(revoked.key.id, unit.now)
        await unit.commit()
    own = str(world.organisation_id)
    return {
        "everything": world.headers,
        "each scope by name": {
            "Authorization": f"Bearer {await house.key(' '.join(SCOPES - {'*'}), world.organisation_id)}",
            "X-Organization-Id": own,
        },
        "one scope": {"x-api-key": await house.key("read:calls", world.organisation_id), "X-Organization-Id": own},
        "expired": {"x-api-key": expired.text, "X-Organization-Id": own},
        "revoked": {"x-api-key": revoked.text, "X-Organization-Id": own},
        "unknown": {"x-api-key": "mk_live_" + "x" * 43, "X-Organization-Id": own},
        "a suspended clinic's": {"x-api-key": await house.key("*", suspended), "X-Organization-Id": str(suspended)},
        "none": {"X-Organization-Id": own},
    }


OPENS = ("everything", "each scope by name")


def swapped(value: Any, own: World, foreign: World, only: str) -> Any:
    """Return a value in which the own thing of that kind is the foreign one."""
    if isinstance(value, dict):
        return {name: swapped(inner, own, foreign, only) for name, inner in value.items()}
    if isinstance(value, list):
        return [swapped(inner, own, foreign, only) for inner in value]
    return foreign.ids[only] if value == own.ids[only] else value


def kinds_in(value: Any, own: World) -> set[str]:
    """Return the kinds of the own things that a value names."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = {kind for one in inner for kind in kinds_in(one, own)}
    return found | ({kind for kind, id_ in own.ids.items() if id_ == value} if isinstance(value, str) else set())


def probes(operation: Operation, own: World, foreign: World, name: str) -> list[tuple[str, str, dict[str, str], Any, bool]]:
    """Return (what, path, query, body, whether it must be refused) for every way to name a foreign thing in this operation."""
    query, body = operation.query(own), operation.body(own) if operation.body else None
    found: list[tuple[str, str, dict[str, str], Any, bool]] = []
    for parameter, kind in operation.path.items():
        if kind in foreign.ids:
            alone = filled(name, Operation((), operation.path), own.ids | {kind: foreign.ids[kind]})
            found.append((f"path {parameter}", alone, query, body, True))
            if kind in ("patient", "appointment", "provider", "type", "location"):
                prefix = {"patient": "pat", "appointment": "apt", "provider": "prv", "type": "typ", "location": "loc"}[kind]
                long = filled(name, Operation((), operation.path), own.ids | {kind: prefixed(UUID(foreign.ids[kind]), prefix)})
                found.append((f"path {parameter}, prefixed", long, query, body, True))
    path = filled(name, operation, own.ids)
    for kind in sorted(kinds_in(query, own)):
        found.append((f"query {kind}", path, swapped(query, own, foreign, kind), body, False))
    for kind in sorted(kinds_in(body, own) - {"organisation"}):
        found.append((f"body {kind}", path, query, swapped(body, own, foreign, kind), True))
    if "cursor" in name or not operation.path:
        found.append(("bare", path, query, body, False))
    return found


async def test_no_operation_shows_finds_or_changes_what_is_another_clinics(house: House) -> None:
    async with two_worlds(house) as (own, foreign):
        paths = own.house.gate.app.openapi()["paths"]
        documented = {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}
        assert documented - set(OPERATIONS) == set(), "every operation needs a row in tests/api/operations.py"
        keys = await keys_of_every_kind(own)
        before, began, count = await dump(own.house, foreign.organisation_id), time.monotonic(), 0
        leaks = Leaks([foreign.canary, *(foreign.ids[kind] for kind in ("patient",))])
        logging.getLogger().addHandler(leaks)
        wrong: list[str] = []
        for name, operation in sorted(OPERATIONS.items()):
            # What is sent under a foreign id comes back in no answer either: ids are looked for only where nobody sent them.
            for what, path, query, body, must_fail in probes(operation, own, foreign, name):
                if what == "bare" and name.split()[0] != "GET":
                    continue
                for kind, headers in keys.items():
                    answer = await own.house.http.request(name.split()[0], path, params=query, json=body, headers=_only(own.house, headers))
                    count += 1
                    leaks.look(f"{name} {what} {kind}", answer.text + str(answer.headers))
                    refused = (404, 422) if kind in OPENS else (401, 403)
                    if name != "GET /health" and (must_fail or kind not in OPENS) and answer.status_code not in refused:
                        wrong.append(f"{name} with a foreign {what} and key {kind}: {answer.status_code}")
        logging.getLogger().removeHandler(leaks)
        assert wrong == []
        assert [leak for leak in leaks.found if foreign.canary in leak] == []
        assert leaks.found == []
        assert await dump(own.house, foreign.organisation_id) == before
        print(f"{count} probes in {time.monotonic() - began:.1f} s")


def _only(house: House, headers: dict[str, str]) -> dict[str, str]:
    """Return headers that bear no other key than these."""
    house.http.headers.pop("x-api-key", None)
    return headers


async def test_a_foreign_cursor_key_and_organisation_lead_nowhere(house: House) -> None:
    async with two_worlds(house) as (own, foreign):
        leaks = Leaks([foreign.canary])
        for path in ("/patients", "/appointments", "/providers", "/locations", "/waitlist", "/webhooks", "/webhooks/dead-letters"):
            for extra in range(2):
                if path == "/patients":
                    await foreign.made(path, {"first_name": f"{foreign.canary}{extra}", "last_name": "x"})
            theirs = (await foreign.call("GET", f"/v1/scheduling{path}", params={"limit": "1"})).json()
            cursor = theirs.get("next_cursor")
            if cursor is not None:
                answer = await own.call("GET", f"/v1/scheduling{path}", params={"cursor": cursor})
                leaks.look(path, answer.text)
        for path in ("/v1/scheduling/patients", "/v1/appointments", "/v3/patients"):
            answer = await own.call("GET", path, headers={"X-Organization-Id": str(foreign.organisation_id)})
            assert answer.status_code == 403
            leaks.look(path, answer.text)
        # The foreign clinic used this very key for this very body: here it is a new one.
        body = {"first_name": foreign.canary, "last_name": foreign.canary}
        mine = await own.call("POST", "/v1/scheduling/patients", json=body, headers={"Idempotency-Key": f"{foreign.canary}-key"})
        assert mine.status_code == 201
        assert "idempotent-replayed" not in mine.headers
        assert leaks.found == []


async def test_every_operation_opens_to_its_scopes_and_to_no_others(house: House) -> None:
    async with house.another(webhooks_allow_private=True) as wide:
        world = await make_world(wide, "own")
        everything = sorted(SCOPES - {"*"})
        keys = {one: await wide.key(one, world.organisation_id) for one in everything}
        wrong, cells = [], 0
        nowhere = dict.fromkeys(world.ids, "00000000-0000-4000-8000-00000000dead")
        for name, operation in sorted(OPERATIONS.items()):
            if not operation.scopes:
                continue
            method = name.split()[0]
            for one, key in keys.items():
                headers = {"x-api-key": key, "X-Organization-Id": str(world.organisation_id)}
                body: dict[str, Any] | None = {} if operation.body else None
                answer = await wide.http.request(method, filled(name, operation, nowhere), json=body, headers=headers)
                cells += 1
                is_open = answer.status_code not in (401, 403)
                if is_open != (one in operation.scopes):
                    wrong.append(f"{name} with {one}: {answer.status_code}")
        assert wrong == []
        assert cells >= 1000


@pytest.mark.parametrize("kind", ["everything"])
async def test_the_probes_can_fail(house: House, kind: str) -> None:
    async with two_worlds(house) as (_, foreign):
        leaks = Leaks([foreign.canary])
        logging.getLogger().addHandler(leaks)
        logging.getLogger("marcai").warning("told", extra={"name_of": {"deep": foreign.canary}})
        logging.getLogger().removeHandler(leaks)
        answer = await foreign.call("GET", f"/v1/scheduling/patients/{foreign.ids['patient']}")
        leaks.look("own answer", answer.text)
        assert len(leaks.found) == 2
