"""`/v1/scheduling/conversation`: a talk of many turns, for a patient whom the clinic's own system vouches for."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from pydantic_core import to_json

from marcai.api.scheduling.shapes import AppointmentShape
from marcai.clinics.actor import Caller, IdentityLevel, Machine
from marcai.clinics.clinic import OrganisationId
from marcai.conversation.conversation import IncomingMessage, Reply, TalkKey, TalkUnit
from marcai.doorway.fields import Body, Moment, PatientRef, text
from marcai.doorway.identity import scope
from marcai.doorway.problems import Refused, invalid
from marcai.doorway.services import Door, DoorUnit, the_door
from marcai.doorway.talk import Channel, reply_members
from marcai.scheduling.errors import NotFound
from marcai.scheduling.patient import PatientId
from marcai.scheduling.setup import Setup
from marcai.understanding.meaning import Language

router = APIRouter(prefix="/conversation", tags=["conversation"])
Talker = Annotated[Machine, Depends(scope("write:conversations"))]
Reader = Annotated[Machine, Depends(scope("read:conversations"))]
The = Annotated[Door, Depends(the_door)]


class ConversationMessage(Body):
    """One message of a patient."""

    patient_id: PatientRef
    channel: Channel
    message: text(4000)  # type: ignore[valid-type]
    message_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")] | None = None
    language: Language | None = None
    reference_time: Moment | None = None


class PersonNamed(BaseModel):
    """A provider that is meant."""

    id: UUID
    name: str
    score: float


class ThingNamed(BaseModel):
    """An appointment type that is meant."""

    id: UUID
    name: str


class EntitiesShape(BaseModel):
    """What has been understood for the task in hand."""

    provider: PersonNamed | None
    specialty: str | None
    appointment_type: ThingNamed | None
    date_from: str | None
    date_to: str | None
    time_from: str | None
    time_to: str | None
    reason: str | None


class OfferShape(BaseModel):
    """The one slot that is on the table."""

    start_time: str
    end_time: str
    provider_id: UUID
    location_id: UUID
    hold_id: UUID
    expires_at: str


class HandoffShape(BaseModel):
    """Why a human takes over."""

    reason: str
    summary: str


class ConversationState(BaseModel):
    """Where a talk stands."""

    conversation_id: UUID
    turn: int
    language: Language
    state: str
    intent: str
    entities: EntitiesShape
    missing: list[str]
    suggestions: list[str]
    offer: OfferShape | None
    appointment: AppointmentShape | None
    handoff: HandoffShape | None


class ConversationAnswer(ConversationState):
    """The answer to one message."""

    reply: str


class TurnShape(BaseModel):
    """One message and its answer."""

    turn: int
    at: str
    message: str
    reply: str
    state: str
    intent: str


class ConversationView(ConversationState):
    """Where a talk stands, and how it came there."""

    history: list[TurnShape]


def _json(members: dict[str, Any]) -> Response:
    return Response(to_json(members), media_type="application/json")


class _Written:
    """The answer as it was written beside its turn."""

    def __init__(self, door: Door, machine: Machine) -> None:
        self._door, self._machine = door, machine
        self._of: tuple[Reply, bytes] | None = None

    async def write(self, unit: TalkUnit, reply: Reply, setup: Setup) -> None:
        """Write the answer, and keep it if the request bears an Idempotency-Key."""
        self._of = reply, to_json(reply_members(reply, setup))
        await self._door.keep(cast(DoorUnit, unit), self._machine, self._of[1])

    async def of(self, reply: Reply) -> Response:
        """Return what was written; a reply from an earlier turn is written now."""
        if self._of is None or self._of[0] is not reply:
            return _json(await _members(self._door, self._machine.organisation_id, reply))
        return Response(self._of[1], media_type="application/json")


async def _members(door: Door, organisation_id: UUID, reply: Reply) -> dict[str, Any]:
    # What the reply shows was set up before its turn, and nothing that was set up ever vanishes.
    return reply_members(reply, door.engine.setup_seen(organisation_id) or await door.setup_of(organisation_id))


@router.post("", response_model=ConversationAnswer)
async def talk(body: ConversationMessage, machine: Talker, door: The) -> Response:
    """Take one turn of the patient's talk in that channel."""
    if body.reference_time is not None and not door.allows_reference_time:
        raise invalid("reference_time", "is accepted in demo and test mode only")
    await door.look(machine)
    contact = str(body.patient_id)
    written = _Written(door, machine)
    reply = await door.engine.take_turn(
        IncomingMessage(
            organisation_id=OrganisationId(machine.organisation_id),
            channel=body.channel,
            contact=contact,
            text=body.message,
            actor=Caller(machine.organisation_id, body.channel, contact, IdentityLevel.IDENTIFIED, PatientId(body.patient_id)),
            message_id=body.message_id,
            language=body.language,
            now=body.reference_time,
        ),
        before_commit=written.write,
    )
    return await written.of(reply)


@router.get("/{patient_id}/{channel}/state", response_model=ConversationView)
async def state(patient_id: PatientRef, channel: Channel, machine: Reader, door: The) -> Response:
    """Return where the patient's talk in a channel stands, with its turns."""
    view = await door.engine.view(TalkKey(machine.organisation_id, channel, str(patient_id)), patient_id=PatientId(patient_id))
    if view is None:
        raise Refused("conversation_not_found", "This patient has no talk in that channel.")
    members = await _members(door, machine.organisation_id, view.last)
    members.pop("reply")
    members["history"] = [
        {
            "turn": turn.number,
            "at": turn.at.isoformat(),
            "message": turn.text,
            "reply": turn.reply.reply,
            "state": turn.reply.state,
            "intent": turn.reply.intent,
        }
        for turn in view.history
    ]
    return _json(members)


@router.delete("/{patient_id}/{channel}", status_code=204)
async def clear(patient_id: PatientRef, channel: Channel, machine: Talker, door: The) -> None:
    """Forget the patient's talk in a channel; a slot that is held for it is given back."""
    async with door.unit(machine) as unit:
        if await unit.patients.get(PatientId(patient_id)) is None:
            raise NotFound("patient", patient_id)
    await door.engine.clear(TalkKey(machine.organisation_id, channel, str(patient_id)), patient_id=PatientId(patient_id))
