"""The truth of all talks: a snapshot a contact, and one row a turn, whose uniqueness is the fence. Texts are sealed with the contact's key.

A turn costs one round trip here (two when this process has not met the contact's key): the statement that appends it also writes
what the unit has to tell, so that the commit only commits.
"""

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

from marcai.backends.postgres.keys import SubjectKeys
from marcai.backends.postgres.ledger import Ledger, ledger_ctes
from marcai.backends.postgres.transaction import Record, Transaction
from marcai.conversation.conversation import Appended, Conversation, Reply, TalkKey, Turn
from marcai.conversation.snapshot import OldSnapshot, dump_conversation, dump_reply, load_conversation, load_reply
from marcai.kit.sealing import BrokenSeal, DataKey, place
from marcai.scheduling.patient import PatientId
from marcai.understanding.meaning import Language

FIND = """
SELECT c.id, c.snapshot, c.turn, c.language, c.updated_at, k.wrapped FROM conversations c
JOIN subject_keys k ON k.organisation_id = c.organisation_id AND k.subject_id = c.id
WHERE c.organisation_id = $1 AND c.channel = $2 AND c.contact_index = $3
"""
FIND_OF_PATIENT = """
SELECT c.id, c.snapshot, c.turn, c.language, c.updated_at, k.wrapped FROM conversations c
JOIN subject_keys k ON k.organisation_id = c.organisation_id AND k.subject_id = c.id
WHERE c.organisation_id = $1 AND c.channel = $2 AND c.patient_id = $3
ORDER BY (SELECT max(t.seq) FROM turns t WHERE t.organisation_id = c.organisation_id AND t.conversation_id = c.id) DESC LIMIT 1
"""
REPLY_TO = """
SELECT t.conversation_id, t.number, t.reply, k.wrapped FROM conversations c
JOIN turns t ON t.organisation_id = c.organisation_id AND t.conversation_id = c.id
JOIN subject_keys k ON k.organisation_id = c.organisation_id AND k.subject_id = c.id
WHERE c.organisation_id = $1 AND c.channel = $2 AND c.contact_index = $3 AND t.message_digest = $4
"""
HISTORY = """
SELECT t.number, t.at, t.said, t.reply, k.wrapped FROM turns t
JOIN subject_keys k ON k.organisation_id = t.organisation_id AND k.subject_id = t.conversation_id
WHERE t.organisation_id = $1 AND t.conversation_id = $2 ORDER BY t.number DESC LIMIT $3
"""
KEY = "SELECT wrapped FROM subject_keys WHERE organisation_id = $1 AND subject_id = $2"
CLEAR = """
WITH gone AS (DELETE FROM conversations WHERE organisation_id = $1 AND channel = $2 AND contact_index = $3 RETURNING id),
said AS (DELETE FROM turns WHERE organisation_id = $1 AND conversation_id IN (SELECT id FROM gone))
DELETE FROM subject_keys WHERE organisation_id = $1 AND subject_id IN (SELECT id FROM gone)
"""
# `stored` writes the snapshot only right after the turn before it, of this very talk, and sealed with the key that stands; a
# rival's uncommitted row makes it wait. Whatever follows it happens only if it did.
APPEND = (
    """
WITH keyed AS (
  INSERT INTO subject_keys (organisation_id, subject_id, kind, wrapped, created_at)
  SELECT $1::uuid, $6::uuid, 'contact', $18::bytea, $2::timestamptz WHERE $12::integer = 1
  ON CONFLICT DO NOTHING RETURNING subject_id
), usable AS (
  SELECT subject_id FROM keyed
  UNION ALL SELECT subject_id FROM subject_keys WHERE organisation_id = $1 AND subject_id = $6 AND wrapped = $18
), repeated AS (
  SELECT 1 FROM turns WHERE organisation_id = $1 AND conversation_id = $6 AND message_digest = $13::bytea
), stored AS (
  INSERT INTO conversations AS c (organisation_id, id, channel, contact_index, patient_id, level, snapshot, turn, language, state,
                                  created_at, updated_at)
  SELECT $1, $6, $7::text, $8::bytea, $9::uuid, $10::smallint, $11::bytea, $12, $14::text, $15::text, $2, $2
  FROM usable WHERE NOT EXISTS (SELECT FROM repeated)
    AND ($12 = 1 OR EXISTS (SELECT FROM conversations WHERE organisation_id = $1 AND id = $6))
  ON CONFLICT (organisation_id, channel, contact_index) DO UPDATE
    SET patient_id = excluded.patient_id, level = excluded.level, snapshot = excluded.snapshot, turn = excluded.turn,
        language = excluded.language, state = excluded.state, updated_at = excluded.updated_at
    WHERE c.id = excluded.id AND c.turn = excluded.turn - 1
  RETURNING c.id
), written AS (
  INSERT INTO turns (organisation_id, conversation_id, number, message_digest, said, reply, state, intent, at)
  SELECT $1, id, $12, $13, $16::bytea, $17::bytea, $15, $19::text, $20::timestamptz FROM stored
), """
    + ledger_ctes(organisation="$1::uuid", now="$2::timestamptz", actor="$3::text", events="$4::jsonb", entries="$5::jsonb")
    + """
SELECT EXISTS (SELECT FROM stored) AS stored, EXISTS (SELECT FROM repeated) AS repeated, EXISTS (SELECT FROM usable) AS usable
"""
)


