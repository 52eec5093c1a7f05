"""What `/openapi.json` says of every operation beside its own signature: who may call, what is refused, which headers there are."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from marcai.doorway.problems import CATALOGUE
from marcai.ledger.idempotency import LONGEST_KEY

MACHINE_SURFACES = ("/v1/", "/v3/")
NAMES_ITS_CLINIC = ("/v3/",)
_REFUSALS = {
    400: "A header, or on /v3 an id, cannot be read.",
    401: "No key, or one that opens nothing.",
    403: "The key does not reach so far, or its clinic is suspended.",
    404: "No such thing in this clinic.",
    422: "Something in the request cannot be meant.",
    429: "Too many requests.",
    500: "Something failed here.",
    503: "This cannot be done right now.",
}
_REFUSALS_OF_WRITES = {
    408: "The body came too slowly.",
    409: "Somebody or something is in the way: a slot, a status, a version, an idempotency key.",
    413: "The body is too large.",
    415: "The body is not of a kind that is read here.",
}
_HEADERS = {
    "X-Request-Id": ("The id of this request, in its answer and in our logs.", "string"),
    "X-RateLimit-Limit": ("Requests a minute.", "integer"),
    "X-RateLimit-Remaining": ("What is left of them.", "integer"),
    "X-RateLimit-Reset": ("When the window is empty again, in seconds since 1970.", "integer"),
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457, with the members that readers of other systems look for.",
    "required": ["type", "title", "status", "detail", "error", "code", "message", "requestId", "trace_id", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "error": {"type": "string", "enum": sorted(CATALOGUE)},
        "code": {"type": "string", "enum": sorted({kind.general for kind in CATALOGUE.values()})},
        "message": {"type": "string"},
        "requestId": {"type": "string"},
        "trace_id": {"type": "string"},
        "retryAfter": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def describe(app: FastAPI) -> None:
    """Let the application's document say all of it. It is made once, when it is first asked for."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            components = document.setdefault("components", {})
            components.setdefault("schemas", {})["Problem"] = _PROBLEM
            components["securitySchemes"] = {
                "Key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                "Bearer": {"type": "http", "scheme": "bearer"},
            }
            for unused in ("HTTPValidationError", "ValidationError"):
                components["schemas"].pop(unused, None)
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    _complete(path, method.upper(), operation)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]  # FastAPI's own way of changing the document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    responses: dict[str, Any] = operation["responses"]
    if path.startswith(MACHINE_SURFACES):
        operation["security"] = [{"Key": []}, {"Bearer": []}]
        operation.setdefault("parameters", []).extend(_header_parameters(path, method))
        refusals: Mapping[int, str] = _REFUSALS if method == "GET" else _REFUSALS | _REFUSALS_OF_WRITES
        for code, meaning in refusals.items():
            refusal = responses.setdefault(str(code), {"description": meaning})
            refusal["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, response in responses.items():
        headers = response.setdefault("headers", {})
        for name, (meaning, kind) in _HEADERS.items():
            headers[name] = {"description": meaning, "schema": {"type": kind}}
        if status in ("429", "503"):
            headers["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
    operation["responses"] = dict(sorted(responses.items()))


def _header_parameters(path: str, method: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": "X-Organization-Id",
            "in": "header",
            "required": path.startswith(NAMES_ITS_CLINIC),
            "description": "The clinic, by its raw UUID; it must be the key's own.",
            "schema": {"type": "string", "format": "uuid"},
        }
    ]
    if method in ("POST", "PUT", "PATCH"):
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key and request get the same answer, and have one effect, for 24 hours.",
                "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
            }
        )
    return found
