"""Feeds from a real server: each entry once, whatever the feed does."""

import asyncio
import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from posthouse.errors import SetupError
from posthouse.ports.changes import Change, Verdict
from posthouse.publishing.publishers.feeds import FeedPublisher
from posthouse.publishing.topic import Topic
from posthouse.testing.clock import FakeClock
from tests.unit.publishing.publishers.kit import (
    NOW,
    FeedServer,
    desk,
    entry,
    feed,
    numbered,
    rss,
)

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Atoms</title>
<id>urn:f</id><updated>2026-01-05T10:00:00Z</updated>
<entry><id>tag:e,2026:2</id><title type="html">Two &amp;amp; &lt;b&gt;more&lt;/b&gt;</title>
<link href="/two"/><updated>2026-01-05T10:00:00Z</updated>
<content type="html">&lt;p&gt;First&lt;/p&gt;&lt;script&gt;bad()&lt;/script&gt;
&lt;p&gt;Second</content></entry>
<entry><id>tag:e,2026:1</id><title>One</title><link href="javascript:alert(1)"/>
<updated>2026-01-04T10:00:00Z</updated><summary>Short</summary></entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Jsons",
    "items": [
        {"id": 2, "url": "https://e.org/2", "title": "Two", "content_html": "<p>Second</p>"},
        {"id": "1", "content_text": "First", "date_published": "2026-01-04T10:00:00Z"},
    ],
}


async def test_what_is_there_at_first_is_kept_and_what_comes_later_is_sent(
    server: FeedServer, tmp_path: Path
) -> None:
    """The first look is a baseline."""
    server.gives(numbered([1, 2]))
    async with desk(tmp_path, feed(server)) as it:
        assert await it.runner.look("feed") == 0
        assert await it.titles() == ["Entry 1", "Entry 2"]
        server.gives(numbered([1, 2, 3, 4]))
        assert await it.runner.look("feed") == 2
        assert await it.sent() == [("Entry 3", 1), ("Entry 4", 1)]
        assert (await it.items())[2].link == "https://news.example.org/3"


async def test_the_last_few_of_the_first_look_are_news_when_asked_for(
    server: FeedServer, tmp_path: Path
) -> None:
    """`last` says how many."""
    server.gives(numbered([1, 2, 3, 4]))
    async with desk(tmp_path, feed(server, last=2)) as it:
        await it.runner.look("feed")
        assert await it.sent() == [("Entry 3", 1), ("Entry 4", 1)]
        assert len(await it.items()) == 4


async def test_a_restart_forgets_nothing(server: FeedServer, tmp_path: Path) -> None:
    """What was seen, and the validators, are in the database."""
    server.gives(numbered([1]), ETag='"a"', Last_Modified="Mon, 05 Jan 2026 00:00:00 GMT")
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
    async with desk(tmp_path, feed(server)) as it:
        assert await it.runner.look("feed") == 0
        assert server.asked["If-None-Match"] == '"a"'
        assert server.asked["If-Modified-Since"] == "Mon, 05 Jan 2026 00:00:00 GMT"
        server.gives(numbered([1, 2]), ETag='"b"')
        assert await it.runner.look("feed") == 1
        assert await it.sent() == [("Entry 2", 1)]


async def test_validators_that_change_are_stored_with_a_304_too(
    server: FeedServer, tmp_path: Path
) -> None:
    """And what a 304 leaves out stays; a page that is the same under new validators is no news."""
    server.gives(numbered([1]), ETag='"a"', Last_Modified="Mon, 05 Jan 2026 00:00:00 GMT")
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        server.gives(b"", status=304, ETag='"b"')
        await it.runner.look("feed")
        await it.runner.look("feed")
        assert server.asked["If-None-Match"] == '"b"'
        assert server.asked["If-Modified-Since"] == "Mon, 05 Jan 2026 00:00:00 GMT"
        server.gives(numbered([1]), ETag='"c"')
        assert await it.runner.look("feed") == 0
        await it.runner.look("feed")
        assert server.asked["If-None-Match"] == '"c"'
        assert "If-Modified-Since" not in server.asked
        assert await it.sent() == []


async def test_an_edited_entry_is_a_revision_and_a_touched_one_is_not(
    server: FeedServer, tmp_path: Path
) -> None:
    """A new date alone is nothing a reader would notice."""
    server.gives(rss([entry(1), entry(2)]))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        touched = entry(1).replace(
            "<pubDate>Mon, 05 Jan 2026 00:01", "<pubDate>Mon, 05 Jan 2026 09:09"
        )
        server.gives(rss([touched, entry(2, title="Entry 2, put right")]))
        assert await it.runner.look("feed") == 1
        assert await it.sent() == [("Entry 2, put right", 2)]
        assert [item.revision for item in await it.items()] == [1, 2]


