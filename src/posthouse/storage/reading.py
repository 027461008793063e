"""What the engine, the command line and the adapters read back, through SQLAlchemy."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, func, select, text

from posthouse.model.outgoing import DeliveryClass
from posthouse.ports.records import (
    NEVER,
    DeliveryRow,
    DeliveryState,
    InboxRow,
    Mark,
    MessageRow,
    QuarantineRow,
    TimerRow,
)
from posthouse.ports.store import CommandRow
from posthouse.storage import schema

_OUT = schema.outbox.c
_MESSAGE = schema.message.c
_NATIVE = schema.media_native.c


def number_of(sql: Connection, mark: Mark, sequence: str) -> int | None:
    """Return the number of a sequence that is bound to an update."""
    used = schema.number_used.c
    found = select(used.value).where(
        used.account == mark.account,
        used.update_id == mark.update_id,
        used.sequence == sequence,
    )
    return sql.execute(found).scalar_one_or_none()


def intent(sql: Connection, mark: Mark, key: str) -> tuple[bool, bytes | None]:
    """Return (is there an intent, its result)."""
    intents = schema.intent.c
    found = select(intents.result).where(
        intents.account == mark.account,
        intents.update_id == mark.update_id,
        intents.key == key,
    )
    row = sql.execute(found).one_or_none()
    return (False, None) if row is None else (True, row[0])


def payload(sql: Connection, account: int, key: bytes) -> bytes | None:
    """Return a spilled button payload."""
    payloads = schema.payload.c
    found = select(payloads.body).where(payloads.account == account, payloads.key == key)
    return sql.execute(found).scalar_one_or_none()


def message_of(sql: Connection, delivery: int) -> MessageRow | None:
    """Return what is known of one of our messages."""
    found = select(schema.message).where(_MESSAGE.delivery == delivery)
    row = sql.execute(found).one_or_none()
    return None if row is None else MessageRow(**_fields(row))


def delivery_of(sql: Connection, account: int, chat: str, message_id: str) -> int | None:
    """Return the delivery key of one of our messages; the latest, should an id be used twice."""
    found = select(func.max(_MESSAGE.delivery)).where(
        _MESSAGE.account == account, _MESSAGE.chat == chat, _MESSAGE.message_id == message_id
    )
    return cast("int | None", sql.execute(found).scalar_one())


def native(sql: Connection, key: str, account: int, form: str) -> str | None:
    """Return a messenger's own key of content the site keeps."""
    found = select(_NATIVE.native).where(
        _NATIVE.account == account, _NATIVE.key == key, _NATIVE.form == form
    )
    return sql.execute(found).scalar_one_or_none()


def content_of(sql: Connection, native: str, account: int, form: str) -> str | None:
    """Return the key of the content that a messenger has under a key of its own."""
    found = (
        select(_NATIVE.key)
        .join(schema.media, schema.media.c.key == _NATIVE.key)
        .where(_NATIVE.account == account, _NATIVE.native == native, _NATIVE.form == form)
        .order_by(_NATIVE.at.desc())
    )
    return sql.execute(found.limit(1)).scalar_one_or_none()


def media(sql: Connection) -> set[str]:
    """Return the keys of all content that is kept."""
    return set(sql.execute(select(schema.media.c.key)).scalars())


def inbox(sql: Connection, account: int, after: int, limit: int) -> list[InboxRow]:
    """Return inbox rows of an account in order of receipt."""
    rows = schema.inbox.c
    found = (
        select(schema.inbox)
        .where(rows.account == account, rows.seq > after)
        .order_by(rows.seq)
        .limit(limit)
    )
    return [_inbox_row(row) for row in sql.execute(found)]


def inbox_row(sql: Connection, mark: Mark) -> InboxRow | None:
    """Return one inbox row."""
    rows = schema.inbox.c
    found = select(schema.inbox).where(
        rows.account == mark.account, rows.update_id == mark.update_id
    )
    row = sql.execute(found).one_or_none()
    return None if row is None else _inbox_row(row)


