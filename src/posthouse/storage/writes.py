"""The rarer writes of a change, one statement or two each, through SQLAlchemy."""

import sqlite3
from collections.abc import Callable
from typing import Any, ClassVar

from sqlalchemy import (
    Connection,
    Insert,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from posthouse.ports.changes import (
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
    Write,
)
from posthouse.ports.records import DeliveryState, Mark
from posthouse.storage import chats, hot, people, schema, statements
from posthouse.storage.statements import LostError


def _same_update(table: Table) -> ColumnElement[bool]:
    return and_(
        table.c.account == bindparam("account", type_=table.c.account.type),
        table.c.update_id == bindparam("update_id", type_=table.c.update_id.type),
    )


def _insert_unless(table: Table, *conditions: ColumnElement[bool], leave: str = "") -> Insert:
    """Insert one row unless a row exists that meets one of the conditions."""
    names = [column.name for column in table.columns if column.name != leave]
    row = select(*(bindparam(name, type_=table.c[name].type) for name in names))
    for condition in conditions:
        row = row.where(~exists().where(condition))
    return insert(table).from_select(names, row)


_MARKS = {"a": schema.mark_a, "b": schema.mark_b}
_PUT_MARK = {letter: _insert_unless(t, _same_update(t)) for letter, t in _MARKS.items()}
_PUT_INBOX = _insert_unless(
    schema.inbox,
    *map(_same_update, (schema.mark_a, schema.mark_b, schema.quarantine, schema.inbox)),
    leave="seq",
)
_COUNT_ATTEMPT = (
    update(schema.inbox)
    .where(
        schema.inbox.c.account == bindparam("of"),
        schema.inbox.c.update_id == bindparam("update"),
    )
    .values(attempts=schema.inbox.c.attempts + 1)
)
_PUT_QUARANTINE = insert(schema.quarantine)
_DROP_QUARANTINE = delete(schema.quarantine).where(_same_update(schema.quarantine))
_QUARANTINED = schema.quarantine.c.id == bindparam("id")
_MOVED = ("account", "update_id", "lane", "kind", "body", "chat", "person")
_REPLAY = insert(schema.inbox).from_select(
    [*_MOVED, "received", "attempts", "late"],
    select(
        *(schema.quarantine.c[name] for name in _MOVED),
        schema.quarantine.c.at,
        literal(0),
        literal(True),
    ).where(_QUARANTINED),
)
_SAME_TIMER = schema.timer.c.id == bindparam("timer")
_TAKE_TIMER = delete(schema.timer).where(_SAME_TIMER, schema.timer.c.due == bindparam("at"))
_DROP_TIMER = delete(schema.timer).where(_SAME_TIMER)
_DELIVERY = schema.outbox.c.id == bindparam("delivery")
_SETTLE = update(schema.outbox).where(_DELIVERY)
_REWRITE = update(schema.outbox).where(
    _DELIVERY, schema.outbox.c.state == str(DeliveryState.PENDING)
)
_DROP_PAYLOAD = delete(schema.payload).where(
    schema.payload.c.account == bindparam("of"), schema.payload.c.key == bindparam("named")
)
_DROP_MEDIA = delete(schema.media).where(schema.media.c.key == bindparam("named"))
_USE_MEDIA = _insert_unless(
    schema.media_use,
    and_(
        schema.media_use.c.message == bindparam("message", type_=schema.media_use.c.message.type),
        schema.media_use.c.key == bindparam("key", type_=schema.media_use.c.key.type),
    ),
)
_DROP_NATIVE = delete(schema.media_native).where(
    schema.media_native.c.account == bindparam("of"),
    schema.media_native.c.key == bindparam("named"),
    schema.media_native.c.form == bindparam("as"),
)
_USE_NUMBER = _insert_unless(
    schema.number_used,
    and_(
        _same_update(schema.number_used),
        schema.number_used.c.sequence
        == bindparam("sequence", type_=schema.number_used.c.sequence.type),
    ),
)
_SAME_INTENT = and_(
    _same_update(schema.intent),
    schema.intent.c.key == bindparam("key", type_=schema.intent.c.key.type),
)
_PUT_INTENT = _insert_unless(schema.intent, _SAME_INTENT)
_PUT_RESULT = (
    update(schema.intent)
    .where(
        schema.intent.c.account == bindparam("of"),
        schema.intent.c.update_id == bindparam("update"),
        schema.intent.c.key == bindparam("named"),
    )
    .values(result=bindparam("result"))
)
_SAME_OBSERVER = and_(
    _same_update(schema.observed),
    schema.observed.c.observer == bindparam("observer", type_=schema.observed.c.observer.type),
)
_OBSERVED = _insert_unless(schema.observed, _SAME_OBSERVER)
_IS_OBSERVED = select(literal(1)).where(_SAME_OBSERVER)
_FINISH = update(schema.command).where(schema.command.c.id == bindparam("number"))


class Writes:
    """Applies writes on one connection, inside the transaction that is open there."""

    def __init__(self, db: sqlite3.Connection, sql: Connection) -> None:
        self._db = db
        self._sql = sql
        self.current = "a"
        """Letter of the table that takes new marks."""
        self.round = 0
        """How often the tables of marks were turned over."""

    def apply(self, write: Write, mark: Mark | None) -> None:
        """Apply one write of a change with this mark.

        Raises LostError when the change may not be written.
        """
        self.BY_TYPE[type(write)](self, write, mark)

    def put_mark(self, mark: Mark) -> None:
        """Mark an update done if it is not."""
        self._run(_PUT_MARK[self.current], **mark._asdict())

    def is_observed(self, write: Observed) -> bool:
        """Return whether an observer's mark of an update is there."""
        mark = write.mark
        values = {**mark._asdict(), "observer": write.observer}
        return self._sql.execute(_IS_OBSERVED, values).first() is not None

    def _run(self, statement: Any, **values: object) -> int:
        return self._sql.execute(statement, values).rowcount

    # --- updates

    def _put_inbox(self, write: PutInbox, _: Mark | None) -> None:
        row = write.row
        entered = self._run(
            _PUT_INBOX,
            **row.mark._asdict(),
            lane=row.lane,
            kind=row.kind,
            body=row.body,
            received=row.received,
            chat=row.chat,
            person=row.person,
            attempts=row.attempts,
            late=row.late,
        )
        if not entered and not hot.is_in_inbox(self._db, row.mark):
            raise LostError(Verdict.DUPLICATE)

    def _drop_inbox(self, write: DropInbox, _: Mark | None) -> None:
        hot.delete_inbox(self._db, write.mark)

    def _count_attempt(self, write: CountAttempt, _: Mark | None) -> None:
        self._run(_COUNT_ATTEMPT, of=write.mark.account, update=write.mark.update_id)

    def _put_quarantine(self, write: PutQuarantine, mark: Mark | None) -> None:
        row = write.row
        known = hot.known_marks(self._db, [row.mark])
        again = self._run(_DROP_QUARANTINE, **row.mark._asdict())
        if row.mark in known and row.mark != mark and not again:
            return  # it was done in the meantime
        hot.delete_inbox(self._db, row.mark)
        self.put_mark(row.mark)
        self._run(
            _PUT_QUARANTINE,
            **row.mark._asdict(),
            lane=row.lane,
            kind=row.kind,
            body=row.body,
            reason=row.reason,
            detail=row.detail,
            at=row.at,
            chat=row.chat,
            person=row.person,
        )

    def _replay(self, write: Replay, _: Mark | None) -> None:
        mark = self._quarantined(write.id)
        if mark is None:
            raise LostError(Verdict.STALE)
        self._run(_REPLAY, id=write.id)
        for table in (*_MARKS.values(), schema.quarantine):
            self._run(delete(table).where(_same_update(table)), **mark._asdict())

    def _drop_quarantine(self, write: DropQuarantine, _: Mark | None) -> None:
        mark = self._quarantined(write.id)
        if mark is None:
            raise LostError(Verdict.STALE)
        self._run(_DROP_QUARANTINE, **mark._asdict())
        self.put_mark(mark)

    def _quarantined(self, id: int) -> Mark | None:
        columns = schema.quarantine.c
        found = select(columns.account, columns.update_id).where(_QUARANTINED)
        row = self._sql.execute(found, {"id": id}).one_or_none()
        return None if row is None else Mark(*row)

    # --- conversations and timers

    def _set_aside(self, write: SetAside, _: Mark | None) -> None:
        self._run(
            insert(schema.set_aside),
            account=write.account,
            key=write.key,
            name=write.name,
            body=write.body,
            error=write.error,
            at=write.at,
        )

    def _put_timer(self, write: PutTimer, _: Mark | None) -> None:
        row = write.row
        self._run(_DROP_TIMER, timer=row.id)
        self._run(
            insert(schema.timer),
            id=row.id,
            account=row.account,
            lane=row.lane,
            due=row.due,
            body=row.body,
        )

    def _take_timer(self, write: TakeTimer, _: Mark | None) -> None:
        if self._run(_TAKE_TIMER, timer=write.id, at=write.due) != 1:
            raise LostError(Verdict.STALE)

    # --- deliveries

    def _settle(self, write: Settle, _: Mark | None) -> None:
        if write.message is not None:
            hot.write_message(self._db, write.message)
        if str(write.state) in hot.OVER:
            hot.delete_delivery(self._db, write.id)
            return
        self._run(
            _SETTLE,
            delivery=write.id,
            state=str(write.state),
            error=write.error,
            not_before=write.not_before,
            attempts=write.attempts,
        )

    def _rewrite(self, write: Rewrite, _: Mark | None) -> None:
        self._run(_REWRITE, delivery=write.id, body=write.body)

    def _put_payload(self, write: PutPayload, _: Mark | None) -> None:
        self._run(_DROP_PAYLOAD, of=write.account, named=write.key)
        self._run(
            insert(schema.payload),
            account=write.account,
            key=write.key,
            delivery=write.delivery,
            body=write.body,
            at=write.at,
        )

    # --- photos and files

    def _use_media(self, write: UseMedia, _: Mark | None) -> None:
        self._run(_DROP_MEDIA, named=write.key)
        self._run(insert(schema.media), key=write.key, at=write.at)
        self._run(_USE_MEDIA, message=write.message, key=write.key)

    def _put_native(self, write: PutNative, _: Mark | None) -> None:
        self._run(_DROP_NATIVE, **{"of": write.account, "named": write.key, "as": write.form})
        self._run(
            insert(schema.media_native),
            account=write.account,
            key=write.key,
            form=write.form,
            native=write.native,
            at=write.at,
        )

    # --- albums and chats

    def _put_part(self, write: PutPart, _: Mark | None) -> None:
        chats.put_part(self._sql, write)

    def _take_parts(self, write: TakeParts, _: Mark | None) -> None:
        chats.take_parts(self._sql, write)

    def _move_chat(self, write: MoveChat, _: Mark | None) -> None:
        chats.move_chat(self._sql, write)
        for statement in people.move(write):
            self._sql.execute(statement)

    def _put_standing(self, write: PutStanding, _: Mark | None) -> None:
        chats.put_standing(self._sql, write)
        self._sql.execute(people.cannot_reach(write))
        self._sql.execute(people.suspend(write))

    def _drop_standing(self, write: DropStanding, _: Mark | None) -> None:
        chats.drop_standing(self._sql, write)
        self._sql.execute(people.can_reach(write))
        self._sql.execute(people.revive(write))

    # --- people

    def _put_person(self, write: PutPerson, _: Mark | None) -> None:
        hot.write_person(self._db, write)

    def _put_said(self, write: PutSaid, _: Mark | None) -> None:
        hot.write_said(self._db, write)

    # --- what a handler was promised once

    def _use_number(self, write: UseNumber, _: Mark | None) -> None:
        self._run(
            _USE_NUMBER,
            **write.mark._asdict(),
            sequence=write.sequence,
            value=write.value,
            round=self.round,
        )

    def _put_intent(self, write: PutIntent, _: Mark | None) -> None:
        values = {"key": write.key, "at": write.at, "result": None, "round": self.round}
        if self._run(_PUT_INTENT, **write.mark._asdict(), **values) != 1:
            raise LostError(Verdict.STALE)

    def _put_result(self, write: PutResult, _: Mark | None) -> None:
        mark = write.mark
        self._run(
            _PUT_RESULT,
            of=mark.account,
            update=mark.update_id,
            named=write.key,
            result=write.result,
        )

    def _observe(self, write: Observed, _: Mark | None) -> None:
        values = {"observer": write.observer, "round": self.round}
        if self._run(_OBSERVED, **write.mark._asdict(), **values) != 1:
            raise LostError(Verdict.DUPLICATE)

    def _execute(self, write: Execute, _: Mark | None) -> None:
        statements.run(self._sql, write)

    def _finish(self, write: FinishCommand, _: Mark | None) -> None:
        self._run(_FINISH, number=write.id, ok=write.ok, result=write.result)

    BY_TYPE: ClassVar["dict[type, Callable[[Writes, Any, Mark | None], None]]"] = {
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
