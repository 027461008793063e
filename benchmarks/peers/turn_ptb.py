"""`turn` on python-telegram-bot: counts in `chat_data` in memory, nothing durable, nothing sent."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from telegram import Update, User
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from benchmarks.clients import TOKEN, Figures, main, run_clients
from benchmarks.updates import COMMANDS


async def measure(lines: Sequence[bytes], in_flight: int, folder: Path) -> Figures:
    """Run all updates through an application."""
    application = Application.builder().token(TOKEN).build()
    # What initialize() would ask Telegram for.
    application._initialized = True  # noqa: SLF001
    application.bot._bot_user = User(1, "b", is_bot=True, username="b_bot")  # noqa: SLF001
    calls = 0

    def handler() -> Any:
        async def handle(update: Update, context: Any) -> None:
            nonlocal calls
            calls += 1
            context.chat_data["n"] = context.chat_data.get("n", 0) + 1

        return handle

    for number in range(COMMANDS):
        application.add_handler(CommandHandler(f"cmd{number}", handler()))
    application.add_handler(CallbackQueryHandler(handler()))
    application.add_handler(MessageHandler(filters.ALL, handler()))

    async def feed(line: bytes) -> None:
        update = Update.de_json(json.loads(line), application.bot)
        await application.process_update(update)

    figures = await run_clients(feed, lines, in_flight=in_flight)
    if calls != len(lines):
        raise SystemExit(f"turn: python-telegram-bot handled {calls} of {len(lines)}")
    return figures


if __name__ == "__main__":
    main(measure)
