"""Which of the three languages a message is in, steady within a talk."""

import re

from marcai.understanding.cues import find
from marcai.understanding.folding import aligned
from marcai.understanding.lexicons import lexicon_of
from marcai.understanding.meaning import Language

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_ACCENTS = re.compile(r"[ãõçâêôáéíóúà]", re.IGNORECASE)

_PT = frozenset(
    "nao voce vc vcs voces para pra pro com uma um que quero queria gostaria preciso marcar agendar remarcar cancelar desmarcar consulta horario "
    "amanha hoje depois segunda terca quarta quinta sexta sabado domingo feira dia semana mes proxima proximo manha tarde noite obrigado obrigada "
    "oi ola bom boa sim favor por meu minha meus minhas seu sua esse essa este esta isso ele ela eu sou estou tem tenho tinha ter ser ir vou posso "
    "pode poderia podem consigo consegue qual quais quando onde quanto quem como mais muito tambem tb ate antes entre qualquer medico medica "
    "doutor doutora dra clinica endereco telefone convenio atende atendem vaga exame retorno dor peito filho filha mae pai nome nasci nascimento "
    "da das dos nas nos pela pelo fica tanto faz primeiro primeira ultima ultimo segundo terceiro agora ja ainda so mesmo outra outro deixa "
    "beleza blz fechado combinado perfeito claro ta tava ok_ certo isso confirmo confirmar cedo horas hora meia pessoa falar atendente ajuda "
    "socorro lista espera cadastro cadastrar remarca marca cancela confirma ao aos na em ou se mas porque pq hj amh pfv valeu tchau ate janeiro "
    "fevereiro abril maio junho julho setembro outubro novembro dezembro quatorze quinze vinte trinta sem nenhum nenhuma aceito prefiro pessoal "
    "gente dele dela nasceu anos voltar olho cabeca barriga costas febre estao serve pode preciso nossa obg vlw tudo bem qualquer sexta-feira "
    "e o os as um de do no me lhe nem sei acho dois duas tres cinco seis sete oito nove dez onze doze".split()
)
_EN = frozenset(
    "the you your yours is are am was were be been i i'm i'd i'll i've my mine me we our he she they it it's this that these those what which when "
    "where who how why with without for from to of on at in by about and or but if not don't can't won't isn't would could should can will may "
    "want wanna need like love have has had do does did get make see book schedule appointment appt appointments cancel reschedule move change "
    "confirm confirming available availability opening slot doctor dr please pls thanks thank hello hi hey good morning afternoon evening today "
    "tomorrow tmrw next week month monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december any anything anyone some something time times day days earlier later earliest first second last one two "
    "three four five six seven eight nine ten eleven noon yes yeah yep sure nope nah right fine great works perfect ok_ okay_ never mind name born "
    "birth date phone number call speak talk someone person human list waiting register new patient insurance address located open close hours "
    "pain chest breathe help emergency bleeding sorry there here only just also still rather prefer instead an as so up out off over again after "
    "before between until till go come take let's let see him her his their my son daughter wife husband mother father mom dad kid doesn't didn't "
    "wouldn't i'd that's half past quarter way too early late very much more some than every all no not never "
    "because while then now really maybe possible chance work works open opening near bus subway price cost file first time bot real ask tell show check "
    "list drop everything running wait feeling help having think heart attack stroke blood pressure head hit double baby breathing blue lol folks hiya yup "
    "alright else day days hour hours minute nice one's what's don't ain't gonna gotta kinda mom's nothing lot thx asap pls cannot haven't weren't".split()
)
_SHARED = frozenset(
    "a as no me do e o em so for i dr dra ok okay mar sim se am at com on check up checkup pro are de la online email site whatsapp".split()
)
_LOANS = frozenset(
    "ok okay yes no bye hi hello thanks sorry please check up checkup online email app site cool nice top show brother dr good friday".split()
)
_TALKING_HAN = frozenset("的我你您是不要想约挂号医生吗呢吧好了在有什么请帮这那周点预行可以没谢取消改到今明后天下上午去来看几候对嗯说文叫")
_FLIP = 2.0


def detect(text: str, *, talk: Language | None = None) -> Language:
    """Return the language of the message.

    Within a `talk` a loan word ("ok", "check-up"), a name, a lone number or date does not change it; words that only
    another language has do. Without a talk and without any evidence it is Portuguese, the clinics' own.
    """
    folded = aligned(text)
    han = len(_HAN.findall(folded))
    if han and _is_chinese(folded, han, talk):
        return Language.ZH
    portuguese, english = _evidence(folded, bool(_ACCENTS.search(text)))
    if talk is None:
        if abs(english - portuguese) < 1.0:
            portuguese += _wordings(folded, Language.PT)
            english += _wordings(folded, Language.EN)
        return Language.EN if english > portuguese else Language.PT
    if talk is Language.ZH:
        if han or max(portuguese, english) < _FLIP:
            return talk
        return Language.EN if english > portuguese else Language.PT
    if talk is Language.PT:
        return Language.EN if english - portuguese >= _FLIP else talk
    return Language.PT if portuguese - english >= _FLIP else talk


def _is_chinese(folded: str, han: int, talk: Language | None) -> bool:
    letters = len(_WORD.findall(_HAN.sub(" ", folded)))
    if talk in (None, Language.ZH):
        return han * 2 >= letters or (talk is Language.ZH and han > 1)
    return han >= letters and any(c in _TALKING_HAN for c in folded)


def _wordings(folded: str, language: Language) -> float:
    """Return how much a language's lexicon knows of the message; asked only where the small words leave a tie."""
    return sum(hit.weight for hit in find(folded[:300], lexicon_of(language)))


def _evidence(folded: str, accented: bool) -> tuple[float, float]:
    portuguese = 1.5 if accented else 0.0
    english = 0.0
    for match in _WORD.finditer(folded):
        word = match.group()
        weight = 0.5 if word in _LOANS else 1.0
        if word in _SHARED:
            weight = 0.25
        if word in _PT:
            portuguese += weight * (1.5 if word not in _SHARED and len(word) > 2 else 1.0)
        if word in _EN:
            english += weight * (1.5 if word not in _SHARED and len(word) > 2 and word not in _LOANS else 1.0)
    return portuguese, english
