"""Signed tokens of people who signed in (JWT, HS256): made at the sign-in, read wherever somebody knocks with one.

Written out here, since two functions are all that is needed of the standard: one algorithm, which no token may choose.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marcai.kit.errors import MarcaiError

_HEAD = {"alg": "HS256", "typ": "JWT"}


class BadToken(MarcaiError):
    """The text is no token of ours."""


class TokenOver(MarcaiError):
    """The token was ours, and its time is over."""


def looks_like_token(text: str) -> bool:
    """Say whether a text has the outward form of a token."""
    return text.count(".") == 2 and text.startswith("eyJ")


def signed(claims: Mapping[str, Any], secret: str) -> str:
    """Return a token with these claims; `exp` among them is its end, in seconds since 1970."""
    body = f"{_written(_HEAD)}.{_written(claims)}"
    return f"{body}.{_base64(_mac(body, secret))}"


def claims_of(text: str, secret: str, now: datetime) -> dict[str, Any]:
    """Return what a token says.

    Raises:
        BadToken: it is not one of ours, whatever it says of itself.
        TokenOver: it was.
    """
    body, _, mac = text.rpartition(".")
    try:
        given = base64.urlsafe_b64decode(mac + "=" * (-len(mac) % 4))
        if not secret or not hmac.compare_digest(given, _mac(body, secret)):
            raise BadToken("the signature is not ours")
        head, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in body.split("."))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadToken("not a token") from error
    if head != _HEAD or not isinstance(claims, dict) or not isinstance(claims.get("exp"), int | float):
        raise BadToken("not a token of ours")
    if now.timestamp() >= claims["exp"]:
        raise TokenOver("the token has expired")
    return claims


def _written(members: Mapping[str, Any]) -> str:
    return _base64(json.dumps(members, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(body: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest()
