"""One object owns every task of a site.

What dies is started again, and takes nothing else with it.
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


class Supervisor:
    """Owns tasks: `spawn` for those that end, `keep` for those that must go on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._group = asyncio.TaskGroup()
        self.troubles: dict[str, str] = {}
        """What is wrong now, by task name; empty when all is well."""

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Leaving with an exception is how a TaskGroup is told to cancel what still runs. It is
        # always
        # one of our own: the group would wrap the caller's, and a SetupError shall stay what it is.
        leaving = _Leaving()
        try:
            await self._group.__aexit__(_Leaving, leaving, trace)
        except* _Leaving:
            pass

    def spawn(
        self, work: Coroutine[Any, Any, None], *, name: str | None = None
    ) -> asyncio.Task[None]:
        """Start a task that ends by itself and raises nothing."""
        return self._group.create_task(work, name=name)

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
        return self._group.create_task(self._keep(name, work, restart), name=name)

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


class _Leaving(Exception):  # noqa: N818  never seen outside
    """The supervisor ends."""


def backoff_s(
    failures: int, *, first_s: float = FIRST_BACKOFF_S, longest_s: float = LONGEST_BACKOFF_S
) -> float:
    """Return the wait before the next try: exponential, capped, half of it random."""
    ceiling: float = min(longest_s, first_s * 2 ** min(failures - 1, 30))
    return ceiling / 2 + random.uniform(0, ceiling / 2)  # noqa: S311  not for secrets
