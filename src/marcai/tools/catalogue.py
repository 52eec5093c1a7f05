"""Every tool there is, by name. A door that offers tools to others (a voice assistant, a model) reads them here.

All have the same shape, `await run(unit, actor, …)`: who it is for comes with the actor, and is never an argument.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from marcai.clinics.may import Deed
from marcai.tools.book import book
from marcai.tools.cancel import cancel
from marcai.tools.clinic_facts import clinic_facts
from marcai.tools.confirm import confirm
from marcai.tools.earliest_slot import find_earliest
from marcai.tools.hand_over import hand_over
from marcai.tools.hold_offer import hold, release
from marcai.tools.identify import identify
from marcai.tools.list_visits import list_visits
from marcai.tools.register import register
from marcai.tools.reschedule import reschedule
from marcai.tools.waitlist import join


@dataclass(frozen=True, slots=True)
class Tool:
    """One deed of a talk. `deed` is what `may` is asked for; None where anybody may: to say who they are, to reach a human being."""

    name: str
    run: Callable[..., Awaitable[object]]
    deed: Deed | None


TOOLS = (
    Tool("find_earliest", find_earliest, Deed.SEARCH),
    Tool("clinic_facts", clinic_facts, Deed.SEARCH),
    Tool("hold", hold, Deed.REQUEST),
    Tool("release", release, Deed.REQUEST),
    Tool("book", book, Deed.BOOK),
    Tool("reschedule", reschedule, Deed.CHANGE_VISIT),
    Tool("cancel", cancel, Deed.CHANGE_VISIT),
    Tool("confirm", confirm, Deed.CHANGE_VISIT),
    Tool("list_visits", list_visits, Deed.SEE_VISITS),
    Tool("join_waitlist", join, Deed.JOIN_WAITLIST),
    Tool("register", register, Deed.REGISTER),
    Tool("identify", identify, None),
    Tool("hand_over", hand_over, None),
)
