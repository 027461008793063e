"""The outbox of one bot: deliveries in the order of their turns, and how each ended.

How this works: while a turn's change is put together, `place` gives each of its deliveries a place
at the end of its queue; `won` or `lost` follows once the commit is known. Workers take queues whose
head is ready (see `workers`), the sender tries one delivery at a time (see `sender`), and what does
not fit into memory waits on the shelf (see `shelf`).
"""

import asyncio
from collections.abc import Awaitable, Callable

from posthouse.delivery.coalesce import Coalesced, coalesce, encode_outgoing
from posthouse.delivery.outcomes import OnEnd, Outcomes, reason_of
from posthouse.delivery.queues import Item, Phase, Queue, Queues
from posthouse.delivery.riding import Riding
from posthouse.delivery.sender import Sender
from posthouse.delivery.shelf import MOST_IN_MEMORY, WAITING, Shelf
from posthouse.delivery.surroundings import Surroundings
from posthouse.delivery.workers import Workers
from posthouse.model.outgoing import DeliveryClass, Outgoing
from posthouse.model.update import Outcome
from posthouse.ports.adapter import Adapter, Delivery, Rider, Rides
from posthouse.ports.changes import Change, PutStanding, Settle
from posthouse.ports.records import DeliveryRow, DeliveryState

WENT = (DeliveryState.SENT, DeliveryState.RIDDEN)

__all__ = ["Outbox", "Placement", "encode_outgoing"]


class Proof:
    """A placement that adds nothing: something showed that a delivery of unknown end did arrive."""

    __slots__ = ("key",)

    def __init__(self, key: int) -> None:
        self.key = key


Placement = Item | Coalesced | Proof
# A member's look-up through its class costs as much as a call.
_CLAIMED, _RIDING = DeliveryState.CLAIMED, DeliveryState.RIDING
_BULK = DeliveryClass.BULK


