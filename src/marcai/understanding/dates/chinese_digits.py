"""Numbers in a Chinese text and the words of time behind them: "三点一刻", "8号", "12/3", "两个小时".

Room, bus and telephone numbers, prices, pressures and ages become `other` here.
"""

import re
from dataclasses import replace

from marcai.understanding.dates.chinese_numbers import DIGITS, NUM, RUN, amount_at, clock_from, value_of
from marcai.understanding.dates.chinese_words import folded
from marcai.understanding.dates.constituents import KINDS, Clock, MonthDay, Piece
from marcai.understanding.dates.shapes import OTHER, clock_of, full_year, number_kind, three_numbers, two_numbers

CLOCK, DAY, MONTH, YEAR, ORDINAL = (KINDS[name] for name in ("clock", "day", "month", "year", "ordinal"))
AMOUNT, NTH, PART, TO = (KINDS[name] for name in ("amount", "nth", "part", "to"))

_DATE = re.compile("[0-9]{4}([-./])[0-9]{1,2}\\1[0-9]{1,2}(?![0-9])")
_PHONE = re.compile("[0-9]+(?:-[0-9]{3,})+|[0-9]{7}[0-9]*|[0-9]{5,6}")
_SHAPE = re.compile("[0-9]+(?:[:./·][0-9]+)*")
_MERIDIEM = re.compile(" ?([ap])\\.?m\\.?(?![a-z])")
_WHOLE_DASHED = re.compile("\\s*([0-9]{2})-([0-9]{2})[日号]?\\s*")
_PRESSED = ("压", "评分", "比分", "视力", "得分", "痛感", "评级")
_LUNAR = re.compile(
    f"(农历|阴历|旧历)?(?:(?P<month>正|冬|腊|{NUM})月|大?年(?=初))"
    "(?:初(?P<early>[一二三四五六七八九十])(?!诊)|(?P<day>[廿卅]?[一二三四五六七八九十]{1,3}))[日号]?"
)
_MONTHS = {None: 1, "正": 1, "冬": 11, "腊": 12}
_NO_DATE = re.compile(
    "号(?:[楼线厅窗床桌台店馆站柜库仓铺井桥公院机口屋舱](?![长会])|门(?!诊)|诊[室间台]|病[房区床]|电梯|房|技师|理疗|文件|字|码|选手|地铁)|日(?:[元游用常报夜程语系]|本|[一二两三四五六1-6](?:次|餐|顿|回|片|粒))"
)
_STREET = frozenset("路街巷弄幢栋座")
_NAMED = re.compile("(?:叫|名|姓)[^,。]{0,3}$|^[李王张刘陈杨赵黄吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕]$")
_BORN = re.compile("年(?:出?生|的?人)")
DAYS_ON = re.compile("日(?=[之以]?[后内])")
_NEXT_NUMBER = re.compile(f" ?(?:到|至|-|、|和|或者|或|,)? ?{NUM} ?(?:[点号日时月天周:]|个[半小钟月星礼]|小时|分钟)")
_PAIR = re.compile("(十?)(一二|二三|两三|三四|四五|五六|六七|七八|八九)(?=[点时天周个月小分刻号日星礼])")
_SMALL = frozenset("在约到改是就的要换定订挂选来去,。")
_SHORT = 12
"""What can stand for a whole message, such as "09-01" or "15.30", is no longer than this."""


