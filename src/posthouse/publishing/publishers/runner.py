"""The runner: looks at every source when it is due, and commits what it finds.

How this works: each source has one task, which sleeps until the source is due and looks at it. A
look gives rounds; the items of a round, and how far the source has been read with them, are one
change, so after a crash the next look begins where the last commit ended. Items know by themselves
whether they are new, so what is read twice is published once.
"""

import asyncio
import logging
import random
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

from posthouse.engine.alarm import Alarm
from posthouse.engine.supervisor import Supervisor, backoff_s
from posthouse.errors import (
    ConflictError,
    FetchError,
    SetupError,
    SourceGoneError,
    StoreUnavailableError,
)
from posthouse.ports.changes import Change, Execute, Verdict
from posthouse.ports.clock import Clock
from posthouse.ports.records import Statement
from posthouse.ports.store import Store
from posthouse.ports.writer import Writer
from posthouse.publishing.items import NewItem, plain_of, put
from posthouse.publishing.publishers import sources
from posthouse.publishing.publishers.caching import LONGEST_S
from posthouse.publishing.publishers.fetching import Fetcher
from posthouse.publishing.publishers.hosts import Hosts
from posthouse.publishing.publishers.parsing import Parser
from posthouse.publishing.publishers.publisher import Fresh, Publisher, Round, Visit
from posthouse.publishing.publishers.sources import Source

log = logging.getLogger("posthouse.publishers")

JITTER = 0.1
"""Looks come later by up to this part, so that sources drift apart."""
FIRST_WITHIN_S = 5.0
"""Sources that are overdue at the start are looked at within this time, not all at once."""
FIRST_BACKOFF_S = 60.0
FAILS_FROM = 3
"""Failures in a row after which a source is a problem."""


