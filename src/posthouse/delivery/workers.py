"""Workers: which queue is served next, and how many are at once.

How this works: answers are taken before bridge traffic before bulk, and never two deliveries of one
chat and class at once; where nobody could find out afterwards what left, a delivery needs its
chat's claim. A worker lives as long as there is something to do; one further worker is started per
turn of the event loop while work is left, so a messenger that answers at once is served by a single
one and a slow one by the whole pool.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from posthouse.delivery.queues import Item, Queue, Queues
from posthouse.delivery.surroundings import Surroundings
from posthouse.model.outgoing import DeliveryClass
from posthouse.ports.adapter import Certainty, Profile

GRACE_S = 1.0
"""How long what is being sent may still take after the outbox has stopped."""
_IN_TURN = (DeliveryClass.ANSWER, DeliveryClass.BRIDGE, DeliveryClass.BULK)


class Workers:
    """Serves the queues of one bot."""

    def __init__(self, profile: Profile, around: Surroundings, *, queues: Queues) -> None:
        self._around = around
        self._queues = queues
        self._pool = profile.pool
        self._needs_claim = profile.certainty is Certainty.BLIND
        self.serve: Callable[[Queue], Awaitable[None] | None]
        """Does what a queue needs: sends its head, or reads what follows."""
        self.unsent: Callable[[Item], None]
        """Told of what was claimed and will not be sent any more."""
        self._ready: dict[DeliveryClass, deque[Queue]] = {klass: deque() for klass in _IN_TURN}
        self._claimed: dict[DeliveryClass, deque[Queue]] = {klass: deque() for klass in _IN_TURN}
        self._lists = tuple((self._claimed[klass], self._ready[klass]) for klass in _IN_TURN)
        self._behind: dict[str, list[Queue]] = {}
        self._busy: set[tuple[str, DeliveryClass]] = set()
        self._count = 0
        self._pumping = False
        self._open = False
        queues.freed = self._freed

    def open(self) -> None:
        """Begin to serve."""
        self._open = True
        for queue in list(self._queues.all.values()):
            self.schedule(queue)

    def close(self) -> None:
        """Take nothing further; what is being sent may end."""
        self._open = False

    async def finish(self, *, within_s: float) -> None:
        """Serve what is ready, for at most that long, then nothing any more."""
        clock = self._around.clock
        deadline = clock.monotonic() + within_s
        while self._open and (self._count or self._has_work) and clock.monotonic() < deadline:
            await clock.sleep(0.01)
        self.close()
        deadline = clock.monotonic() + GRACE_S
        while self._count and clock.monotonic() < deadline:
            await clock.sleep(0.01)
        for item in self._queues.claimed:
            self.unsent(item)

    def schedule(self, queue: Queue) -> None:
        """Let a worker take a queue, if there is something to do for it."""
        if queue.scheduled or not self._open:
            return
        if not queue.items and not queue.more:
            return
        head = queue.head
        if head is None and not queue.has_run_dry:
            return
        queue.scheduled = True
        lists = self._claimed if head is not None and head.claimed else self._ready
        lists[queue.klass].append(queue)
        self._rouse()

    def rename(self, before: str, after: str) -> None:
        """Note that queues of a chat are those of another one now."""
        behind = self._behind.pop(before, None)
        if behind is not None:
            self._behind.setdefault(after, []).extend(behind)
        for queue in self._queues.of_chat(after):
            self.schedule(queue)

    # --- inside

    @property
    def _has_work(self) -> bool:
        return any(claimed or ready for claimed, ready in self._lists)

    def _rouse(self) -> None:
        if not self._pumping:
            self._pumping = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        self._pumping = False
        if self._count < self._pool and (queue := self._next()) is not None:
            self._count += 1
            self._around.spawn(self._work(queue))
            self._rouse()

    async def _work(self, first: Queue) -> None:
        queue: Queue | None = first
        try:
            while queue is not None:
                try:
                    doing = self.serve(queue)
                    if doing is not None:
                        await doing
                finally:
                    self._busy.discard(queue.place)
                if queue.items or queue.more:
                    self.schedule(queue)
                if self._behind:
                    self._reschedule(queue.chat)
                queue = self._next()
        finally:
            self._count -= 1

    def _next(self) -> Queue | None:
        """Take the first queue that may be served now."""
        if self._open:
            for claimed, ready in self._lists:
                queue = (self._first(claimed) if claimed else None) or (
                    self._first(ready) if ready else None
                )
                if queue is not None:
                    return queue
        return None

    def _first(self, work: deque[Queue]) -> Queue | None:
        while work:
            queue = work[0]
            head = queue.head if self._needs_claim else None
            needs = head is not None and not head.claimed
            if needs and not self._queues.has_room:
                return None  # whoever gives a claim back rouses us
            work.popleft()
            place = queue.place = (queue.chat, queue.klass)
            if place in self._busy or (needs and self._queues.is_claimed(queue.chat)):
                self._behind.setdefault(queue.chat, []).append(queue)
                continue
            queue.scheduled = False
            self._busy.add(place)
            if needs and head is not None:
                self._queues.claim(head)
            return queue
        return None

    def _freed(self, chat: str) -> None:
        if self._open:
            if self._behind:
                self._reschedule(chat)
            if self._has_work:
                self._rouse()

    def _reschedule(self, chat: str) -> None:
        for queue in self._behind.pop(chat, ()):
            queue.scheduled = False
            self.schedule(queue)
