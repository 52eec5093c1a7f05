"""The one way to book, move and end visits, whoever knocks. Works in the caller's unit of work, and never commits.

Every deed judges the rules on the set-up, takes the locks, and lets the calendar judge and write in one statement. Should the set-up
have changed in between, it is judged anew. Each leaves its events in the outbox and one audit row (a list: one a patient).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from marcai.clinics.clinic import RoomId
from marcai.ledger.events import AuditEntry
from marcai.scheduling.announcements import announce, news_of, news_of_move
from marcai.scheduling.appointment import MOVES, Appointment, AppointmentId, Status, StatusChange
from marcai.scheduling.errors import MoveNotAllowed, NotFound, RoomTaken, Unacceptable, VersionConflict
from marcai.scheduling.holds import ATTEMPTS
from marcai.scheduling.placing import Place, Wish, judged, judged_revision, refused
from marcai.scheduling.ports import Claimants, KeptVisit, NewClaim, SchedulingUnit, Written
from marcai.scheduling.requests import AppointmentFilter, BookingRequest, Moved, MoveRequest, Refusal, WhyNot

BEGINNINGS = (Status.REQUESTED, Status.CONFIRMED)
"""The statuses in which a visit may be booked, and from which it may be moved."""
CHANGEABLE = ("notes", "internal_notes", "room_id", "metadata")


async def book(unit: SchedulingUnit, request: BookingRequest) -> Appointment | Refusal:
    """Book a visit, at any minute of the provider's hours; a hold that is named is used up, if it is for this provider and start.

    Raises:
        NotFound: the patient, provider, type, location or room is unknown.
        Unacceptable: it ends before it starts, is too long, or would begin in a status that is not a beginning.
    """
    if request.status not in BEGINNINGS:
        raise Unacceptable("status", "must be requested or confirmed")
    wish = Wish(
        request.provider_id,
        request.appointment_type_id,
        request.location_id,
        request.start,
        request.end,
        request.room_id,
        request.allow_outside_hours,
    )
    anew = False
    for _ in range(ATTEMPTS):
        place = await judged(unit, wish, anew=anew)
        if isinstance(place, Refusal):
            return place
        patient_seq = await unit.calendar.lock(place.claimants(request.patient_id))
        if patient_seq is None:
            raise NotFound("patient", request.patient_id)
        claim = replace(
            _claim(unit, place, request.status, request.by),
            patient_id=request.patient_id,
            patient_seq=patient_seq,
            revision=judged_revision(place, anew=anew),
            uses_hold=request.hold_id,
            source=request.source,
            channel=request.channel,
            notes=request.notes,
            internal_notes=request.internal_notes,
            external_reference=request.external_reference,
            metadata=request.metadata,
            reason=request.reason,
        )
        booked = _appointment(unit, claim)
        entries = (AuditEntry("book", "appointment", booked.id, booked.patient_id),)
        written = await unit.calendar.claim(replace(claim, events=news_of("appointment.created", booked, unit.now), entries=entries))
        if isinstance(written, Written):
            return replace(booked, seq=written.seq, lane=written.lane)
        if written.why is not None:
            return refused(place, written.why, written.conflicting_start)
        anew = True
    return Refusal(WhyNot.TAKEN, request.start, request.provider_id)


async def reschedule(unit: SchedulingUnit, request: MoveRequest) -> Moved | Refusal:
    """Move a visit: a new one takes its place in the same instant, and the old is cancelled. On a refusal the old stands untouched.

    The new visit keeps the old one's status, length, notes and whatever else the request leaves open, its room too while the place and
    the provider are the same.

    Raises:
        NotFound: the visit, or something else that is named, is unknown.
        MoveNotAllowed: the visit is neither requested nor confirmed.
        Unacceptable: as for `book`.
    """
    seen = await unit.calendar.appointment(request.appointment_id)
    if seen is None:
        raise NotFound("appointment", request.appointment_id)
    anew = False
    for _ in range(ATTEMPTS):
        _must_be_movable(seen)
        place = await judged(unit, _wish(request, seen), anew=anew)
        if isinstance(place, Refusal):
            return place
        old = await unit.calendar.lock_visit(seen.id, place.claimants(None))
        if old is None:
            raise NotFound("appointment", request.appointment_id)
        if old.appointment.version != seen.version:
            seen = old.appointment
            continue
        claim = replace(_successor(unit, request, place, old), revision=judged_revision(place, anew=anew))
        moved = _moved(unit, request, old, _appointment(unit, claim))
        entry = AuditEntry("reschedule", "appointment", claim.id, claim.patient_id, {"rescheduled_from": seen.id})
        written = await unit.calendar.move(old, replace(claim, events=news_of_move(moved.old, moved.new), entries=(entry,)))
        if isinstance(written, Written):
            return Moved(moved.old, replace(moved.new, seq=written.seq, lane=written.lane))
        if written.why is not None:
            return refused(place, written.why, written.conflicting_start)
        anew = True
    return Refusal(WhyNot.TAKEN, request.start, request.provider_id or seen.provider_id)


def _must_be_movable(visit: Appointment) -> None:
    if visit.status not in BEGINNINGS:
        raise MoveNotAllowed(visit.id, visit.status, "rescheduled")


def _wish(request: MoveRequest, old: Appointment) -> Wish:
    start = request.start.astimezone(UTC)
    provider_id = request.provider_id or old.provider_id
    location_id = request.location_id or old.location_id
    stays = provider_id == old.provider_id and location_id == old.location_id
    return Wish(
        provider_id,
        request.appointment_type_id or old.appointment_type_id,
        location_id,
        request.start,
        # Two times in one zone differ by what the wall clock shows; the length of a visit is real time.
        request.end or start + (old.end.astimezone(UTC) - old.start.astimezone(UTC)),
        request.room_id or (old.room_id if stays else None),
        request.allow_outside_hours,
    )


def _claim(unit: SchedulingUnit, place: Place, status: Status, by: str) -> NewClaim:
    return NewClaim(
        id=unit.new_id(),
        is_hold=False,
        status=status.value,
        slot=place.slot,
        provider_seq=place.provider.seq,
        lanes=place.provider.lanes,
        busy=place.busy,
        zone=place.zone,
        revision=place.setup.revision,
        by=by,
        room_seq=place.room.seq if place.room is not None else None,
        max_daily=place.provider.max_daily,
        day=place.day,
    )


def _successor(unit: SchedulingUnit, request: MoveRequest, place: Place, old: KeptVisit) -> NewClaim:
    visit = old.appointment
    return replace(
        _claim(unit, place, visit.status, request.by),
        patient_id=visit.patient_id,
        patient_seq=old.patient_seq,
        uses_hold=request.hold_id,
        ignoring=visit.id,
        source=request.source or visit.source,
        channel=request.channel or visit.channel,
        notes=visit.notes,
        internal_notes=visit.internal_notes,
        external_reference=visit.external_reference,
        metadata=visit.metadata,
        reason=request.reason,
        rescheduled_from=visit.id,
    )


def _moved(unit: SchedulingUnit, request: MoveRequest, kept: KeptVisit, new: Appointment) -> Moved:
    line = StatusChange(Status.CANCELLED, unit.now, request.by, request.reason)
    old = replace(
        kept.appointment,
        status=Status.CANCELLED,
        rescheduled_to=new.id,
        version=kept.appointment.version + 1,
        history=(*kept.appointment.history, line),
    )
    return Moved(old, new)


def _appointment(unit: SchedulingUnit, claim: NewClaim) -> Appointment:
    """Return the visit of a claim, without the number and the lane that it has once it is written."""
    slot = claim.slot
    assert claim.patient_id is not None
    return Appointment(
        id=AppointmentId(claim.id),
        seq=0,
        provider_id=slot.provider_id,
        patient_id=claim.patient_id,
        appointment_type_id=slot.appointment_type_id,
        location_id=slot.location_id,
        start=slot.start,
        end=slot.end,
        status=Status(claim.status),
        source=claim.source,
        version=1,
        created_at=unit.now,
        room_id=slot.room_id,
        notes=claim.notes,
        internal_notes=claim.internal_notes,
        external_reference=claim.external_reference,
        metadata=dict(claim.metadata),
        channel=claim.channel,
        rescheduled_from=claim.rescheduled_from,
        history=(StatusChange(Status(claim.status), unit.now, claim.by, claim.reason),),
    )


async def advance(
    unit: SchedulingUnit, appointment_id: UUID, to: Status, *, by: str, notes: str | None = None, reason: str | None = None
) -> Appointment:
    """Take a visit one step on in its life (`appointment.MOVES`). `notes` are added below those that it has.

    Raises:
        NotFound: there is no such visit.
        MoveNotAllowed: no such step leads from where it stands.
    """
    visit = await unit.calendar.lock_visit(appointment_id, Claimants())
    if visit is None:
        raise NotFound("appointment", appointment_id)
    present = visit.appointment
    if to not in MOVES[present.status]:
        raise MoveNotAllowed(present.id, present.status, to)
    added = "\n".join(part for part in (present.notes, notes) if part) if notes else None
    advanced = await unit.calendar.advance(visit, to, by=by, reason=reason, notes=added)
    announce(unit, f"appointment.{to}", advanced)
    unit.audit(AuditEntry(to.value, "appointment", advanced.id, advanced.patient_id))
    return advanced


async def change(unit: SchedulingUnit, appointment_id: UUID, *, version: int, changes: Mapping[str, object]) -> Appointment:
    """Change a visit's notes, internal_notes, room_id or metadata, if it is still at `version`.

    Raises:
        NotFound: there is no such visit, or no such room at its location.
        VersionConflict: it is at another version.
        RoomTaken: another claim has the room at that time.
        Unacceptable: something else is to be changed.
    """
    for name in changes:
        if name not in CHANGEABLE:
            raise Unacceptable(name, "cannot be changed")
    room_id = changes.get("room_id")
    room = (await unit.setup()).rooms.get(RoomId(UUID(str(room_id)))) if room_id is not None else None
    visit = await unit.calendar.lock_visit(appointment_id, Claimants(room_seqs=frozenset({room.seq} if room else set())))
    if visit is None:
        raise NotFound("appointment", appointment_id)
    if visit.appointment.version != version:
        raise VersionConflict(appointment_id, visit.appointment.version)
    if room_id is not None and (room is None or not room.is_active or room.location_id != visit.appointment.location_id):
        raise NotFound("room", str(room_id))
    seq = visit.room_seq if "room_id" not in changes else room.seq if room is not None else None
    changed = await unit.calendar.change(visit, changes, seq)
    if changed is None:
        raise RoomTaken(appointment_id, str(room_id))
    unit.audit(AuditEntry("change", "appointment", changed.id, changed.patient_id, {"changed": sorted(changes)}))
    return changed


async def appointment(unit: SchedulingUnit, appointment_id: UUID) -> Appointment:
    """Return a visit with its history.

    Raises:
        NotFound: there is no such visit.
    """
    found = await unit.calendar.appointment(appointment_id)
    if found is None:
        raise NotFound("appointment", appointment_id)
    unit.audit(AuditEntry("read", "appointment", found.id, found.patient_id))
    return found


async def appointments(
    unit: SchedulingUnit,
    wanted: AppointmentFilter,
    *,
    limit: int,
    after: tuple[datetime, AppointmentId] | None = None,
    with_history: bool = True,
    offset: int = 0,
) -> list[Appointment]:
    """Return visits in order of (start, id), those after `after` but for the first `offset`; without histories if they are not wanted."""
    found = await unit.calendar.appointments(wanted, limit=limit, after=after, with_history=with_history, offset=offset)
    for patient_id in sorted({visit.patient_id for visit in found}):
        unit.audit(AuditEntry("list", "appointment", None, patient_id))
    return found
