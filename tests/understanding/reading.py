"""What the tests of understanding share: one reader, a Wednesday, and a clinic with three providers."""

from datetime import datetime
from uuid import UUID

from marcai.understanding.interpreter import Context, Interpreter
from marcai.understanding.meaning import KnownName, KnownNames, Language, Meaning

NOW = datetime(2026, 3, 4, 9)
LANGUAGES = {"pt": Language.PT, "en": Language.EN, "zh": Language.ZH}
CLINIC = KnownNames(
    "test",
    providers=(
        KnownName(UUID(int=1), ("Dra. Beatriz Falcão",)),
        KnownName(UUID(int=2), ("Dr. Owen Hartley",)),
        KnownName(UUID(int=3), ("罗晓明医生",)),
    ),
    appointment_types=(KnownName(UUID(int=9), ("Limpeza", "cleaning", "洗牙")),),
)


def read(text: str, lang: str | None = None, asked: str | None = None) -> Meaning:
    """Return what is understood, in a talk of that language in which that was asked."""
    return Interpreter().read(text, now=NOW, known=CLINIC, context=Context(LANGUAGES[lang] if lang else None, asked))
