"""ENGINE 1 to 5: each update once, in order, durable before it is acknowledged."""

import asyncio

import pytest
from sqlalchemy import text as sql

from posthouse import App, Conversation, Screen, TextMessage, Turn, button
from posthouse.ports.adapter import Settled
from posthouse.ports.changes import Change
from posthouse.ports.records import StateWrite
from posthouse.testing import FakeMessenger, FakePerson, Told, play
from posthouse.testing.site import TestSite as Played
from posthouse.types import Press


class Seen(Conversation):
    """How many messages a person sent."""

    count: int = 0


class Gate:
    """An app that counts, and waits at messages that say so."""

    def __init__(self) -> None:
        self.app = App("gate")
        self.go = asyncio.Event()
        self.runs: list[str] = []
        self.app.on(self.take)

    async def take(self, message: TextMessage, seen: Seen) -> str:
        """Count the message; one that begins with `wait` waits."""
        self.runs.append(message.text)
        if message.text.startswith("wait"):
            await self.go.wait()
        seen.count += 1
        return f"{seen.count}: {message.text}"


def again(site: Played, told: Told) -> None:
    """Let the messenger hand an update over once more."""
    site.messenger.hand_over(told)


# --- 1: one row per update


async def test_a_repetition_after_the_end_changes_nothing() -> None:
    """An update that is done is acknowledged and not run."""
    gate = Gate()
    async with play(gate.app) as site:
        ann = site.person("Ann")
        told = await ann.says("a")
        again(site, told)
        await site.settle()
        assert told.settled == [Settled.DONE, Settled.DUPLICATE]
        assert gate.runs == ["a"]
        await ann.says("b")
        assert ann.sees == "2: b"


@pytest.mark.parametrize("storage", ["memory:", "sqlite:bot.db"])
async def test_a_repetition_after_a_restart_loses_at_its_commit(storage: str) -> None:
    """What memory has forgotten the marks still know."""
    gate = Gate()
    async with play(gate.app, storage=storage) as site:
        ann = site.person("Ann")
        told = await ann.says("a")
        site.messenger.forgets_acknowledgements = True
        await site.restart()
        assert told.settled == [Settled.DONE, Settled.DUPLICATE]
        assert [m.text for m in ann.screen if not m.author] == ["1: a"]
        await ann.says("b")
        assert ann.sees == "2: b"


async def test_a_repetition_of_what_was_set_aside_apologises_to_nobody() -> None:
    """A quarantined update is settled: its repetition is not set aside again."""
    app = App("broken")

    @app.on
    async def fail(message: TextMessage) -> str:
        raise ValueError("no")

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        told = await ann.says("a")
        site.messenger.forgets_acknowledgements = True
        await site.restart()
        await site.later(5)
        assert told.settled == [Settled.QUARANTINED, Settled.DUPLICATE]
        assert len(site.quarantine) == 1
        assert len([m for m in ann.screen if not m.author]) == 1


# --- 2: the place in the lane at receipt


async def test_three_fast_messages_are_answered_in_order_whatever_stands_before_the_handler() -> (
    None
):
    """A middleware and a handler that are slow with the first cannot let the others pass."""
    app = App("slow")
    waits = {"a": 0.02, "b": 0.01}

    @app.on
    async def echo(message: TextMessage) -> str:
        await asyncio.sleep(waits.get(message.text, 0))
        return message.text

    async def slow(update: TextMessage, call_next: object) -> object:
        await asyncio.sleep(waits.get(update.text, 0))
        return await call_next(update)  # type: ignore[operator]  # kept short

    async with play(app, middlewares=[slow]) as site:
        ann = site.person("Ann")
        await ann.says("a", wait=False)
        await ann.says("b", wait=False)
        await ann.says("c")
        assert [m.text for m in ann.screen if not m.author] == ["a", "b", "c"]


async def test_a_slow_chat_holds_up_no_other() -> None:
    """Lanes are independent."""
    gate = Gate()
    async with play(gate.app) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("wait", wait=False)
        await bob.says("b")
        assert bob.sees == "1: b"
        assert ann.answers == []
        gate.go.set()
        await site.settle()
        assert ann.sees == "1: wait"


async def test_a_press_runs_in_the_lane_of_its_chat() -> None:
    """It waits for the message before it."""
    app = App("pressed")
    order: list[str] = []
    go = asyncio.Event()

    @app.action
    async def done(turn: Turn) -> Screen:
        order.append("press")
        return Screen("done")

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Do", done))

    @app.on
    async def slow(message: TextMessage) -> str:
        await go.wait()
        order.append("text")
        return "slow"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.says("x", wait=False)
        await ann.presses("Do", wait=False)
        await site.settle()
        assert order == []
        go.set()
        await site.settle()
        assert order == ["text", "press"]


