"""Signs of an emergency are heard in three languages, and the number is that of the clinic's country."""

import pytest

from marcai.conversation.safety import looks_urgent, number_for
from marcai.understanding.meaning import Language

URGENT = [
    "estou com uma dor no peito muito forte",
    "minha mãe desmaiou e não acorda",
    "não consigo respirar direito",
    "ele está sangrando muito",
    "é uma emergência!",
    "I have chest pain and my arm is numb",
    "my father passed out",
    "I can’t breathe",
    "she won't stop bleeding",
    "this is an emergency",
    "我胸口很疼",
    "我爸爸突然晕倒了",
    "喘不过气来",
    "流血不止，怎么办",
    "救命",
]
CALM = [
    "quero marcar com o cardiologista",
    "dor de garganta há dois dias",
    "não é uma emergência, só queria um encaixe",
    "what is your emergency contact policy",
    "I'd like a check-up, no chest pain or anything",
    "it's not an emergency",
    "肩膀有点酸",
    "不是紧急情况",
    "请问急诊室在几楼",
    "",
    "👍",
]


@pytest.mark.parametrize("text", URGENT)
def test_signs_of_danger_are_heard(text: str) -> None:
    assert looks_urgent(text)


@pytest.mark.parametrize("text", CALM)
def test_calm_words_raise_no_alarm(text: str) -> None:
    assert not looks_urgent(text)


def test_the_number_is_that_of_the_clinics_country() -> None:
    named = {country: number_for(country, Language.EN) for country in ("BR", "CA", "US", "CN", "PT", "DE", "br")}
    assert named == {"BR": "192", "CA": "911", "US": "911", "CN": "120", "PT": "112", "DE": "112", "br": "192"}


def test_without_a_known_country_the_languages_own_number_is_named() -> None:
    assert [number_for(None, language) for language in (Language.PT, Language.EN, Language.ZH)] == ["192", "911", "120"]
