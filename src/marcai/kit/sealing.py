"""Sealing of personal data: AES-256-GCM with a key a person, wrapped by the keys of the settings; and blind indexes.

Three layers, outermost first:

- `Keyring`: the wrapping keys from the settings. The first one wraps; all of them unwrap, so that a new one is put in front and
  the old one stays until everything is wrapped anew.
- `DataKey`: 32 random bytes that belong to one patient, contact or clinic. Stored wrapped. Whose row is gone is erased, wherever
  copies of the sealed texts still lie.
- a sealed text: a version byte, a nonce, ciphertext and tag. It is bound to its place (table, column, row), so that a ciphertext
  that was moved elsewhere does not open.

`BlindIndex` turns what is searched for (digits of a phone number) into a digest that only the same clinic makes the same way.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from marcai.kit.errors import MarcaiError

RandomBytes = Callable[[int], bytes]
KEY_BYTES, NONCE_BYTES, KEY_ID_BYTES, DIGEST_BYTES = 32, 12, 8, 16
SHORTEST_PASSPHRASE = 32
VERSION = b"\x01"


class SealingError(MarcaiError):
    """Something sealed cannot be opened, or a key cannot be used."""


class UnusableKey(SealingError):
    """A key of the settings is too short or not well formed. The text never repeats it."""


class UnknownKey(SealingError):
    """It was wrapped with a key that the settings no longer name."""


class BrokenSeal(SealingError):
    """The ciphertext was changed, or moved here from another place."""


def place(table: str, column: str, row: object) -> bytes:
    """Return the name of the place that a sealed text is bound to."""
    return f"{table}.{column}/{row}".encode()


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one patient, contact or clinic."""

    secret: bytes = field(repr=False)
    random_bytes: RandomBytes = field(default=os.urandom, repr=False, compare=False)
    _cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cipher", AESGCM(self.secret))

    def seal(self, content: bytes, where: bytes) -> bytes:
        """Return the content, readable only with this key and at that place."""
        nonce = self.random_bytes(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, content, where)

    def open(self, sealed: bytes, where: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            BrokenSeal: changed, of another place, or of another key.
        """
        if sealed[:1] != VERSION:
            raise BrokenSeal("not a sealed text of a version that is known")
        try:
            return self._cipher.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], where)
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal(f"the seal at {where.decode()} is broken") from error

    def seal_text(self, text: str, where: bytes) -> bytes:
        """Seal text as UTF-8."""
        return self.seal(text.encode(), where)

    def open_text(self, sealed: bytes, where: bytes) -> str:
        """Open what `seal_text` sealed."""
        return self.open(sealed, where).decode()

    def blind_index(self) -> "BlindIndex":
        """Return the index of this key's owner (a clinic). It stays the same when the wrapping keys change."""
        return BlindIndex(HKDF(hashes.SHA256(), KEY_BYTES, None, b"marcai blind index").derive(self.secret))


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """Makes digests that can be compared but not read, and differ from clinic to clinic."""

    secret: bytes = field(repr=False)

    def of(self, kind: str, normal_form: str) -> bytes:
        """Return the digest. `kind` keeps equal texts of different kinds apart; the caller brings the text to one form first."""
        return hmac.digest(self.secret, f"{kind}\0{normal_form}".encode(), "sha256")[:DIGEST_BYTES]


@dataclass(slots=True)
class Keyring:
    """The wrapping keys of the settings, the one that wraps first, and a bounded memory of what was unwrapped lately.

    The memory is keyed by the wrapped key itself: whoever cannot read the row any more finds nothing in it.
    """

    secrets: tuple[bytes, ...] = field(repr=False)
    random_bytes: RandomBytes = field(default=os.urandom, repr=False)
    remembered_keys: int = 10_000
    _ciphers: dict[bytes, AESGCM] = field(init=False, repr=False)
    _unwrapped: OrderedDict[tuple[bytes, bytes], DataKey] = field(init=False, repr=False, default_factory=OrderedDict)

    def __post_init__(self) -> None:
        if not self.secrets or any(len(secret) != KEY_BYTES for secret in self.secrets):
            raise UnusableKey(f"encryption keys have {KEY_BYTES} bytes each, and there is at least one")
        self._ciphers = {key_id(secret): AESGCM(secret) for secret in self.secrets}

    @classmethod
    def parse(cls, setting: str, *, random_bytes: RandomBytes = os.urandom) -> "Keyring":
        """Read `MARCAI_ENCRYPTION_KEYS`: keys divided by commas or spaces, the newest first.

        A key is 32 bytes as 64 hexadecimal digits or in base64 (either alphabet); any other text of 32 characters or more
        is taken as a secret from which the key is derived.

        Raises:
            UnusableKey: there is no key, or one is too short.
        """
        texts = [text for text in re.split(r"[,\s]+", setting) if text]
        return cls(tuple(_secret_of(text) for text in texts), random_bytes)

    def new_key(self) -> DataKey:
        """Return a fresh data key."""
        return DataKey(self.random_bytes(KEY_BYTES), self.random_bytes)

    def wrap(self, key: DataKey, owner: bytes) -> bytes:
        """Return the data key sealed with the first wrapping key and bound to its owner."""
        nonce = self.random_bytes(NONCE_BYTES)
        first = key_id(self.secrets[0])
        return VERSION + first + nonce + self._ciphers[first].encrypt(nonce, key.secret, owner)

    def unwrap(self, wrapped: bytes, owner: bytes) -> DataKey:
        """Return the data key of that owner.

        Raises:
            UnknownKey: wrapped with a key that this ring does not hold.
            BrokenSeal: changed, or another owner's.
        """
        known = self._unwrapped.get((wrapped, owner))
        if known is not None:
            self._unwrapped.move_to_end((wrapped, owner))
            return known
        if wrapped[:1] != VERSION:
            raise BrokenSeal("not a wrapped key of a version that is known")
        body = wrapped[1 + KEY_ID_BYTES :]
        cipher = self._ciphers.get(wrapped[1 : 1 + KEY_ID_BYTES])
        if cipher is None:
            raise UnknownKey(f"the key of {owner.decode()} is wrapped with an encryption key that is not in the settings")
        try:
            key = DataKey(cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], owner), self.random_bytes)
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal(f"the wrapped key of {owner.decode()} is broken") from error
        self._unwrapped[wrapped, owner] = key
        if len(self._unwrapped) > self.remembered_keys:
            self._unwrapped.popitem(last=False)
        return key

    def is_current(self, wrapped: bytes) -> bool:
        """Say whether the first key wrapped it; what it says no to is to be unwrapped and wrapped anew."""
        return wrapped[1 : 1 + KEY_ID_BYTES] == key_id(self.secrets[0])


def key_id(secret: bytes) -> bytes:
    """Return the public name of a wrapping key."""
    return hashlib.sha256(b"marcai key id" + secret).digest()[:KEY_ID_BYTES]


def _secret_of(text: str) -> bytes:
    if re.fullmatch(r"[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text)
    try:
        decoded = base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
        if len(decoded) == KEY_BYTES:
            return decoded
    except binascii.Error:
        # Not base64: a passphrase, if it is long enough.
        pass
    if len(text) < SHORTEST_PASSPHRASE:
        raise UnusableKey(f"an encryption key is 32 bytes in base64 or hexadecimal, or a text of {SHORTEST_PASSPHRASE} characters or more")
    return HKDF(hashes.SHA256(), KEY_BYTES, None, b"marcai wrapping key").derive(text.encode())