async def test_a_press_that_takes_long_is_answered_after_eight_seconds() -> None:
    """The messenger is told that it was taken, outside the lane; its turn goes on."""
    app = App("slow")
    go = asyncio.Event()

    @app.action
    async def work(turn: Turn) -> Screen:
        await go.wait()
        return Screen("worked")

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Work", work))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        told = await ann.presses("Work", wait=False)
        await site.later(7.9)
        assert site.messenger.answered == []
        await site.later(0.2)
        assert site.messenger.answered == [told.update.id]
        go.set()
        await site.settle()
        assert ann.sees == "worked"
        assert isinstance(told.update, Press)


# --- 3: what the messenger does not repeat


async def test_what_is_not_repeated_is_durable_before_it_runs() -> None:
    """Its inbox row is committed first, and only then its handler runs."""
    gate = Gate()
    messenger = FakeMessenger(repeats_s={"*": 60, "textmessage": 0})
    async with play(gate.app, messenger=messenger) as site:
        ann = site.person("Ann")
        site.store.hold()
        told = await ann.says("a", wait=False)
        await site.settle()
        assert gate.runs == []
        assert told.settled == []
        site.store.release()
        await site.settle()
        assert gate.runs == ["a"]
        assert told.settled == [Settled.INBOX]
        assert ann.sees == "1: a"


async def test_a_kind_that_nobody_declared_counts_as_not_repeated() -> None:
    """Silence about a kind is no promise."""
    gate = Gate()
    async with play(gate.app, messenger=FakeMessenger(repeats_s={"press": 60})) as site:
        told = await site.person("Ann").says("a")
        assert told.settled == [Settled.INBOX]


# --- 4: spill


