"""What words mean against what was just said. Pure: it only ever turns one meaning into another.

Understanding reads a message by itself, with the one thing that was asked. Here it is set beside the state of the talk: a thumb up is a
yes to a question, "that one doesn't work" speaks of the slot on the table and not of a visit that stands.
"""

import re
from dataclasses import replace
from typing import Final

from marcai.conversation.conversation import Conversation, Missing
from marcai.conversation.flow import State
from marcai.conversation.refusals import refused_in
from marcai.conversation.shifts import shift_in
from marcai.conversation.topics import asks_beside_the_calendar, topics_in
from marcai.kit.text import folded
from marcai.understanding.meaning import Intent, IntentReading, Meaning

_SOMETHING_SAID: Final = re.compile(r"[^\W_]")
_THUMBS_UP: Final = ("👍", "👌", "🆗", "✅", "🙏")
_GIVING_UP: Final = re.compile(
    "|".join(
        (
            r"deixa (isso )?(pra|para) la",
            r"deixa quieto",
            r"\besquec[ea]\b(?! d)",
            r"\bdesist[oi]",
            r"(nao|nem) precisa( mais)?$",
            r"nao quero mais( nada)?$",
            r"mudei de ideia$",
            r"deixa como esta",
            r"never ?mind",
            r"forget (it|about it)",
            r"i (have )?changed my mind$",
            r"leave it( as it is)?$",
            r"don'?t bother",
            r"算了",
            r"不用了$",
            r"不(约|要|办|弄)了",
            r"当我没说",
        )
    )
)
_BY_THE_WAY: Final = re.compile(r"^对了[,，、。 ]?.")
_ASKING: Final = re.compile(r"[?？]|\b(qual|quanto|onde|quando|que horas|how|what|where|which|when|do you)\b|吗|哪|几点|多少|怎么")
_PLEASE: Final = r"(?:[ ,，]*(?:por favor|pf|please|pls|sim|yes|entao|请|吧|一下|了|谢谢|obrigad[oa]|thanks))*"
_CONFIRMS: Final = re.compile(
    rf"(?:(?:eu )?(?:pode )?confirm(?:a|ar|e|o|ado|ada|adissimo)?|(?:i )?confirm(?:ed)?(?: it| that| this)?|我?确认(?:预约|无误)?){_PLEASE}"
)
_A_MOMENT: Final = re.compile(
    r"(?:ok|okay|ah|oh|hm+|ta|so|calma|pera|perai|espera(?: ai)?|好的?|嗯)?[ ,，]*(?:"
    r"(?:um|1) (?:momento|momentinho|minuto|minutinho|segundo|segundinho|instante)|so um (?:momento|minuto|segundo|instante|minutinho)"
    r"|espera(?: um pouco| ai| um momento| um minuto)?|pera(?: ai)?|perai|calma(?: ai)?|deixa eu ver(?: aqui)?"
    r"|(?:vou|deixa eu) (?:ver|checar)"
    r"(?: (?:a|minha|na|na minha) agenda)?"
    r"|(?:just )?(?:wait|hold on|hang on|give me)?(?: a| one| just a| 1)? ?(?:moment|minute|min|sec|second)"
    r"|(?:please )?(?:wait|hold on|hang on)"
    r"|let me (?:check|think|see)(?: my (?:calendar|schedule))?"
    r"|(?:请|你)?(?:稍|等|稍等|等等|等一?[下会](?:儿)?|稍等一?下|等我(?:看|查|想)?一?[下会]?(?:儿)?|让我(?:想想|看看|看一下|想一下)|我(?:想想|看看|看一下))"
    rf"){_PLEASE}"
)
_LATEST: Final = re.compile(
    r"(o )?mais tarde (que )?(possivel|der|puder|tiver)|(o )?ultimo horario|as late as (possible|you can)"
    r"|latest (possible|slot|time|appointment|available|you)"
    r"|last (slot|appointment|time) of the day|越晚越好|尽量晚|尽可能晚|最晚(的|一个|那)|最后一个(时间|号|时段)"
)
_EVERYTHING: Final = re.compile(
    r"\b(tudo|todas?( as)?( minhas)?|tds)\b|\b(everything|all( of)?( them| my| the| it)?|both)\b"
    r"|\bambas\b|as duas\b|所有|全部|全都|都取消|都不"
)
_SAME_HOUR: Final = re.compile(r"(n[oa] )?mesm[oa] (horario|hora)\b|same (time|hour)|(同样|同一|一样|相同)个?的?(时间|点|钟)|时间不变")
_SAME_DAY: Final = re.compile(r"(n[oa] )?mesmo dia\b|same day|同一天|当天")
_ANOTHER: Final = re.compile(r"\boutr[oa]|mais um[a]?\b(?! hora| semana)|another|one more|second|再约|再来|还要|另外|又一")
_VISIT_WORDS: Final = re.compile(r"consult|agendamento|marcad|horario|visit|appointment|booking|预约|挂号|的号")


