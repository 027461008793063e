"""`turn` on aiogram: its dispatcher with the state machine's data in memory, nothing durable."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import CallbackQuery, Message

from benchmarks.clients import TOKEN, Figures, main, run_clients
from benchmarks.updates import COMMANDS


async def _count(state: FSMContext) -> None:
    data = await state.get_data()
    await state.update_data(n=data.get("n", 0) + 1)


def _handler() -> Any:
    async def handle(message: Message, state: FSMContext) -> TelegramMethod[Any]:
        await _count(state)
        return SendMessage(chat_id=message.chat.id, text="ok")

    return handle


async def _pressed(query: CallbackQuery, state: FSMContext) -> TelegramMethod[Any]:
    await _count(state)
    return SendMessage(chat_id=query.from_user.id, text="ok")


async def measure(lines: Sequence[bytes], in_flight: int, folder: Path) -> Figures:
    """Run all updates through a dispatcher."""
    bot = Bot(TOKEN)
    dispatcher = Dispatcher(storage=MemoryStorage())
    for number in range(COMMANDS):
        dispatcher.message.register(_handler(), Command(f"cmd{number}"))
    dispatcher.callback_query.register(_pressed)
    dispatcher.message.register(_handler())
    answers = 0

    async def feed(line: bytes) -> None:
        nonlocal answers
        answer: Any = await dispatcher.feed_webhook_update(bot, json.loads(line))
        answers += isinstance(answer, SendMessage)

    figures = await run_clients(feed, lines, in_flight=in_flight)
    if answers != len(lines):
        raise SystemExit(f"turn: aiogram answered {answers} of {len(lines)}")
    return figures


if __name__ == "__main__":
    main(measure)
