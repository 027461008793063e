"""Riding: an answer goes to the messenger in the reply to its own webhook request.

How this works: before a turn commits it is decided whether its one delivery may ride; then its row
is committed as riding, and the request is answered with it. Telegram carries it out and tells
nobody how that ended. What it does tell is that it got the answer: it does not repeat the update.
So a riding delivery is kept until that is sure. When the update comes again by webhook the same
answer rides again; when it comes by polling the answer is sent like any other.
"""

import logging
from collections.abc import Callable
from typing import Final

import msgspec

from posthouse.delivery.outcomes import Outcomes
from posthouse.delivery.queues import Item, Phase, Queues
from posthouse.delivery.surroundings import Surroundings
from posthouse.errors import PosthouseError
from posthouse.model.outgoing import DeliveryClass, Operation, Outgoing
from posthouse.ports.adapter import Delivery, Rider, Rides
from posthouse.ports.records import DeliveryRow, DeliveryState

log = logging.getLogger("posthouse.delivery")

HOLD_S: Final = 3.0
"""How long what follows in the chat waits, unless the chat's next update shows that Telegram is
through with the answer."""
SURE_S: Final = 130.0
"""An update that was not repeated for this long is not repeated any more: Telegram waits at most
120 s between two tries (telegram-bot-api, WebhookActor.cpp)."""
DOUBT_S: Final = 60.0
"""How long a chat in which nobody knows how a delivery ended is left in peace."""
_MAY_RIDE: Final = (Operation.SEND, Operation.ANSWER, Operation.CALL)
EXPIRED_S: Final = 24 * 3600.0
"""After this long Telegram has forgotten the update, whether it got the answer or not."""

_decode = msgspec.msgpack.Decoder(Outgoing).decode
_encode = msgspec.msgpack.Encoder().encode


class Ride(msgspec.Struct, eq=False):
    """A delivery that rides or rode, and may have to again."""

    row: DeliveryRow
    outgoing: Outgoing
    body: bytes
    until_s: float
    """Monotonic: when nobody will repeat its update any more."""
    item: Item | None = None
    """Its place in the queue, while what follows waits."""


