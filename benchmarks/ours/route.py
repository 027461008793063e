"""`route` on Posthouse: Telegram's codec and the Dispatcher, without lanes or a store."""

from typing import Any

from benchmarks.ours.hundred import hundred
from benchmarks.routing import Route, main
from posthouse.adapters.telegram.inbound import read_update
from posthouse.adapters.telegram.sending import riding
from posthouse.model.outgoing import Content, Outgoing
from posthouse.model.text import Text
from posthouse.routing.dispatch import Dispatcher
from posthouse.turn.turn import Turn

BOT = "bench"
NOTHING: Any = None
"""Stands behind the turns: these handlers ask for nothing."""


def router() -> Route:
    """Return what answers an update."""
    dispatcher = Dispatcher(BOT, [hundred()])

    async def route(body: bytes) -> bytes:
        update = read_update(body, bot=BOT)
        turn = Turn(update, backing=NOTHING, conversations=NOTHING)
        handled = await dispatcher.dispatch(turn)
        outgoing = Outgoing(content=Content(text=Text(str(handled.answer))))
        reply = riding(turn.chat.id, outgoing)
        if reply is None:
            raise SystemExit("route: an answer cannot ride")
        return reply

    return route


if __name__ == "__main__":
    main(router())
