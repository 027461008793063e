"""`route` on aiogram: its dispatcher, asked as its webhook asks it."""

import json
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.filters import Command
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import CallbackQuery, Message

from benchmarks.clients import TOKEN
from benchmarks.routing import REPLY, Route, main
from benchmarks.updates import COMMANDS, PRESSES


def dispatcher() -> Dispatcher:
    """Return a dispatcher with a hundred handlers and one for the rest."""
    made = Dispatcher()
    for number in range(COMMANDS):
        made.message.register(_on_message(), Command(f"cmd{number}"))
    for number in range(PRESSES):
        made.callback_query.register(_on_press(), F.data == f"act:{number}")
    made.message.register(_on_message())
    return made


def _on_message() -> Any:
    async def handle(message: Message) -> TelegramMethod[Any]:
        return SendMessage(chat_id=message.chat.id, text=REPLY)

    return handle


def _on_press() -> Any:
    async def handle(query: CallbackQuery) -> TelegramMethod[Any]:
        return SendMessage(chat_id=query.from_user.id, text=REPLY)

    return handle


def router() -> Route:
    """Return what answers an update."""
    bot, asked = Bot(TOKEN), dispatcher()

    async def route(body: bytes) -> bytes:
        answer: Any = await asked.feed_webhook_update(bot, json.loads(body))
        written = answer.model_dump(exclude_none=True, exclude_unset=True)
        return json.dumps({"method": answer.__api_method__, **written}).encode()

    return route


if __name__ == "__main__":
    main(router())
