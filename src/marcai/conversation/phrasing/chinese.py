"""What Marcaí says in Chinese, for the eye."""

from datetime import date, datetime, time
from typing import Final

from marcai.conversation.flow import State
from marcai.conversation.phrasing.say import Say, Visit

WEEKDAYS: Final = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
BETWEEN: Final = "、"
LAST: Final = "还是"
NOON: Final = 12
HALVES: Final = ((6, "凌晨"), (12, "上午"), (13, "中午"), (19, "下午"), (24, "晚上"))
"""Until which hour the parts of a day reach, as they are said."""

PHRASES: Final[dict[Say, str]] = {
    Say.GREETING: "您好！这里是{clinic}的预约助手。我可以帮您预约、改约或取消就诊。请问您需要什么？",
    Say.WELCOME_BACK: "您好！",
    Say.THANKS: "不客气！如有需要，随时给我留言。",
    Say.ASK_INTENT: "请问您想预约、改约还是取消就诊？",
    Say.ASK_TYPE: "请问您想预约哪种就诊？我们有：{options}。",
    Say.ASK_DATE: "请问您想约哪一天、什么时间？",
    Say.ASK_NEW_DATE: "您的预约是{visit}。请问想改到哪一天、什么时间？",
    Say.ASK_OTHER_TIME: "请问哪一天、什么时间对您合适？",
    Say.ASK_WHICH_PROVIDER: "请问您想看哪位医生：{options}？",
    Say.UNKNOWN_PROVIDER: "诊所里没有找到这个名字的医生。您可以约{options}。请问您想约哪位？",
    Say.ASK_IDENTITY: "为了保护您的信息，请告诉我您的全名和出生日期。",
    Say.ASK_IDENTITY_TO_BOOK: "为了给您登记，请告诉我您的全名和出生日期。",
    Say.ASK_NAME: "请问您的全名是什么？",
    Say.ASK_BIRTH_DATE: "请问您的出生日期是哪一天？",
    Say.ASK_PHONE: "请问您的联系电话是多少？",
    Say.ASK_WHICH_DATE: "跟您确认一下：您说的是{first}，而不是{second}，对吗？",
    Say.ASK_WHICH_TIME: "跟您确认一下：您说的是{first}，而不是{second}，对吗？",
    Say.PAST_DATE: "这一天（{day}）已经过了。请问您想改约哪一天？",
    Say.PAST_TIME: "今天的这个时间已经过了。请问别的什么时间或哪一天合适？",
    Say.OFFER: "可以约{visit}{of_type}。帮您约上，可以吗？",
    Say.OFFER_MOVE: "可以把您的预约从{old}改到{visit}。确认修改吗？",
    Say.NOTHING_AT_THAT_TIME: "这个时间没有空位了，最接近的是这个。",
    Say.NOTHING_ON_THAT_DAY: "这一天没有空位了，最接近的是这个。",
    Say.NOTHING_WITH_PROVIDER: "这位医生在这段时间没有空位了，另一位医生有空。",
    Say.OFFER_LOST: "很抱歉，这个时间刚刚被约走了。",
    Say.BOOKED: "好了！已为您约好{visit}。",
    Say.REQUESTED: "好了！已为您登记{visit}的申请，诊所会与您确认。",
    Say.MOVED: "好了！您的预约已改到{visit}。",
    Say.ASK_CANCEL: "您确定要取消{visit}的预约吗？",
    Say.ASK_CANCEL_ALL: "您确定要取消以下所有预约吗：{visits}？",
    Say.CANCELLED: "好的，{visit}的预约已经取消。",
    Say.CANCELLED_ALL: "好的，以下预约已经取消：{visits}。",
    Say.KEPT: "好的，您的预约保持不变。",
    Say.ASK_PRESENCE: "您确认会来{visit}的预约吗？",
    Say.PRESENCE_CONFIRMED: "谢谢！您{visit}的预约已确认。",
    Say.STAFF_CONFIRMS: "这个申请还需要由诊所与您确认。",
    Say.NOT_POSSIBLE: "这个预约在这里已经不能更改了，请联系诊所前台{by_phone}。",
    Say.ASK_WAITLIST: "可以把您加入{days}{type}的候补名单{with_provider}。确认吗？",
    Say.ASK_WAITLIST_NOTHING_FREE: "您要的时间没有空位了。要加入候补名单吗？您也可以告诉我别的日期或时间。",
    Say.JOINED: "好了！您已加入候补名单，排在第{position}位。有空位时我们会通知您。",
    Say.NO_WAITLIST: "好的，不加候补。如果想试试别的日期或时间，请告诉我。",
    Say.NOTHING_TO_BOOK: "目前这里没有可以预约的就诊，请联系诊所前台{by_phone}。",
    Say.REGISTERED: "好了，{name}！您已登记成功。要预约就诊吗？",
    Say.ALREADY_REGISTERED: "您已经在诊所登记过了。要预约就诊吗？",
    Say.VISITS: "您接下来的预约有：{visits}。",
    Say.NO_VISITS: "您目前没有预约。",
    Say.WHICH_VISIT: "请问是哪一个预约：{visits}？",
    Say.NO_SUCH_VISIT: "没有找到您的这个预约。",
    Say.IS_IT_THIS_VISIT: "您有一个{visit}的预约，是这个吗？",
    Say.NOT_MATCHED: "您提供的信息与我们的记录不符。请再告诉我一次您的全名和出生日期。",
    Say.NOT_MATCHED_STAFF: "您提供的信息与我们的记录不符。诊所的工作人员会与您联系{by_phone}。",
    Say.OTHER_PERSON: "在这里我只能处理您本人的预约。其他人的预约请联系诊所前台{by_phone}。",
    Say.FACT_ADDRESS: "我们的地址：{options}。",
    Say.FACT_HOURS: "我们的门诊时间：{hours}。",
    Say.FACT_HOURS_AT: "{place}的门诊时间：{hours}。",
    Say.FACT_OPEN: "现在正在营业。",
    Say.FACT_CLOSED: "现在已经休息。",
    Say.FACT_PHONE: "我们的电话：{options}。",
    Say.FACT_PROVIDERS: "诊所的医生有：{options}。",
    Say.FACT_SPECIALTIES: "我们的科室有：{options}。",
    Say.FACT_PROVIDER: "{provider}的专长是{specialties}{at}。",
    Say.FACT_TYPES: "我们提供：{options}。",
    Say.FACT_UNKNOWN: "这个信息我这里没有，请咨询诊所前台{by_phone}。",
    Say.UNCLEAR: "抱歉，我没有听懂。",
    Say.UNCLEAR_STAFF: "抱歉，我还是没有听懂。如果想找诊所的工作人员，请输入“人工”。",
    Say.OUT_OF_SCOPE: "这个我帮不上忙。我可以帮您预约、改约、确认或取消就诊，也可以介绍诊所的情况。请问您需要什么？",
    Say.SILENCE: "没有收到您的文字。",
    Say.WAITING: "好的，不着急。",
    Say.REPEATED: "{said}",
    Say.LANGUAGE_SWITCHED: "好的，我们可以用中文交流。",
    Say.DROPPED: "好的，没有为您预约或更改任何内容。如有需要，随时给我留言。",
    Say.HANDED_OFF: "好的，我把对话转给诊所的工作人员，他们会回复您{by_phone}。",
    Say.HANDED_OFF_UNCLEAR: "抱歉，我没能听懂。我把对话转给诊所的工作人员，他们会回复您{by_phone}。",
    Say.STILL_HANDED_OFF: "诊所的工作人员会回复您{by_phone}。如果需要，我也可以先帮您预约。",
    Say.EMERGENCY: "这可能是紧急情况。请立即拨打{number}，或马上去最近的急诊室。不要等预约。",
}

