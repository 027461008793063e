"""ENGINE 15: timers are updates of the lane that set them."""

import asyncio
from datetime import timedelta

import pytest

from posthouse.app import App
from posthouse.engine import timers as timers_module
from posthouse.model.reply import Screen
from posthouse.model.update import TextMessage
from posthouse.ports.changes import Change, TakeTimer
from posthouse.testing import Point, play
from posthouse.turn.turn import Turn


def reminders(log: list[str] | None = None) -> App:
    """An app that reminds of what was said, after so many seconds."""
    app = App("remind")

    @app.action
    async def nudge(turn: Turn, what: str) -> str:
        if log is not None:
            log.append(what)
        return f"think of {what}"

    @app.command
    async def remind(turn: Turn, seconds: float, what: str) -> str:
        turn.later(timedelta(seconds=seconds), nudge, what)
        return "ok"

    return app


def echoing() -> App:
    """An app that says what it hears."""
    app = App("echo")

    @app.on
    async def echo(message: TextMessage) -> str:
        return message.text

    return app


async def test_a_timer_calls_its_action_in_its_chat_when_it_is_due() -> None:
    """Not before, and once."""
    async with play(reminders()) as site:
        ann = site.person("Ann")
        await ann.says("/remind 60 tea")
        await site.later(59)
        assert ann.answers == ["ok"]
        await site.later(2)
        assert ann.answers == ["ok", "think of tea"]
        await site.later(timedelta(days=2))
        assert ann.answers == ["ok", "think of tea"]
        assert await site.store.next_timer() is None


async def test_timers_fire_in_the_order_of_their_moments() -> None:
    """Whatever the order in which they were set."""
    async with play(reminders()) as site:
        ann = site.person("Ann")
        for seconds, what in ((30, "c"), (10, "a"), (20, "b"), (3600, "d")):
            await ann.says(f"/remind {seconds} {what}")
        await site.later(7200)
        texts = [m.text for m in ann.screen if m.text.startswith("think")]
        assert texts == ["think of a", "think of b", "think of c", "think of d"]


