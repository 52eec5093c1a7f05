"""A clinic of many providers and the ways in which patients mangle their names; all from one seed."""

# ruff: noqa: E501 - tables are read as rows

import random
from uuid import UUID

from marcai.understanding.meaning import KnownName, KnownNames

_FIRST_PT = """Ana Beatriz João José Fernanda Guilherme Thiago Luíza Márcia Antônio Cecília Otávio Renata Wesley Catarina Íris
Sebastião Gabriela Vinícius Érica
Rafael Heloísa Caio Patrícia Sérgio Débora Leandro Vitória Augusto Simone Eduardo Juliana Marcelo Yasmin Humberto Priscila Rodrigo
Tereza Álvaro Camila""".split()
_LAST_PT = """Souza Sousa Silva Oliveira Araújo Gonçalves Nóbrega Queiroz Magalhães Conceição Ribeiro Teixeira Vasconcelos Brandão
Figueiredo Barros Pimentel
Sant'Anna Albuquerque Lacerda Monteiro Falcão Rezende Antunes Bittencourt Coutinho Damasceno Esteves Furlan Godoy Prado Lins""".split()
_FIRST_EN = """William Robert Catherine Stephen Margaret Elizabeth Philip Kevin Jennifer Matthew Rachel Theodore Vincent Abigail
Gregory Susan Nathaniel
Deborah Christopher Priya Fatima Omar Ingrid Declan""".split()
_LAST_EN = """Thompson O'Leary Fitzgerald Nguyen Whitaker Hughes McKenzie Schwartz Patel Reynolds Sullivan Abernathy Goldberg Lindqvist
Okafor Ramirez
Kowalski Donnelly Hawthorne Pemberton""".split()
_ZH = (
    "李伟 王芳 张敏 陈静 刘洋 杨丽 赵强 黄磊 周杰 吴晓明 徐志远 孙美玲 林建国 郭子涵 何雨桐 高俊杰 罗文博 郑佳怡 梁思远 "
    "谢婉婷 欧阳明华 司马云 曾国强 吕晓东 沈梦琪"
)
_PINYIN = (
    "Wei Chen|Xiaoming Wang|Jing Zhao|Liang Xu|Hui Min Tan|Zhang Haoran|Lin Yuton"
    "g|Bo Feng|Mei Ling Wong|Cheung Ka Wai|Guo Shaoqing|Song Ziyi"
)
_ASR = (
    ("ç", "ss"), ("ph", "f"), ("th", "t"), ("w", "u"), ("y", "i"), ("z", "s"), ("ss", "s"), ("lh", "li"), ("qu", "k"), ("ch", "x"),
    ("ll", "l"), ("nn", "n"),
    ("h", ""), ("ck", "k"), ("ce", "se"), ("ge", "je"), ("x", "ch"), ("ou", "o"), ("k", "c"), ("ei", "e"), ("i", "y"), ("v", "w"),
    ("tt", "t"), ("ee", "i"),
)  # fmt: skip
_NICK = {
    "Beatriz": "Bia", "José": "Zé", "Fernanda": "Nanda", "Guilherme": "Gui", "Gabriela": "Gabi", "Eduardo": "Edu", "Rafael": "Rafa",
    "William": "Bill",
    "Robert": "Bob", "Elizabeth": "Liz", "Catherine": "Kate", "Margaret": "Peggy", "Jennifer": "Jen", "Matthew": "Matt",
    "Christopher": "Chris",
    "Luíza": "Lu", "Antônio": "Toninho", "Patrícia": "Pati", "Juliana": "Ju", "Deborah": "Debbie", "Theodore": "Ted",
    "Priscila": "Pri", "Vitória": "Vivi",
}  # fmt: skip
_SPOKEN = {
    "李": "li", "王": "wang", "张": "zhang", "陈": "chen", "刘": "liu", "杨": "yang", "赵": "zhao", "黄": "huang", "周": "zhou", "吴": "wu",
    "徐": "xu", "孙": "sun",
    "林": "lin", "郭": "guo", "何": "he", "高": "gao", "罗": "luo", "郑": "zheng", "梁": "liang", "谢": "xie", "欧": "ou", "阳": "yang",
    "司": "si", "马": "ma",
    "曾": "zeng", "吕": "lü", "沈": "shen", "伟": "wei", "芳": "fang", "敏": "min", "静": "jing", "洋": "yang", "丽": "li", "强": "qiang",
    "磊": "lei", "杰": "jie",
    "晓": "xiao", "明": "ming", "志": "zhi", "远": "yuan", "美": "mei", "玲": "ling", "建": "jian", "国": "guo", "子": "zi", "涵": "han",
    "雨": "yu", "桐": "tong",
    "俊": "jun", "文": "wen", "博": "bo", "佳": "jia", "怡": "yi", "思": "si", "婉": "wan", "婷": "ting", "华": "hua", "云": "yun", "东": "dong",
    "梦": "meng", "琪": "qi",
}  # fmt: skip
_HOMOPHONES = {"李": "黎", "伟": "维", "芳": "方", "静": "京", "洋": "羊", "丽": "莉", "杰": "洁", "晓": "小", "明": "名", "志": "智", "美": "梅", "玲": "灵",
    "建": "健",
               "雨": "语", "俊": "军", "博": "波", "佳": "嘉", "思": "斯", "张": "章", "徐": "许", "婷": "庭", "云": "芸", "琪": "奇", "周": "洲", "杨": "阳",
    "郑": "政"}  # fmt: skip
