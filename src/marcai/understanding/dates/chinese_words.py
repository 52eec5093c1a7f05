"""The Chinese lexicon: words of time, words that need a neighbour, and words that only look like them.

Everything is in simplified characters and half-width marks; `folded` brings a text there, character for character.
"""

from marcai.understanding.dates.constituents import KINDS, Amount, DayLike, Holiday, PartOfDay, Unit, Which

Entry = tuple[tuple[str, object], ...]
Tail = tuple[str, frozenset[str], str, str | None, object]
"""A word that means time only behind a neighbour: the word, the kinds of such neighbours, the characters that must not
follow, its kind (None: it adds nothing) and its value."""

_TRADITIONAL = "樹護倫復黨術備單傷紀廳麼嗎裏點號週禮後個這兩鐘鍾時間過內裡裏從開對應請約節國慶聖誕曆農陰陽歲臘無沒幾還來說錯樓電話塊錢萬億齡壓數頭淩尋聽晝歸處換調類體僅場診會夠飯學許運總訂華壢禪勞動兒婦師親愛歡樂課歷連記單機廠館線門廳鋪樣種雙閏現訊"
_SIMPLIFIED = "树护伦复党术备单伤纪厅么吗里点号周礼后个这两钟钟时间过内里里从开对应请约节国庆圣诞历农阴阳岁腊无没几还来说错楼电话块钱万亿龄压数头凌寻听昼归处换调类体仅场诊会够饭学许运总订华坜禅劳动儿妇师亲爱欢乐课历连记单机厂馆线门厅铺样种双闰现讯"


class _Fold(dict[int, str | int]):
    """Maps full-width forms and capitals to plain ones, traditional characters to simplified, one to one."""

    def __missing__(self, code: int) -> str | int:
        folded: str | int = code
        if 0xFF01 <= code <= 0xFF5E:
            folded = chr(code - 0xFEE0).lower()
        elif code < 0x80:
            folded = chr(code).lower()
        if code < 0x10000:
            self[code] = folded
        return folded


_FOLD = _Fold(zip(map(ord, _TRADITIONAL), _SIMPLIFIED, strict=True))
_FOLD.update({ord(c): "-" for c in "‐‑‒–—―−~～〜"} | {0x3000: " ", ord("﹕"): ":", ord("∶"): ":", ord("•"): "·", ord("．"): "."})


def folded(text: str) -> str:
    """Return the text in simplified characters and half-width marks, character for character."""
    return text.translate(_FOLD)


WORDS: dict[str, list[tuple[str, Entry]]] = {}
"""Words by their first character, the longest first."""
TAILS: dict[str, list[Tail]] = {}
"""Words that need a neighbour before them, by their first character."""


def _add(kind: str, spellings: str, value: object = None) -> None:
    _add_all(((KINDS[kind], value),), spellings)


def _add_all(entry: Entry, spellings: str) -> None:
    for word in spellings.split("|"):
        WORDS.setdefault(word[0], []).append((word, entry))


def _tail(needs: str, spellings: str, kind: str | None, value: object = None, *, never: str = "") -> None:
    kinds = frozenset(KINDS[name] for name in needs.split())
    for word in spellings.split("|"):
        TAILS.setdefault(word[0], []).append((word, kinds, never, None if kind is None else KINDS[kind], value))


LOST = "lost"
"""Marks words that take a day out only where another is wished: alone they may speak of a visit that is to be cancelled."""

MORNING = PartOfDay("morning", 360, 720)
AFTERNOON = PartOfDay("afternoon", 720, 1080)
EVENING = PartOfDay("evening", 1080, 1320)
NIGHT = PartOfDay("evening", 1080, 1320, night=True)
NOON = PartOfDay("noon", 720, 780)


