"""The statements of the calendar. What must hold against others is judged in the statement that writes, under the advisory locks.

Reads compare scalars only: under row-level security a range operator is not leakproof, and would read the whole clinic. No claim is
longer than 48 hours, so `scan_from`, that long before, bounds an index scan from below. Nothing reads the machine's clock.
"""

from marcai.backends.postgres.ledger import ledger_ctes
from marcai.backends.postgres.locks import KIND_SHIFT, Lock
from marcai.backends.postgres.statements import Statement

NOT_GONE = "(c.expires_at IS NULL OR c.expires_at > :now::timestamptz) AND c.id <> ALL(:ignored::uuid[])"
OVERLAPPING = "c.busy_from > :scan_from::timestamptz AND c.busy_from < :busy_to::timestamptz AND c.busy_to > :busy_from::timestamptz"

_SPANS = """
SELECT '{what}' AS what, {seq} AS seq, {lane} AS lane,
  array_agg(date_part('epoch', c.{begin})) AS begins, array_agg(date_part('epoch', c.{end})) AS ends
FROM ({claims}) c {group} HAVING count(*) > 0
"""
_CLAIMS = """
SELECT {columns} FROM claims c
WHERE c.organisation_id = :org::uuid AND c.is_live {whose}
  AND c.{begin} > :scan_from::timestamptz AND c.{begin} < :until::timestamptz AND c.{end} > :since::timestamptz
  AND c.{begin} < c.{end} AND (:with_holds::boolean OR c.kind = 'visit') AND {not_gone}
"""
# The fence keeps each provider an index scan of its own: a table without statistics would else be read for the whole clinic.
_FOR_EACH = "SELECT {columns} FROM unnest(:providers::bigint[]) AS wanted (seq) CROSS JOIN LATERAL ({claims} OFFSET 0) c"


def _spans(what: str, seq: str, lane: str, whose: str, begin: str = "busy_from", end: str = "busy_to", *, for_each: bool = False) -> str:
    names = [name for name in (seq, lane) if name.startswith("c.")]
    columns = ", ".join([*names, f"c.{begin}", f"c.{end}"])
    claims = _CLAIMS.format(columns=columns, whose=whose, begin=begin, end=end, not_gone=NOT_GONE)
    return _SPANS.format(
        what=what,
        seq=seq,
        lane=lane,
        begin=begin,
        end=end,
        claims=_FOR_EACH.format(columns=columns, claims=claims) if for_each else claims,
        group=f"GROUP BY {', '.join(names)}" if names else "",
    )


_OF_PROVIDERS = _spans("lane", "c.provider_seq", "c.lane", "AND c.provider_seq = wanted.seq", for_each=True)
_OF_ALL = _spans("lane", "c.provider_seq", "c.lane", "")
_OF_ROOMS = _spans("room", "c.room_seq", "0", "AND c.room_seq = ANY(:rooms::bigint[])")
_OF_PATIENT = _spans("patient", "0", "0", "AND c.patient_id = :patient_id::uuid AND c.kind = 'visit'", "starts_at", "ends_at")
# A wall day reaches beyond the window: what counts towards its limit is read for a day and an hour more on both sides.
_COUNTED = f"""
SELECT 'start', c.provider_seq, 0, array_agg(date_part('epoch', c.starts_at) ORDER BY c.starts_at), NULL
FROM claims c
WHERE c.organisation_id = :org::uuid AND {{whose}} (c.is_live OR c.status = 'completed')
  AND c.starts_at > :since::timestamptz - interval '25 hours' AND c.starts_at < :until::timestamptz + interval '25 hours'
  AND (:with_holds::boolean OR c.kind = 'visit') AND {NOT_GONE}
GROUP BY c.provider_seq
"""


def _busy(*, everybody: bool, rooms: bool, patient: bool, counting: bool) -> Statement:
    parts = [_OF_ALL if everybody else _OF_PROVIDERS]
    parts += [_OF_ROOMS] * rooms + [_OF_PATIENT] * patient
    if counting:
        parts.append(_COUNTED.format(whose="" if everybody else "c.provider_seq = ANY(:providers::bigint[]) AND"))
    return Statement(" UNION ALL ".join(f"({part})" for part in parts))


BUSY = {
    (everybody, rooms, patient, counting): _busy(everybody=everybody, rooms=rooms, patient=patient, counting=counting)
    for everybody in (False, True)
    for rooms in (False, True)
    for patient in (False, True)
    for counting in (False, True)
}
"""By: is it everybody, are rooms, is a patient, are counted starts wanted. One round trip each."""

