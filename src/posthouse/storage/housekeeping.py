"""Writes beside the group commit: accounts, numbers, commands, and forgetting what is old."""

from typing import Any

from sqlalchemy import Connection, Table, and_, delete, exists, insert, select, text, update

from posthouse.ports.records import ENDED
from posthouse.ports.store import Retention
from posthouse.storage import schema
from posthouse.storage.chats import forget_parts
from posthouse.storage.publishing import item

CURRENT, ROUND, SINCE = "marks.current", "marks.round", "marks.since"


def account(sql: Connection, messenger: str, native_id: str, bot: str) -> int:
    """Return the number of an account, giving it one at first sight."""
    accounts = schema.account.c
    found = select(accounts.id, accounts.bot).where(
        accounts.messenger == messenger, accounts.native_id == native_id
    )
    row = sql.execute(found).one_or_none()
    if row is None:
        values = {"messenger": messenger, "native_id": native_id, "bot": bot}
        return _insert(sql, schema.account, values)
    if row.bot != bot:
        sql.execute(update(schema.account).where(accounts.id == row.id).values(bot=bot))
    return int(row.id)


def reserve(sql: Connection, sequence: str, count: int) -> int:
    """Take numbers off a sequence and return the first."""
    numbers = schema.number.c
    first = sql.execute(
        select(numbers.next).where(numbers.sequence == sequence)
    ).scalar_one_or_none()
    if first is None:
        sql.execute(insert(schema.number), {"sequence": sequence, "next": 1 + count})
        return 1
    sql.execute(
        update(schema.number).where(numbers.sequence == sequence).values(next=first + count)
    )
    return int(first)


def add_command(sql: Connection, kind: str, args: str, at: float) -> int:
    """Write down a command and return its id."""
    values = {"kind": kind, "args": args, "at": at, "ok": None, "result": ""}
    return _insert(sql, schema.command, values)


def marks_tables(sql: Connection) -> tuple[str, int]:
    """Return the letter of the table for new marks, and how often the tables were turned over."""
    return _get(sql, CURRENT) or "a", int(_get(sql, ROUND) or 0)


def turn_over(sql: Connection, now: float, marks_s: float) -> bool:
    """Empty the older table of marks and make it the current one, if it is time."""
    since = _get(sql, SINCE)
    if since is None:
        _set(sql, SINCE, repr(now))
        return False
    if now - float(since) < marks_s:
        return False
    current, round_ = marks_tables(sql)
    letter, fresh = ("b", schema.mark_b) if current == "a" else ("a", schema.mark_a)
    sql.execute(delete(fresh))
    # An update that is set aside stays known for as long as it is.
    kept = select(schema.quarantine.c.account, schema.quarantine.c.update_id)
    sql.execute(insert(fresh).from_select(["account", "update_id"], kept))
    for table in (schema.number_used, schema.intent, schema.observed):
        sql.execute(
            delete(table).where(
                table.c.round < round_,
                ~_waits(table, schema.inbox),
                ~_waits(table, schema.quarantine),
            )
        )
    for name, value in ((CURRENT, letter), (ROUND, str(round_ + 1)), (SINCE, repr(now))):
        _set(sql, name, value)
    return True


def forget(sql: Connection, now: float, keep: Retention) -> None:
    """Forget what is over and older than it needs to be."""
    before = now - keep.messages_s
    for table in (schema.message, schema.payload):
        sql.execute(delete(table).where(table.c.at < before))
    commands = schema.command.c
    sql.execute(delete(schema.command).where(commands.at < before, commands.ok.is_not(None)))
    _forget_failures(sql, now, keep)
    forget_parts(sql, now - keep.marks_s, now - keep.quarantine_s)
    _forget_media(sql, now - keep.media_s)


def _forget_failures(sql: Connection, now: float, keep: Retention) -> None:
    rows = schema.outbox.c
    ended = rows.state.in_([str(state) for state in ENDED])
    # In the words of the index of rows that are not claimed.
    not_claimed = text("state <> 'claimed'")
    sql.execute(delete(schema.outbox).where(not_claimed, ended, rows.created < now - keep.ended_s))
    # The mark of an update that was set aside is in the tables of marks as well, and stays there.
    for table in (schema.quarantine, schema.set_aside):
        sql.execute(delete(table).where(table.c.at < now - keep.quarantine_s))


def _forget_media(sql: Connection, before: float) -> None:
    uses, deliveries = schema.media_use.c, schema.outbox.c
    edits = select(deliveries.target).where(deliveries.target.is_not(None))
    sql.execute(
        delete(schema.media_use).where(
            ~exists().where(deliveries.id == uses.message),
            ~exists().where(schema.message.c.delivery == uses.message),
            ~exists().where(item.c.id == -uses.message),
            uses.message.not_in(edits),
        )
    )
    kept = schema.media.c
    sql.execute(delete(schema.media).where(kept.at < before, ~exists().where(uses.key == kept.key)))
    native = schema.media_native.c
    sql.execute(
        delete(schema.media_native).where(
            native.at < before, ~exists().where(kept.key == native.key)
        )
    )


def _insert(sql: Connection, table: Table, values: dict[str, Any]) -> int:
    return int(sql.execute(insert(table).returning(table.c.id), values).scalar_one())


def _waits(table: Table, queue: Table) -> Any:
    return exists().where(
        and_(queue.c.account == table.c.account, queue.c.update_id == table.c.update_id)
    )


def _get(sql: Connection, name: str) -> str | None:
    found = select(schema.meta.c.value).where(schema.meta.c.name == name)
    return sql.execute(found).scalar_one_or_none()


def _set(sql: Connection, name: str, value: str) -> None:
    sql.execute(delete(schema.meta).where(schema.meta.c.name == name))
    sql.execute(insert(schema.meta), {"name": name, "value": value})
