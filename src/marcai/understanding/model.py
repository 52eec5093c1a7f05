"""Asking the language model for what the rules left open, and believing only what the message itself says."""

from datetime import datetime

from marcai.understanding.meaning import KnownNames, Meaning
from marcai.understanding.ports import LanguageModel

OPEN_POINTS = frozenset({"intent", "times", "provider", "specialty", "appointment_type", "location", "person_name", "reason"})


async def ask_model(
    model: LanguageModel,
    *,
    meaning: Meaning,
    text: str,
    now: datetime,
    known: KnownNames,
    open_points: frozenset[str],
    patience_seconds: float,
) -> Meaning:
    """Return the meaning, enriched by what the model found and the message bears out; unchanged when it fails."""
    return meaning
