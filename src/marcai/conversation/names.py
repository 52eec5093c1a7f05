"""The names of a clinic that may be said in a talk, as understanding wants them. Pure."""

from marcai.scheduling.setup import Setup
from marcai.understanding.meaning import KnownName, KnownNames


def known_names(setup: Setup) -> KnownNames:
    """Return the active providers, types, locations and specialties of a clinic."""
    providers = [provider for provider in setup.providers.values() if provider.is_active]
    types = [kind for kind in setup.appointment_types.values() if kind.is_active]
    specialties = {specialty for provider in providers for specialty in provider.specialties}
    specialties |= {kind.specialty for kind in types if kind.specialty}
    return KnownNames(
        revision=f"{setup.organisation.id}:{setup.revision}",
        providers=tuple(KnownName(p.id, (p.display_name, *p.aliases)) for p in providers),
        appointment_types=tuple(KnownName(t.id, (t.name, *t.aliases)) for t in types),
        locations=tuple(KnownName(place.id, (place.name,)) for place in setup.locations.values() if place.is_active),
        specialties=tuple(sorted(specialties)),
    )
