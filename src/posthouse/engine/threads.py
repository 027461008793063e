"""Threads of our own for handlers that wait: daemons, so that none keeps the process alive."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
MOST_THREADS = 64


class Threads:
    """Runs blocking calls; a thread whose call never returns is given up and replaced."""

    def __init__(self, most: int = MOST_THREADS) -> None:
        self._most = most
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._count = 0
        self._outstanding = 0
        self._lock = threading.Lock()

    async def run(self, call: Callable[[], T]) -> T:
        """Run a call on a thread and return what it returns, or raise what it raises.

        When the caller is cancelled the call goes on by itself; its result is dropped and its
        thread does not count any more.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        abandoned = threading.Event()

        def job() -> None:
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001  whatever it is belongs to the caller
                loop.call_soon_threadsafe(_finish, future, None, error)
            else:
                loop.call_soon_threadsafe(_finish, future, result, None)
            if abandoned.is_set():
                raise SystemExit

        with self._lock:
            self._outstanding += 1
            if self._outstanding > self._count and self._count < self._most:
                self._count += 1
                threading.Thread(target=self._work, name="posthouse-blocking", daemon=True).start()
        self._jobs.put(job)
        try:
            return await future
        except asyncio.CancelledError:
            abandoned.set()
            with self._lock:
                self._count -= 1
                self._outstanding -= 1
            raise

    def close(self) -> None:
        """Let the threads end; those in a call are daemons and end with the process."""
        for _ in range(self._count):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except SystemExit:
                return
            with self._lock:
                self._outstanding -= 1


def _finish(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
