"""The planner: from an item that was put to a receipt for everybody who is to get it.

How this works: a fan-out is planned in chunks, each one transaction that writes receipts and how
far they are written, so that it goes on where it was after any end of the process. Receipts are
known by item and chat: whoever asks for an item by several subscriptions has one, and planning a
chunk twice adds nothing. Those who subscribe are found where they are, in the database; nothing of
them passes through this process but when their digests and quiet hours want an item.
"""

import asyncio
import logging
import math
from typing import Any

import msgspec
from sqlalchemy import Select, func, select, update

from posthouse.engine.alarm import Again
from posthouse.errors import StoreUnavailableError
from posthouse.publishing import again
from posthouse.publishing.chunks import CHUNK, Chunks, Searches
from posthouse.publishing.desk import Desk
from posthouse.publishing.items import CANCELLED, DONE, PLANNING, RUNNING, by_id, item_of
from posthouse.publishing.rows import (
    HELD,
    UNDONE,
    WAITING,
    FanOut,
    any_of,
    change_some,
    made,
    open_fan_outs,
)
from posthouse.storage.publishing import fan_out, receipt

log = logging.getLogger("posthouse.publishing")

TOGETHER_S = 3.0
"""How long what is planned at most waits for the rest and for other items that were put with it.

While something is sent as fast as a messenger takes it, planning takes ten times as long.
"""
LOOK_S = 5.0
"""How often it is looked whether what was planned is over."""
ALL_EVERY_S = 60.0
"""How often at most all of it is looked at, when something may have ended of which nobody told."""


class Planner:
    """Plans the fan-outs of a site."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._chunks = Chunks(desk)
        self._unheld: set[int] = set()
        """Fan-outs of which nothing is held."""
        self._ended: set[int] = set()
        """Items of which something has ended."""
        self._look_at = 0.0
        self._all_at = 0.0
        self._settle_at = 0.0
        """All three by the clock that never goes back."""
        self._told: set[int] = set()
        """Fan-outs that could not be planned, which has been said."""

    async def round(self) -> Again:
        """Plan what there is to plan; return when to look again."""
        desk, is_left = self._desk, False
        now = desk.clock.monotonic()
        looks = now >= self._look_at
        if looks:
            self._ended |= desk.ended
            desk.ended.clear()
            if self._ended:
                await desk.write()  # it was told before it was written
            self._look_at = desk.clock.monotonic() + LOOK_S
        if desk.looks_at_all and now >= self._all_at:
            desk.looks_at_all, self._all_at = False, now + ALL_EVERY_S
            self._unheld.clear()
        found = made(FanOut, await desk.fetch(open_fan_outs()))
        if any(each.state == PLANNING for each in found):
            desk.settled.clear()
            self._settle_at = desk.clock.monotonic() + TOGETHER_S
        try:
            for each in found:
                is_left = not await self._try(each) or is_left
        finally:
            desk.settled.set()
        if looks:
            self._ended.clear()
        now = desk.clock.monotonic()
        in_s = self._look_at - now if is_left or desk.ended else math.inf
        if desk.looks_at_all and found:
            in_s = min(in_s, self._all_at - now)
        return Again(in_s=max(in_s, 0.0))

    async def _try(self, of: FanOut) -> bool:
        """Take a fan-out; one that cannot be planned holds none of the others up."""
        try:
            done = await self._take(of)
        except StoreUnavailableError:
            raise
        except Exception:
            if of.id not in self._told:
                log.exception("fan-out %d cannot be planned, and is tried again", of.id)
                self._told.add(of.id)
            return False
        self._told.discard(of.id)
        return done

    async def _take(self, of: FanOut) -> bool:
        """Plan a fan-out or look whether it is over; False when something has to follow."""
        if of.state == PLANNING:
            return await self._plan(of)
        if of.state == RUNNING:
            await self._go_on(of)
        else:
            self._unheld.discard(of.id)
        return True

    # --- planning

    async def _plan(self, of: FanOut) -> bool:
        """Write the receipts of a fan-out; False when something of it has to follow."""
        desk = self._desk
        self._unheld.discard(of.id)  # it may have been paused since
        rows = await desk.fetch(by_id(of.item))
        item = item_of(rows[0]) if rows else None
        if item is None or not item.is_live(desk.clock.timestamp()):
            await self._end(of, CANCELLED)
            return True
        if of.account is None and item.topic not in desk.topics:
            return True  # another site's, or that of an app that has gone
        if of.account is not None and desk.bot(of.account) is None:
            return True  # it goes on when its bot runs
        if of.revision > 1 and not await again.plan(desk, of, item):
            return False
        searches = Searches(desk.matchers.get(item.topic), item)
        while True:
            step = await self._chunks.step(of, item, searches)
            if step is None:
                break
            statements, last = step
            moved = _moves(of, after=last)
            if not await desk.write(moved, *statements, expect_rows=1):
                return False  # it was paused or cancelled meanwhile
            of = _at(of, last)
            if desk.clock.monotonic() >= self._settle_at:
                desk.settled.set()
            desk.to_send.set()
            await asyncio.sleep(0)
        ((total,),) = await desk.fetch(_total(of.item))
        await desk.write(_moves(of, state=RUNNING, total=total))
        desk.note_ended((item.id,))
        log.info("item %d of topic %s goes to %d chats", item.id, item.topic, total)
        desk.to_send.set()
        return True

    # --- what was planned

    async def _go_on(self, of: FanOut) -> None:
        """Let go what was held, and note that a fan-out is over when it is."""
        desk = self._desk
        if of.id not in self._unheld:
            await self._let_go(of)
            self._unheld.add(of.id)
        elif of.item not in self._ended:
            return  # nothing of it has ended since
        if not await desk.fetch(any_of(of.item, UNDONE)):
            self._unheld.discard(of.id)
            await self._end(of, DONE)

    async def _let_go(self, of: FanOut) -> None:
        """Let wait again what was held while it was paused."""
        desk = self._desk
        while await desk.fetch(any_of(of.item, (HELD,))):
            await desk.write(change_some(of.item, (HELD,), limit=CHUNK, state=WAITING))
            desk.to_send.set()

    async def _end(self, of: FanOut, state: str) -> None:
        await self._desk.write(_moves(of, state=state, ended=self._desk.clock.timestamp()))


def _moves(of: FanOut, **values: Any) -> Any:
    """Change a fan-out that stands as it did."""
    here = (fan_out.c.id == of.id, fan_out.c.state == of.state, fan_out.c.after == of.after)
    return update(fan_out).where(*here).values(**values)


def _at(of: FanOut, after: str) -> FanOut:
    return msgspec.structs.replace(of, after=after)


def _total(item: int) -> Select[Any]:
    return select(func.count()).where(receipt.c.item == item)
