"""Idempotent answers: a write under an `Idempotency-Key` has its effect once, and repeats get its answer byte for byte.

No route does anything for it. The unit of work of a request that bears a key first asks whether the key was used; the endpoint's `commit`
is put off until the answer has been written out; answer and effect are then committed together, and only after that the answer is sent. A
refusal is not stored: its transaction is undone, and the key may be used again. A route whose unit is opened elsewhere (the talk's engine
opens its own) asks by `Door.look` first and hands `Door.keep` in.

A key is unique to the clinic, to who calls, and to the surface; within a surface another method, path or body is another request.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar, cast

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marcai.doorway.problems import invalid, refusal_of
from marcai.kit.errors import MarcaiError
from marcai.ledger.errors import IdempotencyInFlight
from marcai.ledger.idempotency import LONGEST_KEY, IdempotencyKey, IdempotencyStore, StoredAnswer, fingerprint
from marcai.ledger.unit import UnitOfWork

WRITES = ("POST", "PUT", "PATCH")
SURFACES = ("/v1/scheduling/", "/v1/", "/v3/", "/api/")
DEAF = ("/api/auth/", "/api/vapi/")
"""Where the header means nothing: signing in, and what others send us, who repeat by rules of their own."""


class RepeatableUnit(UnitOfWork, Protocol):
    """A transaction that can keep answers."""

    @property
    def idempotency(self) -> IdempotencyStore:
        """The clinic's stored answers."""
        ...


UnitT = TypeVar("UnitT", bound=RepeatableUnit)


class Answered(MarcaiError):
    """The request was carried out before: this is its answer."""

    def __init__(self, stored: StoredAnswer) -> None:
        super().__init__("answered before")
        self.stored = stored


class LateCommit:
    """A unit of work whose commit waits for the answer. All else is the unit's own."""

    def __init__(self, unit: RepeatableUnit) -> None:
        self._unit = unit
        self.is_wanted = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    async def commit(self) -> None:
        """Ask for the commit, which `Once.settle` does."""
        self.is_wanted = True


class Once:
    """One request under a key, and the transaction that waits for its answer."""

    def __init__(self, key: str, surface: str, print_: bytes) -> None:
        self._key, self._surface, self._print = key, surface, print_
        self._stack = AsyncExitStack()
        self._unit: RepeatableUnit | None = None
        self._late: LateCommit | None = None
        self._principal = ""
        self.withheld: frozenset[str] = frozenset()
        """Members of the answer's JSON that a repeat does not get: secrets that are shown once."""

    @asynccontextmanager
    async def unit(self, opened: AbstractAsyncContextManager[UnitT], principal: str) -> AsyncIterator[UnitT]:
        """Open the request's one transaction, or lend it again, with its commit put off.

        Raises:
            Answered: the request was carried out before.
            IdempotencyInFlight, IdempotencyKeyReused: the key cannot be used now, or not for this.
        """
        if self._late is None:
            unit = await self._stack.enter_async_context(opened)
            self._principal = principal
            await self._begin(unit, principal)
            self._unit, self._late = unit, LateCommit(unit)
        yield cast(UnitT, self._late)

    async def look(self, opened: AbstractAsyncContextManager[RepeatableUnit], principal: str) -> None:
        """Say that the request was carried out before, in a transaction that ends at once. Raises as `unit` does."""
        async with opened as unit:
            await self._begin(unit, principal)

    async def keep(self, unit: RepeatableUnit, principal: str, answer: StoredAnswer) -> None:
        """Keep the answer in a transaction that somebody else opened and will commit.

        Raises:
            IdempotencyInFlight: another request with the key was faster.
        """
        try:
            await self._begin(unit, principal)
        except Answered as error:
            raise IdempotencyInFlight("another call with this key was faster") from error
        unit.idempotency.keep(self._name(principal), self._print, answer)

    async def settle(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Commit what waits, and the answer with it, unless the answer is a refusal or nothing asked for a commit."""
        if self._unit is None or self._late is None or not self._late.is_wanted or status >= 400:
            return
        self._unit.idempotency.keep(self._name(self._principal), self._print, StoredAnswer(status, self._shown_again(body), headers))
        await self._unit.commit()

    async def close(self) -> None:
        """End the transaction, if there is one; what was not committed is undone."""
        await self._stack.aclose()

    async def _begin(self, unit: RepeatableUnit, principal: str) -> None:
        stored = await unit.idempotency.begin(self._name(principal), self._print)
        if stored is not None:
            raise Answered(stored)

    def _name(self, principal: str) -> IdempotencyKey:
        return IdempotencyKey(principal, self._surface, self._key)

    def _shown_again(self, body: bytes) -> bytes:
        if not self.withheld or not body:
            return body
        return json.dumps(_without(json.loads(body), self.withheld), ensure_ascii=False, separators=(",", ":")).encode()


def _without(members: Any, withheld: frozenset[str]) -> Any:
    if not isinstance(members, dict):
        return members
    return {name: _without(value, withheld) for name, value in members.items() if name not in withheld}


def repeated(answered: Answered) -> Response:
    """Return the stored answer as a response."""
    answer = Response(answered.stored.body, answered.stored.status, dict(answered.stored.headers))
    answer.headers["Idempotent-Replayed"] = "true"
    return answer


class Replay:
    """Wraps an application: holds the answer to a write under a key back until it is committed with its effect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, whose body comes in one piece.

        Raises:
            Refused: the key is no key, or the effect could not be committed.
        """
        key, surface = _key_of(scope), _surface_of(scope)
        if key is None or surface is None:
            await self._app(scope, receive, send)
            return
        if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
            raise invalid("Idempotency-Key", f"must have 1 to {LONGEST_KEY} printable characters")
        asked: list[Message] = [await receive()]
        path = scope["path"] + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
        once = Once(key, surface, fingerprint(scope["method"], path, asked[0].get("body", b"")))
        scope["state"]["once"] = once
        answer: list[Message] = []

        async def again() -> Message:
            return asked.pop() if asked else await receive()

        async def collect(message: Message) -> None:
            answer.append(message)

        try:
            await self._app(scope, again, collect)
            await once.settle(*_whole(answer))
        except MarcaiError as error:
            raise refusal_of(error) from error
        finally:
            await once.close()
        for message in answer:
            await send(message)


def _whole(answer: list[Message]) -> tuple[int, dict[str, str], bytes]:
    start, *rest = answer
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start.get("headers", ())}
    headers.pop("content-length", None)
    return start["status"], headers, b"".join(message.get("body", b"") for message in rest)


def _key_of(scope: Scope) -> str | None:
    if scope["method"] not in WRITES:
        return None
    for name, value in scope["headers"]:
        if name == b"idempotency-key":
            key: str = value.decode("latin-1").strip()
            return key
    return None


def _surface_of(scope: Scope) -> str | None:
    path: str = scope["path"]
    if path.startswith(DEAF):
        return None
    return next((surface for surface in SURFACES if path.startswith(surface)), None)
