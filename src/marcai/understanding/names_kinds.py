"""Kinds of visits that patients call by many words in three languages, whatever a clinic's own type is called."""

from marcai.understanding.names_sound import plain

_TABLE = """
follow-up: retorno, retornos, volta ao medico, revisao, reavaliacao, consulta de retorno, follow up, followup, follow ups, followups, return visit, recheck, re check, 复诊, 复查, 回诊, 覆诊, 随访
check-up: check up, checkup, check ups, checkups, exame de rotina, rotina, avaliacao anual, annual exam, annual physical, yearly physical, physical exam, physical, wellness visit, annual visit, health check, 体检, 年度体检, 健康检查, 身体检查, 健检
first visit: primeira consulta, primeira vez, primeiro atendimento, paciente novo, first visit, first appointment, initial consultation, initial visit, new patient, new patient visit, 初诊, 首诊, 第一次看, 首次就诊
vaccination: vacina, vacinas, vacinacao, vaccine, vaccination, flu shot, shot, immunization, immunisation, jab, 疫苗, 打疫苗, 接种, 打预防针, 预防针
blood test: exame de sangue, coleta, coleta de sangue, hemograma, blood test, blood work, bloodwork, blood draw, lab work, 抽血, 验血, 血检, 血常规
ultrasound: ultrassom, ultrassonografia, ultra som, ecografia, ultrasound, sonogram, 超声, 超声波, 彩超
x-ray: raio x, raios x, radiografia, x ray, xray, x rays, 拍片, 照光
electrocardiogram: eletrocardiograma, eletro, ecg, ekg, electrocardiogram, 心电图
mammogram: mamografia, mammogram, mammography, 乳房摄影, 钼靶
cleaning: limpeza, limpeza dental, profilaxia, cleaning, teeth cleaning, dental cleaning, 洗牙, 洁牙
teleconsultation: teleconsulta, telemedicina, consulta online, online, por video, videochamada, telehealth, telemedicine, video visit, video call, virtual visit, phone consultation, 视频问诊, 线上问诊, 网上问诊, 远程, 视频看诊
therapy session: sessao, sessoes, sessao de terapia, therapy session, session, 治疗, 疗程
prescription: renovacao de receita, receita, prescription renewal, prescription refill, refill, 开药, 拿药, 续药
procedure: procedimento, pequena cirurgia, procedure, minor surgery, 手术, 小手术
endoscopy: endoscopia, colonoscopia, endoscopy, colonoscopy, 胃镜, 肠镜
pap smear: papanicolau, preventivo, pap smear, pap test, smear test, 宫颈涂片
prenatal visit: prenatal, pre natal, prenatal visit, 产检
evaluation: avaliacao, evaluation, assessment, 评估
consultation: consulta, consultas, consultation, consult, consulta medica, consulta normal, office visit, regular visit, regular appointment, general consultation, 门诊, 看诊, 就诊, 普通门诊, 问诊
"""

GENERIC = "consultation"
"""What people call any visit: it names a type only where no other word does, and not after "my"."""

KINDS: dict[str, str] = {}
"""Kinds by their words run together ("exame de sangue" -> "examesangue"), particles left out."""
CHINESE_KINDS: list[tuple[str, str]] = []
"""Phrases in Simplified characters with their kind, longest first."""

_PARTICLES = {"de", "da", "do", "ao", "por"}

for _line in _TABLE.strip().splitlines():
    _kind, _said = _line.split(": ")
    KINDS[_kind.replace("-", "").replace(" ", "")] = _kind
    for _phrase in _said.split(", "):
        if _phrase[0] > "\u3400":
            CHINESE_KINDS.append((_phrase, _kind))
        else:
            KINDS["".join(word for word in _phrase.split() if word not in _PARTICLES)] = _kind
KIND_OPENINGS = frozenset(key[:3] for key in KINDS)
"""The first letters of every key, which spare most words the longer look."""
CHINESE_KINDS.sort(key=lambda pair: -len(pair[0]))


def run_together(words: list[str]) -> str:
    """Return words as one key, particles left out."""
    return "".join(word for word in words if word not in _PARTICLES)


def kinds_of(name: str) -> frozenset[str]:
    """Return the kinds that a type's name speaks of; the generic one only when there is no other."""
    said = plain(name)
    kinds = {kind for phrase, kind in CHINESE_KINDS if phrase in said}
    words = "".join(c if c.isalnum() else " " for c in said).split()
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + 5) + 1):
            kind = KINDS.get(run_together(words[start:end]))
            if kind:
                kinds.add(kind)
    return frozenset(kinds - {GENERIC} or kinds)
