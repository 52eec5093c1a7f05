"""Brazilian Portuguese, by the ways in which libraries fail. It is Monday, 23 November 2026, ten o'clock."""

from datetime import date, datetime, time, timedelta

import pytest

from marcai.conversation.phrasing import portuguese as our_phrases
from marcai.understanding.dates.finder import find_times
from marcai.understanding.meaning import Language
from marcai.understanding.serial import when_json
from tests.understanding.dates.cases import MONDAY, only, reader

values = reader(Language.PT)

CLOCKS = [time(hour, minute) for hour in range(7, 22) for minute in (0, 5, 10, 15, 30, 45, 50)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("amanhã", "2026-11-24"),
        ("amanha", "2026-11-24"),
        ("amh", "2026-11-24"),
        ("hj", "2026-11-23"),
        ("dps de amanhã", "2026-11-25"),
        ("na quinta-feira", "2026-11-26"),
        ("5ª feira", "2026-11-26"),
        ("na 5a", "2026-11-26"),
        ("pode ser 5ª de manhã", {"date": "2026-11-26", "part": "morning"}),
        ("qui", "2026-11-26"),
        ("dia treze de dezembro", "2026-12-13"),
        ("dia 13/12", "2026-12-13"),
        ("13.12.2026", "2026-12-13"),
        ("13-12 às 14h", "2026-12-13T14:00"),
        ("treze do doze", "2026-12-13"),
        ("13 de dez", "2026-12-13"),
        ("quinta agora", "2026-11-26"),
        ("dia primeiro de dezembro", "2026-12-01"),
        ("dia 5 do mês que vem", "2026-12-05"),
        ("mês que vem, dia 5", "2026-12-05"),
        ("quinta da semana que vem", "2026-12-03"),
        ("dois de março de dois mil e vinte e sete", "2027-03-02"),
    ],
)
def test_days_are_heard_however_they_are_written(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("às quinze horas", "15:00"),
        ("as quinze e trinta", "15:30"),
        ("vinte e duas e quinze", "22:15"),
        ("três e meia da tarde", "15:30"),
        ("meio-dia e meia", "12:30"),
        ("zero hora e dez minutos", "00:10"),
        ("quinze pras três da tarde", "14:45"),
        ("dez pro meio-dia", "11:50"),
        ("um quarto para as nove da manhã", "08:45"),
        ("umas 9 da manhã", "09:00"),
        ("lá pelas cinco da tarde", "17:00"),
        ("por volta das 16h", "16:00"),
        ("14 hs", "14:00"),
        ("14h05min", "14:05"),
        ("oito em ponto", "08:00"),
        ("uma da tarde", "13:00"),
        ("à uma e meia da tarde", "13:30"),
        ("quinta tres da tarde", "2026-11-26T15:00"),
        ("amanha dez e meia", "2026-11-24T10:30"),
        ("às 11 da noite de quinta", "2026-11-26T23:00"),
        ("hoje à meia-noite", "2026-11-24T00:00"),
    ],
)
def test_hours_are_heard_in_words_and_digits(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("às 3 de quinta", ("2026-11-26T15:00", "2026-11-26T03:00")),
        ("às 9h de quinta", ("2026-11-26T09:00", "2026-11-26T21:00")),
    ],
)
def test_an_unsaid_half_of_the_day_keeps_both(said: str, meant: tuple[str, str]) -> None:
    mention = only(said, Language.PT)
    assert (when_json(mention.value), *map(when_json, mention.alternatives)) == meant
    assert mention.question == "am_or_pm"


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("de manhã", "morning"),
        ("na parte da tarde", "afternoon"),
        ("no fim da tarde", "afternoon"),
        ("começo da noite", "evening"),
        ("à noitinha", "evening"),
        ("depois do almoço", "afternoon"),
    ],
)
def test_parts_of_the_day_stand_alone_or_with_a_day(said: str, part: str) -> None:
    assert values(said) == [{"date": None, "part": part}]
    assert values(f"quinta {said}") == [{"date": "2026-11-26", "part": part}]


