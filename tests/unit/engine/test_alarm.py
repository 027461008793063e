"""Alarm: rings at the moment, or after the while, that was named last."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from posthouse.engine.alarm import Alarm
from posthouse.engine.supervisor import Supervisor
from posthouse.ports import clock as ports
from posthouse.ports.clock import SystemClock
from posthouse.testing import FakeClock


async def test_it_rings_at_the_moment_that_was_named_last() -> None:
    """Also when that is later than the one before; then it is quiet."""
    clock, event = FakeClock(), asyncio.Event()
    async with Supervisor(clock) as supervisor:
        alarm = Alarm(clock, event, supervisor.spawn)
        now = clock.timestamp()
        alarm.set(now + 10)
        alarm.set(now + 20)
        assert alarm.at == now + 20
        await clock.advance(15)
        assert not event.is_set()
        await clock.advance(5)
        assert event.is_set()
        event.clear()
        await clock.advance(timedelta(days=1))
        assert not event.is_set()


async def test_a_while_passes_however_the_clock_is_set() -> None:
    """A moment does not; whichever comes first rings, and the other one is over."""
    clock, event = FakeClock(), asyncio.Event()
    async with Supervisor(clock) as supervisor:
        alarm = Alarm(clock, event, supervisor.spawn)
        alarm.set(clock.timestamp() + 10, in_s=30)
        clock.jump(timedelta(hours=-1))
        await clock.advance(29)
        assert not event.is_set()
        await clock.advance(1)
        assert event.is_set()
        event.clear()
        await clock.advance(timedelta(hours=2))
        assert not event.is_set()


async def test_an_alarm_without_a_moment_keeps_no_task() -> None:
    """What is set a hundred times waits once."""
    clock, event = FakeClock(), asyncio.Event()
    async with Supervisor(clock) as supervisor:
        alarm = Alarm(clock, event, supervisor.spawn)
        before = len(asyncio.all_tasks())
        for number in range(100):
            alarm.set(clock.timestamp() + 100 + number)
            await clock.settle()
        assert len(asyncio.all_tasks()) == before + 1
        alarm.set(float("inf"))
        await clock.settle()
        assert len(asyncio.all_tasks()) == before


async def test_the_systems_clock_notices_that_it_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read again every half minute, here every hundredth of a second."""
    monkeypatch.setattr(ports, "STEP_S", 0.01)

    class Set(SystemClock):
        ahead = timedelta(0)

        def now(self) -> datetime:
            return datetime.now(UTC) + self.ahead  # noqa: TID251  as the system's clock does

        def timestamp(self) -> float:
            return self.now().timestamp()

    clock = Set()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(clock.sleep_until(clock.timestamp() + 3600))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        clock.ahead = timedelta(hours=1)
