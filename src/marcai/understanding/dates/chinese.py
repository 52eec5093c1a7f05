"""The Chinese scanner: text -> constituents, in one pass over the characters, longest word first.

Simplified and traditional characters, numerals in digits and in words, speech without marks. A number counts only with
a word of time behind it; room, bus and telephone numbers, prices and ages become `other` here.
"""

import re
from collections.abc import Callable

from marcai.understanding.dates.chinese_digits import DAYS_ON, NumberScan
from marcai.understanding.dates.chinese_numbers import NUM, NUMERALS, SHORT_OF, amount_at, short_of, value_of
from marcai.understanding.dates.chinese_order import settled
from marcai.understanding.dates.chinese_rules import CLOCKS, DAYS, JOINS
from marcai.understanding.dates.chinese_words import MORNING, NIGHT, TAILS, WORDS
from marcai.understanding.dates.combiner import Combiner
from marcai.understanding.dates.constituents import KINDS, Piece, Which
from marcai.understanding.dates.shapes import OTHER

COMBINER = Combiner(clocks=CLOCKS, days=DAYS, joins=JOINS)

CLOCK, DAY, MONTH, YEAR, ORDINAL = (KINDS[name] for name in ("clock", "day", "month", "year", "ordinal"))
AMOUNT, WEEKDAY, WHICH, NTH, PART, OF = (KINDS[name] for name in ("amount", "weekday", "which", "nth", "part", "of"))
TIMELY = frozenset("DKowrpmJulQqeyGg|^j1234")
_SPACES = frozenset(" \t\r\u00a0\u3000")
_HAN = "[\u4e00-\u9fff]"
_LOOSE = re.compile(f"(?<={_HAN})[ \t\u00a0\u3000]+(?=[0-9\u4e00-\u9fff])|(?<=[0-9])[ \t\u00a0\u3000]+(?={_HAN})")


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
_NO = re.compile(
    "不(?:是)?(?=[ ]*[,。…!.])|不(?=(?:下个?|这个?)?(?:周|星期|礼拜)[一二三四五六日天]|[明后]天|[0-9一二三四五六七八九十]{1,3}[点号])"
)
_RATHER = re.compile("还是(?=[^,。!?]{1,14}吧)")
_INCLUDING = re.compile("[(]?(?:含|包括|包含)(?:当天|当日|[0-9一二三四五六七八九十]{1,3}[日号])[)]?")

_EACH = re.compile(
    "每(?:个|隔)?(?:周|星期|礼拜)(?:[一二两三四五六]到?[两二三四五六]?[次回针]|(?![一二三四五六日天末1-7]))|每(?:个|隔)?(?:[0-9一二两三四五六八几]*)(?:天|日|晚|月|个月|年|小时|个小时|分钟)"
)
_EARLY_OR_LATE = re.compile(f"[早晚](?!一点)(?={NUM}(?:点(?![点儿])|:))")
_AGE = re.compile("今年(?:都|已经|刚|快|才|满|有)?[0-9零一二三四五六七八九十]{1,3}(?![0-9零一二三四五六七八九十月号日个年季])")
_MERRY = ("快乐", "愉快", "大吉")
_WISH = re.compile("祝[^,。!?]{0,12}(?:愉快|快乐|开心|顺利|健康)")
_COMPOUND = frozenset("零〇○一二三四五六七八九十百千万点号月日年个天分刻时岁楼路街")


class _Scan(NumberScan):
    """One text being scanned."""

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
            for place, (kind, value) in enumerate(entry, at):
                if kind == OTHER or (kind == DAY and text.startswith(_MERRY, behind)):
                    self.other(at, behind)
                else:
                    self.add(kind, place, behind if place == at + len(entry) - 1 else place + 1, value)
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

    def wish(self, at: int) -> int:
        """Pass over "祝您周末愉快"."""
        match = _WISH.match(self.text, at)
        return 0 if match is None else self.other(at, match.end())

    def half_of_day(self, at: int) -> int:
        """Add the "早" of "早8点" and the "晚" of "晚10点", but not of "早一点"."""
        match = _EARLY_OR_LATE.match(self.text, at)
        return 0 if match is None else self.add(PART, at, at + 1, MORNING if match[0] == "早" else NIGHT)

    def few(self, at: int) -> int:
        """Add "几天"."""
        text = self.text
        if DAYS_ON.match(text, at + 1):
            text = text[: at + 1] + "天" + text[at + 2 :]
        found = amount_at(text, 3, at + 1)
        return 0 if found is None else self.add(AMOUNT, at, found[1], found[0])


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
    "祝": _Scan.wish,
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
