"""Chinese, by the ways in which libraries fail. It is Monday, 23 November 2026, ten o'clock."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marcai.conversation.phrasing import chinese as phrasing
from marcai.understanding.dates.finder import find_times
from marcai.understanding.dates.lunar import lunar_day
from marcai.understanding.meaning import Language
from tests.understanding.dates.cases import MONDAY, only, reader

values = reader(Language.ZH)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("下周三", "2026-12-02"),
        ("下週三", "2026-12-02"),
        ("下個禮拜三", "2026-12-02"),
        ("下下周三", "2026-12-09"),
        ("下周的周三", "2026-12-02"),
        ("下星期天", "2026-12-06"),
        ("这周五", "2026-11-27"),
        ("周5", "2026-11-27"),
        ("下 周 五", "2026-12-04"),
        ("两周后的周二", "2026-12-08"),
        ("下周的今天", "2026-11-30"),
        ("12月4号之后的周一", "2026-12-07"),
    ],
)
def test_weekdays_belong_to_calendar_weeks(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("大后天", "2026-11-26"),
        ("聽日", "2026-11-24"),
        ("下个月廿号", "2026-12-20"),
        ("二〇二七年三月五日", "2027-03-05"),
        ("27年3月5号", "2027-03-05"),
        ("2027.3.5", "2027-03-05"),
        ("12/3", "2026-12-03"),
        ("12·3", "2026-12-03"),
        ("12月3号（周四）", "2026-12-03"),
        ("三十号", "2026-11-30"),
        ("明年三月五号", "2027-03-05"),
        ("两个半月后", "2027-02-07"),
        ("三日之后", "2026-11-26"),
        ("3个工作日后", "2026-11-26"),
        ("过两天", "2026-11-25"),
    ],
)
def test_days_are_read_in_every_script_and_shape(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("下午三点半", "15:30"),
        ("下午三點零五", "15:05"),
        ("早上八点一刻", "08:15"),
        ("差一刻三点", "14:45"),
        ("下午三点差五分", "14:55"),
        ("中午一点", "13:00"),
        ("夜里十二点", "00:00"),
        ("凌晨两点二十", "02:20"),
        ("晚7点", "19:00"),
        ("14时20分", "14:20"),
        ("4:30pm", "16:30"),
        ("上午十一二点", "11:00"),
    ],
)
def test_clock_times_are_read_in_words_and_digits(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("从两点开始一个小时", ["14:00", "15:00"]),
        ("周四下午两点起九十分钟", ["2026-11-26T14:00", "2026-11-26T15:30"]),
        ("上午十点一刻到十一点之间", ["10:15", "11:00"]),
        ("上午十一点到一点", ["11:00", "13:00"]),
        ("下午3-5点", ["15:00", "17:00"]),
        ("明天下午三点和五点之间", ["2026-11-24T15:00", "2026-11-24T17:00"]),
        ("12月3号到8号", ["2026-12-03", "2026-12-09"]),
        ("3到5号", ["2026-12-03", "2026-12-06"]),
        ("下周二到四", ["2026-12-01", "2026-12-04"]),
        ("这个月底", ["2026-11-21", "2026-12-01"]),
        ("12月中旬", ["2026-12-11", "2026-12-21"]),
        ("这个周末", ["2026-11-28", "2026-11-30"]),
        ("下周末", ["2026-12-05", "2026-12-07"]),
        ("后三天", ["2026-11-24", "2026-11-27"]),
        ("明年一季度", ["2027-01-01", "2027-04-01"]),
        ("下半年", ["2026-07-01", "2027-01-01"]),
    ],
)
def test_ranges_have_both_ends(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("下午三点半以后", ["15:30", None]),
        ("下周三下午三点以后", ["2026-12-02T15:00", None]),
        ("中午十二点以前", [None, "12:00"]),
        ("周五之前", [None, "2026-11-27"]),
        ("最晚周五", [None, "2026-11-28"]),
        ("不早于十点", ["10:00", None]),
        ("十点以前不行", ["10:00", None]),
        ("从12月3号起", ["2026-12-03", None]),
    ],
)
def test_bounds_stand_behind_what_they_bound(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("十二月的第一个星期一", "2026-12-07"),
        ("下个月最后一个工作日", "2026-12-31"),
        ("下个月的第一天", "2026-12-01"),
        ("元旦后第一个工作日", "2027-01-04"),
        ("圣诞节前一天", "2026-12-24"),
        ("本月最后一周", ["2026-11-23", "2026-11-30"]),
        ("圣诞那周", ["2026-12-21", "2026-12-28"]),
    ],
)
def test_an_ordinal_counts_days_and_weeks_of_a_period(said: str, meant: object) -> None:
    assert values(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("周三不对周四", ["2026-11-26"]),
        ("周三，不，周四", ["2026-11-26"]),
        ("明天上午，说错了，后天上午", [{"date": "2026-11-25", "part": "morning"}]),
        ("周四下午三点不对四点", ["2026-11-26T16:00"]),
        ("三十号不是十三号", ["2026-11-30"]),
        ("不是周五，是周六", ["2026-11-28"]),
        ("周四吧，算了还是周五吧", ["2026-11-27"]),
    ],
)
def test_what_is_taken_back_is_gone(said: str, meant: list[object]) -> None:
    assert values(said) == meant


@pytest.mark.parametrize(
    ("said", "wanted", "unwanted"),
    [
        ("除了周五都行", [], [date(2026, 11, 27)]),
        ("周二不行，约周六吧", ["2026-11-28"], [date(2026, 11, 24)]),
        ("周二的话我没空，约周六吧", ["2026-11-28"], [date(2026, 11, 24)]),
        ("周五周六都不行", [], [date(2026, 11, 27), date(2026, 11, 28)]),
        ("下周二不行，周三呢", ["2026-12-02"], [date(2026, 12, 1)]),
        ("周三来不了，改周四", ["2026-11-26"], [date(2026, 11, 25)]),
        ("周三来不了，取消吧", ["2026-11-25"], []),
        ("周三不行吗", ["2026-11-25"], []),
    ],
)
def test_what_cannot_be_is_marked(said: str, wanted: list[object], unwanted: list[object]) -> None:
    mentions = find_times(said, Language.ZH, MONDAY)
    assert values(said) == wanted
    assert [mention.value for mention in mentions if mention.excluded] == unwanted


def test_what_is_and_what_is_wished_stay_two() -> None:
    assert values("把周三的预约改到周四下午") == ["2026-11-25", {"date": "2026-11-26", "part": "afternoon"}]
    assert values("从周三改到周五") == ["2026-11-25", "2026-11-27"]


def test_a_choice_of_two_days_shares_the_month_and_the_week() -> None:
    assert values("12月8号或者9号") == ["2026-12-08", "2026-12-09"]
    assert values("下周二或周三") == ["2026-12-01", "2026-12-02"]
    assert values("晚上七点或者八点") == ["19:00", "20:00"]
    assert values("周一三五") == ["2026-11-30", "2026-11-25", "2026-11-27"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("中秋节", "2027-09-15"),
        ("农历八月十五", "2027-09-15"),
        ("大年初五", "2027-02-10"),
        ("腊月廿三", "2027-01-30"),
        ("正月十五", "2027-02-20"),
        ("清明", "2027-04-05"),
        ("明年国庆节", "2027-10-01"),
    ],
)
def test_feasts_and_days_of_the_chinese_calendar_are_found(said: str, meant: object) -> None:
    assert values(said) == [meant]


def test_the_table_of_the_chinese_calendar_knows_leap_months_and_its_ends() -> None:
    assert lunar_day(2025, 7, 1) == date(2025, 8, 23)
    assert lunar_day(2033, 8, 15) == date(2033, 9, 8)
    for month, day in ((1, 31), (14, 1)):
        with pytest.raises(ValueError, match=str(month)):
            lunar_day(2026, month, day)
    with pytest.raises(ValueError, match="1900"):
        lunar_day(1900, 1, 1)


def test_an_hour_without_its_half_of_the_day_is_asked_about() -> None:
    mention = only("周四三点", Language.ZH)
    assert (mention.value, mention.question) == (datetime(2026, 11, 26, 15, 0), "am_or_pm")
    assert only("三点", Language.ZH).value == time(15, 0)


@pytest.mark.parametrize(
    "text",
    "我在三号楼二层 九号楼 5号线 3号窗口 五一路那家 中山路15号 电话021-65521015 13800138000 血压140/90 38度5 血糖六点八 "
    "一点都不疼 有一点咳嗽 早一点 我有三点建议 三分热度 评分4分以上 人均100-150元 五岁 儿子今年三岁 三个月大 "
    "怀孕12周了 头疼三天了 一天三次 一日三次 每周一次 每八小时一次 版本2.1 周主任在吗 我叫李五月 "
    "早上好 晚安 生日 日本 第二个 最后一个 半天没人 上次 下巴疼 网上 一下 随时 几点开门 什么时候 祝您周末愉快 提前一天 1990年出生".split(),
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert find_times(text, Language.ZH, MONDAY) == []


@given(st.datetimes(min_value=MONDAY + timedelta(days=1), max_value=MONDAY + timedelta(days=300)))
@settings(max_examples=200, deadline=None)
def test_what_we_say_is_what_we_hear(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    assert only(f"可以约{phrasing.moment(moment)}李医生（城中门诊）的初诊。", Language.ZH).value == moment
    assert only(phrasing.clock(moment.time()), Language.ZH).value == moment.time()
    assert only(f"{phrasing.day(moment.date())}的预约已经取消。", Language.ZH).value == moment.date()
