"""What Marcaí says in English, for the eye."""

from datetime import date, datetime, time
from typing import Final

from marcai.conversation.flow import State
from marcai.conversation.phrasing.say import Say, Visit

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = tuple("January February March April May June July August September October November December".split())
BETWEEN: Final = ", "
LAST: Final = " or "

PHRASES: Final[dict[Say, str]] = {
    Say.GREETING: "Hello! This is the scheduling assistant of {clinic}. I can book, move or cancel an appointment for you. How can I help?",
    Say.WELCOME_BACK: "Hello!",
    Say.THANKS: "You're welcome! If you need anything else, just write to me.",
    Say.ASK_INTENT: "What would you like to do: book, move or cancel an appointment?",
    Say.ASK_TYPE: "What kind of appointment would you like? We have: {options}.",
    Say.ASK_DATE: "Which day would you like, and at what time?",
    Say.ASK_NEW_DATE: "Your appointment is on {visit}. Which day and time would you like instead?",
    Say.ASK_OTHER_TIME: "Which day and time would suit you?",
    Say.ASK_WHICH_PROVIDER: "Who would you like to see: {options}?",
    Say.UNKNOWN_PROVIDER: "I can't find anybody of that name at the clinic. You can see {options}. Who would you like to see?",
    Say.ASK_IDENTITY: "To protect your records, please tell me your full name and your date of birth.",
    Say.ASK_IDENTITY_TO_BOOK: "To put it in your name, please tell me your full name and your date of birth.",
    Say.ASK_NAME: "What is your full name?",
    Say.ASK_BIRTH_DATE: "What is your date of birth?",
    Say.ASK_PHONE: "What is your phone number?",
    Say.ASK_WHICH_DATE: "Just to be sure: do you mean {first}, and not {second}?",
    Say.ASK_WHICH_TIME: "Just to be sure: do you mean {first}, and not {second}?",
    Say.PAST_DATE: "That day ({day}) has passed. Which other day would you like?",
    Say.PAST_TIME: "That time of today has passed. Which other time or day would suit you?",
    Say.OFFER: "I have {visit}{of_type}. Would you like me to book it?",
    Say.OFFER_MOVE: "I can move your appointment from {old} to {visit}. Would you like me to move it?",
    Say.NOTHING_AT_THAT_TIME: "I have nothing free at that time, but this is the nearest that I found.",
    Say.NOTHING_ON_THAT_DAY: "I have nothing free on that day, but this is the nearest that I found.",
    Say.NOTHING_WITH_PROVIDER: "I have nothing free with that provider in that time, but I found something with a colleague.",
    Say.OFFER_LOST: "I'm sorry, that time has just been taken.",
    Say.BOOKED: "Done! Your appointment is booked for {visit}.",
    Say.REQUESTED: "Done! Your request for {visit} has been noted, and the clinic will confirm it with you.",
    Say.MOVED: "Done! Your appointment is now on {visit}.",
    Say.ASK_CANCEL: "Do you really want to cancel your appointment on {visit}?",
    Say.ASK_CANCEL_ALL: "Do you really want to cancel all of these appointments: {visits}?",
    Say.CANCELLED: "Done, your appointment on {visit} has been cancelled.",
    Say.CANCELLED_ALL: "Done, these appointments have been cancelled: {visits}.",
    Say.KEPT: "All right, your appointment stays as it was.",
    Say.ASK_PRESENCE: "Do you confirm that you will come to your appointment on {visit}?",
    Say.PRESENCE_CONFIRMED: "Thank you! Your appointment on {visit} is confirmed.",
    Say.STAFF_CONFIRMS: "The clinic still has to confirm that request with you.",
    Say.NOT_POSSIBLE: "I can no longer change that appointment here. The clinic's front desk can help you{by_phone}.",
    Say.ASK_WAITLIST: "I can put you on the waiting list for {type}{with_provider}{days}. Would you like that?",
    Say.ASK_WAITLIST_NOTHING_FREE: (
        "I have nothing free for what you asked. Would you like to join the waiting list? Or tell me another day or time."
    ),
    Say.JOINED: "Done! You are on the waiting list, at position {position}. We will let you know when something is free.",
    Say.NO_WAITLIST: "All right, no waiting list. If you would like to try another day or time, just tell me.",
    Say.NOTHING_TO_BOOK: "At the moment there is nothing that I can book here. The clinic's front desk can help you{by_phone}.",
    Say.REGISTERED: "Done, {name}! You are registered now. Would you like to book an appointment?",
    Say.ALREADY_REGISTERED: "You are registered with the clinic already. Would you like to book an appointment?",
    Say.VISITS: "Your next appointments are: {visits}.",
    Say.NO_VISITS: "You have no appointments with us at the moment.",
    Say.WHICH_VISIT: "Which of your appointments: {visits}?",
    Say.NO_SUCH_VISIT: "I can't find an appointment of yours like that.",
    Say.IS_IT_THIS_VISIT: "You have an appointment on {visit}. Is it that one?",
    Say.NOT_MATCHED: "I could not match those details with our records. Please tell me your full name and your date of birth again.",
    Say.NOT_MATCHED_STAFF: "I could not match those details with our records. Somebody from the clinic will talk to you{by_phone}.",
    Say.OTHER_PERSON: "Here I can only look after your own appointments. For somebody else's, please talk to the front desk{by_phone}.",
    Say.FACT_ADDRESS: "You can find us at: {options}.",
    Say.FACT_HOURS: "Our opening hours: {hours}.",
    Say.FACT_HOURS_AT: "{place}: {hours}.",
    Say.FACT_OPEN: "We are open now.",
    Say.FACT_CLOSED: "We are closed now.",
    Say.FACT_PHONE: "Our phone number: {options}.",
    Say.FACT_PROVIDERS: "At the clinic you can see: {options}.",
    Say.FACT_SPECIALTIES: "Our specialties: {options}.",
    Say.FACT_PROVIDER: "{provider} specializes in {specialties}{at}.",
    Say.FACT_TYPES: "We offer: {options}.",
    Say.FACT_UNKNOWN: "I don't have that information. The clinic's front desk can tell you{by_phone}.",
    Say.UNCLEAR: "I'm sorry, I did not understand that.",
    Say.UNCLEAR_STAFF: "I'm sorry, I still did not understand. If you would rather talk to a person at the clinic, write “staff”.",
    Say.OUT_OF_SCOPE: (
        "That is something that I can't help with. I can book, move, confirm or cancel appointments and tell you about "
        "the clinic. What do you need?"
    ),
    Say.SILENCE: "I did not get any words from you.",
    Say.WAITING: "Of course, take your time.",
    Say.REPEATED: "{said}",
    Say.LANGUAGE_SWITCHED: "Of course, we can speak English.",
    Say.DROPPED: "All right, I have not booked or changed anything. If you need anything, just write to me.",
    Say.HANDED_OFF: "All right, I am passing this on to a person at the clinic, who will get back to you{by_phone}.",
    Say.HANDED_OFF_UNCLEAR: (
        "I'm sorry that I could not understand you. I am passing this on to a person at the clinic, who will get back to you{by_phone}."
    ),
    Say.STILL_HANDED_OFF: (
        "A person at the clinic will get back to you{by_phone}. If you like, I can help you to book an appointment in the meantime."
    ),
    Say.EMERGENCY: (
        "This may be an emergency. Call {number} now, or go to the nearest emergency room at once. Do not wait for an appointment."
    ),
}