async def test_order_and_absence_make_no_news(server: FeedServer, tmp_path: Path) -> None:
    """Entries that leave and come back, in any order, are known."""
    async with desk(tmp_path, feed(server)) as it:
        for entries in ([1, 2, 3], [3, 1, 2], [2], [], [3, 2, 1], [1, 3]):
            server.gives(rss(entry(number) for number in entries))
            await it.runner.look("feed")
        assert await it.titles() == ["Entry 1", "Entry 2", "Entry 3"]
        assert await it.sent() == []


async def test_an_entry_that_outlives_its_item_is_known(server: FeedServer, tmp_path: Path) -> None:
    """Items are kept for a time; what stays in the feed longer is remembered by its source."""
    from sqlalchemy import delete

    from posthouse.storage.publishing import item

    clock = FakeClock(NOW)
    server.gives(numbered([1]))
    async with desk(tmp_path, feed(server), clock=clock) as it:
        await it.runner.look("feed")
        for _ in range(4):
            await clock.advance(timedelta(days=60))
            server.body += b" "
            await it.runner.look("feed")
        await it.runner._commit([delete(item)])
        server.body += b" "
        assert await it.runner.look("feed") == 0
        assert await it.items() == []


@pytest.mark.parametrize("guid", [None, "the same for all"])
async def test_entries_without_an_id_of_their_own_are_known_by_their_links(
    server: FeedServer, tmp_path: Path, guid: str | None
) -> None:
    """However a link is written, and whatever is appended to tell where readers came from."""
    server.gives(rss([entry(1, guid=guid), entry(2, guid=guid)]))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        edited = entry(1, guid=guid, title="Edited")
        again = edited.replace(
            "https://news.example.org/1", "http://NEWS.example.org/1/?utm_source=x#top"
        )
        server.gives(rss([entry(3, guid=guid), entry(2, guid=guid), again]))
        await it.runner.look("feed")
        assert sorted(await it.sent()) == [("Edited", 2), ("Entry 3", 1)]


async def test_entries_with_nothing_but_text_are_known_by_it(
    server: FeedServer, tmp_path: Path
) -> None:
    """No id, no link, or one link for all."""
    bare = ["<item><title>A</title></item>", "<item><title>B</title></item>"]
    front = "<item><title>{}</title><link>https://news.example.org/</link></item>"
    server.gives(rss([*bare, front.format("C"), front.format("D")]))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        assert sorted(await it.titles()) == ["A", "B", "C", "D"]
        new = "<item><title>E</title></item>"
        server.gives(rss([new, *bare, front.format("C"), front.format("D"), front.format("F")]))
        await it.runner.look("feed")
        assert sorted(await it.sent()) == [("E", 1), ("F", 1)]


async def test_new_ids_for_the_same_entries_are_no_news(server: FeedServer, tmp_path: Path) -> None:
    """A feed that makes its ids anew with each request says the same all the time."""
    async with desk(tmp_path, feed(server)) as it:
        for turn in range(3):
            server.gives(rss(entry(number, guid=f"{turn}-{number}") for number in (1, 2)))
            await it.runner.look("feed")
        assert await it.titles() == ["Entry 1", "Entry 2"]
        assert await it.sent() == []


async def test_a_burst_is_published_whole_and_in_order(server: FeedServer, tmp_path: Path) -> None:
    """Two hundred and fifty entries at once are more than one commit takes."""
    server.gives(numbered([1]))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        server.gives(numbered(range(1, 252)))
        assert await it.runner.look("feed") == 250
        assert await it.sent() == [(f"Entry {number}", 1) for number in range(2, 252)]


@pytest.mark.parametrize("commits", range(1, 5))
async def test_a_look_that_is_cut_anywhere_loses_and_doubles_nothing(
    server: FeedServer, tmp_path: Path, commits: int
) -> None:
    """What it committed counts, and the next look brings the rest."""
    server.gives(numbered([1]), ETag='"a"')
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
    server.gives(numbered(range(1, 452)), ETag='"b"')
    async with desk(tmp_path, feed(server)) as it, asyncio.TaskGroup() as group:
        # As a crash would: what was given to the database is there, and nothing after that runs.
        write, done = it.runner.writer.write, 0

        async def counted(change: Change) -> Verdict:
            nonlocal done
            verdict = await write(change)
            done += 1
            if done == commits:
                task.cancel()
                await asyncio.sleep(0)
            return verdict

        it.runner.writer.write = counted  # type: ignore[method-assign]
        task = group.create_task(it.runner.look("feed"))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        await it.runner.look("feed")
        assert await it.sent() == [(f"Entry {number}", 1) for number in range(2, 452)]