class Outbox:
    """The deliveries of one bot that have not ended."""

    def __init__(self, account: int, adapter: Adapter, around: Surroundings) -> None:
        profile = adapter.profile
        self._asks = profile.on_unknown == "ask"
        self.is_loaded = False
        """What waits in the database has been read; what is placed before would be read twice."""
        self._queues = Queues(profile.pool)
        self._outcomes = Outcomes(account, around)
        self._workers = Workers(profile, around, queues=self._queues)
        self._sender = Sender(
            account,
            adapter,
            around,
            queues=self._queues,
            outcomes=self._outcomes,
            workers=self._workers,
        )
        self._shelf = Shelf(account, profile, around, queues=self._queues, outcomes=self._outcomes)
        self._riding = Riding(
            around,
            self._queues,
            self._outcomes,
            adapter if isinstance(adapter, Rides) else None,
        )
        self._riding.schedule = lambda item: self._workers.schedule(item.queue)
        self._riding.take_back = self.requeue
        self._workers.serve = self._serve
        self._sender.shut = self._shut
        self._account = account
        self._around = around
        self.journal: Callable[[DeliveryRow, Outgoing, Change], None] | None = None
        """Told everything that is said, where the bot's settings want that kept."""
        self.unreachable: set[str] = set()
        """Chats that are closed to this bot, as far as is committed."""
        self.counts = self._outcomes.counts
        """How deliveries ended since the start."""

    # --- from the engine, while a turn's change is put together and when its end is known

    def place(self, row: DeliveryRow, outgoing: Outgoing, change: Change) -> Placement:
        """Give a delivery its place and add what must be committed for it to the change."""
        if self.journal is not None:
            self.journal(row, outgoing, change)
        queues = self._queues
        if row.target is None:  # nearly always
            queue = queues.of(row.chat, row.klass)
        else:
            concerned = queues.operations_on(row.target)
            if concerned:
                merged = coalesce(outgoing, concerned, change)
                if merged is not None:
                    return merged
                queue = concerned[-1].queue
            else:
                beyond = queues.beyond(row.chat, row.klass)
                queue = beyond or queues.of(row.chat, row.klass)
            row.klass = queue.klass  # it follows what concerns its message, also when read back
        item = Item(row, outgoing, queue)
        is_alone = not (queue.items or queue.more or queue.loading)
        # What is published to many takes no claim before its turn: answers need them.
        if is_alone and row.klass is not _BULK and queues.claim(item):
            row.state = _CLAIMED
        queues.append(item)
        change.deliveries.append(row)
        return item

    def prove(self, key: int, message_id: str, *, chat: str, change: Change) -> Placement | None:
        """Note that a delivery of unknown end arrived: somebody pressed a button under it."""
        if key not in self._outcomes.unknown:
            return None
        message = self._outcomes.message(key, message_id, chat=chat)
        change.writes.append(Settle(key, DeliveryState.SENT, message))
        return Proof(key)

    def may_ride(self, placement: Placement, update_id: str, rider: Rider) -> bool:
        """Decide, before the commit, whether a delivery rides in the answer to an update."""
        return isinstance(placement, Item) and self._riding.may(placement, update_id, rider)

    def won(self, placement: Placement, rider: Rider | None = None) -> None:
        """The placement's change is durable.

        `rider` is the newest request that brought the turn's update, if it is open.
        """
        if isinstance(placement, Item):
            if placement.row.state is not _RIDING:  # nearly always
                self._won(placement)
            else:
                self._queues.commit(placement)
                self._riding.depart(placement, rider)
        elif isinstance(placement, Coalesced):
            self._won_coalesced(placement)
        else:
            self._outcomes.unknown.discard(placement.key)

    def lost(self, placement: Placement) -> None:
        """The placement's change was not committed: it never was."""
        if isinstance(placement, Item):
            queue = placement.queue
            if placement.row.state is DeliveryState.RIDING:
                self._riding.lost(placement)
            self._queues.remove(placement)
            self._outcomes.ignore(placement.row.id)
            self._workers.schedule(queue)
        elif isinstance(placement, Coalesced):
            self._go_on(placement)

    # --- for everybody else

    def is_open(self, key: int) -> bool:
        """Return whether a delivery in memory has not ended."""
        return key in self._queues.by_key

    def guarded_on(self, key: int) -> list[int]:
        """Return what has not ended of a message, its edits too, and bears a guard."""
        on = self._queues.operations_on(key)
        return [item.row.id for item in on if item.row.guard is not None]

    def watch(self, key: int, tell: OnEnd) -> None:
        """Tell somebody how a delivery ends that was placed and has not ended."""
        self._outcomes.watch(key, tell)

    async def ended(self, key: int) -> DeliveryState:
        """Wait until a delivery has ended; SENT for one that is not known (any more)."""
        future: asyncio.Future[DeliveryState] = asyncio.get_running_loop().create_future()
        self._outcomes.watch(key, lambda state: None if future.done() else future.set_result(state))
        if key not in self._queues.by_key:
            await self._outcomes.durable()
            state = await self._shelf.state_of(key)
            if state not in WAITING and not future.done():
                self._outcomes.ignore(key)
                return state
        return await future

    async def outcome(self, key: int) -> Outcome:
        """Wait until a delivery has ended and that is durable; return how."""
        state = await self.ended(key)
        await self._outcomes.durable()
        if state in WENT:
            return Outcome(state=state, message_id=await self._outcomes.id_of(key))
        row = await self._shelf.row_of(key)
        error, is_gone = reason_of(row.error if row is not None else None)
        return Outcome(state=state, error=error, is_gone=is_gone)

    async def answer(self, delivery: Delivery) -> None:
        """Answer a press at once, outside its chat's order; nothing of it is recorded."""
        await self._sender.answer(delivery)

    async def load(self) -> None:
        """Read what waits in the database; nothing is sent before `open`."""
        self.unreachable |= await self._around.store.unreachable(account=self._account)
        await self._shelf.load()
        for row in self._shelf.riding:
            self._riding.restore(row)
        self._shelf.riding.clear()
        self.is_loaded = True

    def open(self) -> None:
        """Begin to send."""
        self._workers.open()

    def hurry(self) -> None:
        """Begin nothing further; what waits stays pending."""
        self._workers.close()

    async def flush(self, *, within_s: float) -> None:
        """Send what is ready, for at most that long, then stop sending; the rest stays pending."""
        await self._workers.finish(within_s=within_s)

    def sweep(self, now_s: float) -> None:
        """Cut sends that have had no answer for too long."""
        self._sender.sweep(now_s)
        self._riding.sweep(now_s)

    def arrived(self, chat: str) -> None:
        """Note that a webhook brought a chat's next update: what rode there is carried out."""
        self._riding.arrived(chat)

    def repeated(self, update_id: str, rider: Rider | None, then: Callable[[], object]) -> None:
        """Note that an update which was done came again; what rode rides again, or is sent.

        `then` is called once the messenger may forget the update.
        """
        self._riding.repeated(update_id, rider, then)

    def moved(self, before: str, after: str) -> None:
        """Let what waits for a chat go to another one."""
        self._queues.rename(before, after)
        self._workers.rename(before, after)

    def closed(self, chat: str, why: str) -> None:
        """Note that a chat is closed, which is durable: what waits for it ends as rejected."""
        self.unreachable.add(chat)
        self._reject(chat, why)

    def requeue(self, row: DeliveryRow) -> None:
        """Send again what had ended as rejected, expired or unknown; its row is pending again."""
        self._outcomes.unknown.discard(row.id)
        item = self._shelf.take(row)
        if item is not None:
            self._workers.schedule(item.queue)

    def forget(self, key: int) -> None:
        """A person gave up a delivery that had ended as rejected, expired or unknown."""
        self._outcomes.unknown.discard(key)

    @property
    def waiting(self) -> int:
        """Deliveries in memory that have not ended."""
        return len(self._queues.by_key)

    @property
    def riding(self) -> int:
        """Deliveries that rode, of which it is not sure yet that they arrived."""
        return len(self._riding)

    async def forget_swept(self) -> None:
        """Ask nobody any more about deliveries of unknown end whose rows were swept."""
        await self._outcomes.forget_swept()

    @property
    def asking(self) -> int:
        """Deliveries of unknown end that wait for a person, where that is the bot's policy."""
        return len(self._outcomes.unknown) if self._asks else 0

    # --- inside

    def _shut(self, chat: str, why: str) -> None:
        """Write down that a chat is closed, and end what waits for it."""
        if chat in self.unreachable and not self._queues.of_chat(chat):
            return
        change = Change()
        now = self._around.clock.timestamp()
        change.writes.append(PutStanding(self._account, chat, now, why))
        change.done = lambda _: self.unreachable.add(chat)
        self._around.writer.submit(change)
        self._reject(chat, why)

    def _reject(self, chat: str, why: str) -> None:
        """End what waits in memory for a chat; the rest ends where the closing is written down."""
        for queue in self._queues.of_chat(chat):
            for item in [item for item in queue.items if item.phase is Phase.READY]:
                self._sender.reject(item, why)

    def _serve(self, queue: Queue) -> Awaitable[None] | None:
        head = queue.head
        if head is not None:
            return self._sender.attempt(head)
        if queue.has_run_dry:
            return self._shelf.refill(queue)
        return None

    def _won(self, item: Item) -> None:
        queue = item.queue
        self._queues.commit(item)
        if item.claimed:
            if (
                queue.items[0] is not item
            ):  # older ones were read back from the database: they need the claim
                self._sender.unclaim(item)
        elif queue.more or queue.loading or queue.committed > MOST_IN_MEMORY:
            queue.more = True
            self._queues.remove(item)
        self._workers.schedule(queue)

    def _won_coalesced(self, placement: Coalesced) -> None:
        if placement.changed is not None and placement.outgoing is not None:
            placement.changed.outgoing = placement.outgoing
            self.counts[DeliveryState.MERGED] += 1
        for items, state in (
            (placement.absorbed, DeliveryState.MERGED),
            (placement.cancelled, DeliveryState.CANCELLED),
        ):
            for item in items:
                self._queues.remove(item)
                self._outcomes.ended(item.row.id, state)
        self._go_on(placement)

    def _go_on(self, placement: Coalesced) -> None:
        """Let deliveries go on that a commit held up."""
        for item in placement.items:
            if item.phase is Phase.HELD:
                item.phase = Phase.READY
            self._workers.schedule(item.queue)