SUGGESTIONS: Final[dict[State, tuple[str, ...]]] = {
    State.IDLE: ("book an appointment", "my appointments", "talk to staff"),
    State.IDENTIFYING: (),
    State.COLLECTING: ("tomorrow", "as soon as possible"),
    State.OFFERING: ("yes", "another time", "another day"),
    State.CONFIRMING: ("yes", "no"),
    State.CHOOSING_APPOINTMENT: ("the first one", "the last one"),
    State.CONFIRMING_CANCEL: ("yes, cancel it", "no, keep it"),
    State.WAITLISTING: ("yes", "no", "another day"),
    State.HANDED_OFF: (),
    State.COMPLETED: ("my appointments", "book another"),
}


def day(value: date) -> str:
    """Say a day: "Thursday, November 26"."""
    return f"{WEEKDAYS[value.weekday()]}, {MONTHS[value.month - 1]} {value.day}"


def clock(value: time) -> str:
    """Say a clock time: "9:30 am"."""
    hour, half = (value.hour - 1) % 12 + 1, "am" if value.hour < 12 else "pm"
    return f"{hour}:{value.minute:02d} {half}" if value.minute else f"{hour} {half}"


def moment(value: datetime) -> str:
    """Say a moment: "Thursday, November 26 at 9:30 am"."""
    return f"{day(value.date())} at {clock(value.time())}"


def with_provider(name: str) -> str:
    """Say with whom: "with Dr. Ana"."""
    return f"with {name}"


def at(place: str) -> str:
    """Say at which place: "at Downtown"."""
    return f"at {place}"


def visit(value: Visit) -> str:
    """Say a visit: "Thursday, November 26 at 9:30 am with Dr. Ana (Downtown)"."""
    place = f" ({value.place})" if value.place else ""
    return f"{moment(value.start)} {with_provider(value.provider)}{place}" if value.provider else f"{moment(value.start)}{place}"


def of_type(name: str) -> str:
    """Say what kind of visit, behind an offer."""
    return f" for {name}"


def by_phone(number: str) -> str:
    """Say at which number, behind a sentence about staff."""
    return f" (phone {number})"


def hours(first: int, last: int, opens: time, closes: time) -> str:
    """Say weekly hours: "Monday to Friday, 8 am to 6 pm"."""
    days = WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]} {'and' if last == first + 1 else 'to'} {WEEKDAYS[last]}"
    return f"{days}, {clock(opens)} to {clock(closes)}"


def days(first: date, last: date) -> str:
    """Say for which days, behind what is waited for: " on Thursday, November 26", " from … to …"."""
    return f" on {day(first)}" if first == last else f" from {day(first)} to {day(last)}"
