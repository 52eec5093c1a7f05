"""What a message must say itself before a model's reading of its intent is believed.

The rules read sentences; the model reads what sentences they do not know. It is believed only where the words that it
quotes speak of the deed at all, without a negation before them: a model that lies, or was talked into something, can then
only choose among what the message itself speaks of. "Yes" and "no" are never a model's: they commit, and they are a closed
set of words.
"""

import re

from marcai.kit.text import folded
from marcai.understanding.meaning import Intent
from marcai.understanding.names_people import TO_SIMPLIFIED

NEVER_FROM_MODEL = frozenset({Intent.AFFIRM, Intent.DENY})
FREE = frozenset({Intent.AVAILABILITY, Intent.CLINIC_INFO, Intent.GREETING, Intent.OTHER})
"""These change nothing and reveal nothing but the clinic's public face: a true quote is enough."""

_DIRECT: dict[Intent, re.Pattern[str]] = {
    intent: re.compile(rf"\b(?:{latin})\w*|(?:{chinese})")
    for intent, latin, chinese in (
        (Intent.BOOK, "marc|agend|reserv|book|appoint|appt|schedul|consult|horari|vaga|encaix|see (?:a|the|my|dr|doctor|some)|visit|passar (?:com|n)|checkup|check up|slot|fit me|squeeze", "约|挂|预约|看(?:医|病|诊|下|一)|要.{0,6}号|门诊"),
        (Intent.RESCHEDULE, "remarc|reagend|mud|troc|transfer|adi[ae]|antecip|pass[ae]|jog[au]|empurr|alter|move|moving|chang|resched|switch|swap|push|bump|postpon|delay|earlier|later|another (?:day|time)|different|outr[ao] (?:dia|hora|data)", "改|换|推迟|推后|推到|提前|延|挪|调"),
        (Intent.CANCEL, "cancel|desmarc|desist|anul|drop (?:my|the)|call off|scrap|withdraw|remove my|tir[ae]", "取消|退|撤"),
        (Intent.CONFIRM, "confirm|presenc|comparec|estarei|vou (?:sim|comparecer|estar|ir)|will be there|be there|coming|attend", "确认|会到|会来|会去|准时"),
        (Intent.LIST, "consulta|marcad|agendad|agendament|compromiss|retorno|minhas? |meus? |appoint|visits?\\b|schedul|booked|booking", "预约|哪些|的号|有号|复诊|约了"),
        (Intent.WAITLIST, "espera|fila|avis|desist|surg|abri|waitlist|waiting|wait list|notify|let me know|lmk|text me|tell me|opens? up|cancell", "候|排队|通知|告诉我|空出|退号|叫我"),
        (Intent.REGISTER, "cadastr|regist|sign up|sign me|new patient|novo paciente|nova paciente|primeira vez|enrol|ficha", "建档|注册|登记|办.{0,2}卡|新患者|第一次"),
        (Intent.HUMAN, "human|pessoa|atendente|gente|recepc|secretar|falar com|person|agent|speak|talk|operator|representative|reception|staff|real one|reclam|complain", "人工|客服|真人|前台|找人|转接|投诉"),
        (Intent.EMERGENCY, "dor|sangr|respir|desmai|convuls|inconscien|peito|infart|avc|suicid|morr|matar|envenen|engol|overdose|urgen|emergen|socorro|pain|hurt|bleed|breath|chok|faint|unconscious|seizure|chest|stroke|heart|kill|die|dying|poison|swallow|help|blue|numb", "疼|痛|血|呼吸|喘|晕|昏|抽搐|胸|心脏|自杀|死|中毒|急|救命|窒息"),
    )
}  # fmt: skip
_UNABLE = re.compile(
    r"nao (?:vou|posso|consigo|poderei|irei|conseguirei|quero) (?:mais )?(?:poder |conseguir )?(?:ir|comparecer|estar|vir|a? ?consulta)"
    r"|(?:can'?t|cannot|can not|won'?t|will not|not able to|unable to|not going to) (?:be able to )?(?:make|come|attend|be there|go|be coming)"
    r"|(?:不去|不来|去不了|来不了|不能去|不能来|没法去|没法来)"
)
"""Ways to give a visit up, or to ask for another time, that are negations themselves."""

_NEGATED = re.compile(
    r"(?:\b(?:nao|nunca|jamais|nem|sem|not|never|don'?t|doesn'?t|dont|no need to|without|n)\b(?:\W+\w+){0,3}\W*|(?:不|别|没|勿|非|莫)\S{0,3})$"
)
_SUPPOSED = re.compile(
    r"\b(?:if|when|se|caso|quando|somebody|someone|anyone|alguem|other people|outr[ao]s? pessoas?)\b[^.!?;]*$|(?:如果|要是|有人|别人|万一)[^。！？]*$"
)
_CLAUSE = re.compile(r"[.,;!?。，；！？\n]")


def bears_out(intent: Intent, text: str, span: tuple[int, int]) -> bool:
    """Return whether the quoted span of the text speaks of this intent, neither refused nor supposed."""
    if intent in NEVER_FROM_MODEL:
        return False
    if intent in FREE:
        return True
    before, quoted = _plain(text[: span[0]]), _plain(text[span[0] : span[1]])
    if intent in (Intent.CANCEL, Intent.RESCHEDULE) and _UNABLE.search(quoted):
        return True
    for match in _DIRECT[intent].finditer(quoted):
        clause = _CLAUSE.split(before + quoted[: match.start()])[-1]
        if not _NEGATED.search(clause) and not (intent is not Intent.WAITLIST and _SUPPOSED.search(clause)):
            return True
    return False


def is_negated(text: str, start: int) -> bool:
    """Return whether a negation or an exclusion stands right before this place, in the same clause."""
    clause = _CLAUSE.split(_plain(text[:start]))[-1]
    return bool(_NEGATED.search(clause) or _EXCLUDED.search(clause))


def is_own_name(text: str, start: int) -> bool:
    """Return whether the words before this place say that a person's own name follows, or a relative's."""
    return bool(_OWN_NAME.search(_plain(text[:start])))


def sentence_around(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return from where to where the sentence goes in which a span begins; the span is inside."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    first = max((end for end in ends if end <= span[0]), default=0)
    return first, min((end for end in ends if end >= span[1]), default=len(text))


_OWN_NAME = re.compile(
    r"(?:\b(?:chamo|chama|nome|name|sou|am|i'?m|called|paciente|patient|filh[oa]|son|daughter|wife|husband|esposa|marido|mae|pai|mother|father|for|para|pra|pro)\b(?:\W+\w+){0,2}\W*|我叫|我是|姓名|名字是?|他叫|她叫)$"
)
_SENTENCE_END = re.compile(r"[;!?。！？；\n]|\.(?=\s+[A-ZÀ-Þ])")
_EXCLUDED = re.compile(
    r"(?:\b(?:menos|exceto|except|but|tirando|salvo|fora|instead of|rather than|em vez d[aeo]|besides|other than|desde)\b(?:\W+\w+){0,2}\W*|(?:除了|除|不要|不是)\S{0,2})$"
)


def _plain(text: str) -> str:
    return folded(text).replace("’", "'").translate(TO_SIMPLIFIED)
