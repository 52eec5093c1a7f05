"""A place on the waitlist was described: only a yes takes it."""

from dataclasses import replace

from marcai.conversation.conversation import Missing
from marcai.conversation.flow import Trigger
from marcai.conversation.intake import tasks_in
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.waiting import commit_waitlist
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.conversation.steps.answers import carry_on, says_no, says_yes
from marcai.conversation.wishes import says_anything_new
from marcai.understanding.meaning import Intent


async def take(scene: Scene) -> StepResult | None:
    """Answer to "shall I put you on the waitlist?"."""
    task, meaning = scene.talk.task, scene.meaning
    if task is None:
        return await carry_on(scene)
    if task.intent is Intent.WAITLIST and (says_no(meaning) or Intent.WAITLIST in meaning.refused):
        # No waitlist, but the wish itself stands, or a new one is in the same breath.
        scene = scene.with_task(replace(task, intent=Intent.BOOK))
    intents = {reading.intent for reading in tasks_in(meaning)}
    if says_anything_new(meaning) or intents - {Intent.WAITLIST}:
        return await carry_on(scene)
    if says_yes(meaning) or (Intent.WAITLIST in intents and not says_no(meaning)):
        return await commit_waitlist(scene.with_task(replace(task, intent=Intent.WAITLIST)))
    if says_no(meaning) or Intent.WAITLIST in meaning.refused:
        return said(scene, Trigger.ASK, line(Say.NO_WAITLIST), missing=[Missing.DATE])
    return None
