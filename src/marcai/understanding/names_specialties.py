"""Medical specialties as patients say them in three languages, each with one name of ours.

The table only translates: which specialties a clinic has comes in with its known names, and the clinic's own wording wins.
"""

from collections.abc import Iterable

from marcai.understanding.names_sound import plain

_TABLE = """
cardiology: cardiologia, cardiologista, cardiologistas, cardio, cardiologist, cardiologists, heart doctor, heart specialist, medico do coracao, medica do coracao, 心内科, 心脏科, 心血管科, 心血管内科, 心脏内科, 心脏专科
dermatology: dermatologia, dermatologista, dermatologistas, dermato, derma, derm, dermo, dermatologist, skin doctor, skin specialist, medico de pele, medica de pele, 皮肤科, 皮科, 皮肤专科
pediatrics: pediatria, pediatra, pediatras, pediatric, paediatrics, pediatrician, paediatrician, paediatric, peds, medico infantil, medico de crianca, kids doctor, child doctor, childrens doctor, 儿科, 小儿科, 儿童科, 儿内科, 新生儿科, 儿童保健科
ophthalmology: oftalmologia, oftalmologista, oftalmo, oculista, ophthalmologist, ophtalmology, opthalmology, eye doctor, eye specialist, medico de olho, medico de olhos, medico dos olhos, 眼科
optometry: optometria, optometrista, optometrist, optician, 验光, 视光科, 配镜
otolaryngology: otorrinolaringologia, otorrinolaringologista, otorrino, otorino, otolaryngologist, ent, ear nose and throat, ear nose throat, ent specialist, 耳鼻喉科, 耳鼻咽喉科, 耳鼻喉, 五官科, 耳鼻咽喉头颈外科
gynecology: ginecologia, ginecologista, ginecologo, ginecologa, gineco, gyneco, gynaecology, gynecologist, gynaecologist, gyn, gyno, ginecologia e obstetricia, obgyn, ob gyn, womens health, saude da mulher, 妇科, 妇产科, 妇女科
obstetrics: obstetricia, obstetra, obstetrician, prenatal, pre natal, antenatal, 产科, 产检, 孕检, 产前检查
orthopedics: ortopedia, ortopedista, ortopedico, orto, orthopaedics, orthopedic, orthopaedic, orthopedist, orthopedic surgeon, ortho, bone doctor, traumatologia, traumatologista, 骨科, 骨伤科, 矫形外科, 创伤骨科, 关节科, 脊柱科
neurology: neurologia, neurologista, neuro, neurologist, 神经内科, 神经科, 脑科, 脑内科
neurosurgery: neurocirurgia, neurocirurgiao, neurosurgeon, 神经外科, 脑外科
psychiatry: psiquiatria, psiquiatra, psychiatrist, psych, shrink, 精神科, 精神专科, 身心科
psychology: psicologia, psicologo, psicologa, psico, psi, psicoterapia, psicoterapeuta, psychologist, psychotherapy, psychotherapist, counseling, counselling, counselor, counsellor, 心理科, 心理咨询, 心理医生, 心理咨询师, 心理门诊, 临床心理科
nutrition: nutricao, nutricionista, nutri, nutrologo, nutrologia, nutrologa, nutritionist, dietitian, dietician, dietetics, 营养科, 营养师, 临床营养科
physiotherapy: fisioterapia, fisioterapeuta, fisio, physio, physiotherapist, physical therapy, physical therapist, 康复科, 复健科, 理疗科, 物理治疗, 物理治疗科, 康复医学科, 复健
dentistry: odontologia, odonto, dentista, dentistas, dentist, dental, cirurgiao dentista, odontologo, odontologa, 牙科, 口腔科, 牙医, 牙医科, 口腔内科, 口腔外科, 齿科
orthodontics: ortodontia, ortodontista, orthodontist, orthodontic, 正畸, 正畸科, 矫正牙齿, 牙齿矫正
gastroenterology: gastroenterologia, gastroenterologista, gastro, gastroenterologist, gi doctor, 消化科, 消化内科, 胃肠科, 肠胃科, 肝胆科
proctology: proctologia, proctologista, coloproctologia, coloproctologista, procto, proctologist, colorectal, 肛肠科, 肛肠外科, 直肠科
hepatology: hepatologia, hepatologista, hepatologist, 肝病科, 肝科
urology: urologia, urologista, uro, urologist, 泌尿科, 泌尿外科
andrology: andrologia, andrologista, andrologist, 男科
nephrology: nefrologia, nefrologista, nefro, nephrologist, kidney doctor, 肾内科, 肾科, 肾脏科, 肾脏内科
endocrinology: endocrinologia, endocrinologista, endocrino, endocrinologist, diabetologist, 内分泌科, 内分泌, 糖尿病科, 内分泌代谢科
pulmonology: pneumologia, pneumologista, pneumo, pulmonologist, pulmonary, respiratory medicine, respirologist, lung doctor, lung specialist, 呼吸科, 呼吸内科, 胸腔科, 胸腔内科, 肺科
allergology: alergologia, alergista, allergy doctor, allergy clinic, allergy specialist, alergia e imunologia, imunologia, alergologista, imunologista, allergist, immunology, immunologist, 过敏科, 变态反应科, 免疫科, 过敏反应科
rheumatology: reumatologia, reumatologista, reumato, rheumatologist, 风湿科, 风湿免疫科, 风湿免疫
hematology: hematologia, hematologista, hemato, haematology, hematologist, haematologist, 血液科, 血液内科
oncology: oncologia, oncologista, onco, oncologist, 肿瘤科, 肿瘤内科, 癌症科
infectology: infectologia, infectologista, infecto, infectious disease, infectious diseases, infectologist, 感染科, 传染科, 感染内科
geriatrics: geriatria, geriatra, geriatrician, geriatric, 老年科, 老年病科, 老年医学科
mastology: mastologia, mastologista, masto, breast clinic, breast specialist, 乳腺科, 乳腺外科, 乳房外科
vascular surgery: vascular, cirurgia vascular, angiologia, angiologista, cirurgiao vascular, vascular surgeon, 血管外科, 血管科
general surgery: cirurgia geral, cirurgiao geral, cirurgiao, cirurgia geral, general surgeon, surgeon, 普外科, 普通外科, 外科, 普外
plastic surgery: cirurgia plastica, cirurgiao plastico, plastic surgeon, 整形外科, 整形科, 整容科, 美容科, 医美
thoracic surgery: cirurgia toracica, cirurgiao toracico, thoracic surgeon, 胸外科, 胸科
general practice: clinica geral, clinico geral, clinica medica, clinico, generalista, medico de familia, medica de familia, medicina de familia, saude da familia, general practitioner, gp, family doctor, family medicine, family physician, family practice, primary care, 全科, 全科医学科, 家庭医学科, 家医科, 家庭医学, 普通门诊, 家庭医生
internal medicine: medicina interna, internist, internista, 内科, 普通内科, 大内科
radiology: radiologia, radiologista, radiologist, diagnostico por imagem, 放射科, 影像科
anesthesiology: anestesiologia, anestesista, anestesiologista, anesthesiologist, anaesthetist, anesthetist, 麻醉科
pain medicine: medicina da dor, clinica da dor, pain clinic, pain specialist, pain management, 疼痛科
sports medicine: medicina esportiva, medico do esporte, medicina do esporte, sports doctor, 运动医学科, 运动医学
occupational medicine: medicina do trabalho, medico do trabalho, occupational health, 职业病科
occupational therapy: terapia ocupacional, terapeuta ocupacional, occupational therapist, 作业治疗
speech therapy: fonoaudiologia, fonoaudiologo, fonoaudiologa, fono, speech therapist, speech pathologist, speech pathology, 言语治疗, 语言治疗
acupuncture: acupuntura, acupunturista, acupuncturist, 针灸科, 针灸, 针灸推拿科
traditional chinese medicine: medicina chinesa, medicina tradicional chinesa, tcm, chinese medicine, herbalist, 中医科, 中医, 中医内科, 推拿科, 推拿
homeopathy: homeopatia, homeopata, homeopath, homeopathic, 顺势疗法
chiropractic: quiropraxia, quiropraxista, quiropratico, chiropractor, chiro, 脊椎矫正, 整脊
podiatry: podologia, podologo, podologa, podiatrist, chiropodist, foot doctor, 足科, 足病科
genetics: genetica medica, geneticista, geneticist, 遗传科, 遗传咨询
fertility: reproducao humana, reproducao assistida, fertility clinic, fertility specialist, reproductive medicine, 生殖科, 生殖医学科, 不孕不育科
sleep medicine: medicina do sono, sleep clinic, sleep specialist, 睡眠科, 睡眠门诊
"""

