"""A visit was read back before it is cancelled: only a yes cancels it."""

from marcai.conversation.flow import Trigger
from marcai.conversation.intake import tasks_in
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.visits import commit_cancel
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.conversation.steps.answers import carry_on, says_no, says_yes
from marcai.understanding.meaning import Intent


async def take(scene: Scene) -> StepResult | None:
    """Answer to "shall I cancel it?"."""
    meaning = scene.meaning
    others = [reading for reading in tasks_in(meaning) if reading.intent is not Intent.CANCEL]
    names_a_visit = bool(meaning.subject_times or meaning.times or meaning.provider or meaning.ordinal is not None)
    if says_yes(meaning) and not others:
        return await commit_cancel(scene)
    if not says_no(meaning) and meaning.intent is Intent.CANCEL and not names_a_visit and Intent.CANCEL not in meaning.refused:
        # "Cancel it" after the question is as good as a yes.
        return await commit_cancel(scene)
    if others or names_a_visit:
        return await carry_on(scene)
    if says_no(meaning) or Intent.CANCEL in meaning.refused:
        return said(scene.with_task(None), Trigger.DROPPED, line(Say.KEPT))
    return None
