"""Which of the driver's many errors mean that the database is away, or too busy. The only translation of them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from marcai.ledger.errors import StoreUnavailable, StoreUnfit

AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InternalClientError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    OSError,
    asyncio.TimeoutError,
    PoolTimeout,
)
"""Statements that took too long end as an operator's intervention, waits for a lock as a lock that is not available."""
BROKEN = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, OSError)
"""The connection itself is gone, and another one may work."""


def drivers_own(error: BaseException) -> BaseException:
    """Return the driver's error below SQLAlchemy's."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error


def is_outage(error: BaseException) -> bool:
    """Say whether trying again later may help."""
    return isinstance(drivers_own(error), AWAY)


@contextmanager
def outages_named() -> Iterator[None]:
    """Turn what means that the database is away into `StoreUnavailable`; let everything else pass."""
    try:
        yield
    except StoreUnavailable:
        raise
    except Exception as error:
        if not is_outage(error):
            raise
        # The driver's text may quote parameters: its class says enough.
        raise StoreUnavailable(f"the database is away or too busy ({type(drivers_own(error)).__name__})") from error


@contextmanager
def refusals_named() -> Iterator[None]:
    """Turn the server's refusal of a role, while connecting, into `StoreUnfit`."""
    try:
        yield
    except Exception as error:
        cause = drivers_own(error)
        if isinstance(cause, asyncpg.InvalidParameterValueError):
            raise StoreUnfit("the database has no roles of Marcaí yet: run `marcai migrate` first") from error
        if isinstance(cause, asyncpg.InsufficientPrivilegeError):
            raise StoreUnfit("the login may not become the application's role: GRANT marcai_app, marcai_directory TO it") from error
        raise
