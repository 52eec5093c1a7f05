"""The data keys of one clinic: its own, and one a patient or contact. Stored wrapped in `subject_keys`."""

from dataclasses import dataclass, field
from uuid import UUID

from marcai.backends.postgres.transaction import Transaction
from marcai.kit.sealing import BlindIndex, DataKey, key_id

INSERT = """
INSERT INTO subject_keys (organisation_id, subject_id, kind, wrapped, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING RETURNING wrapped
"""
READ = "SELECT wrapped FROM subject_keys WHERE organisation_id = $1 AND subject_id = $2"
STALE = """
SELECT subject_id, wrapped FROM subject_keys
WHERE organisation_id = $1 AND substring(wrapped FROM 2 FOR 8) <> $2 ORDER BY subject_id LIMIT $3 FOR UPDATE
"""
REWRAP = "UPDATE subject_keys SET wrapped = $3 WHERE organisation_id = $1 AND subject_id = $2"


@dataclass(slots=True)
class SubjectKeys:
    """Finds, makes and forgets the keys of one transaction's clinic."""

    transaction: Transaction
    _clinic: DataKey | None = field(default=None, repr=False)

    def owner(self, subject_id: UUID) -> bytes:
        """Return the name that a wrapped key is bound to."""
        return f"{self.transaction.organisation_id}/{subject_id}".encode()

    def new(self, subject_id: UUID) -> tuple[DataKey, bytes]:
        """Return a fresh key and its wrapped form, which the caller stores."""
        key = self.transaction.keyring.new_key()
        return key, self.transaction.keyring.wrap(key, self.owner(subject_id))

    def opened(self, subject_id: UUID, wrapped: bytes) -> DataKey:
        """Return the key that a row of `subject_keys` holds."""
        return self.transaction.keyring.unwrap(wrapped, self.owner(subject_id))

    async def of_clinic(self) -> DataKey:
        """Return the clinic's own key: for what belongs to nobody in particular, and for blind indexes. No round trip once known."""
        if self._clinic is not None:
            return self._clinic
        unit, remembered = self.transaction, self.transaction.memory.clinic_keys
        wrapped = remembered.get(unit.organisation_id) or await unit.driver.fetchval(READ, unit.organisation_id, unit.organisation_id)
        if wrapped is None:
            # Made here, it may yet be undone: only this transaction knows it.
            self._clinic = await self.of_subject("clinic", unit.organisation_id)
        else:
            remembered.put(unit.organisation_id, wrapped)
            self._clinic = self.opened(unit.organisation_id, wrapped)
        return self._clinic

    async def blind_index(self) -> BlindIndex:
        """Return the clinic's blind index."""
        return (await self.of_clinic()).blind_index()

    async def find(self, subject_id: UUID) -> DataKey | None:
        """Return the key of a patient or contact, or None: there never was one, or it was forgotten."""
        wrapped = await self.transaction.driver.fetchval(READ, self.transaction.organisation_id, subject_id)
        return None if wrapped is None else self.opened(subject_id, wrapped)

    async def of_subject(self, kind: str, subject_id: UUID) -> DataKey:
        """Return the key of a patient or contact, made now if there is none. `kind` is "patient", "contact" or "clinic"."""
        known = await self.find(subject_id)
        if known is not None:
            return known
        unit = self.transaction
        key, wrapped = self.new(subject_id)
        if await unit.driver.fetchval(INSERT, unit.organisation_id, subject_id, kind, wrapped, unit.now) is not None:
            return key
        # Somebody else made it first, and the insert waited for their commit.
        made = await unit.driver.fetchval(READ, unit.organisation_id, subject_id)
        return self.opened(subject_id, made)

    async def forget(self, subject_id: UUID) -> None:
        """Delete the key: what was sealed with it can never be read again, wherever it lies."""
        unit = self.transaction
        await unit.driver.execute(
            "DELETE FROM subject_keys WHERE organisation_id = $1 AND subject_id = $2", unit.organisation_id, subject_id
        )

    async def rewrap(self, *, limit: int = 1000) -> int:
        """Wrap with the newest encryption key what an older one wrapped, at most `limit` of them; return how many."""
        unit = self.transaction
        stale = await unit.driver.fetch(STALE, unit.organisation_id, key_id(unit.keyring.secrets[0]), limit)
        for row in stale:
            key = self.opened(row["subject_id"], row["wrapped"])
            wrapped = unit.keyring.wrap(key, self.owner(row["subject_id"]))
            await unit.driver.execute(REWRAP, unit.organisation_id, row["subject_id"], wrapped)
        return len(stale)
