"""`turn` on pyTelegramBotAPI: counts in its state storage in memory, nothing durable or sent."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from telebot import types
from telebot.async_telebot import AsyncTeleBot

from benchmarks.clients import TOKEN, Figures, main, run_clients
from benchmarks.updates import COMMANDS


async def measure(lines: Sequence[bytes], in_flight: int, folder: Path) -> Figures:
    """Run all updates through a bot."""
    bot = AsyncTeleBot(TOKEN)
    counts: dict[tuple[int, int], int] = {}
    calls = 0

    def count(chat: int, person: int) -> None:
        nonlocal calls
        calls += 1
        counts[chat, person] = counts.get((chat, person), 0) + 1

    def handler() -> Any:
        async def handle(message: Any) -> None:
            count(message.chat.id, message.from_user.id)

        return handle

    async def pressed(query: Any) -> None:
        count(query.message.chat.id, query.from_user.id)

    for number in range(COMMANDS):
        bot.register_message_handler(handler(), commands=[f"cmd{number}"])
    bot.register_callback_query_handler(pressed, func=lambda query: True)
    bot.register_message_handler(
        handler(), func=lambda message: True, content_types=["text", "photo"]
    )

    decode: Any = types.Update.de_json  # it has no annotations

    async def feed(line: bytes) -> None:
        await bot.process_new_updates([decode(json.loads(line))])

    async def finish() -> None:
        while calls < len(lines):  # noqa: ASYNC110  it runs handlers in tasks nobody awaits
            await asyncio.sleep(0)

    return await run_clients(feed, lines, in_flight=in_flight, finish=finish)


if __name__ == "__main__":
    main(measure)