SUGGESTIONS: Final[dict[State, tuple[str, ...]]] = {
    State.IDLE: ("我要预约", "我的预约", "人工客服"),
    State.IDENTIFYING: (),
    State.COLLECTING: ("明天", "越早越好"),
    State.OFFERING: ("好的", "换个时间", "换一天"),
    State.CONFIRMING: ("是的", "不是"),
    State.CHOOSING_APPOINTMENT: ("第一个", "最后一个"),
    State.CONFIRMING_CANCEL: ("是的，取消", "不，保留"),
    State.WAITLISTING: ("好的", "不用", "换一天"),
    State.HANDED_OFF: (),
    State.COMPLETED: ("我的预约", "再约一个"),
}


def day(value: date) -> str:
    """Say a day: "11月26日星期四"."""
    return f"{value.month}月{value.day}日{WEEKDAYS[value.weekday()]}"


def clock(value: time) -> str:
    """Say a clock time: "上午9点半"."""
    half = next(name for until, name in HALVES if value.hour < until)
    hour = value.hour if value.hour <= NOON else value.hour - NOON
    minutes = "半" if value.minute == 30 else f"{value.minute}分" if value.minute else ""
    return f"{half}{hour}点{minutes}"


def moment(value: datetime) -> str:
    """Say a moment: "11月26日星期四上午9点半"."""
    return f"{day(value.date())}{clock(value.time())}"


def with_provider(name: str) -> str:
    """Say with whom."""
    return f"（{name}）"


def at(place: str) -> str:
    """Say at which place, behind what somebody treats."""
    return f"，在{place}出诊"


def visit(value: Visit) -> str:
    """Say a visit: "11月26日星期四上午9点半李医生（城中门诊）"."""
    place = f"（{value.place}）" if value.place else ""
    return f"{moment(value.start)}{value.provider}{place}"


def of_type(name: str) -> str:
    """Say what kind of visit, behind an offer."""
    return f"的{name}"


def by_phone(number: str) -> str:
    """Say at which number, behind a sentence about staff."""
    return f"（电话 {number}）"


def hours(first: int, last: int, opens: time, closes: time) -> str:
    """Say weekly hours: "星期一至星期五上午8点到下午6点"."""
    days = WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]}{'、' if last == first + 1 else '至'}{WEEKDAYS[last]}"
    return f"{days}{clock(opens)}到{clock(closes)}"


def days(first: date, last: date) -> str:
    """Say for which days, before what is waited for: "11月26日星期四", "…至…"."""
    return day(first) if first == last else f"{day(first)}至{day(last)}"
