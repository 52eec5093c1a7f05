import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marcai.kit.sealing import BrokenSeal, DataKey, Keyring, UnknownKey, UnusableKey, place

OLD, NEW = "a1" * 32, base64.b64encode(b"n" * 32).decode()
HERE = place("patients", "phone", "1")


@given(st.binary(max_size=200))
def test_what_was_sealed_opens_at_its_place_and_does_not_show(content: bytes) -> None:
    key = Keyring.parse(OLD).new_key()
    sealed = key.seal(content, HERE)
    assert key.open(sealed, HERE) == content
    assert len(content) < 8 or content not in sealed
    assert sealed != key.seal(content, HERE)


@pytest.mark.parametrize("elsewhere", [place("patients", "phone", "2"), place("patients", "email", "1"), place("contacts", "phone", "1")])
def test_a_ciphertext_that_was_moved_is_refused(elsewhere: bytes) -> None:
    key = Keyring.parse(OLD).new_key()
    with pytest.raises(BrokenSeal):
        key.open(key.seal_text("secret", HERE), elsewhere)


def test_every_changed_byte_and_every_cut_is_noticed() -> None:
    key = Keyring.parse(OLD).new_key()
    sealed = key.seal_text("secret", HERE)
    for at in range(len(sealed)):
        for broken in (sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], sealed[:at]):
            with pytest.raises(BrokenSeal):
                key.open(broken, HERE)


def test_another_persons_key_opens_nothing() -> None:
    ring = Keyring.parse(OLD)
    with pytest.raises(BrokenSeal):
        ring.new_key().open(ring.new_key().seal_text("secret", HERE), HERE)


def test_a_wrapped_key_belongs_to_its_owner() -> None:
    ring = Keyring.parse(OLD)
    wrapped = ring.wrap(ring.new_key(), b"ana")
    with pytest.raises(BrokenSeal):
        ring.unwrap(wrapped, b"bia")
    for at in range(len(wrapped)):
        with pytest.raises((BrokenSeal, UnknownKey)):
            ring.unwrap(wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1 :], b"ana")


def test_a_new_key_in_front_still_reads_what_the_old_one_wrapped() -> None:
    before = Keyring.parse(OLD)
    key = before.new_key()
    wrapped, sealed = before.wrap(key, b"ana"), key.seal_text("secret", HERE)
    after = Keyring.parse(f"{NEW}, {OLD}")
    assert after.unwrap(wrapped, b"ana").open_text(sealed, HERE) == "secret"
    assert not after.is_current(wrapped)
    anew = after.wrap(after.unwrap(wrapped, b"ana"), b"ana")
    assert after.is_current(anew)
    assert Keyring.parse(NEW).unwrap(anew, b"ana").open_text(sealed, HERE) == "secret"
    with pytest.raises(UnknownKey):
        Keyring.parse(NEW).unwrap(wrapped, b"ana")


def test_a_clinics_index_outlives_the_wrapping_keys_and_is_its_own() -> None:
    ring = Keyring.parse(OLD)
    clinic, other = ring.new_key(), ring.new_key()
    assert clinic.blind_index().of("phone", "1") == DataKey(clinic.secret).blind_index().of("phone", "1")
    assert clinic.blind_index().of("phone", "1") != other.blind_index().of("phone", "1")
    assert clinic.blind_index().of("phone", "1") != clinic.blind_index().of("card", "1")


@pytest.mark.parametrize("text", ["", " , ", "short", "00" * 15, OLD + ",short", base64.b64encode(b"x" * 16).decode()])
def test_a_key_that_is_too_short_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(UnusableKey) as refused:
        Keyring.parse(text)
    assert "short" not in str(refused.value)


@pytest.mark.parametrize(
    ("one", "same"),
    [
        (OLD, OLD.upper()),
        (OLD, base64.b64encode(bytes.fromhex(OLD)).decode()),
        (OLD, base64.urlsafe_b64encode(bytes.fromhex(OLD)).decode().rstrip("=")),
        ("correct-horse-battery-staple-is-long-enough", "correct-horse-battery-staple-is-long-enough"),
    ],
)
def test_a_key_may_be_written_in_several_ways(one: str, same: str) -> None:
    assert Keyring.parse(one).secrets == Keyring.parse(same).secrets


def test_the_memory_of_unwrapped_keys_is_bounded() -> None:
    ring = Keyring((b"k" * 32,), remembered_keys=3)
    wrapped = [ring.wrap(ring.new_key(), b"ana") for _ in range(10)]
    for each in wrapped * 2:
        ring.unwrap(each, b"ana")
    assert len(ring._unwrapped) == 3


def test_no_key_shows_in_a_text_about_it() -> None:
    ring = Keyring.parse(OLD)
    key = ring.new_key()
    assert "a1a1" not in repr(ring)
    assert repr(key.secret) not in repr((ring, key, key.blind_index()))
