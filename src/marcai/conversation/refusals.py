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


_WORDINGS: Final[tuple[tuple[Refused, str], ...]] = (
    (
        Refused.TOO_EARLY,
        r"(muito|tao|mt|mto) cedo|mais (pra |para )?tarde\b|mais (pro|para o) fim|too early|so early|bit early|\blater\b(?! (this|that) week)"
        r"|太早|晚一?点|晚些|迟一?点|再晚|往后|早了",
    ),
    (
        Refused.TOO_LATE,
        r"(muito|tao|mt|mto|bem) tarde|mais cedo|antes disso|too late|so late|bit late|\bearlier\b|\bsooner\b|太晚|早一?点|早些|再早|提前|晚了",
    ),
    (
        Refused.DAY,
        r"(esse|nesse|este|neste|naquele|aquele) dia|outr[ao] dia|outra data|(that|this) day|(an)?other day|different day|other date|different date"
        r"|that date|(那|这)(一)?天|换(一|个)?(天|日)|别的(日子|天|日期)|改天|另一天|其他日",
    ),
    (
        Refused.PROVIDER,
        r"outr[ao] (medic|doutor|profission|dentist)\w*|(an)?other (doctor|provider|dentist|physician)|different (doctor|provider|physician)"
        r"|someone else|somebody else|换(一?个|一?位)?(医生|大夫)|(别的|其他|另一个|另外一个|另一位)(医生|大夫)",
    ),
    (
        Refused.HOUR,
        r"(esse|nesse|este|neste) horario|outr[ao]s? (horario|hora)s?|(that|this) time|(an)?other times?|different times?|(那|这)个(时间|点)|换个(时间|点)|别的时间|其他时间",
    ),
)
_PATTERNS: Final = tuple((what, re.compile(wording)) for what, wording in _WORDINGS)


def refused_in(text: str) -> Refused | None:
    """Return what the words refuse of an offer, None when they name nothing of it."""
    plain = folded(text)
    return next((what for what, pattern in _PATTERNS if pattern.search(plain)), None)
