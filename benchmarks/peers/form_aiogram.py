"""`form` on aiogram: a state for each question, answers in memory, nothing durable."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import Message

from benchmarks.answers import FIELDS, STEPS, make
from benchmarks.clients import TOKEN, Figures, main, run_clients

FORM: Any = type("Nine", (StatesGroup,), {f"step{n}": State() for n in range(FIELDS + 1)})
STATES = [getattr(FORM, f"step{n}") for n in range(FIELDS + 1)]


async def _start(message: Message, state: FSMContext) -> TelegramMethod[Any]:
    await state.set_state(STATES[0])
    return SendMessage(chat_id=message.chat.id, text="What is number 1?")


def _handler(number: int) -> Any:
    async def handle(message: Message, state: FSMContext) -> TelegramMethod[Any]:
        await state.update_data({f"field{number}": message.text})
        await state.set_state(STATES[number + 1])
        return SendMessage(chat_id=message.chat.id, text=f"What is number {number + 2}?")

    return handle


async def measure(lines: Sequence[bytes], in_flight: int, folder: Path) -> Figures:
    """Run all updates through a dispatcher."""
    bot = Bot(TOKEN)
    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.message.register(_start, Command("start"))
    for number in range(FIELDS):
        dispatcher.message.register(_handler(number), STATES[number])
    taken = 0

    async def submit(message: Message, state: FSMContext) -> TelegramMethod[Any]:
        nonlocal taken
        taken += len(await state.get_data()) == FIELDS
        await state.clear()
        return SendMessage(chat_id=message.chat.id, text="ok")

    dispatcher.message.register(submit, STATES[FIELDS])

    async def feed(line: bytes) -> None:
        await dispatcher.feed_webhook_update(bot, json.loads(line))

    figures = await run_clients(feed, lines, in_flight=in_flight)
    await bot.session.close()
    if taken != len(lines) // STEPS:
        raise SystemExit(f"form: aiogram took {taken} of {len(lines) // STEPS}")
    return figures


if __name__ == "__main__":
    main(measure, make=make)
