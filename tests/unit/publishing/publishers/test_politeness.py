"""When sources are looked at: what servers ask for, failures, redirects, pauses, many sources."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web

from posthouse.engine.commands import Commands, DirectWriter
from posthouse.errors import SetupError
from posthouse.publishing.publishers.caching import fresh_s, retry_after_s
from posthouse.publishing.publishers.commands import PublisherCommands, StoredPublishers
from posthouse.publishing.publishers.hosts import Hosts
from posthouse.publishing.publishers.publisher import Publisher
from posthouse.publishing.topic import Topic
from posthouse.testing.clock import FakeClock
from tests.unit.publishing.publishers.kit import NOW, FeedServer, desk, feed, numbered, rss

COUNTED: Topic[dict[str, Any]] = Topic("counted", dict)
HOUR_S = 3600.0


class Counter(Publisher[dict[str, Any]]):
    """Publishes numbers."""

    topic = COUNTED
    every = timedelta(hours=1)

    def __init__(self, name: str = "counter", **more: Any) -> None:
        super().__init__(name, **more)
        self.looks: list[float] = []
        self.upto = 1
        self.fails = False
        self.clock = FakeClock(NOW)

    async def fetch(self, since: str | None) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        self.looks.append(self.clock.timestamp())
        for number in range(int(since or 0) + 1, self.upto + 1):
            yield str(number), {"title": f"Number {number}"}
        if self.fails:
            raise RuntimeError("the source is down")

    def render(self, item: dict[str, Any]) -> str:
        return str(item["title"])


async def wait_s(server: FeedServer, folder: Path, **headers: str) -> float:
    """Look once, and return for how long the source then waits, jitter aside."""
    server.gives(server.body or numbered([1]), server.status, **headers)
    async with desk(folder, feed(server, every=timedelta(minutes=10))) as it:
        await it.runner.look("feed")
        left: float = (await it.row()).due - it.clock.timestamp()
        return left


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance says the least."""
    monkeypatch.setattr(random, "uniform", lambda least, most: least)


# --- what servers ask for


