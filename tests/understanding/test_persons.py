"""Persons: names, birth dates, phones, other people, reasons."""

from datetime import date

import pytest

from tests.understanding.reading import read

BORN = date(1985, 3, 12)


@pytest.mark.parametrize(
    ("lang", "text", "asked", "name"),
    [
        ("pt", "meu nome é Ana Paula de Souza", None, "Ana Paula de Souza"),
        ("pt", "me chamo joão pedro lima", None, "João Pedro Lima"),
        ("pt", "Carla Dias", "patient_name", "Carla Dias"),
        ("pt", "sou a Rita Moreira, nasci em 12/03/1985", "patient_name", "Rita Moreira"),
        ("pt", "marcos vinícius, 12/03/1985", "patient_name", "Marcos Vinícius"),
        ("pt", "Domingos Abril", "patient_name", "Domingos Abril"),
        ("en", "my name is Grace O'Neil", None, "Grace O'Neil"),
        ("en", "I'm Peter Falk", None, "Peter Falk"),
        ("en", "This is April May, born March 12, 1985", "patient_name", "April May"),
        ("en", "tom baker", "patient_name", "Tom Baker"),
        ("zh", "我叫王小明", None, "王小明"),
        ("zh", "我是欧阳娜娜", None, "欧阳娜娜"),
        ("zh", "陈静", "patient_name", "陈静"),
    ],
)
def test_a_name_is_heard(lang: str, text: str, asked: str | None, name: str) -> None:
    assert read(text, lang, asked).person_name == name


@pytest.mark.parametrize(
    ("lang", "text", "asked"),
    [
        ("en", "I'm calling to book an appointment", None),
        ("pt", "sou paciente novo", None),
        ("zh", "我是来看病的", None),
        ("pt", "não quero dizer", "patient_name"),
        ("en", "i am not sure", "patient_name"),
    ],
)
def test_what_is_no_name_is_none(lang: str, text: str, asked: str | None) -> None:
    assert read(text, lang, asked).person_name is None


@pytest.mark.parametrize(
    ("lang", "text", "asked"),
    [
        ("pt", "nasci em 12/03/1985", None),
        ("pt", "data de nascimento 12 de março de 1985", None),
        ("pt", "12031985", "date_of_birth"),
        ("pt", "12-03-85", "date_of_birth"),
        ("en", "I was born on March 12th, 1985", None),
        ("en", "dob 03/12/1985", None),
        ("en", "12 March 1985", "date_of_birth"),
        ("en", "my birthday is 1985-03-12", None),
        ("zh", "我的生日是1985年3月12日", None),
        ("zh", "1985年三月十二号", "date_of_birth"),
        ("zh", "出生日期1985-03-12", None),
    ],
)
def test_a_birth_date_is_heard_and_is_no_wish(lang: str, text: str, asked: str | None) -> None:
    meaning = read(text, lang, asked)
    assert meaning.date_of_birth == BORN
    assert not meaning.times
    assert not meaning.subject_times


def test_a_wish_beside_a_birth_date_stays_a_wish() -> None:
    meaning = read("I was born on March 12, 1985, can I come on Friday?", "en")
    assert meaning.date_of_birth == BORN
    assert [mention.text.lower() for mention in meaning.times] in (["friday"], ["on friday"])


@pytest.mark.parametrize(
    ("lang", "text", "asked", "phone"),
    [
        ("pt", "meu telefone é (11) 98123-4407", None, "11981234407"),
        ("pt", "+55 11 98123 4407", "phone", "+5511981234407"),
        ("en", "my number is 415-555-0142", None, "4155550142"),
        ("en", "555 0142", "phone", "5550142"),
        ("zh", "我的电话是138 0013 8000", None, "13800138000"),
    ],
)
def test_a_phone_is_heard(lang: str, text: str, asked: str | None, phone: str) -> None:
    assert read(text, lang, asked).phone == phone


@pytest.mark.parametrize("text", ["quero dia 12/03/2026", "meu CPF é 123.456.789-09", "entre 10h30 e 11h30", "2026-03-12"])
def test_a_date_or_an_identity_number_is_no_phone(text: str) -> None:
    assert read(text, "pt").phone is None


@pytest.mark.parametrize(
    ("lang", "text", "who"),
    [
        ("pt", "quero marcar pra minha mãe", "minha mãe"),
        ("en", "an appointment for my son please", "my son"),
        ("zh", "给我妈妈约个号", "我妈妈"),
        ("pt", "posso levar meu filho na sexta?", "meu filho"),
    ],
)
def test_another_person_is_heard(lang: str, text: str, who: str) -> None:
    assert read(text, lang).other_person == who


@pytest.mark.parametrize(
    ("lang", "text", "asked", "reason"),
    [
        ("pt", "um incômodo no joelho", "reason", "um incômodo no joelho"),
        ("en", "my back hurts", "reason", "my back hurts"),
        ("zh", "膝盖疼", "reason", "膝盖疼"),
        ("pt", "quero marcar, estou com dor nas costas", None, "dor nas costas"),
    ],
)
def test_a_reason_is_heard(lang: str, text: str, asked: str | None, reason: str) -> None:
    assert read(text, lang, asked).reason == reason
