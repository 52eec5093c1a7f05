# ruff: noqa: E501 - tables are read as rows

import json
import os
from pathlib import Path
from uuid import UUID

import pytest

from marcai.understanding.meaning import KnownName, KnownNames, Language, NameMention
from marcai.understanding.names import FoundNames, find_names

PROVIDERS = (
    "Dra. Ana Souza", "Dr. João Silva", "Dra. Maria Silva", "Dra. Helena Prado", "Dr. William Costa", "Dra. Beatriz Nogueira", "Dr. Wesley Ramos",
    "Dra. Catarina Alves", "李伟医生", "王芳", "Dr. Wei Chen", "Dr. Domingos Reis", "Dr. Marco Abreu", "Dr. Fábio Torres", "Dr. Paulo Lima",
    "Dra. Paula Reis", "Dr. Kevin O'Leary", "Dr. Nguyen Tran", "Dr. Igor Vasconcelos", "赵丽",
)  # fmt: skip
TYPES = (("Consulta",), ("Retorno", "follow-up"), ("Check-up anual",), ("Ultrassom",))
PLACES = ("Unidade Paulista", "Downtown Clinic", "朝阳分院")


def named(names: tuple[tuple[str, ...], ...], kind: int) -> tuple[KnownName, ...]:
    return tuple(KnownName(UUID(int=kind * 1000 + place), name) for place, name in enumerate(names))


CLINIC = KnownNames(
    "clinic-1",
    named(tuple((name,) for name in PROVIDERS), 1),
    named(TYPES, 2),
    named(tuple((name,) for name in PLACES), 3),
    ("Cardiologia", "Pediatria", "Clínica Geral", "Odontologia"),
)
NOBODY = KnownNames("nobody")


def found(text: str, *, asked: bool = False, known: KnownNames = CLINIC) -> FoundNames:
    return find_names(text, known, Language.PT, asked_provider=asked)


def names_of(mention: NameMention | None) -> list[str]:
    return [candidate.name for candidate in mention.candidates] if mention else []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("quero com a dra ana amanhã", "Dra. Ana Souza"),
        ("Dr. Ana, por favor", "Dra. Ana Souza"),
        ("dra bia pf", "Dra. Beatriz Nogueira"),
        ("is Dr. Bill free", "Dr. William Costa"),
        ("dr uesley segunda", "Dr. Wesley Ramos"),
        ("tem vaga com o doutor wesly?", "Dr. Wesley Ramos"),
        ("dra catarine", "Dra. Catarina Alves"),
        ("com a helena pardo", "Dra. Helena Prado"),
        ("marca com heelna parado", "Dra. Helena Prado"),
        ("Helena Prado amanhã 10h", "Dra. Helena Prado"),
        ("prof. dr. igor vasconcellos", "Dr. Igor Vasconcelos"),
        ("dr(a). Helena", "Dra. Helena Prado"),
        ("a agenda do Vasconcelos amanhã", "Dr. Igor Vasconcelos"),
        ("what does dr. igor's week look like", "Dr. Igor Vasconcelos"),
        ("Prado Helena, dra. Prado", "Dra. Helena Prado"),
        ("see dr o leary on monday", "Dr. Kevin O'Leary"),
        ("dr wesleyramos", "Dr. Wesley Ramos"),
        ("Dr. Li please", "李伟医生"),
        ("doctor wang on monday", "王芳"),
        ("dr. fang wang", "王芳"),
        ("陈医生", "Dr. Wei Chen"),
        ("我想约陳偉醫生", "Dr. Wei Chen"),
        ("doctor chen wei", "Dr. Wei Chen"),
        ("下周一找李伟", "李伟医生"),
        ("李維醫師明天有空嗎", "李伟医生"),
        ("帮我挂王主任的号", "王芳"),
        ("Dr. 王", "王芳"),
        ("quero o dr paulo", "Dr. Paulo Lima"),
        ("dra paula na quinta", "Dra. Paula Reis"),
        ("Dr. Domingo", "Dr. Domingos Reis"),
        ("dr marco dia 12 de março", "Dr. Marco Abreu"),
        ("a nutricionista Helena", "Dra. Helena Prado"),
    ],
)
def test_a_provider_is_found_however_the_name_is_mangled(text: str, name: str) -> None:
    assert names_of(found(text).provider) == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [("Helena", "Dra. Helena Prado"), ("com a Helena Prado", "Dra. Helena Prado"), ("pode ser o igor", "Dr. Igor Vasconcelos"),
     ("王芳吧", "王芳"), ("王", "王芳"), ("the o'leary one", "Dr. Kevin O'Leary"), ("Dr. Prado", "Dra. Helena Prado")],
)  # fmt: skip
def test_a_bare_name_answers_the_question_for_a_provider(text: str, name: str) -> None:
    assert names_of(found(text, asked=True).provider) == [name]


