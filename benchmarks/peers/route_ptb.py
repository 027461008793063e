"""`route` on python-telegram-bot: its application, without the network.

It has no way to answer in the webhook's reply, so the handler writes the call itself.
"""

import json
from typing import Any

from telegram import Update, User
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from benchmarks.clients import TOKEN
from benchmarks.routing import REPLY, Route, main
from benchmarks.updates import COMMANDS, PRESSES


def router() -> Route:
    """Return what answers an update."""
    app: Any = Application.builder().token(TOKEN).build()
    app._initialized = True  # noqa: SLF001  its initialize() asks Telegram
    app.bot._bot_user = User(1, "b", is_bot=True, username="b_bot")  # noqa: SLF001  the same
    answers: list[bytes] = []

    async def handle(update: Update, context: Any) -> None:
        chat: Any = update.effective_chat
        call = {"method": "sendMessage", "chat_id": chat.id, "text": REPLY}
        answers.append(json.dumps(call).encode())

    for number in range(COMMANDS):
        app.add_handler(CommandHandler(f"cmd{number}", handle))
    for number in range(PRESSES):
        app.add_handler(CallbackQueryHandler(handle, pattern=f"^act:{number}$"))
    app.add_handler(MessageHandler(filters.ALL, handle))

    async def route(body: bytes) -> bytes:
        await app.process_update(Update.de_json(json.loads(body), app.bot))
        return answers.pop()

    return route


if __name__ == "__main__":
    main(router())
