"""The narrow directory: which clinic a slug, a key or a channel's address belongs to. It is read before there is a tenant.

It knows no patient, and what it says of a key is what decides whether to let it in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from marcai.clinics.clinic import OrganisationId


@dataclass(frozen=True, slots=True)
class ListedClinic:
    """A clinic, as far as a stranger at the door needs to know it."""

    id: OrganisationId
    slug: str
    name: str
    timezone: str
    language: str
    is_active: bool
    is_live: bool


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key and its clinic. Whether it still opens anything is for `opens_at` to say."""

    id: UUID
    clinic: ListedClinic
    name: str
    scopes: frozenset[str]
    is_live: bool
    expires_at: datetime | None
    revoked_at: datetime | None

    def opens_at(self, moment: datetime) -> bool:
        """Say whether the key is neither revoked nor expired at that moment."""
        is_revoked = self.revoked_at is not None and self.revoked_at <= moment
        return not is_revoked and (self.expires_at is None or moment < self.expires_at)


class Directory(Protocol):
    """Finds clinics. Each question is one round trip."""

    async def clinic(self, organisation_id: UUID) -> ListedClinic | None:
        """Return the clinic with this id."""
        ...

    async def clinic_by_slug(self, slug: str) -> ListedClinic | None:
        """Return the clinic with this slug."""
        ...

    async def clinics(self) -> list[ListedClinic]:
        """Return every clinic, in order of slug."""
        ...

    async def key(self, key_hash: bytes) -> ListedKey | None:
        """Return the key with this hash, ended ones too."""
        ...

    async def clinic_at(self, kind: str, external_id: str) -> ListedClinic | None:
        """Return the clinic that receives at this address of a channel ("whatsapp", "sms", "vapi", …)."""
        ...


class ChannelAddresses(Protocol):
    """Where one clinic receives, inside one transaction."""

    async def put(self, kind: str, external_id: str) -> None:
        """Let this address lead to the clinic. Doing it again does nothing. Raises `AddressTaken` (clinics/errors)."""
        ...

    async def remove(self, kind: str, external_id: str) -> bool:
        """Let it lead nowhere; False when it did not lead here."""
        ...

    async def all(self) -> list[tuple[str, str]]:
        """Return the clinic's addresses as (kind, external id), in order."""
        ...
