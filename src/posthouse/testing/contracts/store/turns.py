"""Turns: marks, states, batches."""

from sqlalchemy import select

from posthouse.errors import StoreUnavailableError
from posthouse.ports.changes import Change, PutTimer, Verdict
from posthouse.ports.store import StateKey
from posthouse.storage.schema import account
from posthouse.testing.contracts.store.kit import (
    MakeStore,
    commit,
    delivery,
    expect,
    opened,
    read,
    settled,
    state,
    timer,
    turn,
    wins,
)


async def closed_store_refuses(make: MakeStore) -> None:
    """Before open() and after aclose() calls are refused; aclose() may be repeated."""
    store = make("first")
    for _ in range(2):
        for call in (store.load([StateKey(1, "a")]), store.commit([Change()])):
            said = ""
            try:
                await call
            except StoreUnavailableError as error:
                said = str(error)
            expect("open()" in said, "a closed store refuses and names what to do")
        await store.open()
        expect(store.healthy() is None, "an open store is healthy")
        await store.aclose()
        await store.aclose()


async def accounts_keep_their_number(make: MakeStore) -> None:
    """An account has one number, whatever its bot is called."""
    async with opened(make) as store:
        first = await store.account("web", "n1", bot="a")
        second = await store.account("web", "n2", bot="b")
        expect(first != second, "two accounts have two numbers")
        expect(await store.account("web", "n1", bot="new") == first, "the number stays")
        rows = [(first, "web", "n1", "new"), (second, "web", "n2", "b")]
        found = await store.fetch(select(account).order_by(account.c.id))
        expect([tuple(row) for row in found] == rows, "statements find both, with their bots")
        third = await store.account("tui", "n1", bot="c")
        named = select(account.c.id).where(account.c.messenger == "tui")
        expect([row.id for row in await store.fetch(named)] == [third], "and a later one")


async def numbers_never_repeat(make: MakeStore) -> None:
    """Blocks of one sequence do not overlap; sequences start at 1."""
    async with opened(make) as store:
        expect(await store.reserve("s", 10) == 1, "a sequence starts at 1")
        expect(await store.reserve("s", 5) == 11, "the next block follows")
        expect(await store.reserve("other", 1) == 1, "each sequence counts by itself")


async def turn_is_written_whole(make: MakeStore) -> None:
    """Mark, state and delivery of a turn are there after its commit."""
    async with opened(make) as store:
        row = delivery(7, chat="ü", expires=5.0, target=3, remember=True, guard=b"g", late=True)
        change = turn("u1", states=[state("a", 0)], deliveries=[row])
        await wins(store, change)
        expect(await read(store, "b", "a") == [(0, None), (1, b"state")], "states, in order")
        expect(await settled(store, "u1", "u2") == {"u1"}, "the update is settled")
        expect(await store.outbox(account=1) == [row], "the delivery is as it was given")
        expect(await store.outbox(account=None, chat="ü") == [row], "of all accounts, by chat")
        expect(await store.outbox(account=2) == [], "not of another account")


async def update_counts_once(make: MakeStore) -> None:
    """A second turn for one update is a duplicate, in its batch and later, and leaves nothing."""
    async with opened(make) as store:
        again = turn("u1", states=[state("b", 0)], deliveries=[delivery(9)])
        verdicts = await commit(store, turn("u1", states=[state("a", 0)]), again, turn("u2"))
        expect(verdicts == ["won", "duplicate", "won"], f"in one batch: {verdicts}")
        expect(await commit(store, turn("u1"), turn("u3")) == ["duplicate", "won"], "later")
        expect(await read(store, "a", "b") == [(1, b"state"), (0, None)], "no state of the loser")
        expect(await store.outbox(account=1) == [], "no delivery of the loser")


async def stale_state_loses(make: MakeStore) -> None:
    """A state written on another version than the one read loses alone, with its whole turn."""
    async with opened(make) as store:
        await wins(store, turn("u1", states=[state("a", 0)]))
        stale = turn("u2", states=[state("b", 0), state("a", 0)], deliveries=[delivery(1)])
        gone = turn("u3", states=[state("nowhere", 4)])
        good = turn("u4", states=[state("a", 1, b"next")])
        expect(await commit(store, stale, gone, good) == ["stale", "stale", "won"], "verdicts")
        reads = await read(store, "a", "b", "nowhere")
        expect(reads == [(2, b"next"), (0, None), (0, None)], "only the good one is written")
        expect(await settled(store, "u2", "u3") == set(), "the losers may run again")


async def chains_apply_in_order(make: MakeStore) -> None:
    """Changes of one batch on one conversation follow each other; a fork loses."""
    async with opened(make) as store:
        chain = [turn(f"u{n}", states=[state("a", n, b"%d" % n)]) for n in range(4)]
        fork = turn("f", states=[state("a", 2)])
        verdicts = await commit(store, *chain, fork)
        expect(verdicts == ["won"] * 4 + ["stale"], f"verdicts: {verdicts}")
        expect(await read(store, "a") == [(4, b"3")], "the last one stands")


async def large_batches_work(make: MakeStore) -> None:
    """A batch of many changes with a few bad ones among them."""
    async with opened(make) as store:
        await wins(store, turn("u5"), turn("x", states=[state("k7", 0)]))
        batch = [
            turn(f"u{n}", states=[state(f"k{n}", 0)], deliveries=[delivery(n + 1)])
            for n in range(700)
        ]
        verdicts = await commit(store, *batch)
        expect(verdicts[5] is Verdict.DUPLICATE, "the repeated update")
        expect(verdicts[7] is Verdict.STALE, "the stale state")
        expect(verdicts.count(Verdict.WON) == 698, "all others")
        expect(len(await store.outbox(account=1, limit=1000)) == 698, "their deliveries")
        reads = await read(store, *(f"k{n}" for n in range(700)))
        expect(sum(r.version for r in reads) == 699, "their states, read in one go")
        expect(len(await settled(store, *(f"u{n}" for n in range(800)))) == 699, "their marks")


async def unknown_end_is_asked(make: MakeStore) -> None:
    """A change tried again after an unknown end counts as won when it was written, once."""
    async with opened(make) as store:
        first = turn("u1", states=[state("a", 0)])
        await wins(store, first)
        await wins(store, turn("u1", states=[state("a", 0)], attempt=1))
        await wins(store, turn("u2", states=[state("a", 1)], attempt=1))
        expect(await read(store, "a") == [(2, b"state")], "written once")
        twins = [turn("u3", attempt=1), turn("u3", attempt=1)]
        expect(await commit(store, *twins) == ["won", "duplicate"], "one batch is no second try")
        await wins(store, turn(None, PutTimer(timer("t")), attempt=1))
