"""Batches in which the transaction itself dies, or its end is unknown."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from posthouse.errors import ConflictError, MistakeError, StoreUnavailableError
from posthouse.ports.changes import Execute, Observed, PutInbox, PutTimer, Settle, TakeTimer
from posthouse.ports.records import DeliveryState, Mark
from posthouse.storage import migrations
from posthouse.storage.batch import Batches
from posthouse.storage.connect import through_sqlalchemy
from posthouse.storage.sqlite import SqliteStore
from posthouse.storage.writes import Writes
from posthouse.testing.contracts.store.kit import (
    commit,
    delivery,
    read,
    settled,
    state,
    timer,
    turn,
    waiting,
    wins,
)


def sql(statement: str) -> Execute:
    """A statement of a user."""
    return Execute(text(statement))


def angry(number: int) -> Execute:
    """A row whose repetition rolls the whole transaction back."""
    return sql(f"INSERT INTO angry VALUES ({number})")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """An open store with tables that kill transactions."""
    store = SqliteStore(tmp_path / "site.db")
    await store.open()
    tables = [
        "CREATE TABLE angry (x INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)",
        "CREATE TABLE pile (x BLOB)",
    ]
    await wins(store, turn(None, *map(sql, tables), angry(0)))
    yield store
    await store.aclose()


async def test_a_dead_transaction_takes_nobody_along(store: SqliteStore) -> None:
    """A table that says ON CONFLICT ROLLBACK fails its own change only."""
    bad = turn("u2", angry(0))
    batch = [
        turn("u1", deliveries=[delivery(1)]),
        turn("u4", angry(4)),
        bad,
        turn("u3", states=[state("a", 0)]),
        turn("u1"),
    ]
    verdicts = await commit(store, *batch)
    assert verdicts == ["won", "won", "failed", "won", "duplicate"]
    assert isinstance(bad.error, ConflictError)
    assert await settled(store, "u1", "u2", "u3", "u4") == {"u1", "u3", "u4"}
    assert len(await store.fetch(text("SELECT x FROM angry"))) == 2


@contextmanager
def commits(store: SqliteStore) -> Iterator[list[str]]:
    """Watch the transactions that end meanwhile."""
    db = store._pen._db
    assert db is not None
    seen: list[str] = []
    db.set_trace_callback(lambda said: seen.append(said) if said == "COMMIT" else None)
    yield seen
    db.set_trace_callback(None)


async def test_a_dead_transaction_of_an_observer_spares_the_turn(store: SqliteStore) -> None:
    """The turn and its other observers are committed without it, and all of that at once."""
    mark = Mark(1, "u1")
    observers = [turn(None, Observed(mark, f"o{n}"), angry(n)) for n in (0, 1, 0, 2)]
    with commits(store) as seen:
        await wins(store, turn("u1", states=[state("a", 0)], observers=observers))
    assert seen == ["COMMIT"]
    assert [observer.verdict for observer in observers] == ["failed", "won", "failed", "won"]
    assert isinstance(observers[0].error, ConflictError)
    assert await read(store, "a") == [(1, b"state")]


FAMILY = (
    "CREATE TABLE parent (x INTEGER PRIMARY KEY)",
    "CREATE TABLE child (x INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
)


async def test_a_deferred_constraint_of_an_observer_fails_that_observer(store: SqliteStore) -> None:
    """COMMIT refuses without saying why; those whose rows are good still go with the turn."""
    await wins(store, turn(None, *map(sql, FAMILY)))
    wants = [
        ("INSERT INTO pile VALUES (1)",),
        ("INSERT INTO child VALUES (7)",),
        ("INSERT INTO child VALUES (8)", "INSERT INTO parent VALUES (8)"),
    ]
    observers = [
        turn(None, Observed(Mark(1, "u1"), f"o{n}"), *map(sql, statements))
        for n, statements in enumerate(wants)
    ]
    with commits(store) as seen:
        await wins(store, turn("u1", states=[state("a", 0)], observers=observers))
    assert seen == ["COMMIT"] * 4, "three were refused: fast, with care, alone"
    assert [observer.verdict for observer in observers] == ["won", "failed", "won"]
    assert len(await store.fetch(text("SELECT x FROM pile"))) == 1
    assert len(await store.fetch(text("SELECT x FROM child"))) == 1
    assert await settled(store, "u1") == {"u1"}


async def test_a_deferred_constraint_of_the_turn_fails_it_with_its_observers(
    store: SqliteStore,
) -> None:
    """They come after a turn that won."""
    await wins(store, turn(None, *map(sql, FAMILY)))
    observer = turn(None, Observed(Mark(1, "u1"), "o"), sql("INSERT INTO pile VALUES (1)"))
    bad = turn("u1", sql("INSERT INTO child VALUES (7)"), observers=[observer])
    assert await commit(store, bad) == ["failed"]
    assert observer.verdict is None
    assert await store.fetch(text("SELECT x FROM pile")) == []
    assert await settled(store, "u1") == set()


async def test_observers_are_judged_when_the_end_of_their_commit_was_unknown(
    store: SqliteStore,
) -> None:
    """The mark of each tells whether what it wanted was written."""
    mark = Mark(1, "u1")
    observers = [turn(None, Observed(mark, f"o{n}"), angry(n)) for n in (0, 1)]
    change = turn("u1", observers=observers)
    await wins(store, change)
    change.attempt, change.verdict = 1, None
    for observer in observers:
        observer.verdict = None
    await wins(store, change)
    assert [observer.verdict for observer in observers] == ["failed", "won"]
    assert len(await store.fetch(text("SELECT x FROM angry"))) == 2


async def test_observers_of_a_turn_that_kills_its_transaction_do_not_run(
    store: SqliteStore,
) -> None:
    """They come after a turn that won."""
    observer = turn(None, angry(7))
    assert await commit(store, turn("u1", angry(0), observers=[observer])) == ["failed"]
    assert observer.verdict is None


async def test_a_trigger_that_kills_a_plain_turn_fails_that_turn(store: SqliteStore) -> None:
    """Even what needs no statements of its own is committed one by one then."""
    trigger = (
        "CREATE TRIGGER no_nine BEFORE INSERT ON outbox WHEN new.id = 9"
        " BEGIN SELECT RAISE(ROLLBACK, 'no nine'); END"
    )
    await wins(store, turn(None, sql(trigger)))
    batch = [turn("u1"), turn("u2", deliveries=[delivery(9)]), turn("u3")]
    assert await commit(store, *batch) == ["won", "failed", "won"]
    single = turn("u4", deliveries=[delivery(9)], attempt=1)
    assert await commit(store, single) == ["failed"]


async def test_a_batch_that_fails_half_way_is_not_written_twice(store: SqliteStore) -> None:
    """What was committed one by one before the disk was full is left out of the next attempt."""
    db = store._pen._db
    assert db is not None
    first = turn(None, sql("INSERT INTO pile VALUES ('first')"))
    dead = turn(None, angry(0))
    large = turn("u1", sql("INSERT INTO pile VALUES (zeroblob(90000))"))
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count={pages + 3}")
    # The dead one keeps the others from being tried together.
    batch = [first, dead, large]
    with pytest.raises(StoreUnavailableError, match="disk is full"):
        await store.commit(batch)
    db.execute("PRAGMA max_page_count=100000")
    for change in batch:
        change.attempt += 1
    assert await commit(store, *batch) == ["won", "failed", "won"]
    rows = await store.fetch(text("SELECT x FROM pile"))
    assert len(rows) == 2


@pytest.mark.parametrize("word", ["COMMIT", " rollback", "PRAGMA foreign_keys=OFF"])
async def test_a_turn_cannot_end_the_transaction(store: SqliteStore, word: str) -> None:
    """The transaction belongs to the framework."""
    bad = turn("u1", sql(word))
    assert await commit(store, turn("u2"), bad) == ["won", "failed"]
    assert isinstance(bad.error, MistakeError)


async def test_rows_a_statement_returns_are_counted(store: SqliteStore) -> None:
    """expect_rows holds for RETURNING as well."""
    one = Execute(text("INSERT INTO pile VALUES (1), (2) RETURNING x"), expect_rows=2)
    two = Execute(text("INSERT INTO pile VALUES (1) RETURNING x"), expect_rows=2)
    assert await commit(store, turn("u1", one), turn("u2", two)) == ["won", "failed"]


async def test_statements_that_create_rows_are_no_reads(store: SqliteStore) -> None:
    """A statement without rows returns none."""
    assert await store.fetch(text("EXPLAIN SELECT 1 WHERE 0")) != ()
    assert await store.fetch(text("PRAGMA shrink_memory")) == ()


async def test_an_own_observer_mark_keeps_the_inbox(store: SqliteStore) -> None:
    """A change that was observed before is a duplicate, but its update is not done."""
    mark = Mark(1, "u1")
    await wins(store, turn(None, Observed(mark, "o")))
    again = turn("u1", Observed(mark, "o"), inbox=True)
    assert await commit(store, again) == ["duplicate"]
    assert await settled(store, "u1") == set()


async def test_losers_beside_writes_that_fail_are_judged_in_order(store: SqliteStore) -> None:
    """When a run cannot be grouped each change is judged on what really was written before it."""
    await wins(store, turn(None, PutTimer(timer("t"))))
    batch = [
        turn("u1", TakeTimer("gone", 1.0)),
        turn("u1", TakeTimer("t", 5.0)),
        turn("u1"),
    ]
    assert await commit(store, *batch) == ["stale", "won", "duplicate"]


async def test_moves_between_losers_keep_their_place(store: SqliteStore) -> None:
    """What enters the inbox between two turns of a batch that has losers enters there."""
    await wins(store, turn("u1"))
    batch = [
        turn(None, PutInbox(waiting("u2"))),
        turn("u1"),
        turn("u2", inbox=True),
        turn(None, PutInbox(waiting("u2"))),
        turn("u3"),
    ]
    assert await commit(store, *batch) == ["won", "duplicate", "won", "duplicate", "won"]
    assert await store.inbox(account=1) == []


class LostAnswer(sqlite3.Connection):
    """A connection whose COMMIT works, or not, and then reports an I/O error."""

    commits = True
    trouble = False

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement; after COMMIT raise, if told to."""
        if sql == "COMMIT" and self.trouble:
            if self.commits:
                super().execute(sql)
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
            raise error
        return super().execute(sql, parameters)


