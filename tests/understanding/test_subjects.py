"""Which visit a time speaks of. Times stand in brackets; S is one of a visit that exists, W a wish."""

import re
from datetime import date

import pytest

from marcai.understanding.cues import find
from marcai.understanding.folding import aligned
from marcai.understanding.intents import Surroundings, read_intents, without_contained
from marcai.understanding.lexicons import lexicon_of
from marcai.understanding.meaning import TimeMention
from marcai.understanding.subjects import split_times
from tests.understanding.reading import LANGUAGES

CASES = (
    ("pt", "quero remarcar a consulta de [terça], [dia 10 de março às 10h] para [quarta]", "SSW"),
    ("pt", "preciso remarcar minha consulta, não vou conseguir ir na [quinta]. Pode ser [dia 10, de manhã]?", "SW"),
    ("pt", "minha consulta de [quinta] pode passar pra [sexta]?", "SW"),
    ("pt", "remarca de [hoje] pra [amanhã de manhã] por favor", "SW"),
    ("pt", "preciso remarcar pra [quinta q vem]", "W"),
    ("pt", "cancela a de [terça] e marca outra pra [quinta]", "SW"),
    ("pt", "quero cancelar a consulta de [quinta]", "S"),
    ("pt", "tenho alguma consulta [sáb de manhã]?", "S"),
    ("pt", "tem vaga [sábado]?", "W"),
    ("pt", "tenho consulta [dia 12], queria marcar outra pro [dia 20]", "SW"),
    ("pt", "consegue passar meu retorno das [14h] pras [16h]", "SW"),
    ("pt", "em vez de [terça] pode ser [quarta]?", "SW"),
    ("pt", "remarcar pra [sexta] a minha consulta de [quarta]", "WS"),
    ("pt", "minha consulta é [dia 12] mas preciso que seja [dia 19]", "SW"),
    ("en", "I can't make it on [Wednesday], could we move my appointment to [Tuesday March 10]?", "SW"),
    ("en", "I'd like to move my appointment on [Tuesday] to [Friday, March 6]", "SW"),
    ("en", "move me from [today] to [tomorrow at half past eight]", "SW"),
    ("en", "can you bump my appointment to [this monday]", "W"),
    ("en", "reschedule my [friday] appointment to [monday]", "SW"),
    ("en", "my [3pm] on [thursday], can we push it to [friday]?", "SSW"),
    ("en", "is it possible to come [wednesday] instead of [tuesday]?", "WS"),
    ("en", "cancel my [tuesday] one and book me for [thursday]", "SW"),
    ("en", "what time is my scan on [the 8th]?", "S"),
    ("en", "can I change [Monday at 9] to [Wednesday at 2]?", "SW"),
    ("zh", "把[周四]的预约改到[周五]", "SW"),
    ("zh", "我[周五]来不了，预约能改到[3月10号星期二上午]吗？", "SW"),
    ("zh", "改到[明天9:15]行吗", "W"),
    ("zh", "把[今天]的改到[明天上午]", "SW"),
    ("zh", "取消[周三]的，另外约[周五]", "SW"),
    ("zh", "[明天]的号帮我退了吧", "S"),
    ("zh", "我想改期，原来是[15号]", "S"),
    ("zh", "从[周一]改成[周三]", "SW"),
    ("zh", "我[8号]的检查是几点来着", "S"),
)


def marked(text: str) -> tuple[str, list[TimeMention]]:
    plain = ""
    mentions: list[TimeMention] = []
    for part in re.split(r"(\[[^\]]+\])", text):
        words = part.strip("[]")
        if part.startswith("["):
            mentions.append(TimeMention(words, len(plain), len(plain) + len(words), date(2026, 3, len(mentions) + 5)))
        plain += words
    return plain, mentions


@pytest.mark.parametrize(("lang", "text", "expected"), CASES)
def test_a_time_belongs_to_the_visit_that_exists_or_to_the_one_to_come(lang: str, text: str, expected: str) -> None:
    plain, mentions = marked(text)
    folded = aligned(plain)
    hits = without_contained([hit for hit in find(folded, lexicon_of(LANGUAGES[lang])) if hit.weight != 1.0 or hit.label == "book"])
    starts = tuple(mention.start for mention in mentions)
    wanted = read_intents(folded, hits, Surroundings(None, None, starts, named=False, mostly_time=False, left_open=False))
    wishes, subjects = split_times(folded, mentions, [(r.intent, r.start, r.end) for r in wanted.readings], hits, asked=None)
    assert "".join("S" if mention in subjects else "W" for mention in mentions) == expected
    assert len(wishes) + len(subjects) == len(mentions)


def test_the_answer_to_which_appointment_names_one_that_exists() -> None:
    plain, mentions = marked("a de [terça às 10h]")
    assert split_times(plain, mentions, [], [], asked="appointment") == ((), tuple(mentions))
