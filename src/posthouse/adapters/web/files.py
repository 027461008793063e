"""Uploads on disk: streamed with a hard limit, looked into, kept under random names."""

import os
from collections.abc import AsyncIterator
from io import BytesIO
from mimetypes import MimeTypes
from pathlib import Path
from secrets import token_urlsafe

import anyio
import imagesize  # type: ignore[import-untyped]  # it ships no types
from anyio import to_thread

from posthouse.errors import PosthouseError

HEAD_BYTES = 256 * 1024
"""So much of a file is looked into for a picture's size; EXIF data with a thumbnail fits in."""
NAME_CHARACTERS = 120
_EXTENSION_CHARACTERS = 16
_CHUNK = 1024 * 1024
# Without the machine's own lists: the same name means the same everywhere.
_types = MimeTypes()

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBPVP8", 8, "image/webp"),
    (b"ftypavif", 4, "image/avif"),
)
INLINE = frozenset(mime for _, _, mime in _SIGNATURES)
"""What may be shown in a page: every browser draws these, and none of them runs scripts."""


class TooLargeError(PosthouseError):
    """More bytes than a person may send."""


def picture(head: bytes) -> tuple[str, int, int] | None:
    """Return mime, width and height of a picture by its first bytes, or None for anything else."""
    for magic, at, mime in _SIGNATURES:
        if head[at : at + len(magic)] == magic:
            width, height = imagesize.get(BytesIO(head))
            return (mime, int(width), int(height)) if width > 0 and height > 0 else None
    return None


def guessed_mime(name: str) -> str:
    """Return what a file is by its name, for the bot to know; it is never served as such."""
    return _types.guess_type(name)[0] or "application/octet-stream"


def clean_name(name: str) -> str:
    """Return a file name without folders and control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if c.isprintable()).strip(". ")
    stem, dot, extension = kept.rpartition(".")
    if len(kept) > NAME_CHARACTERS and dot and len(extension) < _EXTENSION_CHARACTERS:
        return stem[: NAME_CHARACTERS - len(extension) - 1] + dot + extension
    return kept[:NAME_CHARACTERS] or "file"


class EmptyFileError(PosthouseError):
    """No bytes at all."""


class Cellar:
    """The folder with the files of one bot."""

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        self._folder = folder
        self._most = most_bytes

    def path(self, key: str) -> Path:
        """Return where a file is kept."""
        return self._folder / key

    async def keep(self, chunks: AsyncIterator[bytes]) -> tuple[str, int, bytes]:
        """Write a stream into a new file; return its key, size and head once it is on the disk.

        Raises TooLargeError as soon as there is too much, EmptyFileError when there is nothing;
        then nothing is left of it, nor of a file that was not finished.
        """
        key = token_urlsafe(18).replace("-", "x").replace("_", "y")
        part = self._folder / f"{key}.part"
        try:
            size, head = await self._write(part, chunks)
            await to_thread.run_sync(part.rename, self.path(key))
        except BaseException:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(lambda: part.unlink(missing_ok=True))
            raise
        return key, size, head

    async def _write(self, part: Path, chunks: AsyncIterator[bytes]) -> tuple[int, bytes]:
        size, head, waiting = 0, b"", bytearray()
        async with await anyio.open_file(part, "wb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > self._most:
                    raise TooLargeError
                waiting += chunk
                if len(waiting) >= _CHUNK:
                    head = head or bytes(waiting[:HEAD_BYTES])
                    await file.write(bytes(waiting))
                    waiting.clear()
            head = head or bytes(waiting[:HEAD_BYTES])
            await file.write(bytes(waiting))
            await file.flush()
            await to_thread.run_sync(os.fsync, file.wrapped.fileno())
        if not size:
            raise EmptyFileError
        return size, head
