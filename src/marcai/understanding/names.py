"""Who and what an utterance names: providers, specialties, appointment types, locations.

Knows no clinic: the names that can be meant come in as `KnownNames`. The way: tokens, then spots where a provider is
named (`names_latin`, `names_chinese`), each with its candidates (`names_match` over `names_index`), then the choice
between them (`names_choice`); specialties, types and places are looked up beside (`names_things`).
"""

from dataclasses import dataclass

from marcai.understanding.meaning import KnownNames, Language, NameMention
from marcai.understanding.names_chinese import chinese_spots
from marcai.understanding.names_choice import chosen, judged
from marcai.understanding.names_index import provider_index
from marcai.understanding.names_latin import latin_spots
from marcai.understanding.names_things import find_location, find_specialty, find_type, thing_index
from marcai.understanding.names_tokens import tokens_of


@dataclass(frozen=True, slots=True)
class FoundNames:
    """The names of one utterance, as `Meaning` wants them."""

    provider: NameMention | None = None
    not_providers: tuple[NameMention, ...] = ()
    specialty: NameMention | None = None
    appointment_type: NameMention | None = None
    location: NameMention | None = None


def find_names(
    text: str,
    known: KnownNames,
    language: Language,  # noqa: ARG001 - names of every language are understood in each; the callers know it, and a rule may come to need it
    *,
    asked_provider: bool = False,
) -> FoundNames:
    """Return the names that the text says, in whichever of the three languages they stand.

    A provider is found by a title, after "com"/"with"/约, by a full name, by a long family name that stands alone, or,
    with `asked_provider`, by a bare name. Several candidates mean that the talk has to ask; none, that the words name
    nobody who is known. `language` is the talk's.
    """
    tokens = tokens_of(text)
    if not tokens:
        return FoundNames()
    index = provider_index(known)
    spots = latin_spots(text, tokens, index, asked=asked_provider)
    if any(token.kind == "chinese" for token in tokens):
        chinese = chinese_spots(tokens, index, asked=asked_provider)
        taken = {(spot.first, spot.last) for spot in chinese}
        spots = sorted([*chinese, *(spot for spot in spots if (spot.first, spot.last) not in taken)], key=lambda spot: spot.start)
    things = thing_index(known)
    provider = None
    refused: tuple[NameMention, ...] = ()
    if spots:
        spots = judged(text, tokens, spots)
        provider = chosen(text, tokens, spots)
        refused = tuple(spot.mention(text) for spot in spots if spot.negative)
    return FoundNames(
        provider=provider,
        not_providers=refused,
        specialty=find_specialty(text, tokens, things),
        appointment_type=find_type(text, tokens, things),
        location=find_location(text, tokens, things),
    )
