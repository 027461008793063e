"""Further revisions of items: what was sent is edited, sent again, or left as it is.

How this works: the receipt of somebody who got an earlier revision waits once more. If it keeps the
delivery key of the message that shows the item, that message is edited; if not, the item is sent
anew. What is leaving right now is looked at again when it has left.
"""

from typing import Any

from sqlalchemy import Select, and_, func, select, tuple_, update

from posthouse.publishing.desk import Desk
from posthouse.publishing.items import TAKEN_BACK, Item
from posthouse.publishing.rows import QUEUED, WAITING, FanOut
from posthouse.storage.publishing import fan_out, receipt, subscription

CHUNK = 1000
_C = receipt.c
WENT = ("sent", "ridden")


def taken_back(item: int) -> Select[Any]:
    """Find when an item was first put, if it was taken back before all had it.

    Who subscribed by then and has not got it is to get it when it is put again.
    """
    was = fan_out.alias()
    cut_short = select(was.c.id).where(was.c.item == item, was.c.after == TAKEN_BACK)
    first = select(func.min(fan_out.c.created).label("first")).where(fan_out.c.item == item)
    found = first.subquery()
    return select(found.c.first).where(cut_short.exists())


async def plan(desk: Desk, of: FanOut, item: Item) -> bool:
    """Let those who got an earlier revision get this one as they want it.

    False when some are leaving right now, and are to be looked at again.
    """
    topic = desk.topics.get(item.topic)
    otherwise = "edit" if topic is None else topic.revisions
    while True:
        how = select(subscription.c.revisions).where(subscription.c.id == _C.subscription)
        wanted = func.coalesce(how.scalar_subquery(), otherwise)
        old = and_(_C.item == of.item, _C.state.in_(WENT), _C.revision < of.revision)
        if not await desk.fetch(select(_C.item).where(old).limit(1)):
            break
        key = (_C.account, _C.chat)
        some = select(*key).where(old).order_by(*key).limit(CHUNK)
        chunk = [tuple(row) for row in await desk.fetch(some)]
        here = and_(old, tuple_(*key).in_(chunk))
        now = desk.clock.timestamp()
        back = {"state": WAITING, "due": now, "revision": of.revision}
        others = receipt.alias()
        is_shared = (
            select(others.c.item)
            .where(
                others.c.account == _C.account,
                others.c.chat == _C.chat,
                others.c.delivery == _C.delivery,
                others.c.item != _C.item,
            )
            .exists()
        )  # a digest, which lists other items too
        can_be_edited = and_(wanted == "edit", _C.delivery.is_not(None), ~is_shared)
        stands = (
            update(fan_out)
            .where(fan_out.c.id == of.id, fan_out.c.state == of.state)
            .values(state=of.state)
        )
        done = await desk.write(
            stands,
            update(receipt).where(here, wanted == "again").values(**back, delivery=None),
            update(receipt).where(here, can_be_edited).values(**back),
            update(receipt).where(here).values(revision=of.revision),
            expect_rows=1,
        )
        if not done:
            return False
        desk.to_send.set()
    leaving = and_(_C.item == of.item, _C.state == QUEUED, _C.revision < of.revision)
    return not await desk.fetch(select(_C.item).where(leaving).limit(1))
