"""Wishes that are measured from a slot or a visit: "an hour later", "meia hora antes", 推迟一天. Pure.

Understanding measures such words from now, as it must where nothing else is known. While a slot is on the table, or a visit is being
moved, they are measured from that.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from marcai.kit.text import folded


@dataclass(frozen=True, slots=True)
class Shift:
    """How far from where, and where in the text the words stand. Later is positive; whole days keep the hour."""

    by: timedelta
    start: int
    end: int


_SPELLED: Final[dict[float, str]] = {
    0.5: "half an|half a|meia|半",
    1: "a|an|one|um|uma|一",
    2: "two|a couple of|dois|duas|umas duas|两|二",
    3: "three|a few|tres|三|几",
    4: "four|quatro|四",
    5: "five|cinco|五",
    6: "six|seis|六",
    7: "seven|sete|七",
    8: "eight|oito|八",
    9: "nine|nove|九",
    10: "ten|dez|uns dez|十",
    15: "fifteen|quinze|十五",
    20: "twenty|vinte|二十",
    30: "thirty|trinta|三十",
    40: "forty|quarenta|四十",
    45: "forty-five|quarenta e cinco|四十五",
}
_NUMBERS: Final = {word: number for number, words in _SPELLED.items() for word in words.split("|")} | {"": 1.0}
_UNITS: Final[tuple[tuple[str, timedelta], ...]] = (
    ("min", timedelta(minutes=1)),
    ("分", timedelta(minutes=1)),
    ("刻", timedelta(minutes=15)),
    ("quarter", timedelta(minutes=15)),
    ("h", timedelta(hours=1)),
    ("小时", timedelta(hours=1)),
    ("钟头", timedelta(hours=1)),
    ("da", timedelta(days=1)),
    ("di", timedelta(days=1)),
    ("天", timedelta(days=1)),
    ("日", timedelta(days=1)),
    ("w", timedelta(days=7)),
    ("s", timedelta(days=7)),
    ("周", timedelta(days=7)),
    ("星期", timedelta(days=7)),
    ("礼拜", timedelta(days=7)),
)
"""By how the unit's word begins, in all languages."""

_EN_COUNT: Final = (
    r"(?P<n>\d{1,3}|half an?|a couple of|a few|an?|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty(?:-five)?)"
)
_EN_UNIT: Final = r"(?P<u>minutes?|mins?|quarter of an hour|hours?|hrs?|h|days?|weeks?)(?P<half> and a half)?"
_PT_COUNT: Final = (
    r"(?P<n>\d{1,3}|meia|umas duas|uns dez|uma?|dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|quinze|vinte|trinta"
    r"|quarenta(?: e cinco)?)"
)
_PT_UNIT: Final = r"(?P<u>minut(?:inh)?os?|mins?|horas?|hs?|dias?|semanas?)(?P<half> e meia)?"
_ZH_AMOUNT: Final = r"(?P<n>\d{1,3}|[一两二三四五六七八九十半几]{0,3}?)个?(?P<half>半)?(?P<u>分钟?|刻钟|小时|钟头|天|日(?!子)|周|星期|礼拜)"
_PT_LATER: Final = r"(?:mais )?(?:pra |para )?(?:tarde|frente)|depois(?! d[aeo])|adiante"
_PT_PUT_OFF: Final = r"(?P<later>adi(?:ar?|e)|atras(?:ar?|e)|empurr(?:ar?|e))|(?P<sooner>adiant(?:ar?|e)|antecip(?:ar?|e))"
_ZH_PUT_OFF: Final = r"(?P<later>推迟|延后|延迟|往后[推挪延]?|后推|晚|迟|顺延)|(?P<sooner>提前|提早|往前[提挪]?|早)"
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_EN_COUNT} ?{_EN_UNIT} (?:later|after(?:wards?)?|forward|(?P<sooner>earlier|sooner|before))\b(?! th(?:is|at) (?:week|month))",
        rf"\b(?:push|postpone|delay|(?P<sooner>bring))\b(?: \w+){{0,6}}?(?: back| forward)? (?:by )?{_EN_COUNT} ?{_EN_UNIT}\b",
        rf"\b{_PT_COUNT} ?{_PT_UNIT} (?:{_PT_LATER}|(?P<sooner>(?:mais )?cedo|antes|mais para tras|pra tras))\b",
        rf"\b(?:{_PT_PUT_OFF})\b(?: \w+){{0,6}}? ?{_PT_COUNT} ?{_PT_UNIT}\b",
        rf"(?:{_ZH_PUT_OFF})个?{_ZH_AMOUNT}",
        rf"{_ZH_AMOUNT}(?:之后|(?P<sooner>之前))$",
        r"\b(?:(?:the|o|a|no|na) )?(?P<u>day|dia|week|semana) (?:after|seguinte)\b(?! (?:tomorrow|next))(?P<n>)",
        r"\b(?:the|a) following (?P<u>day|week)\b(?P<n>)",
        r"(?:第二|后一|次)(?P<u>[天日])(?P<n>)(?!子)",
        r"(?P<sooner>前一)(?P<u>天)(?P<n>)",
    )
)
_ARRIVING: Final = re.compile(r"\bcheg\w+|\barriv\w+|get there|show up|到(?:吗|院|诊所|达|场)|提前.{0,8}到|\blembr\w+|remind|提醒")
"""How long before a visit one should be there is a question about the clinic."""


def shift_in(text: str) -> Shift | None:
    """Return how much later or earlier the words wish something, None when they say no measure."""
    plain = folded(text)
    if _ARRIVING.search(plain):
        return None
    for pattern in _PATTERNS:
        found = pattern.search(plain)
        if found is not None:
            return _shift(found)
    return None


def _shift(found: re.Match[str]) -> Shift | None:
    said = found.groupdict()
    number = said["n"] or ""
    count = float(number) if number.isdigit() else _NUMBERS.get(number)
    unit = next((length for begins, length in _UNITS if said["u"].startswith(begins)), None)
    if count is None or unit is None:
        return None
    half = 0.5 if said.get("half") else 0.0
    if half and not number:
        count = 0.0
    amount = (count + half) * unit
    # Between a verb and its measure there may stand a day that is not part of it: "push my Thursday visit back by an hour".
    start = min(found.start("n"), found.start("u")) if number else found.start()
    return Shift(-amount if said.get("sooner") else amount, start, found.end())