@dataclass(slots=True)
class PostgresTalks:
    """Keeps `Talks` on one transaction."""

    transaction: Transaction
    keys: SubjectKeys
    ledger: Ledger

    async def load(self, key: TalkKey) -> Conversation | None:
        """Return the talk of this contact, if there is one that can be read."""
        unit = self.transaction
        row = await unit.driver.fetchrow(FIND, unit.organisation_id, key.channel, await self._contact_index(key))
        return self._conversation(row, key)

    async def load_of_patient(self, channel: str, patient_id: PatientId) -> Conversation | None:
        """Return the patient's talk in a channel, the latest if there are several."""
        unit = self.transaction
        return self._conversation(await unit.driver.fetchrow(FIND_OF_PATIENT, unit.organisation_id, channel, patient_id))

    async def reply_to(self, key: TalkKey, message_id: str) -> Reply | None:
        """Return the stored reply to a message that was answered before."""
        unit, contact = self.transaction, await self._contact_index(key)
        row = await unit.driver.fetchrow(REPLY_TO, unit.organisation_id, key.channel, contact, _digest(message_id))
        if row is None:
            return None
        where = _reply_place(row["conversation_id"], row["number"])
        try:
            return load_reply(self._key(row["conversation_id"], row["wrapped"]).open(row["reply"], where))
        except OldSnapshot:
            return None

    async def append(self, conversation: Conversation, turn: Turn) -> Appended:
        """Write the turn's row and the snapshot that follows it; the row's uniqueness is the fence.

        What the unit has to tell so far is written with it, whatever becomes of the turn: who is not told `WRITTEN` undoes the unit.
        """
        answer = await self._append(conversation, turn, *await self._sealing_key(conversation))
        if not answer["usable"]:
            # The key was wrapped anew, or the talk forgotten, since this process last saw it.
            found = await self._find_key(conversation.id)
            if found is None:
                return Appended.STALE
            answer = await self._append(conversation, turn, *found)
        if answer["repeated"]:
            return Appended.REPEATED
        return Appended.WRITTEN if answer["stored"] else Appended.STALE

    async def history(self, conversation_id: UUID, *, limit: int) -> list[Turn]:
        """Return the last turns, oldest first; those that another version wrote are left out."""
        unit = self.transaction
        rows = await unit.driver.fetch(HISTORY, unit.organisation_id, conversation_id, limit)
        return [turn for row in reversed(rows) if (turn := self._turn(conversation_id, row)) is not None]

    async def clear(self, key: TalkKey) -> None:
        """Forget the talk, its turns and its key."""
        unit = self.transaction
        await unit.driver.execute(CLEAR, unit.organisation_id, key.channel, await self._contact_index(key))

    async def _append(self, conversation: Conversation, turn: Turn, data_key: DataKey, wrapped: bytes) -> Record:
        unit, id_ = self.transaction, conversation.id
        events, entries = self.ledger.drained()
        said = json.dumps({"text": turn.text, "message_id": turn.message_id})
        answer = await unit.driver.fetchrow(
            APPEND,
            unit.organisation_id,
            unit.now,
            unit.actor_label,
            events,
            entries,
            id_,
            conversation.key.channel,
            await self._contact_index(conversation.key),
            conversation.person.patient_id,
            int(conversation.person.level),
            data_key.seal(dump_conversation(conversation), place("conversations", "snapshot", id_)),
            turn.number,
            _digest(turn.message_id) if turn.message_id else None,
            conversation.language.value,
            conversation.state.value,
            data_key.seal_text(said, _said_place(id_, turn.number)),
            data_key.seal(dump_reply(turn.reply), _reply_place(id_, turn.number)),
            wrapped,
            turn.reply.intent.value,
            turn.at,
        )
        assert answer is not None
        return answer

    async def _sealing_key(self, conversation: Conversation) -> tuple[DataKey, bytes]:
        if conversation.turn == 1:
            return self.keys.new(conversation.id)
        wrapped = self.transaction.memory.contact_keys.get(conversation.id)
        if wrapped is not None:
            return self.keys.opened(conversation.id, wrapped), wrapped
        # Without a key there is no such talk: the fence will say so.
        return await self._find_key(conversation.id) or self.keys.new(conversation.id)

    async def _find_key(self, conversation_id: UUID) -> tuple[DataKey, bytes] | None:
        unit = self.transaction
        wrapped = await unit.driver.fetchval(KEY, unit.organisation_id, conversation_id)
        return None if wrapped is None else (self._key(conversation_id, wrapped), wrapped)

    def _key(self, conversation_id: UUID, wrapped: bytes) -> DataKey:
        # Only a key that outlives this transaction is remembered; one that `append` made is not read here before the commit.
        self.transaction.memory.contact_keys.put(conversation_id, wrapped)
        return self.keys.opened(conversation_id, wrapped)

    def _conversation(self, row: Record | None, key: TalkKey | None = None) -> Conversation | None:
        """Return the talk of a row. One that this version cannot read begins anew, at its turn and with nobody identified."""
        if row is None:
            return None
        data_key = self._key(row["id"], row["wrapped"])
        try:
            return load_conversation(data_key.open(row["snapshot"], place("conversations", "snapshot", row["id"])))
        except (OldSnapshot, BrokenSeal):
            if key is None:
                return None
            return Conversation(row["id"], key, Language(row["language"]), row["updated_at"], turn=row["turn"])

    def _turn(self, conversation_id: UUID, row: Record) -> Turn | None:
        data_key, number = self._key(conversation_id, row["wrapped"]), row["number"]
        said = json.loads(data_key.open_text(row["said"], _said_place(conversation_id, number)))
        try:
            reply = load_reply(data_key.open(row["reply"], _reply_place(conversation_id, number)))
        except OldSnapshot:
            return None
        return Turn(number, row["at"], said["text"], reply, said["message_id"])

    async def _contact_index(self, key: TalkKey) -> bytes:
        return (await self.keys.blind_index()).of("contact", f"{key.channel}\0{key.contact}")


def _digest(message_id: str) -> bytes:
    """Return what a message id is recognised by. Some channels' ids bear the sender's number, so they are not kept in clear."""
    return hashlib.blake2b(message_id.encode(), digest_size=16).digest()


def _said_place(conversation_id: UUID, number: int) -> bytes:
    return place("turns", "said", f"{conversation_id}/{number}")


def _reply_place(conversation_id: UUID, number: int) -> bytes:
    return place("turns", "reply", f"{conversation_id}/{number}")
