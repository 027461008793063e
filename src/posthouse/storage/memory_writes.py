"""Applying one change to the in-memory tables, with a note of how to undo each step."""

import sqlite3
from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias, TypeVar

from msgspec.structs import replace

from posthouse.errors import ConflictError
from posthouse.ports.changes import (
    Change,
    CountAttempt,
    DropInbox,
    DropQuarantine,
    DropStanding,
    Execute,
    FinishCommand,
    MoveChat,
    Observed,
    PutInbox,
    PutIntent,
    PutNative,
    PutPart,
    PutPayload,
    PutPerson,
    PutQuarantine,
    PutResult,
    PutSaid,
    PutStanding,
    PutTimer,
    Replay,
    Rewrite,
    SetAside,
    Settle,
    TakeParts,
    TakeTimer,
    UseMedia,
    UseNumber,
    Verdict,
)
from posthouse.ports.records import DeliveryState, InboxRow, Mark, MessageRow, QuarantineRow
from posthouse.ports.store import StateKey, StateRead
from posthouse.storage import hot, memory_chats as chats, people
from posthouse.storage.hot import ABSENT, OVER
from posthouse.storage.memory_tables import Tables
from posthouse.storage.statements import LostError

K = TypeVar("K")
V = TypeVar("V")
Undo: TypeAlias = list[Callable[[], object]]


def apply(
    tables: Tables,
    change: Change,
    undo: Undo,
    execute: Callable[[Execute], None],
    database: Callable[[], sqlite3.Connection],
) -> None:
    """Apply a change. Raises LostError; the caller then takes the steps of `undo` backwards.

    Args:
        tables: Where nearly all is kept.
        change: What to apply.
        undo: Gets the steps back.
        execute: Runs statements on what is kept in SQLite.
        database: Returns that itself.
    """
    mark = change.mark
    if mark is not None:
        if tables.is_done(mark):
            raise LostError(Verdict.DUPLICATE)
        tables.marks.add(mark)
        undo.append(lambda: tables.marks.discard(mark))
        if change.inbox:
            _drop(tables.inbox, mark, undo)
    conversations = tables.conversations
    for account, name, version, body in change.states:
        key = StateKey(account, name)
        if conversations.get(key, ABSENT).version != version:
            raise LostError(Verdict.STALE)
        _put(conversations, key, StateRead(version + 1, body), undo)
    for row in change.deliveries:
        if row.id in tables.outbox:
            said = f"There is a delivery {row.id} already."
            raise LostError(Verdict.FAILED, ConflictError(said, constraint=True))
        _put(tables.outbox, row.id, replace(row), undo)
    if change.writes:
        writer = _Writer(tables, mark, undo, execute, database)
        for write in change.writes:
            writer.BY_TYPE[type(write)](writer, write)


def _put(rows: dict[K, V], key: K, row: V, undo: Undo) -> None:
    if key in rows:
        before = rows[key]
        undo.append(lambda: rows.__setitem__(key, before))
    else:
        undo.append(lambda: rows.pop(key))
    rows[key] = row


def _drop(rows: dict[K, V], key: K, undo: Undo) -> None:
    if key in rows:
        before = rows.pop(key)
        undo.append(lambda: rows.__setitem__(key, before))


