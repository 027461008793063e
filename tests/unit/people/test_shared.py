"""Shared states that name somebody, and what is being handled while somebody is forgotten."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert

from posthouse.app import App
from posthouse.bots.people import MOST_LOOKS, Forgetting, marks_of
from posthouse.model.chat import ChatKind
from posthouse.model.update import TextMessage
from posthouse.people.forgetting import Archive, Marks
from posthouse.ports.personal import Personal
from posthouse.storage import schema
from posthouse.testing import FakeClock, TestSite, play
from posthouse.turn.conversation import Conversation, Scope
from posthouse.turn.turn import Turn


class Game(Conversation):
    """What a group plays."""

    scope = Scope.CHAT
    points: Personal[dict[str, int]] = {}  # noqa: RUF012  msgspec copies it
    waiting: Personal[list[str]] = []  # noqa: RUF012  the same
    leader: Personal[str] = ""
    rounds: int = 0
    words: dict[str, int] = {}  # noqa: RUF012  the same


class Own(Conversation):
    """What one person keeps in a chat."""

    name: Personal[str] = ""


def playing() -> App:
    """An app that counts who wrote how often in a group."""
    app = App("game")

    @app.command
    async def score(game: Game) -> str:
        return f"{game.points} {game.waiting} {game.leader!r} {game.rounds} {game.words}"

    @app.on
    async def count(turn: Turn, message: TextMessage, game: Game, own: Own) -> None:
        who = turn.person.id
        game.points[who] = game.points.get(who, 0) + 1
        game.words[message.text] = game.words.get(message.text, 0) + 1
        game.waiting = [*game.waiting, who]
        game.leader, own.name = who, turn.person.name
        game.rounds += 1

    return app


async def played(site: TestSite) -> Any:
    """Let two persons play; return the one who stays."""
    bob = site.person("Bob", chat="town", kind=ChatKind.GROUP)
    await bob.says("one")
    await site.person("Ann", chat="town", kind=ChatKind.GROUP).says("two")
    await site.engine.committer.drained()
    return bob


async def test_a_person_leaves_what_a_group_shares(tmp_path: Path) -> None:
    """By the ids in marked fields; what others are in, and what is not marked, stays."""
    async with play(playing(), storage="sqlite:p.db", folder=tmp_path) as site:
        bob = await played(site)
        marks = marks_of(site.life.site.bots, ())
        assert marks.states == {"game.Game": frozenset({"points", "waiting", "leader"})}
        archive = Archive(site.engine.store, marks, runs=True)
        found = await archive.export("fake:ann")
        about = [each["body"] for each in found["conversation"]]
        theirs = {"points": {"ann": 1}, "waiting": ["ann"], "leader": "ann"}
        assert {"game.Game": theirs} in about
        assert {"game.Own": {"name": "Ann"}} in about
        assert (await archive.count("fake:ann"))["conversation"] == 2
        told = await site.command("people.forget", person="fake:ann")
        assert "2 in conversation" in told
        await bob.says("/score")
        assert bob.sees == "{'bob': 1} ['bob'] '' 2 {'one': 1, 'two': 1}"
        assert await archive.count("fake:ann") == {}


async def test_a_group_that_plays_on_while_somebody_is_forgotten(tmp_path: Path) -> None:
    """A turn of somebody else that began before runs again on what is left."""
    async with play(playing(), storage="sqlite:p.db", folder=tmp_path) as site:
        bob = await played(site)
        await asyncio.gather(
            site.command("people.forget", person="fake:ann"), bob.says("three", wait=False)
        )
        await site.settle()
        await bob.says("/score")
        assert bob.sees.startswith("{'bob': 2} ['bob', 'bob'] 'bob' 3")


class Waits(FakeClock):
    """A clock on which the site handles what it has after some looks, or never."""

    def __init__(self, site: TestSite, looks: int) -> None:
        super().__init__()
        self.left = looks
        self.site = site

    async def sleep(self, delay_s: float) -> None:
        """Let a look pass."""
        self.left -= 1
        if not self.left:
            await self.site.engine.database.execute(delete(schema.inbox))


@pytest.mark.parametrize("looks", [3, MOST_LOOKS + 1])
async def test_what_is_still_to_be_handled_is_waited_for(tmp_path: Path, looks: int) -> None:
    """And told, where it takes too long: it would be written down again."""
    async with play(playing(), storage="sqlite:p.db", folder=tmp_path) as site:
        await played(site)
        row = {
            "account": 1, "update_id": "x", "lane": "elsewhere", "kind": "TextMessage",
            "body": b"{}", "received": 1.0, "chat": "elsewhere", "person": "ann", "attempts": 0,
            "late": False,
        }  # fmt: skip
        engine = site.engine
        await engine.database.execute(insert(schema.inbox).values(**row))
        clock = Waits(site, looks)
        forgetting = Forgetting(
            engine.store,
            engine.committer,
            clock=clock,
            marks=lambda: Marks({}),
            people=engine.people,
        )
        told = await forgetting._forget(person="fake:ann")
        assert "in conversation" in told
        assert ("1 in inbox are still being handled, so forget again" in told) is (looks > 3)
        assert clock.left == max(looks - MOST_LOOKS, 0)
        await engine.database.execute(delete(schema.inbox))
