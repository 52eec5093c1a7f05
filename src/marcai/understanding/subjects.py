"""Which visit a time speaks of: the one that exists ("cancelar a DE TERÇA") or the one to come ("pra QUINTA")."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from marcai.understanding.cues import Hit
from marcai.understanding.meaning import Intent, TimeMention

_EXISTING = frozenset({Intent.CANCEL, Intent.CONFIRM, Intent.LIST})
_LOOK_BACK = 60
_BREAKS = re.compile(r"[,.;!?，。；！？、\n]| e (?=\w)| and (?=\w)| mas | but | entao | then |然后|再(?!见)|另外|顺便|并|但是?")
_NOUN = (
    r"(?:consulta|horario|exame|retorno|sessao|avaliacao|agendamento|visita|marcacao|atendimento|hora|fisio\w*|appointment|appt|visit|"
    r"booking|session|slot|exam|checkup|scan|one|mine|prova|\ba|\bo)"
)
_VISIT_BEFORE = re.compile(
    _NOUN
    + r"(?:\s(?:marcad\w+|agendad\w+|que\s(?:eu\s)?(?:tenho|tinha|marquei)|i\shave|scheduled|booked|com\s[\w. ]{2,25}?|with\s[\w. ]{2,25}?))?"
    r"(?:\s(?:que\s)?(?:e|eh|era|ta|esta|ficou|is|was)(?:\s(?:marcad\w|agendad\w|booked|scheduled))?)?"
    r"\s(?:de|do|da|das|dia|na|no|as|desta|dessa|deste|desse|on|for|at|from|this|next|of|in|pra|para|pro)?\s?(?:o\s|a\s|as\s|the\s)?(?:dia\s)?$"
)
_VISIT_BEFORE_HAN = re.compile(r"(?:预约|号|门诊|复诊|检查|约)(?:是|在|定在|约在)$|原(?:来|本|定|先)(?:是|的|在|约的)?$")
_OWN_BEFORE = re.compile(r"\b(?:my|our|minha|meu|minhas)\s$")
_INSTEAD_BEFORE = re.compile(
    r"(?:em vez d[eao]s?|ao inves d[eao]s?|no lugar d[eao]s?|instead of|rather than|不要|而不是|别)\s?(?:the |o |a |dia )?$"
)
_FROM_BEFORE = re.compile(
    r"(?:\bd[eao]s?|\bdia|\bfrom|\bchange|\bmove|\bswitch|\bswap|\bshift|\bpush|\bbump|从|由|把|将|我|的)\s?(?:the |dia )?$"
)
_TO_BEFORE = re.compile(
    r"(?:\bpra|\bpara|\bpros?|\bpras|\bp|\bate|\bto|\btill|\bfor|到|成|至|为|约|换|改|挪|推|延|移|期)\s?(?:o |a |as |the |dia |o dia )*$"
)
_VISIT_AFTER = re.compile(
    r"\s?(?:'s)?\s?(?:appointment|appt|visit|booking|session|slot|one\b|exam|checkup)|的?(?:预约|号(?!吗|有|还)|那个|门诊|诊|检查|复诊|那次|的|挂号)|那天的"
)
_TO_LATER = re.compile(r"\b(?:pra|para|pros?|pras|p|to|till|for|into)\b|到|成|至|为|换|改")
_JOINED = re.compile(r"[\s,，、]*(?:(?:as|de|do|da|na|no|dia|on|at|in|the|a|o)\s)*[\s,，、]*")
_I_HAVE = re.compile(
    r"\b(?:tenho|tinha|i have|i've got|i got)\b\s?(?:uma?|an?)?\s?(?:consulta|horario|exame|retorno|appointment|appt|visit)|我有|我约了|我挂了|我已经"
)


def split_times(
    folded: str, times: Sequence[TimeMention], intents: Sequence[tuple[Intent, int, int]], hits: Sequence[Hit], *, asked: str | None
) -> tuple[tuple[TimeMention, ...], tuple[TimeMention, ...]]:
    """Return the wishes and the times of visits that exist, each in the order said.

    Each clause belongs to the intent that it names, or else to the one before it (for the first, the next). Times of
    a visit that is cancelled, confirmed or asked about exist; of a moved one, those before "to", beside the visit's
    own word, or in the clause that says "I can't come". An answer to "which appointment?" names one that exists.
    """
    if not times or asked == "appointment":
        return (), tuple(times)
    clauses = [0, *(match.end() for match in _BREAKS.finditer(folded))]
    owners = _owners(clauses, intents)
    absent = {_clause_of(clauses, hit.start) for hit in hits if hit.label == "cannot"}
    moves = any(intent is Intent.RESCHEDULE for intent, _, _ in intents)
    wishes: list[TimeMention] = []
    subjects: list[TimeMention] = []
    for place, mention in enumerate(times):
        clause = _clause_of(clauses, mention.start)
        owner = owners[clause] if owners else None
        follows = bool(subjects) and place > 0 and subjects[-1] is times[place - 1]
        if owner in _EXISTING:
            exists = True
        elif moves:
            joined = follows and _JOINED.fullmatch(folded, times[place - 1].end, mention.start) is not None
            exists = _exists(folded, mention, absent=clause in absent, joined=joined)
        else:
            exists = bool(_I_HAVE.search(folded, max(clauses[clause], mention.start - _LOOK_BACK), mention.start))
        (subjects if exists else wishes).append(mention)
    return tuple(wishes), tuple(subjects)


def _exists(folded: str, mention: TimeMention, *, absent: bool, joined: bool) -> bool:
    """Tell whether a time in a wish to move a visit describes the visit as it stands."""
    back = max(0, mention.start - _LOOK_BACK)
    before = folded[back : mention.start]
    if _INSTEAD_BEFORE.search(before):
        return True
    if _TO_BEFORE.search(before):
        return False
    if absent or mention.excluded or joined or _OWN_BEFORE.search(before) or _VISIT_BEFORE_HAN.search(before):
        return True
    if _VISIT_BEFORE.search(before) or _VISIT_AFTER.match(folded, mention.end):
        return True
    return _FROM_BEFORE.search(before) is not None and _TO_LATER.search(folded, mention.end, mention.end + _LOOK_BACK) is not None


def _clause_of(clauses: Sequence[int], place: int) -> int:
    return bisect_right(clauses, place) - 1


def _owners(clauses: Sequence[int], intents: Sequence[tuple[Intent, int, int]]) -> list[Intent | None]:
    if not intents:
        return []
    owners: list[Intent | None] = [None] * len(clauses)
    for intent, start, _ in sorted(intents, key=lambda i: -i[1]):
        owners[_clause_of(clauses, start)] = intent
    known = next((owner for owner in owners if owner is not None), None)
    for place, owner in enumerate(owners):
        known = owner or known
        owners[place] = known
    return owners
