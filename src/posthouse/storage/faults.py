"""What went wrong with the database, in a sentence a person can act on.

No vendor error leaves this folder.
"""

import sqlite3
from pathlib import Path

from posthouse.errors import ConflictError, MistakeError, StoreUnavailableError

_SENTENCES = {
    sqlite3.SQLITE_BUSY: "is locked by another process. "
    "Find the program that holds it open for writing and end it.",
    sqlite3.SQLITE_LOCKED: "is locked by another connection. End what reads or writes it.",
    sqlite3.SQLITE_NOMEM: "needs more memory than the machine has. Free some.",
    sqlite3.SQLITE_READONLY: "cannot be written. "
    "Give this user the right to write the file and its folder.",
    sqlite3.SQLITE_INTERRUPT: "was interrupted while it worked. Try again.",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error. "
    "Check the disk and its mount.",
    sqlite3.SQLITE_CORRUPT: "is damaged. Stop the site, keep a copy of the file, "
    "and restore a backup or run `sqlite3 FILE .recover`.",
    sqlite3.SQLITE_FULL: "has no room left: the disk is full. "
    "Free some space; nothing acknowledged is lost.",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened. "
    "Check that the folder is there and that this user may write in it.",
    sqlite3.SQLITE_PROTOCOL: "cannot be locked. Put it on a local disk, not on a network share.",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database. "
    "Name another file in the settings, or move this one away.",
}
"""By SQLite's primary result code; what is not here is the statement's own fault."""


def code_of(error: BaseException) -> int:
    """Return SQLite's primary result code, 0 where the error carries none."""
    extended = getattr(error, "sqlite_errorcode", 0)
    return int(extended) & 0xFF


def is_unavailable(error: BaseException) -> bool:
    """Tell whether the database failed, as opposed to the statement."""
    return code_of(error) in _SENTENCES


def unavailable(error: BaseException, path: Path | str) -> StoreUnavailableError:
    """Return the error to raise when the database failed."""
    said = _SENTENCES.get(code_of(error), "does not work now. Look at the error below it.")
    return StoreUnavailableError(f"The database {path} {said} (SQLite: {error})")


def refused(error: BaseException | None) -> ConflictError | MistakeError:
    """Return what to tell a turn whose statement the database refused."""
    if isinstance(error, (ConflictError, MistakeError)):
        return error
    if isinstance(error, sqlite3.IntegrityError):
        said = f"A statement broke a constraint of the database: {error}."
        return ConflictError(said, constraint=True)
    return MistakeError(
        f"A statement cannot be run: {error}. Correct it in the handler that gave it."
    )
