"""Nothing was asked: the talk begins, a task is done, or staff have taken over. One step for these three states."""

from marcai.conversation.conversation import Task
from marcai.conversation.flow import State, Trigger
from marcai.conversation.phrasing.say import Say
from marcai.conversation.pursuit.pursue import pursue
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.conversation.steps.answers import carry_on, says_no, says_yes
from marcai.understanding.meaning import Intent


async def take(scene: Scene) -> StepResult | None:
    """Take up whatever is wanted; a bare yes or no after a task is done closes politely."""
    going_on = await carry_on(scene)
    if going_on is not None:
        return going_on
    if scene.talk.state is State.HANDED_OFF:
        return said(scene, Trigger.STAY, line(Say.STILL_HANDED_OFF, phone=scene.setup.organisation.phone))
    if scene.talk.intent is Intent.REGISTER and says_yes(scene.meaning):
        # "Would you like to book an appointment?" was the last thing that was said.
        return await pursue(scene.with_task(Task(Intent.BOOK)))
    if scene.talk.state is State.COMPLETED and (says_yes(scene.meaning) or says_no(scene.meaning)):
        return said(scene, Trigger.STAY, line(Say.THANKS))
    if scene.talk.turn > 0 and (says_yes(scene.meaning) or says_no(scene.meaning)):
        return said(scene, Trigger.STAY, line(Say.ASK_INTENT))
    return None
