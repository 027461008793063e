"""The dispatcher: from receipts that are due to deliveries in the outboxes.

How this works: each bot has a few hundred deliveries of items in its outbox at most, refilled as
they leave. A receipt becomes queued in the same transaction that adds its delivery, so of a process
that dies neither is there or both are. What waits in the database waits for nothing but its moment
and its turn: a pause or a cancellation reaches it at once.
"""

import asyncio
import logging
import math
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy.dialects import sqlite

from posthouse.engine.alarm import Again
from posthouse.engine.bot import BotRuntime
from posthouse.errors import StoreUnavailableError, TryLaterError
from posthouse.ports.changes import Change, Execute, Verdict
from posthouse.ports.records import Statement
from posthouse.publishing.composing import Given, compose
from posthouse.publishing.desk import Desk
from posthouse.publishing.knowing import Knowing, items
from posthouse.publishing.lanes import Lane, Lanes
from posthouse.publishing.packing import Packer
from posthouse.publishing.receipts import Carried, Receipts
from posthouse.publishing.rows import (
    HELD,
    WAITING,
    Receipt,
    accounts_waiting,
    change,
    due_chats,
    due_in,
    held,
    made,
    standing_of,
    standings,
    subscriptions,
)

log = logging.getLogger("posthouse.publishing")

AGAIN_S = 1.0
"""After this long what has ended is written down, and may wait again."""
AT_ONCE = 100
"""Receipts that are queued in one transaction; answers wait no longer than for one."""
PUT_OFF_S = 60.0
"""How long what cannot be made up right now waits."""
TRIED_FOR_S = 86400.0
"""For so long it is tried."""


