"""What every type and every method of the Bot API is built on."""

from collections.abc import AsyncIterable
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from msgspec import Struct

R = TypeVar("R")


class TelegramObject(
    Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, forbid_unknown_fields=True
):
    """One JSON object of the Bot API, sent or received.

    A key that this version does not know is kept: it is an attribute like the others, and it is
    written back. A value of an enumeration or a union that came later is kept as it is.
    """


class TelegramMethod(Struct, Generic[R], frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One call of the Bot API; `R` is what Telegram answers with."""

    api_name: ClassVar[str] = ""
    """The method's name as Telegram writes it: sendMessage."""
    returns: ClassVar[str] = "true"
    """The type of the answer, in the notation of the specification: `[Message]` is an array."""


class InputFile:
    """A file to upload: bytes, a path or chunks, and the name the receiver sees.

    Chunks can be read once, so a file made of them can be sent once.
    """

    __slots__ = ("content", "media_type", "name")

    def __init__(
        self,
        content: bytes | Path | AsyncIterable[bytes],
        name: str | None = None,
        *,
        media_type: str | None = None,
    ) -> None:
        if name is None:
            name = content.name if isinstance(content, Path) else "file"
        self.content = content
        self.name = name
        self.media_type = media_type

    def __repr__(self) -> str:
        return f"InputFile({type(self.content).__name__}, {self.name!r})"
