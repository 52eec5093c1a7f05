"""What understanding asks of the outside: one language model, which only ever proposes."""

from typing import Protocol


class LanguageModel(Protocol):
    """An OpenAI-compatible chat model that answers with JSON of a given schema."""

    async def propose(self, *, instructions: str, message: str, schema: dict[str, object], patience_seconds: float) -> dict[str, object]:
        """Return the model's answer, parsed from JSON; the caller validates it.

        Raises:
            ModelUnavailable: no answer in time, a refused connection, or something that is not a JSON object.
        """
        ...


class ModelUnavailable(Exception):
    """The language model gave no usable answer; the talk goes on with the rules alone."""
