"""Conversation rows on their way in: cached, loaded in batches, locked where lanes share them.

How this works: the process owns the database file, so what it last committed is what is there, and
a cache of the encoded rows can be trusted; each turn decodes its own copy. A state shared across
lanes (a person's, over all chats) is locked from load to commit, first come first served, keys in
sorted order so that two turns cannot wait for each other.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from posthouse.errors import StoreUnavailableError
from posthouse.ports.clock import Clock
from posthouse.ports.store import StateKey, StateRead, Store

log = logging.getLogger("posthouse.states")

OnLoaded: TypeAlias = Callable[[Any, list[StateRead]], None]
"""Called with what the caller gave to find its way back, and the rows."""
MOST_ROWS = 16_384
LARGEST_ROW_BYTES = 4096
"""Larger rows are read again each time, so that the cache stays within 64 MiB."""


class StateCache:
    """The rows written or read last, as encoded bytes.

    In two generations: when the young one is full it becomes the old one, and what was old and not
    used since is gone. That costs nothing per row, while deleting the oldest key of one large dict
    walks over all that were deleted before it.
    """

    def __init__(self, most: int = MOST_ROWS) -> None:
        self._young: dict[StateKey, StateRead] = {}
        self._old: dict[StateKey, StateRead] = {}
        self._half = most // 2

    def get(self, key: StateKey) -> StateRead | None:
        """Return a row, or None when it must be loaded."""
        read = self._young.get(key)
        return read if read is not None else self._old.get(key)

    def put(self, key: StateKey, read: StateRead) -> None:
        """Keep a row, unless it is large."""
        if read.body is not None and len(read.body) > LARGEST_ROW_BYTES:
            self.forget(key)
            return
        self._young[key] = read
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}

    def clear(self) -> None:
        """Drop all rows."""
        self._young, self._old = {}, {}

    def forget(self, key: StateKey) -> None:
        """Drop a row: what is in the database may differ."""
        self._young.pop(key, None)
        self._old.pop(key, None)


class StateLoader:
    """Reads rows in batches: what is asked for while one read runs goes into the next."""

    def __init__(self, store: Store, cache: StateCache, clock: Clock) -> None:
        self._store = store
        self._cache = cache
        self._clock = clock
        self._wanted: list[tuple[Sequence[StateKey], OnLoaded, Any]] = []
        self._wake: asyncio.Future[None] | None = None

    def load(self, keys: Sequence[StateKey], ready: OnLoaded, whose: Any = None) -> None:
        """Read rows and call back with them: at once when they are cached, else from the loop."""
        get = self._cache.get
        reads: list[StateRead] = []
        for key in keys:
            read = get(key)
            if read is None:
                break
            reads.append(read)
        else:
            ready(whose, reads)
            return
        self._wanted.append((keys, ready, whose))
        wake, self._wake = self._wake, None
        if wake is not None and not wake.done():
            wake.set_result(None)

    async def run(self) -> None:
        """Read until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            if not self._wanted:
                self._wake = loop.create_future()
                await self._wake
            wanted, self._wanted = self._wanted, []
            keys = [key for some, _, _ in wanted for key in some]
            reads = iter(await self._read(keys))
            for some, ready, whose in wanted:
                mine = [next(reads) for _ in some]
                for key, read in zip(some, mine, strict=True):
                    self._cache.put(key, read)
                ready(whose, mine)

    async def _read(self, keys: list[StateKey]) -> list[StateRead]:
        while True:
            try:
                return await self._store.load(keys)
            except StoreUnavailableError as error:
                log.error("cannot read conversations, tried again: %s", error)  # noqa: TRY400
                await self._clock.sleep(0.2)


class Locks:
    """Keyed locks, first come first served."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Callable[[], None]]] = {}

    def acquire(self, keys: Sequence[str], ready: Callable[[], None]) -> None:
        """Take all keys, in order, then call back; at once when they are free."""
        if not keys:
            ready()
            return
        first, rest = keys[0], keys[1:]
        if first in self._waiting:
            self._waiting[first].append(lambda: self.acquire(rest, ready))
        else:
            self._waiting[first] = deque()
            self.acquire(rest, ready)

    def release(self, keys: Sequence[str]) -> None:
        """Give keys back; whoever waits longest is next."""
        for key in keys:
            waiting = self._waiting[key]
            if waiting:
                waiting.popleft()()
            else:
                del self._waiting[key]
