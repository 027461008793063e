"""One life of a site, from its start to its stop or its simulated death."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from posthouse.engine.engine import Engine
from posthouse.engine.points import Point, Points
from posthouse.errors import SetupError
from posthouse.ports.store import Store
from posthouse.site import Bot, Site
from posthouse.testing.adapter import FakeAdapter
from posthouse.testing.crash import Crash
from posthouse.testing.store import WatchedStore

log = logging.getLogger("posthouse.testing")


class WatchedSite(Site):
    """A site whose store a test can watch."""

    def __init__(self, *, memory: Store | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._memory = memory
        self.store: WatchedStore | None = None

    def _open_store(self) -> Store:
        self.store = WatchedStore(self._memory or super()._open_store())
        return self.store.as_store()


class Life:
    """Runs a site in a task of its own, so that it can die without the test."""

    def __init__(
        self, make: Callable[[Points], WatchedSite], *, died: Callable[[Point], None]
    ) -> None:
        self.points = Points()
        self.points.hook = self._reached
        self.site = make(self.points)
        self.hits: Counter[Point] = Counter()
        self.crashed: Point | None = None
        self.error: BaseException | None = None
        """Why it could not start."""
        self.is_over = asyncio.Event()
        self._crash_at: dict[Point, int] = {}
        self._died = died
        self._started = asyncio.Event()
        self._end = asyncio.Event()

    async def run(self) -> None:
        """Start the site, and stop it when told; nothing is raised, whatever happens."""
        try:
            async with self.site.start():
                self._started.set()
                await self._end.wait()
                self._fall()
        except BaseException as error:  # noqa: BLE001  told apart below
            self._ended_with(error)
        finally:
            self._started.set()
            self.is_over.set()

    async def begin(self) -> None:
        """Wait until the site polls; raise what kept it from starting."""
        await self._started.wait()
        if self.error is not None:
            raise self.error

    def end(self) -> None:
        """Tell it to stop."""
        self._end.set()

    async def stop(self) -> None:
        """Stop it and wait until it has stopped; a dead one is waited for only."""
        self.end()
        await self.is_over.wait()

    def crash_at(self, point: Point, nth: int) -> None:
        """Die when a point is reached for the nth time from now on."""
        self._crash_at[point] = nth

    @property
    def is_up(self) -> bool:
        """Whether it has started and is not dead."""
        return self._started.is_set() and self.crashed is None

    @property
    def engine(self) -> Engine:
        """The engine; it is still there after the end."""
        return self.site.engine

    @property
    def store(self) -> WatchedStore:
        """The store."""
        if self.site.store is None:
            raise SetupError("the site has not been started")
        return self.site.store

    def _reached(self, point: Point) -> None:
        self._fall()
        self.hits[point] += 1
        left = self._crash_at.get(point)
        if left is None:
            return
        self._crash_at[point] = left - 1
        if left == 1:
            self.die(point)
            raise Crash(point)

    def die(self, point: Point) -> None:
        """Cut the site off from everything that outlives it, then let it fall."""
        self.crashed = point
        self.store.die(point)
        self.engine.freeze()
        for adapter in adapters_of(self.site.bots):
            adapter.die(point)
        self._died(point)
        self._end.set()

    def _fall(self) -> None:
        """Leave without stopping when the process is dead."""
        if self.crashed is not None:
            raise Crash(self.crashed)

    def _ended_with(self, error: BaseException) -> None:
        if self.crashed is not None:
            return
        if self._started.is_set():
            log.error("the site failed", exc_info=error)
        self.error = error


def adapters_of(bots: Sequence[Bot]) -> Iterator[FakeAdapter]:
    """Return the in-memory adapters of bots."""
    for bot in bots:
        if isinstance(bot.adapter, FakeAdapter):
            yield bot.adapter
