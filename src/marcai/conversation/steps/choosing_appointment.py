"""Several visits were named: which one is meant. Chosen by day, hour, provider, type or order."""

from dataclasses import replace

from marcai.conversation.conversation import Subject
from marcai.conversation.intake import ABOUT_SUBJECT, tasks_in
from marcai.conversation.pursuit.pursue import pursue
from marcai.conversation.pursuit.visits import matching, own_visits
from marcai.conversation.scene import Scene, StepResult
from marcai.conversation.steps.answers import carry_on, says_yes
from marcai.conversation.wishes import absorbed, subject_of
from marcai.scheduling.appointment import AppointmentId
from marcai.understanding.meaning import Intent


async def take(scene: Scene) -> StepResult | None:
    """Answer to "which one?"."""
    task, meaning = scene.talk.task, scene.meaning
    if task is None:
        return await carry_on(scene)
    if len(scene.talk.choices) == 1 and says_yes(meaning):
        return await pursue(scene.with_task(replace(task, visit_id=AppointmentId(scene.talk.choices[0]))))
    if any(reading.intent not in (task.intent, Intent.BOOK) for reading in tasks_in(meaning)):
        return await carry_on(scene)
    subject = subject_of(Subject(), meaning, meaning.subject_times or meaning.times)
    if subject == Subject():
        return await carry_on(scene)
    visits = await own_visits(scene) or ()
    named = tuple(visit for visit in visits if visit.id in scene.talk.choices)
    fitting = matching(scene, named, subject) or matching(scene, visits, subject)
    if meaning.subject_times and meaning.times and task.intent not in ABOUT_SUBJECT:
        task = replace(task, wanted=absorbed(task.wanted, meaning, meaning.times))
    if len(fitting) == 1:
        return await pursue(scene.with_task(replace(task, visit_id=fitting[0].id)))
    return await pursue(scene.with_task(replace(task, subject=subject)))
