"""ENGINE 8 and 10: one turn of a lane at a time, and a store that fails loses nothing."""

import asyncio

import msgspec
import pytest
from sqlalchemy import text as sql

from posthouse import App, Conversation, Scope, TextMessage, Turn
from posthouse.ports.adapter import Settled
from posthouse.ports.changes import Change, Verdict
from posthouse.ports.records import StateWrite
from posthouse.testing import play
from posthouse.testing.site import TestSite as Played


class Purse(Conversation):
    """What a person has, over all chats."""

    scope = Scope.PERSON
    coins: int = 0


class Seen(Conversation):
    """What a person said in one chat."""

    words: list[str] = []  # noqa: RUF012  each state gets a copy


def remembering(runs: list[str]) -> App:
    """Return an app that keeps what a person said, and notes its runs."""
    app = App("memory")

    @app.on
    async def keep(message: TextMessage, seen: Seen) -> str:
        runs.append(message.text)
        seen.words.append(message.text)
        return " ".join(seen.words)

    return app


# --- 8: the lane's next turn


async def test_the_next_turn_of_a_lane_starts_when_the_commit_is_confirmed() -> None:
    """While the commit is on its way the next message waits, and then sees what was committed."""
    runs: list[str] = []
    async with play(remembering(runs)) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        site.store.hold()
        await ann.says("a", wait=False)
        await ann.says("b", wait=False)
        await bob.says("x", wait=False)
        await site.settle()
        assert runs == ["a", "x"]
        site.store.release()
        await site.settle()
        assert runs == ["a", "x", "b"]
        assert ann.sees == "a b"


async def test_a_persons_own_state_is_changed_by_one_chat_at_a_time() -> None:
    """Two chats of one person are serialised from load to commit, so no coin is lost."""
    app = App("purse")
    inside: list[str] = []
    most = 0

    @app.on
    async def earn(message: TextMessage, purse: Purse) -> str:
        nonlocal most
        inside.append(message.chat.id)
        most = max(most, len(inside))
        coins = purse.coins
        await asyncio.sleep(0)
        purse.coins = coins + 1
        inside.pop()
        return f"{purse.coins}"

    async with play(app) as site:
        people = [site.person("Ann", chat=f"c{number}") for number in range(10)]
        for person in people:
            await person.says("x", wait=False)
        await site.settle()
        assert most == 1
        assert [person.sees for person in people] == [f"{n}" for n in range(1, 11)]
        other = site.person("Bob", chat="c1")
        await other.says("x")
        assert other.sees == "1"


async def test_the_first_chat_in_line_gets_a_persons_state_first() -> None:
    """The lock is first come, first served."""
    app = App("purse")
    order: list[str] = []

    @app.on
    async def take(message: TextMessage, purse: Purse) -> None:
        order.append(message.chat.id)
        await asyncio.sleep(0)

    async with play(app) as site:
        for chat in ("c3", "c1", "c2"):
            await site.person("Ann", chat=chat).says("x", wait=False)
        await site.settle()
        assert order == ["c3", "c1", "c2"]


async def test_a_turn_that_is_set_aside_gives_the_persons_state_free() -> None:
    """The lock does not outlive its turn, however that ends."""
    app = App("purse")

    @app.on
    async def fail(message: TextMessage, purse: Purse) -> str:
        if message.text == "bad":
            raise ValueError("no")
        return "good"

    async with play(app, strict=False) as site:
        await site.person("Ann", chat="c1").says("bad")
        there = site.person("Ann", chat="c2")
        await there.says("x")
        assert there.sees == "good"


# --- 10: a store that fails


async def test_while_the_store_fails_updates_are_refused_and_handlers_do_not_run_again() -> None:
    """The finished turn keeps its result and commits when the store is back."""
    runs: list[str] = []
    async with play(remembering(runs)) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("a")
        site.store.breaks("the disk is full")
        told = await ann.says("b", wait=False)
        await site.settle()
        refused = await bob.says("x", wait=False)
        await site.later(30)
        assert told.settled == []
        assert refused.refused > 1
        assert runs == ["a", "b"]
        assert ann.sees == "a"
        assert "the disk is full" in site.life.site.problems()
        site.store.heals()
        await site.later(10)
        assert runs == ["a", "b", "x"]
        assert told.settled == refused.settled == [Settled.DONE]
        assert (ann.sees, bob.sees) == ("a b", "x")
        assert site.life.site.problems() == []


