"""A clinic's set-up as one value: what the calendar and the talk need to know that changes seldom."""

from collections.abc import Mapping
from dataclasses import dataclass

from marcai.clinics.clinic import Location, LocationId, Organisation, Room, RoomId
from marcai.scheduling.provider import AppointmentType, AppointmentTypeId, Override, Provider, ProviderId, Template


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that one revision of a clinic has set up, inactive things too. Never changed: a new revision is a new value."""

    organisation: Organisation
    locations: Mapping[LocationId, Location]
    rooms: Mapping[RoomId, Room]
    providers: Mapping[ProviderId, Provider]
    appointment_types: Mapping[AppointmentTypeId, AppointmentType]
    templates: Mapping[ProviderId, tuple[Template, ...]]
    overrides: Mapping[ProviderId, tuple[Override, ...]]

    @property
    def revision(self) -> int:
        """Return the organisation's revision that this value shows."""
        return self.organisation.revision
