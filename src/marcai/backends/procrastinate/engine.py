"""Runs jobs: procrastinate, on the tables that our migration made, under the worker's own role.

Only a worker opens this module's driver; everybody else defers jobs by SQL, in the transaction of the deed (`backends/postgres/jobs.py`).
Any number of processes run side by side. What a dead one was doing is found by its missing heartbeat and done again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException

from marcai.backends.postgres.address import libpq_parameters
from marcai.backends.postgres.roles import JOBS, WORKER
from marcai.ledger.errors import StoreUnavailable, StoreUnfit
from marcai.ledger.jobs import Pool, Task

log = logging.getLogger(__name__)

CONNECTIONS = 6
CONNECT_SECONDS = 5
POLL_SECONDS = 0.25
"""Jobs that notify nobody, and those whose time has come, are found this soon."""
REVIVE = "* * * * * */10"
MOST_TRIES = 10
PAUSE_SECONDS = 1.0
REVIVED_QUEUE = "tidy"


@asynccontextmanager
async def jobs_running(url: str, tasks: Iterable[Task], pools: Sequence[Pool], *, grace_seconds: float) -> AsyncIterator[None]:
    """Run the tasks' jobs, each pool apart from the others, as long as the block lasts; then let what runs finish within the grace.

    What does not finish in time is cancelled. An outage of the database is waited for.

    Raises:
        StoreUnavailable: the database does not answer now.
        StoreUnfit: it has no jobs yet, or the login may not become the worker.
    """
    access = _access(url)
    await _prove(access)
    # The library announces each task that it is told of, and each job's start and end.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(kwargs=access, min_size=1, max_size=CONNECTIONS))
    _teach(app, tasks)
    async with app.open_async():
        workers = [asyncio.create_task(_kept_running(app, pool, grace_seconds), name=f"jobs of {pool.queues}") for pool in pools]
        try:
            yield
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)


def _access(url: str) -> dict[str, Any]:
    """Return what psycopg needs to connect as the worker to the database that the address names."""
    settings = {"role": WORKER, "search_path": JOBS, "timezone": "UTC", "statement_timeout": "30s"}
    return libpq_parameters(url) | {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "marcai-jobs",
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }


async def _prove(access: dict[str, Any]) -> None:
    try:
        async with await psycopg.AsyncConnection.connect(**access) as connection:
            found = await (await connection.execute("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")).fetchone()
    except psycopg.Error as error:
        if "permission denied" in str(error):
            raise StoreUnfit(f"the login may not become the worker's role: GRANT {WORKER} TO it") from error
        if f'role "{WORKER}" does not exist' in str(error):
            raise StoreUnfit("the database has no jobs yet: run `marcai migrate` first") from error
        raise StoreUnavailable(f"the database is away or too busy ({type(error).__name__})") from error
    if found is None or not found[0]:
        raise StoreUnfit("the database has no jobs yet: run `marcai migrate` first")


def _teach(app: procrastinate.App, tasks: Iterable[Task]) -> None:
    for task in tasks:
        if task.cron is None:
            retry = procrastinate.RetryStrategy(max_attempts=MOST_TRIES, exponential_wait=2)
            app.task(name=task.name, queue=task.queue, retry=retry)(_running(task))
        else:
            # The lock keeps a second one from waiting while nobody is there to do the first.
            recurring = app.task(name=task.name, queue=task.queue, queueing_lock=task.name)(_running(task))
            app.periodic(cron=task.cron)(recurring)

    async def revive(timestamp: int) -> None:  # noqa: ARG001 (the library's)
        for job in await app.job_manager.get_stalled_jobs():
            await app.job_manager.retry_job(job)

    app.periodic(cron=REVIVE)(app.task(name="revive_jobs", queue=REVIVED_QUEUE, queueing_lock="revive_jobs")(revive))


def _running(task: Task) -> Any:
    async def run(**said: Any) -> None:
        await task.run(**{name: UUID(value) for name, value in said.items() if name != "timestamp"})

    return run


async def _kept_running(app: procrastinate.App, pool: Pool, grace_seconds: float) -> None:
    """Run one pool's worker, and another one when the database's outage has ended it."""
    while True:
        try:
            await app.run_worker_async(
                queues=list(pool.queues),
                concurrency=pool.size,
                fetch_job_polling_interval=POLL_SECONDS,
                shutdown_graceful_timeout=grace_seconds,
                delete_jobs="always",
                install_signal_handlers=False,
            )
        except ConnectorException as error:
            log.warning("jobs wait for the database", extra={"queues": ",".join(pool.queues), "error_type": type(error).__name__})
        except Exception as error:  # noqa: BLE001 (a worker that ends ends all jobs: nothing may end it but its process)
            log.error("a worker broke and is replaced", extra={"queues": ",".join(pool.queues), "error_type": type(error).__name__})
        await asyncio.sleep(PAUSE_SECONDS)