def _days() -> None:
    for days, spellings in {
        0: "今天|今日|今儿个|今儿|本日",
        1: "明天|明日|明儿个|明儿|听日|明个",
        2: "后天|后日|后儿|後日",
        3: "大后天|大后日",
        4: "大大后天",
        -1: "昨天|昨日|昨儿|琴日|寻日",
        -2: "前天|前日",
        -3: "大前天|大前日",
    }.items():
        _add("relative_day", spellings, days)
        for part, character in ((MORNING, "早"), (MORNING, "晨"), (NIGHT, "晚"), (NIGHT, "夜")):
            first = spellings[0] if days in (0, 1, -1) else ""
            if first:
                _add_all(((KINDS["relative_day"], days), (KINDS["part"], part)), f"{first}{character}")
    for days, part, spellings in (
        (1, NIGHT, "听晚"),
        (-1, NIGHT, "寻晚|琴晚"),
        (0, MORNING, "今朝"),
        (1, MORNING, "听朝"),
        (2, NIGHT, "后晚"),
    ):
        _add_all(((KINDS["relative_day"], days), (KINDS["part"], part)), spellings)
    for pair, spellings in (((0, 1), "今明两天|今明"), ((1, 2), "明后两天|明后天|明后")):
        _add_all(tuple((KINDS["relative_day"], days) for days in pair), spellings)
    for which, spellings in {
        Which.THIS: "今年|本年|今年度",
        Which.NEXT: "明年|来年|明年度|下年度",
        Which.LAST: "去年",
        Which.AFTER_NEXT: "后年",
    }.items():
        _add_all(((KINDS["which"], which), (KINDS["unit"], "year")), spellings)
    _add_all(((KINDS["which"], Which.THIS), (KINDS["unit"], "month")), "本月|当月|这月")
    for unit, spellings in (("month", "月内"), ("year", "年内")):
        _add_all(((KINDS["which"], Which.THIS), (KINDS["unit"], unit)), spellings)
    for portion, month, year, week in (("early", "月初|月头", "年初|年头", "周初"), ("late", "月底|月末|月尾", "年底|年末|年尾", "周尾")):
        for unit, spellings in (("month", month), ("year", year), ("week", week)):
            _add_all(((KINDS["unit"], unit), (KINDS["portion"], portion)), spellings)
    for portion, spellings in (("early", "上旬"), ("mid", "中旬|月中"), ("late", "下旬")):
        _add_all(((KINDS["unit"], "month"), (KINDS["portion"], portion)), spellings)
    _add_all(((KINDS["unit"], "week"), (KINDS["portion"], "mid")), "周中")
    _add_all(((KINDS["unit"], "week"), (KINDS["portion"], "first_half")), "上半周|前半周")
    for unit, first, second in (("year", "上半年", "下半年|后半年"), ("month", "上半月|上半个月", "下半月|下半个月")):
        _add_all(((KINDS["unit"], unit), (KINDS["portion"], "first_half")), first)
        _add_all(((KINDS["unit"], unit), (KINDS["portion"], "second_half")), second)
    _add_all(((KINDS["unit"], "year"), (KINDS["portion"], "mid")), "年中")
    _add_all(((KINDS["unit"], "week"), (KINDS["portion"], "second_half")), "下半周|后半周")
    _add("week_end", "周末|礼拜六日|双休日|双休")
    _add("unit", "工作日", "workday")
    _add("now", "现在|最近|即刻|而家")


