"""The one unit of work: every port that a room asks for, on one transaction.

Rooms see it as their own Protocol (`SchedulingUnit`, …), structurally. To add a port, write its repository in a module of its own that
takes the `Transaction`, and give it a line here.
"""

from functools import cached_property

from marcai.backends.postgres.api_keys import PostgresKeys
from marcai.backends.postgres.attempts import PostgresAttempts
from marcai.backends.postgres.calendar import PostgresCalendar
from marcai.backends.postgres.catalogue import PostgresCatalogue
from marcai.backends.postgres.directory import PostgresAddresses
from marcai.backends.postgres.history import PostgresHistory
from marcai.backends.postgres.idempotency import PostgresIdempotency
from marcai.backends.postgres.inbox import PostgresInbox
from marcai.backends.postgres.jobs import PostgresJobs
from marcai.backends.postgres.keys import SubjectKeys
from marcai.backends.postgres.ledger import Ledger
from marcai.backends.postgres.no_show import PostgresNoShow
from marcai.backends.postgres.offers import PostgresOffers
from marcai.backends.postgres.outages import is_outage
from marcai.backends.postgres.outbox import PostgresOutbox
from marcai.backends.postgres.patients import PostgresPatients
from marcai.backends.postgres.setup import load_setup, remembered_setup
from marcai.backends.postgres.talks import PostgresTalks
from marcai.backends.postgres.transaction import Transaction
from marcai.backends.postgres.waitlist import PostgresWaitlist
from marcai.backends.postgres.webhooks import PostgresWebhooks
from marcai.ledger.errors import OutcomeUnknown
from marcai.ledger.events import AuditEntry, OutboxEvent
from marcai.scheduling.setup import Setup


class PostgresUnit(Transaction):
    """A transaction with its repositories. Made by `Postgres.unit`; whoever opened it commits it, once."""

    @cached_property
    def keys(self) -> SubjectKeys:
        """The data keys of the clinic, its patients and its contacts."""
        return SubjectKeys(self)

    @cached_property
    def patients(self) -> PostgresPatients:
        """The clinic's patients."""
        return PostgresPatients(self, self.keys)

    @cached_property
    def calendar(self) -> PostgresCalendar:
        """The clinic's claims: holds and visits."""
        return PostgresCalendar(self, self.keys, self.ledger)

    @cached_property
    def catalogue(self) -> PostgresCatalogue:
        """The clinic's set-up, one thing at a time."""
        return PostgresCatalogue(self, self.keys)

    @cached_property
    def api_keys(self) -> PostgresKeys:
        """The clinic's API keys."""
        return PostgresKeys(self)

    @cached_property
    def addresses(self) -> PostgresAddresses:
        """Where the clinic receives."""
        return PostgresAddresses(self)

    @cached_property
    def idempotency(self) -> PostgresIdempotency:
        """The clinic's stored answers."""
        return PostgresIdempotency(self, self.keys)

    @cached_property
    def inbox(self) -> PostgresInbox:
        """What was sent to the clinic."""
        return PostgresInbox(self, self.keys)

    @cached_property
    def talks(self) -> PostgresTalks:
        """The truth of all talks with the clinic."""
        return PostgresTalks(self, self.keys, self.ledger)

    @cached_property
    def waitlist(self) -> PostgresWaitlist:
        """Who waits for a slot."""
        return PostgresWaitlist(self)

    @cached_property
    def jobs(self) -> PostgresJobs:
        """What the worker does once this transaction is committed."""
        return PostgresJobs(self)

    @cached_property
    def outbox(self) -> PostgresOutbox:
        """What others must be told, as the relay takes it."""
        return PostgresOutbox(self)

    @cached_property
    def webhooks(self) -> PostgresWebhooks:
        """Who is told of what, and what became of each telling."""
        return PostgresWebhooks(self, self.keys)

    @cached_property
    def offers(self) -> PostgresOffers:
        """The freed slots, and to whom they were offered."""
        return PostgresOffers(self)

    @cached_property
    def no_show(self) -> PostgresNoShow:
        """What is known of visits before they begin, and the clinic's own models."""
        return PostgresNoShow(self)

    @cached_property
    def history(self) -> PostgresHistory:
        """The way in for visits that are over."""
        return PostgresHistory(self)

    @cached_property
    def attempts(self) -> PostgresAttempts:
        """How often somebody has guessed who they are."""
        return PostgresAttempts(self, self.keys)

    async def setup(self) -> Setup:
        """Return the clinic's set-up as it stands in this transaction. The same revision is the same value."""
        return await load_setup(self)

    def remembered_setup(self) -> Setup | None:
        """Return the set-up as this process last saw it: perhaps no longer the clinic's. Asks nobody."""
        return remembered_setup(self)

    @cached_property
    def ledger(self) -> Ledger:
        """What this unit still has to tell."""
        return Ledger(self)

    def emit(self, event: OutboxEvent) -> None:
        """Put an event into the outbox of this transaction."""
        self.ledger.events.append(event)

    def audit(self, entry: AuditEntry) -> None:
        """Put a row into the audit trail of this transaction."""
        self.ledger.entries.append(entry)

    async def commit(self) -> None:
        """Write what was collected and commit.

        Raises:
            OutcomeUnknown: the connection broke after COMMIT was sent.
        """
        # What was never asked for holds nothing to write.
        if "idempotency" in self.__dict__:
            await self.idempotency.write()
        if "ledger" in self.__dict__:
            await self.ledger.write()
        try:
            await self.driver.execute("COMMIT")
        except Exception as error:
            if not is_outage(error):
                raise
            raise OutcomeUnknown("the connection broke while committing") from error
