"""The thread that runs jobs for the loop."""

import asyncio
import threading

import pytest

from posthouse.storage.worker import Worker


async def test_jobs_run_in_order_on_one_thread() -> None:
    """What was called first runs first; an error comes back to its caller."""
    worker = Worker("test")
    seen: list[int] = []
    first = worker.call(seen.append, 1)
    second = worker.call(seen.append, 2)
    failing = worker.call(int, "x")
    await second
    await first
    assert seen == [1, 2]
    with pytest.raises(ValueError, match="invalid literal"):
        await failing
    await worker.aclose(lambda: seen.append(3))
    assert seen == [1, 2, 3]


async def test_a_cancelled_caller_disturbs_nobody() -> None:
    """The job runs, its result is dropped, the next one gets its own."""
    worker = Worker("test")
    gate = threading.Event()
    waiting = worker.call(gate.wait)
    waiting.cancel()
    gate.set()
    assert await worker.call(lambda: 5) == 5
    await worker.aclose(lambda: None)


def test_a_loop_that_is_gone_disturbs_nobody() -> None:
    """A result that nobody waits for any more is dropped, and the thread goes on."""
    gate = threading.Event()
    worker = Worker("test")

    async def leave() -> None:
        worker.call(gate.wait)

    asyncio.run(leave())
    gate.set()

    async def come_back() -> int:
        found = await worker.call(lambda: 6)
        await worker.aclose(lambda: None)
        return found

    assert asyncio.run(come_back()) == 6