class _Writer:
    def __init__(
        self,
        tables: Tables,
        mark: Mark | None,
        undo: Undo,
        execute: Callable[[Execute], None],
        database: Callable[[], sqlite3.Connection],
    ) -> None:
        self._tables = tables
        self._mark = mark
        self._undo = undo
        self._run = execute
        self._database = database

    # --- updates

    def _put_inbox(self, write: PutInbox) -> None:
        tables, mark = self._tables, write.row.mark
        if tables.is_done(mark) or mark in tables.quarantine:
            raise LostError(Verdict.DUPLICATE)
        if mark not in tables.inbox:
            self._enqueue(replace(write.row))

    def _enqueue(self, row: InboxRow) -> None:
        self._tables.last_seq += 1
        row.seq = self._tables.last_seq
        _put(self._tables.inbox, row.mark, row, self._undo)

    def _drop_inbox(self, write: DropInbox) -> None:
        _drop(self._tables.inbox, write.mark, self._undo)

    def _count_attempt(self, write: CountAttempt) -> None:
        row = self._tables.inbox.get(write.mark)
        if row is not None:
            _put(
                self._tables.inbox, write.mark, replace(row, attempts=row.attempts + 1), self._undo
            )

    def _put_quarantine(self, write: PutQuarantine) -> None:
        tables, mark = self._tables, write.row.mark
        if tables.is_done(mark) and mark != self._mark and mark not in tables.quarantine:
            return  # it was done in the meantime
        _drop(tables.inbox, mark, self._undo)
        self._put_mark(mark)
        tables.last_quarantine += 1
        _put(tables.quarantine, mark, replace(write.row, id=tables.last_quarantine), self._undo)

    def _replay(self, write: Replay) -> None:
        row = self._quarantined(write.id)
        if row is None:
            raise LostError(Verdict.STALE)
        mark = row.mark
        _drop(self._tables.quarantine, mark, self._undo)
        for marks in (self._tables.marks, self._tables.older):
            if mark in marks:
                marks.discard(mark)
                self._undo.append(lambda marks=marks: marks.add(mark))  # type: ignore[misc]
        self._enqueue(
            InboxRow(
                mark=mark,
                lane=row.lane,
                kind=row.kind,
                body=row.body,
                received=row.at,
                chat=row.chat,
                person=row.person,
                late=True,
            )
        )

    def _drop_quarantine(self, write: DropQuarantine) -> None:
        row = self._quarantined(write.id)
        if row is None:
            raise LostError(Verdict.STALE)
        _drop(self._tables.quarantine, row.mark, self._undo)
        self._put_mark(row.mark)

    def _quarantined(self, id: int) -> QuarantineRow | None:
        rows = self._tables.quarantine.values()
        return next((row for row in rows if row.id == id), None)

    def _put_mark(self, mark: Mark) -> None:
        marks = self._tables.marks
        if not self._tables.is_done(mark):
            marks.add(mark)
            self._undo.append(lambda: marks.discard(mark))

    # --- conversations and timers

    def _set_aside(self, write: SetAside) -> None:
        self._tables.set_aside.append(write)
        self._undo.append(self._tables.set_aside.pop)

    def _put_timer(self, write: PutTimer) -> None:
        _put(self._tables.timers, write.row.id, replace(write.row), self._undo)

    def _take_timer(self, write: TakeTimer) -> None:
        row = self._tables.timers.get(write.id)
        if row is None or row.due != write.due:
            raise LostError(Verdict.STALE)
        _drop(self._tables.timers, write.id, self._undo)

    # --- deliveries

    def _settle(self, write: Settle) -> None:
        if write.message is not None:
            self._put_message(write.message)
        row = self._tables.outbox.get(write.id)
        if row is None:
            return
        if write.state in OVER:
            _drop(self._tables.outbox, write.id, self._undo)
            return
        settled = replace(
            row,
            state=write.state,
            error=write.error,
            not_before=write.not_before,
            attempts=write.attempts,
        )
        _put(self._tables.outbox, write.id, settled, self._undo)

    def _put_message(self, row: MessageRow) -> None:
        _put(self._tables.messages, row.delivery, row, self._undo)
        by_message = self._tables.by_message
        _put(by_message, (row.account, row.chat, row.message_id), row.delivery, self._undo)

    def _rewrite(self, write: Rewrite) -> None:
        row = self._tables.outbox.get(write.id)
        if row is not None and row.state is DeliveryState.PENDING:
            _put(self._tables.outbox, write.id, replace(row, body=write.body), self._undo)

    def _put_payload(self, write: PutPayload) -> None:
        _put(self._tables.payloads, (write.account, write.key), write, self._undo)

    def _use_media(self, write: UseMedia) -> None:
        _put(self._tables.media, write.key, write.at, self._undo)
        uses, use = self._tables.media_uses, (write.message, write.key)
        if use not in uses:
            uses.add(use)
            self._undo.append(lambda: uses.discard(use))

    def _put_native(self, write: PutNative) -> None:
        key = (write.account, write.key, write.form)
        _put(self._tables.natives, key, write, self._undo)

    # --- albums and chats

    def _put_part(self, write: PutPart) -> None:
        chats.put_part(self._tables, write, self._undo)

    def _take_parts(self, write: TakeParts) -> None:
        chats.take_parts(self._tables, write, self._undo)

    def _move_chat(self, write: MoveChat) -> None:
        chats.move_chat(self._tables, write, self._undo)
        for statement in people.move(write):
            self._run(Execute(statement))

    def _put_standing(self, write: PutStanding) -> None:
        chats.put_standing(self._tables, write, self._undo)
        self._run(Execute(people.cannot_reach(write)))
        self._run(Execute(people.suspend(write)))

    def _drop_standing(self, write: DropStanding) -> None:
        chats.drop_standing(self._tables, write, self._undo)
        self._run(Execute(people.can_reach(write)))
        self._run(Execute(people.revive(write)))

    # --- people

    def _put_person(self, write: PutPerson) -> None:
        hot.write_person(self._database(), write)

    def _put_said(self, write: PutSaid) -> None:
        hot.write_said(self._database(), write)

    # --- what a handler was promised once

    def _use_number(self, write: UseNumber) -> None:
        used, key = self._tables.numbers_used, (write.mark, write.sequence)
        if key not in used:
            _put(used, key, (write.value, self._tables.round), self._undo)

    def _put_intent(self, write: PutIntent) -> None:
        key = (write.mark, write.key)
        if key in self._tables.intents:
            raise LostError(Verdict.STALE)
        _put(self._tables.intents, key, (None, self._tables.round), self._undo)

    def _put_result(self, write: PutResult) -> None:
        key = (write.mark, write.key)
        found = self._tables.intents.get(key)
        if found is not None:
            _put(self._tables.intents, key, (write.result, found[1]), self._undo)

    def _observe(self, write: Observed) -> None:
        key = (write.mark, write.observer)
        if key in self._tables.observed:
            raise LostError(Verdict.DUPLICATE)
        _put(self._tables.observed, key, self._tables.round, self._undo)

    def _execute(self, write: Execute) -> None:
        self._run(write)

    def _finish(self, write: FinishCommand) -> None:
        row = self._tables.commands.get(write.id)
        if row is not None:
            done = replace(row, ok=write.ok, result=write.result)
            _put(self._tables.commands, write.id, done, self._undo)

    BY_TYPE: ClassVar["dict[type, Callable[[_Writer, Any], None]]"] = {
        PutInbox: _put_inbox,
        DropInbox: _drop_inbox,
        CountAttempt: _count_attempt,
        PutQuarantine: _put_quarantine,
        Replay: _replay,
        DropQuarantine: _drop_quarantine,
        SetAside: _set_aside,
        PutTimer: _put_timer,
        TakeTimer: _take_timer,
        Settle: _settle,
        Rewrite: _rewrite,
        PutPayload: _put_payload,
        UseMedia: _use_media,
        PutNative: _put_native,
        PutPart: _put_part,
        TakeParts: _take_parts,
        MoveChat: _move_chat,
        PutStanding: _put_standing,
        DropStanding: _drop_standing,
        PutPerson: _put_person,
        PutSaid: _put_said,
        UseNumber: _use_number,
        PutIntent: _put_intent,
        PutResult: _put_result,
        Observed: _observe,
        Execute: _execute,
        FinishCommand: _finish,
    }
