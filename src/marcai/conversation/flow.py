"""Where a talk stands and how it moves on: one table, asked through one machine. The only user of `transitions`.

The machine keeps no state of its own: `advance(state, trigger)` looks the move up. What a state does with a message is
the business of `steps/`; they answer with triggers, and only this table says where those lead. What changes a calendar
can be reached only from where it was read back: nothing is booked but from an offer, nothing cancelled but after the question.
"""

from enum import StrEnum
from functools import cache
from typing import Final

from transitions import Machine

from marcai.kit.errors import MarcaiError


class State(StrEnum):
    """Where a talk stands; the values are those of the API."""

    IDLE = "idle"
    IDENTIFYING = "identifying"
    COLLECTING = "collecting"
    OFFERING = "offering"
    CONFIRMING = "confirming"
    CHOOSING_APPOINTMENT = "choosing_appointment"
    CONFIRMING_CANCEL = "confirming_cancel"
    WAITLISTING = "waitlisting"
    HANDED_OFF = "handed_off"
    COMPLETED = "completed"


class Trigger(StrEnum):
    """Why a talk moves."""

    ASK = "ask"
    """Something is still missing for the task."""
    ASK_WHO = "ask_who"
    """The patient must say who they are first."""
    OFFER = "offer"
    """A slot is held and offered."""
    ASK_WHICH = "ask_which"
    """Several visits fit the words."""
    READ_BACK = "read_back"
    """What was understood is said again and waits for a yes."""
    READ_BACK_CANCEL = "read_back_cancel"
    """The visit that would be cancelled is named and waits for a yes."""
    ASK_WAITLIST = "ask_waitlist"
    """A place on the waitlist is described and waits for a yes."""
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    JOINED = "joined"
    REGISTERED = "registered"
    PRESENCE_CONFIRMED = "presence_confirmed"
    """A visit that stands already is confirmed: changes no time, so it needs no question first."""
    ANSWERED = "answered"
    """A question was answered, and nothing else was going on."""
    DROPPED = "dropped"
    """The patient let the task go, or it came to nothing."""
    HAND_OVER = "hand_over"
    """A human takes over."""
    STAY = "stay"
    """Something was said on the way; what was asked before still stands."""


EVERYWHERE: Final = tuple(State)
"""Patients may say anything at any time: a new wish, a question, a call for help leads on from every state."""

MOVES: Final[tuple[tuple[Trigger, tuple[State, ...], State | None], ...]] = (
    (Trigger.ASK, EVERYWHERE, State.COLLECTING),
    (Trigger.ASK_WHO, EVERYWHERE, State.IDENTIFYING),
    (Trigger.OFFER, EVERYWHERE, State.OFFERING),
    (Trigger.ASK_WHICH, EVERYWHERE, State.CHOOSING_APPOINTMENT),
    (Trigger.READ_BACK, EVERYWHERE, State.CONFIRMING),
    (Trigger.READ_BACK_CANCEL, EVERYWHERE, State.CONFIRMING_CANCEL),
    (Trigger.ASK_WAITLIST, EVERYWHERE, State.WAITLISTING),
    (Trigger.BOOKED, (State.OFFERING, State.IDENTIFYING), State.COMPLETED),
    (Trigger.MOVED, (State.OFFERING,), State.COMPLETED),
    (Trigger.CANCELLED, (State.CONFIRMING_CANCEL,), State.COMPLETED),
    (Trigger.JOINED, (State.WAITLISTING, State.IDENTIFYING), State.COMPLETED),
    (Trigger.REGISTERED, (State.IDENTIFYING,), State.COMPLETED),
    (Trigger.PRESENCE_CONFIRMED, EVERYWHERE, State.COMPLETED),
    (Trigger.ANSWERED, EVERYWHERE, State.COMPLETED),
    (Trigger.DROPPED, EVERYWHERE, State.IDLE),
    (Trigger.HAND_OVER, EVERYWHERE, State.HANDED_OFF),
    (Trigger.STAY, EVERYWHERE, None),
)
"""Rows of (trigger, from where, to where); None stays where it is."""


class NoSuchMove(MarcaiError):
    """A step gave a trigger that its state does not know: a fault of ours, never of the patient."""


def _machine() -> Machine:
    machine = Machine(model=None, states=[state.value for state in State], initial=State.IDLE.value, auto_transitions=False)
    for trigger, sources, target in MOVES:
        machine.add_transition(trigger.value, [source.value for source in sources], target.value if target else None)
    return machine


_MACHINE: Final = _machine()


@cache
def advance(state: State, trigger: Trigger) -> State:
    """Return the state to which a trigger leads from a state.

    Raises:
        NoSuchMove: the table has no such row.
    """
    found = _MACHINE.get_transitions(trigger=trigger.value, source=state.value)
    if not found:
        raise NoSuchMove(f"no move {trigger} from {state}")
    target = found[0].dest
    return state if target is None else State(target)