class NumberScan:
    """A text being scanned, and what is known of its numbers."""

    def __init__(self, text: str) -> None:
        self.text = folded(text)
        self.pieces: list[Piece] = []

    def add(self, kind: str, start: int, end: int, value: object = None, *, spoken: bool = False) -> int:
        """Add a piece; return its end."""
        self.pieces.append(Piece(kind, start, end, value, spoken=spoken))
        return end

    def other(self, start: int, end: int) -> int:
        """Add a stretch without meaning for time, joined to one before it; return its end."""
        if self.pieces and self.pieces[-1].kind == OTHER:
            self.pieces[-1].end = end
        else:
            self.pieces.append(Piece(OTHER, start, end))
        return end

    def before(self) -> str:
        """Return the kind of the piece before, "" if there is none."""
        return self.pieces[-1].kind if self.pieces else ""

    def number(self, at: int) -> int:
        """Add what a number and the words behind it are."""
        text = self.text
        if not text[at].isascii():
            run = RUN.match(text, at)
            return self.counted(at, run.end()) if run is not None else 0
        phone = _PHONE.match(text, at)
        if phone is not None and phone.end() - at != 8:
            return self.other(at, phone.end())
        shape = _DATE.match(text, at) or _SHAPE.match(text, at)
        end = shape.end() if shape is not None else at + 1
        before = text[at - 1] if at else ""
        if (before.isascii() and before.isalpha()) or (before and before in "$¥#.€_"):
            return self.other(at, end)
        if len(text) <= _SHORT and _WHOLE_DASHED.fullmatch(text):
            day = two_numbers(int(text.strip()[:2]), int(text.strip()[3:5]), None, True)
            if day is not None:
                return self.add(DAY, at, len(text), replace(day, either=False))
        written = text[at:end]
        return self.shaped(written, at, end) if not written.isdigit() or len(written) == 8 else self.counted(at, end)

    def shaped(self, written: str, at: int, end: int) -> int:
        """Add digits with marks between them: a clock time, a date, or nothing for us."""
        text = self.text
        parts = re.split("[-:./·]", written)
        if len(written) == 8 and written.isdigit():
            parts = [written[:4], written[4:6], written[6:]]
        if ":" in written:
            clock = clock_of(parts[0], parts[1]) if len(parts) <= 3 and len(parts[1]) == 2 and len(parts[0]) <= 2 else None
            if clock is None:
                return self.other(at, end)
            return self.meridiem(at, end, clock)
        dated = text[end : end + 1] in ("日", "号") and end < len(text)
        if len(parts) == 3:
            day = three_numbers(parts, True)
        elif len(parts) == 2 and all(len(p) <= 2 for p in parts) and ("/" in written or "·" in written or dated):
            pressed = any(word in text[max(0, at - 6) : at] for word in _PRESSED)
            day = None if pressed or (self.before() == PART and not dated) else two_numbers(int(parts[0]), int(parts[1]), None, True)
        else:
            day = None
            clock = clock_of(parts[0], parts[1]) if len(parts) == 2 and len(parts[1]) == 2 and len(parts[0]) <= 2 else None
            if clock is not None and (self.before() == PART or (len(text) <= _SHORT and written == text.strip())):
                return self.add(CLOCK, at, end, clock)
        return self.other(at, end) if day is None else self.add(DAY, at, end + dated, replace(day, either=False))

    def meridiem(self, at: int, end: int, clock: Clock) -> int:
        """Add a clock time in digits, with "am" or "pm" if it stands behind."""
        match = _MERIDIEM.match(self.text, end)
        if match is not None and clock.hour <= 12:
            clock, end = replace(clock, hour=clock.hour % 12 + (12 if match[1] == "p" else 0), settled=True), match.end()
        return self.add(CLOCK, at, end, clock)

    def counted(self, at: int, end: int) -> int:
        """Add a plain number with what it counts."""
        text = self.text
        pair = _PAIR.match(text, at)
        value = value_of(text[at:end]) if pair is None else DIGITS[pair[2][0]] + 10 * len(pair[1])
        if value is None:
            return self.other(at, end)
        follows = text[end : end + 1]
        behind = 0
        if follows in ("点", "时"):
            behind = self.hour(at, end, value)
        elif follows in ("日", "号", "月", "年"):
            behind = self.date_word(at, end, value, follows)
        elif follows in ("a", "p") and 1 <= value <= 12 and _MERIDIEM.match(text, end):
            return self.meridiem(at, end, Clock(value))
        return behind or self.quantity(at, end, value)

    def hour(self, at: int, end: int, value: int) -> int:
        """Add "三点一刻"; "一点" is "a little" unless a word of time or of booking stands before it."""
        found = clock_from(self.text, value, at, end)
        if found is None:
            return self.other(at, end + 1)
        clock, behind = found
        if self.text[at:behind] == "一点":
            before = self.text[at - 1] if at else ""
            little = self.before() == OTHER and before not in _SMALL
            if little or (behind < len(self.text) and self.text[behind] in "都也不没"):
                return self.other(at, behind)
        return self.add(CLOCK, at, behind, clock)

    def date_word(self, at: int, end: int, value: int, follows: str) -> int:
        """Add a day of a month, a month or a year."""
        text, spoken = self.text, not self.text[at:end].isascii()
        if follows == "年":
            written = end - at
            if _BORN.match(text, end):
                return self.other(at, end + 1)
            if written == 4 and 1900 <= value < 2100:
                return self.add(YEAR, at, end + 1, value)
            if written == 2 and re.match(f"年{NUM}月", text[end : end + 5]) and (not spoken or "十" not in text[at:end]):
                return self.add(YEAR, at, end + 1, full_year(f"{value:02}"))
            return 0
        if follows == "月":
            if not 1 <= value <= 12 or text[end + 1 : end + 2] in ("经", "饼", "子", "花", "天"):
                return self.other(at, end + 1)
            if _NAMED.search(text, max(0, at - 5), at):
                return self.other(at, end + 1)
            return self.lunar(at) or self.add(MONTH, at, end + 1, value)
        if not 1 <= value <= 31 or _NO_DATE.match(text, end) or (at and text[at - 1] in _STREET) or text[max(0, at - 2) : at] == "大道":
            return self.other(at, end + 1)
        if (spoken or value <= 10) and self.before() != MONTH and DAYS_ON.match(text, end) and (spoken or end - at == 1):
            found = amount_at(text[:end] + "天" + text[end + 1 :], value, end)
            if found is not None:
                return self.add(AMOUNT, at, found[1], found[0])
        return self.add(ORDINAL, at, end + 1, value)

    def quantity(self, at: int, end: int, value: int) -> int:
        """Add a quantity of time, a number that a neighbour makes a day or an hour, or nothing for us."""
        text, before = self.text, self.before()
        if text.startswith("季度", end) and 1 <= value <= 4:
            return self.add(NTH, at, end, value)
        if value == 1 and text.startswith("个周末", end):
            return self.other(at, end + 1)
        found = amount_at(text, value, end) if before != MONTH or text[end : end + 1] != "周" else None
        if found is not None:
            return self.add(AMOUNT, at, found[1], found[0])
        written = "" if not text[at:end].isascii() else text[at:end]
        rest = text[end : end + 1]
        alone = not rest or rest in ",。!?;的可行吧呢吗到至-之开 "
        if (before == MONTH and 1 <= value <= 31) or _NEXT_NUMBER.match(text, end):
            return self.add(number_kind(value, written), at, end, value, spoken=not written)
        if alone and value <= 24 and ((before == PART and written) or (before == TO and self.clock_before_to())):
            return self.add(number_kind(value, written), at, end, value, spoken=not written)
        return self.other(at, end)

    def clock_before_to(self) -> bool:
        """Say whether a clock time stands before the "to" that was last."""
        return len(self.pieces) > 1 and self.pieces[-2].kind == CLOCK

    def lunar(self, at: int) -> int:
        """Add a day of the Chinese calendar: "农历八月十五", "腊月廿三", "五月初五", and "八月十五" without "号"."""
        match = _LUNAR.match(self.text, at)
        if match is None:
            return 0
        said, early = match["month"], match["early"]
        month = _MONTHS.get(said) or value_of(said)
        day = value_of(early or match["day"])
        plain = match[1] is None and said not in _MONTHS
        if plain and not early and (month != 8 or day != 15 or match[0][-1] in "日号" or self.before() == YEAR):
            return 0
        if month is None or day is None or not 1 <= month <= 12 or not 1 <= day <= 30 or match.end() - at < 3:
            return 0
        return self.add(DAY, at, match.end(), MonthDay(day, month, lunar=True))
