"""A feed server on loopback, and a runner on a real database, for the tests of publishers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import select

from posthouse.engine.committer import Committer
from posthouse.engine.points import Points
from posthouse.engine.supervisor import Supervisor
from posthouse.ports.clock import Clock
from posthouse.publishing.items import Item, item_of
from posthouse.publishing.publishers.entries import FeedEntry
from posthouse.publishing.publishers.feeds import FeedPublisher
from posthouse.publishing.publishers.fetching import Fetcher
from posthouse.publishing.publishers.hosts import Hosts
from posthouse.publishing.publishers.parsing import Parser
from posthouse.publishing.publishers.publisher import Publisher
from posthouse.publishing.publishers.runner import Runner
from posthouse.publishing.topic import Topic
from posthouse.storage import publishing as tables
from posthouse.storage.sqlite import SqliteStore
from posthouse.testing.clock import FakeClock

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]

NEWS = Topic("news", FeedEntry, title="News", revisions="edit")
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
_DAY = "Mon, 05 Jan 2026 {:02}:{:02}:00 GMT"


class FeedServer:
    """Serves one page, and remembers who asked for it."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[web.Request] = []
        self.body: bytes = b""
        self.status = 200
        self.headers: dict[str, str] = {"Content-Type": "application/rss+xml"}
        self.answer: Answering | None = None
        """Answers instead of all this."""

    def gives(self, body: str | bytes, status: int = 200, **headers: str) -> None:
        """Answer so from now on."""
        self.body = body.encode() if isinstance(body, str) else body
        self.status = status
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.headers = {"Content-Type": "application/rss+xml", **named}

    @property
    def asked(self) -> Mapping[str, str]:
        """Headers of the last request."""
        return self.requests[-1].headers

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if self.answer is not None:
            return await self.answer(request)
        etag = self.headers.get("ETag")
        if etag is not None and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=self.body, status=self.status, headers=self.headers)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["FeedServer"]:
        """Serve on a free port of loopback."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()


class Desk:
    """A running runner and what it published."""

    def __init__(self, store: SqliteStore, runner: Runner, clock: Clock) -> None:
        self.store = store
        self.runner = runner
        self.clock = clock

    async def items(self) -> list[Item]:
        """All items, the first put first."""
        rows = await self.store.fetch(select(tables.item).order_by(tables.item.c.id))
        return [item_of(row) for row in rows]

    async def titles(self) -> list[str]:
        """Titles of all items."""
        return [item.title for item in await self.items()]

    async def sent(self) -> list[tuple[str, int]]:
        """What goes to subscribers: (title, revision) of every fan-out."""
        fan_out, item = tables.fan_out, tables.item
        found = (
            select(item.c.title, fan_out.c.revision)
            .join_from(fan_out, item, fan_out.c.item == item.c.id)
            .order_by(fan_out.c.id)
        )
        return [(row.title, row.revision) for row in await self.store.fetch(found)]

    async def row(self, name: str = "feed") -> Any:
        """The row of a publisher's source."""
        source = tables.source
        return (await self.store.fetch(select(source).where(source.c.publisher == name)))[0]


@asynccontextmanager
async def desk(
    folder: Path,
    *publishers: Publisher[Any],
    clock: Clock | None = None,
    parse_within_s: float = 15.0,
    gap_s: float = 0.0,
) -> AsyncIterator[Desk]:
    """Run publishers on a database in a folder; nothing is looked at before it is asked for."""
    clock = clock or FakeClock(NOW)
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    store = SqliteStore(folder / "site.db", clock=clock)
    await store.open()
    try:
        async with Supervisor(clock) as supervisor:
            committer = Committer(store, clock=clock, points=Points())
            supervisor.keep("commit", committer.run)

            async def idle() -> bool:
                is_busy = not committer._idle.is_set()
                await committer.drained()
                return is_busy

            if isinstance(clock, FakeClock):
                clock.idle.append(idle)
            runner = Runner(
                publishers,
                store=store,
                writer=committer,
                clock=clock,
                supervisor=supervisor,
                fetcher=Fetcher(clock, hosts=Hosts(clock, gap_s=gap_s)),
                parser=Parser(within_s=parse_within_s),
            )
            await runner.open()
            try:
                yield Desk(store, runner, clock)
            finally:
                await runner.aclose()
    finally:
        await store.aclose()


def feed(server: FeedServer, **more: Any) -> FeedPublisher:
    """A publisher of the server's feed."""
    given: dict[str, Any] = {"name": "feed", "topic": NEWS, "allow_private": True, **more}
    return FeedPublisher(f"{server.url}/feed.xml", **given)


def entry(number: int, *, title: str = "", guid: str | None = "", more: str = "") -> str:
    """An RSS item."""
    id = f"<guid>{guid or f'id-{number}'}</guid>" if guid is not None else ""
    return (
        f"<item><title>{title or f'Entry {number}'}</title>{id}"
        f"<link>https://news.example.org/{number}</link>"
        f"<pubDate>{_DAY.format(number // 60 % 24, number % 60)}</pubDate>"
        f"<description>About {number}.</description>{more}</item>"
    )


def rss(entries: Iterable[str], *, head: str = "") -> str:
    """An RSS document, its entries in this order."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>The news</title>{head}{''.join(entries)}</channel></rss>"
    )


def numbered(numbers: Sequence[int]) -> str:
    """An RSS document with these entries, the newest first."""
    return rss(entry(number) for number in sorted(numbers, reverse=True))


async def slowly(request: web.Request, pieces: Iterable[bytes], pause_s: float) -> web.Response:
    """Answer piece by piece."""
    answer = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
    await answer.prepare(request)
    for piece in pieces:
        await answer.write(piece)
        await asyncio.sleep(pause_s)
    return answer  # type: ignore[return-value]
