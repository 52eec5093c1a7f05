"""The way in for visits that are over before we knew of them: a clinic's past from another system, or the demo's, which is made up.

A past visit claims no time, so no rule of booking applies, nobody is told, and it does not go through `bookings`. It cannot become live:
what is dead never revives.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from marcai.clinics.clinic import LocationId
from marcai.kit.zones import zone
from marcai.ledger.events import AuditEntry
from marcai.scheduling.appointment import Status
from marcai.scheduling.errors import NotFound, Unacceptable
from marcai.scheduling.patient import PatientId
from marcai.scheduling.ports import SchedulingUnit
from marcai.scheduling.provider import AppointmentTypeId, ProviderId

ENDS = (Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A visit that is over. `steps` are its history in order, the first one its booking, the last one its end."""

    patient_id: PatientId
    provider_id: ProviderId
    appointment_type_id: AppointmentTypeId
    location_id: LocationId
    start: datetime
    end: datetime
    steps: Sequence[tuple[Status, datetime]]
    external_reference: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


class History(Protocol):
    """Writes past visits, in two round trips however many they are."""

    async def add(self, visits: Sequence[tuple[UUID, PastVisit]]) -> int:
        """Write the visits (starts in the zone of their place) under these ids; return how many there were.

        Left out are those whose patient, provider, type or location is not the clinic's.
        """
        ...


class HistoryUnit(SchedulingUnit, Protocol):
    """The transaction that loading needs."""

    @property
    def history(self) -> History:
        """The way in for visits that are over."""
        ...


async def load(unit: HistoryUnit, visits: Sequence[PastVisit]) -> int:
    """Write past visits down, and return how many. Not one of them may reach into the future.

    Raises:
        NotFound: a visit was nowhere that we know.
        Unacceptable: a visit is not over, has no steps, or they are out of order.
    """
    places = (await unit.setup()).locations
    there: list[tuple[UUID, PastVisit]] = []
    for visit in visits:
        place = places.get(visit.location_id)
        if place is None:
            raise NotFound("location", visit.location_id)
        moments = [at for _, at in visit.steps]
        if not visit.steps or visit.steps[-1][0] not in ENDS:
            raise Unacceptable("steps", "must end with the visit's end")
        if moments != sorted(moments) or moments[-1] > unit.now or visit.start >= visit.end:
            raise Unacceptable("steps", "must be in order and lie in the past")
        there.append((unit.new_id(), replace(visit, start=visit.start.astimezone(zone(place.timezone)))))
    written = await unit.history.add(there)
    unit.audit(AuditEntry("load", "appointment_history", None, None, {"visits": written}))
    return written
