"""Puts webhooks on the wire. The port is `notifications/ports.py: Sender`.

Each attempt opens a connection of its own, to an address that was resolved and judged in the act of connecting: what the name resolves to
a moment later has no say. Names stay what they are in the Host header and in TLS. This stands on httpcore, httpx's lower half: there are no
redirects, no proxies of the environment, no decompression that one would have to switch off.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version

import httpcore
import httpx

from marcai.kit.clock import Clock
from marcai.notifications.addresses import is_public, target_of
from marcai.notifications.errors import BadAddress
from marcai.notifications.ports import Answer

DEADLINE_SECONDS = 15.0
LOOK_UP_SECONDS = 3.0
MOST_BYTES = 64 * 1024
LOOK_UPS_AT_ONCE = 64
USER_AGENT = f"Marcai-Webhooks/{version('marcai')}"
Resolve = Callable[[str, int], Awaitable[list[str]]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

# A resolver that hangs blocks a thread. These are apart from the loop's own few, and so many that no dead name delays the others.
_look_ups = ThreadPoolExecutor(LOOK_UPS_AT_ONCE, thread_name_prefix="look-up")


async def looked_up(host: str, port: int) -> list[str]:
    """Return every address that the machine's resolver has for a host.

    Raises:
        OSError: there is none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_look_ups, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Refusal(Exception):
    """The name resolves to an address that nothing is sent to."""


@dataclass(slots=True)
class JudgedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to exactly the addresses that it has judged."""

    allows_private: bool
    resolve: Resolve
    network: httpcore.AsyncNetworkBackend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's)
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a connection to the first of the host's addresses that answers; to none, if one of them is private."""
        try:
            addresses = await self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("no address") from error
        if not addresses:
            raise httpcore.ConnectError("no address")
        if not self.allows_private and not all(map(is_public, addresses)):
            raise Refusal
        for address in addresses[:-1]:
            try:
                return await self.network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self.network.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)


@dataclass(slots=True)
class WebhookSender:
    """Sends to https on the public internet; with `allows_private`, for development, to anywhere."""

    clock: Clock
    allows_private: bool = False
    deadline_seconds: float = DEADLINE_SECONDS
    resolve: Resolve = looked_up
    network: httpcore.AsyncNetworkBackend = field(default_factory=httpcore.AnyIOBackend)
    tls: ssl.SSLContext = field(default_factory=httpx.create_ssl_context)

    async def refusal(self, url: str) -> str | None:
        try:
            target = target_of(url, allows_private=self.allows_private)
        except BadAddress as error:
            return str(error)
        if self.allows_private:
            return None
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                addresses = await self.resolve(target.host, target.port)
        except (OSError, UnicodeError, TimeoutError):
            # It may have an address later; each attempt judges anew.
            return None
        return None if all(map(is_public, addresses)) else "must not lead to a private network"

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        began = time.perf_counter()
        answer = await self._answer(url, headers, body)
        return Answer(answer.status_code, round((time.perf_counter() - began) * 1000), answer.error, answer.retry_after)

    async def _answer(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            target = target_of(url, allows_private=self.allows_private)
            address = httpcore.URL(
                scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode("ascii")
            )
            async with asyncio.timeout(self.deadline_seconds):
                return await self._posted(address, headers, body)
        except (Refusal, BadAddress):
            return Answer(None, 0, "address_refused")
        except (TimeoutError, httpcore.TimeoutException):
            return Answer(None, 0, "timeout")
        except ssl.SSLError:
            return Answer(None, 0, "tls_failed")
        except httpcore.ConnectError as error:
            return Answer(None, 0, "tls_failed" if isinstance(error.__context__, ssl.SSLError) else "no_connection")
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
            return Answer(None, 0, "connection_lost")

    async def _posted(self, address: httpcore.URL, headers: Mapping[str, str], body: bytes) -> Answer:
        fixed = {"connection": "close", "accept-encoding": "identity", "content-type": "application/json", "user-agent": USER_AGENT}
        sent = {"host": _host_header(address)} | fixed | dict(headers)
        network = JudgedNetwork(self.allows_private, self.resolve, self.network)
        async with (
            httpcore.AsyncConnectionPool(ssl_context=self.tls, max_connections=1, network_backend=network) as pool,
            pool.stream("POST", address, headers=[(k.encode(), v.encode()) for k, v in sent.items()], content=body) as response,
        ):
            seen = 0
            async for chunk in response.aiter_stream():
                seen += len(chunk)
                if seen > MOST_BYTES:
                    break
            return Answer(response.status, 0, None, self._retry_after(response.headers))

    def _retry_after(self, headers: Iterable[tuple[bytes, bytes]]) -> timedelta | None:
        said = next((value.decode("latin-1").strip() for name, value in headers if name.lower() == b"retry-after"), None)
        if said is None:
            return None
        if said.isascii() and said.isdigit():
            return timedelta(seconds=min(int(said[:9]), 10_000_000))
        try:
            moment = parsedate_to_datetime(said)
        except ValueError:
            return None
        # The endpoint's date is one of the world's clock.
        ahead = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - self.clock.real_time_of(self.clock.now())
        return max(ahead, timedelta(0))


def _host_header(address: httpcore.URL) -> str:
    host = address.host.decode()
    written = f"[{host}]" if ":" in host else host
    return written if address.port == {b"https": 443, b"http": 80}[address.scheme] else f"{written}:{address.port}"
