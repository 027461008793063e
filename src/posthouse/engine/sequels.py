"""Sequels: what a turn wants called once a delivery has ended.

How this works: a sequel is a timer that is never due, committed with its turn. When all deliveries
it waits for have ended, and that is durable, one commit makes it due at once and puts the outcome
into it; from there on it is a timer like any other. After a crash the sequels that still wait are
read back and look at what became of their deliveries.
"""

import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import msgspec

from posthouse.delivery.outbox import Outbox
from posthouse.engine.timer_body import decode_timer, encode_timer
from posthouse.errors import StoreUnavailableError
from posthouse.model.update import Outcome
from posthouse.ports.changes import Change, PutTimer, TakeTimer, Verdict
from posthouse.ports.clock import Clock
from posthouse.ports.records import NEVER, DeliveryState, TimerRow
from posthouse.ports.store import Store
from posthouse.ports.writer import Writer

log = logging.getLogger("posthouse.timers")

LOOK_AGAIN_S = 1.0
_WORST_FIRST = (
    DeliveryState.UNKNOWN,
    DeliveryState.REJECTED,
    DeliveryState.EXPIRED,
    DeliveryState.CANCELLED,
    DeliveryState.RIDDEN,
    DeliveryState.MERGED,
    DeliveryState.SENT,
)


class Sequels:
    """Makes timers due that wait for the end of deliveries.

    Args:
        outboxes: By account.
        spawn: Runs a task.
        due: Told the moment of a timer that has become due.
    """

    def __init__(
        self,
        store: Store,
        writer: Writer,
        clock: Clock,
        *,
        outboxes: Mapping[int, Outbox],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        due: Callable[[float], None],
    ) -> None:
        self._store = store
        self._writer = writer
        self._clock = clock
        self._outboxes = outboxes
        self._spawn = spawn
        self._due = due

    async def load(self, account: int) -> None:
        """Go on with those of one bot that waited when the process ended."""
        after = ""
        while rows := await self._store.waiting_timers(account=account, after=after, limit=1000):
            after = rows[-1].id
            for row in rows:
                self.watch(row)

    def watch(self, row: TimerRow) -> None:
        """Make a timer due once its deliveries have ended."""
        self._spawn(self._follow(row))

    async def _follow(self, row: TimerRow) -> None:
        body = decode_timer(row.body)
        while (outbox := self._outboxes.get(row.account)) is not None:
            try:
                outcome = _sum([await outbox.outcome(key) for key in body.follows])
                await self._wake(row, msgspec.structs.replace(body, outcome=outcome))
            except StoreUnavailableError as error:
                log.warning("cannot tell how delivery %s ended, tried again: %s", row.id, error)
                await self._clock.sleep(LOOK_AGAIN_S)
            else:
                return

    async def _wake(self, row: TimerRow, body: Any) -> None:
        now = self._clock.timestamp()
        change = Change()
        change.writes.append(TakeTimer(row.id, NEVER))
        change.writes.append(
            PutTimer(msgspec.structs.replace(row, due=now, body=encode_timer(body)))
        )
        if await self._writer.write(change) is Verdict.WON:
            self._due(now)


def _sum(ends: Sequence[Outcome]) -> Outcome:
    """Return the outcome of one operation that took several deliveries: the worst of theirs."""
    if not ends:  # all of it was taken back before it left
        return Outcome(state=DeliveryState.CANCELLED)
    worst = min(ends, key=lambda end: _WORST_FIRST.index(DeliveryState(end.state)))
    ids = [end.message_id for end in ends if end.message_id is not None]
    return msgspec.structs.replace(worst, message_id=",".join(ids) or None)
