"""Webhooks a second, delivered durably by one `marcai work`, beside a bare httpx sender to the same sink.

The sender knows no database: it POSTs signed bodies over kept connections, 32 at once, and forgets them. The worker takes events from
the outbox, writes a delivery for each, keeps the order of each appointment, opens a connection of its own for each attempt, and writes
down what became of it.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
from benchmarks.stand import Stand, free_port, stand, today

from marcai.ledger.events import OutboxEvent
from marcai.notifications import subscriptions
from marcai.notifications.signing import new_secret, signatures
from marcai.notifications.subscriptions import Wish
from marcai.notifications.webhook import body_of

MESSAGES = 4000
AT_ONCE = 32
KIND = "appointment.created"
PROGRESS = "SELECT count(*), min(created_at), max(finished_at) FROM webhook_deliveries WHERE status = 'delivered'"
SINK = """
import asyncio, sys
async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            at = head.lower().index(b"content-length:")
            await reader.readexactly(int(head[at + 15 : head.index(b"\\r\\n", at)]))
            writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n")
            if b"connection: close" in head.lower():
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()
async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=1024) as server:
        await server.serve_forever()
asyncio.run(main())
"""


@asynccontextmanager
async def sink() -> AsyncIterator[str]:
    """Serve 200 to everybody, in a process of its own; yield its address."""
    port = free_port()
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", SINK, str(port))
    await asyncio.sleep(0.5)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        running.terminate()
        await running.wait()


async def bare(address: str) -> float:
    """Return the messages a second of a sender that remembers nothing."""
    secret, ids = new_secret(), iter([f"msg_{uuid4().hex}" for _ in range(MESSAGES)])
    payload = {name: str(uuid4()) for name in ("appointment_id", "provider_id", "appointment_type_id", "location_id", "patient_id")}
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=AT_ONCE)) as client:

        async def send() -> None:
            for id_ in ids:
                now = int(time.time())
                body = body_of(KIND, today(), payload).encode()
                headers = {"webhook-id": id_, "webhook-timestamp": str(now), "webhook-signature": signatures([secret], id_, now, body)}
                await client.post(address, content=body, headers=headers)

        began = time.perf_counter()
        await asyncio.gather(*(send() for _ in range(AT_ONCE)))
        return MESSAGES / (time.perf_counter() - began)


async def durable(it: Stand, address: str, endpoints: int) -> float:
    """Return the messages a second of one worker, from the outbox to the last delivery's row."""
    database = await it.open()
    try:
        async with database.unit(it.clinic, actor_label="bench") as unit:
            for number in range(endpoints):
                await subscriptions.subscribe(unit, Wish(f"{address}{number}", [KIND]))
            await unit.commit()
        for _ in range(MESSAGES // endpoints // 100):
            async with database.unit(it.clinic, actor_label="bench") as unit:
                for _ in range(100):
                    visit = uuid4()
                    unit.emit(OutboxEvent(KIND, visit, {"appointment_id": visit, "provider_id": uuid4(), "patient_id": uuid4()}))
                await unit.commit()
        expected = MESSAGES // endpoints // 100 * 100 * endpoints
        worker = await asyncio.to_thread(started, it)
        delivered, began, ended = 0, 0.0, 0.0
        while delivered < expected:
            await asyncio.sleep(0.02 if not began else 0.25)
            async with database.unit(it.clinic, actor_label="bench") as unit:
                row = await unit.driver.fetchrow(PROGRESS)
            if row is not None and row["count"]:
                delivered, began, ended = row["count"], row["min"].timestamp(), row["max"].timestamp()
        worker.send_signal(signal.SIGTERM)
        await asyncio.to_thread(worker.wait, 30)
        async with database.unit(it.clinic, actor_label="bench") as unit:
            await unit.driver.execute("DELETE FROM webhook_deliveries")
            await unit.driver.execute("DELETE FROM webhook_subscriptions")
            await unit.commit()
        return expected / (ended - began)
    finally:
        await database.close()


def started(it: Stand) -> subprocess.Popen[bytes]:
    env = os.environ | it.environment | {"MARCAI_WEBHOOKS_ALLOW_PRIVATE": "1"}
    return subprocess.Popen([sys.executable, "-m", "marcai", "work"], env=env, stderr=subprocess.DEVNULL)


async def measured(it: Stand) -> None:
    async with sink() as address:
        floor = await bare(address)
        print(f"bare httpx sender, {AT_ONCE} at once      {floor:7.0f} a second")
        for endpoints in (1, 8, 20):
            rate = await durable(it, address, endpoints)
            name = f"one worker, {endpoints:2} endpoint{'s' if endpoints > 1 else ' '}"
            print(f"{name}          {rate:7.0f} a second   {rate / floor:.2f} of the floor (aim 0.10)")


def main() -> None:
    """Measure and print."""
    with stand() as it:
        asyncio.run(measured(it))


if __name__ == "__main__":
    main()