@pytest.mark.parametrize("text", ["Dr. Silva", "a dra silva amanhã", "dr. sylva", "doutor silwa", "com a Silva"])
def test_two_of_one_family_name_are_both_returned(text: str) -> None:
    assert set(names_of(found(text).provider)) == {"Dr. João Silva", "Dra. Maria Silva"}


def test_the_gender_of_a_title_only_orders_those_who_tie() -> None:
    assert names_of(found("dra silva").provider) == ["Dra. Maria Silva", "Dr. João Silva"]
    assert names_of(found("doutor silva").provider) == ["Dr. João Silva", "Dra. Maria Silva"]


@pytest.mark.parametrize("text", ["dra Ana Prado", "dra helna", "dra Ana Xavier", "Dr. J. Silva"])
def test_a_doubtful_name_is_asked_about(text: str) -> None:
    assert len(names_of(found(text).provider)) != 1


@pytest.mark.parametrize(
    "text",
    [
        "no domingo", "12 de março", "em marco", "see you in may", "amanhã de manhã", "com dor de cabeça", "obrigada, vc é um amor", "preciso de um horário",
        "me chamo Helena Prado", "my name is William Costa", "sou o carlos nogueira", "doctor will see me", "o doutor me disse pra voltar", "the doctor",
        "com minha mãe", "tenho convênio unimed", "quero cancelar", "看医生", "我要约下周三下午", "和医生说一下", "12345", "👍", "\x00\ud800",
    ],
)  # fmt: skip
def test_what_merely_looks_like_a_name_names_nobody(text: str) -> None:
    assert names_of(found(text).provider) == []


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("não com a Dra. Ana", "Dra. Ana Souza"), ("qualquer um menos o dr paulo", "Dr. Paulo Lima"), ("anyone but Dr. O'Leary", "Dr. Kevin O'Leary"),
        ("i don't want to see dr igor", "Dr. Igor Vasconcelos"), ("除了李医生都可以", "李伟医生"), ("不要王医生", "王芳"), ("instead of Dr. Helena", "Dra. Helena Prado"),
    ],
)  # fmt: skip
def test_a_refused_provider_is_not_a_wish(text: str, refused: str) -> None:
    names = found(text)
    assert names.provider is None
    assert [names_of(mention) for mention in names.not_providers] == [[refused]]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("com a dra ana, não, com o dr paulo", "Dr. Paulo Lima"), ("Dr. Igor, sorry, Dr. Paulo", "Dr. Paulo Lima"), ("a Dra. Ana não, com o Dr. Paulo", "Dr. Paulo Lima"),
        ("troca do dr igor pra dra ana", "Dra. Ana Souza"), ("李医生不对王医生", "王芳"), ("não com a dra ana, com o dr igor", "Dr. Igor Vasconcelos"),
        ("move me from dr igor to dr. helena", "Dra. Helena Prado"),
    ],
)  # fmt: skip
def test_of_two_providers_the_one_that_is_wanted_counts(text: str, name: str) -> None:
    assert names_of(found(text).provider) == [name]


def test_either_of_two_providers_is_an_open_choice() -> None:
    assert set(names_of(found("dra ana ou dr paulo").provider)) == {"Dra. Ana Souza", "Dr. Paulo Lima"}


