"""Stopping: what runs ends or runs again, and nothing that is over can be used."""

import asyncio
import signal
import sys
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from posthouse import App, Conversation, TextMessage, Turn
from posthouse.engine.watch import Watchdog
from posthouse.errors import TurnClosedError
from posthouse.testing import FakeClock, FakePerson, play


class Seen(Conversation):
    """How many messages a person sent."""

    count: int = 0


def waiting(go: asyncio.Event, runs: list[str], *, ends: bool = True) -> App:
    """Return an app whose handler waits, on the clock of the test or for ever."""
    app = App("waiting")

    @app.on
    async def wait(message: TextMessage, seen: Seen) -> str:
        runs.append(message.chat.id)
        if not ends:
            await go.wait()
        await asyncio.sleep(0.005)
        seen.count += 1
        return f"{seen.count}"

    return app


async def answered(person: FakePerson) -> None:
    """Wait for an answer whose handler waits for something real."""
    for _ in range(10_000):
        if person.answers:
            return
        await asyncio.sleep(0.001)
    raise AssertionError(f"{person} was not answered")


async def test_five_running_handlers_end_before_the_stop() -> None:
    """Five of five are committed and answered; none runs again."""
    runs: list[str] = []
    async with play(waiting(asyncio.Event(), runs), storage="sqlite:bot.db") as site:
        people = [site.person(name) for name in ("Ann", "Bob", "Cid", "Dan", "Eve")]
        told = [await person.says("x", wait=False) for person in people]
        await site.settle()
        await site.restart()
        assert len(runs) == 5
        assert [person.answers for person in people] == [["1"]] * 5
        assert all(t.is_acknowledged for t in told)


async def test_five_handlers_that_do_not_end_run_at_the_next_start() -> None:
    """Five of five run again, and are answered once."""
    runs: list[str] = []
    go = asyncio.Event()
    async with play(waiting(go, runs, ends=False), storage="sqlite:bot.db", stop_s=1.0) as site:
        people = [site.person(name) for name in ("Ann", "Bob", "Cid", "Dan", "Eve")]
        for person in people:
            await person.says("x", wait=False)
        await site.settle()
        await site.stop()
        assert [person.answers for person in people] == [[]] * 5
        go.set()
        await site.start()
        for person in people:
            await answered(person)
        assert len(runs) == 10
        assert [person.answers for person in people] == [["1"]] * 5


async def test_what_waits_in_a_lane_at_the_stop_runs_at_the_next_start_in_order() -> None:
    """Queued updates are not begun while the site stops, and are not lost."""
    runs: list[str] = []
    go = asyncio.Event()
    app = App("lane")

    @app.on
    async def take(message: TextMessage) -> str:
        runs.append(message.text)
        await go.wait()
        return message.text

    async with play(app, storage="sqlite:bot.db", stop_s=0.5) as site:
        ann = site.person("Ann")
        for word in ("a", "b", "c"):
            await ann.says(word, wait=False)
        await site.settle()
        await site.stop()
        assert runs == ["a"]
        go.set()
        await site.start()
        await site.later(1)
        assert runs == ["a", "a", "b", "c"]
        assert [m.text for m in ann.screen if not m.author] == ["a", "b", "c"]


async def test_nothing_new_is_begun_while_the_site_stops() -> None:
    """A handler that ends during the stop is not followed by the next one of its chat."""
    runs: list[str] = []
    app = App("lane")

    @app.on
    async def take(message: TextMessage) -> str:
        runs.append(message.text)
        await asyncio.sleep(0.01)
        return message.text

    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        for word in ("a", "b"):
            await ann.says(word, wait=False)
        await site.settle()
        await site.stop()
        assert runs == ["a"]
        assert [m.text for m in ann.screen if not m.author] == ["a"]
        await site.start()
        await site.later(1)
        await ann.says("c")
        assert runs == ["a", "b", "c"]


async def test_while_the_site_stops_updates_are_refused() -> None:
    """They are handed over again to the next one."""
    runs: list[str] = []
    async with play(waiting(asyncio.Event(), runs)) as site:
        ann = site.person("Ann")
        site.engine.refuse()
        told = await ann.says("x", wait=False)
        await site.settle()
        assert told.refused == 1
        assert runs == []
        await site.restart()
        await answered(ann)
        assert ann.answers == ["1"]


async def test_a_turn_that_is_over_cannot_be_used() -> None:
    """A task that outlives its handler gets TurnClosedError, and nothing of it commits."""
    app = App("closed")
    kept: list[Turn] = []

    @app.on
    async def keep(message: TextMessage, turn: Turn) -> str:
        kept.append(turn)
        return "done"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("x")
        (turn,) = kept
        with pytest.raises(TurnClosedError, match="is over"):
            turn.send("too late")
        with pytest.raises(TurnClosedError):
            await turn.number("ad")
        await site.settle()
        assert ann.answers == ["done"]


async def test_a_handler_that_ignores_being_cut_is_abandoned_and_counted() -> None:
    """Its lane goes on, what it asks for later is refused, and when it ends it no longer counts."""
    app = App("stubborn")
    go = asyncio.Event()
    errors: list[BaseException] = []

    @app.on(limit=timedelta(seconds=5))
    async def ignore(message: TextMessage, turn: Turn, seen: Seen) -> str:
        if message.text != "hang":
            return f"{seen.count}"
        seen.count += 1
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue
        try:
            turn.send("a ghost")
        except TurnClosedError as error:
            errors.append(error)
        return "ghost"

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("hang", wait=False)
        await site.later(6)
        assert [row.reason for row in site.quarantine] == ["timeout"]
        assert site.engine.turns.abandoned == 1
        await ann.says("next")
        assert ann.sees == "0"
        go.set()
        await site.settle()
        assert site.engine.turns.abandoned == 0
        assert len(errors) == 1
        assert ann.answers == ["0"]