async def test_a_timer_survives_a_restart() -> None:
    """Also one that came due meanwhile."""
    async with play(reminders(), storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("/remind 60 tea")
        await ann.says("/remind 600 milk")
        await site.stop()
        await site.clock.advance(300)
        await site.start()
        await site.settle()
        assert ann.answers[-1] == "think of tea"
        await site.later(301)
        assert ann.answers[-1] == "think of milk"


@pytest.mark.parametrize(
    "point", [Point.TIMER_FIRED, Point.HANDLED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT]
)
async def test_a_timer_fires_once_whenever_the_process_dies(point: Point) -> None:
    """Its row goes with the commit of its turn, not before and not after."""
    async with play(reminders(), storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("/remind 60 tea")
        site.crash_at(point)
        await site.later(61)
        assert site.crashed is point
        await site.restart()
        await site.later(60)
        assert [m.text for m in ann.screen if not m.author] == ["ok", "think of tea"]


async def test_a_timer_whose_row_is_gone_is_void() -> None:
    """Somebody took it while it waited in its lane: nothing of its turn commits."""
    log: list[str] = []
    app = reminders(log)
    go = asyncio.Event()

    @app.command
    async def wait(turn: Turn) -> str:
        await go.wait()
        return "waited"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/remind 10 tea")
        await ann.says("/wait", wait=False)
        await site.later(11)
        (row,) = await site.store.timers(until=1e12, limit=9)
        change = Change()
        change.writes.append(TakeTimer(row.id, row.due))
        await site.engine.committer.write(change)
        go.set()
        await site.settle()
        assert log == ["tea"]
        assert ann.answers == ["waited"]


async def test_a_due_timer_enters_behind_the_messages_that_wait() -> None:
    """It is the lane's next update, not its first."""
    app = reminders()
    go = asyncio.Event()

    @app.command
    async def wait(turn: Turn) -> str:
        await go.wait()
        return "waited"

    async with play(app, echoing()) as site:
        ann = site.person("Ann")
        await ann.says("/remind 10 tea")
        await ann.says("/wait", wait=False)
        await ann.says("first", wait=False)
        await site.later(11)
        await ann.says("second", wait=False)
        go.set()
        await site.settle()
        texts = [m.text for m in ann.screen if not m.author]
        assert texts == ["ok", "waited", "first", "think of tea", "second"]


async def test_overdue_timers_enter_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a long stop they do not flood the memory; all of them fire, in order."""
    monkeypatch.setattr(timers_module, "MOST_IN_LANES", 4)
    app = App("remind")
    go = asyncio.Event()

    @app.action
    async def nudge(turn: Turn, what: str) -> str:
        await go.wait()
        return what

    @app.command
    async def remind(turn: Turn, seconds: float, what: str) -> str:
        turn.later(timedelta(seconds=seconds), nudge, what)
        return "ok"

    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        for number in range(15):
            await ann.says(f"/remind {10 + number} {number}")
        await site.stop()
        await site.clock.advance(1000)
        await site.start()
        await site.settle()
        assert site.engine._timers.in_lanes == 4
        go.set()
        await site.settle()
        texts = [m.text for m in ann.screen if not m.author and m.text != "ok"]
        assert texts == [str(number) for number in range(15)]
        assert await site.store.next_timer() is None


async def test_a_bot_that_leaves_makes_room_for_the_timers_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes those along that are in its lanes."""
    monkeypatch.setattr(timers_module, "MOST_IN_LANES", 4)
    stuck = App("stuck")

    @stuck.action
    async def hang(turn: Turn) -> str:
        await asyncio.Event().wait()
        return "never"

    @stuck.command
    async def many(turn: Turn) -> str:
        for number in range(6):
            turn.later(timedelta(seconds=10 + number), hang)
        return "ok"

    async with play(bots={"one": [stuck], "two": [reminders()]}, strict=False) as site:
        bob = site.person("Bob", bot="two")
        await site.person("Ann", bot="one").says("/many")
        await bob.says("/remind 30 tea")
        await site.later(31)
        assert bob.sees == "ok"
        async with site.clock.running():
            await site.life.site.remove_bot("one")
        await site.settle()
        assert bob.sees == "think of tea"


async def test_a_timer_does_not_wait_for_another_chats_slow_one() -> None:
    """Its own lane is free, so it fires at its moment."""
    app = reminders()
    go = asyncio.Event()

    @app.action
    async def hang(turn: Turn) -> str:
        await go.wait()
        return "at last"

    @app.command
    async def slow(turn: Turn) -> str:
        turn.later(timedelta(seconds=10), hang)
        return "ok"

    async with play(app) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("/slow")
        await bob.says("/remind 15 tea")
        await bob.says("/remind 50 milk")
        await site.later(16)
        assert bob.answers[-1] == "think of tea"
        await site.later(36)
        assert bob.answers[-1] == "think of milk"
        go.set()
        await site.settle()
        assert ann.answers[-1] == "at last"


async def test_a_timer_that_is_set_while_timers_are_read_is_not_forgotten() -> None:
    """It may be the earliest although the read did not see it."""
    async with play(reminders()) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("/remind 1000 later")
        timers = site.engine._timers
        reading = asyncio.Event()
        inner = timers._store.next_timer

        async def slow_next() -> float | None:
            found = await inner()
            await reading.wait()
            return found

        timers._store = _With(timers._store, next_timer=slow_next)  # type: ignore[assignment]
        timers._look.set()
        await site.settle()
        await bob.says("/remind 40 tea")
        reading.set()
        await site.later(41)
        assert bob.answers[-1] == "think of tea"


class _With:
    """An object with some of its calls replaced."""

    def __init__(self, inner: object, **calls: object) -> None:
        self._inner = inner
        self.__dict__.update(calls)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


async def test_timers_that_cannot_be_read_are_read_later() -> None:
    """The database was on strike for a while."""
    async with play(reminders()) as site:
        ann = site.person("Ann")
        await ann.says("/remind 10 tea")
        await site.later(9)
        site.store.breaks()
        await site.later(5)
        assert ann.answers == ["ok"]
        site.store.heals()
        await site.later(10)
        assert ann.answers[-1] == "think of tea"


async def test_a_clock_that_is_set_forward_makes_timers_due() -> None:
    """The wall clock counts."""
    async with play(reminders()) as site:
        ann = site.person("Ann")
        await ann.says("/remind 3600 tea")
        await site.later(5)
        site.clock.jump(3600)
        await site.later(31)
        assert ann.answers[-1] == "think of tea"


async def test_a_timer_whose_action_is_gone_is_set_aside() -> None:
    """It says what to do; nobody is bothered by an apology, and it does not come again."""
    app = reminders()
    async with play(app, storage="sqlite:bot.db", strict=False) as site:
        ann = site.person("Ann")
        await ann.says("/remind 10 tea")
        site.life.site.bots[0].dispatcher.actions.clear()
        await site.later(11)
        assert "a timer calls remind.nudge" in site.quarantine[0].detail
        assert ann.answers == ["ok"]
        assert await site.store.next_timer() is None


async def test_a_timer_may_show_a_screen_and_set_a_timer() -> None:
    """It is a turn like any other."""
    app = App("ticker")

    @app.action
    async def tick(turn: Turn, left: int) -> Screen | str:
        if left:
            turn.later(timedelta(seconds=1), tick, left - 1)
            return Screen(f"{left} left")
        return "over"

    @app.command
    async def start(turn: Turn) -> str:
        turn.later(timedelta(0), tick, 2)
        return "go"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await site.later(10)
        assert ann.answers == ["go", "2 left", "1 left", "over"]
