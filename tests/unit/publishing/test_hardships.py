"""What goes wrong around items: chats that move, limits, long words, broken rows, set clocks."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from posthouse.app import App
from posthouse.errors import NotSentError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.media import Photo
from posthouse.model.reply import Reply
from posthouse.publishing.dispatcher import Dispatcher
from posthouse.publishing.items import Audience, NewItem, put
from posthouse.storage.publishing import item, receipt, subscription
from posthouse.testing import FakeClock, FakeMessenger, TestSite, play
from tests.unit.publishing.fanning import (
    fan_outs,
    got,
    paper,
    publish,
    publishing,
    states,
    subscribe,
    topic,
)

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)


async def put_news(site: TestSite, key: str, shown: Any, **fields: Any) -> None:
    """Put an item."""
    new = NewItem(topic="news", key=key, body={"words": key}, shown=shown, **fields)
    await site.engine.database.execute(*put(new, site.clock.timestamp()))
    (await publishing(site)).wake()
    await site.later(10)


async def chats(site: TestSite) -> set[str]:
    """Where receipts are."""
    return {row.chat for row in await site.engine.database.fetch(select(receipt.c.chat))}


async def test_what_is_taken_back_and_put_again_reaches_who_has_not_got_it() -> None:
    """As of an offer that was reserved for an hour; who got it does not get it twice."""
    async with play(paper(topic()), clock=FakeClock(NOON)) as site:
        await subscribe(site, "ann")
        await subscribe(site, "bob", digest="0 18 * * *")
        await publish(site, "a", "one")
        await site.person("Editor").says("/withdraw a")
        assert await states(site) == {"sent": 1, "cancelled": 1}
        await site.later(60)
        await subscribe(site, "eve")
        await publish(site, "a", "one")
        await site.later(timedelta(hours=7))
        assert (got(site, "ann"), got(site, "bob")) == (["one"], ["one"])
        assert got(site, "eve") == []  # she came when it was no news any more
        assert await fan_outs(site) == ["cancelled", "done"]


async def test_what_staff_cancelled_stays_so_when_it_is_put_again() -> None:
    """For those who were to get it."""
    async with play(paper(topic(delay=timedelta(minutes=1)))) as site:
        await subscribe(site, "ann")
        await publish(site, "a", "one")
        await (await publishing(site)).fan_outs.cancel(1)
        await site.later(5)
        await site.person("Editor").says("/withdraw a")
        await site.later(5)
        await publish(site, "a", "one")
        await site.later(120)
        assert got(site, "ann") == []


async def test_an_item_waits_for_a_chat_that_moves(tmp_path: Path) -> None:
    """Its receipt, and what is queued, follow; the next one is planned for the new id."""
    async with play(paper(topic()), storage="sqlite:site.db", folder=tmp_path) as site:
        await subscribe(site, "old", "ann")
        await publish(site, "a", "one")
        site.messenger.move("old", "new")
        await publish(site, "b", "two")
        assert got(site, "new")[-1:] == ["two"]
        await publish(site, "c", "three")
        await site.later(10)
        assert got(site, "new")[-2:] == ["two", "three"]
        assert await states(site) == {"sent": 6}
        assert await chats(site) == {"new", "ann"}
        found = await site.engine.database.fetch(select(subscription.c.chat))
        assert {row.chat for row in found} == {"new", "ann"}


async def test_a_limit_in_the_midst_holds_up_and_loses_nothing() -> None:
    """Each gets it once."""
    async with play(paper(topic())) as site:
        names = [f"p{n}" for n in range(40)]
        await subscribe(site, *names)
        for n in (7, 20, 33):
            site.messenger.fails(NotSentError("slow down", retry_after_s=7), chat=f"p{n}")
        await publish(site, "a", "one")
        await site.later(120)
        assert [got(site, who) for who in names] == [["one"]] * 40
        assert await states(site) == {"sent": 40}


async def test_long_words_come_in_several_messages() -> None:
    """And it is sent when the last of them is."""
    async with play(paper(topic())) as site:
        await subscribe(site, "ann")
        words = " ".join(f"word{n}" for n in range(1500))
        assert len(words) > 10_000
        await put_news(site, "a", words)
        shown = got(site, "ann")
        assert len(shown) > 1
        assert " ".join(" ".join(shown).split()) == words
        assert await states(site) == {"sent": 1}


async def test_titles_in_a_digest_are_one_short_line_each() -> None:
    """Whatever their source made of them."""
    async with play(paper(topic()), clock=FakeClock(NOON)) as site:
        await subscribe(site, "ann", digest="0 18 * * *")
        await put_news(site, "a", "one", title="first\nline\r\n\x07and\u2028bell")
        await put_news(site, "b", "two", title="x" * 1000)
        await put_news(site, "c", "three", title="<b>bold</b> & *stars*")
        await site.later(timedelta(hours=7))
        (shown,) = got(site, "ann")
        lines = shown.split("\n")
        assert lines[:2] == ["News: 3 new", "• first line and bell"]
        assert len(lines[2]) < 200
        assert lines[2].endswith("x…")
        assert lines[3] == "• <b>bold</b> & *stars*"


async def test_a_digest_of_very_many_is_one_message_or_few() -> None:
    """It lists some, and how many more there are; all of them have been sent then."""
    async with play(paper(topic()), clock=FakeClock(NOON)) as site:
        await subscribe(site, "ann", digest="0 18 * * *")
        now = site.clock.timestamp()
        for n in range(200):
            new = NewItem(
                topic="news", key=str(n), body={}, shown="s", title=f"title {n} " + "y" * 90,
                link=f"https://n.example/{n}",
            )  # fmt: skip
            await site.engine.database.execute(*put(new, now))
        (await publishing(site)).wake()
        await site.later(timedelta(hours=7))
        assert len(got(site, "ann")) <= 3
        assert "150" in got(site, "ann")[-1]
        assert await states(site) == {"sent": 200}
        assert set(await fan_outs(site)) == {"done"}


async def test_nobody_is_an_audience_too() -> None:
    """The fan-out is over at once."""
    async with play(paper(topic())) as site:
        service = await publishing(site)
        service.audience = lambda audience, account: select(
            subscription.c.person.label("key"), subscription.c.chat, subscription.c.person
        ).where(subscription.c.id < 0)
        new = NewItem(topic="broadcast:bot", key="x", body={}, shown="hello")
        to = Audience(account=1, audience=b"")
        await site.engine.database.execute(*put(new, site.clock.timestamp(), to=to))
        service.wake()
        await site.later(30)
        assert await fan_outs(site) == ["done"]


async def test_who_unsubscribes_while_it_is_queued_does_not_get_it() -> None:
    """It is looked at once more when it is about to leave."""
    async with play(paper(topic())) as site:
        await subscribe(site, "ann", "bob")
        site.engine.outboxes[1].hurry()
        await put_news(site, "a", "one")
        assert await states(site) == {"queued": 2}
        ends = update(subscription).where(subscription.c.person == "ann").values(state="ended")
        await site.engine.database.execute(ends)
        site.engine.outboxes[1].open()
        await site.later(10)
        assert (got(site, "ann"), got(site, "bob")) == ([], ["one"])
        assert await states(site) == {"cancelled": 1, "sent": 1}


async def test_a_row_that_cannot_be_read_holds_nobody_up() -> None:
    """It is rejected, and said in the log; others get theirs."""
    async with play(paper(topic(delay=timedelta(minutes=1)))) as site:
        await subscribe(site, "ann", "bob")
        await put_news(site, "a", "one")
        await put_news(site, "b", "two")
        await site.engine.database.execute(
            update(item).where(item.c.key == "a").values(shown=b"\xc1")
        )
        await site.later(120)
        assert got(site, "ann") == got(site, "bob") == ["two"]
        assert await states(site) == {"rejected": 2, "sent": 2}


async def test_an_item_that_no_search_can_look_at_holds_nobody_up() -> None:
    """Its fan-out waits to be planned again; that of others goes on."""

    class Breaks:
        broken = True

        def match(self, found: Any) -> list[int]:
            if self.broken and found["words"] == "one":
                raise TypeError("an old shape")
            return []

    breaks = Breaks()
    of = topic()
    part = lambda publishing: publishing.matchers.update(news=breaks)  # noqa: E731
    async with play(paper(of, part)) as site:
        await subscribe(site, "ann")
        await publish(site, "a", "one")
        await publish(site, "b", "two")
        await site.later(700)
        assert got(site, "ann")[-1] == "two"
        assert await fan_outs(site) == ["planning", "done"]
        breaks.broken = False
        await site.later(700)
        assert await fan_outs(site) == ["done", "done"]


async def test_what_changed_while_it_was_queued_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Soon, although nobody wakes anybody."""
    inner, is_changing = Dispatcher._queue, [True]

    async def queue(self: Dispatcher, *args: Any) -> bool:
        return not is_changing and await inner(self, *args)

    monkeypatch.setattr(Dispatcher, "_queue", queue)
    async with play(paper(topic())) as site:
        await subscribe(site, "ann")
        await publish(site, "a", "one")
        is_changing.clear()
        assert got(site, "ann") == []
        await site.later(2)
        assert got(site, "ann") == ["one"]


