"""Timers: rows in the database that become updates of their lane when they come due.

How this works: only the earliest moment is kept in memory. When it comes, due rows enter their
lanes, a bounded number at a time, behind what waits there; each is read again and deleted by its
turn's own commit, so a timer fires once.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from posthouse.engine.alarm import Alarm
from posthouse.engine.intake import Intake
from posthouse.errors import StoreUnavailableError
from posthouse.ports.clock import Clock
from posthouse.ports.store import Store

log = logging.getLogger("posthouse.timers")

MOST_IN_LANES = 200
"""Due timers that are in their lanes at once.

After a long stop the rest follows as these are done.
"""
SOON_S = 30.0
"""What comes due within this is read with what is due, which saves a question."""


class Timers:
    """Lets due timers enter their lanes."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        intakes: Mapping[int, Intake],
        spawn: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"],
    ) -> None:
        self._store = store
        self._clock = clock
        self._intakes = intakes
        self._look = asyncio.Event()
        self._alarm = Alarm(clock, self._look, spawn)
        self._is_full = False
        """More may be due than have entered."""
        self._entered: dict[int, int] = {}
        """Timers in lanes, by account."""

    def note(self, due: float) -> None:
        """A timer was set: make sure that somebody looks when it comes due."""
        self._wake_at(due)

    @property
    def in_lanes(self) -> int:
        """How many timers are in lanes and not over."""
        return sum(self._entered.values())

    def look(self) -> None:
        """Look at once: a bot came, whose timers may be due."""
        self._look.set()

    def done(self, account: int) -> None:
        """A timer's turn is over; there may be room for further ones."""
        if account not in self._entered:
            return  # its bot left meanwhile
        self._entered[account] -= 1
        if self._is_full and self.in_lanes in (MOST_IN_LANES // 2, 0):
            self._look.set()

    def left(self, account: int) -> None:
        """A bot left, and what it had in lanes with it: there may be room for others."""
        if self._entered.pop(account, 0):
            self._look.set()

    async def run(self) -> None:
        """Enter what is due, until cancelled."""
        while True:
            try:
                await self._enter()
            except StoreUnavailableError as error:
                log.warning("cannot read timers now: %s", error)
                self._alarm.set(self._clock.timestamp() + 1.0)
            await self._look.wait()
            self._look.clear()

    async def _enter(self) -> None:
        now = self._clock.timestamp()
        self._alarm.set(math.inf)
        limit, rows, due, here = MOST_IN_LANES, [], [], []
        while True:
            rows = await self._store.timers(until=now + SOON_S, limit=limit)
            due = [row for row in rows if row.due <= now]
            # Those of bots that do not run wait for them, and hold up nobody else's.
            here = [row for row in due if row.account in self._intakes][:MOST_IN_LANES]
            if len(here) == MOST_IN_LANES or len(due) < limit:
                break
            limit *= 2
        for row in here:
            if self._intakes[row.account].timer(row):
                self._entered[row.account] = self._entered.get(row.account, 0) + 1
        self._is_full = len(here) == MOST_IN_LANES
        if len(due) < len(rows):
            self._wake_at(rows[len(due)].due)
        elif not self._is_full and (later := await self._store.next_timer()) is not None:
            self._wake_at(max(later, now + SOON_S))

    def _wake_at(self, due: float) -> None:
        if due < self._alarm.at:
            self._alarm.set(due)
