"""A language model that answers what a test tells it to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from marcai.understanding.ports import ModelUnavailable


@dataclass(frozen=True, slots=True)
class Asked:
    """One call, as it reached the model."""

    instructions: str
    message: str
    schema: dict[str, object]
    patience_seconds: float


@dataclass(slots=True)
class ScriptedModel:
    """Keeps the `LanguageModel` port: gives the answers of its script in turn, the last one for ever after.

    None in the script is an answer that never comes in time; a `ModelUnavailable` is raised. `asked` remembers the calls.
    """

    script: Sequence[dict[str, object] | ModelUnavailable | None]
    asked: list[Asked] = field(default_factory=list)

    async def propose(self, *, instructions: str, message: str, schema: dict[str, object], patience_seconds: float) -> dict[str, object]:
        answer = self.script[min(len(self.asked), len(self.script) - 1)]
        self.asked.append(Asked(instructions, message, schema, patience_seconds))
        if answer is None:
            await asyncio.sleep(patience_seconds)
            raise ModelUnavailable("no answer in time")
        if isinstance(answer, ModelUnavailable):
            raise answer
        return dict(answer)
