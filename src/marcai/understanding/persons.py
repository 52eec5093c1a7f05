"""Who speaks or is spoken of: name, phone, the person a visit is for, and why they come. Birth dates: `births`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from marcai.understanding.cues import Hit
from marcai.understanding.meaning import TimeMention

Spanned = tuple[int, int]

_PHONE = re.compile(r"(?<![A-Za-z0-9_/.])\+?\(?\d(?:[ ().\-]{0,2}\d){6,14}(?![\w/])")
_CPF = re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{4}-\d{2}-\d{2}|\d{2}[.-]\d{2}[.-]\d{4}")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_HAN = re.compile(r"[\u3400-\u9fff]")
_HAN_NAME = re.compile(r"[\u3400-\u9fff·]{2,6}")
_PARTICLES = frozenset("da de do das dos e di del la van von bin al der".split())
_NO_NAME = frozenset(
    # words that end a name or show that what follows "I am" is none
    "a an the o um uma em no na nos nas com para pra pro por que e and my meu minha nasci nascido nascida nascimento born date dob phone telefone "
    "tel celular cpf idade anos tenho moro sou eu aqui i am here from is was calling looking trying going not very so sorry happy fine good ok okay "
    "available interested new paciente patient novo nova estou to gostaria quero queria preciso want need would like have to for with at on in "
    "sick running late afraid unable free sure just also still now today tomorrow hoje amanha sim nao yes no please favor obrigado obrigada thanks "
    "having feeling pregnant allergic wondering asking writing texting back away traveling travelling flexible done it there dr dra doctor "
    "doutor doutora consulta appointment marcar agendar cancelar remarcar confirmar book cancel move reschedule esse essa este esta isso this that "
    "filho filha mae pai esposa marido mesmo mesma proprio responsavel secretaria quem ele ela he she they we mais menos tambem tb and/or".split()
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "端木", "司徒", "夏侯", "长孙", "宇文")
_NOT_HAN_NAME = frozenset("是的好行不没要想来去看约挂取改帮请给这那哪几什谁都可以能会在有我你他她它们说问下个吗呢吧啊预候转")


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was found, and where."""

    value: str
    span: Spanned


def find_phone(folded: str, details: Sequence[Hit], asked: str | None) -> Found | None:
    """Return a phone number as digits, with a leading + where one was said.

    Eight digits and more; fewer only after "my number is" or when it was asked for. Dates and identity numbers are none.
    """
    cued = asked == "phone" or any(hit.label == "phone_is" for hit in details)
    for match in _PHONE.finditer(folded):
        text = match.group()
        digits = "".join(c for c in text if c.isdigit())
        if _CPF.fullmatch(text.strip()) or (_CPF.match(text) and not cued):
            continue
        if len(digits) >= 10 or (cued and len(digits) >= 7):
            return Found(("+" if text.startswith("+") else "") + digits, match.span())
    return None


def find_person_name(text: str, folded: str, details: Sequence[Hit], *, asked: str | None, taken: Sequence[Spanned]) -> Found | None:
    """Return the name that somebody gives: after "my name is" and the like, or bare when a name was asked for."""
    for hit in details:
        if hit.label == "name_is":
            sure = any(word in folded[hit.start : hit.end] for word in ("nome", "name", "cham", "姓名", "名字", "叫", "call", "姓"))
            if found := _name_at(text, folded, hit.end, taken, sure=sure or asked == "patient_name"):
                return found
    if asked == "patient_name":
        return _bare_name(text, folded, taken)
    return None


def _name_at(text: str, folded: str, start: int, taken: Sequence[Spanned], *, sure: bool) -> Found | None:
    while start < len(text) and text[start] in " :：,，-":
        start += 1
    if start < len(text) and _HAN.match(text[start]):
        return _han_name_at(text, folded, start, sure=sure)
    words: list[str] = []
    end = start
    for match in _WORD.finditer(text, start):
        gap = text[end : match.start()] if words else ""
        word = match.group().rstrip(".") if len(match.group()) > 3 else match.group()
        low = folded[match.start() : match.start() + len(word)]
        if (not words and match.start() != start) or gap.strip(" ") or any(a <= match.start() < b for a, b in taken):
            break
        if low in _NO_NAME and low not in _PARTICLES:
            break
        if not sure and not word[:1].isupper() and low not in _PARTICLES:
            break
        words.append(word)
        end = match.start() + len(word)
        if len(words) == 7 or text[end : end + 1] in ".,;!?\n":
            break
    while words and words[-1].lower() in _PARTICLES:
        words.pop()
    if not words or (len(words) == 1 and not sure and not words[0][:1].isupper()) or words[0].lower() in _PARTICLES:
        return None
    return Found(_capitalised(words), (start, end))