@pytest.fixture
def broken() -> Iterator[tuple[LostAnswer, Batches]]:
    """Batches on a connection whose COMMIT loses its answer."""
    db = sqlite3.connect(":memory:", isolation_level=None, factory=LostAnswer)
    migrations.create(db)
    writes = Writes(db, through_sqlalchemy(db))
    yield db, Batches(db, writes, path=Path("site.db"), epoch=migrations.HEAD)
    db.close()


@pytest.mark.parametrize("commits", [True, False])
def test_a_commit_with_an_unknown_end_is_asked_about(
    commits: bool, broken: tuple[LostAnswer, Batches]
) -> None:
    """The same batch again is written exactly once, whether the first COMMIT took place or not."""
    db, batches = broken
    sent = turn("u3", Settle(2, DeliveryState.SENT))
    changes = [turn("u1", states=[state("a", 0)]), turn("u2", deliveries=[delivery(1)]), sent]
    db.commits, db.trouble = commits, True
    with pytest.raises(StoreUnavailableError, match="the disk reports an error"):
        batches.commit(changes)
    assert not db.in_transaction
    assert [change.verdict for change in changes] == [None] * 3
    db.trouble = False
    for change in changes:
        change.attempt += 1
    batches.commit(changes)
    assert [change.verdict for change in changes] == ["won"] * 3
    assert db.execute("SELECT version FROM conversation").fetchall() == [(1,)]
    assert db.execute("SELECT count(*) FROM outbox").fetchall() == [(1,)]