async def test_what_is_much_older_than_the_newest_is_kept_and_not_sent(
    server: FeedServer, tmp_path: Path
) -> None:
    """A feed that shows more of its past than before has no news."""
    server.gives(numbered([1]))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        old = entry(9, title="Old").replace("Jan 2026", "Oct 2025")
        server.gives(rss([entry(2), entry(1), old]))
        assert await it.runner.look("feed") == 1
        assert await it.sent() == [("Entry 2", 1)]
        assert "Old" in await it.titles()


async def test_atom_is_read(server: FeedServer, tmp_path: Path) -> None:
    """Markup becomes text, links become whole, and scripts vanish."""
    server.gives(ATOM, Content_Type="application/atom+xml")
    async with desk(tmp_path, feed(server, last=9)) as it:
        await it.runner.look("feed")
        one, two = await it.items()
        assert (one.title, one.link, one.plain["summary"]) == ("One", None, "Short")
        assert (two.title, two.link) == ("Two & more", f"{server.url}/two")
        assert two.plain["content"] == "First\n\nSecond"
        assert two.content.content.text.plain == "Two & more\n\nFirst\n\nSecond"


async def test_json_feed_is_read(server: FeedServer, tmp_path: Path) -> None:
    """Ids that are numbers count as well."""
    server.gives(json.dumps(JSON_FEED), Content_Type="application/feed+json")
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        assert {item.key for item in await it.items()} == {"feed/1", "feed/2"}
        assert {item.plain.get("summary") for item in await it.items()} == {"First", "Second"}


@pytest.mark.parametrize(
    ("encoding", "kind"),
    [
        ("windows-1251", "application/rss+xml"),
        ("utf-16", "application/rss+xml"),
        ("koi8-r", "text/xml; charset=koi8-r"),
        ("utf-8", "text/xml; charset=us-ascii"),
    ],
)
async def test_letters_are_read_in_whatever_encoding_they_come(
    server: FeedServer, tmp_path: Path, encoding: str, kind: str
) -> None:
    """What the document, its first bytes or the header say, and what is really there."""
    text = rss([entry(1, title="Привет, мир")]).replace(
        'encoding="utf-8"', f'encoding="{encoding}"'
    )
    server.gives(text.encode(encoding), Content_Type=kind)
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        assert it.runner.problems() == []
        assert await it.titles() == ["Привет, мир"]


async def test_a_feed_that_is_not_well_formed_is_read_as_far_as_it_makes_sense(
    server: FeedServer, tmp_path: Path
) -> None:
    """A bare ampersand or an unknown name of a character harms nobody else."""
    server.gives(rss([entry(1, title="Fish & chips &nosuch; more"), entry(2)]))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        assert len(await it.items()) == 2
        server.gives(rss([entry(3), entry(1, title="Fish & chips &nosuch; more"), entry(2)]))
        assert await it.runner.look("feed") == 1


async def test_packed_feeds_are_unpacked(server: FeedServer, tmp_path: Path) -> None:
    """That they may be is said when they are asked for."""
    server.gives(gzip.compress(numbered([1]).encode()), Content_Encoding="gzip")
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        assert server.asked["Accept-Encoding"] == "gzip"
        assert await it.titles() == ["Entry 1"]


async def test_two_feeds_of_one_topic_do_not_change_each_others_entries(
    server: FeedServer, tmp_path: Path
) -> None:
    """Ids are those of a feed."""
    server.gives(numbered([1]))
    async with desk(tmp_path, feed(server), feed(server, name="other")) as it:
        await it.runner.look("feed")
        server.gives(rss([entry(1, title="Foreign")]))
        await it.runner.look("other")
        assert await it.titles() == ["Entry 1", "Foreign"]
        assert [item.revision for item in await it.items()] == [1, 1]


def test_a_topic_of_something_else_is_refused() -> None:
    """Before anything is fetched."""
    wrong: Any = Topic("others", dict)
    publisher = FeedPublisher("https://news.example/feed.xml", name="feed", topic=wrong)
    with pytest.raises(SetupError, match="items of topic 'others' are dict, not FeedEntry; give"):
        publisher.prepare()
