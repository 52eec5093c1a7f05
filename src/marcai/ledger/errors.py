"""What can go wrong between a unit of work and its store.

MarcaiError
└── LedgerError
    ├── StoreUnavailable        the database cannot be reached, or gave up; nothing was done unless the text says otherwise
    │   └── OutcomeUnknown      the connection broke while committing: the effect may or may not stand
    ├── StoreUnfit              the database is not one that we may serve from: too old, too powerful a role, not migrated
    ├── IdempotencyInFlight     another call with the same key is still running
    └── IdempotencyKeyReused    the key was used for another request
"""

from marcai.kit.errors import MarcaiError


class LedgerError(MarcaiError):
    """Any of the above."""


class StoreUnavailable(LedgerError):
    """The store did not answer, or not in time. Trying again later may help."""


class OutcomeUnknown(StoreUnavailable):
    """The commit was sent, and its answer was lost. Only an idempotency key makes a repeat harmless."""


class StoreUnfit(LedgerError):
    """The database breaks one of the promises that tenancy rests on, so nothing is served from it."""


class IdempotencyInFlight(LedgerError):
    """Another unit of work holds this key and has not committed yet."""


class IdempotencyKeyReused(LedgerError):
    """The stored answer belongs to a request with another fingerprint."""
