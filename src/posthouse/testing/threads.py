"""`WatchedThreads`: waits for calls on threads of the loop, which the loop does not show."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary, ref


class WatchedThreads(ThreadPoolExecutor):
    """The threads behind `asyncio.to_thread`, which tell when they have nothing left to do."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(thread_name_prefix="asyncio")
        self._loop = ref(loop)
        self._running: set[Future[Any]] = set()
        self._given_up: set[Future[Any]] = set()
        self._rested = asyncio.Event()

    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Run a call on a thread."""
        future = super().submit(work, *args, **options)
        self._running.add(future)
        loop = self._loop()
        if loop is not None:  # after the callback by which the loop itself learns of the end
            loop.call_soon_threadsafe(future.add_done_callback, self._ended)
        return future

    async def idle(self, patience_s: float) -> bool:
        """Wait until no call runs; return whether one did.

        A call that takes longer than `patience_s` real seconds is not waited for again: it may wait
        for what the test does next.
        """
        running = self._running - self._given_up
        if not running:
            return False
        self._rested.clear()
        try:
            await asyncio.wait_for(self._rested.wait(), patience_s)
        except TimeoutError:
            self._given_up |= running & self._running
        return True

    def _ended(self, future: Future[Any]) -> None:
        loop = self._loop()
        if loop is not None:
            with suppress(RuntimeError):  # it has been closed meanwhile
                loop.call_soon_threadsafe(self._leave, future)

    def _leave(self, future: Future[Any]) -> None:
        self._running.discard(future)
        self._given_up.discard(future)
        if not self._running - self._given_up:
            self._rested.set()


def threads() -> WatchedThreads:
    """Return the threads of the running loop, which uses no others from now on."""
    loop = asyncio.get_running_loop()
    known = _known.get(loop)
    if known is None:
        known = _known[loop] = WatchedThreads(loop)
        loop.set_default_executor(known)
    return known


_known: WeakKeyDictionary[asyncio.AbstractEventLoop, WatchedThreads] = WeakKeyDictionary()