@pytest.mark.parametrize(
    ("given", "expected"),
    [("120", 120.0), ("-5", None), ("Sun, 01 Feb 2026 12:01:00 GMT", 60.0),
     ("Sun, 01 Feb 2026 11:00:00 GMT", 0.0),
     ("soon", None), (None, None), ("99999999999999", 86400.0)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_moment(given: str | None, expected: float | None) -> None:
    """And never more than a day."""
    assert retry_after_s(given, now=NOW) == expected


@pytest.mark.parametrize(
    ("control", "age", "expected"),
    [("max-age=600", None, 600.0), ('public, MAX-AGE="600"', "100", 500.0), ("max-age=5", "9", 0.0),
     ("no-cache, max-age=600", None, 0.0), ("max-age=99999999", None, 86400.0), ("x", None, 0.0)],
)  # fmt: skip
def test_cache_control_says_how_long_an_answer_is_good(
    control: str, age: str | None, expected: float
) -> None:
    """Its age counts, and nothing makes it good for more than a day."""
    assert fresh_s(control, age) == expected


async def test_max_age_and_ttl_make_a_source_rest(server: FeedServer, tmp_path: Path) -> None:
    """The longest of what the code, the header and the feed say counts."""
    assert await wait_s(server, tmp_path / "a") == 600
    assert await wait_s(server, tmp_path / "b", Cache_Control="max-age=60") == 600
    assert await wait_s(server, tmp_path / "c", Cache_Control="max-age=7200") == 7200
    server.body = rss([], head="<ttl>90</ttl>").encode()
    assert await wait_s(server, tmp_path / "d") == 5400


async def test_retry_after_is_kept(server: FeedServer, tmp_path: Path) -> None:
    """When it is longer than the wait after a failure."""
    server.body, server.status = b"", 503
    assert await wait_s(server, tmp_path / "a", Retry_After="7200") == 7200
    server.status = 429
    assert await wait_s(server, tmp_path / "b", Retry_After="1") == 30


async def test_failures_make_waits_longer_up_to_a_day(server: FeedServer, tmp_path: Path) -> None:
    """After a few it is a problem; one success ends it."""
    server.gives(b"", status=500)
    waits: list[float] = []
    async with desk(tmp_path, feed(server)) as it:
        for _ in range(14):
            await it.runner.look("feed")
            waits.append((await it.row()).due - it.clock.timestamp())
        assert waits == [min(30.0 * 2**n, 43200.0) for n in range(14)]
        (problem,) = it.runner.problems()
        assert "publisher feed: failed 14 times" in problem
        assert "answers 500" in problem
        server.gives(numbered([1]))
        await it.runner.look("feed")
        assert it.runner.problems() == []


# --- moved and gone


@pytest.mark.parametrize("status", [301, 308])
async def test_a_source_that_moved_is_asked_there_from_then_on(
    server: FeedServer, tmp_path: Path, status: int
) -> None:
    """The new address is kept in the database."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/feed.xml":
            return web.Response(status=status, headers={"Location": "/new.xml"})
        return web.Response(text=numbered([1]), content_type="application/rss+xml")

    server.answer = answer
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        assert [each.path for each in server.requests] == ["/feed.xml", "/new.xml", "/new.xml"]


async def test_a_move_to_something_else_than_a_feed_does_not_count(
    server: FeedServer, tmp_path: Path
) -> None:
    """Such as to the page of whoever bought the name."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/feed.xml":
            return web.Response(status=301, headers={"Location": "/parked"})
        return web.Response(text="<html>Buy this name</html>", content_type="text/html")

    server.answer = answer
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        await it.runner.look("feed")
        assert [each.path for each in server.requests][2] == "/feed.xml"


@pytest.mark.parametrize("statuses", [(302, 301), (307, 308), (303, 301)])
async def test_a_source_that_is_elsewhere_for_now_is_asked_where_it_was(
    server: FeedServer, tmp_path: Path, statuses: tuple[int, int]
) -> None:
    """What comes after such a redirect is for now too."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/feed.xml":
            return web.Response(status=statuses[0], headers={"Location": "/b"})
        if request.path == "/b":
            return web.Response(status=statuses[1], headers={"Location": "/c"})
        text = numbered([1])
        return web.Response(text=text, content_type="application/rss+xml", headers={"ETag": '"x"'})

    server.answer = answer
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        await it.runner.look("feed")
        assert [each.path for each in server.requests] == ["/feed.xml", "/b", "/c"] * 2
        # A validator is for who gave it: elsewhere it could mean anything.
        asked = [each.headers.get("If-None-Match") for each in server.requests]
        assert asked == [None] * 5 + ['"x"']


async def test_a_source_that_is_gone_stops_and_tells_why(
    server: FeedServer, tmp_path: Path
) -> None:
    """Somebody has to resume it."""
    server.gives(numbered([1]))
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
        server.gives(b"", status=410)
        await it.runner.look("feed")
        assert (await it.row()).state == "stopped"
        (problem,) = it.runner.problems()
        assert "410" in problem
        assert "publishers resume feed" in problem
    async with desk(tmp_path, feed(server)) as it:
        assert len(it.runner.problems()) == 1


async def test_another_address_in_the_code_counts_and_the_entries_are_known(
    server: FeedServer, tmp_path: Path
) -> None:
    """What the old one gave as validators does not."""
    server.gives(numbered([1]), ETag='"a"')
    async with desk(tmp_path, feed(server)) as it:
        await it.runner.look("feed")
    publisher = feed(server)
    publisher.url = f"{server.url}/other.xml"
    async with desk(tmp_path, publisher) as it:
        assert await it.runner.look("feed") == 0
        assert server.requests[-1].path == "/other.xml"
        assert "If-None-Match" not in server.asked


# --- the schedule


async def test_sources_are_looked_at_when_they_are_due(tmp_path: Path) -> None:
    """One that several apps name is looked at once."""
    publisher = Counter()
    async with desk(tmp_path, publisher, publisher, clock=publisher.clock) as it:
        it.runner.go()
        await publisher.clock.advance(timedelta(hours=3, minutes=1))
        start = NOW.timestamp()
        assert publisher.looks == [start, start + HOUR_S, start + 2 * HOUR_S, start + 3 * HOUR_S]


async def test_a_source_whose_fetch_raises_keeps_what_came_before(tmp_path: Path) -> None:
    """It is tried again, from where it was."""
    publisher = Counter()
    async with desk(tmp_path, publisher, clock=publisher.clock) as it:
        await it.runner.look("counter")
        publisher.upto, publisher.fails = 300, True
        await it.runner.look("counter")
        row = await it.row("counter")
        assert (row.errors, row.reason) == (1, "RuntimeError: the source is down")
        assert row.cursor == "201"
        publisher.fails = False
        await it.runner.look("counter")
        assert await it.sent() == [(f"Number {number}", 1) for number in range(2, 301)]


async def test_a_first_look_that_was_cut_is_a_baseline_all_the_same(tmp_path: Path) -> None:
    """What it had not read yet is no news either."""
    publisher = Counter()
    publisher.upto, publisher.fails = 300, True
    async with desk(tmp_path, publisher, clock=publisher.clock) as it:
        await it.runner.look("counter")
        publisher.fails = False
    async with desk(tmp_path, publisher, clock=publisher.clock) as it:
        await it.runner.look("counter")
        assert await it.sent() == []
        assert len(await it.items()) == 300


async def test_a_fetch_that_hangs_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as a failure."""

    class Hangs(Counter):
        within = timedelta(seconds=0.05)

        async def fetch(self, since: str | None) -> AsyncIterator[tuple[str, dict[str, Any]]]:
            await asyncio.Event().wait()
            yield "", {}

    async with desk(tmp_path, Hangs()) as it:
        await it.runner.look("counter")
        assert "took longer" in (await it.row("counter")).reason


async def test_a_host_is_asked_one_thing_at_a_time_with_a_gap() -> None:
    """Other hosts do not wait for it."""
    clock = FakeClock()
    hosts = Hosts(clock, gap_s=2.0)
    seen: list[tuple[str, float]] = []

    async def ask(host: str) -> None:
        async with hosts.one(host):
            seen.append((host, clock.monotonic()))
            await clock.sleep(1.0)

    async with asyncio.TaskGroup() as group:
        for host in ("a", "a", "b", "a"):
            group.create_task(ask(host))
        await clock.advance(20.0)
    assert seen == [("a", 0.0), ("b", 0.0), ("a", 3.0), ("a", 6.0)]
    async with hosts.one("c"):
        pass
    assert list(hosts._gates) == ["c"]


def test_two_publishers_of_one_name_are_refused(tmp_path: Path) -> None:
    """Their rows would be one."""
    from posthouse.publishing.publishers.runner import _once

    with pytest.raises(SetupError, match="two publishers are called counter"):
        _once([Counter(), Counter()])


# --- by hand


async def test_commands_fetch_pause_and_resume(tmp_path: Path) -> None:
    """A paused one is not looked at, and goes on at once when it is resumed."""
    publisher = Counter()
    async with desk(tmp_path, publisher, clock=publisher.clock) as it:
        commands = Commands(it.store, it.runner.writer)
        PublisherCommands(it.runner).register(commands)

        async def do(what: str, name: str = "counter") -> tuple[bool, str]:
            return await commands.execute(f"publisher.{what}", {"name": name})

        assert await do("fetch") == (
            True,
            "publisher counter found 0 new items; what was there before is kept and sent to nobody",
        )
        publisher.upto = 2
        assert await do("fetch") == (True, "publisher counter found 1 new item")
        assert await do("pause") == (True, "publisher counter is paused")
        ok, said = await do("fetch")
        assert not ok
        assert "resume counter" in said
        it.runner.go()
        await publisher.clock.advance(timedelta(hours=5))
        assert len(publisher.looks) == 2
        assert await do("resume") == (True, "publisher counter goes on")
        await publisher.clock.advance(timedelta(minutes=1))
        assert len(publisher.looks) == 3
        publisher.fails = True
        assert await do("fetch") == (
            False,
            "publisher counter: RuntimeError: the source is down",
        )
        ok, said = await do("fetch", "counte")
        assert said == "this site has no publisher counte; it has counter"


async def test_publishers_are_paused_and_resumed_while_no_site_runs(tmp_path: Path) -> None:
    """By the command line, on the rows."""
    publisher = Counter()
    async with desk(tmp_path, publisher) as it:
        commands = Commands(it.store, DirectWriter(it.store))
        StoredPublishers(it.store, DirectWriter(it.store)).register(commands)
        await commands.execute("publisher.pause", {"name": "counter"})
        assert (await it.row("counter")).state == "paused"
        assert await commands.execute("publisher.resume", {"name": "counter"}) == (
            True,
            "publisher counter goes on when the site runs",
        )
        assert (await it.row("counter")).state == "new"
        ok, said = await commands.execute("publisher.pause", {"name": "other"})
        assert not ok
        assert "no publisher other" in said
        ok, said = await commands.execute("publisher.fetch", {"name": "counter"})
        assert not ok


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Counter("Bad Name"), "small letters"),
        (lambda: Publisher("x"), "give it a topic"),
        (lambda: Counter(every=timedelta(0)), "every must be positive"),
        (
            lambda: Counter(every=cast("Any", 60)),
            "publisher counter: every is 60; give a timedelta",
        ),
        (lambda: Counter(last=-1), "last not negative"),
    ],
)
def test_a_publisher_that_is_declared_wrongly_says_so(make: Any, says: str) -> None:
    """When it is made."""
    with pytest.raises(SetupError, match=says):
        make()


