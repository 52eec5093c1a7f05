"""What the words of a refusal refuse: the day, the hour as too early or too late, or just this slot. Pure.

Understanding says that something was refused; against what is on the table, these few wordings say what of it. They stand here and not
in the lexicon of understanding because they mean something only while a slot is offered.
"""

import re
from enum import StrEnum
from typing import Final

from marcai.kit.text import folded


class Refused(StrEnum):
    """What of an offered slot is refused."""

    DAY = "day"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    HOUR = "hour"
    PROVIDER = "provider"
    SLOT = "slot"


_WORDINGS: Final[dict[Refused, tuple[str, ...]]] = {
    Refused.TOO_EARLY: (
        r"(muito|tao|mt|mto|bem|meio) cedo|cedo de ?mais|mais (adiante|pra frente)",
        r"mais (pra |para )?tarde\b",
        r"mais (pro|para o) (fim|final)",
        r"(too|so|bit|very) early",
        r"\blater\b(?! (this|that|in the) (week|month))",
        r"太早|早了|晚一?点|晚些|迟一?点|再晚|往后",
    ),
    Refused.TOO_LATE: (
        r"(muito|tao|mt|mto|bem|meio) tarde|tarde de ?mais",
        r"mais cedo(?! possivel)",
        r"antes disso",
        r"(too|so|bit|very) late",
        r"\bearlier\b",
        r"\bsooner\b",
        r"太晚|晚了|早一?点(?!儿?也?可以)|早些|再早|提前",
    ),
    Refused.DAY: (
        r"(ess|est|naquel|aquel)[ea] (dia|data)",
        r"ness[ea] (dia|data)|nest[ea] (dia|data)",
        r"outr[ao] (dia|data)",
        r"(that|this|another|other|different) (day|date)",
        r"[那这]一?天|换一?个?[天日]|别的(日子|天|日期)|改天|另一天|其他(日|天)",
    ),
    Refused.PROVIDER: (
        r"outr[ao] (medic|doutor|profission|dentist|especialist)",
        r"(another|other|different) (doctor|provider|dentist|physician)",
        r"(someone|somebody) else",
        r"换一?[个位]?(医生|大夫)|(别的|其他|另一[个位]|另外一[个位])(医生|大夫)",
    ),
    Refused.HOUR: (
        r"(ess|est|ness|nest)e horario",
        r"outr[ao]s? (horario|hora)",
        r"(that|this|another|other|different) times?\b",
        r"[那这]个?(时间|点|时段)|换个?(时间|点|时段)|别的时间|其他时间",
    ),
}
_PATTERNS: Final = tuple((what, re.compile("|".join(wordings))) for what, wordings in _WORDINGS.items())


def refused_in(text: str) -> Refused | None:
    """Return what the words refuse of an offer, None when they name nothing of it."""
    plain = folded(text)
    return next((what for what, pattern in _PATTERNS if pattern.search(plain)), None)
