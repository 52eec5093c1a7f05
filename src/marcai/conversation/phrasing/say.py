"""The names of all phrases, and what can stand in them. Each language's file has every one of them."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum


class Say(StrEnum):
    """Everything that Marcaí can say in a talk."""

    # beginning and end
    GREETING = "greeting"
    WELCOME_BACK = "welcome_back"
    THANKS = "thanks"
    # what is asked for
    ASK_INTENT = "ask_intent"
    ASK_TYPE = "ask_type"
    ASK_DATE = "ask_date"
    ASK_NEW_DATE = "ask_new_date"
    ASK_OTHER_TIME = "ask_other_time"
    ASK_WHICH_PROVIDER = "ask_which_provider"
    UNKNOWN_PROVIDER = "unknown_provider"
    ASK_IDENTITY = "ask_identity"
    ASK_IDENTITY_TO_BOOK = "ask_identity_to_book"
    ASK_NAME = "ask_name"
    ASK_BIRTH_DATE = "ask_birth_date"
    ASK_PHONE = "ask_phone"
    ASK_WHICH_DATE = "ask_which_date"
    ASK_WHICH_TIME = "ask_which_time"
    PAST_DATE = "past_date"
    PAST_TIME = "past_time"
    # offers and deeds
    OFFER = "offer"
    OFFER_MOVE = "offer_move"
    NOTHING_AT_THAT_TIME = "nothing_at_that_time"
    NOTHING_ON_THAT_DAY = "nothing_on_that_day"
    NOTHING_WITH_PROVIDER = "nothing_with_provider"
    OFFER_LOST = "offer_lost"
    BOOKED = "booked"
    REQUESTED = "requested"
    MOVED = "moved"
    ASK_CANCEL = "ask_cancel"
    CANCELLED = "cancelled"
    ASK_CANCEL_ALL = "ask_cancel_all"
    CANCELLED_ALL = "cancelled_all"
    KEPT = "kept"
    ASK_PRESENCE = "ask_presence"
    PRESENCE_CONFIRMED = "presence_confirmed"
    STAFF_CONFIRMS = "staff_confirms"
    NOT_POSSIBLE = "not_possible"
    ASK_WAITLIST = "ask_waitlist"
    ASK_WAITLIST_NOTHING_FREE = "ask_waitlist_nothing_free"
    JOINED = "joined"
    NO_WAITLIST = "no_waitlist"
    NOTHING_TO_BOOK = "nothing_to_book"
    REGISTERED = "registered"
    ALREADY_REGISTERED = "already_registered"
    # visits
    VISITS = "visits"
    NO_VISITS = "no_visits"
    WHICH_VISIT = "which_visit"
    NO_SUCH_VISIT = "no_such_visit"
    IS_IT_THIS_VISIT = "is_it_this_visit"
    # who is speaking
    NOT_MATCHED = "not_matched"
    NOT_MATCHED_STAFF = "not_matched_staff"
    OTHER_PERSON = "other_person"
    # facts
    FACT_ADDRESS = "fact_address"
    FACT_HOURS = "fact_hours"
    FACT_HOURS_AT = "fact_hours_at"
    FACT_OPEN = "fact_open"
    FACT_CLOSED = "fact_closed"
    FACT_PHONE = "fact_phone"
    FACT_PROVIDERS = "fact_providers"
    FACT_PROVIDER = "fact_provider"
    FACT_SPECIALTIES = "fact_specialties"
    FACT_TYPES = "fact_types"
    FACT_UNKNOWN = "fact_unknown"
    # repairs
    UNCLEAR = "unclear"
    UNCLEAR_STAFF = "unclear_staff"
    OUT_OF_SCOPE = "out_of_scope"
    SILENCE = "silence"
    WAITING = "waiting"
    REPEATED = "repeated"
    LANGUAGE_SWITCHED = "language_switched"
    DROPPED = "dropped"
    HANDED_OFF = "handed_off"
    HANDED_OFF_UNCLEAR = "handed_off_unclear"
    STILL_HANDED_OFF = "still_handed_off"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit or a slot as it is spoken of: when, with whom, and where if the clinic has several places."""

    start: datetime
    provider: str
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours that are the same on a run of weekdays (0 = Monday), `last` included."""

    first: int
    last: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Days:
    """One day, or the days from one to another, both included."""

    first: date
    last: date

    @classmethod
    def between(cls, first: date | None, last: date | None) -> "Days | None":
        """Return the days between two that may be open; None where none is known."""
        known = first or last
        return None if known is None else cls(first or known, last or known)


Spoken = datetime | date | time | int | str | Visit | Hours | Days | tuple[str, ...] | tuple[Visit, ...] | tuple[Hours, ...] | None
"""What can stand in a phrase: moments in the zone of their place, days, clock times, numbers, names, visits, and lists."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said: the name of a phrase and what stands in it. Only the files of this room know words."""

    say: Say
    values: dict[str, Spoken] = field(default_factory=dict)
