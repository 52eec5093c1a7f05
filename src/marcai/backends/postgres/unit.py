"""The one unit of work: every port that a room asks for, on one transaction.

Rooms see it as their own Protocol (`SchedulingUnit`, …), structurally. To add a port, write its repository in a module of its own that
takes the `Transaction`, and give it a line here.
"""

from functools import cached_property

from marcai.backends.postgres.ledger import Ledger
from marcai.backends.postgres.outages import is_outage
from marcai.backends.postgres.transaction import Transaction
from marcai.ledger.errors import OutcomeUnknown
from marcai.ledger.events import AuditEntry, OutboxEvent


class PostgresUnit(Transaction):
    """A transaction with its repositories. Made by `Postgres.unit`; whoever opened it commits it, once."""

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
        await self.ledger.write()
        try:
            await self.driver.execute("COMMIT")
        except Exception as error:
            if not is_outage(error):
                raise
            raise OutcomeUnknown("the connection broke while committing") from error
