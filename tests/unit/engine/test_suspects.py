"""ENGINE 6: an update that kills the process must not kill it for ever."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from posthouse import App, TextMessage, Turn
from posthouse.engine.journal import Journal
from posthouse.ports.adapter import Settled
from posthouse.testing import FakeMessenger, Point, play
from posthouse.testing.site import TestSite as Played


class Deadly:
    """An app that takes the process down with it while `poison` is there."""

    def __init__(self) -> None:
        self.app = App("deadly")
        self.runs: list[str] = []
        self.poison = True
        self.site: Played | None = None
        self.go = asyncio.Event()
        self.app.on(self.take)

    async def take(self, message: TextMessage) -> str:
        """Die, wait or answer."""
        self.runs.append(message.text)
        if message.text.startswith("poison") and self.poison and self.site is not None:
            self.site.kill()
            await asyncio.Event().wait()
        if message.text.startswith("wait"):
            await self.go.wait()
        return message.text


async def test_an_update_that_kills_three_processes_is_set_aside_without_a_run() -> None:
    """After the third death the fourth start does not run it; the chat goes on."""
    deadly = Deadly()
    async with play(deadly.app, storage="sqlite:bot.db", strict=False) as site:
        deadly.site = site
        ann = site.person("Ann")
        told = await ann.says("poison", wait=False)
        await site.settle()
        for _ in range(3):
            assert site.crashed is not None
            await site.restart()
            await site.settle()
        assert site.crashed is None
        assert deadly.runs == ["poison"] * 3
        assert [row.reason for row in site.quarantine] == ["killed"]
        assert "3 processes died" in site.quarantine[0].detail
        assert b"poison" in site.quarantine[0].body
        assert told.is_acknowledged
        await ann.says("hello")
        assert ann.sees == "hello"


async def test_others_that_were_under_way_are_not_blamed_for_long() -> None:
    """An innocent that ran beside the killer is counted too, but gets its run."""
    deadly = Deadly()
    async with play(deadly.app, storage="sqlite:bot.db", strict=False) as site:
        deadly.site = site
        ann, bob = site.person("Ann"), site.person("Bob")
        await bob.says("wait", wait=False)
        await site.settle()
        await ann.says("poison", wait=False)
        await site.settle()
        deadly.go.set()
        while site.crashed is not None:
            await site.restart()
            await site.settle()
        assert bob.answers == ["wait"]
        assert [row.chat for row in site.quarantine] == ["ann"]


async def test_what_did_not_run_when_the_process_died_is_no_suspect() -> None:
    """Queued updates run at once, from memory, with no attempts counted."""
    deadly = Deadly()
    async with play(deadly.app, storage="sqlite:bot.db") as site:
        deadly.site = site
        ann = site.person("Ann")
        await ann.says("wait", wait=False)
        queued = await ann.says("a", wait=False)
        await site.settle()
        site.kill()
        deadly.go.set()
        await site.restart()
        await site.settle()
        assert queued.settled == [Settled.DONE]
        assert ann.answers == ["wait", "a"]


async def test_a_suspect_is_in_the_inbox_with_its_attempts_before_it_runs_again() -> None:
    """The count is durable: were it only in memory, a second death would not be counted."""
    deadly = Deadly()
    async with play(deadly.app, storage="sqlite:bot.db", strict=False) as site:
        deadly.site = site
        told = await site.person("Ann").says("poison", wait=False)
        await site.settle()
        await site.restart()
        await site.settle()
        assert site.crashed is not None
        assert told.settled == [Settled.INBOX]
        deadly.poison = False
        await site.restart()
        await site.settle()
        assert deadly.runs == ["poison"] * 3
        assert told.handed_over == 2
        assert site.quarantine == []


async def test_suspects_of_a_bot_run_one_at_a_time() -> None:
    """So the next death names the one that did it."""
    deadly = Deadly()
    async with play(deadly.app, storage="sqlite:bot.db") as site:
        deadly.site = site
        people = [site.person(name) for name in ("Ann", "Bob", "Cid")]
        for person in people:
            await person.says("wait", wait=False)
        await site.settle()
        assert len(deadly.runs) == 3
        site.kill()
        deadly.runs.clear()
        await site.restart()
        await site.settle()
        assert deadly.runs == ["wait"]
        fresh = site.person("Dan")
        await fresh.says("free")
        assert fresh.sees == "free"
        deadly.go.set()
        await site.settle()
        assert deadly.runs == ["wait", "free", "wait", "wait"]
        assert [person.sees for person in people] == ["wait"] * 3


async def test_after_a_reboot_the_heads_of_the_inbox_are_the_suspects(tmp_path: Path) -> None:
    """Without a journal the updates at the head of each lane may have killed the process."""
    deadly = Deadly()
    async with play(deadly.app, storage="sqlite:bot.db", folder=tmp_path, strict=False) as site:
        deadly.site = site
        ann = site.person("Ann")
        await ann.says("wait", wait=False)
        await ann.says("poison", wait=False)
        await site.later(2.2)
        for expected in (1, 2, 3):
            site.kill()
            await site.stop()
            deadly.poison = expected < 3
            (tmp_path / "bot.journal").unlink()
            await site.start()
            await site.settle()
            rows = await site.store.inbox(account=1)
            if expected < 3:
                assert [row.attempts for row in rows] == [expected, 0]
        assert [row.reason for row in site.quarantine] == ["killed"]


async def test_what_is_set_aside_as_a_killer_keeps_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also in a lane so long that bodies are kept in the inbox only."""
    monkeypatch.setattr("posthouse.engine.intake.MOST_IN_MEMORY", 0)
    deadly = Deadly()
    async with play(deadly.app, storage="sqlite:bot.db", strict=False) as site:
        deadly.site = site
        told = await site.person("Ann").says("poison", wait=False)
        await site.settle()
        while site.crashed is not None:
            await site.restart()
            await site.settle()
        assert [row.body for row in site.quarantine] == [told.body]


