"""What is still missing before a slot can be looked for: as little as possible. Pure.

The type of visit is asked only where the wish leaves several and the clinic has no usual one; the day only of somebody who has
said nothing at all about when or with whom. Everything else is searched for at once: a slot is easier to refuse than a form to fill in.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from marcai.conversation.conversation import Wanted
from marcai.scheduling.provider import AppointmentType, AppointmentTypeId, Provider, ProviderId
from marcai.scheduling.setup import Setup
from marcai.tools.earliest_slot import Wish, open_types

USUAL_CODE = "B"
"""The clinics' code of a plain visit."""
MOST_KEPT: Final = 1024
_POSSIBLE: Final[dict[tuple[UUID, int, frozenset[ProviderId], frozenset[UUID], str | None], tuple[AppointmentType, ...]]] = {}


def possible_types(setup: Setup, wanted: Wanted) -> tuple[AppointmentType, ...]:
    """Return the types that the wished providers do, the most general first; all active ones where nobody does any.

    Remembered until the clinic's set-up changes: every turn of a talk asks several times.
    """
    key = (setup.organisation.id, setup.revision, wished_providers(wanted), wanted.excluded_providers, wanted.specialty)
    kept = _POSSIBLE.get(key)
    if kept is None:
        if len(_POSSIBLE) >= MOST_KEPT:
            _POSSIBLE.clear()
        kept = _POSSIBLE[key] = _possible_types(setup, wanted)
    return kept


def _possible_types(setup: Setup, wanted: Wanted) -> tuple[AppointmentType, ...]:
    asked = Wish(
        provider_ids=wished_providers(wanted),
        excluded_provider_ids=frozenset(ProviderId(id_) for id_ in wanted.excluded_providers),
        specialty=wanted.specialty if not wanted.among else None,
    )
    found = open_types(setup, asked) or open_types(setup, Wish())
    of_specialty = tuple(kind for kind in found if wanted.specialty and kind.specialty and kind.specialty == wanted.specialty)
    return of_specialty or found


def wished_providers(wanted: Wanted) -> frozenset[ProviderId]:
    """Return the ids of those who are wished for by name; none where anybody will do."""
    named = (wanted.provider,) if wanted.provider else wanted.among
    return frozenset(ProviderId(candidate.id) for candidate in named)


def implied_type(setup: Setup, wanted: Wanted) -> AppointmentTypeId | None:
    """Return the type that goes without saying: the named one, the only one, or the clinic's usual one."""
    named = setup.appointment_types.get(AppointmentTypeId(wanted.appointment_type_id)) if wanted.appointment_type_id else None
    if named is not None and named.is_active:
        return named.id
    types = possible_types(setup, wanted)
    if len(types) == 1:
        return types[0].id
    usual = str(setup.organisation.settings.get("default_appointment_type_id", ""))
    return next((kind.id for kind in types if str(kind.id) == usual or kind.code == USUAL_CODE), None)


def says_when(wanted: Wanted) -> bool:
    """Say whether anything is known of when the visit should be, be it that it does not matter."""
    given = (wanted.date_from, wanted.date_to, wanted.time_from, wanted.time_to)
    return any(value is not None for value in given) or wanted.any_day or wanted.any_time or wanted.earliest or wanted.shift is not None


def says_enough(wanted: Wanted) -> bool:
    """Say whether a search would look for something that was asked for, rather than for just any slot."""
    return says_when(wanted) or bool(wished_providers(wanted)) or wanted.specialty is not None or wanted.location_id is not None


def named_alike(providers: Iterable[Provider]) -> tuple[str, ...]:
    """Return the names of providers, as they are read out to choose from."""
    return tuple(provider.display_name for provider in providers)
