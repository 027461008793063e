"""Receipts, subscriptions and fan-outs as they stand in the database, and how they are found."""

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Update, func, select, tuple_, update

from posthouse.publishing.items import CANCELLED, OPEN, PAUSED
from posthouse.storage.publishing import fan_out, receipt, subscription

WAITING, HELD, QUEUED, SENT, SKIPPED = "waiting", "held", "queued", "sent", "skipped"
"""How a receipt stands: held is one of a fan-out that is paused, skipped one that a line "and so
many more" stood for."""
UNDONE = (WAITING, HELD, QUEUED)
COUNTED = (QUEUED, SENT, "ridden", "unknown")
"""What counts as a message of the day."""


class Receipt(Struct, frozen=True, kw_only=True):
    """One item for one chat."""

    item: int
    account: int
    chat: str
    person: str | None
    subscription: int | None
    revision: int
    state: str
    due: float
    delivery: int | None
    """Delivery key of the message that shows it."""
    at: float


class Subscription(Struct, frozen=True, kw_only=True):
    """Somebody who wants the items of a topic, as far as sending needs it."""

    id: int
    topic: str
    account: int
    chat: str
    person: str
    language: str
    title: str
    state: str
    digest: str | None
    quiet: str | None
    zone: str | None
    most: int | None
    revisions: str
    gates: bytes | None
    search: str | None = None
    """`app.Form` of a saved search."""


class FanOut(Struct, frozen=True, kw_only=True):
    """One revision of an item on its way."""

    id: int
    item: int
    revision: int
    account: int | None
    audience: bytes | None
    state: str
    after: str
    total: int | None
    person: str | None
    created: float
    ended: float | None


RowT = TypeVar("RowT", bound=Struct)
_RECEIPT = [receipt.c[name] for name in Receipt.__struct_fields__]
_SUBSCRIPTION = [subscription.c[name] for name in Subscription.__struct_fields__]
_FAN_OUT = [fan_out.c[name] for name in FanOut.__struct_fields__]


def made(kind: type[RowT], rows: Iterable[Any]) -> list[RowT]:
    """Return rows as what they are."""
    names = kind.__struct_fields__
    return [kind(**dict(zip(names, row, strict=True))) for row in rows]


def among(column: Any, values: Collection[int | str]) -> ColumnElement[bool]:
    """Compare with many values, bound as one list.

    A statement may have some 32 000 variables only; besides, it is the same one for any number. On
    PostgreSQL, `json_each` would be `json_array_elements_text`.
    """
    listed = func.json_each(msgspec.json.encode(list(values)).decode()).table_valued("value")
    found: ColumnElement[bool] = column.in_(select(listed.c.value))
    return found


# --- fan-outs


def open_fan_outs() -> Select[Any]:
    """Find what is under way, the oldest first."""
    return select(*_FAN_OUT).where(fan_out.c.state.in_(OPEN)).order_by(fan_out.c.id)


def fan_out_of(id: int) -> Select[Any]:
    """Find one fan-out."""
    return select(*_FAN_OUT).where(fan_out.c.id == id)


def standing_of(items: Collection[int]) -> Select[Any]:
    """Find how the fan-outs of items stand: rows of item, revision and state."""
    found = select(fan_out.c.item, fan_out.c.revision, fan_out.c.state)
    return found.where(among(fan_out.c.item, items)).order_by(fan_out.c.item, fan_out.c.revision)


def standings(rows: Iterable[Any]) -> dict[int, str]:
    """Return which items are paused or cancelled.

    Those with a fan-out that is paused, and those whose newest one was cancelled.
    """
    found: dict[int, str] = {}
    for item, _, state in rows:
        if found.get(item) == PAUSED:
            continue
        if state in (PAUSED, CANCELLED):
            found[item] = state
        else:
            found.pop(item, None)
    return found


# --- receipts


def accounts_waiting() -> Select[Any]:
    """Find the accounts with receipts that wait, and their first moments, without reading all."""
    waits = receipt.c.state == WAITING
    first = select(func.min(receipt.c.account).label("account")).where(waits).cte(recursive=True)
    following = (
        select(func.min(receipt.c.account))
        .where(waits, receipt.c.account > first.c.account)
        .scalar_subquery()
    )
    found = first.union_all(select(following).where(first.c.account.is_not(None)))
    due = (
        select(func.min(receipt.c.due))
        .where(waits, receipt.c.account == found.c.account)
        .scalar_subquery()
    )
    return select(found.c.account, due).where(found.c.account.is_not(None))


def due_chats(account: int, now: float, limit: int) -> Select[Any]:
    """Find the chats for which something is due, the longest waiting first; rows may repeat one."""
    return (
        select(receipt.c.chat)
        .where(receipt.c.account == account, receipt.c.state == WAITING, receipt.c.due <= now)
        .order_by(receipt.c.due)
        .limit(limit)
    )


def due_in(account: int, chats: Collection[str], now: float) -> Select[Any]:
    """Find all that is due in some chats, in the order in which the items were put."""
    return (
        select(*_RECEIPT)
        .where(
            receipt.c.account == account,
            among(receipt.c.chat, chats),
            receipt.c.state == WAITING,
            receipt.c.due <= now,
        )
        .order_by(receipt.c.chat, receipt.c.item)
    )


def queued(account: int) -> Select[Any]:
    """Find what is in the outbox of an account, as far as is known."""
    return select(*_RECEIPT).where(receipt.c.account == account, receipt.c.state == QUEUED)


def subscriptions(ids: Collection[int]) -> Select[Any]:
    """Find subscriptions."""
    return select(*_SUBSCRIPTION).where(among(subscription.c.id, ids))


def sent_since(of: Subscription, since: float) -> Select[Any]:
    """Count the messages that a subscription has had since a moment."""
    return select(func.count(receipt.c.delivery.distinct())).where(
        receipt.c.account == of.account,
        receipt.c.chat == of.chat,
        receipt.c.at >= since,
        receipt.c.subscription == of.id,
        receipt.c.state.in_(COUNTED),
    )


def change(of: Receipt, *states: str, **values: Any) -> Update:
    """Change a receipt that stands as it did, or in one of some states."""
    return (
        update(receipt)
        .where(
            receipt.c.item == of.item,
            receipt.c.account == of.account,
            receipt.c.chat == of.chat,
            receipt.c.state.in_(states or (of.state,)),
        )
        .values(**values)
    )


def held(of: Receipt) -> Update:
    """Hold a receipt that waits, if its item is paused even now."""
    paused = select(fan_out.c.id).where(fan_out.c.item == of.item, fan_out.c.state == PAUSED)
    return change(of, WAITING, state=HELD).where(paused.exists())


def change_some(item: int, before: Collection[str], *, limit: int, **values: Any) -> Update:
    """Change so many of an item's receipts that stand in one of some states."""
    key = (receipt.c.account, receipt.c.chat)
    some = select(*key).where(receipt.c.item == item, receipt.c.state.in_(before)).limit(limit)
    return update(receipt).where(receipt.c.item == item, tuple_(*key).in_(some)).values(**values)


def any_of(item: int, states: Collection[str]) -> Select[Any]:
    """Find whether an item has a receipt in one of some states."""
    return (
        select(receipt.c.item).where(receipt.c.item == item, receipt.c.state.in_(states)).limit(1)
    )
