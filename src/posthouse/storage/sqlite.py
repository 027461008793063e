"""The store on a SQLite file.

How this works: one thread owns the only connection that writes, so writes happen in the order of
the calls; a second thread reads, and a third, started when first needed, runs the reads of users,
so that a slow one of theirs holds up nothing. Reads see what was committed when they began. The
file is owned through a lock beside it; a store opened with `own=False` (the command line beside a
running site) reads, and writes commands only.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from posthouse.errors import StoreUnavailableError
from posthouse.ports.changes import Change
from posthouse.ports.clock import Clock, SystemClock
from posthouse.ports.records import (
    DeliveryRow,
    DeliveryState,
    InboxRow,
    Mark,
    MessageRow,
    PartRow,
    QuarantineRow,
    Statement,
    TimerRow,
)
from posthouse.ports.store import CommandRow, Retention, StateKey, StateRead
from posthouse.storage import chats as chat_tables, hot, reading, statements
from posthouse.storage.pen import Pen
from posthouse.storage.reader import Reader
from posthouse.storage.worker import Worker

T = TypeVar("T")
WAITING = (DeliveryState.PENDING, DeliveryState.CLAIMED)


class SqliteStore:
    """`Store` on one file; belongs to one event loop at a time."""

    def __init__(
        self,
        path: Path | str,
        *,
        own: bool = True,
        clock: Clock | None = None,
        patience_s: float = 1.0,
    ) -> None:
        self._path = Path(path).absolute()
        self._clock = clock or SystemClock()
        self._patience_s = patience_s
        self._pen = Pen(self._path, own=own, patience_s=patience_s)
        self._writer: Worker | None = None
        self._reader: Reader | None = None
        self._users: Reader | None = None

    async def open(self) -> None:
        """Take the file, migrate it from any earlier revision, or refuse."""
        writer = Worker("posthouse-writer")
        try:
            await writer.call(self._pen.open, self._clock.now())
        except BaseException:
            await writer.aclose(self._pen.close)
            raise
        self._writer = writer
        self._reader = Reader(self._path, "posthouse-reader", patience_s=self._patience_s)

    async def aclose(self) -> None:
        """Finish what was given, then let go of the file; a second call does nothing."""
        readers, self._reader, self._users = (self._reader, self._users), None, None
        writer, self._writer = self._writer, None
        for reader in readers:
            if reader is not None:
                await reader.aclose()
        if writer is not None:
            await writer.aclose(self._pen.close)

    def healthy(self) -> str | None:
        """Return None, or a sentence that says what is wrong."""
        return self._pen.trouble

    # --- writing

    async def commit(self, changes: Sequence[Change]) -> None:
        """Apply all changes in one transaction and set `verdict` (and `error`) on each."""
        await self._write().call(self._pen.commit, changes)

    async def account(self, messenger: str, native_id: str, *, bot: str) -> int:
        """Return the number of an account, giving it one at first sight."""
        return await self._write().call(self._pen.account, messenger, native_id, bot)

    async def reserve(self, sequence: str, count: int) -> int:
        """Reserve durably `count` numbers of a sequence and return the first."""
        return await self._write().call(self._pen.reserve, sequence, count)

    async def sweep(self, *, now: float, keep: Retention) -> None:
        """Turn the tables of done marks over when it is time; forget what is old."""
        await self._write().call(self._pen.sweep, now, keep)

    async def add_command(self, kind: str, args: str, *, at: float) -> int:
        """Give the site a command and return its id."""
        return await self._write().call(self._pen.add_command, kind, args, at)

    # --- reading

    async def load(self, keys: Sequence[StateKey]) -> list[StateRead]:
        """Read conversation rows as last committed, in the order of the keys."""
        return await self._read().driver(hot.load, keys)

    async def settled(self, marks: Sequence[Mark]) -> set[Mark]:
        """Return those of the marks that are done, quarantined or in the inbox."""
        return await self._read().driver(hot.settled_marks, marks)

    async def number_of(self, mark: Mark, sequence: str) -> int | None:
        """Return the number of a sequence that is bound to an update."""
        return await self._read().sql(reading.number_of, mark, sequence)

    async def intent(self, mark: Mark, key: str) -> tuple[bool, bytes | None]:
        """Return (is there an intent, its result) for a once() call."""
        return await self._read().sql(reading.intent, mark, key)

    async def payload(self, key: bytes, *, account: int) -> bytes | None:
        """Return a spilled button payload."""
        return await self._read().sql(reading.payload, account, key)

    async def message_of(self, delivery: int) -> MessageRow | None:
        """Return what is known of one of our messages."""
        return await self._read().sql(reading.message_of, delivery)

    async def delivery_of(self, message_id: str, *, account: int, chat: str) -> int | None:
        """Return the delivery key of one of our messages by its own id."""
        return await self._read().sql(reading.delivery_of, account, chat, message_id)

    async def native(self, key: str, *, account: int, form: str) -> str | None:
        """Return a messenger's own key of content the site keeps."""
        return await self._read().sql(reading.native, key, account, form)

    async def content_of(self, native: str, *, account: int, form: str) -> str | None:
        """Return the key of the content that a messenger has under a key of its own."""
        return await self._read().sql(reading.content_of, native, account, form)

    async def media(self) -> set[str]:
        """Return the keys of all content that is kept."""
        return await self._read().sql(reading.media)

    async def inbox(self, *, account: int, after: int = 0, limit: int = 1000) -> list[InboxRow]:
        """Return inbox rows of an account in order of receipt."""
        return await self._read().sql(reading.inbox, account, after, limit)

    async def inbox_row(self, mark: Mark) -> InboxRow | None:
        """Return one inbox row, or None when it is no longer there."""
        return await self._read().sql(reading.inbox_row, mark)

    async def outbox(
        self,
        *,
        account: int | None,
        chat: str | None = None,
        states: Sequence[DeliveryState] = WAITING,
        after: int = 0,
        limit: int = 1000,
    ) -> list[DeliveryRow]:
        """Return deliveries of an account (None: of all; of one chat, if named) by id."""
        return await self._read().sql(reading.outbox, account, chat, states, after, limit)

    async def timers(self, *, until: float, limit: int) -> list[TimerRow]:
        """Return timers due until a moment, the earliest first."""
        return await self._read().sql(reading.timers, until, limit)

    async def waiting_timers(self, *, account: int, after: str, limit: int) -> list[TimerRow]:
        """Return timers of an account that wait for something, by id."""
        return await self._read().sql(reading.waiting_timers, account, after, limit)

    async def next_timer(self) -> float | None:
        """Return the moment of the earliest timer."""
        return await self._read().sql(reading.next_timer)

    async def albums(self, *, account: int) -> list[TimerRow]:
        """Return the timers of albums."""
        return await self._read().sql(chat_tables.albums, account)

    async def parts(self, album: str, *, account: int, chat: str) -> list[PartRow]:
        """Return the parts of an album in the order in which they came."""
        return await self._read().sql(chat_tables.parts, account, chat, album)

    async def aliases(self, *, account: int) -> dict[str, str]:
        """Return the chats that moved."""
        return await self._read().sql(chat_tables.aliases, account)

    async def unreachable(self, *, account: int, chats: Sequence[str] | None = None) -> set[str]:
        """Return which chats cannot be reached."""
        return await self._read().sql(chat_tables.unreachable, account, chats)

    async def quarantine(self, *, limit: int = 100) -> list[QuarantineRow]:
        """Return what is set aside, the newest first."""
        return await self._read().sql(reading.quarantine, limit)

    async def commands(self, *, after: int = 0) -> list[CommandRow]:
        """Return the commands that wait."""
        return await self._read().sql(reading.commands, after)

    async def command(self, id: int) -> CommandRow | None:
        """Return one command with its result."""
        return await self._read().sql(reading.command, id)

    async def fetch(self, statement: Statement) -> Sequence[Any]:
        """Run a SELECT on committed data and return its rows.

        One that writes raises MistakeError.
        """
        self._read()
        if self._users is None:
            self._users = Reader(self._path, "posthouse-fetch", patience_s=self._patience_s)
        return await self._users.sql(statements.fetch, statement)

    def _write(self) -> Worker:
        if self._writer is None:
            raise self._not_open()
        return self._writer

    def _read(self) -> Reader:
        if self._reader is None:
            raise self._not_open()
        return self._reader

    def _not_open(self) -> StoreUnavailableError:
        return StoreUnavailableError(
            f"The store on {self._path} is not open. Call open() first, and nothing after aclose()."
        )
