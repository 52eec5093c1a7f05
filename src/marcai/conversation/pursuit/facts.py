"""What anybody may know of the clinic, as lines: the part that was asked for; where it is, if that or nothing in particular was."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import time
from typing import Final

from marcai.conversation.phrasing.say import Hours, Line, Say
from marcai.conversation.scene import Scene, line
from marcai.conversation.topics import topics_in
from marcai.kit.text import folded
from marcai.scheduling.provider import Provider
from marcai.tools.allowed import NotAllowed
from marcai.tools.clinic_facts import ClinicFacts, LocationFacts, Span, clinic_facts

MOST_NAMED: Final = 10
_NOT_KNOWN: Final = frozenset({"price", "unknown"})


async def facts_lines(scene: Scene) -> tuple[Line, ...]:
    """Return what is to be said about the clinic."""
    facts = await clinic_facts(scene.unit, scene.actor)
    if isinstance(facts, NotAllowed):
        return (line(Say.FACT_UNKNOWN, phone=scene.setup.organisation.phone),)
    topics = topics_in(folded(scene.meaning.text))
    lines = [one for topic in topics for one in _of_topic(scene, topic, facts)]
    if any(topic in _NOT_KNOWN for topic in topics):
        lines.append(line(Say.FACT_UNKNOWN, phone=facts.phone))
    if not topics or "about" in topics or "address" in topics:
        lines += _addresses(facts)
    return tuple(lines) or (line(Say.FACT_UNKNOWN, phone=facts.phone),)


def _of_topic(scene: Scene, topic: str, facts: ClinicFacts) -> list[Line]:
    match topic:
        case "hours":
            return [*_hours(facts), line(Say.FACT_OPEN if any(place.is_open_now for place in facts.locations) else Say.FACT_CLOSED)]
        case "phone":
            phones = tuple(dict.fromkeys(p for p in (facts.phone, *(place.location.phone for place in facts.locations)) if p))
            return [line(Say.FACT_PHONE, options=phones)] if phones else [line(Say.FACT_UNKNOWN)]
        case "provider":
            return _about(scene, facts)
        case "providers":
            return (
                [line(Say.FACT_PROVIDERS, options=tuple(p.display_name for p in facts.providers[:MOST_NAMED]))] if facts.providers else []
            )
        case "specialties":
            names = tuple(sorted({specialty for provider in facts.providers for specialty in provider.specialties}))
            return [line(Say.FACT_SPECIALTIES, options=names)] if names else _types(facts)
        case "types":
            return _types(facts)
        case _:
            return []


def _types(facts: ClinicFacts) -> list[Line]:
    names = tuple(kind.name for kind in facts.appointment_types[:MOST_NAMED])
    return [line(Say.FACT_TYPES, options=names)] if names else []


def _about(scene: Scene, facts: ClinicFacts) -> list[Line]:
    """Return what the named provider, else the one on the table or wished for, treats and where."""
    mention, offer, wished = scene.meaning.provider, scene.talk.offer, scene.wanted.provider
    ids = [candidate.id for candidate in mention.candidates] if mention else []
    ids = ids or ([offer.slot.provider_id] if offer else [wished.id] if wished else [])
    found = [_provider(scene, provider, facts) for id_ in ids for provider in facts.providers if provider.id == id_]
    return found or [line(Say.FACT_PROVIDERS, options=tuple(p.display_name for p in facts.providers[:MOST_NAMED]))]


def _provider(scene: Scene, provider: Provider, facts: ClinicFacts) -> Line:
    if not provider.specialties:
        return line(Say.FACT_UNKNOWN, phone=facts.phone)
    templates = scene.setup.templates.get(provider.id, ())
    places = {template.location_id for template in templates if template.is_active}
    names = [place.location.name for place in facts.locations if place.location.id in places]
    where = names[0] if len(names) == 1 and len(facts.locations) > 1 else None
    return line(Say.FACT_PROVIDER, provider=provider.display_name, specialties=tuple(provider.specialties), where=where)


def _hours(facts: ClinicFacts) -> list[Line]:
    """Return the weekly hours, place by place, each with its address."""
    if len(facts.locations) == 1:
        return [line(Say.FACT_HOURS, hours=_runs(facts.locations[0].hours)), *_addresses(facts)]
    return [line(Say.FACT_HOURS_AT, place=_placed(place), hours=_runs(place.hours)) for place in facts.locations]


def _placed(place: LocationFacts) -> str:
    """Return the place with street and number: "Unidade Jardins (Alameda Itu, 852)"."""
    street = ", ".join(part.strip() for part in (place.location.address or "").split(",")[:2])
    return f"{place.location.name} ({street})" if street else place.location.name


def _runs(hours: Mapping[int, Iterable[Span]]) -> tuple[Hours, ...]:
    """Return the hours of a week, days of the same hours that follow each other together."""
    runs: list[Hours] = []
    for weekday, spans in sorted(hours.items()):
        opening: list[tuple[time, time]] = list(spans)
        if not opening:
            continue
        opens, closes = min(start for start, _ in opening), max(end for _, end in opening)
        last = runs[-1] if runs else None
        if last is not None and (last.last, last.opens, last.closes) == (weekday - 1, opens, closes):
            runs[-1] = replace(last, last=weekday)
        else:
            runs.append(Hours(weekday, weekday, opens, closes))
    return tuple(runs)


def _addresses(facts: ClinicFacts) -> list[Line]:
    named = tuple(f"{place.location.name} ({place.location.address})" for place in facts.locations if place.location.address)
    only = tuple(place.location.address for place in facts.locations if place.location.address)
    if not only:
        return []
    return [line(Say.FACT_ADDRESS, options=named if len(named) > 1 else only)]
