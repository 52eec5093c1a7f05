"""The words around names: titles, words that are never a name, words that merely look like one.

All entries are folded (lower case, no accents), since texts are folded before they are looked up.
"""

MASCULINE_TITLES = frozenset("doutor".split())
FEMININE_TITLES = frozenset("dra doutora profa professora enfermeira doctora".split())
TITLES = MASCULINE_TITLES | FEMININE_TITLES | frozenset("dr drs doc doctor prof professor enfermeiro enf enfa doutores".split())
"""What stands before a name and makes the next word one."""

COURTESY = frozenset("mr mrs ms miss mister madam sr sra senhor senhora nurse seu dona".split())
"""Weaker than a title: the one so called may also be a patient."""

PARTICLES = frozenset("de da do das dos e di del della der den van von la le bin al el y".split())
"""Joins the words of one name; never compared."""

DEGREES = frozenset("md phd do crm crp cro mbbs dds np rn pa jr junior filho neto sobrinho ii iii".split())
"""Stands after a name."""

_STOP_PT = """
a o as os um uma uns umas ao aos na no nas nos em com sem por pelo pela pelos pelas para pra pro pras pros p q que qual quais quando
quanto quem onde como porque pq se so mas mais menos ou e nem ja ainda tambem tb tbm nao n nunca sim ok ta to tou tava ate desde
entre sobre apos antes depois durante contra eu tu voce vc vcs voces ele ela eles elas nos me te lhe mim meu minha meus minhas seu
sua seus suas teu tua nosso nossa dele dela deles delas isso isto aquilo esse essa esses essas este esta estes estas aquele aquela
aqui ali la ai agora hoje hj amanha ontem cedo tarde noite manha madrugada dia dias semana semanas mes meses ano anos hora horas h hs
minuto minutos meio meia metade proximo proxima proximos proximas passado passada vem seguinte ultimo ultima primeiro primeira segundo terceiro
ser sou e somos sao era foi fui ser estar estou esta estamos estao estava ter tenho tem temos tinha teria teriam tiver ha haver houver vou vai vamos
vao ir indo ido vir veio vim pode posso podem podia poderia poderiam poder quer quero queria quis querem gostaria gosto preciso precisa
precisava consigo consegue consegui conseguem conseguiria fazer faz faco fiz fez feito dar da deu dei dou ver vejo viu visto marcar marca marco marque
marcado marcada marcou marcaram marcacao remarcar remarca remarque remarcacao agendar agenda agende agendado agendada agendamento agendamentos
cancelar cancela cancele cancelado cancelada desmarcar desmarca desmarque confirmar confirma confirmo confirmado confirmando consulta
consultas consultar horario horarios vaga vagas encaixe encaixa encaixar retorno retornos exame exames visita atendimento atende atendem atender
atendente clinica clinicas hospital unidade consultorio medico medica medicos especialista secretaria secretario recepcao telefone
falar fala falo ligar liga ligue chamar chama chamo avisa avisar avise manda mandar mande lista espera trocar troca troque mudar muda mude
passar passa passe empurrar transferir adiar antecipar outro outra outros outras mesmo mesma qualquer algum alguma alguns algumas nenhum
nenhuma ninguem alguem todo toda todos todas tudo nada algo coisa cada favor obrigado obrigada obg pf pfv pls oi ola bom boa bem
mal tudo certo beleza blz tranquilo claro pronto fechado valeu tchau disponivel disponiveis livre livres ocupado ocupada possivel possibilidade
seria sera serei acho sei saber sabe prefiro preferia prefere melhor pior perto longe filho filha filhos mae pai esposa esposo marido
mulher avo bebe crianca paciente pacientes pessoa gente nome cadastro sobrenome numero cpf data nascimento convenio plano particular
valor preco quanto custa dor dores febre problema motivo sintoma urgente urgencia rapido rapida logo depressa entao assim tipo tanto muito
muita pouco pouca demais quase sempre somente apenas inclusive exceto tirando salvo fora alem dentro dela deles senao talvez porem pois
tomar tomo tomei receita remedio resultado resultados pressao dele aonde tao comigo contigo conosco deixa deixar deixe solicito gentileza sem
pedir peco pediu queremos abrir abre fecha fica ficar ficam ficou entrar sair saiu voltar volta chegar chego cheguei atrasado atrasada
indicou indicaram recomendou disse falou pediu viu atendeu receitou esqueci lembra lembrar junto ambos dois duas tres quatro cinco
seis sete oito nove dez onze doze treze quatorze catorze quinze dezesseis dezessete dezoito dezenove vinte trinta quarenta cinquenta cem zero
sendo estando querendo precisando marcando vamo bora pera espera opa eita ne viu aham uhum hein ah eh hum digo alias perdao desculpa
licenca enfim certeza calma prazer carinho cuidado atencao importa indiferente preferencia faz diferenca consegue perfeito combinado otimo show legal bacana maravilha tava serve servir dps vlw msm nd td tds hrs mto mt
"""