@pytest.mark.parametrize(
    ("text", "said", "own"),
    [
        ("preciso de um cardiologista", "cardiologista", "Cardiologia"), ("a heart doctor please", "heart doctor", "Cardiologia"), ("我想看心內科", "心內科", "Cardiologia"),
        ("pediatrics for my son", "pediatrics", "Pediatria"), ("约个儿科", "儿科", "Pediatria"), ("family doctor", "family doctor", "Clínica Geral"), ("牙科", "牙科", "Odontologia"),
        ("ortodontista", "ortodontista", "Odontologia"), ("dermatolgista", "dermatolgista", "dermatology"), ("anything with ENT?", "ENT", "otolaryngology"),
        ("ob-gyn", "ob-gyn", "gynecology"), ("é dermato", "dermato", "dermatology"),
    ],
)  # fmt: skip
def test_a_specialty_is_found_in_three_languages_and_said_as_the_clinic_says_it(text: str, said: str, own: str) -> None:
    mention = found(text).specialty
    assert mention is not None
    assert (mention.text, mention.specialty) == (said, own)


@pytest.mark.parametrize(
    ("text", "name"),
    [("quero um retorno", "Retorno"), ("my follow ups", "Retorno"), ("约复诊", "Retorno"), ("a check up", "Check-up anual"), ("check-up anual", "Check-up anual"),
     ("年度体检", "Check-up anual"), ("an ultrasound", "Ultrassom"), ("uma consulta", "Consulta"), ("ultrasom", "Ultrassom")],
)  # fmt: skip
def test_an_appointment_type_is_found_by_any_of_its_names(text: str, name: str) -> None:
    assert names_of(found(text).appointment_type) == [name]


def test_any_visit_may_be_called_a_consultation() -> None:
    assert found("cancela minha consulta").appointment_type is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("na paulista", PLACES[0]), ("the downtown clinic", PLACES[1]), ("约朝阳分院", PLACES[2]), ("unidade paullista", PLACES[0])],
)
def test_a_location_is_found_by_what_tells_it_from_others(text: str, name: str) -> None:
    assert names_of(found(text).location) == [name]


@pytest.mark.parametrize(
    ("text", "said"),
    [("a dra Ana", "dra Ana"), ("same doc, dr fabian", "dr fabian"), ("還是方醫師", "方醫師"), ("Dr. Otávio Lins?", "Dr. Otávio Lins"), ("dr. igor's schedule", "dr. igor"),
     ("欧阳医生", "欧阳医生"), ("挂张小明大夫的号", "张小明大夫"), ("doctor nguyen on wednesday", "doctor nguyen")],
)  # fmt: skip
def test_a_name_after_a_title_is_said_even_where_nobody_is_known(text: str, said: str) -> None:
    assert found(text, known=NOBODY).provider == NameMention(said)


def test_two_clinics_of_one_revision_label_do_not_mix() -> None:
    other = KnownNames("clinic-1", named((("Dr. Ana Teles",),), 9))
    assert names_of(found("dra ana").provider) == ["Dra. Ana Souza"]
    assert names_of(found("dra ana", known=other).provider) == ["Dr. Ana Teles"]


def test_long_and_odd_texts_are_read_in_bounded_work() -> None:
    for text in ("dr " * 5000, "Silva " * 3000, "王" * 9000, "a" * 20000, "Dr. " + "J. " * 4000, "医生" * 4000):
        assert isinstance(found(text), FoundNames)
        assert isinstance(found(text, asked=True), FoundNames)


def test_every_name_of_the_own_cases_is_found() -> None:
    cases = Path(os.environ.get("MARCAI_SHARED", "../shared")) / "nlu" / "own_dev.jsonl"
    if not cases.exists():
        pytest.skip(f"no cases at {cases}; set MARCAI_SHARED")
    missed = []
    for line in cases.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        names = found(case["text"], known=NOBODY)
        for wanted, mention in ((case["provider_text"], names.provider), (case["specialty_text"], names.specialty)):
            if (wanted or "").lower() not in (mention.text.lower() if mention else ""):
                missed.append(case["id"])
    assert missed == []
