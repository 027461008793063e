"""`FakeClock`: time that stands still until a test lets it pass.

How this works: who sleeps on the clock waits in a list with the moment he is due. `advance` goes
from one such moment to the next, lets everybody who is due go on, and waits until nothing in the
event loop can run any more, so whatever a sleeper does next happens at its own moment. A loop that
sleeps for the same while again and again, twenty times a second say, would make an advance by a day
take a million steps. One that sleeps for less than a second, and any that would wake more than
`MOST_EXACT` times, is woken `MOST_STEPS` times in one advance, and once more at its end.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

MOST_STEPS = 100
"""How often a loop that only looks around is woken in one advance."""
SHORT_S = 1.0
"""Loops that sleep no longer than this only look around; nobody counts on their exact moments."""
MOST_EXACT = 3000
"""How often a loop that sleeps longer is woken at its exact moments in one advance."""
ROUNDS = 100
"""Turns of the event loop to wait where it does not tell whether it has anything left to do."""
MOST_ROUNDS = 1_000_000
"""Turns of the event loop after which somebody must be running in a circle."""


class _Sleeper:
    """Somebody who waits for a moment."""

    __slots__ = ("begun_s", "delay_s", "due_s", "future", "number", "repeats", "task")

    def __init__(self, task: "asyncio.Task[Any] | None", begun_s: float, delay_s: float) -> None:
        self.task = task
        self.begun_s = begun_s
        self.delay_s = delay_s
        self.due_s = begun_s + delay_s
        self.future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.number = 0
        self.repeats = False
        """The same task slept for as long just before."""

    @property
    def looks_around(self) -> bool:
        """Whether this is a loop that only looks around."""
        return self.repeats and self.delay_s <= SHORT_S


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
        self._wall = now or datetime(2026, 1, 1, 12, tzinfo=UTC)
        self._seconds = 0.0
        self._sleepers: list[_Sleeper] = []
        self._last_delay: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
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
        return self._wall

    def timestamp(self) -> float:
        """Return this moment as seconds since the epoch."""
        return self._wall.timestamp()

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self._seconds

    async def sleep(self, delay_s: float) -> None:
        """Wait until a test has let that much time pass."""
        if delay_s <= 0:
            await asyncio.sleep(0)
            return
        task = asyncio.current_task()
        sleeper = _Sleeper(task, self._seconds, delay_s)
        self._count += 1
        sleeper.number = self._count
        sleeper.repeats = self._last_delay.get(task) == delay_s
        self._last_delay[task] = delay_s
        self._sleepers.append(sleeper)
        try:
            await sleeper.future
        finally:
            if sleeper in self._sleepers:
                self._sleepers.remove(sleeper)

    # --- for tests

    async def advance(self, by: timedelta | float) -> None:
        """Let time pass, a `timedelta` or seconds; everybody who sleeps is woken in order.

        Returns when whatever that set off has come to rest.
        """
        left_s = by.total_seconds() if isinstance(by, timedelta) else float(by)
        until_s = self._seconds + left_s
        coarse_s = left_s / MOST_STEPS
        await self.settle()
        while self._sleepers:
            next_s = min(self._due_s(sleeper, coarse_s) for sleeper in self._sleepers)
            if next_s > until_s:
                break
            self._move_to(next_s)
            self._wake(lambda sleeper: self._due_s(sleeper, coarse_s) <= self._seconds)
            await self.settle()
        self._move_to(until_s)
        self._wake(lambda sleeper: sleeper.due_s <= self._seconds)
        await self.settle()

    async def step(self, most_s: float = float("inf")) -> float:
        """Go to the next moment somebody waits for, loops that only look around left aside.

        Goes `most_s` far at most and returns how many seconds that took; 0 when nobody waits.
        """
        await self.settle()
        moments = [sleeper.due_s for sleeper in self._sleepers if not sleeper.looks_around]
        if not self._sleepers or (not moments and most_s == float("inf")):
            return 0.0
        by_s = min([most_s, *(moment - self._seconds for moment in moments)])
        await self.advance(by_s)
        return by_s

    def jump(self, by: timedelta | float) -> None:
        """Set the wall clock forward or back, as an administrator does; nobody is woken."""
        self._wall += by if isinstance(by, timedelta) else timedelta(seconds=by)

    def is_waiting(self, task: "asyncio.Task[Any] | None") -> bool:
        """Whether a task sleeps on this clock now."""
        return any(sleeper.task is task for sleeper in self._sleepers)

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

    def _due_s(self, sleeper: _Sleeper, coarse_s: float) -> float:
        exact_s = coarse_s if sleeper.looks_around else coarse_s * MOST_STEPS / MOST_EXACT
        if sleeper.repeats and sleeper.delay_s < exact_s:
            return sleeper.begun_s + coarse_s
        return sleeper.due_s

    def _move_to(self, moment_s: float) -> None:
        if moment_s > self._seconds:
            self._wall += timedelta(seconds=moment_s - self._seconds)
            self._seconds = moment_s

    def _wake(self, is_due: Callable[[_Sleeper], bool]) -> None:
        due = sorted(filter(is_due, self._sleepers), key=lambda one: (one.due_s, one.number))
        for sleeper in due:
            self._sleepers.remove(sleeper)
            if not sleeper.future.done():
                sleeper.future.set_result(None)
