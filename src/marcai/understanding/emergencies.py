"""Figures that are red flags by themselves: blood pressure, fever, oxygen. Words that are stand in the lexicons.

Limits: a hypertensive crisis at 180 over 120, shock below 80, fever from 40 °C (104 °F), oxygen below 90 %, ten pills and more at once.
"""

import re

_PRESSURE = re.compile(
    r"(?:\bpressao\b|\bpa\b|\bbp\b|blood pressure|血压|高压)[^.!?。！？\n\d]{0,20}(\d{1,3})\s*(?:mmhg\s*)?(?:/|por|x|over|on|sobre|比|，?低压|, ?低压)\s*(\d{1,3})"
)
_FEVER = re.compile(
    r"(?:febre|febril|temperatura|fever|temp\b|temperature|发烧|发热|高烧|体温|烧到|烧)[^.!?。！？\n\d]{0,14}?(\d{2,3}(?:[.,]\d)?|quarenta|forty|四十)"
    r"|(\d{2,3}(?:[.,]\d)?|quarenta|四十)\s?(?:graus|degrees|degree|°|度|c\b|f\b)?\s?(?:de\s)?(?:febre|fever|高烧|发烧)"
)
_OXYGEN = re.compile(r"(?:saturacao|saturando|oxygen|spo2|o2|oximetro|血氧)[^.!?。！？\n\d]{0,20}(\d{2})\b(?!\s*(?:anos|years))")
_PILLS = re.compile(
    r"(?:tomei|tomou|engoli\w*|ingeri\w*|took|taken|swallowed|吃了|吞了|服了|吞下)[^.!?。！？\n\d]{0,12}(?:[1-9]\d|vinte|trinta|quarenta|twenty|thirty|forty|二十|三十|四十)"
    r"\s?(?!mg|ml|gotas|毫克|minut|分钟|hor)(?:[a-z]+\s){0,2}?(?:comprimidos?|capsulas?|pilulas?|pills?|tablets?|capsules?|片|粒|颗)"
)
_WORDS = {"quarenta": 40.0, "forty": 40.0, "四十": 40.0}


def vital_alarm(folded: str) -> tuple[int, int] | None:
    """Return where a figure stands that cannot wait, if there is one."""
    if not any(character.isdigit() for character in folded) and not any(word in folded for word in _WORDS):
        return None
    for match in _PRESSURE.finditer(folded):
        high, low = int(match[1]), int(match[2])
        if high < 30:  # "19 por 12": centimetres of mercury, as Brazilians say it
            high, low = high * 10, low * 10 if low < 20 else low
        if high >= 180 or 120 <= low < high or 30 <= high < 80:
            return match.span()
    for match in _FEVER.finditer(folded):
        said = match[1] or match[2]
        degrees = _WORDS.get(said) or float(said.replace(",", "."))
        if 40 <= degrees < 44 or 104 <= degrees < 112:
            return match.span()
    if taken := _PILLS.search(folded):
        return taken.span()
    for match in _OXYGEN.finditer(folded):
        if 40 <= int(match[1]) < 90:
            return match.span()
    return None
