"""Watching: handlers and updates that take too long, and whoever blocks the event loop."""

import asyncio
import logging
import sys
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from posthouse.delivery.outbox import Outbox
from posthouse.engine.intake import Intake
from posthouse.engine.turns import Turns
from posthouse.ports.clock import Clock

log = logging.getLogger("posthouse.watch")

LOOK_EVERY_S = 0.05
ALL_EVERY_S = 1.0
"""How often bots are looked at to which nothing seems to happen; there may be thousands."""
MOST_ABANDONED = 64
"""Handlers that were cut and did not end; more make the site unhealthy."""
BLOCKED_S = 0.1
"""The event loop stood still this long: somebody is named in the log."""
BLOCKED_FOR_LONG_S = 1.0
"""The event loop stood still this long: the site is unhealthy."""


class Watch:
    """Looks at every running handler and every waiting update, some twenty times a second."""

    def __init__(
        self,
        clock: Clock,
        turns: Turns,
        intakes: Mapping[int, Intake],
        outboxes: Mapping[int, Outbox],
    ) -> None:
        self._clock = clock
        self._turns = turns
        self._intakes = intakes
        self._outboxes = outboxes

    async def run(self) -> None:
        """Look until cancelled."""
        all_at_s = 0.0
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            now_s = self._clock.monotonic()
            self._cut(now_s)
            if now_s >= all_at_s:
                all_at_s = now_s + ALL_EVERY_S
                self._turns.awake.update(self._busy())
            for account in list(self._turns.awake):
                self._look_at(account, now_s)

    def _busy(self) -> Iterator[int]:
        """Yield the accounts with something under way, however it came there."""
        for account, intake in self._intakes.items():
            outbox = self._outboxes[account]
            if intake.unsettled or outbox.waiting or outbox.riding:
                yield account

    def _look_at(self, account: int, now_s: float) -> None:
        intake, outbox = self._intakes.get(account), self._outboxes.get(account)
        sleeps = True
        if intake is not None and intake.unsettled:
            intake.sweep(now_s)
            sleeps = False
        if outbox is not None and (outbox.waiting or outbox.riding):
            outbox.sweep(now_s)
            sleeps = False
        if sleeps:
            self._turns.awake.discard(account)

    def _cut(self, now_s: float) -> None:
        for entry in list(self._turns.running):
            turn = entry.turn
            limit_s = (
                turn.limit_s
                if turn is not None and turn.limit_s is not None
                else entry.lane.bot.limit_s
            )
            if now_s - entry.started_s > limit_s:
                self._turns.cut(entry, "timeout")


class Watchdog:
    """A thread that notices when the event loop stands still, and says where."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, report: Callable[[str], None] | None = None
    ) -> None:
        self._loop = loop
        self._report = report or (lambda text: log.warning("%s", text))
        self._thread_id = threading.get_ident()
        self._stop = threading.Event()
        self._alive = threading.Event()
        self._asked_at = 0.0
        self._thread = threading.Thread(target=self._watch, name="posthouse-watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch the thread this is called on."""
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()

    def blocked_s(self) -> float:
        """Return how long the event loop has stood still, 0 when it runs."""
        return (
            0.0 if self._alive.is_set() or not self._asked_at else time.monotonic() - self._asked_at
        )

    def _watch(self) -> None:
        while not self._stop.wait(BLOCKED_S):
            self._alive.clear()
            self._asked_at = time.monotonic()
            try:
                self._loop.call_soon_threadsafe(self._alive.set)
            except RuntimeError:
                return  # the loop is closed
            if not self._alive.wait(BLOCKED_S) and not self._stop.is_set():
                self._report(
                    f"the event loop is blocked by {self._where()}; a handler that waits needs "
                    "async calls or blocking=True"
                )
                self._alive.wait()
                self._report(
                    f"the event loop runs again after {time.monotonic() - self._asked_at:.1f} s"
                )

    def _where(self) -> str:
        frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001  the only way to see another thread's stack
        if frame is None:
            return "an unknown place"
        stack = traceback.StackSummary.extract(traceback.walk_stack(frame))
        # What stands still is deep inside some library mostly; the handler that called it is what
        # helps.
        own = next((f for f in stack if not f.filename.startswith(_LIBRARIES)), None)
        named = [own, stack[0]] if own is not None and own is not stack[0] else stack[:3]
        return " in ".join(f"{f.name} ({f.filename}:{f.lineno})" for f in named)


_LIBRARIES = (
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    "<",
    str(Path(__file__).parents[1]),
)
"""Where code lies that nobody would call his own."""
