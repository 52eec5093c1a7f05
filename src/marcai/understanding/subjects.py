"""Which visit a time speaks of: the one that exists ("cancelar a DE TERÇA") or the one to come ("pra QUINTA")."""

import re
from collections.abc import Sequence

from marcai.understanding.cues import Hit
from marcai.understanding.meaning import Intent, TimeMention

_EXISTING = frozenset({Intent.CANCEL, Intent.CONFIRM, Intent.LIST})
_BREAKS = re.compile(r"[,.;!?，。；！？、\n]| e (?=\w+)| and (?=\w+)| mas | but | entao | then |然后|再(?!见)|另外|顺便|并")
_VISIT = re.compile(
    r"(?:consulta|horario|exame|retorno|sessao|avaliacao|agendamento|visita|marcacao|atendimento|hora|fisio\w*|appointment|appt|visit|booking|"
    r"session|slot|exam|checkup|scan|one|mine|prova|\ba|\bo)(?:\s(?:marcad\w+|agendad\w+|que\s(?:tenho|eu\stenho|tinha|marquei)|i\shave|scheduled|booked|com\s[\w. ]{2,25}?|with\s[\w. ]{2,25}?))?\s"
    r"(?:de|do|da|dia|na|no|desta|dessa|deste|desse|on|for|at|from|this|next|of|in|pra|para)?\s?(?:o\s|a\s|the\s)?(?:dia\s)?$"
)
_FROM = re.compile(r"(?:\bde|\bda|\bdo|\bdia|\bfrom|从|由|把|将|原定|原来|本来|我|的)\s?$")
_TO = re.compile(r"(?:\bpra|\bpara|\bpro|\bp|\bate|\bto|\btill|\bfor|\binstead|到|成|至|为|在|约|换|改|挪|推|延|移|期)\s?(?:o\s|a\s|as\s|the\s|dia\s|o dia\s)*$")
_VISIT_AFTER = re.compile(r"\s?(?:'s)?\s?(?:appointment|appt|visit|booking|session|slot|one\b|exam|checkup)|的?(?:预约|号(?!吗|有|还)|那个|门诊|诊|检查|复诊|那次|的|挂号)|那天的")


def split_times(
    folded: str,
    times: Sequence[TimeMention],
    intents: Sequence[tuple[Intent, int, int]],
    hits: Sequence[Hit],
    *,
    asked: str | None,
) -> tuple[tuple[TimeMention, ...], tuple[TimeMention, ...]]:
    """Return the wishes and the times of visits that exist, each in the order said.

    Each clause belongs to the intent that it names, or else to the one before it (for the first, the next).
    """
    if not times or asked == "appointment":
        return (), tuple(times)
    wanted = {intent for intent, _, _ in intents}
    clauses = _clauses(folded)
    cannot = [h for h in hits if h.label == "cannot"]
    owners = _owners(clauses, intents)
    wishes: list[TimeMention] = []
    subjects: list[TimeMention] = []
    previous: TimeMention | None = None
    for mention in times:
        place = _clause_of(clauses, mention.start)
        owner = owners[place] if owners else None
        if owner in _EXISTING and not (Intent.BOOK in wanted and owner is Intent.LIST):
            is_subject = True
        elif owner is Intent.RESCHEDULE or Intent.RESCHEDULE in wanted:
            in_cannot = any(_clause_of(clauses, h.start) == place for h in cannot)
            is_subject = _is_subject(folded, mention, in_cannot=in_cannot, previous=previous if previous in subjects else None)
        else:
            is_subject = bool(_FIRST_HAND.search(folded, 0, mention.start)) and _same_clause_start(folded, clauses, place)
        (subjects if is_subject else wishes).append(mention)
        previous = mention
    return tuple(wishes), tuple(subjects)


_FIRST_HAND = re.compile(r"(?:tenho|tinha|i have|i've got|我有|我约了|我挂了)\s?(?:uma?|an?)?\s?(?:consulta|horario|exame|appointment|appt)?")


def _same_clause_start(folded: str, clauses: Sequence[int], place: int) -> bool:
    start = clauses[place]
    end = clauses[place + 1] if place + 1 < len(clauses) else len(folded)
    return bool(_FIRST_HAND.search(folded, start, end))


def _is_subject(folded: str, mention: TimeMention, *, in_cannot: bool, previous: TimeMention | None) -> bool:
    before = folded[max(0, mention.start - 60) : mention.start]
    if _TO.search(before):
        return False
    if in_cannot or mention.excluded:
        return True
    if _VISIT.search(before) or _VISIT_AFTER.match(folded, mention.end):
        return True
    if previous is not None and not folded[previous.end : mention.start].strip(" ,，、-asdi"):
        return True
    return bool(_FROM.search(before)) and bool(_LATER_TO.search(folded, mention.end))


_LATER_TO = re.compile(r"\b(?:pra|para|pro|p|to|till)\b|到|成|至|为")


def _clauses(folded: str) -> list[int]:
    """Return where each clause begins."""
    return [0, *(match.end() for match in _BREAKS.finditer(folded))]


def _clause_of(clauses: Sequence[int], place: int) -> int:
    low, high = 0, len(clauses)
    while high - low > 1:
        middle = (low + high) // 2
        if clauses[middle] <= place:
            low = middle
        else:
            high = middle
    return low


def _owners(clauses: Sequence[int], intents: Sequence[tuple[Intent, int, int]]) -> list[Intent | None]:
    if not intents:
        return []
    owners: list[Intent | None] = [None] * len(clauses)
    for intent, start, _ in sorted(intents, key=lambda i: -i[1]):
        owners[_clause_of(clauses, start)] = intent
    known: Intent | None = next((owner for owner in owners if owner is not None), None)
    for place, owner in enumerate(owners):
        known = owner or known
        owners[place] = known
    return owners