def _capitalised(words: Sequence[str]) -> str:
    """Return the name as said, with capitals where the speaker's transcriber wrote none."""
    if any(word[:1].isupper() for word in words):
        return " ".join(words)
    return " ".join(word if word in _PARTICLES else word[:1].upper() + word[1:] for word in words)


def _han_name_at(text: str, folded: str, start: int, *, sure: bool) -> Found | None:
    match = _HAN_NAME.match(text, start)
    if not match:
        return None
    run, plain = match.group(), folded[match.start() : match.end()]
    length = 2 if plain.startswith(_COMPOUND) else 1
    if plain[0] not in _SURNAMES and not sure:
        return None
    given = 0
    for character in plain[length : length + 2]:
        if character in _NOT_HAN_NAME:
            break
        given += 1
    if given == 0 or (len(plain) > length + given and not sure):
        return None
    if plain[0] in _NOT_HAN_NAME:
        return None
    return Found(run[: length + given], (start, start + length + given))


def _bare_name(text: str, folded: str, taken: Sequence[Spanned]) -> Found | None:
    """Return a message, or its part before a comma, that is nothing but a name."""
    for part in re.finditer(r"[^,，;；\n.。!！?？\d/]+", text):
        start = part.start() + len(part.group()) - len(part.group().lstrip(" :-"))
        if any(a <= start < b for a, b in taken):
            continue
        run = part.group().strip(" :-")
        if _HAN.search(run):
            plain = folded[start : start + len(run)]
            if (
                _HAN_NAME.fullmatch(run)
                and len(run) <= 4
                and not any(c in _NOT_HAN_NAME for c in plain)
                and (plain[0] in _SURNAMES or len(run) <= 3)
            ):
                return Found(run, (start, start + len(run)))
            continue
        words = run.split()
        low = [folded[start : start + len(run)]][0].split()
        if 1 <= len(words) <= 7 and all(_WORD.fullmatch(w) for w in words) and not any(w in _NO_NAME and w not in _PARTICLES for w in low):
            return Found(_capitalised(words), (start, start + len(run)))
    return None


def find_other_person(text: str, folded: str, details: Sequence[Hit]) -> str | None:
    """Return the words for somebody else whom the visit is for: "minha mãe", "my son", 妈妈."""
    for hit in details:
        if hit.label == "other_person":
            before = folded[max(0, hit.start - 6) : hit.start].split()
            if before and before[-1] in ("com", "with", "by"):
                continue
            words = text[hit.start : hit.end]
            for opening in ("pra ", "para ", "pro ", "da ", "do ", "for ", "给", "帮", "替", "为"):
                if words.lower().startswith(opening):
                    words = words[len(opening) :]
            return words.strip()
    return None


def find_reason(
    text: str, folded: str, details: Sequence[Hit], hits: Sequence[Hit], times: Sequence[TimeMention], *, asked: str | None, answered: bool
) -> str | None:
    """Return why somebody comes: the whole message when that was asked, else the words of a complaint.

    A complaint is its clause, or only the part from the complaint on where the clause also says what is wanted or when.
    """
    if asked == "reason" and not answered:
        return text.strip(" .!。！") or None
    hit = next((h for h in details if h.label == "symptom"), None)
    if hit is None:
        return None
    start = max(folded.rfind(mark, 0, hit.start) for mark in _CLAUSE_MARKS) + 1
    ends = [e for e in (folded.find(mark, hit.end) for mark in _CLAUSE_MARKS) if e >= 0]
    end = min([*ends, *(t.start for t in times if t.start >= hit.end)], default=len(text))
    busy = [h.end for h in hits if h.label in _WISH_LABELS and h.start >= start and h.end <= hit.start]
    busy += [h.end for h in details if h.label == "because" and h.start >= start and h.end <= hit.start]
    busy += [t.end for t in times if t.start >= start and t.end <= hit.start]
    words = text[max([start, *busy]) : end].strip()
    return _OPENING.sub("", words).strip() or None


_CLAUSE_MARKS = ",.;!?，。；！？\n"
_WISH_LABELS = frozenset({"book", "reschedule", "cancel", "confirm", "availability", "list", "human", "waitlist"})
_OPENING = re.compile(
    r"^(?:por causa d[aeo]|por|de|com|pra|para|pois|porque|pq|e|because of|because|for|about|my|due to|and|since|的|因为|，)\s+",
    re.IGNORECASE,
)
