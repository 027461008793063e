"""Opening a SQLite file the way Posthouse wants it."""

import sqlite3
import threading
from functools import cache
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine

from posthouse.errors import StoreUnavailableError
from posthouse.storage.faults import unavailable

STATEMENTS_KEPT = 1024
"""Grouped statements have a text for each number of rows, so there are some hundreds of them."""
CACHE_KIB = 16_000
LOG_PAGES = 4000
"""Pages in the write-ahead log before they are copied into the file.

16 MB. Most are written many times before.
"""


def connect(path: Path, *, create: bool, patience_s: float) -> sqlite3.Connection:
    """Open a file for writing: write-ahead log, every commit on the disk before it counts.

    `patience_s` is how long a statement waits for another process that holds the file.
    Transactions are begun and ended by explicit statements only.
    """
    mode = "rwc" if create else "rw"
    try:
        db = sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            timeout=patience_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS_KEPT,
        )
        try:
            _prepare(db, path)
        except BaseException:
            db.close()
            raise
    except sqlite3.Error as error:
        raise unavailable(error, path) from error
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    (journal,) = db.execute("PRAGMA journal_mode=WAL").fetchone()
    if journal != "wal":
        raise StoreUnavailableError(
            f"The database {path} cannot keep a write-ahead log. "
            "Put it on a local disk, not on a network share."
        )
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA foreign_keys=ON")
    db.execute("PRAGMA temp_store=MEMORY")
    db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    db.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")


def connect_reader(path: Path, *, patience_s: float) -> sqlite3.Connection:
    """Open a file for reading; a statement that writes fails."""
    db = connect(path, create=False, patience_s=patience_s)
    db.execute("PRAGMA query_only=ON")
    return db


def through_sqlalchemy(db: sqlite3.Connection) -> Connection:
    """Return a SQLAlchemy connection on an open one; it never begins or ends a transaction."""
    _open.db = db
    try:
        connection = _engine().connect()
    finally:
        del _open.db
    # SQLAlchemy believes in one long transaction: so it leaves ours alone when a statement fails.
    connection.begin()
    return connection


_open = threading.local()
"""The connection that a thread is about to hand over."""


@cache
def _engine() -> Engine:
    """Return the one engine of the process, so that a statement is compiled once for all threads.

    It keeps no connections of its own.
    """
    return create_engine(
        "sqlite+pysqlite://",
        creator=lambda: _open.db,
        poolclass=NullPool,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
    )
