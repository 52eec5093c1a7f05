"""What the task in hand needs next: one row an intent."""

from collections.abc import Awaitable, Callable
from typing import Final

from marcai.conversation.pursuit.booking import pursue_booking
from marcai.conversation.pursuit.visits import pursue_list, pursue_visit
from marcai.conversation.pursuit.waiting import pursue_registration, pursue_waitlist
from marcai.conversation.scene import Scene, StepResult
from marcai.understanding.meaning import Intent

PURSUITS: Final[dict[Intent, Callable[[Scene], Awaitable[StepResult]]]] = {
    Intent.BOOK: pursue_booking,
    Intent.AVAILABILITY: pursue_booking,
    Intent.RESCHEDULE: pursue_visit,
    Intent.CANCEL: pursue_visit,
    Intent.CONFIRM: pursue_visit,
    Intent.LIST: pursue_list,
    Intent.WAITLIST: pursue_waitlist,
    Intent.REGISTER: pursue_registration,
}
"""The intents that are tasks, and what pursues them. Everything else is answered at once (`repairs.py`)."""


async def pursue(scene: Scene) -> StepResult:
    """Take the next step towards what the task in hand wants."""
    assert scene.talk.task is not None, "only a task is pursued"
    return await PURSUITS[scene.talk.task.intent](scene)
