"""Find out who is speaking: full name and date of birth, against the clinic's records.

The answer to a wrong guess is one and the same, whichever part was wrong and whether or not there is such a person; so is the
work that it costs. Attempts are limited a talk, a contact and a day, a person and a day, and are counted in PostgreSQL.
"""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from marcai.clinics.actor import Actor, Caller, IdentityLevel
from marcai.clinics.attempts import Guess
from marcai.kit.text import digits, folded
from marcai.ledger.events import AuditEntry
from marcai.scheduling.patient import Patient, PatientId
from marcai.tools.allowed import Denial, NotAllowed
from marcai.tools.earliest_slot import local_day
from marcai.tools.unit import ToolUnit

TRIES_A_CONVERSATION = 3
TRIES_A_CONTACT_AND_DAY = 5
TRIES_A_PERSON_AND_DAY = 20
SHORTEST_NUMBER = 8


@dataclass(frozen=True, slots=True)
class IdentifyArgs:
    """Who somebody says they are, and in which talk."""

    full_name: str
    date_of_birth: date
    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class Identified:
    """The caller is this patient."""

    patient_id: PatientId
    level: IdentityLevel


@dataclass(frozen=True, slots=True)
class CouldNotMatch:
    """No match. `may_try_again` tells only of this talk's and this contact's own tries; when it is False, staff take over."""

    may_try_again: bool


async def identify(unit: ToolUnit, actor: Actor, args: IdentifyArgs) -> Identified | CouldNotMatch | NotAllowed:
    """Say which patient the caller is, at level IDENTIFIED, if name and birth date name exactly one.

    Who is identified already stays who they are. A record that is merely somebody's own word gives way to the clinic's own, so that
    nobody can hide a patient by registering a namesake.
    """
    if not isinstance(actor, Caller):
        return NotAllowed(Denial.OUT_OF_SCOPE)
    if actor.patient_id is not None and actor.level >= IdentityLevel.IDENTIFIED:
        return Identified(PatientId(actor.patient_id), actor.level)
    setup = await unit.setup()
    guesses = _guesses(actor, args, local_day(setup, unit.now, None))
    in_talk, by_contact, at_person = await unit.attempts.count(guesses)
    matching = await _matching(unit, args)
    unit.audit(AuditEntry("identify", "patient", None, None, {"conversation_id": str(args.conversation_id)}))
    is_in_limits = in_talk <= TRIES_A_CONVERSATION and by_contact <= TRIES_A_CONTACT_AND_DAY and at_person <= TRIES_A_PERSON_AND_DAY
    if not is_in_limits or len(matching) != 1:
        return CouldNotMatch(may_try_again=in_talk < TRIES_A_CONVERSATION and by_contact < TRIES_A_CONTACT_AND_DAY)
    await unit.attempts.forgive(guesses)
    unit.audit(AuditEntry("identified", "patient", matching[0].id, matching[0].id, {"conversation_id": str(args.conversation_id)}))
    return Identified(matching[0].id, IdentityLevel.IDENTIFIED)


def name_key(name: str) -> str | None:
    """Return what two spellings of one full name share: first and last word, folded, in either order; None for less than a full name.

    Middle names and particles may be left out, as people do. Names in Chinese characters count as a whole.
    """
    words = [word for word in re.split(r"[^\w]+", folded(name)) if word]
    joined = "".join(words)
    if any("\u4e00" <= letter <= "\u9fff" for letter in joined):
        return "".join(sorted(joined)) if len(joined) >= 2 else None
    return " ".join(sorted((words[0], words[-1]))) if len(words) >= 2 else None


def _guesses(actor: Caller, args: IdentifyArgs, day: date) -> tuple[Guess, Guess, Guess]:
    # One number is one contact in every channel. The person is counted by the name that was said, whether or not there is
    # such a patient: otherwise the counting itself would tell.
    number = digits(actor.contact)
    is_number = len(number) >= SHORTEST_NUMBER and not any(letter.isalpha() for letter in actor.contact)
    return (
        Guess("conversation", str(args.conversation_id), None),
        Guess("contact", number if is_number else f"{actor.channel}:{actor.contact}", day),
        Guess("person", name_key(args.full_name) or "", day),
    )


async def _matching(unit: ToolUnit, args: IdentifyArgs) -> list[Patient]:
    key = name_key(args.full_name)
    found = [
        patient
        for patient in await unit.patients.by_name_and_birth(args.full_name, args.date_of_birth)
        if key is not None and patient.is_active and patient.date_of_birth == args.date_of_birth and name_key(patient.full_name) == key
    ]
    return [patient for patient in found if not patient.is_prospective] or found