_TRADITIONAL = str.maketrans("张陈刘杨赵黄吴孙郑罗谢马吕伟静丽强晓远国涵俊华云东梦", "張陳劉楊趙黃吳孫鄭羅謝馬呂偉靜麗強曉遠國涵俊華雲東夢")
_CHARACTERS = {"Wei Chen": "陈伟", "Xiaoming Wang": "王晓明", "Jing Zhao": "赵静", "Liang Xu": "徐亮", "Zhang Haoran": "张浩然",
    "Lin Yutong": "林雨桐", "Bo Feng": "冯博",
               "Guo Shaoqing": "郭少卿", "Song Ziyi": "宋子怡"}  # fmt: skip
_SENTENCES = (
    ("quero marcar com {} amanhã às 10h", False), ("tem horário com {}?", False), ("i'd like to see {} next week", False),
    ("can I book with {} on monday", False),
    ("com {} por favor", True), ("{}", True), ("pode ser {}", True), ("with {} please", True),
)  # fmt: skip
_TITLED = (
    ("quero um horário com {} na quinta", False),
    ("{} tem vaga amanhã?", False),
    ("is {} free on friday", False),
    ("cancela minha consulta com {}", False),
)
_CHINESE = (("我想约{}周三", False), ("帮我挂{}的号", False), ("{}明天有空吗", False), ("{}", True))


