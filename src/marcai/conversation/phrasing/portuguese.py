"""What Marcaí says in Brazilian Portuguese, for the eye."""

from datetime import date, datetime, time
from typing import Final

from marcai.conversation.flow import State
from marcai.conversation.phrasing.say import Say, Visit

WEEKDAYS: Final = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
MONTHS: Final = tuple("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split())
BETWEEN: Final = ", "
LAST: Final = " ou "

_FEMININE: Final = frozenset("unidade clínica policlínica filial sede sala casa torre rua avenida alameda matriz".split())
_MASCULINE: Final = frozenset("centro consultório hospital instituto prédio edifício posto ambulatório espaço shopping".split())
"""Nouns with which places' names begin, and which want an article."""

PHRASES: Final[dict[Say, str]] = {
    Say.GREETING: (
        "Olá! Aqui é a assistente de agendamento da {clinic}. Posso marcar, remarcar ou cancelar uma consulta para você. Como posso ajudar?"
    ),
    Say.WELCOME_BACK: "Olá!",
    Say.THANKS: "Por nada! Se precisar de mais alguma coisa, é só me escrever.",
    Say.ASK_INTENT: "O que você gostaria de fazer: marcar, remarcar ou cancelar uma consulta?",
    Say.ASK_TYPE: "Qual tipo de consulta você quer? Temos: {options}.",
    Say.ASK_DATE: "Para que dia você gostaria de marcar, e em que horário?",
    Say.ASK_NEW_DATE: "Sua consulta está marcada para {visit}. Para que dia e horário você quer mudar?",
    Say.ASK_OTHER_TIME: "Que dia e horário ficariam bons para você?",
    Say.ASK_WHICH_PROVIDER: "Com quem você quer se consultar: {options}?",
    Say.UNKNOWN_PROVIDER: "Não encontrei ninguém com esse nome na clínica. Você pode se consultar com {options}. Com quem você prefere?",
    Say.ASK_IDENTITY: "Para proteger os seus dados, me diga por favor o seu nome completo e a sua data de nascimento.",
    Say.ASK_IDENTITY_TO_BOOK: "Para deixar em seu nome, me diga por favor o seu nome completo e a sua data de nascimento.",
    Say.ASK_NAME: "Qual é o seu nome completo?",
    Say.ASK_BIRTH_DATE: "Qual é a sua data de nascimento?",
    Say.ASK_PHONE: "Qual é o seu telefone para contato?",
    Say.ASK_WHICH_DATE: "Só para ter certeza: você quer dizer {first}, e não {second}?",
    Say.ASK_WHICH_TIME: "Só para ter certeza: você quer dizer às {first}, e não às {second}?",
    Say.PAST_DATE: "Esse dia ({day}) já passou. Para que outro dia você gostaria?",
    Say.PAST_TIME: "Esse horário de hoje já passou. Que outro horário ou dia ficaria bom para você?",
    Say.OFFER: "Tenho {visit}{of_type}. Posso marcar?",
    Say.OFFER_MOVE: "Posso mudar sua consulta de {old}, para {visit}. Confirma a mudança?",
    Say.NOTHING_AT_THAT_TIME: "Não tenho vaga nesse horário, mas encontrei a opção mais próxima.",
    Say.NOTHING_ON_THAT_DAY: "Não tenho vaga nesse dia, mas encontrei a opção mais próxima.",
    Say.NOTHING_WITH_PROVIDER: "Não tenho vaga com esse profissional nesse período, mas encontrei uma com outro.",
    Say.OFFER_LOST: "Desculpe, esse horário acabou de ser ocupado.",
    Say.BOOKED: "Pronto! Sua consulta está marcada para {visit}.",
    Say.REQUESTED: "Pronto! Seu pedido para {visit} foi registrado, e a clínica vai confirmar com você.",
    Say.MOVED: "Pronto! Sua consulta agora está marcada para {visit}.",
    Say.ASK_CANCEL: "Você quer mesmo cancelar a consulta de {visit}?",
    Say.ASK_CANCEL_ALL: "Você quer mesmo cancelar todas estas consultas: {visits}?",
    Say.CANCELLED: "Pronto! Consulta cancelada: {visit}.",
    Say.CANCELLED_ALL: "Pronto! Consultas canceladas: {visits}.",
    Say.KEPT: "Certo, sua consulta continua como estava.",
    Say.ASK_PRESENCE: "Você confirma a sua presença na consulta de {visit}?",
    Say.PRESENCE_CONFIRMED: "Obrigado! Está confirmada a sua presença na consulta de {visit}.",
    Say.STAFF_CONFIRMS: "Esse pedido ainda vai ser confirmado pela clínica com você.",
    Say.NOT_POSSIBLE: "Não consigo mais mudar essa consulta por aqui. A recepção da clínica pode ajudar você{by_phone}.",
    Say.ASK_WAITLIST: "Posso colocar você na lista de espera para {type}{with_provider}{days}. Confirma?",
    Say.ASK_WAITLIST_NOTHING_FREE: (
        "Não tenho vaga para o que você pediu. Quer entrar na lista de espera? Se preferir, me diga outro dia ou horário."
    ),
    Say.JOINED: "Pronto! Você está na lista de espera, na posição {position}. Avisamos quando surgir uma vaga.",
    Say.NO_WAITLIST: "Certo, sem lista de espera. Se quiser tentar outro dia ou horário, é só me dizer.",
    Say.NOTHING_TO_BOOK: "No momento não há consultas que eu possa marcar por aqui. A recepção da clínica pode ajudar você{by_phone}.",
    Say.REGISTERED: "Pronto, {name}! O seu cadastro foi feito. Quer marcar uma consulta?",
    Say.ALREADY_REGISTERED: "Você já tem cadastro na clínica. Quer marcar uma consulta?",
    Say.VISITS: "Suas próximas consultas: {visits}.",
    Say.NO_VISITS: "Você não tem nenhuma consulta marcada.",
    Say.WHICH_VISIT: "Qual das suas consultas: {visits}?",
    Say.NO_SUCH_VISIT: "Não encontrei uma consulta sua assim.",
    Say.IS_IT_THIS_VISIT: "Você tem uma consulta em {visit}. É essa?",
    Say.NOT_MATCHED: (
        "Não consegui confirmar os dados com o nosso cadastro. Me diga por favor de novo o seu nome completo e a sua data de nascimento."
    ),
    Say.NOT_MATCHED_STAFF: "Não consegui confirmar os dados com o nosso cadastro. Uma pessoa da clínica vai falar com você{by_phone}.",
    Say.OTHER_PERSON: (
        "Por aqui só posso cuidar das suas próprias consultas. Para as de outra pessoa, fale por favor com a recepção{by_phone}."
    ),
    Say.FACT_ADDRESS: "Nosso endereço: {options}.",
    Say.FACT_HOURS: "Nosso horário de atendimento: {hours}.",
    Say.FACT_HOURS_AT: "{place}: {hours}.",
    Say.FACT_OPEN: "Agora estamos abertos.",
    Say.FACT_CLOSED: "Agora estamos fechados.",
    Say.FACT_PHONE: "Nosso telefone: {options}.",
    Say.FACT_PROVIDERS: "Atendem na clínica: {options}.",
    Say.FACT_SPECIALTIES: "Nossas especialidades: {options}.",
    Say.FACT_PROVIDER: "{provider} atende em {specialties}{at}.",
    Say.FACT_TYPES: "Fazemos: {options}.",
    Say.FACT_UNKNOWN: "Essa informação eu não tenho. A recepção da clínica pode responder{by_phone}.",
    Say.UNCLEAR: "Desculpe, não entendi.",
    Say.UNCLEAR_STAFF: "Desculpe, ainda não entendi. Se preferir falar com uma pessoa da clínica, escreva “atendente”.",
    Say.OUT_OF_SCOPE: (
        "Nisso eu não consigo ajudar. Posso marcar, remarcar, confirmar ou cancelar consultas e informar sobre a "
        "clínica. O que você precisa?"
    ),
    Say.SILENCE: "Não recebi nenhuma palavra sua.",
    Say.WAITING: "Claro, fico no aguardo.",
    Say.REPEATED: "{said}",
    Say.LANGUAGE_SWITCHED: "Claro, podemos falar em português.",
    Say.DROPPED: "Tudo bem, não marquei nem mudei nada. Se precisar, é só me escrever.",
    Say.HANDED_OFF: "Certo, vou passar a conversa para uma pessoa da clínica, que vai responder você{by_phone}.",
    Say.HANDED_OFF_UNCLEAR: (
        "Desculpe, não consegui entender. Vou passar a conversa para uma pessoa da clínica, que vai responder você{by_phone}."
    ),
    Say.STILL_HANDED_OFF: (
        "Uma pessoa da clínica vai responder você{by_phone}. Se quiser, posso ajudar a marcar uma consulta enquanto isso."
    ),
    Say.EMERGENCY: (
        "Isso pode ser uma emergência. Ligue agora para o {number} ou vá já ao pronto-socorro mais próximo. Não espere por uma consulta."
    ),
}

SUGGESTIONS: Final[dict[State, tuple[str, ...]]] = {
    State.IDLE: ("marcar consulta", "minhas consultas", "falar com atendente"),
    State.IDENTIFYING: (),
    State.COLLECTING: ("amanhã", "o mais cedo possível"),
    State.OFFERING: ("sim", "outro horário", "outro dia"),
    State.CONFIRMING: ("sim", "não"),
    State.CHOOSING_APPOINTMENT: ("a primeira", "a última"),
    State.CONFIRMING_CANCEL: ("sim, cancelar", "não, manter"),
    State.WAITLISTING: ("sim", "não", "outro dia"),
    State.HANDED_OFF: (),
    State.COMPLETED: ("minhas consultas", "marcar outra"),
}


def day(value: date) -> str:
    """Say a day: "quinta, 26 de novembro"."""
    number = "1º" if value.day == 1 else str(value.day)
    return f"{WEEKDAYS[value.weekday()]}, {number} de {MONTHS[value.month - 1]}"


def clock(value: time) -> str:
    """Say a clock time: "9h30"."""
    return f"{value.hour}h{value.minute:02d}" if value.minute else f"{value.hour}h"


def moment(value: datetime) -> str:
    """Say a moment: "quinta, 26 de novembro, às 9h30"."""
    return f"{day(value.date())}, {'à' if value.hour == 1 else 'às'} {clock(value.time())}"


def with_provider(name: str) -> str:
    """Say with whom: "com a Dra. Ana"."""
    title = name.split(" ", 1)[0].rstrip(".").lower()
    article = {"dra": "a ", "doutora": "a ", "dr": "o ", "doutor": "o "}.get(title, "")
    return f"com {article}{name}"


def at(place: str) -> str:
    """Say at which place: "na Unidade Jardins", "no Centro Médico", "em Moema"."""
    noun = place.split(" ", 1)[0].casefold()
    article = "na" if noun in _FEMININE else "no" if noun in _MASCULINE else "em"
    return f"{article} {place}"


def visit(value: Visit) -> str:
    """Say a visit: "quinta, 26 de novembro, às 9h30, com a Dra. Ana, na unidade Centro"."""
    place = f", {at(value.place)}" if value.place else ""
    return f"{moment(value.start)}, {with_provider(value.provider)}{place}" if value.provider else f"{moment(value.start)}{place}"


def of_type(name: str) -> str:
    """Say what kind of visit, behind an offer."""
    return f" ({name})"


def by_phone(number: str) -> str:
    """Say at which number, behind a sentence about staff."""
    return f" (telefone {number})"


def hours(first: int, last: int, opens: time, closes: time) -> str:
    """Say weekly hours: "de segunda a sexta, das 8h às 18h"."""
    between = f"{WEEKDAYS[first]} e {WEEKDAYS[last]}" if last == first + 1 else f"de {WEEKDAYS[first]} a {WEEKDAYS[last]}"
    days = WEEKDAYS[first] if first == last else between
    return f"{days}, das {clock(opens)} às {clock(closes)}"


def days(first: date, last: date) -> str:
    """Say for which days, behind what is waited for: " em quinta, 26 de novembro", " de … a …"."""
    return f", {day(first)}" if first == last else f", de {day(first)} a {day(last)}"