def _feasts() -> None:
    for key, spellings in {
        "new_year": "元旦节|元旦|阳历年",
        "spring_festival": "春节|农历新年|大年初一|年初一|正月初一|过年",
        "spring_festival_eve": "除夕|年三十|大年三十|大年夜",
        "lantern": "元宵节|元宵|正月十五",
        "valentine": "情人节|圣瓦伦丁节",
        "womens_day": "三八妇女节|妇女节|三八节|女神节",
        "clear_and_bright": "清明节|清明",
        "labour_day": "五一劳动节|劳动节|五一节|五一假期|五一长假|五一",
        "youth_day_cn": "五四青年节|青年节|五四",
        "childrens_day_cn": "六一儿童节|儿童节|六一",
        "dragon_boat": "端午节|端午",
        "army_day_cn": "八一建军节|建军节",
        "double_seventh": "七夕节|七夕",
        "mid_autumn": "中秋节|中秋|八月节",
        "teachers_day_cn": "教师节",
        "national_day_cn": "国庆节|国庆|十一国庆|十一假期|十一长假|十一黄金周",
        "double_ninth": "重阳节|重阳",
        "halloween": "万圣节",
        "singles_day": "双十一|双11|光棍节",
        "thanksgiving": "感恩节",
        "christmas_eve": "平安夜",
        "christmas": "圣诞节|圣诞",
        "new_year_eve": "跨年夜|跨年",
        "laba": "腊八节|腊八",
        "start_of_spring": "立春",
        "spring_equinox": "春分",
        "start_of_summer": "立夏",
        "summer_solstice": "夏至",
        "start_of_autumn": "立秋",
        "autumn_equinox": "秋分",
        "start_of_winter": "立冬",
        "winter_solstice": "冬至",
        "arbor_day_cn": "植树节",
        "april_fools": "愚人节",
        "nurses_day": "护士节",
        "party_day_cn": "建党节",
        "easter": "复活节",
        "earth_day": "地球日",
        "mothers_day": "母亲节",
        "fathers_day": "父亲节",
    }.items():
        feast: DayLike = Holiday(key)
        _add("day", spellings, feast)
    spring = Holiday("spring_festival")
    _add_all(((KINDS["day"], spring), (KINDS["onwards"], True)), "年后|过完年|过了年")
    _add_all(((KINDS["day"], spring), (KINDS["or_earlier"], True)), "年前")


def _parts() -> None:
    for part, spellings in (
        (MORNING, "早上|早晨|上午|清晨|清早|大清早|一大早|一早|大早上|大早|早间|晨间|朝早|朝头早|上昼|上半天|前半天|午前|早班"),
        (PartOfDay("dawn", 0, 360), "凌晨|拂晓|黎明|天亮"),
        (NOON, "中午|正午|午间|晌午|大中午|午休时间|午休|午饭时间"),
        (AFTERNOON, "下午|一下午|午后|下昼|晏昼|下半天|后半天|下午时段"),
        (EVENING, "傍晚|黄昏|傍黑|下班后|下班以后|下班之后|放学后|放学以后"),
        (NIGHT, "晚上|晚间|夜里|夜间|夜晚|深夜|半夜|大半夜|午夜|大晚上|晚夜|晚黑|夜半|当晚"),
        (PartOfDay("afternoon", 480, 1080, as_range=True), "白天|日间|大白天"),
    ):
        _add("part", spellings, part)


def _small_words() -> None:
    for kind, spellings in {
        "comma": ',|;|(|)|:|"|“|”|「|」',
        "stop": ".|。|!|?|…|\n",
        "and": "、|和|跟|与|及|以及|并且|还有",
        "or": "或者|或是|或|还是|要么|要不然|要不|抑或",
        "approximately": "大约|大概|差不多|约莫|大致|估计|最好",
        "from": "从|自从|自|打从|由|最早|早在",
        "to": "到|至|-|去到",
        "till": "直到|截至|截止到|截止|直至",
        "after": "晚于|迟于|过了|过咗",
        "before": "早于|先于|赶在",
        "by": "最晚|最迟|不晚于|不迟于|不超过|不晚过",
        "not": "只要不是|要不是|只要不在|别安排在|不要安排在|别约在|不要约在|不要在|别放在|不要放在|别排在|不是|不要|不想约|不想要|不想在|不想|别约|别安排|别选|别排|别在|别|避开|避免|不约|不选|不能约|不用|除去|不安排|非|唔要|不含|不包括",
        "except": "除了|除开|除却|除|排除",
        "not_possible": "不行|不可以|不方便|不合适|没空|没有空|没时间|没有时间|有事|不能|除外|以外|之外|不考虑|就算了|不太行|不太方便|不太合适|不成|不得空|"
        "不太可以|不得闲|唔得|没工夫|冇空|抽不开身|走不开|上班|要上课|要开会|太晚了|太早了|太晚|太早|太赶了|太迟了",
        "correction": "不对不对|不对|错了|说错了|我说错了|搞错了|弄错了|打错了|记错了|看错了|口误|哦不是|噢不是|啊不是|呃不是|哦不|噢不|啊不|呃不|额不|诶不|哎不|不不不|不不|应该是|更正一下|"
        "更正|纠正一下|我是说|我是想说|我的意思是|我说的是|准确地说|准确说|算了|不好意思是|抱歉是|对不起是|sorry|等等|等一下|等下|改口",
        "moving": "改到|换到|推到|挪到|调到|移到|延到|改至|推迟到|提前到|延后到|顺延到|改约到|改约在|改约|改成|改为|换成|换做|改期到|调整到|改签到|变更为|变更至|改在|改去",
    }.items():
        _add(kind, spellings)
    _add("not_possible", "来不了|去不了|赶不上|赶不到|不能来|不能去|没法来|没法去|没办法来|没办法去|不去了|不来了", LOST)
    _add_all(((KINDS["not"], None), (KINDS["before"], None)), "不早于|不要早于|别早于|不能早于")
    _add_all(((KINDS["not"], None), (KINDS["after"], None)), "不要晚于|别晚于|不能晚于|不得晚于")
    _add("other", OTHERS)


