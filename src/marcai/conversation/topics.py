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
    "provider": (
        r"\b(quem|que) e (ela|ele|ess[ea]|a dra|o dr|a doutora|o doutor)\b",
        r"(ela|ele|dra?|doutora?)\b.{0,24}\b(trata|atende o que|e especialista)",
        r"(o que|de que|em que) (e que )?(ela|ele|a dra|o dr)|especialidade d(ela|ele|a dra|o dr|a doutora|o doutor)",
        r"\bwho(\'s| is| are)? (she|he|this|that|dr|doctor)\b",
        r"what (does|do|kind|is).{0,24}\b(treat|speciali[sz]e|specialty of|her specialty|his specialty)",
        r"[她他]是谁|(医生|大夫|[她他])(是|主要)?(看|治|擅长|专长|主治)(的是)?(什么|哪)|(医生|大夫)是(谁|哪个?科|什么科)|[她他]是(哪个?|什么)科",
    ),
    "specialties": (
        r"especialidades|(quais|que) (areas|especialidade)",
        r"specialt(y|ies)\b|specialities",
        r"(哪些|什么|哪几个?)(科室?|专科)|有哪些科|科室",
    ),
    "types": (
        r"(quais|que).{0,20}(servic|exame|tipos?\b)",
        r"(what|which).{0,20}(service|treatments?\b)",
        r"(哪些|什么)(服务|项目)",
    ),
    "about": (
        r"(informac|falar?|sabe).{0,12} (sobre|da|d[ae] ) ?(a )?clinica",
        r"(about|information on|info on) (the|your) (clinic|practice)",
        r"(介绍|了解)(一下)?(你们|诊所|贵)|诊所的?(情况|信息|介绍)",
    ),
    "unknown": (
        r"estacionamento|vaga (de|para) carro|manobrista|wi-?fi|acessib|cadeira de rodas|elevador|cartao de credito|parcela|\bpix\b",
        r"parking|\bpark\b|valet|wheelchair|elevator|\blift\b|credit card|pay by|payment",
        r"停车|车位|无线网|轮椅|电梯|刷卡|支付|付款",
    ),
    "price": (
        r"\bpreco|unimed|bradesco|amil\b|particular\b|quanto (custa|fica|e\b)|\bvalor|convenio|\bplanos?\b|\baceita",
        r"insurance|\bcover(ed|age|s)?\b|price|\bcosts?\b|how much|\bfees?\b",
        r"多少钱|费用|价格|医保|保险|收费",
    ),
}
_PATTERNS: Final = tuple((topic, re.compile("|".join(wordings))) for topic, wordings in _TOPICS.items())
_OF_ALL: Final = frozenset({"providers", "specialties", "types"})
_BESIDE_THE_CALENDAR: Final = frozenset({"unknown", "price", "provider", "specialties"})


def topics_in(plain: str) -> list[str]:
    """Return what of the clinic a folded text asks for. Who asks about one person does not ask for all of them."""
    found = [topic for topic, pattern in _PATTERNS if pattern.search(plain)]
    return [topic for topic in found if topic not in _OF_ALL] if "provider" in found else found


def asks_beside_the_calendar(plain: str) -> bool:
    """Say whether a folded text asks what no calendar knows, or about a person: "is parking available?", "what does she treat?"."""
    return not _BESIDE_THE_CALENDAR.isdisjoint(topics_in(plain))
