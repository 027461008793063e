"""Where time comes from, so that tests can decide it."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

STEP_S = 30.0
"""How long who waits for a moment sleeps at most before the machine's clock is read again."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return this moment, aware and in UTC; it may jump when the machine's clock is set."""

    def timestamp(self) -> float:
        """Return this moment as seconds since the epoch."""

    def monotonic(self) -> float:
        """Return seconds that never go back, for measuring durations inside one process."""

    async def sleep(self, delay_s: float) -> None:
        """Wait for a duration in seconds; a cancelled sleep raises at once."""

    async def sleep_until(self, moment_s: float) -> None:
        """Wait until a moment, in seconds since the epoch, wherever the clock is set meanwhile."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return this moment, aware and in UTC."""
        return datetime.now(UTC)  # noqa: TID251  the one place that reads the wall clock

    # The functions themselves: both are asked for several times in every turn.
    timestamp = staticmethod(time.time)  # noqa: TID251  the one place that reads the wall clock
    monotonic = staticmethod(time.monotonic)

    async def sleep(self, delay_s: float) -> None:
        """Wait for a duration in seconds."""
        await asyncio.sleep(delay_s)

    async def sleep_until(self, moment_s: float) -> None:
        """Wait until a moment; that the clock was set is noticed within half a minute."""
        while (left_s := moment_s - self.timestamp()) > 0:
            await self.sleep(min(left_s, STEP_S))
