"""One object owns every task of a site.

What dies is started again, and takes nothing else with it.

How this works: a TaskGroup would do, but for three things. It ends everything when one task raises,
it wraps the error of whoever leaves it, and it waits for ever for a task that ignores its
cancellation, which a handler may do. So the tasks are kept here, cancelled when the owner leaves,
and given up by name when they do not end.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from posthouse.ports.clock import Clock

log = logging.getLogger("posthouse.supervisor")

FIRST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 60.0
CALM_S = 60.0
"""After running this long a task counts as healthy and its backoff starts again from the first."""
ENDS_WITHIN_S = 2.0
"""How long cancelled tasks may take to end, in real seconds."""


class Supervisor:
    """Owns tasks: `spawn` for those that end, `keep` for those that must go on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self.troubles: dict[str, str] = {}
        """What is wrong now, by task name; empty when all is well."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        deadline_s = asyncio.get_running_loop().time() + ENDS_WITHIN_S
        while self._tasks and (left_s := deadline_s - asyncio.get_running_loop().time()) > 0:
            running = [*self._tasks]
            for task in running:
                task.cancel()
            # What ends may have started something, which is cancelled in the next round.
            await asyncio.wait(running, timeout=min(left_s, ENDS_WITHIN_S / 4))
        for task in self._tasks:
            log.error("task %s ignores its cancellation and was given up", task.get_name())

    @property
    def given_up(self) -> bool:
        """Whether a task is left after the end: it would hold up the end of the process too."""
        return bool(self._tasks)

    def spawn(
        self, work: Coroutine[Any, Any, None], *, name: str | None = None
    ) -> asyncio.Task[None]:
        """Start a task that ends by itself and raises nothing."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def keep(
        self,
        name: str,
        work: Callable[[], Awaitable[None]],
        *,
        restart: Callable[[], Awaitable[None]] | None = None,
    ) -> asyncio.Task[None]:
        """Start work that must go on: when it raises it is started again with backoff.

        It ends when it returns or is cancelled. `restart` is awaited before each further start, and
        may itself raise.
        """
        return self.spawn(self._keep(name, work, restart), name=name)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task %s failed", task.get_name(), exc_info=error)

    async def _keep(
        self,
        name: str,
        work: Callable[[], Awaitable[None]],
        restart: Callable[[], Awaitable[None]] | None,
    ) -> None:
        failures = 0
        while True:
            begun = self._clock.monotonic()
            try:
                if failures and restart is not None:
                    await restart()
                self.troubles.pop(name, None)
                await work()
            except Exception as error:
                failures = 1 if self._clock.monotonic() - begun > CALM_S else failures + 1
                delay_s = backoff_s(failures)
                self.troubles[name] = (
                    f"{name} failed: {type(error).__name__}: {error}; next try in {delay_s:.1f} s"
                )
                log.exception("%s failed, next try in %.1f s", name, delay_s)
            else:
                return
            await self._clock.sleep(delay_s)


def backoff_s(
    failures: int, *, first_s: float = FIRST_BACKOFF_S, longest_s: float = LONGEST_BACKOFF_S
) -> float:
    """Return the wait before the next try: exponential, capped, half of it random."""
    ceiling: float = min(longest_s, first_s * 2 ** min(failures - 1, 30))
    return ceiling / 2 + random.uniform(0, ceiling / 2)  # noqa: S311  not for secrets
