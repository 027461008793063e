"""ENGINE 23: one object owns all tasks; what dies is started again and stops nothing else."""

import asyncio
import random
from contextlib import suppress
from itertools import pairwise

import pytest

from posthouse import App, TextMessage
from posthouse.engine.supervisor import Supervisor, backoff_s
from posthouse.errors import SetupError
from posthouse.testing import FakeClock, FakeMessenger, play


async def test_what_dies_is_started_again_with_growing_waits() -> None:
    """Each wait is longer than the one before, up to a minute."""
    clock = FakeClock()
    starts: list[float] = []

    async def fragile() -> None:
        starts.append(clock.monotonic())
        raise OSError("the line is dead")

    async with Supervisor(clock) as supervisor:
        supervisor.keep("fragile", fragile)
        await clock.advance(600)
        assert supervisor.troubles["fragile"].startswith(
            "fragile failed: OSError: the line is dead"
        )
    waits = [after - before for before, after in pairwise(starts)]
    assert 0.25 <= waits[0] <= 0.5
    assert 0.5 <= waits[1] <= 1.0
    assert all(30 <= wait <= 60 for wait in waits[8:])


async def test_what_dies_stops_no_other() -> None:
    """Its neighbours go on without noticing."""
    clock = FakeClock()
    ticks: list[float] = []

    async def fragile() -> None:
        raise ValueError("bad")

    async def steady() -> None:
        while True:
            await clock.sleep(2)
            ticks.append(clock.monotonic())

    async with Supervisor(clock) as supervisor:
        supervisor.keep("fragile", fragile)
        supervisor.keep("steady", steady)
        await clock.advance(10)
    assert ticks == [2, 4, 6, 8, 10]


async def test_after_a_calm_while_the_waits_begin_anew() -> None:
    """A task that ran for long is healthy, whatever it was before."""
    clock = FakeClock()
    starts: list[float] = []

    async def calm() -> None:
        starts.append(clock.monotonic())
        await clock.sleep(100)
        raise OSError("dead")

    async with Supervisor(clock) as supervisor:
        supervisor.keep("calm", calm)
        await clock.advance(1000)
    waits = [after - before - 100 for before, after in pairwise(starts)]
    assert len(waits) == 9
    assert all(wait <= 0.5 for wait in waits)


async def test_what_returns_is_not_started_again() -> None:
    """It is done, and no trouble."""
    clock = FakeClock()
    runs: list[int] = []

    async def once() -> None:
        runs.append(1)

    async with Supervisor(clock) as supervisor:
        supervisor.keep("once", once)
        await clock.advance(100)
        assert supervisor.troubles == {}
    assert runs == [1]


async def test_before_each_further_start_something_is_put_right() -> None:
    """`restart` runs before every start but the first, and may fail itself."""
    clock = FakeClock()
    log: list[str] = []

    async def work() -> None:
        log.append("work")
        if log.count("work") < 2:
            raise OSError("dead")

    async def restart() -> None:
        log.append("restart")
        if log.count("restart") < 2:
            raise OSError("not yet")

    async with Supervisor(clock) as supervisor:
        supervisor.keep("work", work, restart=restart)
        await clock.advance(60)
        assert supervisor.troubles == {}
    assert log == ["work", "restart", "restart", "work"]


async def test_leaving_cancels_what_still_runs() -> None:
    """No task outlives its owner."""
    clock = FakeClock()
    ended: list[str] = []

    async def forever() -> None:
        try:
            await clock.sleep(1e9)
        finally:
            ended.append("yes")

    async with Supervisor(clock) as supervisor:
        supervisor.spawn(forever())
        supervisor.keep("forever", forever)
        await clock.settle()
    assert ended == ["yes", "yes"]


async def test_a_task_that_fails_takes_nothing_else_with_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is logged by name; the others go on."""
    clock = FakeClock()

    async def fail() -> None:
        raise ValueError("bad")

    async with Supervisor(clock) as supervisor:
        steady = supervisor.spawn(clock.sleep(5))
        supervisor.spawn(fail(), name="fragile")
        await clock.settle()
        assert not steady.done()
        assert "task fragile failed" in caplog.text


async def test_a_task_that_ignores_its_cancellation_is_given_up(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop that waited for it would never end; its name is in the log."""
    monkeypatch.setattr("posthouse.engine.supervisor.ENDS_WITHIN_S", 0.05)
    go = asyncio.Event()

    async def stubborn() -> None:
        while not go.is_set():
            with suppress(asyncio.CancelledError):
                await go.wait()

    async with Supervisor(FakeClock()) as supervisor:
        task = supervisor.spawn(stubborn(), name="stubborn")
        await asyncio.sleep(0)
    assert supervisor.given_up
    assert "task stubborn ignores its cancellation" in caplog.text
    go.set()
    await task
    assert not supervisor.given_up


async def test_what_a_cancelled_task_starts_is_cancelled_too() -> None:
    """Nothing is left behind by a clean-up that begins something."""
    clock = FakeClock()
    started: list[asyncio.Task[None]] = []

    async def last_wish() -> None:
        try:
            await clock.sleep(100)
        finally:
            started.append(supervisor.spawn(clock.sleep(100)))

    async with Supervisor(clock) as supervisor:
        supervisor.spawn(last_wish())
        await clock.settle()
    assert started[0].cancelled()
    assert not supervisor.given_up


async def test_the_callers_own_error_comes_out_as_it_is() -> None:
    """A SetupError at the start reaches the person who reads it, in no exception group."""
    with pytest.raises(SetupError, match="port taken"):  # noqa: PT012  the block is what is tested
        async with Supervisor(FakeClock()) as supervisor:
            supervisor.spawn(asyncio.sleep(100))
            raise SetupError("port taken")


@pytest.mark.parametrize("failures", [1, 2, 5, 50, 5000])
def test_a_backoff_is_half_random_and_capped(failures: int) -> None:
    """Equal jitter: never below half of the ceiling, never above it."""
    random.seed(1)
    ceiling = min(60.0, 0.5 * 2 ** min(failures - 1, 30))
    waits = [backoff_s(failures) for _ in range(100)]
    assert all(ceiling / 2 <= wait <= ceiling for wait in waits)
    assert len(set(waits)) > 50


async def test_an_adapter_that_dies_is_started_again_and_its_bot_goes_on() -> None:
    """Two bots: one's connection breaks, the other one's chats notice nothing."""
    names = ("a", "b")
    messenger = FakeMessenger()
    async with play(bots={name: [echo()] for name in names}, messenger=messenger) as site:
        ann, bob = site.person("Ann", bot="a"), site.person("Bob", bot="b")
        messenger.breaks("a")
        await site.settle()
        assert site.life.site.problems()[0].startswith("bot a failed: OSError")
        await bob.says("b")
        assert bob.sees == "b"
        told = await ann.says("a", wait=False)
        assert told.handed_over == 0
        await site.later(2)
        assert ann.sees == "a"
        assert site.life.site.problems() == []


def echo() -> App:
    """Return an app that says what it hears."""
    app = App("echo")

    @app.on
    async def echo(message: TextMessage) -> str:
        return message.text

    return app
