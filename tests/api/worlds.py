"""A clinic with one of everything in it, made over HTTP, with a canary in every text that can bear one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx

from marcai.clinics.clinic import Organisation, OrganisationId
from tests.api.conftest import House
from tests.backends.postgres.test_tenancy import raw

MONDAY = datetime.fromisoformat("2026-03-09T09:00:00-03:00")
SCHEDULING = "/v1/scheduling"


@dataclass
class World:
    """One clinic: its ids by kind, a key that may do everything, and ways to make more."""

    house: House
    organisation_id: UUID
    key: str
    canary: str
    ids: dict[str, str] = field(default_factory=dict)
    _hours: "count[int]" = field(default_factory=count)

    @property
    def headers(self) -> dict[str, str]:
        """Return what its own system sends with every call."""
        return {"x-api-key": self.key, "X-Organization-Id": str(self.organisation_id)}

    async def call(self, method: str, path: str, *, status: int | None = None, **more: Any) -> httpx.Response:
        """Send a request in the clinic's name."""
        answer = await self.house.http.request(method, path, headers=self.headers | more.pop("headers", {}), **more)
        assert status is None or answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer

    async def made(self, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
        """Make something and return it."""
        return dict((await self.call("POST", SCHEDULING + path, status=status, json=body)).json())

    def start(self) -> datetime:
        """Return a time that nobody has yet: an hour further with every call."""
        return MONDAY + timedelta(hours=next(self._hours))

    def booking(self, **more: Any) -> dict[str, Any]:
        """Return the body of a booking at a time that is free."""
        start = self.start()
        return {
            "provider_profile_id": self.ids["provider"],
            "patient_id": self.ids["patient"],
            "appointment_type_id": self.ids["type"],
            "location_id": self.ids["location"],
            "room_id": self.ids["room"],
            "start_time": start.isoformat(),
            "end_time": (start + timedelta(minutes=30)).isoformat(),
            "notes": f"{self.canary} notes",
            "internal_notes": f"{self.canary} internal",
            "external_reference": f"{self.canary}-reference",
            "metadata": {"canary": self.canary},
            "allow_outside_hours": True,
        } | more

    async def visit(self, status: str = "requested") -> str:
        """Return the id of a new visit in that status."""
        visit = str((await self.made("/appointments", self.booking()))["id"])
        for step in {"confirmed": ["confirm"], "checked_in": ["confirm", "check-in"], "in_progress": ["confirm", "check-in", "start"]}.get(
            status, []
        ):
            await self.call("POST", f"{SCHEDULING}/appointments/{visit}/{step}", status=200)
        return visit

    async def held(self) -> str:
        """Return the id of a new hold, at a time inside the hours."""
        for n in range(60):
            start = datetime.fromisoformat("2026-04-06T08:00:00-03:00") + timedelta(days=n // 8, hours=n % 8)
            body = {"provider_id": self.ids["provider"], "appointment_type_id": self.ids["type"], "start_time": start.isoformat()}
            answer = await self.call("POST", f"{SCHEDULING}/holds", json=body | {"location_id": self.ids["location"]})
            if answer.status_code == 201:
                return str(answer.json()["id"])
        raise AssertionError("nothing could be held")


async def make_world(house: House, slug: str) -> World:
    """Make a clinic with one of everything."""
    organisation_id = OrganisationId(uuid4())
    canary = f"CANARY{slug}"
    async with house.door.unit_of(organisation_id, actor_label="test") as unit:
        await unit.catalogue.add_organisation(
            Organisation(
                organisation_id,
                f"{slug}-{canary.lower()}",
                f"{canary} Clinic",
                "America/Sao_Paulo",
                phone=f"+55 {canary}",
                settings={"voice": f"{canary}.voice"},
            )
        )
        await unit.addresses.put("whatsapp", f"{canary}-number")
        await unit.commit()
    world = World(house, organisation_id, await house.key("*", organisation_id), canary, {"organisation": str(organisation_id)})
    ids = world.ids

    async def make(kind: str, path: str, /, **body: Any) -> None:
        ids[kind] = (await world.made(path, body))["id"]

    c = canary
    await make("location", "/locations", name=f"{c} Place", timezone="America/Sao_Paulo", address=f"{c} Street", phone=f"+55 {c}")
    await make("room", "/rooms", name=f"{c} Room", location_id=ids["location"])
    await make("type", "/appointment-types", name=f"{c} Type", duration_minutes=30, code=c[:16], aliases=[f"{c} alias"], specialty=c)
    provider = {"display_name": f"Dra. {c}", "aliases": [f"{c} al"], "specialties": [f"{c} sp"], "metadata": {"canary": c}}
    await make(
        "provider", "/providers", doctor_id=str(uuid4()), primary_location_id=ids["location"], max_concurrent_appointments=5, **provider
    )
    hours = {"start_time": "07:00", "end_time": "19:00", "location_id": ids["location"]}
    for weekday in range(7):
        await make("template", f"/providers/{ids['provider']}/templates", weekday=weekday, **hours)
    days = {"date_from": "2026-05-01", "date_to": "2026-05-01", "reason": f"{c} reason"}
    await make("override", f"/providers/{ids['provider']}/overrides", kind="blocked", **days)
    await make(
        "patient",
        "/patients",
        first_name=c,
        last_name=f"{c} Last",
        phone="+5511955550" + f"{abs(hash(slug)) % 1000:03}",
        date_of_birth="1980-05-17",
        email=f"{c}@canary.example",
        health_card_number=f"{c}-card",
        health_card_type=c,
        address=f"{c} Home",
        external_ids={"pms": c},
    )
    ids["appointment"] = await world.visit()
    cancelled = await world.visit()
    await world.call(
        "POST", f"{SCHEDULING}/appointments/{cancelled}/cancel", status=200, json={"reason": f"{c} why", "cancelled_by": f"{c} desk"}
    )
    ids["hold"] = await world.held()
    await make("entry", "/waitlist", patient_id=ids["patient"], appointment_type_id=ids["type"])
    talk = {"patient_id": ids["patient"], "channel": "web", "message": f"quero marcar com {c}"}
    await world.made("/conversation", talk, 200)
    webhook = {"url": f"http://127.0.0.1:1/{c}", "event_types": ["appointment.created"], "description": c, "metadata": {"canary": c}}
    await make("webhook", "/webhooks", secret=f"{c}-secret-of-more-than-32-characters", **webhook)
    ids["dead_letter"] = (await world.made(f"/webhooks/{ids['webhook']}/test", {}, 200))["id"]
    owner = await raw(house.url)
    await owner.execute("UPDATE webhook_deliveries SET status = 'dead' WHERE id = $1", UUID(ids["dead_letter"]))
    await owner.close()
    await world.call(
        "POST", f"{SCHEDULING}/patients", status=201, json={"first_name": c, "last_name": c}, headers={"Idempotency-Key": f"{c}-key"}
    )
    return world
