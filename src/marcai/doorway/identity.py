"""Who knocks: API keys, the clinic that a key belongs to, and what its scopes reach.

A key comes as `x-api-key: K` or as `Authorization: Bearer K`.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from fastapi import Request

from marcai.clinics.actor import Machine
from marcai.clinics.directory import ListedKey
from marcai.clinics.keys import EVERYTHING
from marcai.doorway.limits import DEMO_KEY, GENERAL, STRANGER, require
from marcai.doorway.problems import Refused
from marcai.doorway.services import Door, the_door

DEMO_KEY_TEXT = "mk_test_demo"
_KEY_PREFIXES = ("mk_live_", "mk_test_")
_LONGEST_KEY = 200


def _presented(request: Request) -> str:
    """Return the key that the request bears.

    Raises:
        Refused: none, or a header of another form.
    """
    header = request.headers.get("authorization")
    key = request.headers.get("x-api-key")
    if header is not None and key is None:
        scheme, _, rest = header.partition(" ")
        if scheme.lower() != "bearer" or not rest.strip() or " " in rest.strip():
            raise Refused("malformed_auth_header", "The Authorization header must read 'Bearer <key>'.")
        key = rest.strip()
    if key is None or not key.strip():
        raise Refused("invalid_api_key", "An API key is required: x-api-key, or Authorization: Bearer.")
    if len(key) > _LONGEST_KEY or not key.isascii():
        raise Refused("invalid_api_key", "Invalid or revoked API key.")
    return key


def _admitted(found: ListedKey | None, moment: datetime) -> ListedKey:
    if found is None or (found.revoked_at is not None and found.revoked_at <= moment):
        raise Refused("invalid_api_key", "Invalid or revoked API key.")
    if not found.opens_at(moment):
        raise Refused("expired_api_key", "This API key has expired.")
    if not found.clinic.is_active:
        raise Refused("tenant_inactive", "This clinic is suspended.")
    return found


def _same_clinic(request: Request, organisation_id: UUID) -> None:
    header = request.headers.get("x-organization-id")
    if header is None:
        return
    try:
        named = UUID(header)
    except ValueError as error:
        raise Refused("bad_request", "'X-Organization-Id' must be a valid UUID") from error
    if len(header) != 36:
        raise Refused("bad_request", "'X-Organization-Id' must be a valid UUID")
    if named != organisation_id:
        raise Refused("wrong_organization", "The API key does not belong to this organization.")


async def machine_of(request: Request, door: Door) -> Machine:
    """Return the machine that the request's key proves, and count the request against the key's limit.

    Raises:
        Refused: no key, a wrong one, an expired one, a suspended clinic, another clinic's id, or too many requests.
    """
    key = _presented(request)
    if door.is_demo and key == DEMO_KEY_TEXT and door.demo_clinic is not None:
        _same_clinic(request, door.demo_clinic)
        machine = Machine(door.demo_clinic, UUID(int=0), frozenset({EVERYTHING}))
        rule = DEMO_KEY
    else:
        found = _admitted(await door.known_keys.find(key, door.directory) if key.startswith(_KEY_PREFIXES) else None, door.clock.now())
        _same_clinic(request, found.clinic.id)
        machine = Machine(found.clinic.id, found.id, found.scopes)
        rule = GENERAL
    verdict = await door.limiter.admit(machine.label, rule.scaled(door.rate_limit_factor))
    request.scope["state"]["answer_headers"] = verdict.headers
    require(verdict)
    return machine


def scope(*any_of: str) -> Callable[[Request], Awaitable[Machine]]:
    """Return a dependency that lets a machine in whose key has one of the scopes."""

    async def admitted(request: Request) -> Machine:
        machine = await machine_of(request, the_door(request))
        if EVERYTHING not in machine.scopes and not machine.scopes & set(any_of):
            raise Refused(
                "insufficient_scope",
                f"Insufficient scopes. Required one of: [{', '.join(any_of)}]. The API key is missing the required scope. "
                f"Key scopes: [{', '.join(sorted(machine.scopes))}].",
            )
        return machine

    return admitted


async def admit_stranger(request: Request) -> None:
    """Count a request that bears no key against its address's limit.

    Raises:
        Refused: too many requests.
    """
    door = the_door(request)
    address = request.client.host if request.client else "unknown"
    verdict = await door.limiter.admit(f"address:{address}", STRANGER.scaled(door.rate_limit_factor))
    request.scope["state"]["answer_headers"] = verdict.headers
    require(verdict)
