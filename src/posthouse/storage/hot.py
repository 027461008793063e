"""The few statements of a turn's commit and load, straight on the driver.

How this works: each call into SQLite gives the interpreter lock away and has to win it back from a
busy event loop, so what counts is the number of calls. Rows are written many at a time, by
statements for every number of rows up to 64 and for a few larger ones, which the driver keeps
prepared. What must hold (a mark is new, a version is the one that was read) is read from the number
of rows that were changed: no statement asks first. A number that differs undoes everything; who
lost is then found with care, in `posthouse.storage.batch`. A load returns all its rows as the
columns of one row. Everything that is not on this path goes through SQLAlchemy.
"""

import sqlite3
from collections.abc import Sequence
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from posthouse.ports.changes import (
    Change,
    CountAttempt,
    DropInbox,
    DropQuarantine,
    PutInbox,
    PutPerson,
    PutQuarantine,
    PutSaid,
    Replay,
    Settle,
    Write,
)
from posthouse.ports.records import DeliveryRow, DeliveryState, Mark, MessageRow, StateWrite
from posthouse.ports.store import StateKey, StateRead

MOST_EXACT = 64
"""Up to so many rows each number has a statement of its own, since one call is what counts."""
ROUND_SIZES = (512, 256, 128, 64)
"""Larger numbers are put together from these."""
OVER = frozenset(
    str(state)  # an enum member is slow to hash
    for state in (
        DeliveryState.SENT,
        DeliveryState.RIDDEN,
        DeliveryState.MERGED,
        DeliveryState.CANCELLED,
    )
)
"""Ends that leave nothing to look at: the row goes."""
ABSENT = StateRead(0, None)


MOVES = frozenset({PutInbox, DropInbox, CountAttempt, PutQuarantine, Replay, DropQuarantine})
"""Writes that read or move marks, so that their place in the batch matters."""


class MismatchError(Exception):
    """A grouped statement changed another number of rows than it must."""