def test_early_is_the_morning_only_of_a_day() -> None:
    assert values("amanhã cedo") == [{"date": "2026-11-24", "part": "morning"}]
    assert values("esse horário é muito cedo") == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("a primeira semana de fevereiro", ["2027-02-01", "2027-02-08"]),
        ("o último sábado do mês", "2026-11-28"),
        ("segunda terça do mês que vem", "2026-12-08"),
        ("mês que vem, na primeira segunda", "2026-12-07"),
        ("último fim de semana de janeiro", ["2027-01-30", "2027-02-01"]),
        ("segunda quinzena de janeiro", ["2027-01-16", "2027-02-01"]),
        ("semana do dia 18", ["2026-12-14", "2026-12-21"]),
        ("primeiro dia útil de janeiro", "2027-01-01"),
    ],
)
def test_an_ordinal_counts_days_weeks_and_weekends(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("daqui a quinze dias", "2026-12-08"),
        ("daqui uns 15 dias", "2026-12-08"),
        ("daqui a meia hora", "2026-11-23T10:30"),
        ("em uma hora e meia", "2026-11-23T11:30"),
        ("segunda daqui a duas semanas", "2026-12-07"),
        ("daqui a duas sextas", "2026-12-04"),
        ("dois dias antes do natal", "2026-12-23"),
        ("no sábado depois do feriado de 25 de dezembro", "2026-12-26"),
        ("véspera de natal", "2026-12-24"),
        ("véspera do dia 13 de dezembro", "2026-12-12"),
        ("quarta-feira de cinzas", "2027-02-10"),
        ("treze de maio", "2027-05-13"),
        ("três dias atrás", "2026-11-20"),
    ],
)
def test_days_are_reckoned_with(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("semana que vem, quarta ou quinta", ["2026-12-02", "2026-12-03"]),
        ("quarta ou quinta da semana que vem", ["2026-12-02", "2026-12-03"]),
        ("3 de janeiro do ano que vem às 9h", ["2027-01-03T09:00"]),
        ("segundo trimestre de 2027", [["2027-04-01", "2027-07-01"]]),
        ("segunda de carnaval", ["2027-02-08"]),
        ("15 de março, 9 da manhã", ["2027-03-15T09:00"]),
        ("duas semanas a partir de hoje", ["2026-12-07"]),
        ("2 dias depois de amanhã", ["2026-11-26"]),
    ],
)
def test_what_stands_beside_a_day_settles_it(said: str, meant: list[object]) -> None:
    assert values(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("do dia 13 ao dia 15", ["2026-12-13", "2026-12-16"]),
        ("de 13 a 15 de dezembro", ["2026-12-13", "2026-12-16"]),
        ("de 28/12 a 02/01", ["2026-12-28", "2027-01-03"]),
        ("entre quarta e sexta", ["2026-11-25", "2026-11-28"]),
        ("de segunda a quarta da semana que vem", ["2026-11-30", "2026-12-03"]),
        ("das 14h às 16h", ["14:00", "16:00"]),
        ("das 7h às 19h", ["07:00", "19:00"]),
        ("das 7 às 8 da noite", ["19:00", "20:00"]),
        ("entre as duas e as quatro da tarde", ["14:00", "16:00"]),
        ("de uma às três da tarde", ["13:00", "15:00"]),
        ("das nove às dez e meia de quinta", ["2026-11-26T09:00", "2026-11-26T10:30"]),
        ("das 15h de sexta às 10h de sábado", ["2026-11-27T15:00", "2026-11-28T10:00"]),
        ("nos próximos dez dias", ["2026-11-24", "2026-12-04"]),
    ],
)
def test_ranges_have_two_sides(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("na sexta a partir do meio-dia", ["2026-11-27T12:00", None]),
        ("do meio-dia em diante", ["12:00", None]),
        ("depois das 17h30", ["17:30", None]),
        ("até as 17h", [None, "17:00"]),
        ("até sexta", [None, "2026-11-28"]),
        ("a partir de sexta", ["2026-11-27", None]),
        ("depois do dia 20", ["2026-12-21", None]),
        ("não pode ser antes das 10", ["10:00", None]),
        ("não consigo chegar antes das nove", ["09:00", None]),
        ("não posso depois das 16h", [None, "16:00"]),
    ],
)
def test_one_side_may_be_open(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("por uma hora a partir das 14h", ["14:00", "15:00"]),
        ("quinta às 14h por 45 minutos", ["2026-11-26T14:00", "2026-11-26T14:45"]),
        ("a partir das 9h durante duas horas e meia", ["09:00", "11:30"]),
        ("na quinta, a partir das 14h, por duas horas", ["2026-11-26T14:00", "2026-11-26T16:00"]),
        ("por uma hora na quinta a partir das dez da manhã", ["2026-11-26T10:00", "2026-11-26T11:00"]),
        ("1h30 a partir das 10h", ["10:00", "11:30"]),
    ],
)
def test_a_start_and_a_length_are_a_range(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("quinta, não, sexta às dez da manhã", ["2026-11-27T10:00"]),
        ("na quinta nao na sexta", ["2026-11-27"]),
        ("dia trinta, quer dizer, dia treze", ["2026-12-13"]),
        ("sexta às 9h, não, às 11h da manhã", ["2026-11-27T11:00"]),
        ("quarta ou melhor quinta", ["2026-11-26"]),
        ("dia 30, digo, 13", ["2026-12-13"]),
        ("às duas, aliás, às três da tarde de quinta", ["2026-11-26T15:00"]),
    ],
)
def test_what_the_same_breath_corrects_does_not_come_back(said: str, meant: list[object]) -> None:
    assert values(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("qualquer dia menos sexta", []),
        ("semana que vem menos quarta", [["2026-11-30", "2026-12-07"]]),
        ("quinta não dá, pode ser sexta?", ["2026-11-27"]),
        ("não posso na quinta, prefiro sexta", ["2026-11-27"]),
        ("terça eu não posso, quarta às 10h da manhã serve", ["2026-11-25T10:00"]),
        ("nem quinta nem sexta", []),
        ("sábado não dá, domingo também não", []),
        ("de manhã, exceto na sexta", [{"date": None, "part": "morning"}]),
        ("não quero de manhã, quero à tarde", [{"date": None, "part": "afternoon"}]),
        ("ao invés das 9h pode ser às 11h da manhã", ["11:00"]),
    ],
)
def test_days_that_are_not_wanted_are_marked(said: str, meant: list[object]) -> None:
    assert values(said) == meant
    assert any(mention.excluded for mention in find_times(said, Language.PT, MONDAY))


