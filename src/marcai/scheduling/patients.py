"""When two phones, or two ways of saying a name, are the same. Pure; the port of the records is `ports.Patients`."""

from marcai.kit.text import digits, folded
from marcai.scheduling.patient import Patient

LOCAL_DIGITS = 10
"""A number of at least so many digits may leave out its country."""
PARTICLES = frozenset({"da", "das", "de", "del", "der", "di", "do", "dos", "du", "e", "la", "van", "von", "y"})


def same_phone(one: str, other: str) -> bool:
    """Say whether two numbers are the same, whatever their punctuation, with or without the country's digits in front.

    Where both say their country ("+55 …"), both are whole numbers, and must be equal.
    """
    first, second = digits(one).lstrip("0"), digits(other).lstrip("0")
    are_whole = one.lstrip().startswith("+") and other.lstrip().startswith("+")
    if are_whole or min(len(first), len(second)) < LOCAL_DIGITS:
        return first == second and first != ""
    return first.endswith(second) or second.endswith(first)


def has_name(patient: Patient, said: str) -> bool:
    """Say whether somebody said this patient's full name.

    Case, accents, hyphens, particles and order do not count. Names between the first and the last may be left out; the first and the
    last may not. A name without spaces (李小龙) must be the whole one.
    """
    first, last, spoken = _words(patient.first_name), _words(patient.last_name), _words(said)
    if not spoken:
        return False
    whole = "".join(first + last), "".join(last + first)
    if "".join(spoken) in whole:
        return True
    ends = {*first[:1], *last[-1:]}
    return len(ends) > 1 and ends <= set(spoken) <= {*first, *last}


def _words(name: str) -> list[str]:
    letters = "".join(c if c.isalnum() else " " for c in folded(name))
    return [word for word in letters.split() if word not in PARTICLES]
