"""An outbox on a store in memory, and a messenger that does as it is told."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Self

import pytest

from posthouse.delivery.guards import Guards
from posthouse.delivery.outbox import Outbox, Placement
from posthouse.delivery.surroundings import Surroundings
from posthouse.errors import StoreUnavailableError
from posthouse.model.outgoing import Content, DeliveryClass, Operation, Outgoing
from posthouse.model.text import Text
from posthouse.ports.adapter import Certainty, Delivery, Profile
from posthouse.ports.changes import Change, Settle, Verdict, Write
from posthouse.ports.records import DeliveryRow, DeliveryState
from posthouse.storage.memory import MemoryStore
from posthouse.testing.clock import FakeClock

ACCOUNT = 1
ANSWER, BRIDGE, BULK = DeliveryClass.ANSWER, DeliveryClass.BRIDGE, DeliveryClass.BULK


class FakeJournal:
    """Slots that survive the outbox, as the pages of a mapped file do."""

    def __init__(self) -> None:
        self.trusted = True
        self.slots: dict[int, int] = {}
        self.before: set[int] = set()
        self.is_full = False

    def sending(self, account: int, delivery: int) -> int:
        """Take a slot."""
        if self.is_full:
            return -1
        slot = max(self.slots, default=-1) + 1
        self.slots[slot] = delivery
        return slot

    def was_sending(self, account: int, delivery: int) -> bool:
        """Whether the process before had a slot for it."""
        return delivery in self.before

    def leave(self, slot: int) -> None:
        """Free a slot."""
        self.slots.pop(slot, None)

    def died(self, *, reboot: bool) -> None:
        """The process that wrote the slots is gone."""
        self.trusted = not reboot
        self.before = set(self.slots.values())
        self.slots.clear()


class FakeWriter:
    """Commits one change after another, unless a test holds it."""

    def __init__(self, store: MemoryStore, spawn: Callable[..., object]) -> None:
        self._store = store
        self._spawn = spawn
        self._queue: list[Change] = []
        self._running = False
        self.held = False
        self.settled: list[Settle] = []

    def submit(self, change: Change) -> None:
        """Queue a change."""
        self._queue.append(change)
        self.go_on()

    def note(self, write: Write) -> None:
        """Queue a write that nobody waits for."""
        change = Change()
        change.writes.append(write)
        self.submit(change)

    async def write(self, change: Change) -> Verdict:
        """Queue a change and wait for it."""
        future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        change.done = lambda change: future.set_result(change.verdict or Verdict.FAILED)
        self.submit(change)
        return await future

    def go_on(self) -> None:
        """Commit what waits."""
        if not self._running and not self.held:
            self._running = True
            self._spawn(self._run())

    async def _run(self) -> None:
        while self._queue and not self.held:
            change = self._queue.pop(0)
            await self._store.commit([change])
            self.settled += [write for write in change.writes if isinstance(write, Settle)]
            if change.done is not None:
                change.done(change)
        self._running = False


class FakeStore(MemoryStore):
    """A store that can be slow or out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = 0
        self.slow: asyncio.Event | None = None
        self.slow_when: int | None = None
        """Only reads of so many rows are slow."""

    async def message_of(self, delivery: int) -> Any:
        """Read what is known of a message, or fail."""
        self._maybe_fail()
        return await super().message_of(delivery)

    async def outbox(self, **asked: Any) -> list[DeliveryRow]:
        """Read rows, after the test allowed it, or fail."""
        self._maybe_fail()
        rows = await super().outbox(**asked)
        if self.slow is not None and (self.slow_when is None or len(rows) == self.slow_when):
            await self.slow.wait()
        return rows

    def _maybe_fail(self) -> None:
        if self.fails:
            self.fails -= 1
            raise StoreUnavailableError("the disk is on strike")


class AnswerLost(OSError):  # noqa: N818  what happens, not what is raised
    """A delivery arrives, and nobody learns of it."""


