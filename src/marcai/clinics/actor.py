"""Who acts. The door proves it; no tool and no use case ever takes it from an argument."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from uuid import UUID

from marcai.clinics.clinic import OrganisationId


class Role(StrEnum):
    """What a person of the clinic or of the platform may be."""

    PLATFORM_ADMIN = "vitara_admin"
    CLINIC_MANAGER = "clinic_manager"
    STAFF = "staff"


class IdentityLevel(IntEnum):
    """How well we know who is speaking (reference: reliability 4.3)."""

    ANONYMOUS = 0
    CHANNEL = 1
    """The signed channel identity alone: may act on visits that were booked in that same channel."""
    IDENTIFIED = 2
    """Full name and date of birth matched, or a machine with the clinic's key vouched for the patient."""
    CONFIRMED = 3
    """A one-time code sent to the contact on file came back."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Another system, with the scopes of its key."""

    organisation_id: OrganisationId
    key_id: UUID
    scopes: frozenset[str]

    @property
    def label(self) -> str:
        """Return how the audit trail names this actor."""
        return f"key:{self.key_id}"


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who signed in."""

    organisation_id: OrganisationId
    user_id: UUID
    role: Role

    @property
    def label(self) -> str:
        """Return how the audit trail names this actor."""
        return f"user:{self.user_id}"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who writes or speaks in a channel, known at a level; `patient_id` is who they are, where that is known."""

    organisation_id: OrganisationId
    channel: str
    contact: str
    level: IdentityLevel
    patient_id: UUID | None = None

    @property
    def label(self) -> str:
        """Return how the audit trail names this actor: the channel and, once known, the patient's id, never the contact."""
        return f"caller:{self.channel}:{self.patient_id or 'unknown'}"


Actor = Machine | Staff | Caller
