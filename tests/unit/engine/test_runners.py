"""Turns share tasks only one after the other, and only when nothing shows it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextvars import ContextVar
from itertools import pairwise
from typing import Any, cast

import pytest

from posthouse.engine.lanes import Entry
from posthouse.engine.runners import MOST_AT_ONCE, Runners

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


class FakeEntry:
    """As much of an update as runners look at."""

    def __init__(self, name: str, body: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.name = name
        self.body = body
        self.cut = ""
        self.task: asyncio.Task[None] | None = None
        self.ran_in: asyncio.Task[Any] | None = None


class Hall:
    """Runners and what they ran."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self.ended: list[str] = []
        self._runners = Runners(group.create_task, cast(Any, self._run))

    def start(self, name: str, body: Callable[[], Coroutine[Any, Any, None]]) -> FakeEntry:
        """Start an entry."""
        entry = FakeEntry(name, body)
        self._runners.start(cast(Entry, entry))
        return entry

    async def _run(self, entry: FakeEntry) -> None:
        entry.ran_in = asyncio.current_task()
        await entry.body()
        self.ended.append(entry.name)


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    """Runners whose tasks end with the test."""
    async with asyncio.TaskGroup() as group:
        yield Hall(group)


async def passes(count: int = 5) -> None:
    """Let the loop go round a few times."""
    for _ in range(count):
        await asyncio.sleep(0)


async def nothing() -> None:
    """End at once."""


async def test_turns_that_end_at_once_share_a_task(hall: Hall) -> None:
    """They run in order, and nothing of them is left in the task."""
    entries = [hall.start(name, nothing) for name in "abc"]
    assert [entry.task for entry in entries] == [None] * 3
    await passes()
    assert hall.ended == ["a", "b", "c"]
    assert len({entry.ran_in for entry in entries}) == 1
    assert [entry.task for entry in entries] == [None] * 3


async def test_a_turn_that_waits_holds_up_no_other(hall: Hall) -> None:
    """The next pass gives the others runners of their own, also when those wait as well."""
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    first, second = hall.start("first", wait), hall.start("second", wait)
    hall.start("third", nothing)
    await passes()
    assert hall.ended == ["third"]
    assert first.task is not None
    assert first.task is first.ran_in
    assert first.ran_in is not second.ran_in
    gate.set()
    await passes()
    assert sorted(hall.ended) == ["first", "second", "third"]


async def test_context_variables_of_a_turn_are_not_seen_by_the_next(hall: Hall) -> None:
    """A task whose turn left some behind is not used again."""
    seen = []

    async def leave() -> None:
        seen.append(WHO.get())
        WHO.set("somebody")

    for name in "abc":
        hall.start(name, leave)
    await passes()
    assert hall.ended == ["a", "b", "c"]
    assert seen == ["nobody"] * 3


async def test_a_turn_that_is_cut_before_it_began_never_runs(hall: Hall) -> None:
    """Those behind it do."""
    hall.start("cut", nothing).cut = "stop"
    hall.start("other", nothing)
    await passes()
    assert hall.ended == ["other"]


async def test_a_task_that_was_cancelled_is_not_used_again(hall: Hall) -> None:
    """Even when its turn took no notice of it."""

    async def stubborn() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            return

    first, second = hall.start("stubborn", stubborn), hall.start("next", nothing)
    await passes()
    assert sorted(hall.ended) == ["next", "stubborn"]
    assert first.ran_in is not second.ran_in


async def test_the_loop_goes_round_between_many_turns(hall: Hall) -> None:
    """Else nothing would be received, nor committed, while a thousand that are ready run."""
    entries = [hall.start(str(number), nothing) for number in range(3 * MOST_AT_ONCE + 1)]
    so_far = []
    for _ in range(8):
        await asyncio.sleep(0)
        so_far.append(len(hall.ended))
    assert max(after - before for before, after in pairwise([0, *so_far])) == MOST_AT_ONCE
    assert hall.ended == [entry.name for entry in entries]
    assert len({entry.ran_in for entry in entries}) == 4


async def test_turns_that_wait_behind_many_hold_up_no_other(hall: Hall) -> None:
    """Each has a runner of its own then."""
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    for number in range(MOST_AT_ONCE):
        hall.start(str(number), nothing)
    for number in range(MOST_AT_ONCE):
        hall.start(f"waits {number}", wait)
    hall.start("last", nothing)
    await passes(10)
    assert len(hall.ended) == MOST_AT_ONCE + 1
    gate.set()
    await passes()
    assert len(hall.ended) == 2 * MOST_AT_ONCE + 1
