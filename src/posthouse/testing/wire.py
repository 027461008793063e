"""The in-memory messenger's wire format: an update as bytes, and back."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from posthouse.errors import DecodeError
from posthouse.model.update import (
    AlbumMessage,
    ChatUpdate,
    ContactMessage,
    Deletion,
    Edit,
    FileMessage,
    LocationMessage,
    OtherMessage,
    PhotoMessage,
    Press,
    Reaction,
    Status,
    TextMessage,
    ThreadOpened,
)

_KINDS: dict[str, type[ChatUpdate]] = {
    kind.__name__.lower(): kind
    for kind in (
        TextMessage,
        PhotoMessage,
        FileMessage,
        AlbumMessage,
        ContactMessage,
        LocationMessage,
        OtherMessage,
        Edit,
        Press,
        Reaction,
        Deletion,
        Status,
        ThreadOpened,
    )
}


class Envelope(Struct, frozen=True):
    """An update and its kind."""

    kind: str
    update: Any


class _Sealed(Struct, frozen=True):
    kind: str
    update: Raw


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Sealed).decode


def kind_of(update: ChatUpdate) -> str:
    """Return an update's kind, its class name in lower case."""
    return type(update).__name__.lower()


def encode(update: ChatUpdate) -> bytes:
    """Return an update as it travels."""
    return _encode(Envelope(kind_of(update), update))


def decode(body: bytes) -> ChatUpdate:
    """Return the update that travelled; raises DecodeError."""
    try:
        sealed = _decode(body)
        return msgspec.msgpack.decode(sealed.update, type=_KINDS[sealed.kind])
    except (msgspec.DecodeError, KeyError) as error:
        raise DecodeError(f"not an update of the in-memory messenger: {error}") from None
