"""The outermost wall of every HTTP door: request ids, bounded bodies, and errors in the surface's own tongue.

Pure ASGI, since it stands before every request. An answer that an endpoint did not mean to give (an unhandled error)
becomes a 500 problem here; its log line bears the error's type and place, never its text, which may quote a patient.
"""

import asyncio
import logging
import re
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from marcai.doorway.limits import Verdict, over_limit
from marcai.doorway.problems import FieldFault, Refused, api_error, in_words_of, problem_document, refusal_of
from marcai.doorway.replay import Answered, Replay, repeated
from marcai.kit.errors import MarcaiError
from marcai.kit.logging import bound_request_id

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,127}")
_BODY_LIMIT_BYTES = 1_048_576
_UPLOAD_LIMIT_BYTES = 17 * 1_048_576
_UPLOAD_PATHS = ("/v1/scheduling/voice",)
_JSON_PATHS = ("/v1/", "/v3/")
_UNLIMITED_PATHS = ("/health",)
_BY_STATUS = {
    400: "bad_request",
    401: "invalid_api_key",
    403: "insufficient_scope",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "payload_too_large",
    415: "unsupported_media_type",
    503: "unavailable",
}
_SAFETY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]

logger = logging.getLogger(__name__)


def request_id_of(request: Request) -> str:
    """Return the id under which this request is logged and answered."""
    return str(request.scope["state"]["request_id"])


def render(refused: Refused, path: str, request_id: str) -> Response:
    """Return the refusal as the surface of that path shows it."""
    refused = in_words_of(path, refused)
    headers = {"Retry-After": str(refused.retry_after_seconds)} if refused.retry_after_seconds is not None else {}
    if refused.kind.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="marcai"'
    if refused.kind.status == 503:
        headers.setdefault("Retry-After", "5")
    if path.startswith("/api/"):
        return JSONResponse(api_error(refused, request_id), refused.kind.status, headers)
    return JSONResponse(problem_document(refused, request_id), refused.kind.status, headers, media_type="application/problem+json")


def refusal_of_validation(error: RequestValidationError) -> Refused:
    """Return what pydantic found as a refusal; the values that were sent are left out."""
    faults: list[FieldFault] = []
    for found in error.errors()[:50]:
        where = [str(part) for part in found["loc"] if part not in ("body", "query", "path", "header")]
        path = ".".join(where) or str(found["loc"][0])
        message = str(found["msg"]).removeprefix("Value error, ")
        faults.append(FieldFault(path[:200], message if len(message) <= 200 and "input" not in found["type"] else "is invalid"))
    first = faults[0] if faults else FieldFault("body", "is invalid")
    return Refused("validation_failed", f"{first.path}: {first.message}", faults=faults)


class Gate:
    """Wraps an application. Answers by itself where a body is too large, too slow or no JSON, or where the application failed.

    A request that no key has counted is counted against its address.
    """

    def __init__(self, app: FastAPI, *, body_patience_seconds: float = 20.0) -> None:
        self.app = app
        self._replay = Replay(app)
        self._body_patience_seconds = body_patience_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _given_id(scope) or str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        head = [(b"x-request-id", request_id.encode()), *_SAFETY_HEADERS]
        begun = finished = is_over = False

        async def answer(message: Message) -> None:
            nonlocal begun, finished, is_over
            if is_over:
                return
            if message["type"] == "http.response.start" and "answer_headers" not in scope["state"]:
                verdict = await self._verdict_of_address(scope)
                scope["state"]["answer_headers"] = verdict.headers if verdict else ()
                if verdict is not None and not verdict.admitted:
                    await render(over_limit(verdict), scope["path"], request_id)(scope, receive, answer)
                    is_over = True
                    return
            if message["type"] == "http.response.start":
                begun = True
                present = {name.lower() for name, _ in message.get("headers", ())}
                extra = scope["state"].get("answer_headers", ())
                message["headers"] = [
                    *message.get("headers", ()),
                    *((n, v) for n, v in (*head, *extra) if n not in present),
                ]
            elif message["type"] == "http.response.body":
                finished = not message.get("more_body", False)
            await send(message)

        try:
            with bound_request_id(request_id):
                body = await _whole_body(scope, receive, self._body_patience_seconds)
                await self._replay(scope, body, answer)
        except Refused as refused:
            await render(refused, scope["path"], request_id)(scope, receive, answer)
        except Exception as error:  # the last wall: whatever failed, the caller gets a problem and the log no text of it
            last = traceback.extract_tb(error.__traceback__)[-1]
            logger.error(
                "request failed", extra={"request_id": request_id, "error": type(error).__name__, "at": f"{last.name}:{last.lineno}"}
            )
            if finished:
                return  # the framework has answered with our handler's problem, and raised the error again for this wall
            if begun:
                raise
            await render(Refused("internal_error"), scope["path"], request_id)(scope, receive, answer)

    async def _verdict_of_address(self, scope: Scope) -> Verdict | None:
        door = getattr(self.app.state, "door", None)
        if door is None:
            return None
        rule = door.limits.address
        if scope["path"] in _UNLIMITED_PATHS:
            return Verdict(True, rule.per_minute, rule.per_minute, int(door.clock.now().timestamp()) + 60)
        address = scope["client"][0] if scope.get("client") else "unknown"
        verdict: Verdict = await door.limiter.admit(f"address:{address}", rule)
        return verdict


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given = value.decode("latin-1")
            return given if _SAFE_ID.fullmatch(given) else None
    return None