class Runner:
    """Runs the publishers of a site.

    Args:
        publishers: Those of all apps; one that several apps name runs once.
        store: Where it is read how far they have come.
        writer: Commits.
        clock: Tells when they are due.
        supervisor: Owns their tasks.
        fetcher: The HTTP client; one is made when left out.
        parser: Reads feeds; one is made when left out.
    """

    def __init__(
        self,
        publishers: Iterable[Publisher[Any]],
        *,
        store: Store,
        writer: Writer,
        clock: Clock,
        supervisor: Supervisor,
        fetcher: Fetcher | None = None,
        parser: Parser | None = None,
    ) -> None:
        self.store = store
        self.writer = writer
        self.clock = clock
        self._supervisor = supervisor
        self._fetcher = fetcher or Fetcher(clock, hosts=Hosts(clock))
        self._parser = parser or Parser()
        self._open = AsyncExitStack()
        self.sources = {
            publisher.name: Source(publisher, due=clock.timestamp())
            for publisher in _once(publishers)
        }

    # --- life

    async def open(self) -> None:
        """Read how far each publisher has come; raises SetupError when one cannot run."""
        for source in self.sources.values():
            source.publisher.prepare()
        rows = {row.publisher: row for row in await self.store.fetch(sources.all_sources())}
        added: list[Statement] = []
        for name, source in self.sources.items():
            if name in rows:
                source.take(rows[name])
            else:
                added.append(source.added())
        if added:
            await self._commit(added)
        await self._open.enter_async_context(self._fetcher)
        await self._open.enter_async_context(self._parser)

    def go(self) -> None:
        """Look at every source from now on whenever it is due."""
        for source in self.sources.values():
            if source.publisher.is_polled:
                self._supervisor.keep(f"publisher {source.name}", partial(self._run, source))

    async def aclose(self) -> None:
        """Let go of connections and processes; the supervisor has ended the tasks, or will."""
        await self._open.aclose()

    def problems(self) -> list[str]:
        """Return which publishers fail or have stopped, a sentence each."""
        return [
            f"publisher {name}: {sources.told(source)}"
            for name, source in sorted(self.sources.items())
            if source.state == sources.STOPPED or source.errors >= FAILS_FROM
        ]

    async def _run(self, source: Source) -> None:
        if source.due <= self.clock.timestamp():
            await self.clock.sleep(random.uniform(0, min(FIRST_WITHIN_S, _s(source) / 4)))  # noqa: S311
        alarm = Alarm(self.clock, source.changed, self._supervisor.spawn)
        while True:
            await source.active.wait()
            source.changed.clear()
            left_s = source.due - self.clock.timestamp()
            if 0 < left_s <= _longest_s(source):  # else the clock was set back
                alarm.set(source.due, in_s=left_s)
                await source.changed.wait()
                continue  # somebody may have looked, or paused it, meanwhile
            await self.look(source.name)

    # --- one look

    async def look(self, name: str) -> int:
        """Look at a source now; return how many of the items that were found are news.

        What goes wrong is noted with the source, and raised only where the database is meant.
        """
        source = self.sources[name]
        async with source.lock:
            try:
                return await self._look(source)
            except StoreUnavailableError:
                raise
            except SourceGoneError as error:
                await self.stop(
                    source, f"{error}; `posthouse publishers resume {name}` tries again"
                )
            except Exception as error:  # noqa: BLE001  whatever an app's own fetch and render raise
                await self._failed(source, error)
            return 0

    async def _look(self, source: Source) -> int:
        publisher, news, rest_s = source.publisher, 0, 0.0
        visit = Visit(
            since=source.cursor,
            memory=source.memory,
            is_first=source.fetched is None,
            now=self.clock.now(),
            clock=self.clock,
            fetcher=self._fetcher,
            parser=self._parser,
        )
        async with asyncio.timeout(publisher.within.total_seconds()):
            async for part in publisher.rounds(visit):
                await self.take(source, part)
                news += sum(fresh.is_news for fresh in part.items)
                rest_s = max(rest_s, part.rest_s)
        now = self.clock.timestamp()
        wait_s = min(max(_s(source), rest_s), _longest_s(source) / (1 + JITTER))
        due = now + wait_s * random.uniform(1, 1 + JITTER)  # noqa: S311  not for secrets
        state = sources.RUNNING if source.state == sources.NEW else source.state
        await self.write(source, state=state, reason="", errors=0, due=due, fetched=now)
        return news

    async def take(self, source: Source, part: Round[Any], *more: Statement) -> None:
        """Commit a round's items, how far the source has been read with them, and more."""
        at = self.clock.timestamp()
        statements: list[Statement] = []
        for fresh in part.items:
            new = _new(source.publisher, fresh, at)
            statements += put(new, at, fans_out=fresh.is_news)
        cursor = part.items[-1].key if part.items else source.cursor
        memory = source.memory if part.memory is None else part.memory
        if (cursor, memory) != (source.cursor, source.memory):
            statements.append(source.written(cursor=cursor, memory=memory))
        if not statements and not more:
            return
        await self._commit([*statements, *more])
        source.cursor, source.memory = cursor, memory
        if any(fresh.is_news for fresh in part.items):
            source.publisher.topic.tell()

    async def _failed(self, source: Source, error: Exception) -> None:
        errors = source.errors + 1
        wait_s = backoff_s(errors, first_s=min(FIRST_BACKOFF_S, _s(source)), longest_s=LONGEST_S)
        asked_s = error.retry_after_s if isinstance(error, FetchError) else None
        due = self.clock.timestamp() + min(max(wait_s, asked_s or 0.0), _longest_s(source))
        why = str(error) if isinstance(error, FetchError) else f"{type(error).__name__}: {error}"
        if isinstance(error, TimeoutError):
            why = f"it took longer than {source.publisher.within}"
        if isinstance(error, FetchError | TimeoutError):
            log.warning("publisher %s: %s", source.name, why)
        else:
            log.error("publisher %s failed", source.name, exc_info=error)
        await self.write(source, errors=errors, reason=why, due=due)

    # --- how a source is

    async def stop(self, source: Source, reason: str) -> None:
        """Look at a source no more until somebody resumes it."""
        log.error("publisher %s stops: %s", source.name, reason)
        await self.write(source, state=sources.STOPPED, reason=reason)

    async def write(self, source: Source, **values: Any) -> None:
        """Change a source's row, and the source with it."""
        # At once in memory: what is committed meanwhile writes what it finds there.
        for name, value in values.items():
            setattr(source, name, value)
        source.settle()
        await self._commit([source.written()])

    async def _commit(self, statements: Sequence[Statement]) -> None:
        change = Change()
        change.writes.extend(Execute(statement) for statement in statements)
        if await self.writer.write(change) is not Verdict.WON:
            raise change.error or ConflictError("what a publisher found could not be written")


def _new(publisher: Publisher[Any], fresh: Fresh[Any], at: float) -> NewItem:
    item = fresh.item
    expires = publisher.expires(item)
    is_past = not fresh.is_news and fresh.published is not None
    return NewItem(
        topic=publisher.topic.name,
        key=fresh.key,
        body=plain_of(item),
        shown=publisher.render(item),
        title=publisher.title(item),
        link=publisher.link(item),
        expires=None if expires is None else expires.timestamp(),
        published=min(fresh.published or at, at) if is_past else None,
    )


def _once(publishers: Iterable[Publisher[Any]]) -> Iterable[Publisher[Any]]:
    """Return each publisher once; raises SetupError when two of them have one name."""
    found: dict[str, Publisher[Any]] = {}
    for publisher in publishers:
        if found.setdefault(publisher.name, publisher) is not publisher:
            raise SetupError(
                f"two publishers are called {publisher.name}; give one of them another name=..."
            )
    return found.values()


def _longest_s(source: Source) -> float:
    """Return after how long it is looked at at the latest."""
    return max(_s(source), LONGEST_S) * (1 + JITTER)


def _s(source: Source) -> float:
    every: timedelta = source.publisher.every
    return every.total_seconds()
