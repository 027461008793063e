"""Who a bot met: written down once a day, and found again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from posthouse.app import App
from posthouse.errors import MistakeError
from posthouse.model.chat import ChatKind
from posthouse.model.update import TextMessage
from posthouse.storage.schema import person
from posthouse.testing import TestSite, play
from posthouse.turn.turn import Turn

app = App("talk")


@app.command
async def call(turn: Turn, who: str) -> str:
    """Write to somebody else."""
    turn.send(f"{turn.person.name} calls", to=await turn.direct(who))
    return "called"


@app.on
async def echo(message: TextMessage) -> str:
    """Say it again."""
    return message.text


async def rows(site: TestSite) -> list[Any]:
    """Everybody who is written down."""
    return list(await site.engine.store.fetch(select(person).order_by(person.c.person)))


@pytest.fixture(params=["memory:", "sqlite:p.db"])
def storage(request: pytest.FixtureRequest) -> str:
    """Both stores write persons down."""
    return str(request.param)


async def test_a_person_is_written_down_once_a_day(storage: str) -> None:
    """With what the messenger tells; days pass, the first one stays."""
    async with play(app, storage=storage) as site:
        ann = site.person("Ann", language="uk")
        await ann.says("one")
        (first,) = await rows(site)
        assert (first.person, first.name, first.language) == ("ann", "Ann", "uk")
        assert first.chat == ann.chat.id
        assert first.first_day == first.last_day
        commits = site.engine.committer.changes
        for number in range(3):
            await ann.says(str(number))
        assert await rows(site) == [first]
        assert site.engine.committer.changes - commits <= 8  # nothing besides the turns
        await site.later(timedelta(days=2))
        await ann.says("again")
        (later,) = await rows(site)
        assert (later.first_day, later.last_day) == (first.first_day, first.first_day + 2)


async def test_what_changed_is_written_down(storage: str) -> None:
    """A name, or the language that the messenger tells."""
    async with play(app, storage=storage) as site:
        await site.person("Ann", id="1").says("hi")
        site._people.clear()  # the next one is the same person under another name
        await site.person("Anna", id="1").says("hi")
        assert [(row.person, row.name) for row in await rows(site)] == [("1", "Anna")]


async def test_a_group_does_not_take_a_private_chat_away(storage: str) -> None:
    """Whoever was met in both is still reached alone."""
    async with play(app, storage=storage) as site:
        alone = site.person("Ann")
        await alone.says("hi")
        await site.person("Ann", chat="town", kind=ChatKind.GROUP).says("hi all")
        await site.later(timedelta(days=1))
        await site.person("Ann", chat="town", kind=ChatKind.GROUP).says("hi again")
        await site.person("Bob", chat="town", kind=ChatKind.GROUP).says("hi")
        kept = await rows(site)
        assert [(row.person, row.chat) for row in kept] == [("ann", alone.chat.id), ("bob", None)]


async def test_somebody_is_reached_alone(storage: str) -> None:
    """Also by a turn elsewhere, and after a restart."""
    async with play(app, storage=storage) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await bob.says("here I am")
        await site.restart()
        await ann.says("/call bob")
        assert bob.sees == "Ann calls"


async def test_who_never_wrote_cannot_be_reached() -> None:
    """The mistake says what they have to do."""
    said: list[str] = []
    app = App("talk")

    @app.on
    async def write(turn: Turn, message: TextMessage) -> str:
        chat = await turn.direct(turn.person.id)
        assert chat == turn.chat  # whoever is here alone, for the first time too
        try:
            await turn.direct(message.text)
        except MistakeError as error:
            said.append(str(error))
        return "done"

    async with play(app) as site:
        await site.person("Ann").says("nobody")
    assert "knows no private chat with this person" in said[0]
