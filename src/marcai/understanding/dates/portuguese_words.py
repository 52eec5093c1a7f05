"""The Portuguese lexicon, as spoken and written in Brazil: words and phrases of time, and the words that only look like them."""

from marcai.understanding.dates.constituents import KINDS, Amount, Clock, Holiday, PartOfDay, Shifted, Which
from marcai.understanding.dates.lexicon import Lexicon

_UNITS = "um dois tres quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove".split()
_TENS = "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa".split()
_HUNDREDS = "cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos".split()

NUMBERS = (
    {word: value for value, word in enumerate(_UNITS, 1)}
    | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
    | {word: 100 * i for i, word in enumerate(_HUNDREDS, 1)}
    | {"uma": 1, "duas": 2, "quatorze": 14, "dezaseis": 16, "zero": 0, "cem": 100}
)
ORDINALS = {
    word: value
    for value, words in enumerate(
        "primeiro primeira|segundo|terceiro terceira|quarto|quinto|sexto|setimo setima|oitavo oitava|nono nona|decimo decima".split("|"), 1
    )
    for word in words.split()
}

LEXICON = Lexicon(
    month_first=False,
    numbers=NUMBERS,
    ordinals=ORDINALS,
    ordinal_marks=frozenset({"o", "a"}),
    joiners=frozenset({"e"}),
    thousands=frozenset({"mil"}),
    hour_marks=frozenset({"h", "hs", "hrs", "hr", "hora", "horas"}),
    glued_meridiems={"am": "am", "pm": "pm"},
    counted=frozenset(
        "opcao escolha vaga andar vez via consulta sessao dose opiniao serie classe pergunta parte etapa fase linha tentativa pessoa vacina parcela avaliacao unidade "
        "posicao colocada colocado crianca filha filho geracao".split()
    ),
    measures=frozenset(
        "% ° mg ml kg g gr cm mm km m metros quilos quilo kilos graus grau reais real conto contos pila dolares centavos vezes vez x pessoas pessoa filhos filhas pacientes "
        "criancas adultos comprimidos comprimido gotas doses dose sessoes vagas consultas perguntas pontos estrelas quadras litros litro batimentos bpm idade irmaos "
        "exames opcoes andares parcelas medicos remedios parentes amigos caixas".split()
    ),
    things=frozenset(
        "sala andar bloco apto apartamento numero num nº telefone tel celular cel zap whatsapp whats fone ramal cpf rg cep pressao versao codigo protocolo lote quarto leito "
        "febre nota temperatura peso altura dose opcao pagina item pedido carteirinha senha ficha windows android iphone guiche conjunto casa rua avenida av alameda "
        "travessa praca rodovia estrada br km idade tamanho grau nivel mario pix matricula pin crm sus glicose glicemia diabetes saturacao imc".split()
    ),
)


_REFUSALS = (
    "posso|da|da pra mim|da para mim|consigo|rola|serve|pode|funciona|vou poder|vai dar|vai rolar|vou conseguir|tem como|vou estar|estarei|estou disponivel|dava|poderia|posso ir|"
    "consigo ir|tenho disponibilidade|tenho tempo|tenho como|tenho disponibilidade|tenho tempo|tenho como|tenho horario|me serve|trabalho|atendo|e possivel|e bom|fica bom|da certo|dara"
).split("|")
"""What stands behind "não" to say that a day is not possible, before the day or behind it."""


