"""Chats that go on under another id, and chats that cannot be reached."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from posthouse.app import App
from posthouse.engine.points import Point
from posthouse.errors import NotSentError, UnreachableError
from posthouse.model.reply import Reply
from posthouse.model.update import Status, TextMessage
from posthouse.ports.adapter import Certainty
from posthouse.testing import FakeMessenger, TestSite, everywhere, play
from posthouse.turn.action import button
from posthouse.turn.conversation import Conversation, Scope
from posthouse.turn.turn import Turn


class Mine(Conversation):
    """What a person said here."""

    said: int = 0


class Ours(Conversation):
    """What was said here."""

    scope: ClassVar[Scope] = Scope.CHAT
    said: int = 0


def counter() -> App:
    """An app that counts, reminds, and posts elsewhere."""
    app = App("counter")

    @app.action
    async def ring(turn: Turn, *, name: str) -> str:
        return f"{name}!"

    @app.command
    async def remind(turn: Turn) -> str:
        turn.later(timedelta(seconds=60), ring, name="tea")
        return "in a minute"

    @app.command
    async def keyed(turn: Turn) -> Reply:
        return Reply("press", rows=((button("Ring", ring, name="bell"),),))

    @app.command
    async def post(turn: Turn, to: str, count: int) -> str:
        for number in range(count):
            turn.send(f"post {number}", to=turn.named(to))
        return "posted"

    @app.on
    async def status(status: Status) -> None: ...

    @app.on
    async def count(message: TextMessage, mine: Mine, ours: Ours) -> str:
        mine.said += 1
        ours.said += 1
        return f"{mine.said} of {ours.said}"

    return app


def texts(site: TestSite, chat: str) -> list[str]:
    """What the bot has shown in a chat."""
    return [m.text for m in site.chat(chat) if not m.author]


async def test_a_chat_that_moved_keeps_its_state_timers_and_deliveries() -> None:
    """The bot learns of it when it sends there; what follows goes to the new id by itself."""
    async with play(counter()) as site:
        ann, bob = site.person("Ann", chat="old"), site.person("Bob", chat="old")
        await ann.says("hi")
        await bob.says("hi")
        await ann.says("/remind")
        site.messenger.move("old", "new")
        await ann.says("once more")
        assert texts(site, "new") == ["2 of 3"]
        there = site.person("Ann", chat="new")
        await there.says("hi")
        assert there.sees == "3 of 4"
        await site.later(61)
        assert texts(site, "new") == ["2 of 3", "3 of 4", "tea!"]
        await there.says("/keyed")
        await there.presses("Ring")
        assert there.sees == "bell!"


async def test_a_move_is_known_after_a_restart(tmp_path: Path) -> None:
    """Deliveries to the old id go to the new one; state and timers are there."""
    async with play(counter(), storage=f"sqlite:{tmp_path / 'a.db'}") as site:
        ann = site.person("Ann", chat="old")
        await ann.says("/remind")
        await ann.says("hi")
        site.messenger.move("old", "new")
        await ann.says("hi")
        site.messenger.moved.clear()
        await site.restart()
        await ann.says("hi")
        assert texts(site, "new") == ["2 of 2", "3 of 3"]
        await site.later(61)
        assert texts(site, "new")[-1] == "tea!"


async def test_what_waits_for_the_old_chat_is_sent_to_the_new_one_in_order(tmp_path: Path) -> None:
    """Also what is in the database only, behind the first thousand."""
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    storage = f"sqlite:{tmp_path / 'a.db'}"
    async with play(
        counter(), messenger=messenger, chats={"board": "old"}, storage=storage
    ) as site:
        ann = site.person("Ann")
        messenger.fails(NotSentError("busy", retry_after_s=5), chat="old")
        await ann.says("/post board 1100", wait=False)
        await site.settle()
        assert texts(site, "old") == []
        messenger.move("old", "new")
        await site.later(30)
        assert texts(site, "new") == [f"post {number}" for number in range(1100)]


async def test_the_new_chats_own_state_is_kept() -> None:
    """It is the newer."""
    async with play(counter()) as site:
        ann, there = site.person("Ann", chat="old"), site.person("Ann", chat="new")
        for _ in range(3):
            await ann.says("hi")
        await there.says("hi")
        site.messenger.moved["old"] = "new"
        await ann.says("hi")  # its turn ends before anybody knows
        await there.says("hi")
        assert there.sees == "2 of 2"


async def test_saying_it_twice_writes_once() -> None:
    """And a chat that moves back is not sent in a circle."""
    async with play(counter()) as site:
        ann = site.person("Ann", chat="old")
        await ann.says("hi")
        [intake] = site.engine.intakes.values()
        for _ in range(3):
            intake.moved("old", "new")
        await site.settle()
        assert intake.bot.moved == {"old": "new"}
        intake.moved("new", "old")
        await site.settle()
        assert intake.bot.moved == {"new": "old"}
        await ann.says("hi")
        assert ann.sees == "2 of 2"


async def test_a_death_at_any_point_of_a_move_loses_nothing() -> None:
    """Neither state nor deliveries."""

    async def scenario(site: TestSite) -> None:
        ann = site.person("Ann", chat="old")
        await ann.says("hi")
        site.messenger.move("old", "new")
        await ann.says("hi")
        await ann.says("hi")

    def check(site: TestSite) -> None:
        assert texts(site, "old") + texts(site, "new") == ["1 of 1", "2 of 2", "3 of 3"]

    points = [Point.BEFORE_COMMIT, Point.AFTER_COMMIT, Point.AFTER_SEND, Point.HANDLED]
    await everywhere(scenario, counter(), check=check, points=points, occurrences=5)


# --- out of reach


async def unreachable(site: TestSite) -> set[str]:
    """Which chats are known to be closed."""
    [account] = site.engine.intakes
    return await site.engine.store.unreachable(account=account)


async def test_a_refusal_ends_what_waits_for_the_chat() -> None:
    """One try is enough to know; others are not concerned, and it is remembered."""
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    closed = UnreachableError("the bot was kicked")
    async with play(counter(), messenger=messenger, chats={"a": "a1", "b": "b1"}) as site:
        ann = site.person("Ann")
        messenger.fails(closed, times=99, chat="a1")
        await ann.says("/post a 3")
        await ann.says("/post b 3")
        await site.settle()
        assert site.engine.counters()["rejected"] == 3
        assert await unreachable(site) == {"a1"}
        assert texts(site, "b1") == ["post 0", "post 1", "post 2"]
        [outbox] = site.engine.outboxes.values()
        assert outbox.unreachable == {"a1"}


async def test_only_one_of_many_is_tried(tmp_path: Path) -> None:
    """Also of those that are in the database only."""
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    storage = f"sqlite:{tmp_path / 'a.db'}"
    async with play(counter(), messenger=messenger, chats={"a": "a1"}, storage=storage) as site:
        ann = site.person("Ann")
        messenger.fails(UnreachableError("the bot was kicked"), times=1, chat="a1")
        await ann.says("/post a 1100")
        await site.later(5)
        assert texts(site, "a1") == []
        assert await unreachable(site) == {"a1"}


async def test_blocking_and_unblocking(tmp_path: Path) -> None:
    """A person who stops the bot is noted at once, over restarts, until something is heard."""
    async with play(counter(), storage=f"sqlite:{tmp_path / 'a.db'}") as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.blocks()
        await bob.blocks()
        assert await unreachable(site) == {ann.chat.id, bob.chat.id}
        await site.restart()
        await ann.unblocks()
        assert await unreachable(site) == {bob.chat.id}
        await bob.says("here I am")
        assert bob.sees == "1 of 1"
        assert await unreachable(site) == set()


async def test_a_timer_is_no_sign_of_life() -> None:
    """The bot's own doing does not open the chat; and its message is tried, since it may arrive."""
    async with play(counter()) as site:
        ann = site.person("Ann")
        await ann.says("/remind")
        await ann.blocks()
        await site.later(61)
        assert await unreachable(site) == {ann.chat.id}
        assert ann.sees == "tea!"