def _inbox_row(row: Row[Any]) -> InboxRow:
    return InboxRow(
        mark=Mark(row.account, row.update_id),
        lane=row.lane,
        kind=row.kind,
        body=row.body,
        received=row.received,
        chat=row.chat,
        person=row.person,
        seq=row.seq,
        attempts=row.attempts,
        late=row.late,
    )


def outbox(
    sql: Connection,
    account: int | None,
    chat: str | None,
    states: Sequence[DeliveryState],
    after: int,
    limit: int,
) -> list[DeliveryRow]:
    """Return deliveries of an account (None: of all), or of one chat, by id."""
    found = outbox_query(account, chat, states).where(_OUT.id > after)
    return [_delivery(row) for row in sql.execute(found.order_by(_OUT.id).limit(limit))]


def outbox_query(
    account: int | None, chat: str | None, states: Sequence[DeliveryState]
) -> Select[Any]:
    """Return the SELECT of deliveries."""
    found = select(schema.outbox).where(_OUT.state.in_([str(state) for state in states]))
    if account is not None:
        found = found.where(_OUT.account == account)
    if chat is not None:
        found = found.where(_OUT.chat == chat)
        if DeliveryState.CLAIMED not in states:
            # In the words of the index that leaves out claimed rows, or it would not serve.
            found = found.where(text("state <> 'claimed'"))
    return found


def _delivery(row: Row[Any]) -> DeliveryRow:
    fields = _fields(row)
    fields["klass"] = DeliveryClass(row.klass)
    fields["state"] = DeliveryState(row.state)
    return DeliveryRow(**fields)


def timers(sql: Connection, until: float, limit: int) -> list[TimerRow]:
    """Return timers due until a moment, the earliest first."""
    rows = schema.timer.c
    found = select(schema.timer).where(rows.due <= until).order_by(rows.due, rows.id).limit(limit)
    return [TimerRow(**_fields(row)) for row in sql.execute(found)]


def waiting_timers(sql: Connection, account: int, after: str, limit: int) -> list[TimerRow]:
    """Return timers of an account that are never due by themselves, by id."""
    rows = schema.timer.c
    mine = select(schema.timer).where(rows.account == account, rows.due >= NEVER, rows.id > after)
    return [TimerRow(**_fields(row)) for row in sql.execute(mine.order_by(rows.id).limit(limit))]


def next_timer(sql: Connection) -> float | None:
    """Return the moment of the earliest timer."""
    return cast("float | None", sql.execute(select(func.min(schema.timer.c.due))).scalar_one())


def quarantine(sql: Connection, limit: int) -> list[QuarantineRow]:
    """Return what is set aside, the newest first."""
    rows = schema.quarantine.c
    return [
        QuarantineRow(
            mark=Mark(row.account, row.update_id),
            lane=row.lane,
            kind=row.kind,
            body=row.body,
            reason=row.reason,
            detail=row.detail,
            at=row.at,
            id=row.id,
            chat=row.chat,
            person=row.person,
        )
        for row in sql.execute(select(schema.quarantine).order_by(rows.id.desc()).limit(limit))
    ]


def commands(sql: Connection, after: int) -> list[CommandRow]:
    """Return the commands that wait."""
    rows = schema.command.c
    found = select(schema.command).where(rows.id > after, rows.ok.is_(None)).order_by(rows.id)
    return [_command(row) for row in sql.execute(found)]


def command(sql: Connection, id: int) -> CommandRow | None:
    """Return one command with its result."""
    row = sql.execute(select(schema.command).where(schema.command.c.id == id)).one_or_none()
    return None if row is None else _command(row)


def _command(row: Row[Any]) -> CommandRow:
    return CommandRow(
        id=row.id, kind=row.kind, args=row.args, at=row.at, ok=row.ok, result=row.result
    )


def _fields(row: Row[Any]) -> dict[str, Any]:
    return row._asdict()
