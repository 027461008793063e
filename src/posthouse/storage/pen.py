"""The writing side of a SQLite store: everything here runs on the writer's thread."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from posthouse.errors import MistakeError, SchemaError, StoreUnavailableError
from posthouse.ports.changes import Change
from posthouse.ports.store import Retention
from posthouse.storage import housekeeping, migrations
from posthouse.storage.batch import Batches
from posthouse.storage.connect import connect, through_sqlalchemy
from posthouse.storage.faults import unavailable
from posthouse.storage.lock import FileLock
from posthouse.storage.statements import REFUSALS, driver_error
from posthouse.storage.writes import Writes

T = TypeVar("T")


class Pen:
    """The one connection that writes."""

    def __init__(self, path: Path, *, own: bool, patience_s: float) -> None:
        self._path = path
        self._own = own
        self._patience_s = patience_s
        self._lock = FileLock(path)
        self._db: sqlite3.Connection | None = None
        self.trouble: str | None = None
        """Why the last write failed, or None; read by other threads."""

    def open(self, now: datetime) -> None:
        """Take the lock and the file, and migrate it; or leave all as it was and raise."""
        if self._own:
            self._lock.acquire(now)
        try:
            db = connect(self._path, create=self._own, patience_s=self._patience_s)
            try:
                self._settle_in(db)
            except BaseException:
                db.close()
                raise
        except sqlite3.Error as error:
            self._lock.release()
            raise unavailable(error, self._path) from error
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        """Let go of the file."""
        db, self._db = self._db, None
        if db is not None:
            with suppress(sqlite3.Error):  # what counts was durable before
                db.close()
        self._lock.release()

    def commit(self, changes: Sequence[Change]) -> None:
        """Apply changes and set their verdicts."""
        self._own_only("commit()")
        try:
            self._batches.commit(changes)
        except StoreUnavailableError as error:
            self.trouble = str(error)
            raise
        self.trouble = None

    def account(self, messenger: str, native_id: str, bot: str) -> int:
        """Return the number of an account."""
        self._own_only("account()")
        return self._transact(lambda sql: housekeeping.account(sql, messenger, native_id, bot))

    def reserve(self, sequence: str, count: int) -> int:
        """Take numbers off a sequence and return the first."""
        self._own_only("reserve()")
        return self._transact(lambda sql: housekeeping.reserve(sql, sequence, count))

    def sweep(self, now: float, keep: Retention) -> None:
        """Turn the tables of marks over when it is time, and forget what is old."""
        self._own_only("sweep()")
        self._transact(lambda sql: housekeeping.turn_over(sql, now, keep.marks_s))
        self._read_marks()
        self._transact(lambda sql: housekeeping.forget(sql, now, keep))

    def add_command(self, kind: str, args: str, at: float) -> int:
        """Write down a command."""
        return self._transact(lambda sql: housekeeping.add_command(sql, kind, args, at))

    # --- inside

    def _settle_in(self, db: sqlite3.Connection) -> None:
        self._sql: Connection = through_sqlalchemy(db)
        if self._own:
            migrations.migrate(db, self._sql, self._path)
        elif migrations.revision(db, self._path) != migrations.HEAD:
            raise SchemaError(
                f"The database {self._path} is older than this version of Posthouse. "
                "Start the site, or run `posthouse migrate`, to bring it up to date."
            )
        self._writes = Writes(db, self._sql)
        self._batches = Batches(db, self._writes, path=self._path, epoch=migrations.HEAD)
        self._read_marks()
        self._db = db

    def _read_marks(self) -> None:
        self._writes.current, self._writes.round = housekeeping.marks_tables(self._sql)

    def _transact(self, work: Callable[[Connection], T]) -> T:
        try:
            self._batches.begin()
            result = work(self._sql)
            self._batches.end()
        except StoreUnavailableError as error:
            self._batches.undo()
            self.trouble = str(error)
            raise
        except REFUSALS as error:
            self._batches.undo()
            failure = unavailable(driver_error(error), self._path)
            self.trouble = str(failure)
            raise failure from error
        self.trouble = None
        return result

    def _own_only(self, call: str) -> None:
        if not self._own:
            raise MistakeError(
                f"{call} needs a store that owns its file; this one was opened beside a site."
            )