OTHERS = (
    "早上好|今天好热|今天好冷|今天真热|今天真冷|今天下雨|周末愉快|周末快乐|提前|延后|推后|靠后|落后|顺延|上午好|中午好|下午好|晚上好|早安|午安|晚安|新年快乐|节日快乐|新年好|过年好|生日|生日快乐|节快乐|圣诞快乐|元旦快乐|中秋快乐|国庆快乐|国庆路|日本|今天天气|"
    "一下|一下子|一共|一般|一定|一样|一直|一些|一次|一位|一家|一点点|一点儿|一会儿|一会|一旦|一路|万一|统一|唯一|第一时间|之一|一边|一切|一方面|一起|一步|某一天|有一天|那一天|哪一天|"
    "马上|网上|线上|约上|挂上|排上|加上|以上|之上|身上|手上|路上|楼上|赶上|上门|带上|填上|线下|楼下|留下|剩下|以下|之下|稍后|早一点|晚一点|快一点|慢一点|好一点|便宜一点|有一点|"
    "早点|晚点|晚餐|早餐|午餐|晚饭|早饭|午饭|晚礼服|早班车|明日之后|明天见|明天会更好|今天天儿|前天台|后台|甚至|至少|至于|至今|不至于|以至|乃至|得到|收到|看到|听到|找到|遇到|报到|"
    "迟到|感到|想到|做到|达到|到底|到时候|到时|到达|到期|到店|到场|到院|到位|到家|送到|直到现在|周到|周围|周边|周岁|周年|周期|周日光|周主任|周医生|周医师|周大夫|周老师|周教授|周先生|周女士|周护士|"
    "点名|点心|点餐|几点|几号|几月|几月几号|几天|几日|哪天|哪一天|哪日|多少号|什么时候|周几|星期几|礼拜几|天天|整点|同一天|"
    "行不行|可不可以|能不能|有没有|好不好|方不方便|方便不方便|要不要|是不是|对不对|可以不可以|行不|可以不|能不|不行吗|不可以吗|不能吗|不是吗|对不起|不好意思|不错|不用了|不用谢|不客气|"
    "月经|月饼|月子|月份证|五一路|五一广场|六一路|八一路|五四路|三八路|一月经|号码|挂号|手机号|账号|卡号|编号|单号|工号|型号|排号|叫号|取号|退号|加号|专家号|号源|放号|"
    "开始|现在不|当天|当日|第二天|隔天|次日|翌日|改天|改日|过两天再说|半天没|别的|别人|别处|特别|差别|性别|级别|分别|识别|告别|非常|除非|并非|是非|莫非|自己|自动|自费|自助|自然|各自|来自|亲自|由于|理由|自由|"
    "与其|参与|及时|来得及|以及格|普及|涉及|和气|和平|和谐|总和|暖和|跟进|跟踪|最好的|还是要|到了|到吧|到付|到货|到账|午觉|夜班|晚班|早产|晚期|早期|早孕|晨练|年龄|年级|青年|成年|少年|老年|常年|多年|"
    "退了|上次|下次|这次|本次|上一次|下一次|这一次|上一位|下一位|本人|本院|本来|本科|本地|当地|当场|当然|当时|前列腺|前台|前面|后面|后来|后续|最后|然后|随后|之后再说|饭后|饭前|术后|术前|产后|产前|餐后|餐前|"
    "空腹|内科|内分泌|内镜|国内|室内|体内|市内|院内|过敏|过去|过来|过程|经过|通过|超过|难过|不过|过期|过号|过于|头疼|头痛|头晕|从来|从前|从事|从小|由我"
)


