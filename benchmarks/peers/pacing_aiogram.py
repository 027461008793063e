"""`pacing` on aiogram: it paces nothing by itself, so it sends and waits as it is told to.

Its time is real: virtual time would need clocks inside it.
"""

import asyncio
import sys

import msgspec
import uvloop
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter

from benchmarks.clients import TOKEN
from benchmarks.pacing import Scene, Scenes
from posthouse.testing.telegram import Simulator

CHATS = 200
FOR_S = 20
PER_S = 30


async def main() -> None:
    """Send to all chats at once for a while; print what came of it."""
    async with Simulator(bots=[TOKEN]) as simulator:
        people = [simulator.person(f"Person {number}") for number in range(CHATS)]
        simulator.flood.is_on = True
        server = TelegramAPIServer.from_base(simulator.base_url)
        async with Bot(TOKEN, session=AiohttpSession(api=server)) as bot:

            async def send(chat: int) -> None:
                while True:
                    try:
                        await bot.send_message(chat, "hi")
                    except TelegramRetryAfter as error:
                        await asyncio.sleep(error.retry_after)

            sending = asyncio.gather(*[send(each.id) for each in people])
            await asyncio.sleep(2)  # until the first burst is over
            begun = len(simulator.journal.entries)
            await asyncio.sleep(FOR_S)
            arrived = sum(entry.status == 200 for entry in simulator.journal.entries[begun:])
            refused = sum(entry.status == 429 for entry in simulator.journal.entries)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
    scene = Scene(share=round(arrived / (PER_S * FOR_S), 4), refused=refused)
    sys.stdout.write(msgspec.json.encode(Scenes(bot=scene)).decode() + "\n")


if __name__ == "__main__":
    uvloop.run(main())
