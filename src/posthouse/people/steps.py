"""Where something is kept about a person, table by table: to be counted, shown and forgotten.

How this works: a step names rows of one table and what becomes of them, so that a report, an export
and the forgetting itself cannot differ. Tables of the framework are listed here, and a test holds
the list against the schema; those of adapters and users say it by marks on their columns.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    MetaData,
    Table,
    and_,
    cast,
    false,
    func,
    or_,
    select,
)

from posthouse.people.naming import Named
from posthouse.ports.personal import PersonalColumn, mark_of
from posthouse.ports.records import DeliveryState
from posthouse.storage import publishing, schema
from posthouse.turn.front import front_key
from posthouse.turn.screen import screen_key

NOT_YET = (DeliveryState.CLAIMED,)
"""Deliveries that are leaving right now end by themselves."""
NOTHING_LEFT: Mapping[str, Any] = {
    "state": "withdrawn",
    "digest": b"",
    "body": msgspec.msgpack.encode({}),
    "shown": msgspec.msgpack.encode({"content": {}}),
    "title": "",
    "link": None,
}
"""What stays of an item whose author is forgotten: what is sent of it is ended by its state."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Whom it is about, and with which bots."""

    who: Named
    accounts: Mapping[int, str]
    """Numbers of accounts, with the names of their bots."""
    chats: tuple[tuple[int, str], ...]
    """Where they talk with these bots alone."""
    deliveries: tuple[int, ...] = ()
    """What was sent there, as far as it is remembered."""
    everywhere: bool = True
    """All bots of the messenger are meant."""


class Step(NamedTuple):
    """Rows of one table, and what becomes of them."""

    table: Table
    where: ColumnElement[bool]
    values: Mapping[str, Any] | None = None
    """What is written in place of what was there; None where the rows go."""


def steps(scope: Scope, tables: Iterable[MetaData], *, runs: bool) -> Iterator[Step]:
    """Return where something is kept about a person, in an order in which it may be deleted.

    Args:
        scope: Whom it is about.
        tables: Of adapters and users, with marks on their columns.
        runs: A site runs: what it is about to handle or to send is left to it.
    """
    yield from _talk(scope)
    yield from _traffic(scope, runs=runs)
    yield from _standing(scope)
    yield from _published(scope)
    for metadata in tables:
        for table in metadata.sorted_tables[::-1]:
            yield from _marked(table, scope)


def waits(scope: Scope) -> ColumnElement[bool]:
    """Return which updates are about a person, of those that are still to be handled."""
    inbox = schema.inbox
    theirs = or_(inbox.c.person == scope.who.id, _in_chats(inbox, scope))
    return and_(_mine(inbox, scope), theirs)


def _talk(scope: Scope) -> Iterator[Step]:
    """Conversations and drafts, screens, timers, photos that are being put together."""
    for table in (schema.conversation, schema.set_aside):
        yield Step(table, _states(table, scope))
    yield Step(schema.timer, _in_chats(schema.timer, scope, "lane"))
    yield Step(schema.album_part, _in_chats(schema.album_part, scope))
    sent = schema.payload.c.delivery.in_(scope.deliveries)
    yield Step(schema.payload, and_(_mine(schema.payload, scope), sent))


def _traffic(scope: Scope, *, runs: bool) -> Iterator[Step]:
    """What came and went."""
    for table in (schema.quarantine, schema.inbox, schema.journal):
        if not (runs and table is schema.inbox):
            theirs = or_(table.c.person == scope.who.id, _in_chats(table, scope))
            yield Step(table, and_(_mine(table, scope), theirs))
    leaving = schema.outbox.c.state.in_([str(state) for state in NOT_YET])
    waits = _in_chats(schema.outbox, scope)
    yield Step(schema.outbox, and_(waits, ~leaving) if runs else waits)
    yield Step(schema.message, _in_chats(schema.message, scope))
    yield Step(schema.chat_standing, _in_chats(schema.chat_standing, scope))


def _standing(scope: Scope) -> Iterator[Step]:
    """Who they are, what they may do, and what they published."""
    who, person, role, log = scope.who.id, schema.person, schema.role, schema.audit
    yield Step(person, and_(_mine(person, scope), person.c.person == who))
    bots = role.c.bot.in_(scope.accounts.values())
    yield Step(role, and_(bots, role.c.person == who))
    blank = {"name": "", "person": ""}
    yield Step(log, and_(_mine(log, scope), log.c.person == who), blank)
    accounts = (*scope.accounts, 0) if scope.everywhere else tuple(scope.accounts)
    about = and_(log.c.account.in_(accounts), log.c.about == who)
    yield Step(log, about, {"about": "", "detail": ""})


