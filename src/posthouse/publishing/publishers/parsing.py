"""`Parser`: feeds are read by processes of their own, which are killed when they take too long."""

import asyncio
import importlib.util
import subprocess
import sys
import threading
from types import TracebackType
from typing import IO, Self

import msgspec

from posthouse.errors import FetchError, SetupError
from posthouse.publishing.publishers.entries import Parsed
from posthouse.publishing.publishers.reader import FRAME, Request

WITHIN_S = 60.0
MOST_READERS = 2
_MODULE = "posthouse.publishing.publishers.reader"


class _Reader:
    """One process; everything here blocks, so it is called on threads."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False

    def ask(self, request: bytes, within_s: float) -> bytes:
        """Let it read a feed; raises EOFError when it ended instead."""
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  this very package
                [sys.executable, "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        process = self._process
        if self._is_over:  # while it was being started
            process.kill()
        given, told = process.stdin, process.stdout
        if given is None or told is None:
            raise EOFError
        timer = threading.Timer(within_s, process.kill)
        timer.start()
        try:
            given.write(FRAME.pack(len(request)) + request)
            given.flush()
            head = told.read(FRAME.size)
            answer = told.read(FRAME.unpack(head)[0]) if len(head) == FRAME.size else b""
        except OSError:
            answer = b""
        finally:
            timer.cancel()
        if not answer:
            self.close()
            raise EOFError
        return answer

    def kill(self) -> None:
        """End it now; whoever waits for it gets an EOFError."""
        self._is_over = True
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """End it and wait for its end."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close(pipe)
            process.wait()


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # what it still held cannot be written any more
        return


class Parser:
    """Reads feeds, a few at a time; entered before it is used."""

    def __init__(self, *, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._slots = asyncio.Semaphore(MOST_READERS)
        self._idle: list[_Reader] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        idle, self._idle = self._idle, []
        for reader in idle:
            await asyncio.to_thread(reader.close)

    @staticmethod
    def require() -> None:
        """Raise SetupError where feeds cannot be read."""
        if importlib.util.find_spec("feedparser") is None:
            raise SetupError(
                "feeds need feedparser, which is not installed: pip install 'posthouse[feeds]'"
            )

    async def read(self, body: bytes, *, kind: str, url: str) -> Parsed:
        """Read a feed; raises FetchError when it is none, or takes too long."""
        request = msgspec.msgpack.encode(Request(body=body, kind=kind, url=url))
        async with self._slots:
            reader = self._idle.pop() if self._idle else _Reader()
            try:
                answer = await asyncio.to_thread(reader.ask, request, self._within_s)
            except EOFError:
                raise FetchError(
                    f"{url} cannot be read: it took longer than {self._within_s:g} s, or more "
                    "memory than a feed may take"
                ) from None
            except asyncio.CancelledError:
                reader.kill()
                raise
            self._idle.append(reader)
        parsed = msgspec.msgpack.decode(answer, type=Parsed)
        if parsed.error:
            raise FetchError(f"{url} cannot be read: {parsed.error}")
        return parsed