def names_a_visit(text: str) -> bool:
    """Say whether the words name a visit as such: "my appointment", 预约."""
    return _VISIT_WORDS.search(folded(text)) is not None


def keeps_hour(text: str) -> bool:
    """Say whether a visit that is moved is to stay at its hour: "Friday at the same time"."""
    return _SAME_HOUR.search(folded(text)) is not None


def keeps_day(text: str) -> bool:
    """Say whether a visit that is moved is to stay on its day: "the same day, but later"."""
    return _SAME_DAY.search(folded(text)) is not None


def is_silence(text: str) -> bool:
    """Say whether the message holds no word, number or sign that answers anything."""
    return _SOMETHING_SAID.search(text) is None and not any(sign in text for sign in _THUMBS_UP)


def gives_up(meaning: Meaning, talk: Conversation) -> bool:
    """Say whether the words let the task in hand go: "never mind", or a bare "cancel" while nothing is booked yet."""
    plain = folded(meaning.text).rstrip(" .!…。！~")
    if _GIVING_UP.search(plain):
        return True
    task = talk.task
    is_bare = meaning.intent is Intent.CANCEL and not meaning.subject_times and not _VISIT_WORDS.search(plain)
    return is_bare and task is not None and task.intent is not Intent.CANCEL


def is_question_beside(text: str) -> bool:
    """Say whether a message that sounds like a yes asks something about the clinic: "ok wait, how much is it?", "对了，在哪儿？".

    Only an explicit yes books: who asks beside it is answered first, and asked again.
    """
    plain = folded(text)
    return _BY_THE_WAY.search(plain) is not None or (_ASKING.search(plain) is not None and bool(topics_in(plain)))


def asks_to_wait(text: str) -> bool:
    """Say whether the words only ask for a moment's patience."""
    return _A_MOMENT.fullmatch(folded(text).strip(" .!…。！~,，")) is not None


def wants_latest(text: str) -> bool:
    """Say whether the latest hour of a day is wished for: "as late as possible", 越晚越好."""
    return _LATEST.search(folded(text)) is not None


def means_everything(text: str) -> bool:
    """Say whether all visits are meant: "cancel everything", 取消所有预约."""
    return _EVERYTHING.search(folded(text)) is not None


