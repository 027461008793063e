"""A thread of our own that runs one job after another for the event loop.

How this works: a job goes through a queue to the thread, its result comes back with one
call_soon_threadsafe. Each connection to the database lives on one such thread, which makes the
thread the order of its calls. A caller that was cancelled, or whose loop is gone, gets no result
and disturbs nobody.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class _Job(NamedTuple):
    run: Callable[..., Any]
    args: tuple[Any, ...]
    future: asyncio.Future[Any]


class Worker:
    """One daemon thread and its queue."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def call(self, run: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Run a job after those given before; the future has its result."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(run, args, future))
        return future

    async def aclose(self, last: Callable[[], None]) -> None:
        """Finish what was given, run a last job, and end the thread."""
        ended = self.call(last)
        self._jobs.put(None)
        await ended

    def _serve(self) -> None:
        take = self._jobs.get
        while (job := take()) is not None:
            try:
                result = job.run(*job.args)
            except BaseException as error:  # noqa: BLE001  handed to the caller, whatever it is
                _hand_back(job.future, None, error)
            else:
                _hand_back(job.future, result, None)


def _hand_back(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits
        future.get_loop().call_soon_threadsafe(_resolve, future, result, error)


def _resolve(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():  # its caller was cancelled
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
