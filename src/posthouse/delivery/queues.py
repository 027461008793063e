"""The queues of an outbox: one per (chat, class), strictly first in, first out.

How this works: every delivery in memory is in exactly one queue and can be found by its key;
operations on a message (its edits and its deletion) can also be found by the message's key, and
always stand in one queue with each other, so that nothing overtakes them. A claim is the right to
be sent, durable where nobody could find out afterwards: at most `pool` of them are out, one a chat.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum

from posthouse.model.outgoing import DeliveryClass, Outgoing
from posthouse.ports.records import DeliveryRow


class Phase(Enum):
    """How far a delivery in memory is."""

    UNCOMMITTED = 0
    """Its turn is not committed; it has its place, nobody may send it."""
    READY = 1
    SENDING = 2
    HELD = 3
    """A commit under way may change or cancel it."""
    OVER = 4


# A member's look-up through its class costs as much as a call, and every delivery makes many.
_UNCOMMITTED, _READY, _, _, _OVER = Phase


class Item:
    """One delivery in memory."""

    # Defaults stand on the class: an item is made for every delivery, and most leave them be.
    phase: Phase = _UNCOMMITTED
    claimed = False
    """It has its chat's claim."""
    claim = ""
    """The chat it had when it got that."""
    unsure = False
    """An earlier try may have arrived."""

    def __init__(self, row: DeliveryRow, outgoing: Outgoing, queue: "Queue") -> None:
        self.row = row
        self.outgoing = outgoing
        self.queue = queue


class Queue:
    """The deliveries of one chat and class, the oldest first."""

    # Defaults stand on the class: most queues come and go with one delivery.
    committed = 0
    """How many of its deliveries are committed."""
    scheduled = False
    """A worker will take it."""
    delayed: Item | None = None
    """Its head, if that waits for a moment; somebody will schedule the queue then."""
    more = False
    """Further rows are in the database only."""
    loading = False
    """Rows are being read back from the database."""

    def __init__(self, key: tuple[str, str], klass: DeliveryClass) -> None:
        self.key = key
        self.chat = key[0]
        self.klass = klass
        self.place = (self.chat, klass)
        """What no two workers serve at once."""
        self.items: deque[Item] = deque()

    @property
    def head(self) -> Item | None:
        """The delivery that may be sent now."""
        if not self.items:
            return None
        first = self.items[0]
        return first if first.phase is _READY and first is not self.delayed else None

    @property
    def has_run_dry(self) -> bool:
        """Whether what comes next is in the database."""
        return self.more and not self.loading and not self.committed


