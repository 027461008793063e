"""Taking back: the messages of a broadcast are deleted, a few at a time, below every answer.

How this works: a receipt whose message is to be deleted becomes cancelled in the same transaction
that queues the deletion, so each is asked for once, wherever the process ends.
"""

import asyncio
import logging
from typing import Any

from posthouse.delivery.outbox import Outbox, encode_outgoing
from posthouse.delivery.retry import EXPIRE_AFTER_S
from posthouse.engine.bot import BotRuntime
from posthouse.model.outgoing import DeliveryClass, Operation, Outgoing
from posthouse.ports.changes import Change, Execute, Verdict
from posthouse.ports.records import DeliveryRow, DeliveryState
from posthouse.publishing.broadcasting.rows import shown_messages, taken_back
from posthouse.publishing.desk import Desk

log = logging.getLogger("posthouse.publishing")

LOOK_S = 5.0
"""How often it is looked whether the bot that deletes is there still."""
AT_ONCE = 50
"""Deletions in the outbox at once."""


async def delete_shown(desk: Desk, id: int) -> bool:
    """Delete what is shown of a broadcast; False when a bot does not run that would have to."""
    while rows := await desk.fetch(shown_messages(id, AT_ONCE)):
        bots = [(bot, row) for row in rows if (bot := desk.bot(row[0])) is not None]
        if not bots:
            return False
        await _over(desk, [(bot, await _delete(desk, id, bot, *row[1:])) for bot, row in bots])
    return True


async def _over(desk: Desk, ends: list[tuple[BotRuntime, "asyncio.Future[None]"]]) -> None:
    """Wait until deletions have ended; those of a bot that leaves wait until it is back."""
    while left := [end for bot, end in ends if not end.done() and desk.bot(bot.account) is bot]:
        nap = desk.engine.supervisor.spawn(desk.clock.sleep(LOOK_S))
        either: list[asyncio.Future[Any]] = [nap, asyncio.gather(*left)]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        nap.cancel()


async def _delete(
    desk: Desk, id: int, bot: BotRuntime, chat: str, target: int
) -> "asyncio.Future[None]":
    """Queue a deletion; the future is done when it has ended."""
    account = bot.account
    end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    outbox, row, outgoing = bot.outbox, *_row(desk, bot, chat, target)
    change = Change()
    change.writes.append(
        Execute(taken_back(id, account, chat, desk.clock.timestamp()), expect_rows=1)
    )
    placed = outbox.place(row, outgoing, change)

    def done(change: Change) -> None:
        if change.verdict is Verdict.WON:
            outbox.won(placed)
            _tell(outbox, row.id, end)
        else:
            outbox.lost(placed)
            end.set_result(None)

    change.done = done
    desk.writer.submit(change)
    return end


def _tell(outbox: Outbox, key: int, end: "asyncio.Future[None]") -> None:
    def over(_: DeliveryState) -> None:
        if not end.done():
            end.set_result(None)

    if outbox.is_open(key):
        outbox.watch(key, over)
    else:  # it became one with what waited for the same message
        end.set_result(None)


def _row(desk: Desk, bot: BotRuntime, chat: str, target: int) -> tuple[DeliveryRow, Outgoing]:
    outgoing = Outgoing(operation=Operation.DELETE, target=target)
    now = desk.clock.timestamp()
    row: Any = DeliveryRow(
        id=desk.engine.new_key(),
        account=bot.account,
        chat=bot.moved.get(chat, chat),
        klass=DeliveryClass.BULK,
        state=DeliveryState.PENDING,
        body=encode_outgoing(outgoing),
        created=now,
        expires=now + EXPIRE_AFTER_S[DeliveryClass.BULK],
        target=target,
    )
    return row, outgoing