def clinic(rng: random.Random, size: int) -> KnownNames:
    """Return a clinic with that many providers, no two of one name; about a sixth of them Chinese."""
    names: dict[str, None] = {name + rng.choice(("", "医生")): None for name in rng.sample(_ZH.split(), min(25, size // 8))}
    names |= {rng.choice(("Dr. ", "")) + name: None for name in rng.sample(_PINYIN.split("|"), min(12, size // 16))}
    while len(names) < size:
        if rng.random() < 0.65:
            first, last = rng.choice(_FIRST_PT), rng.sample(_LAST_PT, 2)
            name = f"{first} {last[0]}" if rng.random() < 0.6 else f"{first} {rng.choice(('de ', 'da ', ''))}{last[0]} {last[1]}"
            names[rng.choice(("Dra. " if first[-1] in "aíz" else "Dr. ", "")) + name] = None
        else:
            names[rng.choice(("Dr. ", "")) + f"{rng.choice(_FIRST_EN)} {rng.choice(_LAST_EN)}"] = None
    known = tuple(KnownName(UUID(int=place + 1), (name,)) for place, name in enumerate(names))
    return KnownNames(f"noise-{size}-{rng.random()}", known)


def noisy(rng: random.Random, official: str) -> tuple[str, bool]:
    """Return a message that names the provider in a mangled way, and whether a provider had been asked for."""
    name = official.replace("Dra. ", "").replace("Dr. ", "").replace("医生", "")
    if "\u4e00" <= name[0] <= "\u9fff":
        return _noisy_chinese(rng, name)
    if name in _CHARACTERS and rng.random() < 0.3:
        return _placed(rng, _CHARACTERS[name] + rng.choice(("医生", "")), _CHINESE)
    words = name.split()
    shape = rng.random()
    if shape < 0.12:
        words = [words[-1]] if rng.random() < 0.6 else [words[0]]
    elif shape < 0.18:
        words = [words[0][0] + rng.choice(("", ".")), words[-1]]
    elif shape < 0.24:
        words = [words[-1], *words[:-1]]
    elif shape < 0.32 and words[0] in _NICK:
        words = [_NICK[words[0]], *words[1:]]
    elif shape < 0.40 and len(words) > 2:
        words = [words[0], words[-1]]
    said = " ".join(words)
    said = _mangled(rng, said, short=len(words) == 1)
    is_titled = len(words) == 1 or rng.random() < 0.45
    if is_titled:
        return _placed(rng, rng.choice(("dr ", "Dr. ", "dra ", "doutor ", "doutora ", "doctor ", "Dra. ")) + said, (*_TITLED, *_SENTENCES))
    return _placed(rng, said, _SENTENCES)


def _noisy_chinese(rng: random.Random, name: str) -> tuple[str, bool]:
    kind = rng.random()
    if kind < 0.35:
        syllables = [_SPOKEN[c] for c in name]
        cut = 2 if name[:2] in ("欧阳", "司马") else 1
        family, given = "".join(syllables[:cut]), rng.choice(("", " ")).join(syllables[cut:])
        said = rng.choice((f"{family} {given}", f"{given.replace(' ', '')} {family}", f"{family.title()} {given.title()}"))
        if rng.random() < 0.3:
            said = _typo(rng, said)
        return _placed(rng, rng.choice(("dr ", "doctor ", "")) + said, _SENTENCES)
    if kind < 0.5:
        said = name[:2] if name[:2] in ("欧阳", "司马") else name[0]
        return _placed(rng, said + rng.choice(("医生", "大夫", "主任")), _CHINESE)
    if kind < 0.75:
        places = [place for place, c in enumerate(name) if c in _HOMOPHONES]
        for place in places[: rng.choice((1, 1, 2))]:
            name = name[:place] + _HOMOPHONES[name[place]] + name[place + 1 :]
    elif kind < 0.9:
        name = name.translate(_TRADITIONAL)
        return _placed(rng, name + rng.choice(("醫師", "醫生", "")), _CHINESE)
    return _placed(rng, name + rng.choice(("医生", "大夫", "")), _CHINESE)


def _placed(rng: random.Random, said: str, sentences: tuple[tuple[str, bool], ...]) -> tuple[str, bool]:
    sentence, is_asked = rng.choice(sentences)
    return sentence.format(said), is_asked


def _mangled(rng: random.Random, said: str, *, short: bool) -> str:
    kind = rng.random()
    if kind < 0.15:
        return said
    if kind < 0.35:
        return "".join(rng.choice((c, _bare(c))) for c in said).lower()
    if kind < 0.6:
        said = said.lower()
        present = [pair for pair in _ASR if pair[0] in said]
        for old, new in rng.sample(present, min(len(present), rng.choice((1, 1, 2)))):
            said = said.replace(old, new, 1)
        return "".join(_bare(c) for c in said)
    if kind < 0.9 or short:
        return _typo(rng, said if rng.random() < 0.5 else said.lower())
    if kind < 0.96:
        return _typo(rng, _typo(rng, said.lower()))
    return said.lower().replace(" ", "", 1)


def _bare(c: str) -> str:
    return c.translate(str.maketrans("áàâãéêíóôõúüçÁÉÍÓÚÂÊÔÃÕÇ", "aaaaeeiooouucAEIOUAEOAOC"))


def _typo(rng: random.Random, said: str) -> str:
    place = rng.randrange(len(said))
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    kind = rng.random()
    if kind < 0.3 and said[place] != " ":
        return said[:place] + said[place + 1 :]
    if kind < 0.5:
        return said[:place] + letter + said[place:]
    if kind < 0.75 and place + 1 < len(said):
        return said[:place] + said[place + 1] + said[place] + said[place + 2 :]
    return said[:place] + (letter if said[place] != " " else " ") + said[place + 1 :]
