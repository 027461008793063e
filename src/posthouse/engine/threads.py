"""Threads of our own for handlers that wait: daemons, so that none keeps the process alive."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")
MOST_THREADS = 64


class _Stage(Enum):
    QUEUED = 0
    RUNNING = 1
    DONE = 2
    ABANDONED = 3


class _Job:
    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.stage = _Stage.QUEUED
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()

    def run(self) -> tuple[Any, BaseException | None]:
        try:
            return self.call(), None
        except BaseException as error:  # noqa: BLE001  whatever it is belongs to the caller
            return None, error

    def tell(self, result: Any, error: BaseException | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(_finish, self.future, result, error)


class Threads:
    """Runs blocking calls; a thread whose call never returns is given up and replaced."""

    def __init__(self, most: int = MOST_THREADS) -> None:
        self._most = most
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._count = 0
        self._outstanding = 0
        self._lock = threading.Lock()
        self.abandoned = 0
        """Threads that were given up and whose call has not returned."""

    async def run(self, call: Callable[[], T]) -> T:
        """Run a call on a thread and return what it returns, or raise what it raises.

        When the caller is cancelled, a call that has begun goes on by itself: its result is
        dropped and its thread does not count any more.
        """
        job = _Job(call)
        with self._lock:
            self._outstanding += 1
            if self._outstanding > self._count and self._count < self._most:
                self._count += 1
                threading.Thread(target=self._work, name="posthouse-blocking", daemon=True).start()
        self._jobs.put(job)
        try:
            result: T = await job.future
        except asyncio.CancelledError:
            self._abandon(job)
            raise
        return result

    def close(self) -> None:
        """Let the threads end; those in a call are daemons and end with the process."""
        for _ in range(self._count):
            self._jobs.put(None)

    def _abandon(self, job: _Job) -> None:
        with self._lock:
            if job.stage is _Stage.DONE:
                return
            self._outstanding -= 1
            if job.stage is _Stage.RUNNING:
                self._count -= 1
                self.abandoned += 1
            job.stage = _Stage.ABANDONED

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            with self._lock:
                if job.stage is _Stage.ABANDONED:
                    continue
                job.stage = _Stage.RUNNING
            end = job.run()
            with self._lock:
                if job.stage is _Stage.ABANDONED:
                    self.abandoned -= 1
                    return
                job.stage = _Stage.DONE
                self._outstanding -= 1
            job.tell(*end)


def _finish(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