class Grouped:
    """One statement for many rows, in sizes."""

    def __init__(self, before: str, row: str, after: str = "") -> None:
        self._width = row.count("?")
        self._parts = (before, row, after)
        self._texts: dict[int, str] = {}

    def run(self, db: sqlite3.Connection, parameters: Sequence[object]) -> int:
        """Run over rows laid end to end and return how many rows were changed."""
        changed = 0
        for at, rows in pieces(len(parameters) // self._width):
            first = at * self._width
            part = parameters[first : first + rows * self._width]
            changed += db.execute(self._text(rows), part).rowcount
        return changed

    def _text(self, rows: int) -> str:
        text = self._texts.get(rows)
        if text is None:
            before, row, after = self._parts
            text = self._texts[rows] = before + ",".join([row] * rows) + after
        return text


def pieces(rows: int) -> list[tuple[int, int]]:
    """Cut a number of rows into (first row, rows) for which statements are kept."""
    out: list[tuple[int, int]] = []
    at = 0
    while rows > MOST_EXACT:
        size = next(n for n in ROUND_SIZES if n <= rows)
        out.append((at, size))
        at, rows = at + size, rows - size
    if rows:
        out.append((at, rows))
    return out


def _insert_marks(current: str, older: str) -> Grouped:
    return Grouped(
        f"INSERT INTO {current} (account, update_id)"  # noqa: S608  our own names
        " SELECT column1, column2 FROM (VALUES ",
        "(?,?)",
        f") WHERE NOT EXISTS (SELECT 1 FROM {older} AS o"  # noqa: S608  our own names
        " WHERE o.account = column1 AND o.update_id = column2) ON CONFLICT DO NOTHING",
    )


MARKS = {"a": _insert_marks("mark_a", "mark_b"), "b": _insert_marks("mark_b", "mark_a")}
"""By the letter of the table that takes new marks."""
FIRST_STATES = Grouped(
    "INSERT INTO conversation (account, key, version, body) VALUES ",
    "(?,?,?+1,?)",
    " ON CONFLICT DO NOTHING",
)
NEXT_STATES = Grouped(
    "UPDATE conversation SET version = column3 + 1, body = column4 FROM (VALUES ",
    "(?,?,?,?)",
    ") WHERE account = column1 AND key = column2 AND version = column3",
)
DELIVERIES = Grouped(
    "INSERT INTO outbox (id, account, chat, klass, state, body, created, not_before, expires,"
    " attempts, target, remember, guard, late, error) VALUES ",
    "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
)
USUAL_DELIVERIES = Grouped(
    "INSERT INTO outbox (id, account, chat, klass, state, body, created, remember, not_before,"
    " expires, attempts, target, guard, late, error) VALUES ",
    "(?,?,?,?,?,?,?,?,0.0,NULL,0,NULL,NULL,0,NULL)",
)
"""Those with nothing out of the ordinary: binding a value costs more than writing it."""
SENT = Grouped("DELETE FROM outbox WHERE id IN (", "?", ")")
INBOX_DONE = Grouped("DELETE FROM inbox WHERE (account, update_id) IN (VALUES ", "(?,?)", ")")
MESSAGES = Grouped(
    "INSERT OR REPLACE INTO message (delivery, account, chat, message_id, at) VALUES ",
    "(?,?,?,?,?)",
)
PERSONS = Grouped(
    "INSERT INTO person (account, person, chat, name, username, language, first_day, last_day)"
    " VALUES ",
    "(?,?,?,?,?,?,?,?)",
    " ON CONFLICT (account, person) DO UPDATE SET chat = coalesce(excluded.chat, chat),"
    " name = excluded.name, username = excluded.username, language = excluded.language,"
    " last_day = excluded.last_day",
)
SAID = Grouped(
    "INSERT INTO journal"
    " (account, chat, person, at, way, kind, text, media, route, message, delivery) VALUES ",
    "(?,?,?,?,?,?,?,?,?,?,?)",
)


class Plain(Struct):
    """What a run of changes writes, laid out for grouped statements."""

    marks: list[object] = []
    inbox: list[object] = []
    first: list[object] = []
    following: list[object] = []
    usual: list[object] = []
    deliveries: list[object] = []
    sent: list[int] = []
    messages: list[object] = []
    persons: list[object] = []
    said: list[object] = []
    others: list[Write] = []
    """Writes that take a statement each, in order."""


def lay_out(changes: Sequence[Change], start: int = 0) -> tuple[Plain, int]:
    """Lay out changes from `start` on.

    Also return where the first one stands that cannot be grouped.
    """
    plain = Plain()
    marks, first, following = plain.marks, plain.first, plain.following
    usual = plain.usual
    for at in range(start, len(changes)):
        change = changes[at]
        writes = change.writes
        if (
            change.observers
            or change.attempt
            or (writes and not MOVES.isdisjoint(map(type, writes)))
        ):
            return plain, at
        mark = change.mark
        if mark is not None:
            marks += mark
            if change.inbox:
                plain.inbox += mark
        for state in change.states:
            if state.version:
                following += state
            else:
                first += state
        for row in change.deliveries:
            if _is_usual(row):
                usual += _usual(row)
            else:
                plain.deliveries += _delivery(row)
        if writes:
            _lay_out_writes(plain, writes)
    return plain, len(changes)


def is_single(change: Change) -> bool:
    """Tell whether a change must be applied by itself, in its place between the others."""
    if change.observers or change.attempt:
        return True
    return bool(change.writes) and not MOVES.isdisjoint(map(type, change.writes))


def _lay_out_writes(plain: Plain, writes: Sequence[Write]) -> None:
    for write in writes:
        if type(write) is Settle:
            if write.message is not None:
                plain.messages += astuple(write.message)
            if str(write.state) in OVER:
                plain.sent.append(write.id)
                continue
        elif type(write) is PutPerson:
            plain.persons += _person(write)
            continue
        elif type(write) is PutSaid:
            plain.said += astuple(write)
            continue
        plain.others.append(write)


def write_plain(db: sqlite3.Connection, plain: Plain, current: str) -> None:
    """Write everything but `others`.

    Raises MismatchError when a mark or a version is not as expected.
    """
    if plain.marks and 2 * MARKS[current].run(db, plain.marks) != len(plain.marks):
        raise MismatchError
    if plain.first and 4 * FIRST_STATES.run(db, plain.first) != len(plain.first):
        raise MismatchError
    if plain.following and 4 * NEXT_STATES.run(db, plain.following) != len(plain.following):
        raise MismatchError
    if plain.usual:
        USUAL_DELIVERIES.run(db, plain.usual)
    if plain.deliveries:
        DELIVERIES.run(db, plain.deliveries)
    if plain.inbox:
        INBOX_DONE.run(db, plain.inbox)
    if plain.messages:
        MESSAGES.run(db, plain.messages)
    if plain.sent:
        SENT.run(db, plain.sent)
    if plain.persons or plain.said:
        PERSONS.run(db, plain.persons)
        SAID.run(db, plain.said)


def write_person(db: sqlite3.Connection, write: PutPerson) -> None:
    """Note that a person was met."""
    PERSONS.run(db, _person(write))


def write_said(db: sqlite3.Connection, write: PutSaid) -> None:
    """Keep what was said."""
    SAID.run(db, astuple(write))


def _person(write: PutPerson) -> tuple[object, ...]:
    return (*astuple(write), write.day)


def _is_usual(row: DeliveryRow) -> bool:
    return (
        row.expires is None
        and row.target is None
        and row.guard is None
        and row.error is None
        and not (row.not_before or row.attempts or row.late)
    )


def _usual(row: DeliveryRow) -> tuple[object, ...]:
    return (
        row.id,
        row.account,
        row.chat,
        str(row.klass),
        str(row.state),
        row.body,
        row.created,
        1 if row.remember else 0,
    )


def _delivery(row: DeliveryRow) -> tuple[object, ...]:
    # The driver's own types, which it binds without looking for adapters: no enums, no booleans.
    return (
        row.id,
        row.account,
        row.chat,
        str(row.klass),
        str(row.state),
        row.body,
        row.created,
        row.not_before,
        row.expires,
        row.attempts,
        row.target,
        1 if row.remember else 0,
        row.guard,
        1 if row.late else 0,
        row.error,
    )


# --- one change with care


def write_mark(db: sqlite3.Connection, mark: Mark, current: str) -> bool:
    """Mark an update done; False when it was already."""
    return MARKS[current].run(db, mark) == 1


def write_state(db: sqlite3.Connection, state: StateWrite) -> bool:
    """Write a conversation row; False when its version is another."""
    return (NEXT_STATES if state.version else FIRST_STATES).run(db, state) == 1


def write_delivery(db: sqlite3.Connection, row: DeliveryRow) -> None:
    """Insert a delivery."""
    DELIVERIES.run(db, _delivery(row))


def write_message(db: sqlite3.Connection, row: MessageRow) -> None:
    """Keep the own id of a message of ours."""
    MESSAGES.run(db, astuple(row))


def delete_delivery(db: sqlite3.Connection, id: int) -> None:
    """Take a delivery out of the outbox."""
    SENT.run(db, (id,))


def delete_inbox(db: sqlite3.Connection, mark: Mark) -> None:
    """Take an update out of the inbox."""
    INBOX_DONE.run(db, mark)


# --- reading


_READ = (
    "(SELECT version FROM conversation WHERE account=? AND key=?),"
    "(SELECT body FROM conversation WHERE account=? AND key=?)"
)


@cache
def _load_text(rows: int) -> str:
    return "SELECT " + ",".join([_READ] * rows)


def load(db: sqlite3.Connection, keys: Sequence[StateKey]) -> list[StateRead]:
    """Read conversation rows in the order of the keys."""
    reads: list[StateRead] = []
    for at, rows in pieces(len(keys)):
        parameters: list[object] = []
        for key in keys[at : at + rows]:
            parameters += key
            parameters += key
        (row,) = db.execute(_load_text(rows), parameters).fetchall()
        reads += _pairs(row)
    return reads


def _pairs(row: Sequence[Any]) -> list[StateRead]:
    return [
        ABSENT if version is None else StateRead(version, body)
        for version, body in zip(row[::2], row[1::2], strict=True)
    ]


def known_marks(db: sqlite3.Connection, marks: Sequence[Mark]) -> set[Mark]:
    """Return those marks that are done."""
    return _among(db, marks, ("mark_a", "mark_b"))


def settled_marks(db: sqlite3.Connection, marks: Sequence[Mark]) -> set[Mark]:
    """Return those marks that are done, quarantined or in the inbox."""
    return _among(db, marks, ("mark_a", "mark_b", "quarantine", "inbox"))


def is_in_inbox(db: sqlite3.Connection, mark: Mark) -> bool:
    """Return whether an update waits in the inbox."""
    return bool(_among(db, [mark], ("inbox",)))


def _among(db: sqlite3.Connection, marks: Sequence[Mark], tables: Sequence[str]) -> set[Mark]:
    found: set[Mark] = set()
    for at in range(0, len(marks), ROUND_SIZES[0]):
        some = marks[at : at + ROUND_SIZES[0]]
        rows = ",".join(["(?,?)"] * len(some))
        for table in tables:
            text = (
                f"SELECT account, update_id FROM {table}"  # noqa: S608  our own names
                f" WHERE (account, update_id) IN (VALUES {rows})"
            )
            found.update(map(Mark._make, db.execute(text, [part for m in some for part in m])))
    return found
