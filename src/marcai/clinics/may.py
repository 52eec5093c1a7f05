"""Who may do what with whose visits: one pure function, asked by every tool."""

from enum import StrEnum
from uuid import UUID

from marcai.clinics.actor import Actor, Caller, IdentityLevel, Machine, Role, Staff


class Deed(StrEnum):
    """What can be done to a clinic's calendar in a patient's name."""

    SEARCH = "search"
    BOOK = "book"
    REQUEST = "request"
    SEE_VISITS = "see_visits"
    CHANGE_VISIT = "change_visit"
    JOIN_WAITLIST = "join_waitlist"
    REGISTER = "register"
    CHANGE_CONTACT = "change_contact"


_SCOPES = {
    Deed.SEARCH: "read:slots",
    Deed.BOOK: "write:appointments",
    Deed.REQUEST: "write:appointments",
    Deed.SEE_VISITS: "read:appointments",
    Deed.CHANGE_VISIT: "write:appointments",
    Deed.JOIN_WAITLIST: "write:waitlist",
    Deed.REGISTER: "write:patients",
    Deed.CHANGE_CONTACT: "write:patients",
}
_ANYBODY = {Deed.SEARCH, Deed.REQUEST, Deed.REGISTER, Deed.JOIN_WAITLIST}


def may(actor: Actor, deed: Deed, patient_id: UUID | None = None, *, booked_in_same_channel: bool = False) -> bool:
    """Say whether the actor may do the deed for that patient.

    A caller acts for nobody but the patient that they are. Anybody may look for slots, ask for a visit (as a new patient,
    which staff confirm) and join the waitlist; seeing or changing visits needs two identifiers, or, for a visit that was
    booked in the very same channel, that channel's own identity.
    """
    match actor:
        case Machine():
            return "*" in actor.scopes or _SCOPES[deed] in actor.scopes
        case Staff():
            return actor.role in (Role.PLATFORM_ADMIN, Role.CLINIC_MANAGER, Role.STAFF)
        case Caller():
            if patient_id is not None and patient_id != actor.patient_id:
                return False
            if deed in _ANYBODY:
                return True
            if deed is Deed.BOOK:
                return actor.patient_id is not None and actor.level >= IdentityLevel.CHANNEL
            if deed is Deed.CHANGE_CONTACT:
                return actor.level >= IdentityLevel.CONFIRMED
            return actor.level >= IdentityLevel.IDENTIFIED or (booked_in_same_channel and actor.level >= IdentityLevel.CHANNEL)
