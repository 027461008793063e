"""`form` on python-telegram-bot: a ConversationHandler, answers in memory, nothing sent."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from telegram import Update, User
from telegram.ext import (
    Application,
    CommandHandler,
    ConversationHandler,
    MessageHandler,
    filters,
)

from benchmarks.answers import FIELDS, STEPS, make
from benchmarks.clients import TOKEN, Figures, main, run_clients


async def _start(update: Update, context: Any) -> int:
    return 0


def _handler(number: int) -> Any:
    async def handle(update: Update, context: Any) -> int:
        context.user_data[f"field{number}"] = update.message and update.message.text
        return number + 1

    return handle


async def measure(lines: Sequence[bytes], in_flight: int, folder: Path) -> Figures:
    """Run all updates through an application."""
    application = Application.builder().token(TOKEN).build()
    # What initialize() would ask Telegram for.
    application._initialized = True  # noqa: SLF001
    application.bot._bot_user = User(1, "b", is_bot=True, username="b_bot")  # noqa: SLF001
    taken = 0

    async def submit(update: Update, context: Any) -> Any:
        nonlocal taken
        taken += len(context.user_data) == FIELDS
        return ConversationHandler.END

    words = filters.TEXT & ~filters.COMMAND
    states: Any = {n: [MessageHandler(words, _handler(n))] for n in range(FIELDS)}
    states[FIELDS] = [MessageHandler(words, submit)]
    application.add_handler(ConversationHandler([CommandHandler("start", _start)], states, []))

    async def feed(line: bytes) -> None:
        await application.process_update(Update.de_json(json.loads(line), application.bot))

    figures = await run_clients(feed, lines, in_flight=in_flight)
    if taken != len(lines) // STEPS:
        raise SystemExit(f"form: python-telegram-bot took {taken} of {len(lines) // STEPS}")
    return figures


if __name__ == "__main__":
    main(measure, make=make)
