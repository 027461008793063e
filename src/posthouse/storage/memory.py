"""The store in memory: the promises of the store on disk but for durability.

For tests, and for sites that may forget.

How this works: the engine's rows live in dictionaries. A change is applied write by write, each
noting how to undo it, so a change that loses half-way leaves nothing behind. Statements of users
run on a SQLite database in memory, opened when the first one comes, inside a savepoint that ends
with the change.
"""

import sqlite3
import weakref
from collections.abc import Callable, Sequence
from typing import Any, TypeGuard

from msgspec.structs import replace
from sqlalchemy import Connection

from posthouse.errors import StoreUnavailableError
from posthouse.ports.changes import Change, Execute, Verdict
from posthouse.ports.records import (
    NEVER,
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
from posthouse.storage import housekeeping, migrations, statements
from posthouse.storage.connect import through_sqlalchemy
from posthouse.storage.faults import refused
from posthouse.storage.memory_tables import Tables
from posthouse.storage.memory_writes import apply
from posthouse.storage.statements import LostError

WAITING = (DeliveryState.PENDING, DeliveryState.CLAIMED)
ABSENT = StateRead(0, None)


class MemoryStore:
    """`Store` without a disk."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._is_open = False
        self._db: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Be ready; what was there before `aclose` is there still."""
        self._is_open = True

    async def aclose(self) -> None:
        """Take no more calls; a second call does nothing."""
        self._is_open = False

    def healthy(self) -> str | None:
        """Return None: memory does not fail."""
        return None

    # --- writing

    async def commit(self, changes: Sequence[Change]) -> None:
        """Apply all changes in order and set `verdict` (and `error`) on each."""
        tables = self._opened()
        written: set[Mark | None] = {None}
        for change in changes:
            if change.attempt and change.mark not in written and _is_done(change.mark, tables):
                change.verdict = Verdict.WON  # by the attempt whose end was unknown
            elif self._write(tables, change):
                written.add(change.mark)
                for observer in change.observers:
                    self._write(tables, observer)

    async def account(self, messenger: str, native_id: str, *, bot: str) -> int:
        """Return the number of an account, giving it one at first sight."""
        tables = self._opened()
        number = tables.accounts.setdefault((messenger, native_id), len(tables.accounts) + 1)
        tables.bots[number] = bot
        if self._db is not None:
            housekeeping.account(self._sql, messenger, native_id, bot)
        return number

    async def reserve(self, sequence: str, count: int) -> int:
        """Reserve `count` numbers of a sequence and return the first."""
        numbers = self._opened().numbers
        first = numbers.get(sequence, 1)
        numbers[sequence] = first + count
        return first

    async def sweep(self, *, now: float, keep: Retention) -> None:
        """Turn the marks over when it is time; forget what is old."""
        tables = self._opened()
        tables.turn_over(now, keep.marks_s)
        tables.forget(now, keep)

    async def add_command(self, kind: str, args: str, *, at: float) -> int:
        """Give the site a command and return its id."""
        tables = self._opened()
        tables.last_command += 1
        id = tables.last_command
        tables.commands[id] = CommandRow(id=id, kind=kind, args=args, at=at)
        return id

    # --- reading

    async def load(self, keys: Sequence[StateKey]) -> list[StateRead]:
        """Read conversation rows as last committed, in the order of the keys."""
        get = self._opened().conversations.get
        return [get(key, ABSENT) for key in keys]

    async def settled(self, marks: Sequence[Mark]) -> set[Mark]:
        """Return those of the marks that are done, quarantined or in the inbox."""
        is_settled = self._opened().is_settled
        return {mark for mark in marks if is_settled(mark)}

    async def number_of(self, mark: Mark, sequence: str) -> int | None:
        """Return the number of a sequence that is bound to an update."""
        found = self._opened().numbers_used.get((mark, sequence))
        return None if found is None else found[0]

    async def intent(self, mark: Mark, key: str) -> tuple[bool, bytes | None]:
        """Return (is there an intent, its result) for a once() call."""
        found = self._opened().intents.get((mark, key))
        return (False, None) if found is None else (True, found[0])

    async def payload(self, key: bytes, *, account: int) -> bytes | None:
        """Return a spilled button payload."""
        found = self._opened().payloads.get((account, key))
        return None if found is None else found.body

    async def message_of(self, delivery: int) -> MessageRow | None:
        """Return what is known of one of our messages."""
        return self._opened().messages.get(delivery)

    async def delivery_of(self, message_id: str, *, account: int, chat: str) -> int | None:
        """Return the delivery key of one of our messages by its own id."""
        return self._opened().by_message.get((account, chat, message_id))

    async def native(self, key: str, *, account: int, form: str) -> str | None:
        """Return a messenger's own key of content the site keeps."""
        found = self._opened().natives.get((account, key, form))
        return None if found is None else found.native

    async def content_of(self, native: str, *, account: int, form: str) -> str | None:
        """Return the key of the content that a messenger has under a key of its own."""
        tables = self._opened()
        found = [
            row
            for row in tables.natives.values()
            if (row.account, row.form, row.native) == (account, form, native)
            and row.key in tables.media
        ]
        return max(found, key=lambda row: row.at).key if found else None

    async def media(self) -> set[str]:
        """Return the keys of all content that is kept."""
        return set(self._opened().media)

    async def inbox(self, *, account: int, after: int = 0, limit: int = 1000) -> list[InboxRow]:
        """Return inbox rows of an account in order of receipt."""
        rows = sorted(self._opened().inbox.values(), key=lambda row: row.seq)
        found = [replace(r) for r in rows if r.mark.account == account and r.seq > after]
        return found[:limit]

    async def inbox_row(self, mark: Mark) -> InboxRow | None:
        """Return one inbox row, or None when it is no longer there."""
        found = self._opened().inbox.get(mark)
        return None if found is None else replace(found)

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
        found = [
            replace(row)
            for row in self._opened().outbox.values()
            if account in (None, row.account)
            and row.id > after
            and row.state in states
            and chat in (None, row.chat)
        ]
        return sorted(found, key=lambda row: row.id)[:limit]

    async def timers(self, *, until: float, limit: int) -> list[TimerRow]:
        """Return timers due until a moment, the earliest first."""
        due = [row for row in self._opened().timers.values() if row.due <= until]
        return sorted(due, key=lambda row: (row.due, row.id))[:limit]

    async def waiting_timers(self, *, account: int, after: str, limit: int) -> list[TimerRow]:
        """Return timers of an account that wait for something, by id."""
        timers = self._opened().timers.values()
        mine = [t for t in timers if t.account == account and t.due >= NEVER and t.id > after]
        return sorted(mine, key=lambda row: row.id)[:limit]

    async def next_timer(self) -> float | None:
        """Return the moment of the earliest timer."""
        return min((row.due for row in self._opened().timers.values()), default=None)

    async def albums(self, *, account: int) -> list[TimerRow]:
        """Return the timers of albums."""
        rows = self._opened().timers.values()
        found = [row for row in rows if row.account == account and row.id.startswith("album")]
        return sorted(found, key=lambda row: (row.due, row.id))

    async def parts(self, album: str, *, account: int, chat: str) -> list[PartRow]:
        """Return the parts of an album in the order in which they came."""
        whose = (account, chat, album)
        rows = self._opened().parts
        return [replace(r) for r in rows if (r.mark.account, r.chat, r.album) == whose]

    async def aliases(self, *, account: int) -> dict[str, str]:
        """Return the chats that moved."""
        rows = self._opened().aliases.items()
        return {before: after for (owner, before), after in rows if owner == account}

    async def unreachable(self, *, account: int, chats: Sequence[str] | None = None) -> set[str]:
        """Return which chats cannot be reached."""
        mine = {chat for owner, chat in self._opened().standing if owner == account}
        return mine if chats is None else mine & set(chats)

    async def quarantine(self, *, limit: int = 100) -> list[QuarantineRow]:
        """Return what is set aside, the newest first."""
        rows = sorted(self._opened().quarantine.values(), key=lambda row: -row.id)
        return [replace(row) for row in rows[:limit]]

    async def commands(self, *, after: int = 0) -> list[CommandRow]:
        """Return the commands that wait."""
        rows = self._opened().commands.values()
        return [replace(row) for row in rows if row.id > after and row.ok is None]

    async def command(self, id: int) -> CommandRow | None:
        """Return one command with its result."""
        found = self._opened().commands.get(id)
        return None if found is None else replace(found)

    async def fetch(self, statement: Statement) -> Sequence[Any]:
        """Run a SELECT on committed data and return its rows.

        One that writes raises MistakeError.
        """
        self._opened()
        db = self._database()
        db.execute("PRAGMA query_only=ON")
        try:
            return statements.fetch(self._sql, statement)
        finally:
            db.execute("PRAGMA query_only=OFF")

    # --- inside

    def _write(self, tables: Tables, change: Change) -> bool:
        """Apply one change whole or not at all; True when its observers are to follow."""
        own = any(type(write) is Execute for write in change.writes)
        if own:
            self._begin()
        undo: list[Callable[[], object]] = []
        try:
            apply(tables, change, undo, self._execute, self._database)
            if own:
                self._end()
        except LostError as lost:
            for step in reversed(undo):
                step()
            if own:
                self._back()
            if change.inbox and _is_done(change.mark, tables):
                tables.inbox.pop(change.mark, None)
            change.verdict, change.error = lost.verdict, lost.error
            return False
        change.verdict, change.error = Verdict.WON, None
        return True

    def _execute(self, write: Execute) -> None:
        self._database()
        statements.run(self._sql, write)

    def _begin(self) -> None:
        self._database().execute("BEGIN")

    def _end(self) -> None:
        db = self._database()
        try:
            db.execute("COMMIT")
        except sqlite3.Error as error:
            raise LostError(Verdict.FAILED, refused(error)) from error

    def _back(self) -> None:
        db = self._database()
        if db.in_transaction:
            db.execute("ROLLBACK")

    def _database(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = migrations.blank()
            weakref.finalize(self, self._db.close)
            self._db.execute("PRAGMA foreign_keys=ON")
            self._sql: Connection = through_sqlalchemy(self._db)
            # Statements look accounts up there; they have the same numbers in the same order.
            for (messenger, native_id), number in self._tables.accounts.items():
                housekeeping.account(self._sql, messenger, native_id, self._tables.bots[number])
        return self._db

    def _opened(self) -> Tables:
        if not self._is_open:
            raise StoreUnavailableError(
                "The store in memory is not open. Call open() first, and nothing after aclose()."
            )
        return self._tables


def _is_done(mark: Mark | None, tables: Tables) -> TypeGuard[Mark]:
    return mark is not None and tables.is_done(mark)
