"""Where webhooks may go: an https address on the public internet. Pure: names are resolved by the backend that connects.

What counts is the address that a name resolves to, not how it is written, so the connection goes to exactly the address that was judged.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

from marcai.notifications.errors import BadAddress

PORTS = frozenset({443, 8443})
LONGEST = 2048
_PRIVATE_V4 = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24"
        " 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24"
        " 224.0.0.0/4 240.0.0.0/4"
    ).split()
)
_HOUSE_NAMES = (".localhost", ".local", ".localdomain", ".internal", ".home.arpa")
"""Names that are never the public internet's, whether or not this machine's resolver knows them."""
_PUBLIC_V6 = ip_network("2000::/3")
_NOT_PUBLIC_V6 = tuple(ip_network(text) for text in "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20".split())
"""Inside 2000::/3: tunnels that may end anywhere, and what is set apart. Everything outside it is private, local, mapped or unassigned."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts. `host` is ASCII, `path` bears the query."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str, *, allows_private: bool) -> Target:
    """Return the parts of an address that something may be sent to, as far as its writing tells.

    `allows_private` is for development: http and any port will do as well.

    Raises:
        BadAddress: another scheme or port, a user name in it, or no host.
    """
    if len(url) > LONGEST or any(c <= " " or c in "\\\x7f" for c in url):
        raise BadAddress("must be an address of at most 2048 characters, without spaces")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else parts.hostname or ""
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{quote(parts.query, safe=_QUERY)}" if parts.query else "")
    except ValueError as error:
        raise BadAddress("must be a well-formed address") from error
    schemes = {"https": 443, "http": 80} if allows_private else {"https": 443}
    if parts.scheme not in schemes:
        raise BadAddress("must begin with https://")
    if "@" in parts.netloc:
        raise BadAddress("must not bear a user name or password")
    if not host or not host.isascii() or "%" in host:
        raise BadAddress("must name a host")
    port = port if port is not None else schemes[parts.scheme]
    if not allows_private and f".{host.rstrip('.').lower()}".endswith(_HOUSE_NAMES):
        raise BadAddress("must not lead to a private network")
    if port == 0 or (not allows_private and port not in PORTS):
        raise BadAddress("must use port 443 or 8443")
    return Target(parts.scheme, host, port, path)


_QUERY = "/?%:@!$&'()*+,;=~-._[]"


def is_public(address: str) -> bool:
    """Say whether an IP address, as a resolver returns it, is one of the public internet."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _PRIVATE_V4)
    return ip in _PUBLIC_V6 and ip.scope_id is None and not any(ip in network for network in _NOT_PUBLIC_V6)
