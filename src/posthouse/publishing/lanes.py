"""Lanes: what of the items is in the outboxes of a site's bots, one lane for each account."""

from functools import partial

from posthouse.delivery.outbox import Outbox
from posthouse.ports.records import DeliveryState
from posthouse.publishing.desk import Desk
from posthouse.publishing.rows import Receipt, change, made, queued

MOST_OUT = 400
"""Deliveries of items in one outbox."""
LEAST_OUT = 200
"""With so many left it is filled again."""
_EVERY_STATE = tuple(DeliveryState)
_ENDED = {
    DeliveryState.REJECTED: "rejected",
    DeliveryState.EXPIRED: "expired",
    DeliveryState.UNKNOWN: "unknown",
    DeliveryState.SENT: "sent",
    DeliveryState.RIDDEN: "ridden",
}


class Lane:
    """What of the items is in the outbox of one account."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.keys: set[int] = set()
        """Delivery keys of what has not ended."""
        self.is_full = False
        self.is_filling = False

    @property
    def room(self) -> int:
        """How many further deliveries are taken."""
        return 0 if self.is_full else max(0, MOST_OUT - len(self.keys))

    def fills_later(self) -> None:
        """Note that it has been filled: it is again when few are left."""
        self.is_full = len(self.keys) > LEAST_OUT


class Lanes:
    """The lanes of a site; each is taken up where the process before left it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lanes: dict[int, Lane] = {}

    def __len__(self) -> int:
        return sum(len(lane.keys) for lane in self._lanes.values())

    async def of(self, account: int) -> Lane | None:
        """Return the lane of an account; None while its bot does not run, or only begins to."""
        outbox = self._desk.engine.outboxes.get(account)
        if outbox is None or not outbox.is_loaded:
            self._lanes.pop(account, None)
            return None
        lane = self._lanes.get(account)
        if lane is None or lane.outbox is not outbox:
            lane = Lane(outbox)
            await self._take_up(account, lane)
            self._lanes[account] = lane
        return lane

    def follow(self, lane: Lane, key: int) -> None:
        """Count a delivery until it has ended."""
        lane.keys.add(key)
        lane.outbox.watch(key, partial(self._over, lane, key))

    async def _take_up(self, account: int, lane: Lane) -> None:
        """Follow what the process before had queued, and settle what has ended unseen."""
        await self._desk.write()  # what the outbox found when it was read is noted, not yet written
        for receipt in made(Receipt, await self._desk.fetch(queued(account))):
            key = receipt.delivery
            if key is not None and (mine := lane.outbox.guarded_on(key)):
                for each in mine:
                    self.follow(lane, each)
            elif key is not None:
                await self._settle(receipt, key)

    async def _settle(self, receipt: Receipt, key: int) -> None:
        """Note how a delivery ended that left no trace in its receipt."""
        rows = await self._desk.store.outbox(
            account=receipt.account, states=_EVERY_STATE, after=key - 1, limit=1
        )
        found = rows[0].state if rows and rows[0].id == key else None
        if found is not None and found not in _ENDED:
            return  # it waits, in the database
        edited = await self._desk.store.message_of(key) is not None
        state = "sent" if edited else _ENDED.get(found, "cancelled") if found else "cancelled"
        await self._desk.write(change(receipt, state=state, at=self._desk.clock.timestamp()))
        self._desk.note_ended((receipt.item,))

    def _over(self, lane: Lane, key: int, _: DeliveryState) -> None:
        """A delivery has ended, whichever way."""
        lane.keys.discard(key)
        if lane.is_full and len(lane.keys) <= LEAST_OUT:
            lane.is_full = False
            self._desk.to_send.set()
