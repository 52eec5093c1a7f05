"""What is offered to those who wait: an opening (a slot that was freed), and each offer of it. Values, and the port of their store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from marcai.clinics.clinic import LocationId
from marcai.scheduling.appointment import AppointmentId
from marcai.scheduling.patient import PatientId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId
from marcai.scheduling.slots import Slot

OVERTAKEN_AT_MOST = 3
"""So often may somebody who came later be asked first, for a slot that would have fitted; after that, arrival alone counts."""
UNANSWERED_AT_MOST = 3
"""Who leaves so many offers in a row unanswered leaves the queue."""
WAITLIST_HOLDER = "waitlist:"
"""What the label of a hold begins with that keeps a slot for somebody who waits. No door lets a caller choose a label."""


class OpeningState(StrEnum):
    """Where a freed slot stands between those who wait."""

    WAITING = "waiting"
    """Somebody is still to be asked, at `due`."""
    OFFERED = "offered"
    FILLED = "filled"
    FREE = "free"
    """Nobody who waits wants it, or it is taken otherwise: the waitlist is done with it."""


class OfferStatus(StrEnum):
    """Where an offer stands. What has ended does not change any more."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Whoever had it left the queue, or does not want to be written to."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A slot that was freed. Its id is that of the visit, or of the hold, that freed it: one is offered once, however often it is told."""

    id: UUID
    provider_id: ProviderId
    location_id: LocationId
    start: datetime
    end: datetime
    state: OpeningState = OpeningState.WAITING
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot that one who waits may have until `expires_at`. It is held until then by `hold_id`."""

    id: UUID
    opening_id: UUID
    entry_id: UUID
    patient_id: PatientId
    hold_id: UUID
    slot: Slot
    status: OfferStatus
    offered_at: datetime
    expires_at: datetime
    appointment_id: AppointmentId | None = None


@dataclass(frozen=True, slots=True)
class Fitting:
    """Which entries an opening fits, as far as the clinic's rules and the entry's wish decide.

    `types` may be seen here by this provider; `types_of_anybody` also when the wish names no provider. `part` is the part of the day.
    """

    opening: Opening
    types: frozenset[AppointmentTypeId]
    types_of_anybody: frozenset[AppointmentTypeId]
    day: date
    part: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who is to be asked next."""

    entry_id: UUID
    patient_id: PatientId
    appointment_type_id: AppointmentTypeId


class Offers(Protocol):
    """The openings and offers of one clinic. What ends or begins an offer is written under the lock of the slot's provider."""

    async def begin(self, opening: Opening) -> bool:
        """Write an opening that is due at once; False when it is there already, or nobody waits."""
        ...

    async def begin_after_holds(self) -> int:
        """Write an opening for each hold that has expired without becoming a visit (offers' own aside), and say how many are new."""
        ...

    async def opening(self, opening_id: UUID) -> Opening | None:
        """Return the opening."""
        ...

    async def due(self, *, limit: int) -> list[UUID]:
        """Return the openings that wait for somebody to be asked now, those that begin first in front."""
        ...

    async def put_opening(self, opening_id: UUID, state: OpeningState, due: datetime | None) -> None:
        """Give an opening another state."""
        ...

    async def next_candidate(self, fitting: Fitting, *, without: Sequence[UUID]) -> Candidate | None:
        """Return who comes first of those whom it fits, who agreed to be asked, have no other offer, and are free then.

        Nobody is asked twice for one opening, nor again for a time with a provider that they have declined.
        """
        ...

    async def make(self, offer: Offer, fitting: Fitting) -> bool:
        """Write an offer, unless its entry waits no longer; those whom it fits too, and whose turn was before, were overtaken once more."""
        ...

    async def open_offer(self, *, entry_id: UUID | None = None, patient_id: UUID | None = None) -> Offer | None:
        """Return the offer that an entry, or a patient, has not answered yet (also when its time is over and nobody has noted it)."""
        ...

    async def lapsed(self, *, limit: int) -> list[UUID]:
        """Return the entries whose offer's time is over."""
        ...

    async def end(self, offer: Offer, status: OfferStatus, *, appointment_id: AppointmentId | None = None) -> bool:
        """End an open offer; False when it has ended already.

        Accepted, it settles entry and opening. Declined or expired, the entry goes to the end of its queue (or, after too many that were
        not answered, out of it), and the opening is due again. Withdrawn, only the opening is touched.
        """
        ...