@pytest.mark.parametrize("storage", ["memory:", "sqlite:bot.db"])
async def test_a_commit_with_an_unknown_end_is_not_done_twice(storage: str) -> None:
    """The marks are read before anything is tried again, so state changes once."""
    runs: list[str] = []
    async with play(remembering(runs), storage=storage) as site:
        ann = site.person("Ann")
        await ann.says("a")
        site.store.loses_answers()
        told = await ann.says("b")
        assert told.settled == [Settled.DONE]
        assert ann.sees == "a b"
        await ann.says("c")
        assert ann.sees == "a b c"
        assert runs == ["a", "b", "c"]


async def test_conversations_that_cannot_be_read_are_read_later() -> None:
    """A turn that has not begun waits for the store; nothing is set aside."""
    runs: list[str] = []
    async with play(remembering(runs), storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("a")
        await site.restart()
        site.store.breaks("locked")
        await ann.says("b", wait=False)
        await site.later(5)
        assert runs == ["a"]
        site.store.heals()
        await site.later(5)
        assert runs == ["a", "b"]
        assert ann.sees == "a b"


async def test_a_read_that_fails_inside_a_handler_is_no_fault_of_the_update() -> None:
    """The turn runs again when the database can be read; it is not quarantined."""
    app = App("reads")
    runs: list[str] = []

    @app.on
    async def read(message: TextMessage, turn: Turn) -> str:
        runs.append(message.text)
        rows = await turn.fetch(sql("SELECT 7"))
        return f"{rows[0][0]}"

    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        site.store.breaks("locked")
        await ann.says("x", wait=False)
        await site.later(30)
        assert len(runs) > 3
        site.store.heals()
        await site.later(30)
        assert ann.sees == "7"
        assert site.quarantine == []


async def test_the_site_can_stop_while_the_store_fails() -> None:
    """Stopping is bounded; what was not committed is repeated at the next start."""
    runs: list[str] = []
    async with play(remembering(runs), storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("a")
        site.store.breaks("the disk is full")
        told = await ann.says("b", wait=False)
        await site.settle()
        await site.restart()
        await site.later(5)
        assert told.is_acknowledged
        assert ann.sees == "a b"


async def write_from_elsewhere(site: Played, words: list[str]) -> None:
    """Change the only conversation as another process would."""
    ((account, key, version),) = await site.store.fetch(
        sql("SELECT account, key, version FROM conversation")
    )
    change = Change()
    body = msgspec.msgpack.encode({"memory.Seen": {"words": words}})
    change.states.append(StateWrite(account, key, version, body))
    await site.store.inner.commit([change])
    assert change.verdict is Verdict.WON


async def test_a_turn_whose_state_was_changed_elsewhere_runs_again_on_fresh_data() -> None:
    """Compare-and-set decides between processes, and the loser loses nothing."""
    runs: list[str] = []
    async with play(remembering(runs), storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("a")
        await write_from_elsewhere(site, ["other"])
        await ann.says("b")
        assert runs == ["a", "b", "b"]
        assert ann.answers == ["other b"]


async def test_a_turn_that_always_loses_is_set_aside_after_five_re_runs() -> None:
    """It cannot go on for ever."""
    app = App("memory")
    runs: list[str] = []
    held: list[Played] = []

    @app.on
    async def keep(message: TextMessage, seen: Seen) -> str:
        runs.append(message.text)
        if message.text == "b":
            await write_from_elsewhere(held[0], [f"{len(runs)}"])
        seen.words.append(message.text)
        return " ".join(seen.words)

    async with play(app, storage="sqlite:bot.db", strict=False) as site:
        held.append(site)
        ann = site.person("Ann")
        await ann.says("a")
        await ann.says("b")
        assert runs == ["a"] + ["b"] * 6
        assert [row.reason for row in site.quarantine] == ["conflict"]
        await ann.says("c")
        assert ann.sees == "7 c"
