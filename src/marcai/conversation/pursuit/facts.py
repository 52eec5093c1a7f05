"""What anybody may know of the clinic, as lines: the part that was asked for, and always where it is."""

from dataclasses import replace
from datetime import time

from marcai.conversation.phrasing.say import Hours, Line, Say
from marcai.conversation.scene import Scene, line
from marcai.conversation.topics import topics_in
from marcai.kit.text import folded
from marcai.tools.allowed import NotAllowed
from marcai.tools.clinic_facts import ClinicFacts, clinic_facts


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
