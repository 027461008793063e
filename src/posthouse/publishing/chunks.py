"""Chunks: whom a fan-out goes to, some at a time, as statements that write their receipts."""

import logging
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, func, select

from posthouse.errors import MistakeError
from posthouse.ports.records import Statement
from posthouse.publishing import again
from posthouse.publishing.addressing import add_named, add_subscribed
from posthouse.publishing.desk import Desk, Matches
from posthouse.publishing.items import Item
from posthouse.publishing.rows import FanOut, among
from posthouse.publishing.subscriptions.timing import due as due_of, load_zones, zone_of
from posthouse.storage.publishing import subscription

log = logging.getLogger("posthouse.publishing")

CHUNK = 1000
"""Receipts of one transaction; answers wait no longer than for one."""
MOST_TIMINGS = 100
"""Ways to be timed in one chunk; where there are more, chunks are smaller."""
SMALL_CHUNK = 200
_SEARCHES = "searches:"
"""Before how far a fan-out has come among the searches that find its item."""
_S = subscription.c
Step: TypeAlias = tuple[list[Statement], str]


class Searches:
    """The searches that find an item, looked for once, when they are needed."""

    def __init__(self, matcher: Matches | None, item: Item) -> None:
        self._matcher, self._item = matcher, item
        self._found: Sequence[int] | None = None

    def following(self, after: int, limit: int) -> Sequence[int]:
        """Return the ids of so many of them after another, in their order."""
        if self._found is None:
            self._found = () if self._matcher is None else self._matcher.match(self._item.plain)
        begin = bisect_right(self._found, after)
        return self._found[begin : begin + limit]


class Chunks:
    """Finds whom fan-outs go to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def step(self, of: FanOut, item: Item, searches: Searches) -> Step | None:
        """Return what writes the next chunk, and the last one it is about; None at the end."""
        if of.audience is not None:
            return await self._step_of_audience(of, item)
        if of.after.startswith(_SEARCHES):
            return await self._step_of_searches(of, item, searches)
        step = await self._step_of_topic(of, item)
        # Of a further revision, those who subscribe to all know; a search may find it only now.
        return step or await self._step_of_searches(of, item, searches)

    async def _step_of_audience(self, of: FanOut, item: Item) -> Step | None:
        desk = self._desk
        if desk.audience is None or of.account is None or of.audience is None:
            raise MistakeError("a fan-out has an audience, and nothing reads it; set one")
        found = desk.audience(of.audience, of.account).subquery()
        chunk = (
            select(found.c.key)
            .where(found.c.key > of.after)
            .order_by(found.c.key)
            .limit(CHUNK)
            .subquery()
        )
        ((last,),) = await desk.fetch(select(func.max(chunk.c.key)))
        if last is None:
            return None
        here = (found.c.key > of.after, found.c.key <= last)
        return [add_named(of, item, desk.clock.timestamp(), found, here)], last

    async def _step_of_topic(self, of: FanOut, item: Item) -> Step | None:
        """Those who subscribe to all of the topic."""
        wanted = [_S.topic == item.topic, _S.state == "active", _S.search.is_(None)]
        if of.revision > 1:
            rows = await self._desk.fetch(again.taken_back(of.item))
            if not rows:
                return None
            wanted.append(_S.created <= rows[0][0])
        after = int(of.after or 0)
        for limit in (CHUNK, SMALL_CHUNK):
            some = select(_S.id).where(*wanted, _S.id > after).order_by(_S.id).limit(limit)
            ((last,),) = await self._desk.fetch(select(func.max(some.subquery().c.id)))
            if last is None:
                return None
            here = [*wanted, _S.id > after, _S.id <= last]
            statements = await self._timed(of, item, here, is_large=limit > SMALL_CHUNK)
            if statements is not None:
                return statements, str(last)
        return None

    async def _step_of_searches(self, of: FanOut, item: Item, searches: Searches) -> Step | None:
        """Those whose searches find the item, after those who subscribe to all."""
        after = int(of.after.removeprefix(_SEARCHES)) if of.after.startswith(_SEARCHES) else 0
        for limit in (CHUNK, SMALL_CHUNK):
            some = searches.following(after, limit)
            if not some:
                return None
            here = [_S.topic == item.topic, _S.state == "active", among(_S.id, some)]
            statements = await self._timed(of, item, here, is_large=limit > SMALL_CHUNK)
            if statements is not None:
                return statements, f"{_SEARCHES}{some[-1]}"
        return None

    async def _timed(
        self, of: FanOut, item: Item, here: list[ColumnElement[bool]], *, is_large: bool
    ) -> list[Statement] | None:
        """Return what writes the receipts of a chunk; None for one to be taken in smaller ones."""
        timed = select(_S.digest, _S.quiet, _S.zone).where(*here).distinct()
        timings = await self._desk.fetch(timed)
        if is_large and len(timings) > MOST_TIMINGS:
            return None
        await load_zones(zone for _, _, zone in timings)
        now = self._desk.clock.timestamp()
        moment = datetime.fromtimestamp(now + self._delay_s(item), UTC)
        return [add_subscribed(of, item, now, here, each, _due(moment, each)) for each in timings]

    def _delay_s(self, item: Item) -> float:
        topic = self._desk.topics.get(item.topic)
        return 0.0 if topic is None else topic.delay.total_seconds()


def _due(moment: datetime, timing: Any) -> float:
    """Return when a subscription is to get what is there now; one that cannot be read, at once."""
    digest, quiet, zone = timing
    try:
        return due_of(moment, digest=digest, quiet=quiet, zone=zone_of(zone)).timestamp()
    except MistakeError as error:
        log.warning("a subscription cannot be timed: %s", error)
        return moment.timestamp()
