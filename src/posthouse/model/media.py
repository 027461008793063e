"""Photos and files: by the key under which a bot can send them again, or made of its own bytes."""

from mimetypes import MimeTypes
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from posthouse.errors import MistakeError

Source: TypeAlias = Path | bytes
"""Where the bytes of something new are: in a file, or here."""

KEPT = "media:"
"""How the keys of what the site keeps itself begin; the SHA-256 of the content follows."""
_UNKNOWN = "application/octet-stream"
# Without the machine's own lists: the same name means the same everywhere.
_types = MimeTypes()


class File(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A file somebody sent, or one to be sent."""

    key: str
    """The messenger's own key of the stored file."""
    name: str
    size_bytes: int
    mime: str = _UNKNOWN
    bot: str = ""
    """Name of the bot that received it; when another bot sends it, its content is copied."""

    @staticmethod
    def of(source: Source, *, name: str = "", mime: str = "") -> "File":
        """Make a file of a path or of bytes, to be sent in a `Reply`.

        The path is read when the handler has returned; the site keeps a copy of it until it is
        sent.

        Args:
            name: As people see it; bytes need one, a path has its own.
            mime: By the name when left out.
        """
        _check(source, "File")
        called = name or (source.name if isinstance(source, Path) else "")
        if not called:
            raise MistakeError(
                'File.of() was given a source without a name; write File.of(data, name="list.csv")'
            )
        return OwnFile(
            key="",
            name=called,
            size_bytes=len(source) if isinstance(source, bytes) else 0,
            mime=mime or guessed_mime(called),
            source=source,
        )


class Photo(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A picture somebody sent, or one to be sent."""

    key: str
    """The messenger's own key of the stored picture."""
    width: int
    """Width in pixels."""
    height: int
    """Height in pixels."""
    size_bytes: int = 0
    mime: str = "image/jpeg"
    bot: str = ""
    """Name of the bot that received it; when another bot sends it, its content is copied."""
    was_file: bool = False
    """It came as a file: sent as a photo, its content is copied, and its size is not known."""

    @staticmethod
    def of(source: Source) -> "Photo":
        """Make a photo of a path or of bytes, to be sent in a `Reply`.

        The path is read when the handler has returned; the site keeps a copy of it until it is
        sent. JPEG, PNG, GIF, WebP and AVIF are pictures; anything else is an error then, and
        `File.of` sends it.
        """
        _check(source, "Photo")
        size = len(source) if isinstance(source, bytes) else 0
        return OwnPhoto(key="", width=0, height=0, size_bytes=size, source=source)


class OwnFile(File, frozen=True, kw_only=True):
    """A file made of bytes that no messenger has yet; made by `File.of`."""

    source: Source


class OwnPhoto(Photo, frozen=True, kw_only=True):
    """A picture made of bytes that no messenger has yet; made by `Photo.of`."""

    source: Source


def is_kept(key: str) -> bool:
    """Whether a key is one of the site's own, whose content `Host.media` has."""
    return key.startswith(KEPT)


def guessed_mime(name: str) -> str:
    """Return what a file is by its name."""
    return _types.guess_type(name)[0] or _UNKNOWN


def _check(source: object, what: str) -> None:
    if not isinstance(source, Path | bytes):
        raise MistakeError(
            f"{what}.of() was given a {type(source).__name__}; give it a pathlib.Path or bytes"
        )
