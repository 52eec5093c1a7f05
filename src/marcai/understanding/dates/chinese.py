"""The Chinese scanner: a first, small one that knows weekdays, dates, parts of the day and clock times."""

import re

from marcai.understanding.dates.clocks import clock_at
from marcai.understanding.dates.combiner import Combiner
from marcai.understanding.dates.constituents import KINDS, MonthDay, PartOfDay, Piece, Relative, Weekday
from marcai.understanding.dates.shapes import is_day

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_N = r"(?:[0-9]{1,2}|[〇零一二两兩三四五六七八九十]{1,3})"
_ATOM = re.compile(
    rf"(?P<week>下|这|這|本)?个?個?(?:周|週|星期|礼拜|禮拜)(?P<weekday>[一二三四五六日天])|(?P<relative>大后天|大後天|今天|明天|后天|後天)"
    rf"|(?:(?P<year>[0-9]{{4}})年)?(?:(?P<month>{_N})月)?(?P<day>{_N})[日号號](?![楼樓线線])"
    rf"|(?P<part>早上|上午|中午|下午|晚上)|(?P<hour>{_N})[点點](?P<half>半)?(?:(?P<minute>{_N})分?)?|(?P<literal>[0-9]{{1,2}}[:：][0-9][0-9])"
)
_PARTS = {
    "早上": PartOfDay("morning", 360, 720),
    "上午": PartOfDay("morning", 360, 720),
    "中午": PartOfDay("noon", 660, 780),
    "下午": PartOfDay("afternoon", 720, 1080),
    "晚上": PartOfDay("evening", 1080, 1320, night=True),
}
_RELATIVE = {"今": 0, "明": 1, "后": 2, "後": 2, "大": 3}

COMBINER = Combiner()


def _number(text: str) -> int:
    if text.isdigit() and text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_DIGITS[c]) for c in text))
    if "十" in tens:
        return 0
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)


def _value(match: re.Match[str]) -> tuple[str, object] | None:
    if match["weekday"]:
        weeks = None if match["week"] is None else int(match["week"] == "下")
        return "day", Weekday("一二三四五六日".find(match["weekday"].replace("天", "日")), weeks=weeks)
    if match["relative"]:
        return "day", Relative(_RELATIVE[match["relative"][0]])
    if match["part"]:
        return "part", _PARTS[match["part"]]
    if match["day"]:
        month = _number(match["month"]) if match["month"] else None
        day, year = _number(match["day"]), int(match["year"]) if match["year"] else None
        return ("day", MonthDay(day, month, year)) if is_day(day, month or 1, year) else None
    if match["literal"]:
        hour, minute = int(match["literal"][:-3]), int(match["literal"][-2:])
    else:
        hour, minute = _number(match["hour"]), 30 if match["half"] else _number(match["minute"]) if match["minute"] else 0
    clock = clock_at(hour, minute)
    return None if clock is None else ("clock", clock)


def scan(text: str) -> list[Piece]:
    """Return the constituents of a Chinese text."""
    pieces: list[Piece] = []
    done = 0
    for match in _ATOM.finditer(text):
        found = _value(match)
        if found is None:
            continue
        if match.start() > done and text[done : match.start()].strip():
            pieces.append(Piece(KINDS["other"], done, match.start()))
        pieces.append(Piece(KINDS[found[0]], match.start(), match.end(), found[1]))
        done = match.end()
    return pieces
