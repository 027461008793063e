"""Who is connected, and what they are shown: numbers in order, queues with a bound.

How this works: each change of a chat takes a number before its write is queued and hands the frame
over when the write is durable. `Numbers` lets frames out in the order of the numbers, so a client
that has seen number N has been sent everything up to N, and asking for "all after N" finds exactly
what is missing. A connection that does not read fast enough is closed, not waited for: it comes
back and asks.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from posthouse.adapters.web.archive import NO_REACTIONS, MessageRow, Tally, shown
from posthouse.adapters.web.wire import build

QUEUE_BYTES = 8 * 1024 * 1024
QUEUE_FRAMES = 4000

RESTART = 1012
TOO_SLOW = 1013


class Change:
    """A numbered change on its way into the database."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self.row: MessageRow | None = None
        """Set once it is durable; a change without a row is let pass unseen."""
        self.tally: Tally = NO_REACTIONS
        self.reader: str | None = None
        """Whose own reactions the tally holds; that person's pages are told which they are."""


class Numbers:
    """Gives out numbers and lets changes out in their order."""

    def __init__(self, last: int, show: Callable[[Change], None]) -> None:
        self._last = last
        self._show = show
        self._ended: dict[int, Change] = {}
        self.out = last
        """All changes up to here have ended: they are durable and were shown, or never will be."""

    def begin(self) -> Change:
        """Take a number; `end` has to follow, whatever happens."""
        self._last += 1
        return Change(self._last)

    def end(self, change: Change) -> None:
        """Let a change out when its turn comes; a second call does nothing."""
        if change.seq <= self.out or change.seq in self._ended:
            return
        self._ended[change.seq] = change
        while (following := self._ended.pop(self.out + 1, None)) is not None:
            self.out += 1
            if following.row is not None:
                self._show(following)

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Take a number for the time of a block."""
        change = self.begin()
        try:
            yield change
        finally:
            self.end(change)


class Connection:
    """One open page: frames wait here for the socket to take them."""

    def __init__(self, person: str, name: str) -> None:
        self.person = person
        self.name = name
        self.language = "en"
        self.synced = False
        """It has everything up to now, so changes are sent as they come."""
        self.missed = 0
        """Highest number that was not sent because it was not synced."""
        self.closing = asyncio.Event()
        self.close_code = 1000
        self._frames: deque[str] = deque()
        self._waiting_bytes = 0
        self._news = asyncio.Event()
        self._room = asyncio.Event()

    def offer(self, frame: str) -> None:
        """Queue a frame without waiting; too many of them close the connection."""
        if self.closing.is_set():
            return
        self._frames.append(frame)
        self._waiting_bytes += len(frame)
        self._news.set()
        if self._waiting_bytes > QUEUE_BYTES or len(self._frames) > QUEUE_FRAMES:
            self._frames.clear()
            self.close(TOO_SLOW)

    def show(self, frame: str, seq: int) -> None:
        """Queue a change, or note that it was missed while catching up."""
        if self.synced:
            self.offer(frame)
        else:
            self.missed = max(self.missed, seq)

    def close(self, code: int) -> None:
        """Have the connection closed; the first reason counts."""
        if not self.closing.is_set():
            self.close_code = code
            self.closing.set()
            self._news.set()
            self._room.set()

    async def taken(self) -> str | None:
        """Wait for the next frame to send; None when there will be no more."""
        while not self._frames:
            if self.closing.is_set():
                return None
            self._room.set()
            self._news.clear()
            await self._news.wait()
        frame = self._frames.popleft()
        self._waiting_bytes -= len(frame)
        return frame

    async def drained(self) -> None:
        """Wait until all frames were given to the socket."""
        self._room.clear()
        if self._frames and not self.closing.is_set():
            await self._room.wait()


class Hub:
    """All open pages of one bot."""

    def __init__(self) -> None:
        self._of: dict[str, set[Connection]] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def add(self, connection: Connection) -> None:
        """A page has connected."""
        self._of.setdefault(connection.person, set()).add(connection)
        self._empty.clear()

    def remove(self, connection: Connection) -> None:
        """A page is gone."""
        mine = self._of.get(connection.person, set())
        mine.discard(connection)
        if not mine:
            self._of.pop(connection.person, None)
        if not self._of:
            self._empty.set()

    def of(self, person: str) -> Iterable[Connection]:
        """Return the pages of a person."""
        return tuple(self._of.get(person, ()))

    def everyone(self) -> Iterable[Connection]:
        """Return all pages."""
        return tuple(one for many in self._of.values() for one in many)

    def show(self, change: Change, *, to: Callable[[str], bool] | None = None) -> None:
        """Show a change to everyone who sees its chat.

        Args:
            change: What to show.
            to: Tells who sees it, by the person's id; None where that is only the person whose
                chat it is.
        """
        if change.row is None:
            return
        frame = build(shown(change.row, change.tally))
        own = build(shown(change.row, change.tally, to_one=True)) if change.reader else frame
        for connection in self.everyone() if to is not None else self.of(change.row.chat):
            if to is not None and not to(connection.person):
                continue
            is_reader = connection.person == change.reader
            connection.show(own if is_reader else frame, change.row.seq)

    def close(self, code: int) -> None:
        """Have all connections closed."""
        for connection in self.everyone():
            connection.close(code)

    async def emptied(self) -> None:
        """Wait until nobody is connected."""
        await self._empty.wait()
