"""Runners: tasks that run one turn after another, because most turns cost less than a task does.

How this works: a turn that is ready waits for the next pass of the event loop, where one runner
takes it and, as long as they end without waiting, those that are ready with it. When a turn waits,
its runner waits with it, and the next pass gives each turn that is left a runner of its own; so no
turn ever waits for another one's handler. After so many turns a runner leaves the rest to one in
the next pass: what arrives is received in between, and what is done is committed while others run.
A runner whose turn was cut or cancelled, or left context variables behind, ends, so that nothing of
one turn is seen by the next.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from typing import Any, TypeAlias, cast

from posthouse.engine.lanes import Entry

Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None]], object]
Run: TypeAlias = Callable[[Entry], Coroutine[Any, Any, None]]

MOST_AT_ONCE = 64
"""Turns in one pass of the event loop."""


class Runners:
    """Runs what is handed over, each in a task that is its own for as long as it takes."""

    def __init__(self, spawn: Spawn, run: Run) -> None:
        self._spawn = spawn
        self._run = run
        self._ready: deque[Entry] = deque()
        self._pumping = False
        self._rested = False
        """A runner ended that could have gone on."""

    def start(self, entry: Entry) -> None:
        """Run an entry in the next pass of the loop, unless it is cut before.

        Its `task` is set from then until it ends.
        """
        self._ready.append(entry)
        if not self._pumping:
            self._pumping = True
            asyncio.get_running_loop().call_soon(self._pump, 1)

    def _pump(self, most: int) -> None:
        """Start runners: one at first, then one for each turn that it did not come to."""
        if self._rested:
            most, self._rested = 1, False
        for _ in range(min(most, len(self._ready))):
            self._spawn(self._work())
        self._pumping = bool(self._ready)
        if self._pumping:
            asyncio.get_running_loop().call_soon(self._pump, len(self._ready))

    async def _work(self) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        context = copy_context()
        ready = self._ready
        for _ in range(MOST_AT_ONCE):
            if not ready:
                return
            entry = ready.popleft()
            if entry.cut:
                continue
            entry.task = task
            await self._run(entry)
            if entry.task is task:
                entry.task = None
            if task.cancelling() or copy_context() != context:
                return
        self._rested = True
