"""The chat page: a talk in the browser, with the calendar day beside it. Whoever opens it is a stranger until they say who they are.

In the demo, and only there, the page may write as one of the demo's patients.
"""

import hashlib
import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Depends, Query, Response
from fastapi.responses import FileResponse
from pydantic import Field
from pydantic_core import to_json

from marcai.clinics.actor import Caller, IdentityLevel
from marcai.clinics.clinic import LocationId, OrganisationId
from marcai.conversation.conversation import IncomingMessage, TalkKey
from marcai.doorway.fields import Body, PatientRef, text
from marcai.doorway.identity import admit_stranger
from marcai.doorway.problems import Refused
from marcai.doorway.services import Door, DoorUnit, the_door
from marcai.doorway.talk import reply_members
from marcai.kit.zones import zone
from marcai.scheduling import bookings
from marcai.scheduling.hours import working_hours
from marcai.scheduling.patient import PatientId
from marcai.scheduling.requests import AppointmentFilter
from marcai.scheduling.setup import Setup
from marcai.understanding.meaning import Language

ASSETS = Path(__file__).parent / "static"
COOKIE = "marcai_chat"
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

router = APIRouter(tags=["chat page"], include_in_schema=False)
The = Annotated[Door, Depends(the_door)]
Visitor = Annotated[str | None, Cookie(alias=COOKIE, max_length=100)]


class ChatMessage(Body):
    """One message typed into the page."""

    message: text(2000)  # type: ignore[valid-type]
    message_id: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")] | None = None
    language: Language | None = None
    patient_id: PatientRef | None = None


def _clinic_of(door: Door) -> OrganisationId:
    if door.chat_clinic is None:
        raise Refused("not_found")
    return door.chat_clinic


def _contact(visitor: str) -> str:
    return "web:" + hashlib.sha256(visitor.encode()).hexdigest()[:32]


@router.get("/")
async def page(door: The) -> Response:
    """Serve the page."""
    _clinic_of(door)
    return FileResponse(ASSETS / "chat.html", headers={"Content-Security-Policy": _PAGE_POLICY})


@router.get("/chat-assets/{name}")
async def asset(name: str, door: The) -> Response:
    """Serve one of the page's files."""
    _clinic_of(door)
    if name not in ("chat.css", "chat.js"):
        raise Refused("not_found")
    return FileResponse(ASSETS / name)


@router.get("/chat/clinic")
async def clinic(door: The) -> Response:
    """Tell the page whose it is, which day it is there, and, in the demo, as whom one may write."""
    organisation_id = _clinic_of(door)
    people: list[dict[str, Any]] = []
    async with door.unit_of(organisation_id, actor_label="chat-page") as unit:
        setup = await unit.setup()
        if door.is_demo:
            people = [{"id": one.id, "name": one.full_name} for one in await unit.patients.page(limit=40)]
            await unit.commit()
    today = door.clock.now().astimezone(zone(setup.organisation.timezone)).date()
    return Response(to_json({"name": setup.organisation.name, "today": today, "people": people}), media_type="application/json")


@router.post("/chat/messages", dependencies=[Depends(admit_stranger)])
async def message(body: ChatMessage, door: The, visitor: Visitor = None) -> Response:
    """Take one turn."""
    organisation_id = _clinic_of(door)
    token = visitor or secrets.token_urlsafe(24)
    if body.patient_id is not None and door.is_demo:
        contact = str(body.patient_id)
        caller = Caller(organisation_id, "web", contact, IdentityLevel.IDENTIFIED, PatientId(body.patient_id))
    else:
        contact = _contact(token)
        caller = Caller(organisation_id, "web", contact, IdentityLevel.ANONYMOUS)
    reply = await door.engine.take_turn(
        IncomingMessage(organisation_id, "web", contact, body.message, caller, message_id=body.message_id, language=body.language)
    )
    setup = door.engine.setup_seen(organisation_id) or await door.setup_of(organisation_id)
    members = reply_members(reply, setup)
    if reply.offer is not None:
        members["offer"]["provider_name"] = setup.providers[reply.offer.slot.provider_id].display_name
        members["offer"]["location_name"] = setup.locations[reply.offer.slot.location_id].name
    answer = Response(to_json(members), media_type="application/json")
    if visitor is None:
        answer.set_cookie(COOKIE, token, max_age=30 * 24 * 3600, httponly=True, samesite="lax", secure=door.is_https)
    return answer


@router.get("/chat/day")
async def day(
    door: The, date_: Annotated[date, Query(alias="date")], patient_id: PatientRef | None = None, visitor: Visitor = None
) -> Response:
    """Return one day of the calendar: hours, what is taken, what is held for this visitor and what is theirs. No names of patients."""
    organisation_id = _clinic_of(door)
    contact = str(patient_id) if patient_id is not None and door.is_demo else _contact(visitor) if visitor else None
    async with door.unit_of(organisation_id, actor_label="chat-page") as unit:
        shown = await _day(unit, date_, contact)
        await unit.commit()
    return Response(to_json(shown), media_type="application/json")


async def _day(unit: DoorUnit, day: date, contact: str | None) -> dict[str, Any]:
    setup = await unit.setup()
    key = TalkKey(setup.organisation.id, "web", contact) if contact else None
    talk = await unit.talks.load(key) if key else None
    own_patient = talk.person.patient_id if talk else None
    held = talk.offer.slot if talk and talk.offer and talk.offer.expires_at > unit.now else None
    visits = await bookings.appointments(unit, AppointmentFilter(date_from=day, date_to=day, live_only=True), limit=1000, after=None)
    rows = []
    for provider in sorted(setup.providers.values(), key=lambda it: it.display_name):
        hours = working_hours(setup, provider.id, day) if provider.is_active else []
        blocks = [_block("hours", setup, place, window.start, window.end) for window, place in hours]
        for visit in (visit for visit in visits if visit.provider_id == provider.id):
            is_mine = str(visit.patient_id) in (contact, str(own_patient))
            blocks.append(_block("mine" if is_mine else "busy", setup, visit.location_id, visit.start, visit.end))
        if held is not None and held.provider_id == provider.id and _wall(setup, held.location_id, held.start).date() == day:
            blocks.append(_block("held", setup, held.location_id, held.start, held.end))
        if blocks:
            rows.append({"id": provider.id, "name": provider.display_name, "blocks": blocks})
    return {"date": day, "providers": rows}


def _wall(setup: Setup, place: LocationId, moment: datetime) -> datetime:
    return moment.astimezone(zone(setup.locations[place].timezone))


def _block(kind: str, setup: Setup, place: LocationId, start: datetime, end: datetime) -> dict[str, str]:
    first, last = _wall(setup, place, start), _wall(setup, place, end)
    return {"kind": kind, "start": f"{first:%H:%M}", "end": f"{last:%H:%M}" if last.date() == first.date() else "24:00"}
