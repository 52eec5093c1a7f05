"""Openings and offers of the waitlist in PostgreSQL: the store behind `scheduling/offer.py: Offers`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from marcai.backends.postgres.statements import Statement
from marcai.backends.postgres.transaction import Record, Transaction
from marcai.kit.zones import zone
from marcai.scheduling.appointment import AppointmentId
from marcai.scheduling.offer import (
    OVERTAKEN_AT_MOST,
    UNANSWERED_AT_MOST,
    WAITLIST_HOLDER,
    Candidate,
    Fitting,
    Offer,
    OfferStatus,
    Opening,
    OpeningState,
)
from marcai.scheduling.ports import LONGEST_CLAIM
from marcai.scheduling.slots import Slot

ORDER = f"(e.overtaken >= {OVERTAKEN_AT_MOST}) DESC, CASE WHEN e.overtaken >= {OVERTAKEN_AT_MOST} THEN 0 ELSE e.priority END DESC, \
coalesce(e.turn, e.seq)"
"""Who was overtaken too often goes first, then a larger priority; among equals, who came (or had their last offer) first."""

BEGIN = Statement(
    """
    INSERT INTO waitlist_openings (organisation_id, id, provider_id, location_id, starts_at, ends_at, state, due, created_at)
    SELECT :org::uuid, :id::uuid, :provider_id::uuid, :location_id::uuid, :starts_at::timestamptz, :ends_at::timestamptz, 'waiting',
      :now::timestamptz, :now::timestamptz
    WHERE EXISTS (SELECT FROM waitlist_entries e WHERE e.organisation_id = :org::uuid AND e.status = 'waiting')
    ON CONFLICT DO NOTHING RETURNING id
    """
)
BEGIN_AFTER_HOLDS = Statement(
    """
    INSERT INTO waitlist_openings (organisation_id, id, provider_id, location_id, starts_at, ends_at, state, due, created_at)
    SELECT c.organisation_id, c.id, c.provider_id, c.location_id, c.starts_at, c.ends_at, 'waiting', :now::timestamptz, :now::timestamptz
    FROM claims c
    WHERE c.organisation_id = :org::uuid AND c.kind = 'hold' AND c.expires_at <= :now::timestamptz AND c.starts_at > :now::timestamptz
      AND NOT starts_with(c.holder, :holder::text)
      AND EXISTS (SELECT FROM waitlist_entries e WHERE e.organisation_id = :org::uuid AND e.status = 'waiting')
    ON CONFLICT DO NOTHING RETURNING id
    """
)
OPENING = Statement(
    """
    SELECT o.*, l.timezone AS zone FROM waitlist_openings o
    JOIN locations l ON l.organisation_id = o.organisation_id AND l.id = o.location_id
    WHERE o.organisation_id = :org::uuid AND o.id = :id::uuid
    """
)
DUE = Statement(
    """
    SELECT id FROM waitlist_openings
    WHERE organisation_id = :org::uuid AND state = 'waiting' AND due <= :now::timestamptz ORDER BY starts_at, id LIMIT :limit::int
    """
)
PUT_OPENING = Statement(
    """
    UPDATE waitlist_openings SET state = :state::text, due = :due::timestamptz WHERE organisation_id = :org::uuid AND id = :id::uuid
    """
)
_FITS = """
e.organisation_id = :org::uuid AND e.status = 'waiting' AND e.consent_basis IS NOT NULL AND e.opted_out_at IS NULL
AND (e.date_from IS NULL OR e.date_from <= :day::date) AND (e.date_to IS NULL OR e.date_to >= :day::date)
AND (e.time_of_day IS NULL OR e.time_of_day = :part::text)
AND (
  e.provider_id = :provider_id::uuid AND e.appointment_type_id = ANY(:types::uuid[])
  OR e.provider_id IS NULL AND e.appointment_type_id = ANY(:types_of_anybody::uuid[])
)
AND EXISTS (SELECT FROM patients p WHERE p.organisation_id = :org::uuid AND p.id = e.patient_id AND p.is_active)
AND NOT EXISTS (
  SELECT FROM waitlist_offers f WHERE f.organisation_id = :org::uuid AND f.entry_id = e.id
    AND (f.opening_id = :opening_id::uuid
      OR f.status = 'declined' AND f.provider_id = :provider_id::uuid AND f.starts_at = :starts_at::timestamptz)
)
AND NOT EXISTS (
  SELECT FROM waitlist_entries other
  WHERE other.organisation_id = :org::uuid AND other.patient_id = e.patient_id AND other.status = 'offered'
)
AND NOT EXISTS (
  SELECT FROM claims c JOIN appointment_types t ON t.organisation_id = :org::uuid AND t.id = e.appointment_type_id
  WHERE c.organisation_id = :org::uuid AND c.patient_id = e.patient_id AND c.kind = 'visit' AND c.is_live
    AND c.starts_at > :scan_from::timestamptz AND c.ends_at > :starts_at::timestamptz
    AND c.starts_at < :starts_at::timestamptz + make_interval(mins => t.duration_minutes)
)
"""
NEXT = Statement(
    f"""
    SELECT e.id, e.patient_id, e.appointment_type_id FROM waitlist_entries e
    WHERE {_FITS} AND e.id <> ALL(:without::uuid[]) ORDER BY {ORDER} LIMIT 1
    """
)
# The entry gives way first: without it, nothing is written, and nobody was overtaken.
MAKE = Statement(
    f"""
    WITH asked AS (
      UPDATE waitlist_entries e SET status = 'offered', overtaken = 0
      WHERE e.organisation_id = :org::uuid AND e.id = :entry_id::uuid AND e.status = 'waiting' AND e.opted_out_at IS NULL
        AND NOT EXISTS (SELECT FROM waitlist_entries other WHERE other.organisation_id = :org::uuid
          AND other.patient_id = e.patient_id AND other.status = 'offered')
      RETURNING e.id, coalesce(e.turn, e.seq) AS turn
    ), passed AS (
      UPDATE waitlist_entries e SET overtaken = e.overtaken + 1 FROM asked
      WHERE {_FITS} AND e.id <> asked.id AND coalesce(e.turn, e.seq) < asked.turn
    ), marked AS (
      UPDATE waitlist_openings o SET state = 'offered', due = NULL FROM asked
      WHERE o.organisation_id = :org::uuid AND o.id = :opening_id::uuid
    )
    INSERT INTO waitlist_offers (
      organisation_id, id, opening_id, entry_id, patient_id, hold_id, provider_id, appointment_type_id, location_id, room_id, starts_at,
      ends_at, zone, status, offered_at, expires_at
    )
    SELECT :org::uuid, :id::uuid, :opening_id::uuid, asked.id, :patient_id::uuid, :hold_id::uuid, :provider_id::uuid, :type_id::uuid,
      :location_id::uuid, :room_id::uuid, :starts_at::timestamptz, :ends_at::timestamptz, :zone::text, 'open', :now::timestamptz,
      :expires_at::timestamptz
    FROM asked RETURNING seq
    """
)
OPEN_OFFER = Statement(
    """
    SELECT * FROM waitlist_offers WHERE organisation_id = :org::uuid AND status = 'open'
      AND (:entry_id::uuid IS NULL OR entry_id = :entry_id::uuid) AND (:patient_id::uuid IS NULL OR patient_id = :patient_id::uuid)
    ORDER BY seq LIMIT 1
    """
)
LAPSED = Statement(
    """
    SELECT entry_id FROM waitlist_offers
    WHERE organisation_id = :org::uuid AND status = 'open' AND expires_at <= :now::timestamptz ORDER BY expires_at, seq LIMIT :limit::int
    """
)
END = Statement(
    f"""
    WITH ended AS (
      UPDATE waitlist_offers SET status = :status::text, answered_at = :now::timestamptz, appointment_id = :appointment_id::uuid
      WHERE organisation_id = :org::uuid AND id = :id::uuid AND status = 'open' RETURNING entry_id, opening_id
    ), settled AS (
      UPDATE waitlist_openings o SET state = CASE WHEN :status::text = 'accepted' THEN 'filled' ELSE 'waiting' END,
        due = CASE WHEN :status::text = 'accepted' THEN NULL ELSE :now::timestamptz END
      FROM ended WHERE o.organisation_id = :org::uuid AND o.id = ended.opening_id
    ), stands AS (
      UPDATE waitlist_entries e SET
        status = CASE
          WHEN :status::text = 'accepted' THEN 'accepted'
          WHEN :status::text = 'expired' AND e.unanswered + 1 >= {UNANSWERED_AT_MOST} THEN 'expired'
          ELSE 'waiting' END,
        unanswered = CASE WHEN :status::text = 'expired' THEN e.unanswered + 1 ELSE 0 END,
        turn = nextval('waitlist_entries_seq_seq'), overtaken = 0
      FROM ended WHERE e.organisation_id = :org::uuid AND e.id = ended.entry_id AND e.status = 'offered' AND :status::text <> 'withdrawn'
    )
    SELECT 1 FROM ended
    """
)


@dataclass(slots=True)
class PostgresOffers:
    """Keeps `Offers` on one transaction."""

    transaction: Transaction

    async def begin(self, opening: Opening) -> bool:
        given = {"id": opening.id, "provider_id": opening.provider_id, "location_id": opening.location_id}
        return bool(await self._fetch(BEGIN, given | {"starts_at": opening.start, "ends_at": opening.end}))

    async def begin_after_holds(self) -> int:
        return len(await self._fetch(BEGIN_AFTER_HOLDS, {"holder": WAITLIST_HOLDER}))

    async def opening(self, opening_id: UUID) -> Opening | None:
        rows = await self._fetch(OPENING, {"id": opening_id})
        return _opening(rows[0]) if rows else None

    async def due(self, *, limit: int) -> list[UUID]:
        return [row["id"] for row in await self._fetch(DUE, {"limit": limit})]

    async def put_opening(self, opening_id: UUID, state: OpeningState, due: datetime | None) -> None:
        await self._fetch(PUT_OPENING, {"id": opening_id, "state": state.value, "due": due})

    async def next_candidate(self, fitting: Fitting, *, without: Sequence[UUID]) -> Candidate | None:
        rows = await self._fetch(NEXT, _fits(fitting) | {"without": list(without)})
        return Candidate(rows[0]["id"], rows[0]["patient_id"], rows[0]["appointment_type_id"]) if rows else None

    async def make(self, offer: Offer, fitting: Fitting) -> bool:
        slot = offer.slot
        given = {
            "id": offer.id,
            "entry_id": offer.entry_id,
            "patient_id": offer.patient_id,
            "hold_id": offer.hold_id,
            "type_id": slot.appointment_type_id,
            "location_id": slot.location_id,
            "room_id": slot.room_id,
            "ends_at": slot.end,
            "zone": str(slot.start.tzinfo),
            "expires_at": offer.expires_at,
        }
        return bool(await self._fetch(MAKE, _fits(fitting) | given))

    async def open_offer(self, *, entry_id: UUID | None = None, patient_id: UUID | None = None) -> Offer | None:
        rows = await self._fetch(OPEN_OFFER, {"entry_id": entry_id, "patient_id": patient_id})
        return _offer(rows[0]) if rows else None

    async def lapsed(self, *, limit: int) -> list[UUID]:
        return [row["entry_id"] for row in await self._fetch(LAPSED, {"limit": limit})]

    async def end(self, offer: Offer, status: OfferStatus, *, appointment_id: AppointmentId | None = None) -> bool:
        return bool(await self._fetch(END, {"id": offer.id, "status": status.value, "appointment_id": appointment_id}))

    async def _fetch(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        unit = self.transaction
        return await unit.driver.fetch(statement.sql, *statement.arguments({"org": unit.organisation_id, "now": unit.now, **values}))


def _fits(fitting: Fitting) -> dict[str, Any]:
    opening = fitting.opening
    return {
        "opening_id": opening.id,
        "provider_id": opening.provider_id,
        "starts_at": opening.start,
        "scan_from": opening.start - LONGEST_CLAIM - timedelta(seconds=1),
        "types": list(fitting.types),
        "types_of_anybody": list(fitting.types_of_anybody),
        "day": fitting.day,
        "part": fitting.part,
    }


def _opening(row: Record) -> Opening:
    where = zone(row["zone"])
    return Opening(
        row["id"],
        row["provider_id"],
        row["location_id"],
        row["starts_at"].astimezone(where),
        row["ends_at"].astimezone(where),
        OpeningState(row["state"]),
        row["due"],
    )


def _offer(row: Record) -> Offer:
    where = zone(row["zone"])
    slot = Slot(
        row["provider_id"],
        row["appointment_type_id"],
        row["location_id"],
        row["starts_at"].astimezone(where),
        row["ends_at"].astimezone(where),
        row["room_id"],
    )
    return Offer(
        id=row["id"],
        opening_id=row["opening_id"],
        entry_id=row["entry_id"],
        patient_id=row["patient_id"],
        hold_id=row["hold_id"],
        slot=slot,
        status=OfferStatus(row["status"]),
        offered_at=row["offered_at"],
        expires_at=row["expires_at"],
        appointment_id=row["appointment_id"],
    )
