"""Digests, quiet hours, a maximum a day, and "and so many more"."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from posthouse.model.reply import Button
from posthouse.publishing.items import NewItem, put
from posthouse.storage.publishing import subscription
from posthouse.testing import FakeClock, TestSite, play
from tests.unit.publishing.fanning import (
    got,
    paper,
    publish,
    publishing,
    states,
    subscribe,
    topic,
)

EVENING = datetime(2026, 1, 10, 21, tzinfo=UTC)


async def burst(site: TestSite, count: int, *, first: int = 1) -> None:
    """Put many items at once."""
    now = site.clock.timestamp()
    for n in range(first, first + count):
        new = NewItem(
            topic="news", key=str(n), body={}, shown=f"item {n}", title=f"title {n}",
            link=f"https://n.example/{n}", published=now - 1000 + n,
        )  # fmt: skip
        await site.engine.database.execute(*put(new, now))
    (await publishing(site)).wake()
    await site.later(1)


async def test_a_digest_lists_what_came_since_the_last_one() -> None:
    """By title, each with its link, in one message at its moment."""
    async with play(paper(topic()), clock=FakeClock(EVENING)) as site:
        await subscribe(site, "ann", digest="0 9 * * *")
        await subscribe(site, "bob", digest="0 9 * * *", zone="Europe/Kyiv")
        await publish(site, "a", "one")
        await publish(site, "b", "two")
        assert got(site, "ann") == []
        await site.later(timedelta(hours=10, minutes=1))  # 09:01 in Kyiv
        assert got(site, "ann") == []
        assert got(site, "bob") == ["News: 2 new\n• one\n• two"]
        await site.later(timedelta(hours=2))
        (shown,) = site.chat("ann")
        assert shown.text == "News: 2 new\n• one\n• two"
        assert [span.url for span in shown.content.text.spans] == [
            "https://n.example/a",
            "https://n.example/b",
        ]
        await site.later(timedelta(days=1))
        assert len(site.chat("ann")) == 1
        assert await states(site) == {"sent": 4}


async def test_a_digest_of_one_item_is_that_item() -> None:
    """As it is."""
    async with play(paper(topic()), clock=FakeClock(EVENING)) as site:
        await subscribe(site, "ann", digest="0 9 * * *")
        await publish(site, "a", "one")
        await site.later(timedelta(hours=13))
        assert got(site, "ann") == ["one"]


async def test_nothing_is_sent_in_quiet_hours() -> None:
    """But when they end, also what was due before and had to wait."""
    async with play(paper(topic()), clock=FakeClock(EVENING)) as site:
        await subscribe(site, "ann", quiet="20:00-07:00")
        await subscribe(site, "bob")
        await publish(site, "a", "one")
        await subscribe(site, "eve", quiet="22:00-07:00")
        site.engine.outboxes[1].hurry()
        await site.later(timedelta(hours=9, minutes=50))
        assert (got(site, "ann"), got(site, "bob")) == ([], ["one"])
        site.engine.outboxes[1].open()
        await site.later(timedelta(minutes=20))
        assert got(site, "ann") == ["one"]


async def test_of_a_burst_the_newest_few_are_sent() -> None:
    """And a line tells how many more there are, with a button where somebody lists them."""

    def lists(publishing: Any) -> None:
        publishing.more = lambda account, chat, count, language: Button(
            label=f"All {count}", url="https://n.example"
        )

    async with play(paper(topic(), lists)) as site:
        await subscribe(site, "ann")
        await burst(site, 12)
        assert got(site, "ann") == [*(f"item {n}" for n in range(8, 13)), "… and 7 more"]
        (row,) = site.chat("ann")[-1].content.rows
        assert row[0].label == "All 7"
        assert await states(site) == {"sent": 5, "skipped": 7}


async def test_nobody_gets_more_than_the_most_a_day() -> None:
    """What is beyond becomes a line; what comes after that waits for the next day."""
    async with play(paper(topic()), clock=FakeClock(EVENING)) as site:
        await subscribe(site, "ann", most=3)
        await subscribe(site, "bob")
        await publish(site, "a", "one")
        await publish(site, "b", "two")
        await burst(site, 3)
        assert got(site, "ann") == ["one", "two", "item 3", "… and 2 more"]
        await publish(site, "c", "late")
        await site.later(60)
        assert len(site.chat("ann")) == 4
        assert got(site, "bob")[-1] == "late"
        await site.later(timedelta(hours=3, minutes=5))
        assert got(site, "ann")[4:] == ["late"]


async def test_a_subscription_that_ends_before_the_digest_gets_none() -> None:
    """Nor one that is paused then."""
    async with play(paper(topic()), clock=FakeClock(EVENING)) as site:
        await subscribe(site, "ann", digest="0 9 * * *")
        await publish(site, "a", "one")
        await site.engine.database.execute(update(subscription).values(state="ended"))
        await site.later(timedelta(hours=13))
        assert got(site, "ann") == []
        assert await states(site) == {"cancelled": 1}


async def test_what_was_listed_in_a_digest_is_not_edited() -> None:
    """A digest shows other items, too."""
    async with play(paper(topic()), clock=FakeClock(EVENING)) as site:
        await subscribe(site, "ann", digest="0 9 * * *", revisions="edit")
        await publish(site, "a", "one")
        await publish(site, "b", "two")
        await site.later(timedelta(hours=13))
        await publish(site, "a", "three")
        await site.later(60)
        assert got(site, "ann") == ["News: 2 new\n• one\n• two"]


async def test_a_digest_keeps_its_hour_when_the_clock_is_changed() -> None:
    """In Kyiv, on 29 March 2026, the clock goes from 03:00 to 04:00."""
    before = datetime(2026, 3, 29, 0, 50, tzinfo=UTC)  # it is 02:50
    async with play(paper(topic()), clock=FakeClock(before)) as site:
        await subscribe(site, "ann", digest="0 9 * * *", zone="Europe/Kyiv")
        await publish(site, "a", "one")
        await site.later(timedelta(hours=5, minutes=9))
        assert got(site, "ann") == []
        await site.later(timedelta(minutes=2))  # 09:01 of summer time is 06:01
        assert got(site, "ann") == ["one"]


async def test_after_downtime_the_newest_few_are_sent(tmp_path: Path) -> None:
    """With a line about the others, whose items stay to be listed; what comes next is as ever."""
    of = topic(delay=timedelta(minutes=1))
    async with play(paper(of), storage="sqlite:site.db", folder=tmp_path) as site:
        await subscribe(site, "ann")
        await burst(site, 9)
        assert await states(site) == {"waiting": 9}
        await site.stop()
        await site.later(timedelta(days=2))
        await site.start()
        await site.later(10)
        assert got(site, "ann") == [*(f"item {n}" for n in range(5, 10)), "… and 4 more"]
        await publish(site, "next", "next")
        await site.later(90)
        assert got(site, "ann")[6:] == ["next"]