def test_a_publisher_is_called_as_its_class_unless_it_says() -> None:
    """In small letters."""

    class TownNews(Counter):
        def __init__(self) -> None:
            Publisher.__init__(self)

    assert TownNews().name == "town-news"


async def test_a_source_that_is_resumed_is_looked_at_soon(tmp_path: Path) -> None:
    """Not when it would have been due without the pause."""
    publisher = Counter()
    async with desk(tmp_path, publisher, clock=publisher.clock) as it:
        commands = Commands(it.store, it.runner.writer)
        PublisherCommands(it.runner).register(commands)
        it.runner.go()
        await publisher.clock.advance(10)
        looks = len(publisher.looks)
        await commands.execute("publisher.pause", {"name": "counter"})
        await publisher.clock.advance(10)
        await commands.execute("publisher.resume", {"name": "counter"})
        await publisher.clock.advance(30)
        assert len(publisher.looks) == looks + 1


async def test_a_clock_that_is_set_back_silences_no_source(tmp_path: Path) -> None:
    """By a month: it is looked at again when the hour has passed."""
    publisher = Counter()
    async with desk(tmp_path, publisher, clock=publisher.clock) as it:
        it.runner.go()
        await publisher.clock.advance(10)
        looks = len(publisher.looks)
        publisher.clock.jump(timedelta(days=-30))
        await publisher.clock.advance(timedelta(days=2))
        assert len(publisher.looks) > looks + 40
