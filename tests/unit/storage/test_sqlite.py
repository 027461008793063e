"""The SQLite store when things go wrong: nothing is lost, and the sentence says what to do."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from posthouse.errors import (
    MistakeError,
    SchemaChangedError,
    StoreUnavailableError,
)
from posthouse.ports.changes import Change, Execute, SetAside, Verdict
from posthouse.ports.store import Retention, StateKey
from posthouse.storage.connect import connect, connect_reader, through_sqlalchemy
from posthouse.storage.faults import unavailable
from posthouse.storage.sqlite import SqliteStore
from posthouse.testing.contracts.store.kit import opened, settled, state, turn, wins


@pytest.fixture
async def store(tmp_path: Path) -> Any:
    """An open store that waits 50 ms for a locked file."""
    store = SqliteStore(tmp_path / "site.db", patience_s=0.05)
    await store.open()
    yield store
    await store.aclose()


def _file(store: SqliteStore) -> Path:
    return store._path


def _limit(store: SqliteStore, pages: int) -> None:
    """Let the file grow by so many pages only: what a full disk looks like to SQLite."""
    db = store._pen._db
    assert db is not None
    (now,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count={now + pages}")


async def test_a_locked_file_is_reported_and_the_commit_can_be_repeated(
    store: SqliteStore,
) -> None:
    """While another process holds the file nothing is written, health says why, and it heals."""
    other = sqlite3.connect(_file(store), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    change = turn("u1", states=[state("a", 0)])
    with pytest.raises(StoreUnavailableError, match="locked by another process"):
        await store.commit([change])
    assert change.verdict is None
    assert "locked" in str(store.healthy())
    with pytest.raises(StoreUnavailableError, match="locked"):
        await store.reserve("s", 1)
    assert await store.load([StateKey(1, "a")]) == [(0, None)]
    other.execute("ROLLBACK")
    other.close()
    change.attempt += 1
    await wins(store, change)
    assert store.healthy() is None
    assert await store.reserve("s", 1) == 1


async def test_a_full_disk_loses_nothing(store: SqliteStore) -> None:
    """The batch is refused whole and can be committed once there is room."""
    await wins(store, turn("u1", states=[state("a", 0)]))
    _limit(store, 2)
    batch = [turn(f"v{n}", states=[state(f"k{n}", 0, b"x" * 20_000)]) for n in range(3)]
    with pytest.raises(StoreUnavailableError, match="disk is full"):
        await store.commit(batch)
    assert [change.verdict for change in batch] == [None] * 3
    assert await settled(store, "u1", "v0", "v1", "v2") == {"u1"}
    _limit(store, 1000)
    for change in batch:
        change.attempt += 1
    await wins(store, *batch)


async def test_a_statement_on_a_full_disk_is_not_the_handlers_fault(store: SqliteStore) -> None:
    """The turn is kept for later, not failed."""
    await wins(store, turn(None, Execute(text("CREATE TABLE pile (x BLOB)"))))
    _limit(store, 2)
    big = turn("u1", Execute(text("INSERT INTO pile VALUES (zeroblob(50000))")))
    for attempt in range(2):
        big.attempt = attempt
        with pytest.raises(StoreUnavailableError, match="disk is full"):
            await store.commit([turn("u2"), big])
        assert big.verdict is None
    assert await settled(store, "u1", "u2") == set()
    _limit(store, 1000)
    await wins(store, big)


async def test_garbage_is_left_alone(tmp_path: Path) -> None:
    """A file that is no database is named and not touched."""
    path = tmp_path / "site.db"
    path.write_bytes(b"not a database, " * 1000)
    for own in (True, False, True):
        with pytest.raises(StoreUnavailableError, match="is not a SQLite database"):
            await SqliteStore(path, own=own).open()
    assert path.read_bytes() == b"not a database, " * 1000


async def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    """A database whose pages are scrambled does not open."""
    path = tmp_path / "site.db"
    async with opened(lambda _: SqliteStore(path)) as store:
        await wins(store, turn("u1", states=[state("a", 0)]))
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * 3996
    path.write_bytes(data)
    with pytest.raises(StoreUnavailableError, match="is damaged"):
        await SqliteStore(path).open()


async def test_a_file_locked_at_start_is_named(tmp_path: Path) -> None:
    """The lock beside the file is free again after the refusal."""
    path = tmp_path / "site.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="locked by another process"):
            await SqliteStore(path, patience_s=0.05).open()
    other.execute("ROLLBACK")
    other.close()


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The sentence names the path and what to check."""
    with pytest.raises(StoreUnavailableError, match=r"none/site\.db.*folder is there"):
        await SqliteStore(tmp_path / "none" / "site.db").open()


async def test_a_database_that_was_migrated_meanwhile_stops_the_site(store: SqliteStore) -> None:
    """Every batch compares the schema; nothing is written to another one."""
    other = sqlite3.connect(_file(store), isolation_level=None)
    other.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaChangedError, match="was migrated while this site ran"):
        await store.commit([turn("u1")])
    with pytest.raises(SchemaChangedError):
        await store.reserve("s", 1)
    assert await settled(store, "u1") == set()
    other.execute("DELETE FROM alembic_version")
    with pytest.raises(SchemaChangedError):
        await store.commit([turn("u1")])
    other.execute("DROP TABLE alembic_version")
    other.close()
    with pytest.raises(StoreUnavailableError, match="does not work now"):
        await store.commit([turn("u1")])


