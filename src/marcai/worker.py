"""The worker: what is done later, whoever made it due. Any number of them run side by side; in the demo, one in the web process.

`POOLS` keeps what may wait for others (webhooks) apart from what must not. What one dead worker leaves behind, another finds: the engine
revives its jobs, and the sweep finds outbox rows and deliveries that lost theirs.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from marcai.kit.errors import MarcaiError
from marcai.ledger import outbox
from marcai.ledger.jobs import Pool, Task
from marcai.notifications import subscriptions, waitlist_offers
from marcai.scheduling.holds import drop_expired_holds
from marcai.wiring import Workshop

log = logging.getLogger(__name__)

POOLS = (Pool((outbox.QUEUE, waitlist_offers.QUEUE, "tidy"), 4), Pool((subscriptions.QUEUE,), 64))
EVERY_TEN_SECONDS, EVERY_MINUTE = "* * * * * */10", "* * * * *"
UNTAKEN_FOR = timedelta(seconds=5)
REPEATED_FOR = timedelta(days=8)
"""Nobody repeats a message of a channel for longer: Meta stops after seven days."""
KEPT_FOR = timedelta(days=30)
"""So long can one look up what became of an event."""
AT_ONCE = 1000


@asynccontextmanager
async def working(workshop: Workshop, *, grace_seconds: float) -> AsyncIterator[None]:
    """Do the jobs as long as the block lasts, then let what runs finish within the grace.

    Raises:
        StoreUnavailable, StoreUnfit: the database does not answer, or has no jobs.
    """
    async with workshop.jobs_running(Shift(workshop).tasks(), POOLS, grace_seconds=grace_seconds):
        yield


@dataclass(frozen=True, slots=True)
class Shift:
    """The tasks of a worker."""

    workshop: Workshop

    def tasks(self) -> list[Task]:
        """Return everything that a worker can do."""
        return [
            Task(outbox.TASK, outbox.QUEUE, self.relay_outbox),
            Task(subscriptions.TASK, subscriptions.QUEUE, self.workshop.courier.deliver),
            Task(waitlist_offers.TASK, waitlist_offers.QUEUE, self.offer_slot),
            Task("sweep", "tidy", self.sweep, cron=EVERY_TEN_SECONDS),
            Task("sweep_waitlists", "tidy", self.sweep_waitlists, cron=EVERY_TEN_SECONDS),
            Task("tidy_up", "tidy", self.tidy_up, cron=EVERY_MINUTE),
        ]

    async def relay_outbox(self, organisation_id: UUID) -> None:
        """Carry what waits in a clinic's outbox. Further carriers stand here, each deferring jobs of its own."""
        await outbox.relay(self.workshop.units, [self.workshop.courier.carry, waitlist_offers.carry], organisation_id)

    async def offer_slot(self, organisation_id: UUID, appointment_id: UUID) -> None:
        """Offer the slot of a visit that was given up to whoever waits for it."""
        await waitlist_offers.slot_released(self.workshop.units, organisation_id, appointment_id)

    async def sweep_waitlists(self) -> None:
        """End offers whose time is over, in every clinic, and offer what is due."""
        for clinic in await self.workshop.directory.clinics():
            try:
                await waitlist_offers.sweep(self.workshop.units, clinic.id)
            except MarcaiError as error:
                log.warning("a waitlist was not swept", extra={"clinic": str(clinic.id), "error_type": type(error).__name__})

    async def sweep(self) -> None:
        """Find, in every clinic, outbox rows and webhook deliveries that lost their job."""
        for clinic in await self.workshop.directory.clinics():
            try:
                async with self.workshop.units(clinic.id, actor_label="worker") as unit:
                    is_waiting = await unit.outbox.is_waiting(longer_than=UNTAKEN_FOR)
                if is_waiting:
                    await self.relay_outbox(clinic.id)
                await self.workshop.courier.sweep(clinic.id)
            except MarcaiError as error:
                log.warning("a clinic was not swept", extra={"clinic": str(clinic.id), "error_type": type(error).__name__})

    async def tidy_up(self) -> None:
        """Delete, in every clinic, what nobody needs any more. None of it is seen: it only takes room."""
        for clinic in await self.workshop.directory.clinics():
            try:
                async with self.workshop.units(clinic.id, actor_label="worker") as unit:
                    await unit.offers.begin_after_holds()
                    await drop_expired_holds(unit)
                    await unit.idempotency.drop_expired()
                    await unit.inbox.drop_done(older_than=REPEATED_FOR, limit=AT_ONCE)
                    await unit.webhooks.drop_finished(older_than=KEPT_FOR, limit=AT_ONCE)
                    await unit.outbox.drop_taken(older_than=KEPT_FOR, limit=AT_ONCE)
                    await unit.commit()
            except MarcaiError as error:
                log.warning("a clinic was not tidied", extra={"clinic": str(clinic.id), "error_type": type(error).__name__})