LOCK = Statement(
    f"""
    SELECT n, pg_advisory_xact_lock(n) FROM (
      SELECT n FROM unnest(:numbers::bigint[]) AS n
      UNION SELECT ({Lock.PATIENT}::bigint << {KIND_SHIFT}) | p.seq FROM patients p
        WHERE p.organisation_id = :org::uuid AND p.id = :patient::uuid
      UNION SELECT n FROM claims c, LATERAL (VALUES
          (({Lock.PROVIDER}::bigint << {KIND_SHIFT}) | c.provider_seq),
          (({Lock.ROOM}::bigint << {KIND_SHIFT}) | c.room_seq),
          (({Lock.PATIENT}::bigint << {KIND_SHIFT}) | c.patient_seq)
        ) AS of_claim (n)
        WHERE c.organisation_id = :org::uuid AND c.id = ANY(:claims::uuid[]) AND n IS NOT NULL
      ORDER BY 1
    ) AS wanted
    """
)
"""The subquery is sorted before the first lock is taken, so that everybody takes them in one order."""

_JUDGED = f"""
judged AS MATERIALIZED (
  SELECT *, is_current AND has_hold AND lane IS NOT NULL AND NOT (room_is_taken OR patient_is_busy OR day_is_full OR holds_enough) AS ok
  FROM (SELECT
    :revision::bigint IS NULL OR (SELECT o.revision FROM organisations o WHERE o.id = :org::uuid) = :revision::bigint AS is_current,
    :uses_hold::uuid IS NULL OR EXISTS (
      SELECT FROM claims c WHERE c.organisation_id = :org::uuid AND c.id = :uses_hold::uuid AND c.kind = 'hold'
        AND c.expires_at > :now::timestamptz AND c.provider_seq = :provider_seq::bigint AND c.starts_at = :starts_at::timestamptz
        AND (c.patient_id IS NULL OR c.patient_id = :patient_id::uuid)
    ) AS has_hold,
    (SELECT min(l) FROM generate_series(0, :lanes::int - 1) AS l WHERE NOT EXISTS (
      SELECT FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND c.provider_seq = :provider_seq::bigint
        AND {OVERLAPPING} AND {NOT_GONE} AND least(c.lane, :lanes::int - 1) = l
    )) AS lane,
    :room_seq::bigint IS NOT NULL AND EXISTS (
      SELECT FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND c.room_seq = :room_seq::bigint
        AND {OVERLAPPING} AND {NOT_GONE}
    ) AS room_is_taken,
    :patient_id::uuid IS NOT NULL AND EXISTS (
      SELECT FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND c.kind = 'visit' AND c.patient_id = :patient_id::uuid
        AND c.starts_at > :scan_from::timestamptz AND c.starts_at < :ends_at::timestamptz AND c.ends_at > :starts_at::timestamptz
        AND c.id <> ALL(:ignored::uuid[])
    ) AS patient_is_busy,
    :max_daily::int IS NOT NULL AND :max_daily::int <= (
      SELECT count(*) FROM claims c WHERE c.organisation_id = :org::uuid AND c.provider_seq = :provider_seq::bigint
        AND c.starts_at >= :day_from::timestamptz AND c.starts_at < :day_to::timestamptz
        AND (c.is_live OR c.status = 'completed') AND {NOT_GONE}
    ) AS day_is_full,
    :max_holds::int > 0 AND :max_holds::int <= (
      SELECT count(*) FROM claims c WHERE c.organisation_id = :org::uuid AND c.kind = 'hold' AND c.holder = :holder::text AND {NOT_GONE}
    ) AS holds_enough
  ) AS facts
),
gone AS (
  DELETE FROM claims WHERE organisation_id = :org::uuid AND kind = 'hold' AND (SELECT ok FROM judged) AND id IN (
    SELECT c.id FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND c.provider_seq = :provider_seq::bigint
      AND {OVERLAPPING} AND c.expires_at <= :now::timestamptz
    UNION ALL SELECT c.id FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND c.room_seq = :room_seq::bigint
      AND {OVERLAPPING} AND c.expires_at <= :now::timestamptz
    UNION ALL SELECT c.id FROM claims c WHERE c.organisation_id = :org::uuid AND c.id = ANY(:released::uuid[])
      AND (c.id = :uses_hold::uuid OR c.holder = :holder::text)
  ) RETURNING 1
)
"""
_GAVE_WAY = """
, gave_way AS (
  UPDATE claims SET status = 'cancelled', rescheduled_to = :id::uuid, version = version + 1
  WHERE organisation_id = :org::uuid AND id = :old_id::uuid AND version = :old_version::int AND (SELECT ok FROM judged) RETURNING 1
)
"""
# A hold for a move is cut to what is new, where it lies in the moved visit's own lane; in another lane it cannot have that visit's room.
_MADE = """
, made AS (
  INSERT INTO claims (
    organisation_id, id, kind, status, provider_id, provider_seq, lane, room_id, room_seq, patient_id, patient_seq, appointment_type_id,
    location_id, starts_at, ends_at, busy_from, busy_to, wall_start, zone, expires_at, holder, source, channel, external_reference,
    notes, internal_notes, metadata, rescheduled_from, version, created_at
  )
  SELECT :org::uuid, :id::uuid, :kind::text, :status::text, :provider_id::uuid, :provider_seq::bigint, j.lane,
    CASE WHEN :trim_room::boolean AND j.lane <> :trim_lane::int THEN NULL ELSE :room_id::uuid END,
    CASE WHEN :trim_room::boolean AND j.lane <> :trim_lane::int THEN NULL ELSE :room_seq::bigint END,
    :patient_id::uuid, :patient_seq::bigint, :type_id::uuid, :location_id::uuid, :starts_at::timestamptz, :ends_at::timestamptz,
    CASE WHEN j.lane = :trim_lane::int THEN :trim_from::timestamptz ELSE :busy_from::timestamptz END,
    CASE WHEN j.lane = :trim_lane::int THEN :trim_to::timestamptz ELSE :busy_to::timestamptz END,
    :wall_start::timestamp, :zone::text, :expires_at::timestamptz, :holder::text, :source::text, :channel::text,
    :external_reference::text, :notes::bytea, :internal_notes::bytea, :metadata::jsonb, :rescheduled_from::uuid, 1, :now::timestamptz
  FROM judged j, (SELECT count(*) AS n FROM gone) AS cleared {and_gave_way}
  WHERE j.ok AND cleared.n >= 0 {if_gave_way}
  ON CONFLICT DO NOTHING
  RETURNING seq, lane
)
"""
_HISTORY = """
, told_new AS (
  INSERT INTO status_history (organisation_id, claim_id, status, at, actor, reason)
  SELECT :org::uuid, :id::uuid, :status::text, :now::timestamptz, :by::text, :reason::bytea FROM made
)
"""
_HISTORY_OF_OLD = """
, told_old AS (
  INSERT INTO status_history (organisation_id, claim_id, status, at, actor, reason)
  SELECT :org::uuid, :old_id::uuid, 'cancelled', :now::timestamptz, :by::text, :old_reason::bytea FROM made
)
"""
# A claim that was not written is nobody's news; what else the unit had to tell is then left to its commit.
_LEDGER = ", " + ledger_ctes(
    organisation=":org::uuid",
    now=":now::timestamptz",
    actor=":actor::text",
    events=":events::jsonb",
    entries=":entries::jsonb",
    condition="WHERE EXISTS (SELECT FROM made)",
)
_OUTCOME = " SELECT j.*, m.seq, m.lane AS made_lane FROM judged j LEFT JOIN made m ON true"

