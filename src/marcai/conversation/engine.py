"""The way of one turn: lock and copy, unit of work, meaning, step, turn row, commit, copy. Opens the unit and commits it once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from marcai.clinics.actor import IdentityLevel
from marcai.conversation.conversation import (
    Appended,
    Conversation,
    ConversationStore,
    Entities,
    IncomingMessage,
    OpenTalk,
    Person,
    Reply,
    TalkKey,
    TalkUnit,
    Turn,
    View,
)
from marcai.conversation.flow import State
from marcai.conversation.hearing import heard
from marcai.conversation.names import known_names
from marcai.conversation.natural_language import Reading, read_alone
from marcai.conversation.phrasing.say import Say
from marcai.conversation.phrasing.speak import speak
from marcai.conversation.safety import looks_urgent
from marcai.conversation.scene import Scene, line
from marcai.conversation.turn import concluded, play
from marcai.kit.clock import Clock
from marcai.kit.errors import MarcaiError
from marcai.kit.ids import NewId
from marcai.kit.zones import zone
from marcai.ledger.errors import IdempotencyInFlight
from marcai.ledger.unit import UnitFactory
from marcai.scheduling.errors import NotFound
from marcai.scheduling.holds import release_hold
from marcai.scheduling.patient import PatientId
from marcai.scheduling.setup import Setup
from marcai.understanding.interpreter import Context, Interpreter
from marcai.understanding.language import detect
from marcai.understanding.meaning import Intent, IntentReading, KnownNames, Language, Meaning

REPLAYS: Final = 3
"""How often a turn is played again on a newer copy, after its own was found to be stale."""
MODEL_PATIENCE_SECONDS: Final = 4.0
FORGOTTEN_AFTER: Final = timedelta(hours=24)
"""After so long a silence the talk begins anew: nobody stays proven, and no task stays open."""
HISTORY: Final = 50
VIEWER: Final = "conversation"
"""How the audit trail names who looks at a talk, or forgets it, at a door's behest."""
LONGEST: Final = 10_000
BeforeCommit = Callable[[TalkUnit, Reply, Setup], Awaitable[None]]
"""What a door has written beside a new turn, in its transaction."""


class TooManyReplays(MarcaiError):
    """Other turns of the same talk went first, again and again."""


