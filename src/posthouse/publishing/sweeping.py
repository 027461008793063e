"""Forgetting what was published long ago, with who got it."""

from sqlalchemy import delete, select, tuple_

from posthouse.publishing.desk import Desk
from posthouse.publishing.items import OPEN
from posthouse.publishing.rows import UNDONE
from posthouse.publishing.topic import KEEP
from posthouse.storage.publishing import fan_out, handed_in, item, receipt

CHUNK = 500
"""Rows of one transaction: answers wait no longer than for one."""


async def sweep(desk: Desk) -> int:
    """Forget items whose topics keep them no longer, their fan-outs and receipts; return how many.

    What is still on its way is kept. Of a topic that no app of the site knows, items are kept for
    as long as of one that says nothing.
    """
    now, count = desk.clock.timestamp(), 0
    topics = {name for (name,) in await desk.fetch(select(item.c.topic).distinct())}
    for name in sorted(topics):
        known = desk.topics.get(name)
        before = now - (KEEP if known is None else known.keep).total_seconds()
        count += await _forget(desk, name, before)
    await desk.write(delete(handed_in).where(handed_in.c.at < now - KEEP.total_seconds()))
    return count


async def _forget(desk: Desk, topic: str, before: float) -> int:
    open_ones = select(fan_out.c.id).where(fan_out.c.item == item.c.id, fan_out.c.state.in_(OPEN))
    waiting = select(receipt.c.item).where(receipt.c.item == item.c.id, receipt.c.state.in_(UNDONE))
    old = (
        select(item.c.id)
        .where(
            item.c.topic == topic,
            item.c.published < before,
            item.c.changed < before,
            ~open_ones.exists(),
            ~waiting.exists(),
        )
        .limit(CHUNK)
    )
    count = 0
    while ids := [id for (id,) in await desk.fetch(old)]:
        for id in ids:
            await _forget_receipts(desk, id)
        await desk.write(
            delete(fan_out).where(fan_out.c.item.in_(ids)), delete(item).where(item.c.id.in_(ids))
        )
        count += len(ids)
    return count


async def _forget_receipts(desk: Desk, id: int) -> None:
    key = (receipt.c.account, receipt.c.chat)
    some = select(*key).where(receipt.c.item == id).limit(CHUNK)
    while await desk.fetch(some.limit(1)):
        await desk.write(delete(receipt).where(receipt.c.item == id, tuple_(*key).in_(some)))
