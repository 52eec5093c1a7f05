"""Emergencies: looked for before anything else, by words alone, so that the answer does not wait for anything that may be down."""

import re
from typing import Final

from marcai.kit.text import folded
from marcai.understanding.meaning import Language

NUMBERS: Final[dict[str, str]] = {
    "BR": "192",
    "CA": "911",
    "US": "911",
    "CN": "120",
    "PT": "112",
    "HK": "999",
    "TW": "119",
    "GB": "999",
    "MX": "911",
}
EUROPE: Final = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL NO PL RO SE SI SK CH IS".split())
_BY_LANGUAGE: Final = {Language.PT: "192", Language.EN: "911", Language.ZH: "120"}
"""What is named when not even the clinic's country can be found out."""

_SIGNS: Final = re.compile(
    "|".join(
        (
            # Portuguese
            r"dor(es)?( muito)?( forte| intensa| aguda)? ?(n[oa]|d[oe]) peito|aperto no peito|peito (esta )?(doendo|apertad)",
            r"\binfart|(tendo|tive|teve|sofrendo) (um )?(avc|derrame)\b",
            r"nao (consigo|consegue|ta conseguindo|to conseguindo|esta conseguindo|estou conseguindo) respirar",
            r"falta de ar|sem ar\b|sufocand|engasgad|parou de respirar",
            r"desmai(ei|ou|ad|and)|inconscient|convuls(ao|ionand)|perdeu (a consciencia|os sentidos)",
            r"sangr(ando|amento) (muito|demais)|muito sangue|hemorragia|sangramento (forte|intenso|que nao para)",
            r"suicid|me matar|tirar (a )?minha (propria )?vida|overdose|envenenad|envenenament",
            r"(e|eh|uma) (uma )?emergencia\b|emergencia medica|preciso de (uma )?ambulancia|chama(r|ndo)? (uma |a )?ambulancia",
            # English
            r"chest (pain|hurts|tight)|(pain|tight(ness)?|pressure) in (my|the|his|her) chest|heart attack|having a stroke",
            r"(can'?t|cannot|can not|trouble|difficulty|struggling to) breath|short(ness)? of breath|not breathing|choking",
            r"passed out|unconscious|\bfainted|having a seizure|a seizure\b",
            r"(bleeding|blood) (heavily|badly|a lot|everywhere|won'?t stop)|won'?t stop bleeding|severe bleeding",
            r"kill myself|end my life|overdose|(been|was|am) poisoned",
            r"(it'?s|is|this is|medical|have) an? emergency|medical emergency|(call|need) an ambulance|face (is )?drooping",
            # Chinese
            r"胸[口部]?(很|好|非常|剧烈|突然)?(疼|痛|闷得)|胸口.{0,4}[疼痛]|心脏病发|心梗|心肌梗|(突然|可能|是)中风|脑卒中",
            r"喘不[过上]来?气|呼吸困难|不能呼吸|无法呼吸|没法呼吸|透不过气",
            r"昏迷|晕倒|昏倒|失去意识|抽搐|大出血|流血不止|血流不止|止不住血|一直流血",
            r"自杀|不想活|想死|中毒了|食物中毒|救命|救护车|紧急情况|医疗紧急|需要急救",
        )
    )
)
_NOT_MEANT: Final = re.compile(
    r"nao (e|eh) (uma )?emergencia|sem emergencia|not an? emergency|isn'?t an emergency|no emergency|不是(紧急|急诊|急救)|没有生命危险"
    r"|(nao|sem|nunca) (tenho |sinto |tive )?(dor(es)? no peito|falta de ar)|no (chest pain|shortness of breath)|没有(胸痛|呼吸困难)"
)


def looks_urgent(text: str) -> bool:
    """Say whether the words name signs of an emergency. Errs on the side of naming a number too often."""
    plain = folded(text).replace("’", "'")
    return _SIGNS.search(plain) is not None and _NOT_MEANT.search(plain) is None


def number_for(country: str | None, language: Language) -> str:
    """Return the emergency number of a country; of where the language is mostly spoken when the country is not known."""
    if country is None:
        return _BY_LANGUAGE[language]
    return NUMBERS.get(country.upper(), "112" if country.upper() in EUROPE else _BY_LANGUAGE[language])