async def test_a_read_that_fails_is_mapped(store: SqliteStore) -> None:
    """No error of the driver leaves the store, from reads neither."""
    other = sqlite3.connect(_file(store), isolation_level=None)
    other.execute("DROP TABLE conversation")
    other.execute("DROP TABLE timer")
    other.close()
    with pytest.raises(StoreUnavailableError, match="does not work now"):
        await store.load([StateKey(1, "a")])
    with pytest.raises(StoreUnavailableError, match="does not work now"):
        await store.next_timer()


async def test_a_read_of_a_user_on_a_file_that_is_gone_is_not_a_mistake(tmp_path: Path) -> None:
    """The database failed, not the handler."""
    store = SqliteStore(tmp_path / "site.db")
    await store.open()
    (tmp_path / "site.db").unlink()
    with pytest.raises(StoreUnavailableError, match="cannot be opened"):
        await store.fetch(text("SELECT 1"))
    await store.aclose()


async def test_a_damaged_page_found_by_a_users_read_is_not_a_mistake(tmp_path: Path) -> None:
    """The database failed, not the handler."""
    path = tmp_path / "site.db"
    async with opened(lambda _: SqliteStore(path)) as store:
        rows = turn(None, Execute(text("CREATE TABLE pile AS SELECT zeroblob(90000) AS x")))
        await wins(store, rows)
    data = bytearray(path.read_bytes())
    data[-4096 * 10 :] = b"\xff" * (4096 * 10)
    path.write_bytes(data)
    async with opened(lambda _: SqliteStore(path)) as store:
        with pytest.raises(StoreUnavailableError, match="is damaged"):
            await store.fetch(text("SELECT * FROM pile"))


async def test_beside_a_site_only_commands_are_written(store: SqliteStore) -> None:
    """A store that does not own the file reads, and gives commands to the one that does."""
    beside = SqliteStore(_file(store), own=False)
    await beside.open()
    id = await beside.add_command("replay", "{}", at=1.0)
    assert [row.id for row in await store.commands()] == [id]
    calls = [
        beside.commit([Change()]),
        beside.account("web", "n", bot="b"),
        beside.reserve("s", 1),
        beside.sweep(now=1.0, keep=Retention()),
    ]
    for call in calls:
        with pytest.raises(MistakeError, match="beside a site"):
            await call
    await beside.aclose()


async def test_a_cancelled_commit_does_not_break_the_store(store: SqliteStore) -> None:
    """The commit takes place; its caller is gone; the next one works."""
    change = turn("u1")
    async with asyncio.TaskGroup() as group:
        task = group.create_task(store.commit([change]))
        await asyncio.sleep(0)
        task.cancel()
    await wins(store, turn("u2"))
    assert change.verdict is Verdict.WON


async def test_closing_finishes_what_was_given(tmp_path: Path) -> None:
    """A commit that waits when the store is closed is durable afterwards."""
    store = SqliteStore(tmp_path / "site.db")
    await store.open()
    change = turn("u1")
    async with asyncio.TaskGroup() as group:
        group.create_task(store.commit([change]))
        await asyncio.sleep(0)
        await store.aclose()
    assert change.verdict is Verdict.WON


async def test_closing_before_opening_does_nothing(tmp_path: Path) -> None:
    """A store that never opened has nothing to close."""
    await SqliteStore(tmp_path / "site.db").aclose()
    assert not (tmp_path / "site.db").exists()


def test_a_file_system_without_a_write_ahead_log_is_refused() -> None:
    """Durability needs it; a database in memory has none either."""
    with pytest.raises(StoreUnavailableError, match="write-ahead log"):
        connect(Path(":memory:"), create=True, patience_s=0.1)


def test_readers_cannot_write(tmp_path: Path) -> None:
    """Whatever is given to a reader, the file does not change."""
    connect(tmp_path / "a.db", create=True, patience_s=0.1).close()
    db = connect_reader(tmp_path / "a.db", patience_s=0.1)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        through_sqlalchemy(db).connection.driver_connection.execute("CREATE TABLE x (y)")  # type: ignore[union-attr]  # it is there
    db.close()


def test_an_unknown_failure_is_told_as_it_is() -> None:
    """An error without a known code keeps its text."""
    error = unavailable(sqlite3.OperationalError("odd"), "a.db")
    assert str(error) == (
        "The database a.db does not work now. Look at the error below it. (SQLite: odd)"
    )


async def test_states_that_were_set_aside_go_in_time(store: SqliteStore) -> None:
    """Like updates, after `quarantine_s`."""
    rows = [SetAside(1, "key", "name", b"?", "why", at) for at in (1.0, 50.0)]
    await wins(store, turn(None, *rows))
    await store.sweep(now=100.0, keep=Retention(quarantine_s=60.0))
    assert await store.fetch(text("SELECT at FROM set_aside")) == [(50.0,)]