class Dispatcher:
    """Lets what is due into the outboxes of a site's bots."""

    def __init__(self, desk: Desk, receipts: Receipts) -> None:
        self._desk = desk
        self._lanes = Lanes(desk)
        self._again_at = 0.0
        """By the clock that never goes back."""
        self._packer = Packer(desk)
        self._knowing = Knowing(desk)
        receipts.listeners.append(self._ended)

    @property
    def out(self) -> int:
        """Deliveries of items that are in outboxes."""
        return len(self._lanes)

    async def load(self) -> None:
        """Find out what is in the outboxes since the process before."""
        for account in list(self._desk.engine.outboxes):
            await self._lanes.of(account)

    async def warm(self) -> None:
        """Have the statements made and compiled now, so that the first item finds them ready.

        The database's threads compile them; the first time takes some hundred times as long.
        """
        desk = self._desk
        (nobody,) = made(Receipt, [(0, 0, "", None, None, 1, WAITING, 0.0, None, 0.0)])
        for statement in (
            due_chats(0, 0.0, 1),
            due_in(0, (), 0.0),
            items(()),
            subscriptions(()),
            standing_of(()),
        ):
            with suppress(StoreUnavailableError):
                await desk.fetch(statement)
        await asyncio.to_thread(_compiled, change(nobody, WAITING, state=WAITING, at=0.0))
        await asyncio.to_thread(_compiled, held(nobody))

    async def round(self) -> Again:
        """Queue what is due; return when something further will be."""
        desk = self._desk
        await desk.settled.wait()
        now, soonest = desk.clock.timestamp(), math.inf
        for account, due in await desk.fetch(accounts_waiting()):
            lane = await self._lanes.of(account)
            if lane is not None and due > now:
                soonest = min(soonest, due)
            elif lane is not None and lane.room and not lane.is_filling:
                lane.is_filling = True
                desk.engine.supervisor.spawn(self._keep_full(account, lane))
        left_s = self._again_at - desk.clock.monotonic()
        return Again(soonest, left_s if left_s > 0 else math.inf)

    async def _keep_full(self, account: int, lane: Lane) -> None:
        """Fill an outbox, beside those of other bots: the gates of one may take long to answer."""
        has_queued = False
        try:
            has_queued = await self._fill(account, lane)
        except StoreUnavailableError as error:
            log.warning("publishing waits for the database: %s", error)
        finally:
            lane.is_filling = False
        if not has_queued:  # what was due has changed meanwhile, or nothing could be written
            await self._desk.clock.sleep(AGAIN_S)
        self._desk.to_send.set()

    def _ended(self, carried: Carried, end: str) -> None:
        self._desk.note_ended(carried.items)
        if end == "cancelled":
            self._again_at = self._desk.clock.monotonic() + AGAIN_S
            self._desk.to_send.set()

    # --- filling

    async def _fill(self, account: int, lane: Lane) -> bool:
        """Queue what is due until the outbox has enough; False when nothing came of it."""
        desk, has_queued = self._desk, False
        while (room := lane.room) > 0:
            now = desk.clock.timestamp()
            rows = await desk.fetch(due_chats(account, now, min(room, AT_ONCE)))
            chats = list(dict.fromkeys(chat for (chat,) in rows))
            if not chats or not await self._queue(account, lane, chats, now):
                return has_queued
            has_queued = True
        lane.fills_later()
        return has_queued

    async def _queue(self, account: int, lane: Lane, chats: list[str], now: float) -> bool:
        """Queue what is due in some chats; False when nothing came of it."""
        desk = self._desk
        bot = desk.bot(account)
        due = made(Receipt, await desk.fetch(due_in(account, chats, now)))
        if bot is None or not due:
            return False
        given = await self._knowing.given(account, due, now)
        stopped = standings(await desk.fetch(standing_of(list(given.items))))
        waits: list[asyncio.Future[bool]] = []
        by_chat: dict[str, list[Receipt]] = {}
        ended: list[tuple[Receipt, str]] = []
        for receipt in due:
            why = await self._knowing.stopped(receipt, given, stopped)
            if why is None:
                by_chat.setdefault(receipt.chat, []).append(receipt)
            else:
                ended.append((receipt, why))
        if desk.bot(account) is not bot:
            return False  # it left meanwhile
        for chat, mine in by_chat.items():
            given.more = self._knowing.more(account, chat)
            try:
                await self._send(bot, chat, mine, given, lane, waits)
            except StoreUnavailableError:
                raise
            except Exception as error:  # noqa: BLE001  of one chat, which holds up no other
                waits += self._failed(chat, mine, now, error)
            await asyncio.sleep(0)  # others have turns too
        waits += [self._end(receipt, why) for receipt, why in ended]
        return any([await each for each in waits])

    async def _send(
        self,
        bot: BotRuntime,
        chat: str,
        due: Sequence[Receipt],
        given: Given,
        lane: Lane,
        waits: list[asyncio.Future[bool]],
    ) -> None:
        """Queue what a chat gets of what is due; what is begun is added to `waits`."""
        plan = compose(due, given)
        waits += [self._end(receipt, why) for receipt, why in plan.ended]
        waits += [self._write(change(of, WAITING, due=later)) for of, later in plan.put_off]
        for parcel in plan.parcels:
            follow = partial(self._lanes.follow, lane)
            waits.append(await self._packer.send(bot, chat, parcel, follow))

    def _failed(
        self, chat: str, due: Sequence[Receipt], now: float, error: Exception
    ) -> list[asyncio.Future[bool]]:
        """Put off what could not be made up; what was queued of it meanwhile stays so."""
        if isinstance(error, TryLaterError | OSError):
            log.warning("what is due in chat %s waits a minute: %s", chat, error)
        else:
            log.error("what is due in chat %s cannot be made up", chat, exc_info=error)
        old = [each for each in due if now - each.at >= TRIED_FOR_S]
        later = now + PUT_OFF_S
        return [
            self._end(each, "rejected")
            if each in old
            else self._write(change(each, WAITING, due=later))
            for each in due
        ]

    # --- what is not sent

    def _end(self, receipt: Receipt, state: str) -> asyncio.Future[bool]:
        if state == HELD:
            return self._write(held(receipt))
        if receipt.delivery is not None:
            state = "sent"  # only its change is not
        self._desk.note_ended((receipt.item,))
        now = self._desk.clock.timestamp()
        return self._write(change(receipt, WAITING, state=state, at=now))

    def _write(self, statement: Statement) -> asyncio.Future[bool]:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        written = Change()
        written.writes.append(Execute(statement))
        written.done = lambda done: future.set_result(done.verdict is Verdict.WON)
        self._desk.writer.submit(written)
        return future


def _compiled(statement: Any) -> str:
    return str(statement.compile(dialect=sqlite.dialect()))