async def test_fan_outs_end_though_the_clock_went_back() -> None:
    """By a day."""
    clock = FakeClock(NOON)
    async with play(paper(topic()), clock=clock) as site:
        await subscribe(site, "ann")
        await publish(site, "a", "one")
        await site.later(10)
        clock.jump(timedelta(days=-1))
        await publish(site, "b", "two")
        await site.later(90)
        assert got(site, "ann") == ["one", "two"]
        assert await fan_outs(site) == ["done", "done"]


async def test_a_photo_becomes_words_where_there_are_none() -> None:
    """Whoever cannot see it reads what it says."""
    able = Capabilities(photos=Level.FALLBACK)
    async with play(paper(topic()), messenger=FakeMessenger(capabilities=able)) as site:
        await subscribe(site, "ann")
        await put_news(
            site,
            "a",
            Reply("a car", photos=(Photo(key="https://n.example/p.jpg", width=1, height=1),)),
        )
        assert got(site, "ann") != []
        assert "a car" in got(site, "ann")[0]


async def test_items_of_one_moment_come_in_their_order() -> None:
    """That in which they were put."""
    async with play(paper(topic())) as site:
        await subscribe(site, "ann")
        now = site.clock.timestamp()
        for n in range(4):
            new = NewItem(topic="news", key=str(n), body={}, shown=f"item {n}", published=now)
            await site.engine.database.execute(*put(new, now))
        (await publishing(site)).wake()
        await site.later(10)
        assert got(site, "ann") == [f"item {n}" for n in range(4)]