async def test_an_update_that_takes_two_seconds_goes_into_the_inbox() -> None:
    """It is acknowledged then, while its handler still runs, and survives a death."""
    gate = Gate()
    async with play(gate.app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        told = await ann.says("wait", wait=False)
        await site.later(1.8)
        assert told.settled == []
        await site.later(0.3)
        assert told.settled == [Settled.INBOX]
        assert ann.answers == []
        site.kill()
        gate.go.set()
        await site.restart()
        await site.settle()
        assert ann.answers == ["1: wait"]
        assert told.handed_over == 1


async def test_a_spilled_update_that_was_running_is_done_once() -> None:
    """The turn that began before the spill commits and takes the inbox row with it."""
    gate = Gate()
    async with play(gate.app) as site:
        ann = site.person("Ann")
        await ann.says("wait", wait=False)
        await site.later(3)
        gate.go.set()
        await site.settle()
        assert ann.sees == "1: wait"
        assert await site.store.inbox(account=1) == []
        await site.restart()
        assert gate.runs == ["wait"]


async def test_what_waits_behind_a_slow_handler_spills_too() -> None:
    """Queued updates are acknowledged after two seconds and keep their places."""
    gate = Gate()
    async with play(gate.app) as site:
        ann = site.person("Ann")
        await ann.says("wait", wait=False)
        told = [await ann.says(word, wait=False) for word in ("a", "b", "c")]
        await site.later(2.2)
        assert [t.settled for t in told] == [[Settled.INBOX]] * 3
        gate.go.set()
        await site.settle()
        assert gate.runs == ["wait", "a", "b", "c"]
        assert await site.store.inbox(account=1) == []


async def test_polled_batches_spill_after_fifty_milliseconds() -> None:
    """The profile says how soon; all that waits goes in one transaction."""
    gate = Gate()
    async with play(gate.app, messenger=FakeMessenger(spill_s=0.05)) as site:
        ann = site.person("Ann")
        told = [await ann.says(word, wait=False) for word in ("wait", "a", "b")]
        await site.settle()
        before = site.store.commits
        await site.later(0.11)
        assert [t.settled for t in told] == [[Settled.INBOX]] * 3
        assert site.store.commits == before + 1
        gate.go.set()
        await site.settle()


async def test_when_half_of_the_connections_are_held_the_oldest_spills() -> None:
    """Requests held for over 100 ms beyond that half are answered, the oldest first."""
    gate = Gate()
    async with play(gate.app, messenger=FakeMessenger(max_connections=4)) as site:
        people = [site.person(name) for name in ("Ann", "Bob", "Cid")]
        told = [await person.says("wait", wait=False) for person in people]
        await site.later(0.08)
        assert [t.settled for t in told] == [[], [], []]
        await site.later(0.1)
        assert [t.settled for t in told] == [[Settled.INBOX], [], []]
        gate.go.set()
        await site.settle()
        assert [t.settled for t in told[1:]] == [[Settled.DONE], [Settled.DONE]]


async def test_an_update_whose_commit_loses_spills_in_its_next_run() -> None:
    """Being committed at the wrong moment does not take it out of the count."""
    gate = Gate()
    async with play(gate.app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("a")
        site.store.hold()
        told = await ann.says("wait", wait=False)
        gate.go.set()
        await site.later(3)
        gate.go.clear()
        ((account, key),) = await site.store.fetch(sql("SELECT account, key FROM conversation"))
        other = Change()
        other.states.append(StateWrite(account, key, 1, b"\x80"))
        await site.store.inner.commit([other])
        site.store.release()
        await site.settle()
        assert gate.runs == ["a", "wait", "wait"]
        assert told.settled == []
        await site.later(3)
        assert told.settled == [Settled.INBOX]
        gate.go.set()
        await site.settle()
        assert ann.sees == "1: wait"


async def fill(ann: FakePerson, count: int) -> list[Told]:
    """Let a person say many things at once."""
    return [await ann.says(f"{number}", wait=False) for number in range(count)]


async def test_a_lane_keeps_a_hundred_updates_in_memory() -> None:
    """What comes after them goes into the inbox at once."""
    gate = Gate()
    async with play(gate.app) as site:
        ann = site.person("Ann")
        await ann.says("wait", wait=False)
        told = await fill(ann, 103)
        await site.settle()
        assert [t.settled for t in told[:100]] == [[]] * 100
        assert [t.settled for t in told[100:]] == [[Settled.INBOX]] * 3
        gate.go.set()
        await site.settle()
        assert gate.runs == ["wait", *(f"{number}" for number in range(103))]
        assert ann.sees == "104: 102"


async def test_more_than_a_thousand_spilled_updates_are_set_aside_and_reported(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """`overflow` goes to the quarantine without a run; the lane goes on with the others."""
    monkeypatch.setattr("posthouse.engine.intake.MOST_IN_MEMORY", 2)
    monkeypatch.setattr("posthouse.engine.intake.MOST_SPILLED", 3)
    gate = Gate()
    async with play(gate.app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("wait", wait=False)
        for number in range(7):
            await ann.says(f"{number}", wait=False)
            await site.settle()
        assert [row.reason for row in site.quarantine] == ["overflow", "overflow"]
        assert "too slow or hang" in site.quarantine[0].detail
        assert "(overflow)" in caplog.text
        gate.go.set()
        await site.settle()
        assert gate.runs == ["wait", "0", "1", "2", "3", "4"]


async def test_the_inbox_is_loaded_in_order_before_anything_is_received() -> None:
    """What was acknowledged before the stop runs before what comes after the start."""
    gate = Gate()
    async with play(gate.app, storage="sqlite:bot.db", stop_s=0.1) as site:
        ann = site.person("Ann")
        await ann.says("wait", wait=False)
        for word in ("a", "b"):
            await ann.says(word, wait=False)
        await site.later(2.2)
        site.kill()
        await ann.says("c", wait=False)
        gate.go.set()
        gate.runs.clear()
        await site.restart()
        await site.settle()
        assert gate.runs == ["wait", "a", "b", "c"]
        assert ann.sees == "4: c"


# --- 5: the unsettled table


async def test_a_repetition_of_a_running_update_waits_for_its_run() -> None:
    """One run, and both connections get their answer at its end."""
    gate = Gate()
    async with play(gate.app) as site:
        ann = site.person("Ann")
        told = await ann.says("wait", wait=False)
        again(site, told)
        await site.settle()
        assert told.settled == []
        gate.go.set()
        await site.settle()
        assert told.settled == [Settled.DONE, Settled.DONE]
        assert gate.runs == ["wait"]


async def test_a_repetition_of_a_spilled_update_is_acknowledged_at_once() -> None:
    """It is durable already."""
    gate = Gate()
    async with play(gate.app) as site:
        ann = site.person("Ann")
        told = await ann.says("wait", wait=False)
        await site.later(2.2)
        again(site, told)
        assert told.settled == [Settled.INBOX, Settled.INBOX]
        gate.go.set()
        await site.settle()
        assert gate.runs == ["wait"]


async def test_nothing_is_acknowledged_before_it_is_durable() -> None:
    """While the commit is held the messenger hears nothing."""
    gate = Gate()
    async with play(gate.app) as site:
        ann = site.person("Ann")
        site.store.hold()
        told = await ann.says("a", wait=False)
        await site.settle()
        assert gate.runs == ["a"]
        assert told.settled == []
        assert ann.answers == []
        site.store.release()
        await site.settle()
        assert told.settled == [Settled.DONE]
        assert ann.answers == ["1: a"]
