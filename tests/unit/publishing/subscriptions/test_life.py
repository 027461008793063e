"""What becomes of subscriptions over time: blocked bots, downtime, what was left out."""

from datetime import timedelta
from typing import Any

from posthouse.errors import UnreachableError
from posthouse.publishing.items import NewItem, put
from posthouse.publishing.subscriptions.flow import subscribing
from posthouse.publishing.topic import Topic
from posthouse.ready.subscriptions import app as ready
from posthouse.testing import FakeMessenger, play
from tests.unit.publishing.subscriptions.kiosk import (
    News,
    got,
    kiosk,
    news,
    publish,
    rows,
    subscribed,
)


async def test_blocking_rests_and_start_revives() -> None:
    """What is published meanwhile is not sent; what comes afterwards is."""
    async with play(kiosk(news())) as site:
        ann = site.person("Ann")
        await subscribed(ann)
        await ann.blocks()
        assert [(row["state"], row["reason"]) for row in await rows(site)] == [
            ("suspended", "blocked")
        ]
        await publish(site, "a", "one")
        await ann.says("/start")
        assert [(row["state"], row["reason"]) for row in await rows(site)] == [("active", "")]
        await publish(site, "b", "two")
        assert got(site, "ann")[-1] == "two"
        assert "one" not in got(site, "ann")


async def test_a_chat_that_cannot_be_reached_rests() -> None:
    """The refusal of one item suspends; a message of the person revives."""
    messenger = FakeMessenger()
    async with play(kiosk(news()), messenger=messenger) as site:
        ann = site.person("Ann")
        await subscribed(ann)
        messenger.fails(UnreachableError("the bot was blocked"), chat="ann")
        await publish(site, "a", "one")
        assert [row["state"] for row in await rows(site)] == ["suspended"]
        await ann.says("/mine")
        assert [row["state"] for row in await rows(site)] == ["active"]
        assert "✓ News" in ann.buttons


async def test_after_downtime_the_newest_few_come_and_a_line_about_the_rest() -> None:
    """Its button lists what was left out, with links, and no other button is there."""
    of = news()
    async with play(kiosk(of)) as site:
        ann = site.person("Ann")
        await subscribed(ann)
        now, desk = site.clock.timestamp(), await site.life.site.publishing()
        for n in range(1, 9):  # as a publisher leaves them that was cut off
            new = NewItem(
                topic="news",
                key=f"k{n}",
                body={"words": f"item {n}"},
                shown=f"item {n}",
                title=f"item {n}",
                link=f"https://n.example/k{n}",
                published=now + n,
            )
            await desk.write(*put(new, now))
        desk.wake()
        await site.later(timedelta(minutes=1))
        assert got(site, "ann")[-6:] == [*(f"item {n}" for n in range(4, 9)), "… and 3 more"]
        assert ann.buttons == ["Show them"]
        await ann.presses("Show them")
        assert ann.sees == "• item 3\n• item 2\n• item 1"
        spans = site.chat("ann")[-1].content.text.spans
        assert [span.url for span in spans] == [f"https://n.example/k{n}" for n in (3, 2, 1)]


async def test_the_ready_commands() -> None:
    """They know the topics of all apps of the bot."""
    jobs: Any = Topic("jobs", News, title="Jobs")
    app = kiosk(news())
    async with play(app, ready) as site:
        ann = site.person("Ann")
        await ann.says("/unsubscribe")
        assert ann.sees == "You have no subscriptions yet."
        await ann.says("/subscribe")
        assert ann.sees == "News: when shall what is new come to you?"
        await ann.presses("At once")
        await ann.says("/subscriptions")
        assert ann.buttons[0] == "✓ News"
        await ann.says("/unsubscribe")
        await ann.presses("Unsubscribe")
        await ann.presses("Yes")
        assert [row["state"] for row in await rows(site)] == ["ended"]
    app = kiosk(news())
    subscribing(app, jobs)
    async with play(app, ready) as site:
        ann = site.person("Ann")
        await ann.says("/subscribe")
        assert ann.sees == "What would you like to subscribe to?"
        await ann.presses("Jobs")
        await ann.presses("At once")
        await ann.says("/subscribe news")
        await ann.presses("At once")
        await ann.says("/unsubscribe")
        assert ann.sees == "Which one do you want to end?"
        assert ann.buttons == ["✓ News", "✓ Jobs"]
    async with play(ready) as site:
        ann = site.person("Ann", language="uk")
        await ann.says("/subscribe")
        assert ann.sees == "Тут немає на що підписатися."
