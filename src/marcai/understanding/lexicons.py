"""The wordings of each language: `wordings/*.cues`, read when the language is first spoken."""

from functools import cache
from importlib.resources import files

from marcai.understanding.cues import Lexicon, lexicon
from marcai.understanding.meaning import Language

_FOLDER = files("marcai.understanding") / "wordings"


@cache
def lexicon_of(language: Language) -> Lexicon:
    """Return the cues of a language."""
    text = (_FOLDER / f"{language.short}.cues").read_text(encoding="utf-8")
    return lexicon("unspaced" if language is Language.ZH else "spaced", text)
