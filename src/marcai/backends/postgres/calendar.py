"""The claims of one clinic in PostgreSQL: the store behind `scheduling/ports.py: Calendar`.

Every write is judged under advisory locks by the statement that makes it, and the exclusion constraints stand behind that: they
refuse what somebody writes who took no lock.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from marcai.backends.postgres import calendar_sql as sql
from marcai.backends.postgres.calendar_rows import VisitRows, hold_of
from marcai.backends.postgres.keys import SubjectKeys
from marcai.backends.postgres.ledger import Ledger
from marcai.backends.postgres.locks import KIND_SHIFT, Lock, lock_number
from marcai.backends.postgres.setup import note_current
from marcai.backends.postgres.statements import Statement
from marcai.backends.postgres.transaction import Record, Transaction
from marcai.kit.sealing import place
from marcai.scheduling.appointment import Appointment, Status, StatusChange
from marcai.scheduling.errors import VersionConflict
from marcai.scheduling.ports import LONGEST_CLAIM, BusyAsk, BusyTimes, Claimants, KeptVisit, NewClaim, NotWritten, Written
from marcai.scheduling.requests import AppointmentFilter, Hold, WhyNot
from marcai.scheduling.slots import NO_SPANS, Spans

_SEQ = (1 << KIND_SHIFT) - 1
_NO_TRIM = {"trim_lane": -1, "trim_from": None, "trim_to": None, "trim_room": False}


@dataclass(slots=True)
class PostgresCalendar:
    """The claims of one transaction's clinic."""

    transaction: Transaction
    keys: SubjectKeys
    ledger: Ledger

    async def busy(self, ask: BusyAsk) -> BusyTimes:
        statement = sql.BUSY[not ask.provider_seqs, bool(ask.room_seqs), ask.patient_id is not None, ask.counting]
        since, until = (datetime.fromtimestamp(moment, UTC) for moment in (ask.start, ask.end))
        rows = await self._fetch(
            statement,
            {
                "since": since,
                "until": until,
                "scan_from": since - LONGEST_CLAIM,
                "providers": ask.provider_seqs,
                "rooms": ask.room_seqs,
                "patient_id": ask.patient_id,
                "with_holds": ask.with_holds,
                "ignored": list(ask.ignoring),
            },
        )
        lanes: dict[int, dict[int, Spans]] = defaultdict(dict)
        rooms: dict[int, Spans] = {}
        starts: dict[int, Sequence[float]] = {}
        patient = NO_SPANS
        for what, seq, lane, begins, ends in rows:
            # Spans of one lane, room or patient do not overlap: begins and ends may be sorted each by itself, which costs the server more.
            begins.sort()
            if ends is not None:
                ends.sort()
            match what:
                case "lane":
                    lanes[seq][lane] = begins, ends
                case "room":
                    rooms[seq] = begins, ends
                case "patient":
                    patient = begins, ends
                case _:
                    starts[seq] = begins
        return BusyTimes(lanes, rooms, patient, starts)

    async def lock(self, claimants: Claimants) -> int | None:
        numbers = await self._lock(claimants, ())
        return next((number & _SEQ for number in numbers if number >> KIND_SHIFT == Lock.PATIENT), None)

    async def lock_visit(self, appointment_id: UUID, claimants: Claimants) -> KeptVisit | None:
        await self._lock(claimants, (appointment_id,))
        row = await self._fetchrow(sql.VISIT, {"id": appointment_id})
        return None if row is None else self._rows().kept(row)

    async def claim(self, claim: NewClaim) -> Written | NotWritten:
        statement = sql.HOLD if claim.is_hold else sql.BOOK
        values = await self._values(claim)
        return await self._outcome(await self._fetchrow(statement, values), values, claim)

    async def move(self, old: KeptVisit, claim: NewClaim) -> Written | NotWritten:
        visit = old.appointment
        values = await self._values(claim) | {
            "old_id": visit.id,
            "old_version": visit.version,
            "old_reason": await self._sealed(visit.patient_id, "reason", visit.id, claim.reason),
        }
        await self.transaction.driver.execute("SAVEPOINT before_the_move")
        row = await self._fetchrow(sql.MOVE, values)
        if row is not None and row["seq"] is not None:
            return self._written(row, claim)
        # Should somebody who took no lock have come in between, the old visit has given way already: it comes back.
        await self.transaction.driver.execute("ROLLBACK TO SAVEPOINT before_the_move")
        return await self._outcome(row, values, claim)

    async def advance(self, visit: KeptVisit, to: Status, *, by: str, reason: str | None, notes: str | None) -> Appointment:
        present = visit.appointment
        new_notes = present.notes if notes is None else notes
        put = await self._fetchrow(
            sql.ADVANCE,
            {
                "id": present.id,
                "version": present.version,
                "status": to.value,
                "by": by,
                "notes": await self._sealed(present.patient_id, "notes", present.id, new_notes),
                "reason": await self._sealed(present.patient_id, "reason", present.id, reason),
            },
        )
        if put is None:
            raise VersionConflict(present.id, present.version)
        line = StatusChange(to, self.transaction.now, by, reason)
        return replace(present, status=to, version=present.version + 1, notes=new_notes, history=(*present.history, line))

    async def change(self, visit: KeptVisit, changes: Mapping[str, Any], room_seq: int | None) -> Appointment | None:
        changed = replace(visit.appointment, **changes)
        values = {
            "id": changed.id,
            "version": changed.version,
            "notes": await self._sealed(changed.patient_id, "notes", changed.id, changed.notes),
            "internal_notes": await self._sealed(changed.patient_id, "internal_notes", changed.id, changed.internal_notes),
            "metadata": json.dumps(changed.metadata),
            "room_id": changed.room_id,
            "room_seq": room_seq,
            "busy_from": visit.busy.start,
            "busy_to": visit.busy.end,
            "scan_from": visit.busy.start - LONGEST_CLAIM,
            "ignored": [changed.id],
        }
        if room_seq is not None and room_seq != visit.room_seq:
            await self._fetch(sql.DROP_EXPIRED_OVERLAPPING, values)
        if await self._fetchrow(sql.CHANGE, values) is None:
            return None
        return replace(changed, version=changed.version + 1)

    async def appointment(self, appointment_id: UUID) -> Appointment | None:
        row = await self._fetchrow(sql.VISIT, {"id": appointment_id})
        return None if row is None else self._rows().appointment(row)

    async def appointments(
        self, wanted: AppointmentFilter, *, limit: int, after: tuple[datetime, UUID] | None, with_history: bool, offset: int = 0
    ) -> list[Appointment]:
        conditions, values = _conditions(wanted)
        if after is not None:
            conditions += " AND (c.starts_at, c.id) > (:after::timestamptz, :after_id::uuid)"
        if offset:
            values |= {"offset": offset}
        text = sql.VISIT_WITH_HISTORY if with_history else sql.VISIT_ALONE
        text += f"{conditions} ORDER BY c.starts_at, c.id LIMIT :limit::int" + (" OFFSET :offset::int" if offset else "")
        values |= {"limit": limit, "after": after[0] if after else None, "after_id": after[1] if after else None}
        rows = self._rows()
        return [rows.appointment(row) for row in await self._fetch(Statement(text), values)]

    async def count(self, wanted: AppointmentFilter) -> int:
        conditions, values = _conditions(wanted)
        row = await self._fetchrow(Statement(sql.COUNT_VISITS + conditions), values)
        return 0 if row is None else int(row["count"])

    async def hold(self, hold_id: UUID) -> Hold | None:
        row = await self._fetchrow(sql.LIVE_HOLD, {"id": hold_id})
        return None if row is None else hold_of(row)

    async def release(self, hold_id: UUID) -> Hold | None:
        await self._lock(Claimants(), (hold_id,))
        row = await self._fetchrow(sql.RELEASE, {"id": hold_id})
        return None if row is None or row["expires_at"] <= self.transaction.now else hold_of(row)

    async def drop_expired(self, *, limit: int) -> int:
        ids = [row["id"] for row in await self._fetch(sql.EXPIRED, {"limit": limit})]
        if not ids:
            return 0
        await self._lock(Claimants(), ids)
        return len(await self._fetch(sql.DROP, {"ids": ids}))

    async def _lock(self, claimants: Claimants, claims: Sequence[UUID]) -> list[int]:
        numbers = [lock_number(Lock.PROVIDER, seq) for seq in claimants.provider_seqs]
        numbers += [lock_number(Lock.ROOM, seq) for seq in claimants.room_seqs]
        values = {"numbers": numbers, "patient": claimants.patient_id, "claims": list(claims)}
        return [row[0] for row in await self._fetch(sql.LOCK, values)]

    async def _outcome(self, row: Record | None, values: Mapping[str, Any], claim: NewClaim) -> Written | NotWritten:
        if row is None or not row["is_current"]:
            # Whoever judges anew reads the set-up anew.
            self.transaction.seen_setup = None
            return NotWritten(None)
        if row["seq"] is not None:
            return self._written(row, claim)
        if not row["has_hold"]:
            return NotWritten(WhyNot.HOLD_GONE)
        if row["holds_enough"]:
            return NotWritten(WhyNot.TOO_MANY_HOLDS)
        if row["day_is_full"]:
            return NotWritten(WhyNot.DAY_FULL)
        if row["ok"] and claim.rescheduled_from is not None and not await self._stands(values):
            return NotWritten(None)
        # The judgement came before the write; who is in the way now is read again.
        others = await self._fetchrow(sql.IN_THE_WAY, values)
        assert others is not None
        if row["lane"] is None or not (row["room_is_taken"] or row["patient_is_busy"]):
            return NotWritten(WhyNot.HELD if others["is_held"] and others["providers"] else WhyNot.TAKEN, others["providers"])
        if row["room_is_taken"]:
            return NotWritten(WhyNot.ROOM_TAKEN, others["rooms"])
        return NotWritten(WhyNot.PATIENT_BUSY, others["patients"])

    def _written(self, row: Record, claim: NewClaim) -> Written:
        self.ledger.forget()
        note_current(self.transaction, claim.revision)
        return Written(row["seq"], row["made_lane"])

    async def _stands(self, values: Mapping[str, Any]) -> bool:
        """Say whether the visit that should give way is still the one that was judged."""
        row = await self._fetchrow(sql.VISIT, {"id": values["old_id"]})
        return row is not None and row["version"] == values["old_version"]

    async def _values(self, claim: NewClaim) -> dict[str, Any]:
        slot, trim = claim.slot, claim.trim
        # What the unit has collected so far goes along, so that the outbox keeps the order in which things happened.
        events, entries = self.ledger.texts(claim.events, claim.entries)
        released = claim.releases | ({claim.uses_hold} if claim.uses_hold else set())
        return {
            "id": claim.id,
            "kind": "hold" if claim.is_hold else "visit",
            "status": claim.status,
            "revision": claim.revision,
            "provider_id": slot.provider_id,
            "provider_seq": claim.provider_seq,
            "lanes": claim.lanes,
            "room_id": slot.room_id,
            "room_seq": claim.room_seq,
            "patient_id": claim.patient_id,
            "patient_seq": claim.patient_seq,
            "type_id": slot.appointment_type_id,
            "location_id": slot.location_id,
            "starts_at": slot.start,
            "ends_at": slot.end,
            "busy_from": claim.busy.start,
            "busy_to": claim.busy.end,
            "scan_from": claim.busy.start - LONGEST_CLAIM,
            "wall_start": slot.start.replace(tzinfo=None),
            "zone": claim.zone,
            "max_daily": claim.max_daily,
            "day_from": claim.day.start if claim.day else None,
            "day_to": claim.day.end if claim.day else None,
            "uses_hold": claim.uses_hold,
            "released": list(released),
            "ignored": [*released, *([claim.ignoring] if claim.ignoring else [])],
            "expires_at": claim.expires_at,
            "holder": claim.holder,
            "max_holds": claim.max_holds,
            "source": claim.source,
            "channel": claim.channel,
            "external_reference": claim.external_reference,
            "notes": await self._sealed(claim.patient_id, "notes", claim.id, claim.notes),
            "internal_notes": await self._sealed(claim.patient_id, "internal_notes", claim.id, claim.internal_notes),
            "metadata": json.dumps(dict(claim.metadata)),
            "rescheduled_from": claim.rescheduled_from,
            "by": claim.by,
            "reason": await self._sealed(claim.patient_id, "reason", claim.id, claim.reason),
            "actor": self.transaction.actor_label,
            "events": events,
            "entries": entries,
        } | (
            _NO_TRIM
            if trim is None
            else {"trim_lane": trim.lane, "trim_from": trim.busy_from, "trim_to": trim.busy_to, "trim_room": trim.shares_room}
        )

    async def _sealed(self, patient_id: UUID | None, column: str, claim_id: UUID, words: str | None) -> bytes | None:
        if words is None or patient_id is None:
            return None
        return (await self.keys.of_subject("patient", patient_id)).seal_text(words, place("claims", column, claim_id))

    def _rows(self) -> VisitRows:
        return VisitRows(self.keys)

    async def _fetch(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        unit = self.transaction
        return await unit.driver.fetch(statement.sql, *statement.arguments({"org": unit.organisation_id, "now": unit.now, **values}))

    async def _fetchrow(self, statement: Statement, values: Mapping[str, Any]) -> Record | None:
        unit = self.transaction
        return await unit.driver.fetchrow(statement.sql, *statement.arguments({"org": unit.organisation_id, "now": unit.now, **values}))


def _conditions(wanted: AppointmentFilter) -> tuple[str, dict[str, Any]]:
    """Return what a filter adds to a statement over visits, and its parameters."""
    statuses = {status.value for status in wanted.statuses or Status}
    if wanted.live_only:
        statuses &= {status.value for status in Status if status.is_live}
    conditions: dict[str, tuple[str, Any]] = {
        "patient_id": ("c.patient_id = :patient_id::uuid", wanted.patient_id),
        "provider_id": ("c.provider_id = :provider_id::uuid", wanted.provider_id),
        "location_id": ("c.location_id = :location_id::uuid", wanted.location_id),
        # Wall days are compared on the wall; the moments beside them, a day wider than any zone, are what an index can use.
        "wall_from": (
            "c.wall_start >= :wall_from::timestamp AND c.starts_at >= :wall_from::timestamp AT TIME ZONE 'UTC' - interval '1 day'",
            datetime.combine(wanted.date_from, time(0)) if wanted.date_from else None,
        ),
        "wall_to": (
            "c.wall_start < :wall_to::timestamp AND c.starts_at < :wall_to::timestamp AT TIME ZONE 'UTC' + interval '1 day'",
            datetime.combine(wanted.date_to, time(0)) + timedelta(days=1) if wanted.date_to else None,
        ),
        "starts_from": ("c.starts_at >= :starts_from::timestamptz", wanted.starts_from),
        "starts_before": ("c.starts_at < :starts_before::timestamptz", wanted.starts_before),
        "is_moved": ("(c.rescheduled_to IS NOT NULL) = :is_moved::boolean", wanted.is_moved),
        "statuses": ("c.status = ANY(:statuses::text[])", sorted(statuses) if len(statuses) < len(Status) else None),
    }
    given = {name: (condition, value) for name, (condition, value) in conditions.items() if value is not None}
    return "".join(f" AND {condition}" for condition, _ in given.values()), {name: value for name, (_, value) in given.items()}
