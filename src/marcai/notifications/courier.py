"""Delivering webhooks: events of the outbox to the subscriptions that want them, and from there to the endpoints.

Each endpoint has a queue of its own, in which the events of one subject (an appointment) keep their order: a later one is not sent
before the earlier one has arrived or was given up. One courier at a time holds an endpoint's lease and sends to it, a few deliveries at
once, in rounds: what a round did is written down in the transaction that claims the next. Whoever dies in a round leaves a lease that
ends soon, and deliveries that are still pending: they are sent again, under the same `webhook-id`. No transaction is open while anything
is being sent.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from marcai.kit.clock import Clock
from marcai.kit.ids import NewId
from marcai.ledger.outbox import OutboxRow
from marcai.ledger.unit import UnitFactory
from marcai.notifications.ports import Answer, Sender, WebhookUnit
from marcai.notifications.schedule import Schedule
from marcai.notifications.signing import signatures
from marcai.notifications.subscriptions import delivery_job
from marcai.notifications.verdicts import is_success, standing_after, verdict_on
from marcai.notifications.webhook import EVENT_TYPES, Delivery, NewDelivery, Subscription, body_of_row

WIDTH = 8
"""So many deliveries does one endpoint get at once."""
LEASE = timedelta(seconds=45)
"""Longer than a round: one attempt's deadline, and a database that is slow on both sides of it."""
SLICE_SECONDS = 10.0
"""After so long a courier lets others go first."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery that was tried."""

    delivery: Delivery
    answer: Answer
    at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """What is sent next, and to whom."""

    subscription: Subscription
    deliveries: Sequence[Delivery]


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries events of the outbox to subscriptions, and deliveries to endpoints. Any number of them work side by side."""

    units: UnitFactory[WebhookUnit]
    sender: Sender
    clock: Clock
    schedule: Schedule
    new_id: NewId
    width: int = WIDTH

    async def carry(self, unit: WebhookUnit, rows: Sequence[OutboxRow]) -> None:
        """Write a delivery for each subscription that wants a row, and defer the jobs that send them. For the relay."""
        told = [row for row in rows if row.kind in EVENT_TYPES]
        subscriptions = await unit.webhooks.active() if told else []
        wait = self.schedule.wait_before(1) or timedelta(0)
        wanted = [(row, it) for row in told for it in subscriptions if row.kind in it.event_types and row.seq > it.begins_after]
        bodies = {row.seq: body_of_row(row) for row in told}
        await unit.webhooks.enqueue([NewDelivery(it.id, row.kind, row.subject_id, bodies[row.seq], unit.now + wait) for row, it in wanted])
        receivers = {it.id: it for _, it in wanted}
        jobs = [delivery_job(unit, it.id, is_failing=it.failing_since is not None) for it in receivers.values()]
        await unit.jobs.defer(*(replace(job, due=unit.now + wait) if wait else job for job in jobs))

    async def deliver(self, organisation_id: UUID, subscription_id: UUID) -> None:
        """Send what is due to one endpoint, until nothing is, or its slice of time is over; then defer the job that goes on."""
        holder = self.new_id()
        ends = time.monotonic() + SLICE_SECONDS
        sent: list[Sent] = []
        is_last = False
        while (round_ := await self._next_round(organisation_id, subscription_id, holder, sent, is_last=is_last)) is not None:
            sent = []
            try:
                await self._send_all(round_, sent)
            except asyncio.CancelledError:
                # Told to stop: what has arrived is not to arrive again.
                await asyncio.shield(self._next_round(organisation_id, subscription_id, holder, sent, is_last=True))
                raise
            # An endpoint that only fails gives its place to others between its rounds.
            is_last = time.monotonic() > ends or not any(is_success(one.answer) for one in sent)

    async def sweep(self, organisation_id: UUID) -> int:
        """Defer jobs for endpoints of a clinic that have something due, and nobody at it; return how many there were."""
        async with self.units(organisation_id, actor_label="worker") as unit:
            forgotten = await unit.webhooks.forgotten()
            await unit.jobs.defer(*(delivery_job(unit, one) for one in forgotten))
            await unit.commit()
        return len(forgotten)

    async def _next_round(
        self, organisation_id: UUID, subscription_id: UUID, holder: UUID, sent: Sequence[Sent], *, is_last: bool
    ) -> Round | None:
        """Write down what was sent, and claim what comes next; None when there is nothing for us to do now."""
        async with self.units(organisation_id, actor_label="worker") as unit:
            if not sent:
                await unit.jobs.absorb(delivery_job(unit, subscription_id))
            subscription = await unit.webhooks.lease(subscription_id, holder, unit.now + LEASE, longest=LEASE)
            if subscription is None and not sent:
                return None
            if subscription is None:
                subscription = await unit.webhooks.lock(subscription_id)
                is_last = True
            if subscription is None:
                return None
            subscription = await self._written_down(unit, subscription, sent)
            deliveries: list[Delivery] = []
            if not subscription.is_active:
                await unit.webhooks.bury(subscription_id, subscription.why_inactive or "inactive")
            elif not is_last and not (subscription.paused_until and subscription.paused_until > unit.now):
                deliveries = await unit.webhooks.claim(subscription_id, limit=self.width)
            if not deliveries:
                await self._let_go(unit, subscription, holder)
            await unit.commit()
        return Round(subscription, deliveries) if deliveries else None

    async def _written_down(self, unit: WebhookUnit, subscription: Subscription, sent: Sequence[Sent]) -> Subscription:
        if not sent:
            return subscription
        verdicts = [verdict_on(one.delivery, one.answer, one.at, unit.now, self.schedule) for one in sent]
        standing = standing_after(subscription, [one.answer for one in sent], unit.now)
        await unit.webhooks.record(subscription.id, verdicts, standing)
        return replace(
            subscription,
            failing_since=standing.failing_since,
            paused_until=standing.paused_until,
            is_active=subscription.is_active and standing.why_inactive is None,
            why_inactive=subscription.why_inactive or standing.why_inactive,
        )

    async def _let_go(self, unit: WebhookUnit, subscription: Subscription, holder: UUID) -> None:
        next_due = await unit.webhooks.release(subscription.id, holder)
        if next_due is not None:
            job = delivery_job(unit, subscription.id, is_failing=subscription.failing_since is not None)
            await unit.jobs.defer(replace(job, due=next_due) if next_due > unit.now else job)

    async def _send_all(self, round_: Round, sent: list[Sent]) -> None:
        """Send every delivery of a round at once, and note each as soon as it is answered."""
        async with asyncio.TaskGroup() as group:
            for delivery in round_.deliveries:
                group.create_task(self._send(round_.subscription, delivery, sent))

    async def _send(self, subscription: Subscription, delivery: Delivery, sent: list[Sent]) -> None:
        now = self.clock.now()
        # Whoever verifies looks at the world's time, also where our clock shows another day.
        timestamp = int(self.clock.real_time_of(now).timestamp())
        body = delivery.body.encode()
        headers = {
            "webhook-id": delivery.message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(subscription.secrets_at(now), delivery.message_id, timestamp, body),
        }
        answer = await self.sender.send(subscription.url, headers, body)
        sent.append(Sent(delivery, answer, now))
