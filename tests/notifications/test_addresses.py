"""No webhook reaches a private network, however its address is written."""

import json
from pathlib import Path
from typing import Any

import pytest

from marcai.notifications.addresses import is_public, target_of
from marcai.notifications.errors import BadAddress


@pytest.fixture(scope="session")
def vectors(shared: Path) -> dict[str, list[str]]:
    found: dict[str, Any] = json.loads((shared / "contracts" / "ssrf_vectors.json").read_text())
    return found


def test_every_address_of_the_list_is_judged_right(vectors: dict[str, list[str]]) -> None:
    assert [ip for ip in vectors["block_ips"] if is_public(ip)] == []
    assert [ip for ip in vectors["allow_ips"] if not is_public(ip)] == []
    assert len(vectors["block_ips"]) > 30


@pytest.mark.parametrize(
    "ip", ["fe80::1%eth0", "2001:4860:4860::8888%1", "", "example.com", "127.0.0.1 ", "::ffff:10.0.0.1", "64:ff9b::808:808"]
)
def test_what_is_no_plain_public_address_is_none(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "HTTP://example.com/",
        "https://user:pass@example.com/",
        "https://user@example.com/",
        "https://example.com:80/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://",
        "https:///path",
        "https:example.com",
        "//example.com/",
        "example.com",
        "https://exa mple.com/",
        "https://example.com\\@evil.example/",
        "https://example.com/\r\nHost: x",
        "https://example.com\t/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://LOCALHOST./",
        "https://db.internal/",
        "ftp://example.com/",
        "javascript:alert(1)",
        "https://" + "a" * 64 + ".example/",
        "https://example.com/" + "a" * 2048,
        "https://\ud800.example/",
    ],
)
def test_an_odd_address_is_refused_for_its_writing(url: str) -> None:
    with pytest.raises(BadAddress):
        target_of(url, allows_private=False)


def test_a_good_address_keeps_its_parts() -> None:
    target = target_of("https://Hooks.Example.com:8443/a%20b/ç?x=1&y=ü#here", allows_private=False)
    assert (target.scheme, target.host, target.port) == ("https", "hooks.example.com", 8443)
    assert target.path == "/a%20b/%C3%A7?x=1&y=%C3%BC"
    assert target_of("https://bücher.example", allows_private=False).host == "xn--bcher-kva.example"
    assert target_of("https://[2606:4700::1]/", allows_private=False).host == "2606:4700::1"


def test_development_may_use_http_and_any_port_and_nothing_else() -> None:
    assert target_of("http://localhost:9000/x", allows_private=True).port == 9000
    for url in ("file:///etc/passwd", "gopher://localhost/", "http://user@localhost/"):
        with pytest.raises(BadAddress):
            target_of(url, allows_private=True)
