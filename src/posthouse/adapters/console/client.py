"""The terminal itself: lines in, without holding up the loop, and text out.

How this works: one thread waits for lines and hands them to the loop. Pipes and files are read by
`os.read` after `select`, so the thread ends when asked. In a terminal `input()` gives people line
editing and history; that call cannot be interrupted, so its thread is a daemon and the terminal's
modes are put back at the end. Text that comes while a line is being typed is written above it.
"""

import asyncio
import contextlib
import mimetypes
import os
import select
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from shutil import copyfile
from types import ModuleType
from typing import IO, Any, NamedTuple, Protocol

import imagesize  # type: ignore[import-untyped]  # it ships no types

PROMPT = "> "
_CHUNK = 65536
_CLEAR_LINE = "\r\x1b[K"


class Terminal(Protocol):
    """Where a person types and reads."""

    styled: bool
    """Whether styles can be shown."""
    typing: bool
    """Whether a person types; else the lines come from a pipe or a file."""

    def open(self) -> None:
        """Begin to read; a second call does nothing."""

    async def read_line(self) -> str | None:
        """Wait for a line; None at the end of the input, and then always."""

    def write(self, text: str) -> None:
        """Show lines."""

    def close(self) -> None:
        """Stop reading and leave the terminal as it was; a second call does nothing."""


class StandardTerminal:
    """Standard input and output of this process."""

    def __init__(self, source: IO[str] | None = None, target: IO[str] | None = None) -> None:
        self._source = source or sys.stdin
        self._target = target or sys.stdout
        self.typing = self._source.isatty() and self._target.isatty()
        self.styled = self._target.isatty() and os.environ.get("NO_COLOR") is None
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._thread: threading.Thread | None = None
        self._wake: tuple[int, int] | None = None
        self._modes: Any = None
        self._ended = False
        self._readline = _readline() if self.typing else None

    def open(self) -> None:
        """Start the thread that reads."""
        if self._thread is not None:
            return
        loop = asyncio.get_running_loop()

        def hand_over(line: str | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
                loop.call_soon_threadsafe(self._lines.put_nowait, line)

        self._modes = _modes_of(self._source) if self.typing else None
        self._wake = os.pipe()
        work = self._type if self.typing else partial(self._pipe, wake=self._wake[0])
        self._thread = threading.Thread(
            target=work, args=(hand_over,), name="posthouse-console", daemon=True
        )
        self._thread.start()

    async def read_line(self) -> str | None:
        """Return the next line, or None at the end."""
        if self._ended and self._lines.empty():
            return None
        line = await self._lines.get()
        self._ended = self._ended or line is None
        return line

    def write(self, text: str) -> None:
        """Write above the line that is being typed."""
        if self.typing:
            typed = self._readline.get_line_buffer() if self._readline else ""
            text = f"{_CLEAR_LINE}{text}\n{PROMPT}{typed}"
        else:
            text = f"{text}\n"
        with contextlib.suppress(BrokenPipeError):  # the reader of our output went away first
            self._target.write(text)
            self._target.flush()

    def close(self) -> None:
        """End the thread where it can be ended, and put the terminal's modes back."""
        self._ended = True
        self._lines.put_nowait(None)
        if self._wake is None:
            return
        read, write = self._wake
        self._wake = None
        os.close(write)
        if self.typing:
            os.close(read)
        if self._modes is not None:
            _restore(self._source, self._modes)
            self._target.write(_CLEAR_LINE)
            self._target.flush()

    def _type(self, hand_over: Callable[[str | None], None]) -> None:
        while True:
            try:
                line = input(PROMPT)
            except (EOFError, OSError, ValueError):
                hand_over(None)
                return
            hand_over(line)

    def _pipe(self, hand_over: Callable[[str | None], None], wake: int) -> None:
        source = self._source.fileno()
        rest = b""
        woken = False
        while True:
            try:
                ready, _, _ = select.select([source, wake], [], [])
            except OSError:  # whoever gave us the input has closed it
                ready = [wake]
            woken = wake in ready
            chunk = b"" if woken else _read(source)
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                hand_over(line.decode(errors="replace"))
            if not chunk:
                break
        if rest and not woken:
            hand_over(rest.decode(errors="replace"))
        hand_over(None)
        os.close(wake)


class Kept(NamedTuple):
    """A file in the bot's folder."""

    size_bytes: int
    mime: str
    width: int
    """-1 for what is no picture."""
    height: int


def keep(source: Path, target: Path) -> Kept:
    """Copy a file into the bot's folder; raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    copyfile(source.expanduser(), target)
    width, height = imagesize.get(target)
    mime = mimetypes.guess_type(source.name)[0] or "application/octet-stream"
    return Kept(target.stat().st_size, mime, int(width), int(height))


def _read(source: int) -> bytes:
    try:
        return os.read(source, _CHUNK)
    except OSError:  # the terminal went away: the same as the end
        return b""


def _readline() -> ModuleType | None:
    try:
        import readline  # noqa: PLC0415  it takes over the terminal once imported
    except ImportError:
        return None
    return readline


def _modes_of(source: IO[str]) -> Any:
    try:
        import termios  # noqa: PLC0415  not on Windows
    except ImportError:
        return None
    return termios.tcgetattr(source.fileno())


def _restore(source: IO[str], modes: Any) -> None:
    import termios  # noqa: PLC0415  not on Windows

    termios.tcsetattr(source.fileno(), termios.TCSADRAIN, modes)
