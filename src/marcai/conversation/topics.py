"""What of the clinic a question asks for: a few wordings in three languages. Pure."""

import re
from typing import Final

_TOPICS: Final[dict[str, tuple[str, ...]]] = {
    "address": (
        r"endereco|onde (fica|e\b|voces)|como chego|localiza",
        r"\baddress|\bwhere\b|located|directions",
        r"地址|在哪|哪里|怎么走|怎么去",
    ),
    "hours": (
        r"horario de (funcion|atend)",
        r"que horas (voces )?(abre|fecha|atende)",
        r"\b(abr|fech)(e|em|ir|ar)\b|abert[oa]|fechad[oa]|funciona",
        r"\bhours\b|\bopen|\bclose",
        r"营业|开门|关门|上班|下班|几点[开关]|开到|门诊时间",
    ),
    "phone": (r"telefone|numero d[ae]|whats|\bligar\b", r"\bphone|\bcall\b|number", r"电话|号码|联系"),
    "providers": (
        r"(quais|que|quem|tem).{0,24}(medic|doutor|profission|especialist)",
        r"(who|which).{0,20}(doctor|provider|physician)",
        r"(哪些|有什么|有哪|几位)(医生|大夫)",
    ),
    "types": (
        r"(quais|que).{0,20}(servic|exame|tipos?|especialidade)",
        r"(what|which).{0,20}(service|specialt|treat)",
        r"(哪些|什么)(服务|项目|科)",
    ),
    "price": (
        r"\bpreco|quanto (custa|fica|e\b)|\bvalor|convenio|\bplanos?\b|\baceita",
        r"insurance|price|\bcosts?\b|how much|\bfees?\b",
        r"多少钱|费用|价格|医保|保险|收费",
    ),
}
_PATTERNS: Final = tuple((topic, re.compile("|".join(wordings))) for topic, wordings in _TOPICS.items())


def topics_in(plain: str) -> list[str]:
    """Return what of the clinic a folded text asks for."""
    return [topic for topic, pattern in _PATTERNS if pattern.search(plain)]
