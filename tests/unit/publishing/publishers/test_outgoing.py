"""Feeds that topics give out, read back by our own publisher."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from posthouse.publishing.items import withdraw
from posthouse.publishing.publishers.feeds import FeedPublisher
from posthouse.publishing.publishers.outgoing import TopicFeeds
from posthouse.publishing.publishers.publisher import Publisher
from posthouse.publishing.topic import Topic
from posthouse.server.server import Server
from posthouse.testing.clock import FakeClock
from tests.unit.publishing.publishers.kit import NEWS, NOW, Desk, desk

OPEN: Topic[dict[str, Any]] = Topic("open", dict, title="Open & <free>", feed=True)
CLOSED: Topic[dict[str, Any]] = Topic("closed", dict)


class Given(Publisher[dict[str, Any]]):
    """Publishes what it is given."""

    topic = OPEN

    def __init__(self) -> None:
        super().__init__("given")
        self.items: list[dict[str, Any]] = []

    async def fetch(self, since: str | None) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        for item in self.items:
            yield item["key"], item

    def render(self, item: dict[str, Any]) -> str:
        return str(item["text"])

    def expires(self, item: dict[str, Any]) -> Any:
        return item.get("expires") and NOW + timedelta(hours=1)


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[Desk, Given, str]]:
    """Serve the feeds of two topics, one of which gives one out."""
    given = Given()
    given.items = [
        {
            "key": "1",
            "title": "One \x0b& <b>",
            "text": "First\n\nline",
            "link": "https://e.org/?a=1&b",
        },
        {"key": "2", "text": "Second, without a title"},
    ]
    clock = FakeClock(NOW)
    async with desk(folder, given, clock=clock) as it:
        await it.runner.look("given")
        feeds = TopicFeeds([OPEN, CLOSED], store=it.store, clock=clock)
        server = Server(feeds.endpoints, host="127.0.0.1", port=0, health=list)
        url = await server.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve())
            try:
                yield it, given, url.rstrip("/")
            finally:
                await server.aclose()


@pytest.mark.parametrize("kind", ["atom", "json"])
async def test_what_is_given_out_can_be_read_again(tmp_path: Path, kind: str) -> None:
    """All of it arrives, and edits are known as such."""
    async with serving(tmp_path / "a") as (source, given, url):
        reader = FeedPublisher(
            f"{url}/feeds/open.{kind}", name="feed", topic=NEWS, allow_private=True
        )
        async with desk(tmp_path / "b", reader) as it:
            await it.runner.look("feed")
            items = {item.title: item for item in await it.items()}
            assert set(items) == {"One & <b>", "Second, without a title"}
            one = items["One & <b>"]
            assert (one.link, one.plain["feed"]) == ("https://e.org/?a=1&b", "Open & <free>")
            assert one.plain["summary"] == "First\n\nline"
            given.items[1]["text"] = "Second, put right"
            await source.runner.look("given")
            await it.runner.look("feed")
            assert await it.sent() == [("Second, put right", 2)]


async def test_a_feed_that_has_not_changed_says_so(tmp_path: Path) -> None:
    """And who does not exist, or is closed, is not found."""
    async with serving(tmp_path) as (_, _, url), aiohttp.ClientSession() as session:
        async with session.get(f"{url}/feeds/open.atom") as answer:
            assert answer.status == 200
            assert answer.content_type == "application/atom+xml"
            assert "max-age" in answer.headers["Cache-Control"]
            etag = answer.headers["ETag"]
        for given in (etag, f'"x", W/{etag}', "*"):
            headers = {"If-None-Match": given}
            async with session.get(f"{url}/feeds/open.atom", headers=headers) as answer:
                assert (answer.status, await answer.read()) == (304, b"")
        async with session.head(f"{url}/feeds/open.json") as answer:
            assert answer.status == 200
        for path in ("closed.atom", "open.rss", "other.json", "open", ""):
            async with session.get(f"{url}/feeds/{path}") as answer:
                assert answer.status == 404
        async with session.post(f"{url}/feeds/open.atom") as answer:
            assert answer.status == 405


async def test_withdrawn_and_expired_items_are_not_given_out(tmp_path: Path) -> None:
    """Nor is anything when no topic has a feed."""
    clock = FakeClock(NOW)
    given = Given()
    given.items = [
        {"key": "1", "text": "Withdrawn"},
        {"key": "2", "text": "Expires", "expires": True},
        {"key": "3", "text": "Stays"},
    ]
    async with desk(tmp_path, given, clock=clock) as it:
        await it.runner.look("given")
        await it.runner._commit(withdraw("open", "1", clock.timestamp()))
        feeds = TopicFeeds([OPEN], store=it.store, clock=clock)
        assert [each.text for each in await feeds.entries(OPEN)] == ["Stays", "Expires"]
        await clock.advance(timedelta(hours=2))
        assert [each.text for each in await feeds.entries(OPEN)] == ["Stays"]
        assert TopicFeeds([CLOSED], store=it.store, clock=clock).endpoints == []
