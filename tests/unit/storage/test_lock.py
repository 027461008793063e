"""One process owns a database file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from posthouse.errors import AlreadyRunningError, StoreUnavailableError
from posthouse.storage.lock import FileLock, holder, lock_path

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def test_a_second_owner_learns_who_is_first(tmp_path: Path) -> None:
    """The error names the process, the moment and what to do."""
    import os

    database = tmp_path / "site.db"
    first, second = FileLock(database), FileLock(database)
    first.acquire(NOW)
    with pytest.raises(AlreadyRunningError) as caught:
        second.acquire(NOW)
    said = str(caught.value)
    assert f"Process {os.getpid()}, since 2026-05-04T03:02:01+00:00," in said
    assert "Stop it first" in said
    found = holder(database)
    assert found is not None
    assert found.pid == os.getpid()
    first.release()
    first.release()
    assert holder(database) is None
    second.acquire(NOW)
    second.release()


def test_nobody_runs_where_nobody_ever_ran(tmp_path: Path) -> None:
    """A database without a lock has no owner."""
    assert holder(tmp_path / "site.db") is None


def test_an_owner_that_has_not_written_its_number_is_another_process(tmp_path: Path) -> None:
    """Between taking the lock and writing who took it there is nothing to read."""
    database = tmp_path / "site.db"
    lock = FileLock(database)
    lock.acquire(NOW)
    lock_path(database).write_text("")
    with pytest.raises(AlreadyRunningError, match=r"^Another process owns"):
        FileLock(database).acquire(NOW)
    lock.release()


def test_a_folder_that_cannot_be_written_is_named() -> None:
    """The sentence says where, and what to check."""
    with pytest.raises(StoreUnavailableError, match=r"/proc/site\.db\.lock .*may write in it"):
        FileLock(Path("/proc/site.db")).acquire(NOW)