def _amounts() -> None:
    units: tuple[tuple[str, float, Unit], ...] = (
        ("半个小时|半小时|半个钟头|半个钟|半点钟", 30, "minute"),
        ("半天|半日", 12, "hour"),
        ("半个星期|半个礼拜|半周", 3, "day"),
        ("半个月", 15, "day"),
        ("半年", 6, "month"),
        ("一会儿后", 30, "minute"),
    )
    for spellings, number, unit in units:
        _add("amount", spellings, Amount(((number, unit),)))


_TIME = "year day clock ordinal weekday relative_day part month clock_range unit portion nth week_end moment"


def _tails() -> None:
    _tail("amount", "之后|以后|过后|后", "from_now", never="来续面台天")
    _tail("amount", "之前|以前|前", "ago", never="台面列天")
    _tail("amount", "之内|以内|内", "within", never="科分镜部容")
    _tail(_TIME, "之后|过后|后", "onwards", True, never="来续面台门天年")
    _tail(_TIME, "以后|往后|及以后|或以后|及之后|或之后|开外", "onwards", never="来床飞")
    _tail(_TIME, "开始|起始|起步|起", "onwards", "start", never="来床飞")
    _tail(_TIME, "之前|以前|前", "or_earlier", True, never="台面列天年")
    _tail(_TIME, "及之前|或之前|及以前|或以前|为止|当天及以前", "or_earlier")
    _tail(_TIME + " which from_now ago onwards or_earlier meridiem", "的", "of")
    _tail(_TIME, "在|于|是", "on")
    _tail("day ordinal weekday relative_day week_end", "一早|一大早|大清早|早", "part", MORNING, never="上晨里间点些会于餐饭班安期已就产")
    _tail("day ordinal weekday relative_day week_end", "晚|夜", "part", NIGHT, never="上间里点些会于餐饭班安期辈婚礼")
    _tail("month", "份", None)
    _tail("month unit year", "底|末|尾|下旬|月底|月末", "portion", "late")
    _tail("month unit year", "初|头|上旬|伊始|月初", "portion", "early", never="诊次一二三四五六七八九十")
    _tail("month unit year", "上半年|上半月|上半个月", "portion", "first_half")
    _tail("month unit year", "下半年|下半月|下半个月", "portion", "second_half")
    _tail("month unit year", "中旬|月中|中", "portion", "mid", never="午医心国药间秋")
    _tail("which nth", "周|星期|礼拜", "unit", "week", never="岁年围边末")
    _tail("which nth", "月份|月", "unit", "month", never="经饼子")
    _tail("day ordinal relative_day", "那周|那一周|当周|那个星期|那星期|那个礼拜|的那周|的那一周|的那个星期", "nth", "week")
    _tail("unit month", "之内|以内|内|里", None, never="科分镜部容面")
    _tail("nth", "天", "unit", "day")
    _tail("which nth", "季度|季", "unit", "quarter")
    _tail("which", "年度|年", "unit", "year", never="轻龄级")
    _tail("clock ordinal day weekday", "左右|前后|上下|整|那天|当天|这天|这一天|那一天|一整天|全天", None)
    _tail("clock ordinal day weekday part relative_day clock_range moment", "之间|中间|期间|区间", "between")


for _fill in (_days, _feasts, _parts, _small_words, _amounts, _tails):
    _fill()
for _rows in WORDS.values():
    _rows.sort(key=lambda row: -len(row[0]))
for _ends in TAILS.values():
    _ends.sort(key=lambda row: -len(row[0]))
