"""The fast copy of talks and their lock, in Redis. PostgreSQL is the truth: whatever goes wrong here costs a reload.

Nothing readable lies in Redis: names of keys are digests, copies are sealed with a key of their own, which lies wrapped beside
them and goes with them.
"""

import asyncio
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from marcai.backends.redis.scripts import OPEN, RELEASE, SAVE
from marcai.conversation.conversation import Conversation, OpenTalk, TalkKey
from marcai.conversation.snapshot import OldSnapshot, dump_conversation, load_conversation
from marcai.kit.sealing import Keyring, SealingError, place

LOG = logging.getLogger(__name__)

LOCK_LIFE = timedelta(seconds=10)
"""Longer than a turn with a slow model (4 s); a process that died with the lock keeps a patient waiting no longer."""
COPY_LIFE = timedelta(hours=24)
IDS_KEPT = 64
WRAPPED_BYTES = 69
TROUBLE_SECONDS = 1.0
"""How long Redis is left alone after it failed, so that a turn does not wait for it again and again."""


class Scripts(Protocol):
    """Runs a script of ours in Redis."""

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes | int]) -> object:
        """Return what the script returns.

        Raises:
            RedisGone: no answer, or not in time, or an error.
        """
        ...


class RedisGone(Exception):
    """Redis did not answer, or not in time. The text bears no key and no value."""


@dataclass(slots=True)
class RedisConversationStore:
    """Keeps `ConversationStore`: never raises, whatever Redis does."""

    scripts: Scripts
    keyring: Keyring = field(repr=False)
    lock_life: timedelta = LOCK_LIFE
    copy_life: timedelta = COPY_LIFE
    patience_seconds: float = 8.0
    """How long a turn waits for the one before it; then the fence of the turn row decides."""
    new_token: Callable[[], str] = lambda: secrets.token_hex(16)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic
    _trouble_until: float = field(default=0.0, init=False)

    async def open(self, key: TalkKey, *, message_id: str | None = None) -> OpenTalk:
        """Wait a little for the lock of the talk, take it, and return the copy with it; one round trip when nobody holds it."""
        token, digest = self.new_token(), self._digest(key)
        arguments = (token, _milliseconds(self.lock_life), _short(message_id))
        deadline, pause = self.monotonic() + self.patience_seconds, 0.01
        while True:
            answer = await self._run(OPEN, digest, arguments)
            if not isinstance(answer, list) or not answer:
                return OpenTalk(key)
            if answer[0] == 1:
                copy = answer[2] if len(answer) > 2 else None
                return OpenTalk(key, self._opened(digest, key, copy), token, is_repeat=answer[1] == 1)
            if self.monotonic() + pause > deadline:
                return OpenTalk(key)
            await self.sleep(pause)
            pause = min(pause * 1.5, 0.1)

    async def save(self, talk: OpenTalk, conversation: Conversation, *, message_id: str | None = None) -> None:
        """Keep the new copy, remember the message id, and give the lock back; without the lock, drop the copy instead."""
        digest = self._digest(talk.key)
        if talk.token is None:
            await self._run(RELEASE, digest, ("", "1"))
            return
        where = place("redis", "conversation", digest)
        data_key = self.keyring.new_key()
        sealed = self.keyring.wrap(data_key, where) + data_key.seal(dump_conversation(conversation), where)
        await self._run(SAVE, digest, (talk.token, sealed, _milliseconds(self.copy_life), _short(message_id), IDS_KEPT))

    async def release(self, talk: OpenTalk, *, forget: bool = False) -> None:
        """Give the lock back without a new copy; `forget` drops the old one too, because it was stale."""
        if talk.token is not None or forget:
            await self._run(RELEASE, self._digest(talk.key), (talk.token or "", "1" if forget else "0"))

    async def clear(self, key: TalkKey) -> None:
        """Drop the copy."""
        await self._run(RELEASE, self._digest(key), ("", "1"))

    async def _run(self, script: str, digest: str, arguments: Sequence[str | bytes | int]) -> object:
        if self.monotonic() < self._trouble_until:
            return None
        tag = f"marcai:{{{digest}}}"
        try:
            return await self.scripts.run(script, (f"{tag}:lock", f"{tag}:copy", f"{tag}:seen"), arguments)
        except RedisGone as error:
            self._trouble_until = self.monotonic() + TROUBLE_SECONDS
            LOG.warning("conversation store without Redis: %s", error)
            return None

    def _opened(self, digest: str, key: TalkKey, copy: object) -> Conversation | None:
        """Return the talk of a copy, or None for one that cannot be read: then the truth is asked."""
        if not isinstance(copy, bytes):
            return None
        where = place("redis", "conversation", digest)
        try:
            data_key = self.keyring.unwrap(copy[:WRAPPED_BYTES], where)
            found = load_conversation(data_key.open(copy[WRAPPED_BYTES:], where))
        except (SealingError, OldSnapshot) as error:
            LOG.warning("a copy in Redis cannot be read: %s", type(error).__name__)
            return None
        return found if found.key == key else None

    def _digest(self, key: TalkKey) -> str:
        named = f"{key.organisation_id}\0{key.channel}\0{key.contact}".encode()
        # The oldest key, so that processes with and without a new one in front name (and lock) the same.
        return hmac.digest(self.keyring.secrets[-1], b"redis\0" + named, "sha256")[:16].hex()


def _milliseconds(length: timedelta) -> int:
    return int(length.total_seconds() * 1000)


def _short(message_id: str | None) -> str:
    return hashlib.blake2b(message_id.encode(), digest_size=16).hexdigest() if message_id else ""
