"""Signed data that leaves the process and comes back: button payloads and cookies.

How this works: a payload is `version(1) key id(1) delivery key(6) revision(2) action(4) flags(1)
args(n) mac(8)` in URL-safe base64 without padding. The mac is HMAC-SHA-256 cut to 64 bits over the
bytes before it and a context that does not travel (account and chat), so a payload copied into
another chat or bot does not verify. With 64 bytes of base64 (Telegram's limit for callback data) 25
bytes remain for arguments; longer ones are kept in the database under an 8-byte key and the
REFERENCE flag is set.
"""

import hmac
import re
from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Sequence
from enum import IntFlag
from hashlib import sha256
from struct import Struct
from typing import NamedTuple

from posthouse.errors import PayloadError

VERSION = 1
LINK = "\0link"
"""What stands for the chat in the payload of a link, which anybody may follow."""
MAC_BYTES = 8
_HEAD = Struct(">BBHIH4sB")
"""What stands before the arguments; the delivery key's six bytes are two and four."""
_pack = _HEAD.pack
BUTTON_BYTES = 64
"""Longest payload of a button on Telegram, the tightest messenger."""
LONGEST_ARGUMENTS = BUTTON_BYTES * 3 // 4 - _HEAD.size - MAC_BYTES
"""Most bytes of arguments that fit into it."""
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_SEAL_BYTES = 16
_SEAL = re.compile(r"[0-9a-f]{2}[A-Za-z0-9_-]{22}")


class Flag(IntFlag):
    """What is special about a payload."""

    REFERENCE = 1
    """The arguments are an 8-byte key of a row in the database."""
    ONCE = 2
    """Only the first press of each person counts."""
    ASK = 4
    """A press asks first whether it is meant."""
    QUESTION = 8
    """The arguments come with the words of that question."""
    SURE = 16
    """The Yes to that question; the arguments come behind four bytes that stand for who was
    asked."""


class Payload(NamedTuple):
    """A verified payload."""

    delivery: int
    """Delivery key of the message that bears the button."""
    revision: int
    """Which rendering of that message, from 1; wraps at 65536."""
    action: bytes
    """Four bytes that stand for the action's full name."""
    flags: Flag
    args: bytes


def action_id(name: str) -> bytes:
    """Return the four bytes that stand for an action's full name."""
    return sha256(name.encode()).digest()[:4]


class Keys:
    """A ring of secret keys: the first signs, all verify."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets:
            raise ValueError("a key ring needs at least one key")
        self._mac = _begun(secrets[0])
        self._id = _key_id(secrets[0])
        # One byte cannot tell all keys apart, so each number stands for the keys that have it.
        self._macs: dict[int, list[hmac.HMAC]] = {}
        for secret in dict.fromkeys(secrets):
            self._macs.setdefault(_key_id(secret), []).append(_begun(secret))

    def __repr__(self) -> str:
        return f"<Keys: {sum(map(len, self._macs.values()))}>"

    def sign(self, payload: Payload, *, account: int, chat: str) -> str:
        """Encode and sign a payload for one chat of one account."""
        return self.sign_in(context_of(account, chat), *payload)

    def sign_in(
        self, context: bytes, delivery: int, revision: int, action: bytes, flags: int, args: bytes
    ) -> str:
        """Do as `sign` does, with the context that all buttons of a message have in common."""
        body = (
            _pack(
                VERSION,
                self._id,
                delivery >> 32,
                delivery & 0xFFFFFFFF,
                revision & 0xFFFF,
                action,
                flags,
            )
            + args
        )
        return _encode(body + _mac(self._mac, context + body)[:MAC_BYTES])

    def verify(self, encoded: str, *, account: int, chat: str) -> Payload:
        """Decode a payload and check that this ring signed it for this chat.

        Raises PayloadError. Exactly one text stands for a payload: what `sign` returned.
        """
        raw = _decode(encoded)
        body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
        if len(body) < _HEAD.size or body[0] != VERSION:
            raise PayloadError("the button's payload is not one of ours")
        macs = self._macs.get(body[1])
        if macs is None:
            raise PayloadError("the button was signed with a key that is no longer in the ring")
        signed = context_of(account, chat) + body
        if not any(hmac.compare_digest(_mac(m, signed)[:MAC_BYTES], mac) for m in macs):
            raise PayloadError("the button's signature does not fit this chat")
        _, _, high, low, revision, action, flags = _HEAD.unpack_from(body)
        return Payload(high << 32 | low, revision, action, Flag(flags), body[_HEAD.size :])

    def seal(self, value: str, *, purpose: str) -> str:
        """Sign a short text for a person to keep, such as a cookie."""
        mac = _mac(self._mac, _sealed(value, purpose))[:_SEAL_BYTES]
        return f"{value}.{self._id:02x}{_encode(mac)}"

    def unseal(self, sealed: str, *, purpose: str) -> str:
        """Return the text that `seal` signed; raises PayloadError."""
        value, _, tail = sealed.rpartition(".")
        if not _SEAL.fullmatch(tail):
            raise PayloadError("not a sealed value")
        macs = self._macs.get(int(tail[:2], 16))
        if macs is None:
            raise PayloadError("the value was sealed with a key that is no longer in the ring")
        signed, mac = _sealed(value, purpose), _decode(tail[2:])
        if not any(hmac.compare_digest(_mac(m, signed)[:_SEAL_BYTES], mac) for m in macs):
            raise PayloadError("the value was changed since it was sealed")
        return value


def looks_signed(encoded: str) -> bool:
    """Whether a text may be a payload of ours, whoever made it."""
    try:
        raw = _decode(encoded)
    except PayloadError:
        return False
    return len(raw) >= _HEAD.size + MAC_BYTES and raw[0] == VERSION


def _key_id(secret: bytes) -> int:
    return sha256(b"id" + secret).digest()[0]


def _begun(secret: bytes) -> hmac.HMAC:
    """Return what is copied for each signature: to set the key up takes longer than to use it."""
    return hmac.new(secret, digestmod="sha256")


def _mac(begun: hmac.HMAC, body: bytes) -> bytes:
    mac = begun.copy()
    mac.update(body)
    return mac.digest()


def context_of(account: int, chat: str) -> bytes:
    """Return what is signed with a payload and does not travel: whose it is, and where."""
    return f"press\0{account}\0{chat}\0".encode(errors="surrogatepass")


def _sealed(value: str, purpose: str) -> bytes:
    return f"{purpose}\0{value}".encode(errors="surrogatepass")


def _encode(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).translate(_URL_SAFE, b"=").decode()


def _decode(encoded: str) -> bytes:
    try:
        raw = b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except ValueError:  # what is not ASCII, and binascii.Error
        raise PayloadError("the payload is not base64") from None
    if _encode(raw) != encoded:
        raise PayloadError("the payload is not written as it was signed")
    return raw
