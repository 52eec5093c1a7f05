from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marcai.kit.text import digits
from marcai.scheduling.patient import Patient, PatientId
from marcai.scheduling.patients import has_name, same_phone


def patient(first: str, last: str) -> Patient:
    return Patient(PatientId(UUID(int=1)), 1, first, last, date_of_birth=date(1987, 6, 5))


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("+55 11 98765-4321", "5511987654321", True),
        ("+55 11 98765-4321", "(11) 98765.4321", True),
        ("+55 11 98765-4321", "011 98765 4321", True),
        ("+1 604 555 0100", "604-555-0100", True),
        ("+1 604 555 0100", "+1 (604) 555-0100", True),
        ("+86 138 0013 8000", "１３８００１３８０００", True),
        ("+55 11 98765-4321", "+1 198 765 4321", False),
        ("+55 11 98765-4321", "+55 21 98765-4321", False),
        ("555-0100", "604-555-0100", False),
        ("555-0100", "5550100", True),
        ("", "", False),
        ("abc", "", False),
    ],
)
def test_phones_are_compared_by_their_digits(one: str, other: str, are_same: bool) -> None:
    assert same_phone(one, other) is are_same
    assert same_phone(other, one) is are_same


@pytest.mark.parametrize(
    ("first", "last", "said", "is_theirs"),
    [
        ("Íris", "Nóbrega da Silva", "iris nobrega silva", True),
        ("Íris", "Nóbrega da Silva", "SILVA, IRIS", True),
        ("Íris", "Nóbrega da Silva", "Iris da Silva", True),
        ("Íris", "Nóbrega da Silva", "Iris Nobrega", False),
        ("Íris", "Nóbrega da Silva", "Iris", False),
        ("Íris", "Nóbrega da Silva", "Iris Silva Santos", False),
        ("Íris", "Nóbrega da Silva", "Bia Silva", False),
        ("Íris", "Nóbrega da Silva", "", False),
        ("Mary-Ann", "O'Neil", "mary ann o neil", True),
        ("小龙", "李", "李小龙", True),
        ("小龙", "李", "李 小龙", True),
        ("小龙", "李", "小龙李", True),
        ("小龙", "李", "小龙", False),
        ("Madonna", "", "madonna", True),
        ("", "", "", False),
    ],
)
def test_a_full_name_is_known_however_it_is_said(first: str, last: str, said: str, is_theirs: bool) -> None:
    assert has_name(patient(first, last), said) is is_theirs


@given(st.text(), st.text())
def test_no_text_upsets_the_comparison(one: str, other: str) -> None:
    assert same_phone(one, other) == same_phone(other, one)
    has_name(patient(one, other), other + one)
    assert digits(one).isascii()
