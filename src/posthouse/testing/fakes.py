"""What surrounds an adapter, for those who write one: an engine and a database that a test decides.

Where the whole of a site is wanted, use `play`; these are for an adapter by itself.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, Executable, MetaData, StaticPool, create_engine
from sqlalchemy.exc import IntegrityError

from posthouse.errors import (
    ConflictError,
    OverloadedError,
    RejectedError,
    StoreUnavailableError,
)
from posthouse.ports.adapter import Incoming, OnSettled, Settled
from posthouse.ports.clock import SystemClock
from posthouse.ports.records import Statement
from posthouse.storage.media import MediaFolder

T = TypeVar("T")
WAIT_S = 15.0
"""Real seconds to wait for an update: many, since only a test that fails waits so long."""


class FakeReceiver:
    """A `Receiver` that keeps what it gets and settles it when the test says so.

    ```python
    receiver = FakeReceiver()
    ...
    (incoming,) = await receiver.until(1)
    receiver.settle()
    ```
    """

    def __init__(self, *, settles: bool = True) -> None:
        self.received: list[Incoming] = []
        """Every update that was taken, repetitions included."""
        self.set_aside: list[tuple[str, bytes, str]] = []
        """What could not be decoded: update id, bytes, reason."""
        self.moves: list[tuple[str, str]] = []
        """Chats that moved: ids before and now."""
        self.settles = settles
        """Settle at once what comes; otherwise `settle` does."""
        self.refuses = False
        """Take nothing: raise OverloadedError."""
        self.refused = 0
        """How often that happened."""
        self._waiting: list[OnSettled] = []
        self._news = asyncio.Event()

    def receive(self, incoming: Incoming, on_settled: OnSettled | None = None) -> None:
        """Keep an update, or refuse it."""
        if self.refuses:
            self.refused += 1
            self._news.set()
            raise OverloadedError("the test wants no updates now")
        self.received.append(incoming)
        self._taken(on_settled, Settled.DONE)

    def malformed(
        self, update_id: str, body: bytes, *, reason: str, on_settled: OnSettled | None = None
    ) -> None:
        """Keep what could not be decoded."""
        self.set_aside.append((update_id, body, reason))
        self._taken(on_settled, Settled.QUARANTINED)

    def moved(self, before: str, after: str) -> None:
        """Keep that a chat moved."""
        self.moves.append((before, after))

    def settle(self, how: Settled = Settled.DONE) -> None:
        """Tell that everything that waits is durable."""
        waiting, self._waiting = self._waiting, []
        for on_settled in waiting:
            on_settled(how)

    async def until(self, count: int, *, within_s: float = WAIT_S) -> list[Incoming]:
        """Wait until that many updates were taken and return all; raises AssertionError."""
        if not await self._wait_for(lambda: len(self.received) >= count, within_s):
            raise AssertionError(
                f"{count} updates were expected, {len(self.received)} came within {within_s:g} s"
            )
        return self.received

    async def until_refused(self, *, within_s: float = WAIT_S) -> None:
        """Wait until an update was refused; raises AssertionError."""
        if not await self._wait_for(lambda: self.refused > 0, within_s):
            raise AssertionError(f"no update was offered within {within_s:g} s")

    async def _wait_for(self, condition: Callable[[], bool], within_s: float) -> bool:
        try:
            async with asyncio.timeout(within_s):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    def _taken(self, on_settled: OnSettled | None, how: Settled) -> None:
        self._news.set()
        if on_settled is None:
            return
        if self.settles:
            on_settled(how)
        else:
            self._waiting.append(on_settled)


class FakeDatabase:
    """A `Database` over SQLite in memory, with an adapter's own tables.

    ```python
    database = FakeDatabase(metadata)
    await database.execute(insert(people).values(id=1))
    await database.aclose()
    ```
    """

    def __init__(self, tables: MetaData | None = None) -> None:
        self.trouble: str | None = None
        """When set, everything raises StoreUnavailableError with this sentence."""
        self._tables = tables
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fake-database")
        self._engine: Engine | None = None

    async def fetch(self, statement: Statement) -> Sequence[Any]:
        """Run a SELECT and return its rows."""
        return await self._run(lambda engine: _read(engine, statement))

    async def execute(self, *statements: Statement) -> None:
        """Run statements together, in one transaction; raises ConflictError."""
        await self._run(lambda engine: _write(engine, statements))

    async def aclose(self) -> None:
        """Let go of the memory and the thread."""
        await self._run(lambda engine: engine.dispose())
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[Engine], T]) -> T:
        if self.trouble is not None:
            raise StoreUnavailableError(self.trouble)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(self._opened()))

    def _opened(self) -> Engine:
        if self._engine is None:
            self._engine = create_engine("sqlite://", poolclass=StaticPool)
            if self._tables is not None:
                self._tables.create_all(self._engine)
        return self._engine


class FakeMedia:
    """A `Media` over a real folder, for adapters under test.

    ```python
    media = FakeMedia(tmp_path)
    key = await media.keep(b"bytes to be sent")
    ```
    """

    def __init__(self, folder: Path) -> None:
        self.natives: dict[tuple[str, str], str] = {}
        """The messenger's own keys, by key and form."""
        self._folder = MediaFolder(folder, SystemClock())

    async def keep(self, content: bytes) -> str:
        """Keep content as the engine does; return its key."""
        return (await self._folder.put(content)).key

    async def path(self, key: str) -> Path:
        """Return the file with the content; raises RejectedError."""
        path = await self._folder.find(key)
        if path is None:
            raise RejectedError(f"the content {key} is not kept")
        return path

    async def read(self, key: str) -> bytes:
        """Return the content; raises RejectedError."""
        data = await self._folder.read(key)
        if data is None:
            raise RejectedError(f"the content {key} is not kept")
        return data

    async def native(self, key: str, *, form: str) -> str | None:
        """Return the messenger's own key of content."""
        return self.natives.get((key, form))

    def keep_native(self, key: str, native: str, *, form: str) -> None:
        """Remember the messenger's own key of content."""
        self.natives[key, form] = native

    async def aclose(self) -> None:
        """End the thread that reads and writes."""
        await self._folder.aclose()


def _read(engine: Engine, statement: Statement) -> Sequence[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(_sql(statement))]


def _write(engine: Engine, statements: Sequence[Statement]) -> None:
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(_sql(statement))
    except IntegrityError as error:
        raise ConflictError(str(error), constraint=True) from None


def _sql(statement: Statement) -> Executable:
    if not isinstance(statement, Executable):
        raise TypeError(f"{type(statement).__name__} is no SQLAlchemy statement")
    return statement