_STOP_EN = """
a an the this that these those my your his her its our their me you him them us i we they he she it is am are was were be been being
do does did done have has had having will would shall should can could may might must not no nor never yes yeah yep yup ok okay
and or but if then than so because as at by for from in into of off on onto out over to up with without within about after before
during until till since between through under again further here there when where why how what which who whom whose all any both each
few more most other others another some such only own same too very just now also already ever even still yet please pls plz thanks
thank thx hi hello hey bye good great fine nice sorry sure maybe perhaps instead except besides apart rather like want wants wanted
wanna need needs needed get gets got getting give gives given go goes going gonna gone went come comes coming came see sees seen saw
seeing make makes made making take takes taken took taking put let lets know knows think thinks thought say says said tell tells told
ask asks asked call calls called text talk speak spoke find found look looks looking book books booked booking schedule schedules
scheduled scheduling reschedule rescheduled rescheduling cancel cancels cancelled canceled cancelling move moved moving change changed changing
switch swap swapped confirm confirmed confirming appointment appointments appt appts visit visits consultation consult checkup check
slot slots opening openings available availability free busy open opens opened close closed closes time times day days date dates
today tonight tomorrow tmrw tmr yesterday week weeks month months year years hour hours minute minutes morning afternoon evening night noon
midnight midday early earlier earliest late later latest soon asap next last first second third am pm oclock quarter half past one two
three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty thirty forty fifty zero office clinic
hospital branch doctor doctors doc docs physician specialist nurse receptionist secretary assistant phone number name patient patients
people person someone somebody anyone anybody everyone everybody nobody whoever something anything nothing everything insurance
wife husband son daughter mother father mom dad mum grandmother grandfather baby child kid kids family friend register waitlist
wait waiting list help work works working able possible possibly really actually well right left way thing things lot bit kind sort
much many several little big long short old new same different better best worse prefer prefers preferred usual usually always often
pain hurts hurt sick fever problem problems reason result results test tests prescription refill medication urgent emergency
around near far back down away ahead along across against among im ive id ill youre dont doesnt cant wont isnt arent wasnt
lmk u ur r n y k im gotta kinda cuz bc w wk wks hr hrs mins min tho thru works happy there anymore available seeing matter matters preference care idk whichever perfect awesome cool pleasure wonderful lovely excellent
"""

_STOP_TIME = """
segunda terca quarta quinta sexta sabado domingo domingos sabados segundas tercas quartas quintas sextas feira feiras seg ter qua qui sex sab dom
janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro jan fev mar abr mai jun jul ago set out nov dez
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays
mon tue tues wed weds thu thur thurs fri sat sun january february march april may june july august september october november december
feb apr aug sep sept oct dec natal pascoa carnaval reveillon feriado weekend weekends fim inicio comeco final meados
christmas easter holiday spring summer autumn winter fall verao inverno outono primavera
noitinha tardinha cedinho meio-dia meiodia madrugada evening
"""

TIME_WORDS = frozenset(_STOP_TIME.split())
"""Words of the calendar: after a title they may be a name if they are one exactly, else they never are."""

STOP_WORDS = frozenset(_STOP_PT.split()) | frozenset(_STOP_EN.split()) | TIME_WORDS | PARTICLES
"""Words that end a name and never begin one, unless somebody is called exactly so and a title stands before."""

WITH_CUES = frozenset("com c with w pelo pela by see seeing ver".split())
"""After these (and an article) a known name may stand without a title."""

ARTICLES = frozenset("o a os as the um uma ao esse essa este esta mesmo mesma same that".split())

SAY_NAME_CUES = frozenset("chamo chama nome sou name am is im called sobrenome paciente patient filho filha marido esposa mae pai".split())
"""Before a bare name these say that it is a person's own, not a provider's."""

TOWARDS = frozenset("para pra pro pros pras to".split())
OR_WORDS = frozenset("ou or".split())

NEGATIONS = frozenset(
    "nao not dont doesnt never nunca exceto except menos sem without tirando besides salvo avoid evitar cannot cant".split()
)
"""What turns a name that follows into one that is not wanted, over the words of `NEGATION_BRIDGE`."""

NEGATION_BRIDGE = frozenset(
    """com o a os as the with quero queria quer want wanna to marcar marca agendar agenda ser seja ver see seeing be by me my ir na no pelo pela
    book booking schedule passar consultar que for por mais any more de again do dr dra mesmo aceito gosto gostei like gostaria consulta
    appointment an um uma visit prefer prefiro outra outro vez atendido atendida atender fazer need ser seen go going""".split()
)

NEGATIVE_PHRASES = (
    "anyone but", "anybody but", "everyone but", "someone other than", "other than", "rather than", "instead of", "apart from", "in place of",
    "qualquer um menos", "qualquer uma menos", "em vez de", "em vez da", "em vez do", "ao inves de", "ao inves da", "ao inves do", "no lugar de",
    "no lugar da", "no lugar do", "que nao seja", "nada de", "outro que nao", "alguem menos", "a nao ser", "fora a", "fora o", "alguem sem ser",
    "any doctor but", "any one but", "anyone except", "not keen on", "no longer with",
)  # fmt: skip

CORRECTIONS = frozenset("digo alias perdao desculpa desculpe sorry actually mean wait errei correcao".split())
"""Between two names: the first was a slip."""
