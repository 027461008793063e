"""`route` on pyTelegramBotAPI, whose handlers write the call themselves, too."""

import json
from typing import Any

from telebot import types
from telebot.async_telebot import AsyncTeleBot

from benchmarks.clients import TOKEN
from benchmarks.routing import REPLY, Route, main
from benchmarks.updates import COMMANDS, PRESSES


def router() -> Route:
    """Return what answers an update."""
    bot: Any = AsyncTeleBot(TOKEN)
    answers: list[bytes] = []

    def answer(chat: int) -> None:
        call = {"method": "sendMessage", "chat_id": chat, "text": REPLY}
        answers.append(json.dumps(call).encode())

    async def on_message(message: Any) -> None:
        answer(message.chat.id)

    async def on_press(query: Any) -> None:
        answer(query.message.chat.id)

    for number in range(COMMANDS):
        bot.register_message_handler(on_message, commands=[f"cmd{number}"])
    for number in range(PRESSES):
        bot.register_callback_query_handler(on_press, func=_is(f"act:{number}"))
    bot.register_message_handler(on_message, func=lambda _: True, content_types=["text", "photo"])

    async def route(body: bytes) -> bytes:
        await bot.process_new_updates([types.Update.de_json(json.loads(body))])
        return answers.pop()

    return route


def _is(data: str) -> Any:
    return lambda query: query.data == data


if __name__ == "__main__":
    main(router())
