"""Find out who is speaking: full name and date of birth, against the clinic's records.

The answer to a wrong guess is one and the same, whichever part was wrong and whether or not there is such a person; so is the
work that it costs. Attempts are limited a talk, a contact and a day, a person and a day, and are counted in PostgreSQL.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from marcai.clinics.actor import Actor, IdentityLevel
from marcai.scheduling.patient import PatientId
from marcai.tools.allowed import NotAllowed
from marcai.tools.unit import ToolUnit

TRIES_A_CONVERSATION = 3
TRIES_A_CONTACT_AND_DAY = 5
TRIES_A_PERSON_AND_DAY = 20


@dataclass(frozen=True, slots=True)
class IdentifyArgs:
    """Who somebody says they are, and in which talk."""

    full_name: str
    date_of_birth: date
    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class Identified:
    """The caller is this patient. `first_name` may be used to greet them."""

    patient_id: PatientId
    level: IdentityLevel
    first_name: str


@dataclass(frozen=True, slots=True)
class CouldNotMatch:
    """No match. `may_try_again` tells only of this talk's and this contact's own tries; when it is False, staff take over."""

    may_try_again: bool


async def identify(unit: ToolUnit, actor: Actor, args: IdentifyArgs) -> Identified | CouldNotMatch | NotAllowed:
    """Say which patient the caller is, at level IDENTIFIED, if name and birth date name exactly one."""
    raise NotImplementedError
