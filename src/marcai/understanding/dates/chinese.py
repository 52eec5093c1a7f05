"""The Chinese scanner: text -> constituents, in one pass over the characters, longest word first.

Simplified and traditional characters, numerals in digits and in words, speech without marks. A number counts only with
a word of time behind it; room, bus and telephone numbers, prices and ages become `other` here.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from marcai.understanding.dates.chinese_numbers import DIGITS, NUM, NUMERALS, RUN, SHORT_OF, amount_at, clock_from, short_of, value_of
from marcai.understanding.dates.chinese_order import settled
from marcai.understanding.dates.chinese_rules import CLOCKS, DAYS, JOINS
from marcai.understanding.dates.chinese_words import MORNING, NIGHT, TAILS, WORDS, folded
from marcai.understanding.dates.combiner import Combiner
from marcai.understanding.dates.constituents import KINDS, Clock, MonthDay, Piece, Which
from marcai.understanding.dates.shapes import OTHER, clock_of, full_year, number_kind, three_numbers, two_numbers

COMBINER = Combiner(clocks=CLOCKS, days=DAYS, joins=JOINS)

CLOCK, DAY, MONTH, YEAR, ORDINAL = (KINDS[name] for name in ("clock", "day", "month", "year", "ordinal"))
AMOUNT, WEEKDAY, WHICH, NTH, PART, OF = (KINDS[name] for name in ("amount", "weekday", "which", "nth", "part", "of"))
TIMELY = frozenset("DKowrpmJulQqeyGg|^j1234")
_SPACES = frozenset(" \t\r\u00a0\u3000")
_HAN = "[\u4e00-\u9fff]"
_LOOSE = re.compile(f"(?<={_HAN})[ \t\u00a0\u3000]+(?=[0-9\u4e00-\u9fff])|(?<=[0-9])[ \t\u00a0\u3000]+(?={_HAN})")

_DATE = re.compile("[0-9]{4}([-./])[0-9]{1,2}\\1[0-9]{1,2}(?![0-9])")
_PHONE = re.compile("[0-9]+(?:-[0-9]{3,})+|[0-9]{7}[0-9]*|[0-9]{5,6}")
_SHAPE = re.compile("[0-9]+(?:[:./·][0-9]+)*")
_MERIDIEM = re.compile(" ?([ap])\\.?m\\.?(?![a-z])")
_WHOLE_DASHED = re.compile("\\s*([0-9]{2})-([0-9]{2})[日号]?\\s*")
_PRESSED = ("压", "评分", "比分", "视力", "得分", "痛感", "评级")

_WEEKDAY = re.compile("(?:周|星期|礼拜|拜)(?:([一二三四五六日天])(?!岁)|([1-7])(?![0-9点:.]))")
_LISTED = re.compile(
    "(?P<mark>、|和|及|跟|与|或者|或|到|至|-)(?P<day>[一二三四五六日天])"
    "(?![0-9零一二三四五六七八九十百千点号月天个年分周刻时小下起样定般些共直次位家会楼岁路期本日后])"
)
_DAY_NAMES = "一二三四五六日"
_RUN_OF_DAYS = re.compile("[二三四五六日]{1,5}(?=$|[,。!?;的都上下早晚中可行也有])")
_LAST_OR_NTH = re.compile(
    f"(?:第({NUM})个?|(最后一个|最后1个|最后个|最后一|最后)|(头一个|首个|头个))(?=的?(?:周|星期|礼拜|拜[一二三四五六日]|月|季度|天|工作日|双休))"
)
_CHOICE = re.compile(
    "(?:(下下个|下下|大下个)|(下一个|下一|下个|下)|(上一个|上一|上个|上)|(这一个|这一|这个|这|本|当))"
    "(?=周(?![岁围边密转报刊])|星期|礼拜|拜[一二三四五六日天]|月(?![经饼子])|年(?![轻龄级])|季|工作日|双休)"
)
_CHOSEN = (Which.AFTER_NEXT, Which.NEXT, Which.LAST, Which.THIS)
_COUNTED = re.compile(
    f"(?:(接下来的?|未来的?|今后的?|往后的?|最近的?|随后的?|近|下|后)|(过去的?|前|上)|(这)(?![一1][天日]))(?=(?:[几数]|{NUM})个?(?:天|日(?!本)|周|星期|礼拜|月|工作日|年|小时|钟头|分钟))"
)
_COUNTS = (Which.NEXT, Which.LAST, Which.THIS)
_COMING = re.compile(f"(?:再过|再等|过|再)(?=(?:[几数半]|{NUM})(?:个|天|周|年|分钟|小时|刻钟|月))")
_LUNAR = re.compile(
    f"(农历|阴历|旧历)?(?:(?P<month>正|冬|腊|{NUM})月|大?年(?=初))"
    "(?:初(?P<early>[一二三四五六七八九十])(?!诊)|(?P<day>[廿卅]?[一二三四五六七八九十]{1,3}))[日号]?"
)
_MONTHS = {None: 1, "正": 1, "冬": 11, "腊": 12}
_NO = re.compile(
    "不(?:是)?(?=[ ]*[,。…!.])|不(?=(?:下个?|这个?)?(?:周|星期|礼拜)[一二三四五六日天]|[明后]天|[0-9一二三四五六七八九十]{1,3}[点号])"
)
_RATHER = re.compile("还是(?=[^,。!?]{1,14}吧)")
_INCLUDING = re.compile("[(]?(?:含|包括|包含)(?:当天|当日|[0-9一二三四五六七八九十]{1,3}[日号])[)]?")

_NO_DATE = re.compile(
    "号(?:[楼线厅窗床桌台店馆站柜库仓铺井桥公院机口屋舱](?![长会])|门(?!诊)|诊[室间台]|病[房区床]|电梯|房|技师|理疗|文件|字|码|选手|地铁)|日(?:[元游用常报夜程语系]|本|[一二两三四五六1-6](?:次|餐|顿|回|片|粒))"
)
_STREET = frozenset("路街巷弄幢栋座")
_NAMED = re.compile("(?:叫|名|姓)[^,。]{0,3}$|^[李王张刘陈杨赵黄吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕]$")
_EACH = re.compile(
    "每(?:个|隔)?(?:周|星期|礼拜)(?:[一二两三四五六]到?[两二三四五六]?[次回针]|(?![一二三四五六日天末1-7]))|每(?:个|隔)?(?:[0-9一二两三四五六八几]*)(?:天|日|晚|月|个月|年|小时|个小时|分钟)"
)
_EARLY_OR_LATE = re.compile(f"[早晚](?!一点)(?={NUM}(?:点(?![点儿])|:))")
_AGE = re.compile("今年(?:都|已经|刚|快|才|满|有)?[0-9零一二三四五六七八九十]{1,3}(?![0-9零一二三四五六七八九十月号日个年季])")
_DAYS_ON = re.compile("日(?=[之以]?[后内])")
_NEXT_NUMBER = re.compile(f" ?(?:到|至|-|、|和|或者|或|,)? ?{NUM} ?(?:[点号日时月天周:]|个[半小钟月星礼]|小时|分钟)")
_PAIR = re.compile("(十?)(一二|二三|两三|三四|四五|五六|六七|七八|八九)(?=[点时天周个月小分刻号日星礼])")
_SMALL = frozenset("在约到改是就的要换定订挂选来去,。")
_COMPOUND = frozenset("零〇○一二三四五六七八九十百千万点号月日年个天分刻时岁楼路街")


class _Scan:
    """One text being scanned."""

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

    def run(self) -> list[Piece]:
        """Return the constituents of the whole text."""
        text, at, end = self.text, 0, len(self.text)
        while at < end:
            character = text[at]
            if character in _STARTS:
                at = self.timely(at, character) or self.other(at, at + 1)
            elif character in _SPACES:
                at += 1
            else:
                at = self.other(at, at + 1)
        return self.pieces

    def timely(self, at: int, character: str) -> int:
        """Add what begins here, if it is a word of time, a number, or only looks like one; return its end, or 0."""
        special = _SPECIAL.get(character)
        if special is not None:
            behind = special(self, at)
            if behind:
                return behind
        if character in TAILS:
            behind = self.tail(at, character)
            if behind:
                return behind
        text = self.text
        for word, entry in WORDS.get(character, ()):
            if not text.startswith(word, at):
                continue
            behind = at + len(word)
            if character in NUMERALS and text[behind : behind + 1] in _COMPOUND and text[behind:]:
                continue
            for kind, value in entry:
                if kind == OTHER:
                    self.other(at, behind)
                else:
                    self.add(kind, at, behind, value)
            return behind
        return self.number(at) if character in NUMERALS else 0

    def tail(self, at: int, character: str) -> int:
        """Add a word that means time only behind a neighbour."""
        before = self.before()
        for word, needs, never, kind, value in TAILS[character]:
            if before in needs and self.text.startswith(word, at):
                behind = at + len(word)
                if never and self.text[behind : behind + 1] in never and behind < len(self.text):
                    continue
                including = _INCLUDING.match(self.text, behind) if kind == KINDS["or_earlier"] else None
                behind = behind if including is None else including.end()
                if kind is not None:
                    self.add(kind, at, behind, value if including is None else None)
                return behind
        return 0

    def weekday(self, at: int) -> int:
        """Add "周三", and the days that are listed behind it without a word of their own ("周一到五", "周二四")."""
        match = _WEEKDAY.match(self.text, at)
        if match is None or (match[0][0] == "拜" and self.text[at - 1 : at] in ("崇", "参", "朝") and at):
            return 0
        end = match.end()
        last = _DAY_NAMES.index(match[1].replace("天", "日")) if match[1] else int(match[2]) - 1
        self.add(WEEKDAY, at, end, last)
        if match[1]:
            run = _RUN_OF_DAYS.match(self.text, end)
            for character in run[0] if run is not None else "":
                day = _DAY_NAMES.index(character)
                if day <= last:
                    break
                self.add(KINDS["and"], end, end)
                end, last = self.add(WEEKDAY, end, end + 1, day), day
            listed = _LISTED.match(self.text, end)
            while listed is not None:
                behind = listed.end()
                self.add(KINDS["to" if listed["mark"] in "到至-" else "and"], end, end + len(listed["mark"]))
                self.add(WEEKDAY, behind - 1, behind, _DAY_NAMES.index(listed["day"].replace("天", "日")))
                end = behind
                listed = _LISTED.match(self.text, end)
        return end

    def nth(self, at: int) -> int:
        """Add "第二个", "最后一个" before a unit or a weekday."""
        match = _LAST_OR_NTH.match(self.text, at)
        if match is None:
            return 0
        value = value_of(match[1]) if match[1] else -1 if match[2] else 1
        return 0 if value is None else self.add(NTH, at, match.end(), value)

    def choice(self, at: int) -> int:
        """Add "下个" before a week, "未来" before a quantity, "过" before how long one waits."""
        match = _CHOICE.match(self.text, at)
        if match is not None and match.lastindex:
            return self.add(WHICH, at, match.end(), _CHOSEN[match.lastindex - 1])
        match = _COUNTED.match(self.text, at)
        if match is not None and match.lastindex and not (match[0] in "前后" and self.before() in TIMELY):
            return self.add(WHICH, at, match.end(), _COUNTS[match.lastindex - 1])
        match = _COMING.match(self.text, at)
        return 0 if match is None else self.add(KINDS["in"], at, match.end())

    def to_the_hour(self, at: int) -> int:
        """Add "差一刻三点"."""
        match = SHORT_OF.match(self.text, at)
        clock = short_of(match) if match is not None else None
        return 0 if clock is None or match is None else self.add(CLOCK, at, match.end(), clock)

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

    def no(self, at: int) -> int:
        """Add the "不" or "不是" that takes something back."""
        match = _NO.match(self.text, at)
        if match is None or (match[0] == "不" and self.before() not in TIMELY and self.before() not in (",", ".", "x")):
            return 0
        if self.before() == OTHER and self.pieces[-1].end == at:
            return 0
        return self.add(KINDS["correction"], at, match.end())

    def rather(self, at: int) -> int:
        """Add the "还是" of "还是周四吧", which takes back; elsewhere it means "or"."""
        match = _RATHER.match(self.text, at)
        return 0 if match is None else self.add(KINDS["correction"], at, match.end())

    def age(self, at: int) -> int:
        """Pass over "今年28": how old somebody is."""
        match = _AGE.match(self.text, at)
        return 0 if match is None else self.other(at, match.end())

    def each(self, at: int) -> int:
        """Pass over how often something is done; "每周三" is a Wednesday for us."""
        match = _EACH.match(self.text, at)
        return 0 if match is None else self.other(at, match.end())

    def half_of_day(self, at: int) -> int:
        """Add the "早" of "早8点" and the "晚" of "晚10点", but not of "早一点"."""
        match = _EARLY_OR_LATE.match(self.text, at)
        return 0 if match is None else self.add(PART, at, at + 1, MORNING if match[0] == "早" else NIGHT)

    def few(self, at: int) -> int:
        """Add "几天"."""
        text = self.text
        if _DAYS_ON.match(text, at + 1):
            text = text[: at + 1] + "天" + text[at + 2 :]
        found = amount_at(text, 3, at + 1)
        return 0 if found is None else self.add(AMOUNT, at, found[1], found[0])

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
        if _WHOLE_DASHED.fullmatch(text):
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
            if clock is not None and (self.before() == PART or not (text[:at] + text[end:]).strip()):
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
        if (spoken or value <= 10) and self.before() != MONTH and _DAYS_ON.match(text, end) and (spoken or end - at == 1):
            found = amount_at(text[:end] + "天" + text[end + 1 :], value, end)
            if found is not None:
                return self.add(AMOUNT, at, found[1], found[0])
        return self.add(ORDINAL, at, end + 1, value)

    def quantity(self, at: int, end: int, value: int) -> int:
        """Add a quantity of time, a number that a neighbour makes a day or an hour, or nothing for us."""
        text, before = self.text, self.before()
        if text.startswith("季度", end) and 1 <= value <= 4:
            return self.add(NTH, at, end, value)
        found = amount_at(text, value, end) if before != MONTH or text[end : end + 1] != "周" else None
        if found is not None:
            return self.add(AMOUNT, at, found[1], found[0])
        written = "" if not text[at:end].isascii() else text[at:end]
        rest = text[end : end + 1]
        alone = not rest or rest in ",。!?;的可行吧呢吗到至-之开 "
        if (before == MONTH and 1 <= value <= 31) or _NEXT_NUMBER.match(text, end):
            return self.add(number_kind(value, written), at, end, value, spoken=not written)
        if alone and value <= 24 and ((before == PART and written) or (before == KINDS["to"] and self.clock_before_to())):
            return self.add(number_kind(value, written), at, end, value, spoken=not written)
        return self.other(at, end)

    def clock_before_to(self) -> bool:
        """Say whether a clock time stands before the "to" that was last."""
        return len(self.pieces) > 1 and self.pieces[-2].kind == CLOCK


_SPECIAL: dict[str, Callable[[_Scan, int], int]] = {
    **dict.fromkeys("周星礼拜", _Scan.weekday),
    **dict.fromkeys("下上这本当未接往近随后过前再", _Scan.choice),
    **dict.fromkeys("农阴旧正冬腊年", _Scan.lunar),
    "大": lambda scan, at: _Scan.lunar(scan, at) or _Scan.choice(scan, at),
    "最": lambda scan, at: _Scan.nth(scan, at) or _Scan.choice(scan, at),
    "今": lambda scan, at: _Scan.age(scan, at) or _Scan.choice(scan, at),
    "第": _Scan.nth,
    "头": _Scan.nth,
    "首": _Scan.nth,
    "差": _Scan.to_the_hour,
    "不": _Scan.no,
    "还": _Scan.rather,
    "每": _Scan.each,
    "早": _Scan.half_of_day,
    "晚": _Scan.half_of_day,
    "几": _Scan.few,
    "数": _Scan.few,
}
_STARTS = frozenset(_SPECIAL) | frozenset(TAILS) | frozenset(WORDS) | NUMERALS


def scan(text: str) -> list[Piece]:
    """Return the constituents of a Chinese text."""
    if not any(space in text for space in _SPACES):
        return settled(_Scan(text).run(), text)
    squeezed = _LOOSE.sub("", text)
    if len(squeezed) == len(text):
        return settled(_Scan(text).run(), text)
    kept = [True] * len(text)
    for match in _LOOSE.finditer(text):
        kept[match.start() : match.end()] = [False] * (match.end() - match.start())
    places = [at for at, keep in enumerate(kept) if keep]
    pieces = settled(_Scan(squeezed).run(), squeezed)
    for piece in pieces:
        length = piece.end - piece.start
        piece.start = places[piece.start] if piece.start < len(places) else len(text)
        piece.end = places[piece.end - 1] + 1 if length else piece.start
    return pieces
