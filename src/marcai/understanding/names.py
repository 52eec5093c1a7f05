"""Who and what an utterance names: providers, specialties, appointment types, locations.

Knows no clinic: the names that can be meant come in as `KnownNames`.
"""

from dataclasses import dataclass

from marcai.understanding.meaning import KnownNames, Language, NameMention


@dataclass(frozen=True, slots=True)
class FoundNames:
    """The names of one utterance, as `Meaning` wants them."""

    provider: NameMention | None = None
    not_providers: tuple[NameMention, ...] = ()
    specialty: NameMention | None = None
    appointment_type: NameMention | None = None
    location: NameMention | None = None


def find_names(text: str, known: KnownNames, language: Language, *, asked_provider: bool = False) -> FoundNames:
    """Return the names that the text says; with `asked_provider`, a bare name may be a provider's."""
    return FoundNames()
