"""What can go wrong in the calendar because of a caller's mistake. What a patient may hear is a `Refusal`, not an error.

MarcaiError
└── SchedulingError
    ├── NotFound            an id that names nothing in this clinic
    ├── MoveNotAllowed      a step of an appointment's life that does not exist
    ├── VersionConflict     somebody else changed the appointment first
    ├── RoomTaken           another claim has the room that a visit should move into
    └── Unacceptable        a field of the clinic's set-up or of a record that cannot be meant
"""

from uuid import UUID

from marcai.kit.errors import MarcaiError


class SchedulingError(MarcaiError):
    """Any of the above."""


class NotFound(SchedulingError):
    """Nothing of this kind has this id in this clinic. `kind` is the word of the API: "appointment", "hold", …"""

    def __init__(self, kind: str, id_: UUID | str) -> None:
        super().__init__(f"no {kind} {id_}")
        self.kind = kind


class MoveNotAllowed(SchedulingError):
    """The appointment cannot go from its status to the one that is wanted."""

    def __init__(self, appointment_id: UUID, status: str, wanted: str) -> None:
        super().__init__(f"appointment {appointment_id} is {status} and cannot become {wanted}")
        self.status, self.wanted = status, wanted


class VersionConflict(SchedulingError):
    """The caller's version is no longer the appointment's."""

    def __init__(self, appointment_id: UUID, version: int) -> None:
        super().__init__(f"appointment {appointment_id} is at version {version}")
        self.version = version


class RoomTaken(SchedulingError):
    """Another claim has the room at the time of the appointment."""

    def __init__(self, appointment_id: UUID, room_id: UUID | str) -> None:
        super().__init__(f"room {room_id} is taken at the time of appointment {appointment_id}")


class Unacceptable(SchedulingError):
    """A field that cannot be meant. `field` is its name in our values, `why` ends a sentence that begins with it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field} {why}")
        self.field, self.why = field, why
