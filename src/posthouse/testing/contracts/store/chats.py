"""Albums that are put together, chats that move, and chats that cannot be reached."""

from posthouse.ports.changes import (
    DropStanding,
    MoveChat,
    PutPart,
    PutStanding,
    PutTimer,
    Settle,
    TakeParts,
)
from posthouse.ports.records import DeliveryState, Mark, MessageRow, PartRow, StateWrite
from posthouse.ports.store import Retention
from posthouse.testing.contracts.store.kit import (
    DAY_S,
    MakeStore,
    commit,
    delivery,
    expect,
    opened,
    read,
    timer,
    turn,
    wins,
)


def part(update: str, **fields: object) -> PutPart:
    """Return the write that keeps a part of album `a` in chat `c`."""
    row = PartRow(mark=Mark(1, update), chat="c", album="a", body=update.encode(), received=10.0)
    for name, value in fields.items():
        setattr(row, name, value)
    return PutPart(row)


async def parts_are_taken_whole(make: MakeStore) -> None:
    """Parts come back in order; taking another number of them than there are is void."""
    async with opened(make) as store:
        await wins(store, turn("u1", part("u1")), turn("u2", part("u2"), PutTimer(timer("album1"))))
        await wins(store, turn("x1", part("x1", album="b")), turn("x2", part("x2", chat="d")))
        verdicts = await commit(
            store, turn("u2", part("u2")), turn(None, TakeParts(1, "c", "a", 1))
        )
        expect(verdicts == ["duplicate", "stale"], "a part counts once, and no part is left behind")
        rows = await store.parts("a", account=1, chat="c")
        expect([row.body for row in rows] == [b"u1", b"u2"], "in order")
        expect(not any(row.handled for row in rows), "not handled yet")
        await wins(store, turn(None, TakeParts(1, "c", "a", 2)))
        rows = await store.parts("a", account=1, chat="c")
        expect(all(row.handled for row in rows), "handled, and still there")
        await wins(store, turn(None, PutTimer(timer("1f")), PutTimer(timer("album0", 4.0))))
        found = [row.id for row in await store.albums(account=1)]
        expect(found == ["album0", "album1"], "timers of albums, the earliest first")
        expect(await store.albums(account=2) == [], "of one account")
        keep = Retention(marks_s=DAY_S, quarantine_s=9 * DAY_S)
        await store.sweep(now=10.0 + 2 * DAY_S, keep=keep)
        expect(await store.parts("a", account=1, chat="c") == [], "handled parts go")
        expect(len(await store.parts("b", account=1, chat="c")) == 1, "what waits is kept")


async def chats_move_whole(make: MakeStore) -> None:
    """Everything of a chat goes on under its new id, but for what the new chat has already."""
    async with opened(make) as store:
        states = [
            StateWrite(1, key, 0, key.encode())
            for key in ("cold", "iold\0ann", "iold\0bob", "inew\0bob", "iolder\0ann", "pann")
        ]
        change = turn("u1", PutTimer(timer("t1")), part("u1", chat="old"))
        change.states.extend(states)
        change.deliveries.append(delivery(1, chat="old"))
        change.deliveries.append(delivery(2, chat="older"))
        await wins(store, change)
        row = PutTimer(timer("t2"))
        row.row.lane = "old"
        message = MessageRow(delivery=9, account=1, chat="old", message_id="m1", at=1.0)
        await wins(store, turn(None, row, Settle(9, DeliveryState.SENT, message)))
        message = MessageRow(delivery=8, account=1, chat="older", message_id="m1", at=1.0)
        await wins(store, turn(None, Settle(8, DeliveryState.SENT, message)))
        half = turn(None, MoveChat(1, "old", "new"), TakeParts(1, "old", "a", 9))
        expect(await commit(store, half) == ["stale"], "what else the change wants is void")
        bodies = [each.body for each in await read(store, "cold", "cnew")]
        expect(bodies == [b"cold", None], "and so is the move")
        await wins(store, turn(None, MoveChat(1, "nobody", "somebody")))
        await wins(store, turn(None, MoveChat(1, "old", "new")))
        bodies = [each.body for each in await read(store, "cold", "iold\0ann", "iold\0bob")]
        expect(bodies == [None] * 3, "nothing stays under the old id")
        bodies = [each.body for each in await read(store, "cnew", "inew\0ann", "inew\0bob")]
        expect(bodies == [b"cold", b"iold\0ann", b"inew\0bob"], "the new chat's own state is kept")
        bodies = [each.body for each in await read(store, "iolder\0ann", "pann")]
        expect(bodies == [b"iolder\0ann", b"pann"], "others are left alone")
        rows = await store.outbox(account=1)
        expect([row.chat for row in rows] == ["new", "older"], "deliveries go to the new chat")
        lanes = {row.id: row.lane for row in await store.timers(until=99.0, limit=9)}
        expect(lanes["t2"] == "new", "timers too")
        expect(len(await store.parts("a", account=1, chat="new")) == 1, "and albums")
        expect(await store.message_of(9) is None, "ids of messages belong to the old chat")
        expect(await store.message_of(8) is not None, "others are kept")
        found = await store.aliases(account=1)
        expect(found == {"old": "new", "nobody": "somebody"}, "the alias is known")
        await wins(store, turn(None, MoveChat(1, "new", "last")))
        found = await store.aliases(account=1)
        expect((found["old"], found["new"]) == ("last", "last"), "all lead to the last id at once")
        await wins(store, turn(None, MoveChat(1, "last", "old")))
        found = await store.aliases(account=1)
        expect((found["new"], found["last"]) == ("old", "old"), "and never in a circle")
        expect("old" not in found, "what is an id again is none any more")


async def unreachable_chats_are_known(make: MakeStore) -> None:
    """What waits for such a chat ends; it is asked for by its id, and lifted."""
    async with opened(make) as store:
        change = turn("u1")
        pending = DeliveryState.PENDING
        change.deliveries.extend(delivery(id, state=pending) for id in (1, 2))
        change.deliveries.append(delivery(3, chat="d", state=pending))
        await wins(store, change)
        await wins(store, turn(None, PutStanding(1, "c", 5.0, "blocked")))
        await wins(store, turn(None, PutStanding(1, "c", 6.0, "again")))
        rows = await store.outbox(account=1, states=(DeliveryState.REJECTED,))
        expect([row.id for row in rows] == [1, 2], "all that waits for it ends")
        expect(rows[0].error == "blocked", "and says why")
        expect([row.id for row in await store.outbox(account=1)] == [3], "others wait on")
        expect(await store.unreachable(account=1) == {"c"}, "of the account")
        expect(await store.unreachable(account=1, chats=["c", "d"]) == {"c"}, "of some chats")
        many = [f"x{n}" for n in range(2500)]
        expect(await store.unreachable(account=1, chats=[*many, "c"]) == {"c"}, "of many chats")
        expect(await store.unreachable(account=2) == set(), "not of another account")
        await wins(store, turn(None, DropStanding(1, "c")))
        expect(await store.unreachable(account=1) == set(), "until it is lifted")