class FakeLine:
    """An adapter that notes what it gets, and answers as the test said."""

    def __init__(self, profile: Profile, pacer: Any = None) -> None:
        self.profile = profile
        self.pacer = pacer
        self.got: list[Delivery] = []
        self.arrived: list[Delivery] = []
        self.script: list[Any] = []
        self.under_way: dict[int, Delivery] = {}
        self.most_under_way = 0
        self.answers: dict[int, list[Any]] = {}
        self.confirms: list[Any] = []
        self.confirmed: list[int] = []
        self.free = asyncio.Event()
        self.free.set()
        self.before: Callable[[Delivery], None] = lambda delivery: None

    def answer(self, key: int, *answers: Any) -> None:
        """Let tries of a delivery end like this: an exception, an id, an event to wait for."""
        self.answers.setdefault(key, []).extend(answers)

    async def deliver(self, delivery: Delivery) -> str | None:
        """Take a delivery."""
        place = (delivery.chat, delivery.outgoing.operation)
        assert delivery.id not in self.under_way, f"{place} is being sent already"
        self.under_way[delivery.id] = delivery
        self.most_under_way = max(self.most_under_way, len(self.under_way))
        self.got.append(delivery)
        try:
            self.before(delivery)
            await self.free.wait()
            answers = self.answers.get(delivery.id) or self.script
            answer = answers.pop(0) if answers else None
            answer = f"m{delivery.id}" if answer is None else answer
            if isinstance(answer, asyncio.Event):
                await answer.wait()
                answer = f"m{delivery.id}"
        finally:
            del self.under_way[delivery.id]
        if isinstance(answer, Exception):
            if isinstance(answer, AnswerLost):
                self.arrived.append(delivery)
            raise answer
        self.arrived.append(delivery)
        return answer

    async def confirm(self, delivery: Delivery) -> str | None:
        """Say whether a delivery arrived."""
        self.confirmed.append(delivery.id)
        answer = self.confirms.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class RidingLine(FakeLine):
    """One whose deliveries can also ride in the answer to a request."""

    rides: Any = None
    """What a test wants of the next that would ride: an exception; or False, and none may."""

    def ride(self, delivery: Delivery, *, again: bool = False) -> bytes | None:
        """Write a delivery into an answer."""
        if isinstance(self.rides, Exception):
            raise self.rides
        return None if self.rides is False else delivery.outgoing.content.text.plain.encode()


class FakeTurn:
    """A turn's change, while it is put together."""

    def __init__(self, post: "Post") -> None:
        self._post = post
        self.change = Change()
        self.placements: list[Placement] = []

    def send(
        self, words: str = "", *, chat: str = "ann", klass: DeliveryClass = ANSWER, **row: Any
    ) -> int:
        """Place a message."""
        return self._place(Outgoing(content=Content(text=Text(words))), chat, klass, **row)

    def edit(
        self,
        target: int,
        words: str,
        *,
        chat: str = "ann",
        klass: DeliveryClass = ANSWER,
        message_id: str | None = None,
    ) -> int:
        """Place an edit of a message."""
        content = Content(text=Text(words))
        outgoing = Outgoing(
            operation=Operation.EDIT, content=content, target=target, message_id=message_id
        )
        return self._place(outgoing, chat, klass)

    def delete(self, target: int, *, chat: str = "ann", klass: DeliveryClass = ANSWER) -> int:
        """Place the deletion of a message."""
        return self._place(Outgoing(operation=Operation.DELETE, target=target), chat, klass)

    def submit(self) -> None:
        """Give the change to the writer."""
        self.change.done = self._done
        self._post.writer.submit(self.change)

    async def commit(self) -> None:
        """Commit, and wait until everything has come to rest."""
        self.submit()
        await self._post.settle()

    def give_up(self) -> None:
        """Let the turn fail: nothing is committed."""
        for placement in reversed(self.placements):
            self._post.outbox.lost(placement)

    def _place(self, outgoing: Outgoing, chat: str, klass: DeliveryClass, **fields: Any) -> int:
        post = self._post
        key = post.next_key()
        now = post.clock.now().timestamp()
        row = DeliveryRow(
            id=key,
            account=ACCOUNT,
            chat=chat,
            klass=klass,
            state=DeliveryState.PENDING,
            body=post.encode(outgoing),
            created=now,
            target=outgoing.target,
            **fields,
        )
        self.placements.append(post.outbox.place(row, outgoing, self.change))
        return key

    def _done(self, change: Change) -> None:
        assert change.verdict is Verdict.WON
        for placement in self.placements:
            self._post.outbox.won(placement)


