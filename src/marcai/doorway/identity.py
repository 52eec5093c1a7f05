"""Who knocks: API keys, the clinic that a key belongs to, and what its scopes reach.

A key comes as `x-api-key: K` or as `Authorization: Bearer K`. What a machine may do is what its key says, as far as the clinic grants it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from marcai.clinics.actor import Machine
from marcai.clinics.clinic import OrganisationId
from marcai.clinics.keys import EVERYTHING
from marcai.doorway.known_keys import KnownKey
from marcai.doorway.limits import Rule, require
from marcai.doorway.problems import FieldFault, Refused
from marcai.doorway.services import Door, the_door
from marcai.doorway.tokens import BadToken, TokenOver, claims_of, looks_like_token

DEMO_KEY_TEXT = "mk_test_demo"
_KEY_PREFIXES = ("mk_live_", "mk_test_")
_LONGEST_KEY = 2000


@dataclass(frozen=True, slots=True)
class Knock:
    """Who was let in: the machine, the scopes of its key before the clinic's grants, and the limit that counts it."""

    machine: Machine
    key_scopes: frozenset[str]
    is_provisioned: bool
    rule: Rule


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


def _admitted(found: KnownKey | None, moment: datetime) -> KnownKey:
    if found is None or (found.listed.revoked_at is not None and found.listed.revoked_at <= moment):
        raise Refused("invalid_api_key", "Invalid or revoked API key.")
    if not found.listed.opens_at(moment):
        raise Refused("expired_api_key", "This API key has expired.")
    if not found.listed.clinic.is_active:
        raise Refused("tenant_inactive", "This clinic is suspended.")
    return found


def _refuse_person(token: str, door: Door) -> None:
    """Refuse whoever comes with the token of a person: these surfaces are for machines, in the name of one clinic."""
    try:
        claims = claims_of(token, door.secret_key, door.clock.now())
    except TokenOver as error:
        raise Refused("expired_api_key", "This token has expired.") from error
    except BadToken as error:
        raise Refused("invalid_api_key", "Invalid or revoked API key.") from error
    if claims.get("org_id") is None:
        raise Refused("no_org_context", "This token belongs to no clinic.")
    raise Refused("insufficient_scope", "A person's token does not open this surface; it takes an API key.")


def _same_clinic(request: Request, organisation_id: UUID, *, is_required: bool) -> None:
    header = request.headers.get("x-organization-id")
    if header is None:
        if is_required:
            raise Refused("bad_request", "'X-Organization-Id' is required")
        return
    try:
        named = UUID(header)
    except ValueError as error:
        raise Refused("bad_request", "'X-Organization-Id' must be a valid UUID") from error
    if len(header) != 36:
        raise Refused("bad_request", "'X-Organization-Id' must be a valid UUID")
    if named != organisation_id:
        raise Refused("wrong_organization", "The API key does not belong to this organization.")


async def _knocks(request: Request, door: Door, *, books: bool) -> Knock:
    key = _presented(request)
    if door.is_demo and key == DEMO_KEY_TEXT and door.demo_clinic is not None:
        machine = Machine(OrganisationId(door.demo_clinic), UUID(int=0), frozenset({EVERYTHING}))
        return Knock(machine, machine.scopes, True, door.limits.demo)
    if looks_like_token(key):
        _refuse_person(key, door)
    known = await door.known_keys.find(key, door.directory, door.setup_of) if key.startswith(_KEY_PREFIXES) else None
    found = _admitted(known, door.clock.now())
    machine = Machine(found.listed.clinic.id, found.listed.id, found.scopes)
    return Knock(machine, found.listed.scopes, found.is_provisioned, door.limits.booking if books else door.limits.key)


def _refuse_unknown_query(request: Request) -> None:
    """Refuse query parameters that the operation does not declare."""
    if not request.scope["query_string"]:
        return
    declared = _query_names(request.scope["route"].dependant)
    faults = [FieldFault(name[:200], "is not known") for name in request.query_params if name not in declared]
    if faults:
        raise Refused("validation_failed", f"{faults[0].path}: is not known", faults=faults[:50])


def _query_names(dependant: Dependant) -> set[str]:
    names: set[str] = set()
    for parameter in dependant.query_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names |= {field.alias or name for name, field in kind.model_fields.items()}
        else:
            names.add(parameter.alias)
    return names.union(*(_query_names(inner) for inner in dependant.dependencies))


def _refuse_scopes(knock: Knock, any_of: tuple[str, ...]) -> None:
    wanted = f"Insufficient scopes. Required one of: [{', '.join(any_of)}]."
    if knock.key_scopes & {EVERYTHING, *any_of}:
        granted = ", ".join(sorted(knock.machine.scopes))
        raise Refused(
            "insufficient_scope",
            f"{wanted} The scope is on the API key but is not granted by the organization's installation. Granted scopes: [{granted}].",
        )
    own = ", ".join(sorted(knock.key_scopes))
    raise Refused("insufficient_scope", f"{wanted} The API key is missing the required scope. Key scopes: [{own}].")


def scope(
    *any_of: str, books: bool = False, needs_organization: bool = False, needs_provisioned: bool = False
) -> Callable[[Request], Awaitable[Machine]]:
    """Return a dependency that lets a machine in whose key has one of the scopes, and counts it against the key's limit.

    `books`: it writes visits, and is counted by the stricter limit. `needs_organization`: the clinic must be named in
    `X-Organization-Id`. `needs_provisioned`: its onboarding must have come so far that visits can be booked.

    Raises, when called:
        Refused: no key, a wrong or ended one, a suspended clinic, another clinic's id, too many requests, too few scopes, or a query
            parameter that does not exist.
    """

    async def admitted(request: Request) -> Machine:
        door = the_door(request)
        knock = await _knocks(request, door, books=books)
        verdict = await door.limiter.admit(knock.machine.label, knock.rule)
        request.scope["state"]["answer_headers"] = verdict.headers
        require(verdict)
        _same_clinic(request, knock.machine.organisation_id, is_required=needs_organization)
        if EVERYTHING not in knock.machine.scopes and not knock.machine.scopes & set(any_of):
            _refuse_scopes(knock, any_of)
        if needs_provisioned and not knock.is_provisioned:
            raise Refused("tenant_not_provisioned", "This clinic's onboarding is not complete.")
        _refuse_unknown_query(request)
        return knock.machine

    return admitted


async def admit_stranger(request: Request) -> None:
    """Count a message of the chat page against its address's limit.

    Raises:
        Refused: too many requests.
    """
    door = the_door(request)
    address = request.client.host if request.client else "unknown"
    verdict = await door.limiter.admit(f"address:{address}", door.limits.chat)
    request.scope["state"]["answer_headers"] = verdict.headers
    require(verdict)
