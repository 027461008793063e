"""The least that routes an update: a table of commands, a table of presses, an encoded answer."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec

from benchmarks.shapes import Update, decode
from benchmarks.updates import COMMANDS, PRESSES


class Reply(msgspec.Struct):
    method: str
    chat_id: int
    text: str


Handler: TypeAlias = Callable[[Update], Awaitable[Reply]]
_encode = msgspec.json.Encoder().encode


def _on_message() -> Handler:
    async def handle(update: Update) -> Reply:
        return Reply("sendMessage", update.message.chat.id, "ok")  # type: ignore[union-attr]  # only of messages

    return handle


def _on_press() -> Handler:
    async def handle(update: Update) -> Reply:
        return Reply("sendMessage", update.callback_query.message.chat.id, "ok")  # type: ignore[union-attr]  # only of presses

    return handle


_COMMANDS = {f"cmd{number}": _on_message() for number in range(COMMANDS)}
_PRESSES = {f"act:{number}": _on_press() for number in range(PRESSES)}
_REST = _on_message()


async def route(body: bytes) -> bytes:
    """Answer an update."""
    update = decode(body)
    return _encode(await _find(update)(update))


def _find(update: Update) -> Handler:
    message = update.message
    if message is None:
        return _PRESSES[update.callback_query.data]  # type: ignore[union-attr]  # the sample has no others
    text = message.text
    if text and text[0] == "/":
        return _COMMANDS.get(text.split(None, 1)[0][1:].split("@")[0], _REST)
    return _REST
