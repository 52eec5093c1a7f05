"""Talks to be kept in tests."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from marcai.clinics.actor import IdentityLevel
from marcai.clinics.clinic import OrganisationId
from marcai.conversation.conversation import Conversation, Person, TalkKey
from marcai.understanding.meaning import Language

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CLINIC = OrganisationId(UUID(int=7))
CONTACT = "+5511987654321"


def a_key(*, contact: str = CONTACT, channel: str = "whatsapp", clinic: OrganisationId = CLINIC) -> TalkKey:
    """Return whose talk it is."""
    return TalkKey(clinic, channel, contact)


def a_talk(key: TalkKey | None = None, *, turn: int = 1, name: str = "Iolanda Quixote") -> Conversation:
    """Return a talk at a turn, with a name that must not lie about in clear."""
    return replace(
        Conversation(uuid4(), key or a_key(), Language.PT, NOW),
        turn=turn,
        person=Person(level=IdentityLevel.CHANNEL, name=name),
    )
