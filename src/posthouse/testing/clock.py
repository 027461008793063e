"""`FakeClock`: time that stands still until a test lets it pass.

How this works: who sleeps on the clock waits in a list with the moment he is due. `advance` goes
from one such moment to the next, lets everybody who is due go on, and waits until nothing in the
event loop can run any more, so whatever a sleeper does next happens at its own moment. A loop that
sleeps for the same while again and again, twenty times a second say, would make an advance by a day
take a million steps. One that sleeps for less than a second, and any that would wake more than
`MOST_EXACT` times, is woken `MOST_STEPS` times in one advance, and once more at its end. Who waits
for a moment (`sleep_until`) is woken at that very moment. Inside, time is counted in whole
microseconds, the resolution of a `datetime`: so no moment is missed by what a float rounds off.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

MOST_STEPS = 100
"""How often a loop that only looks around is woken in one advance."""
SHORT_US = 1_000_000
"""Loops that sleep no longer than this only look around; nobody counts on their exact moments."""
MOST_EXACT = 3000
"""How often a loop that sleeps longer is woken at its exact moments in one advance."""
ROUNDS = 100
"""Turns of the event loop to wait where it does not tell whether it has anything left to do."""
MOST_ROUNDS = 1_000_000
"""Turns of the event loop after which somebody must be running in a circle."""
_SECOND = 1_000_000
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Sleeper:
    """Somebody who waits for a moment."""

    __slots__ = ("begun", "delay", "due", "future", "number", "repeats", "wall")

    def __init__(self, number: int, begun: int, due: int, wall: int | None = None) -> None:
        self.number = number
        self.begun = begun
        self.delay = due - begun
        self.due = due
        self.wall = wall
        """The moment by the wall clock, which may be set meanwhile."""
        self.future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.repeats = False
        """The same task slept for as long just before."""

    @property
    def looks_around(self) -> bool:
        """Whether this is a loop that only looks around."""
        return self.repeats and self.delay <= SHORT_US


class FakeClock:
    """A `Clock` that a test moves.

    ```python
    clock = FakeClock()
    async with play(app, clock=clock) as site:
        ...
        await clock.advance(timedelta(minutes=20))
    ```

    Args:
        now: The moment at which it begins.
    """

    def __init__(self, now: datetime | None = None) -> None:
        self._wall = _microseconds(now or datetime(2026, 1, 1, 12, tzinfo=UTC))
        self._passed = 0
        self._sleepers: dict[_Sleeper, asyncio.Task[Any] | None] = {}
        self._last_delay: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self._count = 0
        self._resting = 0
        self.idle: list[Callable[[], Awaitable[bool]]] = []
        """Awaited before time passes: each waits for work that the event loop does not show, on a
        thread say, and returns whether there was any."""

    def __repr__(self) -> str:
        return f"<FakeClock {self.now().isoformat(sep=' ')}>"

    # --- the clock

    def now(self) -> datetime:
        """Return this moment, aware and in UTC."""
        return _EPOCH + timedelta(microseconds=self._wall)

    def timestamp(self) -> float:
        """Return this moment as seconds since the epoch."""
        return self._wall / _SECOND

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._passed / _SECOND

    async def sleep(self, delay_s: float) -> None:
        """Wait until a test has let that much time pass."""
        if delay_s <= 0:
            await asyncio.sleep(0)
            return
        task = asyncio.current_task()
        delay = max(1, round(delay_s * _SECOND))
        sleeper = self._sleeper(self._passed + delay)
        sleeper.repeats = self._last_delay.get(task) == delay
        self._last_delay[task] = delay
        await self._wait(sleeper, task)

    async def sleep_until(self, moment_s: float) -> None:
        """Wait until a moment, in seconds since the epoch; `jump` brings it nearer or farther."""
        wall = round(moment_s * _SECOND)
        if wall / _SECOND < moment_s:
            wall += 1
        if wall <= self._wall:
            await asyncio.sleep(0)
            return
        sleeper = self._sleeper(self._passed + wall - self._wall, wall)
        await self._wait(sleeper, asyncio.current_task())

    # --- for tests

    async def advance(self, by: timedelta | float) -> None:
        """Let time pass, a `timedelta` or seconds; everybody who sleeps is woken in order.

        Returns when whatever that set off has come to rest.
        """
        left = _whole(by)
        until = self._passed + left
        await self.settle()
        while self._sleepers:
            soonest = min(_due(sleeper, left) for sleeper in self._sleepers)
            if soonest > until:
                break
            self._move_to(soonest)
            self._wake(lambda sleeper: _due(sleeper, left) <= self._passed)
            await self.settle()
        self._move_to(until)
        self._wake(lambda sleeper: sleeper.due <= self._passed)
        await self.settle()

    async def step(self, most_s: float = float("inf")) -> float:
        """Go to the next moment somebody waits for, loops that only look around left aside.

        Goes `most_s` far at most and returns how many seconds that took; 0 when nobody waits.
        """
        await self.settle()
        moments = [sleeper.due for sleeper in self._sleepers if not sleeper.looks_around]
        if not self._sleepers or (not moments and most_s == float("inf")):
            return 0.0
        by_s = min([most_s, *((moment - self._passed) / _SECOND for moment in moments)])
        await self.advance(by_s)
        return by_s

    def jump(self, by: timedelta | float) -> None:
        """Set the wall clock forward or back, as an administrator does; nobody is woken."""
        far = _whole(by)
        self._wall += far
        for sleeper in self._sleepers:
            if sleeper.wall is not None:
                sleeper.due -= far

    def is_waiting(self, task: "asyncio.Task[Any] | None") -> bool:
        """Whether a task sleeps on this clock now."""
        return task in self._sleepers.values()

    async def settle(self) -> None:
        """Wait until nothing can go on without time passing."""
        while True:
            await self._rest()
            had_work = [await idle() for idle in self.idle]
            if not any(had_work):
                return

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let time pass by itself, from sleeper to sleeper, while the block runs.

        For what waits for the clock inside, such as the stop of a site.
        """
        async with asyncio.TaskGroup() as group:
            runner = group.create_task(self._run())
            try:
                yield
            finally:
                runner.cancel()

    # --- inside

    async def _rest(self) -> None:
        """Wait until the event loop has nothing to run but those who wait here."""
        ready = getattr(asyncio.get_running_loop(), "_ready", None)
        self._resting += 1
        try:
            # uvloop does not tell what it has left to do
            for _ in range(ROUNDS if ready is None else MOST_ROUNDS):
                await asyncio.sleep(0)
                if ready is not None and len(ready) < self._resting:
                    return
        finally:
            self._resting -= 1
        if ready is not None:
            raise RuntimeError("the event loop does not come to rest: some task runs in a circle")

    async def _run(self) -> None:
        most_s = 0.01
        while True:
            await self.step(most_s)
            await asyncio.sleep(0.001)  # what threads do takes real time: let them keep up
            most_s = min(60.0, 1.2 * most_s)

    def _sleeper(self, due: int, wall: int | None = None) -> _Sleeper:
        self._count += 1
        return _Sleeper(self._count, self._passed, due, wall)

    async def _wait(self, sleeper: _Sleeper, task: "asyncio.Task[Any] | None") -> None:
        self._sleepers[sleeper] = task
        try:
            await sleeper.future
        finally:
            self._sleepers.pop(sleeper, None)

    def _move_to(self, moment: int) -> None:
        if moment > self._passed:
            self._wall += moment - self._passed
            self._passed = moment

    def _wake(self, is_due: Callable[[_Sleeper], bool]) -> None:
        due = sorted(filter(is_due, self._sleepers), key=lambda one: (one.due, one.number))
        for sleeper in due:
            del self._sleepers[sleeper]
            if not sleeper.future.done():
                sleeper.future.set_result(None)


def _due(sleeper: _Sleeper, left: int) -> int:
    """Return when a sleeper is woken in an advance by so much."""
    exact = left // (MOST_STEPS if sleeper.looks_around else MOST_EXACT)
    if sleeper.repeats and sleeper.delay < exact:
        return sleeper.begun + left // MOST_STEPS
    return sleeper.due


def _whole(by: timedelta | float) -> int:
    """Return a duration, given in seconds where it is a number, in microseconds."""
    return by // _MICROSECOND if isinstance(by, timedelta) else round(by * _SECOND)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
