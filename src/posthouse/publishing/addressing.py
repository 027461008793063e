"""Receipts as the planner writes them: for whom an item is, all of a chunk with one statement.

How this works: those who get an item are found where they are, in the database; nothing of them
passes through this process. Whom it is by and who is banned is left out. A receipt is known by its
item and chat, so that adding one again changes nothing, unless an earlier moment is wanted.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.dialects import sqlite

from posthouse.publishing.items import Item
from posthouse.publishing.rows import WAITING, FanOut
from posthouse.storage.publishing import receipt, subscription
from posthouse.storage.schema import account, ban

_COLUMNS = (
    "item", "account", "chat", "person", "subscription", "revision", "state", "due", "at",
)  # fmt: skip
_S = subscription.c


def add_named(
    of: FanOut, item: Item, now: float, found: Any, here: Sequence[ColumnElement[bool]]
) -> sqlite.Insert:
    """Write the receipts of a chunk of an audience that a fan-out names.

    Args:
        of: The fan-out.
        item: Its item.
        now: The moment.
        found: The audience: key, chat and person.
        here: What tells those of the chunk.
    """
    values: dict[str, Any] = {
        "account": literal(of.account),
        "chat": found.c.chat,
        "person": found.c.person,
        "subscription": literal(None),
        **_same(of, item, now, due=now),
    }
    rows = select(*(values[name].label(name) for name in _COLUMNS)).where(
        *here,
        _not_banned(literal(of.account), found.c.person),
        _not_author(item, literal(of.account), found.c.person),
    )
    return sqlite.insert(receipt).from_select(_COLUMNS, rows).on_conflict_do_nothing()


def add_subscribed(
    of: FanOut, item: Item, now: float, here: list[ColumnElement[bool]], timing: Any, due: float
) -> sqlite.Insert:
    """Write the receipts of those subscriptions of a chunk that are timed in one way.

    Args:
        of: The fan-out.
        item: Its item.
        now: The moment.
        here: What tells the subscriptions of the chunk.
        timing: Digest, quiet hours and zone that they have.
        due: When they are to get it.
    """
    digest, quiet, zone = timing
    values = {
        "account": _S.account,
        "chat": _S.chat,
        "person": _S.person,
        "subscription": _S.id,
        **_same(of, item, now, due=due),
    }
    rows = (
        select(*(values[name].label(name) for name in _COLUMNS))
        .where(
            *here,
            _S.digest.is_not_distinct_from(digest),
            _S.quiet.is_not_distinct_from(quiet),
            _S.zone.is_not_distinct_from(zone),
            _not_banned(_S.account, _S.person),
            _not_author(item, _S.account, _S.person),
        )
        .order_by(_S.id)
    )
    added = sqlite.insert(receipt).from_select(_COLUMNS, rows)
    # Who has several subscriptions gets it when the first of them wants it.
    c, new = receipt.c, added.excluded
    return added.on_conflict_do_update(
        index_elements=[c.item, c.account, c.chat],
        set_={"due": new.due, "subscription": new.subscription},
        where=(c.state == WAITING) & (new.due < c.due) & c.delivery.is_(None),
    )


def _same(of: FanOut, item: Item, now: float, *, due: float) -> dict[str, Any]:
    """Return what all receipts of a chunk have."""
    return {
        "item": literal(of.item),
        "revision": literal(item.revision),
        "state": literal(WAITING),
        "due": literal(due),
        "at": literal(now),
    }


def _messenger(number: Any) -> Any:
    return select(account.c.messenger).where(account.c.id == number).scalar_subquery()


def _not_banned(number: Any, who: Any) -> ColumnElement[bool]:
    here = (ban.c.messenger == _messenger(number), ban.c.person == who)
    return ~select(ban.c.person).where(*here).exists()


def _not_author(item: Item, number: Any, who: Any) -> ColumnElement[bool]:
    if item.person is None or item.account is None:
        return literal(1) == literal(1)
    return or_(who != item.person, _messenger(number) != _messenger(item.account))
