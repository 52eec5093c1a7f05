"""Something was asked for the task in hand: the type, the day, which of two providers."""

from dataclasses import replace
from uuid import UUID

from marcai.conversation.conversation import Missing
from marcai.conversation.flow import Trigger
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.gaps import possible_types
from marcai.conversation.pursuit.offers import let_go
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.conversation.steps.answers import carry_on, says_no
from marcai.conversation.wishes import narrowed
from marcai.understanding.meaning import Candidate, NameMention


async def take(scene: Scene) -> StepResult | None:
    """Answer to a question about the wish."""
    if scene.talk.task is None:
        return await carry_on(scene)
    chosen = _chosen(scene)
    if chosen is not None:
        return await carry_on(chosen)
    going_on = await carry_on(scene)
    if going_on is not None:
        return going_on
    if says_no(scene.meaning):
        scene = (await let_go(scene)).with_talk(task=None, later=())
        return said(scene, Trigger.DROPPED, line(Say.DROPPED))
    return None


def _chosen(scene: Scene) -> Scene | None:
    """Return the scene with a choice by order ("the second one") or by part of a name turned into the name itself."""
    meaning, asked = scene.meaning, scene.talk.missing[:1]
    if asked == (Missing.PROVIDER,) and scene.talk.choices:
        id_ = _by_order(meaning.ordinal, scene.talk.choices)
        if id_ is None and meaning.provider is not None and meaning.provider.settled is None:
            left = narrowed(meaning.provider, scene.talk.choices)
            id_ = left[0].id if len(left) == 1 else None
        provider = next((p for p in scene.setup.providers.values() if p.id == id_), None)
        return _with_provider(scene, Candidate(provider.id, provider.display_name, 1.0)) if provider else None
    if asked == (Missing.APPOINTMENT_TYPE,) and meaning.ordinal is not None:
        kinds = possible_types(scene.setup, scene.wanted)
        id_ = _by_order(meaning.ordinal, tuple(kind.id for kind in kinds))
        kind = next((kind for kind in kinds if kind.id == id_), None)
        if kind is not None:
            mention = NameMention(meaning.text, (Candidate(kind.id, kind.name, 1.0),))
            return replace(scene, meaning=replace(meaning, appointment_type=mention))
    return None


def _with_provider(scene: Scene, candidate: Candidate) -> Scene:
    return replace(scene, meaning=replace(scene.meaning, provider=NameMention(scene.meaning.text, (candidate,))))


def _by_order(ordinal: int | None, choices: tuple[UUID, ...]) -> UUID | None:
    if ordinal is None:
        return None
    index = ordinal - 1 if ordinal > 0 else ordinal
    return choices[index] if -len(choices) <= index < len(choices) else None
