"""What webhooks stand on: the rows of one clinic, and whoever puts a message on the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from marcai.ledger.jobs import Jobs
from marcai.ledger.outbox import RelayUnit
from marcai.ledger.unit import UnitOfWork
from marcai.notifications.webhook import Attempt, Delivery, DeliveryStatus, NewDelivery, Secret, Subscription, WhyInactive


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A subscription to be written."""

    url: str
    secrets: tuple[Secret, ...]
    event_types: tuple[str, ...]
    description: str | None
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one attempt: where the delivery stands now, and when it is due again if it is pending."""

    delivery: Delivery
    attempt: Attempt
    status: DeliveryStatus
    due_at: datetime
    why_dead: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an endpoint does."""

    failing_since: datetime | None
    paused_until: datetime | None
    why_inactive: WhyInactive | None


class Webhooks(Protocol):
    """The subscriptions and deliveries of one clinic, inside one transaction."""

    async def add(self, new: NewSubscription) -> Subscription:
        """Write a subscription, active."""
        ...

    async def get(self, subscription_id: UUID) -> Subscription | None:
        """Return one, inactive and deleted ones too."""
        ...

    async def lock(self, subscription_id: UUID) -> Subscription | None:
        """Return one, which nobody else changes or delivers to before this transaction ends."""
        ...

    async def page(self, *, limit: int, after: int | None = None) -> list[Subscription]:
        """Return subscriptions in order of seq, those whose seq is greater than `after`; deleted ones too."""
        ...

    async def active(self) -> list[Subscription]:
        """Return those that are sent to, in order of seq."""
        ...

    async def change(self, subscription_id: UUID, fields: Mapping[str, Any]) -> Subscription | None:
        """Set fields of a subscription; None when there is no such subscription."""
        ...

    async def enqueue(self, deliveries: Sequence[NewDelivery]) -> list[UUID]:
        """Write deliveries in their order and return their ids."""
        ...

    async def lease(self, subscription_id: UUID, holder: UUID, until: datetime, *, longest: timedelta) -> Subscription | None:
        """Lock a subscription and keep it for a holder until then; None when another holder's lease still runs, or it is not there.

        A lease that ends further ahead than `longest` was given by a clock that went back since, and counts as ended.
        """
        ...

    async def record(self, subscription_id: UUID, verdicts: Sequence[Verdict], standing: Standing) -> None:
        """Write down what became of a round. A delivery that somebody else has tried meanwhile is left as it is."""
        ...

    async def claim(self, subscription_id: UUID, *, limit: int) -> list[Delivery]:
        """Return pending deliveries that are due, the longest due first, and of each subject only the first that is pending."""
        ...

    async def bury(self, subscription_id: UUID, why: str) -> int:
        """Give up all that is pending; return how many there were."""
        ...

    async def release(self, subscription_id: UUID, holder: UUID) -> datetime | None:
        """End a lease; return when the endpoint next has something to do, unless a job for then is deferred already."""
        ...

    async def forgotten(self) -> list[UUID]:
        """Return subscriptions with something due that nobody is delivering."""
        ...

    async def delivery(self, delivery_id: UUID) -> Delivery | None:
        """Return one."""
        ...

    async def deliveries(
        self, *, subscription_id: UUID | None, status: DeliveryStatus | None, limit: int, before: int | None = None
    ) -> list[Delivery]:
        """Return deliveries, the newest first, those whose seq is smaller than `before`."""
        ...

    async def revive(self, delivery_id: UUID, due_at: datetime) -> Delivery | None:
        """Let a dead letter begin its schedule anew; None when it is not dead."""
        ...

    async def drop_finished(self, *, older_than: timedelta, limit: int) -> int:
        """Delete deliveries that were finished longer ago than that; return how many."""
        ...


class WebhookUnit(UnitOfWork, Protocol):
    """What webhooks need of a unit of work."""

    def new_id(self) -> UUID:
        """Return a fresh id."""
        ...

    @property
    def webhooks(self) -> Webhooks:
        """The clinic's subscriptions and deliveries."""
        ...

    @property
    def jobs(self) -> Jobs:
        """The jobs of this transaction."""
        ...


class WebhookRelayUnit(WebhookUnit, RelayUnit, Protocol):
    """What carrying the outbox to webhooks needs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or the one word that says why there is none. `retry_after` is the wait that the endpoint asked for."""

    status_code: int | None
    duration_ms: int
    error: str | None = None
    retry_after: timedelta | None = None


class Sender(Protocol):
    """Puts a message on the wire."""

    async def refusal(self, url: str) -> str | None:
        """Return why nothing would be sent to that address, as far as one can tell now; None when nothing speaks against it."""
        ...

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """POST once, to an address that was judged just now. Never raises for what the other side does or fails to do."""
        ...