def _days() -> None:
    names = (
        ("segunda|seguda|segundas|segundona", "2", "seg"),
        ("terca|tersa|tercas", "3", "ter"),
        ("quarta|quartas", "4", "qua"),
        ("quinta|quintas|qinta|qnt", "5", "qui"),
        ("sexta|sextas", "6", "sex"),
    )
    for number, (spellings, digit, short) in enumerate(names):
        feira = [f"{word}{joint}feira" for word in [*spellings.split("|"), f"{digit} a", f"{digit} o", digit] for joint in (" ", " - ")]
        LEXICON.add("weekday", [*feira, *spellings.split("|"), f"{digit} a f", f"{digit} a f .", f"{digit} as feiras"], number)
        LEXICON.add("weekday", [f"{word} feiras" for word in spellings.split("|")], number)
        LEXICON.add("weekday", f"{short}|{short} .", number, weak=short not in ("qua", "qui"))
    LEXICON.add("weekday", "sabado|sabados|sab|sabadao|sab .", 5)
    LEXICON.add("weekday", "domingo|domingao", 6)
    LEXICON.add("weekday", "dom|dom .|domingos", 6, weak=True)
    months = "janeiro|jan fevereiro|fev marco|mar abril|abr maio|mai junho|jun julho|jul agosto|ago setembro|set outubro|out novembro|nov dezembro".split()
    for number, spellings in enumerate(months, 1):
        LEXICON.add("month", spellings, number, weak=True)
    LEXICON.add("relative_day", "hoje|hj|oje|hje|no dia de hoje|dia de hoje|ainda hoje", 0)
    LEXICON.add("relative_day", "amanha|amh|amnh|amanhan|amn|amanh", 1)
    after = [f"{word} de {tomorrow}" for word in ("depois", "dps", "dpois", "depoi") for tomorrow in ("amanha", "amh", "amn", "amnh")]
    LEXICON.add("relative_day", [*after, "depois amanha", "dps amanha"], 2)
    LEXICON.add("relative_day", "ontem", -1)
    LEXICON.add("relative_day", "anteontem|antes de ontem|antes ontem", -2)


def _units() -> None:
    for unit, spellings in {
        "day": "dia|dias",
        "workday": "dia util|dias uteis",
        "week": "semana|semanas|semaninha",
        "month": "mes|meses",
        "quarter": "trimestre|trimestres",
        "year": "ano|anos",
    }.items():
        LEXICON.add("unit", spellings, unit, weak=False)
    LEXICON.add("unit", "quinzena|quinzenas", "fortnight")
    LEXICON.add("time_unit", "hora|horas|horinha|horinhas", "hour")
    LEXICON.add("time_unit", "minuto|minutos|min|mins|minutinho|minutinhos", "minute")
    weekend = [f"{end}{of}semana" for end in ("fim", "final", "fins", "finais", "fim de", "final de") for of in (" ", " de ", " - de - ")]
    LEXICON.add("week_end", [*weekend, "fds", "findi", "fim d semana", "finde"])
    LEXICON.add("some", "um par de", 2)
    LEXICON.add("some", "uns|alguns|algumas|poucos|poucas", 3)
    LEXICON.add("fraction", "meia|meio", 30)
    LEXICON.add("amount", "uma hora e meia|hora e meia|1 hora e meia|1 h e meia", Amount(((1, "hour"), (30, "minute"))))
    LEXICON.add("amount", "um quarto de hora|1/4 de hora|1/4 de h", Amount(((15, "minute"),)))
    LEXICON.add_all(
        ((KINDS["fraction"], 15), (KINDS["minus"], None)), [f"um quarto {to}" for to in ("para", "pra", "pro", "para as", "pras", "para o")]
    )
    LEXICON.add_all(((KINDS["and"], None), (KINDS["fraction"], 15)), "e um quarto")
    LEXICON.add_all(
        ((KINDS["unit"], "day"), (KINDS["after"], None)), "dia seguinte ao|dia seguinte a|dia depois do|dia depois da|dia depois de"
    )
    LEXICON.add_all(
        ((KINDS["unit"], "day"), (KINDS["before"], None)), "dia anterior ao|dia anterior a|dia antes do|dia antes da|dia antes de"
    )
    LEXICON.add_which(
        {
            "proximo|proxima|proximos|proximas|prox|proxi|que vem|q vem|qvem|ke vem|seguinte|que entra|vindouro": Which.NEXT,
            "este|esta|esse|essa|neste|nesta|nesse|nessa|estes|estas|esses|essas|nestes|nestas|nesses|nessas": Which.THIS,
            "passado|passada|ultimo|ultima|ultimos|ultimas": Which.LAST,
            "toda|todo|toda a|todo o|inteira|inteiro": Which.ALL,
        }
    )
    LEXICON.add_all(((KINDS["of"], None), (KINDS["which"], Which.THIS)), "deste|desta|desse|dessa")
    LEXICON.add_all(
        ((KINDS["of"], None), (KINDS["which"], Which.AFTER_NEXT), (KINDS["unit"], "week")),
        [f"{of} outra semana" for of in ("na", "da", "pra", "para a")],
    )
    LEXICON.add(
        "after_next",
        "depois da que vem|depois do que vem|depois da proxima|depois do proximo|sem ser a que vem|sem ser essa|sem ser esse|sem ser a proxima",
    )
    LEXICON.add("portion", "comeco|inicio|comecinho|primeiras horas|primeira hora|inicinho|primeiros dias", "early")
    LEXICON.add("portion", "meados|metade|meio|meiado", "mid")
    LEXICON.add("portion", "fim|final|finalzinho|finzinho|ultimos dias|finais|ultimas horas", "late")
    LEXICON.add("portion", "resto|restante", "rest")
    LEXICON.add("week_of", "semana de|semana do|semana da|semana que comeca em|semana que comeca no", "week")
    LEXICON.add("ago", "atras")
    LEXICON.add("ago", "ha|faz|fazem", "ha")
    LEXICON.add("now", "agora|agora mesmo|imediatamente|o quanto antes|o mais rapido possivel|assim que possivel|quanto antes")


