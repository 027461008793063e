"""FakeClock: time that a test moves."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from posthouse.testing.clock import FakeClock


async def test_time_stands_still_until_it_is_advanced() -> None:
    """Nobody who sleeps is woken by real time."""
    clock = FakeClock()
    before = clock.now()
    async with asyncio.TaskGroup() as group:
        sleeping = group.create_task(clock.sleep(1))
        await clock.settle()
        assert not sleeping.done()
        await clock.advance(1)
        assert sleeping.done()
    assert clock.now() - before == timedelta(seconds=1)
    assert clock.monotonic() == 1


async def test_sleepers_wake_in_the_order_of_their_moments() -> None:
    """A sleeper goes on at its own moment, and what it does next happens at that moment too."""
    clock = FakeClock()
    seen: list[tuple[str, float]] = []

    async def sleep(name: str, *delays_s: float) -> None:
        for delay_s in delays_s:
            await clock.sleep(delay_s)
            seen.append((name, clock.monotonic()))

    async with asyncio.TaskGroup() as group:
        group.create_task(sleep("b", 2, 3))
        group.create_task(sleep("a", 1, 3))
        await clock.advance(10)
    assert seen == [("a", 1), ("b", 2), ("a", 4), ("b", 5)]


async def test_what_is_not_due_yet_sleeps_on() -> None:
    """An advance ends at its own end."""
    clock = FakeClock()
    async with asyncio.TaskGroup() as group:
        sleeping = group.create_task(clock.sleep(5))
        await clock.advance(4.5)
        assert clock.is_waiting(sleeping)
        await clock.advance(0.5)
        assert sleeping.done()


async def test_a_day_passes_at_once() -> None:
    """Loops that only look around are woken a hundred times, not a million."""
    clock = FakeClock()
    looks: list[float] = []

    async def look() -> None:
        while True:
            await clock.sleep(0.05)
            looks.append(clock.monotonic())

    async with asyncio.TaskGroup() as group:
        looking = group.create_task(look())
        await clock.advance(timedelta(days=1))
        looking.cancel()
    assert 80 < len(looks) < 120
    assert looks[-1] == 86400


async def test_beside_a_busy_loop_other_sleepers_are_exact() -> None:
    """Only the loop that looks around is woken less often."""
    clock = FakeClock()
    woken: list[float] = []

    async def look() -> None:
        while True:
            await clock.sleep(0.05)

    async def sleep() -> None:
        for _ in range(3):
            await clock.sleep(1000.5)
            woken.append(clock.monotonic())

    async with asyncio.TaskGroup() as group:
        looking = group.create_task(look())
        group.create_task(sleep())
        await clock.advance(3600)
        looking.cancel()
    assert woken == [1000.5, 2001, 3001.5]


async def test_a_year_passes_soon_although_somebody_sweeps_every_hour() -> None:
    """A loop that would wake thousands of times is woken less often; others stay exact."""
    clock = FakeClock()
    sweeps: list[float] = []
    woken: list[float] = []

    async def sweep() -> None:
        while True:
            await clock.sleep(3600)
            sweeps.append(clock.monotonic())

    async def sleep() -> None:
        await clock.sleep(86400.5)
        woken.append(clock.monotonic())

    async with asyncio.TaskGroup() as group:
        sweeping = group.create_task(sweep())
        group.create_task(sleep())
        await clock.advance(timedelta(days=1))
        assert len(sweeps) == 24
        await clock.advance(timedelta(days=365))
        sweeping.cancel()
    assert len(sweeps) < 200
    assert woken == [86400.5]


async def test_a_jump_moves_only_the_wall_clock() -> None:
    """Setting the machine's clock wakes nobody and shortens no duration."""
    clock = FakeClock()
    before = clock.now()
    async with asyncio.TaskGroup() as group:
        sleeping = group.create_task(clock.sleep(10))
        await clock.settle()
        clock.jump(timedelta(hours=-2))
        await clock.settle()
        assert not sleeping.done()
        assert clock.monotonic() == 0
        assert clock.now() - before == timedelta(hours=-2)
        await clock.advance(10)


async def test_who_waits_for_a_moment_is_woken_at_it_however_far() -> None:
    """Whatever a float cannot express of it, and although others look around meanwhile."""
    clock = FakeClock()
    woken: list[datetime] = []

    async def look() -> None:
        while True:
            await clock.sleep(0.05)

    async def wait(until: float) -> None:
        await clock.sleep_until(until)
        assert clock.timestamp() >= until
        woken.append(clock.now())

    begun = clock.now()
    moments = [begun + timedelta(days=day, microseconds=3 * day + 1) for day in range(1, 40)]
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(look())
        for moment in moments:
            group.create_task(wait(moment.timestamp()))
        await clock.advance(timedelta(days=40))
        looking.cancel()
    assert woken == moments


async def test_a_moment_comes_sooner_when_the_clock_is_set_forward() -> None:
    """And later when it is set back; one that is over is not waited for."""
    clock = FakeClock()
    until = clock.timestamp() + 7200
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(clock.sleep_until(until))
        await clock.settle()
        clock.jump(timedelta(hours=-1))
        await clock.advance(timedelta(hours=2.5))
        assert not waiting.done()
        clock.jump(timedelta(hours=1))
        await clock.advance(0)
        assert waiting.done()
        await clock.sleep_until(until)


async def test_a_cancelled_sleep_is_forgotten() -> None:
    """A cancelled sleeper holds nobody up."""
    clock = FakeClock()
    async with asyncio.TaskGroup() as group:
        sleeping = group.create_task(clock.sleep(10))
        await clock.settle()
        sleeping.cancel()
        await clock.settle()
        assert not clock.is_waiting(sleeping)
        assert await clock.step() == 0


async def test_a_step_goes_to_the_next_moment() -> None:
    """`step` says how far it went."""
    clock = FakeClock()
    async with asyncio.TaskGroup() as group:
        group.create_task(clock.sleep(3))
        assert await clock.step() == 3


async def test_work_elsewhere_is_waited_for_before_time_passes() -> None:
    """What a thread hands back arrives at the moment it was asked for."""
    clock = FakeClock()
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    arrived: list[float] = []

    async def idle() -> bool:
        if done.done():
            return False
        await done
        arrived.append(clock.monotonic())
        return True

    clock.idle.append(idle)
    loop.call_later(0.01, done.set_result, None)
    await clock.advance(5)
    assert arrived == [0]


async def test_running_lets_time_pass_by_itself() -> None:
    """Inside the block nobody has to advance."""
    clock = FakeClock()
    async with clock.running():
        await clock.sleep(3600)
    assert clock.monotonic() == 3600


async def test_several_may_wait_for_rest_at_once() -> None:
    """Those who wait for the loop to rest do not keep each other waiting."""
    clock = FakeClock()
    waits: list[Callable[[], Awaitable[None]]] = [clock.settle] * 3
    async with asyncio.timeout(15):
        await asyncio.gather(*(wait() for wait in waits))


async def test_a_loop_without_rest_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that never waits is named as the trouble instead of hanging the test."""
    monkeypatch.setattr("posthouse.testing.clock.MOST_ROUNDS", 1000)

    async def spin() -> None:
        while True:  # noqa: ASYNC110  it is to spin
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        spinning = group.create_task(spin())
        with pytest.raises(RuntimeError, match="in a circle"):
            await FakeClock().advance(1)
        spinning.cancel()


async def test_a_sleep_of_nothing_only_lets_others_run() -> None:
    """A delay of zero does not wait for the test."""
    await FakeClock().sleep(0)
