"""Slots that are kept for a while: while they are offered, or while somebody fills in a form.

A hold for a move claims only what is new: the part of the new time that the moved visit does not take already. Where there is some on
both sides of the visit, the longer part is held, and the other is judged again when the visit moves; where nothing is new, the
hold is a row that takes no time.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from marcai.ledger.events import AuditEntry
from marcai.scheduling.errors import NotFound, Unacceptable
from marcai.scheduling.offer import WAITLIST_HOLDER
from marcai.scheduling.placing import Place, Wish, judged, judged_revision, refused
from marcai.scheduling.ports import KeptVisit, NewClaim, SchedulingUnit, Trim, Written
from marcai.scheduling.requests import Hold, HoldRequest, Refusal, WhyNot

LONGEST_HOLD = timedelta(minutes=15)
LONGEST_WAITLIST_HOLD = timedelta(hours=48)
"""Who waits is asked by a message, and may be asleep: half an hour of waking time can end the next morning."""
MOST_HOLDS = 50
"""So many slots may one holder keep at once."""
ATTEMPTS = 5
"""So often is a claim judged anew when the clinic's set-up changes under it."""


async def hold_slot(unit: SchedulingUnit, request: HoldRequest) -> Hold | Refusal:
    """Keep a slot until the hold's time is over, counted from the unit's now. A refusal leaves the holds that it would replace.

    The slot may begin at any minute of the provider's hours. The hold's `fencing_token` is larger than every earlier claim's.

    Raises:
        NotFound: something that the request names is unknown.
        Unacceptable: the lifetime is not between nothing and 15 minutes (48 hours for the waitlist), or the slot ends before it starts.
    """
    if not timedelta(0) < request.lifetime <= longest_hold(request.holder):
        raise Unacceptable("lifetime", "must be more than nothing and at most 15 minutes")
    slot = request.slot
    wish = Wish(slot.provider_id, slot.appointment_type_id, slot.location_id, slot.start, slot.end, slot.room_id)
    anew = False
    for _ in range(ATTEMPTS):
        place = await judged(unit, wish, anew=anew)
        if isinstance(place, Refusal):
            return place
        moving = None
        claimants = place.claimants(request.patient_id)
        if request.moving is not None:
            moving = await unit.calendar.lock_visit(request.moving, claimants)
            if moving is None:
                raise NotFound("appointment", request.moving)
            patient_seq = moving.patient_seq if request.patient_id == moving.appointment.patient_id else await unit.calendar.lock(claimants)
        else:
            patient_seq = await unit.calendar.lock(claimants)
        if request.patient_id is not None and patient_seq is None:
            raise NotFound("patient", request.patient_id)
        claim = replace(_claim(unit, request, place, patient_seq, moving), revision=judged_revision(place, anew=anew))
        written = await unit.calendar.claim(claim)
        if isinstance(written, Written):
            return Hold(claim.id, place.slot, unit.now + request.lifetime, written.seq)
        if written.why is not None:
            return refused(place, written.why, written.conflicting_start)
        anew = True
    return Refusal(WhyNot.TAKEN, slot.start, slot.provider_id)


def longest_hold(holder: str) -> timedelta:
    """Return how long one hold of this holder may last."""
    return LONGEST_WAITLIST_HOLD if holder.startswith(WAITLIST_HOLDER) else LONGEST_HOLD


def _claim(unit: SchedulingUnit, request: HoldRequest, place: Place, patient_seq: int | None, moving: KeptVisit | None) -> NewClaim:
    is_live = moving is not None and moving.appointment.status.is_live
    trim = _trimmed(place, moving) if moving is not None and is_live else None
    has_own_room = trim is not None and trim.lane < 0
    id_ = unit.new_id()
    return NewClaim(
        id=id_,
        is_hold=True,
        status="hold",
        slot=place.slot,
        provider_seq=place.provider.seq,
        lanes=place.provider.lanes,
        busy=place.busy,
        zone=place.zone,
        revision=place.setup.revision,
        by=request.holder,
        room_seq=place.room.seq if place.room is not None and not has_own_room else None,
        patient_id=request.patient_id,
        patient_seq=patient_seq,
        max_daily=place.provider.max_daily,
        day=place.day,
        releases=request.replaces,
        ignoring=request.moving,
        trim=None if has_own_room else trim,
        expires_at=unit.now + request.lifetime,
        holder=request.holder,
        max_holds=MOST_HOLDS,
        entries=(AuditEntry("hold", "hold", id_, request.patient_id),),
    )


def _trimmed(place: Place, moving: KeptVisit) -> Trim | None:
    """Return how the hold is cut beside the visit that it would replace; a negative lane says: not at all, but do without the room."""
    old, new = moving.busy, place.busy
    shares_room = place.room is not None and place.room.seq == moving.room_seq
    if not new.overlaps(old):
        return None
    if moving.provider_seq != place.provider.seq:
        return Trim(-1, new.start, new.end, shares_room=True) if shares_room else None
    before = (new.start, min(new.end, old.start)) if new.start < old.start else (old.start, old.start)
    after = (max(new.start, old.end), new.end) if old.end < new.end else (old.start, old.start)
    part = max(after, before, key=lambda span: span[1] - span[0])
    return Trim(moving.appointment.lane, *part, shares_room=shares_room)


async def release_hold(unit: SchedulingUnit, hold_id: UUID) -> bool:
    """Let a hold go; False when it was gone already, or its time was over."""
    released = await unit.calendar.release(hold_id)
    if released is not None:
        unit.audit(AuditEntry("release", "hold", hold_id))
    return released is not None


async def get_hold(unit: SchedulingUnit, hold_id: UUID) -> Hold | None:
    """Return a hold that still stands."""
    return await unit.calendar.hold(hold_id)


async def drop_expired_holds(unit: SchedulingUnit, *, limit: int = 500) -> int:
    """Delete holds whose time is over, and return how many; whatever overlaps them does so too, so this only tidies up."""
    return await unit.calendar.drop_expired(limit=limit)
