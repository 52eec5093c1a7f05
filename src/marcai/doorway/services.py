"""What every door is given: the way to units of work, the talk's engine, and what the clinic's machines may know of this server."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
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
from marcai.doorway.limits import Limiter, Limits
from marcai.doorway.replay import Once, RepeatableUnit
from marcai.kit.clock import Clock
from marcai.ledger.errors import StoreUnavailable
from marcai.ledger.idempotency import IdempotencyStore, StoredAnswer
from marcai.ledger.jobs import Jobs
from marcai.ledger.unit import UnitFactory
from marcai.notifications.ports import Sender, Webhooks
from marcai.scheduling.catalogue import Catalogue
from marcai.scheduling.no_show_risks import NoShowStore
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

    @property
    def idempotency(self) -> IdempotencyStore:
        """The clinic's stored answers."""
        ...

    @property
    def webhooks(self) -> Webhooks:
        """Who is told of what, and what became of it."""
        ...

    @property
    def jobs(self) -> Jobs:
        """What the worker does once this transaction is committed."""
        ...

    @property
    def no_show(self) -> NoShowStore:
        """What is known of visits before they begin, and the clinic's own models."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """The services of one server process. Made once, by `wiring`; a request under an Idempotency-Key is given it with its `once`."""

    units: UnitFactory[DoorUnit]
    directory: Directory
    engine: Engine
    interpreter: Interpreter
    limiter: Limiter
    webhook_sender: Sender
    clock: Clock
    database_answers: Callable[[], Awaitable[bool]]
    is_demo: bool = False
    is_https: bool = False
    demo_clinic: OrganisationId | None = None
    chat_clinic: OrganisationId | None = None
    limits: Limits = field(default_factory=Limits)
    secret_key: str = field(default="", repr=False)
    known_keys: KnownKeys = field(default_factory=KnownKeys)
    once: Once | None = None

    @property
    def allows_reference_time(self) -> bool:
        """Say whether a caller may choose the moment that counts as now."""
        return self.is_demo

    def unit(self, actor: Actor) -> AbstractAsyncContextManager[DoorUnit]:
        """Open a unit of work in the actor's clinic and name. Under an Idempotency-Key its commit waits for the answer."""
        opened = self.units(actor.organisation_id, actor_label=actor.label)
        return opened if self.once is None else self.once.unit(opened, actor.label)

    async def look(self, actor: Actor) -> None:
        """For a route whose unit is opened elsewhere: let nothing begin that was done before under the request's key.

        A store that does not answer lets it begin: whoever may be in danger is told whom to call all the same.

        Raises:
            Answered, IdempotencyInFlight, IdempotencyKeyReused: it was done, is being done, or the key was used for something else.
        """
        if self.once is not None:
            with suppress(StoreUnavailable):
                await self.once.look(self.units(actor.organisation_id, actor_label=actor.label), actor.label)

    async def keep(self, unit: RepeatableUnit, actor: Actor, body: bytes) -> None:
        """Keep an answer of JSON in a unit that somebody else opened and is about to commit.

        Raises:
            IdempotencyInFlight: another request with the key was faster.
        """
        if self.once is not None:
            await self.once.keep(unit, actor.label, StoredAnswer(200, body, {"content-type": "application/json"}))

    async def keep_alone(self, actor: Actor) -> None:
        """Keep the answer of a route that has no effect to keep it with."""
        if self.once is not None:
            async with self.unit(actor) as unit:
                await unit.commit()

    def withhold(self, *members: str) -> None:
        """Leave these members of the answer out of what a repeat is given: secrets that are shown once."""
        if self.once is not None:
            self.once.withheld = frozenset(members)

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
    once: Once | None = request.scope["state"].get("once")
    return door if once is None else replace(door, once=once)
