"""`/v1/scheduling/natural-language`: one message, read; nothing is booked and nothing is kept."""

from datetime import date, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from marcai.api.scheduling.conversation import EntitiesShape
from marcai.clinics.actor import Caller, IdentityLevel, Machine
from marcai.conversation.conversation import IncomingMessage
from marcai.conversation.natural_language import Ambiguity, Reading
from marcai.doorway.fields import Body, Moment, PatientRef, text
from marcai.doorway.identity import scope
from marcai.doorway.problems import invalid
from marcai.doorway.services import Door, the_door
from marcai.scheduling.patient import PatientId
from marcai.understanding.meaning import Candidate, Language

router = APIRouter(prefix="/natural-language", tags=["natural language"])
Reader = Annotated[Machine, Depends(scope("read:conversations", "write:conversations"))]


class NaturalLanguageRequest(Body):
    """A message of a patient."""

    message: text(4000)  # type: ignore[valid-type]
    patient_id: PatientRef
    language: Language | None = None
    reference_time: Moment | None = None


class Resolved(BaseModel):
    """What the message refers to in the clinic."""

    provider_id: UUID | None
    appointment_type_id: UUID | None
    location_id: UUID | None
    appointment_id: UUID | None
    date_from: date | None
    date_to: date | None
    time_from: str | None
    time_to: str | None


class AmbiguityShape(BaseModel):
    """What the words leave open."""

    entity: str
    candidates: list[Any]
    question: str


class NaturalLanguageAnswer(BaseModel):
    """What one message says."""

    intent: str
    confidence: float
    language: Language
    entities: EntitiesShape
    resolved: Resolved
    ambiguities: list[AmbiguityShape]
    missing: list[str]


def _clock(value: time | None) -> str | None:
    return f"{value:%H:%M}" if value is not None else None


def _candidate(one: Candidate | date | time) -> Any:
    if isinstance(one, Candidate):
        return {"id": one.id, "name": one.name, "score": round(one.score, 3)}
    return _clock(one) if isinstance(one, time) else one.isoformat()


def _ambiguity(one: Ambiguity) -> AmbiguityShape:
    return AmbiguityShape(entity=one.entity, candidates=[_candidate(candidate) for candidate in one.candidates], question=one.question)


def _answer(reading: Reading) -> NaturalLanguageAnswer:
    wanted, subject, meaning = reading.wanted, reading.subject, reading.meaning
    provider = wanted.provider
    kind = reading.appointment_type
    day_from, day_to = (wanted.date_from, wanted.date_to) if wanted.date_from or wanted.date_to else (subject.date_from, subject.date_to)
    from_, to = (wanted.time_from, wanted.time_to) if wanted.time_from or wanted.time_to else (subject.time_from, subject.time_to)
    days = {"date_from": day_from, "date_to": day_to}
    clocks = {"time_from": _clock(from_), "time_to": _clock(to)}
    return NaturalLanguageAnswer(
        intent=meaning.intent,
        confidence=round(meaning.confidence, 3),
        language=meaning.language,
        entities=EntitiesShape(
            provider={"id": provider.id, "name": provider.name, "score": round(provider.score, 3)} if provider else None,
            specialty=wanted.specialty,
            appointment_type={"id": kind.id, "name": kind.name} if kind else None,
            date_from=day_from.isoformat() if day_from else None,
            date_to=day_to.isoformat() if day_to else None,
            reason=wanted.reason,
            **clocks,
        ),
        resolved=Resolved(
            provider_id=provider.id if provider else subject.provider_id,
            appointment_type_id=kind.id if kind else None,
            location_id=wanted.location_id,
            appointment_id=reading.appointment_id,
            **days,
            **clocks,
        ),
        ambiguities=[_ambiguity(one) for one in reading.ambiguities],
        missing=list(reading.missing),
    )


@router.post("")
async def read(body: NaturalLanguageRequest, machine: Reader, door: Annotated[Door, Depends(the_door)]) -> NaturalLanguageAnswer:
    """Return what a message says and what it refers to."""
    if body.reference_time is not None and not door.allows_reference_time:
        raise invalid("reference_time", "is accepted in demo and test mode only")
    await door.look(machine)
    contact = str(body.patient_id)
    caller = Caller(machine.organisation_id, "web", contact, IdentityLevel.IDENTIFIED, PatientId(body.patient_id))
    reading = await door.engine.read_alone(
        IncomingMessage(machine.organisation_id, "web", contact, body.message, caller, language=body.language, now=body.reference_time)
    )
    await door.keep_alone(machine)
    return _answer(reading)