HOLD = Statement("WITH " + _JUDGED + _MADE.format(and_gave_way="", if_gave_way="") + _LEDGER + _OUTCOME)
BOOK = Statement("WITH " + _JUDGED + _MADE.format(and_gave_way="", if_gave_way="") + _HISTORY + _LEDGER + _OUTCOME)
MOVE = Statement(
    "WITH "
    + _JUDGED
    + _GAVE_WAY
    + _MADE.format(and_gave_way=", (SELECT count(*) AS n FROM gave_way) AS given", if_gave_way="AND given.n = 1")
    + _HISTORY
    + _HISTORY_OF_OLD
    + _LEDGER
    + _OUTCOME
)

IN_THE_WAY = Statement(
    f"""
    SELECT
      (SELECT min(l) FROM generate_series(0, :lanes::int - 1) AS l WHERE NOT EXISTS (
        SELECT FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND c.provider_seq = :provider_seq::bigint
          AND {OVERLAPPING} AND {NOT_GONE} AND c.kind = 'visit' AND least(c.lane, :lanes::int - 1) = l
      )) IS NOT NULL AS is_held,
      (SELECT min(c.starts_at) FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND {OVERLAPPING} AND {NOT_GONE}
        AND c.provider_seq = :provider_seq::bigint) AS providers,
      (SELECT min(c.starts_at) FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND {OVERLAPPING} AND {NOT_GONE}
        AND c.room_seq = :room_seq::bigint) AS rooms,
      (SELECT min(c.starts_at) FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND c.kind = 'visit'
        AND c.patient_id = :patient_id::uuid AND c.starts_at > :scan_from::timestamptz AND c.starts_at < :ends_at::timestamptz
        AND c.ends_at > :starts_at::timestamptz AND c.id <> ALL(:ignored::uuid[])) AS patients
    """
)
"""Read again, who is in the way: whether only holds are, and when the first of the provider's, room's and patient's claims begins."""

