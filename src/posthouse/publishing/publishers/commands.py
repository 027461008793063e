"""Commands on publishers: `publisher.fetch`, `publisher.pause`, `publisher.resume`.

The site that runs executes them; pausing and resuming works while none runs, on the rows alone.
"""

from sqlalchemy import select, update

from posthouse.engine.commands import Commands
from posthouse.errors import ConflictError
from posthouse.ports.changes import Change, Execute, Verdict
from posthouse.ports.store import Store
from posthouse.ports.writer import Writer
from posthouse.publishing.publishers import sources
from posthouse.publishing.publishers.runner import Runner
from posthouse.publishing.publishers.sources import Source
from posthouse.storage.publishing import source as rows

PAUSED_BY = "paused by staff"


class PublisherCommands:
    """Executes the commands on the publishers that run."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def register(self, commands: Commands) -> None:
        """Let a site execute these."""
        commands.register("publisher.fetch", self._fetch)
        commands.register("publisher.pause", self._pause)
        commands.register("publisher.resume", self._resume)

    async def _fetch(self, *, name: str) -> str:
        source = self._source(name)
        if not source.publisher.is_polled:
            raise ConflictError(f"publisher {name} is given its items; there is nothing to fetch")
        if not source.active.is_set():
            raise ConflictError(
                f"publisher {name} is {source.state}; `posthouse publishers resume {name}` first"
            )
        is_first = source.fetched is None
        news = await self._runner.look(name)
        if source.errors or not source.active.is_set():
            raise ConflictError(f"publisher {name}: {source.reason}")
        kept = "; what was there before is kept and sent to nobody" if is_first else ""
        return f"publisher {name} found {news} new item{'s' * (news != 1)}{kept}"

    async def _pause(self, *, name: str) -> str:
        source = self._source(name)
        await self._runner.write(source, state=sources.PAUSED, reason=PAUSED_BY)
        return f"publisher {name} is paused"

    async def _resume(self, *, name: str) -> str:
        source = self._source(name)
        due = self._runner.clock.timestamp()
        await self._runner.write(source, state=source.running, reason="", errors=0, due=due)
        return f"publisher {name} goes on"

    def _source(self, name: str) -> Source:
        found = self._runner.sources.get(name)
        if found is None:
            known = ", ".join(sorted(self._runner.sources)) or "none"
            raise ConflictError(f"this site has no publisher {name}; it has {known}")
        return found


class StoredPublishers:
    """Executes the commands while no site runs."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store = store
        self._writer = writer

    def register(self, commands: Commands) -> None:
        """Let the command line execute these."""
        commands.register("publisher.fetch", self._fetch)
        commands.register("publisher.pause", self._pause)
        commands.register("publisher.resume", self._resume)

    async def _fetch(self, *, name: str) -> str:
        raise ConflictError(f"publisher {name} fetches while its site runs: `posthouse run`")

    async def _pause(self, *, name: str) -> str:
        await self._set(name, state=sources.PAUSED, reason=PAUSED_BY)
        return f"publisher {name} is paused"

    async def _resume(self, *, name: str) -> str:
        found = await self._store.fetch(select(rows.c.fetched).where(rows.c.publisher == name))
        is_new = bool(found) and found[0].fetched is None
        state = sources.NEW if is_new else sources.RUNNING
        await self._set(name, state=state, reason="", errors=0, due=0.0)
        return f"publisher {name} goes on when the site runs"

    async def _set(self, name: str, **values: object) -> None:
        change = Change()
        statement = update(rows).where(rows.c.publisher == name).values(values)
        change.writes.append(Execute(statement, expect_rows=1))
        if await self._writer.write(change) is not Verdict.WON:
            raise ConflictError(
                f"the database has no publisher {name}; `posthouse publishers list` shows them"
            )
