"""What waits: inbox, quarantine, outbox, timers."""

from posthouse.errors import ConflictError
from posthouse.ports.changes import (
    CountAttempt,
    DropInbox,
    DropQuarantine,
    PutInbox,
    PutQuarantine,
    PutTimer,
    Replay,
    Rewrite,
    Settle,
    TakeTimer,
)
from posthouse.ports.records import NEVER, DeliveryState, Mark, MessageRow
from posthouse.testing.contracts.store.kit import (
    MakeStore,
    aside,
    commit,
    delivery,
    expect,
    opened,
    read,
    settled,
    state,
    timer,
    turn,
    waiting,
    wins,
)


async def inbox_keeps_order(make: MakeStore) -> None:
    """Inbox rows come back in order of receipt, until their turn; a known update does not enter."""
    async with opened(make) as store:
        put = [PutInbox(waiting(f"u{n}", person="p")) for n in (3, 1, 2)]
        await wins(store, turn("done"), turn(None, *put, PutInbox(waiting("u1"))))
        await wins(store, turn(None, CountAttempt(Mark(1, "u1"))))
        rows = await store.inbox(account=1)
        expect([r.mark.update_id for r in rows] == ["u3", "u1", "u2"], "in order, each once")
        expect([r.attempts for r in rows] == [0, 1, 0], "attempts are counted")
        expect(rows[0].person == "p", "as it was given")
        expect(await store.inbox(account=2) == [], "of that account only")
        later = await store.inbox(account=1, after=rows[0].seq, limit=1)
        expect(later == [rows[1]], "page by page")
        expect(await store.inbox_row(Mark(1, "u1")) == rows[1], "one row by its mark")
        expect(await settled(store, "u1", "u4") == {"u1"}, "what is in the inbox is settled")
        await wins(store, turn("u1", inbox=True), turn(None, DropInbox(Mark(1, "u3"))))
        await wins(store, turn(None, CountAttempt(Mark(1, "u1"))))
        expect([r.mark.update_id for r in await store.inbox(account=1)] == ["u2"], "turns empty it")
        expect(await store.inbox_row(Mark(1, "u1")) is None, "gone")
        expect(await settled(store, "u1", "u3") == {"u1"}, "dropping leaves no mark")


async def update_with_nothing_left_to_do_does_not_enter(make: MakeStore) -> None:
    """One that is done or quarantined makes the change void, so that whoever brought it learns."""
    async with opened(make) as store:
        await wins(store, turn("done"), turn(None, PutQuarantine(aside("aside"))))
        for known in ("done", "aside"):
            void = turn(None, PutInbox(waiting("u1")), PutInbox(waiting(known)))
            expect(await commit(store, void) == ["duplicate"], "the change is void")
        expect(await store.inbox(account=1) == [], "nothing of it is written")


async def done_update_leaves_the_inbox(make: MakeStore) -> None:
    """A duplicate does not keep an inbox row of an update that is done."""
    async with opened(make) as store:
        await wins(store, turn(None, PutInbox(waiting("u1"))))
        await wins(store, turn("u1"))
        expect(await commit(store, turn("u1", inbox=True)) == ["duplicate"], "it is done")
        expect(await store.inbox(account=1) == [], "and leaves the inbox")


async def quarantine_and_replay(make: MakeStore) -> None:
    """What is set aside is settled, listed, and can be tried again or dropped."""
    async with opened(make) as store:
        await wins(store, turn(None, PutInbox(waiting("u1")), PutInbox(waiting("u2"))))
        await wins(
            store, turn(None, PutQuarantine(aside("u1"))), turn("u3", PutQuarantine(aside("u3")))
        )
        expect([r.mark.update_id for r in await store.inbox(account=1)] == ["u2"], "it moved")
        last, first = await store.quarantine()
        expect((first.mark, first.reason, first.person) == (Mark(1, "u1"), "raised", "p"), "listed")
        expect(await store.quarantine(limit=1) == [last], "the newest first")
        expect(await settled(store, "u1") == {"u1"}, "settled")
        expect(await commit(store, turn("u1")) == ["duplicate"], "no turn for it")
        await wins(store, turn(None, Replay(first.id), DropQuarantine(last.id)))
        for write in (Replay(first.id), DropQuarantine(last.id)):
            expect(await commit(store, turn(None, write)) == ["stale"], "nothing is there any more")
        rows = await store.inbox(account=1)
        expect([r.mark.update_id for r in rows] == ["u2", "u1"], "at the tail")
        expect(rows[1].late and rows[1].person == "p", "late, as it was")
        expect(await store.quarantine() == [], "nothing is set aside any more")
        expect(
            await commit(store, turn("u1", inbox=True), turn("u3")) == ["won", "duplicate"], "end"
        )


async def done_update_is_not_set_aside(make: MakeStore) -> None:
    """An update that was done in the meantime stays done; the same one twice is one row."""
    async with opened(make) as store:
        await wins(store, turn("u1"), turn(None, PutQuarantine(aside("u1"))))
        expect(await store.quarantine() == [], "it is done")
        await wins(store, turn(None, PutQuarantine(aside("u2"))))
        await wins(store, turn(None, PutQuarantine(aside("u2"))))
        expect(len(await store.quarantine()) == 1, "one row an update")


