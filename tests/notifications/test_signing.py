"""Signatures that the library of the standard's own makers accepts."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from marcai.notifications.errors import WeakSecret
from marcai.notifications.signing import checked_secret, new_secret, signatures, signing_key

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def contract(shared: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((shared / "contracts" / "standard_webhooks.json").read_text())
    return found


def test_the_published_vectors_come_out(contract: dict[str, dict[str, str]]) -> None:
    for name in ("public_vector", "vector"):
        it = contract[name]
        assert signatures([it["secret"]], it["id"], int(it["timestamp"]), it["body"].encode()) == it["signature"]


@given(body=st.text(st.characters(exclude_categories=["Cs"])), secret=st.binary(min_size=24, max_size=64))
def test_the_official_library_signs_alike(body: str, secret: bytes) -> None:
    signed = Webhook(secret).sign("msg_1", MOMENT, body)
    text = "whsec_" + signing_text(secret)
    assert signatures([text], "msg_1", int(MOMENT.timestamp()), body.encode()) == signed


def signing_text(secret: bytes) -> str:
    import base64

    return base64.b64encode(secret).decode()


def test_each_secret_in_use_signs() -> None:
    both = signatures(["a" * 32, new_secret()], "msg_1", 1, b"{}").split(" ")
    assert len(both) == len(set(both)) == 2
    assert all(one.startswith("v1,") for one in both)


def test_a_secret_without_the_prefix_is_its_own_bytes() -> None:
    assert signing_key("ção" * 12) == ("ção" * 12).encode()


@pytest.mark.parametrize("secret", ["", "short", "x" * 31, "whsec_" + "!" * 40, "whsec_" + "A" * 25, "x" * 257, "whsec_ü" + "A" * 40])
def test_a_weak_secret_is_refused_and_not_repeated(secret: str) -> None:
    if secret == "whsec_" + "A" * 25:
        # One character is six bits too many.
        assert len(secret) == 31
    with pytest.raises(WeakSecret) as caught:
        checked_secret(secret)
    assert not secret or secret not in str(caught.value)


def test_a_lone_surrogate_is_no_secret() -> None:
    with pytest.raises(WeakSecret):
        checked_secret("\ud800" * 40)


def test_a_made_secret_is_long_and_never_the_same() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert len(signing_key(checked_secret(new_secret()))) == 32
