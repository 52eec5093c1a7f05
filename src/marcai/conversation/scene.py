"""What a step sees of one turn, and what it answers with. The steps stand in `steps/`, what a task needs next in `pursuit/`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from marcai.clinics.actor import Caller
from marcai.clinics.clinic import LocationId
from marcai.conversation.conversation import Conversation, Missing, Person, TalkUnit, Task, Wanted
from marcai.conversation.flow import Trigger
from marcai.conversation.phrasing.say import Line, Say, Spoken, Visit
from marcai.kit.zones import zone
from marcai.scheduling.appointment import Appointment
from marcai.scheduling.setup import Setup
from marcai.scheduling.slots import Slot
from marcai.understanding.meaning import Meaning


@dataclass(frozen=True, slots=True)
class Scene:
    """One turn, as its steps see it: the transaction, the clinic, what was said, and the talk as it stands by now."""

    unit: TalkUnit
    setup: Setup
    meaning: Meaning
    talk: Conversation

    @property
    def now(self) -> datetime:
        """Return the turn's one instant."""
        return self.unit.now

    @property
    def actor(self) -> Caller:
        """Return who acts, as far as the door and the talk have found out."""
        key, person = self.talk.key, self.talk.person
        return Caller(key.organisation_id, key.channel, key.contact, person.level, person.patient_id)

    @property
    def today(self) -> date:
        """Return the clinic's day."""
        return self.wall_now.date()

    @property
    def wall_now(self) -> datetime:
        """Return the clinic's wall time, naive."""
        return self.now.astimezone(zone(self.setup.organisation.timezone)).replace(tzinfo=None)

    @property
    def wanted(self) -> Wanted:
        """Return what is wished for the task in hand."""
        return self.talk.task.wanted if self.talk.task else Wanted()

    def with_talk(self, **changes: Any) -> "Scene":
        """Return the scene with a changed record of the talk."""
        return replace(self, talk=replace(self.talk, **changes))

    def with_task(self, task: Task | None) -> "Scene":
        """Return the scene with another task, or the same task further on."""
        return self.with_talk(task=task)

    def with_wanted(self, **changes: Any) -> "Scene":
        """Return the scene with a changed wish."""
        assert self.talk.task is not None, "a wish belongs to a task"
        return self.with_task(replace(self.talk.task, wanted=replace(self.talk.task.wanted, **changes)))

    def with_person(self, **changes: Any) -> "Scene":
        """Return the scene with more known of who writes."""
        person: Person = replace(self.talk.person, **changes)
        return self.with_talk(person=person)

    def wall(self, moment: datetime, location_id: LocationId) -> datetime:
        """Return a moment as the wall clock of a place shows it."""
        location = self.setup.locations.get(location_id)
        return moment.astimezone(zone(location.timezone if location else self.setup.organisation.timezone))

    def spoken(self, of: Slot | Appointment) -> Visit:
        """Return a slot or a visit as it is spoken of."""
        provider = self.setup.providers.get(of.provider_id)
        places = [location for location in self.setup.locations.values() if location.is_active]
        location = self.setup.locations.get(of.location_id)
        return Visit(
            self.wall(of.start, of.location_id),
            provider.display_name if provider else "",
            location.name if location and len(places) > 1 else None,
        )


@dataclass(frozen=True, slots=True)
class StepResult:
    """What came of a step: the talk as it now stands, the moves (in order), and what is said.

    `missing` is what the reply asks for; `choices` what it names to choose from; `appointment` what it did.
    """

    scene: Scene
    triggers: tuple[Trigger, ...]
    lines: tuple[Line, ...]
    missing: tuple[Missing, ...] = ()
    choices: tuple[UUID, ...] = ()
    appointment: Appointment | None = None

    def after(self, *lines: Line) -> "StepResult":
        """Return the result with something said before."""
        return replace(self, lines=(*lines, *self.lines))

    def then(self, other: "StepResult") -> "StepResult":
        """Return this result followed by another: both are said and moved, the later one asks."""
        return replace(
            other,
            triggers=(*self.triggers, *other.triggers),
            lines=(*self.lines, *other.lines),
            appointment=other.appointment or self.appointment,
        )


def line(say: Say, **values: Spoken) -> Line:
    """Return something to say."""
    return Line(say, values)


def said(
    scene: Scene, trigger: Trigger, *lines: Line, missing: Sequence[Missing] = (), appointment: Appointment | None = None
) -> StepResult:
    """Return a result with one move."""
    return StepResult(scene, (trigger,), lines, tuple(missing), appointment=appointment)


def clock(moment: datetime) -> time:
    """Return the naive clock time of a moment."""
    return moment.time().replace(tzinfo=None)
