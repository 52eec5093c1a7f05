"""How each operation of the API is called: which scopes open it, which things it names, and with what body it succeeds.

Whoever adds a route adds a row. The tests of tenancy, of scopes and of idempotency go through the API's own document and fail at an
operation that has none.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.api.worlds import World

Body = Callable[[World], dict[str, Any]]
Prepare = Callable[[World], Awaitable[dict[str, str]]]


@dataclass(frozen=True)
class Operation:
    """One row. `path` and `query` name the kind of thing whose id stands there; `prepare` makes fresh ids where a call uses one up."""

    scopes: tuple[str, ...]
    path: dict[str, str] = field(default_factory=dict)
    query: Callable[[World], dict[str, str]] = lambda _world: {}
    body: Body | None = None
    prepare: Prepare | None = None
    other: dict[str, Any] | None = None
    """What to change in the body so that it is another request; a body that is empty has nothing to change."""


def _named(kind: str, status: str) -> Prepare:
    async def fresh(world: World) -> dict[str, str]:
        return {kind: await world.visit(status)}

    return fresh


def _days(_world: World) -> dict[str, str]:
    return {"date_from": "2026-03-09", "date_to": "2026-03-10"}


def _slots(world: World) -> dict[str, str]:
    i = world.ids
    return _days(world) | {
        "appointment_type_id": i["type"],
        "provider_id": i["provider"],
        "location_id": i["location"],
        "patient_id": i["patient"],
        "limit": "5",
    }


def _visits(world: World) -> dict[str, str]:
    i = world.ids
    return {"patient_id": i["patient"], "provider_id": i["provider"], "location_id": i["location"]}


def _hold(world: World) -> dict[str, Any]:
    i = world.ids
    return {
        "provider_id": i["provider"],
        "appointment_type_id": i["type"],
        "location_id": i["location"],
        "patient_id": i["patient"],
        "start_time": "2026-04-30T10:00:00-03:00",
    }


READ_V = ("read:appointments",)
WRITE_V = ("write:appointments",)
CLINIC = ("read:clinic", "read:slots")
SLOTS = ("write:slots", "write:appointments")
TALK = ("write:conversations",)
V, P, PR, T, L, R = "appointment", "patient", "provider", "type", "location", "room"
IN_PROVIDER = {"provider_id": PR}

S = "/v1/scheduling"
OPERATIONS: dict[str, Operation] = {
    "GET /health": Operation(()),
    # appointments
    f"POST {S}/appointments": Operation(WRITE_V, body=lambda w: w.booking(), other={"notes": "x"}),
    f"GET {S}/appointments": Operation(READ_V, query=_visits),
    f"GET {S}/appointments/{{appointment_id}}": Operation(READ_V, {"appointment_id": V}),
    f"PUT {S}/appointments/{{appointment_id}}": Operation(
        WRITE_V,
        {"appointment_id": V},
        body=lambda w: {"version": 1, "notes": "n", "room_id": w.ids["room"]},
        prepare=_named(V, "requested"),
        other={"notes": "m"},
    ),
    f"DELETE {S}/appointments/{{appointment_id}}": Operation(WRITE_V, {"appointment_id": V}),
    f"POST {S}/appointments/{{appointment_id}}/confirm": Operation(
        WRITE_V, {"appointment_id": V}, body=lambda _: {"confirmed_by": "a"}, prepare=_named(V, "requested"), other={"confirmed_by": "b"}
    ),
    f"POST {S}/appointments/{{appointment_id}}/check-in": Operation(
        WRITE_V, {"appointment_id": V}, body=lambda _: {"checked_in_by": "a"}, prepare=_named(V, "confirmed"), other={"checked_in_by": "b"}
    ),
    f"POST {S}/appointments/{{appointment_id}}/start": Operation(
        WRITE_V, {"appointment_id": V}, body=lambda _: {}, prepare=_named(V, "checked_in")
    ),
    f"POST {S}/appointments/{{appointment_id}}/complete": Operation(
        WRITE_V, {"appointment_id": V}, body=lambda _: {"notes": "a"}, prepare=_named(V, "in_progress"), other={"notes": "b"}
    ),
    f"POST {S}/appointments/{{appointment_id}}/no-show": Operation(
        WRITE_V, {"appointment_id": V}, body=lambda _: {"notes": "a"}, prepare=_named(V, "confirmed"), other={"notes": "b"}
    ),
    f"POST {S}/appointments/{{appointment_id}}/cancel": Operation(
        WRITE_V, {"appointment_id": V}, body=lambda _: {"reason": "a"}, prepare=_named(V, "requested"), other={"reason": "b"}
    ),
    f"POST {S}/appointments/{{appointment_id}}/reschedule": Operation(
        WRITE_V,
        {"appointment_id": V},
        body=lambda w: {
            "new_start_time": w.start().isoformat(),
            "new_location_id": w.ids["location"],
            "new_room_id": w.ids["room"],
            "new_provider_profile_id": w.ids["provider"],
            "allow_outside_hours": True,
        },
        prepare=_named(V, "requested"),
        other={"reason": "b"},
    ),
    # slots and holds
    f"GET {S}/slots": Operation(("read:slots",), query=_slots),
    f"GET {S}/slots/earliest": Operation(("read:slots",), query=_slots),
    f"POST {S}/holds": Operation(SLOTS, body=_hold, other={"ttl_seconds": 7}),
    f"GET {S}/holds/{{hold_id}}": Operation(("read:slots",), {"hold_id": "hold"}),
    f"DELETE {S}/holds/{{hold_id}}": Operation(SLOTS, {"hold_id": "hold"}),
    # set-up
    f"POST {S}/locations": Operation(("write:clinic",), body=lambda _: {"name": "n", "timezone": "UTC"}, other={"name": "m"}),
    f"GET {S}/locations": Operation(CLINIC),
    f"GET {S}/locations/{{location_id}}": Operation(CLINIC, {"location_id": L}),
    f"PUT {S}/locations/{{location_id}}": Operation(
        ("write:clinic",), {"location_id": L}, body=lambda _: {"name": "n"}, other={"name": "m"}
    ),
    f"DELETE {S}/locations/{{location_id}}": Operation(("write:clinic",), {"location_id": L}),
    f"POST {S}/rooms": Operation(("write:clinic",), body=lambda w: {"name": "n", "location_id": w.ids["location"]}, other={"name": "m"}),
    f"GET {S}/rooms": Operation(CLINIC),
    f"GET {S}/rooms/{{room_id}}": Operation(CLINIC, {"room_id": R}),
    f"PUT {S}/rooms/{{room_id}}": Operation(("write:clinic",), {"room_id": R}, body=lambda _: {"name": "n"}, other={"name": "m"}),
    f"DELETE {S}/rooms/{{room_id}}": Operation(("write:clinic",), {"room_id": R}),
    f"POST {S}/appointment-types": Operation(("write:clinic",), body=lambda _: {"name": "n", "duration_minutes": 20}, other={"name": "m"}),
    f"GET {S}/appointment-types": Operation(CLINIC),
    f"GET {S}/appointment-types/{{type_id}}": Operation(CLINIC, {"type_id": T}),
    f"PUT {S}/appointment-types/{{type_id}}": Operation(
        ("write:clinic",), {"type_id": T}, body=lambda _: {"color": "red"}, other={"color": "blue"}
    ),
    f"DELETE {S}/appointment-types/{{type_id}}": Operation(("write:clinic",), {"type_id": T}),
    f"POST {S}/providers": Operation(
        ("write:providers",),
        body=lambda w: {"doctor_id": w.ids["organisation"], "primary_location_id": w.ids["location"]},
        other={"display_name": "m"},
    ),
    f"GET {S}/providers": Operation(("read:providers",)),
    f"GET {S}/providers/{{provider_id}}": Operation(("read:providers",), IN_PROVIDER),
    f"PUT {S}/providers/{{provider_id}}": Operation(
        ("write:providers",), IN_PROVIDER, body=lambda w: {"primary_location_id": w.ids["location"]}, other={"aliases": ["m"]}
    ),
    f"DELETE {S}/providers/{{provider_id}}": Operation(("write:providers",), IN_PROVIDER),
    f"GET {S}/providers/{{provider_id}}/cross-location-conflicts": Operation(("read:providers",), IN_PROVIDER),
    f"GET {S}/providers/{{provider_id}}/locations-schedule": Operation(("read:providers",), IN_PROVIDER),
    f"POST {S}/providers/{{provider_id}}/templates": Operation(
        ("write:providers",),
        IN_PROVIDER,
        body=lambda w: {
            "weekday": 6,
            "start_time": "20:00",
            "end_time": "21:00",
            "location_id": w.ids["location"],
            "room_id": w.ids["room"],
            "appointment_type_ids": [w.ids["type"]],
        },
        other={"end_time": "22:00"},
    ),
    f"GET {S}/providers/{{provider_id}}/templates": Operation(("read:providers",), IN_PROVIDER),
    f"GET {S}/providers/{{provider_id}}/templates/{{template_id}}": Operation(
        ("read:providers",), IN_PROVIDER | {"template_id": "template"}
    ),
    f"PUT {S}/providers/{{provider_id}}/templates/{{template_id}}": Operation(
        ("write:providers",),
        IN_PROVIDER | {"template_id": "template"},
        body=lambda w: {"location_id": w.ids["location"], "room_id": w.ids["room"]},
        other={"slot_minutes": 15},
    ),
    f"DELETE {S}/providers/{{provider_id}}/templates/{{template_id}}": Operation(
        ("write:providers",), IN_PROVIDER | {"template_id": "template"}
    ),
    f"POST {S}/providers/{{provider_id}}/overrides": Operation(
        ("write:providers",),
        IN_PROVIDER,
        body=lambda w: {"kind": "blocked", "date_from": "2026-06-01", "date_to": "2026-06-01", "location_id": w.ids["location"]},
        other={"reason": "m"},
    ),
    f"GET {S}/providers/{{provider_id}}/overrides": Operation(("read:providers",), IN_PROVIDER),
    f"GET {S}/providers/{{provider_id}}/overrides/{{override_id}}": Operation(
        ("read:providers",), IN_PROVIDER | {"override_id": "override"}
    ),
    f"DELETE {S}/providers/{{provider_id}}/overrides/{{override_id}}": Operation(
        ("write:providers",), IN_PROVIDER | {"override_id": "override"}
    ),
    # patients, waitlist
    f"POST {S}/patients": Operation(("write:patients",), body=lambda _: {"first_name": "n", "last_name": "n"}, other={"last_name": "m"}),
    f"GET {S}/patients": Operation(("read:patients",)),
    f"GET {S}/patients/{{patient_id}}": Operation(("read:patients",), {"patient_id": P}),
    f"PUT {S}/patients/{{patient_id}}": Operation(("write:patients",), {"patient_id": P}, body=lambda _: {"sex": "F"}, other={"sex": "M"}),
    f"DELETE {S}/patients/{{patient_id}}": Operation(("write:patients",), {"patient_id": P}),
    f"POST {S}/waitlist": Operation(
        ("write:waitlist",),
        body=lambda w: {"patient_id": w.ids["patient"], "appointment_type_id": w.ids["type"], "provider_id": w.ids["provider"]},
        other={"priority": 2},
    ),
    f"GET {S}/waitlist": Operation(
        ("read:waitlist",),
        query=lambda w: {"patient_id": w.ids["patient"], "appointment_type_id": w.ids["type"], "provider_id": w.ids["provider"]},
    ),
    f"DELETE {S}/waitlist/{{entry_id}}": Operation(("write:waitlist",), {"entry_id": "entry"}),
    f"GET {S}/waitlist/position/{{entry_id}}": Operation(("read:waitlist",), {"entry_id": "entry"}),
    f"POST {S}/waitlist/{{entry_id}}/accept": Operation(("write:waitlist",), {"entry_id": "entry"}),
    f"POST {S}/waitlist/{{entry_id}}/decline": Operation(("write:waitlist",), {"entry_id": "entry"}),
    # no-show
    f"GET {S}/no-show/appointments/{{appointment_id}}/risk": Operation(READ_V, {"appointment_id": V}),
    f"GET {S}/no-show/daily-risks": Operation(READ_V, query=lambda _: {"date": "2026-03-09"}),
    f"GET {S}/no-show/model-info": Operation(READ_V),
    # talks
    f"POST {S}/conversation": Operation(
        TALK, body=lambda w: {"patient_id": w.ids["patient"], "channel": "sms", "message": "quero marcar"}, other={"message": "amanhã"}
    ),
    f"GET {S}/conversation/{{patient_id}}/{{channel}}/state": Operation(("read:conversations",), {"patient_id": P, "channel": "web"}),
    f"DELETE {S}/conversation/{{patient_id}}/{{channel}}": Operation(TALK, {"patient_id": P, "channel": "web"}),
    f"POST {S}/natural-language": Operation(
        ("read:conversations", "write:conversations"),
        body=lambda w: {"patient_id": w.ids["patient"], "message": "quero marcar"},
        other={"message": "amanhã"},
    ),
    # webhooks
    f"POST {S}/webhooks": Operation(
        ("write:webhooks",),
        body=lambda _: {"url": "http://127.0.0.1:1/", "event_types": ["slot.released"]},
        other={"description": "m"},
    ),
    f"GET {S}/webhooks": Operation(("read:webhooks",)),
    f"GET {S}/webhooks/{{webhook_id}}": Operation(("read:webhooks",), {"webhook_id": "webhook"}),
    f"PUT {S}/webhooks/{{webhook_id}}": Operation(
        ("write:webhooks",), {"webhook_id": "webhook"}, body=lambda _: {"description": "n"}, other={"description": "m"}
    ),
    f"DELETE {S}/webhooks/{{webhook_id}}": Operation(("write:webhooks",), {"webhook_id": "webhook"}),
    f"POST {S}/webhooks/{{webhook_id}}/test": Operation(("write:webhooks",), {"webhook_id": "webhook"}, body=lambda _: {}),
    f"POST {S}/webhooks/{{webhook_id}}/rotate-secret": Operation(("write:webhooks",), {"webhook_id": "webhook"}, body=lambda _: {}),
    f"GET {S}/webhooks/{{webhook_id}}/deliveries": Operation(("read:webhooks",), {"webhook_id": "webhook"}),
    f"GET {S}/webhooks/dead-letters": Operation(("read:webhooks",), query=lambda w: {"subscription_id": w.ids["webhook"]}),
    f"POST {S}/webhooks/dead-letters/{{dead_letter_id}}/replay": Operation(
        ("write:webhooks",), {"dead_letter_id": "dead_letter"}, body=lambda _: {}
    ),
    # /v1
    "GET /v1/tenants/me": Operation(("read:clinic",)),
    "PATCH /v1/tenants/me": Operation(("write:clinic",), body=lambda _: {"specialty": "n"}, other={"specialty": "m"}),
    "GET /v1/appointments": Operation(READ_V, query=lambda w: {"professionalId": w.ids["provider"]}),
    "POST /v1/appointments": Operation(
        WRITE_V,
        body=lambda w: {
            "professionalId": w.ids["provider"],
            "serviceTypeId": w.ids["type"],
            "patientName": "Nova Pessoa",
            "patientPhone": "+5511988887777",
            "startsAt": "2026-04-20T10:00:00-03:00",
        },
        other={"patientNotes": "m"},
    ),
    "GET /v1/appointments/{id}": Operation(READ_V, {"id": V}),
    "PATCH /v1/appointments/{id}": Operation(
        WRITE_V,
        {"id": V},
        body=lambda w: {"professionalId": w.ids["provider"], "startsAt": "2026-04-21T10:00:00-03:00"},
        prepare=_named(V, "requested"),
        other={"startsAt": "2026-04-21T11:00:00-03:00"},
    ),
    "DELETE /v1/appointments/{id}": Operation(WRITE_V, {"id": V}),
    "GET /v1/professionals": Operation(("read:providers",)),
    "GET /v1/professionals/{id}": Operation(("read:providers",), {"id": PR}),
    "GET /v1/services": Operation(CLINIC),
    "GET /v1/services/{id}": Operation(CLINIC, {"id": T}),
    # /v3
    "GET /v3/patients": Operation(("read:patients",)),
    "GET /v3/patients/{id}": Operation(("read:patients",), {"id": P}),
    "GET /v3/providers": Operation(("read:providers",)),
    "GET /v3/providers/{id}": Operation(("read:providers",), {"id": PR}),
    "GET /v3/facilities": Operation(CLINIC),
    "GET /v3/facilities/{id}": Operation(CLINIC, {"id": L}),
    "GET /v3/appointments": Operation(
        READ_V, query=lambda w: {"patientId": w.ids["patient"], "providerId": w.ids["provider"], "facilityId": w.ids["location"]}
    ),
    "GET /v3/appointments/{id}": Operation(READ_V, {"id": V}),
}


def filled(template: str, operation: Operation, ids: dict[str, str]) -> str:
    """Return the operation's path with these ids in it; what names no kind stands for itself."""
    path = template.split(" ", 1)[1]
    for name, kind in operation.path.items():
        path = path.replace(f"{{{name}}}", ids.get(kind, kind))
    return path
