"""An OpenAI-compatible server on loopback that plays whatever part a test gives it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Request = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What goes back: a body, its status, and how long the server sits on it (None: for ever)."""

    body: bytes
    status: int = 200
    after_seconds: float | None = 0.0
    content_type: str = "application/json"


Part = Callable[[Request], Reply]


@dataclass
class OpenAIServer:
    """Where it listens, what it plays and what it was asked."""

    part: Part
    base_url: str = ""
    requests: list[Request] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length"))
            request = json.loads(await reader.readexactly(length))
            self.requests.append(request)
            reply = self.part(request)
            await asyncio.sleep(3600 if reply.after_seconds is None else reply.after_seconds)
            lines = (
                f"HTTP/1.1 {reply.status} X",
                f"content-type: {reply.content_type}",
                f"content-length: {len(reply.body)}",
                "connection: close",
            )
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + reply.body)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def completion(content: object) -> Reply:
    """Return a proper completion with this text, or with this object as JSON."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    body = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return Reply(json.dumps(body).encode())


def refusing(*features: str, then: object) -> Part:
    """Return a server that does not know these parts of a request."""

    def part(request: Request) -> Reply:
        wire = json.dumps({key: value for key, value in request.items() if key != "messages"})
        for feature in features:
            if f'"{feature}"' in wire:
                return Reply(json.dumps({"error": {"message": f"unknown parameter: {feature}", "param": feature}}).encode(), 400)
        return completion(then)

    return part


@asynccontextmanager
async def openai_server(part: Part) -> AsyncIterator[OpenAIServer]:
    """Run such a server on an ephemeral port."""
    played = OpenAIServer(part)
    running: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await played.serve(reader, writer)
        finally:
            running.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    played.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield played
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