async def _whole_body(scope: Scope, receive: Receive, patience_seconds: float) -> Receive:
    """Read the body within its bounds and return a `receive` that gives it out again.

    Raises:
        Refused: 413 for more than the limit, 408 for a body that takes too long, 415 for one that says that it is not JSON.
    """
    limit = _UPLOAD_LIMIT_BYTES if scope["path"] in _UPLOAD_PATHS else _BODY_LIMIT_BYTES
    for name, value in scope["headers"]:
        if name == b"content-length" and (not value.isdigit() or int(value) > limit):
            raise Refused("payload_too_large")
    if scope["method"] in ("GET", "HEAD", "OPTIONS") or not _has_body(scope):
        return receive
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(patience_seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    break
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > limit:
                    raise Refused("payload_too_large")
                chunks.append(chunk)
                if not message.get("more_body", False):
                    break
    except TimeoutError as error:
        raise Refused("request_timeout") from error
    if size and not _may_be_json(scope):
        raise Refused("unsupported_media_type", "The body must be application/json.")
    given: list[Message] = [{"type": "http.request", "body": b"".join(chunks), "more_body": False}]

    async def again() -> Message:
        return given.pop() if given else await receive()

    return again


def _may_be_json(scope: Scope) -> bool:
    if not scope["path"].startswith(_JSON_PATHS) or scope["path"] in _UPLOAD_PATHS:
        return True
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind: bytes = value.split(b";")[0].strip().lower()
            return kind == b"application/json" or (kind.startswith(b"application/") and kind.endswith(b"+json"))
    return True


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def install(add_handler: Callable[[Any, Callable[[Request, Any], Awaitable[Response]]], None]) -> None:
    """Give an application the handlers that turn every expected error into a problem of its surface."""

    async def answered(_request: Request, error: Answered) -> Response:
        return repeated(error)

    async def known(request: Request, error: MarcaiError) -> Response:
        refused = refusal_of(error)
        if refused.kind.status >= 500:
            logger.error("request failed", extra={"request_id": request_id_of(request), "error": type(error).__name__})
        return render(refused, request.url.path, request_id_of(request))

    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return render(refusal_of_validation(error), request.url.path, request_id_of(request))

    async def http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400:  # the framework could not read the body at all
            refused = Refused("validation_failed", "body: is not valid JSON", faults=[FieldFault("body", "is not valid JSON")])
        else:
            refused = Refused(_BY_STATUS.get(error.status_code, "internal_error"))
        answer = render(refused, request.url.path, request_id_of(request))
        for name, value in (error.headers or {}).items():
            answer.headers.setdefault(name, value)
        return answer

    async def unforeseen(request: Request, _error: Exception) -> Response:
        return render(Refused("internal_error"), request.url.path, request_id_of(request))

    add_handler(Exception, unforeseen)
    add_handler(Answered, answered)
    add_handler(MarcaiError, known)
    add_handler(RequestValidationError, invalid)
    add_handler(HTTPException, http)
