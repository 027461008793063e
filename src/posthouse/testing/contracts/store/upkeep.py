"""Promises, commands, and what is forgotten when."""

from posthouse.ports.changes import (
    FinishCommand,
    Observed,
    PutInbox,
    PutIntent,
    PutNative,
    PutPayload,
    PutQuarantine,
    PutResult,
    PutTimer,
    SetAside,
    Settle,
    UseMedia,
    UseNumber,
    Write,
)
from posthouse.ports.records import DeliveryState, Mark, MessageRow
from posthouse.ports.store import Retention
from posthouse.testing.contracts.store.kit import (
    DAY_S,
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


async def promises_are_kept(make: MakeStore) -> None:
    """Numbers, intents and results belong to their update; an intent is written once."""
    async with opened(make) as store:
        mark = Mark(1, "u1")
        expect(await store.number_of(mark, "ad") is None, "no number yet")
        expect(await store.intent(mark, "pay") == (False, None), "no intent yet")
        await wins(store, turn(None, UseNumber(mark, "ad", 7), PutIntent(mark, "pay", 1.0)))
        expect(await store.intent(mark, "pay") == (True, None), "an intent without result")
        verdicts = await commit(store, turn(None, PutIntent(mark, "pay", 1.0)), turn("x"))
        expect(verdicts == ["stale", "won"], "an intent is written once")
        await wins(store, turn(None, PutResult(mark, "pay", b"ok"), PutResult(mark, "none", b"-")))
        expect(await store.intent(mark, "pay") == (True, b"ok"), "with its result")
        await wins(store, turn("u1", UseNumber(mark, "ad", 8)))
        expect(await store.number_of(mark, "ad") == 7, "the first number stays")


async def payloads_are_found(make: MakeStore) -> None:
    """Spilled payloads come back; state bytes that no longer decode can be kept."""
    async with opened(make) as store:
        rows = [PutPayload(b"k", 1, 5, body, 1.0) for body in (b"old", b"new")]
        odd = SetAside(account=1, key="a", name="n", body=b"?", error="e", at=1.0)
        await wins(store, turn("u1", *rows, odd))
        expect(await store.payload(b"k", account=1) == b"new", "the newest")
        expect(await store.payload(b"k", account=2) is None, "of its account")


async def marks_are_forgotten_in_time(make: MakeStore) -> None:
    """A mark lives at least one and at most two rounds; what is set aside stays known."""
    async with opened(make) as store:
        keep = Retention(marks_s=DAY_S)
        await store.sweep(now=0.0, keep=keep)
        mark = Mark(1, "old")
        await wins(
            store, turn("old", UseNumber(mark, "n", 1)), turn(None, PutQuarantine(aside("q")))
        )
        await store.sweep(now=DAY_S - 1, keep=keep)
        await store.sweep(now=DAY_S, keep=keep)
        await wins(store, turn("new"))
        expect(await settled(store, "old", "new", "q") == {"old", "new", "q"}, "after one round")
        expect(await commit(store, turn("old"), turn("new")) == ["duplicate"] * 2, "both tables")
        await store.sweep(now=2 * DAY_S, keep=keep)
        expect(await settled(store, "old", "new", "q") == {"new", "q"}, "after two")
        expect(await commit(store, turn("q"), turn("old")) == ["duplicate", "won"], "turns agree")
        expect(await store.number_of(mark, "n") is None, "what belonged to the mark is gone")


async def promises_outlive_marks_while_open(make: MakeStore) -> None:
    """An update that waits keeps its numbers, intents and observers, however long it waits."""
    async with opened(make) as store:
        mark = Mark(1, "u")
        held: list[Write] = [
            UseNumber(mark, "n", 1),
            PutIntent(mark, "k", 1.0),
            Observed(mark, "o"),
        ]
        await wins(store, turn(None, PutInbox(waiting("u")), *held))
        for day in range(4):
            await store.sweep(now=day * DAY_S, keep=Retention(marks_s=DAY_S, messages_s=DAY_S))
        expect(await store.number_of(mark, "n") == 1, "its number")
        expect(await store.intent(mark, "k") == (True, None), "its intent")
        verdicts = await commit(store, turn(None, Observed(mark, "o")))
        expect(verdicts == ["duplicate"], "its observer")
        await wins(store, turn("u", inbox=True))
        for day in range(4, 8):
            await store.sweep(now=day * DAY_S, keep=Retention(marks_s=DAY_S, messages_s=DAY_S))
        expect(await store.intent(mark, "k") == (False, None), "until it is done and forgotten")
        await wins(store, turn(None, Observed(mark, "o")))


async def old_messages_are_forgotten(make: MakeStore) -> None:
    """Messages, payloads and finished commands go after their time."""
    async with opened(make) as store:
        for at in (1.0, 100.0):
            key = int(at)
            row = MessageRow(delivery=key, account=1, chat="c", message_id=f"m{key}", at=at)
            kept = PutPayload(b"%d" % key, 1, key, b"p", at)
            await wins(store, turn(None, Settle(key, DeliveryState.SENT, row), kept))
        done, waits = [await store.add_command("k", "{}", at=1.0) for _ in range(2)]
        await wins(store, turn(None, FinishCommand(done, ok=True, result="")))
        await store.sweep(now=110.0, keep=Retention(marks_s=DAY_S, messages_s=50.0))
        expect(await store.message_of(1) is None, "the old message")
        expect(await store.delivery_of("m1", account=1, chat="c") is None, "and its id")
        expect(await store.message_of(100) is not None, "not the new one")
        payloads = [await store.payload(key, account=1) for key in (b"1", b"100")]
        expect(payloads == [None, b"p"], "its payload")
        expect(await store.command(done) is None, "a finished command")
        expect(await store.command(waits) is not None, "not one that waits")


async def failures_are_forgotten_in_time(make: MakeStore) -> None:
    """What ended badly or was set aside is kept for its time; what waits is kept for ever."""
    async with opened(make) as store:
        states = dict(enumerate(DeliveryState, start=1))
        ended = {DeliveryState.REJECTED, DeliveryState.EXPIRED, DeliveryState.UNKNOWN}
        waits = {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.PARKED}
        rows = [delivery(key, state=state, created=0.0) for key, state in states.items()]
        new = delivery(99, state=DeliveryState.REJECTED, created=50.0)
        await wins(store, turn(None, deliveries=[*rows, new]))
        await wins(
            store, *(turn(None, PutQuarantine(aside(at, at=float(at)))) for at in ("1", "50"))
        )
        keep = Retention(ended_s=60.0, quarantine_s=60.0)
        await store.sweep(now=60.0, keep=keep)
        found = await store.outbox(account=1, states=tuple(DeliveryState))
        expect(len(found) == len(states) + 1, "nothing is old yet")
        await store.sweep(now=100.0, keep=keep)
        found = await store.outbox(account=1, states=tuple(DeliveryState))
        left = {row.state for row in found if row.id != new.id}
        expect(not left & ended, "what ended is gone")
        expect(left >= waits, "what waits is not")
        expect(new.id in {row.id for row in found}, "nor what ended lately")
        names = {row.mark.update_id for row in await store.quarantine()}
        expect(names == {"50"}, "the quarantine")
        expect(await settled(store, "1", "50") == {"1", "50"}, "both are done for ever")
        expect(await commit(store, turn("1")) == ["duplicate"], "and run no more")


async def content_is_kept_while_it_is_needed(make: MakeStore) -> None:
    """Content goes some time after nothing refers to it, and what messengers call it goes along."""
    async with opened(make) as store:
        uses = [UseMedia(key, message, 0.0) for key, message in (("a", 1), ("b", 2), ("c", 3))]
        native = [PutNative(key, 1, "photo", f"n{key}", 0.0) for key in ("a", "c")]
        await wins(
            store,
            turn(None, *uses, *uses, *native, deliveries=[delivery(1), delivery(4, target=2)]),
            turn(None, PutNative("a", 1, "photo", "newer", 1.0)),
        )
        expect(await store.native("a", account=1, form="photo") == "newer", "the newest counts")
        expect(await store.native("a", account=1, form="file") is None, "in its form")
        expect(await store.native("a", account=2, form="photo") is None, "of its account")
        expect(await store.content_of("nc", account=1, form="photo") == "c", "the other way")
        keep = Retention(media_s=10.0)
        await store.sweep(now=5.0, keep=keep)
        expect(await store.media() == {"a", "b", "c"}, "all of it is new")
        await store.sweep(now=20.0, keep=keep)
        expect(await store.media() == {"a", "b"}, "a message and an edit need theirs")
        expect(await store.native("c", account=1, form="photo") is None, "c is gone")
        expect(await store.content_of("nc", account=1, form="photo") is None, "in every way")
        row = MessageRow(delivery=1, account=1, chat="c", message_id="m1", at=20.0)
        sent = [Settle(1, DeliveryState.SENT, row), Settle(4, DeliveryState.SENT)]
        await wins(store, turn(None, *sent))
        await store.sweep(now=30.0, keep=keep)
        expect(await store.media() == {"a"}, "a message that is remembered needs it")
        await wins(store, turn(None, UseMedia("b", 9, 30.0)))
        await store.sweep(now=35.0, keep=keep)
        expect(await store.media() == {"a", "b"}, "wanted lately, though nothing refers to it")
        await store.sweep(now=50.0, keep=Retention(media_s=10.0, messages_s=5.0))
        expect(await store.media() == set(), "nothing is needed")


async def commands_are_executed_once(make: MakeStore) -> None:
    """A command waits until it is finished, and keeps its result."""
    async with opened(make) as store:
        first = await store.add_command("replay", '{"id":1}', at=1.0)
        second = await store.add_command("replay", '{"id":2}', at=2.0)
        expect([row.id for row in await store.commands()] == [first, second], "in order")
        expect([row.id for row in await store.commands(after=first)] == [second], "after one")
        await wins(store, turn(None, FinishCommand(first, ok=False, result="gone")))
        await wins(store, turn(None, FinishCommand(99, ok=True, result="")))
        expect([row.id for row in await store.commands()] == [second], "a finished one is gone")
        row = await store.command(first)
        expect(row is not None and (row.ok, row.result) == (False, "gone"), "with its result")
        expect(await store.command(99) is None, "none")


async def everything_survives(make: MakeStore) -> None:
    """What was committed is there for the next process."""
    async with opened(make) as store:
        account = await store.account("web", "n1", bot="a")
        await store.reserve("s", 10)
        writes: list[Write] = [
            PutInbox(waiting("u2")),
            PutTimer(timer("t")),
            PutPayload(b"k", 1, 1, b"p", 1.0),
        ]
        change = turn("u1", *writes, states=[state("a", 0)], deliveries=[delivery(1)])
        await wins(store, change)
        await store.sweep(now=1.0, keep=Retention(marks_s=DAY_S, messages_s=DAY_S))
        await store.sweep(now=DAY_S + 2, keep=Retention(marks_s=DAY_S, messages_s=10 * DAY_S))
    async with opened(make) as store:
        expect(await store.account("web", "n1", bot="a") == account, "the account")
        expect(await store.reserve("s", 1) == 11, "the sequence")
        expect(await read(store, "a") == [(1, b"state")], "the state")
        expect(await settled(store, "u1", "u2") == {"u1", "u2"}, "the marks")
        expect(await commit(store, turn("u1")) == ["duplicate"], "for turns as well")
        expect(len(await store.outbox(account=1)) == 1, "the delivery")
        expect(len(await store.inbox(account=1)) == 1, "the inbox")
        expect(await store.timers(until=9.0, limit=9) == [timer("t")], "the timer")
        expect(await store.payload(b"k", account=1) == b"p", "the payload")
    async with opened(make, "second") as store:
        expect(await read(store, "a") == [(0, None)], "another database is another one")
