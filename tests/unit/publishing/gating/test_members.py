"""Gates for members of a chat: on actions, on commands, and when something is delivered."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from posthouse import App, Turn
from posthouse.errors import MistakeError, NotSentError, RejectedError, RouteError, SettingsError
from posthouse.publishing.gating.gates import kept_of, require_member
from posthouse.publishing.topic import Topic
from posthouse.routing.router import Router
from posthouse.testing import play
from tests.unit.publishing.fanning import got, publish, states, subscribe
from tests.unit.publishing.gating.club import CHATS, cars, club, paper_for
from tests.unit.publishing.searches.market import CARS, Wanted

MEMBER = kept_of([require_member("channel")])


async def test_who_is_not_in_the_chat_is_told_and_gets_in_after_joining() -> None:
    """Filter, first step: not a member, the prompt again; joins, the next screen."""
    async with play(club(cars()), chats=CHATS) as site:
        ann = site.person("Ann")
        site.messenger.outside.add(("chan", "ann"))
        await ann.says("/start")
        await ann.presses("Members")
        assert ann.sees == "To go on, join “channel” first."
        assert ann.buttons == ["Join", "I have joined"]
        told = await ann.presses("I have joined")
        assert ann.sees == "To go on, join “channel” first."
        assert site.messenger.notices[told.update.id] == "You are not in “channel” yet."
        site.messenger.outside.clear()
        await ann.presses("I have joined")
        assert ann.sees == "inside 7"


async def test_a_bot_that_may_not_ask_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """And the log says what is to be done."""
    async with play(club(cars()), chats=CHATS) as site:
        ann = site.person("Ann")
        site.messenger.hides_members["chan"] = RejectedError("member list is inaccessible")
        await ann.says("/start")
        with caplog.at_level(logging.ERROR):
            await ann.presses("Members")
        assert "the bot may not see who they are" in ann.sees
        assert "make the bot an administrator there" in caplog.text
        site.messenger.hides_members["chan"] = NotSentError("busy")
        await ann.presses("Try again")
        assert ann.sees == "Whether you are in “channel” cannot be checked right now."
        del site.messenger.hides_members["chan"]
        await ann.presses("Try again")
        assert ann.sees == "inside 7"


async def test_a_command_is_gated_too() -> None:
    """What was typed has to be typed again."""
    async with play(club(cars(trial=None)), chats=CHATS) as site:
        ann = site.person("Ann")
        site.messenger.outside.add(("chan", "ann"))
        await ann.says("/both hello")
        assert ann.sees == "To go on, join “channel” first."
        site.messenger.outside.clear()
        await ann.presses("I have joined")
        assert ann.sees == "Thank you. Now send /both again."
        await ann.says("/both hello")
        assert ann.sees == "This is part of “Car alerts”, which you do not have yet."
        await site.command("plan.grant", person="fake:ann", plan="cars")
        await ann.says("/both hello")
        assert ann.sees == "both hello"


async def test_a_yes_is_kept_for_ten_minutes() -> None:
    """A no is asked again at every try."""
    async with play(club(cars()), chats=CHATS) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        for _ in range(3):
            await ann.presses("Members")
            await ann.says("/start")
        assert site.messenger.asked == [("chan", "ann")]
        await site.later(timedelta(minutes=10))
        site.messenger.outside.add(("chan", "ann"))
        await ann.presses("Members")
        await ann.presses("I have joined")
        assert site.messenger.asked == [("chan", "ann")] * 3


async def test_only_members_get_items() -> None:
    """It is looked when an item is sent; who comes back gets the next ones."""
    async with play(paper_for(cars()), chats=CHATS) as site:
        await subscribe(site, "ann", "bob", gates=MEMBER)
        site.messenger.outside.add(("chan", "bob"))
        await publish(site, "a", "first")
        assert (got(site, "ann"), got(site, "bob")) == (["first"], [])
        assert await states(site) == {"sent": 1, "cancelled": 1}
        site.messenger.outside = {("chan", "ann")}
        await site.later(timedelta(minutes=11))
        await publish(site, "b", "second")
        assert (got(site, "ann"), got(site, "bob")) == (["first"], ["second"])


async def test_items_wait_while_nobody_can_tell_who_is_in_the_chat() -> None:
    """A connection that breaks costs nobody an item."""
    async with play(paper_for(cars()), chats=CHATS) as site:
        await subscribe(site, "ann", gates=MEMBER)
        site.messenger.hides_members["chan"] = OSError("broken")
        await publish(site, "a", "first")
        assert got(site, "ann") == []
        del site.messenger.hides_members["chan"]
        await site.later(60)
        assert got(site, "ann") == ["first"]


async def test_what_was_known_last_counts_where_the_bot_may_not_ask_any_more(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who was never known to be a member gets nothing; the log tells it once an hour."""
    async with play(paper_for(cars()), chats=CHATS) as site:
        await subscribe(site, "ann", gates=MEMBER)
        await publish(site, "a", "first")
        site.messenger.hides_members["chan"] = RejectedError("member list is inaccessible")
        await site.later(timedelta(minutes=11))
        await subscribe(site, "bob", gates=MEMBER)
        with caplog.at_level(logging.ERROR):
            await publish(site, "b", "second")
        assert (got(site, "ann"), got(site, "bob")) == (["first", "second"], [])
        assert caplog.text.count("make the bot an administrator there") == 1


async def test_a_chat_that_the_settings_do_not_name_is_told_at_the_start() -> None:
    """As everything that an app needs."""
    with pytest.raises(SettingsError, match="no chat named 'channel'"):
        async with play(club(cars()), chats={"other": "x"}):
            pass


def test_gates_are_checked_where_they_are_declared() -> None:
    """Only gates, and only in an App."""
    app = App("shop")

    async def secret(turn: Turn) -> str:
        return "secret"

    with pytest.raises(MistakeError, match="is no gate"):
        app.action(gates=("channel",))(secret)  # type: ignore[arg-type]
    one: Any = require_member("channel")
    told = r"gates is one Gate: write gates=\(require_member\(...\),\)"
    with pytest.raises(MistakeError, match=f"shop: {told}"):
        app.action(gates=one)(secret)
    with pytest.raises(MistakeError, match=rf"Topic\('news'\): {told}"):
        Topic("news", dict, gates=one)
    with pytest.raises(MistakeError, match=rf"shop.subscribe\(news\): {told}"):
        app.subscribe(Topic("news", dict), gates=one)
    with pytest.raises(MistakeError, match=f"shop: Wanted: {told}"):
        app.search(topic=CARS, gates=one)(Wanted)
    with pytest.raises(RouteError, match="for an App"):
        Router("plain").command("secret", gates=(require_member("channel"),))(secret)
