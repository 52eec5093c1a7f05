"""The sender against real connections: every kind of bad endpoint, and none of them private."""

import asyncio
import gzip
import json
import ssl
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from marcai.backends.fakes.webhooks import FakeEndpoints, answering, unreachable
from marcai.backends.http.sender import MOST_BYTES, WebhookSender
from marcai.kit.clock import FixedClock
from marcai.notifications.ports import Answer, Sender

CLOCK = FixedClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
HOST = "hooks.example.com"
PUBLIC = "93.184.216.34"
Serve = Any


class Wire(httpcore.AnyIOBackend):
    """The network as a test sees it: what is connected to is written down, and leads to the test's own server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connected: list[tuple[str, int]] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.connected.append((host, port))
        return await super().connect_tcp("127.0.0.1", self.port, timeout)


def resolving(*answers: list[str]) -> Any:
    """Return a resolver that gives these answers in turn, the last one for ever after."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@asynccontextmanager
async def serving(answer: bytes | Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Serve on a port of the moment: the bytes that each connection is answered with, or what is done with it."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split(b":")[1])
            heard.append(head + await reader.readexactly(length))
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


def plain(status: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def developer(**more: Any) -> WebhookSender:
    return WebhookSender(CLOCK, allows_private=True, **more)


async def post(sender: Sender, port: int, path: str = "/hook?x=1") -> Answer:
    return await sender.send(f"http://127.0.0.1:{port}{path}", {"webhook-id": "msg_1"}, b'{"a":1}')


async def test_a_message_arrives_as_it_was_written() -> None:
    async with serving(plain("204 No Content")) as (port, heard):
        answer = await post(developer(), port)
    assert (answer.status_code, answer.error) == (204, None)
    head, body = heard[0].split(b"\r\n\r\n", 1)
    assert head.startswith(b"POST /hook?x=1 HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{port}".encode() in head.lower()
    assert b"webhook-id: msg_1" in head
    assert body == b'{"a":1}'


@pytest.mark.parametrize("status", [200, 302, 307, 400, 410, 429, 500, 503])
async def test_every_status_is_told_and_no_redirect_is_followed(status: int) -> None:
    async with (
        serving(plain("200 OK")) as (trap, trapped),
        serving(plain(f"{status} X", location=f"http://127.0.0.1:{trap}/")) as (port, _),
    ):
        assert (await post(developer(), port)).status_code == status
    assert trapped == []


async def test_retry_after_is_read_in_both_its_forms() -> None:
    for said, wanted in (
        ("120", timedelta(seconds=120)),
        ("Mon, 02 Mar 2026 09:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 02 Mar 2020 09:05:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("9" * 400, timedelta(seconds=10_000_000)),
    ):
        async with serving(plain("429 X", retry_after=said.encode().decode("latin-1"))) as (port, _):
            assert (await post(developer(), port)).retry_after == wanted, said


async def hang(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def nonsense(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\xff SSH-2.0 hello\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [(hang, "timeout"), (drip, "timeout"), (reset, "connection_lost"), (nonsense, "connection_lost"), (b"", "connection_lost")],
)
async def test_an_endpoint_that_gives_no_answer_is_named_and_left_in_time(behaviour: Serve, error: str) -> None:
    async with serving(behaviour) as (port, _):
        began = time.monotonic()
        answer = await post(developer(deadline_seconds=0.4), port)
    assert (answer.status_code, answer.error) == (None, error)
    assert time.monotonic() - began < 2


async def test_nobody_listening_is_no_connection() -> None:
    async with serving(b"") as (port, _):
        pass
    assert (await post(developer(), port)).error == "no_connection"


async def test_a_bomb_is_read_to_64_kib_and_not_unpacked() -> None:
    sent = 0

    async def bomb(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1000000000\r\n\r\n")
        block = gzip.compress(b"\0" * 1_000_000)
        while True:
            writer.write(block)
            await writer.drain()
            sent += len(block)

    async with serving(bomb) as (port, _):
        answer = await post(developer(), port)
    assert answer.status_code == 200
    assert sent < 100 * MOST_BYTES


# --- where nothing is sent


def careful(wire: Wire, *answers: list[str], **more: Any) -> WebhookSender:
    return WebhookSender(CLOCK, resolve=resolving(*answers), network=wire, **more)


async def test_no_vector_of_the_list_reaches_a_socket(shared: Path) -> None:
    vectors = json.loads((shared / "contracts" / "ssrf_vectors.json").read_text())
    async with serving(plain("200 OK")) as (port, trapped):
        wire = Wire(port)
        sender = WebhookSender(CLOCK, network=wire)
        for url in vectors["block_urls"]:
            for written in (url, url.replace("http://", "https://")):
                if "example.com:6379" not in written and "example.com@" not in written:
                    assert await sender.refusal(written) is not None, written
                assert (await sender.send(written, {}, b"{}")).error in ("address_refused", "no_connection"), written
        for ip in vectors["block_ips"]:
            host = f"[{ip}]" if ":" in ip else ip
            assert await sender.refusal(f"https://{host}/") is not None, ip
            named = careful(wire, [ip])
            assert await named.refusal(f"https://{HOST}/") is not None, ip
            assert (await named.send(f"https://{HOST}/", {}, b"{}")).error == "address_refused", ip
    assert wire.connected == []
    assert trapped == []


async def test_one_private_address_among_public_ones_is_one_too_many() -> None:
    wire = Wire(1)
    sender = careful(wire, [PUBLIC, "127.0.0.1"])
    assert await sender.refusal(f"https://{HOST}/") is not None
    assert (await sender.send(f"https://{HOST}/", {}, b"{}")).error == "address_refused"
    assert wire.connected == []


async def test_a_name_without_an_address_is_taken_and_judged_at_each_attempt() -> None:
    async def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    sender = WebhookSender(CLOCK, resolve=nowhere)
    assert await sender.refusal(f"https://{HOST}/") is None
    assert (await sender.send(f"https://{HOST}/", {}, b"{}")).error == "no_connection"


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS with a certificate for HOST, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


async def test_the_connection_goes_to_the_judged_address_and_keeps_the_name(certified: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, trusting = certified
    asked_for: list[str] = []
    server.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    async with serving(plain("200 OK"), tls=server) as (port, heard):
        wire = Wire(port)
        # A second look-up would get another answer: nobody may ask again between judging and connecting.
        sender = careful(wire, [PUBLIC], ["127.0.0.1"], tls=trusting)
        assert (await sender.send(f"https://{HOST}:8443/x", {}, b"{}")).status_code == 200
        assert wire.connected == [(PUBLIC, 8443)]
        assert asked_for == [HOST]
        assert f"host: {HOST}:8443\r\n".encode() in heard[0].lower()
        assert (await sender.send(f"https://{HOST}:8443/x", {}, b"{}")).error == "address_refused"
        assert wire.connected == [(PUBLIC, 8443)]


async def test_a_certificate_for_another_name_is_refused(certified: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, trusting = certified
    async with serving(plain("200 OK"), tls=server) as (port, heard):
        sender = careful(Wire(port), [PUBLIC], tls=trusting)
        answer = await sender.send("https://other.example.com/", {}, b"{}")
        assert answer.error == "tls_failed"
        distrusting = careful(Wire(port), [PUBLIC])
        assert (await distrusting.send(f"https://{HOST}/", {}, b"{}")).error == "tls_failed"
    assert heard == []


async def test_the_next_address_is_tried_when_the_first_does_not_answer() -> None:
    class HalfDead(Wire):
        async def connect_tcp(self, host: str, *args: Any, **more: Any) -> httpcore.AsyncNetworkStream:
            if host == PUBLIC:
                raise httpcore.ConnectError("refused")
            return await super().connect_tcp(host, *args, **more)

    async with serving(plain("200 OK")) as (port, _):
        wire = HalfDead(port)
        sender = developer(resolve=resolving([PUBLIC, "1.1.1.1"]), network=wire)
        assert (await sender.send(f"http://{HOST}/", {}, b"{}")).status_code == 200
    assert wire.connected == [("1.1.1.1", 80)]


async def test_the_environments_proxy_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(plain("200 OK")) as (trap, trapped), serving(plain("201 Created")) as (port, _):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{trap}")
        assert (await post(developer(), port)).status_code == 201
    assert trapped == []


@pytest.mark.parametrize("kind", ["real", "fake"])
async def test_the_fake_and_the_real_sender_answer_alike(kind: str) -> None:
    """The contract of the port, as far as a courier relies on it."""
    async with serving(plain("503 X", retry_after="7")) as (busy, _), serving(hang) as (silent, _), serving(b"") as (closed, _):
        pass
    async with serving(plain("503 X", retry_after="7")) as (busy, _), serving(hang) as (silent, _):
        if kind == "real":
            sender: Sender = developer(deadline_seconds=0.3)
            urls = [f"http://127.0.0.1:{port}/" for port in (busy, silent, closed)]
        else:
            urls = [f"https://{name}.example/" for name in ("busy", "silent", "closed")]
            sender = FakeEndpoints(
                CLOCK, {urls[0]: lambda _n, _at: Answer(503, 1, retry_after=timedelta(seconds=7)), urls[1]: unreachable("timeout")}
            )
        answers = [await sender.send(url, {}, b"{}") for url in urls]
        assert [(a.status_code, a.error, a.retry_after) for a in answers] == [
            (503, None, timedelta(seconds=7)),
            (None, "timeout", None),
            (None, "no_connection", None),
        ]
        assert await sender.refusal(urls[0]) is None
        assert await sender.refusal("file:///etc/passwd") is not None
    assert answering(200)(1, CLOCK.now()).status_code == 200
