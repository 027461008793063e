"""Timers: rows in the database that become updates of their lane when they come due.

How this works: only the earliest moment is kept in memory. When it comes, due rows enter their
lanes, a bounded number at a time, behind what waits there; each is read again and deleted by its
turn's own commit, so a timer fires once.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from posthouse.engine.intake import Intake
from posthouse.errors import StoreUnavailableError
from posthouse.ports.clock import Clock
from posthouse.ports.store import Store

log = logging.getLogger("posthouse.timers")

MOST_IN_LANES = 200
"""Due timers that are in their lanes at once.

After a long stop the rest follows as these are done.
"""
LOOK_AGAIN_S = 30.0
"""How often the clock is looked at, however far the next timer: the machine's clock may be set."""


class Timers:
    """Lets due timers enter their lanes."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        intakes: Mapping[int, Intake],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._store = store
        self._clock = clock
        self._intakes = intakes
        self._spawn = spawn
        self._look = asyncio.Event()
        self._alarm_at = float("inf")
        self.in_lanes = 0

    def note(self, due: float) -> None:
        """A timer was set: make sure that somebody looks when it comes due."""
        if due < self._alarm_at:
            self._set_alarm(due)

    def done(self) -> None:
        """A timer's turn is over; there may be room for further ones."""
        self.in_lanes -= 1
        if self.in_lanes == 0:
            self._look.set()

    async def run(self) -> None:
        """Enter what is due, until cancelled."""
        while True:
            try:
                await self._enter()
            except StoreUnavailableError as error:
                log.warning("cannot read timers now: %s", error)
                self._set_alarm(self._clock.timestamp() + 1.0)
            await self._look.wait()
            self._look.clear()

    async def _enter(self) -> None:
        now = self._clock.timestamp()
        self._alarm_at = float("inf")
        rows = await self._store.timers(until=now, limit=MOST_IN_LANES)
        for row in rows:
            intake = self._intakes.get(row.account)
            if intake is not None and intake.timer(row):
                self.in_lanes += 1
        if self.in_lanes:
            return  # `done` looks again
        later = await self._store.next_timer()
        if later is not None:
            self._set_alarm(max(later, now + LOOK_AGAIN_S if rows else later))

    def _set_alarm(self, due: float) -> None:
        self._alarm_at = due
        self._spawn(self._alarm(due))

    async def _alarm(self, due: float) -> None:
        while self._alarm_at == due:
            left_s = due - self._clock.timestamp()
            if left_s <= 0:
                break
            await self._clock.sleep(min(left_s, LOOK_AGAIN_S))
        self._look.set()
