"""What travels with the deliveries of items: whether one may still leave, and how it ended.

How this works: a delivery of items bears the guard "receipt". When it is about to leave, its items
and subscriptions are looked at once more; and whenever the outbox writes down how it stands, the
receipts follow in the same commit. So for each recipient it is known how it ended, or that nobody
knows.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from msgspec import Struct, convert
from sqlalchemy import ColumnElement, Select, Update, and_, case, literal, select, update

from posthouse.delivery.guards import Guard
from posthouse.ports.changes import Execute, Write
from posthouse.ports.records import DeliveryState
from posthouse.publishing.desk import Desk
from posthouse.publishing.items import LIVE, PAUSED
from posthouse.publishing.rows import QUEUED, SENT, WAITING, among, standing_of, standings
from posthouse.storage.publishing import fan_out, item, receipt, subscription

NAME = "receipt"
_ENDS = {
    DeliveryState.SENT: "sent",
    DeliveryState.RIDDEN: "ridden",
    DeliveryState.REJECTED: "rejected",
    DeliveryState.EXPIRED: "expired",
    DeliveryState.UNKNOWN: "unknown",
    DeliveryState.CANCELLED: "cancelled",
    DeliveryState.MERGED: "cancelled",
}
_WENT = ("sent", "ridden")
_MAY_END = (QUEUED, "unknown", "rejected", "expired")
"""What is not over, and what a person may send again."""

OnEnd: TypeAlias = Callable[["Carried", str], object]


class Carried(Struct, frozen=True, array_like=True):
    """What a delivery carries."""

    account: int
    chat: str
    key: int
    """Delivery key that its receipts bear."""
    items: tuple[int, ...]
    is_edit: bool = False
    """It changes a message that was sent before."""
    is_first: bool = True
    is_last: bool = True
    """With it the whole message is there, where it takes several."""

    @property
    def guard(self) -> Guard:
        """Itself as a guard."""
        return Guard(NAME, self)


class Receipts:
    """Guards the deliveries of items, and notes how they end."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._held_up: set[int] = set()
        """Keys of deliveries that a pause keeps from leaving, until their end is noted."""
        self.listeners: list[OnEnd] = []
        """Told what has ended and how, in the words of receipts."""

    async def holds(self, data: Any) -> bool:
        """Return whether a delivery may leave: for one of its items at least all is as it was."""
        carried = convert(data, Carried)
        if not carried.is_first:  # what was begun is ended, unless the beginning failed
            return bool(await self._desk.fetch(self._found(carried)))
        standing = standings(await self._desk.fetch(standing_of(carried.items)))
        if all(each in standing for each in carried.items):
            if PAUSED in standing.values():
                self._held_up.add(carried.key)
            return False
        rows = await self._desk.fetch(self._found(carried))
        now = self._desk.clock.timestamp()
        return any([await self._may(carried.account, row, now) for row in rows])

    async def _may(self, account: int, row: Any, now: float) -> bool:
        live, expires, person, active, gates = row
        if live != LIVE or (expires is not None and now >= expires):
            return False
        if active is not None and active != "active":
            return False
        return await open_to(self._desk, account, person, gates)

    def ended(self, data: Any, state: DeliveryState) -> Sequence[Write]:
        """Return what is to be written where it is written how a delivery stands."""
        end = _ENDS.get(state)
        if end is None:
            return ()
        carried = convert(data, Carried)
        if end in _WENT and not carried.is_last:
            return ()
        for listener in self.listeners:
            listener(carried, end)
        return (Execute(self._noted(carried, end)),)

    def _found(self, carried: Carried) -> Select[Any]:
        """Read what tells whether a delivery may leave."""
        c = receipt.c
        return (
            select(
                item.c.state, item.c.expires, c.person, subscription.c.state, subscription.c.gates
            )
            .select_from(receipt)
            .join(item, item.c.id == c.item)
            .outerjoin(subscription, subscription.c.id == c.subscription)
            .where(self._mine(carried), c.state.in_(_MAY_END))
        )

    def _mine(self, carried: Carried) -> ColumnElement[bool]:
        """Find the receipts of a delivery; its chat may have another id by now."""
        bot = self._desk.bot(carried.account)
        moved = None if bot is None else bot.moved.get(carried.chat)
        return _of(carried, [carried.chat, *([moved] if moved is not None else [])])

    def _noted(self, carried: Carried, end: str) -> Update:
        """Note how it ended; what was held up by a pause waits again."""
        stays: Any = literal(SENT if carried.is_edit else end)
        delivery: Any = receipt.c.delivery
        if end == "cancelled" and carried.key in self._held_up:
            self._held_up.discard(carried.key)
            stays = literal(WAITING)
            delivery = receipt.c.delivery if carried.is_edit else None
        elif end == "cancelled":
            paused = (
                select(fan_out.c.id)
                .where(fan_out.c.item == receipt.c.item, fan_out.c.state == PAUSED)
                .exists()
            )
            stays = case((paused, WAITING), else_=stays)
            if not carried.is_edit:
                delivery = case((paused, None), else_=delivery)
        return (
            update(receipt)
            .where(self._mine(carried), receipt.c.state.in_(_MAY_END))
            .values(state=stays, delivery=delivery, at=self._desk.clock.timestamp())
        )


async def open_to(desk: Desk, account: int, person: str | None, gates: bytes | None) -> bool:
    """Return whether nothing shuts somebody out: no ban, and all gates are open."""
    if person is None:
        return True
    bot = desk.bot(account)
    if bot is not None and person in desk.engine.people.banned.get(bot.crowd.messenger, ()):
        return False
    return gates is None or desk.gate is None or await desk.gate(gates, account, person)


def _of(carried: Carried, chats: Sequence[str]) -> ColumnElement[bool]:
    c = receipt.c
    items = c.item == carried.items[0] if len(carried.items) == 1 else among(c.item, carried.items)
    return and_(
        items,
        c.account == carried.account,
        c.chat.in_(chats),
        c.delivery == carried.key,
    )
