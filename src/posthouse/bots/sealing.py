"""What bots in the database keep secret: sealed under the keys of POSTHOUSE_KEY.

How this works: POSTHOUSE_KEY holds one or several keys, the newest first. The first seals, all
open, so a new key is put in front, `posthouse bots rotate` seals everything anew, and then the old
one may go. AES-GCM takes the bot's name as associated data, so that nobody can move one bot's token
into another bot's row. The first bytes tell which key it was, so that a wrong POSTHOUSE_KEY is told
from a damaged row.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from posthouse.errors import SetupError
from posthouse.model.secret import Secret

VARIABLE = "POSTHOUSE_KEY"
VERSION = b"\x01"
KEY_BYTES = 32
_MARK_BYTES = 4
_NONCE_BYTES = 12
_MAKE = "make one with `posthouse bots key`"


class TokenKeys:
    """The keys of POSTHOUSE_KEY.

    Args:
        keys: As `new_key` makes them, the newest first.

    Raises SetupError for what is no key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._ciphers = {mark_of(key): _cipher(key) for key in map(_decoded, keys)}

    def __repr__(self) -> str:
        return f"<TokenKeys: {len(self._ciphers)}>"

    def __bool__(self) -> bool:
        return bool(self._ciphers)

    def seal(self, values: Mapping[str, str], *, bot: str) -> bytes:
        """Encrypt the secrets of a bot under the newest key; raises SetupError without any."""
        if not self._ciphers:
            raise SetupError(
                f"a bot in the database needs {VARIABLE} in the environment, to encrypt its token; "
                f"{_MAKE} and keep it where the site is started"
            )
        mark, cipher = next(iter(self._ciphers.items()))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = msgspec.json.encode(dict(values))
        sealed: bytes = cipher.encrypt(nonce, plain, bot.encode())
        return VERSION + mark + nonce + sealed

    def open(self, sealed: bytes, *, bot: str) -> dict[str, Secret]:
        """Return the secrets of a bot; raises SetupError when no key fits or the row is damaged."""
        self.require(sealed, bot=bot)
        cipher = self._ciphers[_mark_in(sealed)]
        start = 1 + _MARK_BYTES
        nonce, body = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
        try:
            plain = cipher.decrypt(nonce, body, bot.encode())
            values = msgspec.json.decode(plain, type=dict[str, str])
        except Exception:  # noqa: BLE001  the library has no base of its errors; nothing of it helps
            raise SetupError(
                f"the token of bot {bot} in the database is damaged, or was another bot's; give "
                f"it anew with `posthouse bots change {bot} --token`"
            ) from None
        return {name: Secret(value) for name, value in values.items()}

    def require(self, sealed: bytes, *, bot: str) -> None:
        """Raise SetupError when no key can open what a bot keeps secret."""
        if not self._ciphers:
            raise SetupError(
                f"the database holds bots ({bot}, for one) and {VARIABLE} is not set; set it to "
                "the key under which their tokens were encrypted"
            )
        if sealed[:1] != VERSION or _mark_in(sealed) not in self._ciphers:
            raise SetupError(
                f"the token of bot {bot} is encrypted under another key than {VARIABLE} holds; add "
                "the old key behind the new one, separated by a comma"
            )

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the newest key sealed it."""
        return bool(self._ciphers) and _mark_in(sealed) == next(iter(self._ciphers))


def new_key() -> str:
    """Return a new key, as POSTHOUSE_KEY takes it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def split_keys(variable: str) -> list[str]:
    """Return the keys in the value of POSTHOUSE_KEY, which commas separate."""
    return [key.strip() for key in variable.split(",") if key.strip()]


def mark_of(key: bytes) -> bytes:
    """Return a few bytes that tell a key from others, and nothing more of it."""
    return hashlib.sha256(b"posthouse bots\0" + key).digest()[:_MARK_BYTES]


def _mark_in(sealed: bytes) -> bytes:
    return sealed[1 : 1 + _MARK_BYTES]


def _decoded(key: str) -> bytes:
    try:
        raw = base64.b64decode(key, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise SetupError(f"{VARIABLE} holds something that is no key; {_MAKE}") from None
    return raw


def _cipher(key: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import (  # noqa: PLC0415  heavy, and only here
            AESGCM,
        )
    except ImportError:
        raise SetupError(
            "bots in the database need cryptography, which is not installed: "
            "pip install 'posthouse[bots]'"
        ) from None
    return AESGCM(key)