def _clock() -> None:
    LEXICON.add("meridiem", "am|a . m .|a . m", "am")
    LEXICON.add("meridiem", "pm|p . m .|p . m", "pm")
    LEXICON.add("oclock", "h|hs|hrs|hr|em ponto|certinho|cravado|cravadas|redondo|horas em ponto")
    LEXICON.add("named_clock", "meio dia|meio - dia|meiodia|mei dia|12 h do dia", Clock(12, 0, settled=True))
    LEXICON.add("named_clock", "meia noite|meia - noite|meianoite|zero hora|zero horas|0 hora|0 horas", Clock(0, 0, settled=True))
    LEXICON.add_parts(
        {
            "manha|manhas|manhazinha|manhanzinha|matina": PartOfDay("morning", 360, 720),
            "madrugada|madrugadinha": PartOfDay("dawn", 240, 480, as_range=True),
            "hora do almoco|horario do almoco|horario de almoco|hora de almoco": PartOfDay("noon", 660, 840, as_range=True),
            "vespertino|periodo vespertino|turno vespertino|tarde|tardes|tardezinha|tardinha|parte da tarde|periodo da tarde|turno da tarde": PartOfDay(
                "afternoon", 720, 1080
            ),
            "matutino|periodo matutino|turno matutino|parte da manha|periodo da manha|turno da manha|logo cedo|cedinho|bem cedo|bem cedinho|logo cedinho": PartOfDay(
                "morning", 360, 720
            ),
            "noturno|periodo noturno|turno noturno|noite|noitinha|parte da noite|periodo da noite|turno da noite": PartOfDay(
                "evening", 1080, 1320, night=True
            ),
            "almoco": PartOfDay("noon", 720, 780),
            "depois do almoco|apos o almoco|dps do almoco|depois de almocar|dps de almocar|pos almoco": PartOfDay("afternoon", 720, 1080),
            "fim do dia|final do dia|finalzinho do dia|fim de tarde|final de tarde|finalzinho de tarde|fim d tarde": PartOfDay(
                "afternoon", 900, 1080
            ),
            "depois do trabalho|apos o trabalho|depois do expediente|apos o expediente|dps do trabalho|saindo do trabalho|depois do servico": PartOfDay(
                "evening", 1020, 1260
            ),
            "depois do jantar|depois da janta|apos o jantar": PartOfDay("evening", 1200, 1320),
            "horario comercial": PartOfDay("afternoon", 480, 1080, as_range=True),
        }
    )
    LEXICON.add("part", "cedo", PartOfDay("morning", 360, 720), weak=True)


