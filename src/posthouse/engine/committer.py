"""The group commit: whatever is ready goes into one transaction, and nobody waits for more to come.

How this works: turns and deliveries `submit` changes; one task takes all that have gathered while
the last transaction ran and commits them together, so batches grow with the load and a lone change
waits for nothing. When the store cannot write, the changes are kept and tried again with backoff;
handlers are not run again for that.
"""

import asyncio
import logging

from posthouse.engine.points import Point, Points
from posthouse.engine.supervisor import backoff_s
from posthouse.errors import ConflictError, SchemaChangedError, StoreUnavailableError
from posthouse.ports.changes import Change, Execute, Verdict, Write
from posthouse.ports.clock import Clock
from posthouse.ports.records import Statement
from posthouse.ports.store import Store
from posthouse.ports.writer import Writer

log = logging.getLogger("posthouse.commit")

MOST_PER_BATCH = 512
"""More would make the last of a batch wait too long, and win nothing: flat from 256 on."""


NOTES_WAIT_S = 0.02
"""How long outcomes that nobody waits for may wait for a change to ride with."""


class Committer:
    """The one writer of a site."""

    def __init__(self, store: Store, *, clock: Clock, points: Points) -> None:
        self._store = store
        self._clock = clock
        self._points = points
        self._ready: list[Change] = []
        self._notes: list[Write] = []
        self._noted = False
        """Somebody will look after the notes."""
        self._forced = False
        """The notes are to be committed now, even alone."""
        self._wake: asyncio.Future[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self.failing: str | None = None
        """Why the store cannot write now, or None."""
        self.outdated = asyncio.Event()
        """Set when somebody migrated the database: this process must stop."""
        self.commits = 0
        """Transactions committed."""
        self.changes = 0
        """Changes committed in them."""

    def submit(self, change: Change) -> None:
        """Queue a change; never waits."""
        self._ready.append(change)
        self._rouse()

    def note(self, write: Write) -> None:
        """Queue a single write that nobody waits for; it rides with the next change, if any."""
        self._notes.append(write)
        if not self._noted:
            self._noted = True
            asyncio.get_running_loop().call_later(NOTES_WAIT_S, self.commit_notes)

    def commit_notes(self) -> bool:
        """Commit what was noted now.

        False when there is nothing, or a commit is under way that takes it along.
        """
        self._noted = False
        self._forced = bool(self._notes)
        return self._forced and self._rouse()

    def _rouse(self) -> bool:
        wake, self._wake = self._wake, None
        if wake is None or wake.done():
            return False
        wake.set_result(None)
        return True

    async def write(self, change: Change) -> Verdict:
        """Queue a change and wait for its verdict."""
        future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()

        def done(change: Change) -> None:
            if not future.done():
                future.set_result(change.verdict or Verdict.FAILED)

        change.done = done
        self.submit(change)
        return await future

    async def run(self) -> None:
        """Commit until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            if not self._ready and not (self._notes and self._forced):
                if not self._notes:
                    self._idle.set()
                self._wake = loop.create_future()
                await self._wake
            self._idle.clear()
            batch, self._ready = self._ready[:MOST_PER_BATCH], self._ready[MOST_PER_BATCH:]
            self._forced = False
            if self._notes:
                noted = Change()
                noted.writes, self._notes = self._notes, []
                batch.insert(0, noted)  # whatever was submitted since may be about the same rows
            self._points.reach(Point.BEFORE_COMMIT)
            await self._commit(batch)
            self._points.reach(Point.AFTER_COMMIT)
            self.commits += 1
            self.changes += len(batch)
            for change in batch:
                if change.done is not None:
                    change.done(change)
                if change.observers:
                    _tell(change.observers)

    async def drained(self) -> None:
        """Wait until everything submitted so far is committed."""
        while self._ready or self._notes or not self._idle.is_set():
            self.commit_notes()
            await asyncio.sleep(0.001)

    async def _commit(self, batch: list[Change]) -> None:
        failures = 0
        while True:
            try:
                await self._store.commit(batch)
            except StoreUnavailableError as error:
                if isinstance(error, SchemaChangedError) and not self.outdated.is_set():
                    self.outdated.set()
                failures += 1
                self.failing = str(error)
                log.error("cannot commit %d changes, kept and tried again: %s", len(batch), error)  # noqa: TRY400
                for change in batch:
                    change.attempt += 1
                await self._clock.sleep(backoff_s(failures, first_s=0.05, longest_s=5.0))
            else:
                if failures:
                    log.warning("the store writes again")
                self.failing = None
                return


def _tell(observers: list[Change]) -> None:
    for change in observers:
        if change.done is not None:
            change.done(change)


class GroupDatabase:
    """`Database` for adapters and modules: reads, and writes that join the group commit."""

    def __init__(self, store: Store, committer: Writer) -> None:
        self._store = store
        self._committer = committer

    async def fetch(self, statement: Statement) -> "list[object]":
        """Run a SELECT on committed data and return its rows."""
        return list(await self._store.fetch(statement))

    async def execute(self, *statements: Statement) -> None:
        """Run statements together; return once durable."""
        change = Change()
        change.writes.extend(Execute(statement) for statement in statements)
        if await self._committer.write(change) is not Verdict.WON:
            raise change.error or ConflictError("the statements were not applied")
