"""Alarm: sets an event when its time has come, by the site's clock."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple

from posthouse.ports.clock import Clock


class Again(NamedTuple):
    """When somebody wants to look again; who is woken before looks then."""

    at: float = math.inf
    """A moment, in seconds since the epoch."""
    in_s: float = math.inf
    """After so many seconds, however the clock is set."""


class Alarm:
    """Sets an event at a moment, or after a while, whichever comes first; what was set last counts.

    Args:
        clock: The site's.
        event: What is set.
        spawn: Starts the task that waits.
    """

    def __init__(
        self,
        clock: Clock,
        event: asyncio.Event,
        spawn: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"],
    ) -> None:
        self._clock = clock
        self._event = event
        self._spawn = spawn
        self._tasks: list[asyncio.Task[None]] = []
        self.at = math.inf
        """When it rings, in seconds since the epoch."""

    def set(self, at: float, *, in_s: float = math.inf) -> None:
        """Ring then, and no more when it was to ring before.

        Args:
            at: A moment in seconds since the epoch, wherever the clock is set meanwhile.
            in_s: A number of seconds that have to pass, however the clock is set.
        """
        self._quiet()
        self.at = at
        if at != math.inf:
            self._tasks.append(self._spawn(self._ring(self._clock.sleep_until, at)))
        if in_s != math.inf:
            self._tasks.append(self._spawn(self._ring(self._clock.sleep, in_s)))

    async def _ring(self, sleep: Callable[[float], Awaitable[None]], how_long: float) -> None:
        await sleep(how_long)
        self._quiet()
        self._event.set()

    def _quiet(self) -> None:
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()
        self._tasks.clear()
        self.at = math.inf
