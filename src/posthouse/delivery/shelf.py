"""The shelf: deliveries that wait in the database.

How this works: at a start everything that waits is read once; what the process before may have sent
is told from what it only meant to. A queue keeps the oldest thousand in memory; what is committed
behind them stays in the database until the queue has run dry, and is then read back in order.
"""

import logging
from collections.abc import Sequence

import msgspec

from posthouse.delivery.outcomes import Outcomes
from posthouse.delivery.queues import Item, Queue, Queues
from posthouse.delivery.surroundings import Surroundings
from posthouse.errors import StoreUnavailableError
from posthouse.model.outgoing import Outgoing
from posthouse.ports.adapter import Certainty, Profile
from posthouse.ports.records import DeliveryRow, DeliveryState

log = logging.getLogger("posthouse.delivery")

MOST_IN_MEMORY = 1000
"""Deliveries of one queue kept in memory; the rest waits in the database."""
READ_AT_ONCE = 500
WAIT_S = 1.0
"""Wait before the database is asked again when it could not be read."""
DIED = "the process died while this was being sent, so nobody knows whether it arrived"
WAITING = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.PARKED)
_decode = msgspec.msgpack.Decoder(Outgoing).decode


class Shelf:
    """Takes the rows of one bot from the database into its queues."""

    def __init__(
        self,
        account: int,
        profile: Profile,
        around: Surroundings,
        *,
        queues: Queues,
        outcomes: Outcomes,
    ) -> None:
        self._account = account
        self._is_blind = profile.certainty is Certainty.BLIND
        self._profile = profile
        self._around = around
        self._queues = queues
        self._outcomes = outcomes
        self.riding: list[DeliveryRow] = []
        """What rode before the process ended, once loaded."""

    async def load(self) -> None:
        """Read what waits, and what nobody knows the end of."""
        after = 0
        states = (*WAITING, DeliveryState.UNKNOWN, DeliveryState.RIDING)
        while rows := await self._read(states, after=after):
            after = rows[-1].id
            for row in rows:
                if row.state is DeliveryState.UNKNOWN:
                    self._outcomes.unknown.add(row.id)
                elif row.state is DeliveryState.RIDING:
                    self.riding.append(row)
                else:
                    self.take(row)
        if not self._is_blind:
            for queue in self._queues.all.values():
                queue.items[0].unsure = True  # the process may have died before it got the answer

    def take(self, row: DeliveryRow) -> Item | None:
        """Give a row its place; None when it is not kept in memory or has ended."""
        claimed = row.state is DeliveryState.CLAIMED
        left = claimed and self._may_have_left(row)
        if left and self._is_blind and self._profile.on_unknown != "resend":
            self._outcomes.record(row, DeliveryState.UNKNOWN, error=DIED)
            self._outcomes.ended(row.id, DeliveryState.UNKNOWN)
            return None
        if claimed:
            self._outcomes.record(
                row, DeliveryState.PENDING, error=DIED if left and self._is_blind else row.error
            )
        queue = self._queue_of(row)
        if queue.more or queue.committed >= MOST_IN_MEMORY:
            queue.more = True
            return None
        item = self._item(row, queue)
        item.unsure = left
        self._queues.append(item)
        self._queues.commit(item)
        return item

    async def refill(self, queue: Queue) -> None:
        """Read what follows in a queue that has run dry; raises nothing."""
        queue.loading, queue.more = True, False
        try:
            # Else what was sent a moment ago would be read as pending.
            await self._outcomes.durable()
            found, is_all = await self._following(queue)
        except StoreUnavailableError as error:
            log.warning("cannot read the deliveries of chat %s now: %s", queue.chat, error)
            await self._around.clock.sleep(WAIT_S)
            found, is_all = [], False
        queue.loading = False
        queue.more = queue.more or not is_all
        self._queues.put_back([self._item(row, queue) for row in found], queue)
        self._queues.forget(queue)

    async def state_of(self, key: int) -> DeliveryState:
        """Return how a delivery stands that is not in memory; SENT for one that is gone."""
        row = await self.row_of(key)
        return DeliveryState.SENT if row is None else row.state

    async def row_of(self, key: int) -> DeliveryRow | None:
        """Return a delivery's row, or None when it is gone: it was sent, merged or cancelled."""
        rows = await self._around.store.outbox(
            account=self._account, states=tuple(DeliveryState), after=key - 1, limit=1
        )
        return rows[0] if rows and rows[0].id == key else None

    # --- inside

    async def _following(self, queue: Queue) -> tuple[list[DeliveryRow], bool]:
        """Return the oldest rows of a queue that are not in memory, and whether these are all."""
        found: list[DeliveryRow] = []
        after = 0
        while rows := await self._read((DeliveryState.PENDING,), after=after, chat=queue.chat):
            for row in rows:
                after = row.id
                if row.klass is queue.klass and row.id not in self._queues.by_key:
                    found.append(row)
                    if len(found) == READ_AT_ONCE:
                        return found, False
        return found, True

    async def _read(
        self, states: Sequence[DeliveryState], *, after: int, chat: str | None = None
    ) -> list[DeliveryRow]:
        return await self._around.store.outbox(
            account=self._account, chat=chat, states=states, after=after, limit=1000
        )

    def _queue_of(self, row: DeliveryRow) -> Queue:
        if row.state is DeliveryState.PARKED:
            return self._queues.of(row.chat, row.klass, lane=f"parked {row.id}")
        concerned = self._queues.operations_on(row.target) if row.target is not None else []
        return concerned[-1].queue if concerned else self._queues.of(row.chat, row.klass)

    def _item(self, row: DeliveryRow, queue: Queue) -> Item:
        row.late = row.late or row.state is DeliveryState.PARKED
        return Item(row, _decode(row.body), queue)

    def _may_have_left(self, row: DeliveryRow) -> bool:
        if not self._is_blind:
            return True  # nothing is recorded; sending it again, or asking after it, is safe
        journal = self._around.journal
        return not journal.trusted or journal.was_sending(self._account, row.id)
