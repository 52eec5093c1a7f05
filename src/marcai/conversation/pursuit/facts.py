"""What anybody may know of the clinic, as lines: the part that was asked for, and always where it is."""

import re
from dataclasses import replace
from datetime import time
from typing import Final

from marcai.conversation.phrasing.say import Hours, Line, Say
from marcai.conversation.scene import Scene, line
from marcai.kit.text import folded
from marcai.tools.allowed import NotAllowed
from marcai.tools.clinic_facts import ClinicFacts, clinic_facts

_TOPICS: Final[dict[str, tuple[str, ...]]] = {
    "address": (
        r"endereco|onde (fica|e\b|voces)|como chego|localiza",
        r"\baddress|\bwhere\b|located|directions",
        r"地址|在哪|哪里|怎么走|怎么去",
    ),
    "hours": (
        r"horario de (funcion|atend)",
        r"que horas (voces )?(abre|fecha|atende)",
        r"\b(abr|fech)(e|em|ir|ar)\b|abert[oa]|fechad[oa]|funciona",
        r"\bhours\b|\bopen|\bclose",
        r"营业|开门|关门|上班|下班|几点[开关]|开到|门诊时间",
    ),
    "phone": (r"telefone|numero d[ae]|whats|\bligar\b", r"\bphone|\bcall\b|number", r"电话|号码|联系"),
    "providers": (
        r"(quais|que|quem|tem).{0,24}(medic|doutor|profission|especialist)",
        r"(who|which).{0,20}(doctor|provider|physician)",
        r"(哪些|有什么|有哪|几位)(医生|大夫)",
    ),
    "types": (
        r"(quais|que).{0,20}(servic|exame|tipos?|especialidade)",
        r"(what|which).{0,20}(service|specialt|treat)",
        r"(哪些|什么)(服务|项目|科)",
    ),
    "price": (
        r"\bpreco|quanto (custa|fica|e\b)|\bvalor|convenio|\bplanos?\b|\baceita",
        r"insurance|price|\bcosts?\b|how much|\bfees?\b",
        r"多少钱|费用|价格|医保|保险|收费",
    ),
}
_PATTERNS: Final = tuple((topic, re.compile("|".join(wordings))) for topic, wordings in _TOPICS.items())


def topics_in(plain: str) -> list[str]:
    """Return what of the clinic a folded text asks for."""
    return [topic for topic, pattern in _PATTERNS if pattern.search(plain)]


async def facts_lines(scene: Scene) -> tuple[Line, ...]:
    """Return what is to be said about the clinic."""
    facts = await clinic_facts(scene.unit, scene.actor)
    if isinstance(facts, NotAllowed):
        return (line(Say.FACT_UNKNOWN, phone=scene.setup.organisation.phone),)
    lines: list[Line] = []
    for topic in topics_in(folded(scene.meaning.text)):
        lines += _of_topic(topic, facts)
    return (*lines, *_addresses(facts))


def _of_topic(topic: str, facts: ClinicFacts) -> list[Line]:
    if topic == "hours":
        return [_hours(facts), line(Say.FACT_OPEN if any(place.is_open_now for place in facts.locations) else Say.FACT_CLOSED)]
    if topic == "phone":
        phones = tuple(dict.fromkeys(p for p in (facts.phone, *(place.location.phone for place in facts.locations)) if p))
        return [line(Say.FACT_PHONE, options=phones)] if phones else []
    if topic == "providers":
        return [line(Say.FACT_PROVIDERS, options=tuple(p.display_name for p in facts.providers[:10]))] if facts.providers else []
    if topic == "types":
        return [line(Say.FACT_TYPES, options=tuple(t.name for t in facts.appointment_types[:10]))] if facts.appointment_types else []
    return [line(Say.FACT_UNKNOWN, phone=facts.phone)] if topic == "price" else []


def _hours(facts: ClinicFacts) -> Line:
    """Return the weekly hours, those of all places together: what a patient asks is when anybody is there."""
    weekly: dict[int, list[tuple[time, time]]] = {}
    for place in facts.locations:
        for weekday, spans in place.hours.items():
            weekly.setdefault(weekday, []).extend(spans)
    runs: list[Hours] = []
    for weekday, opening in sorted(weekly.items()):
        if not opening:
            continue
        opens, closes = min(start for start, _ in opening), max(end for _, end in opening)
        last = runs[-1] if runs else None
        if last is not None and (last.last, last.opens, last.closes) == (weekday - 1, opens, closes):
            runs[-1] = replace(last, last=weekday)
        else:
            runs.append(Hours(weekday, weekday, opens, closes))
    return line(Say.FACT_HOURS, hours=tuple(runs))


def _addresses(facts: ClinicFacts) -> list[Line]:
    named = tuple(f"{place.location.name}: {place.location.address}" for place in facts.locations if place.location.address)
    only = tuple(place.location.address for place in facts.locations if place.location.address)
    if not only:
        return []
    return [line(Say.FACT_ADDRESS, options=named if len(named) > 1 else only)]
