"""Saved searches as they stand in the database: rows of subscriptions that have a condition."""

from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Select, insert, select, update

from posthouse.publishing.searches.conditions import Condition, encode_condition
from posthouse.storage.publishing import subscription
from posthouse.turn.turn import Turn

ACTIVE, PAUSED, SUSPENDED, ENDED = "active", "paused", "suspended", "ended"
MOST_LISTED = 100
"""Searches of one person that are listed, the newest first."""


class Search(Struct, frozen=True, kw_only=True):
    """A saved search."""

    id: int
    topic: str
    account: int
    chat: str
    person: str
    search: str
    """`app.Form`."""
    answers: bytes
    title: str
    state: str
    version: int

    @property
    def plain(self) -> dict[str, Any]:
        """The answers as plain data, by field."""
        found: dict[str, Any] = msgspec.msgpack.decode(self.answers)
        return found


_SEARCH = [subscription.c[name] for name in Search.__struct_fields__]


async def searches_of(turn: Turn, name: str, *, id: int | None = None) -> list[Search]:
    """Return a person's own searches by one form, the newest first; or that with an id."""
    mine = (
        subscription.c.account == turn.account,
        subscription.c.person == turn.person.id,
        subscription.c.search == name,
        subscription.c.state != ENDED,
    )
    found = select(*_SEARCH).where(*mine).order_by(subscription.c.created.desc())
    if id is not None:
        found = found.where(subscription.c.id == id)
    rows = await turn.fetch(found.limit(MOST_LISTED))
    names = Search.__struct_fields__
    return [Search(**dict(zip(names, row, strict=True))) for row in rows]


def add_search(turn: Turn, made: Search, condition: Condition, **more: Any) -> None:
    """Write a new search."""
    now = turn.now.timestamp()
    row = {
        **msgspec.structs.asdict(made),
        "condition": encode_condition(condition),
        "language": turn.language,
        "reason": "",
        "since": now,
        "created": now,
        "changed": now,
        **more,
    }
    turn.execute(insert(subscription).values(**row))


def change_search(turn: Turn, found: Search, **values: Any) -> Search:
    """Change a search that nobody else has changed meanwhile; return it as it will be."""
    values |= {"version": found.version + 1, "changed": turn.now.timestamp()}
    mine = (subscription.c.id == found.id, subscription.c.version == found.version)
    turn.execute(update(subscription).where(*mine).values(**values), expect_rows=1)
    names = Search.__struct_fields__
    return msgspec.structs.replace(found, **{n: v for n, v in values.items() if n in names})


def conditions(topic: str, *, after: int, limit: int) -> Select[Any]:
    """Find the conditions of a topic's searches that may find something, in the order of ids."""
    return (
        select(subscription.c.id, subscription.c.condition)
        .where(
            subscription.c.topic == topic,
            subscription.c.search.is_not(None),
            subscription.c.state != ENDED,
            subscription.c.id > after,
        )
        .order_by(subscription.c.id)
        .limit(limit)
    )


def condition_of(topic: str, id: int) -> Select[Any]:
    """Find the condition of one search."""
    return conditions(topic, after=id - 1, limit=1).where(subscription.c.id == id)
