"""Bans and roles: checked on every update, in every bot of the messenger, by chat and command."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from posthouse.app import App
from posthouse.model.chat import ChatKind
from posthouse.model.reply import Screen
from posthouse.model.update import Press, TextMessage, Update
from posthouse.people.banning import ban, unban
from posthouse.people.granting import grant, revoke
from posthouse.routing.ready.access import require_role
from posthouse.storage.schema import audit
from posthouse.testing import TestSite, play
from posthouse.turn.action import button
from posthouse.turn.turn import Turn

seen: list[str] = []


def staff() -> App:
    """An app for those who keep order, and for the others."""
    app = App("order")

    @app.observe
    async def watch(update: Update) -> None:
        seen.append(update.id)

    @app.command
    async def out(turn: Turn, who: str, why: str = "") -> str:
        return "banned" if await ban(turn, who, why) else "was banned"

    @app.command("in")
    async def back(turn: Turn, who: str) -> str:
        return "heard" if await unban(turn, who) else "was heard"

    @app.command
    async def promote(turn: Turn, who: str, role: str = "staff") -> str:
        grant(turn, who, role)
        return "granted"

    @app.command
    async def demote(turn: Turn, who: str, role: str = "staff") -> str:
        revoke(turn, who, role)
        return "revoked"

    @app.command(where=require_role("staff"))
    async def secret(turn: Turn) -> str:
        return f"secret for {', '.join(sorted(turn.person.roles))}"

    @app.action
    async def ring(turn: Turn) -> str:
        return "rang"

    @app.command
    async def soon(turn: Turn) -> Screen:
        turn.later(timedelta(minutes=1), ring)
        return Screen("later").row(button("Ring", ring))

    @app.on
    async def echo(message: TextMessage) -> str:
        return message.text

    return app


async def deeds(site: Any) -> list[tuple[str, str, str, str]]:
    """Who did what to whom."""
    found = await site.engine.store.fetch(select(audit).order_by(audit.c.at, text("rowid")))
    return [(row.person, row.deed, row.about, row.detail) for row in found]


def heard(site: TestSite, chat: str) -> list[str]:
    """What the bot said in a chat."""
    return [shown.text for shown in site.chat(chat) if not shown.author]


async def test_nobody_hears_a_person_who_is_banned() -> None:
    """In no bot of the messenger, neither words nor presses nor timers; observers see nothing."""
    async with play(bots={"one": [staff()], "two": [staff()]}) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        elsewhere = site.person("Bob", chat="bob at two", kind=ChatKind.PRIVATE, bot="two")
        await bob.says("/soon")
        await ann.says("/out bob spam")
        assert ann.sees == "banned"
        seen.clear()
        shown = len(site.chat("bob"))
        await bob.says("hello?")
        await elsewhere.says("hello?")
        await site.person("Bob", chat="town").says("hello all")
        await bob.presses("Ring")
        await site.later(timedelta(minutes=2))
        assert [m.text for m in site.chat("bob")[shown:] if not m.author] == []
        assert seen == []
        await ann.says("/out bob")
        assert ann.sees == "was banned"
        await ann.says("/in bob")
        await bob.says("thanks")
        assert bob.sees == "thanks"
        assert await deeds(site) == [("ann", "ban", "bob", "spam"), ("ann", "unban", "bob", "")]


async def test_a_ban_outlives_the_process() -> None:
    """It is read before anything is received."""
    async with play(staff(), storage="sqlite:bans.db") as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await bob.says("hi")
        await ann.says("/out bob")
        await site.restart()
        await bob.says("hello?")
        assert heard(site, "bob") == ["hi"]


async def test_what_waits_for_a_banned_person_is_cancelled() -> None:
    """Nothing arrives that was on its way, nor what others send there."""
    app = App("talk")

    @app.command
    async def call(turn: Turn) -> str:
        turn.send("Ann calls", to=await turn.direct("bob"))
        return "called"

    async with play(app, staff()) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await bob.says("hi")
        said = await site.command("people.ban", person="fake:bob", reason="spam")
        assert said == "fake:bob is banned"
        await ann.says("/call")
        assert ann.sees == "called"
        assert heard(site, "bob") == ["hi"]
        await ann.says("/in bob")
        await ann.says("/call")
        assert heard(site, "bob") == ["hi", "Ann calls"]


async def test_roles_are_given_in_chat() -> None:
    """They hold with the next update, and for this bot alone."""
    async with play(bots={"one": [staff()], "two": [staff()]}) as site:
        ann = site.person("Ann")
        at_two = site.person("Ann", chat="ann at two", kind=ChatKind.PRIVATE, bot="two")
        await ann.says("/secret")
        assert not ann.sees.startswith("secret")
        await ann.says("/promote ann")
        await ann.says("/promote ann boss")
        await ann.says("/secret")
        assert ann.sees == "secret for boss, staff"
        await at_two.says("/secret")
        assert not at_two.sees.startswith("secret")
        await ann.says("/demote ann")
        await ann.says("/secret")
        assert not ann.sees.startswith("secret")
        assert [deed[1:] for deed in await deeds(site)] == [
            ("grant", "ann", "staff"), ("grant", "ann", "boss"), ("revoke", "ann", "staff"),
        ]  # fmt: skip


async def test_a_role_is_a_word() -> None:
    """A mistake otherwise, in chat and at the command line."""
    async with play(staff(), strict=False) as site:
        ann = site.person("Ann")
        await ann.says('/promote ann "two words"')
        assert ann.sees.startswith("Sorry, something went wrong")
        assert "a role is one word" in site.quarantine[0].detail


@pytest.mark.parametrize("storage", ["memory:", "sqlite:p.db"])
async def test_the_command_line_bans_and_grants(storage: str) -> None:
    """While the site runs; it holds from the next update on, and is written down."""
    async with play(staff(), storage=storage) as site:
        bob = site.person("Bob")
        await bob.says("hi")
        await site.command("people.ban", person="fake:bob", reason="spam")
        await bob.says("hello?")
        assert heard(site, "bob") == ["hi"]
        await site.command("people.unban", person="fake:bob")
        await site.command("people.grant", bot="bot", person="fake:bob", role="staff")
        await bob.says("/secret")
        assert bob.sees == "secret for staff"
        await site.command("people.revoke", bot="bot", person="fake:bob", role="staff")
        await bob.says("/secret")
        assert not bob.sees.startswith("secret")
        assert [deed[:3] for deed in await deeds(site)] == [
            ("", "ban", "bob"), ("", "unban", "bob"), ("", "grant", "bob"), ("", "revoke", "bob"),
        ]  # fmt: skip


async def test_a_press_of_a_banned_person_does_nothing() -> None:
    """Though it is signed and fresh."""
    pressed: list[Press] = []
    async with play(staff()) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await bob.says("/soon")
        await ann.says("/out bob")
        await bob.presses("Ring")
        assert "rang" not in bob.answers
        assert not pressed