PARENTS = {
    "orthodontics": "dentistry",
    "obstetrics": "gynecology",
    "andrology": "urology",
    "hepatology": "gastroenterology",
    "proctology": "gastroenterology",
    "internal medicine": "general practice",
    "acupuncture": "traditional chinese medicine",
    "optometry": "ophthalmology",
}
"""Where a clinic without the narrower specialty would send somebody."""

PHRASES: dict[tuple[str, ...], str] = {}
"""Specialties by their folded Latin words."""
CHINESE: dict[str, list[tuple[str, str]]] = {}
"""By first character: phrases in Simplified characters with their specialty, longest first."""

for _line in _TABLE.strip().splitlines():
    _canonical, _said = _line.split(": ")
    PHRASES[tuple(_canonical.split())] = _canonical
    for _phrase in _said.split(", "):
        if _phrase[0] > "\u3400":
            CHINESE.setdefault(_phrase[0], []).append((_phrase, _canonical))
        else:
            PHRASES[tuple(_phrase.split())] = _canonical
for _phrases in CHINESE.values():
    _phrases.sort(key=lambda pair: -len(pair[0]))

SPECIALTY_WORDS = frozenset(words[0] for words in PHRASES if len(words) == 1)
LEADING_WORDS = frozenset(words[0] for words in PHRASES)
LONGEST_PHRASE = max(map(len, PHRASES))


def _deletions(word: str) -> Iterable[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


_NEAR: dict[str, str] = {}
for _word in SPECIALTY_WORDS:
    if len(_word) >= 8:
        for _key in (_word, *_deletions(_word)):
            _NEAR.setdefault(_key, PHRASES[(_word,)])


def near_specialty(word: str) -> str | None:
    """Return the specialty of a long word that is one letter away from one in the table ("dermatolgista")."""
    if len(word) < 8:
        return None
    found = _NEAR.get(word)
    if found is None:
        found = next((_NEAR[key] for key in _deletions(word) if key in _NEAR), None)
    return found


def canonical(name: str) -> str | None:
    """Return our name for a specialty in a clinic's own wording, if the table has it."""
    said = plain(name).replace("-", " ").replace("/", " ")
    for phrases in (CHINESE.get(c, ()) for c in said):
        for phrase, specialty in phrases:
            if phrase in said:
                return specialty
    words = said.split()
    for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            found = PHRASES.get(tuple(words[start : start + length]))
            if found:
                return found
    return None
