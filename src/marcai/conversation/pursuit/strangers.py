"""Who is speaking: what is asked of somebody whom the door did not vouch for."""

from marcai.conversation.conversation import Missing
from marcai.conversation.flow import Trigger
from marcai.conversation.phrasing.say import Say
from marcai.conversation.scene import Scene, StepResult, line, said
from marcai.tools.allowed import Stranger


async def ask_who(scene: Scene, say: Say) -> StepResult:
    """Ask for full name and birth date, or for what of them is still missing."""
    person = scene.talk.person
    gaps = (
        (Missing.PATIENT_NAME, person.name is None, Say.ASK_NAME),
        (Missing.DATE_OF_BIRTH, person.date_of_birth is None, Say.ASK_BIRTH_DATE),
    )
    missing = [what for what, is_missing, _ in gaps if is_missing]
    question = say if len(missing) != 1 else next(ask for _, is_missing, ask in gaps if is_missing)
    return said(scene, Trigger.ASK_WHO, line(question), missing=missing)


def stranger_of(scene: Scene) -> Stranger | None:
    """Return what somebody has said of themselves, once it is enough for a record."""
    person = scene.talk.person
    if person.name is None:
        return None
    first, last = split_name(person.name)
    return Stranger(first, last, phone=person.phone, date_of_birth=person.date_of_birth, language=scene.talk.language.value)


def split_name(name: str) -> tuple[str, str]:
    """Return first and last name; a Chinese family name stands first and has one character (two, where four are written)."""
    if any("\u4e00" <= letter <= "\u9fff" for letter in name) and " " not in name:
        at = 2 if len(name) >= 4 else 1
        return name[at:], name[:at]
    first, _, last = name.strip().partition(" ")
    return first, last.strip()
