"""Chinese numerals and what stands behind them: hours, days, months, years and quantities of time.

A number without a word of time behind it is no time; the few places where it is are named in `chinese.py`.
"""

import re

from marcai.understanding.dates.constituents import Amount, Clock, Unit

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
NUMERALS = frozenset("0123456789零〇○一二两三四五六七八九十百千万廿卅")
NUM = "(?:[0-9]{1,2}|[零〇○一二两三四五六七八九十廿卅]{1,4})"
RUN = re.compile("[零〇○一二两三四五六七八九十百千万廿卅]{1,9}")
_TENS = {"廿": "二十", "卅": "三十"}

_UNIT = (
    "(?P<hour>个?多?小时|个?多?钟头|个钟(?!头))|(?P<quarter>刻钟)|(?P<minute>分钟|分(?=[之以]?[后内]))"
    "|(?P<workday>个?工作日)|(?P<day>天)|(?P<weekend>个周末)|(?P<week>个?周(?![岁年围边]|[一二三四五六日天](?![次个直下定起般样些])|末)|个?(?:星期|礼拜)(?![一二三四五六日天1-7]))"
    "|(?P<month>个多?月)|(?P<season>个季度)|(?P<year>年(?![级轻龄代纪]))"
)
_AMOUNT = re.compile(f"(?:(?P<more>个半)(?P<of>小时|钟头|钟|月|星期|礼拜)|(?:{_UNIT})(?P<half>半(?!天))?)(?![大孩龄])")
_MINUTES = re.compile(f"[零又]?(?P<n>{NUM})分钟?")
_HALF_UNITS: dict[str, Unit] = {"小时": "hour", "钟头": "hour", "钟": "hour", "月": "month", "星期": "week", "礼拜": "week"}
_UNITS: dict[str, Unit] = {
    "hour": "hour",
    "minute": "minute",
    "workday": "workday",
    "day": "day",
    "weekend": "weekend",
    "week": "week",
    "month": "month",
    "season": "quarter",
    "year": "year",
}
_HALVES: dict[Unit, tuple[float, Unit]] = {
    "hour": (0.5, "hour"),
    "month": (15, "day"),
    "year": (6, "month"),
    "week": (3, "day"),
    "day": (12, "hour"),
}

_CLOCK = re.compile(
    "(?:点钟?|时(?![间候段尚代期机]))"
    f"(?:(?P<half>半)|[整正]|差(?:(?P<less_quarter>[一1])刻|(?P<less>{NUM})分?)钟?|过?(?P<quarter>[一二两三123])刻(?!钟[后之以])钟?"
    f"|过?(?P<minute>{NUM})分(?:钟(?![后之以内]))?(?:零?{NUM}秒)?|[零〇0](?P<early>[一二三四五六七八九1-9])分?"
    "|(?P<bare>[0-9]{2}|[二三四五]?十[一二三四五六七八九]?)(?![0-9零一二三四五六七八九十点号日月年个天周时人块元位层楼岁次片刻小多几度:%/.·]))?"
    "(?:左右|前后|上下|许|来钟|多钟|多|几分)?"
)
_DECIMAL = re.compile(
    "点(?:[一二三四五六七八九][零〇一二三四五六七八九]?|[1-9](?![0-9]))(?![分刻点号日月年0-9零一二三四五六七八九十个周天到至、-])"
)
_NO_CLOCK = re.compile(
    "点(?:[点儿滴名餐击心]|建议|意见|要求|问题|疑问|疑惑|原因|说明|需求|想法|要说|要问|想说|想问|不满|不明|看法|困难|五公|五米)"
)
_BEFORE_CLOCK = frozenset("第")
SHORT_OF = re.compile(f"差(?:(?P<quarter>[一1])刻钟?|(?P<less>{NUM})分钟?)(?:就到|就|不到|到)?(?P<hour>{NUM})点[钟整]?")


def value_of(text: str) -> int | None:
    """Return the number that numerals say, in digits, in words ("二十三", "廿三") or digit by digit ("二零二七")."""
    if text.isascii():
        return int(text) if len(text) <= 8 else None
    for short, long in _TENS.items():
        text = text.replace(short, long)
    if any(c in text for c in "百千万"):
        return None
    if "十" not in text:
        return int("".join(str(DIGITS[c]) for c in text)) if all(c in DIGITS for c in text) else None
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        return None
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


def amount_at(text: str, number: float, end: int) -> tuple[Amount, int] | None:
    """Return the quantity of time that a number and the unit behind it (from `end`) say, and where it ends."""
    match = _AMOUNT.match(text, end)
    if match is None:
        return None
    if match["more"]:
        unit = _HALF_UNITS[match["of"]]
        pairs = [(number, unit), _HALVES[unit]]
    elif match["quarter"]:
        pairs = [(number * 15, "minute")]
    else:
        unit = next(_UNITS[name] for name in _UNITS if match[name])
        pairs = [(number, unit)]
        if match["half"] and unit in _HALVES:
            pairs.append(_HALVES[unit])
    behind = match.end()
    if pairs[0][1] == "hour" and len(pairs) == 1:
        minutes = _MINUTES.match(text, behind)
        value = value_of(minutes["n"]) if minutes is not None else None
        if minutes is not None and value is not None:
            pairs.append((value, "minute"))
            behind = minutes.end()
    return Amount(tuple(pairs)), behind


def _shifted(hour: int, minutes: int) -> Clock:
    """Return the clock time so many minutes before a full hour."""
    total = hour * 60 - minutes
    settled = hour > 12
    if total < 60 and not settled:
        total += 720
    return Clock(total // 60 % 24, total % 60, settled=settled)


def short_of(match: re.Match[str]) -> Clock | None:
    """Return the clock time of "差一刻三点", "差五分三点"."""
    hour = value_of(match["hour"])
    less = 15 if match["quarter"] else value_of(match["less"])
    return None if hour is None or less is None or not 1 <= hour <= 24 or less > 59 else _shifted(hour, less)


def clock_from(text: str, hour: int, start: int, end: int) -> tuple[Clock, int] | None:
    """Return the clock time whose hour ends at `end`, and where the whole ends; None if it is none."""
    if hour > 24 or (start and text[start - 1] in _BEFORE_CLOCK) or _NO_CLOCK.match(text, end) or _DECIMAL.match(text, end):
        return None
    match = _CLOCK.match(text, end)
    if match is None:
        return None
    minute: int | None = 0
    if match["half"]:
        minute = 30
    elif match["less_quarter"] or match["less"]:
        less = 15 if match["less_quarter"] else value_of(match["less"])
        return None if less is None or not 1 <= less < 60 or not hour else (_shifted(hour, less), match.end())
    elif match["quarter"]:
        minute = (value_of(match["quarter"]) or 0) * 15
    else:
        said = match["minute"] or match["early"] or match["bare"]
        minute = value_of(said) if said else 0
    if minute is None or minute > 59:
        return None
    written = text[start:end]
    settled = hour > 12 or hour == 0 or (written[0] == "0" and len(written) == 2)
    return Clock(hour % 24, minute, settled=settled, next_day=hour == 24), match.end()
