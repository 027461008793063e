"""What the dispatcher knows: what is due, for which subscriptions, and what is not to be sent."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from msgspec import MsgspecError
from sqlalchemy import Select, select

from posthouse.errors import TryLaterError
from posthouse.publishing.composing import Given
from posthouse.publishing.desk import Desk
from posthouse.publishing.items import ITEM, PAUSED, Item, item_of
from posthouse.publishing.receipts import open_to
from posthouse.publishing.rows import (
    HELD,
    Receipt,
    Subscription,
    among,
    made,
    sent_since,
    subscriptions,
)
from posthouse.publishing.subscriptions.timing import day_begins, load_zones, zone_of
from posthouse.storage.publishing import item as items_table

log = logging.getLogger("posthouse.publishing")


class Knowing:
    """Reads what is needed to make up what a chat gets."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._unreadable: set[tuple[int, bytes]] = set()
        """Items that cannot be read, which has been said: their ids and digests."""

    async def given(self, account: int, due: Sequence[Receipt], now: float) -> Given:
        """Read what composing needs to know."""
        desk = self._desk
        wanted = {each.item for each in due}
        found = await desk.fetch(items(wanted))
        ids = {each.subscription for each in due if each.subscription is not None}
        mine = made(Subscription, await desk.fetch(subscriptions(ids))) if ids else []
        await load_zones(each.zone for each in mine)
        bot = desk.bot(account)
        return Given(
            items={row[0]: item_of(row) for row in found},
            subscriptions={each.id: each for each in mine},
            now=now,
            revisions=self._revisions,
            sent_today=await self._sent_today(mine, now),
            say=lambda language: partial(_say, bot, language),
            more=lambda count, language: None,
            beneath=partial(self._beneath, account),
        )

    async def stopped(self, receipt: Receipt, given: Given, stopped: dict[int, str]) -> str | None:
        """Return how a receipt is to stand that is not to be sent now, or None."""
        how = stopped.get(receipt.item)
        if how is not None:
            return HELD if how == PAUSED else "cancelled"
        why = self._over(given.items.get(receipt.item), given.now)
        if why is not None:
            return why
        gates = None
        if receipt.subscription is not None:
            of = given.subscriptions.get(receipt.subscription)
            if of is None or of.state != "active":
                return "cancelled"
            gates = of.gates
        try:
            is_open = await open_to(self._desk, receipt.account, receipt.person, gates)
        except TryLaterError:  # it is asked again when the delivery is about to leave
            return None
        return None if is_open else "cancelled"

    def more(self, account: int, chat: str) -> Callable[[int, str], Any]:
        """Return what makes the button under "and so many more" in a chat."""
        return partial(self._more, account, chat)

    async def _sent_today(self, of: Iterable[Subscription], now: float) -> dict[int, int]:
        counts: dict[int, int] = {}
        moment = datetime.fromtimestamp(now, UTC)
        for each in of:
            if each.most is not None:
                begun = day_begins(moment, zone_of(each.zone)).timestamp()
                ((counts[each.id],),) = await self._desk.fetch(sent_since(each, begun))
        return counts

    def _over(self, item: Item | None, now: float) -> str | None:
        """Return how receipts of an item end that nobody is to get any more, or None."""
        if item is None or item.state != "live":
            return "cancelled"
        if item.expires is not None and now >= item.expires:
            return "expired"
        return None if self._is_readable(item) else "rejected"

    def _is_readable(self, item: Item) -> bool:
        """Whether what an item shows can be read; if not, that is said once."""
        known = (item.id, item.digest)
        if known in self._unreadable:
            return False
        try:
            _ = item.content
        except MsgspecError as error:
            log.error(  # noqa: TRY400  where it was read from says nothing
                "item %d of topic %s cannot be read, so nobody gets it: %s",
                item.id,
                item.topic,
                error,
            )
            self._unreadable.add(known)
            return False
        return True

    def _revisions(self, topic: str) -> str:
        known = self._desk.topics.get(topic)
        return "edit" if known is None else known.revisions

    def _more(self, account: int, chat: str, count: int, language: str) -> Any:
        more = self._desk.more
        return None if more is None else more(account, chat, count, language)

    def _beneath(self, account: int, of: Subscription) -> Any:
        beneath = self._desk.beneath
        return None if beneath is None else beneath(account, of)


def items(ids: Collection[int]) -> Select[Any]:
    """Find items; rows for `item_of`."""
    return select(*ITEM).where(among(items_table.c.id, ids))


def _say(bot: Any, language: str, key: str, **values: Any) -> Any:
    return bot.words.say(key, language, **values)