class Queues:
    """All queues of one bot, and every delivery in them by its key."""

    def __init__(self, pool: int) -> None:
        self.all: dict[tuple[str, str], Queue] = {}
        self.by_key: dict[int, Item] = {}
        self.freed: Callable[[str], None] = lambda chat: None
        """Told the chat of every claim that is given back."""
        self._about: dict[int, list[Item]] = {}
        self._claims: dict[str, Item] = {}
        self._pool = pool

    def of(self, chat: str, klass: DeliveryClass, *, lane: str | None = None) -> Queue:
        """Return a chat's queue of a class, or one beside it for what was parked."""
        key = (chat, lane or klass)
        queue = self.all.get(key)
        if queue is None:
            queue = self.all[key] = Queue(key, klass)
        return queue

    def peek(self, chat: str, klass: DeliveryClass) -> Queue | None:
        """Return a chat's queue of a class, if it has one."""
        return self.all.get((chat, klass))

    def operations_on(self, message: int) -> list[Item]:
        """Return what has not ended of a message: its send, then its edits and its deletion."""
        about = self._about.get(message, [])
        send = self.by_key.get(message)
        return about if send is None else [send, *about]

    def beyond(self, chat: str, klass: DeliveryClass) -> Queue | None:
        """Return the queue whose rows in the database may concern a message not in memory."""
        of_chat = [self.all.get((chat, each)) for each in (klass, *DeliveryClass)]
        return next((queue for queue in of_chat if queue is not None and queue.more), None)

    # --- places

    def append(self, item: Item) -> None:
        """Put a delivery at the end of its queue."""
        item.queue.items.append(item)
        row = item.row
        self.by_key[row.id] = item
        if row.target is not None:
            self._about.setdefault(row.target, []).append(item)

    def commit(self, item: Item) -> None:
        """Note that a delivery is durable, so that it may be sent."""
        item.phase = _READY
        item.queue.committed += 1

    def put_back(self, items: list[Item], queue: Queue) -> None:
        """Put what was read from the database before everything that is not committed yet."""
        queue.items.extendleft(reversed(items))
        for item in items:
            self._list(item)
            self.commit(item)

    def remove(self, item: Item) -> None:
        """Take a delivery out: it has ended, left the memory or never was."""
        queue, row = item.queue, item.row
        if queue.items[0] is item:  # nearly always
            queue.items.popleft()
        else:
            queue.items.remove(item)
        if item.phase is not _UNCOMMITTED:
            queue.committed -= 1
        if not (queue.items or queue.more or queue.loading):
            self.all.pop(queue.key, None)
        del self.by_key[row.id]
        if row.target is not None:
            self._unlist(item, row.target)
        item.phase = _OVER
        if item.claimed:
            self.release(item)

    def move(self, items: list[Item], queue: Queue) -> None:
        """Let deliveries go on in another queue, as far as they are."""
        for item in items:
            self._take_out(item)
            item.queue = queue
            queue.items.append(item)
            queue.committed += item.phase is not _UNCOMMITTED

    def forget(self, queue: Queue) -> None:
        """Forget a queue that has nothing left."""
        if not (queue.items or queue.more or queue.loading):
            self.all.pop(queue.key, None)

    def of_chat(self, chat: str) -> list[Queue]:
        """Return all queues of a chat."""
        return [queue for queue in self.all.values() if queue.chat == chat]

    def rename(self, before: str, after: str) -> None:
        """Let what waits for a chat go to another one, in its order."""
        for queue in self.of_chat(before):
            for item in queue.items:
                item.row.chat = after
            key = (after, queue.key[1])
            there = self.all.get(key)
            if there is not None:  # it has had deliveries before: each goes on by itself
                there.more = there.more or queue.more or queue.loading
                queue.more = False
                continue
            del self.all[queue.key]
            queue.key, queue.chat = key, after
            queue.more = queue.more or queue.loading  # what is read now, is read too early
            self.all[key] = queue

    # --- claims

    @property
    def has_room(self) -> bool:
        """Whether a further delivery may be claimed."""
        return len(self._claims) < self._pool

    def is_claimed(self, chat: str) -> bool:
        """Whether a delivery of a chat is claimed."""
        return chat in self._claims

    def claim(self, item: Item) -> bool:
        """Give a delivery its chat's claim, if there is one to give."""
        chat = item.queue.chat
        if len(self._claims) >= self._pool or chat in self._claims:
            return False
        self._claims[chat] = item
        item.claimed, item.claim = True, chat
        return True

    def release(self, item: Item) -> None:
        """Take a claim back."""
        item.claimed = False
        del self._claims[item.claim]
        self.freed(item.queue.chat)

    @property
    def claimed(self) -> list[Item]:
        """What is claimed."""
        return list(self._claims.values())

    # --- inside

    def _list(self, item: Item) -> None:
        row = item.row
        self.by_key[row.id] = item
        if row.target is not None:
            self._about.setdefault(row.target, []).append(item)

    def _unlist(self, item: Item, message: int) -> None:
        about = self._about[message]
        about.remove(item)
        if not about:
            del self._about[message]

    def _take_out(self, item: Item) -> None:
        queue = item.queue
        queue.committed -= item.phase is not _UNCOMMITTED
        queue.items.remove(item)
        self.forget(queue)
