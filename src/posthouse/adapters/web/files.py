"""Uploads on disk: streamed with a hard limit, looked into, kept under random names."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_urlsafe
from shutil import copyfile

import anyio
from anyio import to_thread

from posthouse.disk import put_in_place, synced
from posthouse.errors import PosthouseError
from posthouse.model.pictures import HEAD_BYTES

NAME_CHARACTERS = 120
_EXTENSION_CHARACTERS = 16
_CHUNK = 1024 * 1024


class TooLargeError(PosthouseError):
    """More bytes than a person may send."""


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

    async def adopt(self, key: str, source: Path) -> int:
        """Keep a file that the site has; return its size once it is on the disk."""
        return await to_thread.run_sync(self._adopt, self.path(key), source)

    async def read(self, key: str) -> AsyncIterator[bytes]:
        """Yield what a file holds; raises OSError."""
        async with await anyio.open_file(self.path(key), "rb") as file:
            while chunk := await file.read(_CHUNK):
                yield chunk

    async def keep(self, chunks: AsyncIterator[bytes]) -> tuple[str, int, bytes]:
        """Write a stream into a new file; return its key, size and head once it is on the disk.

        Raises TooLargeError as soon as there is too much, EmptyFileError when there is nothing;
        then nothing is left of it, nor of a file that was not finished.
        """
        key = token_urlsafe(18).replace("-", "x").replace("_", "y")
        part = self._folder / f"{key}.part"
        try:
            size, head = await self._write(part, chunks)
            await to_thread.run_sync(put_in_place, part, self.path(key))
        except BaseException:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(lambda: part.unlink(missing_ok=True))
            raise
        return key, size, head

    def _adopt(self, target: Path, source: Path) -> int:
        """Give a file a second name here, or copy it to where that cannot be."""
        part = target.with_suffix(f".{token_urlsafe(6)}.part")
        try:
            try:
                part.hardlink_to(source)
            except OSError:  # another file system, or one that knows no links
                copyfile(source, part)
                synced(part)
            put_in_place(part, target)
        finally:
            part.unlink(missing_ok=True)
        return target.stat().st_size

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
