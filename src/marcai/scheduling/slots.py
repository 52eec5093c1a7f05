"""Free slots: templates and overrides minus busy time. Pure; knows no database."""

from dataclasses import dataclass
from datetime import datetime

from marcai.clinics.clinic import LocationId, RoomId
from marcai.scheduling.provider import AppointmentTypeId, ProviderId


@dataclass(frozen=True, slots=True)
class Slot:
    """Bookable free time of a provider for one type of visit; times are aware and in the location's zone."""

    provider_id: ProviderId
    appointment_type_id: AppointmentTypeId
    location_id: LocationId
    start: datetime
    end: datetime
    room_id: RoomId | None = None