def _published(scope: Scope) -> Iterator[Step]:
    """What they subscribe to and were sent, their plans, and what is theirs of what was published.

    An item of theirs is taken back and says nothing any more, so that it reaches nobody who has not
    got it; its row stays, so that whoever got it does not get it again.
    """
    who = scope.who.id
    for table in (publishing.subscription, publishing.receipt):
        theirs = and_(_mine(table, scope), table.c.person == who)
        yield Step(table, or_(theirs, _in_chats(table, scope)))
    plans = publishing.plan_term
    held = and_(plans.c.messenger == scope.who.messenger, plans.c.person == who)
    mine = held if scope.everywhere else and_(held, _mine(plans, scope))
    yield Step(plans, mine)
    yield Step(plans, and_(_mine(plans, scope), plans.c.by == who), {"by": ""})
    by_them = _items_by(scope)
    use, order = schema.media_use, publishing.fan_out
    shows = select(-publishing.item.c.id).where(by_them)
    yield Step(use, use.c.message.in_(shows))
    yield Step(publishing.item, by_them, {"person": None, **NOTHING_LEFT})
    yield Step(order, and_(_mine(order, scope), order.c.person == who), {"person": None})


def _items_by(scope: Scope) -> ColumnElement[bool]:
    """Return which items are by a person, or made of an entry of theirs."""
    item, entry = publishing.item.c, schema.entry
    written = and_(_mine(entry, scope), entry.c.person == scope.who.id)
    return or_(
        and_(_mine(publishing.item, scope), item.person == scope.who.id),
        item.entry.in_(select(entry.c.id).where(written)),
    )


def _mine(table: Table, scope: Scope) -> ColumnElement[bool]:
    return table.c.account.in_(scope.accounts)


def _in_chats(table: Table, scope: Scope, column: str = "chat") -> ColumnElement[bool]:
    each = (and_(table.c.account == a, table.c[column] == chat) for a, chat in scope.chats)
    return or_(false(), *each)


def _states(table: Table, scope: Scope) -> ColumnElement[bool]:
    """Conversations of a person with these bots, in any chat, and the screens of private ones."""
    key = table.c.key
    suffix = f"\0{scope.who.id}".encode()
    # As bytes: to SQLite a text ends at the first NUL.
    in_chat = func.substr(cast(key, LargeBinary), -len(suffix)) == suffix
    alone = [f"p{scope.who.id}", *(screen_key(each) for each in scope.deliveries)]
    here = [
        and_(table.c.account == number, key.in_([f"c{chat}", front_key(chat)]))
        for number, chat in scope.chats
    ]
    return or_(and_(_mine(table, scope), or_(in_chat, key.in_(alone))), *here)


def _marked(table: Table, scope: Scope) -> Iterator[Step]:
    blanks: dict[ColumnElement[bool], dict[str, Any]] = {}
    gone: list[ColumnElement[bool]] = []
    for column in table.columns:
        mark = mark_of(column.info)
        if mark is None:
            continue
        where = _rows_of(table, mark, mark.of or column.name, scope)
        if mark.of is None:
            gone.append(where)
        else:
            same = next((known for known in blanks if known.compare(where)), where)
            blanks.setdefault(same, {})[column.name] = _blank(column)
    for where, values in blanks.items():
        said = or_(*(table.c[name].is_distinct_from(value) for name, value in values.items()))
        yield Step(table, and_(where, said), values)
    if gone:
        yield Step(table, or_(*gone))


def _rows_of(table: Table, mark: PersonalColumn, column: str, scope: Scope) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    ids: Collection[str] = [scope.who.id]
    if mark.kind == "chat":
        ids = {chat for _, chat in scope.chats}
    conditions.append(table.c[column].in_(ids))
    if mark.messenger is not None:
        conditions.append(table.c[mark.messenger] == scope.who.messenger)
    if mark.bot is not None:
        conditions.append(table.c[mark.bot].in_(scope.accounts.values()))
    elif not scope.everywhere:
        return false()  # nobody knows with which bot this row has to do
    return and_(*conditions)


def _blank(column: Any) -> Any:
    """Return what stands for nothing in a column."""
    if column.nullable:
        return None
    kind: type = column.type.python_type
    return kind()
