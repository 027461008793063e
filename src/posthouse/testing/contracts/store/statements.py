"""Statements of users, and observers."""

from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, insert, select, update

from posthouse.errors import ConflictError, MistakeError
from posthouse.ports.changes import Execute, Observed
from posthouse.ports.records import Mark
from posthouse.testing.contracts.store.kit import (
    GOODS,
    PARTS,
    MakeStore,
    commit,
    delivery,
    expect,
    goods,
    names,
    opened,
    read,
    state,
    turn,
    wins,
    with_tables,
)


async def observers_stand_alone(make: MakeStore) -> None:
    """Observers run after a change that won, each at most once an update, and harm nobody."""
    async with opened(make) as store:
        await with_tables(store)
        mark = Mark(1, "u1")
        good = turn(None, Observed(mark, "log"), goods("seen"))
        bad = turn(None, Observed(mark, "bad"), goods("seen"))
        twice = turn(None, Observed(mark, "log"), goods("twice"))
        await wins(store, turn("u1", goods("own"), observers=[good, bad, twice]))
        expect([good.verdict, bad.verdict, twice.verdict] == ["won", "failed", "duplicate"], "each")
        expect(await names(store) == ["own", "seen"], "what they wrote")
        never = turn(None, goods("never"))
        expect(await commit(store, turn("u1", observers=[never])) == ["duplicate"], "main lost")
        expect(never.verdict is None, "its observers do not run")


async def statements_join_the_turn(make: MakeStore) -> None:
    """A user's statement is written with its turn, or the turn with it not at all."""
    async with opened(make) as store:
        await with_tables(store)
        await wins(store, turn("u1", goods("tea"), states=[state("a", 0)]))
        twice = turn("u2", goods("jam"), goods("tea"), states=[state("a", 1)])
        none = turn("u3", Execute(update(GOODS).values(amount=2).where(GOODS.c.name == "-"), 1))
        stale = turn("u4", goods("rum"), states=[state("a", 9)])
        good = turn("u5", goods("oil"), states=[state("b", 0)])
        verdicts = await commit(store, twice, none, stale, good)
        expect(verdicts == ["failed", "failed", "stale", "won"], f"verdicts: {verdicts}")
        expect(await names(store) == ["oil", "tea"], "losers leave nothing in the table")
        expect(await read(store, "a", "b") == [(1, b"state"), (1, b"state")], "nor elsewhere")
        errors = [twice.error, none.error]
        expect(all(isinstance(e, ConflictError) for e in errors), f"conflicts: {errors}")
        said = [getattr(error, "constraint", None) for error in errors]
        expect(said == [True, False], "a broken constraint is told from other rows")


async def bad_statements_fail_alone(make: MakeStore) -> None:
    """A statement that cannot run is the handler's mistake; it takes nothing of the others."""
    async with opened(make) as store:
        await with_tables(store)
        table = Table("contract_missing", MetaData(), Column("x", Integer))
        missing = turn("u1", Execute(insert(table).values(x=1)))
        nothing = turn("u2", Execute("no statement"))
        huge = turn("u3", goods("huge", 2**70))
        changes = [missing, nothing, huge, turn("u4", goods("tea"))]
        verdicts = await commit(store, *changes)
        expect(verdicts == ["failed", "failed", "failed", "won"], f"verdicts: {verdicts}")
        errors = [change.error for change in changes[:3]]
        expect(all(isinstance(e, MistakeError) for e in errors), f"mistakes: {errors}")
        expect(await names(store) == ["tea"], "the good one is written")


async def deferred_constraints_fail_alone(make: MakeStore) -> None:
    """A constraint checked at the end fails the change that broke it, and no other."""
    async with opened(make) as store:
        await with_tables(store)
        orphan = turn("u2", Execute(insert(PARTS).values(id=1, goods="nowhere")))
        healed = turn("u3", Execute(insert(PARTS).values(id=2, goods="tea")), goods("tea"))
        last = turn("u4", states=[state("a", 0)])
        verdicts = await commit(store, turn("u1", deliveries=[delivery(1)]), orphan, healed, last)
        expect(verdicts == ["won", "failed", "won", "won"], f"verdicts: {verdicts}")
        expect(isinstance(orphan.error, ConflictError), "with the reason")
        expect(await names(store) == ["tea"], "the others are written")
        expect(len(await store.outbox(account=1)) == 1, "all of them")


async def fetch_only_reads(make: MakeStore) -> None:
    """fetch() returns rows of committed data; what writes, or is no statement, is a mistake."""
    async with opened(make) as store:
        await with_tables(store)
        await wins(store, turn(None, goods("tea", 3)))
        (row,) = await store.fetch(select(GOODS))
        expect((row.name, row.amount) == ("tea", 3), "a row")
        statement: Any
        for statement in (insert(GOODS).values(name="x", amount=1), select(Column("nope")), "x"):
            refused = False
            try:
                await store.fetch(statement)
            except MistakeError:
                refused = True
            expect(refused, f"fetch() must refuse {statement}")
        expect(await names(store) == ["tea"], "nothing was written")