async def deliveries_end(make: MakeStore) -> None:
    """Sent, ridden, merged and cancelled rows go, others stay with their error."""
    async with opened(make) as store:
        await wins(store, turn("u1", deliveries=[delivery(n) for n in range(1, 8)]))
        ends = [DeliveryState.SENT, DeliveryState.RIDDEN, DeliveryState.MERGED]
        over = [Settle(n, end) for n, end in enumerate((*ends, DeliveryState.CANCELLED), 1)]
        refused = Settle(5, DeliveryState.REJECTED, error="no such chat")
        again = Settle(6, DeliveryState.PENDING, error="flood", not_before=9.0, attempts=2)
        await wins(
            store, turn(None, *over, refused), turn(None, again), turn(None, Settle(99, ends[0]))
        )
        rows = await store.outbox(account=1)
        expect([r.id for r in rows] == [6, 7], "what is over is gone or out of the way")
        expect((rows[0].not_before, rows[0].attempts, rows[0].error) == (9.0, 2, "flood"), "retry")
        (kept,) = await store.outbox(account=1, states=[DeliveryState.REJECTED])
        expect((kept.id, kept.error) == (5, "no such chat"), "a rejected one is kept")
        expect(kept.state is DeliveryState.REJECTED, "with its state as an enum member")
        expect(await store.outbox(account=1, after=6, limit=1) == rows[1:], "page by page")


async def outbox_by_chat(make: MakeStore) -> None:
    """Deliveries are listed per chat and state, by id."""
    async with opened(make) as store:
        rows = [delivery(n, chat=f"c{n % 2}", state=DeliveryState.PENDING) for n in (4, 3, 2, 1)]
        rows.append(delivery(5, chat="c1"))
        await wins(store, turn("u", deliveries=rows))
        pending = await store.outbox(account=1, chat="c1", states=[DeliveryState.PENDING])
        expect([row.id for row in pending] == [1, 3], "pending ones of one chat")
        both = await store.outbox(account=1, chat="c1")
        expect([row.id for row in both] == [1, 3, 5], "and the claimed one")


async def only_pending_rows_are_rewritten(make: MakeStore) -> None:
    """A coalesced edit replaces the content of a row that waits, never of one being sent."""
    async with opened(make) as store:
        rows = [delivery(1, state=DeliveryState.PENDING), delivery(2)]
        await wins(store, turn("u1", deliveries=rows))
        await wins(store, turn(None, *(Rewrite(n, b"new") for n in (1, 2, 3))))
        bodies = [row.body for row in await store.outbox(account=1)]
        expect(bodies == [b"new", b"hello"], "only the pending one")


async def sent_messages_are_known(make: MakeStore) -> None:
    """A message's own id leads to its delivery and back."""
    async with opened(make) as store:
        row = MessageRow(delivery=1, account=1, chat="c", message_id="m1", at=1.0)
        await wins(store, turn("u1", deliveries=[delivery(1), delivery(2)]))
        await wins(store, turn(None, Settle(1, DeliveryState.SENT, row)))
        unknown = MessageRow(delivery=2, account=1, chat="c", message_id="m2", at=1.0)
        await wins(store, turn(None, Settle(2, DeliveryState.UNKNOWN, unknown)))
        expect(await store.message_of(1) == row, "by delivery")
        expect(await store.message_of(2) == unknown, "also of one whose end is unknown")
        expect(await store.message_of(3) is None, "none")
        expect(await store.delivery_of("m1", account=1, chat="c") == 1, "by its id")
        expect(await store.delivery_of("m1", account=1, chat="d") is None, "in its chat")


async def twice_the_same_delivery_fails(make: MakeStore) -> None:
    """A delivery key given twice fails its change and nobody else's."""
    async with opened(make) as store:
        bad = turn("u2", deliveries=[delivery(1)])
        verdicts = await commit(store, turn("u1", deliveries=[delivery(1)]), bad, turn("u3"))
        expect(verdicts == ["won", "failed", "won"], f"verdicts: {verdicts}")
        expect(isinstance(bad.error, ConflictError), "the reason is kept")
        expect(await settled(store, "u2") == set(), "nothing of it is written")


async def timers_are_taken_once(make: MakeStore) -> None:
    """A timer is taken once, with its moment; taken twice or moved, the turn is void."""
    async with opened(make) as store:
        expect(await store.next_timer() is None, "no timer")
        puts = [PutTimer(timer("a", 5.0)), PutTimer(timer("b", 3.0)), PutTimer(timer("c", 9.0))]
        await wins(store, turn("u1", *puts))
        await wins(store, turn("u2", PutTimer(timer("a", 4.0))))
        expect(await store.next_timer() == 3.0, "the earliest")
        due = await store.timers(until=5.0, limit=10)
        expect(due == [timer("b", 3.0), timer("a", 4.0)], "due ones, the earliest first")
        expect(await store.timers(until=5.0, limit=1) == due[:1], "at most so many")
        waits = [PutTimer(timer("w", NEVER)), PutTimer(timer("v", NEVER))]
        await wins(store, turn("u3", *waits))
        waiting = await store.waiting_timers(account=1, after="", limit=9)
        expect(waiting == [timer("v", NEVER), timer("w", NEVER)], "those that wait, by id")
        expect(await store.waiting_timers(account=1, after="v", limit=1) == waiting[1:], "the rest")
        expect(await store.waiting_timers(account=2, after="", limit=9) == [], "of an account")
        expect(await store.timers(until=5.0, limit=10) == due, "which are not due")
        moved = turn("t1", TakeTimer("a", 5.0), states=[state("s", 0)])
        again = turn("t3", TakeTimer("b", 3.0), PutTimer(timer("b", 8.0)))
        late = turn("t4", TakeTimer("b", 3.0))
        verdicts = await commit(store, moved, turn("t2", TakeTimer("a", 4.0)), again, late)
        expect(verdicts == ["stale", "won", "won", "stale"], f"verdicts: {verdicts}")
        expect(await read(store, "s") == [(0, None)], "a void turn writes nothing")
        expect(await store.next_timer() == 8.0, "a timer may set itself again")