_VISIT = """
SELECT c.*, k.wrapped {columns} FROM claims c
LEFT JOIN subject_keys k ON k.organisation_id = c.organisation_id AND k.subject_id = c.patient_id
{history}
WHERE c.organisation_id = :org::uuid AND c.kind = 'visit'
"""
_WITH_HISTORY = """
LEFT JOIN LATERAL (
  SELECT array_agg(h.status ORDER BY h.seq) AS statuses, array_agg(h.at ORDER BY h.seq) AS ats,
    array_agg(h.actor ORDER BY h.seq) AS actors, array_agg(h.reason ORDER BY h.seq) AS reasons
  FROM status_history h WHERE h.organisation_id = c.organisation_id AND h.claim_id = c.id
) h ON true
"""
VISIT_WITH_HISTORY = _VISIT.format(columns=", h.statuses, h.ats, h.actors, h.reasons", history=_WITH_HISTORY)
VISIT_ALONE = _VISIT.format(columns="", history="")
COUNT_VISITS = "SELECT count(*) AS count FROM claims c WHERE c.organisation_id = :org::uuid AND c.kind = 'visit'"
VISIT = Statement(VISIT_WITH_HISTORY + " AND c.id = :id::uuid")

ADVANCE = Statement(
    """
    WITH put AS (
      UPDATE claims SET status = :status::text, version = version + 1, notes = :notes::bytea
      WHERE organisation_id = :org::uuid AND id = :id::uuid AND version = :version::int RETURNING 1
    )
    INSERT INTO status_history (organisation_id, claim_id, status, at, actor, reason)
    SELECT :org::uuid, :id::uuid, :status::text, :now::timestamptz, :by::text, :reason::bytea FROM put RETURNING 1
    """
)
CHANGE = Statement(
    f"""
    UPDATE claims SET notes = :notes::bytea, internal_notes = :internal_notes::bytea, metadata = :metadata::jsonb,
      room_id = :room_id::uuid, room_seq = :room_seq::bigint, version = version + 1
    WHERE organisation_id = :org::uuid AND id = :id::uuid AND version = :version::int AND (
      :room_seq::bigint IS NULL OR NOT is_live OR NOT EXISTS (
        SELECT FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND c.room_seq = :room_seq::bigint
          AND {OVERLAPPING} AND {NOT_GONE}
      )
    ) RETURNING 1
    """
)
DROP_EXPIRED_OVERLAPPING = Statement(
    f"""
    DELETE FROM claims c WHERE c.organisation_id = :org::uuid AND c.is_live AND c.room_seq = :room_seq::bigint
      AND {OVERLAPPING} AND c.expires_at <= :now::timestamptz
    """
)

LIVE_HOLD = Statement(
    """
    SELECT * FROM claims
    WHERE organisation_id = :org::uuid AND id = :id::uuid AND kind = 'hold' AND expires_at > :now::timestamptz
    """
)
RELEASE = Statement("DELETE FROM claims WHERE organisation_id = :org::uuid AND id = :id::uuid AND kind = 'hold' RETURNING *")
EXPIRED = Statement(
    """
    SELECT id FROM claims WHERE organisation_id = :org::uuid AND kind = 'hold' AND expires_at <= :now::timestamptz
    ORDER BY expires_at, id LIMIT :limit::int
    """
)
DROP = Statement(
    """
    DELETE FROM claims
    WHERE organisation_id = :org::uuid AND id = ANY(:ids::uuid[]) AND kind = 'hold' AND expires_at <= :now::timestamptz RETURNING 1
    """
)
