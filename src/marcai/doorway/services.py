"""What every door is given: the way to units of work, the talk's engine, and what the clinic's machines may know of this server."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from fastapi import Request

from marcai.clinics.actor import Actor
from marcai.clinics.clinic import OrganisationId
from marcai.clinics.directory import ChannelAddresses, Directory
from marcai.clinics.keys import Keys
from marcai.conversation.conversation import TalkUnit
from marcai.conversation.engine import Engine
from marcai.doorway.known_keys import KnownKeys
from marcai.doorway.limits import Limiter
from marcai.kit.clock import Clock
from marcai.ledger.unit import UnitFactory
from marcai.scheduling.catalogue import Catalogue
from marcai.scheduling.setup import Setup
from marcai.understanding.interpreter import Interpreter


class DoorUnit(TalkUnit, Protocol):
    """One transaction with all that a door may ask for."""

    @property
    def catalogue(self) -> Catalogue:
        """What the clinic has set up."""
        ...

    @property
    def api_keys(self) -> Keys:
        """The clinic's API keys."""
        ...

    @property
    def addresses(self) -> ChannelAddresses:
        """Where the clinic receives."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """The services of one server process. Made once, by `wiring`."""

    units: UnitFactory[DoorUnit]
    directory: Directory
    engine: Engine
    interpreter: Interpreter
    limiter: Limiter
    clock: Clock
    database_answers: Callable[[], Awaitable[bool]]
    is_demo: bool = False
    is_https: bool = False
    demo_clinic: OrganisationId | None = None
    chat_clinic: OrganisationId | None = None
    rate_limit_factor: float = 1.0
    known_keys: KnownKeys = field(default_factory=KnownKeys)

    @property
    def allows_reference_time(self) -> bool:
        """Say whether a caller may choose the moment that counts as now."""
        return self.is_demo

    def unit(self, actor: Actor) -> AbstractAsyncContextManager[DoorUnit]:
        """Open a unit of work in the actor's clinic and name."""
        return self.units(actor.organisation_id, actor_label=actor.label)

    def unit_of(self, organisation_id: UUID, *, actor_label: str) -> AbstractAsyncContextManager[DoorUnit]:
        """Open a unit of work for what nobody in particular asks."""
        return self.units(organisation_id, actor_label=actor_label)

    async def setup_of(self, organisation_id: UUID) -> Setup:
        """Return the clinic's present set-up."""
        async with self.units(organisation_id, actor_label="door") as unit:
            return await unit.setup()


def the_door(request: Request) -> Door:
    """Return the services of the process that serves this request."""
    door: Door = request.app.state.door
    return door