class Engine:
    """Takes the turns of all talks. Holds no state of any of them."""

    def __init__(
        self,
        *,
        units: UnitFactory[TalkUnit],
        store: ConversationStore,
        interpreter: Interpreter,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._units = units
        self._store = store
        self._interpreter = interpreter
        self._clock = clock
        self._new_id = new_id
        self._names: dict[UUID, tuple[int, KnownNames]] = {}
        self._setups: dict[UUID, Setup] = {}

    async def take_turn(self, message: IncomingMessage, *, before_commit: BeforeCommit | None = None) -> Reply:
        """Return the reply to a message. The same `message_id` gets the same reply again and does nothing twice.

        Raises:
            TooManyReplays: other messages of this talk went first too often; nothing was done.
            IdempotencyInFlight: from `before_commit`; the same message is being answered already, and nothing was done here.
        """
        urgent = looks_urgent(message.text)
        try:
            return await self._turn(message, before_commit, urgent=urgent)
        except IdempotencyInFlight:
            raise
        except Exception:
            # Whatever is down, whoever may be in danger is told whom to call.
            if urgent:
                return self._bare_emergency(message)
            raise

    async def read_alone(self, message: IncomingMessage) -> Reading:
        """Return what one message says on its own; nothing is booked, held or remembered.

        Raises:
            NotFound: the patient whom the door vouches for is not there.
        """
        async with self._units(message.organisation_id, actor_label=message.actor.label, now=message.now) as unit:
            if message.actor.patient_id is not None:
                await self._must_exist(unit, PatientId(message.actor.patient_id))
            setup = await unit.setup()
            fresh = self._continued(None, message, setup, unit.now)
        meaning = await self._understood(message, fresh, setup, fresh.updated_at)
        async with self._units(message.organisation_id, actor_label=message.actor.label, now=message.now) as unit:
            reading = await read_alone(Scene(unit, setup, meaning, replace(fresh, language=message.language or meaning.language)))
            await unit.commit()
        return reading

    async def view(self, key: TalkKey, *, patient_id: PatientId | None = None) -> View | None:
        """Return where a talk stands: that of the contact, else the patient's latest in that channel; None when there is none."""
        async with self._units(key.organisation_id, actor_label=VIEWER) as unit:
            talk = await self._found(unit, key, patient_id)
            history = await unit.talks.history(talk.id, limit=HISTORY) if talk is not None else []
            await unit.commit()
        return View(history[-1].reply, tuple(history)) if history else None

    async def clear(self, key: TalkKey, *, patient_id: PatientId | None = None) -> None:
        """Forget a talk (that of the contact, else the patient's latest in that channel) and its turns; what it held is released."""
        opened = await self._store.open(key)
        try:
            async with self._units(key.organisation_id, actor_label=VIEWER) as unit:
                talk = await self._found(unit, key, patient_id)
                if talk is not None:
                    if talk.offer is not None:
                        await release_hold(unit, talk.offer.hold_id)
                    await unit.talks.clear(talk.key)
                await unit.commit()
        finally:
            await self._store.release(opened, forget=True)
        if talk is not None and talk.key != key:
            await self._store.clear(talk.key)

    async def _found(self, unit: TalkUnit, key: TalkKey, patient_id: PatientId | None) -> Conversation | None:
        talk = await unit.talks.load(key)
        return talk if talk is not None or patient_id is None else await unit.talks.load_of_patient(key.channel, patient_id)

    async def _turn(self, message: IncomingMessage, before_commit: BeforeCommit | None, *, urgent: bool) -> Reply:
        opened = await self._store.open(message.key, message_id=message.message_id)
        talk = opened.conversation
        try:
            proposed = await self._proposed(message, talk) if self._interpreter.has_model and not urgent else None
            for _ in range(1 + REPLAYS):
                outcome = await self._attempt(message, opened, talk, before_commit, urgent=urgent, proposed=proposed)
                if isinstance(outcome, Reply):
                    await self._store.release(opened)
                    return outcome
                if outcome is not None:
                    after, reply = outcome
                    await self._store.save(opened, after, message_id=message.message_id)
                    return reply
                # The copy was stale, or the lock was lost: what was done is undone, and PostgreSQL's own copy is taken.
                talk = proposed = None
        except BaseException:
            await asyncio.shield(self._store.release(opened, forget=True))
            raise
        await self._store.release(opened, forget=True)
        raise TooManyReplays(f"conversation of {message.channel} was overtaken {REPLAYS} times")

    async def _attempt(
        self,
        message: IncomingMessage,
        opened: OpenTalk,
        talk: Conversation | None,
        before_commit: BeforeCommit | None,
        *,
        urgent: bool,
        proposed: Meaning | None,
    ) -> tuple[Conversation, Reply] | Reply | None:
        """Play the turn once: the new copy and the reply, the stored reply of a repeat, or None when the copy was stale."""
        async with self._units(message.organisation_id, actor_label=message.actor.label, now=message.now) as unit:
            if opened.is_repeat and message.message_id is not None:
                stored = await unit.talks.reply_to(message.key, message.message_id)
                if stored is not None:
                    return stored
            if talk is None:
                talk = await unit.talks.load(message.key)
            if talk is None and message.actor.patient_id is not None:
                await self._must_exist(unit, PatientId(message.actor.patient_id))
            setup = await unit.setup()
            self._setups[message.organisation_id] = setup
            before = self._continued(talk, message, setup, unit.now)
            meaning = heard(proposed or self._read(message, before, setup, unit.now), before)
            before = replace(before, language=meaning.language_wish or message.language or meaning.language)
            scene = Scene(unit, setup, _urgent(meaning) if urgent else meaning, before)
            result = await play(scene)
            after, reply = concluded(before, result, scene.meaning)
            turn = Turn(after.turn, unit.now, message.text, reply, message.message_id)
            match await unit.talks.append(after, turn):
                case Appended.STALE:
                    return None
                case Appended.REPEATED:
                    assert message.message_id is not None, "only what has an id can be repeated"
                    return await unit.talks.reply_to(message.key, message.message_id)
                case Appended.WRITTEN:
                    if before_commit is not None:
                        await before_commit(unit, reply, setup)
                    await unit.commit()
                    return after, reply

    def _continued(self, talk: Conversation | None, message: IncomingMessage, setup: Setup, now: datetime) -> Conversation:
        """Return the talk as this turn finds it: a new one, one that begins anew after a long silence, or the same."""
        if talk is None:
            language = message.language or Language(setup.organisation.language)
            talk = Conversation(self._new_id(), message.key, language, now)
        elif now - talk.updated_at > FORGOTTEN_AFTER:
            talk = Conversation(talk.id, talk.key, talk.language, now, turn=talk.turn)
        actor = message.actor
        if actor.patient_id is not None and (actor.level, actor.patient_id) != (talk.person.level, talk.person.patient_id):
            if actor.level >= talk.person.level or talk.person.patient_id is None:
                talk = replace(talk, person=Person(level=actor.level, patient_id=PatientId(actor.patient_id)))
        elif actor.level > talk.person.level and talk.person.level is IdentityLevel.ANONYMOUS:
            talk = replace(talk, person=replace(talk.person, level=actor.level))
        return talk

    async def _must_exist(self, unit: TalkUnit, patient_id: PatientId) -> None:
        if await unit.patients.get(patient_id) is None:
            raise NotFound("patient", patient_id)

    def _read(self, message: IncomingMessage, talk: Conversation, setup: Setup, now: datetime) -> Meaning:
        return self._interpreter.read(
            message.text[:LONGEST],
            now=wall_time(setup, now),
            known=self._known(setup),
            context=context_of(talk, message),
        )

    async def _proposed(self, message: IncomingMessage, talk: Conversation | None) -> Meaning:
        """Return the meaning with the model's help. The model is waited for outside of any transaction."""
        async with self._units(message.organisation_id, actor_label=message.actor.label, now=message.now) as unit:
            talk = talk or await unit.talks.load(message.key)
            setup, now = await unit.setup(), unit.now
        return await self._understood(message, self._continued(talk, message, setup, now), setup, now)

    async def _understood(self, message: IncomingMessage, talk: Conversation, setup: Setup, now: datetime) -> Meaning:
        return await self._interpreter.interpret(
            message.text[:LONGEST],
            now=wall_time(setup, now),
            known=self._known(setup),
            context=context_of(talk, message),
            patience_seconds=MODEL_PATIENCE_SECONDS,
        )

    def setup_seen(self, organisation_id: UUID) -> Setup | None:
        """Return the clinic's set-up as the last turn in this process saw it, for who shows a reply; None before the first."""
        return self._setups.get(organisation_id)

    def _country(self, organisation_id: UUID) -> str | None:
        setup = self._setups.get(organisation_id)
        return setup.organisation.country if setup else None

    def _known(self, setup: Setup) -> KnownNames:
        """Return the clinic's names; kept until its set-up changes."""
        kept = self._names.get(setup.organisation.id)
        if kept is None or kept[0] != setup.revision:
            kept = self._names[setup.organisation.id] = (setup.revision, known_names(setup))
        return kept[1]

    def _bare_emergency(self, message: IncomingMessage) -> Reply:
        """Return the emergency reply that needs nothing: by the language of the words, and by the clinic's country if it was ever seen."""
        language = message.language or detect(message.text, talk=None)
        text = speak([line(Say.EMERGENCY, country=self._country(message.organisation_id))], language)
        return Reply(self._new_id(), 0, language, State.IDLE, Intent.EMERGENCY, Entities(), (), text)


def wall_time(setup: Setup, now: datetime) -> datetime:
    """Return the clinic's wall time, naive."""
    return now.astimezone(zone(setup.organisation.timezone)).replace(tzinfo=None)


def context_of(talk: Conversation, message: IncomingMessage) -> Context:
    """Return where the talk stands, as far as it bears on what words mean."""
    language = message.language or talk.language
    if talk.turn == 0 and message.language is None and detect(message.text[:LONGEST], talk=None) is Language.ZH:
        # Nobody has spoken yet: two characters are enough to know that it is Chinese.
        language = Language.ZH
    return Context(language=language, asked=talk.missing[0].value if talk.missing else None)


def _urgent(meaning: Meaning) -> Meaning:
    reading = IntentReading(Intent.EMERGENCY, 1.0, 0, len(meaning.text))
    return replace(meaning, readings=(reading,))