def _small_words() -> None:
    for kind, spellings in {
        "comma": ",|;|(|)",
        "stop": ".|!|?|:|...",
        "dash": "-",
        "slash": "/",
        "the": "o|os|mes de|meu|minha|feriado|feriado de|feriado do|feriado da|feriadao|feriadao de|feriadao do",
        "at": "as|aas|lah pelas|la pelas|la pras|la para as|pelas|la pela|la pra|por volta das|por volta da|por volta de|por volta do|perto das|em torno das",
        "on": "no|na|nos|nas|num|numa",
        "in": "em|no ano de|ano de|em o ano de|pela|pelo|dentro de|daqui a|daqui ha|daqui|daki a|daki|d aqui a|durante a|durante o",
        "approximately": "umas|la|tipo|mais ou menos|aproximadamente|cerca de|exatamente|precisamente|mais|+ -|ali|bem|logo|ja",
        "for": "para|pra|pro|p|pr|para o|para a|por|durante|pra o",
        "and": "e|&",
        "or": "ou",
        "till": "ate|ateh|te|ateh as|ate o|ate as|ate a|ate ao|ate no maximo|ate no maximo as|no maximo ate|no maximo ate as|no mais tardar|ate no",
        "between": "entre|entre as|entre os|entre o|entre a",
        "past": "passadas",
        "within": "em ate|dentro dos|dentro das",
        "starting": "a partir|a partir de|a partir do|a partir da|a partir das|a partir dos|apartir das|apartir de|apartir do|apartir da|partir das|partir de|"
        "partir do|partir da|desde|desde as|desde o|desde a|comecando|comecando as|comecando em|comecando no|comecando na|a contar de",
        "onwards": "em diante|pra frente|para frente|pra la|pra cima|ou depois|ou mais tarde|adiante|e depois|por diante",
        "or_earlier": "ou antes|no maximo|ou mais cedo|no mais tardar",
        "not": "nao|nada|nunca|jamais|nao pode ser|nao quero|nao queria|nada de|evitar|evita|evite|nem|nao seja|nao vale|n quero|n pode ser|nao precisa ser|nao me marca|nao marca|nao marque|nao chego|"
        "nao saio|nao seria|nao gostaria|nao prefiro",
        "except": "menos|e nao|mas nao|mas nao na|mas nao no|e nao na|e nao no|exceto|fora|salvo|tirando|sem ser|a nao ser|que nao seja|que nao|exceto no|qualquer dia menos|com excecao|com excecao de|com excecao da|com excecao do|"
        "menos na|menos no|desde que nao seja|so nao|so nao pode|so nao pode ser|so nao posso|so n|so n posso|ao inves de|em vez de|ao inves das|em vez das|no lugar de|ao inves da|em vez da|ao inves do|em vez do|sem contar",
        "correction": ", nao ,|, nao , nao ,|nao ,|, n ,|, nao|quer dizer|digo|ou melhor|alias|na verdade|desculpa|desculpe|perdao|errei|corrigindo|me enganei|minto|pera|perai|"
        "espera|melhor dizendo|opa|ops|oops|mentira|nao pera|nao perai|nao espera|nao , pera|nao , perai|nao , espera|, nao , desculpa ,|, desculpa ,|, quer dizer ,|"
        "nao desculpa|nao , desculpa|, ou melhor ,|, alias ,|, na verdade ,|, digo ,|, nao nao ,|, nao nao|nao nao|correcao|me confundi|confundi|nao quer dizer|nao e|nao era|"
        "nao , quer dizer|, nao , quer dizer ,|, perdao ,|, errei ,|melhor nao|nao melhor|, melhor ,|nao , melhor|, nao , melhor|nao , na verdade|nao , e|nao , e na|nao , e no|"
        "nao , na verdade e|, opa ,|, ops ,|, nao , alias ,|mudei de ideia|, pensando bem ,|pensando bem",
        "moving": "mudar|remarcar|trocar|transferir|adiar|antecipar|remarca|muda|troca|remarque|mudou|adia|antecipa|passar|jogar|empurrar",
    }.items():
        LEXICON.add(kind, spellings)
    LEXICON.add("not_possible", [f"{who}{no} {verb}" for verb in _REFUSALS for no in ("nao", "n") for who in ("", "eu ", "ja ")])
    LEXICON.add("not_possible", "tambem nao|tbm nao|tb nao|tambem n|tb n|tbm n|nem pensar|sem chance")
    LEXICON.add(
        "not_possible",
        "to fora|estou fora|to ocupado|estou ocupado|to ocupada|estou ocupada|e ruim|fica ruim|ta ruim|fica dificil|e impossivel|e complicado|to viajando",
    )
    LEXICON.add_all(((KINDS["of"], "das"),), "das")
    LEXICON.add("of", "de|do|da|dos|d", "de")
    LEXICON.add_all(((KINDS["till"], None), (KINDS["relative_day"], 0)), [f"ate o {end} do dia" for end in ("fim", "final", "finalzinho")])
    LEXICON.add("to", "a", "a")
    LEXICON.add("to", "ao|aos", "ao")
    LEXICON.add("to", "->|ate que", "to")
    LEXICON.add("at", "sao|sera as|seriam", "sao")
    LEXICON.add_all(((KINDS["for"], None), (KINDS["at"], None)), "para as|pras|pra as|p as")
    LEXICON.add_all(((KINDS["week_of"], "week"), (KINDS["day_word"], None)), "semana do dia|semana de dia")
    for before in ("vespera", "antevespera"):
        entry = (
            ((KINDS["unit"], "day"), (KINDS["before"], None))
            if before == "vespera"
            else ((KINDS["amount"], Amount(((2, "day"),))), (KINDS["before"], None))
        )
        LEXICON.add_all(entry, [f"{before} {of}" for of in ("de", "do", "da")])
    for kind, words in {"after": "depois dps apos dpois", "before": "antes ants anterior"}.items():
        ends = "", " de", " do", " da", " das", " dos", " as", " ao", " o", " a", " d"
        LEXICON.add(kind, [word + end for word in words.split() for end in ends])
    LEXICON.add("after", "mais tarde que|mais tarde do que|passando das|passou das|posterior a")
    LEXICON.add("before", "mais cedo que|mais cedo do que")


