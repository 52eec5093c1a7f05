"""Counts attempts at identity. Keys are digests: the table tells nobody's number and nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marcai.backends.postgres.keys import SubjectKeys
from marcai.backends.postgres.transaction import Transaction
from marcai.clinics.attempts import Guess

# In one order for everybody, so that two attempts at once never wait for each other crosswise.
COUNT = """
INSERT INTO identity_attempts AS a (organisation_id, kind, key_digest, day, attempts)
SELECT $1, g.kind, g.key_digest, g.day, 1
FROM unnest($2::text[], $3::bytea[], $4::date[]) AS g(kind, key_digest, day) ORDER BY g.kind, g.key_digest, g.day
ON CONFLICT (organisation_id, kind, key_digest, day) DO UPDATE SET attempts = a.attempts + 1
RETURNING a.kind, a.attempts
"""
FORGIVE = """
UPDATE identity_attempts a SET attempts = greatest(a.attempts - 1, 0)
FROM unnest($2::text[], $3::bytea[], $4::date[]) AS g(kind, key_digest, day)
WHERE a.organisation_id = $1 AND a.kind = g.kind AND a.key_digest = g.key_digest AND a.day = g.day
"""
NEVER_ANEW = date(1, 1, 1)


@dataclass(slots=True)
class PostgresAttempts:
    """Keeps `IdentityAttempts` on one transaction."""

    transaction: Transaction
    keys: SubjectKeys

    async def count(self, guesses: Sequence[Guess]) -> tuple[int, ...]:
        """Count one more attempt for each (at most one of a kind), and return the counts in the same order."""
        rows = await self.transaction.driver.fetch(COUNT, self.transaction.organisation_id, *await self._columns(guesses))
        attempts = {row["kind"]: row["attempts"] for row in rows}
        return tuple(attempts[guess.kind] for guess in guesses)

    async def forgive(self, guesses: Sequence[Guess]) -> None:
        """Take one attempt of each back: it was right. The rows are locked already, by `count` in this transaction."""
        await self.transaction.driver.execute(FORGIVE, self.transaction.organisation_id, *await self._columns(guesses))

    async def _columns(self, guesses: Sequence[Guess]) -> tuple[list[str], list[bytes], list[date]]:
        index = await self.keys.blind_index()
        return (
            [guess.kind for guess in guesses],
            [index.of(f"attempts/{guess.kind}", guess.key) for guess in guesses],
            [guess.day or NEVER_ANEW for guess in guesses],
        )
