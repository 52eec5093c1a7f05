"""Keeps the `LanguageModel` port with any server that speaks OpenAI's chat completions."""

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

from marcai.understanding.ports import ModelUnavailable

if TYPE_CHECKING:
    from openai import APIStatusError

MOST_TOKENS = 600
LONGEST_ANSWER = 20_000
_MOST_TRIES = 4
_REFUSED = frozenset({400, 404, 415, 422, 501})
"""Statuses with which a server says that it does not know a parameter."""


class OpenAIModel:
    """A chat model behind an OpenAI-compatible address.

    Servers differ in what they know: whatever one refuses (a strict schema, JSON at all, a temperature, the name of the limit
    of tokens) is left out of the next try, within the same patience, and of all calls after it.
    """

    def __init__(self, *, model: str, api_key: str, base_url: str | None = None) -> None:
        # The import takes a second: only who has a model configured pays it, at start-up and not in a patient's turn.
        import openai  # noqa: PLC0415

        # Its debug log prints whole requests, and with them the patient's words.
        logging.getLogger("openai").setLevel(logging.WARNING)
        self._openai = openai
        self._model = model
        self._client = openai.AsyncOpenAI(api_key=api_key, base_url=base_url, max_retries=0)
        self._left_out: frozenset[str] = frozenset()

    async def propose(self, *, instructions: str, message: str, schema: dict[str, object], patience_seconds: float) -> dict[str, object]:
        try:
            async with asyncio.timeout(patience_seconds):
                return _parsed(await self._answer(instructions, message, schema, patience_seconds))
        # The causes are left out on purpose: a server's error may repeat the patient's message.
        except TimeoutError:
            raise ModelUnavailable("no answer in time") from None
        except self._openai.APIStatusError as error:
            raise ModelUnavailable(f"refused with status {error.status_code}") from None
        except self._openai.OpenAIError as error:
            raise ModelUnavailable(type(error).__name__) from None
        except (ValueError, TypeError, RecursionError):
            # The client reads bodies leniently: what is no completion at all ends here.
            raise ModelUnavailable("not a completion") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _answer(self, instructions: str, message: str, schema: dict[str, object], patience_seconds: float) -> str | None:
        for _ in range(_MOST_TRIES):
            request = self._request(instructions, message, schema)
            try:
                completion = await self._client.chat.completions.create(**request, timeout=patience_seconds)
            except self._openai.APIStatusError as error:
                refused = self._refused(error)
                if refused is None:
                    raise
                self._left_out |= {refused}
                continue
            return _content(completion)
        raise ModelUnavailable("every form of the request was refused")

    def _request(self, instructions: str, message: str, schema: dict[str, object]) -> dict[str, Any]:
        request: dict[str, Any] = {"model": self._model, "stream": False}
        limit = "max_completion_tokens" if "max_tokens" in self._left_out else "max_tokens"
        request[limit] = MOST_TOKENS
        if "temperature" not in self._left_out:
            request["temperature"] = 0
        if "json_schema" not in self._left_out:
            request["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
        else:
            instructions = f"{instructions}\n\nThe schema of the JSON object:\n{json.dumps(schema)}"
            if "json_object" not in self._left_out:
                request["response_format"] = {"type": "json_object"}
        request["messages"] = [{"role": "system", "content": instructions}, {"role": "user", "content": message}]
        return request

    def _refused(self, error: "APIStatusError") -> str | None:
        """Return what of the request the server does not know; None when that is not what it says, or all was left out."""
        if error.status_code not in _REFUSED:
            return None
        words = str(error.body).lower()
        for feature in ("max_tokens", "temperature"):
            if feature in words and feature not in self._left_out:
                return feature
        return next((feature for feature in ("json_schema", "json_object") if feature not in self._left_out), None)


def _content(completion: object) -> str | None:
    """Return the text of a completion; the client hands on whatever a server sent, so that nothing is sure of its shape."""
    choices = getattr(completion, "choices", None)
    first = choices[0] if isinstance(choices, list) and choices else None
    content = getattr(getattr(first, "message", None), "content", None)
    return content if isinstance(content, str) else None


def _parsed(content: str | None) -> dict[str, object]:
    if not content or len(content) > LONGEST_ANSWER:
        raise ModelUnavailable("an empty or endless answer")
    body = content.strip()
    # Models without a JSON mode like to fence their answer.
    if body.startswith("```"):
        body = body.strip("`").removeprefix("json")
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise ModelUnavailable("not JSON") from None
    if not isinstance(answer, dict):
        raise ModelUnavailable("not a JSON object")
    return answer