@pytest.mark.parametrize(
    "said",
    [
        "quero uma segunda opinião",
        "preciso da segunda via da receita",
        "é a quarta vez que eu ligo",
        "vou ter que remarcar",
        "ele vai ter alta",
        "moro perto do mar",
        "meu nome é Augusto Março Ferreira",
        "a dra. Domingos está?",
        "tenho 35 anos",
        "meu bebê de 6 meses",
        "estou com dor há 3 dias",
        "pressão 12 por 8",
        "tomo de 8 em 8 horas",
        "custa R$ 10?",
        "são 250 reais",
        "meu número é 11 98765-4321",
        "versão 2.5",
        "rua Sete de Setembro, 120",
        "avenida Nove de Julho 1500",
        "às vezes dói",
        "fique à vontade",
        "a uma consulta",
        "somos 3",
        "as duas coisas",
        "nenhuma das duas",
        "tenho nota entre 3 e 10",
        "bom dia, boa tarde e boa noite",
        "feliz ano novo",
        "mais tarde eu ligo",
        "pode ser a segunda",
        "atende 24 horas?",
        "tanto faz o dia",
        "moro na 2",
        "quero mais 2",
        "diabetes tipo 2",
        "o sexto sentido",
        "um ótimo final de semana pra vocês",
        "minha mãe está sem febre",
        "moro no Rio de Janeiro",
        "no terceiro trimestre da gravidez",
    ],
)
def test_what_only_looks_like_a_time_is_none(said: str) -> None:
    assert find_times(said, Language.PT, MONDAY) == []


def _clock(value: time) -> str:
    return f"{value.hour}h{value.minute:02d}" if value.minute else f"{value.hour}h"


def _days(value: date) -> list[str]:
    named = f"{value.day} de {our_phrases.MONTHS[value.month - 1]}"
    feira = "" if value.weekday() > 4 else "-feira"
    return [f"{our_phrases.WEEKDAYS[value.weekday()]}{feira}, dia {named}", f"dia {named}", f"{value:%d/%m/%Y}", f"no dia {named}"]


def test_every_day_of_a_year_is_heard_in_a_sentence() -> None:
    for ahead in range(364):
        day = MONDAY.date() + timedelta(days=ahead)
        for said in [*_days(day), our_phrases.day(day)]:
            for sentence in ("{}", "quero marcar consulta {} com a Dra. Ana", "preciso remarcar a de {} por favor"):
                assert values(sentence.format(said)) == [day.isoformat()], sentence.format(said)


def test_every_span_of_days_is_heard() -> None:
    for ahead in range(1, 300, 3):
        for length in (1, 4, 12, 40):
            first = MONDAY.date() + timedelta(days=ahead)
            last = first + timedelta(days=length)
            said = f"quero marcar entre {_days(first)[1]} e {_days(last)[1]}"
            assert values(said) == [[first.isoformat(), (last + timedelta(days=1)).isoformat()]], said


def test_every_clock_time_is_heard_behind_a_day() -> None:
    for number, clock in enumerate(CLOCKS):
        day = MONDAY.date() + timedelta(days=1 + number)
        for said in _days(day):
            sentence = f"quero marcar {said} {'à' if clock.hour == 1 else 'às'} {_clock(clock)}"
            assert values(sentence) == [f"{day}T{clock:%H:%M}"], sentence


def test_every_span_of_the_day_is_heard() -> None:
    for low in CLOCKS:
        assert values(f"a partir das {_clock(low)}") == [[f"{low:%H:%M}", None]]
        assert values(f"antes das {_clock(low)}") == [[None, f"{low:%H:%M}"]]
        for high in CLOCKS:
            if low < high:
                said = f"quero dia 12 de março entre {_clock(low)} e {_clock(high)}"
                assert values(said) == [[f"2027-03-12T{low:%H:%M}", f"2027-03-12T{high:%H:%M}"]], said


def test_what_we_say_ourselves_comes_back() -> None:
    for number, clock in enumerate(CLOCKS):
        start = datetime.combine(MONDAY.date() + timedelta(days=1 + 3 * number), clock)
        assert values(our_phrases.moment(start)) == [start.isoformat(timespec="minutes")], our_phrases.moment(start)