class Post:
    """An outbox and all around it."""

    def __init__(self, **profile: Any) -> None:
        self.pacer = profile.pop("pacer", None)
        self._line = profile.pop("line", FakeLine)
        profile = {"messenger": "fake", "certainty": Certainty.IDEMPOTENT, **profile}
        self.profile = Profile(**profile)
        self.clock = FakeClock()
        self.store = FakeStore()
        self.journal = FakeJournal()
        self.guards = Guards()
        self.shut: set[tuple[int, str]] = set()
        self.points: list[str] = []
        self._tasks = asyncio.TaskGroup()
        self._lives: list[asyncio.Task[None]] = []
        self._key = 0

    async def __aenter__(self) -> Self:
        await self.store.open()
        await self._tasks.__aenter__()
        self.line, self.writer, self.outbox = self._new()
        self.outbox.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._kill()
        await self._tasks.__aexit__(None, None, None)

    def encode(self, outgoing: Outgoing) -> bytes:
        """Return an operation as it stands in a row."""
        from posthouse.delivery.outbox import encode_outgoing

        return encode_outgoing(outgoing)

    def next_key(self) -> int:
        """Return a delivery key."""
        self._key += 1
        return self._key

    def turn(self) -> FakeTurn:
        """Begin a turn."""
        return FakeTurn(self)

    async def send(self, words: str = "", **where: Any) -> int:
        """Send one message in a turn of its own."""
        turn = self.turn()
        key = turn.send(words, **where)
        await turn.commit()
        return key

    async def edit(self, target: int, words: str, **where: Any) -> int:
        """Edit one message in a turn of its own."""
        turn = self.turn()
        key = turn.edit(target, words, **where)
        await turn.commit()
        return key

    async def delete(self, target: int, **where: Any) -> int:
        """Delete one message in a turn of its own."""
        turn = self.turn()
        key = turn.delete(target, **where)
        await turn.commit()
        return key

    async def settle(self) -> None:
        """Wait until nothing can happen without time passing."""
        await self.clock.settle()

    async def later(self, seconds: float) -> None:
        """Let time pass."""
        await self.clock.advance(seconds)

    def hold(self) -> None:
        """Let the messenger answer nothing until `release`."""
        self.line.free.clear()

    async def release(self) -> None:
        """Let the messenger answer."""
        self.line.free.set()
        await self.settle()

    async def die(self, *, reboot: bool = False, opens: bool = True) -> None:
        """Kill the process and start another one on what is durable."""
        await self._kill()
        self.journal.died(reboot=reboot)
        self.line, self.writer, self.outbox = self._new()
        await self.outbox.load()
        await self.settle()
        if opens:
            self.outbox.open()
            await self.settle()

    # --- what became of it

    @property
    def said(self) -> list[str]:
        """Texts that the messenger got, in order, repetitions included."""
        return [delivery.outgoing.content.text.plain for delivery in self.line.got]

    @property
    def done(self) -> list[str]:
        """What the messenger got, in order, as `send a`."""
        return [
            f"{d.outgoing.operation.value} {d.outgoing.content.text.plain}".strip()
            for d in self.line.got
        ]

    @property
    def rows(self) -> dict[int, DeliveryRow]:
        """The outbox as it is in the database."""
        return dict(self.store._tables.outbox)  # type: ignore[union-attr]  # it is open

    def in_state(self, state: DeliveryState) -> list[int]:
        """Keys of the rows in a state."""
        return sorted(key for key, row in self.rows.items() if row.state is state)

    def counted(self) -> dict[str, int]:
        """How deliveries ended."""
        return {state.value: count for state, count in self.outbox.counts.items() if count}

    # --- inside

    def _spawn(self, work: Any) -> object:
        return self._spawner()(work)

    def _spawner(self) -> Callable[[Any], object]:
        """Return what starts tasks of the present life; a dead process starts none."""
        mine = self._lives

        def spawn(work: Any) -> object:
            if mine is not self._lives:
                work.close()
                return None
            task = self._tasks.create_task(work)
            mine.append(task)
            return task

        return spawn

    async def _kill(self) -> None:
        mine = [task for task in self._lives if not task.done()]
        self._lives = []
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)

    def _new(self) -> tuple[FakeLine, FakeWriter, Outbox]:
        line = self._line(self.profile, self.pacer)
        spawn = self._spawner()
        writer = FakeWriter(self.store, spawn)
        around = Surroundings(
            store=self.store,
            writer=writer,
            clock=self.clock,
            journal=self.journal,
            spawn=spawn,
            guards=self.guards,
            shut=self.shut,
            before_send=lambda: self.points.append("before"),
            after_send=lambda: self.points.append("after"),
        )
        adapter: Any = line
        return line, writer, Outbox(ACCOUNT, adapter, around)


@pytest.fixture
def make_post() -> Callable[..., Post]:
    """What makes an outbox and all around it."""
    return Post


@pytest.fixture
def make_riding_post() -> Callable[..., Post]:
    """The same with a messenger that takes deliveries along in answers."""
    return partial(Post, line=RidingLine)


@pytest.fixture
def answer_lost() -> type[Exception]:
    """Raised for a delivery that arrives without anybody learning of it."""
    return AnswerLost
