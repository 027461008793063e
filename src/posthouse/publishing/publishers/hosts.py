"""Politeness: one request at a time to a host, with a gap between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from posthouse.ports.clock import Clock

GAP_S = 1.0
"""Between the end of one request to a host and the beginning of the next."""
MOST_AT_ONCE = 16
"""Requests to all hosts together."""


class _Gate:
    """The way to one host."""

    __slots__ = ("free_at", "lock", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.free_at = 0.0
        self.users = 0


class Hosts:
    """Lets requests through, host by host."""

    def __init__(self, clock: Clock, *, gap_s: float = GAP_S) -> None:
        self._clock = clock
        self._gap_s = gap_s
        self._gates: dict[str, _Gate] = {}
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)

    @asynccontextmanager
    async def one(self, host: str) -> AsyncIterator[None]:
        """Wait for one's turn with a host, and keep it while the block runs."""
        gate = self._gates.setdefault(host, _Gate())
        gate.users += 1
        try:
            async with gate.lock:
                if (wait_s := gate.free_at - self._clock.monotonic()) > 0:
                    await self._clock.sleep(wait_s)
                try:
                    async with self._slots:
                        yield
                finally:
                    gate.free_at = self._clock.monotonic() + self._gap_s
        finally:
            gate.users -= 1
            self._forget()

    def _forget(self) -> None:
        now = self._clock.monotonic()
        self._gates = {
            host: gate for host, gate in self._gates.items() if gate.users or gate.free_at > now
        }
