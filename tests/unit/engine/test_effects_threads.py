"""ENGINE 12: handlers that wait on threads, and their limits."""

import asyncio
import threading
from datetime import timedelta

import pytest

from posthouse.app import App
from posthouse.engine import engine as engine_module
from posthouse.engine.threads import Threads
from posthouse.errors import TurnClosedError
from posthouse.model.update import TextMessage
from posthouse.testing import play
from posthouse.turn.turn import Turn


async def until(condition: object) -> None:
    """Wait for a thread."""
    for _ in range(2000):
        if condition():  # type: ignore[operator]  # a function
            return
        await asyncio.sleep(0.001)
    raise AssertionError("a thread did not do what it should")


def held(began: threading.Event, go: threading.Event) -> bool:
    """Tell that a thread has come here, and wait."""
    began.set()
    return go.wait(15)


async def test_plain_functions_run_on_the_loop() -> None:
    """They are handlers like the others."""
    app = App("plain")
    on: list[str] = []

    @app.on
    def shout(message: TextMessage) -> str:
        on.append(threading.current_thread().name)
        return message.text.upper()

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.sees == "HI"
        assert on == [threading.main_thread().name]


async def test_blocking_handlers_run_on_daemon_threads_of_our_own() -> None:
    """So none of them keeps the process alive, and the loop goes on."""
    app = App("slow")
    on: list[threading.Thread] = []

    @app.on(blocking=True)
    def work(message: TextMessage) -> str:
        on.append(threading.current_thread())
        return message.text

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.sees == "hi"
        assert on[0].daemon
        assert on[0].name == "posthouse-blocking"


async def test_a_blocking_handler_that_raises_is_tried_again_as_others_are() -> None:
    """What it raises comes back from its thread."""
    app = App("slow")
    runs: list[int] = []

    @app.on(blocking=True)
    def work(message: TextMessage) -> str:
        runs.append(1)
        if len(runs) < 3:
            raise ValueError("not yet")
        return "done"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.sees == "done"


async def test_a_blocking_handler_that_hangs_is_cut_and_its_turn_is_closed() -> None:
    """What it does afterwards reaches nothing; its thread is replaced and counted until it ends."""
    app = App("slow")
    began, go = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    @app.on(blocking=True, limit=timedelta(seconds=5))
    def work(turn: Turn, message: TextMessage) -> str:
        if message.text == "hang":
            began.set()
            go.wait(15)
            try:
                turn.send("never")
            except TurnClosedError as error:
                errors.append(error)
        return message.text

    async with play(app, strict=False) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("hang", wait=False)
        await until(began.is_set)
        await site.later(6)
        assert [row.reason for row in site.quarantine] == ["timeout"]
        threads = site.engine._threads
        assert threads.abandoned == 1
        await bob.says("hi")
        assert bob.sees == "hi"
        await ann.says("next")
        assert ann.sees == "next"
        go.set()
        await until(lambda: threads.abandoned == 0)
        assert len(errors) == 1


async def test_abandoned_threads_make_the_site_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a few that never end are a problem somebody should hear of."""
    monkeypatch.setattr(engine_module, "MOST_ABANDONED", 0)
    app = App("slow")
    began, go = threading.Event(), threading.Event()

    @app.on(blocking=True, limit=timedelta(seconds=5))
    def work(message: TextMessage) -> str:
        began.set()
        go.wait(15)
        return "never"

    async with play(app, strict=False) as site:
        await site.person("Ann").says("hang", wait=False)
        await until(began.is_set)
        await site.later(6)
        assert "1 handlers were cut and have not ended" in site.engine.problems()
        go.set()
        await until(lambda: not site.engine._threads.abandoned)
        assert site.engine.problems() == []


async def test_the_limit_of_the_site_holds_where_a_route_has_none() -> None:
    """And a cut turn is set aside without a further try."""
    app = App("slow")
    runs: list[int] = []

    @app.on
    async def hang(message: TextMessage) -> str:
        runs.append(1)
        await asyncio.Event().wait()
        return "never"

    async with play(app, strict=False, limit_s=30.0) as site:
        ann = site.person("Ann")
        await ann.says("hi", wait=False)
        await site.later(29)
        assert site.quarantine == []
        await site.later(2)
        assert "slow.hang ran longer than 30 s and was cut" in site.quarantine[0].detail
        await site.later(60)
        assert runs == [1]
        assert ann.sees.startswith("Sorry")


# --- the threads themselves


async def test_a_call_that_was_cut_before_it_began_does_not_run() -> None:
    """Its handler is gone; nobody wants its effects."""
    threads = Threads(most=1)
    began, go = threading.Event(), threading.Event()
    ran: list[str] = []
    async with asyncio.TaskGroup() as group:
        first = group.create_task(threads.run(lambda: held(began, go)))
        await until(began.is_set)
        second = group.create_task(threads.run(lambda: ran.append("second")))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.sleep(0)
        go.set()
        assert await first
        await threads.run(lambda: ran.append("third"))
    assert ran == ["third"]
    threads.close()


async def test_a_call_that_ended_as_it_was_cut_leaves_its_thread_in_place() -> None:
    """The books are kept straight: the next call finds a thread."""
    threads = Threads(most=1)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(threads.run(lambda: 1))
        await asyncio.sleep(0)
        while threads._outstanding:
            pass
        task.cancel()
    assert threads.abandoned == 0
    assert await threads.run(lambda: "next") == "next"
    assert threads._count == 1
    threads.close()


async def test_a_call_that_outlives_its_loop_disturbs_nobody() -> None:
    """Nobody waits for it any more."""
    began, go = threading.Event(), threading.Event()
    ran = threading.Event()

    def call() -> None:
        held(began, go)
        ran.set()

    def other_loop() -> None:
        async def begin() -> None:
            task = asyncio.get_running_loop().create_task(threads.run(call))
            await until(began.is_set)
            task.cancel()

        asyncio.run(begin())

    threads = Threads(most=1)
    await asyncio.to_thread(other_loop)
    go.set()
    await until(ran.is_set)
    await until(lambda: threads.abandoned == 0)


async def test_as_many_threads_as_needed_and_no_more() -> None:
    """One for calls in turn, several for calls at once, never more than allowed."""
    threads = Threads(most=2)
    for _ in range(5):
        assert await threads.run(lambda: 1) == 1
    assert threads._count == 1
    barrier = threading.Barrier(2)
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(threads.run(lambda: barrier.wait(15)))
    assert threads._count == 2
    threads.close()


async def test_a_hung_thread_is_replaced() -> None:
    """Even when there may be only one."""
    threads = Threads(most=1)
    began, go = threading.Event(), threading.Event()
    async with asyncio.TaskGroup() as group:
        hung = group.create_task(threads.run(lambda: held(began, go)))
        await until(began.is_set)
        hung.cancel()
    assert threads.abandoned == 1
    assert await threads.run(lambda: "next") == "next"
    go.set()
    await until(lambda: threads.abandoned == 0)
    threads.close()