def _greetings() -> None:
    times = "dia|tarde|noite|semana|fim de semana|final de semana|fds|feriado|domingo|sabado|segunda|terca|quarta|quinta|sexta|mes|ano|natal|pascoa|carnaval|ano novo"
    feasts = "|dia das maes|dia dos pais|dia da mulher|dia das criancas|dia dos namorados"
    wishes = "bom boa bons boas otimo otima excelente feliz lindo linda maravilhoso maravilhosa prospero abencoado abencoada".split()
    LEXICON.add("other", [f"{wish} {time}" for wish in wishes for time in (times + feasts + "|tardes|noites|dias").split("|")])


def _look_alikes() -> None:
    LEXICON.add(
        "other",
        "bom dia|boa tarde|boa noite|boas tardes|boas noites|bons dias|boa semana|bom fim de semana|bom final de semana|bom feriado|boa tarde a todos|otimo dia|otima tarde|"
        "otima semana|feliz natal|feliz ano novo|feliz pascoa|prospero ano novo|"
        "mais tarde|muito tarde|tarde demais|bem tarde|e tarde|mais cedo|muito cedo|cedo demais|o mais cedo possivel|mais cedo possivel|e cedo|antes tarde|tao tarde|tao cedo|"
        "hoje em dia|dia a dia|dia - a - dia|o dia todo|o dia inteiro|todo dia|todo o dia|todos os dias|qualquer dia|qualquer hora|por dia|por semana|por mes|por ano|algum dia|"
        "uma hora dessas|um dia desses|outro dia|noite e dia|dia sim dia nao|vezes ao dia|vez por semana|cada dia|uma vez|duas vezes|as vezes|a vontade|as pressas|"
        "rio de janeiro|segunda opiniao|segunda via|segunda - via|segunda formacao|segunda especialidade|segunda pergunta|segunda coisa|segunda crianca|segunda filha|segunda unidade|segunda vez|segunda consulta|segunda opcao|segunda dose|segunda chamada|segunda mao|segunda etapa|segunda parte|segunda tentativa|segunda avaliacao|segunda sessao|"
        "terceira idade|terca parte|quarta vez|quarta dose|quarta consulta|quarta sessao|quarta opcao|quinta vez|quinta dose|quinta sessao|quinta opcao|quinta categoria|sexta vez|sexta sessao|"
        "sexta dose|quinta serie|quinta consulta|sexta consulta|quinta da boa vista|sexto sentido|segunda pessoa|segunda linha|segunda fase|segunda gravidez|segunda guerra|segundo grau|segundo turno|"
        "de vez|em vez|na segunda hora|meia idade|meio ambiente|meio periodo|meia duzia|meio termo|meia entrada|por meio|meio de|meia calca|meio que|meio ruim|meio dificil|"
        "final feliz|no final das contas|afinal|de ultima hora|ultima hora|na ultima hora|em cima da hora|hora extra|horas extras|24 / 7|o ano todo|o ano inteiro|fim do mundo|"
        "data de nascimento|nasci em|nascida em|nascido em|mar aberto|bolsa de mar|todo mundo|de nada|nada demais|"
        "ultima vez|proxima vez|primeira vez|ultima consulta|primeira consulta|primeiro nome|ultimo nome|esta vez|desta vez|dessa vez|outra vez|mil vezes|ano letivo|fim de papo|no fundo|"
        "anos de idade|meses de idade|ano de idade|mes de idade|meses de vida|anos de vida|de primeira|pelo menos|ao menos|a menos|muito menos|nada menos|mais um|mais uma|mais ou menos uma|"
        "nao sei|nao obrigado|nao obrigada|nao , obrigado|nao , obrigada|nem um|ter que|ter de|vou ter|pode ter|podem ter|de ter|para ter|pra ter|sem ter|por ter|deve ter|"
        "ter um|ter uma|ter certeza|ter algum|ter alguma|em natal|natal rn|natal - rn|mario 64|sexta basica|de agora|por agora|agora a pouco|dia desses|bom domingo|boa segunda|boa sexta|bom sabado|"
        "a cada|hospital dia|hospital - dia|por noite|por hora|de hora em hora|sem hora|plano b|dos santos",
    )


