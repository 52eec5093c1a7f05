"""The web application: every door of the process, behind one gate."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from marcai.api.partner import routes as partner
from marcai.api.practice import appointments as practice_appointments
from marcai.api.practice import clinic as practice_clinic
from marcai.api.scheduling import (
    appointments,
    conversation,
    natural_language,
    no_show,
    patients,
    places,
    resources,
    slots,
    waitlist,
    webhooks,
)
from marcai.channels.web import page
from marcai.doorway.document import describe
from marcai.doorway.gate import Gate, install
from marcai.doorway.services import Door, the_door

OpenDoor = Callable[[], AbstractAsyncContextManager[Door]]
SCHEDULING = "/v1/scheduling"


def make_app(open_door: OpenDoor) -> Gate:
    """Return the application; its services are opened when the server starts and closed when it ends."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with open_door() as door:
            app.state.door = door
            yield

    app = FastAPI(
        title="Marcaí",
        description="The scheduling backend of a clinic: calendar, conversation, and the manners of a machine's surface.",
        version=version("marcai"),
        lifespan=life,
        # A body without a content type is taken for the only kind that is read.
        strict_content_type=False,
    )
    install(app.add_exception_handler)
    for room in (conversation, natural_language, slots, appointments, resources, places, patients, waitlist, no_show, webhooks):
        app.include_router(room.router, prefix=SCHEDULING)
    for surface in (practice_clinic, practice_appointments, partner):
        app.include_router(surface.router)
    app.include_router(page.router)
    app.add_api_route("/health", health, methods=["GET"], tags=["health"])
    describe(app)
    return Gate(app)


async def health(request: Request) -> JSONResponse:
    """Say whether this server can work (seed 002). 503 when its database does not answer."""
    door = the_door(request)
    began = time.perf_counter()
    healthy = await door.database_answers()
    latency_ms = round((time.perf_counter() - began) * 1000, 2)
    body: dict[str, Any] = {
        "status": "healthy" if healthy else "unhealthy",
        "timestamp": door.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "version": version("marcai"),
        "components": {
            "database": {"healthy": healthy, "latency_ms": latency_ms if healthy else None},
            "oscar": {"healthy": False, "latency_ms": None},
        },
    }
    return JSONResponse(body, 200 if healthy else 503)