async def test_a_handler_that_ignores_being_cut_does_not_hold_up_the_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its update runs again at the next start."""
    monkeypatch.setattr("posthouse.engine.supervisor.ENDS_WITHIN_S", 0.05)
    app = App("stubborn")
    go = asyncio.Event()

    @app.on
    async def ignore(message: TextMessage) -> str:
        while not go.is_set():
            with suppress(asyncio.CancelledError):
                await go.wait()
        return "done"

    async with play(app, storage="sqlite:bot.db", stop_s=0.5) as site:
        ann = site.person("Ann")
        told = await ann.says("x", wait=False)
        await site.settle()
        async with asyncio.timeout(15):
            await site.stop()
        assert not told.is_acknowledged
        go.set()
        await site.start()
        await site.settle()
        assert ann.answers == ["done"]


STUBBORN = """
import asyncio, sys
from contextlib import suppress
from posthouse import App, Bot, Site, TextMessage
from posthouse.model.chat import Chat, Person
from posthouse.ports.clock import SystemClock
from posthouse.testing import FakeMessenger
from posthouse.testing.adapter import FakeAdapter

app = App("stubborn")
messenger = FakeMessenger()
chat = messenger.chats["ann"] = Chat(id="ann", bot="b", messenger="fake")

@app.on
async def ignore(message: TextMessage) -> str:
    print("running", flush=True)
    while True:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)

bot = Bot("b", messenger="fake", apps=[app], adapter=FakeAdapter(messenger))
messenger.tell(TextMessage(
    id="1", bot="b", at=SystemClock().now(), chat=chat, person=Person(id="ann", name="Ann"),
    message_id="1", text="x",
))
Site(bots=[bot], storage="memory:", folder=sys.argv[1], stop_s=0.2).run()
"""


@pytest.mark.slow
async def test_a_handler_that_ignores_being_cut_does_not_keep_the_process_alive(
    tmp_path: Path,
) -> None:
    """One signal ends it within the time that stopping may take."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STUBBORN, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"running\n"
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(15):
        assert await process.wait() == 0


async def test_too_many_abandoned_handlers_make_the_site_unhealthy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Health says how many there are."""
    monkeypatch.setattr("posthouse.engine.engine.MOST_ABANDONED", 0)
    app = App("stubborn")
    go = asyncio.Event()

    @app.on(limit=timedelta(seconds=1))
    async def ignore(message: TextMessage) -> str:
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue
        return "ghost"

    async with play(app, strict=False) as site:
        await site.person("Ann").says("hang", wait=False)
        await site.later(2)
        assert site.life.site.problems() == ["1 handlers were cut and have not ended"]
        go.set()
        await site.settle()
        assert site.life.site.problems() == []


async def test_a_handler_that_lets_a_cancellation_through_is_set_aside() -> None:
    """Waiting for something that somebody cancelled is the handler's mistake; its lane goes on."""
    app = App("cancelled")

    @app.on
    async def wait(message: TextMessage) -> str:
        if message.text == "bad":
            other = asyncio.get_running_loop().create_future()
            other.cancel()
            await other
        return message.text

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("bad")
        assert [row.reason for row in site.quarantine] == ["raised"]
        assert "let CancelledError through" in site.quarantine[0].detail
        await ann.says("good")
        assert ann.sees == "good"


async def test_an_observer_that_hangs_does_not_block_the_chat() -> None:
    """It is cut by itself: the handler's answer is sent, and the lane goes on."""
    app = App("watched")

    @app.observe(limit=timedelta(seconds=1))
    async def hang(message: TextMessage) -> None:
        if message.text == "bad":
            await asyncio.Event().wait()

    @app.on
    async def echo(message: TextMessage) -> str:
        return message.text

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("bad", wait=False)
        await site.later(2)
        assert ann.answers == ["bad"]
        await ann.says("good")
        assert ann.answers == ["good"]


async def test_the_watchdog_names_whoever_blocks_the_loop() -> None:
    """The report has the function and the line where the loop stands still."""
    reports: list[str] = []
    named, freed = threading.Event(), threading.Event()

    def report(text: str) -> None:
        reports.append(text)
        if "a_handler_that_blocks" in text:
            named.set()
        elif named.is_set():
            freed.set()

    watchdog = Watchdog(asyncio.get_running_loop(), report=report)
    watchdog.start()

    def a_handler_that_blocks() -> None:
        assert named.wait(10)
        assert watchdog.blocked_s() > 0

    a_handler_that_blocks()
    await asyncio.get_running_loop().run_in_executor(None, freed.wait, 10)
    watchdog.close()
    assert "blocking=True" in next(text for text in reports if "a_handler_that_blocks" in text)
    assert "runs again" in reports[-1]


async def test_a_site_on_a_fake_clock_stops_by_itself() -> None:
    """The kit lets time pass while a site stops."""
    clock = FakeClock()
    async with play(App("none"), clock=clock):
        pass
    assert clock.monotonic() < 60