class Riding:
    """The deliveries of one bot that ride."""

    def __init__(
        self, around: Surroundings, queues: Queues, outcomes: Outcomes, rides: Rides | None
    ) -> None:
        self._around = around
        self._queues = queues
        self._outcomes = outcomes
        self._adapter = rides
        self._rides: dict[str, Ride] = {}
        """By the update they answer; of those that departed, the first one is sure first."""
        self._held: dict[str, Ride] = {}
        """By chat, the oldest first."""
        self._is_watching = False
        self.schedule: Callable[[Item], None]
        """Told whose queue may go on."""
        self.take_back: Callable[[DeliveryRow], None]
        """Told what is to be sent like any other delivery."""

    def __len__(self) -> int:
        return len(self._rides)

    def may(self, item: Item, update_id: str, rider: Rider) -> bool:
        """Decide, before the commit, whether a delivery rides; if so its row says so."""
        row, outgoing = item.row, item.outgoing
        if (
            self._adapter is None
            or update_id in self._rides
            or row.remember
            or row.guard is not None
            or outgoing.target is not None
            or outgoing.content.rows
            or outgoing.content.choices is not None
            or outgoing.operation not in _MAY_RIDE
            or not self._is_alone(item)
            or not rider.is_open
        ):
            return False
        delivery = Delivery(id=row.id, chat=row.chat, outgoing=outgoing)
        try:
            body = self._adapter.ride(delivery)
        except PosthouseError:  # it is refused where it would be sent, with all that follows
            return False
        if body is None:
            return False
        if item.claimed:
            self._queues.release(item)
        row.state = DeliveryState.RIDING
        item.outgoing = outgoing = msgspec.structs.replace(outgoing, rides_on=update_id)
        row.body = _encode(outgoing)
        self._rides[update_id] = Ride(row, outgoing, body, 0.0, item)
        return True

    def lost(self, item: Item) -> None:
        """Forget a delivery whose turn did not commit."""
        self._rides.pop(item.outgoing.rides_on or "", None)

    def depart(self, item: Item, rider: Rider | None) -> None:
        """Answer the request with a delivery that is committed now."""
        ride = self._rides[item.outgoing.rides_on or ""]
        item.phase = Phase.SENDING
        now = self._around.clock.monotonic()
        ride.until_s = now + SURE_S
        if rider is not None:
            rider.carry(ride.body)
        self._held[item.row.chat] = ride
        if not self._is_watching:
            self._is_watching = True
            self._around.spawn(self._watch())

    def arrived(self, chat: str) -> None:
        """Let what waits in a chat go: its next update came, so Telegram is through."""
        ride = self._held.pop(chat, None)
        if ride is not None:
            self._let_go(ride)

    def repeated(self, update_id: str, rider: Rider | None, then: Callable[[], object]) -> None:
        """An update came again: its answer rides again, or is sent when it cannot.

        `then` is called once the messenger may forget the update.
        """
        ride = self._rides.get(update_id)
        if ride is None or not ride.until_s:
            then()
            return
        if rider is not None and rider.is_open and ride.body:
            ride.until_s = self._around.clock.monotonic() + SURE_S
            self._rides[update_id] = self._rides.pop(update_id)
            rider.carry(ride.body)
            then()
            return
        # It came by polling, or its request was answered empty while the update went through the
        # inbox, as one does that may have taken the process down; or it cannot ride any more.
        del self._rides[update_id]
        self._held.pop(ride.row.chat, None)
        self._let_go(ride)
        ride.row.state = DeliveryState.PENDING
        self._outcomes.record(ride.row, DeliveryState.PENDING, then=then)
        self.take_back(ride.row)

    def restore(self, row: DeliveryRow) -> None:
        """Take up a delivery that rode before the process ended."""
        outgoing = _decode(row.body)
        body = None
        if self._adapter is not None:
            try:
                delivery = Delivery(id=row.id, chat=row.chat, outgoing=outgoing)
                body = self._adapter.ride(delivery, again=True)
            except PosthouseError as error:
                log.warning("delivery %d cannot ride again: %s", row.id, error)
        until_s = self._around.clock.monotonic() + SURE_S
        self._rides[outgoing.rides_on or ""] = Ride(row, outgoing, body or b"", until_s)

    def sweep(self, now_s: float) -> None:
        """Settle what nobody will ask for again."""
        over: list[tuple[str, Ride]] = []
        for update_id, ride in self._rides.items():
            if ride.until_s > now_s:
                break  # what departed later lasts longer
            if ride.until_s:
                over.append((update_id, ride))
        for update_id, ride in over:
            del self._rides[update_id]
            age_s = self._around.clock.timestamp() - ride.row.created
            state = DeliveryState.UNKNOWN if age_s > EXPIRED_S else DeliveryState.RIDDEN
            self._outcomes.record(ride.row, state)
            self._outcomes.ended(ride.row.id, state)

    # --- inside

    def _is_alone(self, item: Item) -> bool:
        """Whether nothing else of the chat is on its way."""
        queues = self._queues
        chat = item.row.chat
        if chat in self._held or queues.is_claimed(chat) is not item.claimed:
            return False
        for klass in DeliveryClass:
            queue = queues.peek(chat, klass)
            if queue is None:
                continue
            if queue.more or queue.loading or any(each is not item for each in queue.items):
                return False
        doubtful = self._outcomes.doubtful
        since_s = doubtful.get(chat)
        if since_s is None:
            return True
        if self._around.clock.monotonic() - since_s < DOUBT_S:
            return False
        del doubtful[chat]
        return True

    async def _watch(self) -> None:
        """Let go what waited long enough."""
        clock = self._around.clock
        while self._held:
            chat, ride = next(iter(self._held.items()))
            left_s = ride.until_s - SURE_S + HOLD_S - clock.monotonic()
            if left_s > 0:
                await clock.sleep(left_s)
            else:
                del self._held[chat]
                self._let_go(ride)
        self._is_watching = False

    def _let_go(self, ride: Ride) -> None:
        item, ride.item = ride.item, None
        if item is not None:
            self._queues.remove(item)
            self.schedule(item)