def heard(meaning: Meaning, talk: Conversation) -> Meaning:
    """Return the meaning as this talk has to take it."""
    plain = folded(meaning.text)
    if meaning.answer is None and talk.missing[:1] == (Missing.CONFIRMATION,) and _CONFIRMS.fullmatch(plain.strip(" .!。！~")):
        meaning = replace(meaning, answer="yes")
    meaning = _without_wrong_readings(meaning, talk, plain)
    if meaning.answer is None and not _SOMETHING_SAID.search(meaning.text) and any(sign in meaning.text for sign in _THUMBS_UP):
        meaning = replace(meaning, answer="yes")
    if meaning.answer == "yes" and is_question_beside(meaning.text):
        meaning = replace(meaning, answer=None, readings=(IntentReading(Intent.CLINIC_INFO, meaning.confidence, 0, len(meaning.text)),))
    if talk.state is State.COMPLETED and talk.booked is not None and _only_books(meaning) and shift_in(meaning.text) is not None:
        # "Could you book it an hour later?" right after a booking is a change of mind about that one.
        meaning = replace(meaning, readings=(IntentReading(Intent.RESCHEDULE, meaning.confidence, 0, len(meaning.text)),))
    if talk.state is State.OFFERING and not meaning.subject_times and refused_in(meaning.text) is not None:
        # "Could it be another day?" is said of the slot on the table, and moves no visit that stands.
        meaning = replace(meaning, readings=tuple(r for r in meaning.readings if r.intent not in (Intent.RESCHEDULE, Intent.CANCEL)))
    if talk.state is State.OFFERING and meaning.answer == "no" and meaning.intent is Intent.DENY:
        # "No, that doesn't work, I want Friday": whatever is said after such a no is said of the offer.
        readings = tuple(reading for reading in meaning.readings if reading.intent is not Intent.CANCEL)
        meaning = replace(meaning, readings=readings, times=(*meaning.times, *meaning.subject_times), subject_times=())
    is_known = talk.person.patient_id is not None and not talk.person.is_new
    if is_known and any(reading.intent is Intent.REGISTER for reading in meaning.readings) and _speaks_of_a_visit(meaning):
        # "Book New patient intake on Friday": whoever has a record and names a visit wants the visit.
        readings = tuple(replace(r, intent=Intent.BOOK) if r.intent is Intent.REGISTER else r for r in meaning.readings)
        once = {reading.intent: reading for reading in reversed(readings)}
        meaning = replace(meaning, readings=tuple(reading for reading in readings if once[reading.intent] is reading))
    return meaning


def _without_wrong_readings(meaning: Meaning, talk: Conversation, plain: str) -> Meaning:
    """Return the meaning without tasks that its words only seem to want."""
    if meaning.language_wish is not None and _is_bare(meaning) and not _VISIT_WORDS.search(plain):
        # "Switch to English" changes no visit.
        meaning = replace(meaning, readings=tuple(r for r in meaning.readings if r.intent is not Intent.RESCHEDULE))
    is_new = talk.task is None or talk.task.intent is not Intent.RESCHEDULE
    if wants_latest(plain) and is_new and talk.state is not State.COMPLETED and not _VISIT_WORDS.search(plain):
        readings = tuple(r for r in meaning.readings if r.intent not in (Intent.RESCHEDULE, Intent.AFFIRM))
        meaning = replace(meaning, readings=readings, answer=None)
    tasks = {Intent.RESCHEDULE, Intent.CANCEL, Intent.CONFIRM, Intent.LIST, Intent.WAITLIST, Intent.BOOK, Intent.CLINIC_INFO}
    is_asked = meaning.answer is None or _ASKING.search(plain) is not None
    if asks_beside_the_calendar(plain) and is_asked and _is_bare(meaning) and tasks.isdisjoint(r.intent for r in meaning.readings):
        meaning = replace(meaning, answer=None, readings=(IntentReading(Intent.CLINIC_INFO, 0.8, 0, len(meaning.text)),))
    return meaning


def _is_bare(meaning: Meaning) -> bool:
    return not (meaning.times or meaning.subject_times or meaning.appointment_type)


def _only_books(meaning: Meaning) -> bool:
    intents = {reading.intent for reading in meaning.readings}
    return bool(intents) and intents <= {Intent.BOOK, Intent.AVAILABILITY, Intent.OTHER} and _ANOTHER.search(folded(meaning.text)) is None


def _speaks_of_a_visit(meaning: Meaning) -> bool:
    return bool(meaning.times or meaning.subject_times or meaning.provider or meaning.appointment_type)
