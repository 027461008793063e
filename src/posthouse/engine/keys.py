"""Numbers from reserved blocks: delivery keys, and the sequences of apps."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from posthouse.engine.points import Point, Points
from posthouse.errors import StoreUnavailableError
from posthouse.ports.store import Store

log = logging.getLogger("posthouse.keys")

KEY_BLOCK = 1 << 16
"""Delivery keys reserved at once: 48 bits last for four billion restarts."""
MOST_NUMBERS = 16
"""Numbers of an app's sequence reserved at once, at most; what a restart leaves is a gap."""
BUSY_S = 1.0
"""A sequence whose numbers were used up so soon gets twice as many; after a rest one at a time, so
that its numbers have no gaps."""


class DeliveryKeys:
    """Hands out delivery keys without waiting.

    Reserves the next block while half of this one is left.
    """

    def __init__(self, store: Store, spawn: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._store = store
        self._spawn = spawn
        self._next = 0
        self._end = 0
        self._spare: int | None = None
        self._reserving = False

    async def open(self) -> None:
        """Reserve the first block."""
        self._next = await self._store.reserve("delivery", KEY_BLOCK)
        self._end = self._next + KEY_BLOCK

    def next(self) -> int:
        """Return the next key.

        Raises StoreUnavailableError when the store failed for a whole block.
        """
        key = self._next
        if key >= self._end:
            if self._spare is None:
                self._refill()
                raise StoreUnavailableError(
                    "no delivery keys are left, and the database did not reserve further ones"
                )
            key, self._spare = self._spare, None
            self._end = key + KEY_BLOCK
        self._next = key + 1
        if self._end - key < KEY_BLOCK // 2 and self._spare is None:
            self._refill()
        return key

    def _refill(self) -> None:
        if not self._reserving:
            self._reserving = True
            self._spawn(self._reserve())

    async def _reserve(self) -> None:
        try:
            self._spare = await self._store.reserve("delivery", KEY_BLOCK)
        except StoreUnavailableError as error:
            log.warning("cannot reserve delivery keys now: %s", error)
        finally:
            self._reserving = False


class Numbers:
    """Hands out the numbers of apps' sequences, each once."""

    def __init__(self, store: Store, points: Points) -> None:
        self._store = store
        self._points = points
        self._blocks: dict[str, range] = {}
        self._sizes: dict[str, tuple[int, float]] = {}
        """How many were reserved last, and when."""
        self._lock = asyncio.Lock()

    async def take(self, sequence: str) -> int:
        """Return the next number of a sequence."""
        block = self._blocks.get(sequence, range(0))
        if not block:
            async with self._lock:
                block = self._blocks.get(sequence, range(0))
                if not block:
                    size = self._size(sequence)
                    first = await self._store.reserve(f"app {sequence}", size)
                    self._points.reach(Point.NUMBER_RESERVED)
                    block = range(first, first + size)
        self._blocks[sequence] = block[1:]
        return block[0]

    def _size(self, sequence: str) -> int:
        """Return how many numbers to reserve now: more the faster they are used."""
        now = asyncio.get_running_loop().time()
        size, at = self._sizes.get(sequence, (0, 0.0))
        size = min(2 * size, MOST_NUMBERS) if size and now - at < BUSY_S else 1
        self._sizes[sequence] = size, now
        return size
