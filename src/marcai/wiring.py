"""The only place that names concrete classes: settings in, services out."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from uuid import uuid4

from marcai.backends.http.sender import WebhookSender
from marcai.backends.openai.model import OpenAIModel
from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.unit import PostgresUnit
from marcai.backends.procrastinate.engine import jobs_running
from marcai.backends.redis.limits import RedisLimiter
from marcai.backends.redis.open import open_redis, open_scripts
from marcai.backends.redis.store import RedisConversationStore
from marcai.clinics.directory import Directory
from marcai.conversation.engine import Engine
from marcai.doorway.limits import Limits, Rule
from marcai.doorway.services import Door
from marcai.kit.clock import Clock
from marcai.kit.sealing import Keyring
from marcai.ledger.unit import UnitFactory
from marcai.notifications.courier import Courier
from marcai.notifications.schedule import Schedule
from marcai.settings import DEMO_SLUG, ModelAccess, Settings
from marcai.understanding.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a worker stands on. `jobs_running` takes tasks, pools and the grace of a shutdown, and fetches jobs as long as it is open."""

    units: UnitFactory[PostgresUnit]
    directory: Directory
    courier: Courier
    jobs_running: Callable[..., AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class House:
    """Everything that a process stands on."""

    door: Door
    workshop: Workshop


@asynccontextmanager
async def opened(settings: Settings, clock: Clock) -> AsyncIterator[Door]:
    """Open what a server process stands on, and close it in the end. Raises as `opened_house` does."""
    async with opened_house(settings, clock) as house:
        yield house.door


@asynccontextmanager
async def opened_house(settings: Settings, clock: Clock) -> AsyncIterator[House]:
    """Open everything, and close it in the end.

    Raises:
        StoreUnfit, StoreUnavailable: the database is not one to serve from, or does not answer.
    """
    async with AsyncExitStack() as stack:
        keyring = Keyring(settings.encryption_keys)
        postgres = await Postgres.open(
            settings.database_url, keyring=keyring, clock=clock, new_id=uuid4, pool_size=settings.database_pool_size
        )
        stack.push_async_callback(postgres.close)
        redis = open_redis(settings.redis_url)
        stack.push_async_callback(redis.aclose)
        scripts = open_scripts(settings.redis_url, redis)
        stack.push_async_callback(scripts.aclose)
        model = _model(settings.model)
        if model is not None:
            stack.push_async_callback(model.close)
        engine = Engine(
            units=postgres.unit,
            store=RedisConversationStore(scripts, keyring),
            interpreter=(interpreter := Interpreter(model)),
            clock=clock,
            new_id=uuid4,
        )
        sender = WebhookSender(clock, allows_private=settings.webhooks_allow_private)
        demo = await postgres.directory.clinic_by_slug(DEMO_SLUG) if settings.is_demo else None
        chat = await postgres.directory.clinic_by_slug(settings.chat_clinic) if settings.chat_clinic else None
        door = Door(
            units=postgres.unit,
            directory=postgres.directory,
            engine=engine,
            interpreter=interpreter,
            limiter=RedisLimiter(scripts, clock),
            webhook_sender=sender,
            clock=clock,
            database_answers=postgres.is_answering,
            is_demo=settings.is_demo,
            is_https=(settings.public_url or "").startswith("https://"),
            demo_clinic=demo.id if demo else None,
            chat_clinic=chat.id if chat else None,
            limits=_limits(settings),
            secret_key=settings.secret_key,
        )
        workshop = Workshop(
            units=postgres.unit,
            directory=postgres.directory,
            courier=Courier(postgres.unit, sender, clock, _schedule(settings), uuid4),
            jobs_running=partial(jobs_running, settings.database_url),
        )
        yield House(door, workshop)


def _schedule(settings: Settings) -> Schedule:
    waits = settings.webhooks_schedule_seconds
    return Schedule() if waits is None else Schedule.exactly(waits)


def _limits(settings: Settings) -> Limits:
    limits = Limits()
    for name, (per_minute, burst) in settings.rate_limits.items():
        limits = replace(limits, **{name: Rule(getattr(limits, name).name, per_minute, burst)})
    if settings.is_demo and "address" not in settings.rate_limits:
        limits = replace(limits, address=replace(limits.demo, name="address"))
    return limits.scaled(settings.rate_limit_factor)


def _model(access: ModelAccess | None) -> OpenAIModel | None:
    return OpenAIModel(model=access.model, api_key=access.api_key, base_url=access.base_url) if access else None