async def test_a_digest_minds_the_most_a_day() -> None:
    """What is over waits for the next day's."""
    async with play(paper(topic()), clock=FakeClock(NOON)) as site:
        await subscribe(site, "ann", digest="0 * * * *", most=1)
        await publish(site, "a", "one")
        await site.later(timedelta(hours=2))
        await publish(site, "b", "two")
        await site.later(timedelta(hours=5))
        assert got(site, "ann") == ["one"]
        await site.later(timedelta(hours=24))
        assert got(site, "ann") == ["one", "two"]


async def test_waiting_takes_one_task_however_often_it_is_woken() -> None:
    """Not one for each time."""
    async with play(paper(topic())) as site:
        await subscribe(site, "ann")
        before = len(asyncio.all_tasks())
        service = await publishing(site)
        for _ in range(50):
            await site.later(0.01)
            service.wake()
            await site.settle()
        assert len(asyncio.all_tasks()) < before + 20


async def test_what_is_published_while_the_site_stops_is_sent_when_it_runs_again(
    tmp_path: Path,
) -> None:
    """It was committed, so nobody misses it, and nobody gets it twice."""
    async with play(paper(topic()), storage="sqlite:site.db", folder=tmp_path) as site:
        await subscribe(site, "ann", "bob")
        await site.person("Editor").says("/publish a one", wait=False)
        await site.stop()
        await site.start()
        await site.later(60)
        assert got(site, "editor")[-1] == "published"
        assert (got(site, "ann"), got(site, "bob")) == (["one"], ["one"])
        assert await states(site) == {"sent": 2}


async def test_what_waits_of_a_topic_that_has_gone_is_sent_all_the_same(tmp_path: Path) -> None:
    """It was made up when it was put, and those who wait for it still do."""
    app = paper(topic(delay=timedelta(hours=1)))
    async with play(app, storage="sqlite:site.db", folder=tmp_path) as site:
        await subscribe(site, "ann")
        await publish(site, "a", "one")
        assert await states(site) == {"waiting": 1}
        clock = FakeClock(site.clock.now())
    async with play(App("x"), storage="sqlite:site.db", folder=tmp_path, clock=clock) as site:
        site.person("Ann")
        await site.later(timedelta(hours=2))
        assert got(site, "ann") == ["one"]
        assert await fan_outs(site) == ["done"]


async def test_quiet_hours_over_midnight_hold_each_item_once() -> None:
    """It comes when they end, and what comes then is not held."""
    clock = FakeClock(datetime(2026, 1, 10, 23, 59, 59, tzinfo=UTC))
    async with play(paper(topic()), clock=clock) as site:
        await subscribe(site, "ann", quiet="23:00-00:00", zone="UTC")
        await subscribe(site, "bob", quiet="00:00-06:00", zone="UTC")
        await publish(site, "a", "one")
        await site.later(2)
        assert got(site, "ann") == ["one"]
        await publish(site, "b", "two")
        assert got(site, "ann") == ["one", "two"]
        assert "two" not in got(site, "bob")
        await site.later(timedelta(hours=6))
        assert sorted(got(site, "bob")) == ["one", "two"]


async def test_the_most_a_day_counts_the_day_of_the_zone() -> None:
    """What is over comes the next day, the newest first of all."""
    async with play(paper(topic()), clock=FakeClock(NOON)) as site:
        await subscribe(site, "ann", most=2, zone="Pacific/Auckland")  # there it is 01:00
        for n in range(4):
            await publish(site, str(n), f"item{n}")
            await site.later(60)
        assert got(site, "ann") == ["item0", "item1"]
        await site.later(timedelta(hours=22))
        assert got(site, "ann") == ["item0", "item1"]
        await site.later(timedelta(hours=2))
        assert got(site, "ann")[2:] == ["item2", "item3"]
