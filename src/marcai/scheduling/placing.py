"""Where a visit or a hold would lie, judged by the rules that need no look at others' claims; and what is told of it afterwards."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from marcai.clinics.clinic import LocationId, Room, RoomId
from marcai.kit.intervals import Interval
from marcai.scheduling.errors import NotFound, Unacceptable
from marcai.scheduling.hours import timetable_of
from marcai.scheduling.patient import PatientId
from marcai.scheduling.ports import LONGEST_CLAIM, Claimants, SchedulingUnit
from marcai.scheduling.provider import AppointmentType, AppointmentTypeId, Provider, ProviderId
from marcai.scheduling.requests import Refusal, WhyNot
from marcai.scheduling.rules import busy_time, covering_hours, too_early_or_late
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import Slot

LONGEST_VISIT = timedelta(hours=24)
FURTHEST = timedelta(days=366 * 20)
"""Beyond this nothing is booked, whoever allows it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A time that the rules allow: what claims need to know of it."""

    setup: Setup
    provider: Provider
    slot: Slot
    busy: Interval
    zone: str
    day: Interval
    room: Room | None

    def claimants(self, patient_id: PatientId | None) -> Claimants:
        """Return whose locks a claim here takes."""
        return Claimants(frozenset({self.provider.seq}), frozenset({self.room.seq} if self.room is not None else set()), patient_id)


@dataclass(frozen=True, slots=True)
class Wish:
    """A time that somebody would like, by ids. `end` None means the type's duration; `room_id` None the room of the hours."""

    provider_id: ProviderId
    appointment_type_id: AppointmentTypeId
    location_id: LocationId
    start: datetime
    end: datetime | None = None
    room_id: RoomId | None = None
    allow_outside_hours: bool = False


def placed(setup: Setup, wish: Wish, now: datetime) -> Place | Refusal:
    """Return where the wished visit would lie, or which rule of the clinic it breaks.

    `allow_outside_hours` sets aside hours, notice and horizon, but never lets anybody book the past, or with what is no longer active.

    Raises:
        NotFound: the provider, type, location or room is unknown, or the room is elsewhere.
        Unacceptable: the visit ends before it starts, or is too long.
    """
    provider, kind = setup.providers.get(wish.provider_id), setup.appointment_types.get(wish.appointment_type_id)
    location = setup.locations.get(wish.location_id)
    if provider is None:
        raise NotFound("provider", wish.provider_id)
    if kind is None:
        raise NotFound("appointment_type", wish.appointment_type_id)
    if location is None:
        raise NotFound("location", wish.location_id)
    why = too_early_or_late(wish.start, now, setup.organisation)
    if why is WhyNot.PAST or wish.start > now + FURTHEST or (why is not None and not wish.allow_outside_hours):
        return Refusal(why or WhyNot.BEYOND_HORIZON, wish.start, provider.id)
    visit = _visit(wish, kind)
    room = _room(setup, wish)
    if not (provider.is_active and kind.is_active and location.is_active and (room is None or room.is_active)):
        return Refusal(WhyNot.NOT_OFFERED, wish.start, provider.id)
    timetable = timetable_of(setup)
    hours = covering_hours(timetable, provider, kind.id, location.id, _seconds(visit))
    if isinstance(hours, WhyNot):
        if not wish.allow_outside_hours:
            return Refusal(hours, wish.start, provider.id)
    elif room is None and provider.lanes == 1 and hours[1].room_id is not None:
        # A room keeps one claim at a time, so several patients at once have none but by name.
        usual = setup.rooms.get(hours[1].room_id)
        room = usual if usual is not None and usual.is_active else None
    busy = busy_time(visit, kind, provider)
    if busy.length > LONGEST_CLAIM:
        raise Unacceptable("end", "makes the visit, with its buffers, longer than 48 hours")
    zone = timetable.zone(location.timezone)
    start = visit.start.astimezone(zone)
    begin, end = timetable.day(location.timezone, start.toordinal()).span
    slot = Slot(provider.id, kind.id, location.id, start, visit.end.astimezone(zone), room.id if room is not None else None)
    day = Interval(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))
    return Place(setup, provider, slot, busy, location.timezone, day, room)


def _visit(wish: Wish, kind: AppointmentType) -> Interval:
    start = wish.start.astimezone(UTC)
    end = start + kind.duration if wish.end is None else wish.end.astimezone(UTC)
    if end <= start:
        raise Unacceptable("end", "must lie after the start")
    if end - start > LONGEST_VISIT:
        raise Unacceptable("end", "makes the visit longer than 24 hours")
    return Interval(start, end)


def _room(setup: Setup, wish: Wish) -> Room | None:
    if wish.room_id is None:
        return None
    room = setup.rooms.get(wish.room_id)
    if room is None or room.location_id != wish.location_id:
        raise NotFound("room", wish.room_id)
    return room


def _seconds(visit: Interval) -> tuple[int, int]:
    return int(visit.start.timestamp()), -int(-visit.end.timestamp() // 1)


def refused(place: Place, why: WhyNot, conflicting_start: datetime | None) -> Refusal:
    """Return the refusal of a place, in the zone of the place."""
    start = conflicting_start.astimezone(place.slot.start.tzinfo) if conflicting_start is not None else place.slot.start
    return Refusal(why, start, place.provider.id)


async def judged(unit: SchedulingUnit, wish: Wish, *, anew: bool) -> Place | Refusal:
    """Return where the wished visit would lie by the set-up that is remembered, or, `anew`, by the clinic's as it stands.

    A claim finds out whether the remembered set-up was still the clinic's; a refusal is told to somebody, so that is found out first.

    Raises:
        NotFound: as for `placed`.
        Unacceptable: as for `placed`.
    """
    remembered = None if anew else unit.remembered_setup()
    if remembered is not None:
        with suppress(NotFound, Unacceptable):
            place = placed(remembered, wish, unit.now)
            if isinstance(place, Place):
                return place
    return placed(await unit.setup(), wish, unit.now)


def judged_revision(place: Place, *, anew: bool) -> int | None:
    """Return the revision that a claim has to find unchanged: none once it is judged anew.

    The first attempt took the provider's lock, and its set-up was read before. What is read after that cannot lose the provider's hours
    to anybody; to ask for the whole clinic's revision again would let a clinic that is being set up refuse free slots.
    """
    return None if anew else place.setup.revision
