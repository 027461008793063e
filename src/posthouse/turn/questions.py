"""Questions before a press counts: how they travel in a button."""

from hashlib import sha256

import msgspec
from msgspec import Struct

from posthouse.errors import PayloadError
from posthouse.model.text import Text, Words

DIGEST_BYTES = 4


class Question(Struct, frozen=True, array_like=True):
    """What a button asks, and the arguments of the call that it makes then."""

    args: bytes
    words: Text


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Question).decode


def encode_question(args: bytes, words: Words) -> bytes:
    """Return a call's arguments together with the question before it."""
    return _encode(Question(args, words if isinstance(words, Text) else Text(words)))


def decode_question(encoded: bytes) -> Question:
    """Return what `encode_question` put together; raises PayloadError."""
    try:
        return _decode(encoded)
    except msgspec.DecodeError as error:
        raise PayloadError(f"its question does not decode: {error}") from None


def person_digest(person: str) -> bytes:
    """Return what stands for a person in a button."""
    return sha256(b"person" + person.encode(errors="surrogatepass")).digest()[:DIGEST_BYTES]
