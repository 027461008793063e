"""Albums and chats in the in-memory tables, with a note of how to undo each step."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from posthouse.ports.changes import DropStanding, MoveChat, PutPart, PutStanding, TakeParts, Verdict
from posthouse.ports.records import DeliveryState
from posthouse.ports.store import StateKey
from posthouse.storage.chats import REJECTED_WHERE, moved_keys
from posthouse.storage.memory_tables import Tables
from posthouse.storage.statements import LostError

Undo: TypeAlias = list[Callable[[], object]]


def keep_whole(tables: Tables, name: str, undo: Undo) -> None:
    """Copy a whole table, so that it can be put back as it was: these writes are rare."""
    before = getattr(tables, name)
    setattr(tables, name, before.copy())
    undo.append(lambda: setattr(tables, name, before))


def put_part(tables: Tables, write: PutPart, undo: Undo) -> None:
    """Keep a part."""
    tables.parts.append(replace(write.row))
    undo.append(tables.parts.pop)


def take_parts(tables: Tables, write: TakeParts, undo: Undo) -> None:
    """Note that a turn has had all parts; raises LostError when there are others."""
    whose = (write.account, write.chat, write.album)
    found = {
        at: row
        for at, row in enumerate(tables.parts)
        if (row.mark.account, row.chat, row.album) == whose
    }
    if len(found) != write.count:
        raise LostError(Verdict.STALE)
    keep_whole(tables, "parts", undo)
    for at, row in found.items():
        tables.parts[at] = replace(row, handled=True)


def move_chat(tables: Tables, write: MoveChat, undo: Undo) -> None:
    """Let everything of a chat go on under another id."""
    for name in ("aliases", "timers", "outbox", "parts", "messages", "by_message"):
        keep_whole(tables, name, undo)
    account, before, after = write.account, write.before, write.after
    aliases = tables.aliases
    aliases.pop((account, after), None)
    aliases[account, before] = after
    for key, chat in aliases.items():
        if key[0] == account and chat == before:
            aliases[key] = after
    _move_states(tables, write, undo)
    for id, timer in tables.timers.items():
        if (timer.account, timer.lane) == (account, before):
            tables.timers[id] = replace(timer, lane=after)
    for key_, row in tables.outbox.items():
        if (row.account, row.chat) == (account, before):
            tables.outbox[key_] = replace(row, chat=after)
    tables.parts = [
        replace(row, chat=after) if (row.mark.account, row.chat) == (account, before) else row
        for row in tables.parts
    ]
    for message in list(tables.messages.values()):
        if (message.account, message.chat) == (account, before):
            del tables.messages[message.delivery]
            tables.by_message.pop((account, before, message.message_id), None)


def _move_states(tables: Tables, write: MoveChat, undo: Undo) -> None:
    states = tables.conversations
    mine = [key.key for key in states if key.account == write.account]
    moved = moved_keys(mine, write.before, write.after)
    if not moved:
        return
    before = dict(states)

    def restore() -> None:  # in place: others hold these tables while a batch is applied
        states.clear()
        states.update(before)

    undo.append(restore)
    for old, new in moved.items():
        read = states.pop(StateKey(write.account, old))
        states.setdefault(StateKey(write.account, new), read)


def put_standing(tables: Tables, write: PutStanding, undo: Undo) -> None:
    """Note that a chat cannot be reached, and end what waits for it."""
    keep_whole(tables, "standing", undo)
    tables.standing.setdefault((write.account, write.chat), write)
    keep_whole(tables, "outbox", undo)
    for id, row in tables.outbox.items():
        here = (row.account, row.chat) == (write.account, write.chat)
        if here and row.state in REJECTED_WHERE:
            tables.outbox[id] = replace(row, state=DeliveryState.REJECTED, error=write.why)


def drop_standing(tables: Tables, write: DropStanding, undo: Undo) -> None:
    """Note that a chat can be reached again."""
    keep_whole(tables, "standing", undo)
    tables.standing.pop((write.account, write.chat), None)
