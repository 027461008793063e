"""The folder with the content of photos and files, each under the hash of it.

How this works: whatever is put here is written under another name, is on the disk before its call
returns, and only then gets its own name; so a file with a name of 64 hexadecimal digits is whole.
Everything happens on one thread, in the order of the calls. A file that is wanted again is touched,
and none is removed that was touched within a day: what a turn put here moments ago is in no table
yet.
"""

import asyncio
import hashlib
import os
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO, NamedTuple, TypeVar

from posthouse.disk import put_in_place, synced
from posthouse.model.media import KEPT, Source, is_kept
from posthouse.model.pictures import HEAD_BYTES
from posthouse.ports.clock import Clock
from posthouse.storage.worker import Worker

T = TypeVar("T")
GRACE_S = 24 * 3600.0
"""So long a file stays that no table names."""
_CHUNK_BYTES = 1024 * 1024
_MOST_KNOWN = 4096


class Content(NamedTuple):
    """What was put into the folder."""

    key: str
    size_bytes: int
    head: bytes
    """The first bytes of it."""


class MediaFolder:
    """Keeps content under its hash."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._worker: Worker | None = None
        self._running = 0
        self._rested = asyncio.Event()
        self._rested.set()
        self._known: OrderedDict[tuple[Path, int, int, int, int], Content] = OrderedDict()
        """Content of files by path, moments of change, size and inode: none is read twice."""

    async def put(self, source: Source) -> Content:
        """Keep bytes, or what a file holds now; durable when it returns. Raises OSError."""
        if isinstance(source, bytes):
            return await self._run(self._put_bytes, source)
        return await self._run(self._put_file, source)

    async def put_stream(self, chunks: AsyncIterator[bytes]) -> Content:
        """Keep what a stream brings; when that raises, nothing is left of it."""
        part = await self._run(_Part, self._folder)
        try:
            async for chunk in chunks:
                await self._run(part.write, chunk)
            return await self._run(self._finish, part)
        except BaseException:
            part.given_up = True
            self._begin(part.drop)  # not awaited: this task may be cancelled
            raise

    async def find(self, key: str) -> Path | None:
        """Return the file with the content, None when it is not here."""
        path = self._path(key)
        return path if is_kept(key) and await self._run(path.is_file) else None

    async def read(self, key: str) -> bytes | None:
        """Return content, None when it is not here."""
        return await self._run(_read, self._path(key)) if is_kept(key) else None

    async def touch(self, key: str) -> bool:
        """Keep content for another while; False when it is not here."""
        return is_kept(key) and await self._run(self._touch, self._path(key))

    async def sweep(self, keys: set[str]) -> int:
        """Remove content with other keys, and what was never finished; return how much."""
        return await self._run(self._sweep, {key.removeprefix(KEPT) for key in keys})

    async def idle(self) -> bool:
        """Wait until no call is under way; return whether one was."""
        if self._rested.is_set():
            return False
        await self._rested.wait()
        return True

    async def aclose(self) -> None:
        """Finish what was given and end the thread."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.aclose(lambda: None)

    # --- on the thread

    def _path(self, key: str) -> Path:
        digest = key.removeprefix(KEPT)
        return self._folder / digest[:2] / digest

    def _put_bytes(self, data: bytes) -> Content:
        digest = hashlib.sha256(data).hexdigest()
        content = Content(KEPT + digest, len(data), data[:HEAD_BYTES])
        if self._touch(self._path(digest)):
            return content
        part = _Part(self._folder)
        try:
            part.write(data)
            return self._finish(part)
        except BaseException:
            part.drop()
            raise

    def _put_file(self, source: Path) -> Content:
        with source.open("rb") as file:
            stat = os.fstat(file.fileno())
            moments = (stat.st_mtime_ns, stat.st_ctime_ns)
            mark = (source.absolute(), *moments, stat.st_size, stat.st_ino)
            known = self._known.get(mark)
            if known is not None and self._touch(self._path(known.key)):
                self._known.move_to_end(mark)
                return known
            part = _Part(self._folder)
            try:
                for chunk in _chunks(file):
                    part.write(chunk)
                content = self._finish(part)
            except BaseException:
                part.drop()
                raise
        self._known[mark] = content
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return content

    def _finish(self, part: "_Part") -> Content:
        content = part.content()
        target = self._path(content.key)
        if self._touch(target):
            part.drop()
            return content
        if not target.parent.exists():
            target.parent.mkdir()
            synced(self._folder)
        now = self._clock.timestamp()
        os.utime(part.path, (now, now))
        part.keep_as(target)
        return content

    def _touch(self, path: Path) -> bool:
        now = self._clock.timestamp()
        try:
            os.utime(path, (now, now))
        except FileNotFoundError:
            return False
        return True

    def _sweep(self, digests: set[str]) -> int:
        before = self._clock.timestamp() - GRACE_S
        removed = 0
        for path in list(_files(self._folder)):
            with suppress(FileNotFoundError):
                if path.name not in digests and path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed

    async def _run(self, call: Callable[..., T], *args: object) -> T:
        return await self._begin(call, *args)

    def _begin(self, call: Callable[..., T], *args: object) -> asyncio.Future[T]:
        self._running += 1
        self._rested.clear()
        future = self._thread().call(call, *args)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, _: asyncio.Future[Any]) -> None:
        self._running -= 1
        if not self._running:
            self._rested.set()

    def _thread(self) -> Worker:
        if self._worker is None:
            self._worker = Worker("posthouse-media")
        return self._worker


class _Part:
    """A file that is being written."""

    def __init__(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(parents=True)
            synced(folder.parent)
        self.path = folder / f"{token_hex(16)}.part"
        self._file = self.path.open("xb")
        self._hash = hashlib.sha256()
        self._size = 0
        self._head = b""
        self.given_up = False

    def write(self, chunk: bytes) -> None:
        """Add bytes."""
        if self.given_up:
            return
        self._file.write(chunk)
        self._hash.update(chunk)
        self._size += len(chunk)
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]

    def content(self) -> Content:
        """Bring it all to the disk and say what it is."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Content(KEPT + self._hash.hexdigest(), self._size, self._head)

    def keep_as(self, target: Path) -> None:
        """Give it its own name, for good: not to be written by anybody."""
        self.path.chmod(0o440)
        put_in_place(self.path, target)

    def drop(self) -> None:
        """Leave nothing of it."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _files(folder: Path) -> Iterator[Path]:
    """Return what is in the folder, whole or not."""
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.is_dir():
                yield from entry.iterdir()
            else:
                yield entry
