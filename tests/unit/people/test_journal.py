"""The journal of messages: only where it is wanted, both ways, and for as long as it is wanted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from posthouse.app import App
from posthouse.model.reply import Screen
from posthouse.model.update import TextMessage
from posthouse.storage.schema import journal, person
from posthouse.testing import TestSite, play
from posthouse.turn.action import button
from posthouse.turn.turn import Turn

app = App("talk")


@app.action
async def ring(turn: Turn, words: str) -> str:
    """Be pressed."""
    return f"rang {words}"


@app.command
async def menu(turn: Turn) -> Screen:
    """Show a button."""
    return Screen("menu").row(button("Ring", ring, "secret"))


@app.on
async def echo(message: TextMessage) -> str:
    """Say it again."""
    return message.text


async def said(site: TestSite) -> list[Any]:
    """All of the journal."""
    await site.engine.committer.drained()
    return list(await site.engine.store.fetch(select(journal).order_by(journal.c.id)))


@pytest.mark.parametrize("storage", ["memory:", "sqlite:p.db"])
async def test_what_is_said_is_kept_both_ways(storage: str) -> None:
    """Words, who handled them, and what a press called; not what its button carried."""
    async with play(app, storage=storage, options={"journal": timedelta(days=30)}) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        await ann.says("/menu")
        await ann.presses("Ring")
        rows = [(r.way, r.kind, r.text, r.route) for r in await said(site)]
        by_way = {way: [row[1:] for row in rows if row[0] == way] for way in ("in", "out")}
        assert by_way["in"] == [
            ("textmessage", "hi", "talk.echo"),
            ("textmessage", "/menu", "talk.menu"),
            ("press", "", "talk.ring"),
        ]
        assert [text for _, text, _ in by_way["out"]] == ["hi", "menu", "rang secret"]
        assert {row.person for row in await said(site)} == {"ann"}


async def test_nothing_is_kept_unless_it_is_wanted() -> None:
    """The setting is off by default."""
    async with play(app) as site:
        await site.person("Ann").says("hi")
        assert await said(site) == []


async def test_what_is_old_is_forgotten() -> None:
    """After the time that the setting names; and all of it once the setting is gone."""
    async with play(app, options={"journal": timedelta(days=2)}) as site:
        ann = site.person("Ann")
        await ann.says("old")
        await site.later(timedelta(days=1, hours=12))
        await ann.says("new")
        await site.later(timedelta(hours=14))
        assert {row.text for row in await said(site)} == {"new"}


async def test_a_journal_goes_with_its_setting() -> None:
    """What was kept before is no longer wanted."""
    async with play(app, storage="sqlite:p.db", options=(wanted := {"journal": DAYS})) as site:
        await site.person("Ann").says("hi")
        assert len(await said(site)) == 2
        wanted.clear()
        await site.restart()
        await site.later(timedelta(hours=2))
        assert await said(site) == []


DAYS = timedelta(days=30)


@pytest.mark.parametrize("storage", ["memory:", "sqlite:p.db"])
async def test_who_blocks_the_bot_is_noted_until_they_write_again(storage: str) -> None:
    """Since when, as the messenger tells it."""
    async with play(app, storage=storage) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        now = site.clock.now()
        await ann.blocks()
        await site.settle()
        (row,) = await site.engine.store.fetch(select(person))
        assert row.blocked == pytest.approx(now.timestamp(), abs=60)
        await ann.says("hi again")
        await site.settle()
        (row,) = await site.engine.store.fetch(select(person))
        assert row.blocked is None