def _feasts() -> None:
    for key, spellings in {
        "christmas_eve": "vespera de natal|vespera do natal|noite de natal",
        "christmas": "natal|dia de natal|dia do natal",
        "new_year_eve": "vespera de ano novo|vespera do ano novo|reveillon|ano - bom|vespera de ano - novo|noite de ano novo",
        "new_year": "ano novo|dia de ano novo|ano - novo|confraternizacao universal",
        "carnival": "carnaval|terca de carnaval|terca - feira de carnaval|terca feira de carnaval|feriado de carnaval",
        "ash_wednesday": "quarta de cinzas|quarta - feira de cinzas|quarta feira de cinzas",
        "good_friday": "sexta santa|sexta feira santa|sexta - feira santa|sexta da paixao|paixao de cristo|sexta - feira da paixao|sexta feira da paixao",
        "easter": "pascoa|domingo de pascoa|dia da pascoa",
        "palm_sunday": "domingo de ramos",
        "tiradentes": "tiradentes|dia de tiradentes",
        "labour_day": "dia do trabalho|dia do trabalhador",
        "corpus_christi": "corpus christi|corpus cristi",
        "mothers_day": "dia das maes|dia da mae",
        "fathers_day_br": "dia dos pais|dia do pai",
        "lovers_day_br": "dia dos namorados",
        "st_john": "dia de sao joao",
        "br_independence": "dia da independencia|independencia do brasil|feriado da independencia",
        "aparecida": "dia das criancas|nossa senhora aparecida|dia da padroeira|dia de nossa senhora aparecida",
        "teachers_day_br": "dia dos professores|dia do professor",
        "all_saints": "dia de todos os santos",
        "all_souls": "finados|dia de finados|dia dos finados",
        "republic_br": "proclamacao da republica|dia da republica",
        "consciousness_br": "consciencia negra|dia da consciencia negra",
        "womens_day": "dia da mulher|dia internacional da mulher|dia das mulheres",
        "halloween": "halloween|dia das bruxas",
        "black_friday": "black friday",
    }.items():
        LEXICON.add("day", spellings, Holiday(key))
    for before, name in enumerate(("segunda", "domingo", "sabado"), 1):
        day = Shifted(Holiday("carnival"), Amount(((before, "day"),)), -1)
        LEXICON.add("day", f"{name} de carnaval|{name} - feira de carnaval|{name} feira de carnaval|{name} do carnaval", day)


for _fill in (_days, _units, _clock, _greetings, _look_alikes, _small_words, _feasts):
    _fill()
