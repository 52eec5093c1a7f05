"""Handing the talk over to a human being of the clinic."""

from marcai.conversation.conversation import Handoff
from marcai.conversation.flow import Trigger
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.offers import let_go
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.tools.hand_over import HandOverArgs, HandOverReason, hand_over


async def to_staff(scene: Scene, reason: HandOverReason, say: Say) -> StepResult:
    """Let go of what is on the table, tell staff, and say so."""
    scene = await let_go(scene)
    summary = summary_of(scene)
    handed = await hand_over(scene.unit, scene.actor, HandOverArgs(scene.talk.id, reason, summary))
    scene = scene.with_talk(handoff=Handoff(reason.value, summary), task=None, later=(), unclear=0)
    return said(scene, Trigger.HAND_OVER, line(say, phone=handed.phone))


def summary_of(scene: Scene) -> str:
    """Return in codes and facts, not in a patient's words, what was going on."""
    task, wanted = scene.talk.task, scene.wanted
    facts = {
        "task": task.intent.value if task else None,
        "state": scene.talk.state.value,
        "provider": wanted.provider.name if wanted.provider else None,
        "specialty": wanted.specialty,
        "from": wanted.date_from.isoformat() if wanted.date_from else None,
        "to": wanted.date_to.isoformat() if wanted.date_to else None,
        "language": scene.talk.language.value,
    }
    return "; ".join(f"{name}: {fact}" for name, fact in facts.items() if fact)
