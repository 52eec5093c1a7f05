"""Deferring jobs in our own transaction. The port is `ledger/jobs.py: Jobs`.

The one place where a due moment of the clock becomes one of the machine's: the engine that fetches jobs looks at the machine's time.
"""

import json
from dataclasses import dataclass

from marcai.backends.postgres.ledger import plain
from marcai.backends.postgres.roles import JOBS
from marcai.backends.postgres.transaction import Transaction
from marcai.ledger.jobs import Job

DEFER = f"""
SELECT {JOBS}.defer(j.queue, j.task, j.urgency, j.ids, j.due)
FROM jsonb_to_recordset($1::jsonb) AS j(queue text, task text, urgency integer, ids jsonb, due timestamptz)
"""
ABSORB = f"SELECT {JOBS}.absorb($1, $2, $3::jsonb)"


@dataclass(frozen=True, slots=True)
class PostgresJobs:
    """The jobs of one transaction."""

    transaction: Transaction

    async def defer(self, *jobs: Job) -> None:
        if jobs:
            await self.transaction.driver.fetch(DEFER, json.dumps([self._written(job) for job in jobs]))

    async def absorb(self, job: Job) -> int:
        return int(await self.transaction.driver.fetchval(ABSORB, job.queue, job.task, json.dumps(plain(job.ids))))

    def _written(self, job: Job) -> dict[str, object]:
        due = None if job.due is None else self.transaction.real_time_of(job.due).isoformat()
        return {"queue": job.queue, "task": job.task, "urgency": job.urgency, "ids": plain(job.ids), "due": due}
