"""Alarm: sets an event at a moment by the site's clock."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from posthouse.ports.clock import Clock


class Alarm:
    """Sets an event at a moment, the newest that was asked for."""

    def __init__(
        self,
        clock: Clock,
        event: asyncio.Event,
        spawn: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"],
    ) -> None:
        self._clock = clock
        self._event = event
        self._spawn = spawn
        self._at: float | None = None
        self._task: asyncio.Task[None] | None = None

    def set(self, at: float) -> None:
        """Set the event then, in seconds since the epoch."""
        if self._at != at:
            self._at = at
            if self._task is not None:
                self._task.cancel()
            self._task = self._spawn(self._ring(at))

    async def _ring(self, at: float) -> None:
        left_s = at - self._clock.timestamp()
        if left_s > 0:
            await self._clock.sleep(left_s)
        if self._at == at:
            self._at = None
            self._event.set()
