"""What the checks of a store are made of."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Text, insert, select
from sqlalchemy.schema import CreateTable

from posthouse.model.outgoing import DeliveryClass
from posthouse.ports.changes import Change, Execute, Verdict, Write
from posthouse.ports.records import (
    DeliveryRow,
    DeliveryState,
    InboxRow,
    Mark,
    QuarantineRow,
    StateWrite,
    TimerRow,
)
from posthouse.ports.store import StateKey, StateRead, Store


class MakeStore(Protocol):
    """Makes stores for the checks."""

    def __call__(self, name: str) -> Store:
        """Return a store that is not open; the same name names the same database."""


Check: TypeAlias = Callable[[MakeStore], Awaitable[None]]

DAY_S = 86400.0


def expect(condition: object, message: str) -> None:
    """Raise AssertionError with a sentence unless something holds; works under -O as well."""
    if not condition:
        raise AssertionError(message)


@asynccontextmanager
async def opened(make: MakeStore, name: str = "first") -> AsyncIterator[Store]:
    """An open store, closed at the end."""
    store = make(name)
    await store.open()
    try:
        yield store
    finally:
        await store.aclose()


# --- builders


def turn(update: str | None, *writes: Write, **fields: Any) -> Change:
    """A change of account 1; `states`, `deliveries`, `observers`, `inbox` and `attempt` by name."""
    change = Change(None if update is None else Mark(1, update))
    change.writes.extend(writes)
    for name, value in fields.items():
        setattr(change, name, value)
    return change


def state(key: str, version: int, body: bytes = b"state") -> StateWrite:
    """A conversation row."""
    return StateWrite(1, key, version, body)


def delivery(id: int, **fields: Any) -> DeliveryRow:
    """A delivery in chat `c`, claimed unless said otherwise."""
    given: dict[str, Any] = {"chat": "c", "state": DeliveryState.CLAIMED, "body": b"hello"}
    given |= {"account": 1, "created": 1.0} | fields
    return DeliveryRow(id=id, klass=DeliveryClass.ANSWER, **given)


def waiting(update: str, **fields: Any) -> InboxRow:
    """An inbox row."""
    mark = Mark(1, update)
    return InboxRow(mark=mark, lane="l", kind="k", body=b"u", received=1.0, chat="c", **fields)


def aside(update: str, *, at: float = 2.0) -> QuarantineRow:
    """A quarantined update."""
    return QuarantineRow(
        mark=Mark(1, update),
        lane="l",
        kind="k",
        body=b"u",
        reason="raised",
        detail="ValueError",
        at=at,
        person="p",
    )


async def commit(store: Store, *changes: Change) -> list[Verdict | None]:
    """Commit changes as one batch and return their verdicts."""
    await store.commit(changes)
    return [change.verdict for change in changes]


async def read(store: Store, *keys: str) -> list[StateRead]:
    """Load conversation rows."""
    return await store.load([StateKey(1, key) for key in keys])


async def settled(store: Store, *updates: str) -> set[str]:
    """Return which updates are settled."""
    return {m.update_id for m in await store.settled([Mark(1, update) for update in updates])}


async def wins(store: Store, *changes: Change) -> None:
    """Commit changes that must all be written."""
    for change, verdict in zip(changes, await commit(store, *changes), strict=True):
        expect(verdict is Verdict.WON, f"{change} must win: {change.error}")


_TABLES = MetaData()
GOODS = Table(
    "contract_goods",
    _TABLES,
    Column("name", Text, primary_key=True),
    Column("amount", Integer, nullable=False),
)
PARTS = Table(
    "contract_parts",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("goods", ForeignKey("contract_goods.name", deferrable=True, initially="DEFERRED")),
)


async def with_tables(store: Store) -> None:
    """Create a user's tables."""
    tables = [Execute(CreateTable(table, if_not_exists=True)) for table in (GOODS, PARTS)]
    await wins(store, turn(None, *tables))


def goods(name: str, amount: int = 1) -> Execute:
    """A statement of a user: one more row."""
    return Execute(insert(GOODS).values(name=name, amount=amount), 1)


async def names(store: Store) -> list[str]:
    """Return the names in the user's table."""
    return [row.name for row in await store.fetch(select(GOODS.c.name).order_by(GOODS.c.name))]


def timer(id: str, due: float = 5.0) -> TimerRow:
    """A timer."""
    return TimerRow(id=id, account=1, lane="l", due=due, body=b"t")
