"""Signatures of outgoing webhooks, as Standard Webhooks 1.0 has them."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable

from marcai.notifications.errors import WeakSecret

RandomBytes = Callable[[int], bytes]
PREFIX = "whsec_"
SECRET_BYTES = 32
SHORTEST, LONGEST = 32, 256
"""In characters, as the caller writes them."""
LEAST_KEY_BYTES = 16


def new_secret(random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """Return a fresh secret, for a subscriber who did not choose one."""
    return PREFIX + base64.b64encode(random_bytes(SECRET_BYTES)).decode()


def checked_secret(secret: str) -> str:
    """Return a secret that a subscriber chose.

    Raises:
        WeakSecret: shorter than 32 characters, longer than 256, or not base64 behind its prefix.
    """
    if not SHORTEST <= len(secret) <= LONGEST:
        raise WeakSecret(f"must have {SHORTEST} to {LONGEST} characters")
    if len(signing_key(secret)) < LEAST_KEY_BYTES:
        raise WeakSecret(f"must hold at least {LEAST_KEY_BYTES} bytes")
    return secret


def signing_key(secret: str) -> bytes:
    """Return the bytes that sign: base64 behind the prefix, or else the text itself as UTF-8.

    Raises:
        WeakSecret: what follows the prefix is not base64, or the text is not one that UTF-8 can write.
    """
    try:
        if not secret.startswith(PREFIX):
            return secret.encode()
        text = secret.removeprefix(PREFIX).rstrip("=")
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise WeakSecret(f"must be base64 behind {PREFIX}, or any text without it") from error


def signatures(secrets_in_use: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: one signature a secret, so that either side of a rotation can verify."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.digest(signing_key(secret), signed, hashlib.sha256) for secret in secrets_in_use)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
