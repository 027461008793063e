"""Sending: one try of one delivery, and what becomes of it.

How this works: whether and when a delivery is tried again depends on the class of what the adapter
raised and on what the messenger is like. Nothing left: it is tried again, after a while. Refused:
it never will be sent. Anything else: nobody knows whether it arrived; then it is sent again where
that shows it once, asked after where that can be asked, and otherwise the bot's policy decides.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import cast

import msgspec

from posthouse.delivery.outcomes import Outcomes, reason
from posthouse.delivery.queues import Item, Phase, Queues
from posthouse.delivery.retry import PARK_AFTER_S, wait_s
from posthouse.delivery.surroundings import Surroundings
from posthouse.delivery.workers import Workers
from posthouse.errors import (
    NotSentError,
    OutcomeUnknownError,
    PosthouseError,
    RejectedError,
    TryLaterError,
    UnreachableError,
)
from posthouse.model.outgoing import Operation, Outgoing
from posthouse.ports.adapter import Adapter, Certainty, Delivery
from posthouse.ports.changes import Change, Settle
from posthouse.ports.records import DeliveryState

log = logging.getLogger("posthouse.delivery")

SEND_TIMEOUT_S = 60.0
"""After this long without an answer a send counts as unknown."""
MOST_ATTEMPTS = 12
"""Tries of a delivery that may show twice, or that fails in a way nobody foresaw."""
LOOK_AGAIN_S = 1.0
"""Wait before the next try when it was not the messenger that failed."""
# A member's look-up through its class costs as much as a call.
_SENDING, _CLAIMED, _SENT = Phase.SENDING, DeliveryState.CLAIMED, DeliveryState.SENT
_CONFIRMABLE = Certainty.CONFIRMABLE
TOO_LATE = "its time was over before it could be sent"


class Sender:
    """Tries deliveries and records how they end."""

    def __init__(
        self,
        account: int,
        adapter: Adapter,
        around: Surroundings,
        *,
        queues: Queues,
        outcomes: Outcomes,
        workers: Workers,
    ) -> None:
        self._account = account
        self._adapter = adapter
        self._around = around
        self._queues = queues
        self._outcomes = outcomes
        self._workers = workers
        self._pacer = adapter.pacer
        self._certainty = adapter.profile.certainty
        self._is_blind = self._certainty is Certainty.BLIND
        self._resends = (
            self._certainty is Certainty.IDEMPOTENT or adapter.profile.on_unknown == "resend"
        )
        self._waits: dict[asyncio.Task[None], float] = {}
        """Tasks that wait for the messenger, and since when."""
        self._cut: set[asyncio.Task[None]] = set()
        workers.unsent = self.unclaim
        self.shut: Callable[[str, str], None] = lambda chat, why: None
        """Told of a chat that is closed to the bot, and why."""

    def attempt(self, item: Item) -> Awaitable[None] | None:
        """Try the head of a queue once; None when that is over already."""
        row = item.row
        now = self._around.clock.timestamp()
        if row.not_before > now:
            self._delay(item, row.not_before - now)
            return None
        item.phase = _SENDING
        if row.expires is not None and now >= row.expires:
            how = DeliveryState.UNKNOWN if item.unsure else DeliveryState.EXPIRED
            self._end(item, how, error=TOO_LATE)
            return None
        if self._around.shut and (self._account, row.chat) in self._around.shut:
            self._end(item, DeliveryState.CANCELLED)
            return None
        outgoing = item.outgoing
        if row.guard is not None or (outgoing.target is not None and outgoing.message_id is None):
            return self._prepare(item)
        return self._try(item, outgoing)

    def sweep(self, now_s: float) -> None:
        """Cut sends that have had no answer for too long; how they ended is then unknown."""
        for task, since_s in list(self._waits.items()):
            if now_s - since_s > SEND_TIMEOUT_S:
                self._waits[task] = now_s
                self._cut.add(task)
                task.cancel()

    async def answer(self, delivery: Delivery) -> None:
        """Carry out an operation outside every queue, of which nothing is recorded."""
        error = await self._ask(delivery)
        if isinstance(error, Exception):
            log.info("press %s could not be answered early: %s", delivery.outgoing.press_id, error)

    def unclaim(self, item: Item) -> None:
        """Note that a claimed delivery does not leave now."""
        if item.phase is not Phase.READY:
            return
        if item.row.state is DeliveryState.CLAIMED:
            self._outcomes.record(
                item.row, DeliveryState.PARKED if item.row.late else DeliveryState.PENDING
            )
        if item.claimed:
            self._queues.release(item)

    def reject(self, item: Item, why: str) -> None:
        """End a delivery that waits, without a try."""
        self._end(item, DeliveryState.REJECTED, error=why)

    # --- before it leaves

    async def _prepare(self, item: Item) -> None:
        try:
            prepared = await self._prepared(item)
        except TryLaterError as error:
            log.warning("delivery %d cannot be prepared now: %s", item.row.id, error)
            self._delay(item, LOOK_AGAIN_S)
            return
        if prepared is None:
            self._end(item, DeliveryState.CANCELLED)
        elif (trying := self._try(item, prepared)) is not None:
            await trying

    async def _prepared(self, item: Item) -> Outgoing | None:
        """Check guards and find the message to change; None when nothing is left to do."""
        if item.row.guard is not None and not await self._around.guards.hold(item.row.guard):
            return None
        outgoing = item.outgoing
        if outgoing.target is None or outgoing.message_id is not None:
            return outgoing
        message_id = await self._outcomes.id_of(outgoing.target)
        if message_id is not None:
            return msgspec.structs.replace(outgoing, message_id=message_id)
        if outgoing.operation is Operation.DELETE:
            return None
        return msgspec.structs.replace(outgoing, operation=Operation.SEND, target=None)

    def _try(self, item: Item, outgoing: Outgoing) -> Awaitable[None] | None:
        row = item.row
        delivery = Delivery(
            id=row.id,
            chat=row.chat,
            outgoing=outgoing,
            attempt=row.attempts + 1,
            late=row.late,
            klass=row.klass,
        )
        if item.unsure and self._certainty is _CONFIRMABLE:
            return self._confirm(item, delivery)
        if self._pacer is not None and (delay_s := self._pacer.wait_s(delivery)) > 0:
            self._delay(item, delay_s)
            return None
        return self._send(item, delivery)

    async def _send(self, item: Item, delivery: Delivery) -> None:
        slot = -1
        if self._is_blind:
            if item.row.state is not _CLAIMED:
                await self._claim(item)
            slot = self._around.journal.sending(self._account, delivery.id)
            if slot < 0:  # without a slot nobody could tell after a crash that it may have left
                self._delay(item, LOOK_AGAIN_S)
                return
        self._around.before_send()
        answer = await self._ask(delivery)
        if isinstance(answer, Exception):
            await self._not_sent(item, delivery, answer, slot)
        else:
            self._around.after_send()
            self._sent(item, delivery, answer, slot)

    async def _claim(self, item: Item) -> None:
        """Make durable that a delivery is about to be sent."""
        row = item.row
        change = Change()
        change.writes.append(Settle(row.id, DeliveryState.CLAIMED, None, None, 0.0, row.attempts))
        await self._around.writer.write(change)
        row.state = DeliveryState.CLAIMED

    async def _ask(self, delivery: Delivery, *, confirm: bool = False) -> str | Exception | None:
        """Return what the adapter answers or raises, or a TimeoutError when it takes too long."""
        task = cast("asyncio.Task[None]", asyncio.current_task())  # a worker is always a task
        self._waits[task] = self._around.clock.monotonic()
        try:
            return await (self._adapter.confirm if confirm else self._adapter.deliver)(delivery)
        except asyncio.CancelledError:
            if task not in self._cut:
                raise
            task.uncancel()
            return TimeoutError(f"no answer for {SEND_TIMEOUT_S:.0f} s")
        except Exception as error:
            if not isinstance(error, PosthouseError | OSError):  # TimeoutError is an OSError
                log.exception("delivery %d: the adapter failed", delivery.id)
            return error
        finally:
            del self._waits[task]
            if self._cut:
                self._cut.discard(task)

    # --- how it ended

    async def _not_sent(self, item: Item, delivery: Delivery, why: Exception, slot: int) -> None:
        if isinstance(why, NotSentError):
            self._around.journal.leave(slot)
            self._again(item, delivery, why)
        elif isinstance(why, RejectedError):
            log.warning("delivery %d to chat %s was refused: %s", delivery.id, delivery.chat, why)
            self._end(item, DeliveryState.REJECTED, error=reason(why), slot=slot)
            # What else is refused may be about another chat, or a right that the bot lacks.
            says = item.outgoing.operation in (Operation.SEND, Operation.EDIT)
            if says and isinstance(why, UnreachableError):
                self.shut(item.row.chat, str(why))
        else:
            await self._unknown(item, delivery, why, slot)

    def _sent(self, item: Item, delivery: Delivery, message_id: str | None, slot: int = -1) -> None:
        row = item.row
        message = row.id if row.remember else None
        # A message that is edited but has no id was sent anew, and is the message from now on.
        if row.target is not None and delivery.outgoing.operation is Operation.SEND:
            message = row.target
        self._outcomes.sent(row, message_id, message=message, slot=slot)
        self._queues.remove(item)
        self._outcomes.ended(row.id, _SENT)

    def _end(
        self, item: Item, state: DeliveryState, *, error: str | None = None, slot: int = -1
    ) -> None:
        self._outcomes.record(item.row, state, error=error, slot=slot)
        self._take_out(item, state)

    def _take_out(self, item: Item, state: DeliveryState) -> None:
        self._queues.remove(item)
        self._outcomes.ended(item.row.id, state)

    async def _unknown(self, item: Item, delivery: Delivery, error: Exception, slot: int) -> None:
        item.unsure = True
        if self._certainty is Certainty.CONFIRMABLE:
            await self._confirm(item, delivery)
            return
        foreseen = isinstance(error, OutcomeUnknownError | OSError)
        is_last = delivery.attempt >= MOST_ATTEMPTS and not (
            foreseen and self._certainty is Certainty.IDEMPOTENT
        )
        if self._resends and not is_last:
            self._around.journal.leave(slot)
            self._again(item, delivery, NotSentError(_named(error)))
            return
        log.warning(
            "nobody knows whether delivery %d to chat %s arrived: %s",
            delivery.id,
            delivery.chat,
            _named(error),
        )
        self._end(item, DeliveryState.UNKNOWN, error=_named(error), slot=slot)

    async def _confirm(self, item: Item, delivery: Delivery) -> None:
        """Ask whether an earlier try arrived; only if it did not may the delivery be sent again."""
        answer = await self._ask(delivery, confirm=True)
        if not isinstance(answer, Exception):
            self._sent(item, delivery, answer)
            return
        if isinstance(answer, NotSentError):
            item.unsure = False
            self._again(item, delivery, answer)
        else:
            self._again(item, delivery, NotSentError(_named(answer)))

    # --- when it is tried again

    def _again(self, item: Item, delivery: Delivery, error: NotSentError) -> None:
        row = item.row
        frozen_s = error.retry_after_s
        if frozen_s is None:
            row.attempts += 1
        elif self._pacer is not None:
            self._pacer.frozen(delivery, frozen_s)
        delay_s = wait_s(row.attempts, retry_after_s=frozen_s)
        now = self._around.clock.timestamp()
        row.not_before = now + delay_s
        log.info(
            "delivery %d to chat %s was not sent (%s), next try in %.1f s",
            row.id,
            row.chat,
            error,
            delay_s,
        )
        self._outcomes.record(
            row, DeliveryState.PARKED if row.late else DeliveryState.PENDING, error=str(error)
        )
        patience_s = PARK_AFTER_S[row.klass] - (now - row.created)
        if frozen_s is None and not row.late and patience_s < delay_s:
            self._delay(item, delay_s, park_in_s=max(patience_s, 0.0), why=str(error))
        else:
            self._delay(item, delay_s)

    def _delay(
        self, item: Item, delay_s: float, *, park_in_s: float | None = None, why: str = ""
    ) -> None:
        item.phase = Phase.READY
        item.queue.delayed = item
        self.unclaim(item)
        self._around.spawn(self._later(item, delay_s, park_in_s, why))

    async def _later(self, item: Item, delay_s: float, park_in_s: float | None, why: str) -> None:
        sleep = self._around.clock.sleep
        if park_in_s is not None:
            await sleep(park_in_s)
            delay_s -= park_in_s
            if item.phase is Phase.READY:
                self._park(item, why)
        await sleep(delay_s)
        item.row.not_before = 0.0
        queue = item.queue
        if queue.delayed is item:
            queue.delayed = None
            self._workers.schedule(queue)

    def _park(self, item: Item, why: str) -> None:
        """Let the rest of its queue pass; it is sent later, marked late.

        What else concerns its message follows it.
        """
        row, queue = item.row, item.queue
        concerned = self._queues.operations_on(row.id if row.target is None else row.target)
        parked = self._queues.of(row.chat, row.klass, lane=f"parked {row.id}")
        self._queues.move([item, *(each for each in concerned if each is not item)], parked)
        row.late = True
        self._outcomes.record(row, DeliveryState.PARKED, error=why)
        parked.delayed, queue.delayed = item, None
        self._workers.schedule(queue)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
