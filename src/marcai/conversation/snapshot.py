"""Talks and replies as versioned JSON: what Redis keeps, and what PostgreSQL keeps as a snapshot (both sealed)."""

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from marcai.conversation.conversation import Conversation, Reply

T = TypeVar("T")

VERSION = 1
"""Grows with every change of `Conversation` that an older reader would not understand."""

# pydantic here, though no patient's text enters: a snapshot comes from outside of the process and may be older than the code.
_CONVERSATION = TypeAdapter(tuple[int, Conversation])
_REPLY = TypeAdapter(tuple[int, Reply])


class OldSnapshot(ValueError):
    """The text was written by another version of the code, or is no snapshot."""


def dump_conversation(conversation: Conversation) -> bytes:
    """Return the talk as JSON."""
    return _CONVERSATION.dump_json((VERSION, conversation))


def load_conversation(text: bytes) -> Conversation:
    """Return the talk that the JSON tells of.

    Raises:
        OldSnapshot: it cannot be read by this version.
    """
    return _read(_CONVERSATION, text)


def dump_reply(reply: Reply) -> bytes:
    """Return the reply as JSON."""
    return _REPLY.dump_json((VERSION, reply))


def load_reply(text: bytes) -> Reply:
    """Return the reply that the JSON tells of.

    Raises:
        OldSnapshot: it cannot be read by this version.
    """
    return _read(_REPLY, text)


def _read(adapter: TypeAdapter[tuple[int, T]], text: bytes) -> T:
    try:
        version, value = adapter.validate_json(text)
    except ValidationError:
        # The validation's own message repeats what was stored: a patient's words.
        raise OldSnapshot("not a snapshot of this version") from None
    if version != VERSION:
        raise OldSnapshot(f"a snapshot of version {version}")
    return value
