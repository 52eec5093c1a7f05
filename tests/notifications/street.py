"""A clinic's webhooks on a clock of their own: endpoints of every kind, and a worker that jumps from one due job to the next."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from marcai.backends.fakes.webhooks import Behaviour, FakeEndpoints
from marcai.backends.postgres.engine import Postgres
from marcai.kit.clock import FixedClock
from marcai.ledger import outbox
from marcai.ledger.events import OutboxEvent
from marcai.notifications import subscriptions
from marcai.notifications.courier import Courier
from marcai.notifications.subscriptions import Wish
from marcai.notifications.webhook import Delivery, DeliveryStatus, Subscription

TAKE_JOB = """
DELETE FROM jobs.procrastinate_jobs WHERE id = (
  SELECT id FROM jobs.procrastinate_jobs WHERE scheduled_at IS NULL OR scheduled_at <= $1 ORDER BY priority DESC, id LIMIT 1)
RETURNING task_name, args
"""
CREATED = ("appointment.created",)


class Killed(BaseException):
    """The worker's process is gone, in the middle of whatever it did."""


@dataclass(slots=True)
class Street:
    """One clinic, and whoever listens to it."""

    store: Postgres
    clinic: UUID
    clock: FixedClock
    endpoints: FakeEndpoints
    courier: Courier
    superuser: asyncpg.Connection
    subscribed: dict[str, Subscription] = field(default_factory=dict)

    async def listen(self, url: str, behaviour: Behaviour, kinds: Sequence[str] = CREATED, secret: str | None = None) -> Subscription:
        """Let an endpoint subscribe."""
        self.endpoints.behaviours[url] = behaviour
        async with self.store.unit(self.clinic, actor_label="test") as unit:
            made = await subscriptions.subscribe(unit, Wish(url, kinds, secret))
            await unit.commit()
        self.subscribed[url] = made
        return made

    async def emit(self, *subjects: UUID, kind: str = "appointment.created") -> None:
        """Write an event about each subject, in their order and in one transaction."""
        async with self.store.unit(self.clinic, actor_label="test") as unit:
            for subject in subjects:
                unit.emit(OutboxEvent(kind, subject, {"appointment_id": subject}))
            await unit.commit()

    async def work(self, *, for_at_most: timedelta | None = None, stride: timedelta = timedelta(0)) -> None:
        """Do every job, jumping to the next due time where nothing is due, until nothing is left or the time is over.

        A worker with a stride is that much late at most, and so finds more due at once.
        """
        ends = self.clock.now() + for_at_most if for_at_most is not None else None
        while True:
            if await self.do_one_job():
                continue
            job_due, lease_ends = await self.superuser.fetchrow(
                "SELECT (SELECT min(scheduled_at) FROM jobs.procrastinate_jobs), (SELECT min(leased_until) FROM webhook_subscriptions)"
            )
            # What a dead worker left is found once its lease has ended.
            is_left = lease_ends is not None and lease_ends <= self.clock.now()
            if (is_left or job_due is None) and await self.courier.sweep(self.clinic):
                continue
            later = [moment for moment in (job_due, lease_ends) if moment is not None and moment > self.clock.now()]
            next_due = min(later, default=None)
            if next_due is None or (ends is not None and next_due > ends):
                break
            self.clock.advance(max(next_due - self.clock.now(), stride))
        if ends is not None:
            self.clock.advance(max(ends - self.clock.now(), timedelta(0)))

    async def do_one_job(self) -> bool:
        """Do the job that a worker would take now; False when there is none."""
        row = await self.superuser.fetchrow(TAKE_JOB, self.clock.now())
        if row is None:
            return False
        ids = {name: UUID(value) for name, value in json.loads(row["args"]).items()}
        if row["task_name"] == outbox.TASK:
            await outbox.relay(self.store.unit, [self.courier.carry], **ids)
        else:
            try:
                await self.courier.deliver(**ids)
            except* Killed:
                # Its lease is what the others find.
                pass
        return True

    async def deliveries(self, subscription: Subscription | None = None, status: DeliveryStatus | None = None) -> list[Delivery]:
        """Return what became of the events, the oldest first."""
        async with self.store.unit(self.clinic, actor_label="test") as unit:
            found = await unit.webhooks.deliveries(subscription_id=subscription.id if subscription else None, status=status, limit=100_000)
        return found[::-1]

    async def read(self, url: str) -> Subscription:
        """Return a subscription as it stands now."""
        async with self.store.unit(self.clinic, actor_label="test") as unit:
            return await subscriptions.present(unit, self.subscribed[url].id)

    def taken(self, url: str) -> list[dict[str, Any]]:
        """Return the bodies that an endpoint took, in order of arrival."""
        return [json.loads(it.body) for it in self.endpoints.received if it.url == url and it.is_taken]

    def attempts(self, url: str) -> list[float]:
        """Return the seconds between the attempts at an endpoint."""
        times = [it.at for it in self.endpoints.received if it.url == url]
        return [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]


def new_subjects(count: int) -> list[UUID]:
    """Return so many appointments' ids."""
    return [uuid4() for _ in range(count)]