async def test_a_timer_that_kills_is_set_aside_too() -> None:
    """Timers have slots in the journal like every other turn."""
    app = App("timed")
    runs: list[str] = []
    held: list[Played] = []

    @app.action
    async def ring(turn: Turn) -> str:
        runs.append("ring")
        held[0].kill()
        await asyncio.Event().wait()
        return "never"

    @app.command
    async def remind(turn: Turn) -> str:
        turn.later(timedelta(seconds=5), ring)
        return "yes"

    async with play(app, storage="sqlite:bot.db", strict=False) as site:
        held.append(site)
        ann = site.person("Ann")
        await ann.says("/remind")
        await site.later(6)
        for _ in range(5):
            if site.crashed is None:
                break
            await site.restart()
            await site.settle()
        assert runs == ["ring"] * 3
        assert [row.reason for row in site.quarantine] == ["killed"]
        await site.later(60)
        assert runs == ["ring"] * 3
        assert await site.store.next_timer() is None


async def test_a_clean_stop_makes_no_suspects() -> None:
    """A handler that was cut at the stop runs at the next start, and no attempt is counted."""
    deadly = Deadly()
    messenger = FakeMessenger(repeats_s={"*": 0})
    async with play(deadly.app, storage="sqlite:bot.db", stop_s=1.0, messenger=messenger) as site:
        deadly.site = site
        ann = site.person("Ann")
        await ann.says("wait", wait=False)
        await site.settle()
        for _ in range(4):
            await site.restart()
            await site.settle()
        rows = await site.store.inbox(account=1)
        assert [row.attempts for row in rows] == [0]
        deadly.go.set()
        await site.settle()
        assert ann.answers == ["wait"]


async def test_a_death_between_commit_and_acknowledgement_blames_nobody() -> None:
    """The slot is freed with the commit, so the repetition is a plain duplicate."""
    deadly = Deadly()
    async with play(deadly.app, storage="sqlite:bot.db") as site:
        told = None
        for _ in range(4):
            site.crash_at(Point.ACKNOWLEDGED)
            told = await site.person("Ann").says("a")
            await site.restart()
            await site.settle()
        assert told is not None
        assert told.is_acknowledged
        assert site.quarantine == []


async def test_suspects_of_two_bots_do_not_wait_for_each_other() -> None:
    """When one bot's suspect is done, another bot's suspects still wait for their own."""
    deadly, other = Deadly(), Deadly()
    async with play(
        bots={"a": [deadly.app], "b": [other.app]}, storage="sqlite:bot.db", strict=False
    ) as site:
        lone = site.person("Ann", bot="a")
        pair = [site.person(name, bot="b") for name in ("Bob", "Cid")]
        for person in (lone, *pair):
            await person.says("wait", wait=False)
        await site.settle()
        site.kill()
        other.runs.clear()
        deadly.go.set()
        await site.restart()
        await site.settle()
        assert lone.sees == "wait"
        assert other.runs == ["wait"]
        other.go.set()
        await site.settle()
        assert [person.sees for person in pair] == ["wait", "wait"]


async def test_when_the_journal_is_full_updates_wait_for_a_slot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing runs without a slot, and everything runs in the end."""
    monkeypatch.setattr("posthouse.engine.engine.Journal", partial(Journal, slots=2))
    deadly = Deadly()
    async with play(deadly.app) as site:
        people = [site.person(f"P{number}") for number in range(6)]
        for person in people:
            await person.says("wait", wait=False)
            await person.says("then", wait=False)
        await site.settle()
        assert deadly.runs == ["wait"] * 2
        deadly.go.set()
        await site.settle()
        assert [person.sees for person in people] == ["then"] * 6
