"""The lock beside a database file: one process owns the file, and a second one learns who does."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from posthouse.errors import AlreadyRunningError, StoreUnavailableError

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_lock(file: int) -> bool:
        # A locked byte cannot be read by others on Windows, so it lies far behind the text.
        os.lseek(file, 1 << 30, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True
else:
    import fcntl

    def _try_lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Holder(NamedTuple):
    """Who owns a database file."""

    pid: int | None
    """None for an owner that has not written its number yet."""
    since: str
    """Moment in ISO 8601, or an empty string."""


def lock_path(database: Path) -> Path:
    """Return the lock's own file.

    It stays when the lock is released, since only the lock on it counts.
    """
    return database.with_name(f"{database.name}.lock")


def holder(database: Path) -> Holder | None:
    """Return the process that owns a database file, None when no site runs on it."""
    path = lock_path(database)
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        if _try_lock(file):
            return None
        pid, _, since = os.read(file, 200).decode(errors="replace").strip().partition(" ")
        return Holder(int(pid) if pid.isdigit() else None, since)
    finally:
        os.close(file)


class FileLock:
    """Ownership of one database file; it ends with the process at the latest."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file: int | None = None

    def acquire(self, now: datetime) -> None:
        """Take the lock and write down who holds it since when.

        Raises AlreadyRunningError naming the process that holds it, StoreUnavailableError when the
        folder cannot be written.
        """
        path = lock_path(self._database)
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreUnavailableError(
                f"The lock {path} cannot be opened: {error.strerror}. "
                "Check that the folder is there and that this user may write in it."
            ) from error
        if not _try_lock(file):
            os.close(file)
            raise AlreadyRunningError(self._sentence())
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()} {now.isoformat(timespec='seconds')}\n".encode())
        self._file = file

    def release(self) -> None:
        """Give the file free; a second call does nothing."""
        file, self._file = self._file, None
        if file is not None:
            os.ftruncate(file, 0)
            os.close(file)

    def _sentence(self) -> str:
        found = holder(self._database)
        who = "Another process"
        if found is not None and found.pid is not None:
            who = f"Process {found.pid}, since {found.since},"
        return (
            f"{who} owns the database {self._database}. "
            "Stop it first, or give this site a database file of its own."
        )
