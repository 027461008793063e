"""A subscription from its first question to its end, as a person sees it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from posthouse import Turn
from posthouse.errors import ActionError, MistakeError
from posthouse.publishing.gating.gates import kept_of, require_member
from posthouse.publishing.subscriptions.flow import own, subscribing
from posthouse.publishing.topic import Topic
from posthouse.routing.ready.access import Access
from posthouse.testing import FakeClock, play
from tests.unit.publishing.subscriptions.kiosk import (
    News,
    got,
    kiosk,
    news,
    publish,
    rows,
    subscribed,
    until,
)

BERLIN, KYIV = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Kyiv")
MORNING = datetime(2026, 1, 10, 8, 30, tzinfo=UTC)
EVENING = datetime(2026, 1, 10, 17, 15, tzinfo=UTC)
"""Quarter past seven in Kyiv."""
STAFF = Access(roles={"staff": ["fake:bob"]})


async def test_a_press_subscribes_and_what_is_new_comes() -> None:
    """Nothing is there before it, and what was published before is not sent."""
    async with play(kiosk(news())) as site:
        ann = site.person("Ann")
        await publish(site, "a", "old")
        await ann.says("/start")
        await ann.presses("News")
        assert ann.sees == "News: when shall what is new come to you?"
        assert await rows(site) == []
        await ann.presses("At once")
        assert ann.sees.startswith("News\nYou are subscribed.\n\nWhen: At once\n")
        (row,) = await rows(site)
        assert (row["state"], row["digest"], row["zone"], row["chat"]) == (
            "active",
            None,
            "UTC",
            "ann",
        )
        await publish(site, "b", "hello")
        assert got(site, "ann")[-1] == "hello"
        assert "old" not in got(site, "ann")


async def test_what_is_no_item_and_no_topic_is_told() -> None:
    """By the topic that it was published in, and by the app."""
    of, wrong = news(), {"words": "hello"}
    app = kiosk(of)
    other: Any = of

    @app.command
    async def publish_dict(turn: Turn) -> str:
        """Publish something else."""
        with pytest.raises(MistakeError, match="topic news: an item is a News, this one is a dict"):
            other.publish(turn, wrong, key="a", shown="hello")
        Topic("any", dict[str, str]).publish(turn, wrong, key="a", shown="hello")
        return "told"

    with pytest.raises(MistakeError, match=r"kiosk.subscribe\('news'\): give a Topic"):
        app.subscribe("news")  # type: ignore[arg-type]
    async with play(app) as site:
        await site.person("Ann").says("/publish_dict")
        assert site.person("Ann").sees == "told"


async def test_subscribing_twice_is_once() -> None:
    """Pressed twice at the same moment, and asked for again later, which shows what is set."""
    async with play(kiosk(news())) as site:
        ann = site.person("Ann")
        await ann.says("/news")
        await ann.says("/news")
        first, second = site.chat("ann")[-3], site.chat("ann")[-1]
        assert first.text == second.text
        await asyncio.gather(ann.presses("At once"), ann.presses("Every day at 09:00"))
        await site.settle()
        assert len(await rows(site)) == 1
        await ann.says("/news")
        assert "You are subscribed." in ann.sees
        await publish(site, "a", "hello")
        assert len(await rows(site)) == 1


async def test_what_was_ended_goes_on_as_it_was_set() -> None:
    """To end it is asked once more, and subscribing again takes it up."""
    async with play(kiosk(news())) as site:
        ann = site.person("Ann")
        await subscribed(ann)
        await ann.presses("How many")
        await ann.presses("5")
        await ann.presses("Unsubscribe")
        assert ann.sees == "Unsubscribe from “News”?"
        await ann.presses("No")
        await publish(site, "a", "one")
        assert "one" in got(site, "ann")
        await ann.presses("Unsubscribe")
        await ann.presses("Yes")
        assert "You are not subscribed to “News” any more." in got(site, "ann")
        await publish(site, "b", "two")
        assert "two" not in got(site, "ann")
        await ann.presses("Subscribe again")
        await ann.presses("At once")
        (row,) = await rows(site)
        assert (row["state"], row["most"], row["version"]) == ("active", 5, 4)
        await publish(site, "c", "three")
        assert "three" in got(site, "ann")


async def test_a_pause_lets_nothing_through() -> None:
    """What is published meanwhile does not come later either."""
    async with play(kiosk(news())) as site:
        ann = site.person("Ann")
        await subscribed(ann)
        await ann.presses("Pause")
        assert "Paused: nothing comes." in ann.sees
        await publish(site, "a", "one")
        await ann.presses("Go on")
        assert "You are subscribed." in ann.sees
        await publish(site, "b", "two")
        assert got(site, "ann")[-1] == "two"
        assert "one" not in got(site, "ann")


async def test_a_digest_comes_at_the_time_of_ones_own_zone() -> None:
    """Its time is chosen on a clock, its zone from a list; both act on what waits already."""
    options, clock = {"timezone": str(BERLIN)}, FakeClock(EVENING)
    async with play(kiosk(news()), options=options, clock=clock) as site:
        ann = site.person("Ann")
        await subscribed(ann, "Every day at 09:00")
        assert "Time zone: Europe/Berlin, where it is" in ann.sees
        await publish(site, "a", "one")
        await publish(site, "b", "two")
        assert "one" not in got(site, "ann")
        await ann.presses("Time zone")
        await ann.presses("Europe")
        await ann.says("kyi")
        await ann.presses("Kyiv")
        assert "Time zone: Europe/Kyiv" in ann.sees
        await ann.presses("When")
        await ann.presses("Another time")
        await ann.presses("19:…")
        await ann.presses("19:30")
        assert "When: Every day at 19:30" in ann.sees
        (row,) = await rows(site)
        assert (row["digest"], row["zone"]) == ("30 19 * * *", "Europe/Kyiv")
        now = site.clock.now().astimezone(KYIV)
        comes = datetime(now.year, now.month, now.day, 19, 30, tzinfo=KYIV)
        comes += timedelta(days=comes <= now)
        await site.later(comes - site.clock.now() - timedelta(seconds=60))
        assert "News: 2 new" not in got(site, "ann")[-1]
        await until(site, comes)
        assert got(site, "ann")[-1] == "News: 2 new\n• one\n• two"


async def test_a_weekly_digest_has_a_day() -> None:
    """Its name is in the language that is spoken."""
    async with play(kiosk(news())) as site:
        ann = site.person("Ann")
        await subscribed(ann)
        await ann.presses("When")
        assert "✓ At once" in ann.buttons
        await ann.presses("Once a week (Monday, 09:00)")
        await ann.presses("Thursday")
        assert "When: Once a week (Thursday, 09:00)" in ann.sees
        assert (await rows(site))[0]["digest"] == "0 9 * * 4"


async def test_quiet_hours_are_chosen() -> None:
    """The usual ones with one press, others on two clocks; a whole day is none."""
    async with play(kiosk(news())) as site:
        ann = site.person("Ann")
        await subscribed(ann)
        await ann.presses("Quiet hours")
        await ann.presses("22:00–07:00")
        assert "Quiet hours: 22:00–07:00" in ann.sees
        await ann.presses("Quiet hours")
        await ann.presses("Other hours")
        await ann.presses("23:…")
        await ann.presses("23:15")
        assert ann.sees == "Quiet from 23:15 until when?"
        await ann.presses("23:…")
        await ann.presses("23:15")
        assert ann.sees == "Quiet from 23:15 until when?"
        await ann.presses("‹ 23:…")
        await ann.presses("06:…")
        await ann.presses("06:30")
        assert (await rows(site))[0]["quiet"] == "23:15-06:30"
        await ann.presses("Quiet hours")
        await ann.presses("none")
        assert (await rows(site))[0]["quiet"] is None


async def test_in_quiet_hours_nothing_comes_before_they_end() -> None:
    """Also what waits already when they are set."""
    async with play(kiosk(news()), clock=FakeClock(MORNING)) as site:
        ann = site.person("Ann")
        await subscribed(ann, "Every day at 09:00")
        await publish(site, "a", "one")
        await ann.presses("Quiet hours")
        await ann.presses("Other hours")
        await ann.presses("08:…")
        await ann.presses("08:00")
        await ann.presses("10:…")
        await ann.presses("10:00")
        now = site.clock.now()
        nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
        nine += timedelta(days=nine <= now)
        await until(site, nine)
        assert "one" not in got(site, "ann")
        await until(site, nine + timedelta(hours=1))
        assert "one" in got(site, "ann")


@pytest.mark.parametrize(
    ("choice", "shown"),
    [
        ("Change what was sent", ["second"]),
        ("Send it again", ["first", "second"]),
        ("✓ Leave it", ["first"]),
    ],
)
async def test_what_becomes_of_changes_is_chosen(choice: str, shown: list[str]) -> None:
    """Whatever the topic says."""
    async with play(kiosk(news())) as site:
        ann = site.person("Ann")
        await subscribed(ann)
        await ann.presses("Changes")
        await ann.presses(choice)
        await publish(site, "a", "first")
        await publish(site, "a", "second")
        await site.later(10)
        assert [each for each in got(site, "ann") if each in ("first", "second")] == shown


async def test_what_is_sent_has_a_button_to_its_settings() -> None:
    """They open below; what was sent stays."""
    async with play(kiosk(news())) as site:
        ann = site.person("Ann")
        await subscribed(ann)
        await publish(site, "a", "hello")
        assert ann.buttons == ["⚙ Subscription"]
        await ann.presses("⚙ Subscription")
        assert got(site, "ann")[-2] == "hello"
        assert ann.sees.startswith("News\nYou are subscribed.")
    async with play(kiosk(news(), settings_button=False)) as site:
        ann = site.person("Ann")
        await subscribed(ann)
        await publish(site, "a", "hello")
        assert site.chat("ann")[-1].content.rows == ()


async def test_a_link_asks_and_subscribes_nobody_by_itself() -> None:
    """Whoever follows it sees what it is about."""
    async with play(kiosk(news())) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("/link")
        await bob.follows(ann.sees)
        assert bob.sees == "News: when shall what is new come to you?"
        assert await rows(site) == []
        await bob.presses("At once")
        assert [row["person"] for row in await rows(site)] == ["bob"]


async def test_the_list_shows_all_of_a_chat() -> None:
    """And an empty one says so."""
    app = kiosk(news())
    subscribing(app, Topic("jobs", News, title="Jobs"))
    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("Mine")
        assert ann.sees == "You have no subscriptions yet."
        await subscribed(ann)
        await ann.presses("Pause")
        await ann.presses("My subscriptions")
        assert ann.sees == "Your subscriptions:"
        assert ann.buttons[0] == "– News"
        await ann.presses("– News")
        await ann.presses("Go on")
        await ann.presses("My subscriptions")
        assert ann.buttons[0] == "✓ News"


async def test_in_a_group_the_staff_says_what_it_gets() -> None:
    """Others are told, whatever they press."""
    async with play(kiosk(news()), middlewares=[STAFF]) as site:
        ann, bob = site.person("Ann", chat="club"), site.person("Bob", chat="club")
        await ann.says("/news")
        assert ann.sees == "Only the staff can say what this chat subscribes to."
        await bob.says("/news")
        await ann.presses("At once")
        assert await rows(site) == []
        await bob.presses("At once")
        (row,) = await rows(site)
        assert (row["chat"], row["person"]) == ("club", "bob")
        await ann.presses("Pause")
        assert [row["state"] for row in await rows(site)] == ["active"]
        await publish(site, "a", "hello")
        assert got(site, "club")[-1] == "hello"


async def test_gates_are_looked_at_when_it_is_pressed_too() -> None:
    """They are kept with the subscription, for when something is delivered."""
    gate = require_member("channel")
    async with play(kiosk(news(), gates=(gate,)), chats={"channel": "chan"}) as site:
        ann = site.person("Ann")
        await ann.says("/news")
        site.messenger.outside.add(("chan", "ann"))
        await site.later(timedelta(minutes=30))  # it is known for a while who is in a chat
        await ann.presses("At once")
        assert ann.sees == "To go on, join “channel” first."
        assert await rows(site) == []
        site.messenger.outside.clear()
        await ann.presses("I have joined")
        assert "You are subscribed." in ann.sees
        (row,) = await rows(site)
        assert row["gates"] == kept_of([gate])
        await publish(site, "a", "one")
        site.messenger.outside.add(("chan", "ann"))
        await site.later(timedelta(minutes=30))
        await publish(site, "b", "two")
        assert "one" in got(site, "ann")
        assert "two" not in got(site, "ann")


async def test_a_button_for_another_chat_sets_nothing() -> None:
    """A subscription is found for its own chat alone."""
    app = kiosk(news())
    shows = app.actions["kiosk.subscriptions:switch"]

    @app.command
    async def forge(turn: Turn, id: int) -> Any:
        """Call an action with the id of somebody else's."""
        return await shows(turn, id, False)

    async with play(app) as site:
        ann, eve = site.person("Ann"), site.person("Eve")
        await subscribed(ann)
        (row,) = await rows(site)
        await eve.says(f"/forge {row['id']}")
        assert eve.sees == "That subscription is not there any more."
        assert [row["state"] for row in await rows(site)] == ["active"]


async def test_two_topics_of_one_name_are_refused() -> None:
    """The same topic twice is one action, though."""
    of = news()
    app = kiosk(of)
    assert subscribing(app, of) is subscribing(app, of)
    assert own(app) is own(app)
    with pytest.raises(ActionError, match="two topics are called 'news'"):
        subscribing(app, news())
