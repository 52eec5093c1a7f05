"""Answers: yes and no, choices, what is left open, repeats, goodbyes, and the wish for another language."""

import pytest

from marcai.understanding.language import detect
from marcai.understanding.meaning import Language
from tests.understanding.reading import read

YES = (
    ("pt", "sim, pode agendar"),
    ("pt", "pode ser"),
    ("pt", "isso, combinado"),
    ("pt", "tá ótimo assim"),
    ("pt", "sem problema"),
    ("pt", "pode cancelar"),
    ("pt", "ok"),
    ("en", "yes go ahead"),
    ("en", "that works for me"),
    ("en", "sounds perfect"),
    ("en", "no problem, book it"),
    ("en", "sure, why not"),
    ("en", "cancel it please"),
    ("zh", "好的，帮我约上"),
    ("zh", "行"),
    ("zh", "沒問題"),
    ("zh", "可以，就这个"),
    ("zh", "是的，取消吧"),
)
NO = (
    ("pt", "não, esse não serve"),
    ("pt", "deixa pra lá"),
    ("pt", "nao quero esse"),
    ("pt", "não, obrigada"),
    ("pt", "claro que não"),
    ("pt", "ok, melhor não"),
    ("en", "no, that one doesn't work"),
    ("en", "never mind"),
    ("en", "none of those"),
    ("en", "i don't think so"),
    ("en", "something later please"),
    ("zh", "不行，这个不合适"),
    ("zh", "算了"),
    ("zh", "换个时间吧，这个不行"),
    ("zh", "嗯，还是不要了"),
)


@pytest.mark.parametrize(("lang", "text"), YES)
def test_a_yes_is_a_yes(lang: str, text: str) -> None:
    assert read(text, lang, "confirmation").answer == "yes"


@pytest.mark.parametrize(("lang", "text"), NO)
def test_a_no_is_a_no(lang: str, text: str) -> None:
    assert read(text, lang, "confirmation").answer == "no"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("pt", "quero marcar com qualquer médico, pode ser de tarde?"),
        ("pt", "não sei"),
        ("en", "is that ok to book on friday?"),
        ("en", "i'm not sure"),
        ("zh", "这个可以报销吗"),
        ("zh", "不知道"),
    ],
)
def test_a_question_or_a_doubt_is_no_answer(lang: str, text: str) -> None:
    assert read(text, lang, "confirmation").answer is None


def test_cancel_it_is_a_yes_only_where_something_is_to_be_confirmed() -> None:
    assert read("cancela, por favor", "pt").answer is None
    assert read("cancela, por favor", "pt").intent.value == "cancel"
    assert read("cancela, por favor", "pt", "confirmation").answer == "yes"


@pytest.mark.parametrize(
    ("lang", "text", "number"),
    [
        ("pt", "a segunda", 2),
        ("pt", "o último", -1),
        ("pt", "opção 3", 3),
        ("pt", "2", 2),
        ("pt", "a primeira, por favor", 1),
        ("en", "the second one", 2),
        ("en", "the last one", -1),
        ("en", "option 1", 1),
        ("zh", "第二个", 2),
        ("zh", "最后一个", -1),
    ],
)
def test_a_choice_from_a_list_is_a_number(lang: str, text: str, number: int) -> None:
    assert read(text, lang, "appointment").ordinal == number


def test_a_weekday_is_no_choice_where_no_list_was_offered() -> None:
    assert read("a segunda", "pt", "date").ordinal is None


@pytest.mark.parametrize(
    ("lang", "text", "asked", "left_open"),
    [
        ("pt", "qualquer médico", None, "any_provider"),
        ("pt", "tanto faz", "provider", "any_provider"),
        ("pt", "tanto faz", "date", "any_day"),
        ("pt", "qualquer dia", "date", "any_day"),
        ("pt", "qualquer hora", "time", "any_time"),
        ("pt", "o quanto antes", None, "earliest"),
        ("pt", "o primeiro horário disponível", None, "earliest"),
        ("en", "any doctor is fine", "provider", "any_provider"),
        ("en", "doesn't matter which doctor", None, "any_provider"),
        ("en", "any day works", "date", "any_day"),
        ("en", "whenever", "time", "any_time"),
        ("en", "first available", None, "earliest"),
        ("en", "as soon as possible", "date", "earliest"),
        ("zh", "哪个医生都行", "provider", "any_provider"),
        ("zh", "哪天都可以", "date", "any_day"),
        ("zh", "几点都行", "time", "any_time"),
        ("zh", "最早的", None, "earliest"),
        ("zh", "随便", "time", "any_time"),
    ],
)
def test_what_is_left_to_the_clinic_is_heard(lang: str, text: str, asked: str | None, left_open: str) -> None:
    assert getattr(read(text, lang, asked), left_open) is True


@pytest.mark.parametrize(("lang", "text"), [("pt", "não entendi, repete?"), ("en", "sorry, say that again"), ("zh", "没听清，再说一遍")])
def test_a_wish_to_hear_it_again_is_heard(lang: str, text: str) -> None:
    assert read(text, lang).wants_repeat


@pytest.mark.parametrize(
    ("lang", "text"), [("pt", "obrigado, era só isso"), ("en", "thanks, bye"), ("zh", "谢谢，再见"), ("pt", "não, obrigado")]
)
def test_a_goodbye_closes(lang: str, text: str) -> None:
    assert read(text, lang).closes


@pytest.mark.parametrize(
    ("lang", "text"), [("pt", "quero marcar quinta, obrigado"), ("en", "book me in please, thanks"), ("zh", "帮我约周六，谢谢")]
)
def test_thanks_after_a_request_do_not_close(lang: str, text: str) -> None:
    assert not read(text, lang).closes


@pytest.mark.parametrize(
    ("lang", "text", "wish"),
    [
        ("pt", "can we speak English?", Language.EN),
        ("en", "em português por favor", Language.PT),
        ("en", "说中文", Language.ZH),
        ("zh", "可以说英文吗", Language.EN),
        ("en", "in portuguese please", Language.PT),
        ("pt", "English please", Language.EN),
    ],
)
def test_a_wish_for_another_language_is_heard(lang: str, text: str, wish: Language) -> None:
    assert read(text, lang).language_wish is wish


@pytest.mark.parametrize(
    ("talk", "text"),
    [
        (Language.PT, "ok"),
        (Language.PT, "check-up"),
        (Language.PT, "John Smith"),
        (Language.PT, "12/03"),
        (Language.PT, "yes"),
        (Language.EN, "Dra. Ana Souza"),
        (Language.EN, "Maria"),
        (Language.EN, "10:30"),
        (Language.EN, "李伟"),
        (Language.ZH, "ok"),
        (Language.ZH, "我想约 Dr. Smith 的 check-up"),
        (Language.ZH, "3"),
    ],
)
def test_a_loan_word_a_name_or_a_number_keeps_the_talk_in_its_language(talk: Language, text: str) -> None:
    assert detect(text, talk=talk) is talk


@pytest.mark.parametrize(
    ("talk", "text", "language"),
    [
        (Language.PT, "sorry, can you help me book an appointment", Language.EN),
        (Language.EN, "quero marcar uma consulta", Language.PT),
        (Language.EN, "你好，我想预约", Language.ZH),
        (Language.ZH, "i would like to cancel my visit", Language.EN),
        (None, "bom dia", Language.PT),
    ],
)
def test_words_of_another_language_change_the_talk(talk: Language | None, text: str, language: Language) -> None:
    assert detect(text, talk=talk) is language
