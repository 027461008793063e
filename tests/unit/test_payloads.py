"""posthouse.payloads: what leaves the process signed comes back unchanged or not at all."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import pytest
from hypothesis import given, strategies as st

from posthouse.errors import PayloadError
from posthouse.payloads import Flag, Keys, Payload, action_id

KEYS = Keys([b"new", b"old"])
PAYLOAD = Payload(delivery=7, revision=1, action=action_id("shop.buy"), flags=Flag(0), args=b"\x90")


def twins() -> tuple[bytes, bytes]:
    """Two keys whose number in payloads is the same."""
    seen: dict[int, bytes] = {}
    number = 0
    while True:
        secret = b"key %d" % number
        other = seen.setdefault(sha256(b"id" + secret).digest()[0], secret)
        if other != secret:
            return other, secret
        number += 1


@given(
    delivery=st.integers(0, 2**48 - 1),
    revision=st.integers(0, 2**17),
    flags=st.sampled_from([Flag(0), Flag.ONCE, Flag.REFERENCE, Flag.ONCE | Flag.REFERENCE]),
    args=st.binary(max_size=40),
    account=st.integers(1, 2**31),
    chat=st.text(),
)
def test_a_payload_comes_back(
    delivery: int, revision: int, flags: Flag, args: bytes, account: int, chat: str
) -> None:
    """Its revision wraps at 65536; 25 bytes of arguments fit into 64 characters."""
    payload = Payload(delivery, revision, action_id("a.b"), flags, args)
    signed = KEYS.sign(payload, account=account, chat=chat)
    back = KEYS.verify(signed, account=account, chat=chat)
    assert back == payload._replace(revision=revision % 65536)
    assert len(signed) <= 64 or len(args) > 25


@given(secret=st.binary(min_size=1, max_size=200), args=st.binary(max_size=25))
def test_a_payload_ends_with_an_hmac(secret: bytes, args: bytes) -> None:
    """Buttons that another version signed go on working, whatever the length of the key."""
    signed = Keys([secret]).sign(PAYLOAD._replace(args=args), account=1, chat="c")
    raw = urlsafe_b64decode(signed + "=" * (-len(signed) % 4))
    key_id = sha256(b"id" + secret).digest()[0]
    body = bytes((1, key_id, 0, 0, 0, 0, 0, 7, 0, 1)) + PAYLOAD.action + b"\0" + args
    assert raw == body + hmac.digest(secret, b"press\x001\0c\0" + body, "sha256")[:8]


@pytest.mark.parametrize(("account", "chat"), [(2, "c"), (1, "d")])
def test_a_payload_is_bound_to_its_chat(account: int, chat: str) -> None:
    """A button copied into another chat or bot does nothing."""
    signed = KEYS.sign(PAYLOAD, account=1, chat="c")
    with pytest.raises(PayloadError, match="does not fit this chat"):
        KEYS.verify(signed, account=account, chat=chat)


def test_old_keys_verify_and_the_first_signs() -> None:
    """A key is taken out of the ring when its buttons are no longer wanted."""
    old, new = Keys([b"old"]), Keys([b"new"])
    signed = old.sign(PAYLOAD, account=1, chat="c")
    assert KEYS.verify(signed, account=1, chat="c") == PAYLOAD
    assert KEYS.sign(PAYLOAD, account=1, chat="c") == new.sign(PAYLOAD, account=1, chat="c")
    with pytest.raises(PayloadError, match="no longer in the ring"):
        new.verify(signed, account=1, chat="c")
    with pytest.raises(PayloadError, match="no longer in the ring"):
        new.unseal(old.seal("ann", purpose="cookie"), purpose="cookie")


def test_two_keys_may_have_the_same_number() -> None:
    """One byte cannot tell all keys apart; both verify."""
    one, two = twins()
    ring = Keys([one, two])
    for secret in (one, two):
        lone = Keys([secret])
        signed = lone.sign(PAYLOAD, account=1, chat="c")
        assert ring.verify(signed, account=1, chat="c") == PAYLOAD
        assert ring.unseal(lone.seal("ann", purpose="p"), purpose="p") == "ann"
    assert repr(Keys([one, two, one])) == "<Keys: 2>"


@pytest.mark.parametrize(
    "forged",
    ["", "A", "####", "ä", "\ud800", "AAAA", urlsafe_b64encode(b"\x02" + b"x" * 30).decode()],
)
def test_what_is_no_payload_is_refused(forged: str) -> None:
    """Whatever a person sends instead."""
    with pytest.raises(PayloadError):
        KEYS.verify(forged, account=1, chat="c")


def test_only_the_signed_text_itself_verifies() -> None:
    """Base64 can be written in more than one way; a press is told from its repetition by it."""
    signed = KEYS.sign(PAYLOAD, account=1, chat="c")
    assert len(signed) % 4 == 0
    padded = KEYS.sign(PAYLOAD._replace(args=b"\x91\x01"), account=1, chat="c")
    last = chr(ord(padded[-1]) + 1)
    for other in (signed[:9] + "\n" + signed[9:], padded + "=", padded[:-1] + last):
        with pytest.raises(PayloadError):
            KEYS.verify(other, account=1, chat="c")


@given(st.text(), st.text())
def test_a_sealed_value_comes_back(value: str, purpose: str) -> None:
    """Dots in it do no harm."""
    assert KEYS.unseal(KEYS.seal(value, purpose=purpose), purpose=purpose) == value


@pytest.mark.parametrize("forged", ["", "ann", "ann.", "ann.zz", "ann.+1" + "A" * 22, "ann.é"])
def test_what_is_not_sealed_is_refused(forged: str) -> None:
    """A cookie may hold anything."""
    with pytest.raises(PayloadError, match="not a sealed value"):
        KEYS.unseal(forged, purpose="cookie")


def test_a_sealed_value_cannot_be_changed_nor_used_elsewhere() -> None:
    """The purpose is sealed with it."""
    sealed = KEYS.seal("ann", purpose="cookie")
    with pytest.raises(PayloadError, match="was changed"):
        KEYS.unseal("bo" + sealed[3:], purpose="cookie")
    with pytest.raises(PayloadError, match="was changed"):
        KEYS.unseal(sealed, purpose="upload")


def test_a_ring_has_a_key() -> None:
    """And does not show it."""
    with pytest.raises(ValueError, match="at least one key"):
        Keys([])
    assert "new" not in repr(KEYS)
