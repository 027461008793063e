"""Albums that are put together, chats that moved, and chats that cannot be reached."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, text, update

from posthouse.ports.changes import DropStanding, MoveChat, PutPart, PutStanding, TakeParts, Verdict
from posthouse.ports.records import DeliveryState, Mark, PartRow, TimerRow
from posthouse.storage import schema
from posthouse.storage.statements import LostError

ASKED_AT_ONCE = 1000
"""Chats named in one statement."""
REJECTED_WHERE = (DeliveryState.PENDING, DeliveryState.PARKED)
"""Deliveries that end when their chat turns out to be out of reach."""
_PART = schema.album_part.c
_ALIAS = schema.chat_alias.c
_STANDING = schema.chat_standing.c
_STATE = schema.conversation.c


def moved_keys(keys: Sequence[str], before: str, after: str) -> dict[str, str]:
    """Return the keys that the conversations of a chat have in another one.

    They are those that `engine.turns` gives: `c` and the chat, or `i`, the chat, NUL, the person.
    """
    start = f"i{before}\0"
    moved = {key: f"i{after}\0{key[len(start) :]}" for key in keys if key.startswith(start)}
    if f"c{before}" in keys:
        moved[f"c{before}"] = f"c{after}"
    return moved


# --- writes


def put_part(sql: Connection, write: PutPart) -> None:
    """Keep a part."""
    row = write.row
    sql.execute(
        insert(schema.album_part),
        {
            **row.mark._asdict(),
            "chat": row.chat,
            "album": row.album,
            "body": row.body,
            "received": row.received,
            "handled": row.handled,
        },
    )


def take_parts(sql: Connection, write: TakeParts) -> None:
    """Note that a turn has had all parts; raises LostError when there are others."""
    same = (
        _PART.account == write.account,
        _PART.chat == write.chat,
        _PART.album == write.album,
    )
    if sql.execute(select(func.count()).where(*same)).scalar_one() != write.count:
        raise LostError(Verdict.STALE)
    sql.execute(update(schema.album_part).where(*same).values(handled=True))


def move_chat(sql: Connection, write: MoveChat) -> None:
    """Let everything of a chat go on under another id."""
    account, before, after = write.account, write.before, write.after
    aliases = schema.chat_alias
    sql.execute(
        delete(aliases).where(_ALIAS.account == account, _ALIAS.before.in_([before, after]))
    )
    sql.execute(
        update(aliases).where(_ALIAS.account == account, _ALIAS.after == before).values(after=after)
    )
    sql.execute(insert(aliases), {"account": account, "before": before, "after": after})
    _move_states(sql, write)
    for table, names in (
        (schema.timer, ("lane",)),
        (schema.outbox, ("chat",)),
        (schema.album_part, ("chat",)),
    ):
        for name in names:
            moved = update(table).where(table.c.account == account, table.c[name] == before)
            sql.execute(moved.values({name: after}))
    messages = schema.message
    sql.execute(delete(messages).where(messages.c.account == account, messages.c.chat == before))


def _move_states(sql: Connection, write: MoveChat) -> None:
    of_chat = (_STATE.key == f"c{write.before}") | (
        (_STATE.key >= f"i{write.before}\0") & (_STATE.key < f"i{write.before}\1")
    )
    mine = _STATE.account == write.account
    keys = sql.execute(select(_STATE.key).where(mine, of_chat)).scalars().all()
    for key, moved in moved_keys(keys, write.before, write.after).items():
        has_newer = sql.execute(select(_STATE.key).where(mine, _STATE.key == moved)).first()
        same = (mine, _STATE.key == key)
        if has_newer:
            sql.execute(delete(schema.conversation).where(*same))
        else:
            sql.execute(update(schema.conversation).where(*same).values(key=moved))


def put_standing(sql: Connection, write: PutStanding) -> None:
    """Note that a chat cannot be reached, and end what waits for it."""
    known = select(_STANDING.chat).where(
        _STANDING.account == write.account, _STANDING.chat == write.chat
    )
    if sql.execute(known).first() is None:
        values = {name: getattr(write, name) for name in ("account", "chat", "since", "why")}
        sql.execute(insert(schema.chat_standing), values)
    rows = schema.outbox.c
    waits = rows.state.in_([str(state) for state in REJECTED_WHERE])
    # In the words of the index of rows that are not claimed.
    here = (text("state <> 'claimed'"), rows.account == write.account, rows.chat == write.chat)
    ended = {"state": str(DeliveryState.REJECTED), "error": write.why}
    sql.execute(update(schema.outbox).where(*here, waits).values(ended))


def drop_standing(sql: Connection, write: DropStanding) -> None:
    """Note that a chat can be reached again."""
    sql.execute(
        delete(schema.chat_standing).where(
            _STANDING.account == write.account, _STANDING.chat == write.chat
        )
    )


def forget_parts(sql: Connection, handled_before: float, before: float) -> None:
    """Forget the parts of albums that are handled and old, or very old."""
    parts = schema.album_part
    sql.execute(delete(parts).where(_PART.handled, _PART.received < handled_before))
    sql.execute(delete(parts).where(_PART.received < before))


# --- reads


def albums(sql: Connection, account: int) -> list[TimerRow]:
    """Return the timers of albums."""
    rows = schema.timer.c
    found = select(schema.timer).where(
        rows.id >= "album", rows.id < "albun", rows.account == account
    )
    return [TimerRow(**row._asdict()) for row in sql.execute(found.order_by(rows.due, rows.id))]


def parts(sql: Connection, account: int, chat: str, album: str) -> list[PartRow]:
    """Return the parts of an album in the order in which they came."""
    found = (
        select(schema.album_part)
        .where(_PART.account == account, _PART.chat == chat, _PART.album == album)
        .order_by(_PART.seq)
    )
    return [
        PartRow(
            mark=Mark(row.account, row.update_id),
            chat=row.chat,
            album=row.album,
            body=row.body,
            received=row.received,
            handled=row.handled,
        )
        for row in sql.execute(found)
    ]


def aliases(sql: Connection, account: int) -> dict[str, str]:
    """Return the chats that moved."""
    found = select(_ALIAS.before, _ALIAS.after).where(_ALIAS.account == account)
    return {row.before: row.after for row in sql.execute(found)}


def unreachable(sql: Connection, account: int, chats: Sequence[str] | None) -> set[str]:
    """Return which chats cannot be reached."""
    mine = select(_STANDING.chat).where(_STANDING.account == account)
    if chats is None:
        return set(sql.execute(mine).scalars())
    found: set[str] = set()
    for start in range(0, len(chats), ASKED_AT_ONCE):
        some = mine.where(_STANDING.chat.in_(chats[start : start + ASKED_AT_ONCE]))
        found.update(sql.execute(some).scalars())
    return found
