"""What the in-memory store does differently inside, and must not outside."""

from sqlalchemy import text

from posthouse.ports.changes import Execute, Rewrite, SetAside
from posthouse.ports.records import DeliveryState
from posthouse.ports.store import Retention
from posthouse.storage.memory import MemoryStore
from posthouse.testing.contracts.store.kit import (
    commit,
    delivery,
    opened,
    read,
    settled,
    state,
    turn,
    wins,
)


async def test_a_dead_transaction_fails_its_change_only() -> None:
    """A table that says ON CONFLICT ROLLBACK takes nothing of the others along."""
    async with opened(lambda _: MemoryStore()) as store:
        table = "CREATE TABLE angry (x INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)"
        row = Execute(text("INSERT INTO angry VALUES (1)"))
        await wins(store, turn(None, Execute(text(table)), row))
        bad = turn("u2", row, states=[state("b", 0)])
        assert await commit(store, turn("u1", states=[state("a", 0)]), bad) == ["won", "failed"]
        assert await read(store, "a", "b") == [(1, b"state"), (0, None)]
        assert await settled(store, "u1", "u2") == {"u1"}


async def test_rows_are_not_shared_with_the_caller() -> None:
    """Changing a row after its commit, or one that was listed, does not change the store."""
    async with opened(lambda _: MemoryStore()) as store:
        row = delivery(1, state=DeliveryState.PENDING)
        await wins(store, turn("u1", deliveries=[row]))
        row.body = b"changed"
        (listed,) = await store.outbox(account=1)
        assert listed.body == b"hello"
        listed.body = b"changed"
        await wins(store, turn(None, Rewrite(1, b"new")))
        assert listed.body == b"changed"
        assert [found.body for found in await store.outbox(account=1)] == [b"new"]


async def test_states_that_were_set_aside_go_in_time() -> None:
    """Like updates, after `quarantine_s`."""
    store = MemoryStore()
    async with opened(lambda _: store):
        rows = [SetAside(1, "key", "name", b"?", "why", at) for at in (1.0, 50.0)]
        await wins(store, turn(None, *rows))
        await store.sweep(now=100.0, keep=Retention(quarantine_s=60.0))
        assert [row.at for row in store._opened().set_aside] == [50.0]


async def test_closing_keeps_what_is_there() -> None:
    """The same object opened again goes on where it was, for tests of a restart."""
    store = MemoryStore()
    async with opened(lambda _: store):
        await wins(store, turn("u1"))
    async with opened(lambda _: store):
        assert await settled(store, "u1") == {"u1"}
